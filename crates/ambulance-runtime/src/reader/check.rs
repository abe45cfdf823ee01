//! `card-check`: the crew's test at the start of a shift. Ends within 15 s whatever the card does.

use super::watch::{is_there, read_with_deadline};
use crate::clock::SystemClock;
use card::{CardRead, Chain, Failure, TrustAnchors, Validity};
use model::Clock;
use pcsc::{Context, ReaderState, Scope, State};
use serde::Serialize;
use std::ffi::CString;
use std::sync::mpsc;
use std::time::Duration;

/// The whole check ends after this long, whatever service and card do.
const CHECK_DEADLINE: Duration = Duration::from_secs(15);
/// The service must list its readers within this time.
const LIST_DEADLINE: Duration = Duration::from_secs(4);

const _: () = assert!(LIST_DEADLINE.as_millis() + super::READ_DEADLINE.as_millis() < CHECK_DEADLINE.as_millis());

/// One reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReaderFound {
    /// Its name.
    pub name: String,
    /// A card lies on it.
    pub card_present: bool,
}

/// One thing found wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The reason code.
    pub code: String,
    /// One sentence.
    pub ja: String,
    /// What to do.
    pub next_ja: String,
    /// The same in English.
    pub en: String,
    /// What to do, in English.
    pub next_en: String,
}

impl From<Failure> for Finding {
    fn from(failure: Failure) -> Self {
        Self {
            code: failure.code().to_owned(),
            ja: failure.ja().to_owned(),
            next_ja: failure.next_ja().to_owned(),
            en: failure.en().to_owned(),
            next_en: failure.next_en().to_owned(),
        }
    }
}

/// What the check found.
#[derive(Clone, Debug, Serialize)]
pub struct CardCheck {
    /// A card was read and a look-up could follow.
    pub ok: bool,
    /// Readers.
    pub readers: Vec<ReaderFound>,
    /// A card lies on one of them.
    pub card_present: bool,
    /// `card`, `android-phone`, `iphone`, `old-juki-card`, `unknown`.
    pub kind: Option<String>,
    /// `not-yet-valid`, `valid`, `expired-within-grace`, `expired`.
    pub validity: Option<String>,
    /// First second of the certificate, UTC seconds since 1970.
    pub not_before: Option<i64>,
    /// Last second of the certificate.
    pub not_after: Option<i64>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// How far its chain is trusted.
    pub chain: Option<String>,
    /// The chain leads to an accepted root.
    pub trusted: Option<bool>,
    /// Milliseconds for the reading.
    pub read_ms: Option<u64>,
    /// Milliseconds for everything.
    pub took_ms: u64,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
}

/// Runs the check.
#[must_use]
pub fn check(anchors: TrustAnchors) -> CardCheck {
    let clock = SystemClock::new();
    let began = clock.monotonic();
    let mut report = empty();
    match bounded(LIST_DEADLINE, list) {
        Some(Ok((context, readers))) => {
            report.readers = readers
                .iter()
                .map(|(name, present)| ReaderFound {
                    name: name.to_string_lossy().into_owned(),
                    card_present: *present,
                })
                .collect();
            look(&mut report, &context, &readers, anchors, clock);
        }
        Some(Err(failure)) => report.findings.push(failure.into()),
        None => report.findings.push(Failure::ServiceDown.into()),
    }
    report.ok =
        report.findings.is_empty() || report.findings.iter().all(|f| f.code == Failure::ExpiredWithinGrace.code());
    report.took_ms = clock.monotonic().since_us(began).unwrap_or(0) / 1000;
    report
}

const fn empty() -> CardCheck {
    CardCheck {
        ok: false,
        readers: Vec::new(),
        card_present: false,
        kind: None,
        validity: None,
        not_before: None,
        not_after: None,
        issuer: None,
        chain: None,
        trusted: None,
        read_ms: None,
        took_ms: 0,
        findings: Vec::new(),
    }
}

fn look(
    report: &mut CardCheck,
    context: &Context,
    readers: &[(CString, bool)],
    anchors: TrustAnchors,
    clock: SystemClock,
) {
    if readers.is_empty() {
        report.findings.push(Failure::NoReader.into());
        return;
    }
    let Some((reader, _)) = readers.iter().find(|(_, present)| *present) else {
        report.findings.push(Failure::NoCard.into());
        return;
    };
    report.card_present = true;
    let began = clock.monotonic();
    let read = read_with_deadline(context, reader, anchors, clock);
    report.read_ms = clock.monotonic().since_us(began).map(|us| us / 1000);
    match read {
        Ok(read) => describe(report, &read),
        Err(failure) => report.findings.push(failure.into()),
    }
}

fn describe(report: &mut CardCheck, read: &CardRead) {
    report.kind = Some(kebab(&format!("{:?}", read.kind)));
    report.validity = Some(
        match read.validity {
            Validity::NotYetValid => "not-yet-valid",
            Validity::Valid => "valid",
            Validity::ExpiredWithinGrace => "expired-within-grace",
            Validity::ExpiredBeyondGrace => "expired",
        }
        .to_owned(),
    );
    report.not_before = Some(read.not_before);
    report.not_after = Some(read.not_after);
    report.issuer = Some(read.issuer.clone());
    report.chain = Some(chain_word(read.chain).to_owned());
    report.trusted = Some(read.chain.is_accepted());
    report.findings.extend(read.failures().into_iter().map(Finding::from));
}

const fn chain_word(chain: Chain) -> &'static str {
    match chain {
        Chain::Trusted { .. } | Chain::Configured => "trusted",
        Chain::InstallationTestCa => "installation-test-ca",
        Chain::JlisTestCa => "jlis-test-ca",
        Chain::TestRefused => "test-refused",
        Chain::Untrusted => "untrusted",
    }
}

/// `AndroidPhone` → `android-phone`.
fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    for (i, c) in name.chars().enumerate() {
        if c.is_uppercase() && i > 0 {
            out.push('-');
        }
        out.extend(c.to_lowercase());
    }
    out
}

type Listed = (Context, Vec<(CString, bool)>);

fn list() -> Result<Listed, Failure> {
    let context = Context::establish(Scope::User).map_err(|_| Failure::ServiceDown)?;
    let names = match context.list_readers_owned() {
        Ok(names) => names,
        Err(pcsc::Error::NoReadersAvailable) => Vec::new(),
        Err(_) => return Err(Failure::ServiceDown),
    };
    let mut states: Vec<ReaderState> =
        names.iter().map(|name| ReaderState::new(name.clone(), State::UNAWARE)).collect();
    if !states.is_empty() && context.get_status_change(Some(Duration::from_secs(1)), &mut states).is_err() {
        return Err(Failure::ServiceDown);
    }
    let there = names.into_iter().zip(&states).filter(|(_, s)| is_there(s.event_state()));
    let readers = there.map(|(name, s)| (name, s.event_state().contains(State::PRESENT))).collect();
    Ok((context, readers))
}

/// Runs something that may hang in a driver. None when it did not come back in time.
fn bounded<T: Send + 'static>(deadline: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (result_tx, result) = mpsc::sync_channel(1);
    let started = std::thread::Builder::new().name("card-check".into()).spawn(move || {
        let _late = result_tx.send(work());
    });
    started.ok()?;
    result.recv_timeout(deadline).ok()
}
