//! The control stream after Hello: pings and the server's time.

use super::{Peer, decoded, sent};
use crate::app::App;
use quic_link::{FrameReceiver, FrameSender};
use std::sync::Arc;
use wire::{Ping, Pong};

pub(super) async fn run(app: Arc<App>, peer: Arc<Peer>, mut send: FrameSender, mut receive: FrameReceiver) {
    while let Ok(Some(frame)) = receive.recv().await {
        let Some(ping) = decoded::<Ping>(&frame, &mut receive, "ping") else { return };
        app.live.heard(peer.unit, app.now());
        let pong = Pong { n: ping.n, sent_at: ping.sent_at, server_at: app.now() };
        if !sent(&mut send, &pong).await {
            return;
        }
    }
}
