//! One line of a record.

use crate::MedicalText;
use core::fmt;
use model::CivilDate;
use serde::{Deserialize, Serialize};

/// What a row is about, in the code system it came in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowCode {
    /// 個別医薬品コード (YJ), 12 characters: class 4, route and ingredient 3, form, strength, brand, check.
    Yj(MedicalText),
    /// レセプト電算処理システム用 medicine code, 9 digits beginning with 6.
    Receipt(MedicalText),
    /// HOT code of MEDIS, 7, 9 or 13 digits, as a notebook may carry it.
    Hot(MedicalText),
    /// 医科点数表 code: K surgery, J and C procedures, as `K597-2`, `J038`, `C103`.
    Procedure(MedicalText),
    /// No code: a visit, a check-up date.
    None,
}

impl RowCode {
    /// The code's text; none for [`RowCode::None`].
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Yj(code) | Self::Receipt(code) | Self::Hot(code) | Self::Procedure(code) => Some(code.as_str()),
            Self::None => None,
        }
    }
    /// The YJ code, when it is one.
    #[must_use]
    pub fn yj(&self) -> Option<&str> {
        match self {
            Self::Yj(code) => Some(code.as_str()),
            _ => None,
        }
    }
    /// The procedure code, when it is one.
    #[must_use]
    pub fn procedure(&self) -> Option<&str> {
        match self {
            Self::Procedure(code) => Some(code.as_str()),
            _ => None,
        }
    }
}

/// Where the national system has a row from. Claims lag about a month, electronic prescriptions do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowSource {
    /// レセプト.
    Claims,
    /// 電子処方箋.
    EPrescription,
    /// 電子版お薬手帳, shown by the patient.
    Notebook,
    /// 電子カルテ情報共有サービス.
    HealthRecord,
    /// 特定健診.
    Checkup,
}

impl RowSource {
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Claims => "レセプト",
            Self::EPrescription => "電子処方箋",
            Self::Notebook => "お薬手帳",
            Self::HealthRecord => "電子カルテ共有",
            Self::Checkup => "特定健診",
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Claims => "Claims",
            Self::EPrescription => "e-Prescription",
            Self::Notebook => "Medication notebook",
            Self::HealthRecord => "Shared record",
            Self::Checkup => "Check-up",
        }
    }
}

/// Who treated, dispensed or operated.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Facility {
    /// Its name as recorded.
    pub name: MedicalText,
    /// 医療機関コード, 10 digits, when the row carries one.
    #[serde(default)]
    pub institution_code: Option<MedicalText>,
}

impl fmt::Debug for Facility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Facility(..)")
    }
}

/// One line of a record. Its field order is its sort order among equals: newest first is made by the reader.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Row {
    /// Day of dispensing, treatment, surgery or visit.
    pub date: CivilDate,
    /// What it is about.
    pub code: RowCode,
    /// Name as recorded: brand, procedure, department of a visit.
    pub name: MedicalText,
    /// Days of supply of a medicine.
    #[serde(default)]
    pub days_supplied: Option<u16>,
    /// Quantity or frequency as recorded, as `1日1回 1錠`.
    #[serde(default)]
    pub quantity: Option<MedicalText>,
    /// Where the row comes from.
    pub source: RowSource,
    /// Who recorded it.
    #[serde(default)]
    pub facility: Option<Facility>,
    /// Masked until the crew opens it (psychiatric, infection, obstetric).
    #[serde(default)]
    pub sensitive: bool,
}

impl fmt::Debug for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Row(..)")
    }
}
