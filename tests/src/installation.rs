//! A whole training installation in this process: server, national stand-in, two departments, their people and tablets.

use crate::tablet::Tablet;
use crate::web::Visitor;
use crate::{log, repeated};
use dispatch_core::{
    CaseTimeline, OpenIncident, Principal, PrincipalKind, Role, Scope, Who, case_timeline, open_incident,
};
use dispatch_server::admin::{
    EnrolDone, EnrolTablet, MadeAccount, NewPerson, add_desk, add_person, enrol, init, make_department, trust_cards,
};
use dispatch_server::{DataDir, Handle, Listen, SharedSource, StartError};
use eligibility::{GatewayConfig, NationalGateway};
use model::{CaseId, DepartmentId, HospitalId, Position, Timestamp, UnitId};
use patient_history::{HistoryQuery, HistorySnapshot, HistorySource, SourceError};
use sim::card::CA_FILE;
use sim::hospitals::Client;
use sim::national::{Faults, NationalFiles, Register};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;
use tokio::net::TcpListener;
use virtual_card::{CardMaterial, Persona};

/// The two departments.
pub const DEPARTMENTS: [&str; 2] = ["立川訓練消防本部", "宇部訓練消防本部"];
/// Words that a caller said and that no log may hold.
pub const CALL_TEXT: &str = "自宅で転倒し頭部を打った";
/// Words of a place that no log may hold.
pub const PLACE: &str = "立川市錦町訓練番地";
/// How long the server waits for the national system in these tests.
pub const NATIONAL_DEADLINE: Duration = Duration::from_millis(1_000);

const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Where the patients are.
#[must_use]
pub fn scene() -> Position {
    Position::new(35.694, 139.414).unwrap()
}

/// Two people of the register who cannot be told apart by name in kana, date of birth, sex (male) and address.
pub const TWIN: (&str, (i16, i8, i8), &str) = ("ハラダ　ダイスケ", (1999, 4, 3), "訓練県見本市駅前1-1-1");

/// The personas, and one that is told from another by its card alone.
fn people() -> Vec<Persona> {
    let mut all = Persona::all().unwrap();
    let mut twin = Persona::named("blank").unwrap();
    twin.certificate.serial = "0126a00000ff".into();
    all.push(twin);
    all
}

fn present() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_micros()).unwrap())
}

/// One department's people and its first unit.
pub struct Brigade {
    /// The department.
    pub department: DepartmentId,
    /// Its name.
    pub name: &'static str,
    /// A crew member.
    pub crew: MadeAccount,
    /// A dispatcher.
    pub dispatcher: MadeAccount,
}

impl Brigade {
    /// The dispatcher, signed in.
    #[must_use]
    pub fn principal(&self) -> Principal {
        Principal {
            who: Who::Person(self.dispatcher.id),
            kind: PrincipalKind::Dispatcher,
            scope: Scope::Department(self.department),
            roles: [Role::Dispatcher].into(),
            tablet: None,
            session: None,
        }
    }
}

/// How long ago the national system's answers are said to have come, for tests of what a day changes. None at first.
#[derive(Clone, Default)]
pub struct AnswerAge(Arc<AtomicI64>);

impl AnswerAge {
    /// From now on, microseconds.
    pub fn set(&self, us: i64) {
        self.0.store(us, Ordering::Relaxed);
    }
}

struct Aged {
    gateway: NationalGateway,
    age: AnswerAge,
}

impl HistorySource for Aged {
    async fn fetch(&self, query: HistoryQuery) -> Result<HistorySnapshot, SourceError> {
        let mut snapshot = self.gateway.fetch(query).await?;
        snapshot.fetched_at = snapshot.fetched_at.plus_us(-self.age.0.load(Ordering::Relaxed));
        Ok(snapshot)
    }
}

/// See the module.
pub struct Installation {
    folder: TempDir,
    /// The server's data directory.
    pub data: DataDir,
    /// The departments.
    pub brigades: Vec<Brigade>,
    /// What the national stand-in does wrong.
    pub faults: Faults,
    /// How old its answers are when they come.
    pub answer_age: AnswerAge,
    national: Option<sim::national::Handle>,
    files: NationalFiles,
    national_address: SocketAddr,
    server: Option<Handle>,
    listen: Listen,
    material: String,
    enrolled: u32,
}

impl Installation {
    /// Makes it and starts server and stand-in.
    pub async fn start() -> Self {
        log::keep();
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::new(folder.path().join("server"));
        init(&data, true, &["localhost".to_owned()]).await.unwrap();
        let mut brigades = Vec::new();
        for (n, name) in DEPARTMENTS.into_iter().enumerate() {
            let department = make_department(&data, name, "").await.unwrap().id;
            let (crew, dispatcher) = (format!("crew{n}"), format!("dispatch{n}"));
            let person = |login, kind, role| NewPerson {
                department: name,
                login,
                name: "訓練 太郎",
                kind,
                roles: [role].into(),
            };
            let crew = add_person(&data, person(&crew, PrincipalKind::Crew, Role::Crew)).await.unwrap();
            let dispatcher =
                add_person(&data, person(&dispatcher, PrincipalKind::Dispatcher, Role::Dispatcher)).await.unwrap();
            brigades.push(Brigade { department, name, crew, dispatcher });
        }
        let files = sim::national::prepare(&folder.path().join("national"), SystemTime::now()).unwrap();
        let cards = sim::card::load_or_create(&folder.path().join("cards"), present().millis() / 1000).unwrap();
        trust_cards(&data, &folder.path().join("cards").join(CA_FILE)).unwrap();
        let mut installation = Self {
            folder,
            data,
            brigades,
            faults: Faults::default(),
            answer_age: AnswerAge::default(),
            national: None,
            files,
            national_address: LOCAL,
            server: None,
            listen: Listen { quic: LOCAL, https: LOCAL },
            material: cards.to_pem().unwrap(),
            enrolled: 0,
        };
        installation.start_national().await;
        installation.start_server().await;
        installation
    }

    /// Starts the national stand-in, again at its first address.
    pub async fn start_national(&mut self) {
        let (ca, credential) = self.files.server().unwrap();
        let tls = pki::mutual_tls_server_config(&ca, &credential).unwrap();
        let listener = TcpListener::bind(self.national_address).await.unwrap();
        let register = Register::of(people()).unwrap();
        let handle = sim::national::serve(listener, tls, register, self.faults.clone(), present).unwrap();
        self.national_address = handle.address();
        self.national = Some(handle);
    }

    /// Stops the national stand-in.
    pub async fn stop_national(&mut self) {
        self.national.take().unwrap().shutdown().await;
    }

    fn source(&self) -> SharedSource {
        let (ca, client) = self.files.client().unwrap();
        let gateway = NationalGateway::new(GatewayConfig {
            host: self.national_address.ip().to_string(),
            port: self.national_address.port(),
            server_name: "localhost".into(),
            tls: pki::mutual_tls_client_config(&ca, &client).unwrap(),
            training: true,
            deadline: NATIONAL_DEADLINE,
        });
        SharedSource::new(Aged { gateway, age: self.answer_age.clone() })
    }

    /// Starts the server, again at its first addresses.
    pub async fn start_server(&mut self) {
        let (data, listen) = (self.data.clone(), self.listen);
        // A socket that was just closed may be taken for a moment.
        let handle = repeated("the server starts", async || {
            match dispatch_server::start(data.clone(), listen, self.source()).await {
                Ok(handle) => Some(handle),
                Err(StartError::Quic { .. } | StartError::Https { .. }) => None,
                Err(error) => panic!("the server does not start: {error:?}"),
            }
        })
        .await;
        self.listen = Listen { quic: handle.quic_addr, https: handle.https_addr };
        self.server = Some(handle);
    }

    /// Stops the server.
    pub async fn stop_server(&mut self) {
        self.server.take().unwrap().stop().await;
    }

    /// The running server.
    #[must_use]
    pub fn server(&self) -> &Handle {
        self.server.as_ref().unwrap()
    }

    /// Enrols a tablet for a unit of a department.
    pub async fn enrol(&mut self, brigade: usize, callsign: &str) -> EnrolDone {
        self.enrolled += 1;
        let name = format!("{callsign}-{}", self.enrolled);
        let out = self.folder.path().join(format!("tablet-{}", self.enrolled));
        let department = self.brigades[brigade].name;
        let servers = [self.listen.quic];
        let tablet = EnrolTablet {
            department,
            callsign,
            device_name: &name,
            out: &out,
            servers: &servers,
            test_card_roots: &[self.folder.path().join("cards").join(CA_FILE)],
        };
        enrol(&self.data, tablet).await.unwrap()
    }

    /// Starts the tablet of an enrolled folder.
    pub async fn tablet(&self, folder: PathBuf) -> Tablet {
        Tablet::start(folder, self.cards()).await
    }

    /// The keys of this installation's virtual cards.
    #[must_use]
    pub fn cards(&self) -> CardMaterial {
        CardMaterial::from_pem(&self.material).unwrap()
    }

    /// The authority above every virtual card, DER.
    #[must_use]
    pub fn card_ca(&self) -> Vec<u8> {
        self.cards().auth_ca_certificate().to_vec()
    }

    /// Enrols a tablet, starts it and waits for the server's word.
    pub async fn connected(&mut self, brigade: usize, callsign: &str) -> (Tablet, EnrolDone) {
        let done = self.enrol(brigade, callsign).await;
        let tablet = self.tablet(done.out.clone()).await;
        tablet.until("connected", |s| s.link.is_up()).await;
        (tablet, done)
    }

    /// A dispatcher opens an incident and sends a unit.
    pub async fn open_incident(&self, brigade: usize, unit: UnitId) -> CaseId {
        let app = &self.server().app;
        let request = OpenIncident {
            unit: Some(unit),
            call_received_at: app.now(),
            scene: Some(scene()),
            place: Some(PLACE.into()),
            call_text: Some(CALL_TEXT.into()),
            card: None,
        };
        let opened = open_incident(&app.store, &mut app.call(), &self.brigades[brigade].principal(), request).await;
        opened.unwrap().case
    }

    /// The server's record of a case, as a department's dispatcher may read it.
    pub async fn timeline(&self, brigade: usize, case: CaseId) -> CaseTimeline {
        case_timeline(&self.server().app.store, &self.brigades[brigade].principal(), case).await.unwrap()
    }

    /// Adds a hospital's desk, signed in.
    pub async fn desk(&self, hospital: HospitalId) -> Principal {
        let login = format!("desk-{}", &hospital.to_string()[..8]);
        let account = add_desk(&self.data, &hospital.to_string(), &login, None).await.unwrap();
        Principal {
            who: Who::Person(account.id),
            kind: PrincipalKind::Desk,
            scope: Scope::Hospital(hospital),
            roles: [Role::HospitalDesk].into(),
            tablet: None,
            session: None,
        }
    }

    /// A visitor of the pages and the API.
    #[must_use]
    pub fn pages(&self) -> Client {
        let ca = pki::CaCertificate::load(&self.data.authority_certificate()).unwrap();
        let address = format!("https://localhost:{}", self.listen.https.port()).parse().unwrap();
        Client::new(address, pki::https_client_config(&ca).unwrap())
    }

    /// A stranger to the pages and the API, whose requests are made byte by byte.
    #[must_use]
    pub fn visitor(&self) -> Visitor {
        let ca = pki::CaCertificate::load(&self.data.authority_certificate()).unwrap();
        Visitor::new(self.listen.https.port(), pki::https_client_config(&ca).unwrap())
    }

    /// A folder of the test's own.
    #[must_use]
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Where the server listens.
    #[must_use]
    pub fn listen(&self) -> Listen {
        self.listen
    }

    /// Ends everything in order.
    pub async fn stop(mut self) {
        self.stop_server().await;
        if self.national.is_some() {
            self.stop_national().await;
        }
    }
}
