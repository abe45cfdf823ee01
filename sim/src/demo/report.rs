//! The demo's JSON.

use super::DemoArgs;
use super::installation::Installation;
use super::places;
use super::tablet::Outcome;
use anyhow::{Context, Result};
use model::HospitalId;
use serde_json::{Value, json};
use std::path::Path;

/// Puts together what the tablet, the card check and the server told.
pub(super) async fn gather(installation: &Installation, args: &DemoArgs, outcome: &Outcome) -> Result<Value> {
    let mut report = outcome.report.clone();
    let check = &outcome.card_check;
    report["persona"] = json!(args.persona);
    report["training"] = json!(true);
    report["reader"] = json!({
        "name": check["readers"][0]["name"],
        "kind": check["kind"],
        "validity": check["validity"],
        "chain": check["chain"],
        "read_ms": check["read_ms"],
    });
    if report["timings_ms"]["card_read"].is_null() {
        report["timings_ms"]["card_read"] = check["read_ms"].clone();
    }
    let hospital = report["destination"]["hospital"].as_str().and_then(|id| id.parse::<HospitalId>().ok());
    if let Some(name) = hospital.and_then(places::name) {
        report["destination"]["name"] = json!(name);
    }
    if let Some(hospital) = hospital {
        match installation.fetch_document(&report["handover_document"], hospital).await {
            Ok(path) => report["handover_document"]["path"] = json!(path),
            Err(error) => report["handover_document"]["error"] = json!(format!("{error:#}")),
        }
    }
    report["logs"] = json!(installation.programs().logs);
    report["stand_ins"] = json!(["sim card", "sim national", "sim hospitals"]);
    let complete = report["handover_document"]["path"].is_string();
    report["ok"] = json!(report["ok"] == Value::Bool(true) && complete);
    Ok(report)
}

/// Writes the report.
pub(super) fn write(path: &Path, report: &Value) -> Result<()> {
    let text = serde_json::to_string_pretty(report).context("write JSON")? + "\n";
    if path == Path::new("-") {
        use std::io::Write;
        std::io::stdout().lock().write_all(text.as_bytes()).context("print the report")?;
        return Ok(());
    }
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
