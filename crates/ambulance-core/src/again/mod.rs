//! Recording again: a log that cannot go on (two writers used it, or one of its rows is damaged) leaves entries that the
//! server will never take under their names. They are read back from the store and written to a new log of their own,
//! with their first times; a row that cannot be read is reported as lost, by log and seq.
//!
//! Progress rests in the local state, in the transaction that holds the entries: a crash at any step repeats nothing and
//! forgets nothing.

mod names;
mod progress;
mod reports;
mod twins;

use crate::core::{Core, Restored};
use crate::effect::Effect;
use crate::limits::{AGAIN_CHUNK, RETRY_US};
use crate::state::Now;
use case::{Body, Event, EventName, JoinReason, Stored, Subject, Writer};
use delivery::{LogHead, LogKind, ReadRequest, StoreError, StoreOrder};
use model::{EventTime, LogId};
use progress::LostEnd;
use std::collections::BTreeMap;
use wire::Entry;

pub(crate) use progress::Progress;

const PREFIX: &str = "again/";

/// One old log.
pub(crate) struct Again {
    kind: LogKind,
    head: u64,
    progress: Progress,
    /// What is durable: progress goes back to it when a transaction fails.
    durable: Progress,
    step: Step,
    /// The log was cut further down while a transaction was under way.
    lowered: Option<u64>,
    /// How far it came may be forgotten: it is read when the feed has told what the server has of it under other names.
    has_forgotten: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Waits for the store's answer.
    Reading(ReadRequest),
    /// Waits until this transaction is durable.
    Writing(u64),
    /// Tries again at this time.
    Waiting(u64),
    /// Waits until the feed has told what the server has.
    Held,
}

/// Old logs and what became of them.
#[derive(Default)]
pub(crate) struct Agains {
    open: BTreeMap<LogId, Again>,
    done: BTreeMap<LogId, Progress>,
    /// New names of everything that was recorded again.
    names: BTreeMap<EventName, EventName>,
    /// The feed has told everything that the server had when it began.
    caught_up: bool,
    /// The unit's own entries as they were at the start.
    unit_entries: Vec<Event>,
    /// What the crew wrote about a fact that has no new name yet.
    held: Vec<(model::CaseId, JoinReason, Body)>,
}

impl Agains {
    /// Reads what rests of earlier work; returns its logs, which take no other events.
    pub(crate) fn restore(states: &[(String, Vec<u8>)]) -> BTreeMap<LogId, Progress> {
        let of = |(key, value): &(String, Vec<u8>)| {
            let log: LogId = key.strip_prefix(PREFIX)?.parse().ok()?;
            match wire::codec::decode(value) {
                Ok(progress) => Some((log, progress)),
                Err(error) => {
                    tracing::error!(%log, %error, "how far a log was recorded again cannot be read: it begins anew");
                    None
                }
            }
        };
        states.iter().filter_map(of).collect()
    }

    /// A log that was taken over from a damaged store may have lost the knowledge that it was cut; the store gets it back.
    pub(crate) fn cut(heads: &mut [LogHead], rest: &BTreeMap<LogId, Progress>) -> Vec<StoreOrder> {
        let mut orders = Vec::new();
        for head in heads {
            let Some(seq) = rest.get(&head.log).map(Progress::from).filter(|from| *from <= head.head) else { continue };
            if head.forked_at.is_none_or(|known| known > seq) {
                head.forked_at = Some(seq);
                orders.push(StoreOrder::MarkForked { log: head.log, seq });
            }
        }
        orders
    }

    /// Entries that are still to be recorded again, or reported as lost.
    pub(crate) fn waiting(&self) -> u64 {
        let left = |again: &Again| {
            let unreported =
                again.progress.lost.map_or(0, |(from, through)| through.saturating_sub(from).saturating_add(1));
            again.head.saturating_add(1).saturating_sub(again.progress.next).saturating_add(unreported)
        };
        self.open.values().map(left).sum()
    }

    pub(crate) fn has_new_name(&self, name: EventName) -> bool {
        self.names.contains_key(&name)
    }

    /// Whether a fact of a log that was cut was told to be lost: its place was passed, and it has no new name.
    pub(crate) fn is_lost(&self, name: EventName) -> bool {
        let passed = |progress: &Progress| (progress.from..progress.next).contains(&name.seq);
        self.done.get(&name.log).is_some_and(passed) && !self.has_new_name(name)
    }

    /// A log that took another one's rest is cut itself: what is left of that goes to a new one.
    fn forget_target(&mut self, log: LogId) {
        let open = self.open.values_mut().flat_map(|again| [&mut again.progress, &mut again.durable]);
        for progress in open.chain(self.done.values_mut()).filter(|progress| progress.target == Some(log)) {
            progress.target = None;
        }
    }

    pub(crate) fn deadline(&self) -> Option<(u64, &'static str)> {
        let of = |again: &Again| match again.step {
            Step::Waiting(at_us) => Some((at_us, "a log is recorded again")),
            Step::Reading(_) | Step::Writing(_) | Step::Held => None,
        };
        self.open.values().filter_map(of).min()
    }
}

impl Core {
    /// After a start: logs that ended and whose rest is not recorded yet, or whose lost end is not told yet.
    pub(crate) fn resume_again(&mut self, restored: &Restored, mut rest: BTreeMap<LogId, Progress>, now: Now) {
        self.keep_unit_entries(restored);
        for (log, progress) in restored.heads.iter().filter_map(|head| Some((head.log, rest.get(&head.log)?))) {
            self.note_names(log, progress);
        }
        for head in &restored.heads {
            let known = rest.remove(&head.log);
            let is_known = known.is_some();
            let from = head.forked_at.unwrap_or(head.head.saturating_add(1));
            let mut progress = known.unwrap_or_else(|| Progress::beginning(from));
            let lost_its_end = progress.take_end(head, restored.recovered.as_ref());
            if head.forked_at.is_none() && !is_known && !lost_its_end {
                continue;
            }
            let mut has_forgotten = !is_known || restored.recovered.is_some();
            // The new log is not written any further: what is left goes to another one.
            progress.target = None;
            if progress.names_of != self.server && !progress.renamed.is_empty() {
                has_forgotten |= !self.doubt_names(head.log, &mut progress, now).is_empty();
                self.keep_progress(head.log, &progress);
            }
            if progress.from > from {
                progress.lower(from);
            }
            if progress.done {
                self.again.done.insert(head.log, progress);
                continue;
            }
            self.begin_again(head.log, Again::new(head.kind, head.head, progress, has_forgotten, now), now);
            if lost_its_end {
                // The report on the damaged store is deleted when the crew has seen it.
                self.rest_again(head.log);
            }
        }
    }

    /// A log ends at `from`: what stands there and behind is recorded again.
    pub(crate) fn record_again(&mut self, log: LogId, from: u64, now: Now) {
        let ended = self.journal.abandon(log);
        self.again.forget_target(log);
        let Some(head) = self.sender.head(log) else { return };
        self.waiting_since.cut(log, from, head.acknowledged);
        if let Some(again) = self.again.open.get_mut(&log) {
            again.lower(from, now);
            return;
        }
        let head_seq = ended.map_or(head.head, |seq| seq.max(head.head));
        let mut progress = self.again.done.remove(&log).unwrap_or_else(|| Progress::beginning(from));
        progress.lower(from);
        self.open_again(log, head.kind, head_seq, progress, now);
    }

    pub(super) fn open_again(&mut self, log: LogId, kind: LogKind, head: u64, progress: Progress, now: Now) {
        // The store that was taken over may have known of an earlier cut.
        let has_forgotten = self.state.recovered.is_some();
        self.begin_again(log, Again::new(kind, head, progress, has_forgotten, now), now);
    }

    fn begin_again(&mut self, log: LogId, again: Again, now: Now) {
        self.again.open.insert(log, again);
        self.go_on_again(log, now);
    }

    /// Reads the next entries, or ends.
    fn go_on_again(&mut self, log: LogId, now: Now) {
        let Some(again) = self.again.open.get_mut(&log) else { return };
        if again.progress.next > again.head {
            if again.progress.end != LostEnd::Whole && !self.again.caught_up {
                again.step = Step::Held;
                return;
            }
            self.tell_end(log, now);
            self.end_again(log, now);
            return;
        }
        if again.has_forgotten && !self.again.caught_up {
            again.step = Step::Held;
            return;
        }
        let next = again.progress.next;
        let kept_from = self.sender.head(log).map_or(0, |head| head.kept_from);
        if next < kept_from {
            self.pass_over(log, kept_from.min(next.saturating_add(AGAIN_CHUNK as u64)), now);
            self.rest_again(log);
            return;
        }
        let request = ReadRequest { log, from: again.progress.next, limit: AGAIN_CHUNK };
        again.step = Step::Reading(request);
        self.push(Effect::ReadLog(request));
    }

    /// The store's answer, if it was asked for here.
    pub(crate) fn take_again(
        &mut self,
        request: ReadRequest,
        result: Result<Vec<Entry>, StoreError>,
        now: Now,
    ) -> Option<Result<Vec<Entry>, StoreError>> {
        let log = request.log;
        let Some(again) = self.again.open.get_mut(&log).filter(|again| again.step == Step::Reading(request)) else {
            return Some(result);
        };
        match result {
            Ok(entries) => self.write_again(log, entries, now),
            Err(StoreError::DamagedEntry { seq, .. }) if seq > request.from && request.limit > 1 => {
                let limit = usize::try_from(seq - request.from).unwrap_or(AGAIN_CHUNK).min(request.limit - 1);
                let shorter = ReadRequest { limit, ..request };
                again.step = Step::Reading(shorter);
                self.push(Effect::ReadLog(shorter));
            }
            Err(StoreError::DamagedEntry { seq, .. }) => {
                self.pass_over(log, seq, now);
                self.take_damaged(EventName { log, seq }, now);
                self.rest_again(log);
            }
            Err(error) => {
                tracing::error!(%log, %error, "a log that ended cannot be read; it is tried again");
                again.step = Step::Waiting(now.mono.us.saturating_add(RETRY_US));
            }
        }
        None
    }

    fn write_again(&mut self, log: LogId, entries: Vec<Entry>, now: Now) {
        let Some(last) = entries.last().map(|entry| entry.seq) else {
            // Nothing is kept there any more: what was acknowledged long ago is on the server or lost.
            if let Some(again) = self.again.open.get_mut(&log) {
                again.progress.skip_to(again.head.saturating_add(1));
            }
            self.go_on_again(log, now);
            return;
        };
        if let Some(first) = entries.first() {
            self.pass_over(log, first.seq, now);
        }
        for entry in entries {
            self.write_one_again(log, &entry, now);
        }
        if let Some(again) = self.again.open.get_mut(&log) {
            again.progress.next = last.saturating_add(1);
        }
        self.rest_again(log);
    }

    fn write_one_again(&mut self, log: LogId, entry: &Entry, now: Now) {
        let old = EventName { log, seq: entry.seq };
        if self.again.names.contains_key(&old) {
            return; // The log was cut again, further down.
        }
        let Ok(event) = Stored::decode(entry.schema, &entry.bytes) else {
            if let Some(again) = self.again.open.get_mut(&log) {
                again.progress.note_lost(entry.seq, entry.seq);
            }
            return;
        };
        self.write_event_again(old, event, case::Hash::of(&entry.bytes), now);
    }

    fn write_event_again(&mut self, old: EventName, event: Event, old_hash: case::Hash, now: Now) {
        let log = old.log;
        let known = event.subject.case().and_then(|case| self.books.get(&case)).and_then(|book| book.facts.get(old));
        if known.is_some_and(|fact| fact.commit.is_some() && fact.hash == old_hash) {
            return; // The server has it after all.
        }
        let crew = match event.writer {
            Writer::Tablet { crew, .. } => crew,
            Writer::Server(_) => None,
        };
        if self.again.open.get(&log).is_some_and(|again| again.has_forgotten)
            && let Some(twin) = self.twin_of(&event)
        {
            self.take_new_name(old, twin, event.subject, now);
            if let Some(again) = self.again.open.get_mut(&log) {
                again.progress.twins.push(old.seq);
            }
            return;
        }
        self.report_lost(log, now);
        let Some(target) = self.target_of(log, event.subject, now) else { return };
        let body = self.with_new_names(event.body);
        let Some((new, hash)) = self.journal.write_in(target, event.subject, body, event.at, crew) else { return };
        let name = new.name;
        if let Some(book) = event.subject.case().and_then(|case| self.books.get_mut(&case)) {
            book.record(new, hash);
        }
        self.take_new_name(old, name, event.subject, now);
    }

    /// The log that takes the old one's rest; it begins with the first entry.
    fn target_of(&mut self, log: LogId, subject: Subject, now: Now) -> Option<LogId> {
        let again = self.again.open.get(&log)?;
        if let Some(target) = again.progress.target {
            return Some(target);
        }
        let target = self.journal.begin_aside(again.kind, &mut self.ids);
        if let Some(again) = self.again.open.get_mut(&log) {
            again.progress.target = Some(target);
        }
        if let Subject::Case(case) = subject {
            let joined = Body::TabletJoined { device: self.config.identity.device, reason: JoinReason::RecordedAgain };
            self.write_aside(target, subject, joined, now);
            self.refresh(case);
        }
        Some(target)
    }

    fn write_aside(&mut self, target: LogId, subject: Subject, body: Body, now: Now) -> Option<EventName> {
        let at = EventTime { utc: now.utc, mono: now.mono, offset: self.state.offset };
        let crew = self.state.crew.as_ref().map(|s| s.crew);
        let (event, hash) = self.journal.write_in(target, subject, body, at, crew)?;
        let name = event.name;
        if let Some(book) = subject.case().and_then(|case| self.books.get_mut(&case)) {
            book.record(event, hash);
        }
        Some(name)
    }

    /// Everything is read: the last report, and the mark that nothing is left to do.
    fn end_again(&mut self, log: LogId, now: Now) {
        self.report_lost(log, now);
        let Some(again) = self.again.open.get_mut(&log) else { return };
        again.progress.done = true;
        if let Some(target) = again.progress.target {
            self.journal.close_log(target);
        }
        self.rest_again(log);
    }

    /// Progress goes into the transaction of the entries it speaks of.
    pub(super) fn rest_again(&mut self, log: LogId) {
        let Some(again) = self.again.open.get_mut(&log) else { return };
        again.step = Step::Writing(self.journal.next_id());
        let progress = again.progress.clone();
        self.keep_progress(log, &progress);
    }

    fn keep_progress(&mut self, log: LogId, progress: &Progress) {
        match wire::codec::encode(progress) {
            Ok(value) => self.journal.put_state(format!("{PREFIX}{log}"), value),
            Err(error) => tracing::error!(%log, %error, "progress cannot be written"),
        }
    }

    /// A transaction is durable: every log whose progress it held goes on.
    pub(crate) fn again_persisted(&mut self, id: u64, now: Now) {
        let written = |again: &Again| again.step == Step::Writing(id);
        let logs: Vec<LogId> =
            self.again.open.iter().filter(|(_, again)| written(again)).map(|(log, _)| *log).collect();
        for log in logs {
            self.log_persisted(log, now);
        }
    }

    fn log_persisted(&mut self, log: LogId, now: Now) {
        let Some(again) = self.again.open.get_mut(&log) else { return };
        again.durable = again.progress.clone();
        if let Some(from) = again.lowered.take() {
            again.lower_both(from);
        }
        if !again.progress.done {
            self.go_on_again(log, now);
            return;
        }
        if let Some(again) = self.again.open.remove(&log) {
            self.again.done.insert(log, again.progress);
        }
        if self.again.open.is_empty() {
            for (case, join, body) in core::mem::take(&mut self.again.held) {
                self.write_joining(case, join, body, now);
            }
        }
    }

    pub(crate) fn again_failed(&mut self, id: u64, now: Now) {
        for (log, again) in &mut self.again.open {
            if again.step == Step::Writing(id) {
                for (seq, _) in &again.progress.renamed {
                    self.again.names.remove(&EventName { log: *log, seq: *seq });
                }
                again.progress = again.durable.clone();
                // Its log lost an entry: it is not written any further.
                again.progress.target = None;
                again.step = Step::Waiting(now.mono.us.saturating_add(RETRY_US));
                for (seq, name) in &again.progress.renamed {
                    self.again.names.insert(EventName { log: *log, seq: *seq }, *name);
                }
                if let Some(from) = again.lowered.take() {
                    again.lower_both(from);
                }
            }
        }
    }

    /// An entry was not written after all: there is nothing of it to record again.
    pub(crate) fn again_not_written(&mut self, name: EventName) {
        if let Some(again) = self.again.open.get_mut(&name.log) {
            again.head = again.head.min(name.seq.saturating_sub(1));
        }
    }

    pub(crate) fn again_timeouts(&mut self, now: Now) {
        let due = |again: &Again| matches!(again.step, Step::Waiting(at_us) if at_us <= now.mono.us);
        let logs: Vec<LogId> = self.again.open.iter().filter(|(_, again)| due(again)).map(|(log, _)| *log).collect();
        for log in logs {
            self.go_on_again(log, now);
        }
    }
}

impl Again {
    fn new(kind: LogKind, head: u64, progress: Progress, has_forgotten: bool, now: Now) -> Self {
        let durable = progress.clone();
        Self { kind, head, progress, durable, step: Step::Waiting(now.mono.us), lowered: None, has_forgotten }
    }

    fn lower(&mut self, from: u64, now: Now) {
        if matches!(self.step, Step::Writing(_)) {
            self.lowered = Some(self.lowered.map_or(from, |before| before.min(from)));
        } else {
            self.lower_both(from);
            self.step = Step::Waiting(now.mono.us);
        }
    }

    /// Where the log was cut is durable in the store: a transaction that fails does not take it back.
    fn lower_both(&mut self, from: u64) {
        self.progress.lower(from);
        self.durable.lower(from);
    }
}
