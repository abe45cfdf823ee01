//! Handshakes and questions over the loopback, tuned and as quinn does by itself, in alternating rounds of one run.
//!
//! `cargo bench -p quic-link` prints one JSON object: medians of the rounds, their spread, and the ratios
//! (tuned / untuned). Absolute figures belong to the machine; the ratios are what is claimed.

#![expect(clippy::expect_used, clippy::print_stdout, clippy::disallowed_methods, reason = "a benchmark")]

use pki::{CertificateAuthority, DeviceBundle, EarlyData};
use quic_link::{Accepted, ClientEndpoint, Connection, Dialled, LinkConfig, PROTOCOLS, ServerEndpoint, StreamKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use uuid::Uuid;

const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const ROUNDS: usize = 7;
const HANDSHAKES: u32 = 100;
const QUESTIONS: u32 = 3_000;
const PARALLEL: u32 = 32;
const QUESTION_BYTES: usize = 200;
const ANSWER_BYTES: usize = 4_096;
const PATIENCE: Duration = Duration::from_secs(20);

struct Bed {
    server: SocketAddr,
    client: ClientEndpoint,
}

impl Bed {
    fn new(config: &LinkConfig) -> Self {
        let ca = CertificateAuthority::create("bench", true, SystemTime::now()).expect("an authority");
        let id = Uuid::from_u128;
        let device = ca.issue_device(id(1), id(2), id(3), SystemTime::now()).expect("a device");
        let bundle = DeviceBundle::new(device, ca.certificate().clone()).expect("a bundle");
        let shown = ca.issue_server(&["localhost"], &[], SystemTime::now()).expect("a server");
        let tls = pki::quic_server_config(ca.certificate(), &shown, PROTOCOLS).expect("a configuration");
        let endpoint = ServerEndpoint::bind_with(LOCAL, tls, config.clone()).expect("a port");
        let server = endpoint.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Some(accepting) = endpoint.accept().await {
                tokio::spawn(async move {
                    let connection = match accepting.begin().await {
                        Ok(Accepted::Confirmed(connection)) => connection,
                        Ok(Accepted::Early(connection, handshake)) => {
                            handshake.confirm(&connection).await.expect("confirmed");
                            connection
                        }
                        Err(_) => return,
                    };
                    answer_all(connection).await;
                });
            }
        });
        let tls = pki::quic_client_config(&bundle, PROTOCOLS, EarlyData::Allowed).expect("a configuration");
        Self { server, client: ClientEndpoint::new_with(tls, LOCAL, config).expect("an endpoint") }
    }

    async fn connect(&self) -> Connection {
        self.client.connect(self.server, "localhost", PATIENCE).await.expect("connected")
    }

    /// Microseconds per handshake, one after the other; each ends with one short answer.
    async fn handshakes(&self, early: bool) -> f64 {
        drop(self.connect().await);
        let began = Instant::now();
        for _ in 0..HANDSHAKES {
            match early {
                true => match self.client.dial(self.server, "localhost", PATIENCE).await.expect("dialled") {
                    Dialled::Early(link, handshake) => {
                        ask(&link, 8).await;
                        handshake.confirm(&link).await.expect("confirmed");
                    }
                    Dialled::Confirmed(link) => ask(&link, 8).await,
                },
                false => ask(&self.connect().await, 8).await,
            }
        }
        began.elapsed().as_secs_f64() * 1e6 / f64::from(HANDSHAKES)
    }

    /// Questions per second, some at once on one connection.
    async fn questions(&self) -> f64 {
        let link = Arc::new(self.connect().await);
        let began = Instant::now();
        let asking = (0..PARALLEL).map(|_| {
            let link = Arc::clone(&link);
            tokio::spawn(async move {
                for _ in 0..QUESTIONS / PARALLEL {
                    ask(&link, ANSWER_BYTES).await;
                }
            })
        });
        for task in asking.collect::<Vec<_>>() {
            task.await.expect("asked");
        }
        f64::from(QUESTIONS / PARALLEL * PARALLEL) / began.elapsed().as_secs_f64()
    }
}

async fn answer_all(connection: Connection) {
    while let Ok((_, mut send, mut receive)) = connection.accept().await {
        tokio::spawn(async move {
            if let Ok(Some(asked)) = receive.recv().await {
                let wanted = asked.first().map_or(8, |long| if *long == 1 { ANSWER_BYTES } else { 8 });
                // A client that is gone wants no answer.
                let _gone = send.send(&vec![7; wanted]).await;
                send.finish();
            }
        });
    }
}

async fn ask(link: &Connection, answer: usize) {
    let (mut send, mut receive) = link.open(StreamKind::Question, 20).await.expect("a stream");
    send.send(&[u8::from(answer == ANSWER_BYTES); QUESTION_BYTES]).await.expect("sent");
    send.finish();
    let frame = receive.recv().await.expect("an answer").expect("one");
    assert_eq!(frame.len(), answer);
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn row(name: &str, unit: &str, tuned: &mut [f64], untuned: &mut [f64]) -> String {
    let (ours, theirs) = (median(tuned), median(untuned));
    let spread = (tuned[tuned.len() - 1] - tuned[0]) / ours;
    format!(
        r#"  "{name}": {{ "unit": "{unit}", "tuned": {ours:.1}, "untuned": {theirs:.1}, "ratio": {:.3}, "spread": {spread:.3} }}"#,
        ours / theirs
    )
}

#[tokio::main]
async fn main() {
    let (ours, theirs) = (Bed::new(&LinkConfig::default()), Bed::new(&LinkConfig::untuned()));
    let mut figures = [const { [const { Vec::new() }; 2] }; 3];
    for _ in 0..ROUNDS {
        for (side, bed) in [&ours, &theirs].into_iter().enumerate() {
            figures[0][side].push(bed.handshakes(false).await);
            figures[1][side].push(bed.handshakes(true).await);
            figures[2][side].push(bed.questions().await);
        }
    }
    let names = [("handshake", "us"), ("handshake_resumed", "us"), ("questions", "1/s")];
    let rows: Vec<_> = names
        .iter()
        .zip(&mut figures)
        .map(|((name, unit), [tuned, untuned])| row(name, unit, tuned, untuned))
        .collect();
    println!("{{\n  \"rounds\": {ROUNDS},\n{}\n}}", rows.join(",\n"));
}
