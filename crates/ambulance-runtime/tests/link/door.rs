//! A tablet that comes back asks where to go with its first packet, and is answered before Welcome.

use crate::place::{LOCAL, Place, talk};
use crate::redial::{PATIENCE, connected, tablet};
use crate::relay::Relay;
use ambulance_core::{Command, State, SuggestionState};
use ambulance_runtime::Handle;
use hospital_selection::{HospitalTable, SelectionRequest, rank};
use model::{Complaint, Position, Timestamp};
use pki::Credential;
use quic_link::{Accepted, Accepting, CloseCode, FrameReceiver, FrameSender, PROTOCOLS, ServerEndpoint, StreamKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};
use tokio::sync::Notify;
use travel_time::DistanceModel;
use wire::codec::{decode, encode};
use wire::{Answer, Ask, Preview, Question};

/// How long Welcome waits for a question on a resumed connection.
const QUESTION_WAIT: Duration = Duration::from_secs(1);

/// A server that answers previews and no other question. On a resumed connection Welcome comes after the preview.
struct Door {
    address: SocketAddr,
    calls: Arc<Calls>,
}

#[derive(Default)]
struct Calls {
    hang_up: Notify,
    answered: Notify,
    previews: AtomicUsize,
}

impl Door {
    fn open(place: &Place, shows: &Credential) -> Self {
        let tls = pki::quic_server_config(place.ca.certificate(), shows, PROTOCOLS).expect("a configuration");
        let endpoint = ServerEndpoint::bind(LOCAL, tls).expect("a port");
        let door = Self { address: endpoint.local_addr().expect("an address"), calls: Arc::default() };
        let calls = Arc::clone(&door.calls);
        tokio::spawn(async move {
            while let Some(accepting) = endpoint.accept().await {
                tokio::spawn(meet(accepting, Arc::clone(&calls)));
            }
        });
        door
    }

    fn hang_up(&self) {
        self.calls.hang_up.notify_waiters();
    }

    fn previews(&self) -> usize {
        self.calls.previews.load(Ordering::SeqCst)
    }
}

async fn meet(accepting: Accepting, calls: Arc<Calls>) -> Option<()> {
    let (link, mut handshake) = match accepting.begin().await.ok()? {
        Accepted::Confirmed(link) => (link, None),
        Accepted::Early(link, handshake) => (link, Some(handshake)),
    };
    loop {
        tokio::select! {
            () = calls.hang_up.notified() => {
                link.close(CloseCode::SHUTDOWN, "");
                return Some(());
            }
            stream = link.accept() => match stream.ok()? {
                (StreamKind::Control, send, receive) => {
                    let (link, calls, handshake) = (link.clone(), Arc::clone(&calls), handshake.take());
                    tokio::spawn(async move {
                        if let Some(handshake) = handshake {
                            handshake.confirm(&link).await.ok()?;
                            // A full handshake may look the same here, and asks nothing.
                            let _asked = tokio::time::timeout(QUESTION_WAIT, calls.answered.notified()).await;
                        }
                        talk(send, receive, crate::place::FRIENDLY).await
                    });
                }
                (StreamKind::Question, send, receive) => {
                    answer(send, receive, &calls).await;
                }
                _ => {}
            }
        }
    }
}

async fn answer(mut send: FrameSender, mut receive: FrameReceiver, calls: &Calls) -> Option<()> {
    let ask: Ask = decode(&receive.recv().await.ok()??).ok()?;
    let Question::Preview(asked) = ask.question else { return None };
    assert!(ask.session.is_none(), "a preview belongs to nobody");
    let at = Timestamp::from_millis(1_795_132_800_000);
    let request = SelectionRequest::new(at, asked.from, &asked.findings);
    let mut ranking = rank(HospitalTable::embedded(), &[], &DistanceModel::japan(), &request);
    ranking.candidates.truncate(1);
    send.send(&encode(&Answer::Preview(Box::new(Preview { at, ranking }))).ok()?).await.ok()?;
    send.finish();
    calls.previews.fetch_add(1, Ordering::SeqCst);
    calls.answered.notify_one();
    Some(())
}

async fn has_a_case(tablet: &Handle) {
    tablet.command(Command::At(Position::new(35.70, 139.41).expect("in Japan"))).await.expect("runs");
    tablet.command(Command::OpenCase).await.expect("runs");
    let change = case::FindingsChange::Complaint { complaint: Complaint::HeadInjury, chosen: true };
    tablet.command(Command::Observe(change)).await.expect("runs");
}

fn list(state: &State) -> &SuggestionState {
    state.case().and_then(|case| case.suggestion.as_ref()).expect("a list")
}

async fn sees(tablet: &Handle, wanted: impl Fn(&State) -> bool) -> Arc<State> {
    tokio::time::timeout(PATIENCE, tablet.wait_for(wanted)).await.expect("in time").expect("runs")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tablet_that_comes_back_is_told_where_to_go_at_the_door() {
    let place = Place::new();
    let door = Door::open(&place, &place.server(SystemTime::now()));
    let tablet = tablet(&place, vec![door.address]);
    connected(&tablet).await;
    has_a_case(&tablet).await;
    assert!(!list(&tablet.state().borrow()).by_server);
    door.hang_up();
    let state = sees(&tablet, |state| list(state).by_server).await;
    assert!(list(&state).decision.is_none() && list(&state).ranking.candidates.len() == 1);
    let state = sees(&tablet, |state| state.link.is_up()).await;
    assert!(list(&state).by_server, "Welcome alone changes no list");
    assert_eq!(door.previews(), 1);
    tablet.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_flight_that_is_refused_changes_nothing() {
    let place = Place::new();
    let shown = place.server(SystemTime::now());
    let (known, stranger) = (Door::open(&place, &shown), Door::open(&place, &shown));
    let relay = Relay::to(known.address).await;
    let tablet = tablet(&place, vec![relay.address]);
    connected(&tablet).await;
    has_a_case(&tablet).await;
    // The same way leads to a server without our ticket: it takes no early data.
    relay.lead_to(stranger.address);
    known.hang_up();
    sees(&tablet, |state| !state.link.is_up()).await;
    let state = sees(&tablet, |state| state.link.is_up()).await;
    assert!(!list(&state).by_server && list(&state).ranking.candidates.len() > 1);
    assert_eq!((known.previews(), stranger.previews()), (0, 0));
    tablet.stop().await;
}
