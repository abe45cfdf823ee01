//! The cards of a fleet's patients: real card bytes, read by the tablet's own procedure.
//!
//! The invented people of the stand-in are few; a fleet needs more cards than that at once. Each card here is one of them with a serial
//! number of its own, which the national stand-in knows as a person of its own.

use crate::national::Register;
use ambulance_runtime::reader::read;
use anyhow::{Context, Result};
use card::{CardRead, Failure, TrustAnchors};
use std::sync::{Mutex, PoisonError};
use virtual_card::{Behaviour, CardMaterial, Persona, VirtualCard};

/// Different cards; a unit takes the next one for each of its patients. Making one costs two RSA signatures.
const CARDS: usize = 96;
/// People whose cards are valid and registered, by the personas' names.
const PEOPLE: [&str; 6] = ["warfarin", "insulin", "epilepsy", "pacemaker", "pregnant", "blank"];

/// See the module.
pub(super) struct Wallet {
    cards: Vec<Mutex<VirtualCard>>,
    people: Vec<Persona>,
    anchors: TrustAnchors,
    now_s: i64,
}

impl Wallet {
    /// Makes the cards.
    pub(super) fn new(material: &CardMaterial, now_s: i64) -> Result<Self> {
        let anchors = TrustAnchors::training([material.auth_ca_certificate()]).context("read the cards' authority")?;
        let mut people = Vec::with_capacity(CARDS);
        for n in 0..CARDS {
            let name = PEOPLE.get(n % PEOPLE.len()).copied().unwrap_or("blank");
            let mut persona = Persona::named(name).with_context(|| format!("the persona {name}"))?;
            persona.certificate.serial = format!("0126b{n:07x}");
            people.push(persona);
        }
        let mut cards = Vec::with_capacity(CARDS);
        for persona in &people {
            let card = VirtualCard::new(persona, material, Behaviour::default(), now_s).context("make a card")?;
            cards.push(Mutex::new(card));
        }
        Ok(Self { cards, people, anchors, now_s })
    }

    /// What the national stand-in knows of them.
    pub(super) fn register(&self) -> Result<Register> {
        Register::of(self.people.clone())
    }

    /// Lays a card on a reader: the tablet's procedure reads it.
    pub(super) fn read(&self, n: usize) -> Result<CardRead, Failure> {
        let Some(card) = self.cards.get(n % CARDS) else { return Err(Failure::NoCard) };
        let mut card = card.lock().unwrap_or_else(PoisonError::into_inner);
        card.power_on();
        read(&mut *card, self.now_s, &self.anchors, || false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{Rng as _, SeedableRng as _};

    #[test]
    fn every_card_is_read_again_and_again_and_is_somebody_else_s() {
        let mut random = StdRng::seed_from_u64(3);
        let now_s = 1_790_000_000;
        let material = CardMaterial::generate(&mut |bytes| random.fill_bytes(bytes), now_s).expect("keys");
        let wallet = Wallet::new(&material, now_s).expect("cards");
        let first = wallet.read(0).expect("a card");
        assert_eq!(wallet.read(CARDS).expect("the same card").certificate, first.certificate);
        assert_ne!(wallet.read(PEOPLE.len()).expect("the same person's other card").certificate, first.certificate);
        assert_eq!(wallet.register().expect("people").len(), CARDS);
    }
}
