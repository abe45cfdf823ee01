//! Who may not come in stays out, is told why, and harms nobody.

use ambulance_core::{LinkState, LinkTrouble};
use dispatch_core::store::Directory;
use dispatch_server::{DataDir, Listen, SharedSource};
use hyper::Method;
use model::Complaint;
use pki::{CaCertificate, CertificateAuthority, DeviceBundle};
use quic_link::{ClientEndpoint, LinkError, PROTOCOLS};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use system_tests::installation::{CALL_TEXT, DEPARTMENTS, PLACE};
use system_tests::{Installation, PATIENCE, log, observed, soon};
use wire::RefusalCode;

/// Replaces a tablet's certificate by one that `authority` makes with the same words.
fn forge(folder: &Path, authority: &CertificateAuthority) {
    let bundle = DeviceBundle::load(folder).unwrap();
    let ids = bundle.identity();
    let made = authority.issue_device(ids.device_id, ids.unit_id, ids.department_id, SystemTime::now()).unwrap();
    let forged = DeviceBundle::new(made, bundle.ca().clone()).unwrap();
    let aside = folder.join("forged");
    forged.write(&aside).unwrap();
    for file in std::fs::read_dir(&aside).unwrap() {
        let file = file.unwrap();
        std::fs::rename(file.path(), folder.join(file.file_name())).unwrap();
    }
}

/// Dials as somebody who trusts the server and shows nothing; how it ended.
async fn dial_without_certificate(installation: &Installation) -> LinkError {
    let ca = CaCertificate::load(&installation.data.authority_certificate()).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(ca.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider);
    let tls = tls.with_protocol_versions(&[&rustls::version::TLS13]).unwrap();
    let mut tls = tls.with_root_certificates(roots).with_no_client_auth();
    tls.alpn_protocols = PROTOCOLS.iter().map(|p| p.to_vec()).collect();
    let endpoint = ClientEndpoint::new(Arc::new(tls), "127.0.0.1:0".parse().unwrap()).unwrap();
    match endpoint.connect(installation.listen().quic, "localhost", PATIENCE).await {
        Ok(link) => soon("an end", link.closed()).await,
        Err(error) => error,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forged_unknown_and_revoked_tablets_are_told_why() {
    let mut installation = Installation::start().await;
    let (good, enrolled) = installation.connected(0, "立川訓練1").await;
    let case = installation.open_incident(0, enrolled.unit).await;
    good.assigned(case).await;
    // Another authority with the right words.
    let forged = installation.enrol(0, "立川訓練2").await;
    forge(&forged.out, &CertificateAuthority::create("forger", true, SystemTime::now()).unwrap());
    let tablet = installation.tablet(forged.out).await;
    let state = tablet
        .until("the forger is told", |s| matches!(s.link, LinkState::Down { why: LinkTrouble::OwnCertificate, .. }))
        .await;
    assert!(!state.link.is_up());
    // No certificate at all.
    let nobody = dial_without_certificate(&installation).await;
    assert!(matches!(nobody, LinkError::OwnCertificateRefused { .. }), "{nobody:?}");
    // Our authority, but not the certificate that was enrolled.
    let stray = installation.enrol(0, "立川訓練3").await;
    forge(&stray.out, &CertificateAuthority::load(&installation.data.authority(), true).unwrap());
    let tablet = installation.tablet(stray.out).await;
    let refused = LinkState::Refused { code: RefusalCode::UNKNOWN_DEVICE };
    tablet.until("the stray one is told", |s| s.link == refused).await;
    assert!(RefusalCode::UNKNOWN_DEVICE.ja().contains("登録を頼んでください"));
    // Revoked while connected: cut off. What it records goes on being recorded.
    let (revoked, row) = installation.connected(0, "立川訓練4").await;
    let app = &installation.server().app;
    assert!(app.store.revoke(row.device, app.now()).await.unwrap());
    let cut = LinkState::Refused { code: RefusalCode::REVOKED };
    revoked.until("the revoked one is cut off", |s| s.link == cut).await;
    assert!(RefusalCode::REVOKED.ja().contains("指令センターに連絡"));
    revoked.press(ambulance_core::Command::OpenCase).await;
    revoked.press(observed(Complaint::HeadInjury)).await;
    assert!(revoked.case().view.findings.has(Complaint::HeadInjury));
    assert!(good.state().link.is_up(), "nobody else is harmed");
    let text = log::text();
    assert!(text.contains("refused") && text.contains(&row.device.to_string()), "refusals are logged");
    for personal in [CALL_TEXT, PLACE, DEPARTMENTS[0], "訓練 太郎", "35.694"] {
        assert!(!text.contains(personal), "{personal} is in the log");
    }
    installation.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_on_both_ports_harms_nobody() {
    let mut installation = Installation::start().await;
    let (tablet, enrolled) = installation.connected(0, "立川訓練1").await;
    let Listen { quic, https } = installation.listen();
    let noise = UdpSocket::bind("127.0.0.1:0").unwrap();
    for n in 0..=255_u8 {
        let bytes: Vec<u8> = (0..1_200_u32).map(|i| i.wrapping_mul(u32::from(n) + 7).to_le_bytes()[0] ^ n).collect();
        noise.send_to(&bytes[..usize::from(n) * 4 + 1], quic).unwrap();
    }
    // Connections that say nothing, or half a record, and are never closed by us.
    let half_open: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(https).unwrap()).collect();
    for (n, mut stream) in half_open.iter().enumerate() {
        stream.write_all(&[0x16, 3, 1, 0x40][..n % 5]).unwrap();
    }
    soon("garbage is answered by an end", tokio::task::spawn_blocking(move || shout(https))).await.unwrap();
    let who =
        serde_json::json!({ "login": "dispatch0", "passcode": installation.brigades[0].dispatcher.passcode.as_str() });
    let signed = installation.pages().ask(Method::POST, "/api/v1/sign-in", None, Some(&who)).await.unwrap();
    let page = installation.pages().page("/", signed["token"].as_str().unwrap()).await.unwrap();
    assert!(page.contains("訓練"));
    let case = installation.open_incident(0, enrolled.unit).await;
    tablet.assigned(case).await;
    tablet.press(observed(Complaint::HeadInjury)).await;
    tablet.delivered().await;
    installation.connected(0, "立川訓練2").await;
    drop(half_open);
    installation.stop().await;
}

fn shout(https: SocketAddr) {
    let mut stream = TcpStream::connect(https).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n\0\xff\xfe and so on").unwrap();
    // Ended or reset: both are an end. A time-out is not.
    match stream.read_to_end(&mut Vec::new()) {
        Ok(_) => {}
        Err(error) => assert_ne!(error.kind(), std::io::ErrorKind::WouldBlock, "{error}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_training_tablet_stays_out_of_a_live_server() {
    let mut installation = Installation::start().await;
    let training = installation.enrol(0, "立川訓練1").await;
    installation.stop_server().await;
    let live = DataDir::new(installation.folder().join("live"));
    dispatch_server::admin::init(&live, false, &["localhost".to_owned()]).await.unwrap();
    let listen = installation.listen();
    let server = system_tests::repeated("the live server starts", async || {
        dispatch_server::start(live.clone(), listen, SharedSource::none()).await.ok()
    })
    .await;
    let tablet = installation.tablet(training.out).await;
    let kept_out = |link: &LinkState| match link {
        LinkState::Down { why, .. } => *why == LinkTrouble::WrongServer,
        LinkState::Refused { code } => *code == RefusalCode::TRAINING_MISMATCH,
        LinkState::Up { .. } => panic!("a live server lets a training tablet in"),
    };
    tablet.until("kept out of the live server", |s| kept_out(&s.link)).await;
    let in_time = tokio::time::timeout(Duration::from_secs(20), server.stop()).await;
    assert!(in_time.is_ok());
    installation.start_server().await;
    installation.stop().await;
}
