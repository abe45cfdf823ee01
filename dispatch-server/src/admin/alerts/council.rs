//! `alerts new-key | sign | trust | check | install`: rule files of a medical control council (地域MC協議会).

use super::super::cli::{DataArgs, JsonArgs};
use super::super::departments::check_text;
use super::{Desk, exit, output};
use crate::data_dir::DataDir;
use crate::edge::write_whole;
use crate::rules::{Council, RulesDir, RulesError};
use anyhow::{Context as _, Result, ensure};
use field_alerts::RuleTable;
use field_alerts::signed::{KEY_BYTES, MAX_TABLE_BYTES, SIGNATURE_BYTES, SigningKey};
use serde::Serialize;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Bytes of a key or signature file at most: the hexadecimal text and a line's end.
const HEX_FILE_BYTES: usize = 1024;

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct NewKeyArgs {
    /// Where the secret key goes (hexadecimal, mode 0600); the file must not exist.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct SignArgs {
    /// The rule file (TOML); it is checked first.
    file: PathBuf,
    /// The council's secret key, made by `new-key`.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Where the signature goes (hexadecimal); the rule file's name with `.sig` when left out.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct TrustArgs {
    /// The council's name.
    name: String,
    /// Its public key, 64 hexadecimal digits, as `new-key` prints it.
    #[arg(long, value_name = "HEX")]
    key: String,
    /// Check only; nothing is changed.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// The rule file (TOML).
    file: PathBuf,
    /// Its signature; then also signature, version and switches are checked against the installation.
    #[arg(long, value_name = "FILE", requires = "data")]
    signature: Option<PathBuf>,
    /// The data directory that the signature is checked against.
    #[arg(long, value_name = "DIR", requires = "signature")]
    data: Option<PathBuf>,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct InstallArgs {
    /// The rule file (TOML).
    file: PathBuf,
    /// Its signature; the rule file's name with `.sig` when left out.
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    /// Check only; nothing is changed.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    json: JsonArgs,
}

#[derive(Serialize)]
struct KeyOut {
    public_key: String,
}

#[derive(Serialize)]
struct TableOut {
    ok: bool,
    version: Option<String>,
    sha256: Option<String>,
    authority: Option<String>,
    rules: Option<usize>,
    /// Why it is refused, the outermost reason first.
    refused: Vec<String>,
    installed: bool,
}

impl TableOut {
    fn taken(table: &RuleTable, installed: bool) -> Self {
        Self {
            ok: true,
            version: Some(table.version().to_owned()),
            sha256: Some(table.sha256().to_owned()),
            authority: Some(table.authority().to_owned()),
            rules: Some(table.rules().len()),
            refused: Vec::new(),
            installed,
        }
    }
    fn refused(error: &anyhow::Error) -> Self {
        let refused = error.chain().map(ToString::to_string).collect();
        Self { ok: false, version: None, sha256: None, authority: None, rules: None, refused, installed: false }
    }
    fn lines(&self) -> String {
        match (&self.version, &self.sha256, self.rules) {
            (Some(version), Some(sha256), Some(rules)) => {
                let done = if self.installed { "導入しました（次の起動から有効）" } else { "正常" };
                format!("版 {version}\t規則 {rules}件\t{sha256}\t{done}\n")
            }
            _ => format!("不可: {}\n", self.refused.join(": ")),
        }
    }
}

pub(super) fn new_key(args: &NewKeyArgs) -> Result<u8> {
    let mut seed = Zeroizing::new([0_u8; KEY_BYTES]);
    getrandom::fill(&mut *seed).context("take random numbers from the system")?;
    let public = SigningKey::from_seed(&seed).and_then(|key| key.public()).context("make a key")?;
    let what = || format!("write the secret key to {}", args.out.display());
    let text = Zeroizing::new(format!("{}\n", Zeroizing::new(hex::encode(*seed)).as_str()));
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&args.out).with_context(what)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).with_context(what)?;
    let out = KeyOut { public_key: public.to_string() };
    output::result(args.json.json.as_deref(), &out, &format!("公開鍵 {}\n", out.public_key))?;
    Ok(exit::DONE)
}

pub(super) fn sign(args: &SignArgs) -> Result<u8> {
    let text = output::read_text_input(&args.file, MAX_TABLE_BYTES)?;
    let table = RuleTable::load(&text).with_context(|| format!("check {} before signing", args.file.display()))?;
    let seed = Zeroizing::new(read_hex::<KEY_BYTES>(&args.key, "a secret key")?);
    let key = SigningKey::from_seed(&seed).with_context(|| format!("use the key in {}", args.key.display()))?;
    let signature = format!("{}\n", hex::encode(key.sign(text.as_bytes())));
    let target = args.out.clone().unwrap_or_else(|| signature_beside(&args.file));
    write_whole(&target, signature.as_bytes()).with_context(|| format!("write {}", target.display()))?;
    let out = TableOut::taken(&table, false);
    let lines = format!("版 {} に署名しました: {}\n", table.version(), target.display());
    output::result(args.json.json.as_deref(), &out, &lines)?;
    Ok(exit::DONE)
}

pub(super) fn trust(args: &TrustArgs) -> Result<u8> {
    let data = DataDir::new(&args.data.data);
    let desk = Desk::new(data.installation()?.training)?;
    check_text("the council's name", &args.name)?;
    let key = decode::<KEY_BYTES>(&args.key)
        .with_context(|| format!("read --key: expected {} hexadecimal digits", 2 * KEY_BYTES))?;
    let council = Council { name: args.name.clone(), key, since: desk.call().now().tokyo_rfc3339() };
    let rules = RulesDir::of(&data);
    if !args.dry_run {
        rules.trust(council.clone())?;
    }
    let done = if args.dry_run { "確認だけ" } else { "信頼します" };
    output::result(args.json.json.as_deref(), &council, &format!("{}\t{done}\n", council.name))?;
    Ok(exit::DONE)
}

pub(super) fn check(args: &CheckArgs) -> Result<u8> {
    let text = output::read_input(&args.file, MAX_TABLE_BYTES)?;
    let checked = match (&args.signature, &args.data) {
        (Some(signature), Some(data)) => {
            let data = DataDir::new(data);
            data.installation()?;
            against(&data, &text, signature)?
        }
        _ => core::str::from_utf8(&text).map_err(Into::into).and_then(|text| RuleTable::load(text).map_err(Into::into)),
    };
    let out = match &checked {
        Ok(table) => TableOut::taken(table, false),
        Err(error) => TableOut::refused(error),
    };
    output::result(args.json.json.as_deref(), &out, &out.lines())?;
    Ok(if out.ok { exit::DONE } else { exit::CHECK_FAILED })
}

/// The outer error is of the installation; the inner one a refusal of what was offered.
fn against(data: &DataDir, text: &[u8], signature: &Path) -> Result<Result<RuleTable>> {
    let signature = read_hex::<SIGNATURE_BYTES>(signature, "a signature")?;
    match RulesDir::of(data).check(text, &signature) {
        Err(refused @ (RulesError::Offered(_) | RulesError::Switches(_))) => Ok(Err(refused.into())),
        other => Ok(Ok(other?)),
    }
}

pub(super) fn install(args: &InstallArgs) -> Result<u8> {
    let data = DataDir::new(&args.data.data);
    let desk = Desk::new(data.installation()?.training)?;
    let text = output::read_input(&args.file, MAX_TABLE_BYTES)?;
    let signature = args.signature.clone().unwrap_or_else(|| signature_beside(&args.file));
    let signature = read_hex::<SIGNATURE_BYTES>(&signature, "a signature")?;
    let rules = RulesDir::of(&data);
    let taken = if args.dry_run {
        rules.check(&text, &signature)
    } else {
        rules.install(&text, &signature, desk.call().now().tokyo_rfc3339())
    };
    let table = taken.with_context(|| format!("install {}", args.file.display()))?;
    let out = TableOut::taken(&table, !args.dry_run);
    output::result(args.json.json.as_deref(), &out, &out.lines())?;
    Ok(exit::DONE)
}

fn signature_beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

fn read_hex<const N: usize>(path: &Path, what: &str) -> Result<[u8; N]> {
    let text = Zeroizing::new(output::read_text_input(path, HEX_FILE_BYTES)?);
    decode(text.trim())
        .with_context(|| format!("read {}: expected {what}, {} hexadecimal digits", path.display(), 2 * N))
}

fn decode<const N: usize>(text: &str) -> Result<[u8; N]> {
    ensure!(text.len() == 2 * N, "{} characters", text.chars().count());
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes)?;
    Ok(bytes)
}
