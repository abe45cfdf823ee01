//! What the screens may know. A plain value, published after every change.

use crate::notebook::NotebookState;
use crate::notebook_alerts::NotebookAlerts;
use crate::number_b::NumberBState;
use crate::pin::PinState;
use crate::published::InUse;
use card::Failure;
use case::{CaseView, EventName};
use delivery::{Counts, Recovered, Wedged};
use hospital_selection::{Ranking, WhyNot};
use model::{
    CaseId, ClockOffset, CrewId, DecisionId, DepartmentId, HospitalId, LogId, LookupId, Monotonic, SessionId, Stage,
    Timestamp, UnitId,
};
use patient_history::{IdentityLevel, MergedHistory, Period};
use std::collections::BTreeMap;
use std::sync::Arc;
use wire::{DocumentAnswer, HistoryAnswer, Notice, PreviewQuestion, QuestionError, RefusalCode};

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// UTC of this tablet.
    pub utc: Timestamp,
    /// Its monotonic time.
    pub mono: Monotonic,
}

/// Everything the screens show.
#[derive(Clone)]
pub struct State {
    /// This tablet's unit.
    pub unit: UnitId,
    /// The unit's name on the radio.
    pub callsign: String,
    /// The department.
    pub department: DepartmentId,
    /// The department's name.
    pub department_name: String,
    /// Training installation.
    pub training: bool,
    /// The link.
    pub link: LinkState,
    /// What is known of the clock.
    pub offset: Option<ClockOffset>,
    /// The queue.
    pub outbox: Counts,
    /// Of these, entries that are not on this tablet's disk yet.
    pub unwritten: u64,
    /// The signed-in crew.
    pub crew: Option<Session>,
    /// Why the last sign-in failed.
    pub sign_in_error: Option<QuestionError>,
    /// The department requires the staff password for 目視, as the server last said.
    pub staff_password_required: bool,
    /// Reader and card.
    pub reader: ReaderState,
    /// The newest capacity report.
    pub capacity_at: Option<Timestamp>,
    /// Cases by id, the newest last.
    pub cases: BTreeMap<CaseId, CaseState>,
    /// The case on screen.
    pub current: Option<CaseId>,
    /// What does not work and needs a human.
    pub faults: Vec<Fault>,
    /// An earlier store of this tablet could not be used, and what became of it; until the crew has seen it.
    pub recovered: Option<Recovered>,
    /// Entries that the server can never accept, the newest last; at most [`crate::limits::STUCK_SHOWN_MAX`].
    pub stuck: Vec<Stuck>,
    /// The server does not send this unit's older cases: there are too many.
    pub feed_leaves_out: bool,
    /// When the last position came (this tablet's UTC).
    pub position_at: Option<Timestamp>,
    /// The department has the patient's PIN asked for, as the server last said; before it has said anything, nonces that
    /// rested say so.
    pub pin_offered: bool,
    /// How often a PIN can be used: nonces of the server in stock.
    pub nonces: usize,
    /// Where to go, to be asked while the tablet dials; [`State::door_question`] says whether it still is to be asked.
    pub door: Option<Arc<DoorQuestion>>,
    /// What holds for a time, as the server last said; [`State::disaster`] and [`State::relief`] say whether it still does.
    pub notice: Notice,
    pub(crate) published: Arc<InUse>,
}

impl State {
    /// The case on screen.
    #[must_use]
    pub fn case(&self) -> Option<&CaseState> {
        self.cases.get(&self.current?)
    }

    /// What to ask while the tablet dials: for the open case on screen, unless a better list stands there already (the
    /// server's decision, or one with history).
    #[must_use]
    pub fn door_question(&self) -> Option<&Arc<DoorQuestion>> {
        let case = self.case().filter(|case| !case.view.is_closed() && case.history.answer().is_none())?;
        let decided = case.suggestion.as_ref().is_some_and(|list| list.decision.is_some());
        self.door.as_ref().filter(|door| self.current == Some(door.case) && !decided)
    }
}

/// A question without a case's name, and the case that its answer is shown in.
#[derive(Clone, Debug, PartialEq)]
pub struct DoorQuestion {
    /// Never leaves the tablet with the question.
    pub case: CaseId,
    /// What is sent.
    pub question: PreviewQuestion,
}

/// The link, as the crew may believe it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Never connected since start, or lost.
    Down {
        /// Since when (this tablet's UTC).
        since: Timestamp,
        /// Why.
        why: LinkTrouble,
    },
    /// The server answered.
    Up {
        /// Since when.
        since: Timestamp,
        /// The last word heard from it.
        heard_at: Timestamp,
        /// Round trip, microseconds.
        rtt_us: Option<u64>,
        /// An answer is late: what is on the screen may be older than it says.
        late: bool,
    },
    /// The server keeps us out.
    Refused {
        /// Why.
        code: RefusalCode,
    },
}

/// Why there is no link; the words stand with the screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkTrouble {
    /// The program has just started.
    Starting,
    /// Nothing is heard.
    Silent,
    /// Hello without an answer.
    NoWelcome,
    /// The server closed, without a reason that the crew can do anything about.
    Closed,
    /// What arrived was not what was expected.
    NotUnderstood,
    /// The other side is not our server.
    WrongServer,
    /// The server's certificate has ended, or the clock is wrong.
    CertificateOrClock,
    /// The server does not accept this tablet's certificate.
    OwnCertificate,
    /// The server is busy.
    Busy,
    /// This program is too old.
    Outdated,
    /// This tablet has no network.
    NoNetwork,
    /// Anything else.
    Other,
}

impl LinkTrouble {
    /// Every one, for tests.
    pub const ALL: [Self; 12] = [
        Self::Starting,
        Self::Silent,
        Self::NoWelcome,
        Self::Closed,
        Self::NotUnderstood,
        Self::WrongServer,
        Self::CertificateOrClock,
        Self::OwnCertificate,
        Self::Busy,
        Self::Outdated,
        Self::NoNetwork,
        Self::Other,
    ];
}

impl LinkState {
    /// Whether the server has answered on the present connection.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        matches!(self, Self::Up { .. })
    }
}

/// A crew session opened by the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who.
    pub crew: CrewId,
    /// Their name.
    pub name: String,
    /// Until when.
    pub until: Timestamp,
}

/// Reader and card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReaderState {
    /// Nothing heard yet.
    Unknown,
    /// No reader.
    Missing,
    /// A reader without a card.
    Empty,
    /// A card is being read.
    Reading {
        /// Since when.
        since: Monotonic,
    },
    /// A card lies on it.
    Card,
}

/// A case on this tablet.
#[derive(Clone, Default)]
pub struct CaseState {
    /// What its facts mean.
    pub view: CaseView,
    /// Where the card stands.
    pub card: CardState,
    /// What 照合番号B has brought; only while the face is to be compared.
    pub number_b: NumberBState,
    /// What became of the PIN, while it is asked for.
    pub pin: PinState,
    /// Where the history stands.
    pub history: HistoryState,
    /// Where the look-up of the full period stands, which the crew asks for beside the summary.
    pub full: HistoryState,
    /// Where a notebook stands that the patient shows.
    pub notebook: NotebookState,
    /// History, notebooks and what was told as one view, in memory only; none while there is nothing.
    pub merged: Option<Arc<MergedHistory>>,
    /// What the rules say of a notebook's medicines, and of what was told, beyond what the server said; in memory only.
    pub notebook_alerts: Option<Arc<NotebookAlerts>>,
    /// Where to go.
    pub suggestion: Option<SuggestionState>,
    /// The list moved because of history.
    pub rank_change: Option<RankChange>,
    /// Where a hospital stands that was asked for by name, by this tablet's engine; in memory only.
    pub why_not: Option<Arc<WhyNot>>,
    /// A stamp that can still be taken back.
    pub undo: Option<Undo>,
    /// History will be wiped.
    pub wipe: Option<WipePending>,
    /// The handover document.
    pub document: Option<DocumentAnswer>,
    /// The server's position through which this tablet has the case.
    pub received_through: u64,
    /// Own facts that the server has not acknowledged, by part.
    pub unsent: BTreeMap<Part, u32>,
}

impl CaseState {
    /// The answer that reaches furthest back.
    #[must_use]
    pub fn record(&self) -> Option<&HistoryAnswer> {
        self.full.answer().or_else(|| self.history.answer())
    }

    /// Whether the full period can be asked for: the summary is here, and so is the card it was asked with.
    #[must_use]
    pub fn offers_full(&self) -> bool {
        let is_summary = self.history.answer().is_some_and(|a| a.snapshot.period == Period::Summary);
        let is_open = matches!(self.full, HistoryState::NotAsked | HistoryState::Failed { .. });
        // What the card signed stands for one look-up.
        let has_card =
            matches!(&self.card, CardState::Done(summary) if !summary.by_pin() && !summary.is_without_card());
        is_summary && is_open && has_card && !self.view.is_closed()
    }

    /// Where this look-up stands.
    pub(crate) fn place_of(&mut self, lookup: LookupId) -> Option<&mut HistoryState> {
        [&mut self.full, &mut self.history].into_iter().find(|place| place.lookup() == Some(lookup))
    }
}

/// Where the card stands in one case.
#[derive(Clone, Default)]
pub enum CardState {
    /// No card read for this case.
    #[default]
    None,
    /// Being read.
    Reading,
    /// Read; compare the face.
    Face(CardSummary),
    /// Same person, or the PIN will tell ([`CardSummary::by_pin`]); ask for consent.
    Consent(CardSummary),
    /// Not the same person: loud, nothing was sent.
    Mismatch,
    /// Refused: nothing was sent.
    Refused,
    /// A basis is recorded; the look-up runs or ran.
    Done(CardSummary),
    /// The reading ended otherwise.
    Failed(Failure),
    /// A basis is recorded; the patient keys the PIN.
    Pin(CardSummary),
    /// Read, but bound to another patient's case: loud. Nothing goes on before the crew has said whose it is.
    OfOther {
        /// What was read.
        summary: CardSummary,
        /// The other case.
        other: CaseId,
    },
}

/// What a card reading tells the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardSummary {
    /// When.
    pub read_at: Timestamp,
    /// How long, milliseconds.
    pub took_ms: u32,
    /// The certificate is past its date but within three months.
    pub in_grace: bool,
    /// How sure the identity is, or will be.
    pub level: IdentityLevel,
    /// A consent was recorded for this card before the identity was judged, for the PIN was to be asked.
    pub consented: bool,
}

impl CardSummary {
    /// The card's signature tells the identity, not the crew's eye.
    #[must_use]
    pub const fn by_pin(&self) -> bool {
        matches!(self.level, IdentityLevel::Signed | IdentityLevel::SignedLate)
    }
    /// There is no card: what was told of the person stands in its place (災害時).
    #[must_use]
    pub const fn is_without_card(&self) -> bool {
        matches!(self.level, IdentityLevel::FourAttributes)
    }
}

/// Where the history stands in one case.
#[derive(Clone, Default)]
pub enum HistoryState {
    /// Not asked.
    #[default]
    NotAsked,
    /// Waiting to be sent, or for the answer.
    Waiting {
        /// The look-up.
        lookup: LookupId,
        /// Since when.
        since: Timestamp,
        /// It could not be sent yet.
        queued: bool,
        /// What the last try ended with; it is tried again by itself.
        trouble: Option<Box<QuestionError>>,
    },
    /// Here, in memory only.
    Here {
        /// The look-up.
        lookup: LookupId,
        /// The answer.
        answer: Arc<HistoryAnswer>,
    },
    /// It failed.
    Failed {
        /// The look-up.
        lookup: LookupId,
        /// Why, and what to do.
        error: QuestionError,
    },
    /// It was here and is gone.
    Wiped {
        /// When.
        at: Timestamp,
    },
}

impl HistoryState {
    /// The answer, while it is here.
    #[must_use]
    pub fn answer(&self) -> Option<&HistoryAnswer> {
        match self {
            Self::Here { answer, .. } => Some(answer),
            Self::NotAsked | Self::Waiting { .. } | Self::Failed { .. } | Self::Wiped { .. } => None,
        }
    }

    /// The look-up that stands here.
    #[must_use]
    pub const fn lookup(&self) -> Option<LookupId> {
        match self {
            Self::Waiting { lookup, .. } | Self::Here { lookup, .. } | Self::Failed { lookup, .. } => Some(*lookup),
            Self::NotAsked | Self::Wiped { .. } => None,
        }
    }
}

/// Where to go.
#[derive(Clone)]
pub struct SuggestionState {
    /// The list.
    pub ranking: Arc<Ranking>,
    /// When it was computed.
    pub at: Timestamp,
    /// The server computed it; without a decision record it is a preview.
    pub by_server: bool,
    /// The server's decision record; none when this tablet computed it.
    pub decision: Option<DecisionId>,
    /// History was used.
    pub with_history: bool,
}

/// What history changed in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankChange {
    /// Hospitals whose rank moved: name, from, to (none = not on the list).
    pub moved: Vec<(HospitalId, String, Option<u32>, Option<u32>)>,
    /// Shown until.
    pub until: Monotonic,
}

/// A stamp that can still be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undo {
    /// The stamp.
    pub stamp: EventName,
    /// Which stage.
    pub stage: Stage,
    /// Until when.
    pub until: Monotonic,
}

/// The wipe that follows a handover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WipePending {
    /// When.
    pub at: Monotonic,
}

/// What an event is about, in the words of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Stamps and their corrections.
    Stages,
    /// Observations.
    Findings,
    /// Card, identity, consent.
    Consent,
    /// Look-ups of the history.
    Lookup,
    /// Enquiries and destinations.
    Choice,
    /// Everything else.
    Other,
}

/// An entry that the server can never accept. It is never deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// Which, and why.
    pub entry: Wedged,
    /// Its case; none when it is not in memory.
    pub case: Option<CaseId>,
    /// What it is about.
    pub part: Option<Part>,
}

/// Something that needs a human.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This tablet's disk is full: what is pressed is not kept. Ends with the first write that succeeds.
    DiskFull,
    /// The disk does not take writes for another reason. Ends with the first write that succeeds.
    StoreFailed,
    /// Two writers used one log.
    Forked,
    /// The server needs entries whose content is no longer here: a possible gap.
    Missing {
        /// The log.
        log: LogId,
        /// First seq that it needs.
        from: u64,
        /// First seq that is kept.
        kept_from: u64,
    },
    /// A row of the outbox could not be read: it is reported as lost, everything behind it was recorded again.
    RowDamaged,
}
