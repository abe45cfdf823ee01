//! One test binary; a scenario per file.

#![expect(clippy::disallowed_methods, reason = "system tests start programs, read files and wait")]

mod card_opensc;
