//! Cards for the tests of this crate.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::sync::OnceLock;

use virtual_card::{Behaviour, CardMaterial, Persona, VirtualCard};

/// 20 November 2026 in Tokyo, in seconds since 1970.
pub(crate) const NOW: i64 = 1_795_140_000;

/// A small generator for tests: SplitMix64.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.roll().to_be_bytes()[0]
    }
}

pub(crate) fn make_material(seed: u64) -> CardMaterial {
    let mut dice = Dice(seed);
    CardMaterial::generate(&mut |out: &mut [u8]| out.fill_with(|| dice.byte()), NOW).unwrap()
}

pub(crate) fn material() -> &'static CardMaterial {
    static MADE: OnceLock<CardMaterial> = OnceLock::new();
    MADE.get_or_init(|| make_material(7))
}

pub(crate) fn card(id: &str, behaviour: Behaviour) -> VirtualCard {
    VirtualCard::new(&Persona::named(id).unwrap(), material(), behaviour, NOW).unwrap()
}

/// The digits of a text, as a keypad gives them.
pub(crate) fn keyed<const N: usize>(text: &str) -> card::Secret<N> {
    let mut keyed = card::Keyed::new();
    assert!(text.bytes().all(|ascii| keyed.push(ascii - b'0')));
    keyed.finish().ok().unwrap()
}

/// VERIFY commands with data that the card saw, by its own transcript.
pub(crate) fn counted(card: &VirtualCard) -> u64 {
    card.transcript().presented()
}
