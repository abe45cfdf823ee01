//! `sim crowd`: a dispatch console with thousands of moving units to look at, to press and to measure.
//!
//! In: how many units, how many open incidents. Out: a running training server whose live positions are moved every two
//! seconds; one line of JSON says where it is and how to sign in. It ends at SIGTERM or Ctrl-C.
//!
//! The units have no connections here (`sim storm` has them): what is measured is the page and the server's side of it.

mod walk;

use crate::hospitals::{Address, Client};
use anyhow::{Context, Result};
use dispatch_core::store::Ledger;
use dispatch_core::{PrincipalKind, Role};
use dispatch_server::admin::{NewPerson, add_person, enrol_fleet, init};
use dispatch_server::{DataDir, Listen, SharedSource};
use hospital_selection::{CapacityReport, CapacitySource, CapacityState, HospitalTable};
use hyper::Method;
use model::{Capability, Timestamp, UnitId};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;
use walk::Walk;

/// How often positions move, as a tablet of the own department sends them.
const MOVES_EVERY: Duration = Duration::from_secs(2);
/// The name of the department that the fleet belongs to.
const DEPARTMENT: &str = "訓練第1消防本部";

/// A console with a crowd of moving units.
#[derive(Clone, Debug, clap::Args)]
pub struct CrowdArgs {
    /// Units, all of one department. 5,334 are the ambulances of Japan with a card reader in 2025.
    #[arg(long, default_value_t = 5_334)]
    pub units: usize,
    /// Open incidents, each with one unit; every tenth has none.
    #[arg(long, default_value_t = 40)]
    pub incidents: usize,
    /// Of these units, so many are silent from the beginning: they have an incident each, and an alarm.
    #[arg(long, default_value_t = 0)]
    pub silent: usize,
    /// Hospitals that have said something of themselves and of their categories.
    #[arg(long, default_value_t = 0)]
    pub reports: usize,
    /// A PMTiles file to lie under the map; it is copied into the server's data directory.
    #[arg(long, value_name = "FILE")]
    pub map_tiles: Option<PathBuf>,
    /// The same seed gives the same places and ways.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// Serves until a signal comes.
///
/// # Errors
/// When the server cannot be started.
pub async fn run(args: CrowdArgs) -> Result<()> {
    // A test that is killed leaves no server behind.
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM))
        .context("follow the parent")?;
    let folder = tempfile::Builder::new().prefix("ems-crowd-").tempdir().context("make a folder")?;
    let data = DataDir::new(folder.path().join("server"));
    init(&data, true, &["localhost".to_owned()]).await?;
    if let Some(file) = &args.map_tiles {
        std::fs::copy(file, data.map_tiles_file()).with_context(|| format!("copy {}", file.display()))?;
    }
    let units: Vec<UnitId> = enrol_fleet(&data, args.units, 1).await?.into_iter().map(|tablet| tablet.unit).collect();
    let person = NewPerson {
        department: DEPARTMENT,
        login: "dispatcher",
        name: "訓練指令員",
        kind: PrincipalKind::Dispatcher,
        roles: [Role::Dispatcher, Role::DispatchSupervisor].into(),
    };
    let made = add_person(&data, person).await?;
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let authority = data.authority_certificate();
    let server = dispatch_server::start(data, Listen { quic: any, https: any }, SharedSource::none()).await?;
    let origin = format!("https://localhost:{}", server.https_addr.port());
    let mut walk = Walk::new(args.seed, units, args.silent, server.app.now());
    walk.step(&server.app.live, server.app.now());
    reports(&server.app.store, args.reports, server.app.now()).await.context("report capacity")?;
    let account = json!({ "login": made.login, "passcode": made.passcode.as_str() });
    incidents(&origin, &authority, &account, &walk, args.incidents).await.context("open incidents")?;
    say(&json!({ "origin": origin, "authority": authority, "account": account }))?;
    let mut tick = tokio::time::interval(MOVES_EVERY);
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    loop {
        tokio::select! {
            _ = tick.tick() => walk.step(&server.app.live, server.app.now()),
            _ = terminate.recv() => break,
            ended = tokio::signal::ctrl_c() => { ended?; break }
        }
    }
    server.stop().await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is a program: the line is for whoever started it")]
fn say(line: &Value) -> Result<()> {
    println!("{}", serde_json::to_string(line).context("write a line of JSON")?);
    Ok(())
}

/// Hospitals say what they can take, each a little earlier than the one before; the last ones are old.
async fn reports(store: &impl Ledger, count: usize, now: Timestamp) -> Result<()> {
    let of = [None, Some(Capability::StrokeThrombolysis), Some(Capability::Trauma), Some(Capability::Cardiology24h)];
    let states = [CapacityState::Free, CapacityState::Full, CapacityState::Free, CapacityState::Down];
    for (n, hospital) in (0..).zip(HospitalTable::embedded().hospitals().iter().take(count)) {
        for (place, capability) in of.into_iter().enumerate().filter(|(place, _)| *place == 0 || n % 3 != 2) {
            let index = usize::try_from(n).unwrap_or(0) + place;
            let state = states.get(index % states.len()).copied().unwrap_or(CapacityState::Free);
            let at = now.plus_minutes(-(n * 11));
            let until = Some(now.plus_minutes(240));
            let source = CapacitySource::Desk;
            store
                .report_capacity(CapacityReport { hospital: hospital.id, capability, state, at, source, until })
                .await?;
        }
    }
    Ok(())
}

/// Opens incidents where units are, and sends those units.
async fn incidents(
    origin: &str,
    authority: &std::path::Path,
    account: &Value,
    walk: &Walk,
    count: usize,
) -> Result<()> {
    let ca = pki::CaCertificate::load(authority).context("read the authority's certificate")?;
    let client = Client::new(origin.parse::<Address>()?, pki::https_client_config(&ca)?);
    let signed = client.ask(Method::POST, "/api/v1/sign-in", None, Some(account)).await?;
    let token = signed.get("token").and_then(Value::as_str).context("read the token")?;
    for (n, (unit, place)) in walk.places().take(count).enumerate() {
        let mut incident =
            json!({ "place": format!("訓練町{}丁目", n + 1), "scene": place, "call_text": "訓練の通報" });
        if n % 10 != 9 {
            incident["unit"] = json!(unit);
        }
        client.ask(Method::POST, "/api/v1/incidents", Some(token), Some(&incident)).await?;
    }
    Ok(())
}
