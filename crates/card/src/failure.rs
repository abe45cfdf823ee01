//! The ladder of failures: what happened, for the crew, and what to do next. No message holds a name or a number of
//! a person, and none blames anyone.

/// Anything that keeps a card from being used as hoped. [`Failure::stops_lookup`] tells the hints from the stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Failure {
    /// The PC/SC service does not run.
    ServiceDown,
    /// No reader is attached.
    NoReader,
    /// The reader was there and went.
    ReaderGone,
    /// The reader is empty.
    NoCard,
    /// Another program holds the card.
    CardInUse,
    /// The card left the field in mid-read.
    CardMoved,
    /// The card answered, but not in a way that can be read.
    Unreadable,
    /// The deadline passed.
    TooSlow,
    /// The card has no 公的個人認証AP.
    NotMyNumberCard,
    /// A phone's certificate.
    PhoneCertificate,
    /// The 住民基本台帳カード of before 2016.
    OldJukiCard,
    /// The certificate's period has not begun: most likely the tablet's clock.
    NotYetValid,
    /// Expired, at most three months ago.
    ExpiredWithinGrace,
    /// Expired longer ago.
    Expired,
    /// Signed by nobody who counts.
    UntrustedIssuer,
    /// A test card in a live installation.
    TestCard,
    /// The PIN does not match; this many tries are left.
    PinWrong {
        /// As the card counted.
        left: u8,
    },
    /// No tries are left.
    PinBlocked,
    /// The card has no such PIN.
    PinNotOffered,
    /// 照合番号B does not match; this many tries are left.
    NumberBWrong {
        /// As the card counted.
        left: u8,
    },
    /// No tries are left for 照合番号B.
    NumberBBlocked,
    /// The card has no 券面 application or no such key.
    NumberBNotOffered,
    /// One try is left and nobody confirmed it; nothing was presented.
    LastTry,
    /// The photo could not be decoded.
    PhotoUnreadable,
    /// Age or sex on the card contradict what the crew sees.
    WrongPerson,
}

/// How a failure stands in the log of a case: the stored kind and what decides in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureEvent {
    /// `card_read` with outcome `failed` and the reason code.
    ReadFailed,
    /// `card_read` with outcome `read`: the certificate came, and its period is over by at most the grace.
    ReadInGrace,
    /// `identity_judged` with `same_person: false`.
    OtherPerson,
}

impl FailureEvent {
    /// For the table of the ladder.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ReadFailed => "`card_read`, failed with this code",
            Self::ReadInGrace => "`card_read`, read",
            Self::OtherPerson => "`identity_judged`, not the same person",
        }
    }
}

/// Words of one failure: ja, en, next step ja, next step en.
struct Words(&'static str, &'static str, &'static str, &'static str);

impl Failure {
    /// All of them, for tables and tests.
    pub const ALL: [Self; 25] = [
        Self::ServiceDown,
        Self::NoReader,
        Self::ReaderGone,
        Self::NoCard,
        Self::CardInUse,
        Self::CardMoved,
        Self::Unreadable,
        Self::TooSlow,
        Self::NotMyNumberCard,
        Self::PhoneCertificate,
        Self::OldJukiCard,
        Self::NotYetValid,
        Self::ExpiredWithinGrace,
        Self::Expired,
        Self::UntrustedIssuer,
        Self::TestCard,
        Self::PinWrong { left: 1 },
        Self::PinBlocked,
        Self::PinNotOffered,
        Self::NumberBWrong { left: 9 },
        Self::NumberBBlocked,
        Self::NumberBNotOffered,
        Self::LastTry,
        Self::PhotoUnreadable,
        Self::WrongPerson,
    ];

    /// Stable reason code for logs, JSON and translations.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ServiceDown => "service-down",
            Self::NoReader => "no-reader",
            Self::ReaderGone => "reader-gone",
            Self::NoCard => "no-card",
            Self::CardInUse => "card-in-use",
            Self::CardMoved => "card-moved",
            Self::Unreadable => "card-unreadable",
            Self::TooSlow => "card-too-slow",
            Self::NotMyNumberCard => "not-my-number-card",
            Self::PhoneCertificate => "phone-certificate",
            Self::OldJukiCard => "old-juki-card",
            Self::NotYetValid => "certificate-not-yet-valid",
            Self::ExpiredWithinGrace => "certificate-expired-grace",
            Self::Expired => "certificate-expired",
            Self::UntrustedIssuer => "issuer-untrusted",
            Self::TestCard => "test-card-refused",
            Self::PinWrong { .. } => "pin-wrong",
            Self::PinBlocked => "pin-blocked",
            Self::PinNotOffered => "pin-not-offered",
            Self::NumberBWrong { .. } => "number-b-wrong",
            Self::NumberBBlocked => "number-b-blocked",
            Self::NumberBNotOffered => "number-b-not-offered",
            Self::LastTry => "last-try",
            Self::PhotoUnreadable => "photo-unreadable",
            Self::WrongPerson => "wrong-person",
        }
    }

    /// True when no look-up can be made with this card now.
    #[must_use]
    pub const fn stops_lookup(self) -> bool {
        !matches!(
            self,
            Self::ExpiredWithinGrace
                | Self::PinWrong { .. }
                | Self::PinBlocked
                | Self::PinNotOffered
                | Self::NumberBWrong { .. }
                | Self::NumberBBlocked
                | Self::NumberBNotOffered
                | Self::LastTry
                | Self::PhotoUnreadable
        )
    }

    /// The event that a tablet records for it.
    #[must_use]
    pub const fn event(self) -> FailureEvent {
        match self {
            Self::ExpiredWithinGrace => FailureEvent::ReadInGrace,
            Self::WrongPerson => FailureEvent::OtherPerson,
            _ => FailureEvent::ReadFailed,
        }
    }

    /// True when the same attempt may succeed at once if made again.
    #[must_use]
    pub const fn is_worth_repeating(self) -> bool {
        matches!(self, Self::CardMoved | Self::Unreadable | Self::TooSlow | Self::CardInUse | Self::ReaderGone)
    }

    /// What happened, in one Japanese sentence.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        self.words().0
    }

    /// What happened, in one English sentence.
    #[must_use]
    pub const fn en(self) -> &'static str {
        self.words().1
    }

    /// What to do next, in Japanese.
    #[must_use]
    pub const fn next_ja(self) -> &'static str {
        self.words().2
    }

    /// What to do next, in English.
    #[must_use]
    pub const fn next_en(self) -> &'static str {
        self.words().3
    }

    const fn words(self) -> Words {
        match self {
            Self::ServiceDown
            | Self::NoReader
            | Self::ReaderGone
            | Self::NoCard
            | Self::CardInUse
            | Self::CardMoved
            | Self::Unreadable
            | Self::TooSlow => self.link_words(),
            Self::NotMyNumberCard | Self::PhoneCertificate | Self::OldJukiCard => self.card_words(),
            Self::PinWrong { .. } | Self::PinBlocked | Self::PinNotOffered | Self::LastTry => self.pin_words(),
            Self::NumberBWrong { .. } | Self::NumberBBlocked | Self::NumberBNotOffered => self.number_words(),
            Self::PhotoUnreadable | Self::WrongPerson => self.person_words(),
            _ => self.certificate_words(),
        }
    }

    const fn link_words(self) -> Words {
        match self {
            Self::ServiceDown => Words(
                "カードを読む仕組み（PC/SC）が動いていません。",
                "The card service (PC/SC) is not running.",
                "端末を再起動してください。続くときはカードなしで進み、帰署後に整備担当へ連絡してください。",
                "Restart the tablet. If it stays so, go on without the card and report it after the run.",
            ),
            Self::NoReader => Words(
                "カードリーダーが見つかりません。",
                "No card reader is found.",
                "リーダーのケーブルを差し直してください。見つからないときはカードなしで進んでください。",
                "Plug the reader in again. If it is not found, go on without the card.",
            ),
            Self::ReaderGone => Words(
                "読み取りの途中でカードリーダーが外れました。",
                "The card reader was unplugged while reading.",
                "ケーブルを差し直し、カードを置き直してください。",
                "Plug the cable in again and put the card back.",
            ),
            Self::NoCard => Words(
                "カードが置かれていません。",
                "There is no card on the reader.",
                "カードをリーダーの中央に置いてください。",
                "Put the card on the middle of the reader.",
            ),
            Self::CardInUse => Words(
                "別のプログラムがカードを使っています。",
                "Another program is using the card.",
                "数秒待ってからカードを置き直してください。続くときは端末を再起動してください。",
                "Wait a few seconds and put the card back. If it stays so, restart the tablet.",
            ),
            Self::CardMoved => Words(
                "読み取りの途中でカードが動きました。",
                "The card moved while it was being read.",
                "カードを置き直し、読み終わるまで動かさないでください。",
                "Put the card back and leave it until reading ends.",
            ),
            Self::TooSlow => Words(
                "カードからの応答が時間内にありませんでした。",
                "The card did not answer in time.",
                "カードケースから出して置き直してください。だめならカードなしで進んでください。",
                "Take the card out of its sleeve and put it back. If that fails, go on without the card.",
            ),
            _ => Words(
                "カードを読み取れませんでした。",
                "The card could not be read.",
                "カードケースから出し、汚れを拭いて置き直してください。だめならカードなしで進んでください。",
                "Take the card out of its sleeve, wipe it and put it back. If that fails, go on without the card.",
            ),
        }
    }

    const fn card_words(self) -> Words {
        match self {
            Self::PhoneCertificate => Words(
                "スマートフォンの電子証明書です。この端末では使えません。",
                "This is a phone's certificate, which cannot be used here.",
                "マイナンバーカードがあれば置いてください。なければカードなしで進んでください。",
                "Use the plastic card if there is one, else go on without it.",
            ),
            Self::OldJukiCard => Words(
                "住民基本台帳カードです。照会には使えません。",
                "This is an old resident register card, which cannot be used.",
                "マイナンバーカードがあれば置いてください。なければカードなしで進んでください。",
                "Use the My Number card if there is one, else go on without it.",
            ),
            _ => Words(
                "マイナンバーカードではありません。",
                "This is not a My Number card.",
                "マイナンバーカードに置き換えてください。複数のカードを重ねないでください。",
                "Put the My Number card there instead, and only one card at a time.",
            ),
        }
    }

    const fn certificate_words(self) -> Words {
        match self {
            Self::NotYetValid => Words(
                "電子証明書の有効期間が始まっていません。",
                "The certificate's period has not begun yet.",
                "端末の日付と時刻を確かめてください。正しいときはカードなしで進んでください。",
                "Check the tablet's date and time. If they are right, go on without the card.",
            ),
            Self::ExpiredWithinGrace => Words(
                "電子証明書は期限切れですが、満了から3か月以内です。",
                "The certificate has expired, at most three months ago.",
                "照会してみてください。返らないときはカードなしで進んでください。",
                "Try the look-up. If nothing comes back, go on without the card.",
            ),
            Self::Expired => Words(
                "電子証明書の期限が切れて3か月を過ぎています。",
                "The certificate expired more than three months ago.",
                "このカードでは照会できません。カードなしで進み、聞き取りで確かめてください。",
                "No look-up is possible with it. Go on without the card and ask the patient or family.",
            ),
            Self::TestCard => Words(
                "試験用・訓練用のカードです。本番の端末では使えません。",
                "This is a test or training card, which a live tablet refuses.",
                "傷病者のマイナンバーカードか確かめてください。なければカードなしで進んでください。",
                "Check that it is the patient's own card. If there is none, go on without it.",
            ),
            _ => Words(
                "電子証明書の発行者を確かめられません。",
                "The certificate's issuer cannot be verified.",
                "このカードでは照会できません。カードなしで進み、帰署後に報告してください。",
                "No look-up is possible with it. Go on without the card and report it after the run.",
            ),
        }
    }

    const fn pin_words(self) -> Words {
        match self {
            Self::PinBlocked => Words(
                "暗証番号がロックされています。",
                "The PIN is blocked.",
                "暗証番号を使わず、顔写真による目視確認で進んでください。",
                "Go on without PIN: compare the face with the photo.",
            ),
            Self::PinNotOffered => Words(
                "このカードでは暗証番号を使えません。",
                "This card offers no PIN.",
                "目視確認で進んでください。",
                "Go on by comparing the face.",
            ),
            Self::LastTry => Words(
                "残り1回です。間違えるとロックされます。",
                "One try is left; a wrong number blocks it.",
                "番号を確かめてから続けるか、目視確認で進んでください。",
                "Check the number before you go on, or go on by comparing the face.",
            ),
            _ => Words(
                "暗証番号が違います。",
                "The PIN does not match.",
                "残り回数を確かめ、本人にもう一度だけ聞いてください。分からなければ目視確認で進んでください。",
                "Look at the tries left and ask the patient once more, or go on by comparing the face.",
            ),
        }
    }

    const fn number_words(self) -> Words {
        match self {
            Self::NumberBBlocked => Words(
                "照合番号Bがロックされています。",
                "Verification number B is blocked.",
                "券面の写真を見て、目視確認で進んでください。",
                "Look at the printed photo and go on by comparing the face.",
            ),
            Self::NumberBNotOffered => Words(
                "このカードでは照合番号Bを使えません。",
                "This card offers no verification number B.",
                "券面の写真を見て、目視確認で進んでください。",
                "Look at the printed photo and go on by comparing the face.",
            ),
            _ => Words(
                "照合番号Bが違います。",
                "Verification number B does not match.",
                "生年月日（和暦）・有効期限の年・セキュリティコードを券面で確かめ、残り回数を見て入れ直してください。",
                "Check birth (Japanese era), year of expiry and security code on the card, and the tries left, then key it again.",
            ),
        }
    }

    const fn person_words(self) -> Words {
        match self {
            Self::WrongPerson => Words(
                "カードの年齢か性別が、観察と合いません。",
                "Age or sex on the card contradict what was observed.",
                "別の人のカードでないか確かめてください。別人なら照会せず、本人のカードを置いてください。",
                "Check whose card it is. If it is another person's, make no look-up and use the patient's own card.",
            ),
            _ => Words(
                "カードの写真を表示できません。",
                "The photo in the card cannot be shown.",
                "券面に印刷された写真で目視確認してください。",
                "Compare the face with the photo printed on the card.",
            ),
        }
    }
}

impl std::fmt::Display for Failure {
    /// The English sentence without its full stop, as error texts have it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.en().trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_failure_has_its_own_words_and_a_next_step() {
        let codes: BTreeSet<_> = Failure::ALL.iter().map(|f| f.code()).collect();
        let sentences: BTreeSet<_> = Failure::ALL.iter().map(|f| f.ja()).collect();
        assert_eq!((codes.len(), sentences.len()), (Failure::ALL.len(), Failure::ALL.len()));
        for failure in Failure::ALL {
            assert!(failure.ja().ends_with('。') && failure.next_ja().ends_with('。'), "{failure:?}");
            assert!(failure.en().ends_with('.') && failure.next_en().ends_with('.'), "{failure:?}");
        }
    }
}
