//! Positions: datagrams, the latest wins, never stored.

use super::Peer;
use crate::app::App;
use quic_link::Connection;
use std::sync::Arc;
use wire::PositionReport;

pub(super) async fn run(app: Arc<App>, peer: Arc<Peer>, connection: Connection) {
    let mut newest = 0;
    while let Ok(datagram) = connection.read_datagram().await {
        let Ok(report) = wire::codec::decode::<PositionReport>(&datagram) else {
            tracing::debug!(device = %peer.device, "a datagram was not understood");
            continue;
        };
        if report.n <= newest {
            continue;
        }
        newest = report.n;
        app.live.heard(peer.unit, app.now());
        app.live.moved(peer.unit, report.position, report.at, report.case);
    }
}
