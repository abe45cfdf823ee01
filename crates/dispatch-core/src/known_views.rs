//! Views of cases that were folded before, by case and position: an open page looks several times a second, and a case that
//! nobody wrote to means today what it meant a second ago.

use crate::error::UseCaseError;
use crate::limits::VIEWS_KEPT;
use crate::principal::Scope;
use crate::server_log::load_case;
use crate::store::{CaseHead, EventStore};
use case::CaseView;
use model::CaseId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a case meant at a position. Never who may see it: heads come from a scoped read, each time.
#[derive(Debug, Default)]
pub struct KnownViews(Mutex<BTreeMap<CaseId, (u64, Arc<CaseView>)>>);

impl KnownViews {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<CaseId, (u64, Arc<CaseView>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The view of a case whose head was just read in `scope`, with the position that it is of (never an older one).
    pub(crate) async fn view<S: EventStore>(
        &self,
        store: &S,
        scope: Scope,
        head: CaseHead,
    ) -> Result<(CaseHead, Arc<CaseView>), UseCaseError> {
        let known = self.lock().get(&head.case).filter(|(position, _)| *position >= head.position).cloned();
        if let Some((position, view)) = known {
            return Ok((CaseHead { position, ..head }, view));
        }
        let loaded = load_case(store, scope, head.case).await?;
        let view = Arc::new(loaded.view);
        self.keep(loaded.head.case, loaded.head.position, Arc::clone(&view));
        Ok((loaded.head, view))
    }

    fn keep(&self, case: CaseId, position: u64, view: Arc<CaseView>) {
        let mut known = self.lock();
        if known.get(&case).is_none_or(|(kept, _)| *kept <= position) {
            known.insert(case, (position, view));
        }
        while known.len() > VIEWS_KEPT {
            // Ids begin with their time: the first is the oldest case.
            known.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(n: u8) -> CaseId {
        CaseId::from_bytes([n; 16])
    }

    #[test]
    fn an_older_view_never_takes_the_place_of_a_newer_one() {
        let views = KnownViews::default();
        let view = || Arc::new(CaseView::default());
        views.keep(case(1), 5, view());
        views.keep(case(1), 4, view());
        assert_eq!(views.lock().get(&case(1)).map(|(position, _)| *position), Some(5));
    }

    #[test]
    fn at_the_limit_the_oldest_case_is_forgotten() {
        let views = KnownViews::default();
        let view = Arc::new(CaseView::default());
        for n in 0..=u16::try_from(VIEWS_KEPT).expect("fits") {
            let mut id = [0; 16];
            id[..2].copy_from_slice(&n.to_be_bytes());
            views.keep(CaseId::from_bytes(id), 1, Arc::clone(&view));
        }
        let known = views.lock();
        assert_eq!(known.len(), VIEWS_KEPT);
        assert!(!known.contains_key(&case(0)));
    }
}
