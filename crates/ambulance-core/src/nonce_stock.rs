//! Nonces for signatures of cards, kept ahead of need so that a PIN works without radio (DESIGN §5.1).
//!
//! The stock rests sealed in the local state. A nonce leaves it, on the disk, before any card signs over it: after a crash it
//! is gone, never used twice.

use crate::core::Core;
use crate::limits::{NONCE_BYTES_MAX, NONCES_AGAIN_US, NONCES_LOW, NONCES_MAX, NONCES_OLD_US};
use crate::state::Now;
use model::Timestamp;
use wire::{Nonces, Question};

/// The local state that holds the stock.
const NONCES: &str = "nonces";

/// What is in stock, and how more is got.
#[derive(Default)]
pub(crate) struct NonceStock {
    nonces: Vec<Vec<u8>>,
    /// Until when they are good (server's UTC).
    until: Timestamp,
    /// The connected server gives nonces.
    pub(crate) is_given: bool,
    /// The server did not give any: not asked again before this time of this boot.
    again_at_us: u64,
}

impl NonceStock {
    fn resting(&self) -> Nonces {
        Nonces { nonces: self.nonces.iter().cloned().map(Into::into).collect(), until: self.until }
    }

    fn replace(&mut self, given: Nonces) {
        let usable =
            given.nonces.into_iter().map(|nonce| nonce.into_vec()).filter(|nonce| nonce.len() <= NONCE_BYTES_MAX);
        self.nonces = usable.take(NONCES_MAX).collect();
        self.until = given.until;
    }
}

impl Core {
    /// This tablet's best guess of the server's clock.
    fn server_utc(&self, now: Now) -> Timestamp {
        self.state.offset.map_or(now.utc, |offset| now.utc.plus_us(offset.us))
    }

    pub(crate) fn restore_nonces(&mut self, states: &[(String, Vec<u8>)]) {
        let Some((_, value)) = states.iter().find(|(key, _)| key == NONCES) else { return };
        match wire::codec::decode::<Nonces>(value) {
            Ok(resting) => {
                self.nonces.replace(resting);
                self.state.pin_offered = !self.nonces.nonces.is_empty();
            }
            Err(error) => tracing::error!(%error, "the resting nonces cannot be read"),
        }
    }

    /// Whether the connected server gives nonces. One that does not give any has the PIN asked for nowhere: what is left
    /// of an earlier stock is not used.
    pub(crate) fn meet_nonces(&mut self, is_given: bool) {
        self.nonces.is_given = is_given;
        self.state.pin_offered = is_given;
        if !is_given && !self.nonces.nonces.is_empty() {
            self.nonces.nonces.clear();
            self.rest_nonces();
        }
    }

    /// Asks for more when the stock is low or old and the server gives some; once at a time.
    pub(crate) fn stock_nonces(&mut self, now: Now) {
        let is_asked = self.asked.values().any(|asked| matches!(asked.ask.question, Question::Nonces));
        if self.nonces_due(now).is_some_and(|at_us| at_us <= now.mono.us) && !is_asked {
            self.ask(Question::Nonces, None, now);
        }
        self.count_nonces(now);
    }

    /// When to ask, time of this boot; none while nobody gives any.
    fn nonces_due(&self, now: Now) -> Option<u64> {
        if !self.nonces.is_given || !self.state.link.is_up() {
            return None;
        }
        let good_for = self.nonces.until.since_us(self.server_utc(now));
        let fresh_for = u64::try_from(good_for.saturating_sub(NONCES_OLD_US)).unwrap_or(0);
        let wait = if self.nonces.nonces.len() < NONCES_LOW { 0 } else { fresh_for };
        Some(now.mono.us.saturating_add(wait).max(self.nonces.again_at_us))
    }

    pub(crate) fn nonces_deadline(&self, now: Now) -> Option<(u64, &'static str)> {
        let is_asked = self.asked.values().any(|asked| matches!(asked.ask.question, Question::Nonces));
        self.nonces_due(now).filter(|_| !is_asked).map(|at_us| (at_us, "nonces are asked for"))
    }

    /// The server gave some: they take the place of what is left, which is older.
    pub(crate) fn nonces_came(&mut self, given: Nonces, now: Now) {
        self.nonces.replace(given);
        self.nonces.again_at_us = now.mono.us.saturating_add(NONCES_AGAIN_US);
        self.rest_nonces();
    }

    /// The server gave none for now.
    pub(crate) fn nonces_refused(&mut self, code: &str, now: Now) {
        tracing::warn!(%code, "no nonces were given");
        self.nonces.again_at_us = now.mono.us.saturating_add(NONCES_AGAIN_US);
    }

    /// A signed look-up was refused for its nonce or signature: the rest of the stock, made with it, is not tried.
    pub(crate) fn note_signature_refused(&mut self, code: &str) {
        if matches!(code, "challenge_wrong" | "nonce_expired") {
            self.nonces.nonces.clear();
            self.rest_nonces();
        }
    }

    /// Takes one out of the stock, in the present action's transaction: it may be signed over when that is durable.
    pub(crate) fn take_nonce(&mut self, now: Now) -> Option<Vec<u8>> {
        if self.nonces.until <= self.server_utc(now) {
            return None;
        }
        let nonce = self.nonces.nonces.pop()?;
        self.rest_nonces().then_some(nonce)
    }

    /// The stock goes to the disk with the present action.
    fn rest_nonces(&mut self) -> bool {
        match wire::codec::encode(&self.nonces.resting()) {
            Ok(value) => {
                self.journal.put_state(NONCES.to_owned(), value);
                true
            }
            Err(error) => {
                tracing::error!(%error, "nonces cannot rest");
                false
            }
        }
    }

    fn count_nonces(&mut self, now: Now) {
        let is_good = self.nonces.until > self.server_utc(now);
        self.state.nonces = if is_good { self.nonces.nonces.len() } else { 0 };
    }
}
