//! Fifty desks race on one case, with duplicates, delays, withdrawals, a change and telephone agreements: at most one
//! destination at every position of the log, every loser told, every conflict shown. Judged from the log itself, not by its view.

use crate::pausing::{Caller, Pausing, run};
use crate::world::{A, hospital, sent};
use case::enquiry::AnswerRefused;
use case::{Body, DeclineReason, EnquiryAnswer, HowDecided, OverrideReason};
use core::cell::RefCell;
use dispatch_core::call::SharedClock;
use dispatch_core::contract::fixtures::{self, NOW, TabletPen, block_on_ready, desk, opened};
use dispatch_core::memory::MemoryStore;
use dispatch_core::server_log::load_case;
use dispatch_core::store::CommittedFact;
use dispatch_core::{
    Alarm, Scope, UseCaseError, alarms, answer_enquiry, append_from_unit, receive_enquiry, see_enquiry,
    withdraw_acceptance,
};
use model::{EnquiryId, HospitalId};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const DESKS: u8 = 50;

/// What one desk does: answers before it accepts, how often it says so, whether it takes it back.
#[derive(Clone, Copy, Debug)]
struct Plan {
    first: u8,
    accepts: u8,
    withdraws: bool,
}

/// What the crew does: whether its tablet hears of the destination before, and where it goes then.
#[derive(Clone, Copy, Debug)]
struct Act {
    to: usize,
    looks: bool,
    changes: bool,
}

/// What one desk was told of its acceptances and its withdrawal.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    accepted: bool,
    over: bool,
    withdrawn: bool,
}

fn plan() -> impl Strategy<Value = Plan> {
    (0..6_u8, 0..4_u8, prop::bool::weighted(0.3)).prop_map(|(first, accepts, withdraws)| Plan {
        first,
        accepts,
        withdraws,
    })
}

fn act() -> impl Strategy<Value = Act> {
    (0..60_usize, any::<bool>(), any::<bool>()).prop_map(|(to, looks, changes)| Act { to, looks, changes })
}

fn of(n: u8) -> (EnquiryId, HospitalId) {
    (crate::world::enquiry(n + 1), hospital(usize::from(n)))
}

struct Race<'a> {
    store: &'a Pausing,
    clock: &'a SharedClock,
    seed: RefCell<u64>,
    told: RefCell<BTreeMap<u8, Told>>,
}

impl Race<'_> {
    fn call(&self) -> dispatch_core::Call<'_> {
        let mut seed = self.seed.borrow_mut();
        *seed += 1;
        fixtures::call(self.clock, *seed)
    }

    async fn desk(&self, n: u8, plan: Plan) {
        let (enquiry, hospital) = of(n);
        let principal = desk(hospital);
        receive_enquiry(self.store, &mut self.call(), &principal, enquiry).await.expect("delivered");
        if plan.first.is_multiple_of(2) {
            see_enquiry(self.store, &mut self.call(), &principal, enquiry).await.expect("seen");
        }
        let first = match plan.first {
            0 | 1 => None,
            2 => Some(EnquiryAnswer::Declined(DeclineReason::BedsFull)),
            _ => Some(EnquiryAnswer::Conditional { condition: "CT待ち".into(), expires_at: NOW.plus_minutes(30) }),
        };
        let accepts = (0..plan.accepts).map(|_| EnquiryAnswer::Accepted);
        for said in first.into_iter().chain(accepts) {
            let accepts = said == EnquiryAnswer::Accepted;
            let done = answer_enquiry(self.store, &mut self.call(), &principal, enquiry, said).await;
            let mut told = self.told.borrow_mut();
            let told = told.entry(n).or_default();
            match done {
                Ok(()) => told.accepted |= accepts,
                Err(UseCaseError::Answer(AnswerRefused::Over)) => told.over = true,
                Err(other) => panic!("desk {n}: {other:?}"),
            }
        }
        if plan.withdraws {
            let reason = DeclineReason::InSurgery;
            let done = withdraw_acceptance(self.store, &mut self.call(), &principal, enquiry, reason).await;
            self.told.borrow_mut().entry(n).or_default().withdrawn = done.is_ok();
        }
    }

    /// The crew agrees by telephone or changes the destination that its tablet knows, each batch sent once or twice.
    async fn tablet(&self, mut pen: TabletPen, acts: Vec<Act>, twice: bool) {
        let mut known = None;
        for act in acts {
            if act.looks {
                let loaded = load_case(self.store, Scope::Installation, A.case()).await.expect("the case");
                known = loaded.view.destination().map(|d| d.version);
            }
            let to = hospital(act.to);
            let fact = pen.write(match known.filter(|_| act.changes) {
                None => Body::DestinationAgreed { hospital: to, enquiry: None },
                Some(version) => Body::DestinationChanged { version, to: Some(to), reason: OverrideReason::Other },
            });
            for _ in 0..=usize::from(twice) {
                let done = append_from_unit(self.store, &mut self.call(), &A.tablet(), vec![fact.clone()], None).await;
                assert_eq!(done.expect("appended").quarantined, []);
            }
        }
    }
}

/// A destination's version, hospital and enquiry.
type Standing = (u32, HospitalId, Option<EnquiryId>);

/// Reads the log fact by fact. Returns the standing destination's enquiry, and the versions that were replaced while they stood.
fn judge(facts: &[CommittedFact]) -> (Option<Standing>, BTreeSet<u32>) {
    let (mut standing, mut replaced, mut last) = (None, BTreeSet::new(), 0);
    for fact in facts {
        match &fact.event.body {
            Body::DestinationDecided { version, hospital, enquiry, how } => {
                assert_eq!(*version, last + 1, "versions follow each other");
                last = *version;
                if let Some((version, before, _)) = standing {
                    let by_crew = matches!(how, HowDecided::Telephone | HowDecided::CrewChanged);
                    assert!(by_crew, "version {last} was decided while {version} stood");
                    assert_ne!(before, *hospital, "decided again where it was decided");
                    replaced.insert(version);
                }
                standing = Some((*version, *hospital, *enquiry));
            }
            Body::AcceptanceWithdrawn { version, .. } => {
                assert_eq!(standing.map(|(v, ..)| v), Some(*version), "what was taken back stood");
                standing = None;
            }
            Body::DestinationChanged { version, .. } => standing = standing.filter(|(v, ..)| v != version),
            _ => {}
        }
    }
    (standing, replaced)
}

fn check(facts: &[CommittedFact], view: &case::CaseView, told: &BTreeMap<u8, Told>) {
    let (standing, replaced) = judge(facts);
    assert_eq!(view.destination().map(|d| (d.version, d.hospital, d.enquiry)), standing);
    assert!(view.conflicts.is_empty());
    let shown: BTreeSet<HospitalId> = alarms(view, NOW, |_| Some(NOW))
        .into_iter()
        .filter_map(|alarm| match alarm {
            Alarm::AgreedElsewhere { instead_of, .. } => Some(instead_of),
            _ => None,
        })
        .collect();
    let hidden: BTreeSet<HospitalId> =
        replaced.iter().filter_map(|v| view.destinations.get(v)).map(|d| d.hospital).collect();
    assert_eq!(shown, hidden, "every conflict is shown, and nothing else");
    for n in 0..DESKS {
        let (enquiry, hospital) = of(n);
        let state = view.enquiries.get(&enquiry).expect("asked");
        let told = told.get(&n).copied().unwrap_or_default();
        let decided = view.destinations.values().any(|d| d.enquiry == Some(enquiry));
        assert!(!told.accepted || decided, "desk {n} was told that it decided");
        assert!(decided || !told.withdrawn, "desk {n}");
        let is_destination = standing.is_some_and(|(_, h, _)| h == hospital);
        let is_over = state.released.is_some() || state.withdrawn.is_some();
        assert!(view.destinations.is_empty() || is_over || is_destination, "desk {n} was not told: {state:?}");
        let answered = matches!(state.answer, Some((EnquiryAnswer::Accepted, _)));
        assert!(
            !answered || told.accepted,
            "desk {n}: its acceptance stands in the log, and it was told something else"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn fifty_desks_race_and_one_destination_stands(
        plans in prop::collection::vec(plan(), usize::from(DESKS)),
        schedule in prop::collection::vec(any::<u16>(), 64..512),
        acts in prop::collection::vec(act(), 0..5),
        twice in any::<bool>(),
    ) {
        let clock = fixtures::clock();
        let store = Pausing(MemoryStore::new());
        block_on_ready(async { A.settle(&store.0).await.expect("settled") });
        let race = Race { store: &store, clock: &clock, seed: RefCell::new(0), told: RefCell::default() };
        let mut pen = TabletPen::new(A, 7);
        let mut batch = vec![pen.write(opened(1))];
        batch.extend((0..DESKS).map(|n| pen.write(sent(n + 1, of(n).1))));
        block_on_ready(async {
            append_from_unit(&store.0, &mut race.call(), &A.tablet(), batch, None).await.expect("asked");
        });
        let mut callers: Vec<Caller<'_>> = Vec::new();
        for (n, plan) in (0..DESKS).zip(plans) {
            callers.push(Box::pin(race.desk(n, plan)));
        }
        callers.push(Box::pin(race.tablet(pen, acts, twice)));
        let mut turns = schedule.iter().cycle();
        run(callers, |n| turns.next().map_or(0, |turn| usize::from(*turn) % n));
        let loaded = block_on_ready(load_case(&store.0, Scope::Installation, A.case())).expect("the case");
        check(&loaded.committed, &loaded.view, &race.told.borrow());
    }
}
