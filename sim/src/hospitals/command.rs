//! The command line of `sim hospitals`.

use super::{Address, Client, Config, DesksFile, Policy, start};
use anyhow::{Context, Result, bail};
use clap::Args;
use pki::{CaCertificate, https_client_config};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

/// Plays hospital desks against a training server: signs in, listens for enquiries, answers after a delay.
#[derive(Debug, Args)]
pub struct HospitalsArgs {
    /// The server's pages, as https://host:port.
    #[arg(long, required_unless_present_any = ["schema", "example"])]
    server: Option<Address>,
    /// The certificate authority to trust (ca.pem of the server's data directory).
    #[arg(long, required_unless_present_any = ["schema", "example"])]
    ca: Option<PathBuf>,
    /// The desks' accounts (JSON; see --example).
    #[arg(long, required_unless_present_any = ["schema", "example"])]
    desks: Option<PathBuf>,
    /// Share of enquiries that are accepted, 0–1.
    #[arg(long, default_value_t = 0.7)]
    accept: f64,
    /// Share of enquiries that get a conditional answer, 0–1; the rest is declined.
    #[arg(long, default_value_t = 0.1)]
    conditional: f64,
    /// Shortest time before an answer, milliseconds.
    #[arg(long, default_value_t = 1_500)]
    delay_ms: u64,
    /// Longest time before an answer, milliseconds.
    #[arg(long, default_value_t = 4_000)]
    delay_max_ms: u64,
    /// The same seed gives the same answers.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where to write what was done, at the end.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Prints the JSON Schema of the file of desks.
    #[arg(long)]
    schema: bool,
    /// Prints an example of the file of desks.
    #[arg(long)]
    example: bool,
}

/// Runs `sim hospitals` until Ctrl-C or SIGTERM.
///
/// # Errors
/// Unusable files or policy; a server that cannot be reached at first, refuses a desk, or is live.
pub async fn run(args: HospitalsArgs) -> Result<()> {
    if args.schema || args.example {
        let text = if args.schema { DesksFile::SCHEMA.to_owned() } else { DesksFile::example() };
        return writeln!(io::stdout().lock(), "{text}").map_err(Into::into);
    }
    let json = args.json.clone();
    let config = config(args)?;
    let desks = config.desks.len();
    let mut handle = start(config);
    tokio::select! {
        ready = handle.ready() => ready.context("signing the desks in (stand-ins need a training server)")?,
        signal = signalled() => return signal,
    }
    banner(desks)?;
    let failed = tokio::select! {
        signal = signalled() => { signal?; None }
        failed = handle.failed() => failed.err(),
    };
    let summary = handle.stop().await;
    if let Some(path) = json {
        let text = serde_json::to_vec_pretty(&summary)?;
        #[expect(clippy::disallowed_methods, reason = "a program's edge: its result file")]
        std::fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
    }
    match failed {
        Some(error) => Err(error).context("playing the desks"),
        None => Ok(()),
    }
}

fn config(args: HospitalsArgs) -> Result<Config> {
    let (Some(server), Some(ca), Some(desks)) = (args.server, args.ca, args.desks) else {
        bail!("choosing a server: give --server, --ca and --desks");
    };
    let ca = CaCertificate::load(&ca).with_context(|| format!("reading {}", ca.display()))?;
    if !ca.training() {
        bail!("starting stand-ins: this authority is of a live installation; stand-ins play in training only");
    }
    let file = DesksFile::load(&desks).with_context(|| format!("reading {}", desks.display()))?;
    let longest = args.delay_max_ms.max(args.delay_ms);
    let (shortest, longest) = (Duration::from_millis(args.delay_ms), Duration::from_millis(longest));
    let policy = Policy::new(args.accept, args.conditional, shortest, longest)?;
    let client = Client::new(server, https_client_config(&ca)?);
    Ok(Config { client, desks: file.desks, policy, seed: args.seed, ears: None })
}

fn banner(desks: usize) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "【訓練用の模擬】 病院デスク {desks} か所。回答はすべて模擬で、実際の病院の回答ではありません。")?;
    writeln!(out, "The desks are listening (stand-in). Ctrl-C signs them out.")?;
    out.flush().map_err(Into::into)
}

async fn signalled() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended.map_err(Into::into),
        _ = terminate.recv() => Ok(()),
    }
}
