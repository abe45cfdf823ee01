//! `link-bench compare`: the same questions and positions over our link, gRPC and MQTT, one after the other in alternating rounds.
//!
//! *In:* connections, rates, rounds. *Out:* JSON with every round of every link on every network; `sim compare` makes the
//! report of it. Each server is a process of its own, so that the system can tell what it costs.
//!
//! On a clean network (the loopback) also how much goes through at most; on the bad one (two namespaces joined by `lossy-link`) only
//! a fixed rate, because at most it would measure the bad network. At a fixed rate latency counts from the moment at which a
//! question was meant to be asked. What cannot run here (no broker, no right to make namespaces) is named, not failed.

mod child;
mod client;
mod ground;
mod load;
mod mqtt;
mod outcome;
mod proc;
mod server;

use std::time::Duration;

use anyhow::Result;
use clap::Args;

use crate::bed::{Installation, pause};
use crate::report::{print, say};
use child::Children;
use ground::Ground;
use load::Load;
use outcome::{Link, Network, Outcome, Round};

pub(crate) use server::{Serve, serve};

/// After the last handshake, before memory is looked at.
const SETTLE: Duration = Duration::from_millis(500);

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Kind {
    /// Our QUIC link.
    Ours,
    /// tonic: HTTP/2 over TLS.
    Grpc,
    /// A mosquitto broker, and a client that answers.
    Mqtt,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Ours, Self::Grpc, Self::Mqtt];

    /// As it is called in a report.
    const fn name(self) -> &'static str {
        match self {
            Self::Ours => "QUIC link",
            Self::Grpc => "gRPC (tonic)",
            Self::Mqtt => "MQTT (mosquitto)",
        }
    }

    /// As it is called on the command line.
    const fn word(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Grpc => "grpc",
            Self::Mqtt => "mqtt",
        }
    }
}

/// Compares links; prints JSON for `sim compare`.
#[derive(Clone, Debug, Args)]
pub(crate) struct CompareArgs {
    /// Alternating rounds.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// The first seed of the bad network; round n takes the n-th after it.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Connections on the clean network.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    connections: u32,
    /// Questions per second at the fixed rate on the clean network.
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    rate: u32,
    /// Positions per second on the clean network. 5,334 units every 5 s are 1,067.
    #[arg(long, default_value_t = 1_067, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    positions: u32,
    /// Each measurement lasts so long.
    #[arg(long, default_value_t = 4, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Bytes of an answer.
    #[arg(long, default_value_t = 4_096, value_parser = clap::value_parser!(u32).range(16..=60_000))]
    answer: u32,
    /// Connections on the bad network.
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    bad_connections: u32,
    /// Questions per second on the bad network, and as many positions.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    bad_rate: u32,
    /// Round trip of the bad network.
    #[arg(long, default_value_t = 100, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=5_000))]
    bad_rtt: u64,
    /// Part of the packets that the bad network loses, each way.
    #[arg(long, default_value_t = 0.05, value_name = "PART", value_parser = part)]
    bad_loss: f64,
    /// Leaves out the bad network.
    #[arg(long)]
    clean_only: bool,
}

fn part(text: &str) -> Result<f64, String> {
    let part: f64 = text.parse().map_err(|_| format!("`{text}` is no number"))?;
    if (0.0..=0.5).contains(&part) { Ok(part) } else { Err("a part of the packets is from 0 to 0.5".to_owned()) }
}

/// Runs everything and prints the outcome.
pub(crate) fn run(args: &CompareArgs) -> Result<()> {
    let installation = Installation::new()?;
    let folder = tempfile::tempdir()?;
    installation.save(folder.path())?;
    let mut outcome = Outcome::new(args.rounds, args.seed, args.answer);
    let mut kinds = Kind::ALL.to_vec();
    match child::broker_version() {
        Ok(version) => outcome.broker = Some(version),
        Err(why) => {
            kinds.retain(|kind| *kind != Kind::Mqtt);
            outcome.absent.push(format!("MQTT: {why}"));
        }
    }
    let mut networks = vec![clean(args)];
    match Ground::bad(&bad(args), args.seed) {
        _ if args.clean_only => {}
        Ok(_) => networks.push(bad(args)),
        Err(why) => outcome.absent.push(format!("bad network: {why:#}")),
    }
    for mut network in networks {
        let mut links: Vec<Link> = kinds.iter().map(|kind| Link::new(kind.name())).collect();
        for round in 0..args.rounds {
            for (kind, link) in kinds.iter().zip(&mut links) {
                say(&format!("{}, round {} of {}: {}", network.name, round + 1, args.rounds, kind.name()));
                let ground = Ground::of(&network, args.seed + u64::from(round))?;
                let measured = one(*kind, &ground, &network, (&installation, folder.path()))?;
                say(&format!("  {}", measured.line()));
                link.rounds.push(measured);
            }
        }
        network.links = links.into_iter().map(Link::finished).collect();
        outcome.networks.push(network);
    }
    print(&serde_json::to_string(&outcome)?)
}

fn clean(args: &CompareArgs) -> Network {
    Network {
        name: "clean".to_owned(),
        rtt_ms: 0,
        loss: 0.0,
        connections: args.connections,
        rate: args.rate,
        positions: args.positions,
        seconds: args.seconds,
        answer_bytes: args.answer,
        links: Vec::new(),
    }
}

fn bad(args: &CompareArgs) -> Network {
    Network {
        name: format!("{} ms, {} % loss", args.bad_rtt, args.bad_loss * 100.0),
        rtt_ms: args.bad_rtt,
        loss: args.bad_loss,
        connections: args.bad_connections,
        rate: args.bad_rate,
        positions: args.bad_rate,
        ..clean(args)
    }
}

type Keys<'a> = (&'a std::sync::Arc<Installation>, &'a std::path::Path);

/// One link on one network, once, with a server of its own.
fn one(kind: Kind, ground: &Ground, network: &Network, (installation, folder): Keys<'_>) -> Result<Round> {
    let mut children = Children::start(kind, ground, folder)?;
    let load = Load { network: network.clone(), installation: installation.clone() };
    let empty = children.figures()?;
    let (clients, connect_s) = ground.near({
        let (load, address) = (load.clone(), children.address);
        async move { load.connect(kind, address).await }
    })?;
    // What a handshake left behind is let go first.
    ground.near(async {
        pause(SETTLE).await;
        Ok(())
    })?;
    let connected = children.figures()?;
    let per = |us: u64, n: u64| if n == 0 { f64::NAN } else { us as f64 / n as f64 };
    let many = u64::from(network.connections);
    let mut round = Round {
        connect_s,
        handshake_us: per(connected.cpu_us - empty.cpu_us, many),
        memory_kib: (connected.rss_kib as f64 - empty.rss_kib as f64) / many as f64,
        ..Round::default()
    };
    if network.loss == 0.0 {
        let (before, own) = (children.figures()?, proc::own()?);
        let (load, clients) = (load.clone(), clients.clone());
        let most = ground.near(async move { load.most(&clients).await })?;
        let (after, own_after) = (children.figures()?, proc::own()?);
        round.most = Some(most.with_cpu(after.cpu_us - before.cpu_us, own_after.cpu_us - own.cpu_us));
    }
    let (before, own) = (children.figures()?, proc::own()?);
    let fixed = ground.near({
        let (load, clients) = (load.clone(), clients.clone());
        async move { load.fixed(&clients).await }
    })?;
    let (after, own_after) = (children.figures()?, proc::own()?);
    round.fixed = fixed.with_cpu(after.cpu_us - before.cpu_us, own_after.cpu_us - own.cpu_us);
    let (before, counted) = (children.figures()?, children.positions()?);
    let sent = ground.near({
        let clients = clients.clone();
        async move { load.positions(&clients).await }
    })?;
    let (after, arrived) = (children.figures()?, children.positions()? - counted);
    round.positions = outcome::Positions { sent, arrived, server_us: per(after.cpu_us - before.cpu_us, sent) };
    Ok(round)
}
