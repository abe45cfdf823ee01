//! A narrow link: 64 kbit/s behind a deep queue, 300 ms there and back, while a backlog of 10,000 entries drains. How long
//! until a stage stamp is acknowledged, and until an answer of 3 kB is there?
//!
//! Every round is a tablet with a link of its own; all run at once, since the links and not the machine are narrow.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use delivery::MemoryStore;
use futures::future::try_join_all;
use lossy_link::{Profile, Rate};

use crate::backlog::Writer;
use crate::bed::{Installation, moment, pause};
use crate::figures::{Latencies, Spread};
use crate::radio::Radio;
use crate::report::{Row, say};
use crate::uplink::{Progress, Uplink};
use crate::{Plan, required};

const RTT: Duration = Duration::from_millis(300);
const RATE: Rate = Rate { bits_per_second: 64_000, queue_bytes: 512 * 1024 };
const ANSWER_BYTES: usize = 3_000;
/// Before the first stamp: the backlog has filled what it can fill.
const SETTLE: Duration = Duration::from_secs(5);
const WINDOW: Duration = Duration::from_secs(60);
const BETWEEN_STAMPS: Duration = Duration::from_millis(900);
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(1_700);

struct Round {
    stamps: Latencies,
    answers: Latencies,
    end: Progress,
}

pub(crate) fn run(plan: Plan) -> Result<Vec<Row>> {
    let installation = Installation::new()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let seeds = (0..plan.rounds).map(|round| plan.seed + u64::from(round));
    let rounds = runtime.block_on(try_join_all(seeds.map(|seed| round(&installation, seed))))?;
    for (number, round) in (1..).zip(&rounds) {
        say(&format!(
            "narrow, tablet {number}: stamp p50/p95 {:.0}/{:.0} ms of {}, answer {:.0}/{:.0} ms of {}, {} left, {} retries",
            round.stamps.percentile_ms(50),
            round.stamps.percentile_ms(95),
            round.stamps.count(),
            round.answers.percentile_ms(50),
            round.answers.percentile_ms(95),
            round.answers.count(),
            round.end.waiting,
            round.end.retries,
        ));
    }
    let row = |figure: &str, percent: usize, of: fn(&Round) -> &Latencies| Row {
        scenario: "narrow",
        figure: format!("{figure}, p{percent}"),
        unit: "ms",
        ours: Spread::of(rounds.iter().map(|round| of(round).percentile_ms(percent))),
        peer: None,
        ratio: None,
        limit: None,
        count: rounds.iter().map(|round| of(round).count()).sum(),
    };
    let (stamp, answer) = ("stage stamp acknowledged while backlog drains", "answer of 3 kB while backlog drains");
    Ok(vec![
        row(stamp, 50, |round| &round.stamps),
        row(stamp, 95, |round| &round.stamps).at_most(required::NARROW_STAMP_MS, None),
        row(answer, 50, |round| &round.answers),
        row(answer, 95, |round| &round.answers).at_most(required::NARROW_ANSWER_MS, None),
    ])
}

async fn round(installation: &Arc<Installation>, seed: u64) -> Result<Round> {
    let radio = Radio::new(installation, Profile::narrow(RTT, RATE), seed)?;
    let tablet = radio.connect().await.context("connecting through the narrow link")?;
    let (store, mut writer) = (MemoryStore::new(), Writer::of_nobody(seed));
    writer.fill(&store).await?;
    writer.open(&store).await?;
    let uplink = Uplink::start(tablet.clone(), store).await?;
    pause(SETTLE).await;
    let begun = moment();
    let stamps = async {
        let mut latencies = Vec::new();
        while begun.elapsed() < WINDOW {
            for stamp in writer.next()? {
                latencies.push(uplink.record(stamp).await?);
            }
            pause(BETWEEN_STAMPS).await;
        }
        Ok(Latencies::new(latencies))
    };
    let answers = async {
        let mut latencies = Vec::new();
        while begun.elapsed() < WINDOW {
            latencies.push(radio.timed(&tablet, ANSWER_BYTES).await?);
            pause(BETWEEN_QUESTIONS).await;
        }
        Ok::<_, anyhow::Error>(Latencies::new(latencies))
    };
    let (stamps, answers) = futures::try_join!(stamps, answers)?;
    let end = uplink.progress();
    anyhow::ensure!(end.waiting > 0, "the backlog was gone before the measurement was over");
    Ok(Round { stamps, answers, end })
}
