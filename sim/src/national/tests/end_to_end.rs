//! The real gateway against the stand-in.

use super::super::{Fault, Faults, Handle, NationalFiles, Register, prepare, serve};
use super::personas::NOW;
use core::time::Duration;
use eligibility::{GatewayConfig, NationalGateway};
use model::{CrewId, DepartmentId, DeviceId, LookupId, Timestamp};
use patient_history::{
    ConsentBasis, ConsentKind, ConsentScope, HistoryQuery, HistorySnapshot, HistorySource, IdentityLevel,
    LookupEvidence, NotObtainableReason, Notice, Period, PersonAttributes, QualificationValidity, Requester,
    SectionCount, SectionKind, SourceError,
};
use rustls::ClientConfig;
use std::sync::Arc;
use std::time::SystemTime;
use tempfile::TempDir;
use tokio::net::TcpListener;
use virtual_card::{Behaviour, Persona, VirtualCard};

struct World {
    stand_in: Handle,
    tls: Arc<ClientConfig>,
    // Holds the files as long as the world lives.
    _directory: TempDir,
}

fn now() -> Timestamp {
    NOW
}

async fn world() -> World {
    world_of(Register::of_personas().expect("personas")).await
}

async fn world_of(register: Register) -> World {
    let directory = TempDir::new().expect("a directory");
    #[expect(clippy::disallowed_methods, reason = "certificates are checked against the real clock")]
    let files: NationalFiles = prepare(directory.path(), SystemTime::now()).expect("files");
    let (ca, server) = files.server().expect("server files");
    let tls = pki::mutual_tls_server_config(&ca, &server).expect("server TLS");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let stand_in = serve(listener, tls, register, Faults::default(), now).expect("serving");
    let (ca, client) = files.client().expect("client files");
    let tls = pki::mutual_tls_client_config(&ca, &client).expect("client TLS");
    World { stand_in, tls, _directory: directory }
}

impl World {
    fn config(&self) -> GatewayConfig {
        GatewayConfig {
            host: "127.0.0.1".into(),
            port: self.stand_in.address().port(),
            server_name: "localhost".into(),
            tls: self.tls.clone(),
            training: true,
            deadline: Duration::from_secs(20),
        }
    }
    async fn ask(&self, persona: &str, consent: ConsentBasis) -> Result<HistorySnapshot, SourceError> {
        NationalGateway::with_clock(self.config(), now).fetch(query(persona, consent)).await
    }
    async fn with_fault(&self, fault: Fault) -> Result<HistorySnapshot, SourceError> {
        self.stand_in.faults().set(fault);
        self.ask("warfarin", all()).await
    }
}

/// A self-signed certificate with the persona's serial number: the stand-in looks at nothing else.
pub(super) fn certificate_of(persona: &Persona) -> Vec<u8> {
    let serial = persona.serial().expect("a serial number");
    let tlv = |tag: u8, body: &[u8]| {
        let length = u16::try_from(body.len()).expect("short");
        let mut out = vec![tag, 0x82];
        out.extend(length.to_be_bytes());
        out.extend(body);
        out
    };
    let name = tlv(0x30, &[]);
    let algorithm = tlv(0x30, &tlv(0x06, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]));
    let validity = tlv(0x30, &[tlv(0x17, b"200101000000Z"), tlv(0x17, b"400101000000Z")].concat());
    let key = tlv(0x30, &[algorithm.clone(), tlv(0x03, &[0, 0x30, 0])].concat());
    let version = tlv(0xa0, &tlv(0x02, &[2]));
    let tbs = tlv(0x30, &[version, tlv(0x02, &serial), algorithm.clone(), name.clone(), validity, name, key].concat());
    tlv(0x30, &[tbs, algorithm, tlv(0x03, &[0, 0])].concat())
}

fn all() -> ConsentBasis {
    ConsentBasis::Spoken { scope: ConsentScope::All, told_to_hospitals: true }
}

fn only(kinds: &[ConsentKind]) -> ConsentBasis {
    ConsentBasis::Spoken { scope: ConsentScope::Only(kinds.iter().copied().collect()), told_to_hospitals: false }
}

fn query(persona: &str, consent: ConsentBasis) -> HistoryQuery {
    let persona = Persona::named(persona).expect("a persona");
    HistoryQuery {
        lookup: LookupId::from_bytes([9; 16]),
        requester: Requester {
            department: DepartmentId::from_bytes([1; 16]),
            crew: CrewId::from_bytes([2; 16]),
            device: DeviceId::from_bytes([3; 16]),
        },
        evidence: LookupEvidence {
            level: IdentityLevel::Visual,
            certificate: certificate_of(&persona),
            signed: None,
            attributes: None,
        },
        consent,
        period: Period::Summary,
        asked_at: NOW,
    }
}

fn count(history: &HistorySnapshot, kind: SectionKind) -> SectionCount {
    *history.counts().get(&kind).expect("every kind is counted")
}

#[tokio::test]
async fn a_full_consent_brings_every_section_with_its_age() {
    let world = world().await;
    let history = world.ask("dialysis", all()).await.expect("a history");
    assert_eq!(count(&history, SectionKind::Dialysis), SectionCount::Rows(39));
    assert_eq!(count(&history, SectionKind::Checkups), SectionCount::NoRecord);
    assert_eq!(history.person.kana.as_str(), "イシカワ　セイイチ");
    assert_eq!((history.validity, history.age_minutes(NOW.plus_minutes(7))), (QualificationValidity::Valid, 7));
    assert_eq!(history.notices, [Notice::StandIn]);
    let newest = history.rows(SectionKind::Dialysis).first().expect("a row");
    assert_eq!((newest.date.to_string().as_str(), newest.code.procedure()), ("2026-11-18", Some("J038")));
}

#[tokio::test]
async fn consent_by_section_opens_those_sections_only() {
    let world = world().await;
    let history = world.ask("warfarin", only(&[ConsentKind::Medications])).await.expect("a history");
    assert_eq!(count(&history, SectionKind::EPrescriptions), SectionCount::Rows(4));
    for kind in [SectionKind::Visits, SectionKind::Surgeries, SectionKind::Dialysis, SectionKind::Checkups] {
        assert_eq!(count(&history, kind), SectionCount::NotPermitted, "{kind:?}");
    }
    let surgeries = world.ask("transplant", only(&[ConsentKind::Surgeries])).await.expect("a history");
    assert_eq!(count(&surgeries, SectionKind::Surgeries), SectionCount::Rows(1));
    assert_eq!(count(&surgeries, SectionKind::Treatments), SectionCount::NotPermitted);
}

#[tokio::test]
async fn without_consent_nothing_is_sent() {
    let world = world().await;
    let refused = world.ask("warfarin", ConsentBasis::Refused { reason: None }).await;
    assert_eq!(refused.unwrap_err(), SourceError::ConsentRefused);
    assert_eq!(world.ask("warfarin", only(&[])).await.unwrap_err(), SourceError::ConsentRefused);
    assert_eq!(world.stand_in.questions(), 0);
    let emergency = ConsentBasis::NotObtainable { reason: NotObtainableReason::Unconscious };
    let history = world.ask("warfarin", emergency).await.expect("a history");
    assert!(SectionKind::ALL.into_iter().all(|k| count(&history, k) != SectionCount::NotPermitted));
}

#[tokio::test]
async fn a_stand_in_that_ignores_consent_is_held_back() {
    let world = world().await;
    world.stand_in.faults().set(Fault::IgnoresConsent);
    let history = world.ask("transplant", only(&[ConsentKind::Medications])).await.expect("a history");
    assert_eq!(count(&history, SectionKind::Surgeries), SectionCount::NotPermitted);
    assert!(history.rows(SectionKind::Visits).is_empty());
}

#[tokio::test]
async fn the_special_personas_come_back_as_they_are() {
    let world = world().await;
    let kuromaru = world.ask("kuromaru", all()).await.expect("a history");
    assert_eq!(kuromaru.person.name.as_str(), "髙●　礼子");
    assert!(kuromaru.person.name.has_unknown_character());
    let lapsed = world.ask("lapsed", all()).await.unwrap_err();
    assert_eq!(lapsed, SourceError::NoEntitlement { validity: QualificationValidity::Invalid });
    let grace = world.ask("grace", all()).await.expect("a history");
    assert!(grace.notices.contains(&Notice::CertificateInGrace));
    assert!(world.ask("blank", all()).await.expect("a history").is_blank());
    let mut unknown = query("warfarin", all());
    let mut stranger = Persona::named("warfarin").expect("a persona");
    stranger.certificate.serial = "7f000001".into();
    unknown.evidence.certificate = certificate_of(&stranger);
    let answer = NationalGateway::with_clock(world.config(), now).fetch(unknown).await;
    assert_eq!(answer.unwrap_err(), SourceError::CardUnknown);
}

#[tokio::test]
async fn every_fault_ends_in_its_own_error() {
    let world = world().await;
    let protocol = |e: &SourceError| matches!(e, SourceError::Protocol { .. });
    let code = |c: &str| SourceError::National { code: c.to_owned() };
    assert_eq!(world.with_fault(Fault::Error("E9/\n9".into())).await.unwrap_err(), code("E99"), "cleaned");
    assert_eq!(world.with_fault(Fault::Status(503)).await.unwrap_err(), code("HTTP503"));
    assert_eq!(world.with_fault(Fault::Close).await.unwrap_err(), SourceError::Unreachable);
    for fault in [Fault::Garbage, Fault::Truncated, Fault::Endless, Fault::OtherLookup, Fault::Validity(9)] {
        let error = world.with_fault(fault.clone()).await.unwrap_err();
        assert!(protocol(&error), "{fault:?}: {error}");
        assert!(error.retryable() && !error.to_string().contains("ワルファリン"));
    }
    assert_eq!(world.with_fault(Fault::Validity(5)).await.unwrap_err(), SourceError::MultipleMatches);
    let none = SourceError::NoEntitlement { validity: QualificationValidity::NoMatch };
    assert_eq!(world.with_fault(Fault::Validity(4)).await.unwrap_err(), none);
    let newer = world.with_fault(Fault::Validity(3)).await.expect("a history");
    assert!(newer.notices.contains(&Notice::NewEntitlementExists));
    assert!(world.with_fault(Fault::None).await.is_ok(), "and afterwards all is well");
}

#[tokio::test]
async fn a_slow_system_ends_at_the_deadline() {
    let world = world().await;
    world.stand_in.faults().set(Fault::Slow(Duration::from_secs(600)));
    let config = GatewayConfig { deadline: Duration::from_millis(300), ..world.config() };
    let answer = NationalGateway::with_clock(config, now).fetch(query("warfarin", all())).await;
    assert_eq!(answer.unwrap_err(), SourceError::Deadline { waited_ms: 300 });
}

#[tokio::test]
async fn training_and_live_do_not_mix() {
    let world = world().await;
    let live = GatewayConfig { training: false, ..world.config() };
    let answer = NationalGateway::with_clock(live, now).fetch(query("warfarin", all())).await;
    assert_eq!(answer.unwrap_err(), SourceError::WrongKindOfSystem);
    assert_eq!(world.with_fault(Fault::Unmarked).await.unwrap_err(), SourceError::WrongKindOfSystem);
}

#[tokio::test]
async fn strangers_and_dead_ports_are_unreachable() {
    let world = world().await;
    let other = TempDir::new().expect("a directory");
    #[expect(clippy::disallowed_methods, reason = "certificates are checked against the real clock")]
    let files = prepare(other.path(), SystemTime::now()).expect("files");
    let (_, stranger) = files.client().expect("client files");
    let (ca, _) = NationalFiles::in_directory(world._directory.path()).client().expect("client files");
    let tls = pki::mutual_tls_client_config(&ca, &stranger).expect("client TLS");
    let config = GatewayConfig { tls, ..world.config() };
    let answer = NationalGateway::with_clock(config, now).fetch(query("warfarin", all())).await;
    assert_eq!(answer.unwrap_err(), SourceError::Unreachable, "a certificate of another authority");
    let config = world.config();
    world.stand_in.shutdown().await;
    let answer = NationalGateway::with_clock(config, now).fetch(query("warfarin", all())).await;
    assert_eq!(answer.unwrap_err(), SourceError::Unreachable, "nobody listens");
}

#[test]
fn credentials_are_made_once_and_the_authority_is_for_training() {
    let directory = TempDir::new().expect("a directory");
    #[expect(clippy::disallowed_methods, reason = "certificates are checked against the real clock")]
    let now = SystemTime::now();
    let (ca, first) = prepare(directory.path(), now).expect("made").client().expect("client files");
    let (_, second) = prepare(directory.path(), now).expect("kept").client().expect("client files");
    assert_eq!(first.fingerprint(), second.fingerprint());
    assert!(ca.training());
}

/// EF `000A` of the JPKI AP, read as the crew's reader does: no PIN.
fn read_certificate(card: &mut VirtualCard) -> Vec<u8> {
    let mut send = |command: &[u8]| {
        let mut answer = card.process(command);
        let status = answer.split_off(answer.len().saturating_sub(2));
        (answer, status)
    };
    let select = [0x00, 0xa4, 0x04, 0x0c, 0x0a, 0xd3, 0x92, 0xf0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01];
    assert_eq!(send(&select).1, [0x90, 0x00], "SELECT of the AP");
    assert_eq!(send(&[0x00, 0xa4, 0x02, 0x0c, 0x02, 0x00, 0x0a]).1, [0x90, 0x00], "SELECT of the file");
    let mut bytes = Vec::new();
    for block in 0..0x7f {
        let (data, _) = send(&[0x00, 0xb0, block, 0x00, 0x00]);
        if data.is_empty() {
            break;
        }
        bytes.extend(data);
    }
    bytes
}

#[tokio::test]
async fn the_virtual_cards_certificate_finds_its_holder() {
    let world = world().await;
    let seconds = NOW.0 / 1_000_000;
    let material = crate::card::load_or_create(world._directory.path(), seconds).expect("material");
    let persona = Persona::named("kuromaru").expect("a persona");
    let mut card = VirtualCard::new(&persona, &material, Behaviour::default(), seconds).expect("a card");
    card.power_on();
    let mut asked = query("kuromaru", all());
    asked.evidence.certificate = read_certificate(&mut card);
    let history = NationalGateway::with_clock(world.config(), now).fetch(asked).await.expect("a history");
    assert_eq!(history.person.kana.as_str(), "タカハシ　レイコ");
}

fn told(kana: &str, address: &str) -> HistoryQuery {
    let birth_date = model::CivilDate::new(1948, 3, 8).expect("a date");
    let person = PersonAttributes { kana: kana.into(), birth_date, sex: model::Sex::Female, address: address.into() };
    HistoryQuery { evidence: LookupEvidence::by_attributes(person), ..query("warfarin", all()) }
}

#[tokio::test]
async fn without_a_card_four_attributes_find_one_person_or_nobody() {
    let world = world().await;
    let gateway = NationalGateway::with_clock(world.config(), now);
    let found = gateway.fetch(told("ﾀｶｷﾞ ﾊﾅ", "訓練県見本市中央1-2")).await.expect("one person");
    assert_eq!(found.person.kana.as_str(), "タカギ　ハナ");
    assert!(!found.is_blank());
    let mut other_sex = told("タカギ　ハナ", "訓練県見本市");
    if let Some(person) = other_sex.evidence.attributes.as_mut() {
        person.sex = model::Sex::Male;
    }
    for nobody in [told("タカギ　ハル", "訓練県見本市"), told("タカギ　ハナ", "他の県見本市"), other_sex]
    {
        assert_eq!(gateway.fetch(nobody).await.unwrap_err(), SourceError::NotNarrowed);
    }
    // With attributes, no card: and the other way round.
    let mut both = told("タカギ　ハナ", "訓練県見本市");
    both.evidence.certificate = vec![1];
    assert!(matches!(gateway.fetch(both).await.unwrap_err(), SourceError::National { .. }));
}

#[tokio::test]
async fn two_who_fit_are_answered_like_nobody() {
    let one = Persona::named("warfarin").expect("a persona");
    let mut twin = one.clone();
    twin.certificate.serial = "0126a00000ff".into();
    let world = world_of(Register::of(vec![one, twin]).expect("two people")).await;
    let gateway = NationalGateway::with_clock(world.config(), now);
    let answer = gateway.fetch(told("タカギ　ハナ", "訓練県見本市中央1-2-3")).await;
    assert_eq!(answer.unwrap_err(), SourceError::NotNarrowed);
}
