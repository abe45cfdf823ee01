//! Everything that a fleet runs against: the server's process, the national stand-in, people, desks and cards.

use super::Setup;
use super::dispatch::client;
use super::plan::accepts_at_desks;
use super::wallet::Wallet;
use crate::hospitals::{self, DeskAccount, Ears, Policy};
use crate::light::{Installation, ServerProcess, Wanted};
use crate::national::{self, Faults, Spent};
use anyhow::{Context, Result};
use dispatch_server::admin::{FleetPeople, FleetTablet, staff_fleet, trust_cards};
use dispatch_server::edge::system_time;
use model::{HospitalId, Timestamp};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use tokio::net::TcpListener;

/// See the module.
pub(super) struct Ground {
    installation: Installation,
    national: national::Handle,
    pub(super) people: FleetPeople,
    pub(super) server: ServerProcess,
}

/// What is made before the server runs.
pub(super) struct Prepared {
    pub(super) ground: Ground,
    pub(super) tablets: Vec<FleetTablet>,
    pub(super) wallet: Wallet,
}

fn present() -> Timestamp {
    let since = system_time().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

impl Ground {
    /// Makes the installation, its people and cards, and starts stand-in and server. `desks` are the hospitals whose desks are played.
    pub(super) async fn prepare(setup: &Setup, desks: &BTreeSet<HospitalId>) -> Result<Prepared> {
        let args = &setup.args;
        let wanted = Wanted {
            units: setup.units,
            departments: setup.departments,
            folder: args.data.as_deref(),
            bin_dir: args.bin_dir.as_deref(),
        };
        let mut installation = Installation::prepare(wanted).await.context("prepare the installation")?;
        let tablets = installation.take_tablets();
        let units: Vec<_> = tablets.iter().map(|tablet| (tablet.unit, tablet.department)).collect();
        let people = staff_fleet(&installation.data(), &units, desks).await.context("make accounts")?;
        let now_s = present().millis() / 1_000;
        let cards = installation.folder().join("cards");
        let material = crate::card::load_or_create(&cards, now_s).context("make the cards' keys")?;
        trust_cards(&installation.data(), &cards.join(crate::card::CA_FILE)).context("trust the cards")?;
        let wallet = Wallet::new(&material, now_s).context("make the cards")?;
        let files = national::prepare(&installation.folder().join("national"), system_time())?;
        let (ca, credential) = files.server()?;
        let listener = TcpListener::bind("127.0.0.1:0").await.context("listen as the national stand-in")?;
        let tls = pki::mutual_tls_server_config(&ca, &credential)?;
        let slow = national::Fault::Slow(Duration::from_millis(args.national_ms));
        let national = national::serve(listener, tls, wallet.register()?, Faults::new(slow), present)?;
        let folder = installation.folder().join("national");
        installation.with_words(vec![
            OsString::from("--national"),
            OsString::from(format!("https://{}", national.address())),
            OsString::from("--national-tls"),
            folder.into_os_string(),
        ]);
        let server = installation.serve().await.context("start the server")?;
        Ok(Prepared { ground: Self { installation, national, people, server }, tablets, wallet })
    }

    /// Where the server's pages are.
    pub(super) fn origin(&self) -> Result<&str> {
        self.installation.origin().context("find the server's pages")
    }

    /// The authority that pages are trusted by.
    pub(super) fn authority(&self) -> PathBuf {
        self.installation.data().authority_certificate()
    }

    /// The folder of everything.
    pub(super) fn folder(&self) -> PathBuf {
        self.installation.folder().to_owned()
    }

    /// What the national stand-in spent itself.
    pub(super) fn spent(&self) -> Spent {
        self.national.spent()
    }

    /// Starts the desks and waits until all listen.
    pub(super) async fn desks(&self, setup: &Setup, ears: Arc<dyn Ears>) -> Result<hospitals::Handle> {
        let think =
            |share: f64| Duration::from_secs_f64(setup.scenario.hospitals.answer_minutes * 60.0 * share / setup.pace);
        let policy = Policy::new(accepts_at_desks(&setup.scenario), 0.0, think(0.5), think(1.5))?;
        let account = |login: &String| DeskAccount {
            login: login.clone(),
            passcode: self.people.passcode.as_str().to_owned(),
            always: None,
        };
        let config = hospitals::Config {
            client: client(self.origin()?, &self.authority())?,
            desks: self.people.desks.values().map(account).collect(),
            policy,
            seed: setup.scenario.seed,
            ears: Some(ears),
        };
        let mut handle = hospitals::start(config);
        handle.ready().await.context("sign the desks in")?;
        Ok(handle)
    }

    /// Stops server and stand-in; the data directory stays until the value that is returned is dropped.
    pub(super) async fn stop(mut self) -> Installation {
        self.installation.stop().await;
        self.national.shutdown().await;
        self.installation
    }
}
