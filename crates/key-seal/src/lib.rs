//! How a tablet's keys rest: in a file that only its account can read, or sealed by the machine's TPM 2.0.
//!
//! In: the bytes of a key. Out: the bytes that rest on the disk, and back. [`KeySeal`] has two implementations, [`FileSeal`]
//! and [`TpmSeal`], and one contract suite (`contract`). [`KeyFile`] puts what was sealed on the disk so that a power cut
//! leaves the old file or the new one, and never neither. [`choose`] says which seal a machine gets.
//!
//! The TPM library of the system (`libtss2`) is linked, as the PC/SC library is: four small libraries that every machine may
//! have, with a TPM or without. What they load at run time is the way to the TPM, and only where there is one.
//!
//! **Invariant:** a key that rests sealed is never written in plain again; nothing here prints or logs a key; this is the
//! only crate that names `tss-esapi`.

mod chip;
mod choose;
#[cfg(feature = "contract")]
pub mod contract;
mod envelope;
mod file;
mod key_file;
mod seal;
mod tpm;

pub use choose::{Choice, ChooseError, Reason, choose};
pub use envelope::is_sealed;
pub use file::FileSeal;
pub use key_file::{KeyFile, KeyFileError, Opened};
pub use seal::{CONTENT_BYTES_MAX, KeySeal, Protection, SealError};
pub use tpm::{DEVICE, TpmSeal};
