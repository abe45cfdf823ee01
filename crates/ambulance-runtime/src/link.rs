//! The link's task: one connection to a server, its streams, and dialling again.

mod session;

use crate::clock::SystemClock;
use ambulance_core::{Input, LinkInput, State};
use quic_link::{ClientEndpoint, LinkError};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use wire::{Ask, FeedStart, LogFrame, PositionReport, RefusalCode};

/// A dial gives up after this long and tries the next address.
const DIAL_DEADLINE: Duration = Duration::from_secs(5);
/// First wait before dialling again; doubles up to [`REDIAL_MAX`], with jitter.
const REDIAL_FIRST: Duration = Duration::from_millis(300);
/// Longest wait before dialling again.
const REDIAL_MAX: Duration = Duration::from_secs(5);
/// A server that refused us is asked again after this long.
const REFUSED_WAIT: Duration = Duration::from_secs(30);

/// Where and how to dial.
pub struct LinkSettings {
    /// The endpoint, with this tablet's certificate.
    pub endpoint: ClientEndpoint,
    /// Servers.
    pub servers: Vec<SocketAddr>,
    /// The name in their certificates.
    pub server_name: String,
    /// Training tablet.
    pub training: bool,
    /// The program and its version.
    pub program: String,
}

/// What the loop sends over the link.
pub(crate) enum LinkOp {
    Log(LogFrame),
    Ask(Box<Ask>),
    Feed(FeedStart),
    Position(PositionReport),
    /// Do not wait any longer before dialling.
    Dial,
}

/// What the link tells the loop, with the connection it belongs to.
pub(crate) struct LinkEvent {
    pub(crate) connection: u64,
    pub(crate) input: Input,
}

/// How a session ended.
pub(crate) enum Ended {
    /// The server keeps us out.
    Refused(RefusalCode),
    /// The connection is gone.
    Lost(String),
    /// The loop is gone.
    Stopped,
}

/// Runs until the loop is gone.
pub(crate) async fn run(
    settings: LinkSettings,
    clock: SystemClock,
    mut ops: mpsc::Receiver<LinkOp>,
    events: mpsc::Sender<LinkEvent>,
    state: watch::Receiver<Arc<State>>,
) {
    let mut turn = 0usize;
    let mut wait = REDIAL_FIRST;
    for connection in 1u64.. {
        let dialled = dial(&settings, turn).await;
        let session = state.borrow().crew.as_ref().map(|s| s.id);
        turn = turn.wrapping_add(1);
        let (ended, stood) = match dialled {
            Ok(link) => session::run(&settings, clock, link, connection, session, &mut ops, &events).await,
            Err(error) => (Ended::Lost(sentence(&error)), false),
        };
        if stood {
            wait = REDIAL_FIRST;
        }
        let (input, pause) = match ended {
            Ended::Stopped => return,
            Ended::Refused(code) => (LinkInput::Refused(code), REFUSED_WAIT),
            Ended::Lost(why) => (LinkInput::Down { why }, wait),
        };
        if events.send(LinkEvent { connection, input: Input::Link(input) }).await.is_err() {
            return;
        }
        if pause_discarding(jitter(pause), &mut ops).await.is_err() {
            return;
        }
        wait = (wait * 2).min(REDIAL_MAX);
    }
}

async fn dial(settings: &LinkSettings, turn: usize) -> Result<quic_link::Connection, LinkError> {
    let address = settings.servers.get(turn % settings.servers.len().max(1)).ok_or(LinkError::BadAddress)?;
    let dialled = settings.endpoint.connect(*address, &settings.server_name, DIAL_DEADLINE).await;
    if let Err(error) = &dialled {
        tracing::debug!(%address, error = %crate::store::chain(error), "dialling failed");
    }
    dialled
}

/// Frames made for a connection that is gone are worth nothing: the core makes them anew.
async fn pause_discarding(pause: Duration, ops: &mut mpsc::Receiver<LinkOp>) -> Result<(), ()> {
    #[expect(clippy::disallowed_methods, reason = "this is the runtime")]
    let over = tokio::time::sleep(pause);
    tokio::pin!(over);
    loop {
        tokio::select! {
            () = &mut over => return Ok(()),
            op = ops.recv() => match op {
                Some(LinkOp::Dial) => return Ok(()),
                Some(_) => {}
                None => return Err(()),
            },
        }
    }
}

fn jitter(pause: Duration) -> Duration {
    let mut random = [0u8; 2];
    let _filled = getrandom::fill(&mut random);
    pause.mul_f64(0.5 + f64::from(u16::from_le_bytes(random)) / f64::from(u16::MAX))
}

/// One sentence for the page "what works now".
fn sentence(error: &LinkError) -> String {
    match error {
        LinkError::Unreachable | LinkError::TimedOut => {
            "サーバーから応答がありません。電波と回線（UDP）を確かめてください。"
        }
        LinkError::NameMismatch | LinkError::UntrustedPeer => {
            "相手が正しいサーバーではありません。設定を確かめてください。"
        }
        LinkError::CertificateExpiredOrClock => "証明書の期限か端末の時計が合いません。日時を確かめてください。",
        LinkError::OwnCertificateRefused { .. } => {
            "この端末の証明書をサーバーが受け付けません。管理者に連絡してください。"
        }
        LinkError::Busy => "サーバーが混み合っています。自動でつなぎ直します。",
        LinkError::NoCommonProtocol => "端末のプログラムが古すぎます。管理者に更新を頼んでください。",
        LinkError::ClosedByPeer { .. } | LinkError::PeerRestarted => {
            "サーバーが接続を閉じました。自動でつなぎ直します。"
        }
        _ => "通信できません。自動でつなぎ直します。",
    }
    .to_owned()
}
