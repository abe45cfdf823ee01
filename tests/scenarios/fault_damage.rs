//! Database files that break while nobody runs on them. The tablet takes over everything still readable, names what is not by log and
//! seq, and keeps the broken file; what was acknowledged stays on the server. The server refuses to start on a broken database with
//! one clear sentence and leaves it as it is. What is broken where is drawn anew in each run, unless `FAULT_DAMAGE_SEED` says it.

use ambulance_runtime::{TabletFolder, open_outbox};
use case::{Body, Event, EventName, Hash, JoinReason, Stored};
use delivery::OutboxStore;
use dispatch_core::Scope;
use dispatch_core::store::EventStore;
use model::EventTime;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use system_tests::fault::check;
use system_tests::fault::damage::damage;
use system_tests::fault::journal::{Line, read};
use system_tests::fault::one::One;
use system_tests::fault::site::present;
use system_tests::fault::tablet::Recovery;

/// Files that are broken, one after the other.
const ROUNDS: u64 = 6;

/// Every event that the crew was told is recorded, with what it says.
async fn told(one: &One, known: &mut BTreeMap<EventName, (Hash, Event)>, lost: &BTreeSet<EventName>) {
    let folder = TabletFolder::load(&one.subject.folder).unwrap();
    let (store, _) = open_outbox(folder.data(), present()).await.unwrap();
    for line in read(&one.subject.journal) {
        let Line::Recorded { log, seq, hash } = line else { continue };
        let name = EventName { log, seq };
        if known.contains_key(&name) || lost.contains(&name) {
            continue;
        }
        let entry = store.read_log(log, seq, 1).await.unwrap().remove(0);
        assert_eq!(Hash::of(&entry.bytes), hash);
        known.insert(name, (hash, Stored::decode(entry.schema, &entry.bytes).unwrap()));
    }
    store.close().await.unwrap();
}

/// What the server has of the unit: by time and content, and the places that it was told are lost.
async fn on_server(one: &One) -> (Vec<(EventTime, Body)>, Vec<(String, u64, u64)>) {
    let store = one.site.data.open_store().await.unwrap();
    let (mut said, mut lost) = (Vec::new(), Vec::new());
    for head in check::heads(&store, one.subject.unit).await.unwrap() {
        for fact in store.case_facts(Scope::Installation, head.case, 0, 10_000).await.unwrap() {
            if let Body::EntriesLost { log, from, through } = fact.event.body {
                lost.push((log.to_string(), from, through));
            }
            said.push((fact.event.at, fact.event.body));
        }
    }
    store.close().await;
    (said, lost)
}

/// What became of everything that was recorded.
#[derive(Default)]
struct Fate {
    /// Told to be lost, by log and seq.
    named: Vec<EventName>,
    /// In logs of which nothing is left; it was told that such logs may be missing.
    unnamed: Vec<EventName>,
    /// Gone without a word, or not yet where it belongs.
    silent: Vec<EventName>,
}

async fn judge(one: &One, known: &BTreeMap<EventName, (Hash, Event)>, report: Option<&Recovery>, what: &str) -> Fate {
    let (said, lost) = on_server(one).await;
    let store = one.site.data.open_store().await.unwrap();
    let lines = read(&one.subject.journal);
    let mut fate = Fate::default();
    for (name, (hash, event)) in known {
        let held = store.entry_hash(*name).await.unwrap();
        let is_acknowledged =
            |l: &Line| matches!(l, Line::Acknowledged { log, through } if *log == name.log && *through >= name.seq);
        if lines.iter().any(is_acknowledged) {
            assert_eq!(held, Some(*hash), "{what}: acknowledged {name:?} is on the server as it was");
        }
        let times = said.iter().filter(|(at, body)| *at == event.at && *body == event.body).count();
        // Several logs that end at one moment say that they go on in a new one, each for itself.
        let may_repeat = matches!(event.body, Body::TabletJoined { reason: JoinReason::RecordedAgain, .. });
        assert!(times <= 1 || may_repeat, "{what}: {name:?} {:?} stands {times} times", event.body);
        // A unit's own events stand in no case: what is recorded again of them cannot be looked for here.
        if held == Some(*hash) || times >= 1 || event.subject.case().is_none() {
            continue;
        }
        let log = name.log.to_string();
        let covers = |(of, from, through): &(String, u64, u64)| *of == log && (*from..=*through).contains(&name.seq);
        if lost.iter().chain(report.iter().flat_map(|report| &report.gaps)).any(covers) {
            fate.named.push(*name);
        } else if report.is_some_and(|report| report.logs_may_miss) {
            fate.unnamed.push(*name);
        } else {
            fate.silent.push(*name);
        }
    }
    store.close().await;
    fate
}

fn kept(data: &Path) -> usize {
    let names = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.contains("damaged") || name.contains("kept") || name.contains("broken")).count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_outbox_loses_nothing_silently() {
    let folder = tempfile::tempdir().unwrap();
    let drawn = || u64::from(std::time::UNIX_EPOCH.elapsed().unwrap().subsec_micros());
    let seed = std::env::var("FAULT_DAMAGE_SEED").map_or_else(|_| drawn(), |seed| seed.parse().unwrap());
    println!("seed {seed}");
    let mut one = One::make(folder.path(), &folder.path().join("server")).await.unwrap();
    let (mut known, mut lost, mut reports) = (BTreeMap::new(), BTreeSet::new(), Vec::<Recovery>::new());
    let data = one.subject.folder.join("data");
    for round in 0..ROUNDS {
        one.start_tablet().await.unwrap();
        one.press(2).await.unwrap();
        one.tablet().until("drained", |shown| shown.up && shown.waiting == 0).await.unwrap();
        one.kill_server().await.unwrap();
        one.press(3).await.unwrap();
        one.kill_tablet().await.unwrap();
        let journal_is_merged = round % 2 == 1;
        if journal_is_merged {
            told(&one, &mut known, &lost).await;
        } else {
            // Reading merges the journal: it is read from a copy.
            let aside = folder.path().join(format!("aside-{round}"));
            crate::fault_copy::copy_all(&one.subject.folder, &aside);
            let whole = std::mem::replace(&mut one.subject.folder, aside);
            told(&one, &mut known, &lost).await;
            one.subject.folder = whole;
        }
        let file = if journal_is_merged { "outbox.sqlite" } else { "outbox.sqlite-wal" };
        let what = damage(&data.join(file), seed + round).unwrap();
        let what = format!("seed {seed} round {round}, {what}");
        one.start_tablet().await.unwrap_or_else(|error| panic!("{what}: {error:#}"));
        one.start_server().await.unwrap();
        let drained = one.tablet().until("drained", |shown| shown.up && shown.waiting == 0).await;
        let shown = drained.unwrap_or_else(|error| panic!("{what}: {error:#}"));
        let new = shown.recovered.filter(|report| !reports.contains(report));
        if new.is_some() {
            assert!(kept(&data) > 0, "{what}: the broken file is kept");
        }
        // What a broken log still holds is recorded again in a new one, a little later.
        let mut fate = judge(&one, &known, new.as_ref(), &what).await;
        for _ in 0..40 {
            if fate.silent.is_empty() && fate.unnamed.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            fate = judge(&one, &known, new.as_ref(), &what).await;
        }
        assert!(fate.silent.is_empty(), "{what}: vanished without a word: {:?}", fate.silent);
        lost.extend(fate.named.iter().chain(&fate.unnamed));
        let (named, unnamed, all) = (fate.named.len(), fate.unnamed.len(), known.len());
        known.retain(|name, _| !lost.contains(name));
        println!(
            "{what}: {} of {all} kept, {named} named as lost, {unnamed} in logs of which nothing is left",
            known.len()
        );
        reports.extend(new);
        one.kill_tablet().await.unwrap();
    }
    assert!(!reports.is_empty(), "seed {seed}: nothing was ever found to be broken");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_does_not_start_on_a_broken_database_and_tablets_keep_all() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = One::make(folder.path(), &folder.path().join("server")).await.unwrap();
    one.start_tablet().await.unwrap();
    one.press(2).await.unwrap();
    one.delivered().await.unwrap();
    one.kill_server().await.unwrap();
    let database = one.place.data.join("ems.sqlite");
    let whole = folder.path().join("whole");
    crate::fault_copy::copy_all(&one.place.data, &whole);
    one.press(1).await.unwrap();
    for (n, broken) in [b"no database at all".repeat(400), Vec::from([0; 8192])].into_iter().enumerate() {
        let journal = one.place.data.join("ems.sqlite-wal");
        if journal.exists() {
            std::fs::remove_file(&journal).unwrap();
        }
        std::fs::write(&database, &broken).unwrap();
        let output = one.place.command().output().await.unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or_default();
        assert_eq!(output.status.code(), Some(2), "{n}: {said}");
        assert!(last.starts_with("dispatch-server: ") && last.contains("ems.sqlite"), "{n}: {said}");
        assert_eq!(std::fs::read(&database).unwrap(), broken, "{n}: the broken file is left as it is");
    }
    let shown = one.tablet().until("kept", |shown| !shown.up && shown.waiting >= 4).await.unwrap();
    assert!(shown.faults.is_empty(), "{:?}", shown.faults);
    std::fs::remove_dir_all(&one.place.data).unwrap();
    crate::fault_copy::copy_all(&whole, &one.place.data);
    one.start_server().await.unwrap();
    one.delivered().await.unwrap();
    one.kill_tablet().await.unwrap();
    let (broken, _) = one.broken().await.unwrap();
    assert!(broken.is_empty(), "{broken:?}");
}
