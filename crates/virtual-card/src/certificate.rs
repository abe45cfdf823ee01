//! X.509 certificates of the installation's test CA, shaped like those of the 公的個人認証サービス.

use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::sha2::{Digest as _, Sha256};
use rsa::{Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};

use crate::der;
use crate::material::MaterialError;

const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
const SHA256_WITH_RSA: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B];
const COUNTRY: &[u8] = &[0x55, 0x04, 0x06];
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0A];
const ORGANIZATIONAL_UNIT: &[u8] = &[0x55, 0x04, 0x0B];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1D, 0x13];
const KEY_USAGE: &[u8] = &[0x55, 0x1D, 0x0F];

/// Which of the two hierarchies: their CA names differ in one OU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    UserAuthentication,
    DigitalSignature,
}

impl Purpose {
    fn unit(self) -> &'static str {
        match self {
            Self::UserAuthentication => "JPKI-TEST for user authentication",
            Self::DigitalSignature => "JPKI-TEST for digital signature",
        }
    }
}

/// What goes into one certificate.
pub(crate) struct Template<'a> {
    pub(crate) purpose: Purpose,
    /// Big-endian.
    pub(crate) serial: &'a [u8],
    /// None makes the self-signed CA certificate.
    pub(crate) common_name: Option<&'a str>,
    /// Seconds since 1970, both inclusive.
    pub(crate) validity: (i64, i64),
}

/// DER of the certificate, signed by `issuer` with sha256WithRSAEncryption.
pub(crate) fn issue(
    template: &Template<'_>,
    subject_key: &RsaPublicKey,
    issuer: &RsaPrivateKey,
) -> Result<Vec<u8>, MaterialError> {
    let algorithm = der::sequence(&[der::oid(SHA256_WITH_RSA), der::null()]);
    let issuer_name = ca_name(template.purpose);
    let subject = template.common_name.map_or_else(|| issuer_name.clone(), holder_name);
    let tbs = der::sequence(&[
        der::element(0xA0, &der::integer(&[2])),
        der::integer(template.serial),
        algorithm.clone(),
        issuer_name,
        der::sequence(&[der::time(template.validity.0), der::time(template.validity.1)]),
        subject,
        public_key_info(subject_key)?,
        der::element(0xA3, &der::sequence(&extensions(template))),
    ]);
    let digest = Sha256::digest(&tbs);
    let signature = issuer.sign(Pkcs1v15Sign::new::<Sha256>(), &digest).map_err(MaterialError::Sign)?;
    Ok(der::sequence(&[tbs, algorithm, der::bit_string(&signature)]))
}

fn public_key_info(key: &RsaPublicKey) -> Result<Vec<u8>, MaterialError> {
    let pkcs1 = key.to_pkcs1_der().map_err(MaterialError::Encode)?;
    Ok(der::sequence(&[der::sequence(&[der::oid(RSA_ENCRYPTION), der::null()]), der::bit_string(pkcs1.as_bytes())]))
}

fn ca_name(purpose: Purpose) -> Vec<u8> {
    der::sequence(&[
        attribute(COUNTRY, der::printable("JP")),
        attribute(ORGANIZATION, der::printable("JPKI-TEST")),
        attribute(ORGANIZATIONAL_UNIT, der::printable(purpose.unit())),
        attribute(ORGANIZATIONAL_UNIT, der::utf8("訓練用 (not a real authority)")),
    ])
}

fn holder_name(common_name: &str) -> Vec<u8> {
    der::sequence(&[attribute(COUNTRY, der::printable("JP")), attribute(COMMON_NAME, der::utf8(common_name))])
}

fn attribute(oid: &[u8], value: Vec<u8>) -> Vec<u8> {
    der::set_of(&der::sequence(&[der::oid(oid), value]))
}

fn extensions(template: &Template<'_>) -> Vec<Vec<u8>> {
    let is_ca = template.common_name.is_none();
    let constraints = if is_ca { der::sequence(&[der::element(0x01, &[0xFF])]) } else { der::sequence(&[]) };
    // Bits: keyCertSign+cRLSign for the CA; digitalSignature, and nonRepudiation for the signature certificate.
    let usage: &[u8] = match (is_ca, template.purpose) {
        (true, _) => &[0x01, 0x06],
        (false, Purpose::UserAuthentication) => &[0x07, 0x80],
        (false, Purpose::DigitalSignature) => &[0x06, 0xC0],
    };
    vec![extension(BASIC_CONSTRAINTS, &constraints), extension(KEY_USAGE, &der::element(0x03, usage))]
}

fn extension(oid: &[u8], value: &[u8]) -> Vec<u8> {
    der::sequence(&[der::oid(oid), der::element(0x01, &[0xFF]), der::element(0x04, value)])
}
