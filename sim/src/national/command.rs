//! The command line of `sim national`.

use super::fault::{Fault, Faults};
use super::files::{NationalFiles, prepare};
use super::persona_history::Register;
use super::server::serve;
use anyhow::{Context as _, Result};
use core::net::SocketAddr;
use model::Timestamp;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Stands in for オンライン資格確認等システム. Training installations only.
#[derive(Clone, Debug, clap::Args)]
pub struct NationalArgs {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8471")]
    pub listen: SocketAddr,
    /// Directory with its certificate authority and credentials; made at the first run.
    #[arg(long, value_name = "DIR")]
    pub tls: PathBuf,
    /// What to do wrong: none, slow=MS, error=CODE, status=NNN, close, garbage, truncated, endless, unmarked,
    /// validity=1..6, other-lookup, ignores-consent.
    #[arg(long, default_value = "none")]
    pub fault: Fault,
    /// Write address and credential files as JSON, once it listens.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// Serves until SIGINT or SIGTERM.
///
/// # Errors
/// An address that is taken, unreadable credentials or personas.
pub async fn run(args: NationalArgs) -> Result<()> {
    // Absolute, so that the paths in the JSON file hold wherever it is read.
    let directory = std::path::absolute(&args.tls)?;
    #[expect(clippy::disallowed_methods, reason = "certificates are dated when they are made")]
    let files = prepare(&directory, SystemTime::now())?;
    let (ca, credential) = files.server()?;
    let tls = pki::mutual_tls_server_config(&ca, &credential)?;
    let register = Register::of_personas()?;
    let people = register.len();
    let listener = TcpListener::bind(args.listen).await.with_context(|| format!("listening on {}", args.listen))?;
    let handle = serve(listener, tls, register, Faults::new(args.fault), system_time)?;
    if let Some(path) = &args.json {
        write_json(path, handle.address(), &files)?;
    }
    let mut out = std::io::stdout();
    writeln!(out, "模擬システム（訓練用）: https://{} {people}人", handle.address())?;
    out.flush()?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended?,
        _ = terminate.recv() => {}
    }
    let questions = handle.questions();
    handle.shutdown().await;
    tracing::info!(questions, "stand-in stopped");
    Ok(())
}

fn write_json(path: &Path, address: SocketAddr, files: &NationalFiles) -> Result<()> {
    let ready = serde_json::json!({
        "address": address.to_string(),
        "server_name": "localhost",
        "ca": files.ca,
        "client_certificate": files.client_certificate,
        "client_key": files.client_key,
    });
    let text = serde_json::to_vec_pretty(&ready)?;
    // Written beside and moved, so that a reader never sees half a file.
    let beside = path.with_extension("part");
    #[expect(clippy::disallowed_methods, reason = "a program writes the file it was asked for")]
    std::fs::write(&beside, text).with_context(|| format!("writing {}", beside.display()))?;
    std::fs::rename(&beside, path).with_context(|| format!("writing {}", path.display()))
}

fn system_time() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the stand-in lives in the present")]
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
