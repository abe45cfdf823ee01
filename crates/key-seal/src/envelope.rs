//! The form of a sealed key on the disk: the TPM's sealed object, and the key under it.
//!
//! `magic (8) ‖ length, public part ‖ length, private part ‖ nonce (24) ‖ ciphertext with tag ‖ SHA-256 of all before (32)`,
//! lengths in two bytes, big-endian. The digest tells a damaged file from one that another TPM sealed: the TPM itself
//! refuses both alike. It protects nothing.

use sha2::{Digest, Sha256};

/// The first bytes of every sealed key; the last one is the version of this form.
const MAGIC: &[u8; 8] = b"EMS-KEY\x01";
/// Bytes of a nonce.
pub(crate) const NONCE_BYTES: usize = 24;
/// Bytes that encryption adds.
const TAG_BYTES: usize = 16;
const DIGEST_BYTES: usize = 32;
/// Longest part of a TPM's object. Sealed objects of 32 bytes have some 80 and 190 bytes.
const PART_BYTES_MAX: usize = 2 * 1024;

/// Whether bytes begin as a sealed key does.
#[must_use]
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// What is part of the seal beside the key: the form and the key's name.
pub(crate) fn associated(name: &str) -> Vec<u8> {
    [MAGIC.as_slice(), name.as_bytes()].concat()
}

/// The parts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Envelope<'a> {
    /// The TPM object's public part, as the TPM marshals it.
    pub(crate) public: &'a [u8],
    /// Its private part: only the TPM that made it can read it.
    pub(crate) private: &'a [u8],
    pub(crate) nonce: &'a [u8; NONCE_BYTES],
    /// The key under the object's secret, with its tag.
    pub(crate) ciphertext: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// The bytes for the disk. None when a part is longer than any that a TPM makes.
    pub(crate) fn to_bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = MAGIC.to_vec();
        for part in [self.public, self.private] {
            let length = u16::try_from(part.len()).ok().filter(|_| part.len() <= PART_BYTES_MAX)?;
            bytes.extend(length.to_be_bytes());
            bytes.extend(part);
        }
        bytes.extend(self.nonce);
        bytes.extend(self.ciphertext);
        let digest = Sha256::digest(&bytes);
        bytes.extend(digest);
        Some(bytes)
    }

    /// None: not the bytes that were written.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (body, digest) = bytes.split_last_chunk::<DIGEST_BYTES>()?;
        if Sha256::digest(body).as_slice() != digest {
            return None;
        }
        let rest = body.strip_prefix(MAGIC.as_slice())?;
        let (public, rest) = part(rest)?;
        let (private, rest) = part(rest)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_BYTES>()?;
        let whole = ciphertext.len() > TAG_BYTES && ciphertext.len() <= crate::CONTENT_BYTES_MAX + TAG_BYTES;
        whole.then_some(Self { public, private, nonce, ciphertext })
    }
}

fn part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    let length = usize::from(u16::from_be_bytes(*length));
    if length > PART_BYTES_MAX { None } else { rest.split_at_checked(length) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Envelope<'static> =
        Envelope { public: b"public", private: b"private", nonce: &[7; NONCE_BYTES], ciphertext: &[1; TAG_BYTES + 1] };

    #[test]
    fn parts_come_back_as_written_and_nothing_else_is_one() {
        let bytes = WHOLE.to_bytes().expect("fits");
        assert!(is_sealed(&bytes));
        assert_eq!(Envelope::parse(&bytes), Some(WHOLE));
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            assert_eq!(Envelope::parse(&flipped), None, "byte {at}");
            assert_eq!(Envelope::parse(&bytes[..at]), None, "cut at {at}");
        }
    }

    #[test]
    fn lengths_are_kept() {
        let long = vec![0; PART_BYTES_MAX + 1];
        assert_eq!(Envelope { public: &long, ..WHOLE }.to_bytes(), None);
        let empty = Envelope { ciphertext: &[0; TAG_BYTES], ..WHOLE }.to_bytes().expect("fits");
        assert_eq!(Envelope::parse(&empty), None, "a key has at least one byte");
    }
}
