//! `tokens`: tokens of machines. One is printed once and never stored.

use super::cli::{DataArgs, DataJson};
use super::departments::department_by;
use super::{Desk, exit, output};
use crate::data_dir::DataDir;
use crate::secrets::new_token;
use anyhow::{Context as _, Result};
use dispatch_core::{MachineToken, NewToken, Principal, TokenUse, add_token, end_token, tokens};
use model::{CrewId, Timestamp};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use zeroize::Zeroizing;

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum TokensCommand {
    /// Make a token; it is printed once.
    Add {
        /// What its holder is called.
        name: String,
        /// The department, by name or id.
        #[arg(long, value_name = "DEPARTMENT")]
        department: String,
        /// What it opens: `cad` incidents and units, `capacity` the feed of hospitals, `statistics` the figures.
        #[arg(long, value_name = "cad|capacity|statistics", value_parser = purpose)]
        purpose: TokenUse,
        /// After so many days it opens nothing any more.
        #[arg(long, default_value_t = 90)]
        days: i64,
        #[command(flatten)]
        io: DataJson,
    },
    /// List a department's tokens, also those that have ended.
    List {
        /// The department, by name or id.
        #[arg(long, value_name = "DEPARTMENT")]
        department: String,
        #[command(flatten)]
        io: DataJson,
    },
    /// End a token: it opens nothing from the next request on.
    End {
        /// Its id, as `list` prints it.
        id: CrewId,
        /// The department, by name or id.
        #[arg(long, value_name = "DEPARTMENT")]
        department: String,
        #[command(flatten)]
        data: DataArgs,
    },
}

fn purpose(text: &str) -> Result<TokenUse, String> {
    TokenUse::from_key(text).ok_or_else(|| "expected cad, capacity or statistics".to_owned())
}

#[derive(Serialize)]
struct TokenOut {
    id: CrewId,
    name: String,
    purpose: &'static str,
    made_at: String,
    until: String,
    stands: bool,
    /// Only when it was just made.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<Zeroizing<String>>,
}

impl TokenOut {
    fn new(of: MachineToken, now: Timestamp, token: Option<Zeroizing<String>>) -> Self {
        let stands = of.stands(now);
        let (made_at, until) = (of.made_at.tokyo_rfc3339(), of.until.tokyo_rfc3339());
        Self { id: of.account, name: of.name, purpose: of.purpose.key(), made_at, until, stands, token }
    }
    fn line(&self) -> String {
        let state = if self.stands { "有効" } else { "終了" };
        format!("{}\t{}\t{}\t{}\t{state}", self.id, self.name, self.purpose, self.until)
    }
}

pub(super) async fn run(command: TokensCommand) -> Result<u8> {
    match command {
        TokensCommand::Add { name, department, purpose, days, io: DataJson { data, json } } => {
            let data = DataDir::new(data.data);
            let desk = Desk::new(data.installation()?.training)?;
            let store = data.open_store().await?;
            let department = department_by(&store, &department).await?.id;
            let token = new_token().context("take random numbers from the system")?;
            let hash = Sha256::digest(token.as_bytes()).into();
            let new = NewToken { department, name, purpose, days, hash };
            let mut call = desk.call();
            let made = add_token(&store, &mut call, &Principal::system(), new).await.context("make the token")?;
            let out = TokenOut::new(made, call.now(), Some(token));
            store.close().await;
            let shown = out.token.as_ref().map_or("", |token| token.as_str());
            output::result(json.json.as_deref(), &out, &format!("{}\n{shown}\n", out.line()))?;
        }
        TokensCommand::List { department, io: DataJson { data, json } } => {
            let data = DataDir::new(data.data);
            let now = Desk::new(data.installation()?.training)?.call().now();
            let store = data.open_store().await?;
            let department = department_by(&store, &department).await?.id;
            let list = tokens(&store, &Principal::system(), department).await?;
            store.close().await;
            let list: Vec<TokenOut> = list.into_iter().map(|of| TokenOut::new(of, now, None)).collect();
            let mut lines = String::new();
            for token in &list {
                writeln!(lines, "{}", token.line())?;
            }
            output::result(json.json.as_deref(), &list, &lines)?;
        }
        TokensCommand::End { id, department, data } => {
            let data = DataDir::new(data.data);
            let desk = Desk::new(data.installation()?.training)?;
            let store = data.open_store().await?;
            let department = department_by(&store, &department).await?.id;
            end_token(&store, &desk.call(), &Principal::system(), department, id).await.context("end the token")?;
            store.close().await;
        }
    }
    Ok(exit::DONE)
}
