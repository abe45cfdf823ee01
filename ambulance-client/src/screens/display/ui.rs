//! Drawing of 表示と施錠.

use egui::{Align2, Rect, vec2};

use super::{DisplayAction, DisplayVm, Loudness};
use crate::canvas::{Canvas, Style};
use crate::frame::{self, Out, ShellVm};
use crate::text::Lang;
use crate::theme::grid::{self, GAP, Stack};
use crate::theme::{Hand, Size, ThemeName};
use crate::widgets::button::{Button, ButtonFace};
use crate::widgets::chips::{self, ChipVm};
use crate::widgets::icons::Icon;
use crate::widgets::panels;
use crate::widgets::side::{self, Foot, Primary};

const LABEL: f32 = 192.0;

/// Draws the screen.
pub fn ui(c: &mut Canvas<'_>, shell: &ShellVm, vm: &DisplayVm, out: &mut Out<DisplayAction>) {
    let mut face = ButtonFace::default().line(c.w.lock, Size::Title, true).icon(Icon::Lock, 44.0);
    face.icon_above = true;
    let primary = Primary::new("", "", DisplayAction::Lock).face(face);
    let above = side::foot(c, shell, Foot::Primary(primary), out);
    let dense = shell.age_banner.is_some();
    let mut stack = Stack::new(frame::content(c, shell), GAP);
    panels::page_title(c, stack.top(36.0), c.w.display_title, c.w.display_note);
    let height = if dense { 68.0 } else { 84.0 };
    themes(c, stack.top(height), vm, out);
    brightness(c, stack.top(height), vm, out);
    let sounds =
        [(c.w.sound_low, Loudness::Low), (c.w.sound_middle, Loudness::Middle), (c.w.sound_high, Loudness::High)];
    choice(c, stack.top(height), (c.w.sound, "sound"), &sounds, vm.loudness, DisplayAction::Sound, out);
    let hands = [(c.w.hand_right, Hand::Right), (c.w.hand_left, Hand::Left)];
    choice(c, stack.top(height), (c.w.hand, "hand"), &hands, c.display.hand, DisplayAction::Hand, out);
    let languages = [("日本語", Lang::Ja), ("English", Lang::En)];
    let lang = c.display.lang;
    choice(c, stack.top(height), (c.w.language, "language"), &languages, lang, DisplayAction::Language, out);
    panels::rule_strip(c, stack.bottom(42.0), "", c.w.hand_rule);
    let pages = [
        (c.w.works_now, DisplayAction::WorksNow),
        (c.w.training_mode, DisplayAction::Training),
        (c.w.about, DisplayAction::About),
    ];
    for (i, (rect, (word, action))) in grid::columns(stack.bottom(72.0), 3, GAP).into_iter().zip(pages).enumerate() {
        out.when(Button::new(rect, ("page", i), ButtonFace::word(word)).show(c), action);
    }
    side::top(c, above, vec![side::word(84.0, c.w.dispatch_phone, DisplayAction::PhoneDispatch)], out);
}

fn label(c: &mut Canvas<'_>, rect: Rect, word: &str) -> Rect {
    let (left, right) = rect.split_left_right_at_x(rect.min.x + LABEL);
    c.text(left, Align2::LEFT_CENTER, word, Style::strong(c.t.ink));
    right
}

fn choice<T: Copy + PartialEq>(
    c: &mut Canvas<'_>,
    rect: Rect,
    words: (&str, &'static str),
    options: &[(&str, T)],
    chosen: T,
    action: impl Fn(T) -> DisplayAction,
    out: &mut Out<DisplayAction>,
) {
    let area = label(c, rect, words.0);
    let chips: Vec<_> =
        options.iter().map(|(word, value)| ChipVm { word: (*word).to_owned(), chosen: *value == chosen }).collect();
    let pressed = chips::row(c, area, words.1, &chips);
    out.screen.extend(pressed.and_then(|i| options.get(i)).map(|(_, value)| action(*value)));
}

fn themes(c: &mut Canvas<'_>, rect: Rect, vm: &DisplayVm, out: &mut Out<DisplayAction>) {
    let options = [
        (c.w.theme_auto, None),
        (c.w.theme_day, Some(ThemeName::Day)),
        (c.w.theme_night, Some(ThemeName::Night)),
        (c.w.theme_sunlight, Some(ThemeName::Sunlight)),
    ];
    let chosen = (!vm.auto_theme).then_some(c.display.theme);
    let action = |theme: Option<ThemeName>| theme.map_or(DisplayAction::AutoTheme, DisplayAction::Theme);
    choice(c, rect, (c.w.brightness_theme, "theme"), &options, chosen, action, out);
}

fn brightness(c: &mut Canvas<'_>, rect: Rect, vm: &DisplayVm, out: &mut Out<DisplayAction>) {
    let t = c.t;
    let area = label(c, rect, c.w.brightness);
    let rects = grid::columns(area, 3, GAP);
    let [darker, value, brighter] = rects.as_slice() else { return };
    let button = Button::new(*darker, ("brightness", 0), ButtonFace::word(c.w.darker));
    out.when(button.show(c), DisplayAction::Darker);
    c.panel(*value, t.surface);
    c.on(t.surface, |c| {
        c.text(value.shrink2(vec2(8.0, 8.0)), Align2::CENTER_CENTER, &vm.brightness, Style::strong(t.ink))
    });
    let button = Button::new(*brighter, ("brightness", 1), ButtonFace::word(c.w.brighter));
    out.when(button.show(c), DisplayAction::Brighter);
}
