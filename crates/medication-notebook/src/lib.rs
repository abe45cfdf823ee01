//! The medication notebook (電子版お薬手帳) that a patient shows as 2-D codes: JAHISTC text, versions 01 to the newest.
//!
//! In: the texts of one or several codes as bytes (Shift_JIS, or UTF-8 as a reader typed it), in any order and repeated at
//! will. Out: a [`Notebook`], whose medicines become rows of a history with [`Notebook::medicine_rows`]; or a
//! [`NotebookError`] that says what was tried, which part is missing and what to do next. Never in here: pictures of codes,
//! readers, files, the clock, merging with other sources, and the meaning of a medicine.
//!
//! The layout is that of JAHIS 電子版お薬手帳データフォーマット仕様書 Ver.2.6. Earlier versions have fewer records and shorter lines, so
//! that one table reads them all: what a line does not have is absent. What a later version adds is kept as not understood
//! and counted, never an error.
//!
//! **Invariant:** no content of a notebook is ever in `Debug`, `Display` or an error, and every text of it is overwritten
//! with zeros when dropped. An error names codes by their place in the input and by the id of their split (固有ID).

mod assemble;
mod codes;
mod date;
mod decode;
mod error;
mod fields;
mod join;
mod limits;
mod notebook;
mod rows;

pub use error::{Limit, NotebookError};
pub use limits::{
    MAX_ALL_BYTES, MAX_CODE_BYTES, MAX_CODES, MAX_FIELD_CHARS, MAX_PARTS, MAX_RECORDS, MAX_SPLIT_ID_DIGITS,
};
pub use notebook::{
    Author, Direction, Dispensing, Doctor, DosageForm, FamilyPharmacist, GenericName, Ingredient, Institution,
    Medicine, MedicineCode, Memo, Notebook, OtcMedicine, Patient, PatientNote, PatientNoteKind, Prescription, Staff,
    Tolerated, Usage, Version, VisitNote, VisitNoteKind,
};
pub use rows::MedicineRows;

/// Reads one notebook from the texts of its codes. Their order does not matter, and a code that was read twice is harmless.
/// One input may hold several codes one after another, as a reader types them into one field.
///
/// # Errors
/// [`NotebookError`]: nothing there, no notebook, a part missing, parts that do not belong together, or a limit passed.
pub fn read<Code: AsRef<[u8]>>(codes: &[Code]) -> Result<Notebook, NotebookError> {
    limits::check_bytes(codes)?;
    let texts: Vec<_> = codes.iter().map(|code| decode::decode(code.as_ref())).collect();
    let codes = codes::find(&texts)?;
    let whole = join::join(codes)?;
    Ok(assemble::assemble(&whole))
}
