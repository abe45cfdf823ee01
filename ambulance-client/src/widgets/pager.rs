//! A list on pages: 「前へ」, where one is, 「次へ」. At either end the button is absent rather than grey.

use egui::{Align2, Rect};

use super::button::{Button, ButtonFace};
use crate::canvas::{Canvas, Style};
use crate::theme::grid::{self, GAP};

/// Height of the two buttons in points.
pub const HEIGHT: f32 = 72.0;

/// Which button was pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// 前へ.
    Previous,
    /// 次へ.
    Next,
}

/// The rows of one page.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a, T> {
    /// Its rows.
    pub rows: &'a [T],
    /// Index of its first row among all.
    pub first: usize,
    /// Which page it is, from 0.
    pub number: usize,
    /// How many pages there are, at least 1.
    pub pages: usize,
    /// How many rows there are on all pages.
    pub total: usize,
}

/// Page `number` (from 0) of `rows`, `per_page` on each; a number beyond the end is the last page.
#[must_use]
pub fn page<T>(rows: &[T], per_page: usize, number: usize) -> Page<'_, T> {
    let pages = rows.len().div_ceil(per_page.max(1)).max(1);
    let number = number.min(pages - 1);
    let first = number * per_page;
    let end = (first + per_page).min(rows.len());
    Page { rows: rows.get(first..end).unwrap_or(&[]), first, number, pages, total: rows.len() }
}

/// Page `number` (from 0) of `total` rows, of which only those of the page are at hand.
#[must_use]
pub fn one_page<T>(rows: &[T], per_page: usize, number: usize, total: usize) -> Page<'_, T> {
    let pages = total.div_ceil(per_page.max(1)).max(1);
    let number = number.min(pages - 1);
    Page { rows, first: number * per_page, number, pages, total }
}

/// Draws the two buttons and where one is into `rect`, which should be [`HEIGHT`] high.
pub fn pager<T>(c: &mut Canvas<'_>, rect: Rect, page: &Page<'_, T>) -> Option<Turn> {
    let rects = grid::weighted_columns(rect, &[240.0, 300.0, 240.0], GAP);
    let [previous, middle, next] = rects.as_slice() else { return None };
    let mut turn = None;
    if page.number > 0 {
        let face = ButtonFace::word(c.w.previous_page);
        if Button::new(*previous, ("page", 0), face).show(c) {
            turn = Some(Turn::Previous);
        }
    }
    let style = Style::body(c.t.ink);
    let full = c.w.page_of(page.number + 1, page.pages, page.total);
    let short = format!("{} / {}", page.number + 1, page.pages);
    let words = if c.width(&full, style) <= middle.width() { full } else { short };
    c.text(*middle, Align2::CENTER_CENTER, &words, style);
    if page.number + 1 < page.pages {
        let face = ButtonFace::word(c.w.next_page);
        if Button::new(*next, ("page", 1), face).show(c) {
            turn = Some(Turn::Next);
        }
    }
    turn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_on_exactly_one_page() {
        for count in 0..30_usize {
            let rows: Vec<usize> = (0..count).collect();
            let pages = page(&rows, 6, 0).pages;
            let seen: Vec<usize> = (0..pages).flat_map(|n| page(&rows, 6, n).rows.to_vec()).collect();
            assert_eq!(seen, rows);
        }
    }

    #[test]
    fn a_page_beyond_the_end_is_the_last_one() {
        let rows = [0, 1, 2, 3, 4, 5, 6];
        let last = page(&rows, 6, 9);
        assert_eq!((last.rows, last.first, last.number, last.pages), (&rows[6..], 6, 1, 2));
    }
}
