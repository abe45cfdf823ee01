//! `sim report`: renders one report, or several beside each other.

use super::files::{EXAMPLE, SCHEMA, read, write};
use super::several;
use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// Reports beside each other; more are hard to read.
const MOST_BESIDE: usize = 8;

/// Renders reports that commands wrote with `--json`.
#[derive(Clone, Debug, clap::Args)]
pub struct ReportArgs {
    /// Reports; several are put beside each other, the first is what the others are compared with.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Write one HTML page, which opens offline; "-" is standard output.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Print the JSON Schema of a report and end.
    #[arg(long)]
    pub schema: bool,
    /// Print a report with every field and end.
    #[arg(long)]
    pub example: bool,
}

/// Renders. False when a limit of a report was missed, as the command that wrote it said.
///
/// # Errors
/// No report, a file that is none, a file that cannot be written.
pub fn run(args: &ReportArgs) -> Result<bool> {
    if args.schema || args.example {
        write(Path::new("-"), if args.schema { SCHEMA } else { EXAMPLE })?;
        return Ok(true);
    }
    if args.files.is_empty() {
        bail!("name a report that a command wrote with --json FILE");
    }
    if args.files.len() > MOST_BESIDE {
        bail!("{} reports; at most {MOST_BESIDE} stand beside each other", args.files.len());
    }
    let reports = args.files.iter().map(|file| read(file)).collect::<Result<Vec<_>>>()?;
    let report = match reports.as_slice() {
        [one] => one.clone(),
        many => several::beside(many),
    };
    report.deliver(&super::Output { json: None, html: args.html.clone() })
}
