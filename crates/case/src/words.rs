//! The words that events use: reasons, outcomes, answers, endings. A word once released is never removed or given another
//! meaning.

use model::{AgeBand, Complaint, FollowUp, FollowUpAnswer, Jcs, Sex, Timestamp, Triage, Vital, VitalReading};
use serde::{Deserialize, Serialize};

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

impl OverrideReason {
    /// The word on pages and in timelines.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::OwnDoctor => "かかりつけ",
            Self::PatientWish => "本人・家族の希望",
            Self::Specialty => "専門",
            Self::PhysicianOrder => "医師の指示",
            Self::Road => "道路事情",
            Self::AgreedByTelephone => "先に電話で了解",
            Self::ConditionChanged => "容体が変わった",
            Self::Other => "その他",
        }
    }
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
