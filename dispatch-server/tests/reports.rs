//! `stats` and `export` over a store made here, and the rules of a medical control council, as an administrator meets them.

use case::{Body, CardOutcome, Ending, Event, EventName, Hash, Stored, Subject, Writer};
use dispatch_core::append_from_unit;
use dispatch_core::contract::fixtures::{self, NOW, Town};
use dispatch_server::rules::{Council, RulesDir};
use dispatch_server::{DataDir, Listen, SharedSource, start};
use field_alerts::RuleTable;
use field_alerts::signed::SigningKey;
use model::{BootId, CaseId, EventTime, IncidentId, LogId, Monotonic, Stage};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const TOWN: Town = Town(1);

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dispatch-server"));
    command.args(arguments).stdin(Stdio::null()).output().expect("runs")
}

fn done(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&done(&[arguments, &["--json", "-"]].concat())).expect("JSON")
}

fn refused(code: i32, arguments: &[&str], named: &str) {
    let output = run(arguments);
    let said = format!("{}{}", String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(named), "{arguments:?}: {said}");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn write(path: &Path, content: &str) {
    dispatch_server::edge::write_whole(path, content.as_bytes()).expect("written");
}

/// A training installation with one town.
fn installation() -> (TempDir, String) {
    let directory = TempDir::new().expect("a directory");
    let data = directory.path().join("data");
    done(&["init", "--training", "--data", text(&data)]);
    let data = text(&data).to_owned();
    (directory, data)
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// One tablet's log of one case: (seconds after the call, what happened).
fn log(n: u8, facts: &[(i64, Body)]) -> Vec<Stored> {
    let mut prev = Hash::NONE;
    let mut entries = Vec::new();
    for ((second, body), seq) in facts.iter().zip(1..) {
        let us = second * 1_000_000;
        let mono = Monotonic { boot: BootId::from_bytes([n; 16]), us: u64::try_from(us).expect("after the call") };
        let event = Event {
            name: EventName { log: LogId::from_bytes([n; 16]), seq },
            prev,
            at: EventTime { utc: NOW.plus_us(us), mono, offset: None },
            writer: Writer::Tablet { device: TOWN.device(), unit: TOWN.unit(), crew: None },
            department: TOWN.department(),
            subject: Subject::Case(CaseId::from_bytes([n; 16])),
            training: true,
            body: body.clone(),
        };
        let stored = Stored::encode(&event).expect("stored");
        prev = stored.hash();
        entries.push(stored);
    }
    entries
}

fn transport(n: u8, left: i64, card: CardOutcome) -> Vec<(i64, Body)> {
    let stamp = |stage| Body::StageStamped { stage, leg: 1 };
    let incident = IncidentId::from_bytes([n; 16]);
    let opened = Body::CaseOpened {
        incident,
        patient_no: 1,
        call_received_at: Some(NOW),
        scene: None,
        place: Some("見本町1-2-3".into()),
        call_text: None,
    };
    vec![
        (0, opened),
        (60, stamp(Stage::OnScene)),
        (120, stamp(Stage::AtPatient)),
        (400, Body::CardRead { outcome: card, took_ms: 800 }),
        (420, stamp(Stage::InVehicle)),
        (left, stamp(Stage::LeftScene)),
        (left + 600, Body::CaseEnded { ending: Ending::HandedOver }),
    ]
}

fn fill(data: &str, cases: &[Vec<(i64, Body)>]) {
    block_on(async {
        let store = DataDir::new(data).open_store().await.expect("the store");
        TOWN.settle(&store).await.expect("settled");
        let clock = fixtures::clock();
        for (facts, n) in cases.iter().zip(1..) {
            let mut call = fixtures::call(&clock, u64::from(n));
            append_from_unit(&store, &mut call, &TOWN.tablet(), log(n, facts), None).await.expect("appended");
        }
        store.close().await;
    });
}

#[test]
fn stats_and_export_read_the_events_of_a_store() {
    let (directory, data) = installation();
    let mut open = transport(3, 700, CardOutcome::Read);
    open.pop();
    let no_card = CardOutcome::Failed { code: "no-card".into() };
    fill(&data, &[transport(1, 60 + 1229, CardOutcome::Read), transport(2, 60 + 1100, no_card), open]);
    let report = json(&["stats", "--data", &data]);
    assert_eq!((&report["transported"], &report["open"]), (&2.into(), &1.into()));
    let group = |name: &str| {
        let tables = report["stages"].as_array().expect("tables");
        tables.iter().find(|table| table["group"] == name).expect("the group")["intervals"][3]["mean"].clone()
    };
    assert_eq!((group("card_read"), group("card_not_read")), ("20:29".into(), "18:20".into()), "the published form");
    assert_eq!(report["readings_ended"][0]["code"], "no-card");
    assert!(done(&["stats", "--data", &data]).contains("20:29"), "and for people");
    let other_day = json(&["stats", "--data", &data, "--from", "2026-11-21"]);
    assert_eq!(other_day["transported"], 0);
    let ours = json(&["stats", "--data", &data, "--department", "第1消防本部", "--to", "2026-11-20"]);
    assert_eq!(ours["transported"], 2);

    let file = directory.path().join("2026.csv");
    let out = json(&["export", "--data", &data, "--year", "2026", "--csv", text(&file)]);
    assert_eq!(out["rows"], 2);
    let csv = dispatch_server::edge::read_text(&file).expect("the file");
    let heading = csv.lines().next().expect("a heading");
    assert!(heading.starts_with("事案番号,消防本部,救急隊,年月日"), "{heading}");
    assert!(csv.contains("2026-11-20") && csv.contains("第1消防本部") && !csv.contains("見本町"));
    assert_eq!(csv, done(&["export", "--data", &data, "--year", "2026", "--csv", "-"]), "the same bytes");
    assert_eq!(done(&["export", "--data", &data, "--year", "2025", "--csv", "-"]).lines().count(), 1);
}

#[test]
fn bad_usage_of_stats_and_export_is_named() {
    let (directory, data) = installation();
    for form in ["--schema", "--example"] {
        serde_json::from_str::<Value>(&done(&["stats", form])).expect("JSON");
    }
    refused(2, &["stats", "--data", text(directory.path())], "not made by");
    refused(2, &["stats", "--data", &data, "--from", "2026-02-30"], "2026-02-30");
    refused(2, &["stats", "--data", &data, "--from", "2026-02-02", "--to", "2026-02-01"], "--from");
    refused(2, &["stats", "--data", &data, "--department", "なし"], "not known");
    refused(2, &["export", "--data", &data, "--year", "26", "--csv", "-"], "26");
    refused(2, &["export", "--data", &data, "--year", "2026", "--csv", "-", "--json", "-"], "standard output");
}

#[test]
fn a_department_switches_a_rule_off_and_on_again() {
    let (directory, data) = installation();
    done(&["departments", "add", "桜川市消防本部", "--data", &data]);
    let switch = |rule, position, more: &[&'static str]| {
        let mut all = vec!["alerts", "switch", rule, position, "--department", "桜川市消防本部", "--by", "MC審査"];
        all.extend(["--reason", "地域の手順と異なる", "--data", &data]);
        all.extend(more);
        all.into_iter().map(str::to_owned).collect::<Vec<String>>()
    };
    let args = |list: &[String]| -> Vec<String> { list.to_vec() };
    let call = |list: Vec<String>| done(&list.iter().map(String::as_str).collect::<Vec<_>>());
    call(args(&switch("R14", "off", &["--dry-run"])));
    let rules = || json(&["alerts", "rules", "--department", "桜川市消防本部", "--data", &data]);
    let r14 = |rules: &Value| {
        let list = rules["rules"].as_array().expect("rules").clone();
        list.into_iter().find(|rule| rule["id"] == "R14").expect("R14")
    };
    assert_eq!(r14(&rules())["on"], true, "a dry run changes nothing");
    assert!(call(switch("R14", "off", &[])).contains("R14"));
    let listed = rules();
    assert_eq!((&r14(&listed)["on"], &listed["switches_version"]), (&false.into(), &1.into()));
    assert_eq!(r14(&listed)["changed"]["reason"], "地域の手順と異なる");
    assert_eq!(r14(&json(&["alerts", "rules", "--data", &data]))["on"], true, "the table itself has every rule on");
    let judged = |more: &[&str]| {
        let history = directory.path().join("history.json");
        let findings = directory.path().join("findings.json");
        write(&history, &done(&["alerts", "--example"]));
        write(&findings, &done(&["alerts", "--example", "findings"]));
        let judge = ["alerts", "--history", text(&history), "--findings", text(&findings), "--data", &data];
        json(&[&judge, more].concat())["rules_off"].clone()
    };
    assert_eq!((judged(&[]), judged(&["--department", "桜川市消防本部"])), (0.into(), 1.into()));
    let unknown = switch("R53", "off", &[]);
    refused(2, &unknown.iter().map(String::as_str).collect::<Vec<_>>(), "R53");
    call(switch("R14", "on", &[]));
    assert_eq!(r14(&rules())["on"], true);
}

#[test]
fn a_council_signs_and_an_installation_takes_only_what_it_trusts() {
    let (directory, data) = installation();
    let path = |name: &str| text(&directory.path().join(name)).to_owned();
    let (table, key) = (path("rules.toml"), path("council.key"));
    let built_in = done(&["alerts", "--example", "rules"]);
    let version = built_in.lines().find_map(|line| line.strip_prefix("version = ")).expect("a version").to_owned();
    write(Path::new(&table), &built_in.replacen(&version, "\"2030.1\"", 1));
    let public = json(&["alerts", "new-key", "--out", &key])["public_key"].as_str().expect("a key").to_owned();
    refused(2, &["alerts", "new-key", "--out", &key], "secret key");
    done(&["alerts", "sign", &table, "--key", &key]);
    let signature = format!("{table}.sig");
    refused(2, &["alerts", "install", &table, "--data", &data], "no council's public key");
    refused(1, &["alerts", "check", &table, "--signature", &signature, "--data", &data], "no council's public key");
    done(&["alerts", "trust", "見本地域MC協議会", "--key", &public, "--data", &data, "--dry-run"]);
    refused(2, &["alerts", "install", &table, "--data", &data], "no council's public key");
    refused(2, &["alerts", "trust", "見本地域MC協議会", "--key", "12ab", "--data", &data], "64 hexadecimal digits");
    done(&["alerts", "trust", "見本地域MC協議会", "--key", &public, "--data", &data]);
    assert_eq!(json(&["alerts", "install", &table, "--data", &data, "--dry-run"])["installed"], false);
    let standing = || json(&["alerts", "rules", "--data", &data])["version"].clone();
    assert_ne!(standing(), "2030.1", "a dry run changes nothing");
    assert_eq!(json(&["alerts", "install", &table, "--data", &data])["installed"], true);
    assert_eq!(standing(), "2030.1");

    let older = path("older.toml");
    write(Path::new(&older), &built_in.replacen(&version, "\"2029.1\"", 1));
    done(&["alerts", "sign", &older, "--key", &key]);
    refused(2, &["alerts", "install", &older, "--data", &data], "older than the installed 2030.1");
    write(Path::new(&older), &built_in.replacen(&version, "\"2031.1\"", 1));
    refused(2, &["alerts", "install", &older, "--data", &data], "not over this text");
    let wrong = path("wrong.toml");
    write(Path::new(&wrong), &built_in.replacen("抗凝固薬（ワルファリン）の処方記録", "ワルファリン服用中の記録", 1));
    refused(1, &["alerts", "check", &wrong], "服用中");
    refused(2, &["alerts", "sign", &wrong, "--key", &key], "R01");
    assert_eq!(standing(), "2030.1", "what stood still stands");
}

#[test]
fn the_server_starts_with_the_installed_rules_and_not_with_changed_ones() {
    let (directory, data) = installation();
    let rules = RulesDir::of(&DataDir::new(&data));
    let key = SigningKey::from_seed(&[1; 32]).expect("a key");
    let council = Council { name: "見本".into(), key: key.public().expect("public").0, since: String::new() };
    rules.trust(council).expect("trusted");
    let built_in = RuleTable::embedded().expect("the built-in table");
    let table = RuleTable::embedded_text().replacen(built_in.version(), "2030.1", 1);
    rules.install(table.as_bytes(), &key.sign(table.as_bytes()), String::new()).expect("installed");
    let listen = Listen { quic: "127.0.0.1:0".parse().expect("any"), https: "127.0.0.1:0".parse().expect("any") };
    let used = block_on(async {
        let handle = start(DataDir::new(&data), listen, SharedSource::none()).await.expect("starts");
        let version = handle.app.rules.table().version().to_owned();
        handle.stop().await;
        version
    });
    assert_eq!(used, "2030.1");
    let any = "127.0.0.1:0";
    let installed = directory.path().join("data").join("rules").join("installed.json");
    let kept = dispatch_server::edge::read_text(&installed).expect("the file");
    write(&installed, &kept.replacen("red = 3", "red = 0", 1));
    refused(2, &["serve", "--data", &data, "--quic", any, "--https", any], "installed.json");
}

#[test]
fn an_edition_of_a_standard_is_shown_and_taken_as_it_is_shown() {
    let (directory, data) = installation();
    serde_json::from_str::<Value>(&done(&["standards", "--schema"])).expect("JSON");
    let file = directory.path().join("standard.toml");
    write(&file, &done(&["standards", "--example"]));
    let taken = json(&["standards", "import", text(&file), "--data", &data, "--dry-run"]);
    assert_eq!((&taken["prefecture"], &taken["turns"]), (&Value::from("東京都"), &Value::from(1)));
    refused(2, &["standards"], "--example");
    refused(2, &["standards", "--schema", "--example"], "--example");
    refused(2, &["standards", "import", "--data", &data], "FILE");
}
