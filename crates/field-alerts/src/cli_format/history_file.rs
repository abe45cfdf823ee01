//! The history file as it is written: strict, and with the three cases of a section spelled out.

use model::{CivilDate, Sex};
use patient_history::{MedicalText, Period, QualificationValidity, RowCode, RowSource};
use serde::{Deserialize, Serialize};

/// The only format that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HistoryFormat {
    /// `alerts-history/1`
    #[serde(rename = "alerts-history/1")]
    V1,
}

/// One person's history in a file.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryFile {
    /// `alerts-history/1`.
    pub format: HistoryFormat,
    /// The day on which the records are judged.
    pub today: CivilDate,
    /// Whose.
    pub person: PersonFile,
    /// Which view; `summary` when left out.
    #[serde(default = "summary")]
    pub period: Period,
    /// The entitlement; `valid` when left out.
    #[serde(default = "valid")]
    pub validity: QualificationValidity,
    /// What was looked at.
    #[serde(default)]
    pub sections: SectionsFile,
}

fn summary() -> Period {
    Period::Summary
}

fn valid() -> QualificationValidity {
    QualificationValidity::Valid
}

/// What the rules need to know of a person.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonFile {
    /// Birth date.
    pub birth_date: CivilDate,
    /// Sex as recorded.
    pub sex: Sex,
    /// Name; not needed, never printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<MedicalText>,
    /// Name in kana; not needed, never printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kana: Option<MedicalText>,
}

/// The sections; one that is left out was not asked for.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SectionsFile {
    /// 受診歴.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visits: Option<SectionFile>,
    /// 電子処方箋.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e_prescriptions: Option<SectionFile>,
    /// 薬剤.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medications: Option<SectionFile>,
    /// 手術.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub surgeries: Option<SectionFile>,
    /// 診療.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub treatments: Option<SectionFile>,
    /// 透析.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialysis: Option<SectionFile>,
    /// 健診.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkups: Option<SectionFile>,
}

/// Which of the cases a section is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SectionStateFile {
    /// There are rows.
    Records,
    /// Looked at; nothing is recorded.
    NoRecord,
    /// Consent does not cover it.
    NotPermitted,
    /// Not looked at.
    NotAsked,
}

/// One section.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionFile {
    /// Which case.
    pub state: SectionStateFile,
    /// The rows: at least one with `records`, none otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowFile>,
    /// Up to which day the source is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete_up_to: Option<CivilDate>,
}

/// One row.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowFile {
    /// Its day.
    pub date: CivilDate,
    /// `{"yj": "3332001F1032"}`, `{"receipt": "610443059"}`, `{"hot": "1063505"}`, `{"procedure": "J038"}` or `"none"`.
    #[serde(default = "no_code")]
    pub code: RowCode,
    /// Name as recorded.
    pub name: MedicalText,
    /// Days of supply of a medicine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_supplied: Option<u16>,
    /// Quantity as recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<MedicalText>,
    /// Where it comes from; `claims` when left out.
    #[serde(default = "claims")]
    pub source: RowSource,
    /// Who recorded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facility: Option<FacilityFile>,
    /// Whether it is masked.
    #[serde(default)]
    pub sensitive: bool,
}

fn no_code() -> RowCode {
    RowCode::None
}

fn claims() -> RowSource {
    RowSource::Claims
}

/// A facility.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityFile {
    /// Its name.
    pub name: MedicalText,
    /// 医療機関コード, 10 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub institution_code: Option<MedicalText>,
}
