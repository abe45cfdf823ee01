//! The stand-in's own certificate authority and credentials: like the real system, it is an authority of its own and
//! hands the dispatch server a client certificate.

use anyhow::{Context as _, Result};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use pki::{CaCertificate, CertificateAuthority, Credential};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Where everything lies.
#[derive(Clone, Debug)]
pub struct NationalFiles {
    /// The authority that both sides trust.
    pub ca: PathBuf,
    /// The stand-in's certificate.
    pub server_certificate: PathBuf,
    /// Its key.
    pub server_key: PathBuf,
    /// The dispatch server's client certificate.
    pub client_certificate: PathBuf,
    /// Its key.
    pub client_key: PathBuf,
}

impl NationalFiles {
    /// The files inside a directory.
    #[must_use]
    pub fn in_directory(directory: &Path) -> Self {
        let at = |name: &str| directory.join(name);
        Self {
            ca: at("ca.pem"),
            server_certificate: at("national-server.pem"),
            server_key: at("national-server.key"),
            client_certificate: at("national-client.pem"),
            client_key: at("national-client.key"),
        }
    }
    /// What the stand-in needs.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it should be.
    pub fn server(&self) -> Result<(CaCertificate, Credential)> {
        let ca = CaCertificate::load(&self.ca)?;
        Ok((ca, Credential::load(&self.server_certificate, &self.server_key)?))
    }
    /// What the dispatch server needs.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it should be.
    pub fn client(&self) -> Result<(CaCertificate, Credential)> {
        let ca = CaCertificate::load(&self.ca)?;
        Ok((ca, Credential::load(&self.client_certificate, &self.client_key)?))
    }
}

/// Makes authority and credentials in `directory` where they are missing. The authority is one for training.
///
/// # Errors
/// A directory that cannot be written, or files of another installation.
pub fn prepare(directory: &Path, now: SystemTime) -> Result<NationalFiles> {
    let files = NationalFiles::in_directory(directory);
    if files.client_certificate.exists() {
        return Ok(files);
    }
    let authority = match files.ca.exists() {
        true => CertificateAuthority::load(directory, true).context("reading the stand-in's authority")?,
        false => {
            let authority = CertificateAuthority::create("stand-in national system", true, now)?;
            authority.save(directory).context("writing the stand-in's authority")?;
            authority
        }
    };
    let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    if !files.server_certificate.exists() {
        let server = authority.issue_server(&["localhost"], &addresses, now)?;
        server.save(&files.server_certificate, &files.server_key)?;
    }
    // Last: its presence says that everything is there.
    let client = authority.issue_service("dispatch-server", now)?;
    client.save(&files.client_certificate, &files.client_key)?;
    Ok(files)
}
