//! One answer of the national system.

use crate::{MedicalText, Period, Row, Section, SectionKind, SectionState};
use core::fmt;
use model::{CivilDate, LookupId, Sex, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// `QualificationValidity` of the online qualification system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QualificationValidity {
    /// 1 有効.
    Valid,
    /// 2 無効.
    Invalid,
    /// 3 無効（新しい資格あり）.
    InvalidNewExists,
    /// 4 該当資格なし.
    NoMatch,
    /// 5 複数該当（医療保険のみ）.
    MultipleMatches,
    /// 6 有効（未登録、医療扶助のみ）.
    ValidUnregistered,
}

impl QualificationValidity {
    /// All values in the order of their codes.
    pub const ALL: [Self; 6] = [
        Self::Valid,
        Self::Invalid,
        Self::InvalidNewExists,
        Self::NoMatch,
        Self::MultipleMatches,
        Self::ValidUnregistered,
    ];
    /// The code 1–6 of the system's layout.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Valid => 1,
            Self::Invalid => 2,
            Self::InvalidNewExists => 3,
            Self::NoMatch => 4,
            Self::MultipleMatches => 5,
            Self::ValidUnregistered => 6,
        }
    }
    /// The value of a code; none outside 1–6.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.code() == code)
    }
    /// The system's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Valid => "有効",
            Self::Invalid => "無効",
            Self::InvalidNewExists => "無効（新しい資格あり）",
            Self::NoMatch => "該当資格なし",
            Self::MultipleMatches => "複数該当",
            Self::ValidUnregistered => "有効（未登録）",
        }
    }
    /// Whether a record can be opened with it.
    #[must_use]
    pub const fn opens_record(self) -> bool {
        matches!(self, Self::Valid | Self::InvalidNewExists | Self::ValidUnregistered)
    }
}

/// Whom the record is about, as the national system wrote it. Compare with kana and birth date, never with kanji: `●`
/// stands for a character outside the shared set.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonOnRecord {
    /// 氏名.
    pub name: MedicalText,
    /// カナ氏名.
    pub kana: MedicalText,
    /// 生年月日.
    pub birth_date: CivilDate,
    /// 性別.
    pub sex: Sex,
}

impl fmt::Debug for PersonOnRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonOnRecord(..)")
    }
}

/// Something about the answer that the crew has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The card's certificate has expired, within the three months in which it is still answered.
    CertificateInGrace,
    /// A new entitlement exists; the shown one has ended.
    NewEntitlementExists,
    /// The answer came from a stand-in, in training.
    StandIn,
}

impl Notice {
    /// One sentence for the crew.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::CertificateInGrace => "証明書の有効期限が切れています（3か月以内の猶予期間）。",
            Self::NewEntitlementExists => "保険の資格が切り替わっています。",
            Self::StandIn => "訓練用の模擬システムからの回答です。",
        }
    }
    /// The English sentence.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::CertificateInGrace => "Certificate expired, within the three months of grace.",
            Self::NewEntitlementExists => "A newer entitlement exists.",
            Self::StandIn => "Answered by the training stand-in.",
        }
    }
}

/// What a section amounts to, without content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionCount {
    /// That many rows.
    Rows(usize),
    /// 記録なし.
    NoRecord,
    /// 同意なし.
    NotPermitted,
    /// 未照会.
    NotAsked,
}

/// One answer: whose, when, how far back, and what.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistorySnapshot {
    /// The look-up that it answers.
    pub lookup: LookupId,
    /// When the national system answered.
    pub fetched_at: Timestamp,
    /// Whom it is about.
    pub person: PersonOnRecord,
    /// The entitlement's state.
    pub validity: QualificationValidity,
    /// Which view.
    pub period: Period,
    /// The parts, one of each kind, in the order of [`SectionKind::ALL`].
    pub sections: Vec<Section>,
    /// What the crew has to know of the answer itself.
    #[serde(default)]
    pub notices: Vec<Notice>,
}

impl HistorySnapshot {
    /// Age of the answer in whole minutes at `now`.
    #[must_use]
    pub const fn age_minutes(&self, now: Timestamp) -> i64 {
        self.fetched_at.age_minutes(now)
    }
    /// A section's state; a kind that the answer does not name was not asked.
    #[must_use]
    pub fn state(&self, kind: SectionKind) -> &SectionState {
        self.sections.iter().find(|s| s.kind == kind).map_or(&SectionState::NotAsked, |s| &s.state)
    }
    /// A section's rows, newest first.
    #[must_use]
    pub fn rows(&self, kind: SectionKind) -> &[Row] {
        self.state(kind).rows()
    }
    /// All rows with their section.
    pub fn all_rows(&self) -> impl Iterator<Item = (SectionKind, &Row)> {
        self.sections.iter().flat_map(|s| s.state.rows().iter().map(move |row| (s.kind, row)))
    }
    /// What every section amounts to, without content.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<SectionKind, SectionCount> {
        SectionKind::ALL.into_iter().map(|kind| (kind, count_of(self.state(kind)))).collect()
    }
    /// Whether something was looked at and nothing at all is recorded.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.all_rows().next().is_none()
            && self.sections.iter().any(|s| matches!(s.state, SectionState::NoRecord { .. }))
    }
}

fn count_of(state: &SectionState) -> SectionCount {
    match state {
        SectionState::Records { rows, .. } => SectionCount::Rows(rows.len()),
        SectionState::NoRecord { .. } => SectionCount::NoRecord,
        SectionState::NotPermitted => SectionCount::NotPermitted,
        SectionState::NotAsked => SectionCount::NotAsked,
    }
}

impl fmt::Debug for HistorySnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HistorySnapshot")
            .field("lookup", &self.lookup)
            .field("fetched_at", &self.fetched_at)
            .field("validity", &self.validity)
            .field("period", &self.period)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LookBack, RowCode, RowSource};

    fn date(text: &str) -> CivilDate {
        CivilDate::try_from(text.to_owned()).expect("a date")
    }

    fn snapshot() -> HistorySnapshot {
        let row = Row {
            date: date("2026-10-02"),
            code: RowCode::Yj("3332001F1032".into()),
            name: "ワルファリンＫ錠１ｍｇ".into(),
            days_supplied: Some(28),
            quantity: None,
            source: RowSource::Claims,
            facility: None,
            sensitive: false,
        };
        let records = SectionState::Records { rows: vec![row], look_back: LookBack::Months(3), complete_up_to: None };
        HistorySnapshot {
            lookup: LookupId::from_bytes([7; 16]),
            fetched_at: Timestamp::from_millis(1_000),
            person: PersonOnRecord {
                name: "高木　ハナ".into(),
                kana: "タカギ　ハナ".into(),
                birth_date: date("1948-03-08"),
                sex: Sex::Female,
            },
            validity: QualificationValidity::Valid,
            period: Period::Summary,
            sections: vec![
                Section { kind: SectionKind::Medications, state: records },
                Section { kind: SectionKind::Surgeries, state: SectionState::NotPermitted },
            ],
            notices: vec![Notice::StandIn],
        }
    }

    #[test]
    fn debug_shows_ids_and_counts_only() {
        let shown = format!("{:?}", snapshot());
        assert!(shown.contains("Rows(1)") && shown.contains("NotPermitted"), "{shown}");
        for secret in ["高木", "タカギ", "1948", "ワルファリン", "3332001F1032", "2026-10-02"] {
            assert!(!shown.contains(secret), "{secret} must not be in {shown}");
        }
    }

    #[test]
    fn an_unnamed_section_was_not_asked() {
        let counts = snapshot().counts();
        assert_eq!(counts.get(&SectionKind::Dialysis), Some(&SectionCount::NotAsked));
        assert_eq!(counts.get(&SectionKind::Surgeries), Some(&SectionCount::NotPermitted));
        assert!(!snapshot().is_blank());
    }

    #[test]
    fn it_travels_in_cbor() {
        let bytes = minicbor_serde::to_vec(snapshot()).expect("cbor");
        let back: HistorySnapshot = minicbor_serde::from_slice(&bytes).expect("read back");
        assert_eq!(back, snapshot());
    }

    #[test]
    fn validity_codes_are_one_to_six() {
        for code in 1..=6 {
            assert_eq!(QualificationValidity::from_code(code).map(QualificationValidity::code), Some(code));
        }
        assert_eq!(QualificationValidity::from_code(0), None);
        assert_eq!(QualificationValidity::from_code(7), None);
    }
}
