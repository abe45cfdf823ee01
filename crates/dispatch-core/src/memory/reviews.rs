//! Looks to review in memory.

use super::staff_passwords::write_act;
use super::{Look, MemoryStore, State};
use crate::principal::Scope;
use crate::store::{
    AuditTicket, EmergencyLook, Judged, LookEnd, ReviewItem, Reviews, ReviewsOf, StoreError, Verdict, look_to_review,
};
use audit::{Act, Begin};
use model::{LookupId, Timestamp};

/// A look that was begun enters the queue; one that is tried again stays where it stands.
pub(super) fn begun(state: &mut State, at: Timestamp, begin: &Begin, seq: u64) {
    let Some(look) = look_to_review(at, begin) else { return };
    let since = state.looks.get(&look.lookup).map_or(at, |known| known.look.begun_at);
    state.looks.insert(look.lookup, Look { look: EmergencyLook { begun_at: since, ..look }, seq });
}

/// How the look of this ticket ended.
pub(super) fn ended(state: &mut State, ticket: AuditTicket, end: LookEnd) {
    if let Some(known) = state.looks.get_mut(&ticket.lookup).filter(|known| known.seq == ticket.seq) {
        known.look.end = Some(end);
    }
}

fn item(state: &State, look: &Look) -> ReviewItem {
    ReviewItem { look: look.look.clone(), verdict: state.verdicts.get(&look.look.lookup).cloned() }
}

fn in_scope(scope: Scope, look: &Look) -> bool {
    scope == Scope::Installation || scope == Scope::Department(look.look.department)
}

impl Reviews for MemoryStore {
    async fn emergency_looks(
        &self,
        scope: Scope,
        which: ReviewsOf,
        limit: usize,
    ) -> Result<Vec<ReviewItem>, StoreError> {
        let state = self.lock();
        let mut items: Vec<_> = state.looks.values().filter(|l| in_scope(scope, l)).map(|l| item(&state, l)).collect();
        items.retain(|item| item.verdict.is_some() == (which == ReviewsOf::Reviewed));
        match which {
            ReviewsOf::Open => items.sort_by_key(|item| (item.look.begun_at, item.look.lookup)),
            ReviewsOf::Reviewed => {
                items.sort_by_key(|item| (item.verdict.as_ref().map(|v| v.at), item.look.lookup));
                items.reverse();
            }
        }
        items.truncate(limit);
        Ok(items)
    }

    async fn emergency_look(&self, scope: Scope, lookup: LookupId) -> Result<Option<ReviewItem>, StoreError> {
        let state = self.lock();
        Ok(state.looks.get(&lookup).filter(|look| in_scope(scope, look)).map(|look| item(&state, look)))
    }

    async fn open_reviews(&self, scope: Scope) -> Result<u64, StoreError> {
        let state = self.lock();
        let open = |look: &&Look| in_scope(scope, look) && !state.verdicts.contains_key(&look.look.lookup);
        Ok(u64::try_from(state.looks.values().filter(open).count()).unwrap_or(u64::MAX))
    }

    async fn review(&self, verdict: Verdict, act: Act) -> Result<Judged, StoreError> {
        let mut state = self.lock();
        if !state.looks.contains_key(&verdict.lookup) {
            return Err(StoreError::Missing("a look"));
        }
        if let Some(known) = state.verdicts.get(&verdict.lookup) {
            return Ok(Judged::Already(known.clone()));
        }
        write_act(&mut state, verdict.at, act);
        state.verdicts.insert(verdict.lookup, verdict);
        Ok(Judged::First)
    }
}
