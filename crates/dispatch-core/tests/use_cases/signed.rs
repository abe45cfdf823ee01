//! A look-up that says the card signed is believed only when it did: this nonce, tablet, crew, case, consent and time.

use crate::history::kinds;
use crate::world::{A, B, LOOKUP, World, question};
use audit::{Kind, Outcome};
use card::{
    CertificateFault, Challenge, ChallengeParts, GuardedChannel, Keyed, LastTry, Secret, TrustAnchors, sign_with_pin,
};
use case::{Body, EventName};
use dispatch_core::contract::fixtures::{NOW, Town, block_on_ready};
use dispatch_core::limits::{NONCE_HOURS, NONCES_AT_ONCE};
use dispatch_core::nonces::{NONCE_BYTES, RANDOM_BYTES, issue};
use dispatch_core::server_log::load_case;
use dispatch_core::{LookUp, NonceSecret, Scope, UseCaseError};
use model::{CrewId, LookupId, RngStreams, Timestamp};
use patient_history::{IdentityLevel, LookupEvidence, SignedChallenge};
use std::sync::{Mutex, OnceLock, PoisonError};
use virtual_card::{Behaviour, CardMaterial, Persona, VirtualCard};

const NOW_S: i64 = NOW.0 / 1_000_000;
const OTHER: LookupId = LookupId::from_bytes([0x11; 16]);

/// A card with real keys; made once, for that takes a while.
fn material() -> &'static CardMaterial {
    static MADE: OnceLock<CardMaterial> = OnceLock::new();
    MADE.get_or_init(|| {
        let dice = Mutex::new(model::IdSource::new(RngStreams::from_u64(7).stream("card")));
        let mut fill = |out: &mut [u8]| {
            let mut dice = dice.lock().unwrap_or_else(PoisonError::into_inner);
            for chunk in out.chunks_mut(4) {
                let random = dice.log().bytes();
                chunk.copy_from_slice(&random[12..12 + chunk.len()]);
            }
        };
        CardMaterial::generate(&mut fill, NOW_S).expect("keys")
    })
}

fn pin() -> Secret<4> {
    let mut keyed = Keyed::new();
    assert!([1, 2, 3, 4].into_iter().all(|digit| keyed.push(digit)));
    keyed.finish().ok().expect("four digits")
}

/// The card's certificate and its signature over a challenge.
fn signed_by(persona: &str, parts: &ChallengeParts<'_>) -> (Vec<u8>, Vec<u8>) {
    let persona = Persona::named(persona).expect("a persona");
    let mut virtual_card = VirtualCard::new(&persona, material(), Behaviour::default(), NOW_S).expect("a card");
    let anchors = TrustAnchors::training([material().auth_ca_certificate()]).expect("anchors");
    let read = card::read_auth_certificate(&mut GuardedChannel::new(&mut virtual_card), NOW_S, &anchors);
    let certificate = read.expect("a certificate").certificate;
    let mut channel = GuardedChannel::new(&mut virtual_card);
    let signature = sign_with_pin(&mut channel, &pin(), LastTry::Unconfirmed, &Challenge::new(parts));
    (certificate, signature.expect("a signature"))
}

/// What a tablet that does everything right signs.
struct Signing<'w> {
    world: &'w World,
    consent: EventName,
    device: Town,
    nonce: [u8; NONCE_BYTES],
    crew: CrewId,
    hash: [u8; 32],
    tablet_time: Timestamp,
}

impl<'w> Signing<'w> {
    async fn new(world: &'w World, consent: EventName) -> Self {
        let loaded = load_case(&world.store, Scope::Installation, A.case()).await.expect("the case");
        let fact = loaded.committed.iter().find(|fact| fact.stored.name == consent).expect("the consent");
        let hash = fact.stored.hash().0;
        let nonce = nonce(&world.secret, A, 0);
        Self { world, consent, device: A, nonce, crew: A.crew(), hash, tablet_time: NOW.plus_minutes(-3) }
    }
    /// The look-up with the card's signature.
    fn look_up(&self) -> LookUp {
        let (certificate, signature) = signed_by(
            "warfarin",
            &ChallengeParts {
                nonce: &self.nonce,
                device: self.device.device(),
                crew: self.crew,
                case: A.case(),
                consent: self.hash,
                tablet_time: self.tablet_time,
            },
        );
        let signed = SignedChallenge { nonce: self.nonce.to_vec(), signature, tablet_time: self.tablet_time };
        let evidence =
            LookupEvidence { level: IdentityLevel::Signed, certificate, signed: Some(signed), attributes: None };
        LookUp { evidence, ..question(A, self.consent) }
    }
    async fn refused(&self, what: &str, asked: LookUp) {
        let answer = self.world.look_up(A, asked).await;
        assert!(matches!(answer, Err(UseCaseError::ChallengeWrong)), "{what}: {answer:?}");
        assert_eq!(self.world.source.asked(), 0, "{what}: nothing left the server");
    }
}

fn nonce(secret: &NonceSecret, town: Town, n: u8) -> [u8; NONCE_BYTES] {
    *issue(secret, town.device(), NOW, &[[n; RANDOM_BYTES]; NONCES_AT_ONCE])[0].bytes()
}

fn with_signed(asked: &LookUp, change: impl FnOnce(&mut SignedChallenge)) -> LookUp {
    let mut asked = asked.clone();
    change(asked.evidence.signed.as_mut().expect("signed"));
    asked
}

#[test]
fn a_signature_of_the_card_opens_the_history_and_its_nonce_no_other() {
    block_on_ready(async {
        let world = World::new().await;
        let (_, consent) = world.consented(A, 7).await;
        let signing = Signing::new(&world, consent).await;
        let asked = signing.look_up();
        let mut late = asked.clone();
        late.evidence.level = IdentityLevel::SignedLate;
        world.source.fail_next();
        assert!(matches!(world.look_up(A, late.clone()).await, Err(UseCaseError::Source(_))));
        let other = LookUp { lookup: OTHER, ..asked.clone() };
        let used = world.look_up(A, other).await;
        assert!(matches!(used, Err(UseCaseError::NonceUsed)), "{used:?}");
        for _ in 0..2 {
            world.look_up(A, late.clone()).await.expect("the same look-up again");
        }
        assert_eq!(world.source.asked(), 2);
        let fresh = Signing { nonce: nonce(&world.secret, A, 1), ..signing };
        world.look_up(A, LookUp { lookup: OTHER, ..fresh.look_up() }).await.expect("with another nonce");
        let refused: Vec<_> = kinds(&world).await.into_iter().filter(|kind| is_refused(kind, "nonce_used")).collect();
        assert_eq!(refused.len(), 1, "the refused try is in the audit");
    });
}

#[test]
fn a_signature_over_anything_else_is_refused_and_audited() {
    block_on_ready(async {
        let world = World::new().await;
        let (mut pen, first) = world.consented(A, 7).await;
        let stale = Signing::new(&world, first).await.hash;
        world.append(A, vec![pen.write(Body::ConsentRecorded { basis: crate::world::basis() })]).await;
        let consent = EventName { seq: 3, ..first };
        let right = || Signing::new(&world, consent);
        let made_for_b = nonce(&world.secret, B, 0);
        let foreign = nonce(&NonceSecret::new([8; 32].into()), A, 0);
        let variants = [
            ("another tablet", Signing { device: B, ..right().await }),
            ("another tablet's nonce", Signing { nonce: made_for_b, ..right().await }),
            ("another server's nonce", Signing { nonce: foreign, ..right().await }),
            ("another crew", Signing { crew: B.crew(), ..right().await }),
            ("another consent", Signing { hash: stale, ..right().await }),
        ];
        let mut tries = 0;
        for (what, signing) in variants {
            signing.refused(what, signing.look_up()).await;
            tries += 1;
        }
        let signing = right().await;
        let asked = signing.look_up();
        let unsigned = LookUp { evidence: LookupEvidence { signed: None, ..asked.evidence.clone() }, ..asked.clone() };
        let visual = |level| LookUp { evidence: LookupEvidence { level, ..asked.evidence.clone() }, ..asked.clone() };
        let (other_card, _) = signed_by(
            "dialysis",
            &ChallengeParts {
                nonce: &signing.nonce,
                device: A.device(),
                crew: A.crew(),
                case: A.case(),
                consent: signing.hash,
                tablet_time: signing.tablet_time,
            },
        );
        let mut no_certificate = asked.clone();
        no_certificate.evidence.certificate = vec![1];
        let mut another_card = asked.clone();
        another_card.evidence.certificate = material().auth_ca_certificate().to_vec();
        assert_ne!(other_card, asked.evidence.certificate);
        let spoiled = [
            ("another time", with_signed(&asked, |s| s.tablet_time = s.tablet_time.plus_us(1))),
            ("another nonce", with_signed(&asked, |s| s.nonce = nonce(&world.secret, A, 9).to_vec())),
            ("a long nonce", with_signed(&asked, |s| s.nonce.push(0))),
            ("no nonce", with_signed(&asked, |s| s.nonce.clear())),
            ("a changed signature", with_signed(&asked, |s| s.signature[100] ^= 1)),
            ("no signature", with_signed(&asked, |s| s.signature.clear())),
            ("no certificate", no_certificate),
            ("another key", another_card),
            ("signed without a signature", unsigned),
            ("visual with a signature", visual(IdentityLevel::Visual)),
            ("visual B with a signature", visual(IdentityLevel::VisualB)),
        ];
        for (what, asked) in spoiled {
            signing.refused(what, asked).await;
            tries += 1;
        }
        let kinds = kinds(&world).await;
        assert_eq!(kinds.iter().filter(|kind| is_refused(kind, "challenge_wrong")).count(), tries);
        assert_eq!(kinds.len(), 2 * tries, "each is begun and completed");
        world.look_up(A, asked).await.expect("none of them has used the nonce");
    });
}

#[test]
fn where_roots_are_configured_every_look_up_shows_a_certificate_of_theirs() {
    block_on_ready(async {
        let mut world = World::new().await;
        let (_, consent) = world.consented(A, 7).await;
        let signed = Signing::new(&world, consent).await.look_up();
        let visual = LookUp {
            evidence: LookupEvidence { signed: None, level: IdentityLevel::Visual, ..signed.evidence.clone() },
            ..signed.clone()
        };
        let roots = |ca: &[u8]| Some(TrustAnchors::training([ca]).expect("anchors"));
        let card_of_tests = || LookUp { lookup: OTHER, ..visual.clone() };
        for (roots, expected) in [
            (roots(material().sign_ca_certificate()), CertificateFault::UntrustedIssuer),
            (Some(TrustAnchors::live()), CertificateFault::TestCard),
        ] {
            world.roots = roots;
            for asked in [signed.clone(), card_of_tests()] {
                let refused = world.look_up(A, asked).await;
                assert!(matches!(refused, Err(UseCaseError::Certificate(fault)) if fault == expected), "{refused:?}");
            }
        }
        assert_eq!(world.source.asked(), 0, "nothing left the server");
        world.roots = roots(material().auth_ca_certificate());
        let unreadable = world.look_up(A, question(A, consent)).await;
        assert!(matches!(unreadable, Err(UseCaseError::Certificate(CertificateFault::Unreadable))), "{unreadable:?}");
        world.look_up(A, signed.clone()).await.expect("the same with its issuer's root");
        world.look_up(A, card_of_tests()).await.expect("by eye as well");
        let kinds = kinds(&world).await;
        let refused = |code: &str| kinds.iter().filter(|kind| is_refused(kind, code)).count();
        let each = ["certificate_untrusted", "certificate_of_tests", "certificate_unreadable"].map(refused);
        assert_eq!(each, [2, 2, 1], "each is in the audit");
    });
}

#[test]
fn a_nonce_is_too_old_after_a_day() {
    block_on_ready(async {
        let world = World::new().await;
        let (_, consent) = world.consented(A, 7).await;
        let asked = Signing::new(&world, consent).await.look_up();
        world.clock.advance_minutes(NONCE_HOURS * 60 + 1);
        let old = world.look_up(A, asked).await;
        assert!(matches!(old, Err(UseCaseError::NonceExpired)), "{old:?}");
        assert!(matches!(kinds(&world).await.as_slice(), [Kind::Begin(begin), done]
            if begin.lookup == LOOKUP && is_refused(done, "nonce_expired")));
        assert_eq!(world.source.asked(), 0);
    });
}

#[test]
fn each_refusal_has_its_words() {
    let all = [
        (UseCaseError::ChallengeWrong, "challenge_wrong"),
        (UseCaseError::NonceUsed, "nonce_used"),
        (UseCaseError::NonceExpired, "nonce_expired"),
        (UseCaseError::TooOften, "too_often"),
        (UseCaseError::PinNotOffered, "pin_not_offered"),
        (UseCaseError::Certificate(CertificateFault::WrongUse), "certificate_wrong_use"),
    ];
    for (error, code) in all {
        assert_eq!(error.code(), code);
        assert!(error.ja().ends_with('。') && error.next_ja().ends_with('。') && error.en().ends_with('.'), "{code}");
    }
}

fn is_refused(kind: &Kind, code: &str) -> bool {
    matches!(kind, Kind::Complete(done) if matches!(&done.outcome, Outcome::Refused { reason } if reason.as_str() == code))
}
