//! What a unit's tablets are sent: the facts of its cases behind the position that each tablet has, in order.
//!
//! A hint says only "look". A hint that came twice or late costs nothing but time, because a reader asks the store from
//! its own position.

use crate::limits::{FEED_CASES, FEED_FOLLOW_MINUTES, FEED_PAGE};
use crate::principal::Scope;
use crate::store::{CaseQuery, CommittedFact, EventStore, StoreError};
use model::{CaseId, DepartmentId, Timestamp, UnitId};
use std::collections::{BTreeMap, VecDeque};

/// How far one tablet has come.
#[derive(Clone, Debug)]
pub struct UnitFeed {
    department: DepartmentId,
    /// Departments that the unit works for as relief, or did until a while ago.
    others: Vec<DepartmentId>,
    unit: UnitId,
    known: BTreeMap<CaseId, u64>,
    /// Cases with something new, and their position when looked at.
    behind: VecDeque<(DepartmentId, CaseId, u64)>,
    leaves_out: bool,
}

impl UnitFeed {
    /// Goes on where the tablet says it stands; cases it does not name begin at their first fact.
    #[must_use]
    pub fn new(department: DepartmentId, unit: UnitId, known: impl IntoIterator<Item = (CaseId, u64)>) -> Self {
        let known = known.into_iter().collect();
        Self { department, others: Vec::new(), unit, known, behind: VecDeque::new(), leaves_out: false }
    }

    /// Follows the unit's cases of these departments as well ([`crate::relief::followed`]), from the next look on.
    pub fn follow(&mut self, others: Vec<DepartmentId>) {
        self.others = others;
    }

    /// Looks which cases have something new.
    ///
    /// # Errors
    /// The store failed; nothing has changed.
    pub async fn look(&mut self, store: &impl EventStore, now: Timestamp) -> Result<(), StoreError> {
        let since = Some(now.plus_minutes(-FEED_FOLLOW_MINUTES));
        self.leaves_out = false;
        let mut behind = VecDeque::new();
        for department in core::iter::once(self.department).chain(self.others.iter().copied()) {
            let limit = FEED_CASES + 1;
            let query = CaseQuery { open_only: false, unit: Some(self.unit), changed_since: since, limit };
            let mut heads = store.cases(Scope::Department(department), query).await?;
            self.leaves_out |= heads.len() > FEED_CASES;
            heads.truncate(FEED_CASES);
            let is_behind = |case: &CaseId, position: u64| self.known.get(case).copied().unwrap_or(0) < position;
            // The oldest case first: what the crew works on comes last and stays on the screen.
            let heads = heads.into_iter().rev().map(|head| (department, head.case, head.position));
            behind.extend(heads.filter(|(_, case, position)| is_behind(case, *position)));
        }
        self.behind = behind;
        Ok(())
    }

    /// Whether the last look left older cases out ([`FEED_CASES`]).
    #[must_use]
    pub const fn leaves_out(&self) -> bool {
        self.leaves_out
    }

    /// The next facts of one case, at most [`FEED_PAGE`]; none when everything that the last look found is sent.
    ///
    /// # Errors
    /// The store failed; nothing counts as sent.
    pub async fn next(&mut self, store: &impl EventStore) -> Result<Option<(CaseId, Vec<CommittedFact>)>, StoreError> {
        while let Some((department, case, position)) = self.behind.front().copied() {
            let known = self.known.get(&case).copied().unwrap_or(0);
            if known < position {
                let facts = store.case_facts(Scope::Department(department), case, known, FEED_PAGE).await?;
                if let Some(last) = facts.last().map(|fact| fact.position) {
                    self.known.insert(case, last);
                    return Ok(Some((case, facts)));
                }
            }
            self.behind.pop_front();
        }
        Ok(None)
    }
}
