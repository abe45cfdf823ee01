//! A candidate: rank, name, minutes = terms, reasons, probability, age. The row is the target.

use egui::{Align2, Rect, pos2, vec2};

use crate::canvas::{Canvas, Kind, Style, Target};
use crate::theme::Size;

/// Points per term column.
pub const TERM_WIDTH: f32 = 70.0;
/// Points that the word 「分」 is high.
const UNIT_HEIGHT: f32 = 20.0;
/// Number of terms: drive, reply, treat, load, lack, ties.
pub const TERMS: usize = 6;

/// A candidate as the row shows it. The terms add up to the minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HospitalRowVm {
    /// 1 is best.
    pub rank: u32,
    /// The hospital's name.
    pub name: String,
    /// Expected minutes, whole.
    pub minutes: i32,
    /// Whole minutes of each term.
    pub terms: [i32; TERMS],
    /// Reasons with ○ △ ×.
    pub reasons: String,
    /// Probability of acceptance and the age of the beds.
    pub state: String,
    /// The beds are too old: the state stands in attention.
    pub old: bool,
    /// Chosen: tint and figure.
    pub selected: bool,
}

/// Rounds terms given in tenths of a minute to whole minutes that still add up to the rounded total
/// (largest remainder, ties to the earlier term).
#[must_use]
pub fn whole_minutes(tenths: [i32; TERMS]) -> (i32, [i32; TERMS]) {
    let total: i32 = tenths.iter().sum();
    let minutes = (total + 5).div_euclid(10);
    let mut whole = tenths.map(|t| t.div_euclid(10));
    let mut order: Vec<usize> = (0..TERMS).collect();
    order.sort_by_key(|i| std::cmp::Reverse(tenths.get(*i).map_or(0, |t| t.rem_euclid(10))));
    let missing = usize::try_from(minutes - whole.iter().sum::<i32>()).unwrap_or(0);
    for index in order.into_iter().take(missing) {
        if let Some(term) = whole.get_mut(index) {
            *term += 1;
        }
    }
    (minutes, whole)
}

/// A term as a column shows it: the first without a plus, minus as U+2212.
#[must_use]
pub fn signed(term: i32, first: bool) -> String {
    match term {
        t if t < 0 => format!("\u{2212}{}", t.unsigned_abs()),
        0 => "0".to_owned(),
        t if first => t.to_string(),
        t => format!("+{t}"),
    }
}

/// Where the six term columns of a row at `rect` stand.
#[must_use]
pub fn term_columns(rect: Rect) -> [Rect; TERMS] {
    let right = rect.max.x - 18.0;
    let mut x = right - TERM_WIDTH * 6.0;
    [(); TERMS].map(|()| {
        let column = Rect::from_min_max(pos2(x, rect.min.y), pos2(x + TERM_WIDTH, rect.max.y));
        x += TERM_WIDTH;
        column
    })
}

/// Draws the row; true when pressed.
pub fn hospital_row(c: &mut Canvas<'_>, rect: Rect, index: usize, vm: &HospitalRowVm) -> bool {
    let t = c.t;
    let press = c.press(Target {
        rect,
        key: ("hospital", index),
        name: c.w.hospital_name(vm),
        kind: Kind::Ordinary,
        enabled: true,
        selected: Some(vm.selected),
    });
    let marked = vm.selected || press.held;
    let (fill, line, width) =
        if marked { (t.tint, t.accent.fill, t.strong_border) } else { (t.surface, t.line, t.border) };
    c.rounded(rect, fill, line, width);
    c.on(fill, |c| {
        sum_line(c, rect, vm);
        let bottom = Rect::from_min_max(pos2(rect.min.x + 54.0, rect.max.y - 36.0), rect.max - vec2(18.0, 8.0));
        let state = if vm.old { Style::note(t.attention.fill).bold() } else { Style::note(t.ink2) };
        let width = c.width(&vm.state, state) + 4.0;
        let (left, right) = bottom.split_left_right_at_x(bottom.max.x - width);
        c.ink(left.with_max_x(left.max.x - 10.0), Align2::LEFT_CENTER, &vm.reasons, Style::note(t.ink));
        if vm.old {
            c.fill(right.expand2(vec2(6.0, 0.0)), 0, t.attention_tint);
        }
        let ground = if vm.old { t.attention_tint } else { fill };
        c.on(ground, |c| c.ink(right, Align2::RIGHT_CENTER, &vm.state, state));
    });
    if press.focused {
        c.focus_line(rect);
    }
    press.fired
}

fn sum_line(c: &mut Canvas<'_>, rect: Rect, vm: &HospitalRowVm) {
    let t = c.t;
    let line = Rect::from_min_max(rect.min + vec2(18.0, 8.0), pos2(rect.max.x - 18.0, rect.max.y - 36.0));
    let at =
        |from: f32, to: f32| Rect::from_min_max(pos2(line.min.x + from, line.min.y), pos2(line.min.x + to, line.max.y));
    c.ink(at(0.0, 34.0), Align2::LEFT_CENTER, &vm.rank.to_string(), Style::strong(t.ink));
    let figure = if vm.selected { Style::figure(t.ink) } else { Style::title(t.ink) };
    let columns = term_columns(rect);
    let first = columns.first().map_or(line.max.x, |r| r.min.x);
    let unit = c.width(c.w.minutes, Style::note(t.ink).bold()) + 4.0;
    let equals = Rect::from_min_max(pos2(first - 28.0, line.min.y), pos2(first, line.max.y));
    // Beside the foot of the figure; in a low row as high as the word itself needs.
    let drop = (line.height() + 4.0 - UNIT_HEIGHT).clamp(0.0, 20.0);
    let unit_rect =
        Rect::from_min_max(pos2(equals.min.x - unit, line.min.y + drop), pos2(equals.min.x, line.max.y + 4.0));
    let minutes = vm.minutes.to_string();
    let width = c.width(&minutes, figure) + 2.0;
    let number = Rect::from_min_max(
        pos2(unit_rect.min.x - width - 2.0, line.min.y - 4.0),
        pos2(unit_rect.min.x - 2.0, line.max.y + 4.0),
    );
    let name = Rect::from_min_max(pos2(line.min.x + 36.0, line.min.y), pos2(number.min.x - 8.0, line.max.y));
    c.ink(name, Align2::LEFT_CENTER, &vm.name, Style::strong(t.ink));
    c.ink(number, Align2::RIGHT_CENTER, &minutes, figure);
    c.ink(unit_rect, Align2::RIGHT_CENTER, c.w.minutes, Style::note(t.ink).bold());
    c.ink(equals, Align2::RIGHT_CENTER, "=", Style::note(t.ink));
    for (i, (column, term)) in columns.into_iter().zip(vm.terms).enumerate() {
        let style = Style { size: Size::Body, ..Style::body(t.ink) };
        let style = if vm.selected { style.bold() } else { style };
        let room = Rect::from_min_max(pos2(column.min.x, line.min.y), pos2(column.max.x, line.max.y));
        c.ink(room, Align2::RIGHT_CENTER, &signed(term, i == 0), style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_terms_add_up_to_the_whole_total() {
        for tenths in
            [[124, 61, 108, 24, 0, -22], [0; 6], [5, 5, 5, 5, 5, 5], [99, -99, 14, 15, 16, 4], [1, 1, 1, 1, 1, 1]]
        {
            let (minutes, terms) = whole_minutes(tenths);
            assert_eq!(minutes, terms.iter().sum::<i32>(), "{tenths:?}");
            for (whole, tenth) in terms.iter().zip(tenths) {
                assert!((whole * 10 - tenth).abs() <= 10, "{tenths:?} {terms:?}");
            }
        }
    }

    #[test]
    fn minus_is_the_minus_sign() {
        assert_eq!(
            [signed(-2, false), signed(6, false), signed(12, true), signed(0, false)],
            ["\u{2212}2", "+6", "12", "0"]
        );
    }
}
