//! Progress on the terminal: what is done, how long it took, and the timeline at the end.

use serde_json::Value;
use std::io::Write;
use std::time::Instant;

/// One line on standard error: standard output may carry the JSON report.
pub(super) fn line(text: &str) {
    let _closed = writeln!(std::io::stderr().lock(), "{text}");
}

/// Progress.
pub(super) struct Show {
    began: Instant,
}

impl Show {
    #[expect(clippy::disallowed_methods, reason = "progress lives in the present")]
    pub(super) fn new() -> Self {
        Self { began: Instant::now() }
    }

    /// A step was done.
    pub(super) fn step(&mut self, text: &str) {
        line(&format!("{:6.1} 秒  {text}", self.began.elapsed().as_secs_f64()));
    }

    /// What happened when, and where everything is.
    pub(super) fn timeline(&self, report: &Value) {
        line("");
        line(if report["ok"] == Value::Bool(true) {
            "訓練搬送の経過"
        } else {
            "訓練搬送は最後まで行きませんでした"
        });
        for stage in model::Stage::ALL {
            if let Some(at) = report["stages"][stage.key()].as_str() {
                line(&format!("  {}  {}", at.get(11..19).unwrap_or(at), stage.ja()));
            }
        }
        for (label, key) in [
            ("カード読取", "card_read"),
            ("病歴照会", "lookup"),
            ("候補", "suggestion"),
            ("同意から要点まで", "tap_to_summary"),
        ] {
            if let Some(ms) = report["timings_ms"][key].as_f64() {
                line(&format!("  {label} {ms:.0} ms"));
            }
        }
        for alert in report["alerts"].as_array().into_iter().flatten() {
            if let Some(title) = alert["title_ja"].as_str() {
                line(&format!("  注意 {title}"));
            }
        }
        for candidate in report["candidates"].as_array().into_iter().flatten().take(3) {
            let name = candidate["name"].as_str().unwrap_or("?");
            line(&format!("  {}位 {name} 見込み {} 分", candidate["rank"], candidate["total"]));
        }
        if let Some(destination) = report["destination"]["name"].as_str() {
            line(&format!("  搬送先 {destination}"));
        }
        if let Some(failed) = report["failed"].as_str() {
            line(&format!("  止まったところ: {failed}"));
        }
        if let Some(path) = report["handover_document"]["path"].as_str() {
            line(&format!("  引継ぎ書 {path}"));
        }
        line(&format!("  記録 {}", report["logs"].as_str().unwrap_or("-")));
    }
}
