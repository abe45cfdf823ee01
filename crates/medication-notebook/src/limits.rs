//! How much is read at all. Beyond a limit nothing is read, except where a field is cut and counted.

use crate::{Limit, NotebookError};

/// Most inputs handed over at once, and most codes found in them; more are refused.
pub const MAX_CODES: usize = 999;
/// Most bytes of one input: the largest 2-D code holds 2,953, a reader may type several codes in a row. More is refused.
pub const MAX_CODE_BYTES: usize = 64 * 1024;
/// Most bytes of all inputs together; more is refused.
pub const MAX_ALL_BYTES: usize = 1024 * 1024;
/// Most lines of all codes together; more are refused.
pub const MAX_RECORDS: usize = 10_000;
/// Most parts of a split notebook (分割数, three digits); a control record that names more is not understood.
pub const MAX_PARTS: u16 = 999;
/// Most digits of a split notebook's id. The format has 14; a longer one makes the control record not understood.
pub const MAX_SPLIT_ID_DIGITS: usize = 20;
/// Most characters of a field: the longest of the format has 800 bytes. A longer field is cut here and counted.
pub const MAX_FIELD_CHARS: usize = 800;

/// Refuses too much before any of it is looked at.
pub(crate) fn check_bytes<Code: AsRef<[u8]>>(codes: &[Code]) -> Result<(), NotebookError> {
    check(Limit::Codes, codes.len())?;
    let sizes = || codes.iter().map(|code| code.as_ref().len());
    check(Limit::CodeBytes, sizes().max().unwrap_or_default())?;
    check(Limit::AllBytes, sizes().sum())
}

/// Refuses a number beyond its limit.
pub(crate) const fn check(limit: Limit, found: usize) -> Result<(), NotebookError> {
    if found > limit.most() { Err(NotebookError::TooMuch { limit, found }) } else { Ok(()) }
}
