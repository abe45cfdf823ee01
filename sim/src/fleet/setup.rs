//! What is run: the scenario with what the command line changed, checked.

use super::call::Call;
use super::plan::{Rate, Station, calls, stations};
use super::{FleetArgs, OutboxKind, radio, saturate};
use crate::light::{raise_open_files, units_per_socket};
use crate::scenario::{Scenario, Span};
use anyhow::{Context, Result, ensure};
use dispatch_server::admin::FLEET_MAX;
use std::path::Path;

/// Units of a scenario that says nothing: the ambulances of Japan with a card reader in 2025.
const UNITS: usize = 5_334;
/// Most units with outboxes on disk: each has three files open.
const SQLITE_MAX: usize = 200;
/// Files of one outbox on disk: database, journal, shared memory.
const FILES_OF_AN_OUTBOX: usize = 3;
/// What recorded calls know nothing of: as the nation is, and no limit but those that always hold.
const OF_REPLAY: &str =
    "name = \"replay\"\nstart = \"2026-01-15T10:00:00+09:00\"\nduration = \"1m\"\n[radio]\nprofile = \"clean\"\n";
/// A minute is a second.
const PACE: f64 = 60.0;
/// Six seconds and the ten that a tablet waits before it wipes a history are then a transport.
const PACE_SATURATE: f64 = 600.0;

/// See the module.
pub struct Setup {
    pub(super) args: FleetArgs,
    pub(super) scenario: Scenario,
    pub(super) units: usize,
    pub(super) departments: usize,
    pub(super) units_per_socket: usize,
    pub(super) pace: f64,
    pub(super) calls: Vec<Call>,
    pub(super) stations: Vec<Station>,
}

impl Setup {
    /// Checks every number.
    ///
    /// # Errors
    /// A number that makes no sense.
    pub fn of(scenario: &Scenario, args: &FleetArgs) -> Result<Self> {
        let mut scenario = scenario.clone();
        scenario.seed = args.seed.unwrap_or(scenario.seed);
        scenario.warm_up = Span::default();
        // Patients of the whole scenario, however short the run is.
        let patients = scenario.clone();
        scenario.duration = args.duration.unwrap_or(scenario.duration);
        let of_scenario = scenario.fleet.units.and_then(|units| usize::try_from(units).ok());
        let units = args.units.or(of_scenario).unwrap_or(UNITS);
        scenario.fleet.units = u32::try_from(units).ok();
        let pace = args.pace.unwrap_or(if args.saturate { PACE_SATURATE } else { PACE });
        ensure!((1..=FLEET_MAX).contains(&units), "--units {units}: expected 1 to {FLEET_MAX}");
        ensure!(args.departments >= 1, "--departments: expected at least one");
        ensure!((0.1..=10_000.0).contains(&pace), "--pace: expected 0.1 to 10000, not {pace}");
        ensure!(
            args.rate.is_none_or(|rate| rate > 0.0 && rate <= 10_000.0),
            "--rate: expected calls a second, up to 10000"
        );
        ensure!(
            args.outbox == OutboxKind::Memory || units <= SQLITE_MAX,
            "--outbox sqlite: at most {SQLITE_MAX} units, not {units}"
        );
        let departments = args.departments.min(units);
        let wanted = if radio::is_played(&scenario) { 1 } else { args.per_socket.max(1) };
        let units_per_socket = open_files(args, units, wanted)?;
        let lasts = scenario.duration.duration();
        let calls = match (args.rate, args.saturate) {
            (_, true) => calls(&patients, Some(&saturate::rates())),
            (Some(per_second), false) => calls(&patients, Some(&[Rate { per_second, lasts }])),
            (None, false) => calls(&scenario, None),
        };
        ensure!(!calls.is_empty(), "the scenario calls nobody within {} s", lasts.as_secs());
        let stations = stations(&scenario, units, departments);
        Ok(Self { args: args.clone(), scenario, units, departments, units_per_socket, pace, calls, stations })
    }

    /// The same with these calls in place of the scenario's.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(crate) fn with_calls(args: &FleetArgs, calls: Vec<Call>) -> Result<Self> {
        ensure!(
            !args.saturate && args.rate.is_none(),
            "--saturate and --rate are for scenarios, not for recorded calls"
        );
        let scenario = Scenario::parse("replay", OF_REPLAY.as_bytes())?;
        let setup = Self::of(&scenario, args)?;
        let stations = near_calls(&calls, setup.units);
        Ok(Self { calls, stations, ..setup })
    }

    /// The scenario as it ran.
    pub(super) fn text(&self) -> String {
        toml::to_string_pretty(&self.scenario).unwrap_or_default()
    }
}

/// Units on one socket, as far as the limit of open files allows what was asked for.
fn open_files(args: &FleetArgs, units: usize, wanted: usize) -> Result<usize> {
    let outboxes = if args.outbox == OutboxKind::Sqlite { units * FILES_OF_AN_OUTBOX } else { 0 };
    // A desk's stream and its answers, a console's page and map, a department's dispatch system.
    let pages = args.desks * 2 + args.consoles * 2 + args.departments.min(units);
    let limit = raise_open_files();
    let others = outboxes + pages;
    ensure!(
        (others as u64) < limit,
        "desks, consoles, dispatch systems and outboxes need {others} open files, the limit is {limit}: raise it (`ulimit -n`)"
    );
    units_per_socket(units, others, wanted, limit)
}

/// Units of recorded calls wait where those calls were: unit n at the scene of call n, again from the first.
fn near_calls(calls: &[Call], units: usize) -> Vec<Station> {
    calls.iter().cycle().map(|call| Station { at: call.scene, people: u32::MAX }).take(units).collect()
}

/// A scenario that ships, or one in a file.
///
/// # Errors
/// A name that none has; a file that is none.
pub(super) fn scenario(name: &str) -> Result<Scenario> {
    let path = Path::new(name);
    if !path.exists() {
        return Ok(Scenario::shipped(name)?);
    }
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    let bytes = std::fs::read(path).with_context(|| format!("read {name}"))?;
    Ok(Scenario::parse(name, &bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        command: super::super::FleetCommand,
    }

    fn of(words: &[&str]) -> Result<Setup> {
        let words = std::iter::once("fleet").chain(words.iter().copied());
        let command = Line::try_parse_from(words)?.command;
        Setup::of(&scenario(&command.scenario)?, &command.args)
    }

    #[test]
    fn the_command_line_goes_before_the_scenario() {
        let setup = of(&["national-peak-x10", "--units", "40", "--duration", "20s", "--seed", "7"]).expect("a setup");
        assert_eq!((setup.units, setup.departments, setup.stations.len()), (40, 40, 40));
        assert!(setup.text().contains("seed = 7") && setup.text().contains("units = 40"), "{}", setup.text());
        assert!(setup.calls.iter().all(|call| call.at.as_secs() < 20));
    }

    #[test]
    fn a_short_run_at_a_rate_has_the_patients_of_the_whole_scenario() {
        let setup = of(&["radio-dead-valley", "--units", "4", "--duration", "15s", "--rate", "2"]).expect("a setup");
        assert!((8..60).contains(&setup.calls.len()), "{}", setup.calls.len());
        assert_eq!(setup.units_per_socket, 1, "units that lose the radio have sockets of their own");
    }

    #[test]
    fn numbers_that_make_no_sense_are_told() {
        let told = |words: &[&str]| of(words).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(told(&["--units", "0"]).contains("--units 0"));
        assert!(told(&["--units", "300", "--outbox", "sqlite"]).contains("at most 200"));
        assert!(told(&["--pace", "0"]).contains("--pace"));
        assert!(told(&["no-such-scenario"]).contains("national-day"));
    }
}
