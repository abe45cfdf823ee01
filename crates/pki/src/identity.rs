//! Who the holder of a certificate is.

use std::fmt::Write;
use std::time::SystemTime;

use rustls_pki_types::CertificateDer;
use uuid::Uuid;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::certificate::{Fingerprint, system_time, training_of};
use crate::error::IdentityError;

/// Prefix of the SAN URI that names the device.
pub(crate) const DEVICE_URN: &str = "urn:ems:device:";
/// Prefix of the SAN URI that names the unit (隊) the device was enrolled for.
pub(crate) const UNIT_URN: &str = "urn:ems:unit:";
/// Prefix of the SAN URI that names the department (消防本部).
pub(crate) const DEPARTMENT_URN: &str = "urn:ems:department:";
/// Prefix of the SAN URI that names a machine.
pub(crate) const SERVICE_URN: &str = "urn:ems:service:";
/// Longest service name.
const MAX_SERVICE_NAME: usize = 64;

/// What a device certificate says. It says nothing about revocation: see [`crate::Revocations`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceIdentity {
    /// The tablet.
    pub device_id: Uuid,
    /// The unit it was enrolled for.
    pub unit_id: Uuid,
    /// The department that enrolled it.
    pub department_id: Uuid,
    /// Whether a training authority issued it.
    pub training: bool,
    /// SHA-256 of the certificate.
    pub fingerprint: Fingerprint,
    /// Serial number, lower-case hexadecimal.
    pub serial: String,
    /// Start of validity: a clock that shows an earlier time is wrong.
    pub not_before: SystemTime,
    /// End of validity; the tablet may warn weeks before.
    pub not_after: SystemTime,
}

impl DeviceIdentity {
    /// Reads the identity of a certificate **whose chain the handshake has already verified**; nothing is verified here.
    ///
    /// # Errors
    /// [`IdentityError::Missing`] for a certificate that is not a device's, the others for one that is malformed.
    pub fn from_certificate(certificate: &CertificateDer<'_>) -> Result<Self, IdentityError> {
        let parsed = parse(certificate)?;
        let names = Names::of(&parsed)?;
        Ok(Self {
            device_id: names.uuid(DEVICE_URN, "device")?,
            unit_id: names.uuid(UNIT_URN, "unit")?,
            department_id: names.uuid(DEPARTMENT_URN, "department")?,
            training: training_of(parsed.issuer())?,
            fingerprint: Fingerprint::of(certificate),
            serial: serial(&parsed),
            not_before: system_time(parsed.validity().not_before.timestamp()),
            not_after: system_time(parsed.validity().not_after.timestamp()),
        })
    }
}

/// What a machine's certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceIdentity {
    /// The machine's name, such as `dispatch-server`.
    pub name: String,
    /// Whether a training authority issued it.
    pub training: bool,
    /// SHA-256 of the certificate.
    pub fingerprint: Fingerprint,
}

impl ServiceIdentity {
    /// Reads the identity of a certificate **whose chain the handshake has already verified**; nothing is verified here.
    ///
    /// # Errors
    /// [`IdentityError::Missing`] for a certificate that is not a machine's, the others for one that is malformed.
    pub fn from_certificate(certificate: &CertificateDer<'_>) -> Result<Self, IdentityError> {
        let parsed = parse(certificate)?;
        let name = Names::of(&parsed)?.only(SERVICE_URN, "service")?;
        if !is_service_name(name) {
            return Err(IdentityError::Invalid("service"));
        }
        Ok(Self {
            name: name.to_owned(),
            training: training_of(parsed.issuer())?,
            fingerprint: Fingerprint::of(certificate),
        })
    }
}

/// Whether a text is 1 to 64 of `a-z 0-9 -`.
pub(crate) fn is_service_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=MAX_SERVICE_NAME).contains(&name.len()) && name.bytes().all(allowed)
}

fn parse<'a>(certificate: &'a CertificateDer<'_>) -> Result<X509Certificate<'a>, IdentityError> {
    match X509Certificate::from_der(certificate) {
        Ok(([], parsed)) => Ok(parsed),
        _ => Err(IdentityError::Malformed),
    }
}

fn serial(certificate: &X509Certificate<'_>) -> String {
    let mut text = String::new();
    for byte in certificate.raw_serial() {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    text
}

/// The URIs among a certificate's alternative names.
struct Names<'a>(Vec<&'a str>);

impl<'a> Names<'a> {
    fn of(certificate: &'a X509Certificate<'_>) -> Result<Self, IdentityError> {
        let extension = certificate
            .subject_alternative_name()
            .map_err(|_| IdentityError::Repeated("alternative name extension"))?;
        let general = extension.map_or(&[][..], |found| &found.value.general_names);
        let uris = general.iter().filter_map(|name| match name {
            GeneralName::URI(uri) => Some(*uri),
            _ => None,
        });
        Ok(Self(uris.collect()))
    }

    fn only(&self, prefix: &str, what: &'static str) -> Result<&'a str, IdentityError> {
        let mut found = self.0.iter().filter_map(|uri| uri.strip_prefix(prefix));
        match (found.next(), found.next()) {
            (Some(value), None) => Ok(value),
            (None, _) => Err(IdentityError::Missing(what)),
            (Some(_), Some(_)) => Err(IdentityError::Repeated(what)),
        }
    }

    fn uuid(&self, prefix: &str, what: &'static str) -> Result<Uuid, IdentityError> {
        let text = self.only(prefix, what)?;
        let id = Uuid::try_parse(text).map_err(|_| IdentityError::Invalid(what))?;
        // One spelling only, so that two texts never name one device.
        if id.to_string() == text { Ok(id) } else { Err(IdentityError::Invalid(what)) }
    }
}
