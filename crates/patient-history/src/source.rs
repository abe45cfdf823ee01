//! The door through which history is fetched, and the ways in which it stays shut.

use crate::{ConsentBasis, HistorySnapshot, LookupEvidence, Period, QualificationValidity};
use core::future::Future;
use model::{CrewId, DepartmentId, DeviceId, LookupId, Timestamp};
use serde::{Deserialize, Serialize};

/// Who asks: recorded by the national system and shown to the person in their own access history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// 消防本部.
    pub department: DepartmentId,
    /// The signed-in crew member.
    pub crew: CrewId,
    /// The tablet.
    pub device: DeviceId,
}

/// One question for one person's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryQuery {
    /// Names the look-up; the same name is the same question.
    pub lookup: LookupId,
    /// Who asks.
    pub requester: Requester,
    /// Whose record, and how that is known.
    pub evidence: LookupEvidence,
    /// What the person allowed.
    pub consent: ConsentBasis,
    /// Which view.
    pub period: Period,
    /// When the crew asked.
    pub asked_at: Timestamp,
}

/// Where history comes from. The only implementation that leaves the machine is the gateway to the national system.
pub trait HistorySource {
    /// Fetches what the consent covers. A section that the consent does not cover comes back as not permitted.
    ///
    /// # Errors
    /// [`SourceError`]; the transport goes on without history in every case.
    fn fetch(&self, query: HistoryQuery) -> impl Future<Output = Result<HistorySnapshot, SourceError>> + Send;
}

/// Why there is no history. None of them carries content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceError {
    /// The certificate belongs to nobody known.
    #[error("looking up the card: the national system does not know its certificate")]
    CardUnknown,
    /// The person has not registered the card as 保険証.
    #[error("looking up the card: it is not registered as an insurance card")]
    NotRegistered,
    /// The entitlement does not open a record.
    #[error("looking up the card: the entitlement is {validity:?}")]
    NoEntitlement {
        /// What the system said.
        validity: QualificationValidity,
    },
    /// A search without a card found nobody, or more than one person: the two are not told apart.
    #[error("searching without a card: it does not narrow to one person")]
    NotNarrowed,
    /// More than one person fits.
    #[error("looking up the card: more than one entitlement fits")]
    MultipleMatches,
    /// The consent covers nothing; nothing was sent.
    #[error("looking up the card: refused, nothing was asked")]
    ConsentRefused,
    /// The card's certificate has expired or is not accepted any more.
    #[error("looking up the card: the certificate is expired or revoked")]
    CertificateRejected,
    /// The national system reported an error.
    #[error("looking up the card: the national system answered with error {code}")]
    National {
        /// Its `ErrorCode`, at most 32 letters and digits.
        code: String,
    },
    /// No answer within the deadline.
    #[error("looking up the card: no answer within {waited_ms} ms")]
    Deadline {
        /// How long was waited, milliseconds.
        waited_ms: u64,
    },
    /// No connection.
    #[error("looking up the card: the national system cannot be reached")]
    Unreachable,
    /// The answer makes no sense.
    #[error("looking up the card: the answer cannot be understood ({what})")]
    Protocol {
        /// What was wrong with its form; never content.
        what: String,
    },
    /// A live installation met a stand-in, or a training one met something else.
    #[error("looking up the card: the other side is not what this installation may talk to")]
    WrongKindOfSystem,
}

impl SourceError {
    /// Whether asking again may help.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        matches!(self, Self::National { .. } | Self::Deadline { .. } | Self::Unreachable | Self::Protocol { .. })
    }
    /// One clear sentence for the crew.
    #[must_use]
    pub fn ja(&self) -> String {
        match self {
            Self::CardUnknown => "このカードの情報が見つかりません。".into(),
            Self::NotRegistered => "保険証としての利用登録がありません。".into(),
            Self::NoEntitlement { validity } => format!("保険の資格を確認できません（{}）。", validity.ja()),
            Self::MultipleMatches => "該当する方を一人に絞れません。".into(),
            Self::NotNarrowed => "この氏名・生年月日・性別・住所では、一人に絞れませんでした。".into(),
            Self::ConsentRefused => "同意がないため照会していません。".into(),
            Self::CertificateRejected => "カードの電子証明書が失効または期限切れです。".into(),
            Self::National { code } => format!("国のシステムがエラーを返しました（{code}）。"),
            Self::Deadline { .. } => "国のシステムの回答が時間内に届きません。".into(),
            Self::Unreachable => "国のシステムにつながりません。".into(),
            Self::Protocol { .. } => "国のシステムの回答を読み取れません。".into(),
            Self::WrongKindOfSystem => "接続先が本番用・訓練用の設定と一致しません。".into(),
        }
    }
    /// What to do next.
    #[must_use]
    pub const fn next_step_ja(&self) -> &'static str {
        match self {
            Self::CardUnknown => "カードが本人の物か確かめ、口頭で聴取してください。",
            Self::NotNarrowed => "聞いた内容を確かめて照会しなおすか、口頭で聴取してください。",
            Self::NotRegistered | Self::NoEntitlement { .. } | Self::MultipleMatches | Self::CertificateRejected => {
                "口頭で聴取し、活動を続けてください。"
            }
            Self::ConsentRefused => "口頭で聴取してください。同意が得られれば照会できます。",
            Self::National { .. } | Self::Deadline { .. } | Self::Unreachable | Self::Protocol { .. } => {
                "活動を続け、後でもう一度照会してください。"
            }
            Self::WrongKindOfSystem => "指令センターの管理者に連絡してください。活動は続けられます。",
        }
    }
    /// The English sentence.
    #[must_use]
    pub const fn en(&self) -> &'static str {
        match self {
            Self::CardUnknown => "No record for this card. Check it is the patient's; take the history by asking.",
            Self::NotRegistered => "The card is not registered as an insurance card. Take the history by asking.",
            Self::NoEntitlement { .. } => "The insurance entitlement is not valid. Take the history by asking.",
            Self::NotNarrowed => {
                "These details do not narrow to one person. Check them, or take the history by asking."
            }
            Self::MultipleMatches => "More than one person fits. Take the history by asking.",
            Self::ConsentRefused => "Not looked up: no consent. Take the history by asking.",
            Self::CertificateRejected => "The card's certificate is expired or revoked. Take the history by asking.",
            Self::National { .. } => "The national system answered with an error. Go on, and try again later.",
            Self::Deadline { .. } => "No answer in time. Go on, and try again later.",
            Self::Unreachable => "The national system cannot be reached. Go on, and try again later.",
            Self::Protocol { .. } => "The answer cannot be read. Go on, and try again later.",
            Self::WrongKindOfSystem => "Training and live systems are mixed up. Tell the administrator; go on.",
        }
    }
}
