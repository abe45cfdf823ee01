//! Icons as strokes in the text colour: the font has no ⚠ ☑ ✕. Drawn on a field of 28×28.

use egui::epaint::PathStroke;
use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2};

/// The icons of the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Chosen, done.
    Check,
    /// Not possible, different.
    Cross,
    /// Works.
    Circle,
    /// Works in part, conditional.
    Triangle,
    /// Look here.
    Warning,
    /// Waiting.
    Clock,
    /// Radio good.
    Bars,
    /// No radio.
    BarsStruck,
    /// Locked.
    Lock,
    /// Take back.
    Undo,
    /// Opens something.
    Chevron,
    /// The face of a card.
    CardFace,
    /// A person.
    Person,
    /// Somebody says something.
    Bubble,
}

struct Field<'a> {
    painter: &'a Painter,
    rect: Rect,
    colour: Color32,
    unit: f32,
}

impl Field<'_> {
    fn at(&self, x: f32, y: f32) -> Pos2 {
        pos2(self.rect.min.x + x * self.unit, self.rect.min.y + y * self.unit)
    }

    fn line(&self, width: f32, points: &[(f32, f32)]) {
        let path = points.iter().map(|(x, y)| self.at(*x, *y)).collect();
        self.painter.add(Shape::line(path, PathStroke::new(width * self.unit, self.colour)));
    }

    fn closed(&self, width: f32, points: &[(f32, f32)]) {
        let path = points.iter().map(|(x, y)| self.at(*x, *y)).collect();
        self.painter.add(Shape::closed_line(path, PathStroke::new(width * self.unit, self.colour)));
    }

    fn circle(&self, width: f32, centre: (f32, f32), radius: f32) {
        let stroke = Stroke::new(width * self.unit, self.colour);
        self.painter.circle_stroke(self.at(centre.0, centre.1), radius * self.unit, stroke);
    }

    fn bar(&self, x: f32, y: f32, w: f32, h: f32) -> Rect {
        Rect::from_two_pos(self.at(x, y), self.at(x + w, y + h))
    }

    fn arc(&self, width: f32, centre: (f32, f32), radius: f32, from: f32, to: f32) {
        let steps = [0.0_f32, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];
        let points: Vec<_> = steps
            .iter()
            .map(|s| {
                let angle = (from + (to - from) * s).to_radians();
                (centre.0 + radius * angle.cos(), centre.1 + radius * angle.sin())
            })
            .collect();
        self.line(width, &points);
    }
}

const BARS: [(f32, f32, f32); 3] = [(2.0, 19.0, 6.0), (8.0, 14.0, 11.0), (14.0, 9.0, 16.0)];

/// Draws `icon` into `rect`, which should be square.
pub fn draw(painter: &Painter, icon: Icon, rect: Rect, colour: Color32) {
    let field = match icon {
        Icon::CardFace => Field { painter, rect, colour, unit: rect.width() / 150.0 },
        Icon::Person => Field { painter, rect, colour, unit: rect.width() / 110.0 },
        _ => Field { painter, rect, colour, unit: rect.width() / 28.0 },
    };
    match icon {
        Icon::Check => field.line(4.0, &[(4.0, 15.0), (11.0, 22.0), (24.0, 6.0)]),
        Icon::Cross => {
            field.line(4.0, &[(6.0, 6.0), (22.0, 22.0)]);
            field.line(4.0, &[(22.0, 6.0), (6.0, 22.0)]);
        }
        Icon::Circle => field.circle(4.0, (14.0, 14.0), 10.0),
        Icon::Triangle => field.closed(3.5, &[(14.0, 4.0), (25.0, 24.0), (3.0, 24.0)]),
        Icon::Warning => {
            field.closed(3.0, &[(14.0, 3.0), (26.0, 25.0), (2.0, 25.0)]);
            field.line(3.0, &[(14.0, 10.0), (14.0, 17.0)]);
            field.line(3.0, &[(14.0, 20.0), (14.0, 22.5)]);
        }
        Icon::Clock => {
            field.circle(3.0, (14.0, 14.0), 11.0);
            field.line(3.0, &[(14.0, 7.0), (14.0, 14.0), (19.0, 17.0)]);
        }
        Icon::Bars => bars(&field),
        Icon::BarsStruck => bars_struck(&field),
        Icon::Lock => {
            field.closed(3.0, &[(4.0, 12.0), (24.0, 12.0), (24.0, 25.0), (4.0, 25.0)]);
            field.line(3.0, &[(8.0, 12.0), (8.0, 8.0)]);
            field.arc(3.0, (14.0, 8.0), 6.0, 180.0, 360.0);
            field.line(3.0, &[(20.0, 8.0), (20.0, 12.0)]);
        }
        Icon::Undo => {
            field.line(3.0, &[(10.0, 4.0), (4.0, 10.0), (10.0, 16.0)]);
            field.line(3.0, &[(4.0, 10.0), (17.0, 10.0)]);
            field.arc(3.0, (17.0, 17.0), 7.0, -90.0, 90.0);
            field.line(3.0, &[(17.0, 24.0), (10.0, 24.0)]);
        }
        Icon::Chevron => field.line(4.0, &[(9.0, 4.0), (20.0, 14.0), (9.0, 24.0)]),
        Icon::CardFace => card_face(&field),
        Icon::Bubble => {
            field.closed(
                3.0,
                &[(3.0, 4.0), (25.0, 4.0), (25.0, 19.0), (14.0, 19.0), (8.0, 25.0), (8.0, 19.0), (3.0, 19.0)],
            );
            field.line(3.0, &[(8.0, 11.5), (20.0, 11.5)]);
        }
        Icon::Person => {
            field.circle(3.0, (55.0, 36.0), 30.0);
            field.arc(3.0, (55.0, 138.0), 53.0, 204.0, 336.0);
        }
    }
}

fn bars(field: &Field<'_>) {
    for (x, y, h) in BARS {
        field.painter.rect_filled(field.bar(x, y, 4.0, h), 0, field.colour);
    }
    field.painter.rect_filled(field.bar(20.0, 3.0, 4.0, 22.0), 0, field.colour);
}

fn bars_struck(field: &Field<'_>) {
    for (x, y, h) in BARS {
        let stroke = Stroke::new(2.0 * field.unit, field.colour);
        field.painter.rect_stroke(field.bar(x, y, 4.0, h), 0, stroke, egui::StrokeKind::Middle);
    }
    field.line(3.0, &[(3.0, 3.0), (25.0, 25.0)]);
}

fn card_face(field: &Field<'_>) {
    let stroke = Stroke::new(3.0 * field.unit, field.colour);
    field.painter.rect_stroke(field.bar(2.0, 8.0, 146.0, 100.0), 8, stroke, egui::StrokeKind::Middle);
    field.circle(3.0, (112.0, 42.0), 13.0);
    field.arc(3.0, (112.0, 88.0), 22.0, 200.0, 340.0);
    for (y, x) in [(32.0, 74.0), (50.0, 74.0), (68.0, 56.0)] {
        field.line(4.0, &[(14.0, y), (x, y)]);
    }
}
