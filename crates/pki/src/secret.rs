//! A private key in memory.

use std::sync::Arc;

use rustls::sign::SigningKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use zeroize::Zeroizing;

use crate::error::PkiError;

/// A private key (PKCS#8), wiped when dropped. It has no `Debug` and no accessor: it can be saved, or used through a
/// TLS configuration, and nothing else.
///
/// The TLS and certificate libraries keep working copies of their own while a configuration or an authority lives.
pub struct PrivateKey(Zeroizing<Vec<u8>>);

impl PrivateKey {
    /// A new P-256 key from the system's random source.
    pub(crate) fn generate() -> Result<Self, PkiError> {
        let pair = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
        Ok(Self(Zeroizing::new(pair.serialize_der())))
    }

    /// Reads the first `PRIVATE KEY` block.
    pub(crate) fn from_pem(pem: &[u8]) -> Result<Self, PkiError> {
        let key = PrivatePkcs8KeyDer::from_pem_slice(pem).map_err(|_| PkiError::Pem { what: "private key" })?;
        let mut key = PrivateKeyDer::Pkcs8(key);
        let bytes = Zeroizing::new(key.secret_der().to_vec());
        zeroize::Zeroize::zeroize(&mut key);
        Ok(Self(bytes))
    }

    /// The `PRIVATE KEY` block.
    pub(crate) fn to_pem(&self) -> Result<Zeroizing<String>, PkiError> {
        Ok(Zeroizing::new(self.pair()?.serialize_pem()))
    }

    /// The key as the certificate library wants it.
    pub(crate) fn pair(&self) -> Result<rcgen::KeyPair, PkiError> {
        Ok(rcgen::KeyPair::try_from(self.0.as_slice())?)
    }

    /// The key as the TLS library wants it.
    pub(crate) fn signing_key(&self) -> Result<Arc<dyn SigningKey>, PkiError> {
        let der = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.0.as_slice()));
        Ok(rustls::crypto::ring::sign::any_supported_type(&der)?)
    }
}

impl Clone for PrivateKey {
    fn clone(&self) -> Self {
        Self(Zeroizing::new(self.0.to_vec()))
    }
}
