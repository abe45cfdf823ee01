//! A size, a face and a colour: how words look.

use egui::Color32;

use crate::theme::{Face, Size};

/// How words look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// One of the five sizes.
    pub size: Size,
    /// Regular, bold or fixed width.
    pub face: Face,
    /// The colour.
    pub colour: Color32,
}

impl Style {
    /// 20 points, regular.
    #[must_use]
    pub fn note(colour: Color32) -> Self {
        Self { size: Size::Note, face: Face::Regular, colour }
    }

    /// 24 points, regular.
    #[must_use]
    pub fn body(colour: Color32) -> Self {
        Self { size: Size::Body, face: Face::Regular, colour }
    }

    /// 28 points, bold.
    #[must_use]
    pub fn strong(colour: Color32) -> Self {
        Self { size: Size::Strong, face: Face::Bold, colour }
    }

    /// 36 points, bold.
    #[must_use]
    pub fn title(colour: Color32) -> Self {
        Self { size: Size::Title, face: Face::Bold, colour }
    }

    /// 56 points, bold.
    #[must_use]
    pub fn figure(colour: Color32) -> Self {
        Self { size: Size::Figure, face: Face::Bold, colour }
    }

    /// The same, bold.
    #[must_use]
    pub fn bold(self) -> Self {
        Self { face: Face::Bold, ..self }
    }

    /// The same, regular.
    #[must_use]
    pub fn regular(self) -> Self {
        Self { face: Face::Regular, ..self }
    }
}
