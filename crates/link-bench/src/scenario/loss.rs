//! Random loss: 40 connections, each with 8 questions at a time, through 5 % loss each way and 100 ms there and back.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use futures::future::try_join_all;
use lossy_link::Profile;
use quic_link::LinkConfig;

use crate::bed::{Bed, Installation, moment, pause};
use crate::figures::{Latencies, Spread};
use crate::ours::{self, Tablet};
use crate::peer::{self, Peer};
use crate::report::{Row, say};
use crate::{Plan, question, required, settings};

const RTT: Duration = Duration::from_millis(100);
const LOSS: f64 = 0.05;
const CONNECTIONS: usize = 40;
const PARALLEL: usize = 8;
/// Between an answer and the next question of the same asker.
const PAUSE: Duration = Duration::from_millis(200);
/// Questions begin for so long in each round.
const WINDOW: Duration = Duration::from_secs(8);
/// A page of history, and the first answer that is meant to fit what a new path may carry.
const ANSWER_BYTES: [usize; 2] = [4_096, 3_000];

pub(crate) fn run(plan: Plan) -> Result<Vec<Row>> {
    let installation = Installation::new()?;
    let mut rows = Vec::new();
    for answer_bytes in ANSWER_BYTES {
        let settings = if plan.settings { settings::windows() } else { Vec::new() };
        let mut beside_grpc = Vec::new();
        let mut beside_setting = vec![Vec::new(); settings.len()];
        for round in 0..plan.rounds {
            let seed = plan.seed + u64::from(round);
            let ours = ours(&installation, &LinkConfig::default(), answer_bytes, seed)?;
            let peer = peer(&installation, answer_bytes, seed)?;
            say(&format!("loss {answer_bytes} B, round {}: {}, gRPC {}", round + 1, line(&ours), line(&peer)));
            for ((name, config), pairs) in settings.iter().zip(&mut beside_setting) {
                let other = self::ours(&installation, config, answer_bytes, seed)?;
                say(&format!("  {name}: {}", line(&other)));
                pairs.push((ours.clone(), other));
            }
            beside_grpc.push((ours, peer));
        }
        let limits = [(50, Some(required::LOSS_P50_RATIO)), (90, None), (99, Some(required::LOSS_P99_RATIO))];
        rows.extend(limits.map(|(percent, limit)| judge(answer_bytes, percent, limit, "gRPC", &beside_grpc)));
        for ((name, _), pairs) in settings.iter().zip(&beside_setting) {
            rows.extend([50, 99].map(|percent| judge(answer_bytes, percent, None, name, pairs)));
        }
    }
    Ok(rows)
}

fn line(of: &Latencies) -> String {
    let figures = [50, 90, 99].map(|percent| format!("{:.0}", of.percentile_ms(percent))).join("/");
    format!("p50/p90/p99 {figures} ms ({} answers)", of.count())
}

type Pair = (Latencies, Latencies);

fn judge(answer_bytes: usize, percent: usize, limit: Option<f64>, beside: &str, rounds: &[Pair]) -> Row {
    let pairs = || rounds.iter().map(|(ours, peer)| (ours.percentile_ms(percent), peer.percentile_ms(percent)));
    let row = Row {
        scenario: "loss",
        figure: format!("answer of {answer_bytes} B, p{percent}, beside {beside}"),
        unit: "ms",
        ours: Spread::of(pairs().map(|(ours, _)| ours)),
        peer: Some(Spread::of(pairs().map(|(_, peer)| peer))),
        ratio: Some(Spread::of(pairs().map(|(ours, peer)| ours / peer))),
        limit: None,
        count: rounds.iter().map(|(ours, _)| ours.count()).sum(),
    };
    match limit {
        Some(limit) => row.at_most(limit, Some(required::LOSS_GOAL_RATIO)),
        None => row,
    }
}

fn ours(installation: &Arc<Installation>, config: &LinkConfig, answer_bytes: usize, seed: u64) -> Result<Latencies> {
    let bed = Bed::new(Profile::lossy(RTT, LOSS), seed)?;
    let (at_server, at_tablets) = (installation.clone(), installation.clone());
    let (server, config) = (config.clone(), config.clone());
    bed.far(async move { ours::serve(&at_server, server) })?;
    bed.near(async move {
        let connecting = (0..CONNECTIONS).map(|_| Tablet::connect(&at_tablets, &config));
        let tablets = try_join_all(connecting).await.context("connecting the tablets")?;
        let tablets: Vec<_> = tablets.into_iter().map(Arc::new).collect();
        load(&tablets, answer_bytes, |tablet, question| async move { tablet.ask(question).await }).await
    })
}

fn peer(installation: &Arc<Installation>, answer_bytes: usize, seed: u64) -> Result<Latencies> {
    let bed = Bed::new(Profile::lossy(RTT, LOSS), seed)?;
    let (at_server, at_clients) = (installation.clone(), installation.clone());
    bed.far(async move { peer::serve(&at_server).await })?;
    bed.near(async move {
        let connecting = (0..CONNECTIONS).map(|_| Peer::connect(&at_clients));
        let peers = try_join_all(connecting).await.context("connecting the gRPC clients")?;
        load(&peers, answer_bytes, |peer, question| async move { peer.ask(question).await }).await
    })
}

/// Every asker of every connection asks, waits, pauses. A question that has begun in time counts however late its answer.
async fn load<C, F>(connections: &[C], answer_bytes: usize, ask: impl Fn(C, Bytes) -> F) -> Result<Latencies>
where
    C: Clone,
    F: Future<Output = Result<Bytes>>,
{
    let (question, ask) = (question::ask_for(answer_bytes), &ask);
    let begun = moment();
    let askers = connections.iter().flat_map(|connection| std::iter::repeat_n(connection, PARALLEL));
    let asking = askers.map(|connection| {
        let question = question.clone();
        async move {
            let mut latencies = Vec::new();
            while begun.elapsed() < WINDOW {
                let asked = moment();
                let answer = ask(connection.clone(), question.clone()).await?;
                anyhow::ensure!(answer.len() == answer_bytes, "an answer of {} bytes", answer.len());
                latencies.push(asked.elapsed());
                pause(PAUSE).await;
            }
            Ok(latencies)
        }
    });
    Ok(Latencies::new(try_join_all(asking).await?.concat()))
}
