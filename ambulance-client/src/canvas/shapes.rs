//! Boxes, bars, dashed borders and rules. Borders are drawn inside their rectangle, so no theme moves anything.

use egui::{Color32, CornerRadius, Pos2, Rect, Shape, Stroke, StrokeKind, pos2};

use super::Canvas;
use crate::theme::grid::RADIUS;
use crate::widgets::icons::{self, Icon};

/// On which side a bar stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarSide {
    /// At the left edge.
    Left,
    /// At the right edge.
    Right,
}

impl Canvas<'_> {
    /// A square panel that can only be read.
    pub fn panel(&mut self, rect: Rect, fill: Color32) {
        self.ui.painter().rect_filled(rect, 0, fill);
        self.hairline(rect);
    }

    /// A square panel with a bar at its left.
    pub fn barred_panel(&mut self, rect: Rect, fill: Color32, bar: Color32) {
        self.panel(rect, fill);
        let bar_rect = Rect::from_min_max(rect.min, pos2(rect.min.x + crate::theme::grid::BAR, rect.max.y));
        self.ui.painter().rect_filled(bar_rect, 0, bar);
    }

    fn hairline(&self, rect: Rect) {
        if self.t.outlined_panels {
            self.ui.painter().rect_stroke(rect, 0, Stroke::new(1.0, self.t.line), StrokeKind::Inside);
        }
    }

    /// A rounded box with a border inside its rectangle.
    pub fn rounded(&mut self, rect: Rect, fill: Color32, line: Color32, width: f32) {
        self.ui.painter().rect(rect, RADIUS, fill, Stroke::new(width, line), StrokeKind::Inside);
    }

    /// A rounded box whose border is `bar` points wide on one side.
    pub fn rounded_with_bar(&mut self, rect: Rect, fill: Color32, line: Color32, width: f32, bar: (BarSide, f32)) {
        let painter = self.ui.painter();
        painter.rect_filled(rect, RADIUS, line);
        let r = RADIUS.saturating_sub(2);
        let mut inner = rect.shrink(width);
        let corners = match bar.0 {
            BarSide::Left => {
                inner.min.x = rect.min.x + bar.1;
                CornerRadius { nw: 0, sw: 0, ne: r, se: r }
            }
            BarSide::Right => {
                inner.max.x = rect.max.x - bar.1;
                CornerRadius { nw: r, sw: r, ne: 0, se: 0 }
            }
        };
        painter.rect_filled(inner, corners, fill);
    }

    /// A rounded box with a dashed border.
    pub fn dashed(&mut self, rect: Rect, fill: Color32, line: Color32) {
        let painter = self.ui.painter();
        painter.rect_filled(rect, RADIUS, fill);
        let width = self.t.border;
        let path = rounded_path(rect.shrink(width / 2.0), f32::from(RADIUS) - width / 2.0);
        painter.extend(Shape::dashed_line(&path, Stroke::new(width, line), 7.0, 5.0));
    }

    /// The dashed frame around the whole screen in training.
    pub fn training_frame(&mut self, rect: Rect) {
        let r = rect.shrink(2.0);
        let path = vec![r.left_top(), r.right_top(), r.right_bottom(), r.left_bottom(), r.left_top()];
        let stroke = Stroke::new(4.0, self.t.attention.fill);
        self.ui.painter().extend(Shape::dashed_line(&path, stroke, 24.0, 16.0));
    }

    /// A horizontal rule across `rect`'s width at its top.
    pub fn rule(&mut self, rect: Rect) {
        let line = Rect::from_min_max(rect.min, pos2(rect.max.x, rect.min.y + self.t.border));
        self.ui.painter().rect_filled(line, 0, self.t.line);
    }

    /// A plain filled rectangle.
    pub fn fill(&mut self, rect: Rect, radius: u8, fill: Color32) {
        self.ui.painter().rect_filled(rect, radius, fill);
    }

    /// An icon in the text colour; hidden from assistive technology.
    pub fn icon(&mut self, icon: Icon, rect: Rect, colour: Color32) {
        icons::draw(self.ui.painter(), icon, rect, colour);
    }

    /// The line that shows where the keyboard is.
    pub fn focus_line(&mut self, rect: Rect) {
        let stroke = Stroke::new(2.0, self.t.ink);
        self.ui.painter().rect_stroke(rect.expand(4.0), RADIUS + 2, stroke, StrokeKind::Inside);
    }
}

fn rounded_path(rect: Rect, radius: f32) -> Vec<Pos2> {
    let corners = [
        (pos2(rect.max.x - radius, rect.min.y + radius), -90.0_f32),
        (pos2(rect.max.x - radius, rect.max.y - radius), 0.0),
        (pos2(rect.min.x + radius, rect.max.y - radius), 90.0),
        (pos2(rect.min.x + radius, rect.min.y + radius), 180.0),
    ];
    let mut path = Vec::with_capacity(21);
    for (centre, start) in corners {
        for step in [0.0_f32, 22.5, 45.0, 67.5, 90.0] {
            let angle = (start + step).to_radians();
            path.push(pos2(centre.x + radius * angle.cos(), centre.y + radius * angle.sin()));
        }
    }
    path.extend(path.first().copied());
    path
}
