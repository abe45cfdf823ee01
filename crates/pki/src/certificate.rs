//! Certificates that are held: the authority's, and one's own with its key.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustls::sign::CertifiedKey;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use sha2::{Digest, Sha256};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::X509Name;

use crate::error::{IdentityError, PkiError};
use crate::files;
use crate::secret::PrivateKey;

/// Organisation in the name of a live authority.
pub(crate) const ORGANISATION_LIVE: &str = "EMS FIELD SYSTEM";
/// Organisation in the name of a training authority.
pub(crate) const ORGANISATION_TRAINING: &str = "EMS FIELD SYSTEM TRAINING";
/// Longest chain that is read from a file; one of ours has one certificate. A longer one is refused.
const MAX_CHAIN: usize = 8;

/// SHA-256 of a certificate's DER bytes: the name under which it is stored, shown and revoked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of these certificate bytes (they need not be well-formed).
    pub fn of(certificate: &CertificateDer<'_>) -> Self {
        Self(Sha256::digest(certificate.as_ref()).into())
    }
}

impl fmt::Display for Fingerprint {
    /// 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("parse certificate fingerprint of 64 hexadecimal digits")]
pub struct ParseFingerprintError;

impl FromStr for Fingerprint {
    type Err = ParseFingerprintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| ParseFingerprintError)?;
        Ok(Self(bytes))
    }
}

/// The authority's certificate without its key: what a server or tablet trusts.
#[derive(Debug, Clone)]
pub struct CaCertificate {
    der: CertificateDer<'static>,
    training: bool,
    not_after: SystemTime,
}

impl CaCertificate {
    /// Takes a certificate that is an authority of this system.
    ///
    /// # Errors
    /// [`PkiError::NotAnAuthority`] for anything else.
    pub fn from_der(der: CertificateDer<'static>) -> Result<Self, PkiError> {
        let (training, not_after) = {
            let (rest, parsed) = X509Certificate::from_der(&der).map_err(|_| PkiError::NotAnAuthority)?;
            if !rest.is_empty() || !parsed.is_ca() {
                return Err(PkiError::NotAnAuthority);
            }
            let training = training_of(parsed.subject()).map_err(|_| PkiError::NotAnAuthority)?;
            (training, system_time(parsed.validity().not_after.timestamp()))
        };
        Ok(Self { der, training, not_after })
    }

    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// [`PkiError::Pem`], [`PkiError::NotAnAuthority`].
    pub fn from_pem(pem: &[u8]) -> Result<Self, PkiError> {
        let der = CertificateDer::from_pem_slice(pem).map_err(|_| PkiError::Pem { what: "certificate" })?;
        Self::from_der(der)
    }

    /// Reads a PEM file.
    ///
    /// # Errors
    /// [`PkiError::Missing`], [`PkiError::Io`], and those of [`CaCertificate::from_pem`].
    pub fn load(path: &Path) -> Result<Self, PkiError> {
        Self::from_pem(&files::read_certificate(path)?)
    }

    /// Writes a new PEM file.
    ///
    /// # Errors
    /// [`PkiError::AlreadyExists`], [`PkiError::Io`].
    pub fn save(&self, path: &Path) -> Result<(), PkiError> {
        files::write_certificate(path, &pem_of(std::slice::from_ref(&self.der)))
    }

    /// Whether the authority is one for training.
    pub fn training(&self) -> bool {
        self.training
    }

    /// The moment after which nothing below it is valid.
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// The certificate.
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// SHA-256 of the certificate; an enrolment slip may show it.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.der)
    }
}

/// A certificate and its private key: what a program proves itself with.
#[derive(Clone)]
pub struct Credential {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKey,
}

impl Credential {
    pub(crate) fn new(certificate: CertificateDer<'static>, key: PrivateKey) -> Self {
        Self { chain: vec![certificate], key }
    }

    /// Reads a certificate file and its key file, and checks that they belong together.
    ///
    /// # Errors
    /// [`PkiError::Missing`], [`PkiError::KeyExposed`], [`PkiError::Pem`], [`PkiError::KeyMismatch`], [`PkiError::Io`].
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, PkiError> {
        let chain = read_chain(certificate)?;
        Self::of(chain, &files::read_key(key)?)
    }

    /// Reads a certificate file, and checks that this key belongs to it.
    ///
    /// # Errors
    /// [`PkiError::Missing`], [`PkiError::Pem`], [`PkiError::KeyMismatch`], [`PkiError::Io`].
    pub(crate) fn load_with_key(certificate: &Path, key_pem: &[u8]) -> Result<Self, PkiError> {
        Self::of(read_chain(certificate)?, key_pem)
    }

    fn of(chain: Vec<CertificateDer<'static>>, key_pem: &[u8]) -> Result<Self, PkiError> {
        let loaded = Self { chain, key: PrivateKey::from_pem(key_pem)? };
        loaded.certified_key()?;
        Ok(loaded)
    }

    /// Writes a new key file (mode 0600), then a new certificate file; neither may exist.
    ///
    /// # Errors
    /// [`PkiError::AlreadyExists`], [`PkiError::Io`].
    pub fn save(&self, certificate: &Path, key: &Path) -> Result<(), PkiError> {
        if certificate.exists() {
            return Err(PkiError::AlreadyExists { path: certificate.to_owned() });
        }
        files::write_key(key, &self.key.to_pem()?)?;
        files::write_certificate(certificate, &pem_of(&self.chain))
    }

    /// The holder's certificate.
    ///
    /// # Panics
    /// Never: a credential is made with at least one certificate.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        self.chain.first().expect("a credential has a certificate")
    }

    /// SHA-256 of the holder's certificate.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.certificate())
    }

    pub(crate) fn certified_key(&self) -> Result<Arc<CertifiedKey>, PkiError> {
        let certified = CertifiedKey::new(self.chain.clone(), self.key.signing_key()?);
        match certified.keys_match() {
            Ok(()) => Ok(Arc::new(certified)),
            Err(rustls::Error::InconsistentKeys(_)) => Err(PkiError::KeyMismatch),
            Err(other) => Err(other.into()),
        }
    }
}

fn read_chain(certificate: &Path) -> Result<Vec<CertificateDer<'static>>, PkiError> {
    let pem = files::read_certificate(certificate)?;
    let not_a_chain = || PkiError::Pem { what: "certificate" };
    let chain = CertificateDer::pem_slice_iter(&pem)
        .take(MAX_CHAIN + 1)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| not_a_chain())?;
    if chain.is_empty() || chain.len() > MAX_CHAIN { Err(not_a_chain()) } else { Ok(chain) }
}

/// Whether a name belongs to a training authority.
pub(crate) fn training_of(name: &X509Name<'_>) -> Result<bool, IdentityError> {
    let mut organisations = name.iter_organization();
    let found = organisations.next().and_then(|o| o.as_str().ok());
    match (found, organisations.next()) {
        (Some(ORGANISATION_LIVE), None) => Ok(false),
        (Some(ORGANISATION_TRAINING), None) => Ok(true),
        _ => Err(IdentityError::UnknownOrganisation),
    }
}

/// The moment of a certificate's time stamp; times before 1970 count as 1970.
pub(crate) fn system_time(unix_seconds: i64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(unix_seconds).unwrap_or(0))
}

fn pem_of(chain: &[CertificateDer<'static>]) -> String {
    /// Characters on a line (RFC 7468).
    const LINE: usize = 64;
    let mut text = String::new();
    for der in chain {
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        let encoded = BASE64_STANDARD.encode(der);
        for (index, character) in encoded.chars().enumerate() {
            if index > 0 && index % LINE == 0 {
                text.push('\n');
            }
            text.push(character);
        }
        text.push_str("\n-----END CERTIFICATE-----\n");
    }
    text
}
