//! Builders for tests: a card reader in this process, and a TPM in a process beside it.
//!
//! In: personas. Out: the ends that the product's own crates take. Used as a dev-dependency, and by `sim` and the system tests.
//!
//! **Invariant:** nothing of this is in a product's program.

pub mod reader;
pub mod software_tpm;

pub use reader::Desk;
pub use software_tpm::SoftwareTpm;
