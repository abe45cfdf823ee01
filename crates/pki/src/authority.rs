//! The certificate authority of one installation.

use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use uuid::Uuid;

use crate::certificate::{CaCertificate, Credential, ORGANISATION_LIVE, ORGANISATION_TRAINING};
use crate::error::PkiError;
use crate::files;
use crate::identity::{DEPARTMENT_URN, DEVICE_URN, SERVICE_URN, UNIT_URN, is_service_name};
use crate::secret::PrivateKey;

/// File names inside the authority's directory.
const KEY_FILE: &str = "ca.key";
const CERTIFICATE_FILE: &str = "ca.pem";

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// An authority is valid for ten years; nothing below it outlives it.
const AUTHORITY_VALID_DAYS: u32 = 3_650;
/// Server, service and device certificates are valid for two years; renewal is a new enrolment.
const LEAF_VALID_DAYS: u32 = 730;
/// Certificates begin one day before they are made: a tablet's clock may be behind.
const BACKDATED_FOR: Duration = DAY;
/// 2020-01-01 and 2100-01-01 in Unix seconds: a clock outside is broken and nothing is issued.
const CLOCK_RANGE_S: std::ops::Range<u64> = 1_577_836_800..4_102_444_800;

/// The authority's key and certificate. It lives in memory only while an installation is made or a device enrolled.
pub struct CertificateAuthority {
    certificate: CaCertificate,
    key: PrivateKey,
    issuer: Issuer<'static, KeyPair>,
}

impl CertificateAuthority {
    /// Makes a new authority (P-256, self-signed, ten years from `now`). With `training` its name says so, for ever.
    ///
    /// # Errors
    /// [`PkiError::ClockOutOfRange`], [`PkiError::Certificate`].
    pub fn create(common_name: &str, training: bool, now: SystemTime) -> Result<Self, PkiError> {
        let key = PrivateKey::generate()?;
        let pair = key.pair()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = name(common_name, training);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        set_validity(&mut params, now, AUTHORITY_VALID_DAYS, None)?;
        let certificate = CaCertificate::from_der(params.self_signed(&pair)?.der().clone())?;
        Self::assemble(certificate, key)
    }

    /// Reads `ca.key` and `ca.pem` from a directory, for an installation that is or is not for training.
    ///
    /// # Errors
    /// [`PkiError::TrainingMismatch`], [`PkiError::KeyMismatch`], [`PkiError::KeyExposed`], [`PkiError::Missing`],
    /// [`PkiError::Pem`], [`PkiError::NotAnAuthority`], [`PkiError::Io`].
    pub fn load(directory: &Path, training: bool) -> Result<Self, PkiError> {
        let certificate = CaCertificate::load(&directory.join(CERTIFICATE_FILE))?;
        if certificate.training() != training {
            return Err(PkiError::TrainingMismatch { expected: training, found: certificate.training() });
        }
        let key = PrivateKey::from_pem(&files::read_key(&directory.join(KEY_FILE))?)?;
        Credential::new(certificate.der().clone(), key.clone()).certified_key()?;
        Self::assemble(certificate, key)
    }

    /// Writes `ca.key` (mode 0600) and `ca.pem` into a directory, made if missing. Neither file may exist.
    ///
    /// # Errors
    /// [`PkiError::AlreadyExists`], [`PkiError::Io`].
    pub fn save(&self, directory: &Path) -> Result<(), PkiError> {
        files::create_directory(directory)?;
        Credential::new(self.certificate.der().clone(), self.key.clone())
            .save(&directory.join(CERTIFICATE_FILE), &directory.join(KEY_FILE))
    }

    /// The certificate that servers and devices trust.
    pub fn certificate(&self) -> &CaCertificate {
        &self.certificate
    }

    /// Whether this authority is one for training.
    pub fn training(&self) -> bool {
        self.certificate.training()
    }

    /// Issues a server certificate for these DNS names and addresses (at least one of them).
    ///
    /// # Errors
    /// [`PkiError::BadName`], [`PkiError::ClockOutOfRange`], [`PkiError::Certificate`].
    pub fn issue_server(&self, names: &[&str], addresses: &[IpAddr], now: SystemTime) -> Result<Credential, PkiError> {
        let mut sans = Vec::with_capacity(names.len() + addresses.len());
        for dns in names {
            let valid = rustls_pki_types::DnsName::try_from(*dns).map_err(|_| bad_name(dns))?;
            let text = valid.as_ref().to_owned();
            sans.push(SanType::DnsName(text.try_into().map_err(|_| bad_name(dns))?));
        }
        sans.extend(addresses.iter().map(|ip| SanType::IpAddress(*ip)));
        if sans.is_empty() {
            return Err(bad_name(""));
        }
        self.issue("server", sans, ExtendedKeyUsagePurpose::ServerAuth, now)
    }

    /// Issues a device certificate; the device, its unit and its department stand in it as SAN URIs.
    /// Whether it is for training follows from the authority.
    ///
    /// # Errors
    /// [`PkiError::ClockOutOfRange`], [`PkiError::Certificate`].
    pub fn issue_device(
        &self,
        device_id: Uuid,
        unit_id: Uuid,
        department_id: Uuid,
        now: SystemTime,
    ) -> Result<Credential, PkiError> {
        let sans = vec![
            uri(DEVICE_URN, &device_id.to_string())?,
            uri(UNIT_URN, &unit_id.to_string())?,
            uri(DEPARTMENT_URN, &department_id.to_string())?,
        ];
        let common_name = format!("device {device_id}");
        self.issue(&common_name, sans, ExtendedKeyUsagePurpose::ClientAuth, now)
    }

    /// Issues a client certificate for a machine, such as the dispatch server towards the national system.
    ///
    /// # Errors
    /// [`PkiError::BadName`] unless the name is 1 to 64 of `a-z 0-9 -`, and those of [`Self::issue_device`].
    pub fn issue_service(&self, name: &str, now: SystemTime) -> Result<Credential, PkiError> {
        if !is_service_name(name) {
            return Err(bad_name(name));
        }
        let sans = vec![uri(SERVICE_URN, name)?];
        let common_name = format!("service {name}");
        self.issue(&common_name, sans, ExtendedKeyUsagePurpose::ClientAuth, now)
    }

    fn assemble(certificate: CaCertificate, key: PrivateKey) -> Result<Self, PkiError> {
        let issuer = Issuer::from_ca_cert_der(certificate.der(), key.pair()?)?;
        Ok(Self { certificate, key, issuer })
    }

    fn issue(
        &self,
        common_name: &str,
        sans: Vec<SanType>,
        purpose: ExtendedKeyUsagePurpose,
        now: SystemTime,
    ) -> Result<Credential, PkiError> {
        let key = PrivateKey::generate()?;
        let mut params = CertificateParams::default();
        params.distinguished_name = name(common_name, self.training());
        params.subject_alt_names = sans;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![purpose];
        params.use_authority_key_identifier_extension = true;
        let end = self.certificate.not_after();
        set_validity(&mut params, now, LEAF_VALID_DAYS, Some(end))?;
        let certificate = params.signed_by(&key.pair()?, &self.issuer)?;
        Ok(Credential::new(certificate.der().clone(), key))
    }
}

fn name(common_name: &str, training: bool) -> DistinguishedName {
    let organisation = if training { ORGANISATION_TRAINING } else { ORGANISATION_LIVE };
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, organisation);
    name.push(DnType::CommonName, common_name);
    name
}

fn set_validity(
    params: &mut CertificateParams,
    now: SystemTime,
    days: u32,
    latest: Option<SystemTime>,
) -> Result<(), PkiError> {
    let since_epoch =
        |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).map_err(|_| PkiError::ClockOutOfRange);
    let now = since_epoch(now)?;
    if !CLOCK_RANGE_S.contains(&now.as_secs()) {
        return Err(PkiError::ClockOutOfRange);
    }
    let mut end = now + DAY * days;
    if let Some(latest) = latest {
        end = end.min(since_epoch(latest)?);
    }
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    params.not_before = epoch + (now - BACKDATED_FOR);
    params.not_after = epoch + end;
    Ok(())
}

fn uri(prefix: &str, value: &str) -> Result<SanType, PkiError> {
    let text = format!("{prefix}{value}");
    let text = text.try_into().map_err(|_| bad_name(value))?;
    Ok(SanType::URI(text))
}

fn bad_name(name: &str) -> PkiError {
    PkiError::BadName { name: name.to_owned() }
}

#[cfg(test)]
#[path = "authority_tests.rs"]
mod tests;
