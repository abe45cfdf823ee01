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
            // No longer than what the screens were laid out with.
            let longest = (failure.next_ja().chars().count(), failure.next_en().chars().count());
            assert!(longest.0 <= 46 && longest.1 <= 98, "{failure:?}: {longest:?}");
        }
    }
}
