//! The parts of a record and how far back each reaches.

use crate::{ConsentKind, Row};
use core::fmt;
use model::CivilDate;
use serde::{Deserialize, Serialize};

/// Which view was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 救急用サマリー: what matters now.
    Summary,
    /// 通常表示: everything kept.
    Full,
}

/// How far back a section reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookBack {
    /// Days.
    Days(u16),
    /// Calendar months.
    Months(u16),
    /// Years.
    Years(u16),
}

impl LookBack {
    /// `3か月`, `45日`, `5年`.
    #[must_use]
    pub fn ja(self) -> String {
        match self {
            Self::Days(n) => format!("{n}日"),
            Self::Months(n) => format!("{n}か月"),
            Self::Years(n) => format!("{n}年"),
        }
    }
    /// `3 months`.
    #[must_use]
    pub fn en(self) -> String {
        match self {
            Self::Days(n) => format!("{n} days"),
            Self::Months(n) => format!("{n} months"),
            Self::Years(n) => format!("{n} years"),
        }
    }
    /// The earliest day covered when asked on `today`. Months count 31 days and years 366, so that a row on the edge is kept.
    #[must_use]
    pub fn earliest(self, today: CivilDate) -> CivilDate {
        let days = match self {
            Self::Days(n) => i32::from(n),
            Self::Months(n) => i32::from(n).saturating_mul(31),
            Self::Years(n) => i32::from(n).saturating_mul(366),
        };
        today.plus_days(-days)
    }
}

/// A part of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// 受診歴.
    Visits,
    /// 電子処方箋情報 (dispensed).
    EPrescriptions,
    /// 薬剤情報.
    Medications,
    /// 手術情報.
    Surgeries,
    /// 診療情報.
    Treatments,
    /// 透析情報.
    Dialysis,
    /// 健診情報.
    Checkups,
}

impl SectionKind {
    /// All sections in screen order.
    pub const ALL: [Self; 7] = [
        Self::Visits,
        Self::EPrescriptions,
        Self::Medications,
        Self::Surgeries,
        Self::Treatments,
        Self::Dialysis,
        Self::Checkups,
    ];
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Visits => "受診歴",
            Self::EPrescriptions => "電子処方箋",
            Self::Medications => "薬剤",
            Self::Surgeries => "手術",
            Self::Treatments => "診療",
            Self::Dialysis => "透析",
            Self::Checkups => "健診",
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Visits => "Visits",
            Self::EPrescriptions => "e-Prescriptions",
            Self::Medications => "Medicines",
            Self::Surgeries => "Surgery",
            Self::Treatments => "Care",
            Self::Dialysis => "Dialysis",
            Self::Checkups => "Check-ups",
        }
    }
    /// The key in files and reports.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Visits => "visits",
            Self::EPrescriptions => "e_prescriptions",
            Self::Medications => "medications",
            Self::Surgeries => "surgeries",
            Self::Treatments => "treatments",
            Self::Dialysis => "dialysis",
            Self::Checkups => "checkups",
        }
    }
    /// Which consent opens it.
    #[must_use]
    pub const fn consent_kind(self) -> ConsentKind {
        match self {
            Self::EPrescriptions | Self::Medications => ConsentKind::Medications,
            Self::Visits | Self::Treatments | Self::Dialysis => ConsentKind::Treatments,
            Self::Surgeries => ConsentKind::Surgeries,
            Self::Checkups => ConsentKind::Checkups,
        }
    }
    /// How far back it reaches (厚生労働省 医療保険部会 第189回 資料3). A check-up summary holds dates only.
    #[must_use]
    pub const fn look_back(self, period: Period) -> LookBack {
        match (period, self) {
            (Period::Summary, Self::EPrescriptions) => LookBack::Days(45),
            (Period::Summary, Self::Visits | Self::Medications | Self::Treatments | Self::Dialysis) => {
                LookBack::Months(3)
            }
            (Period::Full, Self::EPrescriptions) => LookBack::Days(100),
            _ => LookBack::Years(5),
        }
    }
    /// Whether the view shows only on which day something was done.
    #[must_use]
    pub const fn dates_only(self, period: Period) -> bool {
        matches!((period, self), (Period::Summary, Self::Checkups))
    }
}

/// What is known of a section. The three cases are never merged: 記録あり, 記録なし, 未照会・同意なし.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionState {
    /// There are rows.
    Records {
        /// Newest first; never empty.
        rows: Vec<Row>,
        /// How far back was looked.
        look_back: LookBack,
        /// Up to which day the source is complete (claims lag about a month); absent when it did not say.
        #[serde(default)]
        complete_up_to: Option<CivilDate>,
    },
    /// Looked, and nothing is recorded. That is not "takes nothing".
    NoRecord {
        /// How far back was looked.
        look_back: LookBack,
    },
    /// The person did not allow this kind.
    NotPermitted,
    /// Not looked at.
    NotAsked,
}

impl SectionState {
    /// The rows; none in the other three cases.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        match self {
            Self::Records { rows, .. } => rows,
            _ => &[],
        }
    }
    /// The crew's word for the case.
    #[must_use]
    pub const fn ja(&self) -> &'static str {
        match self {
            Self::Records { .. } => "記録あり",
            Self::NoRecord { .. } => "記録なし",
            Self::NotPermitted => "同意なし",
            Self::NotAsked => "未照会",
        }
    }
    /// The English word for the case.
    #[must_use]
    pub const fn en(&self) -> &'static str {
        match self {
            Self::Records { .. } => "Recorded",
            Self::NoRecord { .. } => "No record",
            Self::NotPermitted => "Not permitted",
            Self::NotAsked => "Not asked",
        }
    }
}

impl fmt::Debug for SectionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Records { rows, .. } => write!(f, "Records({} rows)", rows.len()),
            Self::NoRecord { .. } => f.write_str("NoRecord"),
            Self::NotPermitted => f.write_str("NotPermitted"),
            Self::NotAsked => f.write_str("NotAsked"),
        }
    }
}

/// One part of the record with its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Which part.
    pub kind: SectionKind,
    /// What is known of it.
    pub state: SectionState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_periods_are_the_published_ones() {
        let days = |k: SectionKind| k.look_back(Period::Summary);
        assert_eq!(days(SectionKind::EPrescriptions), LookBack::Days(45));
        assert_eq!(days(SectionKind::Medications), LookBack::Months(3));
        assert_eq!(days(SectionKind::Surgeries), LookBack::Years(5));
        assert_eq!(SectionKind::EPrescriptions.look_back(Period::Full), LookBack::Days(100));
        assert_eq!(SectionKind::Visits.look_back(Period::Full), LookBack::Years(5));
        assert!(SectionKind::Checkups.dates_only(Period::Summary));
    }
}
