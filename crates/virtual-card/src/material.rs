//! The keys and CA certificates that all virtual cards of one installation share.

use rsa::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, LineEnding};
use rsa::rand_core::{self, CryptoRng, RngCore};
use rsa::{RsaPrivateKey, RsaPublicKey};

use crate::certificate::{Purpose, Template, issue};

/// The card's own key length; the real card has no other.
const KEY_BITS: usize = 2048;
/// A test CA lives this long, in seconds (about ten years, as the J-LIS roots do).
const CA_LIFE: i64 = 3653 * 86_400;
/// The CA is older than every certificate that a persona may carry (five years and the grace).
const CA_AGE: i64 = 6 * 366 * 86_400;
/// Names of the parts inside the persisted text.
const PARTS: [&str; 3] = ["CA", "AUTHENTICATION", "SIGNATURE"];
const KEY_END: &str = "-----END PRIVATE KEY-----\n";

/// Keys of the test CA and of the cards, and the CA's two certificates. Made once per installation and persisted by
/// the caller with [`Self::to_pem`]. It has no Debug: it holds private keys, though only of invented people.
#[derive(Clone)]
pub struct CardMaterial {
    pub(crate) ca_key: RsaPrivateKey,
    pub(crate) auth_key: RsaPrivateKey,
    pub(crate) sign_key: RsaPrivateKey,
    born: i64,
    auth_ca: Vec<u8>,
    sign_ca: Vec<u8>,
}

/// Why material could not be made, written or read.
#[derive(Debug, thiserror::Error)]
pub enum MaterialError {
    /// Key generation failed (the source of randomness gave nothing usable).
    #[error("generating an RSA key for the test CA")]
    Generate(#[source] rsa::Error),
    /// Signing a certificate failed.
    #[error("signing a test certificate")]
    Sign(#[source] rsa::Error),
    /// Encoding a public key failed.
    #[error("encoding a public key")]
    Encode(#[source] rsa::pkcs1::Error),
    /// Encoding or decoding a private key failed.
    #[error("converting a private key")]
    Key(#[source] rsa::pkcs8::Error),
    /// The persisted text is not what [`CardMaterial::to_pem`] wrote.
    #[error("reading persisted card material: {0}")]
    Persisted(&'static str),
    /// A persona's part cannot be put on a card.
    #[error("putting the persona on a card")]
    Persona(#[source] crate::PersonaError),
}

impl CardMaterial {
    /// Generates three RSA-2048 keys and the CA certificates; about a second. `random` fills the given bytes with
    /// randomness, `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`MaterialError`] when the randomness is unusable.
    pub fn generate(random: &mut dyn FnMut(&mut [u8]), now: i64) -> Result<Self, MaterialError> {
        let mut source = Source(random);
        let mut key = || RsaPrivateKey::new(&mut source, KEY_BITS).map_err(MaterialError::Generate);
        let (ca_key, auth_key, sign_key) = (key()?, key()?, key()?);
        Self::from_keys([ca_key, auth_key, sign_key], now - CA_AGE)
    }

    fn from_keys([ca_key, auth_key, sign_key]: [RsaPrivateKey; 3], born: i64) -> Result<Self, MaterialError> {
        let ca = |purpose, serial: u8| {
            let template =
                Template { purpose, serial: &[serial], common_name: None, validity: (born, born + CA_AGE + CA_LIFE) };
            issue(&template, &RsaPublicKey::from(&ca_key), &ca_key)
        };
        let auth_ca = ca(Purpose::UserAuthentication, 1)?;
        let sign_ca = ca(Purpose::DigitalSignature, 2)?;
        Ok(Self { ca_key, auth_key, sign_key, born, auth_ca, sign_ca })
    }

    /// The CA certificate (DER) above the 利用者証明用証明書: the trust anchor of a training installation.
    #[must_use]
    pub fn auth_ca_certificate(&self) -> &[u8] {
        &self.auth_ca
    }

    /// The CA certificate (DER) above the 署名用証明書.
    #[must_use]
    pub fn sign_ca_certificate(&self) -> &[u8] {
        &self.sign_ca
    }

    /// All of it as text, private keys included; [`Self::from_pem`] reads it back to the same bytes.
    ///
    /// # Errors
    /// [`MaterialError::Key`] when a key cannot be encoded.
    pub fn to_pem(&self) -> Result<String, MaterialError> {
        let mut out = format!("born: {}\n", self.born);
        for (name, key) in PARTS.iter().zip([&self.ca_key, &self.auth_key, &self.sign_key]) {
            out.push_str(&format!("part: {name}\n"));
            out.push_str(&key.to_pkcs8_pem(LineEnding::LF).map_err(MaterialError::Key)?);
        }
        Ok(out)
    }

    /// Reads what [`Self::to_pem`] wrote.
    ///
    /// # Errors
    /// [`MaterialError`] naming what is missing or malformed.
    pub fn from_pem(text: &str) -> Result<Self, MaterialError> {
        let (head, mut rest) = text.split_once('\n').ok_or(MaterialError::Persisted("empty"))?;
        let born = head
            .strip_prefix("born: ")
            .and_then(|s| s.trim().parse().ok())
            .filter(|s| (0..=i64::from(u32::MAX)).contains(s))
            .ok_or(MaterialError::Persisted("no plausible birth time in the first line"))?;
        let mut next = |name: &str| {
            let (label, body) = rest.split_once('\n').ok_or(MaterialError::Persisted("a part is missing"))?;
            if label.strip_prefix("part: ") != Some(name) {
                return Err(MaterialError::Persisted("parts are not in order"));
            }
            let end = body.find(KEY_END).ok_or(MaterialError::Persisted("a key has no end"))? + KEY_END.len();
            let (pem, after) = body.split_at(end);
            rest = after;
            RsaPrivateKey::from_pkcs8_pem(pem).map_err(MaterialError::Key)
        };
        let [ca, auth, sign] = PARTS;
        let keys = [next(ca)?, next(auth)?, next(sign)?];
        Self::from_keys(keys, born)
    }
}

/// The caller's randomness in the shape that `rsa` wants.
struct Source<'a>(&'a mut dyn FnMut(&mut [u8]));

impl RngCore for Source<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        (self.0)(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        (self.0)(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        (self.0)(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        (self.0)(dest);
        Ok(())
    }
}

impl CryptoRng for Source<'_> {}
