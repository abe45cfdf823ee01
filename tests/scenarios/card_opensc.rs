//! OpenSC, which knows nothing of this project, must take the virtual card for a My Number card: through a real PC/SC
//! daemon, with its own tools, to a signature that openssl verifies.

use std::path::Path;
use std::process::{Command, Output};
use std::time::{SystemTime, UNIX_EPOCH};

use sim::card::{Plugged, load_or_create};
use sim::pcscd::{OPENSC, Pcscd, check_packages, pkcs11_module};
use virtual_card::{Behaviour, CONTACTLESS_ATR, EndOfFile, MY_NUMBER_FILES, Persona, VirtualCard};

const AUTH_PIN: &str = "1234";
/// The driver looks every 0.4 s whether a card is there: one that comes within the look in which the last one left is
/// never noticed.
const BETWEEN_CARDS: std::time::Duration = std::time::Duration::from_millis(1_200);
const SIGN_PASSWORD: &str = "ABC123";

/// Everything in one test, one card after the other: there is one reader.
#[test]
fn pcsc_opensc_takes_the_virtual_card_for_a_my_number_card() {
    check_packages(&OPENSC).unwrap();
    let daemon = Pcscd::ensure().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();

    let card = put(&daemon, dir, "warfarin", Behaviour::default());
    assert!(driver_of_the_card().contains("jpki"));
    the_whole_directory_is_listed();
    the_certificates_are_read(dir);
    a_signature_verifies(dir);
    a_wrong_pin_locks_after_three_tries();
    no_forbidden_file_of_the_text_applications_was_asked(&card);
    drop(card);

    for behaviour in [
        Behaviour { atr: CONTACTLESS_ATR.to_vec(), ..Behaviour::default() },
        Behaviour { end_of_file: EndOfFile::Warning, filler: 40, ..Behaviour::default() },
    ] {
        let card = put(&daemon, dir, "child", behaviour.clone());
        assert!(driver_of_the_card().contains("jpki"), "{behaviour:?}");
        let pem = ok("pkcs15-tool", &["--read-certificate", "1"]);
        assert!(pem.contains("BEGIN CERTIFICATE"), "{behaviour:?}");
        drop(card);
    }
}

fn put(daemon: &Pcscd, dir: &Path, persona: &str, behaviour: Behaviour) -> Plugged {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let material = load_or_create(dir, now).unwrap();
    let card = VirtualCard::new(&Persona::named(persona).unwrap(), &material, behaviour, now).unwrap();
    std::thread::sleep(BETWEEN_CARDS);
    daemon.plug(card).unwrap()
}

fn the_whole_directory_is_listed() {
    let dump = ok("pkcs15-tool", &["--dump"]);
    for expected in ["User Authentication PIN", "Digital Signature PIN", "Tries left     : 3", "Tries left     : 5"] {
        assert!(dump.contains(expected), "{expected} is not in:\n{dump}");
    }
}

fn the_certificates_are_read(dir: &Path) {
    let pem = ok("pkcs15-tool", &["--read-certificate", "1"]);
    let file = dir.join("auth.pem");
    std::fs::write(&file, &pem).unwrap();
    let path = file.to_str().unwrap();
    let text = ok("openssl", &["x509", "-in", path, "-noout", "-serial", "-issuer"]);
    assert!(text.contains("serial=0126A0000001") && text.contains("JPKI-TEST"), "{text}");
    std::fs::write(dir.join("auth.pub"), ok("openssl", &["x509", "-in", path, "-noout", "-pubkey"])).unwrap();

    // The CA's certificate comes from the card and equals the one in the data directory.
    std::fs::write(dir.join("ca.pem"), ok("pkcs15-tool", &["--read-certificate", "3"])).unwrap();
    let verified = ok("openssl", &["verify", "-CAfile", dir.join("ca.pem").to_str().unwrap(), path]);
    assert!(verified.contains("OK"), "{verified}");

    let closed = run("pkcs15-tool", &["--read-certificate", "2"]);
    assert!(!closed.contains("BEGIN CERTIFICATE"), "the 署名用証明書 needs its password");
    let opened =
        ok("pkcs15-tool", &["--read-certificate", "2", "--verify-pin", "--auth-id", "02", "--pin", SIGN_PASSWORD]);
    assert!(opened.contains("BEGIN CERTIFICATE"), "{opened}");
    let again = run("pkcs15-tool", &["--read-certificate", "2"]);
    assert!(!again.contains("BEGIN CERTIFICATE"), "a verified password does not outlive its program");
}

fn a_signature_verifies(dir: &Path) {
    let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
    std::fs::write(dir.join("message"), "救急").unwrap();
    let module = pkcs11_module().unwrap();
    let (message, signature, key) = (path("message"), path("signature"), path("auth.pub"));
    ok("pkcs15-tool", &["--verify-pin", "--auth-id", "01", "--pin", AUTH_PIN]);
    ok(
        "pkcs11-tool",
        &[
            "--module",
            module.to_str().unwrap(),
            "--slot-index",
            "0",
            "--login",
            "--pin",
            AUTH_PIN,
            "--sign",
            "--mechanism",
            "SHA256-RSA-PKCS",
            "--id",
            "01",
            "--input-file",
            &message,
            "--output-file",
            &signature,
        ],
    );
    let verdict = ok("openssl", &["dgst", "-sha256", "-verify", &key, "-signature", &signature, &message]);
    assert!(verdict.contains("Verified OK"), "{verdict}");
}

fn a_wrong_pin_locks_after_three_tries() {
    let attempt = |pin: &str| tool("pkcs15-tool", &["--verify-pin", "--auth-id", "01", "--pin", pin]);
    for _ in 0..3 {
        assert!(!attempt("9999").status.success());
    }
    assert!(!attempt(AUTH_PIN).status.success(), "the right PIN does not open a locked card");
    let dump = ok("pkcs15-tool", &["--dump"]);
    assert!(dump.contains("Tries left     : 0"), "{dump}");
}

fn no_forbidden_file_of_the_text_applications_was_asked(plugged: &Plugged) {
    let card = plugged.card();
    // OpenSC may read the 署名用証明書; the four others hold or open the 個人番号.
    for (application, file) in MY_NUMBER_FILES.iter().filter(|(a, _)| *a != virtual_card::Application::Jpki) {
        assert!(!card.touched().contains(&(*application, *file)), "{application:?} {file:04X}");
    }
    assert!(card.transcript().exchanges().iter().all(|e| !e.command.contains("31323334")), "PINs are masked");
}

/// The driver notices a card within this time.
const NOTICED_WITHIN: std::time::Duration = std::time::Duration::from_secs(20);
/// A tool that does not end within this many seconds is ended: some of them wait for a card for ever.
const TOOL_SECONDS: &str = "60";

fn tool(program: &str, args: &[&str]) -> Output {
    let out = Command::new("timeout").arg(TOOL_SECONDS).arg(program).args(args).output();
    out.unwrap_or_else(|e| panic!("starting {program}: {e}"))
}

/// What OpenSC takes the card for, once the driver has noticed it. `opensc-tool --wait` can miss a card that comes between
/// its first look and its waiting, and then waits for ever.
fn driver_of_the_card() -> String {
    let began = std::time::Instant::now();
    loop {
        let out = tool("opensc-tool", &["-n"]);
        if out.status.success() || began.elapsed() > NOTICED_WITHIN {
            return String::from_utf8_lossy(&out.stdout).into_owned();
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

/// Runs a tool that must succeed; its output.
fn ok(program: &str, args: &[&str]) -> String {
    let out = tool(program, args);
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    let errors = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{program} {args:?}: {}\n{text}\n{errors}", out.status);
    text
}

/// Runs a tool that may fail; its output.
fn run(program: &str, args: &[&str]) -> String {
    String::from_utf8_lossy(&tool(program, args).stdout).into_owned()
}
