//! A storm of reconnects: 1,000 tablets at once through 5 % loss and 100 ms there and back, ours against bare TCP with TLS.
//! How long until the last one stands?

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use futures::future::try_join_all;
use lossy_link::Profile;
use quic_link::LinkConfig;

use crate::Plan;
use crate::bed::{Bed, Installation, moment};
use crate::figures::Spread;
use crate::ours::{self, Tablet};
use crate::peer;
use crate::report::{Row, say};
use crate::settings::{self, Setting};

const RTT: Duration = Duration::from_millis(100);
const LOSS: f64 = 0.05;
const TABLETS: usize = 1_000;
/// Dials of one tablet. More would mean that no link stands at all.
const ATTEMPTS: u32 = 3;

pub(crate) fn run(plan: Plan) -> Result<Vec<Row>> {
    let installation = Installation::new()?;
    let settings = if plan.settings { settings::beginnings() } else { Vec::new() };
    let mut beside_tcp = Vec::new();
    let mut beside_setting = vec![Vec::new(); settings.len()];
    for round in 0..plan.rounds {
        let seed = plan.seed + u64::from(round);
        let (ours, tcp) = (ours(&installation, &LinkConfig::default(), seed)?, tcp(&installation, seed)?);
        say(&format!("storm, round {}: {ours:.2} s, TCP and TLS {tcp:.2} s", round + 1));
        for ((name, config), pairs) in settings.iter().zip(&mut beside_setting) {
            let other = self::ours(&installation, config, seed)?;
            say(&format!("  {name}: {other:.2} s"));
            pairs.push((ours, other));
        }
        beside_tcp.push((ours, tcp));
    }
    let mut rows = vec![row("TCP and TLS", &beside_tcp)];
    rows.extend(settings.iter().zip(&beside_setting).map(|((name, _), pairs): (&Setting, _)| row(name, pairs)));
    Ok(rows)
}

fn row(beside: &str, rounds: &[(f64, f64)]) -> Row {
    Row {
        scenario: "storm",
        figure: format!("{TABLETS} tablets connected, beside {beside}"),
        unit: "s",
        ours: Spread::of(rounds.iter().map(|(ours, _)| *ours)),
        peer: Some(Spread::of(rounds.iter().map(|(_, peer)| *peer))),
        ratio: Some(Spread::of(rounds.iter().map(|(ours, peer)| ours / peer))),
        limit: None,
        count: rounds.len() * TABLETS,
    }
}

fn ours(installation: &Arc<Installation>, config: &LinkConfig, seed: u64) -> Result<f64> {
    let bed = Bed::new(Profile::lossy(RTT, LOSS), seed)?;
    let (at_server, at_tablets) = (installation.clone(), installation.clone());
    // The cap on handshakes is the server's defence, measured elsewhere; here it is the link's speed.
    let server = LinkConfig { max_handshakes: TABLETS, max_unproved_handshakes: TABLETS, ..config.clone() };
    let config = config.clone();
    bed.far(async move { ours::serve(&at_server, server) })?;
    bed.near(async move {
        let begun = moment();
        let connecting = (0..TABLETS).map(|_| persistent(&at_tablets, &config));
        let tablets = try_join_all(connecting).await.context("connecting the tablets")?;
        let took = begun.elapsed();
        drop(tablets);
        Ok(took.as_secs_f64())
    })
}

/// Dials until it stands, as a tablet does; what a failed attempt took counts.
async fn persistent(installation: &Installation, config: &LinkConfig) -> Result<Tablet> {
    let mut attempt = 1;
    loop {
        match Tablet::connect(installation, config).await {
            Err(_) if attempt < ATTEMPTS => attempt += 1,
            connected => return connected,
        }
    }
}

fn tcp(installation: &Arc<Installation>, seed: u64) -> Result<f64> {
    let bed = Bed::new(Profile::lossy(RTT, LOSS), seed)?;
    let (at_server, at_clients) = (installation.clone(), installation.clone());
    bed.far(async move { peer::serve(&at_server).await })?;
    bed.near(async move {
        let tls = peer::connector(&at_clients)?;
        let begun = moment();
        let streams = try_join_all((0..TABLETS).map(|_| peer::connect_tls(&tls))).await.context("connecting by TCP")?;
        let took = begun.elapsed();
        drop(streams);
        Ok(took.as_secs_f64())
    })
}
