//! `link-check`: what is wrong with the way to the server, within five seconds, in one sentence.
//!
//! In: a tablet's folder, or an address. Out: [`LinkCheck`]. Nothing is written on either side.

mod fault;
mod way;

use crate::clock::SystemClock;
use crate::link::LinkSettings;
use crate::open::{StartError, TabletFolder};
pub use fault::{Finding, LinkFault};
use model::Clock;
use pki::DeviceIdentity;
use quic_link::{ClientEndpoint, CloseCode, Connection, Dialled, FrameReceiver, FrameSender, LinkError, StreamKind};
use serde::Serialize;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};
use wire::codec::{decode, encode};
use wire::{Hello, HelloReply, Ping, Pong, RefusalCode, Welcome};

/// The whole check ends after this long.
pub const CHECK_DEADLINE: Duration = Duration::from_secs(5);
/// The server must finish its handshake and answer Hello within this.
const DIAL_DEADLINE: Duration = Duration::from_millis(3_500);
/// The way back with early data is left out after this.
const RESUME_DEADLINE: Duration = Duration::from_millis(800);
/// Round trips that are measured.
const PINGS: u64 = 5;
/// All of them together may take this long.
const PINGS_DEADLINE: Duration = Duration::from_millis(1_500);
/// A clock that is off by more is reported: answers' ages would mislead.
const CLOCK_OFF: Duration = Duration::from_secs(120);

const _: () = assert!(DIAL_DEADLINE.as_millis() + PINGS_DEADLINE.as_millis() <= CHECK_DEADLINE.as_millis());

/// What the check found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LinkCheck {
    /// The server said Welcome, and nothing needs to be done.
    pub ok: bool,
    /// The server's address.
    pub server: String,
    /// Its UDP port: what has to be open.
    pub udp_port: u16,
    /// The local address towards it; none without a route.
    pub source: Option<String>,
    /// The server said Welcome.
    pub connected: bool,
    /// Shortest round trip, milliseconds.
    pub rtt_ms: Option<f64>,
    /// Packets of this check that were lost, percent.
    pub lost_percent: Option<f64>,
    /// Largest packet that went through, bytes.
    pub mtu_bytes: Option<u16>,
    /// The server's clock minus ours, milliseconds.
    pub clock_offset_ms: Option<f64>,
    /// Its uncertainty, milliseconds either way.
    pub clock_uncertainty_ms: Option<f64>,
    /// A second connection resumed the session and its early data was taken.
    pub early_data: Option<bool>,
    /// A TCP connection to the server's host was answered, be it with a refusal.
    pub tcp_answers: Option<bool>,
    /// Milliseconds for everything.
    pub took_ms: u64,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
}

/// Checks the way from a tablet's folder to the first of its servers, or to `server`.
///
/// # Errors
/// When the folder cannot be used; what is wrong with the way is a finding, no error.
pub async fn check_folder(folder: &TabletFolder, server: Option<&str>) -> Result<LinkCheck, StartError> {
    let settings = folder.link()?;
    Ok(check(&settings, folder.bundle.identity(), server).await)
}

/// The same with settings at hand.
pub async fn check(settings: &LinkSettings, identity: &DeviceIdentity, server: Option<&str>) -> LinkCheck {
    let clock = SystemClock::new();
    let began = clock.monotonic();
    let mut report = LinkCheck::default();
    let fault = match server.map(way::resolve).unwrap_or_else(|| settings.servers.first().copied()) {
        None => Some(LinkFault::NameNotResolved),
        Some(server) => look(&mut report, settings, identity, server, clock).await.err(),
    };
    if let Some(fault) = fault {
        report.findings.insert(0, fault.finding(report.udp_port));
    }
    report.ok = report.connected && report.findings.is_empty();
    report.took_ms = clock.monotonic().since_us(began).unwrap_or(0) / 1000;
    report
}

async fn look(
    report: &mut LinkCheck,
    settings: &LinkSettings,
    identity: &DeviceIdentity,
    server: SocketAddr,
    clock: SystemClock,
) -> Result<(), LinkFault> {
    report.server = server.to_string();
    report.udp_port = server.port();
    report.source = Some(way::source(server).ok_or(LinkFault::NoRoute)?.to_string());
    let link = match dial(report, settings, server).await {
        Ok(link) => link,
        Err((error, closed)) => {
            return Err(match LinkFault::of(&error, identity, system_time()) {
                LinkFault::Unreachable if closed => LinkFault::NotListening,
                LinkFault::Unreachable if report.tcp_answers == Some(true) => LinkFault::UdpFiltered,
                fault => fault,
            });
        }
    };
    let mut talk = Talk::begin(settings, clock, &link, DIAL_DEADLINE)
        .await
        .map_err(|error| LinkFault::of_talk(&link, error, identity, system_time()))?;
    report.connected = true;
    let _too_slow = tokio::time::timeout(PINGS_DEADLINE, talk.measure(clock, report)).await;
    let path = link.path();
    report.lost_percent = Some(path.lost_packets as f64 * 100.0 / path.sent_packets.max(1) as f64);
    report.mtu_bytes = Some(path.mtu_bytes);
    link.close(CloseCode::DONE, "link check");
    report.early_data = tokio::time::timeout(RESUME_DEADLINE, resumes(&settings.endpoint, settings, server)).await.ok();
    let off = report.clock_offset_ms.unwrap_or(0.0).abs() - report.clock_uncertainty_ms.unwrap_or(0.0);
    if off > CLOCK_OFF.as_secs_f64() * 1_000.0 { Err(LinkFault::ClockWrong) } else { Ok(()) }
}

/// Dials, and looks at the way without QUIC meanwhile; an error comes with whether the port is closed.
async fn dial(
    report: &mut LinkCheck,
    settings: &LinkSettings,
    server: SocketAddr,
) -> Result<Connection, (LinkError, bool)> {
    let dialled = settings.endpoint.connect(server, &settings.server_name, DIAL_DEADLINE);
    let beside = async { tokio::join!(way::tcp_answers(server), way::port_is_closed(server)) };
    tokio::pin!(dialled, beside);
    tokio::select! {
        dialled = &mut dialled => match dialled {
            Ok(link) => Ok(link),
            Err(error) => {
                let (tcp, closed) = beside.await;
                report.tcp_answers = Some(tcp);
                Err((error, closed))
            }
        },
        (tcp, closed) = &mut beside => {
            report.tcp_answers = Some(tcp);
            dialled.await.map_err(|error| (error, closed))
        }
    }
}

/// Whether a second connection's early data is taken.
async fn resumes(endpoint: &ClientEndpoint, settings: &LinkSettings, server: SocketAddr) -> bool {
    match endpoint.dial(server, &settings.server_name, RESUME_DEADLINE).await {
        Ok(Dialled::Early(link, handshake)) => {
            let taken = handshake.confirm(&link).await.unwrap_or(false);
            link.close(CloseCode::DONE, "link check");
            taken
        }
        Ok(Dialled::Confirmed(link)) => {
            link.close(CloseCode::DONE, "link check");
            false
        }
        Err(_) => false,
    }
}

/// Why Hello had no Welcome.
enum TalkError {
    Refused(RefusalCode),
    NoWelcome,
}

/// The control stream after Welcome.
struct Talk {
    send: FrameSender,
    receive: FrameReceiver,
}

impl Talk {
    async fn begin(
        settings: &LinkSettings,
        clock: SystemClock,
        link: &Connection,
        deadline: Duration,
    ) -> Result<Self, TalkError> {
        let hello = Hello {
            versions: wire::hello::VERSIONS.to_vec(),
            program: settings.program.clone(),
            training: settings.training,
            sent_at: clock.utc(),
            session: None,
        };
        let talk = async {
            let (mut send, mut receive) = link.open(StreamKind::Control, 0).await.ok()?;
            send.send(&encode(&hello).ok()?).await.ok()?;
            let reply = decode::<HelloReply>(&receive.recv().await.ok()??).ok()?;
            Some((reply, Self { send, receive }))
        };
        match tokio::time::timeout(deadline, talk).await {
            Ok(Some((HelloReply::Welcome(Welcome { .. }), talk))) => Ok(talk),
            Ok(Some((HelloReply::Refused { code }, _))) => Err(TalkError::Refused(code)),
            Ok(None) | Err(_) => Err(TalkError::NoWelcome),
        }
    }

    /// Pings; the shortest round trip tells the clocks' difference best.
    async fn measure(&mut self, clock: SystemClock, report: &mut LinkCheck) -> Option<()> {
        for n in 1..=PINGS {
            let sent = clock.monotonic();
            self.send.send(&encode(&Ping { n, sent_at: clock.utc() }).ok()?).await.ok()?;
            let pong: Pong = decode(&self.receive.recv().await.ok()??).ok()?;
            let trip_ms = clock.monotonic().since_us(sent)? as f64 / 1_000.0;
            if report.rtt_ms.is_none_or(|known| trip_ms < known) {
                report.rtt_ms = Some(trip_ms);
                let ahead_ms = pong.server_at.since_us(pong.sent_at) as f64 / 1_000.0;
                report.clock_offset_ms = Some(ahead_ms - trip_ms / 2.0);
                report.clock_uncertainty_ms = Some(trip_ms / 2.0);
            }
        }
        Some(())
    }
}

impl LinkFault {
    fn of_talk(link: &Connection, error: TalkError, identity: &DeviceIdentity, now: SystemTime) -> Self {
        match error {
            TalkError::Refused(code) => Self::of_refusal(code),
            TalkError::NoWelcome => {
                link.close_reason().map_or(Self::NoWelcome, |error| Self::of(&error, identity, now))
            }
        }
    }

    fn of(error: &LinkError, identity: &DeviceIdentity, now: SystemTime) -> Self {
        let clock_or = |otherwise| match now < identity.not_before {
            true => Self::ClockWrong,
            false if now > identity.not_after => Self::OwnCertificateExpired,
            false => otherwise,
        };
        match error {
            LinkError::Unreachable | LinkError::TimedOut | LinkError::Io(_) => Self::Unreachable,
            LinkError::Busy => Self::Busy,
            LinkError::NameMismatch => Self::WrongName,
            LinkError::UntrustedPeer | LinkError::CertificateMissing => Self::NotTrusted,
            LinkError::CertificateExpiredOrClock => clock_or(Self::CertificateExpired),
            LinkError::OwnCertificateRefused { .. } => clock_or(Self::OwnCertificateRefused),
            LinkError::NoCommonProtocol => Self::Version,
            LinkError::ClosedByPeer { code, .. } => match *code {
                CloseCode::REVOKED => Self::Revoked,
                CloseCode::UNKNOWN_DEVICE => Self::UnknownDevice,
                CloseCode::TRAINING_MISMATCH => Self::TrainingMismatch,
                CloseCode::VERSION => Self::Version,
                _ => Self::NoWelcome,
            },
            _ => Self::NoWelcome,
        }
    }

    const fn of_refusal(code: RefusalCode) -> Self {
        match code {
            RefusalCode::REVOKED => Self::Revoked,
            RefusalCode::UNKNOWN_DEVICE => Self::UnknownDevice,
            RefusalCode::TRAINING_MISMATCH => Self::TrainingMismatch,
            RefusalCode::VERSION => Self::Version,
            _ => Self::NoWelcome,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "certificates are compared with the system's clock")]
fn system_time() -> SystemTime {
    SystemTime::now()
}
