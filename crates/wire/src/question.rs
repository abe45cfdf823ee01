//! Questions and answers: one stream each. The same question id gives the same answer and no second audit entry.

use crate::published::Published;
use crate::secret::Passcode;
use field_alerts::Evaluation;
use hospital_selection::{Exclusion, Ranking};
use model::{
    CaseId, CrewId, DecisionId, Findings, HospitalId, LogId, LookupId, Position, QuestionId, SessionId, Timestamp,
};
use patient_history::{ConsentBasis, HistorySnapshot, LookupEvidence, Period};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A question with its id and the crew session it is asked in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Ask {
    /// Chosen by the tablet; repeated unchanged when the same question is sent again.
    pub id: QuestionId,
    /// Needed for everything but signing in and suggestions.
    pub session: Option<SessionId>,
    /// What is asked.
    pub question: Question,
}

/// What a tablet can ask.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Open a crew session.
    SignIn {
        /// The crew member's sign-in name.
        login: String,
        /// The passcode.
        passcode: Passcode,
    },
    /// Look at the history. With [`patient_history::IdentityLevel::FourAttributes`] sent only to a server whose
    /// [`crate::Welcome::notice`] is there.
    History(HistoryQuestion),
    /// The history of an answered look-up once more, by its id: no card is needed. Sent only to a server whose
    /// [`crate::Welcome::looks_again`] said so; answered as [`Answer::History`].
    HistoryAgain {
        /// The case.
        case: CaseId,
        /// The look-up.
        lookup: LookupId,
    },
    /// Where to go.
    Suggest(SuggestQuestion),
    /// The handover document of a case.
    Document {
        /// The case.
        case: CaseId,
    },
    /// Where to go, asked with the first packet of a resumed connection: it names no case, and nothing is recorded.
    /// Sent only to a server whose [`crate::Welcome::previews`] said so.
    Preview(PreviewQuestion),
    /// Nonces for signatures of cards, for this tablet, ahead of need; no session is needed. Sent only to a server whose
    /// [`crate::Welcome::nonces`] said so. Asked again under the same id it gives others.
    Nonces,
    /// The staff password for 目視 of who is signed in, for one look-up, before it is asked for. Sent only to a server whose
    /// [`crate::Welcome::staff_passwords`] said so; answered as [`Answer::StaffPasswordStands`].
    StaffPassword {
        /// The look-up.
        lookup: LookupId,
        /// Four digits.
        password: Passcode,
    },
    /// What the server's ranking follows besides the hospital table. Sent only to a server whose [`crate::Notice::published`]
    /// named something that the tablet has not.
    Published,
}

impl Question {
    /// Whether it may travel as early data, which can be copied and sent again (DESIGN §5.6): it writes nothing and names
    /// no patient.
    #[must_use]
    pub const fn may_be_early(&self) -> bool {
        matches!(self, Self::Preview(_))
    }
}

/// A history look-up. Without a standing consent on record it is refused.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HistoryQuestion {
    /// The case it is for.
    pub case: CaseId,
    /// Its id; the same one is fetched once.
    pub lookup: LookupId,
    /// The consent event it rests on.
    pub consent: (LogId, u64),
    /// What that event says; the server compares.
    pub basis: ConsentBasis,
    /// Card and identity.
    pub evidence: LookupEvidence,
    /// Summary or full.
    pub period: Period,
}

/// A question for hospitals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuggestQuestion {
    /// The case.
    pub case: CaseId,
    /// Where the unit is, or the scene.
    pub from: Position,
    /// What was observed; needs follow from it.
    pub findings: Findings,
    /// The look-up whose history the server may use.
    pub lookup: Option<LookupId>,
    /// Hospitals that have declined this case.
    pub exclude: Vec<Exclusion>,
    /// The tablet knows ○ ([`hospital_selection::CapacityState::Limited`]); others are told [`Ranking::before_levels`].
    #[serde(default)]
    pub levels: bool,
}

/// A question for hospitals that belongs to no case. The tablet asks again with [`SuggestQuestion`] as soon as the
/// connection stands: only that one is a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewQuestion {
    /// Where the unit is, or the scene.
    pub from: Position,
    /// What was observed; needs follow from it.
    pub findings: Findings,
    /// Hospitals that have declined.
    pub exclude: Vec<Exclusion>,
    /// As [`SuggestQuestion::levels`].
    #[serde(default)]
    pub levels: bool,
}

/// An answer, or why there is none.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Signed in.
    SignedIn(SignedIn),
    /// History. Held in memory only.
    History(Box<HistoryAnswer>),
    /// Suggestion.
    Suggestion(Box<Suggestion>),
    /// The handover document.
    Document(DocumentAnswer),
    /// A list that is no decision.
    Preview(Box<Preview>),
    /// Nonces.
    Nonces(Nonces),
    /// What the server's ranking follows.
    Published(Box<Published>),
    /// No answer.
    Error(QuestionError),
    /// The staff password is right: the look-up may be asked for.
    StaffPasswordStands {
        /// Which look-up.
        lookup: LookupId,
    },
}

/// An opened crew session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// Who.
    pub crew: CrewId,
    /// Their name, for the screen.
    pub name: String,
    /// Until when; 12 hours at most.
    pub until: Timestamp,
}

/// History with what it means for a crew.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HistoryAnswer {
    /// What the national system returned.
    pub snapshot: HistorySnapshot,
    /// Alerts and needs, by the server's rule table.
    pub evaluation: Evaluation,
}

/// A ranked list with its decision's id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The decision record.
    pub decision: DecisionId,
    /// When it was computed.
    pub at: Timestamp,
    /// The look-up used, if any.
    pub lookup: Option<LookupId>,
    /// The list.
    pub ranking: Ranking,
}

/// A ranked list that was not recorded, short enough for the first packets ([`crate::limits::PREVIEW_BYTES_MAX`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// When it was computed.
    pub at: Timestamp,
    /// The first rows; hospitals left out are only counted.
    pub ranking: Ranking,
}

/// Nonces for signatures of cards: each for one look-up through this tablet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nonces {
    /// The nonces. A tablet does not look into them.
    pub nonces: Vec<ByteBuf>,
    /// Until when they are good, by the server's clock.
    pub until: Timestamp,
}

/// Where the handover document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentAnswer {
    /// The accepting hospital.
    pub hospital: HospitalId,
    /// Address of the page for the hospital's desk.
    pub address: String,
    /// SHA-256 of the document.
    pub sha256: String,
    /// Address with a single-use code, for the QR: it names no patient and opens the crew's part once. None from an older server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qr: Option<String>,
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionError {
    /// A stable code.
    pub code: String,
    /// One sentence for the crew.
    pub ja: String,
    /// What to do next.
    pub next_ja: String,
    /// The same in English.
    pub en: String,
    /// Asking again later may help.
    pub retryable: bool,
}
