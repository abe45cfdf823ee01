//! Capacity, decisions, audit, vault and used nonces in memory. Nothing is sealed here: the memory is the test's own.

use super::staff_passwords::write_act;
use super::{MemoryStore, Slot, State, reviews};
use crate::nonces::Nonce;
use crate::principal::Scope;
use crate::store::{
    AuditLog, AuditTicket, CaseLook, Claim, DecisionRecord, HistoryVault, Ledger, LookEnd, StoreError, UsedNonces,
    VaultEntry,
};
use audit::{Act, Begin, ChainId, Kind, Outcome, ShownItem, Stored};
use hospital_selection::CapacityReport;
use model::{CaseId, LookupId, QuestionId, Timestamp};

fn in_scope(scope: Scope, record: &DecisionRecord) -> bool {
    scope == Scope::Installation || scope == Scope::Department(record.department)
}

impl Ledger for MemoryStore {
    async fn report_capacity(&self, report: CapacityReport) -> Result<(), StoreError> {
        let mut state = self.lock();
        let slot = state.capacity.entry((report.hospital, report.capability)).or_insert(report);
        if report.at >= slot.at {
            *slot = report;
        }
        Ok(())
    }

    async fn capacity(&self) -> Result<Vec<CapacityReport>, StoreError> {
        Ok(self.lock().capacity.values().copied().collect())
    }

    async fn record_decision(&self, record: DecisionRecord) -> Result<DecisionRecord, StoreError> {
        Ok(self.lock().decisions.entry(record.question).or_insert(record).clone())
    }

    async fn decision_of(&self, scope: Scope, question: QuestionId) -> Result<Option<DecisionRecord>, StoreError> {
        Ok(self.lock().decisions.get(&question).filter(|record| in_scope(scope, record)).cloned())
    }

    async fn decisions(&self, scope: Scope, case: CaseId) -> Result<Vec<DecisionRecord>, StoreError> {
        let state = self.lock();
        let wanted = |record: &&DecisionRecord| record.case == case && in_scope(scope, record);
        let mut list: Vec<_> = state.decisions.values().filter(wanted).cloned().collect();
        list.sort_by_key(|record| (record.at, record.decision));
        Ok(list)
    }
}

/// Writes the next entry that begins a look.
fn begin_in(state: &mut State, at: Timestamp, begin: Begin) -> AuditTicket {
    let lookup = begin.lookup;
    let stored = state.chain.begin(at, begin.clone());
    reviews::begun(state, at, &begin, stored.seq);
    state.chain.advance(&stored);
    let ticket = AuditTicket { chain: state.chain.head().chain, seq: stored.seq, lookup };
    state.audit.push(stored);
    ticket
}

impl AuditLog for MemoryStore {
    async fn begin(&self, at: Timestamp, begin: Begin) -> Result<AuditTicket, StoreError> {
        Ok(begin_in(&mut self.lock(), at, begin))
    }

    async fn begin_once(
        &self,
        at: Timestamp,
        question: QuestionId,
        begin: Begin,
    ) -> Result<Option<AuditTicket>, StoreError> {
        let mut state = self.lock();
        if !state.audited_questions.insert(question) {
            return Ok(None);
        }
        Ok(Some(begin_in(&mut state, at, begin)))
    }

    async fn complete(
        &self,
        at: Timestamp,
        ticket: AuditTicket,
        outcome: Outcome,
        shown: Vec<ShownItem>,
    ) -> Result<(), StoreError> {
        let mut state = self.lock();
        let stored = state.chain.complete(at, ticket.seq, ticket.lookup, outcome.clone(), shown.clone());
        state.chain.advance(&stored);
        reviews::ended(&mut state, ticket, LookEnd { at, outcome, shown });
        state.audit.push(stored);
        Ok(())
    }

    async fn note(&self, at: Timestamp, act: Act) -> Result<(), StoreError> {
        write_act(&mut self.lock(), at, act);
        Ok(())
    }

    async fn looks(&self, case: CaseId) -> Result<Vec<CaseLook>, StoreError> {
        let entries: Vec<_> = self.lock().audit.iter().filter_map(Stored::entry).collect();
        let end_of = |seq| {
            entries.iter().find_map(|entry| match &entry.kind {
                Kind::Complete(end) if end.begin_seq == seq => {
                    Some(LookEnd { at: entry.at, outcome: end.outcome.clone(), shown: end.shown.clone() })
                }
                _ => None,
            })
        };
        let look = |entry: &audit::AuditEntry| match &entry.kind {
            Kind::Begin(begin) if begin.case == case => {
                Some(CaseLook { at: entry.at, begin: begin.clone(), end: end_of(entry.seq) })
            }
            _ => None,
        };
        Ok(entries.iter().filter_map(look).collect())
    }

    async fn chains(&self) -> Result<Vec<(ChainId, Vec<Stored>)>, StoreError> {
        let state = self.lock();
        Ok(vec![(state.chain.head().chain, state.audit.clone())])
    }
}

impl HistoryVault for MemoryStore {
    async fn claim(
        &self,
        lookup: LookupId,
        case: CaseId,
        now: Timestamp,
        stale_before: Timestamp,
    ) -> Result<Claim, StoreError> {
        let mut state = self.lock();
        let free = Slot { case, claimed_at: now, held: false, entry: None, gone: false };
        let slot = state.vault.entry(lookup).or_insert(free);
        if slot.case != case {
            return Ok(Claim::OtherCase);
        }
        if let Some(entry) = slot.entry.as_ref().filter(|entry| entry.expires_at > now) {
            return Ok(Claim::Here(Box::new(entry.clone())));
        }
        if slot.gone || slot.entry.is_some() {
            return Ok(Claim::Gone);
        }
        if slot.held && slot.claimed_at >= stale_before {
            return Ok(Claim::Held);
        }
        (slot.held, slot.claimed_at) = (true, now);
        Ok(Claim::Granted)
    }

    async fn give_up(&self, lookup: LookupId) -> Result<(), StoreError> {
        if let Some(slot) = self.lock().vault.get_mut(&lookup) {
            slot.held = false;
        }
        Ok(())
    }

    async fn put(&self, entry: VaultEntry) -> Result<(), StoreError> {
        let mut state = self.lock();
        let slot = state.vault.get_mut(&entry.lookup).filter(|slot| slot.held && slot.case == entry.case);
        let slot = slot.ok_or(StoreError::Missing("a history"))?;
        slot.held = false;
        slot.entry = Some(entry);
        Ok(())
    }

    async fn history(&self, lookup: LookupId, case: CaseId, now: Timestamp) -> Result<Option<VaultEntry>, StoreError> {
        let state = self.lock();
        let entry = state.vault.get(&lookup).and_then(|slot| slot.entry.as_ref());
        Ok(entry.filter(|entry| entry.case == case && entry.expires_at > now).cloned())
    }

    async fn destroy_lookup(&self, lookup: LookupId) -> Result<(), StoreError> {
        if let Some(slot) = self.lock().vault.get_mut(&lookup).filter(|slot| slot.entry.is_some()) {
            slot.entry = None;
            slot.gone = true;
        }
        Ok(())
    }

    async fn destroy_case(&self, case: CaseId) -> Result<(), StoreError> {
        for slot in self.lock().vault.values_mut().filter(|slot| slot.case == case && slot.entry.is_some()) {
            slot.entry = None;
            slot.gone = true;
        }
        Ok(())
    }

    async fn destroy_expired(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut destroyed = 0;
        for slot in self.lock().vault.values_mut() {
            if slot.entry.as_ref().is_some_and(|entry| entry.expires_at <= now) {
                slot.entry = None;
                slot.gone = true;
                destroyed += 1;
            }
        }
        Ok(destroyed)
    }
}

impl UsedNonces for MemoryStore {
    async fn use_nonce(&self, nonce: Nonce, lookup: LookupId) -> Result<bool, StoreError> {
        Ok(*self.lock().used_nonces.entry(nonce).or_insert(lookup) == lookup)
    }
}
