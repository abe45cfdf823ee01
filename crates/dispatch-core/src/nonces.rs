//! Nonces for signatures of cards: made by the server, kept by nobody until one is used.
//!
//! A nonce names the time at which it was made and carries an HMAC over that time and the tablet it was made for; so the
//! server knows its own again without having written it down. Only its use is written
//! ([`crate::store::UsedNonces`]). One secret of the installation gives a key for each epoch; the epoch is the day on
//! which the nonce was made, so that a key signs nonces of one day and checks them for one more.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | when it was made, microseconds since 1970, two's complement, big-endian |
//! | 16 | random |
//! | 16 | HMAC-SHA-256 under the epoch's key over tablet, time and random, its first half |

use crate::error::UseCaseError;
use crate::limits::{NONCE_ANSWERS, NONCE_ANSWERS_MINUTES, NONCE_HOURS, NONCES_AT_ONCE};
use crate::principal::Principal;
use hmac::{Hmac, KeyInit, Mac};
use model::{DeviceId, Timestamp};
use sha2::Sha256;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Bytes of the installation's secret.
pub const SECRET_BYTES: usize = 32;
/// Bytes of a nonce.
pub const NONCE_BYTES: usize = TIME_BYTES + RANDOM_BYTES + MAC_BYTES;
/// Random bytes of one nonce.
pub const RANDOM_BYTES: usize = 16;

const TIME_BYTES: usize = 8;
/// 128 bits: a guess is right once in 2^128, and every guess costs a signature and an audit entry.
const MAC_BYTES: usize = 16;
const HOUR_US: u64 = 60 * 60 * 1_000_000;
const EPOCH_US: i64 = 24 * 60 * 60 * 1_000_000;
/// A block of SHA-256: shorter keys of an HMAC are filled with zeros to it (RFC 2104 §2).
const BLOCK_BYTES: usize = 64;
/// Separates the derived keys from everything else that may ever be made of the secret.
const DOMAIN: &[u8] = b"mynakyukyu/nonce-epoch/1\0";

/// What nonces are made with: one per installation, the same for all of its servers. No `Debug`; overwritten when dropped.
pub struct NonceSecret(Zeroizing<[u8; SECRET_BYTES]>);

impl NonceSecret {
    /// Takes the secret over.
    #[must_use]
    pub const fn new(secret: Zeroizing<[u8; SECRET_BYTES]>) -> Self {
        Self(secret)
    }

    /// The key of the epoch in which something was made.
    fn key_of(&self, made_at: Timestamp) -> Zeroizing<[u8; 32]> {
        let mut mac = keyed(&self.0);
        mac.update(DOMAIN);
        mac.update(&made_at.0.div_euclid(EPOCH_US).to_be_bytes());
        Zeroizing::new(mac.finalize().into_bytes().into())
    }

    fn mac(&self, device: DeviceId, made_at: Timestamp, random: &[u8]) -> Hmac<Sha256> {
        let mut mac = keyed(&self.key_of(made_at));
        mac.update(&device.bytes());
        mac.update(&made_at.0.to_be_bytes());
        mac.update(random);
        mac
    }
}

fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    let mut block = Zeroizing::new([0; BLOCK_BYTES]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    Hmac::new((&*block).into())
}

/// A nonce of this server's form, checked or not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nonce([u8; NONCE_BYTES]);

impl Nonce {
    /// As it came.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; NONCE_BYTES]) -> Self {
        Self(bytes)
    }
    /// As it is sent and signed.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; NONCE_BYTES] {
        &self.0
    }

    fn parts(&self) -> Option<(Timestamp, &[u8], &[u8])> {
        let (time, rest) = self.0.split_first_chunk::<TIME_BYTES>()?;
        let (random, mac) = rest.split_at_checked(RANDOM_BYTES)?;
        Some((Timestamp(i64::from_be_bytes(*time)), random, mac))
    }
}

impl core::fmt::Debug for Nonce {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Nonce")
    }
}

/// Why a nonce is not good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NonceFault {
    /// Not made by this installation for this tablet.
    #[error("checking a nonce: it was not made here for this tablet")]
    Wrong,
    /// Made too long ago.
    #[error("checking a nonce: it is too old")]
    Expired,
}

/// Makes nonces for a tablet, each of other random bytes.
#[must_use]
pub fn issue(
    secret: &NonceSecret,
    device: DeviceId,
    now: Timestamp,
    random: &[[u8; RANDOM_BYTES]; NONCES_AT_ONCE],
) -> Vec<Nonce> {
    let make = |random: &[u8; RANDOM_BYTES]| {
        let mac = secret.mac(device, now, random).finalize().into_bytes();
        let made = now.0.to_be_bytes().into_iter().chain(*random).chain(mac);
        let mut nonce = [0; NONCE_BYTES];
        for (to, from) in nonce.iter_mut().zip(made) {
            *to = from;
        }
        Nonce(nonce)
    };
    random.iter().map(make).collect()
}

/// Knows a nonce again: made here, for this tablet, at most [`NONCE_HOURS`] ago. One that was made so long ahead, by a
/// clock that has been set back since, is refused as well. The comparison takes the same time wherever the bytes differ.
///
/// # Errors
/// [`NonceFault::Wrong`] before [`NonceFault::Expired`]: the age of a forged nonce is not looked at.
pub fn check(secret: &NonceSecret, device: DeviceId, nonce: &Nonce, now: Timestamp) -> Result<(), NonceFault> {
    let (made_at, random, mac) = nonce.parts().ok_or(NonceFault::Wrong)?;
    secret.mac(device, made_at, random).verify_truncated_left(mac).map_err(|_| NonceFault::Wrong)?;
    let hours = NONCE_HOURS.unsigned_abs();
    if made_at.0.abs_diff(now.0) > hours * HOUR_US { Err(NonceFault::Expired) } else { Ok(()) }
}

/// How often each tablet was given nonces lately. In memory: after a restart counting begins anew.
#[derive(Debug, Default)]
pub struct IssueLimit(BTreeMap<DeviceId, (Timestamp, u32)>);

impl IssueLimit {
    /// Counts an answer to a tablet.
    ///
    /// # Errors
    /// [`UseCaseError::TooOften`] after [`NONCE_ANSWERS`] in [`NONCE_ANSWERS_MINUTES`]; a refusal is not counted.
    pub fn count(&mut self, device: DeviceId, now: Timestamp) -> Result<(), UseCaseError> {
        self.0.retain(|_, (since, _)| since.plus_minutes(NONCE_ANSWERS_MINUTES) > now);
        let (_, answers) = self.0.entry(device).or_insert((now, 0));
        if *answers >= NONCE_ANSWERS {
            return Err(UseCaseError::TooOften);
        }
        *answers += 1;
        Ok(())
    }
}

/// Nonces for a tablet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedNonces {
    /// The nonces.
    pub nonces: Vec<Nonce>,
    /// Until when they are good.
    pub until: Timestamp,
}

/// Gives a tablet nonces ahead of need; nobody has to be signed in. Nothing is written.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] for whoever is no tablet; [`UseCaseError::TooOften`].
pub fn give_nonces(
    secret: &NonceSecret,
    limit: &mut IssueLimit,
    principal: &Principal,
    now: Timestamp,
    random: &[[u8; RANDOM_BYTES]; NONCES_AT_ONCE],
) -> Result<IssuedNonces, UseCaseError> {
    let (_, tablet) = principal.require_tablet("giving nonces")?;
    limit.count(tablet.device, now)?;
    let nonces = issue(secret, tablet.device, now, random);
    Ok(IssuedNonces { nonces, until: now.plus_minutes(NONCE_HOURS * 60) })
}

#[cfg(test)]
#[path = "nonces_tests.rs"]
mod tests;
