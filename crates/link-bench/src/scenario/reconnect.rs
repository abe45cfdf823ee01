//! A reconnect to a server that the tablet knows: 100 ms there and back, nothing lost. A question that changes nothing
//! travels with the first packet. How many round trips until its answer, from the dialling on?

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use lossy_link::Profile;
use quic_link::LinkConfig;

use crate::bed::{Bed, Installation, moment, pause};
use crate::figures::{Latencies, Spread, ms};
use crate::ours::{self, Dialler};
use crate::peer::{self, Peer};
use crate::report::{Row, say};
use crate::{Plan, question, required};

const RTT: Duration = Duration::from_millis(100);
/// Reconnects in each round: 100 cases in the usual 5 rounds.
const RECONNECTS: usize = 20;
/// A suggestion; what an unproved address may be sent bounds it.
const ANSWER_BYTES: usize = 3_000;
/// Between two connections: tickets have come, the former one is closed.
const PAUSE: Duration = Duration::from_millis(300);

pub(crate) fn run(plan: Plan) -> Result<Vec<Row>> {
    let installation = Installation::new()?;
    let mut rounds = Vec::new();
    for round in 0..plan.rounds {
        let seed = plan.seed + u64::from(round);
        let (ours, peer) = (ours(&installation, seed)?, peer(&installation, seed)?);
        let figures = |of: &Latencies| format!("p50/p95 {:.0}/{:.0} ms", of.percentile_ms(50), of.percentile_ms(95));
        say(&format!("reconnect, round {}: first answer {}, gRPC {}", round + 1, figures(&ours), figures(&peer)));
        rounds.push((ours, peer));
    }
    let row = |percent| {
        let pairs = || rounds.iter().map(|(ours, peer)| (ours.percentile_ms(percent), peer.percentile_ms(percent)));
        Row {
            scenario: "reconnect",
            figure: format!("first answer after a reconnect, from dialling, p{percent}"),
            unit: "RTT",
            ours: Spread::of(pairs().map(|(ours, _)| ours / ms(RTT))),
            peer: Some(Spread::of(pairs().map(|(_, peer)| peer / ms(RTT)))),
            ratio: None,
            limit: None,
            count: rounds.iter().map(|(ours, _)| ours.count()).sum(),
        }
    };
    Ok(vec![row(50), row(95).at_most(required::FIRST_ANSWER_RTTS, None)])
}

fn ours(installation: &Arc<Installation>, seed: u64) -> Result<Latencies> {
    let bed = Bed::new(Profile::delayed(RTT), seed)?;
    let (at_server, at_tablet) = (installation.clone(), installation.clone());
    bed.far(async move { ours::serve(&at_server, LinkConfig::default()) })?;
    bed.near(async move {
        let dialler = Dialler::new(&at_tablet, &LinkConfig::default())?;
        let mut first = Vec::new();
        let (mut early, mut strangers) = (0, 0);
        for _ in 0..=RECONNECTS {
            let begun = moment();
            let (tablet, unconfirmed) = dialler.dial().await?;
            let answer = ours::ask(&tablet, question::ask_for(ANSWER_BYTES)).await.context("the first answer")?;
            first.push(begun.elapsed());
            anyhow::ensure!(answer.len() == ANSWER_BYTES, "an answer of {} bytes", answer.len());
            match unconfirmed {
                Some(unconfirmed) => early += usize::from(unconfirmed.confirm(&tablet).await?),
                None => strangers += 1,
            }
            pause(PAUSE).await;
            tablet.close(quic_link::CloseCode::DONE, "");
        }
        // The very first one knew no server; it does not count.
        anyhow::ensure!(
            (early, strangers) == (RECONNECTS, 1),
            "{early} of {RECONNECTS} reconnects sent early data that was taken"
        );
        Ok(Latencies::new(first.split_off(1)))
    })
}

fn peer(installation: &Arc<Installation>, seed: u64) -> Result<Latencies> {
    let bed = Bed::new(Profile::delayed(RTT), seed)?;
    let (at_server, at_client) = (installation.clone(), installation.clone());
    bed.far(async move { peer::serve(&at_server).await })?;
    bed.near(async move {
        let mut first = Vec::new();
        for _ in 0..RECONNECTS {
            let begun = moment();
            let peer = Peer::connect(&at_client).await?;
            peer.ask(question::ask_for(ANSWER_BYTES)).await?;
            first.push(begun.elapsed());
            pause(PAUSE).await;
        }
        Ok(Latencies::new(first))
    })
}
