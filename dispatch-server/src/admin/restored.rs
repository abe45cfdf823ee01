//! `restored`: the data was put back from a backup.

use super::cli::{DataArgs, JsonArgs};
use super::{Desk, exit, output};
use crate::data_dir::DataDir;
use anyhow::{Context as _, Result};
use model::StoreId;
use serde::Serialize;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RestoredArgs {
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct RestoredDone {
    /// The store's new life.
    store: StoreId,
}

pub(super) async fn run(args: RestoredArgs) -> Result<u8> {
    let data = DataDir::new(&args.data.data);
    let training = data.installation()?.training;
    // A server that runs would go on in its earlier life.
    let lock = data.lock().context("begin another life of the store: stop the server first")?;
    let desk = Desk::new(training)?;
    let store = data.open_store().await?;
    let life = store.begin_life(desk.call().now()).await.context("begin another life of the store")?;
    store.close().await;
    drop(lock);
    let lines = format!(
        "バックアップから戻したことを記録しました（{life}）。\n\
         端末は次につながったとき、ほかの人の記録を読みなおし、サーバーに欠けている自分の記録を送りなおします。\n\
         サーバーを起動してください。\n"
    );
    output::result(args.json.json.as_deref(), &RestoredDone { store: life }, &lines)?;
    Ok(exit::DONE)
}
