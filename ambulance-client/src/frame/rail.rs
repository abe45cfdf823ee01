//! The rail: six words that show where the case stands in every part.

use egui::{Align2, Rect, vec2};

use super::{Out, ShellAction, ShellVm, Tab};
use crate::canvas::shapes::BarSide;
use crate::canvas::{Canvas, Kind, Style, Target};
use crate::theme::grid::{self, GAP, Hand};
use crate::widgets::chips::chosen_name;

const BAR: f32 = 9.0;

pub(super) fn draw<A>(c: &mut Canvas<'_>, shell: &ShellVm, current: Option<Tab>, out: &mut Out<A>) {
    let rail = grid::rail(c.display.hand);
    let height = (rail.height() - 5.0 * GAP) / 6.0;
    let mut stack = grid::Stack::new(rail, GAP);
    for (i, (tab, state)) in Tab::ALL.into_iter().zip(&shell.rail).enumerate() {
        let rect = stack.top(height);
        let is = current == Some(tab);
        let word = word(c, tab);
        let name = chosen_name(c, &format!("{word} {state}"), is);
        let target = Target { rect, key: ("rail", i), name, kind: Kind::Ordinary, enabled: true, selected: Some(is) };
        let press = c.press(target);
        draw_tab(c, rect, (word, state), is, press.held);
        if press.focused {
            c.focus_line(rect);
        }
        if press.fired {
            out.shell.push(ShellAction::OpenTab(tab));
        }
    }
}

fn draw_tab(c: &mut Canvas<'_>, rect: Rect, words: (&str, &str), is: bool, held: bool) {
    let t = c.t;
    let mut room = rect.shrink2(vec2(3.0, 4.0));
    let ground = if is {
        let side = if c.display.hand == Hand::Right { BarSide::Left } else { BarSide::Right };
        c.rounded_with_bar(rect, t.surface, t.accent.fill, t.strong_border, (side, BAR));
        match side {
            BarSide::Left => room.min.x = rect.min.x + BAR,
            BarSide::Right => room.max.x = rect.max.x - BAR,
        }
        t.surface
    } else {
        let (line, width) = if held { (t.accent.fill, t.strong_border) } else { (t.line, t.border) };
        c.rounded(rect, t.bg, line, width);
        t.bg
    };
    let two = words.0.contains(' ');
    let height = if two { 52.0 } else { 30.0 };
    let top = rect.center().y - (height + 28.0) / 2.0;
    let word = Rect::from_min_max(egui::pos2(room.min.x, top), egui::pos2(room.max.x, top + height));
    let state = Rect::from_min_max(egui::pos2(room.min.x, top + height), egui::pos2(room.max.x, top + height + 28.0));
    c.on(ground, |c| {
        c.ink(word, Align2::CENTER_CENTER, words.0, Style::body(t.ink).bold());
        c.ink(state, Align2::CENTER_CENTER, words.1, Style::note(t.ink));
    });
}

fn word(c: &Canvas<'_>, tab: Tab) -> &'static str {
    match tab {
        Tab::Assess => c.w.tab_assess,
        Tab::Card => c.w.tab_card,
        Tab::History => c.w.tab_history,
        Tab::Hospital => c.w.tab_hospital,
        Tab::Handover => c.w.tab_handover,
        Tab::Display => c.w.tab_display,
    }
}
