//! A card reader without PC/SC: cards are laid on it and taken off by hand.

use ambulance_core::CardInput;
use ambulance_runtime::reader::{Probe, ReaderEvents, channel, open_face, read, sign};
use card::{Failure, TrustAnchors};
use std::time::Duration;
use virtual_card::{Behaviour, CardMaterial, Persona, VirtualCard};

/// The present, seconds since 1970, as the card sees it.
#[expect(clippy::disallowed_methods, reason = "cards are dated by the present")]
fn now_s() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// A desk with a reader on it.
pub struct Desk {
    probe: Probe,
    material: CardMaterial,
    anchors: TrustAnchors,
}

impl Desk {
    /// A reader without a card, and the tablet's end of it.
    ///
    /// # Panics
    /// When the material holds no certificate authority: a fault of the test.
    #[must_use]
    pub fn new(material: CardMaterial) -> (Self, ReaderEvents) {
        let anchors = TrustAnchors::training([material.auth_ca_certificate()]).expect("the test CA is a certificate");
        let (probe, events) = channel();
        (Self { probe, material, anchors }, events)
    }

    /// A persona's card, not on the reader yet.
    ///
    /// # Panics
    /// When there is no such persona.
    #[must_use]
    pub fn card(&self, persona: &str, behaviour: Behaviour) -> VirtualCard {
        let persona = Persona::named(persona).expect("a persona");
        VirtualCard::new(&persona, &self.material, behaviour, now_s()).expect("a card")
    }

    /// Lays a persona's card on the reader: it is read at once.
    ///
    /// # Panics
    /// When there is no such persona, or the tablet is gone.
    pub async fn lay(&self, persona: &str, behaviour: Behaviour) {
        let mut card = self.card(persona, behaviour);
        self.lay_card(&mut card).await;
    }

    /// As [`Self::lay`], a card that the test keeps, to look at what it was asked.
    ///
    /// # Panics
    /// When the tablet is gone.
    pub async fn lay_card(&self, card: &mut VirtualCard) {
        self.tell(CardInput::Reading).await;
        let input = match read(card, now_s(), &self.anchors, || false) {
            Ok(read) => CardInput::Read { read: Box::new(read), took_ms: 1 },
            Err(failure) => CardInput::Failed { failure, took_ms: 1 },
        };
        self.tell(input).await;
    }

    /// Answers a press on the 照合番号B page with the card that lies on the reader; false when nobody asked.
    ///
    /// # Panics
    /// When the tablet is gone.
    pub async fn answer_number_b(&self, card: &mut VirtualCard) -> bool {
        let Some(request) = self.probe.open_face.take() else { return false };
        let result = open_face(card, now_s(), &self.anchors, &request, || false).map(Box::new);
        self.tell(CardInput::Face { press: request.press, result, took_ms: 1 }).await;
        true
    }

    /// Answers a press on the PIN page with the card that lies on the reader; false when nobody asked.
    ///
    /// # Panics
    /// When the tablet is gone.
    pub async fn answer_pin(&self, card: &mut VirtualCard) -> bool {
        let Some(request) = self.probe.sign.take() else { return false };
        let result = sign(card, now_s(), &self.anchors, &request, || false);
        self.tell(CardInput::Signed { press: request.press, result, took_ms: 1 }).await;
        true
    }

    /// Something else happens at the reader.
    ///
    /// # Panics
    /// When the tablet is gone.
    pub async fn tell(&self, input: CardInput) {
        self.probe.events.send(input).await.expect("the tablet listens");
    }

    /// A reading that ended otherwise.
    pub async fn fail(&self, failure: Failure) {
        self.tell(CardInput::Reading).await;
        self.tell(CardInput::Failed { failure, took_ms: 1 }).await;
    }
}

/// Generous limit for anything a test waits for.
pub const PATIENCE: Duration = Duration::from_secs(30);
