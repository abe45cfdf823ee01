//! What a damaged outbox still holds: every page is read past SQLite, and only what opens under its seal counts.
//!
//! It needs no index, no schema and no whole tree. An entry is taken from wherever a copy of it opens; a log's row, from
//! its newest authentic copy.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use delivery::store::shorten;
use delivery::{Gap, LogHead, LogKind, Wedged, entry_digest};
use model::{LogId, Timestamp};
use wire::log::{Entry, QuarantineReason};

use crate::cells::{
    self, Value,
    Value::{Blob, Int, Text},
};
use crate::logs;
use crate::pages::{JournalEnd, Pages, View};
use crate::seal::{DeviceKey, Name, Sealer};

/// What is still readable in the file of an outbox. The file itself is only read.
///
/// Memory: about 64 bytes per entry found, whatever its length; contents are read again when asked for.
pub struct Salvaged {
    /// The logs, ended: as their rows say where those can be believed, else as far as their entries tell.
    pub logs: Vec<LogHead>,
    /// Entries that the server can never accept.
    pub wedged: Vec<Wedged>,
    /// Entries that were recorded, are not known to be acknowledged, and cannot be read.
    pub gaps: Vec<Gap>,
    /// Parts of the file are in no readable form, so that whole logs may be missing without a trace.
    pub logs_may_miss: bool,
    entries: BTreeMap<LogId, BTreeMap<u64, Place>>,
    states: BTreeMap<String, Place>,
    source: Source,
}

/// Where a row was found.
#[derive(Clone, Copy)]
struct Place {
    view: View,
    page: u32,
    cell: u16,
}

struct Source {
    pages: Pages,
    sealer: Sealer,
}

/// Whether every page of a view has its place.
#[derive(Default)]
struct Account {
    /// Pages outside of trees.
    loose: u32,
    /// Of those, as many are needed by rows.
    overflow: u32,
    /// A page or row of no known form.
    unclear: bool,
}

impl Account {
    fn is_open(&self, pages: &Pages) -> bool {
        let Some((size, free)) = pages.told() else { return true };
        self.unclear || size > pages.count() || self.loose != self.overflow + free
    }
}

/// What the pages gave, before it is put together.
#[derive(Default)]
struct Found {
    entries: BTreeMap<LogId, BTreeMap<u64, Place>>,
    states: BTreeMap<String, Place>,
    heads: BTreeMap<LogId, LogHead>,
    /// Logs that are named anywhere.
    logs: BTreeSet<LogId>,
    /// Unauthenticated, so only used to call less lost.
    acknowledged: BTreeMap<LogId, u64>,
    wedged: BTreeMap<(LogId, u64), Wedged>,
    key_fits: bool,
    logs_may_miss: bool,
}

/// Reads everything that is still readable. `kind_of` tells from an entry what its log is about, for logs whose own row
/// is lost.
///
/// # Errors
/// When the file cannot be opened or its journal cannot be read at all.
pub fn salvage(path: &Path, key: &DeviceKey, kind_of: impl Fn(&Entry) -> Option<LogKind>) -> io::Result<Salvaged> {
    let source = Source { pages: Pages::open(path)?, sealer: Sealer::new(key) };
    let mut found = Found::default();
    for view in [View::Committed, View::BehindTheBreak, View::FileOnly] {
        let mut account = Account::default();
        for number in source.pages.of(view) {
            let Some(page) = source.pages.page(view, number) else { continue };
            account.unclear |= !cells::is_loose(&page, number) && !cells::is_tree(&page, number);
            account.loose += u32::from(cells::is_loose(&page, number));
            for cell in 0..cells::cell_count(&page, number) {
                let row = cells::row(&source.pages, view, &page, number, cell);
                account.unclear |= row.is_none();
                let Some(row) = row else { continue };
                account.overflow += row.overflow_pages;
                source.take(&mut found, Place { view, page: number, cell }, &row.values);
            }
        }
        if view == View::Committed {
            found.logs_may_miss = account.is_open(&source.pages);
        }
    }
    found.logs_may_miss |= !found.key_fits;
    Ok(source.assemble(found, kind_of))
}

impl Salvaged {
    /// How many entries can be read.
    #[must_use]
    pub fn entry_count(&self) -> u64 {
        self.entries.values().map(|log| log.len() as u64).sum()
    }

    /// Up to `limit` readable entries of a log from seq `from` on, with the time of their recording.
    pub fn entries(&self, log: LogId, from: u64, limit: usize) -> impl Iterator<Item = (Entry, Timestamp)> {
        let places = self.entries.get(&log).into_iter().flat_map(move |seqs| seqs.range(from..));
        places.take(limit).filter_map(|(_, place)| self.source.entry(*place))
    }

    /// The local state, sorted by key.
    pub fn states(&self) -> impl Iterator<Item = (String, Vec<u8>)> {
        self.states.values().filter_map(|place| self.source.state(&self.source.read(*place)?))
    }
}

impl Source {
    /// Notes one row, if it is one of ours and opens.
    fn take(&self, found: &mut Found, place: Place, values: &[Value]) {
        match values {
            [Blob(_), Int(_), Int(_), Int(_), Blob(_)] => {
                let Some((entry, _)) = self.open_entry(values) else { return };
                found.key_fits = true;
                found.logs.insert(entry.log);
                found.entries.entry(entry.log).or_default().entry(entry.seq).or_insert(place);
            }
            [Text(key), Blob(_)] if key == "key_check" => {
                found.key_fits |= self.opens(Name::KeyCheck, values);
            }
            // Only as it was last committed: what was deleted does not come back.
            [Text(_), Blob(_)] if place.view == View::Committed => {
                if let Some((key, _)) = self.state(values) {
                    found.key_fits = true;
                    found.states.entry(key).or_insert(place);
                }
            }
            [Blob(log), Int(through), Int(_)] => {
                if let (Some(log), Ok(through)) = (log_id(log), u64::try_from(*through)) {
                    let most = found.acknowledged.entry(log).or_default();
                    *most = through.max(*most);
                }
            }
            [Blob(log), Int(seq), Int(reason), Int(at)] => {
                if let (Some(log), Ok(seq), Ok(reason)) = (log_id(log), u64::try_from(*seq), u16::try_from(*reason)) {
                    let wedged = Wedged { log, seq, reason: QuarantineReason(reason), at: Timestamp(*at) };
                    found.wedged.entry((log, seq)).or_insert(wedged);
                }
            }
            _ => self.take_log(found, values),
        }
    }

    fn take_log(&self, found: &mut Found, values: &[Value]) {
        let Some(row) = logs::Row::from_values(values) else { return };
        if let Ok(head) = row.open(&self.sealer) {
            found.key_fits = true;
            found.logs.insert(head.log);
            let newest = found.heads.entry(head.log).or_insert(head);
            // Older copies are authentic as well; both counters only grow, but for a server that was restored, and
            // that one says again where it stands.
            if (head.head, head.acknowledged) > (newest.head, newest.acknowledged) {
                *newest = head;
            }
        } else if let Some(log) = row.log() {
            found.logs.insert(log);
        }
    }

    fn assemble(self, found: Found, kind_of: impl Fn(&Entry) -> Option<LogKind>) -> Salvaged {
        let Found { mut entries, states, heads, logs, acknowledged, wedged, logs_may_miss, .. } = found;
        let mut ended = Vec::new();
        let mut gaps = Vec::new();
        for log in logs {
            let seqs = entries.entry(log).or_default();
            let known = heads.get(&log).copied();
            let Some(mut head) = known.or_else(|| {
                let acknowledged = acknowledged.get(&log).copied().unwrap_or(0);
                self.head_of_entries(log, seqs, acknowledged, &kind_of)
            }) else {
                // A damaged row and nothing else: that there was something is all that is known.
                gaps.push(Gap { log, from: 1, through: None });
                continue;
            };
            if let Some((last, place)) = seqs.last_key_value().filter(|(last, _)| **last > head.head) {
                head.head = *last;
                head.digest = self.entry(*place).map(|(entry, _)| entry_digest(&entry.bytes));
            }
            let safe = head.acknowledged.max(acknowledged.get(&log).copied().unwrap_or(0)).min(head.head);
            let waiting = unreadable(seqs, head.acknowledged + 1, head.head);
            let lost = if known.is_some() { waiting } else { unreadable(seqs, safe + 1, head.head) };
            gaps.extend(lost.into_iter().map(|(from, through)| Gap { log, from, through: Some(through) }));
            if known.is_none() || (self.pages.journal > JournalEnd::Whole && !head.closed && !head.ended) {
                gaps.push(Gap { log, from: head.head + 1, through: None });
            }
            // What is acknowledged and unreadable at the beginning is no longer kept here. Behind it such a row is left
            // as a damaged one: should the server ever lose what it acknowledged, the others are still here.
            let first = seqs.range(head.kept_from..).next().map_or(u64::MAX, |(seq, _)| *seq);
            head.kept_from = first.min(head.acknowledged.saturating_add(1)).max(head.kept_from);
            *seqs = seqs.split_off(&head.kept_from);
            ended.push(LogHead { ended: true, ..head });
        }
        shorten(&mut gaps);
        let held =
            |wedged: &Wedged| ended.iter().any(|head| head.log == wedged.log && (1..=head.head).contains(&wedged.seq));
        let wedged = wedged.into_values().filter(held).collect();
        entries.retain(|log, _| ended.iter().any(|head| head.log == *log));
        Salvaged { logs: ended, wedged, gaps, logs_may_miss, entries, states, source: self }
    }

    /// A log whose row is lost. Nothing is taken for acknowledged but what is no longer here and is said to be so.
    fn head_of_entries(
        &self,
        log: LogId,
        seqs: &BTreeMap<u64, Place>,
        acknowledged: u64,
        kind_of: &impl Fn(&Entry) -> Option<LogKind>,
    ) -> Option<LogHead> {
        let (first, place) = seqs.first_key_value()?;
        let (entry, recorded_at) = self.entry(*place)?;
        let kind = kind_of(&entry).unwrap_or(LogKind::Unit);
        let acknowledged = acknowledged.min(first - 1);
        Some(LogHead { acknowledged, kept_from: acknowledged + 1, ..LogHead::new(log, kind, recorded_at) })
    }

    fn read(&self, place: Place) -> Option<Vec<Value>> {
        let page = self.pages.page(place.view, place.page)?;
        cells::row(&self.pages, place.view, &page, place.page, place.cell).map(|row| row.values)
    }

    fn entry(&self, place: Place) -> Option<(Entry, Timestamp)> {
        self.open_entry(&self.read(place)?)
    }

    fn open_entry(&self, values: &[Value]) -> Option<(Entry, Timestamp)> {
        let [Blob(log), Int(seq), Int(schema), Int(recorded_at), Blob(sealed)] = values else { return None };
        let (log, seq) = (log_id(log)?, u64::try_from(*seq).ok()?);
        let schema = u16::try_from(*schema).ok()?;
        let bytes = self.sealer.open(Name::Entry { log, seq, schema }, sealed)?;
        Some((Entry { log, seq, schema, bytes }, Timestamp(*recorded_at)))
    }

    fn state(&self, values: &[Value]) -> Option<(String, Vec<u8>)> {
        let [Text(key), Blob(sealed)] = values else { return None };
        Some((key.clone(), self.sealer.open(Name::State(key), sealed)?))
    }

    fn opens(&self, name: Name<'_>, values: &[Value]) -> bool {
        matches!(values, [_, Blob(sealed)] if self.sealer.open(name, sealed).is_some())
    }
}

fn log_id(bytes: &[u8]) -> Option<LogId> {
    Some(LogId::from_bytes(bytes.try_into().ok()?))
}

/// Runs of seqs within `from..=through` that were not found.
fn unreadable(seqs: &BTreeMap<u64, Place>, from: u64, through: u64) -> Vec<(u64, u64)> {
    let mut runs = Vec::new();
    let mut next = from;
    if from > through {
        return runs;
    }
    for (seq, _) in seqs.range(from..=through) {
        if *seq > next {
            runs.push((next, seq - 1));
        }
        next = seq + 1;
    }
    if next <= through {
        runs.push((next, through));
    }
    runs
}
