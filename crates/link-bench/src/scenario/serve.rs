//! Questions per second on a clean path: a suggestion through the real server, its handler, its database and its decision record,
//! against gRPC whose handler does nothing but answer as many bytes. As many connections and questions under way on both sides.
//!
//! The server has half of this machine's threads and the questions come from the other half, ours and gRPC's in turn.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ambulance_core::Identity;
use ambulance_core::journal::{Journal, Stamp};
use anyhow::{Context, Result, bail};
use bytes::Bytes;
use case::{Body, JoinReason};
use dispatch_server::admin::{FleetTablet, enrol_fleet, init};
use dispatch_server::{DataDir, Handle, Listen, SharedSource};
use hospital_selection::HospitalTable;
use model::{BootId, CaseId, Findings, IdSource, IncidentId, Monotonic, Position, QuestionId, RngStreams, Timestamp};
use pki::EarlyData;
use quic_link::{ClientEndpoint, Connection, FrameReceiver, FrameSender, PROTOCOLS, StreamKind};
use std::collections::BTreeSet;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use wire::codec::{decode, encode};
use wire::{Answer, Ask, Entry, Hello, HelloReply, LogFrame, LogReply, Question, SuggestQuestion};

use crate::bed::{Installation, moment};
use crate::figures::Spread;
use crate::peer::{self, Peer};
use crate::report::{Row, say};
use crate::{Plan, question, required};

const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const CONNECTIONS: usize = 64;
/// Questions under way on each connection: as many as a server works on for one tablet.
const AT_ONCE: usize = 8;
const TIME: Duration = Duration::from_secs(4);
const PATIENCE: Duration = Duration::from_secs(30);
const PRIORITY: i32 = 40;

pub(crate) fn run(plan: Plan) -> Result<Vec<Row>> {
    let (far, near) = (threads()?, threads()?);
    let product = Arc::new(far.block_on(Product::start())?);
    let tablets = near.block_on(near.spawn(tablets(Arc::clone(&product))))??;
    let bytes = near.block_on(near.spawn(ask(Arc::clone(&tablets[0]), 0)))??;
    let installation = Installation::new()?;
    let address = far.block_on(peer::serve_on(LOCAL, &installation, Arc::default()))?;
    let peers = near.block_on(async {
        let mut peers = Vec::new();
        for _ in 0..CONNECTIONS {
            peers.push(Peer::connect_to(address, &installation).await?);
        }
        Ok::<_, anyhow::Error>(peers)
    })?;
    let mut rounds = Vec::new();
    for round in 0..plan.rounds {
        let ours = near.block_on(near.spawn(suggestions(tablets.clone(), round)))??;
        let theirs = near.block_on(near.spawn(empty(peers.clone(), bytes)))??;
        say(&format!(
            "serve, round {}: {ours:.0} suggestions/s, gRPC's empty handler {theirs:.0}/s, {bytes} B",
            round + 1
        ));
        rounds.push((ours, theirs));
    }
    drop(tablets);
    if let Some(product) = Arc::into_inner(product) {
        far.block_on(product.server.stop());
    }
    Ok(vec![
        Row {
            scenario: "serve",
            figure: format!(
                "suggestions per second (real handler, durable record, {bytes} B), beside gRPC's empty handler"
            ),
            unit: "1/s",
            ours: Spread::of(rounds.iter().map(|(ours, _)| *ours)),
            peer: Some(Spread::of(rounds.iter().map(|(_, theirs)| *theirs))),
            ratio: Some(Spread::of(rounds.iter().map(|(ours, theirs)| ours / theirs))),
            limit: None,
            count: rounds.len(),
        }
        .at_least(required::SUGGESTION_TIMES),
    ])
}

fn threads() -> Result<Runtime> {
    let all = std::thread::available_parallelism().map_or(2, usize::from);
    Ok(Builder::new_multi_thread().worker_threads((all / 2).max(1)).enable_all().build()?)
}

/// The real server with a fleet.
struct Product {
    server: Handle,
    fleet: Vec<FleetTablet>,
    _folder: TempDir,
}

impl Product {
    async fn start() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = DataDir::new(folder.path().join("server"));
        init(&data, true, &["localhost".to_owned()]).await?;
        let fleet = enrol_fleet(&data, CONNECTIONS, 8).await?;
        let listen = Listen { quic: LOCAL, https: LOCAL };
        let server = dispatch_server::start(data, listen, SharedSource::none()).await?;
        Ok(Self { server, fleet, _folder: folder })
    }
}

/// One tablet with an open case.
struct Tablet {
    number: u64,
    connection: Connection,
    case: CaseId,
    from: Position,
    _streams: [(FrameSender, FrameReceiver); 2],
    _endpoint: ClientEndpoint,
}

async fn tablets(product: Arc<Product>) -> Result<Vec<Arc<Tablet>>> {
    let mut tablets = Vec::with_capacity(CONNECTIONS);
    let hospitals = HospitalTable::embedded().hospitals();
    for (n, enrolled) in product.fleet.iter().enumerate() {
        let from = hospitals.get(n * 67 % hospitals.len()).context("a hospital")?.position;
        tablets.push(Arc::new(tablet(product.server.quic_addr, enrolled, n as u64, from).await?));
    }
    Ok(tablets)
}

async fn tablet(server: SocketAddr, enrolled: &FleetTablet, number: u64, from: Position) -> Result<Tablet> {
    let tls = pki::quic_client_config(&enrolled.bundle, PROTOCOLS, EarlyData::Off)?;
    let endpoint = ClientEndpoint::new(tls, LOCAL)?;
    let connection = endpoint.connect(server, "localhost", PATIENCE).await?;
    let mut control = connection.open(StreamKind::Control, i32::MAX).await?;
    let hello = Hello {
        versions: wire::hello::VERSIONS.to_vec(),
        program: "link-bench".to_owned(),
        training: true,
        sent_at: Timestamp(0),
        session: None,
    };
    control.0.send(&encode(&hello)?).await?;
    let frame = control.1.recv().await?.context("no answer to Hello")?;
    let HelloReply::Welcome(_) = decode(&frame)? else { bail!("the server refused the tablet") };
    let (case, entries) = opened(enrolled, number)?;
    let mut log = connection.open(StreamKind::Log, 0).await?;
    log.0.send(&encode(&LogFrame::Append { entries, before: None })?).await?;
    let frame = log.1.recv().await?.context("no answer to a batch")?;
    let LogReply::Durable { .. } = decode(&frame)? else { bail!("the case was not taken") };
    Ok(Tablet { number, connection, case, from, _streams: [control, log], _endpoint: endpoint })
}

/// The first entries of a case.
fn opened(enrolled: &FleetTablet, number: u64) -> Result<(CaseId, Vec<Entry>)> {
    let identity =
        Identity { device: enrolled.device, unit: enrolled.unit, department: enrolled.department, training: true };
    let mut journal = Journal::new(identity, &[], &BTreeSet::new());
    let mut ids = IdSource::new(RngStreams::from_u64(number).stream("ids"));
    let utc = Timestamp(1_795_132_800_000_000);
    let case = CaseId::from_uuid(ids.uuid(utc));
    let incident = IncidentId::from_uuid(ids.uuid(utc));
    let now = ambulance_core::Now { utc, mono: Monotonic { boot: BootId::from_bytes([3; 16]), us: 1 } };
    let body =
        Body::CaseOpened { incident, patient_no: 1, call_received_at: None, scene: None, place: None, call_text: None };
    let stamp = Stamp { now, offset: None, crew: None, ids: &mut ids };
    journal.write_case(case, JoinReason::Assigned, body, stamp);
    let (_, transaction) = journal.flush(utc).context("nothing was written")?;
    Ok((case, transaction.entries))
}

/// Asks one new question; the bytes of its answer.
async fn ask(tablet: Arc<Tablet>, n: u64) -> Result<usize> {
    let mut id = [0_u8; 16];
    id[..8].copy_from_slice(&tablet.number.to_be_bytes());
    id[8..].copy_from_slice(&n.to_be_bytes());
    let question = SuggestQuestion {
        case: tablet.case,
        from: tablet.from,
        findings: Findings::default(),
        lookup: None,
        exclude: Vec::new(),
        levels: true,
    };
    let ask = Ask { id: QuestionId::from_bytes(id), session: None, question: Question::Suggest(question) };
    let frame = tablet.connection.ask(&encode(&ask)?, PRIORITY).await?.context("no answer")?;
    match decode::<Answer>(&frame)? {
        Answer::Suggestion(_) => Ok(frame.len()),
        Answer::Error(error) => bail!("the server answered {}", error.code),
        _ => bail!("another answer"),
    }
}

/// Suggestions per second.
async fn suggestions(tablets: Vec<Arc<Tablet>>, round: u32) -> Result<f64> {
    let begun = moment();
    let asking = tablets.iter().flat_map(|tablet| (0..AT_ONCE as u64).map(move |slot| (Arc::clone(tablet), slot)));
    let tasks: Vec<_> = asking
        .map(|(tablet, slot)| {
            let first = (u64::from(round) + 1) << 40 | slot << 32;
            Box::pin(async move {
                let mut count = 0_u64;
                while begun.elapsed() < TIME {
                    ask(Arc::clone(&tablet), first + count).await?;
                    count += 1;
                }
                Ok::<_, anyhow::Error>(count)
            })
        })
        .collect();
    rate(begun, join(tasks).await)
}

/// Answers of gRPC's empty handler per second.
async fn empty(peers: Vec<Peer>, bytes: usize) -> Result<f64> {
    let begun = moment();
    let asking = peers.iter().flat_map(|peer| (0..AT_ONCE).map(move |_| peer.clone()));
    let tasks: Vec<_> = asking
        .map(|peer| {
            let asked: Bytes = question::ask_for(bytes);
            Box::pin(async move {
                let mut count = 0_u64;
                while begun.elapsed() < TIME {
                    peer.ask(asked.clone()).await?;
                    count += 1;
                }
                Ok::<_, anyhow::Error>(count)
            })
        })
        .collect();
    rate(begun, join(tasks).await)
}

/// All of them as tasks of this runtime.
async fn join<F>(tasks: Vec<std::pin::Pin<Box<F>>>) -> Vec<Result<u64>>
where
    F: Future<Output = Result<u64>> + Send + 'static,
{
    let mut set = tokio::task::JoinSet::new();
    for task in tasks {
        set.spawn(task);
    }
    set.join_all().await
}

fn rate(begun: std::time::Instant, counts: Vec<Result<u64>>) -> Result<f64> {
    let took = begun.elapsed().as_secs_f64();
    let mut all = 0;
    for count in counts {
        all += count?;
    }
    Ok(all as f64 / took)
}
