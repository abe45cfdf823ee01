//! A look-up beside a draining backlog: 10 % loss, 300 ms there and back. How much longer does an answer of 4 kB take than
//! on the idle link?

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use delivery::MemoryStore;
use futures::future::try_join_all;
use lossy_link::Profile;

use crate::backlog::Writer;
use crate::bed::{Installation, pause};
use crate::figures::{Latencies, Spread};
use crate::radio::Radio;
use crate::report::{Row, say};
use crate::uplink::Uplink;
use crate::{Plan, required};

const RTT: Duration = Duration::from_millis(300);
const LOSS: f64 = 0.1;
const ANSWER_BYTES: usize = 4_096;
/// At once, each with a link of its own.
const TABLETS: u64 = 20;
/// Look-ups of each tablet in each round; it ends earlier when its backlog is gone.
const LOOKUPS: usize = 12;
const PAUSE: Duration = Duration::from_millis(200);
/// A fresh connection has found its pace.
const SETTLE: Duration = Duration::from_secs(2);

pub(crate) fn run(plan: Plan) -> Result<Vec<Row>> {
    let installation = Installation::new()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut rounds = Vec::new();
    for round in 0..plan.rounds {
        let seed = plan.seed + u64::from(round) * TABLETS;
        let idle = runtime.block_on(tablets(&installation, seed, false))?;
        let draining = runtime.block_on(tablets(&installation, seed, true))?;
        let figures = |of: &Latencies| {
            format!("p50/p95 {:.0}/{:.0} ms of {}", of.percentile_ms(50), of.percentile_ms(95), of.count())
        };
        say(&format!("drain, round {}: draining {}, idle {}", round + 1, figures(&draining), figures(&idle)));
        rounds.push((draining, idle));
    }
    let row = |percent| {
        let pairs = || rounds.iter().map(|(ours, idle)| (ours.percentile_ms(percent), idle.percentile_ms(percent)));
        let row = Row {
            scenario: "drain",
            figure: format!("answer of 4 kB while backlog drains, p{percent}, beside the idle link"),
            unit: "ms",
            ours: Spread::of(pairs().map(|(ours, _)| ours)),
            peer: Some(Spread::of(pairs().map(|(_, idle)| idle))),
            ratio: Some(Spread::of(pairs().map(|(ours, idle)| ours / idle))),
            limit: None,
            count: rounds.iter().map(|(ours, _)| ours.count()).sum(),
        };
        row.at_most(required::DRAIN_RATIO, None)
    };
    let rows = vec![row(50), row(95)];
    let enough = rounds.iter().all(|(draining, _)| draining.count() >= required::DRAIN_LOOKUPS);
    anyhow::ensure!(enough, "fewer than {} look-ups of a round fell into the draining", required::DRAIN_LOOKUPS);
    Ok(rows)
}

async fn tablets(installation: &Arc<Installation>, seed: u64, draining: bool) -> Result<Latencies> {
    let all = try_join_all((seed..seed + TABLETS).map(|seed| tablet(installation, seed, draining))).await?;
    Ok(Latencies::new(all.concat()))
}

async fn tablet(installation: &Arc<Installation>, seed: u64, draining: bool) -> Result<Vec<Duration>> {
    let radio = Radio::new(installation, Profile::lossy(RTT, LOSS), seed)?;
    let tablet = radio.connect().await.context("connecting through the bad link")?;
    let (store, mut writer) = (MemoryStore::new(), Writer::of_nobody(seed));
    if draining {
        writer.fill(&store).await?;
    }
    let uplink = Uplink::start(tablet.clone(), store).await?;
    pause(SETTLE).await;
    let mut latencies = Vec::new();
    for _ in 0..LOOKUPS {
        let latency = radio.timed(&tablet, ANSWER_BYTES).await?;
        if draining && uplink.progress().waiting == 0 {
            break;
        }
        latencies.push(latency);
        pause(PAUSE).await;
    }
    Ok(latencies)
}
