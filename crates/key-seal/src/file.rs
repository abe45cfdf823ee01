//! No seal but the file's permission bits.

use crate::seal::{KeySeal, Protection, SealError, suitable};
use zeroize::Zeroizing;

/// Keys rest as they are. See the module.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileSeal;

impl KeySeal for FileSeal {
    fn protection(&self) -> Protection {
        Protection::File
    }

    fn seal(&self, _name: &str, content: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        suitable(content)?;
        Ok(Zeroizing::new(content.to_vec()))
    }

    fn open(&self, _name: &str, resting: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        if crate::is_sealed(resting) {
            return Err(SealError::NeedsTpm);
        }
        suitable(resting).map_err(|_| SealError::Damaged)?;
        Ok(Zeroizing::new(resting.to_vec()))
    }
}
