//! The tablet's own reader thread on a real PC/SC daemon, and virtual cards that are put on its reader.

use crate::soon;
use ambulance_core::CardInput;
use ambulance_runtime::reader::{ReaderEvents, start_pcsc};
use card::{CardRead, Failure, Keyed, Secret, TrustAnchors};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha12Rng;
use sim::card::Plugged;
use sim::pcscd::Pcscd;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use virtual_card::{Behaviour, CardMaterial, Persona, VirtualCard};

/// The driver looks every 0.4 s whether a card is there: one that comes within the look in which the last one left is never
/// noticed, and no event tells that it has looked.
const BETWEEN_CARDS: Duration = Duration::from_millis(1_200);
/// A card that is not noticed within this time is put down once more.
const NOTICED_WITHIN: Duration = Duration::from_secs(6);
/// So often.
const TRIES: usize = 4;

/// The present, seconds since 1970.
#[must_use]
pub fn now_s() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// Card keys and their authority, made anew.
#[must_use]
pub fn card_material(seed: u64) -> CardMaterial {
    let mut random = ChaCha12Rng::seed_from_u64(seed);
    CardMaterial::generate(&mut |bytes| random.fill_bytes(bytes), now_s()).unwrap()
}

/// What was keyed.
#[must_use]
pub fn keyed<const N: usize>(digits: &str) -> Secret<N> {
    let mut keyed = Keyed::new();
    assert!(digits.bytes().all(|ascii| keyed.push(ascii - b'0')));
    keyed.finish().ok().unwrap()
}

/// See the module.
pub struct CardReader {
    /// The daemon; taken, it ends.
    pub daemon: Option<Pcscd>,
    /// The thread's end of the tablet.
    pub reader: ReaderEvents,
    material: CardMaterial,
}

impl CardReader {
    /// A training tablet's reader.
    #[must_use]
    pub fn training() -> Self {
        let material = card_material(7);
        let anchors = TrustAnchors::training([material.auth_ca_certificate()]).unwrap();
        Self::with(anchors, material)
    }

    /// A reader that trusts these, for cards of this material.
    #[must_use]
    pub fn with(anchors: TrustAnchors, material: CardMaterial) -> Self {
        let daemon = Some(Pcscd::ensure().unwrap());
        Self { daemon, reader: start_pcsc(anchors).unwrap(), material }
    }

    /// A training tablet's reader on a daemon that is there already.
    #[must_use]
    pub fn on(daemon: Pcscd) -> Self {
        let material = card_material(7);
        let anchors = TrustAnchors::training([material.auth_ca_certificate()]).unwrap();
        Self { daemon: Some(daemon), reader: start_pcsc(anchors).unwrap(), material }
    }

    /// A persona's card of this installation, on no reader.
    #[must_use]
    pub fn card(&self, persona: &str, behaviour: Behaviour) -> VirtualCard {
        VirtualCard::new(&Persona::named(persona).unwrap(), &self.material, behaviour, now_s()).unwrap()
    }

    /// Another tablet's reader beside this one, on the same daemon.
    #[must_use]
    pub fn beside(&self) -> Self {
        let anchors = TrustAnchors::training([self.material.auth_ca_certificate()]).unwrap();
        Self { daemon: None, reader: start_pcsc(anchors).unwrap(), material: self.material.clone() }
    }

    /// What the reader tells next.
    pub async fn next(&mut self) -> CardInput {
        soon("the reader tells something", self.reader.events.recv()).await.unwrap()
    }

    /// Puts a card down; how its reading ended.
    pub async fn put(&mut self, persona: &str, behaviour: Behaviour) -> (Plugged, Result<CardRead, Failure>) {
        for _ in 0..TRIES {
            tokio::time::sleep(BETWEEN_CARDS).await;
            let card = self.card(persona, behaviour.clone());
            let plugged = self.daemon.as_ref().unwrap().plug(card).unwrap();
            if self.is_noticed().await {
                return (plugged, self.read().await);
            }
        }
        panic!("the daemon did not notice the card");
    }

    async fn is_noticed(&mut self) -> bool {
        let noticed = async { while !matches!(self.reader.events.recv().await.unwrap(), CardInput::Reading) {} };
        tokio::time::timeout(NOTICED_WITHIN, noticed).await.is_ok()
    }

    /// How the reading that is under way, or comes next, ends.
    ///
    /// # Errors
    /// As the reading.
    pub async fn read(&mut self) -> Result<CardRead, Failure> {
        loop {
            match self.next().await {
                CardInput::Read { read, .. } => return Ok(*read),
                CardInput::Failed { failure, .. } => return Err(failure),
                _ => {}
            }
        }
    }

    /// Takes a card away, and waits until the reader says so.
    pub async fn take(&mut self, plugged: Plugged) {
        drop(plugged);
        while !matches!(self.next().await, CardInput::NoCard) {}
    }
}
