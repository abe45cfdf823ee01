//! What a crew observes (観察): everything can be entered by taps, and "not asked" differs from "no".

use crate::{AgeBand, Sex, Triage};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Complaint or situation (訴え・状況); several may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Complaint {
    /// 頭部打撲
    HeadInjury,
    /// 意識の変化
    AlteredConsciousness,
    /// 胸痛
    ChestPain,
    /// 呼吸苦
    Dyspnoea,
    /// 頭痛
    Headache,
    /// 麻痺・ろれつ
    StrokeSigns,
    /// けいれん
    Seizure,
    /// 腹痛
    AbdominalPain,
    /// 吐血・下血
    GiBleed,
    /// 発熱
    Fever,
    /// 外傷
    Trauma,
    /// 心肺停止
    CardiacArrest,
    /// アレルギー症状
    AllergicReaction,
    /// 失神
    Syncope,
    /// ショック
    Shock,
    /// 妊娠・出産
    Obstetric,
    /// 熱傷
    Burn,
    /// 中毒・過量内服
    Poisoning,
    /// 自損
    SelfHarm,
    /// 精神症状
    Psychiatric,
    /// 背部痛
    BackPain,
    /// 嘔吐
    Vomiting,
    /// 脱力
    Weakness,
    /// その他
    Other,
}

impl Complaint {
    /// All complaints; the first eleven and `Other` are the first page of the observation screen.
    pub const ALL: [Self; 24] = [
        Self::HeadInjury,
        Self::AlteredConsciousness,
        Self::ChestPain,
        Self::Dyspnoea,
        Self::Headache,
        Self::StrokeSigns,
        Self::Seizure,
        Self::AbdominalPain,
        Self::GiBleed,
        Self::Fever,
        Self::Trauma,
        Self::CardiacArrest,
        Self::AllergicReaction,
        Self::Syncope,
        Self::Shock,
        Self::Obstetric,
        Self::Burn,
        Self::Poisoning,
        Self::SelfHarm,
        Self::Psychiatric,
        Self::BackPain,
        Self::Vomiting,
        Self::Weakness,
        Self::Other,
    ];
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::HeadInjury => "頭部打撲",
            Self::AlteredConsciousness => "意識の変化",
            Self::ChestPain => "胸痛",
            Self::Dyspnoea => "呼吸苦",
            Self::Headache => "頭痛",
            Self::StrokeSigns => "麻痺・ろれつ",
            Self::Seizure => "けいれん",
            Self::AbdominalPain => "腹痛",
            Self::GiBleed => "吐血・下血",
            Self::Fever => "発熱",
            Self::Trauma => "外傷",
            Self::CardiacArrest => "心肺停止",
            Self::AllergicReaction => "アレルギー",
            Self::Syncope => "失神",
            Self::Shock => "ショック",
            Self::Obstetric => "妊娠・出産",
            Self::Burn => "熱傷",
            Self::Poisoning => "中毒・過量",
            Self::SelfHarm => "自損",
            Self::Psychiatric => "精神症状",
            Self::BackPain => "背部痛",
            Self::Vomiting => "嘔吐",
            Self::Weakness => "脱力",
            Self::Other => "その他",
        }
    }
    /// The English word.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::HeadInjury => "Head injury",
            Self::AlteredConsciousness => "Altered",
            Self::ChestPain => "Chest pain",
            Self::Dyspnoea => "Dyspnoea",
            Self::Headache => "Headache",
            Self::StrokeSigns => "Stroke signs",
            Self::Seizure => "Seizure",
            Self::AbdominalPain => "Abdominal",
            Self::GiBleed => "GI bleed",
            Self::Fever => "Fever",
            Self::Trauma => "Trauma",
            Self::CardiacArrest => "Arrest",
            Self::AllergicReaction => "Allergy",
            Self::Syncope => "Syncope",
            Self::Shock => "Shock",
            Self::Obstetric => "Obstetric",
            Self::Burn => "Burn",
            Self::Poisoning => "Poisoning",
            Self::SelfHarm => "Self-harm",
            Self::Psychiatric => "Psychiatric",
            Self::BackPain => "Back pain",
            Self::Vomiting => "Vomiting",
            Self::Weakness => "Weakness",
            Self::Other => "Other",
        }
    }
}

/// Japan Coma Scale, as the ten buttons say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct Jcs(u16);

impl Jcs {
    /// The ten grades in order of depth.
    pub const GRADES: [u16; 10] = [0, 1, 2, 3, 10, 20, 30, 100, 200, 300];
    /// A grade of the scale, else nothing.
    #[must_use]
    pub fn new(grade: u16) -> Option<Self> {
        Self::GRADES.contains(&grade).then_some(Self(grade))
    }
    /// The grade's number.
    #[must_use]
    pub const fn grade(self) -> u16 {
        self.0
    }
}

/// A number that is no JCS grade.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no grade of the Japan Coma Scale (0, 1, 2, 3, 10, 20, 30, 100, 200, 300)")]
pub struct JcsError(u16);

impl TryFrom<u16> for Jcs {
    type Error = JcsError;
    fn try_from(grade: u16) -> Result<Self, JcsError> {
        Self::new(grade).ok_or(JcsError(grade))
    }
}

impl From<Jcs> for u16 {
    fn from(jcs: Jcs) -> Self {
        jcs.0
    }
}

/// A vital sign with its unit. Values are stored in tenths of the unit, so that they compare and print exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vital {
    /// 呼吸 回/分
    RespiratoryRate,
    /// 脈拍 回/分
    PulseRate,
    /// 収縮期血圧 mmHg
    SystolicPressure,
    /// 拡張期血圧 mmHg
    DiastolicPressure,
    /// SpO2 %
    OxygenSaturation,
    /// 体温 ℃
    Temperature,
    /// 血糖 mg/dL
    Glucose,
}

impl Vital {
    /// All vital signs in screen order.
    pub const ALL: [Self; 7] = [
        Self::RespiratoryRate,
        Self::PulseRate,
        Self::SystolicPressure,
        Self::DiastolicPressure,
        Self::OxygenSaturation,
        Self::Temperature,
        Self::Glucose,
    ];
    /// Range that can be entered, tenths of the unit; outside it is a slip of the finger.
    #[must_use]
    pub const fn range_tenths(self) -> (i32, i32) {
        match self {
            Self::RespiratoryRate => (0, 990),
            Self::PulseRate => (0, 3_000),
            Self::SystolicPressure | Self::DiastolicPressure => (0, 3_500),
            Self::OxygenSaturation => (0, 1_000),
            Self::Temperature => (150, 460),
            Self::Glucose => (0, 15_000),
        }
    }
}

/// What became of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VitalReading {
    /// Measured: tenths of the unit.
    Measured(i32),
    /// 測れない: tried, not measurable.
    NotMeasurable,
    /// 測らない: decided not to.
    NotMeasured,
}

/// A follow-up question that a complaint raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUp {
    /// 嘔吐
    Vomiting,
    /// 麻痺
    Paralysis,
    /// けいれん
    Seizure,
    /// 冷汗
    ColdSweat,
    /// 放散痛
    RadiatingPain,
    /// 共同偏視
    GazeDeviation,
    /// 失語・ろれつ
    SpeechTrouble,
    /// 顔面麻痺
    FacialDroop,
    /// 脈不整
    IrregularPulse,
    /// 半側空間無視
    Neglect,
    /// 突然の激しい頭痛
    ThunderclapHeadache,
    /// 喘鳴
    Wheeze,
    /// 妊娠の可能性
    MayBePregnant,
    /// 多量出血
    HeavyBleeding,
}

impl FollowUp {
    /// The crew's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::Vomiting => "嘔吐",
            Self::Paralysis => "麻痺",
            Self::Seizure => "けいれん",
            Self::ColdSweat => "冷汗",
            Self::RadiatingPain => "放散痛",
            Self::GazeDeviation => "共同偏視",
            Self::SpeechTrouble => "失語・ろれつ",
            Self::FacialDroop => "顔面麻痺",
            Self::IrregularPulse => "脈不整",
            Self::Neglect => "半側無視",
            Self::ThunderclapHeadache => "激しい頭痛",
            Self::Wheeze => "喘鳴",
            Self::MayBePregnant => "妊娠",
            Self::HeavyBleeding => "多量出血",
        }
    }
}

/// あり / なし; an untouched question has no answer at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FollowUpAnswer {
    /// あり
    Yes,
    /// なし
    No,
    /// 不明
    Unknown,
}

/// Everything observed so far. Absent means "not asked", never "no".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Findings {
    /// Chosen complaints.
    pub complaints: BTreeSet<Complaint>,
    /// Depth of consciousness.
    pub jcs: Option<Jcs>,
    /// Measurements.
    pub vitals: BTreeMap<Vital, VitalReading>,
    /// Follow-up answers.
    pub follow_ups: BTreeMap<FollowUp, FollowUpAnswer>,
    /// The crew's triage tag.
    pub triage: Option<Triage>,
    /// Sex as seen.
    pub sex: Option<Sex>,
    /// Age as estimated.
    pub age_band: Option<AgeBand>,
    /// Age in years when known from record or told.
    pub age_years: Option<u8>,
    /// Minutes since the patient was last known well or was hurt, at the time of the question.
    pub onset_minutes: Option<u32>,
}

impl Findings {
    /// A measured value in tenths, if there is one.
    #[must_use]
    pub fn measured(&self, vital: Vital) -> Option<i32> {
        match self.vitals.get(&vital) {
            Some(VitalReading::Measured(tenths)) => Some(*tenths),
            _ => None,
        }
    }
    /// Whether a complaint was chosen.
    #[must_use]
    pub fn has(&self, complaint: Complaint) -> bool {
        self.complaints.contains(&complaint)
    }
    /// Age in years: the exact one, else the middle of the estimated ten.
    #[must_use]
    pub fn age_guess(&self) -> Option<u8> {
        self.age_years.or(self.age_band.map(|band| band.0.saturating_mul(10).saturating_add(5)))
    }
}
