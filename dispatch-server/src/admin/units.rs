//! `units`: enrolment of tablets, their list, and revocation.

use super::cli::{DataArgs, JsonArgs};
use super::departments::{check_text, department_by};
use super::{Desk, exit, output};
use crate::data_dir::DataDir;
use crate::edge::{system_time, write_whole};
use anyhow::{Context as _, Result, bail, ensure};
use dispatch_core::sign_in::ensure_unit;
use dispatch_core::store::{Device, Directory, Unit};
use dispatch_core::{Principal, Scope};
use model::{DepartmentId, DeviceId, Timestamp, UnitId};
use pki::{CertificateAuthority, DeviceBundle};
use serde::Serialize;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// What the tablet is told when no server runs and none was named.
const DEFAULT_SERVER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4433);

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum UnitsCommand {
    /// Enrol a tablet for a unit; the unit is made when it does not exist.
    Enrol {
        /// The unit's name on the radio, e.g. 救急1.
        callsign: String,
        /// The department, by name or id.
        #[arg(long, value_name = "DEPARTMENT")]
        department: String,
        /// The tablet's directory: certificate, key, authority and `tablet.toml`.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// The tablet's name for this list; the unit's name when left out.
        #[arg(long)]
        device_name: Option<String>,
        /// Address of a server; may be repeated. Left out: the one that runs on this data directory.
        #[arg(long = "server", value_name = "ADDR")]
        servers: Vec<SocketAddr>,
        /// A test card root for the tablet (training only); may be repeated.
        #[arg(long = "test-card-root", value_name = "FILE")]
        test_card_roots: Vec<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        json: JsonArgs,
    },
    /// Revoke a tablet: at once, also while it is connected.
    Revoke {
        /// The tablet's id (`units list` shows it), or its name when only one has it.
        device: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// List units and their tablets.
    List {
        /// Only of this department.
        #[arg(long, value_name = "DEPARTMENT")]
        department: Option<String>,
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        json: JsonArgs,
    },
}

/// A tablet to enrol.
#[derive(Clone, Debug)]
pub struct EnrolTablet<'a> {
    /// The department, by name or id.
    pub department: &'a str,
    /// The unit's name on the radio.
    pub callsign: &'a str,
    /// The tablet's name for the list.
    pub device_name: &'a str,
    /// Its directory, made here.
    pub out: &'a Path,
    /// Servers; empty = the one that runs on this data directory.
    pub servers: &'a [SocketAddr],
    /// Test card roots, training only.
    pub test_card_roots: &'a [PathBuf],
}

/// An enrolled tablet.
#[derive(Clone, Debug, Serialize)]
pub struct EnrolDone {
    /// The tablet.
    pub device: DeviceId,
    /// Its unit.
    pub unit: UnitId,
    /// Its department.
    pub department: DepartmentId,
    /// Where it dials.
    pub servers: Vec<SocketAddr>,
    /// Its directory.
    pub out: PathBuf,
}

/// `tablet.toml`, as the tablet reads it.
#[derive(Serialize)]
struct TabletToml<'a> {
    training: bool,
    unit: UnitId,
    callsign: &'a str,
    department: DepartmentId,
    department_name: &'a str,
    servers: Vec<SocketAddr>,
    server_name: &'a str,
    test_card_roots: &'a [PathBuf],
    #[serde(skip_serializing_if = "Option::is_none")]
    roads: Option<&'a str>,
}

/// Name of the road graph in a tablet's directory.
const TABLET_ROADS: &str = "roads.bin";

/// Enrols a tablet and writes its directory.
///
/// # Errors
/// An unknown department, a directory that holds a tablet already, test roots in a live installation. The tablet is
/// entered last: a directory that could not be written leaves no tablet behind.
pub async fn enrol(data: &DataDir, tablet: EnrolTablet<'_>) -> Result<EnrolDone> {
    let installation = data.installation()?;
    check_text("the unit's name", tablet.callsign)?;
    check_text("the tablet's name", tablet.device_name)?;
    let live_with_test_roots = !installation.training && !tablet.test_card_roots.is_empty();
    ensure!(!live_with_test_roots, "enrol the tablet: test card roots are for training installations only");
    let desk = Desk::new(installation.training)?;
    let store = data.open_store().await?;
    let department = department_by(&store, tablet.department).await?;
    let system = Principal::system();
    let unit: Unit = ensure_unit(&store, &mut desk.call(), &system, department.id, tablet.callsign).await?;
    let authority =
        CertificateAuthority::load(&data.authority(), installation.training).context("open the authority")?;
    let device = DeviceId::from_uuid(desk.call().uuid());
    let credential = authority
        .issue_device(device.uuid(), unit.id.uuid(), department.id.uuid(), system_time())
        .context("make the tablet's certificate")?;
    let bundle = DeviceBundle::new(credential, authority.certificate().clone()).context("make the tablet's bundle")?;
    bundle.write(tablet.out).context("write the tablet's directory")?;
    let servers = servers(data, tablet.servers)?;
    let settings = TabletToml {
        training: installation.training,
        unit: unit.id,
        callsign: &unit.callsign,
        department: department.id,
        department_name: &department.name,
        servers: servers.clone(),
        server_name: installation.server_names.first().map_or("localhost", String::as_str),
        test_card_roots: tablet.test_card_roots,
        roads: copy_roads(data, tablet.out)?.then_some(TABLET_ROADS),
    };
    let text = toml::to_string_pretty(&settings).context("write the tablet's settings")?;
    let file = tablet.out.join("tablet.toml");
    write_whole(&file, text.as_bytes()).with_context(|| format!("write {}", file.display()))?;
    let row = Device {
        id: device,
        unit: unit.id,
        department: department.id,
        name: tablet.device_name.to_owned(),
        fingerprint: bundle.identity().fingerprint.to_string(),
        enrolled_at: desk.call().now(),
        revoked_at: None,
    };
    store.enrol(row).await.context("enter the tablet")?;
    store.close().await;
    Ok(EnrolDone { device, unit: unit.id, department: department.id, servers, out: tablet.out.to_owned() })
}

/// The tablet gets the server's road graph, where there is one; a newer one is copied by hand.
fn copy_roads(data: &DataDir, out: &Path) -> Result<bool> {
    let from = data.roads_file();
    if !from.exists() {
        return Ok(false);
    }
    let to = out.join(TABLET_ROADS);
    std::fs::copy(&from, &to).with_context(|| format!("copy {} to {}", from.display(), to.display()))?;
    Ok(true)
}

fn servers(data: &DataDir, named: &[SocketAddr]) -> Result<Vec<SocketAddr>> {
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let mut address = data.running()?.map_or(DEFAULT_SERVER, |running| running.quic);
    if address.ip().is_unspecified() {
        // Listening everywhere: this machine is the only address that is surely right.
        let local: IpAddr = if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() };
        address.set_ip(local);
    }
    Ok(vec![address])
}

#[derive(Serialize)]
struct DeviceOut {
    device: DeviceId,
    name: String,
    fingerprint: String,
    revoked_at: Option<String>,
}

#[derive(Serialize)]
struct UnitOut {
    unit: UnitId,
    department: DepartmentId,
    callsign: String,
    tablets: Vec<DeviceOut>,
}

pub(super) async fn run(command: UnitsCommand) -> Result<u8> {
    match command {
        UnitsCommand::Enrol { callsign, department, out, device_name, servers, test_card_roots, data, json } => {
            let tablet = EnrolTablet {
                department: &department,
                callsign: &callsign,
                device_name: device_name.as_deref().unwrap_or(&callsign),
                out: &out,
                servers: &servers,
                test_card_roots: &test_card_roots,
            };
            let done = enrol(&DataDir::new(data.data), tablet).await?;
            let lines = format!("{}\t{callsign}\t{}\n", done.device, out.display());
            output::result(json.json.as_deref(), &done, &lines)?;
        }
        UnitsCommand::Revoke { device, data } => revoke(&device, &DataDir::new(data.data)).await?,
        UnitsCommand::List { department, data, json } => list(department, &DataDir::new(data.data), &json).await?,
    }
    Ok(exit::DONE)
}

async fn revoke(key: &str, data: &DataDir) -> Result<()> {
    let desk = Desk::new(data.installation()?.training)?;
    let store = data.open_store().await?;
    let devices = store.devices(Scope::Installation).await?;
    let id = key.parse::<DeviceId>().ok();
    let mut found = devices.iter().filter(|d| Some(d.id) == id || d.name == key);
    let (Some(device), None) = (found.next(), found.next()) else {
        bail!("find the tablet {key:?}: not known or not unique; `units list` shows ids");
    };
    store.revoke(device.id, desk.call().now()).await?;
    output::line(&format!("{}\t失効", device.id))?;
    store.close().await;
    Ok(())
}

async fn list(department: Option<String>, data: &DataDir, json: &JsonArgs) -> Result<()> {
    let store = data.open_store().await?;
    let scope = match department {
        Some(name) => Scope::Department(department_by(&store, &name).await?.id),
        None => Scope::Installation,
    };
    let devices = store.devices(scope).await?;
    let units = store.units(scope).await?.into_iter().map(|unit| {
        let of_unit = devices.iter().filter(|device| device.unit == unit.id);
        let tablets = of_unit.map(|device| DeviceOut {
            device: device.id,
            name: device.name.clone(),
            fingerprint: device.fingerprint.clone(),
            revoked_at: device.revoked_at.map(Timestamp::tokyo_rfc3339),
        });
        UnitOut { unit: unit.id, department: unit.department, callsign: unit.callsign, tablets: tablets.collect() }
    });
    let units: Vec<UnitOut> = units.collect();
    let mut lines = String::new();
    for unit in &units {
        writeln!(lines, "{}\t{}", unit.unit, unit.callsign)?;
        for tablet in &unit.tablets {
            let state = tablet.revoked_at.as_ref().map_or_else(|| "有効".to_owned(), |at| format!("失効 {at}"));
            writeln!(lines, "  {}\t{}\t{state}", tablet.device, tablet.name)?;
        }
    }
    output::result(json.json.as_deref(), &units, &lines)
}
