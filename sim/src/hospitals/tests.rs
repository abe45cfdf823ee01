//! Played desks against a real server over HTTPS.

use super::{Address, Always, Client, ClientError, Config, DeskAccount, Policy, Summary, start};
use case::{Body, EnquiryAnswer, Subject};
use dispatch_core::contract::fixtures::{NOW, TabletPen, Town, call, clock, opened};
use dispatch_core::memory::MemoryStore;
use dispatch_core::store::{Account, Directory};
use dispatch_core::{PrincipalKind, Role, Scope, append_from_unit, case_timeline};
use dispatch_server::edge::system_time;
use dispatch_server::web::{AppState, Changes, NobodyHeard, hash_passcode, serve};
use field_alerts::{RuleSet, RuleTable};
use hospital_selection::HospitalTable;
use model::{CaseId, CrewId, EnquiryId, HospitalId};
use pki::{CertificateAuthority, Credential, https_client_config, https_server_config};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const TOWN: Town = Town(1);
const PASSCODE: &str = "a training passcode";
const PATIENCE: Duration = Duration::from_secs(20);
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

struct World {
    state: Arc<AppState<MemoryStore>>,
    authority: CertificateAuthority,
    credential: Credential,
    address: SocketAddr,
    server: JoinSet<()>,
}

fn hospital(place: usize) -> HospitalId {
    HospitalTable::embedded().hospitals().get(place).expect("a hospital").id
}

impl World {
    async fn start(training: bool) -> Self {
        let store = Arc::new(MemoryStore::new());
        TOWN.settle(store.as_ref()).await.expect("a town");
        let secret = hash_passcode(PASSCODE).expect("a hash");
        for place in 0..2 {
            let account = Account {
                id: CrewId::from_bytes([u8::try_from(200 + place).expect("few"); 16]),
                login: format!("desk-{place}"),
                name: format!("訓練デスク{place}"),
                kind: PrincipalKind::Desk,
                scope: Scope::Hospital(hospital(place)),
                roles: [Role::HospitalDesk].into(),
                secret: secret.clone(),
                one_time: false,
                disabled: false,
                locked_until: None,
            };
            store.add_account(account).await.expect("an account");
        }
        let (table, rules) =
            (HospitalTable::embedded().clone(), RuleSet::all_on(RuleTable::embedded().expect("rules")));
        let (table, rules) = (Arc::new(table), Arc::new(rules));
        let units = Arc::new(NobodyHeard);
        let state = AppState::new(store, Arc::new(clock()), training, table, rules, units, Changes::default());
        let authority = CertificateAuthority::create("desk tests", training, system_time()).expect("an authority");
        let credential = authority.issue_server(&[], &[LOCAL], system_time()).expect("a certificate");
        let address = SocketAddr::from((LOCAL, 0));
        let mut world = Self { state: Arc::new(state), authority, credential, address, server: JoinSet::new() };
        world.serve().await;
        world
    }
    async fn serve(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("a port");
        self.address = listener.local_addr().expect("an address");
        let tls = https_server_config(&self.credential).expect("a server");
        self.server.spawn(serve(listener, tls, self.state.clone(), core::future::pending()));
    }
    fn config(&self, always: &[Option<Always>]) -> Config {
        let tls = https_client_config(self.authority.certificate()).expect("a client");
        let server: Address = format!("https://{}", self.address).parse().expect("an address");
        let desks = always.iter().enumerate().map(|(place, always)| DeskAccount {
            login: format!("desk-{place}"),
            passcode: PASSCODE.to_owned(),
            always: *always,
        });
        let delay = Duration::from_millis(5);
        let policy = Policy::new(0.5, 0.2, delay, delay).expect("a policy");
        Config { client: Client::new(server, tls), desks: desks.collect(), policy, seed: 7, ears: None }
    }
    /// A case that asks the first `asked` hospitals.
    async fn enquire(&self, number: u8, asked: u8) -> CaseId {
        let case = CaseId::from_bytes([number; 16]);
        let mut pen = TabletPen::new(TOWN, number).about(Subject::Case(case));
        let mut entries = vec![pen.write(opened(number))];
        entries.extend((0..asked).map(|place| {
            pen.write(Body::EnquirySent {
                enquiry: EnquiryId::from_bytes([number + place; 16]),
                hospital: hospital(usize::from(place)),
                lookup: None,
                needs: Vec::new(),
                tell_alerts: false,
                batch: asked,
                by_telephone: false,
                eta_tenths: None,
                override_reason: None,
            })
        }));
        let clock = clock();
        let mut call = call(&clock, u64::from(number));
        append_from_unit(self.state.store.as_ref(), &mut call, &TOWN.tablet(), entries, None).await.expect("appended");
        self.state.changes.touch();
        case
    }
}

async fn until(handle: &super::Handle, wished: impl FnMut(&Summary) -> bool) {
    let waited = tokio::time::timeout(PATIENCE, handle.until(wished)).await;
    assert!(waited.is_ok(), "the desks did: {:?}", handle.summary());
}

#[tokio::test]
async fn desks_see_and_answer_and_the_first_acceptance_decides() {
    let world = World::start(true).await;
    let mut handle = start(world.config(&[Some(Always::Accept), Some(Always::Decline)]));
    tokio::time::timeout(PATIENCE, handle.ready()).await.expect("in time").expect("ready");
    let case = world.enquire(10, 2).await;
    until(&handle, |done| done.accepted == 1 && done.declined + done.too_late == 1).await;
    let timeline = case_timeline(world.state.store.as_ref(), &TOWN.dispatcher(), case).await.expect("a case");
    assert_eq!(timeline.view.destination().map(|d| d.hospital), Some(hospital(0)));
    let first = timeline.view.enquiries.values().find(|e| e.hospital == hospital(0)).expect("asked");
    assert!(first.seen_at.is_some() && first.answer == Some((EnquiryAnswer::Accepted, NOW)));
    let summary = handle.stop().await;
    assert!(summary.stand_in && summary.desks == 2 && summary.reconnected == 0);
}

#[tokio::test]
async fn a_desk_comes_back_after_the_server_was_gone_and_answers_what_waited() {
    let mut world = World::start(true).await;
    let mut handle = start(world.config(&[Some(Always::Accept)]));
    tokio::time::timeout(PATIENCE, handle.ready()).await.expect("in time").expect("ready");
    world.server.shutdown().await;
    until(&handle, |done| done.reconnected > 0).await;
    let case = world.enquire(20, 1).await;
    world.serve().await;
    until(&handle, |done| done.accepted == 1).await;
    let timeline = case_timeline(world.state.store.as_ref(), &TOWN.dispatcher(), case).await.expect("a case");
    assert!(timeline.view.destination().is_some());
}

#[tokio::test]
async fn a_live_server_and_a_wrong_passcode_end_the_play() {
    let live = World::start(false).await;
    let mut handle = start(live.config(&[None]));
    let refused = tokio::time::timeout(PATIENCE, handle.ready()).await.expect("in time");
    assert!(matches!(refused, Err(ClientError::Refused { status: 403, code }) if code == "stand_in_refused"));
    let training = World::start(true).await;
    let mut config = training.config(&[None]);
    config.desks.iter_mut().for_each(|desk| "wrong".clone_into(&mut desk.passcode));
    let refused = tokio::time::timeout(PATIENCE, start(config).ready()).await.expect("in time");
    assert!(matches!(refused, Err(ClientError::Refused { status: 401, .. })));
}
