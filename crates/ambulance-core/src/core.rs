//! The core itself: takes one input, changes state, leaves effects.

use crate::again::Agains;
use crate::cases::CaseBook;
use crate::clock::ServerClock;
use crate::command::Command;
use crate::effect::Effect;
use crate::input::Input;
use crate::journal::{Identity, Journal};
use crate::limits::EFFECTS_MAX;
use crate::lookups::Asked;
use crate::nonce_stock::NonceStock;
use crate::pin::Signing;
use crate::staff_password::Staff;
use crate::state::{Now, State};
use crate::waiting::WaitingSince;
use case::{Body, EventName};
use delivery::{Counts, LogHead, Recovered, Sender, Wedged};
use hospital_selection::{CapacityReport, HospitalTable};
use model::{CaseId, IdSource, LogId, Position, QuestionId, RngStreams, StoreId};
use rand_chacha::ChaCha12Rng;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use travel_time::RoadModel;
use wire::Entry;

mod commands;
mod restore;
mod writing;

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

impl Core {
    /// Starts from what the store held; the link is down.
    #[must_use]
    pub fn new(config: Config, mut restored: Restored, streams: &RngStreams, now: Now) -> Self {
        let progress = Agains::restore(&restored.states);
        let cuts = Agains::cut(&mut restored.heads, &progress);
        let store_is_new = restored.heads.is_empty();
        let state = restore::first_state(&config, &restored, now);
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
}
