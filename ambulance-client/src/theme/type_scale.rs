//! The five type sizes. There are no others.

use egui::{FontFamily, FontId};

/// One of the five sizes of the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// 20 pt: units, source, age, rule id. Nothing smaller exists.
    Note,
    /// 24 pt: buttons, sentences, rail.
    Body,
    /// 28 pt: names, records, band values.
    Strong,
    /// 36 pt: the sentence of the screen, primary and stage words.
    Title,
    /// 56 pt: one number per screen.
    Figure,
}

impl Size {
    /// Points of this size.
    #[must_use]
    pub fn points(self) -> f32 {
        match self {
            Self::Note => 20.0,
            Self::Body => 24.0,
            Self::Strong => 28.0,
            Self::Title => 36.0,
            Self::Figure => 56.0,
        }
    }

    /// Line height in points: 1.28 of the size, titles 1.15.
    #[must_use]
    pub fn line_height(self) -> f32 {
        match self {
            Self::Note => 26.0,
            Self::Body => 30.0,
            Self::Strong => 36.0,
            Self::Title => 42.0,
            Self::Figure => 60.0,
        }
    }

    /// The next smaller size, for words that do not fit; [`Size::Note`] has none.
    #[must_use]
    pub fn smaller(self) -> Option<Self> {
        match self {
            Self::Note => None,
            Self::Body => Some(Self::Note),
            Self::Strong => Some(Self::Body),
            Self::Title => Some(Self::Strong),
            Self::Figure => Some(Self::Title),
        }
    }
}

/// Which face of the font is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// BIZ UDPGothic Regular (bold in sunlight).
    Regular,
    /// BIZ UDPGothic Bold.
    Bold,
    /// BIZ UDGothic, fixed width: only for 照合番号B.
    Fixed,
}

/// Family name of the regular face in egui.
pub const REGULAR: &str = "biz-regular";
/// Family name of the bold face in egui.
pub const BOLD: &str = "biz-bold";
/// Family name of the fixed-width face in egui.
pub const FIXED: &str = "biz-fixed";

/// The egui font of a size and face; `bold_throughout` is the sunlight rule.
#[must_use]
pub fn font(size: Size, face: Face, bold_throughout: bool) -> FontId {
    let family = match face {
        Face::Fixed => FIXED,
        Face::Bold => BOLD,
        Face::Regular if bold_throughout => BOLD,
        Face::Regular => REGULAR,
    };
    FontId::new(size.points(), FontFamily::Name(family.into()))
}
