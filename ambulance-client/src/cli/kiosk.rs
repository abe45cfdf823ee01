//! What the window holds: the running tablet, or the safe state of one that cannot keep a record.

use super::window::{Opener, Window};
use crate::app::safe_state;
use crate::canvas::Display;
use crate::screens::safe_state::{self as screen, SafeStateAction};
use crate::text::Lang;
use crate::theme::{ThemeName, grid};
use ambulance_runtime::{StartError, SystemClock};
use anyhow::{Error, Result};
use egui::ViewportCommand;
use model::{Clock, Timestamp};

/// Characters of an error that stand on one line for the administrator; the rest is in the log.
const DETAIL_CHARS: usize = 76;

/// What is shown.
enum Shown {
    Tablet(Box<Window>),
    Safe(Safe),
}

/// The tablet could not be opened.
struct Safe {
    error: Error,
    tried_at: Timestamp,
    display: Display,
    pressed: Vec<SafeStateAction>,
}

/// The app of the window, with the full screen of the kiosk.
pub(super) struct Kiosk {
    shown: Shown,
    opener: Opener,
    full_screen: bool,
}

impl Kiosk {
    /// Opens the tablet, or its safe state.
    ///
    /// # Errors
    /// When a scripted tablet cannot start.
    pub(super) fn open(mut opener: Opener, scripted: bool, ctx: &egui::Context) -> Result<Self> {
        let shown = match opener.open(ctx) {
            Ok(window) => Shown::Tablet(Box::new(window)),
            Err(error) if scripted => return Err(error),
            Err(error) => Shown::Safe(Safe::of(error, Display::default())),
        };
        Ok(Self { shown, opener, full_screen: false })
    }

    fn carry_out(&mut self, action: SafeStateAction, ctx: &egui::Context) {
        let Shown::Safe(safe) = &mut self.shown else { return };
        let display = &mut safe.display;
        match action {
            SafeStateAction::TryAgain => {
                let display = *display;
                self.shown = match self.opener.open(ctx) {
                    Ok(window) => Shown::Tablet(Box::new(window)),
                    Err(error) => Shown::Safe(Safe::of(error, display)),
                };
            }
            SafeStateAction::NextTheme => {
                display.theme = match display.theme {
                    ThemeName::Day => ThemeName::Night,
                    ThemeName::Night => ThemeName::Sunlight,
                    ThemeName::Sunlight => ThemeName::Day,
                }
            }
            SafeStateAction::OtherLanguage => {
                display.lang = if display.lang == Lang::Ja { Lang::En } else { Lang::Ja };
            }
            SafeStateAction::Close => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
        ctx.request_repaint();
    }
}

impl Safe {
    fn of(error: Error, display: Display) -> Self {
        tracing::error!("the tablet cannot start: {error:#}");
        Self { error, tried_at: SystemClock::new().utc(), display, pressed: Vec::new() }
    }

    fn draw(&mut self, ui: &egui::Ui) {
        let cause = self.error.downcast_ref::<StartError>();
        let mut detail: String = format!("{:#}", self.error).chars().take(DETAIL_CHARS).collect();
        detail = detail.replace('\n', " ");
        let vm = safe_state(cause, &detail, self.tried_at, self.display.lang);
        let (pressed, _ledger) = screen::show(ui, self.display, &vm);
        if !pressed.is_empty() {
            self.pressed.extend(pressed);
            ui.ctx().request_repaint();
        }
    }
}

/// The panel's 1280×800 points fill the window whatever its pixels are.
fn fit(ctx: &egui::Context) {
    let (points, scale) = (ctx.content_rect().size(), ctx.pixels_per_point());
    let pixels = points * scale;
    let wanted = (pixels.x / grid::PANEL.x).min(pixels.y / grid::PANEL.y);
    if wanted > 0.2 && (wanted - scale).abs() > 0.005 {
        ctx.set_pixels_per_point(wanted);
    }
}

impl eframe::App for Kiosk {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        fit(ctx);
        if ctx.input(|i| i.key_pressed(egui::Key::F11)) {
            self.full_screen = !self.full_screen;
            ctx.send_viewport_cmd(ViewportCommand::Fullscreen(self.full_screen));
        }
        let pressed = match &mut self.shown {
            Shown::Tablet(window) => {
                window.logic(ctx);
                Vec::new()
            }
            Shown::Safe(safe) => std::mem::take(&mut safe.pressed),
        };
        for action in pressed {
            self.carry_out(action, ctx);
        }
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        match &mut self.shown {
            Shown::Tablet(window) => window.draw(ui),
            Shown::Safe(safe) => safe.draw(ui),
        }
    }
}
