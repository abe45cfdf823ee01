//! What the stand-in can do wrong, on purpose.

use core::str::FromStr;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};

/// One misbehaviour; it lasts until another one is set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Answers as it should.
    #[default]
    None,
    /// Waits before the answer.
    Slow(Duration),
    /// 異常 with this `ErrorCode`.
    Error(String),
    /// An HTTP status instead of an answer.
    Status(u16),
    /// Takes the question and closes the connection.
    Close,
    /// Bytes that are no JSON.
    Garbage,
    /// JSON that ends in the middle.
    Truncated,
    /// A body without end.
    Endless,
    /// The answer without the stand-in's mark.
    Unmarked,
    /// This `QualificationValidity`, whoever asks.
    Validity(u8),
    /// The answer to another look-up.
    OtherLookup,
    /// All sections, whatever the consent says.
    IgnoresConsent,
}

impl FromStr for Fault {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number, as {name}=503"));
        let small = |n: u64| u16::try_from(n).map_err(|_| format!("{n} is too large"));
        Ok(match name {
            "none" => Self::None,
            "slow" => Self::Slow(Duration::from_millis(number()?)),
            "error" if !value.is_empty() => Self::Error(value.to_owned()),
            "status" => Self::Status(small(number()?)?),
            "close" => Self::Close,
            "garbage" => Self::Garbage,
            "truncated" => Self::Truncated,
            "endless" => Self::Endless,
            "unmarked" => Self::Unmarked,
            "validity" => Self::Validity(u8::try_from(number()?).map_err(|_| "validity is 1 to 6".to_owned())?),
            "other-lookup" => Self::OtherLookup,
            "ignores-consent" => Self::IgnoresConsent,
            _ => {
                return Err("expected none, slow=MS, error=CODE, status=NNN, close, garbage, truncated, endless, \
                            unmarked, validity=1..6, other-lookup or ignores-consent"
                    .into());
            }
        })
    }
}

/// The misbehaviour of a running stand-in, changeable while it runs.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Fault>>);

impl Faults {
    /// Starts with this one.
    #[must_use]
    pub fn new(fault: Fault) -> Self {
        Self(Arc::new(Mutex::new(fault)))
    }
    /// From now on this one.
    pub fn set(&self, fault: Fault) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
    /// The present one.
    #[must_use]
    pub fn get(&self) -> Fault {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
