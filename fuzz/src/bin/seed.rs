//! Writes the seeds of the corpora anew: `cargo run --bin seed` in this folder. They come from the virtual card, the drawn
//! faces, the examples of the notebook's crate and one invented history; the same bytes on every run, but for the card's
//! keys, which are generated from a fixed seed.

use std::error::Error;
use std::path::{Path, PathBuf};

use card::{Challenge, ChallengeParts, GuardedChannel, LastTry, TrustAnchors};
use model::{CaseId, CivilDate, CrewId, DeviceId, LookupId, Sex, Timestamp};
use myna_card::Transmit;
use patient_history::{
    HistorySnapshot, LookBack, Notice, Period, PersonOnRecord, QualificationValidity, Row, RowCode, RowSource, Section,
    SectionKind, SectionState,
};
use virtual_card::{Behaviour, CardMaterial, Persona, VirtualCard};

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Personas whose cards and faces become seeds.
const PERSONAS: [&str; 2] = ["warfarin", "kuromaru"];

fn main() -> Outcome {
    let material = material()?;
    for id in PERSONAS {
        let persona = Persona::named(id)?;
        let face = persona.portrait().ok_or("no face")?;
        put("photo", id, face)?;
        let start = face.windows(4).position(|w| w == [0xFF, 0x4F, 0xFF, 0x51]).ok_or("no codestream")?;
        put("photo", &format!("{id}-codestream"), &face[start..])?;
        for (kind, behaviour) in [
            ("plain", Behaviour::default()),
            ("waiting", Behaviour { get_response: true, ..Behaviour::default() }),
            ("long", Behaviour { long_form_lengths: true, filler: 40, ..Behaviour::default() }),
        ] {
            card(&persona, &material, &behaviour, &format!("{id}-{kind}"))?;
        }
    }
    for file in files("../crates/card/tests/photos", "jp2")? {
        put("photo", &stem(&file)?, &std::fs::read(&file)?)?;
    }
    notebooks()?;
    put("history", "one-row", &wire::codec::encode(&snapshot()?)?)
}

fn put(target: &str, name: &str, bytes: &[u8]) -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(name), bytes)?)
}

fn material() -> Outcome<CardMaterial> {
    let mut state = 1_u64;
    let mut random = |out: &mut [u8]| {
        out.fill_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        });
    };
    Ok(CardMaterial::generate(&mut random, fuzz::NOW)?)
}

/// Keeps what the card answers, in the form of the target `card_responses`.
struct Recorder {
    card: VirtualCard,
    answers: Vec<u8>,
}

impl Transmit for Recorder {
    fn transmit(&mut self, command: &[u8]) -> myna_card::Result<Vec<u8>> {
        let answer = self.card.transmit(command)?;
        self.answers.extend(u16::try_from(answer.len()).unwrap_or(u16::MAX).to_be_bytes());
        self.answers.extend(&answer);
        Ok(answer)
    }
}

/// What the answers of one procedure hold, without their lengths and status words: the content of the file.
fn content(answers: &[u8], from: &[u8]) -> Vec<u8> {
    let mut rest = answers;
    let mut out = Vec::new();
    while let Some((length, behind)) = rest.split_first_chunk::<2>() {
        let (answer, after) = behind.split_at(usize::from(u16::from_be_bytes(*length)).min(behind.len()));
        let data = &answer[..answer.len().saturating_sub(2)];
        if !out.is_empty() || data.starts_with(from) {
            out.extend(data);
        }
        rest = after;
    }
    out
}

fn card(persona: &Persona, material: &CardMaterial, behaviour: &Behaviour, name: &str) -> Outcome {
    let now = fuzz::NOW;
    let anchors = TrustAnchors::live();
    let number = persona.verification_number_b(now)?;
    for which in 0..4_u8 {
        let card = VirtualCard::new(persona, material, behaviour.clone(), now)?;
        let mut recorder = Recorder { card, answers: Vec::new() };
        let mut channel = GuardedChannel::new(&mut recorder);
        let last = LastTry::Unconfirmed;
        match which {
            0 => drop(card::read_auth_certificate(&mut channel, now, &anchors)?),
            1 => drop(card::open_surface(&mut channel, &keyed(&number)?, last)?),
            2 => drop(card::open_attributes(&mut channel, &keyed(&number)?, last)?),
            _ => drop(card::sign_with_pin(&mut channel, &keyed(&persona.card.auth_pin)?, last, &challenge())?),
        }
        drop(channel);
        put("card_responses", &format!("{name}-{which}"), &[&[which][..], &recorder.answers].concat())?;
        // Behind GET RESPONSE stands the same content.
        match which {
            _ if behaviour.get_response => {}
            0 => put("certificate", name, &content(&recorder.answers, &[0x30]))?,
            1 | 2 => put("tlv", &format!("{name}-{which}"), &content(&recorder.answers, &[0xFF, 0x20]))?,
            _ => {}
        }
    }
    Ok(())
}

fn keyed<const N: usize>(text: &str) -> Outcome<card::Secret<N>> {
    let mut keyed = card::Keyed::new();
    for ascii in text.bytes() {
        keyed.push(ascii.wrapping_sub(b'0'));
    }
    keyed.finish().map_err(|_| "too few digits".into())
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

/// Files with this extension in a folder of the repository, by name.
fn files(folder: &str, extension: &str) -> Outcome<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?.map(|e| Ok(e?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|ext| ext == extension));
    files.sort();
    Ok(files)
}

fn stem(file: &Path) -> Outcome<String> {
    Ok(file.file_stem().ok_or("no name")?.to_string_lossy().into_owned())
}

fn notebooks() -> Outcome {
    let mut parts = Vec::new();
    for file in files("../crates/medication-notebook/tests/data", "txt")? {
        let name = stem(&file)?;
        let text = std::fs::read(&file)?;
        put("jahis", &name, &text)?;
        if name.starts_with("split") {
            parts.push(text);
        }
    }
    put("jahis", "split-parts", &parts.join(&fuzz::CODE_SEPARATOR))
}

fn snapshot() -> Outcome<HistorySnapshot> {
    let date = |text: &str| CivilDate::try_from(text.to_owned());
    let row = Row {
        date: date("2026-10-02")?,
        code: RowCode::Yj("3332001F1032".into()),
        name: "ワルファリンＫ錠１ｍｇ".into(),
        days_supplied: Some(28),
        quantity: None,
        source: RowSource::Claims,
        facility: None,
        sensitive: false,
    };
    let records = SectionState::Records { rows: vec![row], look_back: LookBack::Months(3), complete_up_to: None };
    Ok(HistorySnapshot {
        lookup: LookupId::from_bytes([7; 16]),
        fetched_at: Timestamp::from_millis(1_000),
        person: PersonOnRecord {
            name: "高木　ハナ".into(),
            kana: "タカギ　ハナ".into(),
            birth_date: date("1948-03-08")?,
            sex: Sex::Female,
        },
        validity: QualificationValidity::Valid,
        period: Period::Summary,
        sections: vec![
            Section { kind: SectionKind::Medications, state: records },
            Section { kind: SectionKind::Surgeries, state: SectionState::NotPermitted },
        ],
        notices: vec![Notice::StandIn],
    })
}
