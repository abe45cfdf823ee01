//! `standards`: 実施基準 of prefectures.

use super::cli::DataJson;
use super::{exit, output};
use crate::data_dir::DataDir;
use crate::standards::{FOLDER, keep, load, read};
use anyhow::Result;
use hospital_selection::{HospitalTable, STANDARD_SCHEMA, Standard, example_standard};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct StandardsArgs {
    #[command(subcommand)]
    command: Option<StandardsCommand>,
    #[command(flatten)]
    form: FormArgs,
}

/// What an edition looks like.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct FormArgs {
    /// Print the JSON Schema of an edition: what its TOML holds.
    #[arg(long)]
    schema: bool,
    /// Print an edition with every field.
    #[arg(long)]
    example: bool,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum StandardsCommand {
    /// Take an edition of a prefecture's 実施基準 (TOML; `standards --example` prints one). It counts from the next start of the
    /// server. All or nothing.
    Import {
        /// The edition.
        file: PathBuf,
        /// Check only; nothing is changed.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        io: DataJson,
    },
    /// List the editions that were taken.
    List {
        #[command(flatten)]
        io: DataJson,
    },
}

#[derive(Serialize)]
struct Edition {
    prefecture: String,
    version: String,
    source: String,
    sha256: String,
    lists: usize,
    capabilities: usize,
    turns: usize,
    limits: usize,
}

impl Edition {
    fn of(standard: &Standard) -> Self {
        let [lists, capabilities, turns, limits] = standard.entries();
        Self {
            prefecture: standard.prefecture().to_owned(),
            version: standard.version().to_owned(),
            source: standard.source().to_owned(),
            sha256: standard.sha256().to_owned(),
            lists,
            capabilities,
            turns,
            limits,
        }
    }

    fn line(&self) -> String {
        format!(
            "{} {} 名簿{} 応需体制{} 輪番{} 制限{} {}",
            self.prefecture, self.version, self.lists, self.capabilities, self.turns, self.limits, self.source
        )
    }
}

/// Takes an edition into an installation.
///
/// # Errors
/// A file that is no edition for the hospital table in use.
pub async fn take_standard(data: &DataDir, file: &Path) -> Result<Standard> {
    let (standard, text) = read(file, &table(data).await?)?;
    keep(&data.path().join(FOLDER), &standard, &text)?;
    Ok(standard)
}

/// The hospital table of an installation with its editions.
pub(super) async fn hospitals(data: &DataDir) -> Result<HospitalTable> {
    let table = table(data).await?;
    let standards = load(&data.path().join(FOLDER), &table)?;
    Ok(table.with_standards(standards))
}

async fn table(data: &DataDir) -> Result<HospitalTable> {
    let store = data.open_store().await?;
    let imported = store.imported_hospitals().await;
    store.close().await;
    Ok(imported?.unwrap_or_else(|| HospitalTable::embedded().clone()))
}

pub(super) async fn run(args: StandardsArgs) -> Result<u8> {
    match args.command {
        None => output::print(if args.form.schema { STANDARD_SCHEMA } else { example_standard() })?,
        Some(StandardsCommand::Import { file, dry_run, io: DataJson { data, json } }) => {
            let data = DataDir::new(data.data);
            let standard =
                if dry_run { read(&file, &table(&data).await?)?.0 } else { take_standard(&data, &file).await? };
            let out = Edition::of(&standard);
            let done = if dry_run { "確認だけ" } else { "取り込みました（次の起動から有効）" };
            output::result(json.json.as_deref(), &out, &format!("{} {done}\n", out.line()))?;
        }
        Some(StandardsCommand::List { io: DataJson { data, json } }) => {
            let data = DataDir::new(data.data);
            let all = load(&data.path().join(FOLDER), &table(&data).await?)?;
            let list: Vec<Edition> = all.editions().iter().map(Edition::of).collect();
            let mut lines = String::new();
            for edition in &list {
                writeln!(lines, "{}", edition.line())?;
            }
            if list.is_empty() {
                lines.push_str("実施基準は取り込まれていません（standards import FILE）\n");
            }
            output::result(json.json.as_deref(), &list, &lines)?;
        }
    }
    Ok(exit::DONE)
}
