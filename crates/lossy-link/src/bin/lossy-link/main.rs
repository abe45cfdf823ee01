//! A bad link by hand: a UDP relay in front of a server, or two network namespaces with the link between them.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool")]

mod conditions;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use lossy_link::{Counts, FAR, NEAR, TunLink, UdpRelay};

use conditions::Conditions;

/// How often the counts are shown.
const SHOW_EVERY: Duration = Duration::from_secs(1);

/// A bad radio link in user space: delay, loss, bursts, copies, reordering, a narrow rate. Runs until Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "lossy-link", version)]
struct Cli {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// Carries UDP (QUIC) between whoever dials `--listen` and one server. Each client has a link of its own.
    Udp {
        /// The server.
        #[arg(long)]
        server: SocketAddr,
        /// Where clients dial.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
        /// Gives every client another address towards the server this often, in seconds.
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
        move_every: Option<u64>,
        #[command(flatten)]
        common: Common,
    },
    /// Joins two network namespaces, for any protocol. Needs root, or `unshare --user --map-root-user --net`.
    Tun {
        #[command(flatten)]
        common: Common,
    },
}

#[derive(Debug, Args)]
struct Common {
    #[command(flatten)]
    conditions: Conditions,
    /// Decides every packet's fate, in the order of the packets.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Writes the counts of packets to this file at the end.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    match run(Cli::parse().kind).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lossy-link: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(kind: Kind) -> Result<()> {
    match kind {
        Kind::Udp { server, listen, move_every, common } => {
            let relay = UdpRelay::start_on(listen, server, common.conditions.profile(), common.seed)
                .with_context(|| format!("listening on {listen} (UDP)"))?;
            println!("clients dial {} instead of {server}", relay.address());
            let mut seconds = 0;
            watch(&common, || {
                seconds += 1;
                if move_every.is_some_and(|every| seconds % every == 0) {
                    relay.move_clients().context("giving the clients another address")?;
                }
                Ok(relay.counts())
            })
            .await
        }
        Kind::Tun { common } => {
            let link = TunLink::start(common.conditions.profile(), common.seed)?;
            let enter = |number| format!("nsenter --net=/proc/{}/fd/{number} COMMAND", std::process::id());
            println!("near end, {NEAR}: {}", enter(link.near().number()));
            println!("far end,  {FAR}: {}", enter(link.far().number()));
            watch(&common, || Ok(link.counts())).await
        }
    }
}

/// Shows the counts until Ctrl-C, then writes them.
async fn watch(common: &Common, mut counts: impl FnMut() -> Result<Counts>) -> Result<()> {
    let mut tick = tokio::time::interval(SHOW_EVERY);
    loop {
        tokio::select! {
            _ = tick.tick() => eprint!("\r{}", line(&counts()?)),
            stop = tokio::signal::ctrl_c() => break stop?,
        }
    }
    let counts = counts()?;
    eprintln!("\r{}", line(&counts));
    match &common.json {
        Some(path) => write(path, &counts),
        None => Ok(()),
    }
}

fn line(counts: &Counts) -> String {
    let way = |name, way: &lossy_link::PathCounts| {
        let lost = way.lost + way.blacked_out + way.dropped;
        format!("{name} {} carried, {lost} lost, {} B queued", way.delivered, way.queued_bytes)
    };
    format!("{}; {}   ", way("up", &counts.up), way("down", &counts.down))
}

#[expect(clippy::disallowed_methods, reason = "the counts are this tool's output")]
fn write(path: &Path, counts: &Counts) -> Result<()> {
    let text = serde_json::to_string_pretty(counts)?;
    std::fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_options_do_not_conflict() {
        super::Cli::command().debug_assert();
    }
}
