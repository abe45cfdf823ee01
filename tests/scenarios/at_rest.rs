//! No history rests on the tablet: not in its memory after the wipe, not in its outbox, files or log.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use ambulance_runtime::TabletFolder;
use delivery::OutboxStore;
use serde_json::{Value, json};
use sim::demo::{DemoArgs, Rehearsal};
use system_tests::memory::{Form, Found, Needles};
use virtual_card::Persona;

use crate::programs::folder;

/// The persona: heart and blood medicines, two facilities that appear with rows.
const PERSONA: &str = "warfarin";
/// The crew looks at the history for so long; the search happens meanwhile.
const LOOK: Duration = Duration::from_secs(15);
/// After a lock-out nobody signs in for so long.
const REST: Duration = Duration::from_secs(30);
/// The wipe's promise: nothing in memory so long after it.
const AFTER_WIPE: Duration = Duration::from_secs(5);
/// A transport comes to its next wipe within this time.
const WITHIN: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pcsc_no_history_rests_on_the_tablet() {
    let needles = Needles::of(&Persona::named(PERSONA).unwrap());
    let run = Rehearsal::begin(&args(true), |steps| {
        let shown = shown(steps);
        steps.insert(shown + 1, pause(LOOK));
    })
    .await
    .unwrap();
    run.said("\"history_shown\"", WITHIN).await.unwrap();
    is_found(&needles, &run, false).await;
    run.said("{\"for\":\"wiped\"", WITHIN).await.unwrap();
    is_gone(&needles, &run, "the handover").await;
    run.said("\"back_in_service\"", WITHIN).await.unwrap();
    nothing_rests(&needles, run).await;
}

/// Every page of the demo's transport is drawn, the handover wipes, nothing is left in the window's process or its files.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn window_pcsc_no_history_is_left_by_the_handover() {
    let needles = Needles::of(&Persona::named(PERSONA).unwrap());
    let run = Rehearsal::begin(&args(false), |steps| {
        let shown = shown(steps);
        steps.splice(shown..=shown, [part("history"), json!("history_shown"), pause(LOOK)]);
    })
    .await
    .unwrap();
    run.said("\"history_shown\"", WITHIN).await.unwrap();
    is_found(&needles, &run, true).await;
    run.said("{\"for\":\"wiped\"", WITHIN).await.unwrap();
    is_gone(&needles, &run, "the handover").await;
    run.said("\"back_in_service\"", WITHIN).await.unwrap();
    let home = run.tablet_home();
    nothing_rests_beside(&needles, run, &home).await;
}

/// Ten wrong codes; the history comes back with the next sign-in; then the consent is withdrawn.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn window_pcsc_no_history_is_left_by_a_lock_out_or_a_withdrawal() {
    let needles = Needles::of(&Persona::named(PERSONA).unwrap());
    let mut at = [0; 4];
    let run = Rehearsal::begin(&args(false), |steps| {
        let sign_in = steps.iter().find(|step| step.get("sign_in").is_some()).unwrap().clone();
        steps.truncate(shown(steps));
        let mut then = |more: &[Value]| {
            steps.extend_from_slice(more);
            steps.len() - 1
        };
        at[0] = then(&[part("history"), json!("history_shown")]);
        at[1] = then(&[pause(LOOK), part("lock"), json!("lock_out"), wait("wiped")]);
        at[2] =
            then(&[pause(REST), sign_in, wait("signed_in"), wait("history"), part("history"), json!("history_shown")]);
        at[3] = then(&[pause(LOOK), json!("withdraw_consent"), wait("wiped")]);
    })
    .await
    .unwrap();
    run.done(at[0], WITHIN).await.unwrap();
    is_found(&needles, &run, true).await;
    run.done(at[1], WITHIN).await.unwrap();
    is_gone(&needles, &run, "a lock-out").await;
    run.done(at[2], WITHIN).await.unwrap();
    is_found(&needles, &run, true).await;
    run.done(at[3], WITHIN).await.unwrap();
    is_gone(&needles, &run, "a withdrawal").await;
    let home = run.tablet_home();
    nothing_rests_beside(&needles, run, &home).await;
}

/// The case ends without a handover.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn window_pcsc_no_history_is_left_by_the_end_of_a_case() {
    let needles = Needles::of(&Persona::named(PERSONA).unwrap());
    let mut at = [0; 2];
    let run = Rehearsal::begin(&args(false), |steps| {
        steps.truncate(shown(steps));
        steps.extend([part("history"), json!("history_shown")]);
        at[0] = steps.len() - 1;
        steps.extend([pause(LOOK), json!({ "end": "passed_to_unit" }), wait("closed")]);
        at[1] = steps.len() - 1;
    })
    .await
    .unwrap();
    run.done(at[0], WITHIN).await.unwrap();
    is_found(&needles, &run, true).await;
    run.done(at[1], WITHIN).await.unwrap();
    is_gone(&needles, &run, "the end of the case").await;
    let home = run.tablet_home();
    nothing_rests_beside(&needles, run, &home).await;
}

fn args(headless: bool) -> DemoArgs {
    DemoArgs {
        headless,
        json: None,
        pictures: None,
        keep: false,
        persona: PERSONA.to_owned(),
        kill: false,
        bin_dir: Some(folder()),
    }
}

/// The step at which the summary is looked at.
fn shown(steps: &[Value]) -> usize {
    steps.iter().position(|step| step == "history_shown").unwrap()
}

fn pause(pause: Duration) -> Value {
    json!({ "pause_ms": pause.as_millis() })
}

fn wait(what: &str) -> Value {
    json!({ "wait": { "for": what } })
}

/// Opens a part of the case and draws it; nothing is saved.
fn part(part: &str) -> Value {
    json!({ "picture": { "name": "unsaved", "part": part } })
}

/// The search can fail: while the history is shown it finds all of it, on a screen also as it is laid out and as a screen
/// reader hears it.
async fn is_found(needles: &Needles, run: &Rehearsal, on_screen: bool) {
    let hit = |name: &str| !needles.in_bytes(name.as_bytes()).is_empty();
    let spoken = run.spoken(hit).await.unwrap();
    assert_eq!(spoken.last().is_some_and(|name| hit(name)), on_screen, "{spoken:?}");
    let found = in_memory(needles, run);
    let texts = found.iter().map(|(text, _)| *text).collect();
    assert_eq!(needles.texts(), texts, "the history is in memory");
    assert_eq!(found.iter().any(|(_, form)| *form == Form::Laid), on_screen, "{found:?}");
}

/// Searches the process while it stands still, so that however long it takes its script does not go on.
fn in_memory<'a>(needles: &'a Needles, run: &Rehearsal) -> Found<'a> {
    let process = run.tablet_process().unwrap();
    let signal = |signal: &str| Command::new("kill").args([signal, &process.to_string()]).status().unwrap();
    signal("-STOP");
    let found = needles.in_memory(process);
    signal("-CONT");
    found
}

async fn is_gone(needles: &Needles, run: &Rehearsal, what: &str) {
    tokio::time::sleep(AFTER_WIPE).await;
    let found = in_memory(needles, run);
    assert_eq!(found, Found::new(), "in memory {} s after {what}", AFTER_WIPE.as_secs());
    let spoken = run.spoken(|_| false).await.unwrap().join("\n");
    assert_eq!(needles.in_bytes(spoken.as_bytes()), Found::new(), "spoken after {what}");
}

async fn nothing_rests_beside(needles: &Needles, run: Rehearsal, home: &Path) {
    // The driver of the screen keeps shaders there; the toolkit keeps nothing.
    let _files_of_the_driver = needles.absent_from_files(home);
    nothing_rests(needles, run).await;
}

/// Ends the tablet; nothing of the history stands in its log, its files or the rows that its key opens.
async fn nothing_rests(needles: &Needles, run: Rehearsal) {
    let log = std::fs::read(run.tablet_log()).unwrap();
    assert!(String::from_utf8_lossy(&log).contains("\"history_shown\""), "the log is this run's");
    assert_eq!(needles.in_bytes(&log), Found::new(), "in the tablet's log");
    let tablet = run.tablet_folder();
    let stopped = run.end_tablet().await;
    assert!(needles.absent_from_files(&tablet) > 3, "the folder holds settings, certificate, key and outbox");
    let rows = unsealed(&tablet).await;
    // The rows are really open: the observation of the script stands in one of them, and no sealed byte would show it.
    let observed = rows.iter().any(|row| row.windows(11).any(|w| w == b"head_injury"));
    assert!(observed, "{} rows, and no observation in them", rows.len());
    for row in &rows {
        assert_eq!(needles.in_bytes(row), Found::new(), "in an unsealed row");
    }
    stopped.end().await;
}

/// Every entry of every log and every local state, opened with the device key.
async fn unsealed(tablet: &Path) -> Vec<Vec<u8>> {
    let tablet = TabletFolder::load(tablet).unwrap();
    let seal = &*tablet.seal.seal;
    let opened = ambulance_runtime::open_outbox_with(tablet.data(), seal, false, model::Timestamp(0)).await;
    let (store, _restored) = opened.unwrap();
    let mut rows = Vec::new();
    for head in store.heads().await.unwrap() {
        let mut from = head.kept_from;
        while from <= head.head {
            let page = store.read_log(head.log, from, delivery::limits::TRANSACTION_ENTRIES_MAX).await.unwrap();
            from = page.last().unwrap().seq + 1;
            rows.extend(page.into_iter().map(|entry| entry.bytes.to_vec()));
        }
    }
    rows.extend(store.states("").await.unwrap().into_iter().flat_map(|(key, value)| [key.into_bytes(), value]));
    rows
}
