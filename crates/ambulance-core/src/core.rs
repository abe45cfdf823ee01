//! The core itself: takes one input, changes state, leaves effects.

use crate::again::Agains;
use crate::cases::{CaseBook, FACT_PREFIX, RestingFact, parse_fact_key};
use crate::clock::ServerClock;
use crate::command::Command;
use crate::effect::Effect;
use crate::input::Input;
use crate::journal::{Identity, Journal, Stamp};
use crate::limits::{CASES_MAX, EFFECTS_MAX};
use crate::lookups::Asked;
use crate::nonce_stock::NonceStock;
use crate::pin::Signing;
use crate::staff_password::Staff;
use crate::state::{CaseState, LinkState, LinkTrouble, Now, ReaderState, State};
use crate::waiting::WaitingSince;
use case::{Body, EventName, FindingsChange, JoinReason, OralChange, Stored};
use delivery::{Counts, LogHead, Recovered, Sender, Wedged};
use hospital_selection::{CapacityReport, HospitalTable};
use model::{CaseId, IdSource, LogId, Position, QuestionId, RngStreams, StoreId, Timestamp};
use patient_history::ConsentBasis;
use rand_chacha::ChaCha12Rng;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use travel_time::RoadModel;
use wire::{Entry, Passcode, PositionReport, Question};

/// What a tablet is set up with.
#[derive(Clone)]
pub struct Config {
    /// Tablet, unit, department, training.
    pub identity: Identity,
    /// The unit's name on the radio.
    pub callsign: String,
    /// The department's name.
    pub department_name: String,
    /// The program's version, for the unit log.
    pub version: String,
    /// Hospitals known to the tablet, for ranking without a server.
    pub hospitals: Arc<HospitalTable>,
    /// Minutes between points, for ranking without a server; by roads where the tablet has some.
    pub travel: RoadModel,
}

/// What the tablet's own store held at start.
#[derive(Default)]
pub struct Restored {
    /// Its logs.
    pub heads: Vec<LogHead>,
    /// Entries the server refused for good.
    pub wedged: Vec<Wedged>,
    /// Kept entries of its own case logs.
    pub entries: Vec<Entry>,
    /// Local state.
    pub states: Vec<(String, Vec<u8>)>,
    /// Counts of the queue.
    pub counts: Counts,
    /// An earlier store could not be used: what became of it. It comes again at every start until the transaction that
    /// records it deletes the local state [`RECOVERED_KEY`].
    pub recovered: Option<Recovered>,
}

/// The local state that holds the report on an earlier store ([`Restored::recovered`]).
pub const RECOVERED_KEY: &str = "recovered";

/// See the crate.
pub struct Core {
    pub(crate) config: Config,
    pub(crate) state: State,
    pub(crate) journal: Journal,
    pub(crate) books: BTreeMap<CaseId, CaseBook>,
    pub(crate) sender: Sender,
    pub(crate) effects: VecDeque<Effect>,
    pub(crate) ids: IdSource,
    pub(crate) rng: ChaCha12Rng,
    pub(crate) asked: BTreeMap<QuestionId, Asked>,
    pub(crate) capacity: Vec<CapacityReport>,
    pub(crate) position: Option<Position>,
    pub(crate) position_n: u64,
    pub(crate) suggest: crate::choice::SuggestPlan,
    /// When the disk that did not take a write is tried again.
    pub(crate) probe_store_at_us: Option<u64>,
    pub(crate) again: Agains,
    pub(crate) clock: ServerClock,
    pub(crate) waiting_since: WaitingSince,
    /// The life of the server's store that the feed's positions belong to.
    pub(crate) server: Option<StoreId>,
    /// The connected server answers look-ups that are asked again by their id.
    pub(crate) looks_again: bool,
    /// The connected server answers look-ups without a card, while a disaster period holds.
    pub(crate) knows_notices: bool,
    pub(crate) nonces: NonceStock,
    /// The press on the PIN page that has no answer yet.
    pub(crate) signing: Option<Signing>,
    /// Presses on the PIN page since the start, for the answers to name theirs.
    pub(crate) pin_presses: u64,
    /// Staff passwords that were keyed.
    pub(crate) staff: Staff,
    /// The case for which the card on the reader is being read: the one on screen when the reading began.
    pub(crate) reading_for: Option<CaseId>,
    /// The rule table of this build, for what the server never gets; read when it is first needed.
    pub(crate) rules: std::sync::OnceLock<Option<field_alerts::RuleTable>>,
    /// Presses of 照合番号B since the start, for the answers to name theirs.
    pub(crate) number_b_presses: u64,
}

/// What the screens see before anything was heard.
fn first_state(config: &Config, restored: &Restored, now: Now) -> State {
    State {
        unit: config.identity.unit,
        callsign: config.callsign.clone(),
        department: config.identity.department,
        department_name: config.department_name.clone(),
        training: config.identity.training,
        link: LinkState::Down { since: now.utc, why: LinkTrouble::Starting },
        offset: None,
        outbox: restored.counts,
        unwritten: 0,
        crew: None,
        sign_in_error: None,
        reader: ReaderState::Unknown,
        capacity_at: None,
        cases: BTreeMap::new(),
        staff_password_required: false,
        pin_offered: false,
        current: None,
        faults: Vec::new(),
        recovered: restored.recovered.clone(),
        stuck: Vec::new(),
        feed_leaves_out: false,
        position_at: None,
        nonces: 0,
        door: None,
        notice: wire::Notice::default(),
        published: Arc::default(),
    }
}

impl Core {
    /// Starts from what the store held; the link is down.
    #[must_use]
    pub fn new(config: Config, mut restored: Restored, streams: &RngStreams, now: Now) -> Self {
        let progress = Agains::restore(&restored.states);
        let cuts = Agains::cut(&mut restored.heads, &progress);
        let store_is_new = restored.heads.is_empty();
        let state = first_state(&config, &restored, now);
        let targets: BTreeSet<LogId> = progress.values().filter_map(|progress| progress.target()).collect();
        let mut core = Self {
            state,
            journal: Journal::new(config.identity, &restored.heads, &targets),
            books: BTreeMap::new(),
            sender: Sender::new(&restored.heads, &restored.wedged),
            effects: cuts.into_iter().map(Effect::Store).collect(),
            ids: IdSource::new(streams.stream("ids")),
            rng: streams.stream("retry"),
            asked: BTreeMap::new(),
            capacity: Vec::new(),
            position: None,
            position_n: 0,
            suggest: crate::choice::SuggestPlan::default(),
            probe_store_at_us: None,
            again: Agains::default(),
            clock: ServerClock::default(),
            waiting_since: WaitingSince::new(&restored.heads, restored.counts.oldest_waiting_at),
            server: None,
            looks_again: false,
            knows_notices: false,
            nonces: NonceStock::default(),
            signing: None,
            pin_presses: 0,
            staff: Staff::default(),
            reading_for: None,
            rules: std::sync::OnceLock::new(),
            number_b_presses: 0,
            config,
        };
        core.clock.tick(now);
        core.restore_server(&restored.states);
        core.resume_again(&restored, progress, now);
        core.restore_notice(&restored.states);
        core.restore_published(&restored.states);
        core.restore(&restored, now);
        core.restore_kept(&restored.states, now);
        core.restore_nonces(&restored.states);
        if let Some(case) = core.state.current {
            core.suggest.mark(case, now.mono);
        }
        core.write_unit(Body::TabletStarted { version: core.config.version.clone(), new_store: store_is_new }, now);
        core.finish(now);
        core
    }

    fn restore(&mut self, restored: &Restored, now: Now) {
        for (key, value) in &restored.states {
            let (Some((case, position)), Ok(fact)) = (parse_fact_key(key), wire::codec::decode::<RestingFact>(value))
            else {
                if key.starts_with(FACT_PREFIX) {
                    tracing::error!(%key, "a resting fact cannot be read");
                }
                continue;
            };
            if fact.store != self.server {
                // Its store was put back since, and the note of that or its deletion was not written.
                self.journal.delete_state(key.clone());
                continue;
            }
            self.books.entry(case).or_default().receive(position, fact.received_at, &fact.entry);
        }
        for entry in &restored.entries {
            let Ok(event) = Stored::decode(entry.schema, &entry.bytes) else {
                continue;
            };
            let is_recorded_again = self.present_name(event.name) != event.name;
            if let Some(case) = event.subject.case().filter(|_| !is_recorded_again) {
                self.books.entry(case).or_default().record(event, case::Hash::of(&entry.bytes));
            }
        }
        let readable: BTreeSet<EventName> =
            restored.entries.iter().map(|entry| EventName { log: entry.log, seq: entry.seq }).collect();
        for head in &restored.heads {
            if let delivery::LogKind::Case(case) = head.kind {
                let book = self.books.entry(case).or_default();
                book.note_unreadable(head, &readable);
                book.facts.acknowledge(head.log, head.acknowledged, Timestamp(0));
            }
        }
        let cases: Vec<CaseId> = self.books.keys().copied().collect();
        for case in cases {
            self.opened_for_again(case);
            self.refresh(case);
        }
        for wedged in &restored.wedged {
            self.note_stuck(*wedged);
        }
        self.resume_wipes(now);
        self.state.current = self.state.cases.iter().rev().find(|(_, c)| !c.view.is_closed()).map(|(id, _)| *id);
    }

    /// A command of the crew.
    pub fn handle_command(&mut self, command: Command, now: Now) {
        self.tick(now);
        self.command(command, now);
        self.finish(now);
    }

    /// A result of the outside.
    pub fn handle(&mut self, input: Input, now: Now) {
        self.tick(now);
        match input {
            Input::Link(link) => self.on_link(link, now),
            Input::Card(card) => self.on_card(card, now),
            Input::Persisted { id } => self.on_persisted(id, now),
            Input::PersistFailed { id, disk_full } => self.on_persist_failed(id, disk_full, now),
            Input::Entries { request, result } => match self.take_again(request, result, now) {
                Some(Ok(entries)) => self.sender.handle_entries(request, entries, now.mono),
                Some(Err(error)) => self.sender.handle_read_failed(request, &error, now.mono, &mut self.rng),
                None => {}
            },
            Input::LogReply(reply) => self.on_log_reply(reply, now),
            Input::Feed(items) => self.on_feed(items, now),
            Input::Answer { id, answer } => self.on_answer(id, *answer, now),
            Input::Preview { asked, preview } => self.preview_came(&asked, *preview, now),
            Input::AnswerLost { id } => self.on_answer_lost(id, now),
            Input::Capacity(reports) => self.on_capacity(reports, now),
        }
        self.finish(now);
    }

    /// A deadline of [`Core::poll_timeout`] has come; calling it early does nothing.
    pub fn handle_timeout(&mut self, now: Now) {
        self.tick(now);
        self.sender.handle_timeout(now.mono, &mut self.rng);
        self.again_timeouts(now);
        self.stage_timeouts(now);
        self.question_timeouts(now);
        self.probe_store(now);
        self.finish(now);
    }

    /// When to call [`Core::handle_timeout`]: microseconds of this boot's monotonic time, and why.
    #[must_use]
    pub fn poll_timeout(&self, now: Now) -> Option<(u64, &'static str)> {
        let delivery = self.sender.poll_timeout(now.mono).map(|t| (t.at.us, t.reason));
        let own = [self.stage_deadline(), self.question_deadline(), self.suggest.deadline(), self.nonces_deadline(now)];
        let others = [
            self.again.deadline(),
            self.probe_deadline(),
            self.window_deadline(now),
            self.notice_deadline(now),
            delivery,
        ];
        own.into_iter().chain(others).flatten().min()
    }

    /// The next effect to carry out, in order.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// What the screens may know.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.state
    }

    fn command(&mut self, command: Command, now: Now) {
        match command {
            Command::SignIn { login, passcode } => self.sign_in(login, passcode, now),
            Command::SignOut => self.sign_out(),
            Command::LockOut => self.lock_out(now),
            Command::OpenCase => self.open_case(now),
            Command::SelectCase(case) => self.select_case(case, now),
            Command::TakeOver(case) => {
                self.take_over(case, now);
                self.look_again(now);
            }
            Command::Stamp(stage) => self.stamp_stage(stage, now),
            Command::Undo => self.undo_stamp(now),
            Command::Correct { of, to, reason } => self.correct_stamp(of, to, reason, now),
            Command::Observe(change) => self.observe(change, now),
            Command::ReadCard => self.read_card_again(),
            Command::OpenNumberB { number, read_at, last_try } => self.open_number_b(number, read_at, last_try),
            Command::ByPin => self.by_pin(),
            Command::EnterPin { pin, read_at, last_try } => self.enter_pin(pin, read_at, last_try, now),
            Command::PinToVisual => self.pin_to_visual(),
            Command::ByAttributes(attributes) => self.by_attributes(*attributes, now),
            Command::CompareAnyway => self.compare_anyway(),
            Command::StaffPassword { password } => self.staff_password_keyed(password),
            Command::FaceMatches => self.face(true, now),
            Command::FaceDiffers => self.face(false, now),
            Command::ConsentSpoken { scope } => {
                self.consent(ConsentBasis::Spoken { scope, told_to_hospitals: true }, now)
            }
            Command::ConsentNotObtainable(reason) => self.consent(ConsentBasis::NotObtainable { reason }, now),
            Command::ConsentRefused => self.consent(ConsentBasis::Refused { reason: None }, now),
            Command::Consent(basis) => self.consent(basis, now),
            Command::WithdrawConsent => self.withdraw_consent(now),
            Command::LookUpFull => self.look_up_full(now),
            Command::HistoryShown => self.history_shown(now),
            Command::SensitiveShown => self.sensitive_shown(now),
            Command::NotebookCode(code) => self.notebook_code(code, now),
            Command::NotebookAgain => self.notebook_again(),
            Command::NotebookUse => self.notebook_use(now),
            Command::ForgetNotebooks => self.forget_read(),
            Command::Tell(change) => self.tell(change, now),
            Command::Enquire { hospitals, by_telephone, override_reason } => {
                self.enquire(&hospitals, by_telephone, override_reason, now);
            }
            Command::TelephoneAnswer { enquiry, answer } => self.telephone_answer(enquiry, answer, now),
            Command::TakeOffer(enquiry) => self.write_current(Body::OfferTaken { enquiry }, now),
            Command::WithdrawEnquiry(enquiry) => self.release_enquiry(enquiry, now),
            Command::AgreeByTelephone(hospital) => {
                self.write_current(Body::DestinationAgreed { hospital, enquiry: None }, now);
            }
            Command::ChangeDestination { to, reason } => self.change_destination(to, reason, now),
            Command::RecoverySeen => self.recovery_seen(),
            Command::DismissRankChange => self.dismiss_rank_change(),
            Command::WhyNot(hospital) => self.ask_why_not(hospital, now),
            Command::Returned(what) => self.write_current(Body::BelongingReturned { what }, now),
            Command::ReceivedBy(by) => self.write_current(Body::HandoverReceived { by }, now),
            Command::ConnectNow => self.push(Effect::ConnectNow),
            Command::End(ending) => self.end_case(ending, now),
            Command::MakeDocument => self.make_document(now),
            Command::At(position) => self.moved_to(position, now),
            Command::CardIsThisPatients => self.card_is_this_patients(),
            Command::Unknown(unknown) => self.set_unknown(unknown, now),
            Command::IdentityFound(by) => self.identity_found(by, now),
            Command::SamePatient(other) => self.same_patient(other, now),
            Command::OtherPatient(other) => self.other_patient(other, now),
        }
    }

    fn sign_in(&mut self, login: String, passcode: Passcode, now: Now) {
        self.state.sign_in_error = None;
        self.ask(Question::SignIn { login, passcode }, None, now);
    }

    fn sign_out(&mut self) {
        self.state.crew = None;
        self.forget_read();
        self.forget_staff_passwords();
    }

    fn select_case(&mut self, case: CaseId, now: Now) {
        self.drop_faces();
        self.state.current = Some(case).filter(|c| self.state.cases.contains_key(c));
        self.look_again(now);
    }

    fn make_document(&mut self, now: Now) {
        if let Some(case) = self.state.current {
            self.ask(Question::Document { case }, Some(case), now);
        }
    }

    fn write_current(&mut self, body: Body, now: Now) {
        if let Some(case) = self.state.current {
            self.write(case, body, now);
        }
    }

    fn observe(&mut self, change: FindingsChange, now: Now) {
        let Some(case) = self.state.current else { return };
        self.write(case, Body::Observed { change }, now);
        self.check_face(case, now);
        self.suggest.mark(case, now.mono);
    }

    fn tell(&mut self, change: OralChange, now: Now) {
        let Some(case) = self.state.current else { return };
        self.write(case, Body::OralHistoryNoted { change }, now);
        self.suggest.mark(case, now.mono);
    }

    fn dismiss_rank_change(&mut self) {
        if let Some(state) = self.state.current.and_then(|id| self.state.cases.get_mut(&id)) {
            state.rank_change = None;
        }
    }

    fn moved_to(&mut self, position: Position, now: Now) {
        self.position = Some(position);
        self.position_n += 1;
        self.state.position_at = Some(now.utc);
        let report = PositionReport { n: self.position_n, at: now.utc, position, case: self.state.current };
        if self.state.link.is_up() {
            self.push(Effect::SendPosition(report));
        }
    }

    fn tick(&mut self, now: Now) {
        self.clock.tick(now);
        self.state.offset = self.clock.offset(now);
    }

    /// Whether this store holds a fact under this name; a copy of the store may have written others in the same log.
    pub(crate) fn is_own(&self, name: EventName) -> bool {
        self.journal.has(name)
            || self.sender.head(name.log).is_some_and(|head| {
                name.seq <= head.head && head.forked_at.is_none_or(|forked_at| name.seq < forked_at)
            })
    }

    fn finish(&mut self, now: Now) {
        self.drain_delivery(now);
        self.run_suggestions(now);
        self.stock_nonces(now);
        self.prune_cases();
        // Where a log ends is on the disk before what was made of it.
        self.drain_orders();
        if let Some((id, transaction)) = self.journal.flush(now.utc) {
            self.push(Effect::Persist { id, transaction, at: now.utc });
        }
        self.drain_sender();
        self.send_ready_questions(now);
        self.recount(now.utc);
    }

    pub(crate) fn push(&mut self, effect: Effect) {
        if self.effects.len() >= EFFECTS_MAX
            && matches!(effect, Effect::Ask(_) | Effect::SendPosition(_) | Effect::Play(_))
        {
            tracing::error!("the runtime does not take effects: a question is dropped");
            return;
        }
        self.effects.push_back(effect);
    }

    /// Writes one event of a case and shows it at once.
    pub(crate) fn write(&mut self, case: CaseId, body: Body, now: Now) -> Option<EventName> {
        self.write_joining(case, self.join_reason(case), body, now)
    }

    pub(crate) fn write_joining(&mut self, case: CaseId, join: JoinReason, body: Body, now: Now) -> Option<EventName> {
        if self.hold_for_again(case, join, &body) {
            return None;
        }
        let body = self.with_new_names(body);
        let crew = self.state.crew.as_ref().map(|s| s.crew);
        let stamp = Stamp { now, offset: self.state.offset, crew, ids: &mut self.ids };
        let written = self.journal.write_case(case, join, body, stamp);
        let name = written.last().map(|(event, _)| event.name);
        let book = self.books.entry(case).or_default();
        for (event, hash) in written {
            book.record(event, hash);
        }
        self.refresh(case);
        name
    }

    /// A tablet whose store is new, in a case that this same tablet has written before, may have lost events.
    fn join_reason(&self, case: CaseId) -> JoinReason {
        let device = self.config.identity.device;
        let view = self.state.cases.get(&case).map(|c| &c.view);
        let wrote_before = view.is_some_and(|v| v.tablets.values().any(|part| part.device == device));
        if self.journal.knew(case) {
            return JoinReason::RecordedAgain;
        }
        match (wrote_before, view.is_some_and(|v| !v.tablets.is_empty())) {
            (true, _) => JoinReason::NewStore,
            (false, true) => JoinReason::TakenOver,
            (false, false) => JoinReason::Assigned,
        }
    }

    pub(crate) fn write_unit(&mut self, body: Body, now: Now) {
        let crew = self.state.crew.as_ref().map(|s| s.crew);
        let stamp = Stamp { now, offset: self.state.offset, crew, ids: &mut self.ids };
        self.journal.write_unit(body, stamp);
    }

    /// Folds a case's facts anew.
    pub(crate) fn refresh(&mut self, case: CaseId) {
        let Some(book) = self.books.get(&case) else { return };
        let state: &mut CaseState = self.state.cases.entry(case).or_default();
        let view = book.facts.view();
        let told_anew = view.oral != state.view.oral;
        let observed_anew = view.findings != state.view.findings;
        state.view = view;
        state.received_through = book.received_through;
        state.unsent = crate::unsent::unsent(book);
        // A stamp that could not be written, or that another tablet took back, cannot be undone.
        let stands = |stamp: EventName| book.facts.get(stamp).is_some();
        state.undo = state.undo.filter(|u| stands(u.stamp));
        if told_anew {
            self.merge_history(case);
        } else if observed_anew {
            self.check_notebooks(case);
        }
    }

    fn on_persisted(&mut self, id: u64, now: Now) {
        if let Some(done) = self.journal.take_in_flight(id) {
            self.waiting_since.appended(&done.transaction, done.at);
            self.sender.handle_appended(&done.transaction, done.at, now.mono);
            self.store_works();
            self.again_persisted(id, now);
            self.nonce_is_used(id);
        }
    }

    fn on_persist_failed(&mut self, id: u64, disk_full: bool, now: Now) {
        let Some(lost) = self.journal.take_in_flight(id) else {
            return;
        };
        self.store_failed(disk_full, now.mono);
        self.nonce_not_marked(id);
        self.journal.rewind(&lost);
        for entry in &lost.transaction.entries {
            self.again_not_written(EventName { log: entry.log, seq: entry.seq });
        }
        self.again_failed(id, now);
        let mut touched = Vec::new();
        for (case, book) in &mut self.books {
            for entry in &lost.transaction.entries {
                book.not_written(EventName { log: entry.log, seq: entry.seq });
                touched.push(*case);
            }
        }
        touched.dedup();
        for case in touched {
            self.refresh(case);
            self.drop_if_empty(case);
        }
    }

    /// A case of which nothing was written after all was never there.
    fn drop_if_empty(&mut self, case: CaseId) {
        if self.books.get(&case).is_some_and(|book| book.facts.is_empty()) {
            self.forget_case(case);
            self.state.current = self.state.current.filter(|current| *current != case);
        }
    }

    /// The oldest closed cases leave the memory beyond [`CASES_MAX`].
    fn prune_cases(&mut self) {
        while self.books.len() > CASES_MAX {
            let Some(oldest) =
                self.state.cases.iter().find(|(id, c)| c.view.is_closed() && Some(**id) != self.state.current)
            else {
                return;
            };
            let oldest = *oldest.0;
            self.forget_case(oldest);
        }
    }
}
