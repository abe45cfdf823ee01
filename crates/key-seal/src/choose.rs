//! Which seal a machine gets.

use crate::file::FileSeal;
use crate::seal::{KeySeal, SealError};
use crate::tpm::{DEVICE, TpmSeal};
use std::path::Path;
use std::sync::Arc;

/// The word that switches a TPM off.
const OFF: &str = "off";
/// The only TPMs that a live tablet takes: those of the machine. The others are programs, for tests and training.
const MACHINE: &str = "device";

/// Why this seal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The settings name a TPM.
    Named,
    /// The machine has one.
    Found,
    /// The settings switch it off.
    SwitchedOff,
    /// The machine shows none.
    NoTpm,
}

/// A seal, and why this one.
#[derive(Clone)]
pub struct Choice {
    /// The seal.
    pub seal: Arc<dyn KeySeal>,
    /// Why.
    pub reason: Reason,
}

impl Choice {
    /// Whether the seal can seal now. A TPM is asked.
    #[must_use]
    pub fn works(&self) -> bool {
        self.seal.seal("trial", &[0]).is_ok()
    }
}

/// The settings name no TPM that may be used.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// Not understood.
    #[error("`tpm = \"{named}\"`: expected \"device:{DEVICE}\" or \"{OFF}\"")]
    Unknown {
        /// What stands there.
        named: String,
        /// Why.
        #[source]
        source: SealError,
    },
    /// A program that plays a TPM, on a live tablet.
    #[error("`tpm = \"{named}\"` is only for training tablets: a program protects nothing; remove it")]
    ProgramInLive {
        /// What stands there.
        named: String,
    },
}

/// The seal of this machine: the TPM that the settings name, else the machine's own, else none but the file.
///
/// # Errors
/// When the settings name what is not understood or not allowed.
pub fn choose(named: Option<&str>, training: bool) -> Result<Choice, ChooseError> {
    let (way, reason) = match named {
        Some(OFF) => return Ok(Choice { seal: Arc::new(FileSeal), reason: Reason::SwitchedOff }),
        Some(named) => (named.to_owned(), Reason::Named),
        None if Path::new(DEVICE).exists() => (format!("{MACHINE}:{DEVICE}"), Reason::Found),
        None => return Ok(Choice { seal: Arc::new(FileSeal), reason: Reason::NoTpm }),
    };
    let is_machine = way.split(':').next() == Some(MACHINE);
    if !training && !is_machine {
        return Err(ChooseError::ProgramInLive { named: way });
    }
    let seal = TpmSeal::at(&way).map_err(|source| ChooseError::Unknown { named: way, source })?;
    Ok(Choice { seal: Arc::new(seal), reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Protection;

    #[test]
    fn the_settings_decide_and_a_live_tablet_takes_no_program_for_a_tpm() {
        let of = |named, training| choose(named, training).map(|c| (c.seal.protection(), c.reason));
        assert!(matches!(of(Some("off"), false), Ok((Protection::File, Reason::SwitchedOff))));
        assert!(matches!(of(Some("device:/dev/tpmrm1"), false), Ok((Protection::Tpm, Reason::Named))));
        let program = Some("swtpm:host=127.0.0.1,port=2321");
        assert!(matches!(of(program, true), Ok((Protection::Tpm, Reason::Named))));
        assert!(matches!(of(program, false), Err(ChooseError::ProgramInLive { .. })));
        assert!(matches!(of(Some("device-of-mine"), true), Err(ChooseError::Unknown { .. })));
    }
}
