//! An installation's certificates, and a server that greets and answers pings.

use model::Timestamp;
use pki::{CertificateAuthority, Credential, DeviceBundle};
use quic_link::{PROTOCOLS, ServerEndpoint, StreamKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use uuid::Uuid;
use wire::codec::{decode, encode};
use wire::{Hello, HelloReply, Ping, Pong, RefusalCode, Welcome};

pub(crate) const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// How the server answers Hello, and what its clock shows beside ours.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) refuses: Option<RefusalCode>,
    pub(crate) ahead: Duration,
}

pub(crate) const FRIENDLY: Manner = Manner { refuses: None, ahead: Duration::ZERO };

pub(crate) struct Place {
    pub(crate) ca: CertificateAuthority,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { ca: CertificateAuthority::create("place", true, SystemTime::now()).expect("an authority") }
    }

    pub(crate) fn bundle(&self) -> DeviceBundle {
        self.bundle_of(SystemTime::now())
    }

    pub(crate) fn bundle_of(&self, issued: SystemTime) -> DeviceBundle {
        let id = Uuid::from_u128;
        let device = self.ca.issue_device(id(1), id(2), id(3), issued).expect("a certificate");
        DeviceBundle::new(device, self.ca.certificate().clone()).expect("a bundle")
    }

    pub(crate) fn server(&self, issued: SystemTime) -> Credential {
        self.ca.issue_server(&["localhost"], &[], issued).expect("a certificate")
    }
}

pub(crate) fn serve(trusts: &Place, shows: &Credential, manner: Manner) -> SocketAddr {
    serve_until_closed(trusts, shows, manner).local_addr().expect("an address")
}

pub(crate) fn serve_until_closed(trusts: &Place, shows: &Credential, manner: Manner) -> Arc<ServerEndpoint> {
    let tls = pki::quic_server_config(trusts.ca.certificate(), shows, PROTOCOLS).expect("a configuration");
    let endpoint = Arc::new(ServerEndpoint::bind(LOCAL, tls).expect("a port"));
    let serving = Arc::clone(&endpoint);
    tokio::spawn(async move {
        while let Some(accepting) = serving.accept().await {
            tokio::spawn(async move {
                if let Ok(link) = accepting.handshake().await
                    && let Ok((StreamKind::Control, send, receive)) = link.accept().await
                {
                    talk(send, receive, manner).await;
                    link.closed().await;
                }
            });
        }
    });
    endpoint
}

pub(crate) async fn talk(
    mut send: quic_link::FrameSender,
    mut receive: quic_link::FrameReceiver,
    manner: Manner,
) -> Option<()> {
    let server_now = || {
        let now = SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970") + manner.ahead;
        Timestamp(i64::try_from(now.as_micros()).expect("fits"))
    };
    let hello: Hello = decode(&receive.recv().await.ok()??).ok()?;
    let id = [1; 16];
    let reply = match manner.refuses {
        Some(code) => HelloReply::Refused { code },
        None => HelloReply::Welcome(Welcome {
            notice: None,
            version: 1,
            server_at: server_now(),
            sent_at: hello.sent_at,
            training: true,
            device: model::DeviceId::from_bytes(id),
            unit: model::UnitId::from_bytes(id),
            callsign: "試1".into(),
            department: model::DepartmentId::from_bytes(id),
            department_name: "試".into(),
            session_valid: false,
            previews: true,
            looks_again: false,
            nonces: false,
            staff_passwords: false,
            staff_password_required: false,
            store: None,
        }),
    };
    send.send(&encode(&reply).ok()?).await.ok()?;
    while let Ok(Some(frame)) = receive.recv().await {
        let ping: Ping = decode(&frame).ok()?;
        let pong = Pong { n: ping.n, sent_at: ping.sent_at, server_at: server_now() };
        send.send(&encode(&pong).ok()?).await.ok()?;
    }
    Some(())
}
