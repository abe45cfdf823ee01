//! What a fault run stands on: a data directory, a national stand-in, people, enrolled tablets, and the folder of the run.

use super::process::{Around, ServerPlace};
use anyhow::{Context, Result};
use dispatch_core::{PrincipalKind, Role};
use dispatch_server::DataDir;
use dispatch_server::admin::{
    EnrolDone, EnrolTablet, MadeAccount, NewPerson, add_person, enrol, init, make_department,
};
use model::Timestamp;
use sim::national::{Faults, Register};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

const DEPARTMENT: &str = "立川訓練消防本部";
/// Port 0 of this machine.
const LOCAL: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
/// Ports of a server that comes back where it was. Below those that the system gives to whoever asks for any: while a server
/// is dead, nobody else on the machine gets its place.
const PORTS: (u16, u16) = (4433, 8443);

/// An address of the loopback that no other site has.
fn own_loopback() -> Ipv4Addr {
    let [_, b, c, d] = rand::random::<u32>().to_be_bytes();
    Ipv4Addr::new(127, b, c, d.clamp(1, 254))
}

/// The present.
#[must_use]
pub fn present() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_micros()).unwrap())
}

/// See the module.
pub struct Site {
    folder: PathBuf,
    /// The server's data directory.
    pub data: DataDir,
    /// Certificates of cards, as PEM.
    pub cards: PathBuf,
    /// A crew member.
    pub crew: MadeAccount,
    national: sim::national::Handle,
    loopback: Ipv4Addr,
    enrolled: u32,
}

impl Site {
    /// Makes everything in a folder; the server's data directory is `data`.
    ///
    /// # Errors
    /// When the folder cannot be used.
    pub async fn make(folder: &Path, data: &Path) -> Result<Self> {
        let data = DataDir::new(data);
        init(&data, true, &["localhost".to_owned()]).await?;
        make_department(&data, DEPARTMENT, "").await?;
        let person = NewPerson {
            department: DEPARTMENT,
            login: "crew",
            name: "訓練 太郎",
            kind: PrincipalKind::Crew,
            roles: [Role::Crew].into(),
        };
        let crew = add_person(&data, person).await?;
        let files = sim::national::prepare(&folder.join("national"), SystemTime::now())?;
        let (ca, credential) = files.server()?;
        let listener = TcpListener::bind(LOCAL).await?;
        let tls = pki::mutual_tls_server_config(&ca, &credential)?;
        let national = sim::national::serve(listener, tls, Register::of_personas()?, Faults::default(), present)?;
        let cards = sim::card::load_or_create(&folder.join("cards"), present().millis() / 1000)?;
        let pem = folder.join("cards.pem");
        std::fs::write(&pem, cards.to_pem().context("write the cards")?)?;
        Ok(Self { folder: folder.to_owned(), data, cards: pem, crew, national, loopback: own_loopback(), enrolled: 0 })
    }

    /// Where the server is to run.
    #[must_use]
    pub fn server(&self) -> ServerPlace {
        ServerPlace {
            data: self.data.path().to_owned(),
            quic: (self.loopback, PORTS.0).into(),
            https: (self.loopback, PORTS.1).into(),
            national: (self.national.address(), self.folder.join("national")),
            log: self.folder.join("server.log"),
            around: Around::default(),
        }
    }

    /// Questions that the national stand-in has had.
    #[must_use]
    pub fn national_questions(&self) -> u64 {
        self.national.questions()
    }

    /// Enrols a tablet of a unit of its own that dials `server`.
    ///
    /// # Errors
    /// As enrolment says.
    pub async fn enrol(&mut self, server: SocketAddr) -> Result<EnrolDone> {
        self.enrolled += 1;
        let callsign = format!("立川訓練{}", self.enrolled);
        let out = self.folder.join(format!("tablet-{}", self.enrolled));
        let tablet = EnrolTablet {
            department: DEPARTMENT,
            callsign: &callsign,
            device_name: &callsign,
            out: &out,
            servers: &[server],
            test_card_roots: &[],
        };
        enrol(&self.data, tablet).await
    }
}
