//! Durable acknowledged events per second at the store's own interface, beside the disk: group commit, unique index, the rows
//! that follow from events and the server's own facts included. `cargo bench -p dispatch-server --bench durable`
//!
//! The disk's rate is that of appending 4 kB to a file and `fdatasync`, one after the other, in the same folder. Rounds alternate; the
//! ratio is formed inside a round. `DURABLE_ROUNDS`, `DURABLE_FOLDER` and `DURABLE_JSON` choose; it ends with 1 when a limit is missed.

use case::{Body, EventName, FindingsChange, Hash, OnBehalf, Stored, Subject, Writer};
use dispatch_core::contract::fixtures::{NOW, TabletPen, Town, opened};
use dispatch_core::store::{Append, AppendOutcome, Content, EventStore, LogOwner, NewEntry};
use dispatch_server::store::SqliteStore;
use model::{BootId, CaseId, EventTime, LogId, Monotonic, Stage, Vital, VitalReading};
use std::error::Error;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

type Fault = Box<dyn Error + Send + Sync>;

/// Callers that each wait for the acknowledgement of one event before they write the next.
const SUBMITTERS: u32 = 512;
/// One event in so many makes the server write a fact of its own with it.
const EFFECT_EVERY: u64 = 8;
const ROUNDS: usize = 5;
const DISK_TIME: Duration = Duration::from_secs(1);
const STORE_TIME: Duration = Duration::from_secs(2);
/// What a disk is asked to append each time.
const BLOCK: [u8; 4_096] = [7; 4_096];
/// Durable events per second over the disk's rate: what must hold, and what is aimed at.
const TIMES: f64 = 10.0;
const GOAL_TIMES: f64 = 20.0;
/// 99 of 100 acknowledgements come within so many milliseconds.
const ACK_MS: f64 = 20.0;
const TOWN: Town = Town(1);

/// What one round showed.
struct Round {
    disk: f64,
    events: f64,
    ack_p50_ms: f64,
    ack_p99_ms: f64,
}

fn now() -> Instant {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
    Instant::now()
}

/// Appends of 4 kB with a flush each, per second.
fn disk(folder: &Path) -> Result<f64, Fault> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark of the disk")]
    let mut file = File::create(folder.join("disk"))?;
    let (began, mut count) = (now(), 0_u32);
    while began.elapsed() < DISK_TIME {
        file.write_all(&BLOCK)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / began.elapsed().as_secs_f64())
}

/// One tablet at work on one case, and the server's log of it.
struct Submitter {
    pen: TabletPen,
    case: CaseId,
    written: u64,
    server: (EventName, Hash),
}

impl Submitter {
    fn new(round: u32, n: u32) -> Self {
        let id = |kind: u8| {
            let mut bytes = [0_u8; 16];
            bytes[0] = kind;
            bytes[4..8].copy_from_slice(&round.to_be_bytes());
            bytes[12..].copy_from_slice(&n.to_be_bytes());
            bytes
        };
        let case = CaseId::from_bytes(id(1));
        let pen = TabletPen::new(TOWN, 1).about(Subject::Case(case)).in_log(LogId::from_bytes(id(2)));
        let server = (EventName { log: LogId::from_bytes(id(3)), seq: 1 }, Hash::NONE);
        Self { pen, case, written: 0, server }
    }

    fn next(&mut self) -> Append {
        self.written += 1;
        let reading = VitalReading::Measured(i32::try_from(600 + self.written % 400).unwrap_or(600));
        let body = match self.written {
            1 => opened(1),
            n if n % 5 == 0 => Body::StageStamped { stage: Stage::OnScene, leg: 1 },
            _ => Body::Observed { change: FindingsChange::Vital { vital: Vital::PulseRate, reading: Some(reading) } },
        };
        let effects = if self.written.is_multiple_of(EFFECT_EVERY) { vec![self.effect()] } else { Vec::new() };
        Append {
            owner: LogOwner::Device(TOWN.device()),
            entries: vec![self.pen.fact(body)],
            before: None,
            end: None,
            effects,
            expect: None,
            received_at: NOW,
        }
    }

    /// A fact of the server: the unit was assigned once more.
    fn effect(&mut self) -> NewEntry {
        let (name, prev) = self.server;
        let event = case::Event {
            name,
            prev,
            at: EventTime {
                utc: NOW,
                mono: Monotonic { boot: BootId::from_bytes([9; 16]), us: name.seq },
                offset: None,
            },
            writer: Writer::Server(OnBehalf::System),
            department: TOWN.department(),
            subject: Subject::Case(self.case),
            training: true,
            body: Body::StageReported { unit: TOWN.unit(), stage: Stage::OnScene, leg: 1, at: NOW },
        };
        let stored = Stored::encode(&event).unwrap_or_else(|error| panic!("a fact: {error}"));
        self.server = (EventName { log: name.log, seq: name.seq + 1 }, stored.hash());
        NewEntry { stored, content: Content::Fact(Box::new(event)) }
    }
}

/// Events per second, server's own included, and the times of the acknowledgements in microseconds.
async fn store(store: &SqliteStore, round: u32) -> Result<(f64, Vec<u64>), Fault> {
    let began = now();
    let tasks: Vec<_> = (0..SUBMITTERS)
        .map(|n| {
            let store = store.clone();
            #[expect(clippy::disallowed_methods, reason = "a benchmark runs real tasks")]
            tokio::spawn(submit(store, Submitter::new(round, n), began))
        })
        .collect();
    let (mut events, mut times) = (0_u64, Vec::new());
    for task in tasks {
        let (written, took) = task.await??;
        events += written;
        times.extend(took);
    }
    Ok((events as f64 / began.elapsed().as_secs_f64(), times))
}

async fn submit(store: SqliteStore, mut submitter: Submitter, began: Instant) -> Result<(u64, Vec<u64>), Fault> {
    let (mut events, mut times) = (0, Vec::new());
    while began.elapsed() < STORE_TIME {
        let append = submitter.next();
        events += append.entries.len() as u64 + append.effects.len() as u64;
        let asked = now();
        let done = store.append(append).await?;
        if !matches!(done.outcome, AppendOutcome::Durable { .. }) {
            return Err(format!("not acknowledged: {:?}", done.outcome).into());
        }
        times.push(u64::try_from(asked.elapsed().as_micros())?);
    }
    Ok((events, times))
}

fn quantile_ms(times: &mut [u64], share: f64) -> f64 {
    times.sort_unstable();
    let rank = (times.len() as f64 * share).ceil() as usize;
    times.get(rank.saturating_sub(1)).map_or(f64::NAN, |us| *us as f64 / 1_000.0)
}

fn spread(rounds: &[Round], of: impl Fn(&Round) -> f64) -> (f64, f64, f64) {
    let mut all: Vec<f64> = rounds.iter().map(of).collect();
    all.sort_unstable_by(f64::total_cmp);
    let at = |n: usize| all.get(n).copied().unwrap_or(f64::NAN);
    (at(all.len() / 2), at(0), at(all.len().saturating_sub(1)))
}

#[expect(clippy::print_stdout, reason = "a benchmark prints")]
fn print(rounds: &[Round]) -> (bool, String) {
    let rows: [(&str, (f64, f64, f64)); 5] = [
        ("fdatasync/s", spread(rounds, |round| round.disk)),
        ("durable events/s", spread(rounds, |round| round.events)),
        ("times the disk", spread(rounds, |round| round.events / round.disk)),
        ("ack p50 ms", spread(rounds, |round| round.ack_p50_ms)),
        ("ack p99 ms", spread(rounds, |round| round.ack_p99_ms)),
    ];
    for (name, (median, least, most)) in rows {
        println!("{name:<18} {median:>12.2}  ({least:.2} – {most:.2})");
    }
    let (times, ack) = (rows[2].1, rows[4].1);
    // A miss by less than the spread is told, not failed.
    let kept = times.2 >= TIMES && ack.1 <= ACK_MS;
    let in_median = times.0 >= TIMES && ack.0 <= ACK_MS;
    let word = if in_median {
        "kept"
    } else if kept {
        "within the spread"
    } else {
        "MISSED"
    };
    println!("{word}: {:.1} times (≥ {TIMES}, goal {GOAL_TIMES}), p99 {:.1} ms (≤ {ACK_MS})", times.0, ack.0);
    let json: Vec<String> = rows
        .iter()
        .map(|(name, (median, least, most))| {
            format!("  \"{name}\": {{ \"median\": {median}, \"least\": {least}, \"most\": {most} }}")
        })
        .collect();
    (kept, format!("{{\n  \"rounds\": {},\n  \"submitters\": {SUBMITTERS},\n{}\n}}\n", rounds.len(), json.join(",\n")))
}

fn chosen(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "a benchmark is told by its environment")]
    std::env::var(name).ok()
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<ExitCode, Fault> {
    let folder = match chosen("DURABLE_FOLDER") {
        Some(folder) => tempfile::tempdir_in(folder)?,
        None => tempfile::tempdir()?,
    };
    let rounds = chosen("DURABLE_ROUNDS").and_then(|text| text.parse().ok()).unwrap_or(ROUNDS);
    let open = SqliteStore::open(&folder.path().join("ems.sqlite"), &folder.path().join("keys.sqlite"), true).await?;
    TOWN.settle(&open).await?;
    let mut found = Vec::new();
    for round in 0..u32::try_from(rounds)? {
        let disk = disk(folder.path())?;
        let (events, mut times) = store(&open, round).await?;
        let (ack_p50_ms, ack_p99_ms) = (quantile_ms(&mut times, 0.5), quantile_ms(&mut times, 0.99));
        found.push(Round { disk, events, ack_p50_ms, ack_p99_ms });
    }
    open.close().await;
    let (kept, json) = print(&found);
    if let Some(file) = chosen("DURABLE_JSON") {
        #[expect(clippy::disallowed_methods, reason = "a benchmark writes its figures")]
        std::fs::write(file, json)?;
    }
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
