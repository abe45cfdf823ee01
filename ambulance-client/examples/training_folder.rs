//! Writes a training tablet's folder that points to a closed port: the window without any server.
//!
//! `cargo run -p ambulance-client --example training_folder -- FOLDER`

use ambulance_runtime::Settings;
use anyhow::Context as _;
use model::{DepartmentId, DeviceId, UnitId};
use pki::{CertificateAuthority, DeviceBundle};
use std::path::PathBuf;

#[expect(clippy::disallowed_methods, reason = "a program that writes a folder")]
fn main() -> anyhow::Result<()> {
    let folder = PathBuf::from(std::env::args().nth(1).context("usage: training_folder FOLDER")?);
    std::fs::create_dir_all(&folder).with_context(|| format!("make {}", folder.display()))?;
    let (device, unit) = (DeviceId::from_bytes([1; 16]), UnitId::from_bytes([2; 16]));
    let department = DepartmentId::from_bytes([3; 16]);
    let now = std::time::SystemTime::now();
    let ca = CertificateAuthority::create("offline training", true, now)?;
    let credential = ca.issue_device(device.uuid(), unit.uuid(), department.uuid(), now)?;
    DeviceBundle::new(credential, ca.certificate().clone())?.write(&folder)?;
    let settings = Settings {
        training: true,
        unit,
        callsign: "中央救急1".into(),
        department,
        department_name: "青波市消防本部".into(),
        servers: vec!["127.0.0.1:9".parse()?],
        server_name: "dispatch.test".into(),
        data: None,
        test_card_roots: Vec::new(),
        tpm: None,
        roads: None,
    };
    std::fs::write(folder.join(ambulance_runtime::settings::FILE), settings.to_toml()?)?;
    Ok(())
}
