//! The staff password for 目視, keyed by a script: the tablet's program, a card on a real reader, and the server's own check.

use crate::programs::program;
use dispatch_core::{CaseFilter, Principal, require_staff_password};
use dispatch_server::admin::issue_staff_password;
use patient_history::IdentityLevel;
use serde_json::{Value, json};
use sim::pcscd::Pcscd;
use system_tests::Installation;
use system_tests::card_reader::now_s;
use virtual_card::{Behaviour, Persona, VirtualCard};

/// A wrong one is told, and the right one opens the look-up that waits.
fn script(login: &str, passcode: &str, wrong: &str, right: &str) -> Value {
    let wait = |what: &str| json!({ "wait": { "for": what } });
    json!({ "steps": [
        { "sign_in": { "login": login, "passcode": passcode } }, wait("signed_in"),
        "open_case", wait("card"), { "face": "same" },
        { "consent": { "spoken": { "scope": "all", "told_to_hospitals": true } } }, wait("staff_password"),
        { "staff_password": wrong }, { "pause_ms": 500 }, wait("staff_password"),
        { "staff_password": right }, wait("history"), wait("acknowledged"),
    ] })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pcsc_a_script_keys_the_staff_password_and_a_wrong_one_opens_nothing() {
    let mut installation = Installation::start().await;
    let tablet = installation.enrol(0, "立川訓練1").await.out;
    let app = &installation.server().app;
    let brigade = &installation.brigades[0];
    let crew = &brigade.crew;
    require_staff_password(&app.store, &app.call(), &Principal::system(), brigade.department, true).await.unwrap();
    let issued = issue_staff_password(&installation.data, &crew.login).await.unwrap().staff_password.to_string();
    let wrong = if issued == "0000" { "0001" } else { "0000" };
    let script = script(&crew.login, &crew.passcode, wrong, &issued).to_string();
    let file = tablet.join("script.json");
    std::fs::write(&file, script).unwrap();
    let daemon = Pcscd::ensure().unwrap();
    let persona = Persona::named("warfarin").unwrap();
    let card = VirtualCard::new(&persona, &installation.cards(), Behaviour::default(), now_s()).unwrap();
    let _on_the_reader = daemon.plug(card).unwrap();
    let run = move || program("ambulance-client").arg("--config").arg(tablet).arg("--headless").arg(file).output();
    let output = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(!said.contains(&format!("\"{issued}\"")), "the digits are nowhere in what it says");
    let cases = dispatch_core::cases(&app.store, &brigade.principal(), CaseFilter::default()).await.unwrap();
    let look_ups = cases.iter().flat_map(|case| case.view.lookups.values());
    let levels: Vec<IdentityLevel> = look_ups.map(|look_up| look_up.level).collect();
    assert_eq!(levels, [IdentityLevel::Visual], "one look-up, by eye");
    installation.stop().await;
}
