//! `sim demo`: one whole transport, with and without a power cut, and nothing left behind.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use model::Stage;
use serde_json::Value;

use crate::programs::{folder, program, running_in};

/// A demo that does not end within this time hangs.
const DEMO_WITHIN: Duration = Duration::from_secs(150);

#[test]
fn pcsc_demo_headless_runs_one_whole_transport() {
    let tmp = tempfile::tempdir().unwrap();
    let report = demo(tmp.path(), &[]);
    every_stage_has_a_time_in_order(&report);
    for key in ["card_read", "lookup", "suggestion", "tap_to_summary"] {
        assert!(report["timings_ms"][key].as_f64().is_some_and(|ms| ms > 0.0), "{key}: {}", report["timings_ms"]);
    }
    assert!(report["reader"]["name"].as_str().is_some_and(|name| name.contains("Virtual PCD")), "{}", report["reader"]);
    assert_eq!(report["history"]["sections"]["e_prescriptions"]["rows"], 4);
    assert_eq!(report["history"]["sections"]["surgeries"], "no_record");
    assert_eq!(report["history"]["age_minutes"], 0);
    assert!(list(&report["alerts"]).iter().any(|a| a["rule"] == "R01" && a["red"].as_u64() > Some(0)));
    the_candidates_add_up(&report);
    the_destination_has_accepted(&report);
    the_document_is_readable(&report);
    nothing_is_left(tmp.path());
}

#[test]
fn pcsc_demo_survives_kill_9_of_tablet_and_server() {
    let tmp = tempfile::tempdir().unwrap();
    let report = demo(tmp.path(), &["--kill"]);
    every_stage_has_a_time_in_order(&report);
    let killed_at = report["killed_at"].as_str().unwrap();
    for stage in Stage::ALL {
        let before = stage <= Stage::AtPatient;
        assert_eq!(at(&report, stage) < killed_at, before, "{stage:?} against {killed_at}: {}", report["stages"]);
    }
    the_candidates_add_up(&report);
    the_destination_has_accepted(&report);
    the_document_is_readable(&report);
    nothing_is_left(tmp.path());
}

#[test]
fn pcsc_demo_interrupted_in_the_middle_leaves_nothing_behind() {
    let tmp = tempfile::tempdir().unwrap();
    let mut demo = start(tmp.path(), &[]);
    let began = Instant::now();
    while !tablet_showed_history(tmp.path()) {
        assert!(demo.try_wait().unwrap().is_none(), "the demo ended before its middle");
        assert!(began.elapsed() < DEMO_WITHIN, "the demo did not come to its middle");
        std::thread::sleep(Duration::from_millis(50));
    }
    let id = demo.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert!(!ended(&mut demo).success(), "an interrupted transport is not a success");
    nothing_is_left(tmp.path());
}

fn tablet_showed_history(tmp: &Path) -> bool {
    let entries = std::fs::read_dir(tmp).unwrap().flatten();
    let mut logs = entries.map(|entry| entry.path().join("tablet.log"));
    logs.any(|log| std::fs::read_to_string(log).is_ok_and(|text| text.contains("\"history_shown\"")))
}

fn start(tmp: &Path, more: &[&str]) -> Child {
    let mut demo = program("sim");
    demo.args(["demo", "--headless", "--json"]).arg(tmp.join("out.json")).arg("--bin-dir").arg(folder()).args(more);
    let said = std::fs::File::create(tmp.join("said")).unwrap();
    demo.env("TMPDIR", tmp).stdin(Stdio::null()).stdout(Stdio::null()).stderr(said).spawn().unwrap()
}

fn ended(demo: &mut Child) -> std::process::ExitStatus {
    let began = Instant::now();
    loop {
        if let Some(status) = demo.try_wait().unwrap() {
            return status;
        }
        if began.elapsed() > DEMO_WITHIN {
            drop(demo.kill());
            panic!("the demo did not end within {} s", DEMO_WITHIN.as_secs());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn demo(tmp: &Path, more: &[&str]) -> Value {
    let status = ended(&mut start(tmp, more));
    let said = std::fs::read_to_string(tmp.join("said")).unwrap();
    assert!(status.success(), "{status}\n{said}");
    let report: Value = serde_json::from_slice(&std::fs::read(tmp.join("out.json")).unwrap()).unwrap();
    assert_eq!(report["ok"], true, "{said}");
    report
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn at(report: &Value, stage: Stage) -> &str {
    report["stages"][stage.key()].as_str().unwrap_or_else(|| panic!("{} is not stamped", stage.key()))
}

fn every_stage_has_a_time_in_order(report: &Value) {
    // Times of one form and one zone: their texts sort as they do.
    let times: Vec<&str> = Stage::ALL.iter().map(|stage| at(report, *stage)).collect();
    let form = |t: &&str| t.len() == 29 && t.get(10..11) == Some("T") && t.ends_with("+09:00");
    assert!(times.iter().all(form) && times.is_sorted(), "{times:?}");
}

fn the_candidates_add_up(report: &Value) {
    let candidates = list(&report["candidates"]);
    assert!(candidates.len() >= 3, "{candidates:?}");
    for candidate in candidates {
        let terms = candidate["terms"].as_object().unwrap().values();
        let tenths = |v: &Value| {
            v.as_f64().map(|minutes| format!("{minutes:.1}").replace('.', "").parse::<i64>().unwrap()).unwrap()
        };
        assert_eq!(terms.map(tenths).sum::<i64>(), tenths(&candidate["total"]), "{candidate}");
        assert!(candidate["name"].is_string() && !list(&candidate["reasons"]).is_empty(), "{candidate}");
    }
}

fn the_destination_has_accepted(report: &Value) {
    let standing = |e: &&Value| e["answer"] == "accepted" && e["released"] == false;
    let accepted: Vec<_> = list(&report["enquiries"]).iter().filter(standing).collect();
    assert_eq!(accepted.len(), 1, "{}", report["enquiries"]);
    assert_eq!(accepted[0]["hospital"], report["destination"]["hospital"]);
}

fn the_document_is_readable(report: &Value) {
    let page = std::fs::read_to_string(report["handover_document"]["path"].as_str().unwrap()).unwrap();
    assert!(page.contains("訓練"), "a training document says so");
    assert!(page.contains(report["destination"]["name"].as_str().unwrap()));
    // Words of letters, digits and dashes: an identifier may end in twelve digits by chance.
    let mut words = page.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let twelve = words.find(|word| word.len() == 12 && word.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(twelve, None, "a 12-digit number in a handover document");
}

/// What stays is what the demo tells of: its documents and logs.
fn nothing_is_left(tmp: &Path) {
    let began = Instant::now();
    // A killed program is in the table until its new parent has buried it.
    while !running_in(tmp).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", running_in(tmp));
        std::thread::sleep(Duration::from_millis(50));
    }
    let names = std::fs::read_dir(tmp).unwrap().flatten().map(|e| e.file_name().into_string().unwrap());
    let left: Vec<String> =
        names.filter(|name| name.starts_with("ems-demo-") && !name.starts_with("ems-demo-out-")).collect();
    assert!(left.is_empty(), "{left:?}");
}
