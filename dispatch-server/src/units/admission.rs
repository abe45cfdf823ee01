//! Who comes in: certificate, enrolment, revocation, training mark, version — before the first answer, every time.

use super::{Peer, decoded, sent};
use crate::app::App;
use dispatch_core::device_principal;
use dispatch_core::store::{Directory, EventStore, PinPages, StaffPasswords, StoreError};
use model::{DepartmentId, DeviceId, UnitId};
use pki::DeviceIdentity;
use quic_link::{CloseCode, Connection, FrameReceiver, FrameSender, StreamCode, StreamKind};
use std::time::Duration;
use wire::hello::VERSIONS;
use wire::{Hello, HelloReply, RefusalCode, Welcome};

/// A peer that has not said Hello after so long is closed.
const HELLO_DEADLINE: Duration = Duration::from_secs(10);
/// How long a refused peer has to take the refusal in before the connection is closed.
const FAREWELL: Duration = Duration::from_secs(2);

/// Why a peer stays out.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("its certificate is not a tablet's")]
    NotADevice(#[source] pki::IdentityError),
    #[error("not enrolled here")]
    Unknown,
    #[error("revoked")]
    Revoked,
    #[error("training and live do not mix")]
    Training,
    #[error("no common version of the messages")]
    Version,
    #[error("no Hello")]
    NoHello,
    #[error("the directory cannot be read")]
    Store(#[from] StoreError),
}

impl Refused {
    const fn code(&self) -> CloseCode {
        match self {
            Self::NotADevice(_) | Self::Unknown => CloseCode::UNKNOWN_DEVICE,
            Self::Revoked => CloseCode::REVOKED,
            Self::Training => CloseCode::TRAINING_MISMATCH,
            Self::Version => CloseCode::VERSION,
            Self::NoHello => CloseCode::PROTOCOL,
            Self::Store(_) => CloseCode::INTERNAL,
        }
    }
    const fn refusal(&self) -> Option<RefusalCode> {
        match self {
            Self::NotADevice(_) | Self::Unknown => Some(RefusalCode::UNKNOWN_DEVICE),
            Self::Revoked => Some(RefusalCode::REVOKED),
            Self::Training => Some(RefusalCode::TRAINING_MISMATCH),
            Self::Version => Some(RefusalCode::VERSION),
            Self::NoHello | Self::Store(_) => None,
        }
    }
}

/// Checks the tablet, hears its Hello and welcomes it.
pub(super) async fn admit(app: &App, connection: &Connection) -> Result<(Peer, (FrameSender, FrameReceiver)), Refused> {
    let peer = identify(app, connection).await?;
    let (mut send, mut receive) = control_stream(connection).await?;
    let hello = hear(&mut receive).await?;
    if hello.training != app.training {
        return refuse(&mut send, Refused::Training).await;
    }
    let Some(version) = VERSIONS.iter().rev().find(|version| hello.versions.contains(version)) else {
        return refuse(&mut send, Refused::Version).await;
    };
    let welcome = welcome(app, &peer, &hello, *version).await?;
    if sent(&mut send, &HelloReply::Welcome(welcome)).await {
        Ok((peer, (send, receive)))
    } else {
        Err(Refused::NoHello)
    }
}

async fn refuse<T>(send: &mut FrameSender, refused: Refused) -> Result<T, Refused> {
    if let Some(code) = refused.refusal() {
        sent(send, &HelloReply::Refused { code }).await;
        send.finish();
    }
    Err(refused)
}

async fn identify(app: &App, connection: &Connection) -> Result<Peer, Refused> {
    let certificate = connection.peer_certificate().ok_or(Refused::Unknown)?;
    let identity = DeviceIdentity::from_certificate(&certificate).map_err(Refused::NotADevice)?;
    if identity.training != app.training {
        return Err(Refused::Training);
    }
    let device = DeviceId::from_uuid(identity.device_id);
    let unit = UnitId::from_uuid(identity.unit_id);
    let department = DepartmentId::from_uuid(identity.department_id);
    let place = app.catch_up().await;
    let enrolled = app.store.device(device).await?;
    drop(place);
    if enrolled.as_ref().is_some_and(|row| row.revoked_at.is_some()) {
        return Err(Refused::Revoked);
    }
    let fingerprint = identity.fingerprint.to_string();
    let principal =
        device_principal(enrolled.as_ref(), device, unit, department, &fingerprint).map_err(|_| Refused::Unknown)?;
    Ok(Peer { principal, device, unit, department })
}

async fn control_stream(connection: &Connection) -> Result<(FrameSender, FrameReceiver), Refused> {
    match tokio::time::timeout(HELLO_DEADLINE, connection.accept()).await {
        Ok(Ok((StreamKind::Control, send, receive))) => Ok((send, receive)),
        Ok(Ok((_, mut send, _))) => {
            send.reset(StreamCode::REFUSED);
            Err(Refused::NoHello)
        }
        Ok(Err(_)) | Err(_) => Err(Refused::NoHello),
    }
}

async fn hear(receive: &mut FrameReceiver) -> Result<Hello, Refused> {
    let frame = tokio::time::timeout(HELLO_DEADLINE, receive.recv()).await.map_err(|_| Refused::NoHello)?;
    let frame = frame.ok().flatten().ok_or(Refused::NoHello)?;
    decoded(&frame, receive, "hello").ok_or(Refused::NoHello)
}

async fn welcome(app: &App, peer: &Peer, hello: &Hello, version: u16) -> Result<Welcome, Refused> {
    let _place = app.catch_up().await;
    let names = app.store.names(peer.unit, peer.department).await?;
    let (callsign, department_name) = names.ok_or(Refused::Unknown)?;
    let session = dispatch_core::crew_principal(&app.store, app.now(), &peer.principal, hello.session).await;
    Ok(Welcome {
        version,
        server_at: app.now(),
        sent_at: hello.sent_at,
        training: app.training,
        device: peer.device,
        unit: peer.unit,
        callsign,
        department: peer.department,
        department_name,
        session_valid: session.is_ok(),
        previews: true,
        looks_again: true,
        nonces: app.store.offers_pin(peer.department).await?,
        staff_passwords: true,
        staff_password_required: app.store.requires_staff_password(peer.department).await?,
        store: Some(app.store.store_id().await?),
        notice: Some(Box::new(app.notice(peer))),
    })
}

/// Says why on the control stream when it can, then closes with the same reason.
pub(super) async fn turn_away(connection: &Connection, refused: &Refused) {
    if let (Refused::NotADevice(_) | Refused::Unknown | Refused::Revoked, Some(code)) = (refused, refused.refusal()) {
        // The tablet is about to say Hello: answer it, so that it shows the sentence and not a broken line.
        let answered = async {
            if let Ok((mut send, mut receive)) = control_stream(connection).await
                && hear(&mut receive).await.is_ok()
            {
                sent(&mut send, &HelloReply::Refused { code }).await;
                send.finish();
            }
        };
        if tokio::time::timeout(FAREWELL, answered).await.is_err() {
            tracing::debug!("a refused peer said no Hello");
        }
    }
    // The peer closes when it has read the refusal; whoever does not is closed.
    if refused.refusal().is_none() || tokio::time::timeout(FAREWELL, connection.closed()).await.is_err() {
        connection.close(refused.code(), &refused.to_string());
    }
}
