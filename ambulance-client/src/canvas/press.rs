//! When a touch counts as a press: on release inside the target with 8 points of slack, once per 400 ms, never in the
//! first 250 ms of a screen. Time is egui's input time, so tests decide it.

use egui::{Event, Id, PointerButton, Pos2, Rect};

/// Slack in points around a target on release.
pub const SLACK: f32 = 8.0;
/// A second press on the same target within this many seconds is ignored.
pub const REPEAT: f64 = 0.4;
/// The same for a key of a keypad.
pub const KEY_REPEAT: f64 = 0.12;
/// A screen that has just changed takes no press for this many seconds.
pub const SCREEN_GUARD: f64 = 0.25;

/// A touch going down or up, in order of arrival.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Touch {
    down: bool,
    at: Pos2,
}

/// What outlives a frame.
#[derive(Clone, Debug, Default)]
pub(crate) struct PressMemory {
    screen: Option<String>,
    changed_at: f64,
    armed: Option<Id>,
    fired: Vec<(Id, f64)>,
}

/// The press rules during one frame.
#[derive(Debug)]
pub(crate) struct PressRules {
    memory: PressMemory,
    armed_before: Option<Id>,
    touches: Vec<Touch>,
    now: f64,
}

fn slot() -> Id {
    Id::unique("ambulance-client press memory")
}

impl PressRules {
    pub(crate) fn begin(ctx: &egui::Context, screen: &str) -> Self {
        let mut memory: PressMemory = ctx.data(|d| d.get_temp(slot())).unwrap_or_default();
        let (now, touches) = ctx.input(|i| (i.time, i.events.iter().filter_map(touch).collect::<Vec<_>>()));
        if memory.screen.as_deref() != Some(screen) {
            memory.screen = Some(screen.to_owned());
            memory.changed_at = now;
            memory.armed = None;
        }
        memory.fired.retain(|(_, at)| now - at < REPEAT);
        let armed_before = memory.armed.take();
        Self { memory, armed_before, touches, now }
    }

    pub(crate) fn end(self, ctx: &egui::Context) {
        ctx.data_mut(|d| d.insert_temp(slot(), self.memory));
    }

    /// Follows the touches of this frame for one target: (held now, released on it).
    pub(crate) fn follow(&mut self, id: Id, rect: Rect) -> (bool, bool) {
        let mut armed = self.armed_before == Some(id);
        let mut released = false;
        for touch in &self.touches {
            if touch.down {
                armed = rect.contains(touch.at);
            } else {
                released |= armed && rect.expand(SLACK).contains(touch.at);
                armed = false;
            }
        }
        if armed {
            self.memory.armed = Some(id);
        }
        (armed, released)
    }

    /// Whether a press on `id` counts now; remembers it if so.
    pub(crate) fn accept(&mut self, id: Id, repeat: f64) -> bool {
        let early = self.now - self.memory.changed_at < SCREEN_GUARD;
        let again = self.memory.fired.iter().any(|(fired, at)| *fired == id && self.now - at < repeat);
        if early || again {
            return false;
        }
        self.memory.fired.push((id, self.now));
        true
    }
}

fn touch(event: &Event) -> Option<Touch> {
    match event {
        Event::PointerButton { pos, button: PointerButton::Primary, pressed, .. } => {
            Some(Touch { down: *pressed, at: *pos })
        }
        _ => None,
    }
}

/// Whether a finger is down: a re-ranked list holds its order and the theme does not change meanwhile.
#[must_use]
pub fn finger_down(ctx: &egui::Context) -> bool {
    ctx.input(|i| i.pointer.any_down())
}
