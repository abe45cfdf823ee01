//! The table. Times and bounds are those of common regional criteria (Japanese stroke guideline: rt-PA within 4.5 h; JPTEC:
//! physiology first); every row is \[A\]: to be approved by the region's medical control council.

use super::Condition::{AgeUnder, Answered, Below, From, Has, JcsFrom, OnsetWithin, Red};
use super::NeedRule;
use crate::Category;
use model::Capability as Cap;
use model::Complaint as C;
use model::FollowUp as F;
use model::Strength::{Hard, Soft};
use model::Vital as V;

/// Version of the table, written into every ranking.
pub const RULES_VERSION: &str = "needs-2026-11-20.1";

macro_rules! rule {
    ($id:literal, [$($when:expr),+], $category:expr, [$($need:expr),* $(,)?]) => {
        NeedRule { id: $id, when: &[$($when),+], category: $category, needs: &[$($need),*] }
    };
}

const CRITICAL: Option<Category> = Some(Category::Critical);
const STROKE: Option<Category> = Some(Category::Stroke);
const CARDIAC: Option<Category> = Some(Category::Cardiac);
const TRAUMA: Option<Category> = Some(Category::Trauma);

/// All rules in the order of their ids.
pub const NEED_RULES: &[NeedRule] = &[
    // 重篤: physiology decides before any disease.
    rule!("C01", [Has(C::CardiacArrest)], CRITICAL, [(Cap::Tertiary, Hard), (Cap::IntensiveCare, Soft)]),
    rule!("C02", [Has(C::Shock)], CRITICAL, [(Cap::Tertiary, Hard), (Cap::IntensiveCare, Soft)]),
    rule!("C03", [Red, JcsFrom(100)], CRITICAL, [(Cap::Tertiary, Hard), (Cap::CtNow, Hard)]),
    rule!("C04", [Red, Below(V::SystolicPressure, 900)], CRITICAL, [(Cap::Tertiary, Hard), (Cap::IntensiveCare, Soft)]),
    rule!("C05", [Red, Below(V::OxygenSaturation, 900)], CRITICAL, [(Cap::Tertiary, Hard), (Cap::Ventilator, Soft)]),
    rule!("C06", [Red, Below(V::RespiratoryRate, 100)], CRITICAL, [(Cap::Tertiary, Hard), (Cap::Ventilator, Soft)]),
    rule!("C07", [Red, From(V::RespiratoryRate, 300)], CRITICAL, [(Cap::Tertiary, Hard), (Cap::Ventilator, Soft)]),
    // 頭部・外傷
    rule!("T01", [Has(C::HeadInjury)], TRAUMA, [(Cap::CtNow, Hard), (Cap::Neurosurgery24h, Soft)]),
    rule!("T02", [Has(C::HeadInjury), JcsFrom(10)], TRAUMA, [(Cap::Neurosurgery24h, Hard), (Cap::IntensiveCare, Soft)]),
    rule!("T03", [Has(C::HeadInjury), Answered(F::Paralysis)], TRAUMA, [(Cap::Neurosurgery24h, Hard)]),
    rule!("T04", [Has(C::HeadInjury), Answered(F::Seizure)], TRAUMA, [(Cap::Neurosurgery24h, Hard)]),
    rule!("T05", [Has(C::HeadInjury), Answered(F::Vomiting)], TRAUMA, [(Cap::Neurosurgery24h, Hard)]),
    rule!("T06", [Has(C::Trauma)], TRAUMA, [(Cap::CtNow, Soft)]),
    rule!("T07", [Has(C::Trauma), Red], TRAUMA, [(Cap::Trauma, Hard), (Cap::CtNow, Hard), (Cap::IntensiveCare, Soft)]),
    rule!("T08", [Has(C::Trauma), Answered(F::HeavyBleeding)], TRAUMA, [(Cap::Trauma, Soft)]),
    // 脳卒中疑い
    rule!(
        "S01",
        [Has(C::StrokeSigns)],
        STROKE,
        [(Cap::CtNow, Hard), (Cap::StrokeThrombolysis, Soft), (Cap::StrokeCareUnit, Soft)]
    ),
    rule!("S02", [Has(C::StrokeSigns), OnsetWithin(270)], STROKE, [(Cap::StrokeThrombolysis, Hard)]),
    rule!("S03", [Has(C::StrokeSigns), Answered(F::GazeDeviation)], STROKE, [(Cap::StrokeThrombectomy, Soft)]),
    rule!("S04", [Has(C::StrokeSigns), Answered(F::Neglect)], STROKE, [(Cap::StrokeThrombectomy, Soft)]),
    rule!("S05", [Has(C::StrokeSigns), Answered(F::SpeechTrouble)], STROKE, [(Cap::StrokeThrombectomy, Soft)]),
    rule!("S06", [Has(C::AlteredConsciousness), Answered(F::Paralysis)], STROKE, [(Cap::CtNow, Hard)]),
    rule!("S07", [Answered(F::FacialDroop)], STROKE, [(Cap::CtNow, Hard)]),
    rule!("S08", [Has(C::Headache)], None, [(Cap::CtNow, Soft)]),
    rule!(
        "S09",
        [Has(C::Headache), Answered(F::ThunderclapHeadache)],
        STROKE,
        [(Cap::CtNow, Hard), (Cap::Neurosurgery24h, Hard)]
    ),
    // 心疾患疑い
    rule!("H01", [Has(C::ChestPain)], CARDIAC, [(Cap::Cardiology24h, Soft)]),
    rule!("H02", [Has(C::ChestPain), Answered(F::ColdSweat)], CARDIAC, [(Cap::Pci24h, Hard)]),
    rule!("H03", [Has(C::ChestPain), Answered(F::RadiatingPain)], CARDIAC, [(Cap::Pci24h, Hard)]),
    rule!("H04", [Has(C::ChestPain), Red], CARDIAC, [(Cap::Pci24h, Hard)]),
    rule!("H05", [Has(C::BackPain), Red], CARDIAC, [(Cap::CtNow, Hard), (Cap::CardiovascularSurgery24h, Soft)]),
    rule!("H06", [Has(C::Syncope)], CARDIAC, [(Cap::Cardiology24h, Soft)]),
    rule!("H07", [Has(C::Dyspnoea), Below(V::OxygenSaturation, 900)], None, [(Cap::Ventilator, Soft)]),
    // 熱傷・中毒・自損・精神
    rule!("B01", [Has(C::Burn)], Some(Category::Burn), [(Cap::Burns, Soft)]),
    rule!("B02", [Has(C::Burn), Red], Some(Category::Burn), [(Cap::Burns, Hard), (Cap::IntensiveCare, Soft)]),
    rule!("P01", [Has(C::Poisoning)], Some(Category::Poisoning), [(Cap::Poisoning, Soft), (Cap::IntensiveCare, Soft)]),
    rule!("P02", [Has(C::SelfHarm)], Some(Category::Psychiatric), [(Cap::PsychiatrySomatic, Soft)]),
    rule!("P03", [Has(C::Psychiatric)], Some(Category::Psychiatric), [(Cap::PsychiatrySomatic, Soft)]),
    // 周産期
    rule!("O01", [Has(C::Obstetric)], Some(Category::Perinatal), [(Cap::Obstetrics, Hard)]),
    rule!(
        "O02",
        [Has(C::Obstetric), Answered(F::HeavyBleeding)],
        Some(Category::Perinatal),
        [(Cap::Perinatal, Soft), (Cap::IntensiveCare, Soft)]
    ),
    rule!(
        "O03",
        [Has(C::Obstetric), Answered(F::Seizure)],
        Some(Category::Perinatal),
        [(Cap::Perinatal, Hard), (Cap::IntensiveCare, Soft)]
    ),
    rule!("O04", [Has(C::Obstetric), Red], Some(Category::Perinatal), [(Cap::Perinatal, Soft), (Cap::Tertiary, Soft)]),
    rule!("O05", [Has(C::AbdominalPain), Answered(F::MayBePregnant)], None, [(Cap::Obstetrics, Soft)]),
    // 小児
    rule!("K01", [AgeUnder(15)], Some(Category::Paediatric), [(Cap::Paediatrics, Hard)]),
    // 一般
    rule!("G01", [Has(C::GiBleed)], None, [(Cap::Endoscopy, Hard)]),
    rule!("G02", [Has(C::GiBleed), Below(V::SystolicPressure, 900)], None, [(Cap::IntensiveCare, Soft)]),
    rule!("G03", [Has(C::AlteredConsciousness)], None, [(Cap::CtNow, Soft)]),
    rule!("G04", [Has(C::AlteredConsciousness), JcsFrom(30)], None, [(Cap::CtNow, Hard), (Cap::IntensiveCare, Soft)]),
    rule!("G05", [Has(C::Seizure)], None, [(Cap::CtNow, Soft)]),
    rule!("G06", [Has(C::AllergicReaction), Answered(F::Wheeze)], None, [(Cap::IntensiveCare, Soft)]),
];
