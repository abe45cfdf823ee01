//! What a store promises about facts.

use super::fixtures::{NOW, TabletPen, Town, opened};
use super::ok;
use crate::principal::Scope;
use crate::store::{
    Append, AppendOutcome, Appended, CaseQuery, Content, EventStore, Expect, LogOwner, NewEntry, Quarantine,
};
use case::{Body, EventName, Hash, HowDecided, OnBehalf, Stored, Subject, Writer};
use core::future::{Future, poll_fn};
use core::pin::pin;
use core::task::Poll;
use model::{EnquiryId, HospitalId, LogId, Stage};

const A: Town = Town(1);
const B: Town = Town(2);
const H1: HospitalId = HospitalId::from_bytes([0xA1; 16]);
const H2: HospitalId = HospitalId::from_bytes([0xA2; 16]);

fn stamped(stage: Stage) -> Body {
    Body::StageStamped { stage, leg: 1 }
}

fn sent(enquiry: u8, hospital: HospitalId) -> Body {
    Body::EnquirySent {
        enquiry: EnquiryId::from_bytes([enquiry; 16]),
        hospital,
        lookup: None,
        needs: Vec::new(),
        tell_alerts: false,
        batch: 1,
        by_telephone: false,
        eta_tenths: None,
        override_reason: None,
    }
}

fn decided(version: u32, hospital: HospitalId) -> Body {
    Body::DestinationDecided { version, hospital, enquiry: None, how: HowDecided::Telephone }
}

async fn put(store: &impl EventStore, town: Town, entries: Vec<NewEntry>) -> Appended {
    let owner = LogOwner::Device(town.device());
    ok(store
        .append(Append { owner, entries, before: None, end: None, effects: Vec::new(), expect: None, received_at: NOW })
        .await)
}

/// A fact of the server's log of the town's case.
fn server_fact(town: Town, log: u8, seq: u64, prev: Hash, body: Body) -> NewEntry {
    let mut event = TabletPen::new(town, log).event(body);
    event.name = EventName { log: LogId::from_bytes([log; 16]), seq };
    event.prev = prev;
    event.writer = Writer::Server(OnBehalf::System);
    let stored = Stored::encode(&event).unwrap_or_else(|error| panic!("a fixture's event: {error}"));
    NewEntry { stored, content: Content::Fact(Box::new(event)) }
}

/// Goes on writing the server's log of the town's case.
struct ServerLog {
    town: Town,
    log: u8,
    seq: u64,
    prev: Hash,
}

impl ServerLog {
    const fn new(town: Town, log: u8) -> Self {
        Self { town, log, seq: 0, prev: Hash::NONE }
    }
    fn fact(&mut self, body: Body) -> NewEntry {
        self.seq += 1;
        let entry = server_fact(self.town, self.log, self.seq, self.prev, body);
        self.prev = entry.stored.hash();
        entry
    }
}

fn withdrawn(version: u32, hospital: HospitalId) -> Body {
    let (enquiry, reason) = (EnquiryId::from_bytes([1; 16]), case::DeclineReason::InSurgery);
    Body::AcceptanceWithdrawn { version, enquiry, hospital, reason }
}

async fn put_server(store: &impl EventStore, town: Town, effects: Vec<NewEntry>, position: u64) -> Appended {
    let expect = Some(Expect { case: town.case(), position });
    let owner = LogOwner::Server(town.case());
    ok(store
        .append(Append { owner, entries: Vec::new(), before: None, end: None, effects, expect, received_at: NOW })
        .await)
}

/// The same entries again are acknowledged again and stored once.
pub async fn a_repeat_changes_nothing(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    let batch = vec![pen.fact(opened(1)), pen.fact(stamped(Stage::OnScene))];
    assert_eq!(put(store, A, batch.clone()).await.committed.len(), 2);
    let mut longer = batch.clone();
    longer.push(pen.fact(stamped(Stage::AtPatient)));
    let again = put(store, A, longer).await;
    assert_eq!((again.outcome, again.committed.len()), (AppendOutcome::Durable { through: 3 }, 1));
    let old = put(store, A, batch).await;
    assert_eq!((old.outcome, old.committed.len()), (AppendOutcome::Durable { through: 2 }, 0));
    let facts = ok(store.case_facts(Scope::Installation, A.case(), 0, 100).await);
    assert_eq!(facts.iter().map(|f| f.position).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(ok(store.log_head(pen.log()).await).map(|head| head.head), Some(3));
    let first = facts.first().map(|fact| (fact.stored.name, fact.stored.hash()));
    if let Some((name, hash)) = first {
        assert_eq!(ok(store.entry_hash(name).await), Some(hash));
        assert_eq!(ok(store.entry_hash(EventName { seq: 4, ..name }).await), None);
    }
}

/// Entries ahead of what is durable are not stored.
pub async fn a_step_ahead_is_a_gap(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    let (first, second, third) =
        (pen.fact(opened(1)), pen.fact(stamped(Stage::OnScene)), pen.fact(stamped(Stage::AtPatient)));
    assert_eq!(put(store, A, vec![second.clone()]).await.outcome, AppendOutcome::Gap { from: 1 });
    put(store, A, vec![first]).await;
    assert_eq!(put(store, A, vec![third.clone()]).await.outcome, AppendOutcome::Gap { from: 2 });
    assert_eq!(put(store, A, vec![second, third]).await.outcome, AppendOutcome::Durable { through: 3 });
}

/// The same name with other bytes is refused, kept as evidence, and nothing more is accepted of that log.
pub async fn a_fork_is_kept_and_ends_the_log(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    let mut clone = pen.clone();
    put(store, A, vec![pen.fact(opened(1)), pen.fact(stamped(Stage::OnScene))]).await;
    let other = clone.fact(opened(2));
    let forked = put(store, A, vec![other, clone.fact(stamped(Stage::EnRoute))]).await;
    assert_eq!((forked.outcome, forked.committed.len()), (AppendOutcome::Forked { seq: 1, from: 1 }, 0));
    assert_eq!(ok(store.forks(10).await).len(), 1);
    let more = put(store, A, vec![pen.fact(stamped(Stage::AtPatient))]).await;
    assert_eq!(
        more.outcome,
        AppendOutcome::Forked { seq: 3, from: 3 },
        "what the first writer has here is named as its own"
    );
    assert_eq!(ok(store.case_facts(Scope::Installation, A.case(), 0, 100).await).len(), 2);
    // A copy that goes on from an entry that never came here.
    let (mut original, mut copy) = (TabletPen::new(A, 8), TabletPen::new(A, 8));
    put(store, A, vec![original.fact(stamped(Stage::OnScene))]).await;
    copy.fact(stamped(Stage::EnRoute));
    let went_on = put(store, A, vec![copy.fact(stamped(Stage::AtPatient))]).await;
    assert_eq!((went_on.outcome, went_on.committed.len()), (AppendOutcome::Forked { seq: 1, from: 1 }, 0));
}

/// A log that its writer ended takes nothing more, and repeats of what stands in it change nothing.
pub async fn an_ended_log_takes_nothing_more(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    let (first, second) = (pen.fact(opened(1)), pen.fact(stamped(Stage::OnScene)));
    let end = |log, owner| Append {
        owner,
        entries: Vec::new(),
        before: None,
        end: Some(log),
        effects: Vec::new(),
        expect: None,
        received_at: NOW,
    };
    let own = LogOwner::Device(A.device());
    put(store, A, vec![first.clone()]).await;
    for _ in 0..2 {
        let ended = ok(store.append(end(pen.log(), own)).await);
        assert_eq!(ended.outcome, AppendOutcome::Forked { seq: 2, from: 2 });
    }
    assert_eq!(put(store, A, vec![first]).await.outcome, AppendOutcome::Durable { through: 1 });
    assert_eq!(put(store, A, vec![second]).await.outcome, AppendOutcome::Forked { seq: 2, from: 2 });
    let unknown = TabletPen::new(A, 9);
    assert_eq!(ok(store.append(end(unknown.log(), own)).await).outcome, AppendOutcome::Forked { seq: 1, from: 1 });
    let late = put(store, A, vec![unknown.clone().fact(stamped(Stage::EnRoute))]).await;
    assert_eq!(late.outcome, AppendOutcome::Forked { seq: 1, from: 1 });
    let foreign = ok(store.append(end(pen.log(), LogOwner::Device(B.device()))).await);
    assert_eq!(foreign.outcome, AppendOutcome::Forked { seq: 1, from: 1 });
    assert_eq!(ok(store.forks(10).await).len(), 0, "nothing speaks of a second writer");
}

/// The hash that a batch says of the entry before it is compared, whatever stands in the batch itself.
pub async fn a_batch_names_what_it_follows(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    let (first, second, third) =
        (pen.fact(opened(1)), pen.fact(stamped(Stage::OnScene)), pen.fact(stamped(Stage::AtPatient)));
    let held = first.stored.hash();
    let unreadable =
        |entry: &NewEntry| NewEntry { content: Content::Quarantined(Quarantine::UnknownSchema), ..entry.clone() };
    put(store, A, vec![first]).await;
    let after = |before, entry| Append {
        owner: LogOwner::Device(A.device()),
        entries: vec![entry],
        before: Some(before),
        end: None,
        effects: Vec::new(),
        expect: None,
        received_at: NOW,
    };
    let other = ok(store.append(after(Hash([9; 32]), unreadable(&second))).await);
    assert_eq!(other.outcome, AppendOutcome::Forked { seq: 1, from: 1 });
    let mut pen = TabletPen::new(A, 8);
    let (first, second, _) = (pen.fact(opened(1)), pen.fact(stamped(Stage::OnScene)), third);
    assert_ne!(first.stored.hash(), held);
    put(store, A, vec![first.clone()]).await;
    let same = ok(store.append(after(first.stored.hash(), unreadable(&second))).await);
    assert_eq!(same.outcome, AppendOutcome::Durable { through: 2 });
    let mut late = TabletPen::new(A, 8);
    late.fact(opened(1));
    let differs = ok(store.append(after(first.stored.hash(), late.fact(stamped(Stage::EnRoute)))).await);
    assert_eq!(differs.outcome, AppendOutcome::Forked { seq: 2, from: 1 }, "what stands before it was compared");
}

/// Another tablet cannot write on.
pub async fn a_log_has_one_owner(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    put(store, A, vec![pen.fact(opened(1))]).await;
    let foreign = put(store, B, vec![pen.fact(stamped(Stage::OnScene))]).await;
    assert!(matches!(foreign.outcome, AppendOutcome::Forked { .. }));
    assert_eq!(ok(store.log_head(pen.log()).await).map(|head| head.head), Some(1));
}

/// A quarantined entry is durable, has no position, and blocks nothing behind it.
pub async fn a_broken_chain_is_quarantined(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    let first = pen.fact(opened(1));
    let mut spoiled = pen.clone().event(stamped(Stage::OnScene));
    spoiled.prev = Hash([9; 32]);
    let stored = Stored::encode(&spoiled).unwrap_or_else(|error| panic!("a fixture's event: {error}"));
    let broken = NewEntry { stored: stored.clone(), content: Content::Fact(Box::new(spoiled)) };
    let both = put(store, A, vec![first, broken]).await;
    assert_eq!(both.outcome, AppendOutcome::Durable { through: 2 });
    assert_eq!(both.quarantined, [(2, Quarantine::BrokenChain)]);
    let mut behind = pen.event(stamped(Stage::AtPatient));
    (behind.name.seq, behind.prev) = (3, stored.hash());
    let stored = Stored::encode(&behind).unwrap_or_else(|error| panic!("a fixture's event: {error}"));
    let next = put(store, A, vec![NewEntry { stored, content: Content::Fact(Box::new(behind)) }]).await;
    assert_eq!(next.committed.iter().map(|f| f.position).collect::<Vec<_>>(), [2]);
    assert_eq!(ok(store.quarantined(pen.log()).await), [(2, Quarantine::BrokenChain)]);
}

/// Each stream counts for itself.
pub async fn positions_have_no_gaps(store: &impl EventStore) {
    let mut of_case = TabletPen::new(A, 7);
    let mut of_unit = TabletPen::new(A, 8).about(Subject::Unit(A.unit()));
    put(store, A, vec![of_case.fact(opened(1))]).await;
    let started = Body::TabletStarted { version: "1".into(), new_store: false };
    let unit = put(store, A, vec![of_unit.fact(started)]).await;
    let case = put(store, A, vec![of_case.fact(stamped(Stage::OnScene))]).await;
    assert_eq!(unit.committed.first().map(|f| f.position), Some(1));
    assert_eq!(case.committed.first().map(|f| f.position), Some(2));
    assert_eq!(ok(store.case_facts(Scope::Installation, A.case(), 1, 100).await).len(), 1);
    assert_eq!(ok(store.case_facts(Scope::Installation, A.case(), 0, 1).await).len(), 1);
}

/// Effects are stored with their cause or not at all, and only when nobody wrote in between.
pub async fn effects_come_with_their_cause(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    put(store, A, vec![pen.fact(opened(1))]).await;
    let effect = server_fact(A, 0x50, 1, Hash::NONE, decided(1, H1));
    let cause = pen.fact(stamped(Stage::OnScene));
    let with = |position, entries: Vec<NewEntry>| Append {
        owner: LogOwner::Device(A.device()),
        entries,
        before: None,
        end: None,
        effects: vec![effect.clone()],
        expect: Some(Expect { case: A.case(), position }),
        received_at: NOW,
    };
    let late = ok(store.append(with(0, vec![cause.clone()])).await);
    assert_eq!((late.outcome, late.committed.len()), (AppendOutcome::Conflict, 0));
    let gap = ok(store.append(with(1, vec![pen.clone().fact(stamped(Stage::AtPatient))])).await);
    assert_eq!(gap.outcome, AppendOutcome::Gap { from: 2 });
    assert_eq!(ok(store.server_log(A.case()).await), None);
    let done = ok(store.append(with(1, vec![cause])).await);
    assert_eq!(done.committed.iter().map(|f| f.position).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(
        ok(store.server_log(A.case()).await).map(|log| (log.head, log.owner)),
        Some((1, LogOwner::Server(A.case())))
    );
}

/// A version is given once, whoever asks.
pub async fn a_destination_version_is_decided_once(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    put(store, A, vec![pen.fact(opened(1))]).await;
    let first = server_fact(A, 0x50, 1, Hash::NONE, decided(1, H1));
    let second = server_fact(A, 0x51, 1, Hash::NONE, decided(1, H2));
    assert_eq!(put_server(store, A, vec![first], 1).await.committed.len(), 1);
    let refused = put_server(store, A, vec![second], 2).await;
    assert_eq!((refused.outcome, refused.committed.len()), (AppendOutcome::Conflict, 0));
    let head = ok(store.case_head(Scope::Installation, A.case()).await);
    assert_eq!(head.and_then(|head| head.destination), Some((1, H1)));
}

/// A destination that was withdrawn or changed counts for nobody, whatever order the ends and the next version come in.
pub async fn an_ended_destination_has_no_hospital(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    put(store, A, vec![pen.fact(opened(1))]).await;
    let mut server = ServerLog::new(A, 0x50);
    let destination =
        async || ok(store.case_head(Scope::Installation, A.case()).await).and_then(|head| head.destination);
    put_server(store, A, vec![server.fact(decided(1, H1))], 1).await;
    assert_eq!(destination().await, Some((1, H1)));
    put_server(store, A, vec![server.fact(withdrawn(1, H1))], 2).await;
    assert_eq!(destination().await, None);
    assert!(ok(store.inbound(B.case(), NOW.plus_minutes(-10)).await).is_empty());
    put_server(store, A, vec![server.fact(decided(2, H2)), server.fact(withdrawn(1, H1))], 3).await;
    assert_eq!(destination().await, Some((2, H2)), "the end of an earlier version ends no later one");
    let changed =
        |version| Body::DestinationChanged { version, to: Some(H1), reason: case::OverrideReason::PatientWish };
    put(store, A, vec![pen.fact(changed(2))]).await;
    assert_eq!(destination().await, None);
    let both = vec![server.fact(decided(3, H1)), server.fact(withdrawn(3, H1)), server.fact(decided(4, H2))];
    put_server(store, A, both, 6).await;
    assert_eq!(destination().await, Some((4, H2)));
}

/// Whoever is the destination sees the case, also when the enquiry was a telephone call.
pub async fn a_telephone_destination_is_seen_by_its_hospital(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    put(store, A, vec![pen.fact(opened(1))]).await;
    assert!(ok(store.case_head(Scope::Hospital(H1), A.case()).await).is_none());
    put_server(store, A, vec![ServerLog::new(A, 0x50).fact(decided(1, H1))], 1).await;
    assert!(ok(store.case_head(Scope::Hospital(H1), A.case()).await).is_some());
    assert!(ok(store.case_head(Scope::Hospital(H2), A.case()).await).is_none());
}

/// What waits for an answer on a board, the oldest first; a telephone call waits for nobody's page.
pub async fn standing_enquiries_are_on_boards(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    let mut call = sent(3, HospitalId::from_bytes([0xA3; 16]));
    if let Body::EnquirySent { by_telephone, .. } = &mut call {
        *by_telephone = true;
    }
    put(store, A, vec![pen.fact(opened(1)), pen.fact(sent(2, H1)), pen.fact(sent(1, H2)), pen.fact(call)]).await;
    let standing = async |since, limit| {
        let rows = ok(store.standing(since, limit).await);
        rows.iter().map(|row| row.hospital).collect::<Vec<_>>()
    };
    assert_eq!(standing(NOW, 10).await, [H1, H2]);
    assert_eq!(standing(NOW, 1).await, [H1]);
    assert_eq!(standing(NOW.plus_minutes(1), 10).await, []);
    let released =
        Body::EnquiryReleased { enquiry: EnquiryId::from_bytes([2; 16]), reason: case::ReleaseReason::TimedOut };
    put_server(store, A, vec![ServerLog::new(A, 0x50).fact(released)], 4).await;
    assert_eq!(standing(NOW, 10).await, [H2]);
}

/// Departments see their own; hospitals see cases in which they were asked.
pub async fn reads_have_a_scope(store: &impl EventStore) {
    let (mut pen_a, mut pen_b) = (TabletPen::new(A, 7), TabletPen::new(B, 8));
    put(store, A, vec![pen_a.fact(opened(1)), pen_a.fact(sent(1, H1))]).await;
    put(store, B, vec![pen_b.fact(opened(2))]).await;
    let all = CaseQuery { open_only: false, unit: None, changed_since: None, limit: 10 };
    let (of_a, of_b) = (Scope::Department(A.department()), Scope::Department(B.department()));
    for (scope, expected) in [
        (of_a, vec![A.case()]),
        (of_b, vec![B.case()]),
        (Scope::Hospital(H1), vec![A.case()]),
        (Scope::Hospital(H2), vec![]),
        (Scope::Installation, vec![A.case(), B.case()]),
    ] {
        let mut cases: Vec<_> = ok(store.cases(scope, all).await).into_iter().map(|head| head.case).collect();
        cases.sort();
        assert_eq!(cases, expected, "{scope:?}");
        let facts = ok(store.case_facts(scope, A.case(), 0, 10).await);
        assert_eq!(facts.is_empty(), !expected.contains(&A.case()), "{scope:?}");
        assert_eq!(ok(store.case_head(scope, A.case()).await).is_some(), expected.contains(&A.case()), "{scope:?}");
    }
    let of_unit = CaseQuery { unit: Some(B.unit()), ..all };
    assert_eq!(ok(store.cases(Scope::Installation, of_unit).await).len(), 1);
    assert_eq!(ok(store.enquiries_of(H1, NOW.plus_minutes(-1), 10).await).len(), 1);
    assert!(ok(store.enquiries_of(H2, NOW.plus_minutes(-1), 10).await).is_empty());
    assert!(ok(store.enquiries_of(H1, NOW.plus_minutes(1), 10).await).is_empty());
}

/// A hold stands until answer or release, and never counts for its own case.
pub async fn holds_and_inbound_are_of_others(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    put(store, A, vec![pen.fact(opened(1)), pen.fact(sent(1, H1)), pen.fact(sent(2, H2))]).await;
    let since = NOW.plus_minutes(-10);
    assert_eq!(ok(store.holds(B.case(), since).await).len(), 2);
    assert!(ok(store.holds(A.case(), since).await).is_empty());
    let released =
        Body::EnquiryReleased { enquiry: EnquiryId::from_bytes([2; 16]), reason: case::ReleaseReason::CrewWithdrew };
    put(store, A, vec![pen.fact(released)]).await;
    let holds = ok(store.holds(B.case(), since).await);
    assert_eq!(holds.iter().map(|hold| hold.hospital).collect::<Vec<_>>(), [H1]);
    put_server(store, A, vec![server_fact(A, 0x50, 1, Hash::NONE, decided(1, H1))], 4).await;
    let inbound = ok(store.inbound(B.case(), since).await);
    assert_eq!(inbound.iter().map(|i| (i.hospital, i.units)).collect::<Vec<_>>(), [(H1, 1)]);
    put(store, A, vec![pen.fact(Body::CaseEnded { ending: case::Ending::HandedOver })]).await;
    assert!(ok(store.inbound(B.case(), since).await).is_empty());
    let open = CaseQuery { open_only: true, unit: None, changed_since: None, limit: 10 };
    assert!(ok(store.cases(Scope::Installation, open).await).is_empty());
}

/// Two writers that decide from the same view: one wins, the other is told, nothing is half written.
pub async fn two_writers_lose_nothing(store: &impl EventStore) {
    let mut pen = TabletPen::new(A, 7);
    put(store, A, vec![pen.fact(opened(1))]).await;
    let one = put_server(store, A, vec![server_fact(A, 0x50, 1, Hash::NONE, decided(1, H1))], 1);
    let other = put_server(store, A, vec![server_fact(A, 0x51, 1, Hash::NONE, decided(1, H2))], 1);
    let (one, other) = both(one, other).await;
    let won = [&one, &other].iter().filter(|a| a.outcome != AppendOutcome::Conflict).count();
    assert_eq!(won, 1, "{:?} {:?}", one.outcome, other.outcome);
    let (mut pen_a, mut pen_b) = (TabletPen::new(A, 9), TabletPen::new(A, 10));
    let write_a = async {
        for _ in 0..20 {
            put(store, A, vec![pen_a.fact(stamped(Stage::OnScene))]).await;
        }
    };
    let write_b = async {
        for _ in 0..20 {
            put(store, A, vec![pen_b.fact(stamped(Stage::AtPatient))]).await;
        }
    };
    both(write_a, write_b).await;
    let facts = ok(store.case_facts(Scope::Installation, A.case(), 0, 100).await);
    assert_eq!(facts.iter().map(|f| f.position).collect::<Vec<_>>(), (1..=42).collect::<Vec<_>>());
}

/// Runs two futures at the same time.
async fn both<A, B>(a: impl Future<Output = A>, b: impl Future<Output = B>) -> (A, B) {
    let (mut a, mut b) = (pin!(a), pin!(b));
    let (mut done_a, mut done_b) = (None, None);
    poll_fn(move |context| {
        if done_a.is_none()
            && let Poll::Ready(value) = a.as_mut().poll(context)
        {
            done_a = Some(value);
        }
        if done_b.is_none()
            && let Poll::Ready(value) = b.as_mut().poll(context)
        {
            done_b = Some(value);
        }
        match (done_a.take(), done_b.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            (a, b) => {
                (done_a, done_b) = (a, b);
                Poll::Pending
            }
        }
    })
    .await
}
