//! A tablet whose keys are sealed by its machine's TPM: Debian's `swtpm`, a process of its own.

use std::path::Path;
use std::process::Output;

use ambulance_runtime::{KeyError, Protection, StartError, TabletFolder};
use model::Stage;
use serde_json::Value;
use system_tests::Installation;
use test_kit::SoftwareTpm;

use crate::programs::program;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_enrolled_tablet_is_sealed_at_its_first_start_and_starts_on_its_own_machine_only() {
    let mut installation = Installation::start().await;
    let (tpm, other) = (SoftwareTpm::start().unwrap(), SoftwareTpm::start().unwrap());
    let done = installation.enrol(0, "訓練1").await;
    let key = done.out.join("device.key");
    assert!(holds(&key, b"PRIVATE KEY"), "enrolment happens on the server's machine");
    with_tpm(&done.out, &tpm.tcti());
    assert_eq!(checked(&done.out)["keys"]["tpm"], "ready");

    let tablet = installation.tablet(done.out.clone()).await;
    tablet.until("connected", |s| s.link.is_up()).await;
    let case = installation.open_incident(0, done.unit).await;
    tablet.assigned(case).await;
    tablet.stamp(&[Stage::EnRoute]).await;
    tablet.delivered().await;
    let folder = tablet.stop().await;
    assert!(!holds(&key, b"PRIVATE KEY") && !holds(&key, b"BEGIN"));
    let loaded = TabletFolder::load(&folder).unwrap();
    assert_eq!(loaded.keys_rest().unwrap(), [Some(Protection::Tpm); 2]);
    let found = checked(&folder);
    assert_eq!((&found["keys"]["tpm"], &found["keys"]["certificate"]), (&"used".into(), &"tpm".into()));

    // Switched off and on: the certificate is its own, and so is the record.
    let tpm = SoftwareTpm::start_with(tpm.stop()).unwrap();
    with_tpm(&folder, &tpm.tcti());
    let tablet = installation.tablet(folder).await;
    tablet.until("connected again", |s| s.link.is_up()).await;
    tablet.until_case("the stamp is there", |c| c.view.stage(Stage::EnRoute).is_some()).await;
    let folder = tablet.stop().await;

    // Copied to another machine: neither the certificate nor the record, and one sentence that says what to do.
    with_tpm(&folder, &other.tcti());
    let refused = TabletFolder::load(&folder).err();
    assert!(matches!(refused, Some(StartError::Key(KeyError::OtherTpm { .. }))), "{refused:?}");
    let said = card_check(&folder);
    let words = String::from_utf8_lossy(&said.stderr);
    assert_eq!(said.status.code(), Some(2), "{words}");
    assert!(words.contains("enrol the unit again") && words.contains("device.key"), "{words}");
    with_tpm(&folder, "off");
    let refused = TabletFolder::load(&folder).err();
    assert!(matches!(refused, Some(StartError::Key(KeyError::NoTpm { .. }))), "{refused:?}");
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tablet_without_a_tpm_starts_and_its_check_says_what_a_thief_gets() {
    let mut installation = Installation::start().await;
    let done = installation.enrol(0, "訓練1").await;
    with_tpm(&done.out, "off");
    let folder = installation.tablet(done.out).await.stop().await;
    let found = checked(&folder);
    assert_eq!((&found["keys"]["tpm"], &found["keys"]["outbox"]), (&"off".into(), &"file".into()));
    assert!(found["keys"]["thief_ja"].as_str().unwrap().contains("失効"), "{found}");
    let said = card_check(&folder);
    assert!(String::from_utf8_lossy(&said.stdout).contains("盗まれたとき: 端末のファイルを写した人は"));
    with_tpm(&folder, "device:/dev/no-such-tpm");
    assert_eq!(checked(&folder)["keys"]["tpm"], "unusable");
    let tablet = installation.tablet(folder).await;
    tablet.until("a TPM that does not answer costs no start", |s| s.link.is_up()).await;
    tablet.stop().await;
    installation.stop().await;
}

fn holds(file: &Path, bytes: &[u8]) -> bool {
    std::fs::read(file).unwrap().windows(bytes.len()).any(|w| w == bytes)
}

fn with_tpm(tablet: &Path, tpm: &str) {
    let file = tablet.join(ambulance_runtime::settings::FILE);
    let text = std::fs::read_to_string(&file).unwrap();
    let others = text.lines().filter(|line| !line.starts_with("tpm = ")).collect::<Vec<_>>();
    std::fs::write(file, format!("tpm = \"{tpm}\"\n{}\n", others.join("\n"))).unwrap();
}

fn card_check(tablet: &Path) -> Output {
    program("ambulance-client").arg("--config").arg(tablet).arg("card-check").output().unwrap()
}

/// What `card-check` writes; whether there is a reader is not asked here.
fn checked(tablet: &Path) -> Value {
    let mut command = program("ambulance-client");
    let output = command.arg("--config").arg(tablet).args(["card-check", "--json", "-"]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{said}"))
}
