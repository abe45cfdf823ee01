//! Early data: a preview in the first round trip, and nothing else before the handshake is over.

use crate::world::{DEADLINE, LOCAL, World, now};
use dispatch_core::Scope;
use dispatch_core::store::{AuditLog, Directory, Ledger};
use dispatch_server::SharedSource;
use model::{CaseId, Complaint, Findings, Position, QuestionId};
use pki::EarlyData;
use quic_link::{ClientEndpoint, Connection, Dialled, FrameReceiver, PROTOCOLS, StreamKind};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::UdpSocket;
use wire::codec::{decode, encode};
use wire::{Answer, Ask, Hello, HelloReply, PreviewQuestion, Question, SuggestQuestion};

const CASE: CaseId = CaseId::from_bytes([0xCB; 16]);
/// Long enough for an answer that must not come.
const SILENCE: Duration = Duration::from_secs(2);

fn findings() -> Findings {
    Findings { complaints: [Complaint::HeadInjury].into(), ..Findings::default() }
}

fn preview() -> Question {
    let from = Position::new(36.08, 140.11).expect("in Japan");
    Question::Preview(PreviewQuestion { from, findings: findings(), exclude: Vec::new(), levels: false })
}

fn suggest() -> Question {
    let from = Position::new(36.08, 140.11).expect("in Japan");
    Question::Suggest(SuggestQuestion {
        case: CASE,
        from,
        findings: findings(),
        lookup: None,
        exclude: Vec::new(),
        levels: false,
    })
}

async fn say_hello(link: &Connection) -> Result<FrameReceiver, quic_link::LinkError> {
    let (mut send, receive) = link.open(StreamKind::Control, 40).await?;
    let hello = Hello { versions: vec![1], program: "test".into(), training: true, sent_at: now(), session: None };
    send.send(&encode(&hello).expect("encodes")).await.expect("sent");
    // The stream lives as long as its receiver here.
    std::mem::forget(send);
    Ok(receive)
}

async fn ask(link: &Connection, n: u8, question: Question) -> FrameReceiver {
    let (mut send, receive) = link.open(StreamKind::Question, 20).await.expect("a stream");
    let ask = Ask { id: QuestionId::from_bytes([n; 16]), session: None, question };
    send.send(&encode(&ask).expect("encodes")).await.expect("sent");
    send.finish();
    receive
}

async fn frame<T: serde::de::DeserializeOwned>(receive: &mut FrameReceiver) -> T {
    let frame = tokio::time::timeout(DEADLINE, receive.recv()).await.expect("in time");
    decode(&frame.expect("a frame").expect("not ended")).expect("understood")
}

/// An endpoint that holds a ticket of the world's server.
async fn ticket_holder(world: &World) -> ClientEndpoint {
    let tls = pki::quic_client_config(&world.bundle(1), PROTOCOLS, EarlyData::Allowed).expect("a configuration");
    let endpoint = ClientEndpoint::new(tls, LOCAL).expect("an endpoint");
    let link = endpoint.connect(world.server.quic_addr, "localhost", DEADLINE).await.expect("a connection");
    let mut control = say_hello(&link).await.expect("a stream");
    let HelloReply::Welcome(welcome) = frame(&mut control).await else { panic!("refused") };
    assert!(welcome.previews);
    link.close(quic_link::CloseCode::DONE, "");
    world.server_forgets(welcome.unit).await;
    endpoint
}

async fn early(endpoint: &ClientEndpoint, to: SocketAddr) -> (Connection, quic_link::Unconfirmed) {
    match endpoint.dial(to, "localhost", DEADLINE).await.expect("dialled") {
        Dialled::Early(connection, handshake) => (connection, handshake),
        Dialled::Confirmed(_) => panic!("no ticket"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_is_answered_before_the_handshake_and_records_nothing() {
    let world = World::new(SharedSource::none()).await;
    let endpoint = ticket_holder(&world).await;
    let (link, handshake) = early(&endpoint, world.server.quic_addr).await;
    let mut control = say_hello(&link).await.expect("a stream");
    let mut answer = ask(&link, 1, preview()).await;
    let mut recorded = ask(&link, 2, suggest()).await;
    assert!(handshake.confirm(&link).await.expect("confirmed"), "early data was accepted");
    assert!(matches!(frame(&mut control).await, HelloReply::Welcome(_)));
    let bytes = tokio::time::timeout(DEADLINE, answer.recv()).await.expect("in time").expect("a frame").expect("one");
    assert!(bytes.len() <= wire::limits::PREVIEW_BYTES_MAX, "{}", bytes.len());
    let Answer::Preview(preview) = decode(&bytes).expect("an answer") else { panic!("another answer") };
    assert!(!preview.ranking.candidates.is_empty());
    // What is a decision was held until the tablet was there, and then recorded once.
    assert!(matches!(frame(&mut recorded).await, Answer::Suggestion(_)));
    assert_eq!(world.decisions(CASE).await, 1);
    assert_eq!(world.decisions(CaseId::from_bytes([0; 16])).await, 0);
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stolen_first_flight_changes_nothing_and_shows_nobody() {
    let world = World::new(SharedSource::none()).await;
    let endpoint = ticket_holder(&world).await;
    // Everything that the tablet sends ends here and is kept.
    let thief = Arc::new(UdpSocket::bind(LOCAL).await.expect("a socket"));
    let address = thief.local_addr().expect("an address");
    let (link, _handshake) = early(&endpoint, address).await;
    let _control = say_hello(&link).await.expect("a stream");
    let _answers = [ask(&link, 1, preview()).await, ask(&link, 2, suggest()).await];
    let stolen = Mutex::new(Vec::new());
    let mut buffer = vec![0; 2_048];
    while let Ok(Ok((length, _))) = tokio::time::timeout(Duration::from_millis(200), thief.recv_from(&mut buffer)).await
    {
        stolen.lock().expect("kept").push(buffer[..length].to_vec());
    }
    let stolen = stolen.into_inner().expect("kept");
    assert!(!stolen.is_empty());
    let unit = model::UnitId::from_uuid(world.bundle(1).identity().unit_id);
    let before = world.server.app.live.unit(unit);
    let copiers = [UdpSocket::bind(LOCAL).await.expect("a socket"), UdpSocket::bind(LOCAL).await.expect("a socket")];
    for copier in &copiers {
        for copy in &stolen {
            copier.send_to(copy, world.server.quic_addr).await.expect("sent");
        }
    }
    // The first copy reached the server as the tablet would have; the second is an echo of it.
    let answer = tokio::time::timeout(DEADLINE, copiers[0].recv_from(&mut buffer)).await;
    answer.expect("the server's handshake").expect("bytes");
    tokio::time::timeout(SILENCE, std::future::pending::<()>()).await.expect_err("time passes");
    assert_eq!(world.server.app.live.unit(unit), before, "a copy looks like the tablet");
    assert_eq!(world.decisions(CASE).await, 0);
    assert!(world.server.app.store.chains().await.expect("the audit").is_empty(), "an audit entry for a copy");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_tablet_with_a_ticket_gets_no_answer() {
    let world = World::new(SharedSource::none()).await;
    let endpoint = ticket_holder(&world).await;
    let device = model::DeviceId::from_uuid(world.bundle(1).identity().device_id);
    let store = world.data.open_store().await.expect("a second process");
    assert!(store.revoke(device, world.server.app.now()).await.expect("revoked"));
    let (link, handshake) = early(&endpoint, world.server.quic_addr).await;
    let mut control = say_hello(&link).await.expect("a stream");
    let mut answer = ask(&link, 1, preview()).await;
    assert!(handshake.confirm(&link).await.is_ok(), "the ticket itself is good");
    assert!(matches!(frame(&mut control).await, HelloReply::Refused { code: wire::RefusalCode::REVOKED }));
    let answered = tokio::time::timeout(DEADLINE, answer.recv()).await.expect("in time");
    assert!(!matches!(answered, Ok(Some(_))), "a revoked tablet got an answer");
    world.server.stop().await;
}

impl World {
    async fn decisions(&self, case: CaseId) -> usize {
        let department = model::DepartmentId::from_uuid(self.bundle(1).identity().department_id);
        self.server.app.store.decisions(Scope::Department(department), case).await.expect("decisions").len()
    }

    async fn server_forgets(&self, unit: model::UnitId) {
        let gone = async {
            while self.server.app.live.unit(unit).connected > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(DEADLINE, gone).await.expect("the connection ends");
    }
}
