//! Builders for tests: a card reader in this process, and waiting with a deadline.
//!
//! In: personas. Out: the ends that the product's own crates take. Used as a dev-dependency, and by `sim` and the system tests.
//!
//! **Invariant:** nothing of this is in a product's program.

pub mod reader;

pub use reader::Desk;
