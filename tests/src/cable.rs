//! A card reader that can be unplugged: a daemon of its own with this crate's driver (`examples/cable_driver.rs`), and the
//! other end of its cable.

use crate::soon;
use sim::card::{Plugged, carry};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tokio::net::TcpListener;
use virtual_card::VirtualCard;

/// The driver, as cargo names it.
const DRIVER: &str = "libcable_driver.so";

/// See the module. The cable is out at first.
pub struct Cable {
    port: u16,
    configuration: TempDir,
}

impl Cable {
    /// A cable that leads to no reader, and the configuration of a daemon that would find one there.
    pub async fn new() -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let configuration = tempfile::tempdir().unwrap();
        let text = format!(
            "FRIENDLYNAME \"Reader on a cable\"\nDEVICENAME /dev/null:{port}\nLIBPATH {}\nCHANNELID 1\n",
            driver().display()
        );
        std::fs::write(configuration.path().join("cable"), text).unwrap();
        Self { port, configuration }
    }

    /// The configuration's folder.
    #[must_use]
    pub fn configuration(&self) -> &Path {
        self.configuration.path()
    }

    /// Plugs the cable in, with a card on the reader: the driver finds it at its next look. Dropping what comes back pulls
    /// the cable.
    pub async fn plug_in(&self, card: VirtualCard) -> Plugged {
        let end = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await.unwrap();
        let (socket, _) = soon("the driver finds the reader", end.accept()).await.unwrap();
        // From here on a cable that is pulled stays out: nothing listens any more.
        drop(end);
        let socket = socket.into_std().unwrap();
        socket.set_nonblocking(false).unwrap();
        carry(card, socket).unwrap()
    }
}

/// Built beside the tests.
fn driver() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let built = own.parent().and_then(Path::parent).unwrap().join("examples").join(DRIVER);
    assert!(built.exists(), "{} is not built: cargo build -p system-tests --examples", built.display());
    built
}
