//! How fast a backlog drains: 10,000 entries through the real sender, a sealed outbox on disk, 50 ms there and back and the
//! real server's log, against the same entries sent one by one with an acknowledgement each.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use lossy_link::Profile;
use quic_link::StreamKind;
use wire::Entry;
use wire::codec::{decode, encode};
use wire::log::{LogFrame, LogReply};

use crate::backlog::{ENTRIES, Writer};
use crate::bed::moment;
use crate::figures::Spread;
use crate::product::Product;
use crate::report::{Row, say};
use crate::uplink::Uplink;
use crate::{Plan, required};

const RTT: Duration = Duration::from_millis(50);
/// Sent one by one; each takes a round trip and a commit, so that more would only take longer.
const ONE_BY_ONE: u32 = 100;

pub(crate) fn run(plan: Plan) -> Result<Vec<Row>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut rounds = Vec::new();
    for round in 0..plan.rounds {
        let seed = plan.seed + u64::from(round);
        let (batches, single) = (runtime.block_on(batches(seed))?, runtime.block_on(one_by_one(seed))?);
        say(&format!("drain-speed, round {}: {batches:.0} entries/s, one by one {single:.1}", round + 1));
        rounds.push((batches, single));
    }
    Ok(vec![
        Row {
            scenario: "drain-speed",
            figure: "entries per second in batches, beside one by one".to_owned(),
            unit: "1/s",
            ours: Spread::of(rounds.iter().map(|(batches, _)| *batches)),
            peer: Some(Spread::of(rounds.iter().map(|(_, single)| *single))),
            ratio: Some(Spread::of(rounds.iter().map(|(batches, single)| batches / single))),
            limit: None,
            count: rounds.len(),
        }
        .at_least(required::DRAIN_TIMES),
    ])
}

/// Entries per second of the whole backlog.
async fn batches(seed: u64) -> Result<f64> {
    let product = Product::start(Profile::delayed(RTT), seed).await?;
    let store = product.outbox().await?;
    Writer::new(product.identity, seed).fill(&store).await?;
    let tablet = product.connect().await?;
    let begun = moment();
    let uplink = Uplink::start(tablet.connection.clone(), store).await?;
    uplink.drained().await?;
    let took = begun.elapsed();
    product.server.stop().await;
    Ok(f64::from(u32::try_from(ENTRIES)?) / took.as_secs_f64())
}

/// The same without batches: an entry, its acknowledgement, the next.
async fn one_by_one(seed: u64) -> Result<f64> {
    let product = Product::start(Profile::delayed(RTT), seed).await?;
    let mut writer = Writer::new(product.identity, seed);
    let entries = (0..ONE_BY_ONE).map(|_| writer.next()).collect::<Result<Vec<Vec<Entry>>>>()?;
    let tablet = product.connect().await?;
    let (mut send, mut receive) = tablet.connection.open(StreamKind::Log, 0).await?;
    let begun = moment();
    for entry in entries.into_iter().flatten() {
        let name = (entry.log, entry.seq);
        send.send(&encode(&LogFrame::Append { entries: vec![entry], before: None })?).await?;
        let frame = receive.recv().await?.context("the server closed the log stream")?;
        match decode::<LogReply>(&frame)? {
            LogReply::Durable { log, through } if (log, through) == name => {}
            other => bail!("the server answered {other:?}"),
        }
    }
    let took = begun.elapsed();
    product.server.stop().await;
    Ok(f64::from(ONE_BY_ONE) / took.as_secs_f64())
}
