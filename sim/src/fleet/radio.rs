//! The radio of the scenario, inside each unit's own socket: while the chain of `world` says that a unit has none, its packets vanish.

use super::Setup;
use super::tablet::Tablet;
use crate::engine::Streams;
use crate::light::{ordered, pass};
use crate::scenario::{RadioProfile, Scenario};
use crate::world::Radio;
use ambulance_runtime::SystemClock;
use model::Clock;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Between two looks at every unit's radio.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Whether the scenario's units are ever without radio: then each has a socket of its own.
pub(super) fn is_played(scenario: &Scenario) -> bool {
    let faults = &scenario.faults;
    scenario.radio.profile != RadioProfile::Clean || !faults.radio_cut.is_empty() || !faults.earthquake.is_empty()
}

/// How much longer a crew waits for anything where it may be without radio: the chain's stays are exponential, and more than
/// ten of the longest mean in a row come once in thousands.
pub(super) fn patience(scenario: &Scenario, pace: f64) -> Duration {
    if !is_played(scenario) {
        return Duration::ZERO;
    }
    let cuts = scenario.faults.radio_cut.iter().map(|cut| cut.lasts.duration());
    let quakes = scenario.faults.earthquake.iter().map(|quake| quake.radio_dark.duration());
    let longest = cuts.chain(quakes).max().unwrap_or_default();
    (scenario.radio.none_mountain.duration() * 10 + longest).div_f64(pace)
}

/// Cuts and restores every unit's path as the chain says, its times divided by the pace, until it is over; then everybody has radio.
pub(super) async fn play(
    setup: Arc<Setup>,
    tablets: Vec<Arc<Tablet>>,
    clock: SystemClock,
    mut over: watch::Receiver<bool>,
) {
    let streams = Streams::new(setup.scenario.seed, 0);
    let chain = |n: usize, tablet: Arc<Tablet>| {
        let people = setup.stations.get(n).map_or(u32::MAX, |station| station.people);
        (Radio::new(&setup.scenario, n, people, &streams), tablet)
    };
    let mut chains: Vec<_> = tablets.into_iter().enumerate().map(|(n, tablet)| chain(n, tablet)).collect();
    let begin_us = clock.monotonic().us;
    loop {
        tokio::select! {
            () = pass(LOOK_EVERY) => {}
            () = ordered(&mut over) => break,
        }
        let lived = Duration::from_micros(clock.monotonic().us.saturating_sub(begin_us)).mul_f64(setup.pace);
        let now = u64::try_from(lived.as_micros()).unwrap_or(u64::MAX);
        for (radio, tablet) in &mut chains {
            tablet.set_radio(radio.back_at(&setup.scenario, now, 0, tablet.place()) <= now);
        }
    }
    chains.iter().for_each(|(_, tablet)| tablet.set_radio(true));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_scenario_shares_sockets_and_a_valley_does_not() {
        let of = |name| Scenario::shipped(name).expect("ships");
        assert!(!is_played(&of("national-peak-x10")) && is_played(&of("radio-dead-valley")));
        assert_eq!(patience(&of("national-peak-x10"), 1.0), Duration::ZERO);
        assert!(patience(&of("radio-dead-valley"), 60.0) >= Duration::from_secs(60));
    }
}
