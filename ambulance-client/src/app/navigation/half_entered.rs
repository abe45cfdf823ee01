//! What is half entered on a page: a value, a correction, a way of narrowing a list down.

use case::CorrectionReason;
use model::{Stage, Timestamp};
use patient_history::{MedicalText, Origin};

/// A value of the assessment, as one cell and its keypad know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// 呼吸.
    Respiration,
    /// 脈拍.
    Pulse,
    /// 血圧: two values.
    Pressure,
    /// SpO2.
    Saturation,
    /// 体温.
    Temperature,
    /// 血糖.
    Glucose,
}

impl Field {
    /// All six, in screen order.
    pub const ALL: [Self; 6] =
        [Self::Respiration, Self::Pulse, Self::Pressure, Self::Saturation, Self::Temperature, Self::Glucose];
}

/// A value being entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub field: Field,
    /// Digits of the value, or of the upper pressure.
    pub first: String,
    /// Digits of the lower pressure.
    pub second: String,
    /// The lower pressure is being entered.
    pub lower: bool,
    /// When it was measured: when the page was opened.
    pub taken_at: Timestamp,
}

/// How lists of records are narrowed down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrowed {
    /// From here only.
    pub origin: Option<Origin>,
    /// Not older than this many days.
    pub days: Option<i32>,
    /// Words typed on a keyboard.
    pub text: MedicalText,
}

impl Narrowed {
    /// Whether anything is left out.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.origin.is_some() || self.days.is_some() || !self.text.is_empty()
    }
}

/// How a hospital is looked for in the register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Find {
    /// Of this municipality only: prefecture and 市区町村.
    pub municipality: Option<(String, String)>,
    /// A part of its name, typed on a keyboard where there is one.
    pub text: MedicalText,
}

impl Find {
    /// Whether anything is left out.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.municipality.is_some() || !self.text.is_empty()
    }
}

/// A correction of a stage's time being made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageEdit {
    /// Which stage.
    pub stage: Stage,
    /// Minutes to add.
    pub shift: i64,
    /// It never happened.
    pub removed: bool,
    /// Why.
    pub reason: Option<CorrectionReason>,
}
