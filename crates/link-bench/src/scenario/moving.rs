//! A change of address: the tablet leaves one network for another, 100 ms there and back, nothing lost. How many round
//! trips until the first answer?

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use lossy_link::Profile;
use quic_link::LinkConfig;

use crate::bed::{Bed, Installation, moment, pause};
use crate::figures::{Latencies, Spread, ms};
use crate::ours::{self, Tablet};
use crate::radio::Radio;
use crate::report::{Row, say};
use crate::{Plan, question, required};

const RTT: Duration = Duration::from_millis(100);
/// Moves in each round: 100 cases in the usual 5 rounds.
const MOVES: u8 = 20;
/// The first answer that is meant to fit what an unproved address may be sent.
const ANSWER_BYTES: usize = 3_000;
/// Between two moves: the former one is over on both sides.
const PAUSE: Duration = Duration::from_millis(400);
/// Questions before the first move: the link knows its path then, as it does in the field.
const WARM_UP: usize = 10;

pub(crate) fn run(plan: Plan) -> Result<Vec<Row>> {
    let installation = Installation::new()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let (mut noticed, mut unnoticed) = (Vec::new(), Vec::new());
    for round in 0..plan.rounds {
        let seed = plan.seed + u64::from(round);
        let (still, moved) = ours(&installation, seed)?;
        let forgotten = runtime.block_on(forgotten(&installation, seed))?;
        let figures = |of: &Latencies| format!("{:.0}/{:.0}", of.percentile_ms(50), of.percentile_ms(95));
        say(&format!(
            "move, round {}: first answer p50/p95 {} ms, unnoticed {} ms, without a move {} ms",
            round + 1,
            figures(&moved),
            figures(&forgotten),
            figures(&still),
        ));
        noticed.push(moved);
        unnoticed.push(forgotten);
    }
    let aware = "first answer after a change of address";
    let unaware = "the same when the tablet does not notice";
    Ok(vec![
        row(aware, 50, &noticed),
        row(aware, 95, &noticed).at_most(required::FIRST_ANSWER_RTTS, None),
        row(unaware, 50, &unnoticed),
        row(unaware, 95, &unnoticed),
    ])
}

fn row(figure: &str, percent: usize, rounds: &[Latencies]) -> Row {
    Row {
        scenario: "move",
        figure: format!("{figure}, p{percent}"),
        unit: "RTT",
        ours: Spread::of(rounds.iter().map(|moved| moved.percentile_ms(percent) / ms(RTT))),
        peer: None,
        ratio: None,
        limit: None,
        count: rounds.iter().map(Latencies::count).sum(),
    }
}

/// Answers right after the network has forgotten the tablet's address: nobody tells the link.
async fn forgotten(installation: &Arc<Installation>, seed: u64) -> Result<Latencies> {
    let radio = Radio::new(installation, Profile::delayed(RTT), seed)?;
    let tablet = radio.connect().await.context("connecting the tablet")?;
    for _ in 0..WARM_UP {
        radio.timed(&tablet, ANSWER_BYTES).await?;
    }
    let mut first = Vec::new();
    for _ in 0..MOVES {
        radio.forget_address()?;
        first.push(radio.timed(&tablet, ANSWER_BYTES).await?);
        pause(PAUSE).await;
    }
    Ok(Latencies::new(first))
}

/// Answers without and right after a move.
fn ours(installation: &Arc<Installation>, seed: u64) -> Result<(Latencies, Latencies)> {
    let bed = Bed::new(Profile::delayed(RTT), seed)?;
    let (at_server, at_tablet) = (installation.clone(), installation.clone());
    bed.far(async move { ours::serve(&at_server, LinkConfig::default()) })?;
    let (tablet, still) = bed.near(async move {
        let tablet = Tablet::connect(&at_tablet, &LinkConfig::default()).await.context("connecting the tablet")?;
        let mut still = Vec::new();
        for _ in 0..WARM_UP {
            still.push(timed(&tablet).await?);
        }
        Ok((Arc::new(tablet), still))
    })?;
    let mut moved = Vec::new();
    for network in 1..=MOVES {
        bed.link.move_near(network).context("giving the tablet another address")?;
        let tablet = tablet.clone();
        moved.push(bed.near(async move {
            tablet.move_away()?;
            let first = timed(&tablet).await?;
            pause(PAUSE).await;
            Ok(first)
        })?);
    }
    Ok((Latencies::new(still), Latencies::new(moved)))
}

async fn timed(tablet: &Tablet) -> Result<Duration> {
    let asked = moment();
    let answer = tablet.ask(question::ask_for(ANSWER_BYTES)).await?;
    anyhow::ensure!(answer.len() == ANSWER_BYTES, "an answer of {} bytes", answer.len());
    Ok(asked.elapsed())
}
