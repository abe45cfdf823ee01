//! The tablet's part: the script, the window or no window, and the kill in the middle.

use super::DemoArgs;
use super::installation::Installation;
use super::show::Show;
use crate::process::{Running, read_json};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What the tablet's program reported.
pub(super) struct Outcome {
    /// Its report.
    pub(super) report: Value,
    /// What its card check found before.
    pub(super) card_check: Value,
}

/// Runs one transport.
pub(super) async fn transport(installation: &mut Installation, args: &DemoArgs, show: &mut Show) -> Result<Outcome> {
    let card_check = check_card(installation, show).await?;
    let report = if args.kill {
        in_two_halves(installation, args, show).await?
    } else {
        whole(installation, args, show).await?
    };
    Ok(Outcome { report, card_check })
}

async fn check_card(installation: &Installation, show: &mut Show) -> Result<Value> {
    let file = installation.folder().join("card-check.json");
    let mut command = installation.programs().command("ambulance-client");
    command.arg("--config").arg(installation.tablet()).args(["card-check", "--json"]).arg(&file);
    let output = command.output().await.context("run card-check")?;
    let found = read_json(&file).context("read what card-check wrote")?;
    if !output.status.success() {
        bail!("card-check: {}", String::from_utf8_lossy(&output.stdout).trim());
    }
    let reader = found["readers"][0]["name"].as_str().unwrap_or("?").to_owned();
    show.step(&format!("カード点検: {reader}、読取 {} ms", found["read_ms"]));
    Ok(found)
}

pub(super) fn script(installation: &Installation) -> Result<Value> {
    let (login, passcode) = installation.crew();
    let example = std::process::Command::new(installation.programs().bin.join("ambulance-client"))
        .arg("--example")
        .output()
        .context("ask the tablet's program for its example script")?;
    let mut script: Value = serde_json::from_slice(&example.stdout).context("read the example script")?;
    for step in script["steps"].as_array_mut().into_iter().flatten() {
        if let Some(sign_in) = step.get_mut("sign_in") {
            *sign_in = json!({ "login": login, "passcode": passcode });
        }
    }
    Ok(script)
}

/// The present, as the report writes times.
#[expect(clippy::disallowed_methods, reason = "this is a program")]
fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    model::Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)).tokyo_rfc3339()
}

pub(super) fn write_script(installation: &Installation, name: &str, script: &Value) -> Result<PathBuf> {
    let path = installation.folder().join(name);
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    std::fs::write(&path, serde_json::to_vec_pretty(script)?).with_context(|| format!("write {}", path.display()))?;
    Ok(path)
}

async fn whole(installation: &mut Installation, args: &DemoArgs, show: &mut Show) -> Result<Value> {
    let script = write_script(installation, "script.json", &script(installation)?)?;
    let (mut tablet, report) = start_script(installation, args, show, &script, "tablet")?;
    installation.open_incident(&mut tablet, show).await?;
    end_script(tablet, &report, show).await
}

/// Starts the tablet with a script; where its report will be.
fn start_script(
    installation: &Installation,
    args: &DemoArgs,
    show: &mut Show,
    script: &Path,
    name: &str,
) -> Result<(Running, PathBuf)> {
    let report = installation.folder().join(format!("{name}-report.json"));
    let mut command = installation.programs().command("ambulance-client");
    command.arg("--config").arg(installation.tablet()).arg("--json").arg(&report);
    let display = installation.display(args)?;
    match &display {
        Some(display) => {
            command.env("DISPLAY", display).arg("--script").arg(script);
            if let Some(pictures) = &args.pictures {
                command.arg("--pictures").arg(pictures);
            }
        }
        None => {
            command.arg("--headless").arg(script);
        }
    }
    let tablet = installation.programs().start(name, &mut command)?;
    show.step(if display.is_some() {
        "端末の画面を開きました"
    } else {
        "端末を画面なしで動かしました"
    });
    Ok((tablet, report))
}

async fn end_script(mut tablet: Running, report: &Path, show: &mut Show) -> Result<Value> {
    let status = tablet.wait().await?;
    let log = tablet.log().display().to_string();
    let report =
        read_json(report).with_context(|| format!("the tablet ended with {status} without a report; see {log}"))?;
    show.step(&format!("端末の台本が終わりました（{status}）"));
    Ok(report)
}

/// The transport again, with a power cut of tablet and server after the enquiry's start.
async fn in_two_halves(installation: &mut Installation, args: &DemoArgs, show: &mut Show) -> Result<Value> {
    let whole = script(installation)?;
    let steps = whole["steps"].as_array().context("the example script has steps")?.clone();
    let cut =
        steps.iter().position(|s| s["picture"]["name"] == "04-history").context("find the middle of the script")?;
    let (before, after) = steps.split_at(cut);
    // The first half ends with a wait that never comes true: it is killed there.
    let mut first = before.to_vec();
    first.push(json!({ "pause_ms": 600_000 }));
    let first = write_script(installation, "script-1.json", &json!({ "steps": first }))?;
    let sign_in = steps.iter().find(|s| s.get("sign_in").is_some()).cloned().context("find the sign-in")?;
    let mut second = vec![
        json!({ "wait": { "for": "connected" } }),
        sign_in,
        json!({ "wait": { "for": "signed_in" } }),
        json!({ "wait": { "for": "case" } }),
    ];
    second.extend(after.iter().filter(|s| s["wait"]["for"] != "suggestion_with_history").cloned());
    let second = write_script(installation, "script-2.json", &json!({ "steps": second }))?;
    let (mut tablet, _) = start_script(installation, args, show, &first, "tablet-1")?;
    installation.open_incident(&mut tablet, show).await?;
    installation.wait_for_history(tablet.log()).await?;
    tablet.kill().await?;
    let killed_at = now();
    show.step("端末を SIGKILL で止めました");
    installation.kill_server(show).await?;
    installation.start_server(show).await?;
    // The incident is there already: the tablet finds its case in the outbox.
    let (tablet, report) = start_script(installation, args, show, &second, "tablet-2")?;
    let mut report = end_script(tablet, &report, show).await?;
    report["killed_at"] = json!(killed_at);
    Ok(report)
}
