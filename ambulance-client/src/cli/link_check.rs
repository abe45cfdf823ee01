//! `link-check`: says within five seconds what is wrong with the way to the server, and whom to ask for what.

use super::{Cli, Lang, LinkCheckArgs, Outcome, folder, say, write_json};
use ambulance_runtime::TabletFolder;
use ambulance_runtime::link_check::{Finding, LinkCheck, LinkFault, check_folder};
use anyhow::{Context, Result};
use std::fmt::Write;
use std::path::Path;

/// Runs the check with the tablet's certificate.
///
/// # Errors
/// When the tablet's folder cannot be used, or the result not be written.
pub fn run(cli: &Cli, args: &LinkCheckArgs) -> Result<Outcome> {
    if args.schema || args.example {
        say(&describe(args.schema)?);
        return Ok(Outcome::Success);
    }
    let tablet = TabletFolder::load(&folder(cli)?)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("start the runtime")?;
    let found = runtime.block_on(check_folder(&tablet, args.server.as_deref()))?;
    // A name that is looked up for long must not hold the answer up.
    runtime.shutdown_background();
    if let Some(json) = &args.json {
        write_json(json, &found)?;
    }
    if args.json.as_deref() != Some(Path::new("-")) {
        say(&words(&found, args.lang));
    }
    Ok(if found.ok { Outcome::Success } else { Outcome::CheckFailed })
}

/// The schema of the result, or an example.
fn describe(schema: bool) -> Result<String> {
    if schema {
        return Ok(include_str!("link_check.schema.json").to_owned());
    }
    let mut text = serde_json::to_string_pretty(&example()).context("write JSON")?;
    text.push('\n');
    Ok(text)
}

fn example() -> LinkCheck {
    LinkCheck {
        server: "192.0.2.10:4433".into(),
        udp_port: 4433,
        source: Some("192.0.2.77".into()),
        tcp_answers: Some(true),
        took_ms: 3_504,
        findings: vec![LinkFault::UdpFiltered.finding(4433)],
        ..LinkCheck::default()
    }
}

fn words(found: &LinkCheck, lang: Lang) -> String {
    let mut text = String::new();
    let mut line = |ja: &str, en: &str, value: Option<String>| {
        if let Some(value) = value {
            let label = if lang == Lang::Ja { ja } else { en };
            let _infallible = writeln!(text, "{label}: {value}");
        }
    };
    line("サーバー", "server", Some(format!("{}（UDP {}）", found.server, found.udp_port)));
    line("端末のアドレス", "local address", found.source.clone());
    line("往復時間", "round trip", found.rtt_ms.map(|ms| format!("{ms:.1} ms")));
    line("損失", "loss", found.lost_percent.map(|percent| format!("{percent:.1} %")));
    line("最大パケット", "largest packet", found.mtu_bytes.map(|bytes| format!("{bytes} B")));
    let offset = found.clock_offset_ms.zip(found.clock_uncertainty_ms);
    line("時計のずれ", "clock offset", offset.map(|(off, by)| format!("{off:+.1} ± {by:.1} ms")));
    line("早期データ", "early data", found.early_data.map(|taken| if taken { "○" } else { "×" }.to_owned()));
    for finding in &found.findings {
        let Finding { code, ja, next_ja, en, next_en } = finding;
        let (what, next) = if lang == Lang::Ja { (ja, next_ja) } else { (en, next_en) };
        let _infallible = writeln!(text, "・{what} → {next}（{code}）");
    }
    let verdict = match (found.ok, lang) {
        (true, Lang::Ja) => "つながります",
        (true, Lang::En) => "connected",
        (false, Lang::Ja) => "このままでは使えません",
        (false, Lang::En) => "not usable as it is",
    };
    let _infallible = writeln!(text, "{verdict}（{} ms）", found.took_ms);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_schema_names_every_field_of_the_result() {
        let schema: serde_json::Value = serde_json::from_str(&describe(true).expect("a schema")).expect("JSON");
        let example: serde_json::Value = serde_json::from_str(&describe(false).expect("an example")).expect("JSON");
        let names = |value: &serde_json::Value| {
            value.as_object().expect("an object").keys().cloned().collect::<BTreeSet<String>>()
        };
        assert_eq!(names(&schema["properties"]), names(&example));
        let finding = &schema["properties"]["findings"]["items"]["properties"];
        assert_eq!(names(finding), names(&example["findings"][0]));
        let codes = finding["code"]["enum"].as_array().expect("codes");
        let known: Vec<_> = LinkFault::ALL.iter().map(|fault| serde_json::json!(fault.code())).collect();
        assert_eq!(codes, &known);
    }

    #[test]
    fn the_words_name_the_port_and_what_to_ask_for() {
        let ja = words(&example(), Lang::Ja);
        assert!(ja.contains("UDP 4433番の送受信を許可") && ja.contains("このままでは使えません"), "{ja}");
        let en = words(&example(), Lang::En);
        assert!(en.contains("allow UDP port 4433"), "{en}");
    }
}
