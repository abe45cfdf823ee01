//! Duty rosters (輪番) of one edition, so that the few turns of one moment are found among a year's.

use super::Turn;
use model::{Capability, HospitalId, Timestamp};
use std::collections::BTreeSet;

type Service = Option<Capability>;

/// A year's turns.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rota {
    /// Sorted by beginning.
    turns: Vec<Turn>,
    /// Length of the longest one, microseconds: no turn that began earlier than this can still run.
    longest: i64,
    /// Everybody who has any turn, with service and roster.
    members: BTreeSet<(HospitalId, Service, String)>,
}

/// The turns that run at one moment.
#[derive(Clone, Debug, Default)]
pub(super) struct Running<'a> {
    on: BTreeSet<(HospitalId, Service)>,
    rosters: BTreeSet<(&'a str, Service)>,
}

impl Rota {
    pub(super) fn new(mut turns: Vec<Turn>) -> Self {
        turns.sort_by_key(|turn| (turn.from, turn.hospital, turn.capability));
        let longest = turns.iter().map(|t| t.until.since_us(t.from)).max().unwrap_or_default();
        let members = turns.iter().map(|t| (t.hospital, t.capability, t.roster.clone())).collect();
        Self { turns, longest, members }
    }

    pub(super) const fn len(&self) -> usize {
        self.turns.len()
    }

    pub(super) fn members(&self) -> impl Iterator<Item = HospitalId> {
        self.members.iter().map(|(hospital, ..)| *hospital)
    }

    pub(super) fn running(&self, at: Timestamp) -> Running<'_> {
        let first = self.turns.partition_point(|t| at.since_us(t.from) > self.longest);
        let now = self.turns.iter().skip(first).take_while(|t| t.from <= at).filter(|t| at < t.until);
        let mut running = Running::default();
        for turn in now {
            running.on.insert((turn.hospital, turn.capability));
            running.rosters.insert((&turn.roster, turn.capability));
        }
        running
    }

    /// Whether another hospital has the turn in a roster that this one belongs to, and it has not.
    pub(super) fn is_off(&self, running: &Running<'_>, hospital: HospitalId, service: Service) -> bool {
        let first = (hospital, service, String::new());
        let rosters = self.members.range(first..).take_while(|(h, s, _)| (*h, *s) == (hospital, service));
        !running.is_on(hospital, service)
            && rosters.into_iter().any(|(_, _, roster)| running.rosters.contains(&(roster.as_str(), service)))
    }
}

impl Running<'_> {
    pub(super) fn is_on(&self, hospital: HospitalId, service: Service) -> bool {
        self.on.contains(&(hospital, service))
    }
}
