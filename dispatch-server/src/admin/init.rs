//! `init`: a new installation.

use super::accounts::{MadeAccount, make_account};
use super::cli::JsonArgs;
use super::{Desk, exit, output};
use crate::data_dir::{DataDir, Installation};
use crate::edge::system_time;
use crate::store::SqliteStore;
use anyhow::{Context as _, Result};
use dispatch_core::{PrincipalKind, Role, Scope};
use pki::CertificateAuthority;
use serde::Serialize;
use std::net::IpAddr;
use std::path::PathBuf;

/// Names that every server certificate carries.
const LOCAL_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// The directory to make; it must be new or empty.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Make a training installation (訓練). This can never be changed.
    #[arg(long)]
    training: bool,
    /// A further name or address of the server, for its certificate; may be repeated. The first is what tablets are told.
    #[arg(long = "name", value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    json: JsonArgs,
}

/// A made installation.
#[derive(Serialize)]
pub struct InitDone {
    /// 訓練.
    pub training: bool,
    /// The first administrator's account, with the one-time passcode.
    pub administrator: MadeAccount,
}

/// Makes an installation.
///
/// # Errors
/// A directory that is not empty, a name that is none; what was written until then stays for inspection.
pub async fn init(data: &DataDir, training: bool, names: &[String]) -> Result<InitDone> {
    data.make()?;
    let server_names = server_names(names);
    let what = if training { "訓練 dispatch authority" } else { "dispatch authority" };
    let authority = CertificateAuthority::create(what, training, system_time()).context("make the authority")?;
    authority.save(&data.authority()).context("write the authority")?;
    let addresses: Vec<IpAddr> = server_names.iter().filter_map(|name| name.parse().ok()).collect();
    let dns: Vec<&str> =
        server_names.iter().filter(|name| name.parse::<IpAddr>().is_err()).map(String::as_str).collect();
    let credential =
        authority.issue_server(&dns, &addresses, system_time()).context("make the server's certificate")?;
    let (certificate, key) = data.server_files();
    credential.save(&certificate, &key).context("write the server's certificate")?;
    // Made now, so that the first server finds it.
    drop(data.nonce_secret().context("make the secret for nonces")?);
    drop(data.factor_key().context("make the key for second factors")?);
    let (database, keys) = data.databases();
    let store = SqliteStore::open(&database, &keys, true).await?;
    let desk = Desk::new(training)?;
    let roles = [Role::Operations, Role::DepartmentAdmin].into();
    let administrator =
        make_account(&store, &desk, "admin", "システム管理者", (PrincipalKind::Dispatcher, Scope::Installation, roles))
            .await?;
    store.close().await;
    data.save_installation(&Installation { training, server_names })?;
    Ok(InitDone { training, administrator })
}

fn server_names(names: &[String]) -> Vec<String> {
    let mut all = names.to_vec();
    for local in LOCAL_NAMES {
        if !all.iter().any(|name| name == local) {
            all.push(local.to_owned());
        }
    }
    all
}

pub(super) async fn run(args: InitArgs) -> Result<u8> {
    let data = DataDir::new(&args.data);
    let done = init(&data, args.training, &args.names).await?;
    let kind = if done.training { "訓練用" } else { "本番用" };
    let lines = format!(
        "{kind}のデータを {} に作りました。\n管理者: {}\n一度だけ表示するパスコード: {}\n",
        args.data.display(),
        done.administrator.login,
        done.administrator.passcode.as_str()
    );
    output::result(args.json.json.as_deref(), &done, &lines)?;
    Ok(exit::DONE)
}
