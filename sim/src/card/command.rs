//! `sim card --persona NAME`: the command line.

use std::io::{self, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, ValueEnum};
use virtual_card::{Behaviour, CONTACTLESS_ATR, EndOfFile, Persona, Token, VirtualCard};

use super::store::{default_data_dir, load_or_create};
use super::vpcd::{Plugged, VPCD_PORT, plug, plug_in};

/// Put a virtual My Number card of an invented person on the virtual reader (training only).
#[derive(Debug, Args)]
pub struct CardArgs {
    /// Whose card; see --list.
    #[arg(long, required_unless_present = "list")]
    pub persona: Option<String>,
    /// Folder with the installation's card material; made at the first run.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// TCP port on which the vpcd reader driver waits for a card.
    #[arg(long, default_value_t = VPCD_PORT)]
    pub port: u16,
    /// The network namespace in which the reader listens (`/proc/PID/ns/net` of its pcscd).
    #[arg(long, value_name = "FILE")]
    pub namespace: Option<PathBuf>,
    /// List the personas and end.
    #[arg(long)]
    pub list: bool,
    /// Behave like a card of another maker, or like no card at all.
    #[arg(long, value_enum, default_value_t = Imitate::Reference)]
    pub imitate: Imitate,
    /// Leave the reader after this many commands.
    #[arg(long, value_name = "N")]
    pub pull_after: Option<u32>,
    /// Take this long for every answer.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub delay_ms: u32,
}

/// Cards that are not the reference card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Imitate {
    /// The reference card.
    Reference,
    /// The ATR of a contactless reader.
    Contactless,
    /// `6282` at the end of a file.
    EofWarning,
    /// Lengths in longer forms than needed, and filler.
    LongLengths,
    /// No short file identifiers, and short answers.
    NoShortEf,
    /// The certificate of an Android phone.
    AndroidPhone,
    /// The old 住民基本台帳カード.
    OldJukiCard,
    /// Some other card without any of the applications.
    Foreign,
    /// The authentication PIN is blocked.
    PinBlocked,
}

impl Imitate {
    /// The behaviour behind the name.
    #[must_use]
    pub fn behaviour(self) -> Behaviour {
        let plain = Behaviour::default();
        match self {
            Self::Reference => plain,
            Self::Contactless => Behaviour { atr: CONTACTLESS_ATR.to_vec(), ..plain },
            Self::EofWarning => Behaviour { end_of_file: EndOfFile::Warning, ..plain },
            Self::LongLengths => Behaviour { long_form_lengths: true, filler: 64, ..plain },
            Self::NoShortEf => Behaviour { refuses_short_ef: true, most_bytes_per_read: Some(128), ..plain },
            Self::AndroidPhone => Behaviour { token: Token::Android, ..plain },
            Self::OldJukiCard => Behaviour { token: Token::OldJukiCard, ..plain },
            Self::Foreign => Behaviour { foreign: true, ..plain },
            Self::PinBlocked => Behaviour { auth_pin_blocked: true, ..plain },
        }
    }
}

/// Runs `sim card`: plugs the card in, says what it is, and pulls it at Ctrl-C, SIGTERM or when the reader goes.
///
/// # Errors
/// An unknown persona, unusable card material, or no reader on the port.
pub fn run(args: CardArgs) -> Result<()> {
    if args.list {
        return list();
    }
    let Some(name) = args.persona.as_deref() else { bail!("choosing a card: give --persona, or --list to see them") };
    let persona = Persona::named(name).with_context(|| "choosing a card (--list shows the personas)")?;
    let now = unix_seconds()?;
    let dir = args.data.map_or_else(default_data_dir, Ok)?;
    let material = load_or_create(&dir, now)?;
    let behaviour =
        Behaviour { pulled_after: args.pull_after, answer_delay_ms: args.delay_ms, ..args.imitate.behaviour() };
    let card = VirtualCard::new(&persona, &material, behaviour, now)?;
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let plugged = match &args.namespace {
        Some(namespace) => plug_in(card, at, namespace),
        None => plug(card, at),
    };
    let plugged = plugged.with_context(|| {
        format!("putting the card on port {}: is pcscd running, with the package vsmartcard-vpcd?", args.port)
    })?;
    say(&persona, now)?;
    wait_for_end(plugged)
}

fn list() -> Result<()> {
    let mut out = io::stdout().lock();
    for persona in Persona::all()? {
        writeln!(out, "{:<11} {}  {}", persona.id, persona.person.name, persona.note)?;
    }
    Ok(())
}

fn say(persona: &Persona, now: i64) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "【訓練用・架空の人物】 {} {}", persona.id, persona.person.name)?;
    writeln!(out, "  {}", persona.note)?;
    writeln!(out, "  暗証番号 {}  照合番号B {}", persona.card.auth_pin, persona.verification_number_b(now)?)?;
    writeln!(out, "The card is on the reader. Ctrl-C takes it away.")?;
    out.flush().map_err(Into::into)
}

/// Signals are awaited on a thread of its own, so that this may also be called from inside a runtime.
fn wait_for_end(plugged: Plugged) -> Result<()> {
    let waiter = std::thread::Builder::new().name("card-signals".to_owned()).spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(signal_or_gone(&plugged))
        // Dropping `plugged` here takes the card off the reader.
    })?;
    waiter.join().map_err(|_| anyhow!("waiting for the end of the card"))?
}

#[expect(clippy::disallowed_methods, reason = "an edge: looks every 200 ms whether the reader let go of the card")]
async fn signal_or_gone(plugged: &Plugged) -> Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let gone = async {
        while plugged.is_on_reader() {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended.context("waiting for Ctrl-C"),
        _ = terminate.recv() => Ok(()),
        () = gone => Ok(()),
    }
}

#[expect(clippy::disallowed_methods, reason = "a program's edge: certificates are made relative to today")]
fn unix_seconds() -> Result<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).context("reading the clock")?;
    i64::try_from(since.as_secs()).context("reading the clock")
}
