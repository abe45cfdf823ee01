//! `ambulance-client card-check` against cards of other makers, broken cards, hostile cards and no card.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use sim::card::{CA_FILE, Imitate, Plugged, load_or_create};
use sim::pcscd::Pcscd;
use virtual_card::{Behaviour, DEFAULT_ATR, Persona, VirtualCard};

use crate::programs::program;

/// What the crew is promised, whatever the card does.
const WITHIN: Duration = Duration::from_secs(15);
/// The daemon notices a card that came or went within this time.
const NOTICED_WITHIN: Duration = Duration::from_secs(20);

/// The driver takes the next card only after another look of its own (it looks every 400 ms): a card that lies there
/// within the same look as the last one's leaving is lost.
const BETWEEN_CARDS: Duration = Duration::from_millis(1_200);

/// One reader, a training tablet's folder, the installation's card material.
struct Bench {
    daemon: Pcscd,
    folder: tempfile::TempDir,
}

/// What a run of the program showed.
struct Checked {
    code: Option<i32>,
    found: Value,
}

impl Checked {
    fn codes(&self) -> Vec<&str> {
        self.found["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect()
    }

    #[track_caller]
    fn is(&self, ok: bool, codes: &[&str]) {
        assert_eq!((self.found["ok"] == true, self.codes()), (ok, codes.to_vec()), "{}", self.found);
    }
}

impl Bench {
    fn new() -> Self {
        let bench = Self { daemon: Pcscd::ensure().unwrap(), folder: tempfile::tempdir().unwrap() };
        load_or_create(&bench.cards(), now()).unwrap();
        let (data, tablet, root) = (bench.path("server"), bench.tablet(), bench.cards().join(CA_FILE));
        let (data, tablet, root) = (text(&data), text(&tablet), text(&root));
        server(&["init", "--training", "--name", "localhost", "--data", &data]);
        server(&["departments", "add", "訓練消防本部", "--data", &data]);
        let unit =
            ["units", "enrol", "訓練1", "--department", "訓練消防本部", "--out", &tablet, "--test-card-root", &root];
        server(&[&unit[..], &["--data", &data]].concat());
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn cards(&self) -> PathBuf {
        self.path("cards")
    }

    fn tablet(&self) -> PathBuf {
        self.path("tablet")
    }

    fn put(&self, persona: &str, behaviour: Behaviour) -> Plugged {
        self.await_empty_reader();
        let material = load_or_create(&self.cards(), now()).unwrap();
        let card = VirtualCard::new(&Persona::named(persona).unwrap(), &material, behaviour, now()).unwrap();
        self.daemon.plug(card).unwrap()
    }

    /// Until the daemon has noticed that the last card is gone.
    fn await_empty_reader(&self) {
        let began = Instant::now();
        while self.check_once(true).found["card_present"] == true {
            assert!(began.elapsed() < NOTICED_WITHIN, "the daemon did not notice that the card is gone");
        }
        std::thread::sleep(BETWEEN_CARDS);
    }

    /// The first check that sees a card.
    fn check(&self, training: bool) -> Checked {
        let began = Instant::now();
        loop {
            let checked = self.check_once(training);
            if checked.found["card_present"] == true {
                return checked;
            }
            assert!(began.elapsed() < NOTICED_WITHIN, "the daemon did not notice the card: {}", checked.found);
        }
    }

    fn check_once(&self, training: bool) -> Checked {
        let mut command = program("ambulance-client");
        if training {
            command.arg("--config").arg(self.tablet());
        }
        let began = Instant::now();
        let output = command.args(["card-check", "--json", "-"]).output().unwrap();
        assert!(began.elapsed() < WITHIN, "card-check took {:?}", began.elapsed());
        let found: Value = serde_json::from_slice(&output.stdout).unwrap();
        let checked = Checked { code: output.status.code(), found };
        checked.is_well_formed();
        checked
    }

    /// A card that behaves like this, read by a training tablet.
    fn imitated(&self, persona: &str, behaviour: Behaviour) -> Checked {
        let _card = self.put(persona, behaviour);
        self.check(true)
    }

    /// A card played by hand: it answers each frame with whatever `play` says, until it is told to leave.
    fn played(&self, play: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static) -> Checked {
        self.await_empty_reader();
        let socket = self.daemon.dial().unwrap();
        let theirs = socket.try_clone().unwrap();
        let player = std::thread::spawn(move || answer_frames(theirs, play));
        let checked = self.check_for(Duration::from_secs(6));
        let _gone = socket.shutdown(Shutdown::Both);
        player.join().unwrap();
        checked
    }

    /// The first check that sees a card, or the last one within the time: a card that is no card may never be seen.
    fn check_for(&self, patience: Duration) -> Checked {
        let began = Instant::now();
        loop {
            let checked = self.check_once(true);
            if checked.found["card_present"] == true || began.elapsed() > patience {
                return checked;
            }
        }
    }
}

impl Checked {
    fn is_well_formed(&self) {
        assert_eq!(self.code, Some(if self.found["ok"] == true { 0 } else { 1 }), "{}", self.found);
        assert!(self.found["took_ms"].as_u64().is_some_and(|ms| ms < 15_000), "{}", self.found);
        for finding in self.found["findings"].as_array().unwrap() {
            for key in ["ja", "next_ja"] {
                assert!(finding[key].as_str().is_some_and(|sentence| sentence.ends_with('。')), "{finding}");
            }
        }
        assert!(self.found["ok"] == true || !self.codes().is_empty(), "not usable, and no word why: {}", self.found);
    }
}

#[test]
fn pcsc_card_check_reads_cards_of_every_make() {
    let bench = Bench::new();
    bench.check_once(true).is(false, &["no-card"]);
    let good = bench.imitated("warfarin", Behaviour::default());
    good.is(true, &[]);
    assert_eq!((&good.found["kind"], &good.found["validity"]), (&"card".into(), &"valid".into()));
    assert_eq!(good.found["chain"], "installation-test-ca");
    assert!(good.found["issuer"].as_str().is_some_and(|issuer| issuer.contains("JPKI-TEST")));

    for make in
        [Imitate::Contactless, Imitate::EofWarning, Imitate::LongLengths, Imitate::NoShortEf, Imitate::PinBlocked]
    {
        bench.imitated("warfarin", make.behaviour()).is(true, &[]);
    }
    let grace = bench.imitated("grace", Behaviour::default());
    grace.is(true, &["certificate-expired-grace"]);
    assert_eq!(grace.found["validity"], "expired-within-grace");
}

#[test]
fn pcsc_card_check_says_what_is_wrong_with_a_card() {
    let bench = Bench::new();
    bench.imitated("warfarin", Imitate::Foreign.behaviour()).is(false, &["not-my-number-card"]);
    bench.imitated("warfarin", Imitate::AndroidPhone.behaviour()).is(false, &["phone-certificate"]);
    bench.imitated("warfarin", Imitate::OldJukiCard.behaviour()).is(false, &["old-juki-card"]);
    let pulled = Behaviour { pulled_after: Some(6), ..Behaviour::default() };
    bench.imitated("warfarin", pulled).is(false, &["card-moved"]);

    let _card = bench.put("warfarin", Behaviour::default());
    bench.check(false).is(false, &["test-card-refused"]);
}

#[test]
fn pcsc_card_check_ends_in_time_whatever_the_card_does() {
    let bench = Bench::new();
    let slow = Behaviour { answer_delay_ms: 3_000, ..Behaviour::default() };
    bench.imitated("warfarin", slow).is(false, &["card-too-slow"]);

    let silent = bench.played(|frame| (frame == [GET_ATR]).then(|| DEFAULT_ATR.to_vec()));
    silent.is(false, &["card-too-slow"]);
    // Without an ATR there is no card for the daemon.
    bench.played(|_| None).is(false, &["no-card"]);
    let file_of_any_kind = [vec![0x30; 256], vec![0x90, 0x00]].concat();
    let answers = [
        vec![],
        vec![0x90],
        vec![0x90, 0x00],
        vec![0x61, 0xFF],
        vec![0x6C, 0x00],
        vec![0xFF; 60_000],
        file_of_any_kind,
    ];
    for answer in answers {
        let begins = answer.get(..2).map(<[u8]>::to_vec);
        let garbage =
            bench.played(move |frame| Some(if frame == [GET_ATR] { DEFAULT_ATR.to_vec() } else { answer.clone() }));
        let said = ["card-unreadable", "card-moved", "card-too-slow", "not-my-number-card"];
        assert!(
            matches!(garbage.codes().as_slice(), [code] if said.contains(code)),
            "{begins:02X?}: {}",
            garbage.found
        );
    }
    bench.imitated("warfarin", Behaviour::default()).is(true, &[]);
}

const GET_ATR: u8 = 4;

/// Power and reset are not answered; everything else is, as `play` says.
fn answer_frames(mut socket: TcpStream, play: impl Fn(&[u8]) -> Option<Vec<u8>>) {
    let mut length = [0; 2];
    while socket.read_exact(&mut length).is_ok() {
        let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
        if socket.read_exact(&mut frame).is_err() {
            return;
        }
        if matches!(frame.as_slice(), [0..=2]) {
            continue;
        }
        if let Some(answer) = play(&frame) {
            let length = u16::try_from(answer.len()).unwrap().to_be_bytes();
            if socket.write_all(&[&length[..], &answer].concat()).is_err() {
                return;
            }
        }
    }
}

fn server(args: &[&str]) {
    let output = program("dispatch-server").args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}
