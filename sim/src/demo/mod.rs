//! `sim demo`: one whole transport on one machine, through the programs a department would run.
//!
//! In: where the programs are. Out: progress on the terminal, a timeline, the handover document, and a JSON report.
//! Everything is started through the same commands that the README names; nothing is reached behind their back.

mod assistive;
mod display;
mod installation;
mod places;
mod rehearsal;
mod report;
mod show;
mod tablet;
mod web;

pub use rehearsal::{Rehearsal, Stopped};

use anyhow::{Context, Result};
use installation::Installation;
use show::Show;
use std::path::PathBuf;

/// One whole transport, from 覚知 to 医師引継ぎ, on this machine.
#[derive(Clone, Debug, clap::Args)]
pub struct DemoArgs {
    /// Without a window.
    #[arg(long)]
    pub headless: bool,
    /// Write the report; "-" is standard output.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Save every screen of the transport as a PNG in this folder.
    #[arg(long, value_name = "FOLDER")]
    pub pictures: Option<PathBuf>,
    /// Leave everything running at the end, until Ctrl-C.
    #[arg(long)]
    pub keep: bool,
    /// Whose card is on the reader (`sim card --list`).
    #[arg(long, default_value = "warfarin")]
    pub persona: String,
    /// Kill the server and the tablet with SIGKILL in the middle of the transport and start them again.
    #[arg(long)]
    pub kill: bool,
    /// Folder of the programs; that of this program when not given.
    #[arg(long, value_name = "FOLDER")]
    pub bin_dir: Option<PathBuf>,
}

/// Runs the demo. False when the transport did not end as it should.
///
/// # Errors
/// When a part cannot be started; the text says which and where its log is.
pub fn run(args: &DemoArgs) -> Result<bool> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            done = whole(args) => done,
            stopped = interrupted() => stopped.map(|()| false),
        }
    })
}

async fn interrupted() -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed?,
        _ = terminate.recv() => {}
    }
    // Dropping the demo's future stops every program and removes the folder.
    show::line("中断しました。起動したものを片付けます。");
    Ok(())
}

async fn whole(args: &DemoArgs) -> Result<bool> {
    let mut show = Show::new();
    let mut installation = Installation::prepare(args, &mut show).await.context("prepare the demo")?;
    installation.start(args, &mut show).await.context("start the demo's programs")?;
    let outcome = tablet::transport(&mut installation, args, &mut show).await.context("run the transport")?;
    let report = report::gather(&installation, args, &outcome).await.context("gather the report")?;
    show.timeline(&report);
    if let Some(json) = &args.json {
        report::write(json, &report)?;
    }
    let ok = report["ok"] == serde_json::Value::Bool(true);
    if args.keep {
        installation.tell_addresses(&mut show);
        show::line("動かしたままにします。Ctrl-C で終わります。");
        std::future::pending::<()>().await;
    }
    installation.stop(&mut show).await;
    Ok(ok)
}
