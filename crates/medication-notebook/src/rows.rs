//! From a notebook to rows of a history, so that its medicines can stand beside those of the national system.

use crate::notebook::{Dispensing, Institution, Medicine, MedicineCode, Notebook, OtcMedicine, Prescription, Usage};
use model::CivilDate;
use patient_history::{Facility, MedicalText, Row, RowCode, RowSource};

/// Rows of the section 薬剤, newest first, each with its day; a row's age is the reader's `today` less that day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MedicineRows {
    /// Newest first; within a day as the notebook has them.
    pub rows: Vec<Row>,
    /// Medicines that are in the notebook without a day and therefore in no row.
    pub undated: usize,
}

impl Notebook {
    /// Its medicines as rows with the source [`RowSource::Notebook`]: what was dispensed, and what the person bought.
    #[must_use]
    pub fn medicine_rows(&self) -> MedicineRows {
        let dispensed =
            self.medicines().map(|(visit, rp, medicine)| visit.date.map(|on| dispensed(on, visit, rp, medicine)));
        let bought = self.otc_medicines.iter().map(|otc| otc.start.map(|on| bought(on, otc)));
        let all: Vec<Option<Row>> = dispensed.chain(bought).collect();
        let undated = all.iter().filter(|row| row.is_none()).count();
        let mut rows: Vec<Row> = all.into_iter().flatten().collect();
        rows.sort_by_key(|row| core::cmp::Reverse(row.date));
        MedicineRows { rows, undated }
    }
}

fn dispensed(date: CivilDate, visit: &Dispensing, rp: &Prescription, medicine: &Medicine) -> Row {
    Row {
        date,
        code: row_code(medicine),
        name: medicine.name.clone(),
        days_supplied: rp.usage.as_ref().and_then(days_supplied),
        quantity: quantity(rp.usage.as_ref(), medicine),
        source: RowSource::Notebook,
        // Who prescribed knows the person; a hospital that dispenses itself stands as the dispenser.
        facility: visit.prescribed_at.as_ref().or(visit.dispensed_at.as_ref()).map(facility),
        sensitive: false,
    }
}

fn bought(date: CivilDate, otc: &OtcMedicine) -> Row {
    Row {
        date,
        code: RowCode::None,
        name: otc.name.clone(),
        days_supplied: None,
        quantity: None,
        source: RowSource::Notebook,
        facility: None,
        sensitive: false,
    }
}

fn facility(institution: &Institution) -> Facility {
    Facility { name: institution.name.clone(), institution_code: institution.code.clone() }
}

/// The code that says most, of those that have the form of their system: YJ and 薬価基準 (the same but for the brand of a few),
/// then 一般名 (YJ's first nine characters), then receipt and HOT codes, which only a medicine master can place in a class.
fn row_code(medicine: &Medicine) -> RowCode {
    let generic = medicine.generic.as_ref().and_then(|name| name.code.as_ref());
    let own = match &medicine.code {
        MedicineCode::Yj(code) | MedicineCode::PriceList(code) if is_yj(code) => return RowCode::Yj(code.clone()),
        MedicineCode::Receipt(code) if is_receipt(code) => RowCode::Receipt(code.clone()),
        MedicineCode::Hot(code) if is_hot(code) => RowCode::Hot(code.clone()),
        _ => RowCode::None,
    };
    generic.filter(|code| is_yj(code)).map_or(own, |code| RowCode::Yj(code.clone()))
}

fn is_yj(code: &MedicalText) -> bool {
    let code = code.as_str();
    code.len() == 12
        && code.bytes().enumerate().all(|(at, b)| b.is_ascii_digit() || (at >= 7 && b.is_ascii_uppercase()))
}

/// Nine digits; those of medicines begin with 6, of materials with 7.
fn is_receipt(code: &MedicalText) -> bool {
    is_digits(code, &[9]) && code.as_str().starts_with('6')
}

fn is_hot(code: &MedicalText) -> bool {
    is_digits(code, &[7, 9, 13])
}

fn is_digits(code: &MedicalText, lengths: &[usize]) -> bool {
    lengths.contains(&code.as_str().len()) && code.as_str().bytes().all(|b| b.is_ascii_digit())
}

fn days_supplied(usage: &Usage) -> Option<u16> {
    let in_days = usage.unit.as_ref().is_some_and(|unit| unit.as_str().starts_with('日'));
    let unnamed = usage.unit.is_none() && usage.form.is_some_and(|form| form.counts_days());
    usage.quantity.filter(|_| in_days || unnamed)
}

/// Usage, then what the dose counts with dose and unit: `【分２ 朝夕食後服用】 1日4Ｃ`.
fn quantity(usage: Option<&Usage>, medicine: &Medicine) -> Option<MedicalText> {
    let name = usage.and_then(|usage| usage.name.as_ref()).map_or("", MedicalText::as_str);
    let counts = usage.and_then(|usage| usage.form).map_or("", |form| form.dose_word_ja());
    let dose = match medicine.dose.as_str() {
        "" => String::new(),
        dose => format!("{counts}{dose}{}", medicine.unit.as_str()),
    };
    let both = if name.is_empty() || dose.is_empty() { format!("{name}{dose}") } else { format!("{name} {dose}") };
    Some(MedicalText::from(both)).filter(|text| !text.is_empty())
}
