//! Everything that reads what others wrote, as one function from bytes each: it must neither panic nor hang, and what it
//! promises of its limits is asserted. `fuzz_targets/` hands them to libFuzzer, `tests/corpus.rs` replays the corpora.

mod fake_card;

use std::cell::Cell;
use std::sync::LazyLock;

use card::photo::MAX_PHOTO_PIXELS;
use card::{Challenge, ChallengeParts, GuardedChannel, LastTry, MOST_COMMANDS, TrustAnchors};
use fake_card::{Counting, Files, Script};
use model::{CaseId, CrewId, DeviceId, Timestamp};
use myna_card::Transmit;
use patient_history::HistorySnapshot;

/// 20 November 2026 in Tokyo, in seconds since 1970.
pub const NOW: i64 = 1_795_140_000;
/// Stands between two codes of one notebook.
pub const CODE_SEPARATOR: u8 = 0x1E;

/// All targets by name.
pub const TARGETS: [(&str, fn(&[u8])); 6] = [
    ("card_responses", card_responses),
    ("tlv", tlv),
    ("certificate", certificate),
    ("photo", photo),
    ("jahis", jahis),
    ("history", history),
];

/// A whole procedure against a card that answers these bytes. The first byte chooses the procedure; then come answers,
/// each with its length in two bytes before it, over and over when they run out.
pub fn card_responses(data: &[u8]) {
    let Some((which, answers)) = data.split_first() else { return };
    let script = Script::new(answers);
    match which % 4 {
        0 => read(script),
        1 => open_surface(script),
        2 => open_attributes(script),
        _ => sign(script),
    }
}

/// Both 券面 files, with these bytes as their content.
pub fn tlv(data: &[u8]) {
    open_surface(Files(data));
    open_attributes(Files(data));
}

/// The certificate's file, with these bytes as its content; and the bytes as a certificate that shall verify a signature.
pub fn certificate(data: &[u8]) {
    read(Files(data));
    assert!(!challenge().is_signed_by(data, &[1; 256]), "no signature was made");
}

/// The photo of a card.
pub fn photo(data: &[u8]) {
    if let Ok(photo) = card::photo::decode(data) {
        let pixels = photo.width * photo.height;
        let channels = if photo.is_rgb { 3 } else { 1 };
        assert!((1..=MAX_PHOTO_PIXELS).contains(&pixels));
        assert_eq!(u32::try_from(photo.pixels.len()), Ok(pixels * channels));
    }
}

/// The codes of a notebook, one behind the other with [`CODE_SEPARATOR`] between them.
pub fn jahis(data: &[u8]) {
    let codes: Vec<&[u8]> = data.split(|byte| *byte == CODE_SEPARATOR).collect();
    match medication_notebook::read(&codes) {
        Ok(notebook) => drop(notebook.medicine_rows()),
        Err(error) => drop(error.to_string()),
    }
}

/// An answer of the national system in the form in which it crosses the wire.
pub fn history(data: &[u8]) {
    let Ok(snapshot) = wire::codec::decode::<HistorySnapshot>(data) else { return };
    let bytes = wire::codec::encode(&snapshot).expect("what was read can be written");
    let again = wire::codec::decode::<HistorySnapshot>(&bytes).expect("and read again");
    assert!(again == snapshot);
    drop((snapshot.counts(), format!("{snapshot:?}")));
}

fn read(card: impl Transmit) {
    static ANCHORS: LazyLock<TrustAnchors> = LazyLock::new(TrustAnchors::live);
    bounded(card, |channel| {
        if let Ok(read) = card::read_auth_certificate(channel, NOW, &ANCHORS) {
            drop((read.failures(), format!("{read:?}")));
        }
    });
}

fn open_surface(card: impl Transmit) {
    bounded(card, |channel| {
        if let Ok(face) = card::open_surface(channel, &digits(), LastTry::Unconfirmed) {
            assert!(face.photo.len() <= card::MAX_FACE_BYTES);
        }
    });
}

fn open_attributes(card: impl Transmit) {
    bounded(card, |channel| {
        if let Ok(read) = card::open_attributes(channel, &digits(), LastTry::Unconfirmed) {
            assert!(read.name.len() + read.address.len() <= card::MAX_ATTRIBUTES_BYTES);
        }
    });
}

fn sign(card: impl Transmit) {
    bounded(card, |channel| {
        if let Ok(signature) = card::sign_with_pin(channel, &digits(), LastTry::Unconfirmed, &challenge()) {
            assert_eq!(signature.len(), card::SIGNATURE_BYTES);
        }
    });
}

/// One key press: few commands, one PIN at most.
fn bounded<C: Transmit>(card: C, procedure: impl FnOnce(&mut GuardedChannel<'_, Counting<'_, C>>)) {
    let (commands, pins) = (Cell::new(0), Cell::new(0));
    procedure(&mut GuardedChannel::new(Counting { card, commands: &commands, pins: &pins }));
    assert!(commands.get() <= MOST_COMMANDS && pins.get() <= 1);
}

fn digits<const N: usize>() -> card::Secret<N> {
    let mut keyed = card::Keyed::new();
    while keyed.push(1) {}
    keyed.finish().ok().expect("all digits")
}

fn challenge() -> Challenge {
    Challenge::new(&ChallengeParts {
        nonce: b"nonce",
        device: DeviceId::from_bytes([1; 16]),
        crew: CrewId::from_bytes([2; 16]),
        case: CaseId::from_bytes([3; 16]),
        consent: [4; 32],
        tablet_time: Timestamp(0),
    })
}
