//! `sim run --bare`: the bare model, timed.

use super::RunArgs;
use crate::engine::stats::Estimate;
use crate::report::{Figure, Report, ScenarioText, Section};
use crate::scenario::Scenario;
use crate::world::BareWorld;
use anyhow::{Context, Result};

/// Runs that are timed; the first warms up and is not counted.
const ROUNDS: u64 = 6;

pub(super) fn run(scenario: &Scenario, args: &RunArgs) -> Result<bool> {
    let world = BareWorld::of(scenario);
    if let Some(path) = &args.bare_world {
        let text = serde_json::to_string(&world).context("write the bare world")?;
        #[expect(clippy::disallowed_methods, reason = "this is a program")]
        std::fs::write(path, text).with_context(|| format!("write {}", path.display()))?;
    }
    let mut speeds = Vec::new();
    let mut last = None;
    for round in 0..ROUNDS {
        let begun = super::now();
        last = Some(world.run(scenario.seed + round).context("expected units and places in the scenario")?);
        if round > 0 {
            speeds.push(world.calls as f64 / begun.elapsed().as_secs_f64());
        }
    }
    let mut report =
        Report::new(format!("{} bare: the nearest free unit, no hospital choice", scenario.name), Some(scenario.seed));
    report.scenario = Some(ScenarioText { name: scenario.name.clone(), text: String::new() });
    let speed = Estimate::of(&speeds, 0.95);
    let figure = Figure {
        name: "calls in a second".to_owned(),
        value: speed.mean,
        unit: String::new(),
        half_width: speed.half_width,
    };
    report.figures.push(figure);
    if let Some(outcome) = last {
        report.figure("calls", outcome.calls as f64, "").figure("units", world.stations.len() as f64, "");
        report.figure("drive to the scene, mean", outcome.drive_minutes, "min");
        report.figure("utilisation", outcome.utilisation * 100.0, "%").figure(
            "calls that found no unit",
            outcome.lost as f64,
            "",
        );
    }
    report.section(Section::new("Beside SimPy").text(
        "sim/benches/bare_simpy.py runs the same model, with the same grid, over the world that --bare-world writes, and prints its calls \
         in a second; both begin with all units free. The ratio is only of one machine, alternating.",
    ));
    report.deliver(&args.output)
}
