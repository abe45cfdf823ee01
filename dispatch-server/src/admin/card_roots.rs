//! `card-roots`: whose card certificates the server takes.

use super::cli::DataJson;
use super::{exit, output};
use crate::card_roots::{CardRoots, FOLDER, add, files};
use crate::data_dir::DataDir;
use anyhow::Result;
use serde::Serialize;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, clap::Subcommand)]
pub(crate) enum CardRootsCommand {
    /// Take the certificate of an issuer of cards (DER). In a training installation: the test CA of the virtual cards; in a
    /// live one: a public root that this program does not carry yet. Counts from the next start of the server.
    Add {
        /// The certificate.
        file: PathBuf,
        #[command(flatten)]
        io: DataJson,
    },
    /// List the roots that were taken, and say whether certificates are checked.
    List {
        #[command(flatten)]
        io: DataJson,
    },
}

#[derive(Serialize)]
struct Roots {
    files: Vec<PathBuf>,
    checked: bool,
}

/// Takes an issuer's certificate into an installation; where it lies now.
///
/// # Errors
/// A file that is no certificate of a CA, a test CA in a live installation.
pub fn trust_cards(data: &DataDir, file: &Path) -> Result<PathBuf> {
    let training = data.installation()?.training;
    Ok(add(&data.path().join(FOLDER), training, file)?)
}

pub(super) fn run(command: CardRootsCommand) -> Result<u8> {
    let (data, json) = match command {
        CardRootsCommand::Add { file, io: DataJson { data, json } } => {
            trust_cards(&DataDir::new(&data.data), &file)?;
            (data, json)
        }
        CardRootsCommand::List { io: DataJson { data, json } } => (data, json),
    };
    let data = DataDir::new(data.data);
    let folder = data.path().join(FOLDER);
    let roots = CardRoots::load(&folder, data.installation()?.training)?;
    let files = files(&folder)?;
    let mut lines: String = files.iter().map(|file| format!("{}\n", file.display())).collect();
    lines.push_str(&roots.said());
    lines.push('\n');
    output::result(json.json.as_deref(), &Roots { files, checked: roots.anchors().is_some() }, &lines)?;
    Ok(exit::DONE)
}
