//! What the dispatch centre does in a case beside sending units: messages, the question about the card, alarms it has seen to.

use model::{CrewId, EnquiryId, LogId, MessageId, Timestamp, UnitId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Longest message to a unit, characters: what a tablet shows on one row without turning a page. A longer one is refused.
pub const MESSAGE_CHARS_MAX: usize = 70;

/// What the caller said of マイナ保険証 and お薬手帳.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardAnswer {
    /// 用意あり
    Ready,
    /// 手元にない
    NotAtHand,
    /// 持っていない
    HasNone,
    /// 聞けない
    CouldNotAsk,
}

impl CardAnswer {
    /// All four, in the order of the keys 1–4.
    pub const ALL: [Self; 4] = [Self::Ready, Self::NotAtHand, Self::HasNone, Self::CouldNotAsk];
    /// The word on pages.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Ready => "用意あり",
            Self::NotAtHand => "手元にない",
            Self::HasNone => "持っていない",
            Self::CouldNotAsk => "聞けない",
        }
    }
    /// The English word on pages.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Ready => "Ready",
            Self::NotAtHand => "Not at hand",
            Self::HasNone => "Has none",
            Self::CouldNotAsk => "Could not ask",
        }
    }
    /// Its name in forms and JSON, as it is stored.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::NotAtHand => "not_at_hand",
            Self::HasNone => "has_none",
            Self::CouldNotAsk => "could_not_ask",
        }
    }
    /// The answer with this name.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|answer| answer.key() == key)
    }
}

/// An alarm of a case, by what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmMark {
    /// 搬送困難.
    Difficult,
    /// A unit is not heard.
    Silent {
        /// Which.
        unit: UnitId,
    },
    /// Facts of this log may be missing.
    MayHaveGap {
        /// The log that ended.
        log: LogId,
    },
    /// A destination version was decided twice.
    Conflict {
        /// Which.
        version: u32,
    },
    /// The hospital of this destination version took its acceptance back.
    Withdrawn {
        /// The version that ended.
        version: u32,
    },
    /// The destination of this version took the place of one that stood.
    AgreedElsewhere {
        /// The version that counts.
        version: u32,
    },
    /// A hospital said yes by telephone and is not where the patient goes.
    AcceptedInVain {
        /// Its enquiry.
        enquiry: EnquiryId,
    },
}

/// A message as every screen sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// To this unit only; none: to every unit of the case.
    pub to: Option<UnitId>,
    /// The words.
    pub text: String,
    /// When the server recorded it.
    pub sent_at: Timestamp,
    /// Units whose tablet has shown it, since when.
    pub shown: BTreeMap<UnitId, Timestamp>,
    /// Units whose crew has read it, since when.
    pub acknowledged: BTreeMap<UnitId, Timestamp>,
}

impl Message {
    /// Whether this unit is to read it.
    #[must_use]
    pub fn is_for(&self, unit: UnitId) -> bool {
        self.to.is_none_or(|to| to == unit)
    }
    /// Whether this unit is to read it and has not said that it did.
    #[must_use]
    pub fn waits_for(&self, unit: UnitId) -> bool {
        self.is_for(unit) && !self.acknowledged.contains_key(&unit)
    }
}

/// Messages of a case by id.
pub type Messages = BTreeMap<MessageId, Message>;

/// An alarm that somebody has seen to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// How bad it was.
    pub level: u32,
    /// Who; none when it was no dispatcher.
    pub by: Option<CrewId>,
    /// When.
    pub at: Timestamp,
}
