//! What can happen in a case. A kind once released is never removed or given another meaning.

use crate::event::EventName;
use model::{
    AgeBand, Complaint, CrewId, DecisionId, DeviceId, EnquiryId, FollowUp, FollowUpAnswer, HospitalId, IncidentId, Jcs,
    LogId, LookupId, Need, Position, SessionId, Sex, Stage, Timestamp, Triage, UnitId, Vital, VitalReading,
};
use patient_history::{ConsentBasis, IdentityLevel};
use serde::{Deserialize, Serialize};

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident = $kind:literal { $($(#[$fdoc:meta])* $field:ident : $ty:ty),* $(,)? })+) => {
        /// What happened.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "data")]
        pub enum Body {
            $($(#[$doc])* #[serde(rename = $kind)] $name { $($(#[$fdoc])* $field: $ty),* },)+
            /// A kind this program does not know: kept as it is, shown as "not understood", never dropped.
            #[serde(skip)]
            Unknown {
                /// The kind's name.
                kind: String,
            },
        }

        /// Every kind this program knows, in order of birth.
        pub const KINDS: &[&str] = &[$($kind),+];

        impl Body {
            /// The kind's stored name.
            #[must_use]
            pub fn kind(&self) -> &str {
                match self { $(Self::$name { .. } => $kind,)+ Self::Unknown { kind } => kind }
            }
        }
    };
}

bodies! {
    /// A patient exists: the case begins.
    CaseOpened = "case_opened" {
        /// Its incident.
        incident: IncidentId,
        /// 1 for the first patient of the incident.
        patient_no: u8,
        /// When 119 was answered, if this came from a dispatch centre.
        call_received_at: Option<Timestamp>,
        /// Where.
        scene: Option<Position>,
        /// The place in words.
        place: Option<String>,
        /// What the caller said.
        call_text: Option<String>,
    }
    /// A unit was sent (指令).
    UnitAssigned = "unit_assigned" {
        /// The unit.
        unit: UnitId,
        /// Its name on the radio.
        callsign: String,
        /// 1 for the first leg of this patient's transport.
        leg: u8,
    }
    /// A tablet began to write to this case with a new log.
    TabletJoined = "tablet_joined" {
        /// The tablet.
        device: DeviceId,
        /// Why it began.
        reason: JoinReason,
    }
    /// A stage was reached, at the time of this event.
    StageStamped = "stage_stamped" {
        /// Which.
        stage: Stage,
        /// Of which leg.
        leg: u8,
    }
    /// A stamp was taken back within its undo time.
    StageUndone = "stage_undone" {
        /// The stamp.
        of: EventName,
    }
    /// A stamp's time was corrected or the stamp removed later; both facts stay.
    StageCorrected = "stage_corrected" {
        /// The stamp.
        of: EventName,
        /// The right time (UTC, corrected), or none when it never happened.
        to: Option<Timestamp>,
        /// Why.
        reason: CorrectionReason,
    }
    /// Something was observed, or an observation taken back.
    Observed = "observed" {
        /// What changed.
        change: FindingsChange,
    }
    /// A card was read, or could not be.
    CardRead = "card_read" {
        /// How it ended.
        outcome: CardOutcome,
        /// How long it took, milliseconds.
        took_ms: u32,
    }
    /// The crew compared card and patient.
    IdentityJudged = "identity_judged" {
        /// By which method.
        level: IdentityLevel,
        /// Same person or not.
        same_person: bool,
    }
    /// The basis for looking at the history (同意). Append-only: a later one does not undo an earlier one.
    ConsentRecorded = "consent_recorded" {
        /// Spoken, not obtainable, or refused.
        basis: ConsentBasis,
    }
    /// The patient took the consent back.
    ConsentWithdrawn = "consent_withdrawn" {
        /// The consent.
        of: EventName,
    }
    /// A history look-up was asked for.
    LookupAsked = "lookup_asked" {
        /// Its id.
        lookup: LookupId,
        /// The consent it rests on.
        consent: EventName,
        /// How sure the identity is.
        level: IdentityLevel,
    }
    /// A history look-up ended. Never says what was found.
    LookupEnded = "lookup_ended" {
        /// Its id.
        lookup: LookupId,
        /// How it ended.
        outcome: LookupOutcome,
    }
    /// The summary was on the crew's screen (counts the funnel "viewed").
    HistoryViewed = "history_viewed" {
        /// Of which look-up.
        lookup: LookupId,
    }
    /// The crew opened rows that were masked (精神科, HIV, 産科, 未告知). Never says which.
    SensitiveOpened = "sensitive_opened" {
        /// Of which look-up.
        lookup: LookupId,
    }
    /// A hospital was asked to accept.
    EnquirySent = "enquiry_sent" {
        /// Its id.
        enquiry: EnquiryId,
        /// Whom.
        hospital: HospitalId,
        /// The look-up that informed the choice; the server completes the record from its own copy.
        lookup: Option<LookupId>,
        /// Needs without their cause.
        needs: Vec<Need>,
        /// Tell the alerts whose rules are marked for enquiries.
        tell_alerts: bool,
        /// How many hospitals were asked with it, itself included.
        batch: u8,
        /// By telephone: the hospital gets no message from us.
        by_telephone: bool,
        /// Estimated minutes to arrival, tenths.
        eta_tenths: Option<i32>,
        /// Why not the first of the list, when another was chosen.
        override_reason: Option<OverrideReason>,
    }
    /// A desk's page has shown it.
    EnquirySeen = "enquiry_seen" {
        /// Which.
        enquiry: EnquiryId,
    }
    /// A hospital answered.
    EnquiryAnswered = "enquiry_answered" {
        /// Which.
        enquiry: EnquiryId,
        /// Who.
        hospital: HospitalId,
        /// What.
        answer: EnquiryAnswer,
        /// By page or by telephone.
        by: AnsweredBy,
    }
    /// The crew took a standing conditional offer; the server decides on it.
    OfferTaken = "offer_taken" {
        /// Which.
        enquiry: EnquiryId,
    }
    /// An enquiry is over for this hospital.
    EnquiryReleased = "enquiry_released" {
        /// Which.
        enquiry: EnquiryId,
        /// Why.
        reason: ReleaseReason,
    }
    /// The destination. Versions are given by compare-and-set: one destination at any position of the log.
    DestinationDecided = "destination_decided" {
        /// 1 for the first.
        version: u32,
        /// Where to.
        hospital: HospitalId,
        /// The enquiry that decided, if one did.
        enquiry: Option<EnquiryId>,
        /// How.
        how: HowDecided,
    }
    /// The crew agreed a destination by telephone while the server could not be asked: a fact that becomes the next version.
    DestinationAgreed = "destination_agreed" {
        /// Where to.
        hospital: HospitalId,
        /// The telephone enquiry, if one was recorded.
        enquiry: Option<EnquiryId>,
    }
    /// What was suggested: needs, codes, versions and order, never rows of history.
    SuggestionRecorded = "suggestion_recorded" {
        /// Its id.
        decision: DecisionId,
        /// The look-up used, if any.
        lookup: Option<LookupId>,
        /// The engine's output, byte for byte.
        #[serde(with = "serde_bytes")]
        output: Vec<u8>,
    }
    /// Something that belongs to the patient was given back.
    BelongingReturned = "belonging_returned" {
        /// What.
        what: Belonging,
    }
    /// Who took the patient over at the hospital.
    HandoverReceived = "handover_received" {
        /// In which role.
        by: Receiver,
    }
    /// The handover document was made.
    HandoverDocumentMade = "handover_document_made" {
        /// For which destination.
        hospital: HospitalId,
        /// SHA-256 of the document.
        sha256: String,
    }
    /// History left the tablet's memory.
    HistoryWiped = "history_wiped" {
        /// Of which look-up.
        lookup: LookupId,
        /// Why.
        cause: WipeCause,
    }
    /// The case ended.
    CaseEnded = "case_ended" {
        /// How.
        ending: Ending,
    }
    /// Events may be missing: their store is gone.
    GapNoted = "gap_noted" {
        /// The log that ended.
        log: LogId,
        /// The last event known of it.
        known_through: u64,
    }
    /// A tablet started (unit log).
    TabletStarted = "tablet_started" {
        /// The program's version.
        version: String,
        /// The store was made new: what stood only in the old one is lost.
        new_store: bool,
    }
    /// A crew signed in (unit log).
    CrewSignedIn = "crew_signed_in" {
        /// Who.
        crew: CrewId,
        /// The session the server opened.
        session: SessionId,
    }
    /// Recorded events that can no longer be read: their rows in the tablet's store are damaged and the server has none of
    /// them.
    EntriesLost = "entries_lost" {
        /// Their log.
        log: LogId,
        /// The first of them.
        from: u64,
        /// The last of them.
        through: u64,
    }
}

/// Why a tablet began a log in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinReason {
    /// Its unit was assigned, or it opened the case.
    Assigned,
    /// Another tablet of the unit took the case over.
    TakenOver,
    /// The tablet's store is new: an earlier one may have held events that nobody has.
    NewStore,
    /// What stood in a log that cannot go on (two writers used it, or a row is damaged) is recorded again here.
    RecordedAgain,
}

/// Why a stamp's time was corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionReason {
    /// Pressed too late or too early.
    PressedLate,
    /// Pressed by mistake.
    Mistake,
    /// The device's clock was wrong.
    ClockWrong,
    /// Taken from the radio log.
    RadioLog,
}

/// One change of the findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingsChange {
    /// A complaint chosen or taken back.
    Complaint {
        /// Which.
        complaint: Complaint,
        /// Chosen or not.
        chosen: bool,
    },
    /// Consciousness.
    Jcs(Option<Jcs>),
    /// A vital sign.
    Vital {
        /// Which.
        vital: Vital,
        /// None takes it back.
        reading: Option<VitalReading>,
    },
    /// A follow-up answer.
    FollowUp {
        /// Which.
        question: FollowUp,
        /// None = not asked.
        answer: Option<FollowUpAnswer>,
    },
    /// The triage tag.
    Triage(Option<Triage>),
    /// Sex as seen.
    Sex(Option<Sex>),
    /// Age as estimated.
    AgeBand(Option<AgeBand>),
    /// Age in years as told.
    AgeYears(Option<u8>),
    /// When it began.
    Onset(Option<Timestamp>),
}

/// How a card reading ended; the codes of the `card` crate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardOutcome {
    /// The certificate was read.
    Read,
    /// It was not; the ladder's code.
    Failed {
        /// The reason code.
        code: String,
    },
}

/// How a look-up ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookupOutcome {
    /// An answer came (which may hold no record).
    Answered,
    /// It failed; the source's code.
    Failed {
        /// The reason code.
        code: String,
    },
    /// It was not sent, or too late.
    Expired {
        /// The reason code.
        code: String,
    },
}

/// Why another hospital than the first was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverrideReason {
    /// かかりつけ
    OwnDoctor,
    /// 本人・家族の希望
    PatientWish,
    /// 専門
    Specialty,
    /// 医師の指示
    PhysicianOrder,
    /// 道路事情
    Road,
    /// 先に電話で了解
    AgreedByTelephone,
    /// 容体が変わった
    ConditionChanged,
    /// その他
    Other,
}

/// The nine standard reasons to decline (受入れ状況等実態調査).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// 満床
    BedsFull,
    /// 手術中
    InSurgery,
    /// 患者対応中
    Busy,
    /// 処置困難
    CannotTreat,
    /// 専門外
    NotOurField,
    /// 医師不在
    NoDoctor,
    /// かかりつけなし (初診)
    NoPriorVisit,
    /// 理由不明
    Unknown,
    /// その他
    Other,
}

impl DeclineReason {
    /// All nine, in the order of the keys 1–9.
    pub const ALL: [Self; 9] = [
        Self::BedsFull,
        Self::InSurgery,
        Self::Busy,
        Self::CannotTreat,
        Self::NotOurField,
        Self::NoDoctor,
        Self::NoPriorVisit,
        Self::Unknown,
        Self::Other,
    ];
    /// The word on screens.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::BedsFull => "満床",
            Self::InSurgery => "手術中",
            Self::Busy => "患者対応中",
            Self::CannotTreat => "処置困難",
            Self::NotOurField => "専門外",
            Self::NoDoctor => "医師不在",
            Self::NoPriorVisit => "かかりつけなし",
            Self::Unknown => "理由不明",
            Self::Other => "その他",
        }
    }
    /// The English word on screens.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::BedsFull => "Beds full",
            Self::InSurgery => "In surgery",
            Self::Busy => "Busy",
            Self::CannotTreat => "Cannot treat",
            Self::NotOurField => "Not our field",
            Self::NoDoctor => "No doctor",
            Self::NoPriorVisit => "No prior visit",
            Self::Unknown => "Unknown",
            Self::Other => "Other",
        }
    }
}

/// A hospital's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnquiryAnswer {
    /// 受入可
    Accepted,
    /// 条件付き: an offer the crew may take until it expires.
    Conditional {
        /// The condition in the desk's words, e.g. "CT 15分待ち".
        condition: String,
        /// Until when it stands.
        expires_at: Timestamp,
    },
    /// 不可
    Declined(DeclineReason),
    /// No answer in time.
    NoAnswer,
}

/// How an answer arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnsweredBy {
    /// On the hospital's page.
    Page,
    /// By telephone, entered by the crew.
    Telephone,
}

/// Why an enquiry ended for a hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// Another hospital was decided.
    DecidedElsewhere,
    /// The crew took it back.
    CrewWithdrew,
    /// The case ended.
    CaseEnded,
    /// No answer in time.
    TimedOut,
}

/// How a destination came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowDecided {
    /// An unconditional acceptance of an open enquiry.
    Accepted,
    /// The crew took a conditional offer.
    OfferTaken,
    /// Agreed by telephone.
    Telephone,
    /// The crew changed it.
    CrewChanged,
}

/// What a crew borrows to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Belonging {
    /// マイナ保険証
    Card,
    /// お薬手帳
    MedicineBook,
}

/// Who takes a patient over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receiver {
    /// 医師
    Physician,
    /// 看護師
    Nurse,
    /// 救急救命士
    Paramedic,
}

impl Receiver {
    /// All, in screen order.
    pub const ALL: [Self; 3] = [Self::Physician, Self::Nurse, Self::Paramedic];
    /// The word on screens.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Physician => "医師",
            Self::Nurse => "看護師",
            Self::Paramedic => "救急救命士",
        }
    }
    /// The English word on screens.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Physician => "Doctor",
            Self::Nurse => "Nurse",
            Self::Paramedic => "Paramedic",
        }
    }
}

/// Why history left the memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WipeCause {
    /// 医師引継ぎ
    HandedOver,
    /// Consent withdrawn.
    Withdrawn,
    /// Card and patient do not match.
    WrongPerson,
    /// Locked out.
    LockedOut,
    /// The viewing window ended.
    WindowOver,
    /// The case ended otherwise.
    CaseEnded,
}

/// How a case ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// 医師引継ぎ
    HandedOver,
    /// 不搬送: 傷病者なし
    NoPatient,
    /// 不搬送: 拒否
    Refused,
    /// 不搬送: 明らかな死亡
    ObviousDeath,
    /// 不搬送: 誤報
    FalseAlarm,
    /// 不搬送: 取消
    Cancelled,
    /// 不搬送: 他隊
    OtherUnit,
    /// 他隊へ引継ぎ: the patient goes on with another unit.
    PassedToUnit,
}

impl Ending {
    /// All endings a crew can choose besides the handover to a physician.
    pub const WITHOUT_HANDOVER: [Self; 7] = [
        Self::NoPatient,
        Self::Refused,
        Self::ObviousDeath,
        Self::FalseAlarm,
        Self::Cancelled,
        Self::OtherUnit,
        Self::PassedToUnit,
    ];
    /// The word on screens.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::HandedOver => "医師引継ぎ",
            Self::NoPatient => "傷病者なし",
            Self::Refused => "拒否",
            Self::ObviousDeath => "明らかな死亡",
            Self::FalseAlarm => "誤報",
            Self::Cancelled => "取消",
            Self::OtherUnit => "他隊",
            Self::PassedToUnit => "他隊へ引継ぎ",
        }
    }
}
