//! After a fork: two writers used one log (a copied store). What the server does not have is recorded again in a new log,
//! with its first time; nothing the crew saw as recorded is lost, and nothing of the other writer is doubled.

use crate::core::Core;
use crate::journal::Stamp;
use crate::state::Now;
use case::{Body, EventName, JoinReason, Writer};
use model::{CaseId, LogId};
use std::collections::BTreeMap;

impl Core {
    pub(crate) fn after_fork(&mut self, log: LogId, now: Now) {
        let case = self.books.keys().copied().find(|case| self.journal.log_of(*case) == Some(log));
        self.journal.abandon(log);
        if let Some(case) = case {
            self.record_again(case, log, now);
        }
    }

    fn record_again(&mut self, case: CaseId, log: LogId, now: Now) {
        let Some(book) = self.books.get_mut(&case) else { return };
        let unsent: Vec<_> =
            book.facts.iter().filter(|f| f.event.name.log == log && f.commit.is_none()).cloned().collect();
        let mut renamed: BTreeMap<EventName, EventName> = BTreeMap::new();
        for fact in &unsent {
            book.facts.remove(fact.event.name);
        }
        let crew = self.state.crew.as_ref().map(|s| s.crew);
        let mut stamp = Stamp { now, offset: self.state.offset, crew, ids: &mut self.ids };
        if let Some((event, hash)) = self.journal.join_case(case, JoinReason::NewStore, &mut stamp) {
            book.record(event, hash);
        }
        for fact in unsent {
            let body = with_new_names(fact.event.body, &renamed);
            let crew = match fact.event.writer {
                Writer::Tablet { crew, .. } => crew,
                Writer::Server(_) => None,
            };
            if let Some((event, hash)) = self.journal.write_again(case, body, fact.event.at, crew) {
                renamed.insert(fact.event.name, event.name);
                book.record(event, hash);
            }
        }
        self.refresh(case);
    }
}

/// Facts that name other facts follow those to their new names.
fn with_new_names(body: Body, renamed: &BTreeMap<EventName, EventName>) -> Body {
    let new = |of: EventName| renamed.get(&of).copied().unwrap_or(of);
    match body {
        Body::StageUndone { of } => Body::StageUndone { of: new(of) },
        Body::StageCorrected { of, to, reason } => Body::StageCorrected { of: new(of), to, reason },
        Body::ConsentWithdrawn { of } => Body::ConsentWithdrawn { of: new(of) },
        Body::LookupAsked { lookup, consent, level } => Body::LookupAsked { lookup, consent: new(consent), level },
        other => other,
    }
}
