//! A bad link for any protocol: two network namespaces, a TUN device in each, and a relay between the devices.

mod namespace;
mod relay;
mod sys;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::thread::JoinHandle;

use model::RngStreams;

use crate::counts::Counts;
use crate::profile::Profile;
pub use namespace::Namespace;
use relay::Relay;

/// The address of the near end, where clients are.
pub const NEAR: Ipv4Addr = Ipv4Addr::new(10, 98, 0, 1);
/// The address of the far end, where the server is.
pub const FAR: Ipv4Addr = Ipv4Addr::new(10, 98, 0, 2);

/// Name of the device in both namespaces.
const DEVICE: &str = "bad0";
/// Largest packet of the link: that of many mobile networks.
const MTU_BYTES: u16 = 1_400;

/// Two network namespaces joined by a bad link. They have no names and leave nothing behind: they end with this, and
/// with the last socket inside them.
///
/// Needs root, or `unshare --user --map-root-user --net`.
pub struct TunLink {
    near: Namespace,
    far: Namespace,
    relay: Arc<Relay>,
    thread: Option<JoinHandle<()>>,
}

impl TunLink {
    /// Makes both ends and begins to carry. `up` of the profile is from the near end to the far one.
    ///
    /// # Errors
    /// No right to make network namespaces or devices, no `/dev/net/tun`, no `ip` command.
    pub fn start(profile: Profile, seed: u64) -> io::Result<Self> {
        let (near, near_device) = Namespace::with_device(DEVICE, NEAR, MTU_BYTES)?;
        let (far, far_device) = Namespace::with_device(DEVICE, FAR, MTU_BYTES)?;
        let relay = Arc::new(Relay::new([near_device, far_device], profile, &RngStreams::from_u64(seed)));
        let thread = Some(relay::spawn(&relay)?);
        Ok(Self { near, far, relay, thread })
    }

    /// The end where clients are, at [`NEAR`].
    pub const fn near(&self) -> &Namespace {
        &self.near
    }

    /// The end where the server is, at [`FAR`].
    pub const fn far(&self) -> &Namespace {
        &self.far
    }

    /// From now on, another link. What is on its way stays on its way.
    pub fn set_profile(&self, profile: Profile) {
        self.relay.set_profile(profile);
    }

    /// Lets nothing pass in either direction, until it is taken back.
    pub fn blackout(&self, on: bool) {
        self.relay.set_blackout(on);
    }

    /// Gives the near end one more address, `10.98.N.1`, and makes it the one that new sockets speak from: the tablet has
    /// changed its network. Sockets that exist keep theirs.
    ///
    /// # Errors
    /// The `ip` command failed.
    pub fn move_near(&self, network: u8) -> io::Result<Ipv4Addr> {
        let address = Ipv4Addr::new(10, 98, network, 1);
        self.near.run(|| {
            if network != 0 {
                namespace::ip(&["addr", "replace", &format!("{address}/32"), "dev", DEVICE])?;
            }
            let far = FAR.to_string();
            namespace::ip(&["route", "replace", &far, "dev", DEVICE, "src", &address.to_string()])
        })?;
        self.far.run(|| namespace::ip(&["route", "replace", &format!("{address}/32"), "dev", DEVICE]))?;
        Ok(address)
    }

    /// What was done to packets up to now.
    pub fn counts(&self) -> Counts {
        self.relay.counts()
    }
}

impl Drop for TunLink {
    fn drop(&mut self) {
        self.relay.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("the link's relay had failed");
        }
    }
}

#[cfg(test)]
mod tests;
