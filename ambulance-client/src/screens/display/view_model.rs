//! 表示と施錠: settings of this tablet only.

use crate::text::Lang;
use crate::theme::{Hand, ThemeName};

/// Loudness of the sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loudness {
    /// 小.
    Low,
    /// 中.
    #[default]
    Middle,
    /// 大.
    High,
}

/// What the screen shows; theme, language and hand come from the display settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DisplayVm {
    /// The theme follows the light sensor.
    pub auto_theme: bool,
    /// Brightness in words: 「70%」.
    pub brightness: String,
    /// Loudness.
    pub loudness: Loudness,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisplayAction {
    /// Follow the light sensor.
    AutoTheme,
    /// Choose a theme.
    Theme(ThemeName),
    /// Darker.
    Darker,
    /// Brighter.
    Brighter,
    /// Choose a loudness.
    Sound(Loudness),
    /// Choose the holding hand.
    Hand(Hand),
    /// Choose the language.
    Language(Lang),
    /// To いま使えるもの.
    WorksNow,
    /// About training (a property of the installation; explained, not switched).
    Training,
    /// About this device and version.
    About,
    /// Phone the dispatch centre.
    PhoneDispatch,
    /// Lock.
    Lock,
}
