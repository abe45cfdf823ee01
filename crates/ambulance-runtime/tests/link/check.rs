//! What `link-check` says of servers that are missing, swallowed, wrong, expired, strict or fine.

use crate::place::{FRIENDLY, LOCAL, Manner, Place, serve};
use ambulance_runtime::LinkSettings;
use ambulance_runtime::link_check::{CHECK_DEADLINE, LinkCheck, check};
use pki::{DeviceBundle, EarlyData};
use quic_link::{ClientEndpoint, LinkConfig, PROTOCOLS, ServerEndpoint};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant, SystemTime};
use wire::RefusalCode;

const DAY: Duration = Duration::from_secs(24 * 3_600);

async fn checked(bundle: &DeviceBundle, address: SocketAddr, name: &str) -> LinkCheck {
    let tls = pki::quic_client_config(bundle, PROTOCOLS, EarlyData::Allowed).expect("a configuration");
    let settings = LinkSettings {
        endpoint: ClientEndpoint::new(tls, (Ipv4Addr::UNSPECIFIED, 0).into()).expect("an endpoint"),
        servers: vec![address],
        server_name: name.into(),
        training: true,
        program: "test".into(),
        address: ambulance_runtime::Address::Moving,
        observer: None,
    };
    let began = Instant::now();
    let found = check(&settings, bundle.identity(), None).await;
    assert!(began.elapsed() < CHECK_DEADLINE + Duration::from_millis(500), "{:?}", began.elapsed());
    assert_eq!(found.udp_port, address.port());
    found
}

fn codes(found: &LinkCheck) -> Vec<&str> {
    found.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_way_is_measured_and_resumed() {
    let place = Place::new();
    let address = serve(&place, &place.server(SystemTime::now()), FRIENDLY);
    let found = checked(&place.bundle(), address, "localhost").await;
    assert!(found.ok && found.connected, "{found:?}");
    assert!(found.rtt_ms.is_some_and(|ms| ms > 0.0 && ms < 1_000.0), "{found:?}");
    assert!(found.clock_offset_ms.expect("measured").abs() <= found.clock_uncertainty_ms.expect("measured") + 5.0);
    assert!(found.mtu_bytes.is_some_and(|bytes| bytes >= 1_200));
    assert_eq!((found.early_data, found.source.as_deref()), (Some(true), Some("127.0.0.1")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn silence_is_told_from_a_closed_port() {
    let place = Place::new();
    // A filter: packets go in and nothing comes out, while the host answers TCP (here with a refusal).
    let hole = UdpSocket::bind(LOCAL).expect("a socket");
    let found = checked(&place.bundle(), hole.local_addr().expect("an address"), "localhost").await;
    assert_eq!((codes(&found), found.tcp_answers), (vec!["udp_filtered"], Some(true)));
    let port = hole.local_addr().expect("an address").port().to_string();
    assert!(found.findings[0].next_ja.contains(&port) && found.findings[0].next_en.contains(&port));
    let closed = hole.local_addr().expect("an address");
    drop(hole);
    assert_eq!(codes(&checked(&place.bundle(), closed, "localhost").await), ["not_listening"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_certificates_are_told_apart() {
    let (place, other) = (Place::new(), Place::new());
    let good = serve(&place, &place.server(SystemTime::now()), FRIENDLY);
    assert_eq!(codes(&checked(&place.bundle(), good, "elsewhere.example").await), ["wrong_name"]);
    let foreign = serve(&place, &other.server(SystemTime::now()), FRIENDLY);
    assert_eq!(codes(&checked(&place.bundle(), foreign, "localhost").await), ["not_trusted"]);
    let expired = serve(&place, &place.server(SystemTime::now() - 800 * DAY), FRIENDLY);
    assert_eq!(codes(&checked(&place.bundle(), expired, "localhost").await), ["certificate_expired"]);
    // The server knows another authority: our own certificate is refused.
    let strict = serve(&other, &place.server(SystemTime::now()), FRIENDLY);
    assert_eq!(codes(&checked(&place.bundle(), strict, "localhost").await), ["own_certificate_refused"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_and_a_wrong_clock_are_said() {
    let place = Place::new();
    let shown = place.server(SystemTime::now());
    let cases = [
        (RefusalCode::REVOKED, "revoked"),
        (RefusalCode::UNKNOWN_DEVICE, "unknown_device"),
        (RefusalCode::TRAINING_MISMATCH, "training_mismatch"),
        (RefusalCode::VERSION, "version"),
    ];
    for (refusal, code) in cases {
        let address = serve(&place, &shown, Manner { refuses: Some(refusal), ..FRIENDLY });
        let found = checked(&place.bundle(), address, "localhost").await;
        assert_eq!((codes(&found), found.connected), (vec![code], false));
    }
    let ahead = serve(&place, &shown, Manner { ahead: Duration::from_secs(3_600), ..FRIENDLY });
    let found = checked(&place.bundle(), ahead, "localhost").await;
    assert_eq!((codes(&found), found.connected, found.ok), (vec!["clock_wrong"], true, false));
    assert!((found.clock_offset_ms.expect("measured") - 3_600_000.0).abs() < 1_000.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_without_an_address_is_said() {
    let place = Place::new();
    let tls = pki::quic_client_config(&place.bundle(), PROTOCOLS, EarlyData::Allowed).expect("a configuration");
    let settings = LinkSettings {
        endpoint: ClientEndpoint::new(tls, LOCAL).expect("an endpoint"),
        servers: Vec::new(),
        server_name: "localhost".into(),
        training: true,
        program: "test".into(),
        address: ambulance_runtime::Address::Moving,
        observer: None,
    };
    let found = check(&settings, place.bundle().identity(), Some("no such name:4433")).await;
    assert_eq!(codes(&found), ["name_not_resolved"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_a_way_to_it_is_said() {
    let place = Place::new();
    // To this address the system gives nobody a way (it may not be sent to without asking for broadcast).
    let nowhere: SocketAddr = (Ipv4Addr::BROADCAST, 4433).into();
    let found = checked(&place.bundle(), nowhere, "localhost").await;
    assert_eq!((codes(&found), found.source.as_deref()), (vec!["no_route"], None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_a_place_for_a_handshake_is_said_to_be_busy() {
    let place = Place::new();
    let tls = pki::quic_server_config(place.ca.certificate(), &place.server(SystemTime::now()), PROTOCOLS)
        .expect("a configuration");
    let full = LinkConfig { max_handshakes: 0, max_unproved_handshakes: 0, line_places: 0, ..LinkConfig::default() };
    let server = ServerEndpoint::bind_with(LOCAL, tls, full).expect("a port");
    let address = server.local_addr().expect("an address");
    tokio::spawn(async move { server.accept().await.is_some() });
    assert_eq!(codes(&checked(&place.bundle(), address, "localhost").await), ["busy"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_own_certificate_outside_its_time_is_said() {
    let place = Place::new();
    let address = serve(&place, &place.server(SystemTime::now()), FRIENDLY);
    let old = place.bundle_of(SystemTime::now() - 800 * DAY);
    assert_eq!(codes(&checked(&old, address, "localhost").await), ["own_certificate_expired"]);
    // By our clock it is not valid yet: the clock is behind.
    let early = place.bundle_of(SystemTime::now() + 2 * DAY);
    assert_eq!(codes(&checked(&early, address, "localhost").await), ["clock_wrong"]);
}
