//! A QR code: black on white with four modules of quiet zone in every theme.

use egui::{Color32, Rect, pos2, vec2};

use crate::canvas::Canvas;

/// Modules of quiet zone on each side.
pub const QUIET: usize = 4;

/// A QR code's modules, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QrVm {
    /// Modules per side.
    pub side: usize,
    /// `side × side` modules, true is dark.
    pub dark: Vec<bool>,
}

/// Draws the code centred in `rect` on whole points per module, so every module has one width.
pub fn qr(c: &mut Canvas<'_>, rect: Rect, vm: &QrVm, name: &str) {
    let modules = vm.side + 2 * QUIET;
    let mut unit = 0.0_f32;
    let mut across = 0.0_f32;
    for _ in 0..modules {
        across += 1.0;
    }
    if across > 0.0 {
        unit = (rect.width().min(rect.height()) / across).floor();
    }
    let side = unit * across;
    let field = Rect::from_center_size(rect.center().round(), vec2(side, side));
    c.fill(field, 0, Color32::WHITE);
    let quiet = (0..QUIET).fold(0.0_f32, |sum, _| sum + unit);
    let (mut x, mut y, mut column) = (0.0_f32, 0.0_f32, 0);
    for dark in &vm.dark {
        if *dark {
            let min = pos2(field.min.x + quiet + x, field.min.y + quiet + y);
            c.fill(Rect::from_min_size(min, vec2(unit, unit)), 0, Color32::BLACK);
        }
        column += 1;
        x += unit;
        if column == vm.side {
            (x, column) = (0.0, 0);
            y += unit;
        }
    }
    c.name_region(field, name, None);
}
