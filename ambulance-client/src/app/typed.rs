//! A 2-D code reader that acts as a keyboard: its characters are one code until it pauses or says that it has ended.
//!
//! Lines of a code end with Enter, so Enter cannot end the code. Characters reach us as text, as a paste, or from an input
//! method; GS and ESC as keys. While the page is open nothing else on it sees them.

use egui::{Event, ImeEvent, Key};
use medication_notebook::MAX_CODE_BYTES;
use model::Monotonic;
use patient_history::{MAX_SEARCH_CHARS, MedicalText};
use std::time::Duration;
use zeroize::Zeroizing;

/// A reader types without a pause; after this long its code is complete.
pub(super) const PAUSE_US: u64 = 400_000;
/// A reader may end a code with one of these at once: ETX, EOT, SUB.
const ENDS: [char; 3] = ['\u{3}', '\u{4}', '\u{1a}'];

/// What has been typed of a code.
#[derive(Default)]
pub(super) struct Typed {
    text: Zeroizing<String>,
    last: Option<Monotonic>,
}

impl Typed {
    /// Takes the characters of this frame; gives the code when it is complete. What exceeds the limit of a code is not
    /// taken: the code is then refused as too large.
    pub(super) fn take_in(&mut self, ctx: &egui::Context, now: Monotonic) -> Option<Zeroizing<Vec<u8>>> {
        let before = self.text.len();
        let mut ended = false;
        ctx.input_mut(|input| {
            input.events.retain(|event| {
                let Some(typed) = characters(event) else { return true };
                ended |= typed.contains(ENDS);
                if self.text.len() <= MAX_CODE_BYTES {
                    self.text.push_str(&typed);
                }
                false
            });
        });
        if self.text.len() > before {
            self.last = Some(now);
        }
        let waited = now.since_us(self.last?).unwrap_or(PAUSE_US);
        if !ended && waited < PAUSE_US {
            ctx.request_repaint_after(Duration::from_micros(PAUSE_US - waited));
            return None;
        }
        self.last = None;
        let text = std::mem::take(&mut self.text);
        (!text.trim().is_empty()).then(|| Zeroizing::new(text.as_bytes().to_vec()))
    }

    pub(super) fn clear(&mut self) {
        if self.last.take().is_some() {
            self.text = Zeroizing::default();
        }
    }
}

/// What an event types; none when it is not typing. The releases of keys type nothing.
fn characters(event: &Event) -> Option<Zeroizing<String>> {
    let text = match event {
        Event::Text(text) | Event::Paste(text) | Event::Ime(ImeEvent::Commit(text)) => text.as_str(),
        Event::Key { pressed: false, .. } => "",
        Event::Key { key: Key::Enter, .. } => "\n",
        Event::Key { key: Key::Escape, .. } => "\u{1b}",
        Event::Key { key: Key::CloseBracket, modifiers, .. } if modifiers.ctrl => "\u{1d}",
        // The character of any other key arrives as text.
        Event::Key { .. } => "",
        _ => return None,
    };
    Some(Zeroizing::new(text.to_owned()))
}

/// Words of a search: a keyboard adds to them, never needed.
pub(super) fn search(ctx: &egui::Context, text: &mut MedicalText) {
    let mut words = Zeroizing::new(text.as_str().to_owned());
    ctx.input(|input| {
        for event in &input.events {
            match event {
                Event::Text(typed) | Event::Paste(typed) | Event::Ime(ImeEvent::Commit(typed)) => {
                    words.extend(typed.chars().filter(|c| !c.is_control()));
                }
                Event::Key { key: Key::Backspace, pressed: true, .. } => {
                    words.pop();
                }
                _ => {}
            }
        }
    });
    if words.as_str() != text.as_str() {
        let kept: String = words.chars().take(MAX_SEARCH_CHARS).collect();
        *text = MedicalText::new(kept);
    }
}
