//! The program as an administrator meets it: exit codes, one-line errors, files, stopping.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dispatch-server"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("runs")
}

fn done(arguments: &[&str]) -> String {
    let output = run(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Bad input: exit code 2, and one line that names what was wrong.
fn refused(arguments: &[&str], named: &str) {
    let output = run(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {error}");
    assert!(error.contains(named), "{arguments:?}: {error}");
    assert_eq!(error.lines().filter(|line| line.starts_with("dispatch-server: ")).count(), 1, "{error}");
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn an_installation_is_made_once_and_filled_by_commands() {
    let directory = TempDir::new().expect("a directory");
    let data = directory.path().join("data");
    let data = text(&data);
    let made: serde_json::Value =
        serde_json::from_str(&done(&["init", "--training", "--data", data, "--json", "-"])).expect("JSON");
    assert_eq!(made["administrator"]["passcode"].as_str().map(str::len), Some(12));
    refused(&["init", "--data", data], "not empty");
    refused(&["departments", "list", "--data", text(directory.path())], "not made by");
    done(&["departments", "add", "桜川市消防本部", "--data", data]);
    refused(&["departments", "add", "桜川市消防本部", "--data", data], "exists already");
    refused(&["crew", "add", "taro", "--department", "なし", "--data", data], "not known");
    refused(&["crew", "add", "山田", "--department", "桜川市消防本部", "--data", data], "letters, digits");
    let desk = done(&["hospitals", "desk", "add", "desk1", "--hospital", "R7-0806-14", "--data", data]);
    assert!(desk.contains("パスコード"), "{desk}");
    let out = directory.path().join("tablet");
    done(&["units", "enrol", "救急1", "--department", "桜川市消防本部", "--out", text(&out), "--data", data]);
    for file in ["device.pem", "device.key", "ca.pem", "tablet.toml"] {
        assert!(out.join(file).exists(), "{file}");
    }
    refused(
        &["units", "enrol", "救急1", "--department", "桜川市消防本部", "--out", text(&out), "--data", data],
        "tablet's directory",
    );
    done(&["units", "revoke", "救急1", "--data", data]);
    assert!(done(&["units", "list", "--data", data]).contains("失効"));
    done(&["audit", "verify", "--data", data]);
    done(&["crew", "add", "taro", "--department", "桜川市消防本部", "--data", data]);
    let issued = done(&["crew", "staff-password", "taro", "--data", data, "--json", "-"]);
    let issued: serde_json::Value = serde_json::from_str(&issued).expect("JSON");
    assert_eq!(issued["staff_password"].as_str().map(str::len), Some(4));
    refused(&["crew", "staff-password", "desk1", "--data", data], "not known");
    done(&["departments", "staff-password", "桜川市消防本部", "on", "--data", data]);
    assert!(done(&["departments", "list", "--data", data]).contains("目視確認用パスワード必須"));
    disaster(data);
    done(&["audit", "verify", "--data", data]);
    assert_eq!(done(&["reviews", "list", "--data", data, "--json", "-"]), "[]\n");
}

/// A period and a relief unit, opened, listed and ended by an administrator.
fn disaster(data: &str) {
    let on = ["disaster", "on", "桜川市消防本部", "--reason", "地震", "--area", "茨城県桜川市", "--data", data];
    refused(&["disaster", "off", "桜川市消防本部", "--data", data], "災害時の照会の期間ではない");
    refused(&[&on[..], &["--hours", "169"]].concat(), "reading the request");
    assert!(done(&on).contains("まで"));
    refused(&on, "もう始まっています");
    done(&["departments", "add", "となり消防本部", "--data", data]);
    let relief = |position| {
        let to = ["--from", "桜川市消防本部", "--for", "となり消防本部", "--data", data];
        [&["disaster", "relief", "救急1", position][..], &to].concat()
    };
    refused(&relief("on"), "災害時の照会の期間ではない");
    done(&["disaster", "on", "となり消防本部", "--reason", "水害", "--area", "茨城県となり市", "--data", data]);
    assert!(done(&relief("on")).contains("の応援"));
    let listed = done(&["disaster", "list", "--data", data, "--json", "-"]);
    let listed: serde_json::Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!(
        (listed[0]["stands"].as_bool(), listed[0]["relief"][0]["callsign"].as_str()),
        (Some(true), Some("救急1"))
    );
    done(&relief("off"));
    refused(&relief("off"), "応援の期間が終わっている");
    assert!(done(&["disaster", "off", "となり消防本部", "--data", data]).contains("終えました"));
    let mine = done(&["disaster", "list", "--department", "桜川市消防本部", "--data", data]);
    assert!(mine.contains("期間中") && mine.contains("地震") && !mine.contains("水害"), "{mine}");
}

#[test]
fn rank_and_alerts_work_from_files() {
    let directory = TempDir::new().expect("a directory");
    let file = |name: &str, content: &str| {
        let path = directory.path().join(name);
        dispatch_server::edge::write_whole(&path, content.as_bytes()).expect("written");
        path
    };
    let case = file("case.json", &done(&["rank", "--example"]));
    let ranking = done(&["rank", "--case", text(&case), "--json", "-"]);
    assert_eq!(ranking, done(&["rank", "--case", text(&case), "--json", "-"]), "the same bytes");
    let ranking: serde_json::Value = serde_json::from_str(&ranking).expect("JSON");
    let list = ranking["candidates"].as_array().expect("candidates");
    let all = done(&["rank", "--case", text(&case), "--explain-all", "--json", "-"]);
    let all: serde_json::Value = serde_json::from_str(&all).expect("JSON");
    let whole = all["candidates"].as_array().expect("candidates");
    assert_eq!(whole.get(..list.len()), Some(list.as_slice()), "the same list, only longer");
    let everybody = whole.len() + all["excluded"].as_array().map_or(0, Vec::len);
    assert_eq!(everybody, 3_372, "every hospital is in one of the two lists");
    let far = whole.last().and_then(|c| c["hospital"].as_str()).expect("a hospital");
    let why = done(&["rank", "--case", text(&case), "--why-not", far]);
    assert!(why.contains(&format!("{}番目", whole.len())) && why.contains("移動 +"), "{why}");
    refused(&["rank", "--case", text(&case), "--why-not", "R7-0"], "no such hospital");
    for schema in [&["rank", "--schema"][..], &["rank", "--schema", "ranking"], &["alerts", "--schema", "findings"]] {
        serde_json::from_str::<serde_json::Value>(&done(schema)).expect("a schema");
    }
    let example = done(&["rank", "--example"]);
    let bad = file("bad.json", &example.replacen('{', "{\"sceen\": 1,", 1));
    refused(&["rank", "--case", text(&bad), "--json", "-"], "sceen");
    let binary = directory.path().join("binary.json");
    dispatch_server::edge::write_whole(&binary, &[0xFF, 0xFE]).expect("written");
    refused(&["rank", "--case", text(&binary), "--json", "-"], "UTF-8");
    let history = file("history.json", &done(&["alerts", "--example"]));
    let findings = file("findings.json", &done(&["alerts", "--example", "findings"]));
    let alerts = done(&["alerts", "--history", text(&history), "--findings", text(&findings), "--json", "-"]);
    serde_json::from_str::<serde_json::Value>(&alerts).expect("JSON");
    let bad = file("bad-history.json", &done(&["alerts", "--example"]).replacen('{', "{\"sceen\": 1,", 1));
    refused(&["alerts", "--history", text(&bad), "--findings", text(&findings), "--json", "-"], "sceen");
}

/// Ends with the test, however it ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It has usually ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn serve(data: &str) -> Server {
    let any = "127.0.0.1:0";
    let mut command = command(&["serve", "--data", data, "--quic", any, "--https", any]);
    Server(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts"))
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    #[expect(clippy::disallowed_methods, reason = "a test waits for another process")]
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(30), "{what} takes too long");
        std::thread::yield_now();
    }
}

#[test]
fn a_server_stops_on_sigterm_and_starts_again_after_sigkill() {
    let directory = TempDir::new().expect("a directory");
    let data = directory.path().join("data");
    let run_file = data.join("run.json");
    let data = text(&data);
    done(&["init", "--training", "--data", data]);
    let mut killed = serve(data);
    until("starting", || run_file.exists());
    let second = run(&["serve", "--data", data, "--quic", "127.0.0.1:0", "--https", "127.0.0.1:0"]);
    assert_eq!(second.status.code(), Some(2), "one server per directory");
    killed.0.kill().expect("killed");
    killed.0.wait().expect("ended");
    std::fs::remove_file(&run_file).expect("left behind");
    let mut server = serve(data);
    until("starting again", || run_file.exists());
    let pid = server.0.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("runs").success());
    let ended = server.0.wait().expect("ended");
    assert_eq!(ended.code(), Some(0), "{ended}");
    assert!(!run_file.exists());
}

#[test]
fn a_restored_store_begins_another_life_while_no_server_runs() {
    let directory = TempDir::new().expect("a directory");
    let data = directory.path().join("data");
    let run_file = data.join("run.json");
    let data = text(&data);
    refused(&["restored", "--data", data], "not made by");
    done(&["init", "--training", "--data", data]);
    let life = || {
        let said = done(&["restored", "--data", data, "--json", "-"]);
        serde_json::from_str::<serde_json::Value>(&said).expect("JSON")["store"].as_str().expect("an id").to_owned()
    };
    assert_ne!(life(), life());
    assert!(done(&["restored", "--data", data]).contains("サーバーを起動してください"));
    let mut server = serve(data);
    until("starting", || run_file.exists());
    refused(&["restored", "--data", data], "another server runs on it");
    server.0.kill().expect("killed");
    server.0.wait().expect("ended");
    life();
}
