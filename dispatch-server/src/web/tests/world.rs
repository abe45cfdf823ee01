//! Two departments, two hospitals, an account of every role, a running server.

use super::client::{Answer, Flowing, send};
use crate::edge::system_time;
use crate::live::Live;
use crate::web::passcode::hash_passcode;
use crate::web::{AppState, Changes, serve};
use axum::body::Body;
use axum::http::{Method, Request, header};
use case::{Body as Fact, EventName, FindingsChange, LookupOutcome, Subject};
use dispatch_core::append_from_unit;
use dispatch_core::call::SharedClock;
use dispatch_core::contract::fixtures::{NOW, TabletPen, Town, opened};
use dispatch_core::memory::MemoryStore;
use dispatch_core::second_factor::FactorSeal;
use dispatch_core::store::{Account, Directory, HistoryVault, SecondFactors, VaultEntry};
use dispatch_core::totp::TotpSecret;
use dispatch_core::{PrincipalKind, Role, Scope};
use field_alerts::{RuleSet, RuleTable};
use hospital_selection::HospitalTable;
use model::{CaseId, CivilDate, Complaint, CrewId, EnquiryId, HospitalId, LookupId, Sex};
use patient_history::{
    ConsentBasis, ConsentScope, HistorySnapshot, IdentityLevel, LookBack, Period, PersonOnRecord,
    QualificationValidity, Row, RowCode, RowSource, Section, SectionKind, SectionState,
};
use pki::{CertificateAuthority, https_client_config, https_server_config};
use sha2::{Digest, Sha256};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use zeroize::Zeroizing;

pub(super) const PASSCODE: &str = "a training passcode";
/// One hash for all accounts: hashing is slow on purpose.
static HASH: LazyLock<String> = LazyLock::new(|| hash_passcode(PASSCODE).expect("a hash"));

pub(super) const HERE: Town = Town(1);
pub(super) const THERE: Town = Town(2);
pub(super) const DRUG: &str = "ワルファリンＫ錠１ｍｇ";
pub(super) const PERSON: &str = "架空　花子";
pub(super) const ALERT: &str = "抗凝固薬（ワルファリン）の処方記録";

pub(super) struct World {
    pub(super) state: Arc<AppState<MemoryStore>>,
    pub(super) clock: Arc<SharedClock>,
    pub(super) live: Arc<Live>,
    pub(super) address: SocketAddr,
    pub(super) tls: Arc<rustls::ClientConfig>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinSet<()>,
}

/// Two real hospitals of the table.
pub(super) fn hospitals() -> [HospitalId; 2] {
    let mut all = HospitalTable::embedded().hospitals().iter().map(|h| h.id);
    [all.next().expect("one"), all.next().expect("two")]
}

fn account(number: u8, login: &str, kind: PrincipalKind, scope: Scope, role: Role) -> Account {
    Account {
        id: CrewId::from_bytes([number; 16]),
        login: login.to_owned(),
        name: format!("訓練 {login}"),
        kind,
        scope,
        roles: [role].into(),
        secret: HASH.clone(),
        one_time: false,
        disabled: false,
        locked_until: None,
    }
}

fn accounts() -> Vec<Account> {
    use PrincipalKind::{Crew, Desk, Dispatcher, Machine};
    let ([a, b], here) = (hospitals(), Scope::Department(HERE.department()));
    let there = Scope::Department(THERE.department());
    vec![
        account(101, "dispatcher", Dispatcher, here, Role::Dispatcher),
        account(102, "supervisor", Dispatcher, here, Role::DispatchSupervisor),
        account(103, "admin", Dispatcher, here, Role::DepartmentAdmin),
        account(104, "review", Dispatcher, here, Role::MedicalReview),
        account(105, "operations", Dispatcher, Scope::Installation, Role::Operations),
        account(106, "machine", Machine, here, Role::Machine),
        account(107, "desk-a", Desk, Scope::Hospital(a), Role::HospitalDesk),
        account(108, "head-a", Desk, Scope::Hospital(a), Role::HospitalAdmin),
        account(109, "desk-b", Desk, Scope::Hospital(b), Role::HospitalDesk),
        account(110, "dispatcher-2", Dispatcher, there, Role::Dispatcher),
        account(111, "crew", Crew, here, Role::Crew),
    ]
}

impl World {
    pub(super) async fn training() -> Self {
        Self::start(true).await
    }
    pub(super) async fn start(training: bool) -> Self {
        Self::start_with(training, |_| {}).await
    }
    /// The same, with what `change` sets.
    pub(super) async fn start_with(training: bool, change: impl FnOnce(&mut AppState<MemoryStore>)) -> Self {
        let store = Arc::new(MemoryStore::new());
        for town in [HERE, THERE] {
            town.settle(store.as_ref()).await.expect("a town");
        }
        for account in accounts() {
            store.add_account(account).await.expect("an account");
        }
        let clock = Arc::new(SharedClock::new(NOW));
        let hospitals = Arc::new(HospitalTable::embedded().clone());
        let rules = Arc::new(RuleSet::all_on(RuleTable::embedded().expect("rules")));
        let (live, changes) = (Arc::new(Live::default()), Changes::default());
        let mut state = AppState::new(store, clock.clone(), training, hospitals, rules, live.clone(), changes);
        change(&mut state);
        let state = Arc::new(state);
        if !training {
            set_apps(&state).await;
        }
        let authority = CertificateAuthority::create("web tests", training, system_time()).expect("an authority");
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let credential = authority.issue_server(&[], &[here], system_time()).expect("a certificate");
        let tls = https_client_config(authority.certificate()).expect("a client");
        let listener = TcpListener::bind((here, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let mut server = JoinSet::new();
        let serving = https_server_config(&credential).expect("a server");
        server.spawn(serve(listener, serving, state.clone(), async move { drop(stopped.await) }));
        Self { state, clock, live, address, tls, stop: Some(stop), server }
    }
    /// Orders the stop and waits for it.
    pub(super) async fn stop(&mut self) {
        drop(self.stop.take());
        while self.server.join_next().await.is_some() {}
    }
    pub(super) fn origin(&self) -> String {
        format!("https://{}", self.address)
    }
    pub(super) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder().method(method).uri(path).header(header::HOST, self.address.to_string())
    }
    pub(super) async fn send(&self, request: Request<Body>) -> Answer {
        send(self.address, &self.tls, request).await.whole().await
    }
    pub(super) async fn open(&self, path: &str, token: &str) -> Flowing {
        let request = self.request(Method::GET, path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        send(self.address, &self.tls, request.body(Body::empty()).expect("a request")).await
    }
    pub(super) async fn get(&self, path: &str, token: &str) -> Answer {
        self.open(path, token).await.whole().await
    }
    pub(super) async fn post(&self, path: &str, token: &str, json: &str) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(json.to_owned())).expect("a request")).await
    }
    /// On a live server with the code of the app, a minute later than before: a code serves once.
    pub(super) async fn try_sign_in(&self, login: &str, passcode: &str) -> Answer {
        let mut body = serde_json::json!({ "login": login, "passcode": passcode });
        if !self.state.training {
            self.clock.advance_minutes(1);
            body["code"] = self.code().into();
        }
        self.try_program(&body).await
    }
    /// Gives everybody an app, as on a live server: then a training one asks for its code too.
    pub(super) async fn set_apps(&self) {
        set_apps(&self.state).await;
    }
    /// What everybody's app shows now.
    pub(super) fn code(&self) -> String {
        app_secret().code(self.state.now()).to_string()
    }
    pub(super) async fn try_program(&self, credentials: &serde_json::Value) -> Answer {
        let body = credentials.to_string();
        let request = self
            .request(Method::POST, "/api/v1/sign-in")
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8");
        self.send(request.body(Body::from(body)).expect("a request")).await
    }
    pub(super) async fn token(&self, login: &str) -> String {
        let answer = self.try_sign_in(login, PASSCODE).await;
        let json = answer.json();
        json.get("token").and_then(|t| t.as_str()).unwrap_or_else(|| panic!("{login}: {json}")).to_owned()
    }
    /// Lets the tablet of a town write facts of a case.
    pub(super) async fn write(&self, town: Town, pen: &mut TabletPen, facts: Vec<Fact>) {
        let entries = facts.into_iter().map(|fact| pen.write(fact)).collect();
        let mut call = self.state.call().expect("a call");
        append_from_unit(self.state.store.as_ref(), &mut call, &town.tablet(), entries, None).await.expect("appended");
        self.state.changes.touch();
    }
    /// A case with a head injury, warfarin on record, and an enquiry to each hospital.
    pub(super) async fn enquire(&self, number: u8, to: &[HospitalId]) -> (CaseId, Vec<EnquiryId>) {
        self.enquire_with(number, to, |_| {}).await
    }
    /// The same, with a history that `change` has changed.
    pub(super) async fn enquire_with(
        &self,
        number: u8,
        to: &[HospitalId],
        change: impl FnOnce(&mut HistorySnapshot),
    ) -> (CaseId, Vec<EnquiryId>) {
        let case = CaseId::from_bytes([number; 16]);
        let lookup = LookupId::from_bytes([number; 16]);
        let mut pen = TabletPen::new(HERE, number).about(Subject::Case(case));
        let consent = EventName { log: pen.log(), seq: 4 };
        let level = IdentityLevel::Visual;
        let mut facts = vec![
            opened(number),
            Fact::UnitAssigned { unit: HERE.unit(), callsign: "救急1".to_owned(), leg: 1 },
            Fact::Observed { change: FindingsChange::Complaint { complaint: Complaint::HeadInjury, chosen: true } },
            Fact::ConsentRecorded { basis: ConsentBasis::Spoken { scope: ConsentScope::All, told_to_hospitals: true } },
            Fact::LookupAsked { lookup, consent, level },
            Fact::LookupEnded { lookup, outcome: LookupOutcome::Answered },
        ];
        let mut ids = Vec::new();
        for (place, hospital) in to.iter().enumerate() {
            let enquiry = EnquiryId::from_bytes([number.wrapping_add(u8::try_from(place).expect("few")); 16]);
            ids.push(enquiry);
            facts.push(Fact::EnquirySent {
                enquiry,
                hospital: *hospital,
                lookup: Some(lookup),
                needs: Vec::new(),
                tell_alerts: true,
                batch: u8::try_from(to.len()).expect("few"),
                by_telephone: false,
                eta_tenths: Some(110),
                override_reason: None,
            });
        }
        let mut snapshot = snapshot(lookup);
        change(&mut snapshot);
        let entry =
            VaultEntry { lookup, case, department: HERE.department(), expires_at: NOW.plus_minutes(24 * 60), snapshot };
        self.state.store.claim(lookup, case, NOW, NOW).await.expect("claimed");
        self.state.store.put(entry).await.expect("kept");
        self.write(HERE, &mut pen, facts).await;
        (case, ids)
    }
}

fn snapshot(lookup: LookupId) -> HistorySnapshot {
    let date = |text: &str| CivilDate::try_from(text.to_owned()).expect("a date");
    let row = Row {
        date: date("2026-11-02"),
        code: RowCode::Yj("3332001F1032".into()),
        name: DRUG.into(),
        days_supplied: Some(28),
        quantity: None,
        source: RowSource::Claims,
        facility: None,
        sensitive: false,
    };
    let records = SectionState::Records { rows: vec![row], look_back: LookBack::Months(3), complete_up_to: None };
    HistorySnapshot {
        lookup,
        fetched_at: NOW,
        person: PersonOnRecord {
            name: PERSON.into(),
            kana: "カクウ　ハナコ".into(),
            birth_date: date("1948-03-08"),
            sex: Sex::Female,
        },
        validity: QualificationValidity::Valid,
        period: Period::Summary,
        sections: vec![
            Section { kind: SectionKind::Medications, state: records },
            Section { kind: SectionKind::Surgeries, state: SectionState::NotPermitted },
        ],
        notices: Vec::new(),
    }
}

/// Everybody's app here has the same secret.
pub(super) fn app_secret() -> TotpSecret {
    TotpSecret::new(Zeroizing::new(*b"a secret of 20 bytes"))
}

/// Gives everybody who signs in on pages an app.
async fn set_apps(state: &AppState<MemoryStore>) {
    let code = |word: &str| audit::Code::new(word).expect("a code");
    for account in accounts().into_iter().filter(|a| matches!(a.kind, PrincipalKind::Dispatcher | PrincipalKind::Desk))
    {
        let by = audit::Viewer {
            person: None,
            session: None,
            device: None,
            department: None,
            hospital: None,
            role: code("system"),
        };
        let (act, account) = (code("second_factor.set"), account.id);
        let act = audit::Act {
            by,
            act,
            lookup: None,
            case: None,
            account: Some(account),
            department: None,
            until: None,
            unit: None,
        };
        let sealed = state.factors.seal(account, &app_secret()).expect("sealed");
        assert!(state.store.set_second_factor(account, sealed, 0, false, NOW, act).await.expect("set"));
    }
}

/// What a form of this session must bring.
pub(super) fn csrf(token: &str) -> String {
    hex::encode(Sha256::digest([b"form of session ", token.as_bytes()].concat()))
}
