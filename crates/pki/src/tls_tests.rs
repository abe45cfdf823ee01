//! Handshakes between two configurations, in memory.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::pki_types::ServerName;
use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, ConnectionCommon, Error, ServerConfig,
    ServerConnection,
};
use uuid::Uuid;

use crate::{
    CertificateAuthority, DeviceBundle, DeviceIdentity, EarlyData, https_client_config, https_server_config,
    mutual_tls_client_config, mutual_tls_server_config, quic_client_config, quic_server_config,
};

const ALPN: &[&[u8]] = &[b"ems/1"];

#[expect(clippy::disallowed_methods, reason = "the TLS library compares certificates with the system's clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

fn authority() -> CertificateAuthority {
    CertificateAuthority::create("Test CA", false, now()).expect("authority")
}

fn bundle(ca: &CertificateAuthority, at: SystemTime) -> DeviceBundle {
    let id = Uuid::from_u128;
    let credential = ca.issue_device(id(1), id(2), id(3), at).expect("device");
    DeviceBundle::new(credential, ca.certificate().clone()).expect("bundle")
}

fn server_of(ca: &CertificateAuthority) -> Arc<ServerConfig> {
    let credential = ca.issue_server(&["localhost"], &[], now()).expect("server");
    quic_server_config(ca.certificate(), &credential, ALPN).expect("configuration")
}

fn client_of(bundle: &DeviceBundle) -> Arc<ClientConfig> {
    quic_client_config(bundle, ALPN, EarlyData::Off).expect("configuration")
}

/// Carries bytes between the two until neither has more to say; the first error ends it.
fn handshake(
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    name: &str,
) -> Result<(ClientConnection, ServerConnection), Error> {
    let mut client = ClientConnection::new(client, server_name(name))?;
    let mut server = ServerConnection::new(server)?;
    loop {
        let question = outgoing(&mut client);
        incoming(&mut server, &question)?;
        let answer = outgoing(&mut server);
        incoming(&mut client, &answer)?;
        if question.is_empty() && answer.is_empty() {
            assert!(!client.is_handshaking() && !server.is_handshaking());
            return Ok((client, server));
        }
    }
}

fn server_name(name: &str) -> ServerName<'static> {
    ServerName::try_from(name.to_owned()).expect("name")
}

fn outgoing<Side>(from: &mut ConnectionCommon<Side>) -> Vec<u8> {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes).expect("memory");
    }
    bytes
}

fn incoming<Side>(to: &mut ConnectionCommon<Side>, mut bytes: &[u8]) -> Result<(), Error> {
    while !bytes.is_empty() {
        let read = to.read_tls(&mut bytes);
        read.map_err(|error| Error::General(error.to_string()))?;
        to.process_new_packets()?;
    }
    Ok(())
}

fn error_of(client: Arc<ClientConfig>, server: Arc<ServerConfig>, name: &str) -> Error {
    match handshake(client, server, name) {
        Ok(_) => panic!("the handshake should have failed"),
        Err(error) => error,
    }
}

#[test]
fn both_sides_verify_each_other() {
    let ca = authority();
    let tablet = bundle(&ca, now());
    let (client, server) = handshake(client_of(&tablet), server_of(&ca), "localhost").expect("handshake");
    assert_eq!(server.alpn_protocol(), Some(&b"ems/1"[..]));
    assert_eq!(client.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_3));
    let shown = server.peer_certificates().and_then(<[_]>::first);
    let identity = DeviceIdentity::from_certificate(shown.expect("certificate")).expect("parse");
    assert_eq!(&identity, tablet.identity());
}

#[test]
fn another_authority_is_refused_on_either_side() {
    let (ours, theirs) = (authority(), authority());
    let strange_server = error_of(client_of(&bundle(&ours, now())), server_of(&theirs), "localhost");
    assert!(matches!(
        strange_server,
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature)
    ));

    let credential = bundle(&theirs, now()).credential().clone();
    let strange_tablet = mutual_tls_client_config(ours.certificate(), &credential).expect("configuration");
    let server = ours.issue_server(&["localhost"], &[], now()).expect("server");
    let server = mutual_tls_server_config(ours.certificate(), &server).expect("configuration");
    assert!(matches!(
        error_of(strange_tablet, server, "localhost"),
        Error::InvalidCertificate(CertificateError::UnknownIssuer | CertificateError::BadSignature)
    ));
}

#[test]
fn a_client_without_certificate_is_refused() {
    let ca = authority();
    let anonymous = https_client_config(ca.certificate()).expect("configuration");
    let server = ca.issue_server(&["localhost"], &[], now()).expect("server");
    let server = mutual_tls_server_config(ca.certificate(), &server).expect("configuration");
    assert_eq!(error_of(anonymous, server, "localhost"), Error::NoCertificatesPresented);
}

#[test]
fn a_server_certificate_is_no_client_certificate() {
    let ca = authority();
    let server = ca.issue_server(&["localhost"], &[], now()).expect("server");
    let client = mutual_tls_client_config(ca.certificate(), &server).expect("configuration");
    let server = mutual_tls_server_config(ca.certificate(), &server).expect("configuration");
    assert!(matches!(
        error_of(client, server, "localhost"),
        Error::InvalidCertificate(CertificateError::InvalidPurposeContext { .. })
    ));
}

#[test]
fn the_wrong_name_and_an_expired_tablet_are_refused() {
    let ca = authority();
    assert!(matches!(
        error_of(client_of(&bundle(&ca, now())), server_of(&ca), "other.example"),
        Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. })
    ));
    let three_years_ago = now() - Duration::from_secs(3 * 365 * 86_400);
    let expired = bundle(&ca, three_years_ago);
    assert!(matches!(
        error_of(client_of(&expired), server_of(&ca), "localhost"),
        Error::InvalidCertificate(CertificateError::ExpiredContext { .. })
    ));
}

#[test]
fn a_server_can_be_named_by_its_address() {
    let ca = authority();
    let addresses = ["192.0.2.7".parse().expect("v4"), "2001:db8::7".parse().expect("v6")];
    let server = ca.issue_server(&[], &addresses, now()).expect("server");
    let server = quic_server_config(ca.certificate(), &server, ALPN).expect("configuration");
    let client = client_of(&bundle(&ca, now()));
    for name in ["192.0.2.7", "2001:db8::7"] {
        handshake(client.clone(), server.clone(), name).expect(name);
    }
    assert!(matches!(
        error_of(client, server, "192.0.2.8"),
        Error::InvalidCertificate(CertificateError::NotValidForNameContext { .. })
    ));
}

#[test]
fn no_common_protocol_is_refused() {
    let ca = authority();
    let newer = quic_client_config(&bundle(&ca, now()), &[b"ems/9"], EarlyData::Off).expect("configuration");
    let error = error_of(newer, server_of(&ca), "localhost");
    assert!(matches!(
        error,
        Error::NoApplicationProtocol | Error::AlertReceived(AlertDescription::NoApplicationProtocol)
    ));
}

#[test]
fn a_second_handshake_is_resumed_and_still_names_the_tablet() {
    let ca = authority();
    let tablet = bundle(&ca, now());
    let (client, server) = (client_of(&tablet), server_of(&ca));
    handshake(client.clone(), server.clone(), "localhost").expect("first");
    let (_, resumed) = handshake(client, server, "localhost").expect("second");
    assert_eq!(resumed.handshake_kind(), Some(rustls::HandshakeKind::Resumed));
    let shown = resumed.peer_certificates().and_then(<[_]>::first);
    let identity = DeviceIdentity::from_certificate(shown.expect("certificate")).expect("parse");
    assert_eq!(&identity, tablet.identity());
}

#[test]
fn web_pages_need_no_client_certificate_but_a_trusted_server() {
    let ca = authority();
    let server = ca.issue_server(&["localhost"], &[], now()).expect("server");
    let server = https_server_config(&server).expect("configuration");
    let browser = https_client_config(ca.certificate()).expect("configuration");
    let (client, _) = handshake(browser, server.clone(), "localhost").expect("handshake");
    assert_eq!(client.alpn_protocol(), Some(&b"http/1.1"[..]));

    let stranger = https_client_config(authority().certificate()).expect("configuration");
    assert!(matches!(error_of(stranger, server, "localhost"), Error::InvalidCertificate(_)));
}
