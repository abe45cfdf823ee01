//! How far an import is, on standard error while it is a terminal.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::Read;
use std::time::Duration;

/// Between two turns of the sign that something is done.
const TURN: Duration = Duration::from_millis(100);

/// Shown until it is dropped.
pub(super) struct Bar(ProgressBar);

impl Bar {
    /// So many bytes will be read.
    pub(super) fn bytes(what: &'static str, total: u64) -> Self {
        let bar = ProgressBar::new(total).with_message(what);
        // A template that is not understood leaves the plain bar.
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {bytes}/{total_bytes} {eta}") {
            bar.set_style(style);
        }
        Self(bar)
    }
    /// Something without a known end.
    pub(super) fn spinner(what: String) -> Self {
        let bar = ProgressBar::new_spinner().with_message(what);
        bar.enable_steady_tick(TURN);
        Self(bar)
    }
    /// Counts what is read.
    pub(super) fn reader(&self, from: impl Read + Send) -> impl Read + Send {
        self.0.wrap_read(from)
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
