//! The drawing surface of one frame: words, shapes and targets at fixed rectangles, with a ledger of all three.

pub mod ledger;
mod photo;
pub mod press;
pub mod shapes;
mod style;
mod words;

use egui::{Align2, Color32, Id, Rect, Sense, WidgetInfo, accesskit};

pub use ledger::{Kind, Ledger};
pub use style::Style;

use crate::text::{Lang, Words};
use crate::theme::{ThemeName, Tokens, grid::Hand, tokens};

/// How this tablet shows things; the crew's settings, never the case's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Display {
    /// Day, night or sunlight.
    pub theme: ThemeName,
    /// Japanese or English.
    pub lang: Lang,
    /// The hand that holds the tablet.
    pub hand: Hand,
}

/// What a target is called and how it counts.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where it is.
    pub rect: Rect,
    /// What it is among the targets of the screen; must not depend on state.
    pub key: (&'static str, usize),
    /// What a press does and the state, in the current language.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Whether a press does something.
    pub enabled: bool,
    /// For choices: whether it is chosen.
    pub selected: Option<bool>,
}

/// What happened to a target in this frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Press {
    /// It was pressed: act.
    pub fired: bool,
    /// A finger is on it: draw it pressed.
    pub held: bool,
    /// It has the keyboard focus: draw the focus line.
    pub focused: bool,
}

/// The drawing surface of one frame.
pub struct Canvas<'a> {
    ui: &'a egui::Ui,
    screen: &'static str,
    rules: press::PressRules,
    /// Tokens of the current theme.
    pub t: &'static Tokens,
    /// Words of the current language.
    pub w: &'static Words,
    /// The crew's settings.
    pub display: Display,
    /// The colour behind what is drawn next; widgets set it, the ledger notes it.
    pub ground: Color32,
    /// What was drawn.
    pub ledger: Ledger,
    labels: usize,
}

impl<'a> Canvas<'a> {
    /// Begins a frame of `screen`: fills the page.
    #[must_use]
    pub fn begin(ui: &'a egui::Ui, display: Display, screen: &'static str) -> Self {
        Self::begin_as(ui, display, screen, screen)
    }

    /// The same where something new stands on the screen: whatever moved takes no press for a moment, as on a new screen.
    pub fn begin_as(ui: &'a egui::Ui, display: Display, screen: &'static str, arrangement: &str) -> Self {
        let t = tokens::tokens(display.theme);
        ui.painter().rect_filled(ui.max_rect(), 0, t.bg);
        Self {
            ui,
            screen,
            rules: press::PressRules::begin(ui.ctx(), arrangement),
            t,
            w: display.lang.words(),
            display,
            ground: t.bg,
            ledger: Ledger::default(),
            labels: 0,
        }
    }

    /// Ends the frame.
    pub fn finish(self) -> Ledger {
        self.rules.end(self.ui.ctx());
        self.ledger
    }

    /// Runs `draw` with another colour noted as the ground.
    pub fn on<R>(&mut self, ground: Color32, draw: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.ground, ground);
        let result = draw(self);
        self.ground = before;
        result
    }

    /// Registers a target and tells what happened to it.
    pub fn press(&mut self, target: Target) -> Press {
        let id = Id::unique(("target", self.screen, target.key));
        let sense = if target.enabled { Sense::click() } else { Sense::focusable_noninteractive() };
        let response = self.ui.interact(target.rect, id, sense);
        let role = if target.selected.is_some() { accesskit::Role::CheckBox } else { accesskit::Role::Button };
        let info =
            || WidgetInfo { selected: target.selected, ..WidgetInfo::labeled(role, target.enabled, &target.name) };
        response.widget_info(info);
        let mut press = Press { focused: response.has_focus(), ..Press::default() };
        if target.enabled {
            let (held, released) = self.rules.follow(id, target.rect);
            let repeat = if target.kind == Kind::Key { press::KEY_REPEAT } else { press::REPEAT };
            press.held = held;
            press.fired = (released || response.clicked()) && self.rules.accept(id, repeat);
        }
        let Target { rect, name, kind, enabled, .. } = target;
        self.ledger.targets.push(ledger::TargetEntry { rect, name, kind, enabled });
        press
    }

    /// Words that stand for themselves: drawn, and read out by assistive technology.
    pub fn text(&mut self, rect: Rect, at: Align2, text: &str, style: Style) {
        self.spans(rect, at, &[(text, style)]);
    }

    /// As [`Self::text`], in runs of different styles on shared lines.
    pub fn spans(&mut self, rect: Rect, at: Align2, runs: &[(&str, Style)]) {
        self.ink_spans(rect, at, runs);
        let words: String = runs.iter().map(|(text, _)| *text).collect();
        self.name_region(rect, &words, None);
    }

    /// Gives a region a readable text without drawing; `live` makes it announce its changes.
    pub fn name_region(&mut self, rect: Rect, words: &str, live: Option<accesskit::Live>) {
        if words.trim().is_empty() {
            return;
        }
        self.labels += 1;
        let id = Id::unique(("label", self.screen, self.labels));
        let response = self.ui.interact(rect, id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(accesskit::Role::Label, true, words));
        if let Some(live) = live {
            let _node = self.ui.ctx().accesskit_node_builder(id, |node| node.set_live(live));
        }
    }

    /// Asks for the next frame after `seconds`: for a visible countdown only.
    pub fn repaint_after(&self, seconds: f32) {
        self.ui.ctx().request_repaint_after(std::time::Duration::from_secs_f32(seconds.max(0.05)));
    }
}
