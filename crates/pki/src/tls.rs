//! Every TLS configuration of the system: TLS 1.3 only, ring, the peer always verified.

use std::sync::Arc;

use rustls::server::{ServerSessionMemoryCache, WebPkiClientVerifier};
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, ServerConfig, WantsVerifier};

use crate::bundle::DeviceBundle;
use crate::certificate::{CaCertificate, Credential};
use crate::error::PkiError;

/// TLS sessions a server remembers; more than twice a fleet of 5,334 tablets with two tickets each. The oldest is
/// forgotten first, and its tablet makes a full handshake.
pub const SERVER_SESSIONS: usize = 32_768;
/// QUIC knows only 0 and this: how much a client may send is then bounded by flow control.
const QUIC_EARLY_DATA: u32 = u32::MAX;
/// Application protocols of the web pages and the HTTP API.
const HTTPS_PROTOCOLS: &[&[u8]] = &[b"h2", b"http/1.1"];
/// Application protocol towards the national system.
const ADAPTER_PROTOCOLS: &[&[u8]] = &[b"http/1.1"];

/// Whether a client may send data before the handshake is over. Such data can be replayed by an attacker, so only what
/// writes nothing and names no patient may be sent early (DESIGN §5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlyData {
    /// Never.
    Off,
    /// When the application asks for it on a resumed session.
    Allowed,
}

/// The dispatch server's side towards tablets: client certificates of `ca` required, sessions resumed, 0-RTT accepted.
///
/// # Errors
/// [`PkiError::KeyMismatch`], [`PkiError::Tls`], [`PkiError::Verifier`].
pub fn quic_server_config(
    ca: &CaCertificate,
    server: &Credential,
    protocols: &[&[u8]],
) -> Result<Arc<ServerConfig>, PkiError> {
    let mut config = mutual_server(ca, server, protocols)?;
    config.session_storage = ServerSessionMemoryCache::new(SERVER_SESSIONS);
    config.max_early_data_size = QUIC_EARLY_DATA;
    Ok(Arc::new(config))
}

/// A tablet's side: trusts the bundle's authority only, shows the bundle's certificate.
///
/// # Errors
/// [`PkiError::KeyMismatch`], [`PkiError::Tls`].
pub fn quic_client_config(
    bundle: &DeviceBundle,
    protocols: &[&[u8]],
    early_data: EarlyData,
) -> Result<Arc<ClientConfig>, PkiError> {
    let mut config = mutual_client(bundle.ca(), bundle.credential(), protocols)?;
    config.enable_early_data = early_data == EarlyData::Allowed;
    Ok(Arc::new(config))
}

/// The web pages' and HTTP API's server side: people and desks sign in, they hold no certificates.
///
/// # Errors
/// [`PkiError::KeyMismatch`], [`PkiError::Tls`].
pub fn https_server_config(server: &Credential) -> Result<Arc<ServerConfig>, PkiError> {
    let resolver = Arc::new(SingleCertAndKey::from(server.certified_key()?));
    let mut config = server_builder()?.with_no_client_auth().with_cert_resolver(resolver);
    config.alpn_protocols = owned(HTTPS_PROTOCOLS);
    Ok(Arc::new(config))
}

/// An HTTP client that trusts `ca` only and has no certificate: demo, stand-in desks, health checks. It offers
/// HTTP/1.1 alone.
///
/// # Errors
/// [`PkiError::Tls`].
pub fn https_client_config(ca: &CaCertificate) -> Result<Arc<ClientConfig>, PkiError> {
    let mut config = client_builder()?.with_root_certificates(roots(ca)?).with_no_client_auth();
    config.alpn_protocols = owned(ADAPTER_PROTOCOLS);
    Ok(Arc::new(config))
}

/// The national system's side (a stand-in) over TCP: client certificates of `ca` required.
///
/// # Errors
/// [`PkiError::KeyMismatch`], [`PkiError::Tls`], [`PkiError::Verifier`].
pub fn mutual_tls_server_config(ca: &CaCertificate, server: &Credential) -> Result<Arc<ServerConfig>, PkiError> {
    mutual_server(ca, server, ADAPTER_PROTOCOLS).map(Arc::new)
}

/// The dispatch server's side towards the national system over TCP: trusts `ca` only, shows `service`.
///
/// # Errors
/// [`PkiError::KeyMismatch`], [`PkiError::Tls`].
pub fn mutual_tls_client_config(ca: &CaCertificate, service: &Credential) -> Result<Arc<ClientConfig>, PkiError> {
    mutual_client(ca, service, ADAPTER_PROTOCOLS).map(Arc::new)
}

fn mutual_server(ca: &CaCertificate, server: &Credential, protocols: &[&[u8]]) -> Result<ServerConfig, PkiError> {
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(ca)?), provider()).build()?;
    let resolver = Arc::new(SingleCertAndKey::from(server.certified_key()?));
    let mut config = server_builder()?.with_client_cert_verifier(verifier).with_cert_resolver(resolver);
    config.alpn_protocols = owned(protocols);
    Ok(config)
}

fn mutual_client(ca: &CaCertificate, credential: &Credential, protocols: &[&[u8]]) -> Result<ClientConfig, PkiError> {
    let resolver = Arc::new(SingleCertAndKey::from(credential.certified_key()?));
    let mut config = client_builder()?.with_root_certificates(roots(ca)?).with_client_cert_resolver(resolver);
    config.alpn_protocols = owned(protocols);
    Ok(config)
}

fn server_builder() -> Result<ConfigBuilder<ServerConfig, WantsVerifier>, PkiError> {
    let builder = ServerConfig::builder_with_provider(provider());
    Ok(builder.with_protocol_versions(&[&rustls::version::TLS13])?)
}

fn client_builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, PkiError> {
    let builder = ClientConfig::builder_with_provider(provider());
    Ok(builder.with_protocol_versions(&[&rustls::version::TLS13])?)
}

fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn roots(ca: &CaCertificate) -> Result<RootCertStore, PkiError> {
    let mut roots = RootCertStore::empty();
    roots.add(ca.der().clone())?;
    Ok(roots)
}

fn owned(protocols: &[&[u8]]) -> Vec<Vec<u8>> {
    protocols.iter().map(|protocol| protocol.to_vec()).collect()
}

#[cfg(test)]
#[path = "tls_tests.rs"]
mod tests;
