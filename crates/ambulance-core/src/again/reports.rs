//! Reporting what is lost: rows that cannot be read, and what stood behind the end of a log whose store was damaged. A report
//! that is lost itself is made again.

use super::Step;
use super::progress::{Lost, LostEnd};
use crate::core::Core;
use crate::state::Now;
use case::{Body, EventName, Subject};
use delivery::LogKind;
use model::LogId;

impl Core {
    /// The feed has told what the server has: what it does not have of a log's lost end is lost.
    pub(crate) fn feed_caught_up(&mut self, now: Now) {
        self.again.caught_up = true;
        let held: Vec<LogId> =
            self.again.open.iter().filter(|(_, again)| again.step == Step::Held).map(|(log, _)| *log).collect();
        for log in held {
            self.go_on_again(log, now);
        }
    }

    /// The server's store was put back: what it had of lost ends, and what only it had under new names, may be lost with it.
    pub(crate) fn tell_ends_again(&mut self, now: Now) {
        self.again.caught_up = false;
        let logs: Vec<LogId> = self.again.open.keys().copied().collect();
        for log in logs {
            self.doubt_open(log, now);
        }
        let logs: Vec<LogId> = self.again.done.keys().copied().collect();
        for log in logs {
            self.doubt_done(log, now);
        }
    }

    fn doubt_open(&mut self, log: LogId, now: Now) {
        let Some(again) = self.again.open.get_mut(&log) else { return };
        again.progress.end = core::mem::take(&mut again.progress.end_told).with(again.progress.end);
        let mut progress = again.progress.clone();
        let seqs = self.doubt_names(log, &mut progress, now);
        let names_of = progress.names_of;
        let Some(again) = self.again.open.get_mut(&log) else { return };
        for progress in [&mut again.progress, &mut again.durable] {
            progress.take_names_back(&seqs);
            progress.names_of = names_of;
        }
        if let Some(first) = seqs.iter().min() {
            again.has_forgotten = true;
            again.lower(*first, now);
        }
    }

    fn doubt_done(&mut self, log: LogId, now: Now) {
        let (Some(head), Some(mut progress)) = (self.sender.head(log), self.again.done.remove(&log)) else { return };
        let seqs = self.doubt_names(log, &mut progress, now);
        if seqs.is_empty() && progress.end_told == LostEnd::Whole {
            // That its names were looked at is known after a start as well.
            self.keep_progress(log, &progress);
            self.again.done.insert(log, progress);
            return;
        }
        progress.end = core::mem::take(&mut progress.end_told);
        progress.done = false;
        progress.target = None;
        self.open_again(log, head.kind, head.head, progress, now);
        if let Some(again) = self.again.open.get_mut(&log) {
            again.has_forgotten |= !seqs.is_empty();
        }
        self.rest_again(log);
    }

    /// Tells what stood behind the end of a log that was taken over, without what the server has of it.
    pub(super) fn tell_end(&mut self, log: LogId, now: Now) {
        let Some(again) = self.again.open.get_mut(&log) else { return };
        let (kind, head) = (again.kind, again.head);
        let end = core::mem::take(&mut again.progress.end);
        again.progress.end_told = again.progress.end_told.with(end);
        let known = self.known_on_server(log, kind).max(head);
        let through = match end {
            LostEnd::Whole => return,
            LostEnd::Through(through) if through <= known => return,
            LostEnd::Through(through) => through,
            LostEnd::Open => u64::MAX,
        };
        self.report_lost(log, now);
        if let Some(again) = self.again.open.get_mut(&log) {
            again.progress.note_lost(known + 1, through);
        }
    }

    /// The newest entry of a case's log that came back by the feed.
    fn known_on_server(&self, log: LogId, kind: LogKind) -> u64 {
        let LogKind::Case(case) = kind else { return 0 };
        let facts = self.books.get(&case).into_iter().flat_map(|book| book.facts.iter());
        let ours = facts.filter(|fact| fact.event.name.log == log && fact.commit.is_some());
        ours.map(|fact| fact.event.name.seq).max().unwrap_or(0)
    }

    /// A damaged row is lost, unless what stood there is still in memory. One that the server has is reported as well:
    /// another copy of this store may have written what stands there.
    pub(super) fn take_damaged(&mut self, old: EventName, now: Now) {
        if !self.take_gone(old, now) {
            tracing::error!(log = %old.log, seq = old.seq, "a damaged row is lost");
        }
    }

    /// Rows before `seq` are kept no more, and the server needs them: what is in memory of them is recorded again.
    pub(super) fn pass_over(&mut self, log: LogId, seq: u64, now: Now) {
        let Some(from) = self.again.open.get(&log).map(|again| again.progress.next).filter(|from| *from < seq) else {
            return;
        };
        tracing::error!(%log, from, through = seq - 1, "rows are kept no more, and the server needs them");
        for gone in from..seq {
            self.take_gone(EventName { log, seq: gone }, now);
        }
    }

    /// True when it was still in memory, and is recorded again.
    fn take_gone(&mut self, old: EventName, now: Now) -> bool {
        let mut own = self.books.values().filter(|book| !book.is_foreign(old));
        let fact = own.find_map(|book| book.facts.get(old)).cloned();
        if let Some(fact) = fact.filter(|fact| fact.commit.is_none()) {
            self.write_event_again(old, fact.event, fact.hash, now);
        }
        let Some(again) = self.again.open.get_mut(&old.log) else { return false };
        let is_renamed = again.progress.renamed.last().is_some_and(|(seq, _)| *seq == old.seq);
        if !is_renamed {
            again.progress.note_lost(old.seq, old.seq);
        }
        again.progress.next = old.seq.saturating_add(1);
        is_renamed
    }

    pub(super) fn report_lost(&mut self, log: LogId, now: Now) {
        let Some(again) = self.again.open.get_mut(&log) else { return };
        let Some((from, through)) = again.progress.lost.take() else { return };
        let kind = again.kind;
        let lost = Lost { log, from, through };
        for lost in self.lost_reports(lost).into_iter().chain([lost]) {
            let written = self.write_report(log, kind, lost.body(), now);
            if let (Some(name), Some(again)) = (written, self.again.open.get_mut(&log)) {
                again.progress.reports.push((name, lost));
            }
        }
    }

    /// Writes a report on an old log to the new one.
    fn write_report(&mut self, log: LogId, kind: LogKind, body: Body, now: Now) -> Option<EventName> {
        let subject = match kind {
            LogKind::Case(case) => Subject::Case(case),
            LogKind::Unit => Subject::Unit(self.config.identity.unit),
        };
        let target = self.target_of(log, subject, now)?;
        let written = self.write_aside(target, subject, body, now);
        if let Some(case) = subject.case() {
            self.refresh(case);
        }
        written
    }

    /// What earlier reports said that stood in rows which are lost now themselves.
    fn lost_reports(&self, lost: Lost) -> Vec<Lost> {
        let open = self.again.open.values().map(|again| &again.progress);
        let reports = open.chain(self.again.done.values()).flat_map(|progress| &progress.reports);
        reports.filter(|(name, _)| lost.contains(self.present_name(*name))).map(|(_, of)| *of).collect()
    }
}
