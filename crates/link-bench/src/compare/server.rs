//! What a server's process does: it answers questions, counts positions, and tells the count to whoever writes it a line.
#![expect(clippy::print_stdout, reason = "the address and the counts are what the other process waits for")]

use std::io::BufRead;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use clap::Args;
use quic_link::LinkConfig;

use super::{Kind, mqtt};
use crate::bed::Installation;
use crate::{ours, peer};

/// One server of a comparison, started by it.
#[derive(Clone, Debug, Args)]
pub(crate) struct Serve {
    kind: Kind,
    #[arg(long)]
    listen: SocketAddr,
    /// The certificates.
    #[arg(long)]
    folder: PathBuf,
}

/// Serves until the standard input ends.
pub(crate) fn serve(args: &Serve) -> Result<()> {
    let installation = Installation::load(&args.folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let count = Arc::new(AtomicU64::new(0));
    let address = runtime.block_on(async {
        match args.kind {
            Kind::Ours => ours::serve_counting(args.listen, &installation, LinkConfig::default(), count.clone()),
            Kind::Grpc => peer::serve_on(args.listen, &installation, count.clone()).await,
            Kind::Mqtt => mqtt::answer(args.listen, &installation, count.clone()).await.map(|()| args.listen),
        }
    })?;
    println!("{address}");
    for line in std::io::stdin().lock().lines() {
        line?;
        println!("{}", count.load(Ordering::Relaxed));
    }
    Ok(())
}
