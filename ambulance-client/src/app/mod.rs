//! The tablet's app: takes the newest state of the running core, shows it, and hands back what was pressed.
//!
//! One idea per file: `navigation` is what is open, `shut` what an unlock leaves closed, `follow` opens pages by themselves,
//! `command` says what a press means, `told` is what is keyed of a patient without a card, `present` makes view models,
//! `picker` is the one generic page (lists and choices), `typed` is a code reader's typing.
//!
//! **Invariant:** nothing of a case is kept here: every frame is made anew from the state, so what leaves the state leaves
//! the screen with the same frame. No IO, but for pictures that are dropped on the window (`picture`, on a thread of its
//! own); no lock is held while drawing.

pub mod command;
pub mod follow;
pub mod navigation;
pub mod picker;
pub mod picture;
pub mod present;
pub mod shut;
pub mod told;
mod typed;

#[cfg(test)]
mod tests;

pub use command::Order;
pub use navigation::{Navigation, Page};
pub use present::{Shown, View, present, safe_state};

use crate::canvas::press::finger_down;
use crate::frame::ShellVm;
use crate::screens::without_card::Part;
use ambulance_core::{Command, Now, State};
use ambulance_runtime::Notice;
use command::Pressed;
use model::Monotonic;
use navigation::List;
use picture::Pictures;
use std::sync::Arc;
use std::time::Duration;
use typed::Typed;

/// The running tablet as the app sees it.
pub trait Tablet {
    /// The newest state.
    fn state(&self) -> Arc<State>;
    /// Both clocks.
    fn now(&self) -> Now;
    /// The next notice, if one waits.
    fn notice(&mut self) -> Option<Notice>;
    /// Whether the loop behind it still runs.
    fn runs(&self) -> bool {
        true
    }
    /// Hands a command over without waiting; false when nobody takes it.
    fn send(&self, command: Command) -> bool;
}

/// Presses from a card on the reader to the summary of the history in the ordinary case, without a typed character
/// (design §6.1): 一致する, 同意あり. The page test and the demo's script keep to it.
pub const CARD_TO_SUMMARY_PRESSES: usize = 2;
/// Frames drawn after the history is dropped, so that no cache of the toolkit still holds its words.
const CLEAN_FRAMES: u8 = 3;
/// While a finger is down the shown state stands still, at most this long.
const HOLD_MAX_US: u64 = 2_000_000;

/// The app. See the module.
pub struct TabletApp {
    tablet: Box<dyn Tablet>,
    state: Arc<State>,
    /// The crew's part: what is open, what is being entered.
    pub nav: Navigation,
    pressed: Vec<Pressed>,
    held_since: Option<Monotonic>,
    clean_frames: u8,
    typed: Typed,
    pictures: Pictures,
}

impl TabletApp {
    /// Starts on the lock page when nobody is signed in.
    #[must_use]
    pub fn new(tablet: Box<dyn Tablet>) -> Self {
        let state = tablet.state();
        let now = tablet.now();
        let nav = Navigation::new(&state, now);
        Self {
            tablet,
            state,
            nav,
            pressed: Vec::new(),
            held_since: None,
            clean_frames: 0,
            typed: Typed::default(),
            pictures: Pictures::default(),
        }
    }

    /// The state as shown.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Both clocks, as the tablet reads them.
    #[must_use]
    pub fn now(&self) -> Now {
        self.tablet.now()
    }

    /// Takes the newest state, carries out what was pressed, opens pages that open by themselves. Draws nothing.
    pub fn take_in(&mut self, ctx: &egui::Context) {
        let now = self.tablet.now();
        while let Some(notice) = self.tablet.notice() {
            if notice == Notice::HistoryDropped {
                self.clean(ctx);
            }
        }
        self.take_state(ctx, now);
        self.nav.stopped = !self.tablet.runs();
        if ctx.input(|i| !i.events.is_empty()) {
            self.nav.touched_at = now.mono;
        }
        self.read_codes(ctx, now);
        for pressed in std::mem::take(&mut self.pressed) {
            let view = View::new(&self.state, &self.nav, now);
            let orders = command::meaning(&view, &pressed);
            for order in orders {
                self.carry_out(order, now);
            }
        }
        for command in follow::follow(&mut self.nav, &self.state, now) {
            self.send(command);
        }
        if self.clean_frames > 0 {
            self.clean_frames -= 1;
            ctx.request_repaint();
        }
        ctx.request_repaint_after(follow::next_frame(&self.state, &self.nav, now));
    }

    /// Codes of a notebook that a reader types or a dropped picture shows, while their page is open; words of a search, or of
    /// an address, while its page is.
    fn read_codes(&mut self, ctx: &egui::Context, now: Now) {
        let open = if self.nav.locked.is_none() { self.nav.page } else { Page::Assess };
        if let Page::List(List::Filter(_)) = open {
            typed::search(ctx, &mut self.nav.narrowed.text);
        }
        if matches!(open, Page::List(List::Register | List::Find)) {
            typed::search(ctx, &mut self.nav.find.text);
        }
        if open == Page::WithoutCard && self.nav.told.part == Part::Address {
            typed::search(ctx, &mut self.nav.told.typed);
        }
        if open != Page::List(List::Notebook) {
            self.typed.clear();
            return;
        }
        if let Some(code) = self.typed.take_in(ctx, now.mono) {
            self.nav.picture_trouble = None;
            self.send(Command::NotebookCode(code));
        }
        for result in self.pictures.take_in(ctx) {
            self.nav.picture_trouble = result.as_ref().err().copied();
            for code in result.into_iter().flatten() {
                self.send(Command::NotebookCode(code));
            }
        }
    }

    /// A re-ranked list holds its order while a finger is down; history that is gone goes at once.
    fn take_state(&mut self, ctx: &egui::Context, now: Now) {
        let newest = self.tablet.state();
        let dropped = follow::has_history(&self.state) && !follow::has_history(&newest);
        self.held_since = finger_down(ctx).then(|| self.held_since.unwrap_or(now.mono));
        let held = self.held_since.is_some_and(|since| now.mono.since_us(since).is_some_and(|us| us < HOLD_MAX_US));
        if dropped {
            self.clean(ctx);
        }
        if dropped || !held {
            self.state = newest;
        }
    }

    /// The next frames show no history, and the toolkit's caches keep only what the last frame showed.
    fn clean(&mut self, ctx: &egui::Context) {
        self.nav.forget_history();
        ctx.forget_all_images();
        self.clean_frames = CLEAN_FRAMES;
        ctx.request_repaint();
    }

    fn carry_out(&mut self, order: Order, now: Now) {
        match order {
            Order::Tell(command) => self.send(command),
            Order::Go(page) => self.nav.go(page),
            Order::Change(change) => change(&mut self.nav),
            Order::Lock => self.nav.lock(now),
        }
    }

    fn send(&self, command: Command) {
        if !self.tablet.send(command) {
            tracing::error!("the tablet's loop does not take commands");
        }
    }

    /// Draws the present frame. What was pressed is carried out in the next [`Self::take_in`].
    pub fn draw(&mut self, ui: &egui::Ui) -> crate::canvas::Ledger {
        let (shell, shown) = self.shown();
        let (pressed, ledger) = picker::show(ui, self.nav.display, &shell, &shown);
        if !pressed.is_empty() {
            self.pressed.extend(pressed);
            ui.ctx().request_repaint();
        }
        ledger
    }

    /// What the present frame shows.
    #[must_use]
    pub fn shown(&self) -> (ShellVm, Shown) {
        present(&View::new(&self.state, &self.nav, self.tablet.now()))
    }
}

/// Time as egui wants it.
pub(crate) const fn micros(us: u64) -> Duration {
    Duration::from_micros(us)
}
