//! `audit verify`.

use super::cli::{DataArgs, JsonArgs};
use super::{exit, output};
use crate::data_dir::DataDir;
use anyhow::Result;
use dispatch_core::store::AuditLog;
use serde::Serialize;
use std::fmt::Write as _;

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum AuditCommand {
    /// Check every chain: exit code 1 and the first faulty place when one is not whole.
    Verify {
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        json: JsonArgs,
    },
}

#[derive(Serialize)]
struct ChainOut {
    chain: String,
    entries: usize,
    /// Begun and never completed: a server was killed in between.
    unfinished: Vec<u64>,
    fault: Option<String>,
}

pub(super) async fn run(command: AuditCommand) -> Result<u8> {
    let AuditCommand::Verify { data, json } = command;
    let store = DataDir::new(data.data).open_store().await?;
    let mut list = Vec::new();
    for (chain, entries) in store.chains().await? {
        let verdict = audit::verify(chain, &entries, &[]);
        let (unfinished, fault) = match verdict {
            Ok(verified) => (verified.unfinished, None),
            Err(fault) => (Vec::new(), Some(fault.to_string())),
        };
        list.push(ChainOut { chain: format!("{chain:?}"), entries: entries.len(), unfinished, fault });
    }
    let mut lines = String::new();
    for chain in &list {
        let verdict = chain.fault.as_deref().unwrap_or("正常");
        writeln!(lines, "{}\t{}件\t未完了{}\t{verdict}", chain.chain, chain.entries, chain.unfinished.len())?;
    }
    output::result(json.json.as_deref(), &list, &lines)?;
    Ok(if list.iter().any(|chain| chain.fault.is_some()) { exit::CHECK_FAILED } else { exit::DONE })
}
