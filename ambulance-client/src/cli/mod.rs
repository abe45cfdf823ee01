//! The command line of the tablet's program.

pub mod card_check;
pub mod headless;
pub mod keys;
mod kiosk;
pub mod link_check;
pub mod secure;
pub mod window;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// The tablet of an ambulance unit: reads the card, asks for the history, suggests hospitals; works without radio.
#[derive(Debug, Parser)]
#[command(name = "ambulance-client", version)]
pub struct Cli {
    /// The tablet's folder, or the tablet.toml in it, as `dispatch-server units enrol` made it.
    #[arg(long, global = true, value_name = "FOLDER")]
    pub config: Option<PathBuf>,
    /// Run a script without a window.
    #[arg(long, value_name = "SCRIPT")]
    pub headless: Option<PathBuf>,
    /// Run a script in the window.
    #[arg(long, value_name = "SCRIPT", conflicts_with = "headless")]
    pub script: Option<PathBuf>,
    /// Save the script's pictures in this folder.
    #[arg(long, value_name = "FOLDER", requires = "script")]
    pub pictures: Option<PathBuf>,
    /// Write the script's report; "-" is standard output.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Let a debugger or test read this process's memory; only in a training installation.
    #[arg(long)]
    pub inspectable: bool,
    /// Stay after the script's end until told to stop.
    #[arg(long)]
    pub keep: bool,
    /// Print the JSON Schema of a script.
    #[arg(long)]
    pub schema: bool,
    /// Print a full example of a script.
    #[arg(long)]
    pub example: bool,
    /// What else to do.
    #[command(subcommand)]
    pub command: Option<Sub>,
}

/// Other things than the tablet itself.
#[derive(Debug, Subcommand)]
pub enum Sub {
    /// The crew's test at the start of a shift: reader, card, certificate. Ends within 15 s.
    CardCheck {
        /// Write the result as JSON; "-" is standard output.
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
    /// Says within five seconds what is wrong with the way to the server.
    LinkCheck(LinkCheckArgs),
}

/// What `link-check` takes.
#[derive(Debug, Args)]
pub struct LinkCheckArgs {
    /// Another server than the first in the tablet's settings.
    #[arg(long, value_name = "HOST:PORT")]
    pub server: Option<String>,
    /// Language of the sentences.
    #[arg(long, value_enum, default_value_t = Lang::Ja)]
    pub lang: Lang,
    /// Write the result as JSON; "-" is standard output.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Print the JSON Schema of the result.
    #[arg(long)]
    pub schema: bool,
    /// Print an example of the result.
    #[arg(long)]
    pub example: bool,
}

/// Language of sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lang {
    /// 日本語.
    Ja,
    /// English.
    En,
}

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything as wanted.
    Success,
    /// A stated check failed.
    CheckFailed,
}

/// The folder that `--config` names.
///
/// # Errors
/// When it was not given.
pub fn folder(cli: &Cli) -> Result<PathBuf> {
    let given = cli
        .config
        .clone()
        .context("which tablet? give its folder with --config FOLDER (made by `dispatch-server units enrol`)")?;
    let is_file = given.file_name().is_some_and(|name| name == ambulance_runtime::settings::FILE);
    Ok(if is_file { given.parent().unwrap_or(Path::new(".")).to_path_buf() } else { given })
}

/// Writes JSON to a file, or to standard output for "-".
///
/// # Errors
/// When the file cannot be written.
pub fn write_json<T: serde::Serialize>(path: &Path, value: &T) -> Result<()> {
    let mut text = serde_json::to_string_pretty(value).context("write JSON")?;
    text.push('\n');
    if path == Path::new("-") {
        say(&text);
        return Ok(());
    }
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    std::fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

/// Prints to standard output; a closed pipe is nobody's loss.
pub fn say(text: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _closed = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
