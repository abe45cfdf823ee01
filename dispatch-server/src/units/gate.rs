//! Before the handshake is over, what a tablet seems to say may be a copy of what it said earlier.

use tokio::sync::watch;

/// Open once the tablet has finished its handshake on this connection. Until then only previews are answered.
#[derive(Clone)]
pub(super) struct Gate(watch::Receiver<bool>);

/// Opens the gate.
pub(super) struct Key(watch::Sender<bool>);

impl Gate {
    pub(super) fn new(open: bool) -> (Key, Self) {
        let (key, gate) = watch::channel(open);
        (Key(key), Self(gate))
    }

    pub(super) fn is_open(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is open; false when it never will be.
    pub(super) async fn passed(&mut self) -> bool {
        self.0.wait_for(|open| *open).await.is_ok()
    }
}

impl Key {
    pub(super) fn open(&self) {
        self.0.send_replace(true);
    }
}
