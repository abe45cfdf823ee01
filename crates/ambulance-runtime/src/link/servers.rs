//! Which server to dial: a healthy one, by chance among equals, so that a fleet spreads by itself.

use std::net::SocketAddr;

/// A server that failed is as good as the others again after so many other failures: no list of the dead is kept.
const FAILURES_MAX: u32 = 8;

/// The servers with how often each has failed in a row.
pub(super) struct Servers(Vec<(SocketAddr, u32)>);

impl Servers {
    pub(super) fn new(addresses: &[SocketAddr]) -> Self {
        Self(addresses.iter().map(|address| (*address, 0)).collect())
    }

    /// One of those that failed least, other than `not` where there is a choice. `random` is any number.
    pub(super) fn choose(&self, not: Option<SocketAddr>, random: u64) -> Option<SocketAddr> {
        let others = || self.0.iter().filter(|(address, _)| Some(*address) != not);
        let Some(fewest) = others().map(|(_, failures)| *failures).min() else { return not };
        let best: Vec<_> = others().filter(|(_, failures)| *failures == fewest).collect();
        let chosen = usize::try_from(random % best.len().max(1) as u64).unwrap_or(0);
        best.get(chosen).map(|(address, _)| *address)
    }

    pub(super) fn failed(&mut self, address: SocketAddr) {
        if let Some((_, failures)) = self.0.iter_mut().find(|(known, _)| *known == address) {
            *failures = failures.saturating_add(1);
        }
        if self.0.iter().any(|(_, failures)| *failures > FAILURES_MAX) {
            self.0.iter_mut().for_each(|(_, failures)| *failures /= 2);
        }
    }

    pub(super) fn stood(&mut self, address: SocketAddr) {
        if let Some((_, failures)) = self.0.iter_mut().find(|(known, _)| *known == address) {
            *failures = 0;
        }
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
        let chosen: BTreeSet<_> = (0..30).filter_map(|random| servers.choose(None, random)).collect();
        assert_eq!(chosen.len(), 3);
        servers.failed(address(1));
        servers.failed(address(3));
        assert!((0..30).all(|random| servers.choose(None, random) == Some(address(2))));
        assert!((0..30).all(|random| servers.choose(Some(address(2)), random) != Some(address(2))));
        servers.stood(address(1));
        let chosen: BTreeSet<_> = (0..30).filter_map(|random| servers.choose(None, random)).collect();
        assert_eq!(chosen, [address(1), address(2)].into());
    }

    #[test]
    fn the_only_server_is_dialled_again_whatever_happened() {
        let mut servers = Servers::new(&[address(1)]);
        (0..100).for_each(|_| servers.failed(address(1)));
        assert_eq!(servers.choose(Some(address(1)), 7), Some(address(1)));
        assert_eq!(Servers::new(&[]).choose(None, 7), None);
    }

    #[test]
    fn nobody_is_dead_for_ever() {
        let mut servers = Servers::new(&[address(1), address(2)]);
        (0..5).for_each(|_| servers.failed(address(1)));
        (0..50).for_each(|_| servers.failed(address(2)));
        assert_eq!(servers.choose(None, 0), Some(address(1)));
    }
}
