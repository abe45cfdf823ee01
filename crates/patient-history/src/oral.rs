//! What patient, family or staff say when they are asked (聞き取り).

use serde::{Deserialize, Serialize};

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Informant {
    /// 家族.
    Family,
    /// 本人.
    Patient,
    /// 施設職員.
    FacilityStaff,
    /// そのほか.
    Other,
}

impl Informant {
    /// All, in screen order.
    pub const ALL: [Self; 4] = [Self::Family, Self::Patient, Self::FacilityStaff, Self::Other];
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Family => "家族",
            Self::Patient => "本人",
            Self::FacilityStaff => "施設職員",
            Self::Other => "そのほか",
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Family => "Family",
            Self::Patient => "Patient",
            Self::FacilityStaff => "Care staff",
            Self::Other => "Other",
        }
    }
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OralTopic {
    /// 血をさらさらにする薬 (anticoagulants, antiplatelets).
    BloodThinner,
    /// インスリン・血糖の薬.
    DiabetesMedicine,
    /// てんかんの薬.
    EpilepsyMedicine,
    /// アレルギー.
    Allergy,
    /// ステロイド.
    Steroid,
    /// 透析.
    Dialysis,
    /// 心臓の手術・体内の器械.
    HeartSurgeryOrDevice,
    /// 妊娠の可能性.
    PossiblePregnancy,
}

impl OralTopic {
    /// All, in screen order.
    pub const ALL: [Self; 8] = [
        Self::BloodThinner,
        Self::DiabetesMedicine,
        Self::EpilepsyMedicine,
        Self::Allergy,
        Self::Steroid,
        Self::Dialysis,
        Self::HeartSurgeryOrDevice,
        Self::PossiblePregnancy,
    ];
    /// The crew's words.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::BloodThinner => "血をさらさらにする薬",
            Self::DiabetesMedicine => "インスリン・血糖の薬",
            Self::EpilepsyMedicine => "てんかんの薬",
            Self::Allergy => "アレルギー",
            Self::Steroid => "ステロイド",
            Self::Dialysis => "透析",
            Self::HeartSurgeryOrDevice => "心臓の手術・体内の器械",
            Self::PossiblePregnancy => "妊娠の可能性",
        }
    }
    /// The English words.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::BloodThinner => "Blood thinner",
            Self::DiabetesMedicine => "Diabetes medicine",
            Self::EpilepsyMedicine => "Epilepsy medicine",
            Self::Allergy => "Allergy",
            Self::Steroid => "Steroid",
            Self::Dialysis => "Dialysis",
            Self::HeartSurgeryOrDevice => "Heart op. or implant",
            Self::PossiblePregnancy => "May be pregnant",
        }
    }
}

/// The three answers. Not asked is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OralAnswer {
    /// あり.
    Yes,
    /// なし.
    No,
    /// 不明: asked, and nobody knows.
    Unknown,
}

impl OralAnswer {
    /// All, in screen order.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Unknown];
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Yes => "あり",
            Self::No => "なし",
            Self::Unknown => "不明",
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Yes => "Yes",
            Self::No => "No",
            Self::Unknown => "Unsure",
        }
    }
}

/// When the patient last ate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastMeal {
    /// 2時間以内.
    WithinTwoHours,
    /// 今朝.
    ThisMorning,
    /// きのう.
    Yesterday,
    /// 不明.
    Unknown,
}

impl LastMeal {
    /// All, in screen order.
    pub const ALL: [Self; 4] = [Self::WithinTwoHours, Self::ThisMorning, Self::Yesterday, Self::Unknown];
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::WithinTwoHours => "2時間以内",
            Self::ThisMorning => "今朝",
            Self::Yesterday => "きのう",
            Self::Unknown => "不明",
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::WithinTwoHours => "Within 2 h",
            Self::ThisMorning => "This morning",
            Self::Yesterday => "Yesterday",
            Self::Unknown => "Unknown",
        }
    }
}
