//! Urgency as the crew tags it.

use serde::{Deserialize, Serialize};

/// Triage category. Colours are shown with their Roman numeral, never alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Triage {
    /// 赤 I: immediate.
    Red,
    /// 黄 II: urgent.
    Yellow,
    /// 緑 III: minor.
    Green,
    /// 黒 0: beyond rescue.
    Black,
}

impl Triage {
    /// All categories as laid out on screen.
    pub const ALL: [Self; 4] = [Self::Red, Self::Yellow, Self::Green, Self::Black];
    /// I, II, III or 0.
    #[must_use]
    pub const fn numeral(self) -> &'static str {
        match self {
            Self::Red => "I",
            Self::Yellow => "II",
            Self::Green => "III",
            Self::Black => "0",
        }
    }
    /// The Japanese colour word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Red => "赤",
            Self::Yellow => "黄",
            Self::Green => "緑",
            Self::Black => "黒",
        }
    }
}
