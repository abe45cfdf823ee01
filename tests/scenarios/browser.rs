//! The pages in a real Chromium: `web/pages.mjs` is dispatcher and hospital desk, this side is server and crew.

use crate::programs;
use ambulance_core::{Command as Press, HistoryState};
use dispatch_server::admin::{MadeAccount, add_desk};
use hospital_selection::{Hospital, HospitalTable};
use model::{CaseId, Complaint, Stage};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use system_tests::installation::PLACE;
use system_tests::{Installation, Tablet, observed, scene};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

/// All pages together; Chromium alone takes a second or two to start.
const WITHIN: Duration = Duration::from_secs(240);
/// What the crew sees while the desk is about to answer.
const MEANWHILE: Complaint = Complaint::ChestPain;
const CALLSIGN: &str = "立川訓練1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browser_dispatcher_and_desk_carry_one_transport() {
    let mut installation = Installation::start().await;
    let (tablet, _) = installation.connected(0, CALLSIGN).await;
    let hospital = nearest();
    let desk = add_desk(&installation.data, &hospital.id.to_string(), "desk", None).await.unwrap();
    let account = |made: &MadeAccount| json!({ "login": made.login, "passcode": made.passcode.as_str() });
    let world = json!({
        "origin": format!("https://localhost:{}", installation.listen().https.port()),
        "dispatcher": account(&installation.brigades[0].dispatcher),
        "desk": account(&desk),
        "hospital": hospital.name,
        "callsign": CALLSIGN,
        "place": PLACE,
        "complaint": MEANWHILE.ja(),
    });
    let said = installation.folder().join("pages.said");
    let mut pages = start(&installation, &said);
    pages.stdin.take().unwrap().write_all(world.to_string().as_bytes()).await.unwrap();
    let played = tokio::time::timeout(WITHIN, play(&mut pages, &installation, &tablet, hospital)).await;
    let said = std::fs::read_to_string(said).unwrap();
    assert!(played.is_ok(), "the pages did not end within {} s:\n{said}", WITHIN.as_secs());
    assert!(pages.wait().await.unwrap().success(), "{said}");
    installation.stop().await;
}

fn nearest() -> &'static Hospital {
    let away = |hospital: &Hospital| {
        let (lat, lon) = (hospital.position.lat() - scene().lat(), hospital.position.lon() - scene().lon());
        lat.hypot(lon)
    };
    HospitalTable::embedded().hospitals().iter().min_by(|a, b| away(a).total_cmp(&away(b))).unwrap()
}

fn start(installation: &Installation, said: &Path) -> Child {
    let folder = libraries();
    let mut node = Command::new("node");
    node.arg(folder.join("pages.mjs")).env("NODE_EXTRA_CA_CERTS", installation.data.authority_certificate());
    node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(std::fs::File::create(said).unwrap());
    // Without node its browser ends as well: they talk over a pipe.
    node.kill_on_drop(true).spawn().expect("node runs the pages' test")
}

/// Does what the pages wait for, until they end.
async fn play(pages: &mut Child, installation: &Installation, tablet: &Tablet, hospital: &Hospital) {
    let mut lines = BufReader::new(pages.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        let cue: Value = serde_json::from_str(&line).unwrap();
        match cue["cue"].as_str() {
            Some("stamp") => tablet.press(Press::Stamp(stage(&cue))).await,
            Some("observe") => tablet.press(observed(MEANWHILE)).await,
            Some("enquire") => {
                let case: CaseId = cue["case"].as_str().unwrap().parse().unwrap();
                enquire(installation, tablet, case, hospital).await;
            }
            _ => panic!("no such cue: {line}"),
        }
    }
}

fn stage(cue: &Value) -> Stage {
    Stage::ALL.into_iter().find(|stage| Some(stage.key()) == cue["stage"].as_str()).unwrap()
}

/// The crew reads the card, looks the history up and asks one hospital.
async fn enquire(installation: &Installation, tablet: &Tablet, case: CaseId, hospital: &Hospital) {
    tablet.assigned(case).await;
    tablet.sign_in(&installation.brigades[0].crew).await;
    tablet.press(observed(Complaint::HeadInjury)).await;
    tablet.consent("warfarin").await;
    tablet.until_case("the history is here", |c| matches!(c.history, HistoryState::Here { .. })).await;
    tablet.press(Press::Enquire { hospitals: vec![hospital.id], by_telephone: false, override_reason: None }).await;
}

/// Signing in with an authenticator app on a registered terminal and elsewhere: `web/second.mjs`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browser_a_desk_signs_in_with_an_app_once_a_day() {
    let installation = Installation::start().await;
    let desk = add_desk(&installation.data, &nearest().id.to_string(), "desk", None).await.unwrap();
    let world = json!({
        "origin": format!("https://localhost:{}", installation.listen().https.port()),
        "desk": { "login": desk.login, "passcode": desk.passcode.as_str() },
    });
    let mut node = Command::new("node");
    node.arg(libraries().join("second.mjs")).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut node = node.kill_on_drop(true).spawn().expect("node runs the sign-in's test");
    node.stdin.take().unwrap().write_all(world.to_string().as_bytes()).await.unwrap();
    let ended = tokio::time::timeout(WITHIN, node.wait_with_output()).await;
    let said = ended.expect("the sign-in's test ends in time").unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    installation.stop().await;
}

/// The OpenAPI document, judged by a validator that is not ours: `web/openapi.mjs`.
#[tokio::test]
async fn browser_the_openapi_document_is_one_for_others() {
    let folder = libraries();
    let mut node = Command::new("node");
    node.arg(folder.join("openapi.mjs")).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut node = node.kill_on_drop(true).spawn().expect("node runs the document's test");
    let document = dispatch_server::web::openapi_document().to_string();
    node.stdin.take().unwrap().write_all(document.as_bytes()).await.unwrap();
    let judged = tokio::time::timeout(WITHIN, node.wait_with_output()).await;
    let said = judged.expect("the document's test ends in time").unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}

/// The folder of the scripts, with the libraries that the lock names.
fn libraries() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("web");
    assert!(folder.join("node_modules").is_dir(), "the libraries are missing: npm ci --prefix tests/web");
    folder
}

/// Tiles of the data directory under the outlines, and their absence: `web/tiles.mjs`, against `sim crowd`.
#[tokio::test]
async fn browser_console_draws_tiles_under_the_outlines() {
    script("tiles.mjs").await;
}

/// The console by the keys alone, light and dark, large and small: `web/console.mjs`, against `sim crowd`.
#[tokio::test]
async fn browser_console_is_worked_by_keys_and_is_accessible() {
    script("console.mjs").await;
}

/// Runs a script that starts its own server.
async fn script(name: &str) {
    let mut node = Command::new("node");
    node.arg(libraries().join(name)).env("XTASK_BIN_DIR", programs::folder());
    let played = tokio::time::timeout(WITHIN, node.kill_on_drop(true).output()).await;
    let said = played.expect("the script ends in time").expect("node runs the script");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}
