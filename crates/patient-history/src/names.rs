//! What a medicine master knows of a code; it is given from outside.

use crate::{MedicalText, RowCode};

/// From the code of a row to the medicine behind it.
pub trait MedicineNames {
    /// The generic name (一般名), as `ワルファリンカリウム`.
    fn generic_name(&self, code: &RowCode) -> Option<MedicalText>;
    /// The word of its class, as `抗凝固薬`.
    fn class_name(&self, code: &RowCode) -> Option<MedicalText>;
    /// One key for all codes of one medicine, in whichever system they come: the first nine characters of its YJ code
    /// (class, ingredient, form, strength; the brand does not matter). None when the master does not have the code.
    fn same_medicine(&self, code: &RowCode) -> Option<MedicalText>;
}

/// No master: rows are known by their YJ code or their name alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNames;

impl MedicineNames for NoNames {
    fn generic_name(&self, _: &RowCode) -> Option<MedicalText> {
        None
    }
    fn class_name(&self, _: &RowCode) -> Option<MedicalText> {
        None
    }
    fn same_medicine(&self, _: &RowCode) -> Option<MedicalText> {
        None
    }
}
