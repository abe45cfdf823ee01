//! Which server to dial: a healthy one, by chance among equals, so that a fleet spreads by itself.

use std::net::SocketAddr;

/// A server that failed is as good as the others again after so many other failures: no list of the dead is kept.
const FAILURES_MAX: u32 = 8;

/// The servers and what is known of each.
pub(super) struct Servers(Vec<Server>);

struct Server {
    address: SocketAddr,
    /// How often it has failed in a row.
    failures: u32,
    /// It has said that it answers previews.
    previews: bool,
}

/// A server to dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Choice {
    pub(super) server: SocketAddr,
    /// It answers previews.
    pub(super) previews: bool,
}

impl Servers {
    pub(super) fn new(addresses: &[SocketAddr]) -> Self {
        Self(addresses.iter().map(|address| Server { address: *address, failures: 0, previews: false }).collect())
    }

    /// One of those that failed least, other than `not` where there is a choice. `random` is any number.
    pub(super) fn choose(&self, not: Option<SocketAddr>, random: u64) -> Option<Choice> {
        let others = || self.0.iter().filter(|server| Some(server.address) != not);
        let fewest = others().map(|server| server.failures).min();
        let best: Vec<&Server> = match fewest {
            Some(fewest) => others().filter(|server| server.failures == fewest).collect(),
            None => self.0.iter().collect(),
        };
        let chosen = usize::try_from(random % best.len().max(1) as u64).unwrap_or(0);
        best.get(chosen).map(|server| Choice { server: server.address, previews: server.previews })
    }

    pub(super) fn failed(&mut self, address: SocketAddr) {
        if let Some(server) = self.find(address) {
            server.failures = server.failures.saturating_add(1);
        }
        if self.0.iter().any(|server| server.failures > FAILURES_MAX) {
            self.0.iter_mut().for_each(|server| server.failures /= 2);
        }
    }

    /// It said Welcome, and whether it answers previews.
    pub(super) fn stood(&mut self, address: SocketAddr, previews: bool) {
        if let Some(server) = self.find(address) {
            server.failures = 0;
            server.previews = previews;
        }
    }

    fn find(&mut self, address: SocketAddr) -> Option<&mut Server> {
        self.0.iter_mut().find(|server| server.address == address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn address(n: u8) -> SocketAddr {
        ([192, 0, 2, n], 4433).into()
    }

    #[test]
    fn chance_spreads_and_health_decides() {
        let mut servers = Servers::new(&[address(1), address(2), address(3)]);
        let one = |n| Some(Choice { server: address(n), previews: false });
        let chosen: BTreeSet<_> = (0..30).filter_map(|random| servers.choose(None, random)).collect();
        assert_eq!(chosen.len(), 3);
        servers.failed(address(1));
        servers.failed(address(3));
        assert!((0..30).all(|random| servers.choose(None, random) == one(2)));
        assert!((0..30).all(|random| servers.choose(Some(address(2)), random) != one(2)));
        servers.stood(address(1), true);
        let chosen: BTreeSet<_> = (0..30).filter_map(|random| servers.choose(None, random)).collect();
        assert_eq!(
            chosen,
            [Choice { server: address(1), previews: true }, Choice { server: address(2), previews: false }].into()
        );
    }

    #[test]
    fn the_only_server_is_dialled_again_whatever_happened() {
        let mut servers = Servers::new(&[address(1)]);
        (0..100).for_each(|_| servers.failed(address(1)));
        assert_eq!(servers.choose(Some(address(1)), 7).map(|choice| choice.server), Some(address(1)));
        assert_eq!(Servers::new(&[]).choose(None, 7), None);
    }

    #[test]
    fn nobody_is_dead_for_ever() {
        let mut servers = Servers::new(&[address(1), address(2)]);
        (0..5).for_each(|_| servers.failed(address(1)));
        (0..50).for_each(|_| servers.failed(address(2)));
        assert_eq!(servers.choose(None, 0).map(|choice| choice.server), Some(address(1)));
    }
}
