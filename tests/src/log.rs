//! What this process logs, kept so that a test can search it.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

static LOG: OnceLock<Kept> = OnceLock::new();

/// Begins to keep everything from `debug` on, once per process.
pub fn keep() {
    LOG.get_or_init(|| {
        let kept = Kept::default();
        let writer = kept.clone();
        let builder = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG);
        builder.with_ansi(false).with_writer(move || writer.clone()).init();
        kept
    });
}

/// Everything logged so far.
#[must_use]
pub fn text() -> String {
    let bytes = LOG.get().map(|kept| kept.0.lock().unwrap().clone()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The newest lines that warn.
#[must_use]
pub fn warnings() -> String {
    let text = text();
    let lines: Vec<&str> = text.lines().filter(|l| l.contains(" WARN ") || l.contains("ERROR ")).collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
