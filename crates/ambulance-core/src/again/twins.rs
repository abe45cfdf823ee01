//! An entry that may have a new name which nobody here remembers: the progress of its log was not written yet, or was
//! lost with a damaged store. The same fact at the same first time under another name is that entry, recorded before.

use super::names::with_names;
use crate::core::{Core, Restored};
use case::{Event, EventName, Stored, Subject};
use model::LogId;

/// A name that no log has, in place of the names that facts speak of.
const NOBODY: EventName = EventName { log: LogId::from_bytes([0; 16]), seq: 0 };

impl Core {
    /// The unit's own entries as the store held them: no feed tells of them.
    pub(super) fn keep_unit_entries(&mut self, restored: &Restored) {
        let decoded = restored.entries.iter().filter_map(|entry| Stored::decode(entry.schema, &entry.bytes).ok());
        self.again.unit_entries = decoded.filter(|event| event.subject.case().is_none()).collect();
    }

    /// The name under which an entry stands already, as far as this tablet and the server know.
    pub(super) fn twin_of(&self, event: &Event) -> Option<EventName> {
        let is_twin = |other: &Event| other.name.log != event.name.log && is_same_press(event, other);
        match event.subject {
            Subject::Case(case) => {
                let facts = || self.books.get(&case).into_iter().flat_map(|book| book.facts.iter());
                let twins = || facts().filter(|fact| is_twin(&fact.event));
                let on_server = twins().find(|fact| fact.commit.is_some_and(|commit| commit.position > 0));
                let here = || twins().find(|fact| !self.again.has_new_name(fact.event.name));
                on_server.or_else(here).map(|twin| twin.event.name)
            }
            Subject::Unit(_) | Subject::Incident(_) => {
                let twins = self.again.unit_entries.iter().filter(|other| is_twin(other));
                twins.map(|twin| twin.name).find(|name| !self.again.has_new_name(*name))
            }
        }
    }
}

/// Whether two entries are one press: they may speak of a fact under its old name and its new one.
fn is_same_press(one: &Event, other: &Event) -> bool {
    one.at == other.at
        && one.subject == other.subject
        && one.writer == other.writer
        && one.body.kind() == other.body.kind()
        && with_names(one.body.clone(), |_| NOBODY) == with_names(other.body.clone(), |_| NOBODY)
}
