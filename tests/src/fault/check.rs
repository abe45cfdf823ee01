//! What must hold, read from three places: the crew's journal, the tablet's outbox, the server's log.

use super::journal::{self, Line};
use super::report::{Report, Violation};
use super::site::present;
use super::tablet::{Shown, shared};
use ambulance_runtime::TabletFolder;
use anyhow::Result;
use audit::Kind;
use case::{Body, CaseFacts, CaseView, Commit, EventName, Hash, Stored};
use delivery::OutboxStore;
use dispatch_core::Scope;
use dispatch_core::store::{AuditLog, CaseHead, CaseQuery, CommittedFact, EventStore};
use dispatch_server::store::SqliteStore;
use model::{LogId, LookupId, UnitId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Facts are read in pages of so many.
const PAGE: usize = 500;
/// More cases of one unit are not made by any run.
const CASES_MAX: usize = 100_000;
/// The server's feed follows so many cases of a unit, and a tablet keeps so many in memory.
const FOLLOWED: usize = 64;

/// A tablet whose record is looked at.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its folder.
    pub folder: PathBuf,
    /// Its unit, which has no other tablet.
    pub unit: UnitId,
    /// The crew's journal.
    pub journal: PathBuf,
    /// Its disk was full or broken: actions may have been shown as not recorded, and the record may show gaps.
    pub disk_failed: bool,
    /// Lines that its journal had when it was seen drained. What a tablet records by itself after that (a look-up that ends)
    /// may still wait when it is killed. None: everything must be on the server.
    pub drained_at: Option<usize>,
}

/// What was found so far.
#[derive(Default)]
pub struct Findings {
    /// Promises that were not kept.
    pub violations: BTreeSet<Violation>,
    /// Events that the crew was told are recorded.
    pub recorded: u64,
    /// Of these, said to be acknowledged.
    pub acknowledged: u64,
    /// Entries recorded after their tablet was seen drained, which still waited at the kill.
    pub late: u64,
    /// Cases of the server.
    pub cases: u64,
    /// Facts of cases on the server.
    pub facts: u64,
    /// Decided destinations.
    pub decisions: u64,
}

impl Findings {
    /// Notes a promise that was not kept.
    pub fn broken(&mut self, what: &str, at: impl std::fmt::Display) {
        self.violations.insert(Violation { what: what.to_owned(), at: at.to_string() });
    }

    /// Adds these counts to a report.
    pub fn add_to(self, report: &mut Report) {
        report.recorded += self.recorded;
        report.acknowledged += self.acknowledged;
        report.late += self.late;
        report.cases += self.cases;
        report.facts += self.facts;
        report.decisions += self.decisions;
        report.violations.extend(self.violations);
    }
}

/// The crew's journal in order.
struct Told {
    recorded: BTreeMap<EventName, Hash>,
    acknowledged: BTreeMap<LogId, u64>,
    /// Newest entry of each log that was recorded when the tablet was seen drained.
    drained: BTreeMap<LogId, u64>,
}

fn told(subject: &Subject, found: &mut Findings) -> Told {
    let mut told = Told { recorded: BTreeMap::new(), acknowledged: BTreeMap::new(), drained: BTreeMap::new() };
    for (line, n) in journal::read(&subject.journal).into_iter().zip(0..) {
        match line {
            Line::Recorded { log, seq, hash } => {
                if subject.drained_at.is_none_or(|lines| n < lines) {
                    told.drained.insert(log, seq);
                }
                if told.recorded.insert(EventName { log, seq }, hash).is_some() {
                    found.broken("a name was used twice on the tablet", format_args!("{log} {seq}"));
                }
            }
            Line::Acknowledged { log, through } => {
                let known = told.acknowledged.entry(log).or_insert(0);
                *known = through.max(*known);
            }
            Line::Forked { log, seq } => {
                found.broken("a fork was shown without a second writer", format_args!("{log} {seq}"))
            }
            Line::Wedged { log, seq } => found.broken("an entry was refused for good", format_args!("{log} {seq}")),
            Line::Refused { .. } if subject.disk_failed => {}
            Line::Refused { entries } => found.broken("an action was not recorded on a sound disk", entries),
        }
    }
    told
}

/// What a tablet's outbox holds.
#[derive(Default)]
struct Outbox {
    held: BTreeMap<EventName, Hash>,
    /// By log: everything up to here is durable on the server, says the tablet.
    acknowledged: BTreeMap<LogId, u64>,
}

/// Everything that a tablet's outbox holds, by name. The tablet must not be running.
///
/// # Errors
/// When it cannot be opened or read.
pub async fn outbox(folder: &Path) -> Result<BTreeMap<EventName, Hash>> {
    Ok(read_outbox(folder).await?.held)
}

async fn read_outbox(folder: &Path) -> Result<Outbox> {
    let folder = TabletFolder::load(folder)?;
    let (store, _) = ambulance_runtime::open_outbox(folder.data(), present()).await?;
    let mut outbox = Outbox::default();
    for head in store.heads().await? {
        outbox.acknowledged.insert(head.log, head.acknowledged);
        let mut from = head.kept_from;
        while from <= head.head {
            let page = store.read_log(head.log, from, PAGE).await?;
            let Some(last) = page.last() else { break };
            from = last.seq + 1;
            let named = page.iter().map(|e| (EventName { log: e.log, seq: e.seq }, Hash::of(&e.bytes)));
            outbox.held.extend(named);
        }
    }
    store.close().await?;
    Ok(outbox)
}

impl Outbox {
    /// Whether an entry may still wait: the tablet says so, and recorded it after it was seen drained.
    fn may_wait(&self, name: EventName, subject: &Subject, told: &Told) -> bool {
        let acknowledged = self.acknowledged.get(&name.log).is_some_and(|through| name.seq <= *through);
        let drained = told.drained.get(&name.log).is_some_and(|through| name.seq <= *through);
        subject.drained_at.is_some() && !acknowledged && !drained
    }
}

/// A stopped, drained tablet against the server's store.
///
/// # Errors
/// When one of the stores cannot be read.
pub async fn tablet(store: &SqliteStore, subject: &Subject, found: &mut Findings) -> Result<()> {
    let told = told(subject, found);
    let read = read_outbox(&subject.folder).await?;
    let mut outbox = read.held.clone();
    found.recorded += told.recorded.len() as u64;
    let mut on_server = BTreeMap::new();
    for (name, hash) in &read.held {
        let held = store.entry_hash(*name).await?;
        on_server.insert(*name, held);
        match held {
            None if read.may_wait(*name, subject, &told) => {
                outbox.remove(name);
                found.late += 1;
            }
            None => found.broken("a drained tablet's entry is not on the server", place(*name)),
            Some(held) if held != *hash => found.broken("an entry has other bytes on the server", place(*name)),
            Some(_) => {}
        }
    }
    for (name, hash) in &told.recorded {
        let on_server = match on_server.get(name) {
            Some(held) => *held,
            None => store.entry_hash(*name).await?,
        };
        if read.held.get(name) != Some(hash) && on_server != Some(*hash) {
            found.broken("an event the crew saw as recorded is nowhere", place(*name));
        }
        if told.acknowledged.get(&name.log).is_some_and(|through| name.seq <= *through) {
            found.acknowledged += 1;
            if on_server != Some(*hash) {
                found.broken("an acknowledged event is not on the server as it was", place(*name));
            }
        }
    }
    let logs: BTreeSet<LogId> = outbox.keys().map(|name| name.log).collect();
    for log in logs {
        log_is_whole(store, log, &outbox, found).await?;
    }
    cases(store, subject, &outbox, found).await
}

fn place(name: EventName) -> String {
    format!("log {} seq {}", name.log, name.seq)
}

async fn log_is_whole(
    store: &SqliteStore,
    log: LogId,
    outbox: &BTreeMap<EventName, Hash>,
    found: &mut Findings,
) -> Result<()> {
    let ours = outbox.range(EventName { log, seq: 0 }..=EventName { log, seq: u64::MAX }).next_back();
    let Some(head) = store.log_head(log).await? else { return Ok(()) };
    if ours.is_some_and(|(name, hash)| (name.seq, *hash) != (head.head, head.hash)) {
        found.broken("a log ends elsewhere on the server", format_args!("log {log} at {}", head.head));
    }
    if let Some(seq) = head.forked_at {
        found.broken("the server holds a fork without a second writer", format_args!("log {log} seq {seq}"));
    }
    for (seq, reason) in store.quarantined(log).await? {
        found.broken("an entry stands in quarantine", format_args!("log {log} seq {seq}: {reason:?}"));
    }
    Ok(())
}

/// The unit's cases on the server.
///
/// # Errors
/// When the store cannot be read.
pub async fn heads(store: &SqliteStore, unit: UnitId) -> Result<Vec<CaseHead>> {
    let query = CaseQuery { open_only: false, unit: Some(unit), changed_since: None, limit: CASES_MAX };
    Ok(store.cases(Scope::Installation, query).await?)
}

async fn cases(
    store: &SqliteStore,
    subject: &Subject,
    outbox: &BTreeMap<EventName, Hash>,
    found: &mut Findings,
) -> Result<()> {
    for head in heads(store, subject.unit).await? {
        found.cases += 1;
        let facts = facts(store, &head).await?;
        found.facts += facts.len() as u64;
        positions(&head, &facts, found);
        let server_log = store.server_log(head.case).await?.map(|log| log.log);
        for fact in &facts {
            let name = fact.stored.name;
            if Some(name.log) != server_log && !outbox.contains_key(&name) {
                found.broken("the server holds a fact that its tablet never kept", place(name));
            }
        }
        meaning(&head, &facts, found);
        let view = view(&facts);
        if !view.conflicts.is_empty() || (!view.gaps.is_empty() && !subject.disk_failed) {
            found.broken("a case shows gaps or conflicts", format_args!("case {}", head.case));
        }
    }
    Ok(())
}

async fn facts(store: &SqliteStore, head: &CaseHead) -> Result<Vec<CommittedFact>> {
    let mut facts: Vec<CommittedFact> = Vec::new();
    loop {
        let after = facts.last().map_or(0, |fact| fact.position);
        let page = store.case_facts(Scope::Installation, head.case, after, PAGE).await?;
        if page.is_empty() {
            return Ok(facts);
        }
        facts.extend(page);
    }
}

/// Positions without gaps; inside a log in its order, each chained to the one before.
fn positions(head: &CaseHead, facts: &[CommittedFact], found: &mut Findings) {
    let mut logs: BTreeMap<LogId, (u64, Hash)> = BTreeMap::new();
    for (fact, position) in facts.iter().zip(1..) {
        if fact.position != position {
            found.broken("a case has a gap in its positions", format_args!("case {} at {position}", head.case));
        }
        let name = fact.stored.name;
        let (seq, hash) = logs.get(&name.log).copied().unwrap_or((0, Hash::NONE));
        if name.seq != seq + 1 || fact.event.prev != hash {
            found.broken("a log is out of order in its case", place(name));
        }
        logs.insert(name.log, (name.seq, fact.stored.hash()));
    }
    if facts.last().map_or(0, |fact| fact.position) != head.position {
        found.broken("a case's head is not at its last fact", format_args!("case {}", head.case));
    }
}

/// What the facts say, counted: no stage twice, no destination twice.
fn meaning(head: &CaseHead, facts: &[CommittedFact], found: &mut Findings) {
    let mut stamps: BTreeMap<_, Vec<EventName>> = BTreeMap::new();
    let mut undone = BTreeSet::new();
    let mut versions = BTreeSet::new();
    for fact in facts {
        match &fact.event.body {
            Body::StageStamped { stage, leg } => stamps.entry((*leg, *stage)).or_default().push(fact.stored.name),
            Body::StageUndone { of } => drop(undone.insert(*of)),
            Body::DestinationDecided { version, .. } => {
                found.decisions += 1;
                if !versions.insert(*version) {
                    found.broken(
                        "a destination was decided twice",
                        format_args!("case {} version {version}", head.case),
                    );
                }
            }
            _ => {}
        }
    }
    for ((leg, stage), names) in stamps {
        let standing = names.iter().filter(|name| !undone.contains(name)).count();
        if standing > 1 {
            found.broken("a stage was stamped twice", format_args!("case {} leg {leg} {stage:?}", head.case));
        }
    }
}

fn view(facts: &[CommittedFact]) -> CaseView {
    let mut known = CaseFacts::new();
    for fact in facts {
        let commit = Commit { position: fact.position, received_at: fact.received_at };
        known.insert(fact.event.clone(), fact.stored.hash(), Some(commit));
    }
    known.view()
}

/// Whether a drained tablet shows every open case, and every other one it still shows, as the server's facts say; of the newest
/// `FOLLOWED`. The first difference is told.
///
/// # Errors
/// When the store cannot be read.
pub async fn views(store: &SqliteStore, unit: UnitId, shown: &Shown) -> Result<Option<String>> {
    for head in heads(store, unit).await?.into_iter().take(FOLLOWED) {
        let case = head.case.to_string();
        let Some((through, theirs)) = shown.cases.get(&case) else {
            if head.closed {
                continue;
            }
            return Ok(Some(format!("case {case} is not on the tablet")));
        };
        if *through != head.position {
            return Ok(Some(format!("case {case} is known through {through} of {}", head.position)));
        }
        let ours = shared(&view(&facts(store, &head).await?));
        if ours != *theirs {
            return Ok(Some(format!("case {case} differs: server {ours} / tablet {theirs}")));
        }
    }
    Ok(None)
}

/// The audit: each look ends at most once, and a look-up is shown at most once. Returns look-ups begun and shown.
///
/// # Errors
/// When the store cannot be read.
pub async fn audit(store: &SqliteStore, fetched: u64, found: &mut Findings) -> Result<(u64, u64)> {
    let (mut begun, mut shown) = (BTreeMap::<LookupId, u64>::new(), BTreeMap::<LookupId, u64>::new());
    for (chain, entries) in store.chains().await? {
        // By place: whether the national system is asked, or the server's own copy shown again.
        let mut open = BTreeMap::new();
        for (stored, seq) in entries.iter().zip(1..) {
            let Some(entry) = stored.entry().filter(|e| e.seq == seq) else {
                found.broken("the audit has a gap or a damaged entry", format_args!("{chain:?} {seq}"));
                continue;
            };
            match entry.kind {
                Kind::Begin(begin) => {
                    let is_again = begin.viewing == audit::Viewing::Review;
                    open.insert(seq, is_again);
                    if !is_again {
                        *begun.entry(begin.lookup).or_insert(0) += 1;
                    }
                }
                Kind::Complete(complete) => {
                    let begun = open.remove(&complete.begin_seq);
                    if begun.is_none() {
                        found.broken("a look was completed twice", complete.lookup);
                    }
                    if begun != Some(true) && !matches!(complete.outcome, audit::Outcome::Failed { .. }) {
                        *shown.entry(complete.lookup).or_insert(0) += 1;
                    }
                }
                Kind::Anchor(_) | Kind::Purge(_) | Kind::Act(_) => {}
            }
        }
    }
    for (lookup, times) in shown.iter().filter(|(_, times)| **times > 1) {
        found.broken("one look-up was completed more than once", format_args!("{lookup}: {times} times"));
    }
    if fetched > begun.values().sum() {
        found.broken("history was fetched without an audit entry", fetched);
    }
    Ok((begun.len() as u64, shown.len() as u64))
}

/// Reads an entry's event, for tests that look closer.
#[must_use]
pub fn decoded(stored: &Stored) -> Option<case::Event> {
    Stored::decode(stored.schema, &stored.bytes).ok()
}
