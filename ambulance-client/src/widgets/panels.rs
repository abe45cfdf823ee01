//! What can only be read: square, borderless. Notices, alarms, banners, rule strips, section titles.

use egui::{Align2, Color32, Rect, accesskit, pos2, vec2};

use super::icons::Icon;
use crate::canvas::{Canvas, Style};
use crate::theme::Size;
use crate::theme::grid::BAR;

/// A title line of a section: bold words left, a note right. `rect` should be 30 points high.
pub fn heading(c: &mut Canvas<'_>, rect: Rect, title: &str, right: &str) {
    let style = Style::body(c.t.ink).bold();
    heading_in(c, rect, (title, style), right);
}

/// A title line of a page: strong words left, a note right. `rect` should be 36 points high.
pub fn page_title(c: &mut Canvas<'_>, rect: Rect, title: &str, right: &str) {
    let style = Style::strong(c.t.ink);
    heading_in(c, rect, (title, style), right);
}

fn heading_in(c: &mut Canvas<'_>, rect: Rect, title: (&str, Style), right: &str) {
    let width = c.width(title.0, title.1).min(rect.width());
    let (left, _) = rect.split_left_right_at_x(rect.min.x + width + 2.0);
    c.text(left, Align2::LEFT_CENTER, title.0, title.1);
    if !right.is_empty() {
        let room = Rect::from_min_max(pos2(left.max.x + 12.0, rect.min.y), rect.max);
        let style = Style::note(c.t.ink2);
        c.text(room, Align2::RIGHT_CENTER, right, style);
    }
}

/// A message with a large icon, a title and a body on a panel.
#[derive(Clone, Copy, Debug)]
pub struct Message<'s> {
    /// The icon.
    pub icon: Icon,
    /// The icon's side in points.
    pub icon_size: f32,
    /// The sentence of the screen.
    pub title: &'s str,
    /// The title's style.
    pub title_style: Style,
    /// What it means.
    pub body: &'s str,
    /// The body's style.
    pub body_style: Style,
}

/// Draws a message inside `rect`, padded by `padding` points left and right, icon in `icon_colour`.
pub fn message(c: &mut Canvas<'_>, rect: Rect, padding: f32, icon_colour: Color32, m: &Message<'_>) {
    let side = m.icon_size;
    let icon = Rect::from_center_size(pos2(rect.min.x + padding + side / 2.0, rect.center().y), vec2(side, side));
    c.icon(m.icon, icon, icon_colour);
    let room = Rect::from_min_max(pos2(icon.max.x + 16.0, rect.min.y + 4.0), rect.max - vec2(padding, 4.0));
    if m.body.is_empty() {
        c.text(room, Align2::LEFT_CENTER, m.title, m.title_style);
        return;
    }
    let title = m.title_style.size.line_height();
    let wide = m.body.split('\n').map(|p| (c.width(p, m.body_style) / room.width()).ceil().max(1.0)).sum::<f32>();
    let body = (wide * m.body_style.size.line_height()).min(room.height() - title);
    let top = room.center().y - (title + body) / 2.0;
    let title_rect = Rect::from_min_size(pos2(room.min.x, top), vec2(room.width(), title));
    c.text(title_rect, Align2::LEFT_CENTER, m.title, m.title_style);
    let body_rect = Rect::from_min_size(pos2(room.min.x, top + title), vec2(room.width(), body));
    c.text(body_rect, Align2::LEFT_CENTER, m.body, m.body_style);
}

/// A notice: attention tint and bar; says what, and what it means.
pub fn notice(c: &mut Canvas<'_>, rect: Rect, m: &Message<'_>) {
    let t = c.t;
    c.barred_panel(rect, t.attention_tint, t.attention.fill);
    c.on(t.attention_tint, |c| message(c, rect, BAR + 14.0, t.attention.fill, m));
}

/// An alarm: full attention fill; stays until its cause ends; assertive.
pub fn alarm(c: &mut Canvas<'_>, rect: Rect, title: &str, body: &str) {
    let t = c.t;
    c.fill(rect, 0, t.attention.fill);
    let m = Message {
        icon: Icon::Warning,
        icon_size: 56.0,
        title,
        title_style: Style::title(t.attention.on),
        body,
        body_style: Style::body(t.attention.on),
    };
    c.on(t.attention.fill, |c| message(c, rect, 18.0, t.attention.on, &m));
    c.name_region(rect, &format!("{title} {body}"), Some(accesskit::Live::Assertive));
}

/// An alarm in the place of the age banner: 72 points high, on every page until its cause ends.
pub fn alarm_strip(c: &mut Canvas<'_>, rect: Rect, title: &str, body: &str) {
    let t = c.t;
    c.fill(rect, 0, t.attention.fill);
    let m = strip_message(title, body, t.attention.on, t.attention.on);
    c.on(t.attention.fill, |c| message(c, rect, BAR + 14.0, t.attention.on, &m));
    c.name_region(rect, &format!("{title} {body}"), Some(accesskit::Live::Assertive));
}

/// A notice in the place of the age banner: stays until it was looked at.
pub fn notice_strip(c: &mut Canvas<'_>, rect: Rect, title: &str, body: &str) {
    let t = c.t;
    let m = strip_message(title, body, t.attention.fill, t.ink);
    notice(c, rect, &m);
}

/// What dispatch tells the crew, in the place of the age banner; `room` points at the right stay free for its button. Calm: the
/// accent's bar, read aloud when the reader has time.
pub fn message_strip(c: &mut Canvas<'_>, rect: Rect, room: f32, title: &str, body: &str) {
    let t = c.t;
    c.barred_panel(rect, t.surface, t.accent.fill);
    let m = strip_message(title, body, t.accent.fill, t.ink);
    let m = Message { icon: Icon::Bubble, ..m };
    c.on(t.surface, |c| message(c, rect.with_max_x(rect.max.x - room), BAR + 14.0, t.accent.fill, &m));
    c.name_region(rect, &format!("{title} {body}"), Some(accesskit::Live::Polite));
}

fn strip_message<'s>(title: &'s str, body: &'s str, strong: Color32, plain: Color32) -> Message<'s> {
    let (title_style, body_style) = (Style::body(strong).bold(), Style::note(plain));
    Message { icon: Icon::Warning, icon_size: 40.0, title, title_style, body, body_style }
}

/// The age banner: 「圏外 m分s秒 ― …」; first item of the content while offline.
pub fn age_banner(c: &mut Canvas<'_>, rect: Rect, title: &str, body: &str) {
    let t = c.t;
    c.barred_panel(rect, t.surface, t.attention.fill);
    let m = Message {
        icon: Icon::BarsStruck,
        icon_size: 40.0,
        title,
        title_style: Style::body(t.attention.fill).bold(),
        body,
        body_style: Style::note(t.ink),
    };
    c.on(t.surface, |c| message(c, rect, BAR + 14.0, t.attention.fill, &m));
}

/// A rule strip: 「記録なし ≠ なし」; always last where records are shown. `rect` should be 44 points high.
pub fn rule_strip(c: &mut Canvas<'_>, rect: Rect, rule: &str, note: &str) {
    let t = c.t;
    c.barred_panel(rect, t.surface, t.line);
    let room = Rect::from_min_max(rect.min + vec2(BAR + 14.0, 2.0), rect.max - vec2(14.0, 2.0));
    c.on(t.surface, |c| {
        if rule.is_empty() {
            c.text(room, Align2::LEFT_CENTER, note, Style::note(t.ink));
            return;
        }
        let width = c.width(rule, Style::body(t.ink).bold()) + 4.0;
        let (left, right) = room.split_left_right_at_x(room.min.x + width);
        c.text(left, Align2::LEFT_CENTER, rule, Style::body(t.ink).bold());
        c.text(right.with_min_x(right.min.x + 16.0), Align2::RIGHT_CENTER, note, Style::note(t.ink));
    });
}

/// A bar panel with a bold line and a note below. `rect` should be 72 points high.
pub fn two_lines(c: &mut Canvas<'_>, rect: Rect, title: &str, note: &str) {
    let t = c.t;
    c.barred_panel(rect, t.surface, t.line);
    let room = Rect::from_min_max(rect.min + vec2(BAR + 14.0, 6.0), rect.max - vec2(14.0, 6.0));
    let (top, bottom) = room.split_top_bottom_at_y(room.min.y + 30.0);
    c.on(t.surface, |c| {
        c.text(top, Align2::LEFT_CENTER, title, Style::body(t.ink).bold());
        c.text(bottom, Align2::LEFT_CENTER, note, Style::note(t.ink));
    });
}

/// Height in points of a titled panel of these notes in the side column.
#[must_use]
pub fn info_height(c: &Canvas<'_>, width: f32, lines: &[String]) -> f32 {
    let notes: f32 = lines.iter().map(|line| note_height(c, width - 28.0, line)).sum();
    20.0 + 30.0 + 4.0 + notes
}

fn note_height(c: &Canvas<'_>, width: f32, line: &str) -> f32 {
    let rows = if c.width(line, Style::note(c.t.ink).bold()) > width { 2.0 } else { 1.0 };
    rows * Size::Note.line_height()
}

/// Draws a titled panel of notes.
pub fn info(c: &mut Canvas<'_>, rect: Rect, title: &str, lines: &[String]) {
    let t = c.t;
    c.panel(rect, t.surface);
    let room = rect.shrink2(vec2(14.0, 10.0));
    let (top, bottom) = room.split_top_bottom_at_y(room.min.y + 30.0);
    c.on(t.surface, |c| {
        c.text(top, Align2::LEFT_CENTER, title, Style::body(t.ink).bold());
        let mut y = bottom.min.y + 4.0;
        for line in lines {
            let height = note_height(c, bottom.width(), line);
            let row = Rect::from_min_size(pos2(bottom.min.x, y), vec2(bottom.width(), height));
            c.text(row, Align2::LEFT_CENTER, line, Style::note(t.ink));
            y += height;
        }
    });
}
