//! Wrong sign-ins by address: guessing many names from one place is stopped, however many accounts it touches.

use super::limits::{ADDRESSES_MAX, WRONG_MINUTES, WRONG_PER_ADDRESS};
use model::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong tries by address, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<BTreeMap<IpAddr, VecDeque<Timestamp>>>);

impl Throttle {
    /// Whether this address may try now.
    pub(crate) fn may_try(&self, from: IpAddr, now: Timestamp) -> bool {
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let recent =
            table.get(&network(from)).map_or(0, |tries| tries.iter().filter(|at| is_recent(**at, now)).count());
        recent < WRONG_PER_ADDRESS
    }
    /// Remembers a wrong try.
    pub(crate) fn wrong(&self, from: IpAddr, now: Timestamp) {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() >= ADDRESSES_MAX && !table.contains_key(&network(from)) {
            table.retain(|_, tries| tries.back().is_some_and(|at| is_recent(*at, now)));
            let oldest = table.iter().min_by_key(|(_, tries)| tries.back().copied()).map(|(ip, _)| *ip);
            if let Some(oldest) = oldest.filter(|_| table.len() >= ADDRESSES_MAX) {
                table.remove(&oldest);
            }
        }
        let tries = table.entry(network(from)).or_default();
        tries.push_back(now);
        if tries.len() > WRONG_PER_ADDRESS {
            tries.pop_front();
        }
    }
}

fn is_recent(at: Timestamp, now: Timestamp) -> bool {
    at.plus_minutes(WRONG_MINUTES) > now
}

/// One subscriber: an IPv4 address, or an IPv6 /64.
fn network(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => {
            v6.to_ipv4_mapped().map_or_else(|| IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()), IpAddr::V4)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_stopped_and_let_in_again_later() {
        let throttle = Throttle::default();
        let (here, there): (IpAddr, IpAddr) = ("2001:db8::1".parse().expect("ip"), "192.0.2.1".parse().expect("ip"));
        let neighbour: IpAddr = "2001:db8::2".parse().expect("ip");
        let now = Timestamp::from_millis(1_800_000_000_000);
        for _ in 0..WRONG_PER_ADDRESS {
            assert!(throttle.may_try(here, now));
            throttle.wrong(here, now);
        }
        assert!(!throttle.may_try(here, now) && !throttle.may_try(neighbour, now) && throttle.may_try(there, now));
        assert!(throttle.may_try(here, now.plus_minutes(WRONG_MINUTES)));
    }
}
