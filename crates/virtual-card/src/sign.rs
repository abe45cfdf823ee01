//! The card's signing command: PKCS#1 v1.5 in three of its six forms.

use rsa::sha2::{Digest as _, Sha256};
use rsa::{Pkcs1v15Sign, RsaPrivateKey};

/// Longest input that PKCS#1 v1.5 leaves room for under a 2048-bit key.
const MOST_VERBATIM: usize = 245;

/// Why no signature was made, as the card's status word.
pub(crate) fn sign(key: &RsaPrivateKey, p1: u8, data: &[u8]) -> Result<Vec<u8>, u16> {
    let result = match p1 {
        0x00 if (1..=MOST_VERBATIM).contains(&data.len()) => key.sign(Pkcs1v15Sign::new_unprefixed(), data),
        0x02 if data.len() == 32 => key.sign(Pkcs1v15Sign::new::<Sha256>(), data),
        0x03 if (1..=255).contains(&data.len()) => key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(data)),
        0x00 | 0x02 | 0x03 => return Err(0x6700),
        _ => return Err(0x6A86),
    };
    result.map_err(|_| 0x6F00)
}
