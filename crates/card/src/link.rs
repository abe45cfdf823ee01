//! What can go wrong between the program and the card, carried through `myna_card`'s error type.

use myna_card::Error;

/// A fault of the link. `Transmit` implementations return it as `Err(fault.into())`.
///
/// `myna_card::Error` has no variant for a foreign transport's faults, so the fault travels as the reader name of
/// `ReaderNotFound` with a prefix that no reader has, and [`LinkFault::of`] finds it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFault {
    /// The reader was unplugged or is unknown.
    ReaderGone,
    /// The PC/SC service does not answer.
    ServiceGone,
    /// The card left the field, lost power or was reset by someone else.
    CardGone,
    /// The caller's deadline passed.
    Deadline,
    /// Anything else, an answer that is no answer included.
    Garbled,
}

const PREFIX: &str = "\u{1}link:";

impl LinkFault {
    const ALL: [Self; 5] = [Self::ReaderGone, Self::ServiceGone, Self::CardGone, Self::Deadline, Self::Garbled];

    fn name(self) -> &'static str {
        match self {
            Self::ReaderGone => "reader gone",
            Self::ServiceGone => "service gone",
            Self::CardGone => "card gone",
            Self::Deadline => "deadline passed",
            Self::Garbled => "garbled",
        }
    }

    /// The fault inside an error, if a transport put one there; transport errors of other makers are `Garbled`.
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        match error {
            Error::ReaderNotFound(text) => {
                let named = text.strip_prefix(PREFIX).and_then(|name| Self::ALL.into_iter().find(|f| f.name() == name));
                Some(named.unwrap_or(Self::ReaderGone))
            }
            Error::NoReader => Some(Self::ReaderGone),
            Error::ShortResponse(_) => Some(Self::CardGone),
            _ => None,
        }
    }
}

impl From<LinkFault> for Error {
    fn from(fault: LinkFault) -> Self {
        Self::ReaderNotFound(format!("{PREFIX}{}", fault.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_survives_the_journey() {
        for fault in LinkFault::ALL {
            assert_eq!(LinkFault::of(&Error::from(fault)), Some(fault));
        }
    }
}
