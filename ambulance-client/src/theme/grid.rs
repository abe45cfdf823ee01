//! The fixed grid of the 1280×800-point panel. One picture pixel of the design is one point.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Width and height of the panel in points.
pub const PANEL: Vec2 = vec2(1280.0, 800.0);
/// Smallest touch target in points; the tests assert 59.5.
pub const TARGET_MIN: f32 = 60.0;
/// Gap between targets in points.
pub const GAP: f32 = 12.0;
/// Gap between the primary and the stage block in points.
pub const GAP_PRIMARY: f32 = 24.0;
/// Corner radius of targets in points; panels are square.
pub const RADIUS: u8 = 8;
/// Width of the bar at the side of notices, alert rows and rule strips in points.
pub const BAR: f32 = 12.0;
/// Height of a stage block that is not the primary.
pub const STAGE_HEIGHT: f32 = 124.0;
/// Usual height of a primary.
pub const PRIMARY_HEIGHT: f32 = 148.0;

const TOP: f32 = 88.0;
const BOTTOM: f32 = 788.0;
const EDGE: f32 = 12.0;
const RAIL_WIDTH: f32 = 96.0;
const SIDE_WIDTH: f32 = 280.0;

/// Widths of the four band cells in points: who, stage, age, queue.
pub const BAND_CELLS: [f32; 4] = [400.0, 256.0, 224.0, 232.0];

/// The hand that holds the tablet; left swaps rail and side column and moves nothing else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// Side column on the right.
    #[default]
    Right,
    /// Side column on the left.
    Left,
}

fn rect(x: f32, y: f32, w: f32, h: f32) -> Rect {
    Rect::from_min_size(pos2(x, y), vec2(w, h))
}

/// The clock, left of the band; not a target.
#[must_use]
pub fn clock() -> Rect {
    rect(EDGE, 8.0, RAIL_WIDTH, 68.0)
}

/// The band cell `index` (0 who, 1 stage, 2 age, 3 queue).
#[must_use]
pub fn band_cell(index: usize) -> Rect {
    let before: f32 = BAND_CELLS.iter().take(index).map(|w| w + GAP).sum();
    let width = BAND_CELLS.get(index).copied().unwrap_or(0.0);
    rect(120.0 + before, 8.0, width, 68.0)
}

/// The rail with its six tabs.
#[must_use]
pub fn rail(hand: Hand) -> Rect {
    let x = match hand {
        Hand::Right => EDGE,
        Hand::Left => PANEL.x - EDGE - RAIL_WIDTH,
    };
    rect(x, TOP, RAIL_WIDTH, BOTTOM - TOP)
}

/// The content, 856 points wide.
#[must_use]
pub fn content(hand: Hand) -> Rect {
    let x = match hand {
        Hand::Right => EDGE + RAIL_WIDTH + GAP,
        Hand::Left => EDGE + SIDE_WIDTH + GAP,
    };
    rect(x, TOP, 856.0, BOTTOM - TOP)
}

/// The side column, 280 points wide, bottom-anchored.
#[must_use]
pub fn side(hand: Hand) -> Rect {
    let x = match hand {
        Hand::Right => PANEL.x - EDGE - SIDE_WIDTH,
        Hand::Left => EDGE,
    };
    rect(x, TOP, SIDE_WIDTH, BOTTOM - TOP)
}

/// Content and rail together: the lock screen has no rail.
#[must_use]
pub fn content_and_rail(hand: Hand) -> Rect {
    content(hand).union(rail(hand))
}

/// Cuts fixed slices from a rectangle, top to bottom or bottom to top.
#[derive(Clone, Copy, Debug)]
pub struct Stack {
    left: Rect,
    gap: f32,
}

impl Stack {
    /// A stack over `area` with `gap` points between slices.
    #[must_use]
    pub fn new(area: Rect, gap: f32) -> Self {
        Self { left: area, gap }
    }

    /// The next slice from the top, `height` points high.
    pub fn top(&mut self, height: f32) -> Rect {
        let slice = Rect::from_min_size(self.left.min, vec2(self.left.width(), height));
        self.left.min.y += height + self.gap;
        slice
    }

    /// The next slice from the bottom, `height` points high.
    pub fn bottom(&mut self, height: f32) -> Rect {
        let min = Pos2::new(self.left.min.x, self.left.max.y - height);
        let slice = Rect::from_min_size(min, vec2(self.left.width(), height));
        self.left.max.y -= height + self.gap;
        slice
    }

    /// Moves the upper edge down by `points` without a slice.
    pub fn skip(&mut self, points: f32) {
        self.left.min.y += points;
    }

    /// What is left.
    #[must_use]
    pub fn rest(&self) -> Rect {
        self.left
    }
}

/// `count` equal columns of `area` with `gap` between them.
#[must_use]
pub fn columns(area: Rect, count: usize, gap: f32) -> Vec<Rect> {
    weighted_columns(area, &vec![1.0; count], gap)
}

/// Columns of `area` whose widths stand as `weights`.
#[must_use]
pub fn weighted_columns(area: Rect, weights: &[f32], gap: f32) -> Vec<Rect> {
    let total: f32 = weights.iter().sum();
    let gaps: f32 = weights.iter().skip(1).map(|_| gap).sum();
    let free = area.width() - gaps;
    let mut x = area.min.x;
    weights
        .iter()
        .map(|weight| {
            let width = if total > 0.0 { free * weight / total } else { 0.0 };
            let column = Rect::from_min_size(pos2(x, area.min.y), vec2(width, area.height()));
            x += width + gap;
            column
        })
        .collect()
}

/// A grid of `across` columns, rows of `height`, `GAP` between; as many cells as `count`, row by row.
#[must_use]
pub fn cells(area: Rect, across: usize, height: f32, count: usize) -> Vec<Rect> {
    let mut stack = Stack::new(area, GAP);
    let mut all = Vec::with_capacity(count);
    while all.len() < count && across > 0 {
        all.extend(columns(stack.top(height), across, GAP));
    }
    all.truncate(count);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grid_is_the_designs() {
        assert_eq!(band_cell(1).min.x, 532.0);
        assert_eq!(band_cell(3).max.x, 1268.0);
        assert_eq!(rail(Hand::Right).x_range(), egui::Rangef::new(12.0, 108.0));
        assert_eq!(content(Hand::Right).x_range(), egui::Rangef::new(120.0, 976.0));
        assert_eq!(side(Hand::Right).x_range(), egui::Rangef::new(988.0, 1268.0));
        assert_eq!(side(Hand::Left).x_range(), egui::Rangef::new(12.0, 292.0));
        assert_eq!(content(Hand::Left).max.x + GAP, rail(Hand::Left).min.x);
    }
}
