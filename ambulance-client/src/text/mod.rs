//! The words of the screens in both languages, side by side. English words are chosen, not translated.

mod derived;
mod names;
mod words;

pub use derived::derived_from;
pub use words::Words;

/// The language of the screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lang {
    /// Japanese.
    #[default]
    Ja,
    /// English.
    En,
}

impl Lang {
    /// Both languages.
    pub const ALL: [Self; 2] = [Self::Ja, Self::En];

    /// The words of this language.
    #[must_use]
    pub fn words(self) -> &'static Words {
        match self {
            Self::Ja => &words::JA,
            Self::En => &words::EN,
        }
    }
}
