//! Old and new names: what was recorded again stands under another name, and facts that speak of it follow it there.

use super::Progress;
use crate::core::Core;
use crate::state::Now;
use case::{Body, EventName, JoinReason, Subject};
use model::LogId;

/// A fact is followed through so many names; no log is cut so often.
const RENAMES_MAX: usize = 64;

impl Core {
    /// An entry stands under another name from now on.
    pub(super) fn take_new_name(&mut self, old: EventName, new: EventName, subject: Subject, now: Now) {
        self.again.names.insert(old, new);
        if let Some(again) = self.again.open.get_mut(&old.log) {
            again.progress.renamed.push((old.seq, new));
            again.progress.names_of = self.server;
            again.progress.named_at.get_or_insert(now.utc);
        }
        if let Some(case) = subject.case()
            && let Some(book) = self.books.get_mut(&case)
        {
            book.facts.take_back(old);
            self.refresh(case);
        }
    }

    pub(super) fn note_names(&mut self, log: LogId, progress: &Progress) {
        let names = progress.renamed.iter().map(|(seq, name)| (EventName { log, seq: *seq }, *name));
        self.again.names.extend(names);
    }

    /// The server was put back. Takes back the new names that nothing here stands behind: entries that were found on the
    /// server, and those whose new row broke while the old one is kept. Returns their seqs.
    pub(super) fn doubt_names(&mut self, log: LogId, progress: &mut Progress, now: Now) -> Vec<u64> {
        let may_be_pruned = progress.may_be_pruned(now.utc);
        let old_from = self.sender.head(log).map_or(u64::MAX, |head| head.kept_from);
        let is_gone = |new: EventName| match self.sender.head(new.log) {
            Some(head) => new.seq < head.kept_from,
            // It may be on its way to the disk.
            None => progress.target != Some(new.log),
        };
        let is_doubtful = |(seq, new): &(u64, EventName)| {
            let is_here_as_old_only =
                !may_be_pruned && *seq >= old_from && is_gone(*new) && !self.again.has_new_name(*new);
            (progress.twins.contains(seq) || is_here_as_old_only).then_some(*seq)
        };
        let seqs: Vec<u64> = progress.renamed.iter().filter_map(is_doubtful).collect();
        progress.names_of = self.server;
        progress.take_names_back(&seqs);
        for seq in &seqs {
            self.again.names.remove(&EventName { log, seq: *seq });
        }
        if let Some(first) = seqs.iter().min() {
            progress.lower(*first);
        }
        seqs
    }

    /// Keeps a fact back that speaks of one which is just being recorded again. True when it was taken.
    pub(crate) fn hold_for_again(&mut self, case: model::CaseId, join: JoinReason, body: &Body) -> bool {
        let waits = |name: EventName| {
            let again = self.again.open.get(&name.log);
            again.is_some_and(|again| name.seq >= again.progress.next && name.seq <= again.head)
        };
        let holds = named(body).is_some_and(waits);
        if holds {
            self.again.held.push((case, join, body.clone()));
        }
        holds
    }

    /// The present name of a fact: the log that took it may have been cut as well.
    pub(crate) fn present_name(&self, name: EventName) -> EventName {
        let next = |name: &EventName| self.again.names.get(name).copied();
        core::iter::successors(Some(name), next).take(RENAMES_MAX).last().unwrap_or(name)
    }

    /// Facts that name other facts follow those to their new names.
    pub(crate) fn with_new_names(&self, body: Body) -> Body {
        with_names(body, |of| self.present_name(of))
    }
}

/// The fact that a fact speaks of.
fn named(body: &Body) -> Option<EventName> {
    match body {
        Body::StageUndone { of }
        | Body::StageCorrected { of, .. }
        | Body::ConsentWithdrawn { of }
        | Body::SamePatientUndone { of } => Some(*of),
        _ => None,
    }
}

/// A fact in which the names of other facts are replaced.
pub(super) fn with_names(body: Body, new: impl Fn(EventName) -> EventName) -> Body {
    match body {
        Body::StageUndone { of } => Body::StageUndone { of: new(of) },
        Body::StageCorrected { of, to, reason } => Body::StageCorrected { of: new(of), to, reason },
        Body::ConsentWithdrawn { of } => Body::ConsentWithdrawn { of: new(of) },
        Body::SamePatientUndone { of } => Body::SamePatientUndone { of: new(of) },
        Body::LookupAsked { lookup, consent, level } => Body::LookupAsked { lookup, consent: new(consent), level },
        Body::AttributesLookupAsked { lookup, consent } => {
            Body::AttributesLookupAsked { lookup, consent: new(consent) }
        }
        other => other,
    }
}
