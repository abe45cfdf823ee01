//! `card-check`: prints what was found, one sentence each.

use super::keys::{self, KeysFound};
use super::{Cli, Outcome, folder, say, write_json};
use ambulance_runtime::{CardCheck, TabletFolder, reader};
use anyhow::Result;
use card::TrustAnchors;
use serde::Serialize;
use std::fmt::Write;
use std::path::Path;

/// What is written: the card's check, and how the keys of the named tablet rest.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    card: &'a CardCheck,
    keys: Option<&'a KeysFound>,
}

/// Runs the check with the tablet's roots, or with the public ones when no tablet is named.
///
/// # Errors
/// When the tablet's folder cannot be read, or the result not be written.
pub fn run(cli: &Cli, json: Option<&Path>) -> Result<Outcome> {
    let tablet = cli.config.is_some().then(|| folder(cli)).transpose()?;
    let tablet = tablet.map(|folder| TabletFolder::load(&folder)).transpose()?;
    let keys = tablet.as_ref().map(keys::look).transpose()?;
    let found = reader::check(tablet.map_or_else(TrustAnchors::live, |tablet| tablet.anchors));
    if let Some(json) = json {
        write_json(json, &Report { card: &found, keys: keys.as_ref() })?;
    }
    if json != Some(Path::new("-")) {
        say(&words(&found));
        say(&keys.map_or_else(String::new, |keys| keys.lines()));
    }
    Ok(if found.ok { Outcome::Success } else { Outcome::CheckFailed })
}

fn words(found: &CardCheck) -> String {
    let mut text = String::new();
    let readers = if found.readers.is_empty() {
        "なし".to_owned()
    } else {
        found.readers.iter().map(|r| r.name.as_str()).collect::<Vec<_>>().join("、")
    };
    let mut line = |label: &str, value: &str| {
        let _infallible = writeln!(text, "{label}: {value}");
    };
    line("リーダー", &readers);
    line("カード", if found.card_present { "あり" } else { "なし" });
    if let (Some(kind), Some(issuer)) = (&found.kind, &found.issuer) {
        line("種類", kind);
        line("発行者", issuer);
    }
    if let Some(validity) = &found.validity {
        line("有効期間", validity);
    }
    if let Some(ms) = found.read_ms {
        line("読取時間", &format!("{ms} ms"));
    }
    for finding in &found.findings {
        let _infallible = writeln!(text, "・{} → {}（{}）", finding.ja, finding.next_ja, finding.code);
    }
    let _infallible = writeln!(
        text,
        "{}（全体 {} ms）",
        if found.ok { "使えます" } else { "このままでは照会できません" },
        found.took_ms
    );
    text
}
