//! What is wrong with a scenario, and where.

/// A text that is no scenario. Nothing of it is used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScenarioError {
    /// Longer than [`super::MAX_SCENARIO_BYTES`].
    #[error("{file}: expected a scenario of at most {limit} bytes, got {bytes}", limit = super::MAX_SCENARIO_BYTES)]
    TooLong {
        /// As named by the caller.
        file: String,
        /// Its length.
        bytes: usize,
    },
    /// Not UTF-8.
    #[error("{file}: expected UTF-8, got something else at byte {byte}")]
    NotText {
        /// As named by the caller.
        file: String,
        /// Where.
        byte: usize,
    },
    /// A field that cannot be used.
    #[error("{file}:{line}:{column}: {field}: {problem}")]
    At {
        /// As named by the caller.
        file: String,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// Its path, e.g. `faults.radio_cut[0].share`; `scenario` where no field is meant.
        field: String,
        /// What was expected, in words.
        problem: String,
    },
    /// Neither a file nor the name of a scenario that ships.
    #[error("{name}: no such file, and no scenario of this name ships; those that do: {known}")]
    Unknown {
        /// As named by the caller.
        name: String,
        /// Their names.
        known: String,
    },
}
