//! A way that falls silent is left without a gap.

use crate::place::{FRIENDLY, LOCAL, Place, serve, serve_until_closed};
use crate::relay::Relay;
use ambulance_core::{Core, Identity, LinkState, LinkTrouble, Now, Restored, State};
use ambulance_runtime::{Handle, LinkSettings, ReaderEvents, SystemClock, start};
use delivery::MemoryStore;
use model::{Clock, DepartmentId, DeviceId, RngStreams, UnitId};
use pki::EarlyData;
use quic_link::{ClientEndpoint, PROTOCOLS};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Longest wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn tablet(place: &Place, servers: Vec<SocketAddr>) -> Handle {
    let (probe, reader) = ambulance_runtime::reader::channel();
    std::mem::forget(probe);
    tablet_with(place, servers, reader)
}

/// A tablet with this reader.
pub(crate) fn tablet_with(place: &Place, servers: Vec<SocketAddr>, reader: ReaderEvents) -> Handle {
    let bundle = place.bundle();
    let identity = Identity {
        device: DeviceId::from_uuid(bundle.identity().device_id),
        unit: UnitId::from_uuid(bundle.identity().unit_id),
        department: DepartmentId::from_uuid(bundle.identity().department_id),
        training: true,
    };
    let clock = SystemClock::new();
    let now = Now { utc: clock.utc(), mono: clock.monotonic() };
    let config = ambulance_runtime::open::config(identity, "試1", "試");
    let core = Core::new(config, Restored::default(), &RngStreams::new([7; 32]), now);
    let tls = pki::quic_client_config(&bundle, PROTOCOLS, EarlyData::Allowed).expect("a configuration");
    let link = LinkSettings {
        endpoint: ClientEndpoint::new(tls, LOCAL).expect("an endpoint"),
        servers,
        server_name: "localhost".into(),
        training: true,
        program: "test".into(),
        address: ambulance_runtime::Address::Moving,
        observer: None,
    };
    start(core, Arc::new(MemoryStore::new()), link, reader, clock, || {})
}

/// Waits for a state, and fails if the link is ever said to be down meanwhile.
async fn without_a_gap(tablet: &Handle, wanted: impl Fn(&State) -> bool) {
    let mut states = tablet.state();
    let waiting = async {
        loop {
            let state = states.borrow_and_update().clone();
            assert!(state.link.is_up(), "a gap: {:?}", state.link);
            if wanted(&state) {
                return;
            }
            states.changed().await.expect("the tablet runs");
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("in time");
}

pub(crate) async fn connected(tablet: &Handle) {
    tokio::time::timeout(PATIENCE, tablet.wait_for(|s| s.link.is_up())).await.expect("in time").expect("runs");
}

/// Heard, or greeted anew, after this moment.
fn heard_after(at: model::Timestamp) -> impl Fn(&State) -> bool {
    move |state| match &state.link {
        LinkState::Up { since, heard_at, .. } => *heard_at > at || *since > at,
        _ => false,
    }
}

fn present() -> model::Timestamp {
    SystemClock::new().utc()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_goes_on_from_a_new_address_when_the_old_one_is_dead() {
    let place = Place::new();
    let server = serve(&place, &place.server(SystemTime::now()), FRIENDLY);
    let relay = Relay::to(server).await;
    let tablet = tablet(&place, vec![relay.address]);
    connected(&tablet).await;
    relay.forget_ways();
    let (began, cut) = (Instant::now(), present());
    without_a_gap(&tablet, heard_after(cut)).await;
    // A ping every five seconds, a second and a half of patience, one round trip; the rest is a busy machine.
    assert!(began.elapsed() < Duration::from_secs(12), "{:?}", began.elapsed());
    tablet.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_takes_over_without_a_gap() {
    let place = Place::new();
    let shown = place.server(SystemTime::now());
    let relays = [Relay::to(serve(&place, &shown, FRIENDLY)).await, Relay::to(serve(&place, &shown, FRIENDLY)).await];
    let tablet = tablet(&place, relays.iter().map(|relay| relay.address).collect());
    connected(&tablet).await;
    // Whichever it is, one of them dies; and if it was the other one, nothing happens.
    for relay in &relays[..1] {
        relay.cut();
        let cut = present();
        without_a_gap(&tablet, heard_after(cut)).await;
    }
    tablet.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_server_is_said_to_be_down_and_a_new_one_is_found() {
    let place = Place::new();
    let shown = place.server(SystemTime::now());
    let relay = Relay::to(serve(&place, &shown, FRIENDLY)).await;
    let tablet = tablet(&place, vec![relay.address]);
    connected(&tablet).await;
    relay.cut();
    // First it is said that nothing is heard; that is no gap yet.
    let late = tablet.wait_for(|s| matches!(s.link, LinkState::Up { late: true, .. }));
    tokio::time::timeout(PATIENCE, late).await.expect("in time").expect("runs");
    let down = tablet.wait_for(|s| !s.link.is_up());
    let state = tokio::time::timeout(PATIENCE, down).await.expect("in time").expect("runs");
    assert!(matches!(&state.link, LinkState::Down { why: LinkTrouble::Silent, .. }), "{:?}", state.link);
    tablet.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restarted_server_that_forgot_our_session_is_greeted_again() {
    let place = Place::new();
    let shown = place.server(SystemTime::now());
    let first = serve_until_closed(&place, &shown, FRIENDLY);
    let relay = Relay::to(first.local_addr().expect("an address")).await;
    let tablet = tablet(&place, vec![relay.address]);
    connected(&tablet).await;
    // The same way leads to a server without our ticket: it takes no early data.
    relay.lead_to(serve(&place, &shown, FRIENDLY));
    first.close(quic_link::CloseCode::SHUTDOWN, "restart");
    let down = tablet.wait_for(|s| !s.link.is_up());
    tokio::time::timeout(PATIENCE, down).await.expect("in time").expect("runs");
    connected(&tablet).await;
    tablet.stop().await;
}
