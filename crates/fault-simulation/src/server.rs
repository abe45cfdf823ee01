//! The server's process around the real use cases: frames in, words out, work that can stop at every await.

use crate::connection::{ConnId, Down, Up};
use crate::desks::Desk;
use crate::dice::Dice;
use crate::store::{Medium, Store, Written};
use crate::town::{EPOCH, Place};
use crate::world::{Event, World};
use case::{Body, EventName, Hash, JoinReason, ReleaseReason, Stored};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use delivery::Lane;
use delivery::contract::block_on_ready;
use dispatch_core::contract::fixtures::PlainVerifier;
use dispatch_core::memory::MemoryStore;
use dispatch_core::nonces::SECRET_BYTES;
use dispatch_core::store::{CommittedFact, EventStore, StoreError};
use dispatch_core::suggest::Engine;
use dispatch_core::{
    Call, CardChecks, LogWord, LookAgain, LookUp, NonceSecret, Offered, Scope, Suggest, UnitFeed, UseCaseError,
    answer_offer, crew_principal, end_log, look_again, look_up_history, make_handover_document, sign_in_crew, suggest,
    take_batch, told,
};
use field_alerts::RuleSet;
use hospital_selection::HospitalTable;
use model::{BootId, CaseId, Clock, IdSource, LogId, Monotonic, RngStreams, Sex, Timestamp};
use patient_history::{
    HistoryQuery, HistorySnapshot, HistorySource, PersonOnRecord, QualificationValidity, SourceError,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use travel_time::DistanceModel;
use wire::{
    Answer, Ask, DocumentAnswer, Entry, FeedItem, HistoryAnswer, LogFrame, LogReply, Pong, QuarantineReason, Question,
    QuestionError, SignedIn, Suggestion,
};

/// A question that waits for the tablet's own facts is asked again inside the server so often, so far apart.
const WAITS: u32 = 6;
const WAIT_US: u64 = 500_000;

/// True time: the server's clock is the reference.
pub(crate) struct TrueClock(AtomicU64);

impl TrueClock {
    pub(crate) fn set(&self, us: u64) {
        self.0.store(us, Ordering::Relaxed);
    }
}

impl Clock for TrueClock {
    fn utc(&self) -> Timestamp {
        EPOCH.plus_us(i64::try_from(self.0.load(Ordering::Relaxed)).unwrap_or(i64::MAX))
    }
    fn monotonic(&self) -> Monotonic {
        Monotonic { boot: BootId::from_bytes([0x5E; 16]), us: self.0.load(Ordering::Relaxed) }
    }
}

/// A national system that answers "nothing on record", or fails.
struct Source {
    dice: Mutex<Dice>,
    medium: Arc<Mutex<Medium>>,
}

impl HistorySource for Source {
    async fn fetch(&self, query: HistoryQuery) -> Result<HistorySnapshot, SourceError> {
        let mut medium = self.medium.lock().unwrap_or_else(PoisonError::into_inner);
        medium.written.push(Written::Fetched(query.lookup));
        drop(medium);
        if self.dice.lock().unwrap_or_else(PoisonError::into_inner).chance(150) {
            return Err(SourceError::Unreachable);
        }
        let birth_date = model::CivilDate::new(1948, 3, 8).ok_or(SourceError::Unreachable)?;
        Ok(HistorySnapshot {
            lookup: query.lookup,
            fetched_at: query.asked_at,
            person: PersonOnRecord { name: "訓練".into(), kana: "クンレン".into(), birth_date, sex: Sex::Female },
            validity: QualificationValidity::Valid,
            period: query.period,
            sections: Vec::new(),
            notices: Vec::new(),
        })
    }
}

/// What a piece of work came to.
pub(crate) enum Done {
    Log(ConnId, Lane, LogId, Result<Vec<LogWord>, UseCaseError>),
    Asked(ConnId, Box<Ask>, u32, Result<Box<Answer>, UseCaseError>),
    Fed(ConnId, UnitFeed, Vec<(CaseId, Vec<CommittedFact>)>, Result<(), StoreError>),
    Other,
}

pub(crate) type Work = Pin<Box<dyn Future<Output = Done>>>;

/// What the server knows of one connection.
struct Peer {
    place: Place,
    /// Frames of each log stream, which are served one after the other.
    inbox: BTreeMap<Lane, VecDeque<LogFrame>>,
    busy: BTreeSet<Lane>,
    feed: Option<UnitFeed>,
    has_feed: bool,
    hinted: bool,
}

/// What the work of the server is done with.
#[derive(Clone)]
pub(crate) struct Tools {
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<TrueClock>,
    hospitals: Arc<HospitalTable>,
    rules: Arc<RuleSet>,
    secret: Arc<NonceSecret>,
    source: Arc<Source>,
    calls: Arc<AtomicU64>,
    seed: u64,
}

impl Tools {
    pub(crate) fn call(&self) -> Call<'_> {
        let n = self.calls.fetch_add(1, Ordering::Relaxed);
        let ids = IdSource::new(RngStreams::from_u64(self.seed).stream(&format!("call-{n}")));
        Call::new(&*self.clock, ids, true)
    }
}

/// See the module.
pub(crate) struct Server {
    pub(crate) tools: Tools,
    pub(crate) medium: Arc<Mutex<Medium>>,
    pub(crate) up: bool,
    /// Which process this is; every start is another one.
    pub(crate) life: u64,
    pub(crate) backup: Option<MemoryStore>,
    peers: BTreeMap<ConnId, Peer>,
    work: BTreeMap<u64, Work>,
    next: u64,
}

impl Server {
    pub(crate) fn new(seed: u64, failing: u64, hospitals: Arc<HospitalTable>, rules: Arc<RuleSet>) -> Self {
        let streams = RngStreams::from_u64(seed);
        let medium = Arc::new(Mutex::new(Medium::new(Dice::new(&streams, "server store"), failing)));
        let tools = Tools {
            store: Arc::new(Store::new(MemoryStore::new(), Arc::clone(&medium))),
            clock: Arc::new(TrueClock(AtomicU64::new(0))),
            hospitals,
            rules,
            secret: Arc::new(NonceSecret::new([0x5E; SECRET_BYTES].into())),
            source: Arc::new(Source {
                dice: Mutex::new(Dice::new(&streams, "national system")),
                medium: Arc::clone(&medium),
            }),
            calls: Arc::new(AtomicU64::new(0)),
            seed,
        };
        let (peers, work) = (BTreeMap::new(), BTreeMap::new());
        Self { tools, medium, up: true, life: 1, backup: None, peers, work, next: 0 }
    }

    /// The process dies: connections and unfinished work are gone, the store stays as it is.
    pub(crate) fn die(&mut self) {
        self.up = false;
        self.peers.clear();
        self.work.clear();
    }

    /// Goes on with another store.
    pub(crate) fn replace_store(&mut self, store: MemoryStore) {
        self.tools.store = Arc::new(Store::new(store, Arc::clone(&self.medium)));
    }

    /// No log and no feed is being worked on. Questions may go on for ever.
    pub(crate) fn is_idle(&self) -> bool {
        self.peers.values().all(|peer| {
            let fed = !peer.hinted && (peer.feed.is_some() || !peer.has_feed);
            fed && peer.busy.is_empty() && peer.inbox.values().all(VecDeque::is_empty)
        })
    }

    pub(crate) fn forget(&mut self, conn: ConnId) {
        self.peers.remove(&conn);
    }
}

impl World {
    pub(crate) fn welcome(&mut self, conn: ConnId, place: Place) {
        let peer =
            Peer { place, inbox: BTreeMap::new(), busy: BTreeSet::new(), feed: None, has_feed: false, hinted: false };
        // A newer connection of the same tablet takes the place of the older one.
        let of = |conn: &ConnId| self.connections.get(conn).map(|c| (c.tablet, c.tablet_life));
        let present = of(&conn);
        self.server.peers.retain(|other, _| of(other) != present);
        self.server.peers.insert(conn, peer);
    }

    /// Begins a piece of work.
    pub(crate) fn begin(&mut self, work: Work) {
        let n = self.server.next;
        self.server.next += 1;
        self.server.work.insert(n, work);
        let at = self.now_us + self.dice.below(1_000);
        self.at(at, Event::Work(n, self.server.life));
    }

    pub(crate) fn go_on(&mut self, n: u64, life: u64) {
        if life != self.server.life {
            return;
        }
        let Some(work) = self.server.work.get_mut(&n) else { return };
        let polled = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.see_writes();
        match polled {
            Poll::Pending => {
                let at = self.now_us + self.dice.below(3_000);
                self.at(at, Event::Work(n, life));
            }
            Poll::Ready(done) => {
                self.server.work.remove(&n);
                self.finish(done);
            }
        }
    }

    /// The oracle looks at what was written, and the feeds are told.
    fn see_writes(&mut self) {
        let (written, failed) = {
            let mut medium = self.server.medium.lock().unwrap_or_else(PoisonError::into_inner);
            (core::mem::take(&mut medium.written), core::mem::take(&mut medium.failed))
        };
        for _ in 0..failed {
            self.note_fault(crate::Fault::ServerFailedWrite);
        }
        for written in written {
            match written {
                Written::Facts(facts) => {
                    for fact in facts {
                        self.oracle.committed(&fact);
                        self.note_fact(&fact);
                        self.tell(&fact);
                    }
                }
                Written::Completed(lookup, handed_over) => self.oracle.completed(lookup, handed_over),
                Written::Fetched(lookup) => self.oracle.fetched(lookup),
                Written::LookedAgain(question) => self.oracle.looked_again(question),
            }
        }
    }

    fn note_fact(&mut self, fact: &CommittedFact) {
        match &fact.event.body {
            Body::EnquirySeen { .. } => self.transitions.note("enquiry", "sent", "seen"),
            Body::EnquiryAnswered { .. } => self.transitions.note("enquiry", "sent", "answered"),
            Body::EnquiryReleased { reason: ReleaseReason::DecidedElsewhere, .. } => {
                self.transitions.note("enquiry", "answered", "released");
            }
            Body::EnquiryReleased { .. } => self.transitions.note("enquiry", "sent", "released"),
            Body::TabletJoined { reason: JoinReason::RecordedAgain, .. } => {
                self.transitions.note("again", "", "recorded");
            }
            Body::EntriesLost { .. } => self.transitions.note("again", "", "lost"),
            _ => {}
        }
    }

    fn tell(&mut self, fact: &CommittedFact) {
        let head = fact.stream.case().and_then(|case| {
            block_on_ready(self.server.tools.store.inner.case_head(Scope::Installation, case)).ok().flatten()
        });
        let told = told(fact.stream, fact.event.department, head.as_ref());
        let units: Vec<ConnId> = self
            .server
            .peers
            .iter()
            .filter(|(_, peer)| told.units.contains(&peer.place.town.unit()))
            .map(|(conn, _)| *conn)
            .collect();
        for conn in units {
            self.hint(conn);
        }
    }

    fn hint(&mut self, conn: ConnId) {
        if let Some(peer) = self.server.peers.get_mut(&conn).filter(|peer| peer.has_feed && !peer.hinted) {
            peer.hinted = true;
            let at = self.now_us + self.dice.between(100, 5_000);
            self.at(at, Event::Hint(conn));
        }
    }

    /// A feed looks what is new. While it looks, a further hint waits.
    pub(crate) fn feed(&mut self, conn: ConnId) {
        let Some(peer) = self.server.peers.get_mut(&conn) else { return };
        let Some(mut feed) = peer.feed.take() else {
            let at = self.now_us + 2_000;
            self.at(at, Event::Hint(conn));
            return;
        };
        peer.hinted = false;
        let tools = self.server.tools.clone();
        self.begin(Box::pin(async move {
            let mut pages = Vec::new();
            let before = feed.clone();
            let result = async {
                feed.look(&*tools.store, tools.clock.utc()).await?;
                while let Some(page) = feed.next(&*tools.store).await? {
                    pages.push(page);
                }
                Ok(())
            }
            .await;
            if result.is_err() {
                (feed, pages) = (before, Vec::new());
            }
            Done::Fed(conn, feed, pages, result)
        }));
    }

    pub(crate) fn hear(&mut self, conn: ConnId, message: Up) {
        let is_present = self.connections.get(&conn).is_some_and(|c| c.server_life == self.server.life);
        let Some(peer) = self.server.peers.get_mut(&conn).filter(|_| is_present) else { return };
        match message {
            Up::Log(lane, frame) => {
                peer.inbox.entry(lane).or_default().push_back(frame);
                self.serve_log(conn, lane);
            }
            Up::Ask(ask) => self.ask(conn, ask, 0),
            Up::Feed(start) => {
                let town = peer.place.town;
                peer.feed = Some(UnitFeed::new(town.department(), town.unit(), start.known));
                peer.has_feed = true;
                self.hint(conn);
            }
            Up::Ping(ping) => {
                let server_at = self.server.tools.clock.utc();
                self.send_down(conn, Down::Pong(Pong { n: ping.n, sent_at: ping.sent_at, server_at }));
            }
        }
    }

    fn serve_log(&mut self, conn: ConnId, lane: Lane) {
        let Some(peer) = self.server.peers.get_mut(&conn).filter(|peer| !peer.busy.contains(&lane)) else { return };
        let Some(frame) = peer.inbox.get_mut(&lane).and_then(VecDeque::pop_front) else { return };
        peer.busy.insert(lane);
        let principal = peer.place.principal();
        let (frame, tools) = (self.poisoned(frame), self.server.tools.clone());
        self.begin(Box::pin(async move {
            let (log, words) = match frame {
                LogFrame::Offer { log, head, digest } => {
                    let offered = Offered { log, head, hash: digest.map(|d| Hash(d.into_array())) };
                    (log, answer_offer(&*tools.store, &principal, offered).await)
                }
                LogFrame::End { log } => (log, end_log(&*tools.store, &mut tools.call(), &principal, log).await),
                LogFrame::Append { entries, before } => {
                    let before = before.map(|digest| Hash(digest.into_array()));
                    let log = entries.first().map_or(LogId::from_bytes([0; 16]), |entry| entry.log);
                    let stored = entries.into_iter().map(|entry| Stored {
                        name: EventName { log: entry.log, seq: entry.seq },
                        schema: entry.schema,
                        bytes: entry.bytes,
                    });
                    (log, take_batch(&*tools.store, &mut tools.call(), &principal, stored.collect(), before).await)
                }
            };
            Done::Log(conn, lane, log, words)
        }));
    }

    /// Some entries are of a schema that the server will never know.
    fn poisoned(&mut self, frame: LogFrame) -> LogFrame {
        let LogFrame::Append { mut entries, before } = frame else { return frame };
        for entry in &mut entries {
            if self.oracle.is_poison(&entry.bytes) {
                entry.schema = u16::MAX;
                if self.oracle.poisoned(EventName { log: entry.log, seq: entry.seq }) {
                    self.note_fault(crate::Fault::Poison);
                }
            }
        }
        LogFrame::Append { entries, before }
    }

    fn ask(&mut self, conn: ConnId, ask: Box<Ask>, tries: u32) {
        let Some(peer) = self.server.peers.get(&conn) else { return };
        let (place, tools) = (peer.place, self.server.tools.clone());
        self.begin(Box::pin(async move {
            let answer = answer(&tools, place, &ask).await;
            Done::Asked(conn, ask, tries, answer.map(Box::new))
        }));
    }

    pub(crate) fn ask_again(&mut self, conn: ConnId, ask: Box<Ask>, tries: u32) {
        self.ask(conn, ask, tries);
    }

    fn finish(&mut self, done: Done) {
        match done {
            Done::Log(conn, lane, log, words) => {
                if let Some(peer) = self.server.peers.get_mut(&conn) {
                    peer.busy.remove(&lane);
                }
                // When the store failed nothing is said: the tablet asks again.
                for word in words.unwrap_or_default() {
                    self.transitions.note("word", "", name(word));
                    self.oracle.said(log, word, &self.server.tools.store.inner);
                    self.send_down(conn, Down::Reply(lane, reply(word)));
                }
                self.serve_log(conn, lane);
            }
            Done::Asked(conn, ask, tries, answer) => {
                let waits = matches!(
                    &answer,
                    Err(UseCaseError::ConsentNotOnRecord | UseCaseError::NoSuchCase | UseCaseError::UnderWay)
                );
                if waits && tries < WAITS {
                    let at = self.now_us + WAIT_US;
                    self.at(at, Event::AskAgain(conn, ask, tries + 1));
                    return;
                }
                let answer = answer.unwrap_or_else(|error| Box::new(Answer::Error(in_words(&error))));
                self.send_down(conn, Down::Answer(ask.id, answer));
            }
            Done::Fed(conn, feed, pages, result) => {
                let at = self.server.tools.clock.utc();
                let caught_up = FeedItem::CaughtUp { at, left_out: feed.leaves_out() };
                let Some(peer) = self.server.peers.get_mut(&conn) else { return };
                peer.feed = Some(feed);
                for (case, facts) in pages {
                    for fact in facts {
                        self.send_down(conn, Down::Feed(Box::new(item(case, fact))));
                    }
                }
                match result {
                    Ok(()) => self.send_down(conn, Down::Feed(Box::new(caught_up))),
                    Err(_) => self.hint(conn),
                }
            }
            Done::Other => {}
        }
    }

    /// A desk works; what it is refused is no fault of ours.
    pub(crate) fn at_desk(&mut self, desk: Desk) {
        let tools = self.server.tools.clone();
        self.begin(Box::pin(async move {
            let _refused = desk.work(&tools).await;
            Done::Other
        }));
    }
}

const fn name(word: LogWord) -> &'static str {
    match word {
        LogWord::Durable { .. } => "durable",
        LogWord::Resume { .. } => "resume",
        LogWord::Quarantined { .. } => "quarantined",
        LogWord::Forked { .. } => "forked",
    }
}

fn reply(word: LogWord) -> LogReply {
    match word {
        LogWord::Durable { log, through } => LogReply::Durable { log, through },
        LogWord::Resume { log, from } => LogReply::Resume { log, from },
        LogWord::Forked { log, seq, from } => LogReply::Forked { log, seq, from },
        LogWord::Quarantined { log, seq, reason } => {
            LogReply::Quarantined { log, seq, reason: QuarantineReason(reason.number()) }
        }
    }
}

fn item(case: CaseId, fact: CommittedFact) -> FeedItem {
    let stored = fact.stored;
    let entry = Entry { log: stored.name.log, seq: stored.name.seq, schema: stored.schema, bytes: stored.bytes };
    FeedItem::Fact { case, position: fact.position, received_at: fact.received_at, entry }
}

async fn answer(tools: &Tools, place: Place, ask: &Ask) -> Result<Answer, UseCaseError> {
    let (store, tablet, mut call) = (&*tools.store, place.principal(), tools.call());
    match &ask.question {
        Question::SignIn { login, passcode } => {
            let passcode = passcode.expose();
            let signed = sign_in_crew(store, &PlainVerifier, &mut call, &tablet, ask.id, login, passcode).await?;
            let (session, crew, name, until) = (signed.session, signed.crew, signed.name, signed.until);
            Ok(Answer::SignedIn(SignedIn { session, crew, name, until }))
        }
        Question::History(question) => {
            let principal = crew_principal(store, call.now(), &tablet, ask.session).await?;
            let asked = LookUp {
                case: question.case,
                lookup: question.lookup,
                consent: EventName { log: question.consent.0, seq: question.consent.1 },
                basis: question.basis.clone(),
                evidence: question.evidence.clone(),
                period: question.period,
            };
            let (source, rules) = (&*tools.source, &tools.rules);
            // The simulated cards have no certificate that anybody signed.
            let checks = CardChecks { secret: &tools.secret, roots: None };
            let found = look_up_history(store, source, rules, checks, &mut call, &principal, asked).await?;
            Ok(Answer::History(Box::new(HistoryAnswer { snapshot: found.snapshot, evaluation: found.evaluation })))
        }
        Question::Suggest(question) => {
            let asked = Suggest {
                question: ask.id,
                case: question.case,
                from: question.from,
                findings: question.findings.clone(),
                lookup: question.lookup,
                exclude: question.exclude.clone(),
                max_candidates: None,
            };
            let travel = DistanceModel::japan();
            let engine = Engine { table: &tools.hospitals, travel: &travel, rules: &tools.rules };
            let found = suggest(store, engine, &mut call, &tablet, asked).await?;
            let (decision, at, lookup, ranking) = (found.decision, found.at, found.lookup, found.ranking);
            Ok(Answer::Suggestion(Box::new(Suggestion { decision, at, lookup, ranking })))
        }
        Question::HistoryAgain { case, lookup } => {
            let principal = crew_principal(store, call.now(), &tablet, ask.session).await?;
            let asked = LookAgain { question: ask.id, case: *case, lookup: *lookup };
            let found = look_again(store, &tools.rules, &mut call, &principal, asked).await?;
            Ok(Answer::History(Box::new(HistoryAnswer { snapshot: found.snapshot, evaluation: found.evaluation })))
        }
        // Asked at the door only, and records nothing: no tablet of a run does.
        Question::Preview(_) => Err(UseCaseError::BadRequest("no previews here")),
        // Its Welcome says so: no card of a run signs.
        Question::Published => Err(UseCaseError::BadRequest("nothing is published here")),
        Question::Nonces => Err(UseCaseError::BadRequest("no nonces here")),
        Question::StaffPassword { .. } => Err(UseCaseError::BadRequest("no staff passwords here")),
        Question::Document { case } => {
            let principal = crew_principal(store, call.now(), &tablet, ask.session).await?;
            let made = make_handover_document(store, &mut call, &principal, *case).await?;
            let (hospital, sha256) = (made.document.hospital, made.sha256);
            Ok(Answer::Document(DocumentAnswer { hospital, address: "https://simulation/".into(), sha256, qr: None }))
        }
    }
}

fn in_words(error: &UseCaseError) -> QuestionError {
    QuestionError {
        code: error.code(),
        ja: error.ja(),
        next_ja: error.next_ja().to_owned(),
        en: error.en().to_owned(),
        retryable: error.retryable(),
    }
}
