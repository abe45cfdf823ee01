//! A tablet process for fault runs: see `system_tests::fault::tablet`.

use std::process::ExitCode;
use system_tests::fault::tablet::{Life, run};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,quinn=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false).init();
    let outcome = life().and_then(|life| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        runtime.block_on(run(life))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn life() -> anyhow::Result<Life> {
    let argument = std::env::args().nth(1).ok_or_else(|| anyhow::anyhow!("usage: fault-tablet LIFE (as JSON)"))?;
    Ok(serde_json::from_str(&argument)?)
}
