//! `second-factor`: registered terminals, and one-time codes for people who have lost their authenticator app.

use super::cli::{DataArgs, DataJson};
use super::{Desk, exit, output};
use crate::data_dir::DataDir;
use crate::secrets::new_passcode;
use anyhow::{Context as _, Result};
use dispatch_core::second_factor::{issue_recovery, revoke_terminal, terminals};
use dispatch_core::store::Directory;
use dispatch_core::{Principal, Scope};
use model::TerminalId;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use zeroize::Zeroizing;

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum SecondFactorCommand {
    /// Issue a one-time code to somebody who has lost their app; it is printed once, and opens one sign-in within half an hour.
    Recovery {
        /// The sign-in name.
        login: String,
        #[command(flatten)]
        io: DataJson,
    },
    /// List the registered terminals.
    Terminals {
        #[command(flatten)]
        io: DataJson,
    },
    /// Revoke a terminal: its next sign-in asks for the code again.
    Revoke {
        /// Its id, as `terminals` prints it.
        id: TerminalId,
        #[command(flatten)]
        data: DataArgs,
    },
}

#[derive(Serialize)]
struct RecoveryOut {
    login: String,
    code: Zeroizing<String>,
    until: String,
}

#[derive(Serialize)]
struct TerminalOut {
    id: TerminalId,
    name: String,
    scope: Scope,
    registered_at: String,
    revoked_at: Option<String>,
}

async fn recovery(data: &DataDir, login: &str) -> Result<RecoveryOut> {
    let desk = Desk::new(data.installation()?.training)?;
    let store = data.open_store().await?;
    let account = store.account_by_login(login).await?;
    let id = account.with_context(|| format!("find the account {login:?}: not known; `crew list` shows all"))?.id;
    let code = new_passcode().context("take random numbers from the system")?;
    let hash = Sha256::digest(code.as_bytes()).into();
    let issued = issue_recovery(&store, &desk.call(), &Principal::system(), id, hash).await;
    let until = issued.with_context(|| format!("issue a one-time code for {login}"))?;
    store.close().await;
    Ok(RecoveryOut { login: login.to_owned(), code, until: until.tokyo_rfc3339() })
}

async fn list(data: &DataDir) -> Result<Vec<TerminalOut>> {
    let store = data.open_store().await?;
    let all = terminals(&store, &Principal::system()).await?;
    store.close().await;
    let out = all.into_iter().map(|terminal| TerminalOut {
        id: terminal.id,
        name: terminal.name,
        scope: terminal.scope,
        registered_at: terminal.registered_at.tokyo_rfc3339(),
        revoked_at: terminal.revoked_at.map(|at| at.tokyo_rfc3339()),
    });
    Ok(out.collect())
}

pub(super) async fn run(command: SecondFactorCommand) -> Result<u8> {
    match command {
        SecondFactorCommand::Recovery { login, io: DataJson { data, json } } => {
            let out = recovery(&DataDir::new(data.data), &login).await?;
            let lines =
                format!("{}\t一度だけ表示する一時コード: {}\t{} まで\n", out.login, out.code.as_str(), out.until);
            output::result(json.json.as_deref(), &out, &lines)?;
        }
        SecondFactorCommand::Terminals { io: DataJson { data, json } } => {
            let out = list(&DataDir::new(data.data)).await?;
            let mut lines = String::new();
            for terminal in &out {
                let state = if terminal.revoked_at.is_some() { "取消" } else { "有効" };
                writeln!(lines, "{}\t{}\t{}\t{state}", terminal.id, terminal.name, terminal.registered_at)?;
            }
            output::result(json.json.as_deref(), &out, &lines)?;
        }
        SecondFactorCommand::Revoke { id, data } => {
            let data = DataDir::new(data.data);
            let desk = Desk::new(data.installation()?.training)?;
            let store = data.open_store().await?;
            revoke_terminal(&store, &desk.call(), &Principal::system(), id).await.context("revoke the terminal")?;
            store.close().await;
        }
    }
    Ok(exit::DONE)
}
