//! Colour tokens of the three themes. Triage colours serve triage only.

use egui::Color32;

/// Which of the three themes is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeName {
    /// Ordinary light.
    #[default]
    Day,
    /// Dark, low blue: in every token blue ≤ 0.67 × max(red, green).
    Night,
    /// Direct sun: black on white, thick lines, bold throughout.
    Sunlight,
}

impl ThemeName {
    /// All themes, in the order of the design's table.
    pub const ALL: [Self; 3] = [Self::Day, Self::Night, Self::Sunlight];
}

/// A fill and the colour of what stands on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The fill.
    pub fill: Color32,
    /// Text and icons on the fill.
    pub on: Color32,
}

/// The colours and line widths of one theme.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tokens {
    /// The page.
    pub bg: Color32,
    /// Panels and buttons.
    pub surface: Color32,
    /// Text and icons.
    pub ink: Color32,
    /// Labels, source, age.
    pub ink2: Color32,
    /// Borders and rules.
    pub line: Color32,
    /// Primary, selected border, stage.
    pub accent: Pair,
    /// Selected fill.
    pub tint: Color32,
    /// Alarm fill, bars, old values, irreversible primary.
    pub attention: Pair,
    /// Alert rows and old band cells.
    pub attention_tint: Color32,
    /// Triage red, yellow, green, black.
    pub triage: [Pair; 4],
    /// Ordinary border in points.
    pub border: f32,
    /// Border of what is selected and of the stage block in points.
    pub strong_border: f32,
    /// Whether text that is regular elsewhere is bold here.
    pub bold_throughout: bool,
    /// Whether panels that cannot be pressed get a hairline (the page and the panel have one colour).
    pub outlined_panels: bool,
}

const fn rgb(value: u32) -> Color32 {
    let [_, r, g, b] = value.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

const fn pair(fill: u32, on: u32) -> Pair {
    Pair { fill: rgb(fill), on: rgb(on) }
}

const DAY: Tokens = Tokens {
    bg: rgb(0xE9_ED_F1),
    surface: rgb(0xFF_FF_FF),
    ink: rgb(0x10_17_1F),
    ink2: rgb(0x36_41_4D),
    line: rgb(0x5A_67_74),
    accent: pair(0x0B_44_88, 0xFF_FF_FF),
    tint: rgb(0xDC_E9_F8),
    attention: pair(0x86_31_00, 0xFF_FF_FF),
    attention_tint: rgb(0xFF_EA_DB),
    triage: [
        pair(0xB0_10_1C, 0xFF_FF_FF),
        pair(0xF7_C6_00, 0x10_17_1F),
        pair(0x00_60_2B, 0xFF_FF_FF),
        pair(0x00_00_00, 0xFF_FF_FF),
    ],
    border: 2.0,
    strong_border: 4.0,
    bold_throughout: false,
    outlined_panels: false,
};

const NIGHT: Tokens = Tokens {
    bg: rgb(0x0B_09_06),
    surface: rgb(0x1C_17_10),
    ink: rgb(0xF0_D2_A0),
    ink2: rgb(0xCB_AB_7A),
    line: rgb(0x80_6A_4A),
    accent: pair(0xD2_AE_6E, 0x18_10_04),
    tint: rgb(0x2B_20_10),
    attention: pair(0xFF_9E_57, 0x1A_0C_00),
    attention_tint: rgb(0x31_1A_08),
    triage: [
        pair(0xFF_6E_5A, 0x14_06_00),
        pair(0xEB_C7_00, 0x14_0E_00),
        pair(0x63_BE_50, 0x06_12_03),
        pair(0x00_00_00, 0xF0_D2_A0),
    ],
    border: 2.0,
    strong_border: 4.0,
    bold_throughout: false,
    outlined_panels: false,
};

const SUNLIGHT: Tokens = Tokens {
    bg: rgb(0xFF_FF_FF),
    surface: rgb(0xFF_FF_FF),
    ink: rgb(0x00_00_00),
    ink2: rgb(0x00_00_00),
    line: rgb(0x00_00_00),
    accent: pair(0x00_1B_52, 0xFF_FF_FF),
    tint: rgb(0xFF_FF_FF),
    attention: pair(0x5A_1E_00, 0xFF_FF_FF),
    attention_tint: rgb(0xFF_FF_FF),
    triage: [
        pair(0xA0_00_12, 0xFF_FF_FF),
        pair(0xFF_D4_00, 0x00_00_00),
        pair(0x00_5A_28, 0xFF_FF_FF),
        pair(0x00_00_00, 0xFF_FF_FF),
    ],
    border: 3.0,
    strong_border: 7.0,
    bold_throughout: true,
    outlined_panels: true,
};

/// The tokens of `name`.
#[must_use]
pub fn tokens(name: ThemeName) -> &'static Tokens {
    match name {
        ThemeName::Day => &DAY,
        ThemeName::Night => &NIGHT,
        ThemeName::Sunlight => &SUNLIGHT,
    }
}

/// WCAG 2 contrast ratio of two opaque colours, 1 to 21.
#[must_use]
pub fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(colour: Color32) -> f32 {
    let linear = |channel: u8| {
        let c = f32::from(channel) / 255.0;
        if c <= 0.039_28 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_pair_is_at_least_seven_and_every_border_three() {
        for name in ThemeName::ALL {
            let t = tokens(name);
            let mut pairs = vec![
                (t.ink, t.bg),
                (t.ink, t.surface),
                (t.ink, t.tint),
                (t.ink, t.attention_tint),
                (t.ink2, t.bg),
                (t.ink2, t.surface),
                (t.ink2, t.tint),
                (t.accent.fill, t.surface),
                (t.accent.fill, t.bg),
                (t.accent.fill, t.tint),
                (t.accent.on, t.accent.fill),
                (t.attention.fill, t.surface),
                (t.attention.fill, t.bg),
                (t.attention.fill, t.attention_tint),
                (t.attention.on, t.attention.fill),
            ];
            pairs.extend(t.triage.iter().map(|p| (p.on, p.fill)));
            for (fg, bg) in pairs {
                assert!(contrast(fg, bg) >= 7.0, "{name:?}: {fg:?} on {bg:?} is {}", contrast(fg, bg));
            }
            assert!(contrast(t.line, t.bg) >= 3.0 && contrast(t.line, t.surface) >= 3.0);
        }
    }

    #[test]
    fn night_is_low_in_blue() {
        let t = tokens(ThemeName::Night);
        for c in [t.bg, t.surface, t.ink, t.ink2, t.line, t.tint, t.accent.fill, t.accent.on, t.attention.fill] {
            assert!(f32::from(c.b()) <= 0.67 * f32::from(c.r().max(c.g())) + 0.5, "{c:?}");
        }
    }
}
