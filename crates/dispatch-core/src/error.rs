//! Why a use case has no result: a code for programs, a sentence for people, and what to do next.

use crate::store::StoreError;
use card::CertificateFault;
use case::enquiry::AnswerRefused;
use model::Timestamp;
use patient_history::SourceError;

/// The principal may not do this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: not permitted for this account or device")]
pub struct NotPermitted {
    /// What was tried.
    pub what: &'static str,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum UseCaseError {
    /// Role, department, hospital or unit do not fit.
    #[error(transparent)]
    NotPermitted(#[from] NotPermitted),
    /// Nobody is signed in, or the session has ended.
    #[error("using the session: there is none, or it has ended")]
    NoSession,
    /// Sign-in name or passcode is wrong.
    #[error("signing in: name or passcode is wrong")]
    WrongPasscode,
    /// Too many wrong passcodes.
    #[error("signing in: locked after too many wrong passcodes")]
    Locked {
        /// Until when.
        until: Timestamp,
    },
    /// The case is not known here, or not in this scope (the two are not told apart).
    #[error("opening the case: it is not known here")]
    NoSuchCase,
    /// Something named in the request is not known here.
    #[error("finding {0}: it is not known here")]
    NotFound(&'static str),
    /// The case has ended.
    #[error("working on the case: it has ended")]
    CaseClosed,
    /// The consent event has not arrived here.
    #[error("looking up the history: the consent is not on record")]
    ConsentNotOnRecord,
    /// The consent was taken back or replaced by another.
    #[error("looking up the history: the consent does not stand any more")]
    ConsentWithdrawn,
    /// The question says something else than the recorded consent.
    #[error("looking up the history: the question and the recorded consent differ")]
    ConsentDiffers,
    /// The consent allows no look-up or no release.
    #[error("looking up the history: the consent does not allow it")]
    ConsentRefuses,
    /// The crew judged card and patient to be different persons.
    #[error("looking up the history: the card was judged to be another person's")]
    WrongPerson,
    /// The card's certificate does not count here.
    #[error("looking up the history: the card's certificate does not count ({})", .0.code())]
    Certificate(CertificateFault),
    /// No signature of the card where one belongs, one where none belongs, or one that does not fit: made over something
    /// else, by another key, with a nonce that is not this server's for this tablet.
    #[error("looking up the history: the card's signature does not fit")]
    ChallengeWrong,
    /// The nonce was used for another look-up.
    #[error("looking up the history: the nonce was used for another look-up")]
    NonceUsed,
    /// The nonce is older than it may be.
    #[error("looking up the history: the nonce is too old")]
    NonceExpired,
    /// The department does not offer the PIN.
    #[error("giving nonces: the department does not offer the PIN")]
    PinNotOffered,
    /// The tablet asks for nonces again and again.
    #[error("giving nonces: asked too often")]
    TooOften,
    /// The department requires the staff password for 目視, and none was verified for this look-up.
    #[error("looking up the history: the staff password is needed")]
    StaffPasswordNeeded,
    /// The staff password is wrong.
    #[error("checking the staff password: it is wrong")]
    StaffPasswordWrong,
    /// The code of the authenticator app, or the one-time code, is wrong or was used before.
    #[error("checking the second factor: it is wrong, or was used before")]
    SecondFactorWrong,
    /// Too many wrong second factors.
    #[error("checking the second factor: locked after too many wrong ones")]
    SecondFactorLocked,
    /// Too many wrong staff passwords.
    #[error("checking the staff password: locked after too many wrong ones")]
    StaffPasswordLocked,
    /// The account has no staff password.
    #[error("checking the staff password: none was issued")]
    StaffPasswordNotIssued,
    /// No disaster period holds: nobody is looked up without a card.
    #[error("looking up without a card: no disaster period holds")]
    DisasterOver,
    /// The department has a disaster period.
    #[error("opening a disaster period: one holds")]
    DisasterStands,
    /// The unit works for the other department no longer.
    #[error("working for another department: the time is over")]
    ReliefOver,
    /// The unit works for a department as relief.
    #[error("activating a relief unit: it works for another department already, or the period has just ended")]
    ReliefStands,
    /// The window in which the look-up was allowed has passed.
    #[error("looking up the history: too late")]
    Expired,
    /// The same look-up is being answered already.
    #[error("looking up the history: the same look-up is under way")]
    UnderWay,
    /// The national system gave no history.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The enquiry's rules refuse it.
    #[error(transparent)]
    Answer(#[from] AnswerRefused),
    /// Something in the request is not usable.
    #[error("reading the request: {0}")]
    BadRequest(&'static str),
    /// Others wrote to the same case again and again.
    #[error("writing to the case: others are writing at the same time")]
    Contended,
    /// The store failed; nothing was written.
    #[error("using the store")]
    Store(#[from] StoreError),
}

/// Code, Japanese sentence, next step, English sentence, retryable.
type Words = (&'static str, &'static str, &'static str, &'static str, bool);

impl UseCaseError {
    const fn words(&self) -> Words {
        match self {
            Self::NotPermitted(_) => (
                "not_permitted",
                "この操作は許可されていません。",
                "権限のある人に頼んでください。",
                "This is not permitted.",
                false,
            ),
            Self::NoSuchCase => (
                "no_such_case",
                "この事案はサーバーにありません。",
                "送信待ちが終わってからもう一度試してください。",
                "The case is not known here.",
                true,
            ),
            Self::NotFound(_) => (
                "not_found",
                "指定されたものが見つかりません。",
                "画面を更新してもう一度選んでください。",
                "Not found.",
                false,
            ),
            Self::CaseClosed => (
                "case_closed",
                "この事案は終了しています。",
                "新しい事案で操作してください。",
                "The case has ended.",
                false,
            ),
            Self::ConsentNotOnRecord => (
                "consent_not_on_record",
                "同意の記録がまだサーバーに届いていません。",
                "通信を待って自動で照会します。活動を続けてください。",
                "The consent has not arrived yet.",
                true,
            ),
            Self::Contended => (
                "contended",
                "同時に更新がありました。",
                "もう一度押してください。",
                "Updated by others at the same time. Try again.",
                true,
            ),
            Self::Store(_) => (
                "store_failed",
                "サーバーに保存できませんでした。",
                "少し待ってもう一度試し、続くときは管理者に連絡してください。",
                "The server could not store it.",
                true,
            ),
            Self::BadRequest(_) => (
                "bad_request",
                "入力の内容を読み取れません。",
                "入力を確かめてもう一度試してください。",
                "The request cannot be used.",
                false,
            ),
            Self::Answer(refused) => answer_words(*refused),
            Self::Certificate(fault) => (fault.code(), fault.ja(), fault.next_ja(), fault.en(), false),
            other => other.person_words(),
        }
    }

    const fn person_words(&self) -> Words {
        match self {
            Self::NoSession => (
                "no_session",
                "サインインしていないか、期限が切れています。",
                "もう一度サインインしてください。",
                "Sign in again.",
                false,
            ),
            Self::WrongPasscode => (
                "wrong_passcode",
                "名前またはパスコードが違います。",
                "確かめてもう一度入力してください。",
                "Name or passcode is wrong.",
                false,
            ),
            Self::Locked { .. } => (
                "locked",
                "間違いが続いたため、しばらく使えません。",
                "5分待つか、管理者に連絡してください。",
                "Locked for a few minutes.",
                false,
            ),
            Self::StaffPasswordNeeded => (
                "staff_password_needed",
                "目視の照会に、目視確認用パスワードが要ります。",
                "4桁を入力してください。照合番号Bで照会すれば要りません。",
                "The staff password is needed for a look-up by eye.",
                false,
            ),
            Self::StaffPasswordWrong => (
                "staff_password_wrong",
                "目視確認用パスワードが違います。",
                "確かめて入力してください。5回続けて違うと10分使えません。",
                "The staff password is wrong.",
                false,
            ),
            Self::StaffPasswordLocked => (
                "staff_password_locked",
                "目視確認用パスワードの間違いが続いたため、10分使えません。",
                "照合番号Bで照会するか、管理者に再発行を頼んでください。",
                "The staff password is locked for ten minutes.",
                false,
            ),
            Self::StaffPasswordNotIssued => (
                "staff_password_not_issued",
                "目視確認用パスワードが発行されていません。",
                "照合番号Bで照会するか、管理者に発行を頼んでください。",
                "No staff password was issued.",
                false,
            ),
            Self::SecondFactorWrong => (
                "second_factor_wrong",
                "認証コードが違うか、もう使われています。",
                "次のコードが表示されるのを待って入れてください。5回続けて違うと15分使えません。",
                "The code is wrong, or was used before.",
                false,
            ),
            Self::SecondFactorLocked => (
                "second_factor_locked",
                "認証コードの間違いが続いたため、しばらく使えません。",
                "15分待つか、管理者に連絡してください。",
                "The second factor is locked for a quarter of an hour.",
                false,
            ),
            other => other.history_words(),
        }
    }

    const fn history_words(&self) -> Words {
        match self {
            Self::ConsentWithdrawn => (
                "consent_withdrawn",
                "同意が取り消されたため照会していません。",
                "口頭で聴取してください。",
                "The consent was withdrawn.",
                false,
            ),
            Self::ConsentDiffers => (
                "consent_differs",
                "照会の内容と記録された同意が一致しません。",
                "同意をもう一度記録してください。",
                "The question and the recorded consent differ.",
                false,
            ),
            Self::ConsentRefuses => (
                "consent_refuses",
                "同意の範囲に含まれないため照会していません。",
                "口頭で聴取してください。",
                "The consent does not allow it.",
                false,
            ),
            Self::WrongPerson => (
                "wrong_person",
                "カードと本人が一致しないと記録されています。",
                "口頭で聴取してください。",
                "The card was judged to be another person's.",
                false,
            ),
            Self::Expired => (
                "expired",
                "照会できる時間を過ぎました。",
                "必要ならもう一度同意を記録して照会してください。",
                "The window has passed.",
                false,
            ),
            Self::UnderWay => (
                "under_way",
                "同じ照会を処理しています。",
                "そのまま待ってください。",
                "The same look-up is under way.",
                true,
            ),
            other => other.signature_words(),
        }
    }

    const fn signature_words(&self) -> Words {
        match self {
            Self::ChallengeWrong => (
                "challenge_wrong",
                "カードの署名を確認できません。",
                "もう一度カードをかざして暗証番号を入れるか、目視で確認してください。",
                "The card's signature does not fit.",
                false,
            ),
            Self::NonceUsed => (
                "nonce_used",
                "この署名は別の照会に使われています。",
                "もう一度カードをかざして暗証番号を入れるか、目視で確認してください。",
                "The signature was used for another look-up.",
                false,
            ),
            Self::NonceExpired => (
                "nonce_expired",
                "署名の期限（24時間）が切れています。",
                "もう一度カードをかざして暗証番号を入れるか、目視で確認してください。",
                "The signature is no longer valid: 24 hours have passed.",
                false,
            ),
            Self::PinNotOffered => (
                "pin_not_offered",
                "この消防本部では暗証番号を使いません。",
                "目視で確認してください。",
                "This department does not use the PIN.",
                false,
            ),
            Self::TooOften => (
                "too_often",
                "サーバーへの要求が多すぎます。",
                "そのまま活動を続けてください。しばらくすると自動で使えるようになります。",
                "Asked too often.",
                true,
            ),
            other => other.disaster_words(),
        }
    }

    const fn disaster_words(&self) -> Words {
        match self {
            Self::DisasterOver => (
                "disaster_over",
                "災害時の照会の期間ではないため、カードなしでは照会できません。",
                "カードを使うか、口頭で聴取してください。要るときは指令センターに伝えてください。",
                "No disaster period holds: nobody can be looked up without a card.",
                false,
            ),
            Self::DisasterStands => (
                "disaster_stands",
                "この本部の災害時の期間は、もう始まっています。",
                "変えるときは、いまの期間を終えてから始めなおしてください。",
                "The department has a disaster period already.",
                false,
            ),
            Self::ReliefOver => (
                "relief_over",
                "応援の期間が終わっているため、応援先の事案では照会できません。",
                "記録と搬送は続けられます。要るときは応援先の指令センターに伝えてください。",
                "The time as a relief unit is over: no look-ups for the other department.",
                false,
            ),
            Self::ReliefStands => (
                "relief_stands",
                "この隊は、もう応援に出ているか、期間が終わったところです。",
                "画面を更新して確かめてください。",
                "The unit works for another department already.",
                false,
            ),
            _ => ("source", "", "", "", false),
        }
    }

    /// A stable code.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Self::Source(error) => source_code(error).to_owned(),
            other => other.words().0.to_owned(),
        }
    }
    /// One sentence for the person in front of the screen.
    #[must_use]
    pub fn ja(&self) -> String {
        match self {
            Self::Source(error) => error.ja(),
            other => other.words().1.to_owned(),
        }
    }
    /// What to do next.
    #[must_use]
    pub const fn next_ja(&self) -> &'static str {
        match self {
            Self::Source(error) => error.next_step_ja(),
            other => other.words().2,
        }
    }
    /// The sentence in English.
    #[must_use]
    pub const fn en(&self) -> &'static str {
        match self {
            Self::Source(error) => error.en(),
            other => other.words().3,
        }
    }
    /// Whether asking again later may help.
    #[must_use]
    pub const fn retryable(&self) -> bool {
        match self {
            Self::Source(error) => error.retryable(),
            other => other.words().4,
        }
    }
}

const fn answer_words(refused: AnswerRefused) -> Words {
    match refused {
        AnswerRefused::Unknown | AnswerRefused::OtherHospital => {
            ("enquiry_unknown", "この照会はありません。", "一覧を更新してください。", "No such enquiry.", false)
        }
        AnswerRefused::Over => (
            "enquiry_over",
            "この照会は終わっています（他院決定または取消）。",
            "対応は不要です。",
            "The enquiry is over.",
            false,
        ),
        AnswerRefused::NoOffer => (
            "no_offer",
            "条件付きの回答は期限が切れています。",
            "病院にもう一度照会してください。",
            "There is no standing offer.",
            false,
        ),
        AnswerRefused::Closed => {
            ("case_closed", "この事案は終了しています。", "対応は不要です。", "The case has ended.", false)
        }
    }
}

/// The stable code of a failure of the national system: also what the audit records.
#[must_use]
pub const fn source_code(error: &SourceError) -> &'static str {
    match error {
        SourceError::CardUnknown => "card_unknown",
        SourceError::NotRegistered => "not_registered",
        SourceError::NoEntitlement { .. } => "no_entitlement",
        SourceError::NotNarrowed => "not_narrowed",
        SourceError::MultipleMatches => "multiple_matches",
        SourceError::ConsentRefused => "consent_refused",
        SourceError::CertificateRejected => "certificate_rejected",
        SourceError::National { .. } => "national_error",
        SourceError::Deadline { .. } => "national_deadline",
        SourceError::Unreachable => "national_unreachable",
        SourceError::Protocol { .. } => "national_protocol",
        SourceError::WrongKindOfSystem => "wrong_kind_of_system",
    }
}
