//! What a full handshake with certificates on both sides costs the server, beside its primitives alone: one signature, two
//! verifications (the client's certificate, and its proof that it holds the key), one X25519 agreement with its key. All by ring.
//! `cargo bench -p quic-link --bench handshake`
//!
//! The server has a thread of its own; the system's count of that thread's processor time is what is told, so that it does not
//! matter what runs beside it. What follows a handshake by itself (tickets, the search for the largest packet) is in it. Rounds
//! alternate, the ratio is formed inside a round; it ends with 1 when the limit is missed in every round.

#![expect(clippy::expect_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark")]

use pki::{CertificateAuthority, DeviceBundle, EarlyData};
use quic_link::{ClientEndpoint, LinkConfig, PROTOCOLS, ServerEndpoint};
use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey as Share, X25519, agree_ephemeral};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::{Semaphore, mpsc, oneshot};
use uuid::Uuid;

const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const ROUNDS: usize = 7;
const HANDSHAKES: usize = 1_000;
/// At once; below what a server lets in without a proof of the address.
const IN_FLIGHT: usize = 64;
const PRIMITIVES: u32 = 1_000;
/// A server's processor time for a handshake over that of its primitives.
const LIMIT: f64 = 1.7;
/// What follows handshakes by itself is over.
const AFTER: Duration = Duration::from_millis(1_000);
const PATIENCE: Duration = Duration::from_secs(30);

/// Processor time of this thread so far, microseconds.
fn own_us() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("the kernel tells of a thread");
    let ns: f64 = told.split_whitespace().next().and_then(|text| text.parse().ok()).expect("a number");
    ns / 1_000.0
}

/// Microseconds for the primitives of one handshake.
fn primitives() -> f64 {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).expect("a key");
    let peer = EphemeralPrivateKey::generate(&X25519, &random).expect("a key").compute_public_key().expect("a share");
    let message = [7_u8; 130];
    let began = own_us();
    for _ in 0..PRIMITIVES {
        let signed = key.sign(&random, &message).expect("signed");
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, key.public_key().as_ref());
        public.verify(&message, signed.as_ref()).expect("verified");
        public.verify(&message, signed.as_ref()).expect("verified");
        let own = EphemeralPrivateKey::generate(&X25519, &random).expect("a key");
        own.compute_public_key().expect("a share");
        agree_ephemeral(own, &Share::new(&X25519, peer.as_ref()), |secret| secret[0]).expect("agreed");
    }
    (own_us() - began) / f64::from(PRIMITIVES)
}

/// A server in a thread of its own, which tells its processor time when asked.
struct Server {
    address: SocketAddr,
    ask: mpsc::UnboundedSender<oneshot::Sender<f64>>,
}

impl Server {
    fn start(tls: Arc<rustls::ServerConfig>) -> Self {
        let (told, address) = std::sync::mpsc::channel();
        let (ask, mut asked) = mpsc::unbounded_channel::<oneshot::Sender<f64>>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async move {
                let endpoint = ServerEndpoint::bind(LOCAL, tls).expect("a port");
                told.send(endpoint.local_addr().expect("an address")).expect("somebody waits");
                loop {
                    tokio::select! {
                        accepting = endpoint.accept() => {
                            let accepting = accepting.expect("open");
                            tokio::spawn(async move {
                                let connection = accepting.handshake().await.expect("a handshake");
                                connection.closed().await
                            });
                        }
                        asked = asked.recv() => match asked {
                            Some(reply) => reply.send(own_us()).expect("somebody waits"),
                            None => return,
                        }
                    }
                }
            });
        });
        Self { address: address.recv().expect("the server starts"), ask }
    }

    async fn us(&self) -> f64 {
        let (reply, told) = oneshot::channel();
        self.ask.send(reply).expect("the server lives");
        told.await.expect("the server lives")
    }
}

/// Microseconds of the server for one handshake.
async fn handshakes(server: &Server, bundle: &DeviceBundle, config: &LinkConfig) -> f64 {
    let tls = || pki::quic_client_config(bundle, PROTOCOLS, EarlyData::Off).expect("a configuration");
    let root = ClientEndpoint::new_with(tls(), LOCAL, config).expect("an endpoint");
    // A configuration each: none resumes the session of another.
    let clients: Vec<_> = (0..HANDSHAKES).map(|_| root.another(tls(), config).expect("a client")).collect();
    let (places, address) = (Arc::new(Semaphore::new(IN_FLIGHT)), server.address);
    let began = server.us().await;
    let dials: Vec<_> = clients
        .into_iter()
        .map(|client| {
            let places = Arc::clone(&places);
            tokio::spawn(async move {
                let _place = places.acquire().await.expect("open");
                client.connect(address, "localhost", PATIENCE).await.expect("connected")
            })
        })
        .collect();
    let mut open = Vec::with_capacity(HANDSHAKES);
    for dial in dials {
        open.push(dial.await.expect("dialled"));
    }
    tokio::time::sleep(AFTER).await;
    (server.us().await - began) / HANDSHAKES as f64
}

fn spread(mut all: Vec<f64>) -> (f64, f64, f64) {
    all.sort_by(f64::total_cmp);
    (all[all.len() / 2], all[0], all[all.len() - 1])
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let ca = CertificateAuthority::create("bench", true, SystemTime::now()).expect("an authority");
    let id = Uuid::from_u128;
    let device = ca.issue_device(id(1), id(2), id(3), SystemTime::now()).expect("a device");
    let bundle = DeviceBundle::new(device, ca.certificate().clone()).expect("a bundle");
    let shown = ca.issue_server(&["localhost"], &[], SystemTime::now()).expect("a server");
    let tls = pki::quic_server_config(ca.certificate(), &shown, PROTOCOLS).expect("a configuration");
    let server = Server::start(tls);
    let config = LinkConfig::default();
    let (mut alone, mut ours, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let one = primitives();
        let handshake = handshakes(&server, &bundle, &config).await;
        ratios.push(handshake / one);
        alone.push(one);
        ours.push(handshake);
    }
    for (name, all) in [("primitives_us", alone), ("handshake_us", ours), ("ratio", ratios.clone())] {
        let (median, least, most) = spread(all);
        println!("{name:<14} {median:>9.2}  ({least:.2} – {most:.2}), {ROUNDS} rounds of {HANDSHAKES}");
    }
    let (median, least, _) = spread(ratios);
    let word = if median <= LIMIT {
        "kept"
    } else if least <= LIMIT {
        "within the spread"
    } else {
        "MISSED"
    };
    println!("{word}: {median:.2} times the primitives (≤ {LIMIT})");
    if least <= LIMIT { ExitCode::SUCCESS } else { ExitCode::from(1) }
}
