//! What a notebook says, in the format's own groups: person, visits, prescriptions (RP), medicines.

use core::fmt;
use model::{CivilDate, Sex};
use patient_history::MedicalText;
use serde::Serialize;

/// The newest version whose layout is known here.
const NEWEST_KNOWN: u8 = 8;

/// The number behind `JAHISTC`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Version(u8);

impl Version {
    /// One or two digits; some programs write `JAHISTC1`.
    pub(crate) fn from_digits(text: &str) -> Option<Self> {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok().map(Self))?
    }
    /// 0–99.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
    /// Whether the layout is known. Others are read by the newest known one.
    #[must_use]
    pub const fn is_known(self) -> bool {
        self.0 >= 1 && self.0 <= NEWEST_KNOWN
    }
}

/// 出力区分: for whom the notebook was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// 1: from a facility to the patient.
    ToPatient,
    /// 2: from the patient to a facility.
    FromPatient,
    /// Absent or another code.
    NotSaid,
}

impl Direction {
    pub(crate) fn from_code(code: &str) -> Self {
        match code {
            "1" => Self::ToPatient,
            "2" => Self::FromPatient,
            _ => Self::NotSaid,
        }
    }
}

/// レコード作成者.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// 1 医療関係者.
    Professional,
    /// 2 患者等.
    Patient,
    /// 8 その他.
    Other,
    /// 9 不明, absent, or another code.
    Unknown,
}

impl Author {
    pub(crate) fn from_code(code: &str) -> Self {
        match code {
            "1" => Self::Professional,
            "2" => Self::Patient,
            "8" => Self::Other,
            _ => Self::Unknown,
        }
    }
}

/// One notebook: everything its codes say.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Notebook {
    /// The format's version.
    pub version: Version,
    /// For whom it was written.
    pub direction: Direction,
    /// Whose it is; absent when no line says so.
    pub patient: Option<Patient>,
    /// 患者特記: allergies, side effects, past history.
    pub patient_notes: Vec<PatientNote>,
    /// 要指導医薬品・一般用医薬品.
    pub otc_medicines: Vec<OtcMedicine>,
    /// 手帳メモ.
    pub memos: Vec<Memo>,
    /// Visits with what was dispensed, in the order of the notebook.
    pub dispensings: Vec<Dispensing>,
    /// かかりつけ薬剤師.
    pub family_pharmacists: Vec<FamilyPharmacist>,
    /// Lines with an unknown number, or without the place that their number needs, as they came.
    pub not_understood: Vec<MedicalText>,
    /// What was not as the format says.
    pub tolerated: Tolerated,
}

/// Deviations that were read over, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tolerated {
    /// Characters that stand in neither encoding; shown as U+FFFD.
    pub unread_characters: usize,
    /// Dates and numbers that are none; absent in the notebook.
    pub unread_values: usize,
    /// Fields longer than [`crate::MAX_FIELD_CHARS`], cut there.
    pub cut_fields: usize,
    /// Filled fields behind the last one of their line's layout; left out.
    pub surplus_fields: usize,
}

impl Tolerated {
    pub(crate) const fn add(&mut self, more: Self) {
        self.unread_characters += more.unread_characters;
        self.unread_values += more.unread_values;
        self.cut_fields += more.cut_fields;
        self.surplus_fields += more.surplus_fields;
    }
}

/// 患者情報 (1).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Patient {
    /// 氏名.
    pub name: MedicalText,
    /// 氏名カナ.
    pub kana: Option<MedicalText>,
    /// 性別.
    pub sex: Sex,
    /// 生年月日.
    pub birth_date: Option<CivilDate>,
    /// 郵便番号.
    pub postal_code: Option<MedicalText>,
    /// 住所.
    pub address: Option<MedicalText>,
    /// 電話番号.
    pub telephone: Option<MedicalText>,
    /// 緊急連絡先.
    pub emergency_contact: Option<MedicalText>,
    /// 血液型, as written.
    pub blood_type: Option<MedicalText>,
    /// 体重, kilograms, as written.
    pub weight_kg: Option<MedicalText>,
}

/// 患者特記種別.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PatientNoteKind {
    /// 1 アレルギー歴.
    Allergy,
    /// 2 副作用歴.
    SideEffect,
    /// 3 既往歴.
    PastHistory,
    /// 9 その他, or another code.
    Other,
}

/// 患者特記 (2).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PatientNote {
    /// What kind.
    pub kind: PatientNoteKind,
    /// As written.
    pub text: MedicalText,
    /// Who wrote it.
    pub author: Author,
}

/// 要指導医薬品・一般用医薬品 (3).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct OtcMedicine {
    /// As written.
    pub name: MedicalText,
    /// First day.
    pub start: Option<CivilDate>,
    /// Last day.
    pub end: Option<CivilDate>,
    /// Who wrote it.
    pub author: Author,
    /// The number by which its ingredients name it.
    pub number: Option<u16>,
    /// JAN code.
    pub jan: Option<MedicalText>,
    /// 成分 (31).
    pub ingredients: Vec<Ingredient>,
}

/// 成分 (31).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Ingredient {
    /// As written.
    pub name: MedicalText,
    /// 成分コード (セルフメディケーション・データベースセンター), when there is one.
    pub code: Option<MedicalText>,
}

/// 手帳メモ (4).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Memo {
    /// As written.
    pub text: MedicalText,
    /// When it was written.
    pub date: Option<CivilDate>,
    /// Who wrote it.
    pub author: Author,
}

/// One visit (調剤等年月日, 5) with everything up to the next one.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Dispensing {
    /// The day; absent when the line is missing or holds no date.
    pub date: Option<CivilDate>,
    /// 調剤－医療機関等 (11): the pharmacy, or the hospital that dispensed itself.
    pub dispensed_at: Option<Institution>,
    /// 調剤－医師・薬剤師 (15).
    pub dispensed_by: Option<Staff>,
    /// 処方－医療機関 (51), only where a pharmacy dispensed.
    pub prescribed_at: Option<Institution>,
    /// RP, in the order of the notebook.
    pub prescriptions: Vec<Prescription>,
    /// Notes on the visit as a whole.
    pub notes: Vec<VisitNote>,
}

/// A pharmacy or hospital.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Institution {
    /// As written.
    pub name: MedicalText,
    /// 医療機関コード, 10 digits (prefecture 2, 点数表 1, institution 7), when all three are there.
    pub code: Option<MedicalText>,
    /// 郵便番号.
    pub postal_code: Option<MedicalText>,
    /// 住所.
    pub address: Option<MedicalText>,
    /// 電話番号.
    pub telephone: Option<MedicalText>,
}

/// 医師・薬剤師 (15).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Staff {
    /// As written.
    pub name: MedicalText,
    /// 連絡先.
    pub contact: Option<MedicalText>,
}

/// 処方－医師 (55).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Doctor {
    /// As written.
    pub name: MedicalText,
    /// 診療科.
    pub department: Option<MedicalText>,
}

/// One RP: medicines that are taken in one way.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Prescription {
    /// RP番号; absent when it is no number.
    pub number: Option<u16>,
    /// Who prescribed it, when the notebook says so.
    pub doctor: Option<Doctor>,
    /// 薬品 (201).
    pub medicines: Vec<Medicine>,
    /// 用法 (301).
    pub usage: Option<Usage>,
    /// 処方服用注意 (391).
    pub cautions: Vec<MedicalText>,
}

/// 薬品 (201).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Medicine {
    /// As written.
    pub name: MedicalText,
    /// 用量, as written. What it counts depends on the form: see [`DosageForm::dose_word_ja`].
    pub dose: MedicalText,
    /// 単位.
    pub unit: MedicalText,
    /// Its code in the system that the line names.
    pub code: MedicineCode,
    /// Who wrote it.
    pub author: Author,
    /// 一般名.
    pub generic: Option<GenericName>,
    /// 薬品補足 (281).
    pub supplements: Vec<MedicalText>,
    /// 薬品服用注意 (291).
    pub cautions: Vec<MedicalText>,
}

/// 一般名.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct GenericName {
    /// As written.
    pub name: MedicalText,
    /// 一般名処方コード, 12 characters, when the line names that system.
    pub code: Option<MedicalText>,
}

/// 薬品コード種別 with the code, as the line says, unchecked.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MedicineCode {
    /// 1 コードなし, or no code.
    None,
    /// 2 レセプト電算コード.
    Receipt(MedicalText),
    /// 3 厚労省コード (薬価基準収載医薬品コード).
    PriceList(MedicalText),
    /// 4 YJコード.
    Yj(MedicalText),
    /// 6 HOTコード.
    Hot(MedicalText),
    /// A code of a system that is not in the format.
    Other(MedicalText),
}

/// 用法 (301).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// As written.
    pub name: Option<MedicalText>,
    /// 調剤数量.
    pub quantity: Option<u16>,
    /// 調剤単位: 日分, 回分, 調剤.
    pub unit: Option<MedicalText>,
    /// 剤形.
    pub form: Option<DosageForm>,
    /// JAMI 用法コード, when the line names that system.
    pub code: Option<MedicalText>,
    /// 用法補足 (311).
    pub supplements: Vec<MedicalText>,
}

/// 剤形コード.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DosageForm {
    /// 1 内服.
    Internal,
    /// 2 内滴.
    InternalDrops,
    /// 3 屯服.
    AsNeeded,
    /// 4 注射.
    Injection,
    /// 5 外用.
    External,
    /// 6 浸煎.
    Decoction,
    /// 7 湯.
    Infusion,
    /// 9 材料.
    Material,
    /// 10 その他.
    Other,
}

impl DosageForm {
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Some(match code.trim_start_matches('0') {
            "1" => Self::Internal,
            "2" => Self::InternalDrops,
            "3" => Self::AsNeeded,
            "4" => Self::Injection,
            "5" => Self::External,
            "6" => Self::Decoction,
            "7" => Self::Infusion,
            "9" => Self::Material,
            "10" => Self::Other,
            _ => return None,
        })
    }
    /// What a dose of this form counts: a day's amount, one taking, or everything that was handed out.
    #[must_use]
    pub const fn dose_word_ja(self) -> &'static str {
        match self {
            Self::Internal | Self::Decoction | Self::Infusion => "1日",
            Self::AsNeeded => "1回",
            Self::InternalDrops | Self::Injection | Self::External | Self::Material | Self::Other => "全量",
        }
    }
    /// Whether the quantity handed out counts days.
    pub(crate) const fn counts_days(self) -> bool {
        matches!(self, Self::Internal | Self::Decoction | Self::Infusion)
    }
}

/// What a note on a visit is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitNoteKind {
    /// 服用注意 (401).
    Caution,
    /// 医療機関等提供情報 (411) of another kind.
    Provided,
    /// 医療機関等提供情報 (411) 30: a side effect during a stay in hospital.
    SideEffectInHospital,
    /// 残薬確認 (421).
    Leftover,
    /// 備考 (501).
    Remark,
    /// 患者等記入 (601).
    PatientEntry,
}

/// A note on a visit.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct VisitNote {
    /// What it is about.
    pub kind: VisitNoteKind,
    /// As written.
    pub text: MedicalText,
    /// When it was written: 患者等記入 only.
    pub date: Option<CivilDate>,
    /// Who wrote it.
    pub author: Author,
}

/// かかりつけ薬剤師 (701).
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct FamilyPharmacist {
    /// As written.
    pub name: MedicalText,
    /// 勤務先薬局.
    pub pharmacy: MedicalText,
    /// 連絡先.
    pub contact: Option<MedicalText>,
    /// First day.
    pub start: Option<CivilDate>,
    /// Last day.
    pub end: Option<CivilDate>,
}

impl Notebook {
    /// All medicines with the visit and the RP that they stand in.
    pub fn medicines(&self) -> impl Iterator<Item = (&Dispensing, &Prescription, &Medicine)> {
        let of_visit = |visit| prescriptions_of(visit).map(move |(rp, medicine)| (visit, rp, medicine));
        self.dispensings.iter().flat_map(of_visit)
    }
}

fn prescriptions_of(visit: &Dispensing) -> impl Iterator<Item = (&Prescription, &Medicine)> {
    visit.prescriptions.iter().flat_map(|rp| rp.medicines.iter().map(move |medicine| (rp, medicine)))
}

impl fmt::Debug for Notebook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notebook")
            .field("version", &self.version)
            .field("direction", &self.direction)
            .field("visits", &self.dispensings.len())
            .field("medicines", &self.medicines().count())
            .field("not_understood", &self.not_understood.len())
            .field("tolerated", &self.tolerated)
            .finish_non_exhaustive()
    }
}

/// `Debug` that names the type and shows nothing of it.
macro_rules! shows_nothing {
    ($($name:ident),+) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })+
    };
}
shows_nothing!(Patient, PatientNote, OtcMedicine, Ingredient, Memo, Dispensing, Institution, Staff, Doctor);
shows_nothing!(Prescription, Medicine, GenericName, MedicineCode, Usage, VisitNote, FamilyPharmacist);
