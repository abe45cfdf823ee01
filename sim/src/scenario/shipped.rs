//! The scenarios that ship with the program.

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub toml: &'static str,
}

macro_rules! shipped {
    ($($name:literal),+ $(,)?) => {
        /// All of them, in the order of the list.
        pub const SHIPPED: &[Shipped] =
            &[$(Shipped { name: $name, toml: include_str!(concat!("../../scenarios/", $name, ".toml")) }),+];
    };
}

shipped! {
    "urban-morning",
    "national-day",
    "national-peak-x10",
    "reconnect-storm",
    "radio-dead-valley",
    "earthquake",
    "hospital-refusals",
}

/// The one with this name.
#[must_use]
pub fn shipped(name: &str) -> Option<&'static Shipped> {
    SHIPPED.iter().find(|one| one.name == name)
}
