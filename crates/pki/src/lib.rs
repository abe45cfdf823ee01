//! Who is who on the network: the certificate authority, device and service certificates, revocation,
//! and every TLS configuration of the system.
//!
//! *In:* names, ids, a time, PEM files. *Out:* certificates and keys on disk ([`CertificateAuthority`],
//! [`DeviceBundle`]), `rustls` configurations ([`tls`]), and the identity a verified peer has ([`DeviceIdentity`]).
//!
//! The training mark is part of the authority's name, so every certificate below it carries it: a live server refuses
//! a training tablet, and the reverse, even when somebody copies files from one installation into the other.
//!
//! **Invariant:** no configuration made here leaves the peer's certificate unverified, no private key is printed or
//! overwritten, and no person has a certificate (people sign in; devices, servers and machines hold keys).

mod authority;
mod bundle;
mod certificate;
mod error;
mod files;
mod identity;
mod revocations;
mod secret;
pub mod tls;

pub use authority::CertificateAuthority;
pub use bundle::DeviceBundle;
pub use certificate::{CaCertificate, Credential, Fingerprint, ParseFingerprintError};
pub use error::{IdentityError, PkiError};
pub use identity::{DeviceIdentity, ServiceIdentity};
pub use revocations::Revocations;
pub use rustls_pki_types::CertificateDer;
pub use secret::PrivateKey;
pub use tls::{
    EarlyData, https_client_config, https_server_config, mutual_tls_client_config, mutual_tls_server_config,
    quic_client_config, quic_server_config,
};
