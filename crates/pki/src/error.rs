//! What can go wrong, in forms a caller can branch on.

use std::io;
use std::path::PathBuf;

/// An authority, certificate, key file or TLS configuration could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PkiError {
    /// A file to be written is already there: nothing is ever overwritten.
    #[error("write {}: the file exists already", path.display())]
    AlreadyExists {
        /// The file in the way.
        path: PathBuf,
    },
    /// A file to be read is not there.
    #[error("read {}: no such file", path.display())]
    Missing {
        /// The file looked for.
        path: PathBuf,
    },
    /// A private key file can be read by others than its owner.
    #[error("read key {}: mode {mode:03o} lets others read it, 600 expected", path.display())]
    KeyExposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file is larger than any certificate or key of ours.
    #[error("read {}: larger than {limit} bytes", path.display())]
    FileTooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in bytes.
        limit: u64,
    },
    /// Reading or writing failed.
    #[error("access {}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// Text that should be a PEM block of the named kind is not one.
    #[error("parse PEM of a {what}")]
    Pem {
        /// What was expected: `certificate` or `private key`.
        what: &'static str,
    },
    /// A certificate that should be an authority of ours is not one.
    #[error("parse authority certificate")]
    NotAnAuthority,
    /// The installation is live and the authority is for training, or the reverse.
    #[error("use authority: training is {found}, this installation needs {expected}")]
    TrainingMismatch {
        /// What the caller asked for.
        expected: bool,
        /// What the authority's name says.
        found: bool,
    },
    /// A private key does not belong to the certificate beside it.
    #[error("match private key with its certificate")]
    KeyMismatch,
    /// A server or service name cannot stand in a certificate.
    #[error("use name {name:?} in a certificate")]
    BadName {
        /// The name as given.
        name: String,
    },
    /// The given time is before 2020 or after 2100: a certificate made now would be of no use.
    #[error("issue certificate: the clock is out of range")]
    ClockOutOfRange,
    /// A device certificate does not say which device it is.
    #[error("read identity from certificate")]
    Identity(#[from] IdentityError),
    /// The certificate library refused.
    #[error("make certificate")]
    Certificate(#[from] rcgen::Error),
    /// The TLS library refused.
    #[error("make TLS configuration")]
    Tls(#[from] rustls::Error),
    /// The certificate verifier could not be built.
    #[error("make certificate verifier")]
    Verifier(#[from] rustls::server::VerifierBuilderError),
}

/// A certificate does not say in the agreed form who its holder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityError {
    /// The bytes are not one X.509 certificate.
    #[error("parse certificate")]
    Malformed,
    /// The issuer's organisation is neither the live nor the training one.
    #[error("find a known organisation in the issuer's name")]
    UnknownOrganisation,
    /// A part of the identity is not there (a server or service certificate has none).
    #[error("find {0} in the certificate")]
    Missing(&'static str),
    /// A part of the identity is there twice.
    #[error("find one {0} in the certificate, not several")]
    Repeated(&'static str),
    /// A part of the identity is not of its form.
    #[error("parse {0} in the certificate")]
    Invalid(&'static str),
}
