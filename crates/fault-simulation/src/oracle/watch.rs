//! What is looked at while a run goes: acknowledgements, questions that leave, and what the screens say.

use super::now;
use crate::tablet::Tablet;
use crate::world::World;
use ambulance_core::{CardState, Fault, HistoryState, LinkState, State};
use case::{EventName, Hash};
use delivery::{LogHead, ReadRequest, StoreOrder};
use dispatch_core::store::EventStore;
use model::CaseId;
use wire::{Ask, Question};

/// What a tablet showed last.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    link: &'static str,
    crew: &'static str,
    fault: &'static str,
    case: Option<CaseId>,
    card: &'static str,
    history: &'static str,
    closed: bool,
    destination: Option<u32>,
}

impl World {
    /// An order to a tablet's store: an acknowledgement must be true when it is believed.
    pub(crate) fn check_order(&mut self, t: usize, order: StoreOrder) {
        let to = match order {
            StoreOrder::Acknowledge { .. } => "acknowledged",
            StoreOrder::Reopen { .. } => "reopened",
            StoreOrder::Quarantine { .. } => "wedged",
            StoreOrder::MarkForked { .. } => "ended",
        };
        self.transitions.note("log", "", to);
        let StoreOrder::Acknowledge { log, through } = order else { return };
        let Some(tablet) = self.tablets.get(t) else { return };
        let life = tablet.conn.and_then(|conn| self.connections.get(&conn)).map(|c| c.server_life);
        if life != Some(self.server.life) {
            return; // The word came from a server that is gone; it was true then.
        }
        let from = tablet.disk.heads().iter().find(|head| head.log == log).map_or(1, |head| head.acknowledged + 1);
        let limit = usize::try_from((through + 1).saturating_sub(from)).unwrap_or(0);
        let entries = tablet.disk.read(ReadRequest { log, from, limit }).unwrap_or_default();
        for entry in entries {
            let name = EventName { log, seq: entry.seq };
            if now(self.server.tools.store.inner.entry_hash(name)) != Some(Hash::of(&entry.bytes)) {
                let head = now(self.server.tools.store.inner.log_head(log));
                let what = format!("{name:?} counts as sent, but is not on the server, which holds {head:?}");
                self.oracle.violated("acknowledged means durable", what);
            }
        }
    }

    /// What a log has behind `known` is on the server under other names: it was cut, and the mark is on its way to the disk.
    fn stands_elsewhere(&self, tablet: &Tablet, head: &LogHead, known: u64) -> bool {
        let request = ReadRequest { log: head.log, from: known + 1, limit: usize::try_from(head.head).unwrap_or(0) };
        let entries = tablet.disk.read(request).unwrap_or_default();
        !entries.is_empty() && entries.iter().all(|entry| self.oracle.has_press(tablet.place.device, entry))
    }

    /// A look-up leaves only on a consent that stands, in an open case.
    pub(crate) fn check_question(&mut self, t: usize, ask: &Ask) {
        let Question::History(question) = &ask.question else { return };
        let Some(core) = self.tablets.get(t).and_then(|tablet| tablet.core.as_ref()) else { return };
        let view = core.state().cases.get(&question.case).map(|case| &case.view);
        let stands = view.and_then(|view| view.consent()).is_some_and(|consent| {
            (consent.name.log, consent.name.seq) == question.consent && consent.basis.allows_lookup()
        });
        if !stands || view.is_none_or(|view| view.is_closed()) {
            let what = format!("look-up {:?} left without standing consent or in a closed case", question.lookup);
            self.oracle.violated("consent first", what);
        }
    }

    /// After every change: the screen's words are true, and which transitions were taken.
    pub(crate) fn look_at_state(&mut self, t: usize) {
        let Some(tablet) = self.tablets.get(t) else { return };
        let Some(state) = tablet.core.as_ref().map(ambulance_core::Core::state) else { return };
        let (disk, seen) = (tablet.disk.number, seen(state));
        let says_all_sent = state.link.is_up() && state.outbox.waiting == 0;
        let stands =
            tablet.conn.and_then(|conn| self.connections.get(&conn)).map(|c| c.server_life) == Some(self.server.life);
        if says_all_sent && stands && self.oracle.put_back == 0 {
            let behind = tablet.disk.heads().into_iter().filter(|head| head.forked_at.is_none()).find(|head| {
                let known = now(self.server.tools.store.inner.log_head(head.log)).map_or(0, |known| known.head);
                known < head.head && !self.stands_elsewhere(tablet, head, known)
            });
            if let Some(head) = behind {
                let what = format!("disk {disk}: 未送信 0 is shown, but {:?} has more", head.log);
                self.oracle.violated("unsent 0 means acknowledged", what);
            }
        }
        self.note_transitions(disk, seen);
    }

    fn note_transitions(&mut self, disk: u32, seen: Seen) {
        let before = self.oracle.seen.insert(disk, seen.clone()).unwrap_or_default();
        if before == seen {
            return;
        }
        let mut step = |machine: &str, from: &str, to: &str| {
            if from != to {
                self.transitions.note(machine, from, to);
            }
        };
        step("link", before.link, seen.link);
        step("crew", before.crew, seen.crew);
        step("fault", before.fault, seen.fault);
        if before.case != seen.case {
            step("case", "on_screen", "other");
            return;
        }
        step("card", before.card, seen.card);
        step("history", before.history, seen.history);
        if !before.closed && seen.closed {
            step("case", "opened", "closed");
        }
        match (before.destination, seen.destination) {
            (None, Some(_)) => step("destination", "none", "decided"),
            (Some(a), Some(b)) if a != b => step("destination", "decided", "changed"),
            _ => {}
        }
    }
}

fn seen(state: &State) -> Seen {
    let case = state.case();
    Seen {
        link: match state.link {
            LinkState::Up { .. } => "up",
            LinkState::Down { .. } => "down",
            LinkState::Refused { .. } => "refused",
        },
        crew: if state.crew.is_some() { "in" } else { "out" },
        fault: state.faults.last().map_or("none", fault),
        case: state.current,
        card: case.map_or("none", |case| card(&case.card)),
        history: case.map_or("not_asked", |case| history(&case.history)),
        closed: case.is_some_and(|case| case.view.is_closed()),
        destination: case.and_then(|case| case.view.destination()).map(|decided| decided.version),
    }
}

const fn fault(fault: &Fault) -> &'static str {
    match fault {
        Fault::DiskFull => "disk_full",
        Fault::StoreFailed => "store_failed",
        Fault::Forked => "forked",
        Fault::RowDamaged => "row_damaged",
        Fault::Missing { .. } => "missing",
    }
}

const fn card(card: &CardState) -> &'static str {
    match card {
        CardState::None => "none",
        CardState::Reading => "reading",
        CardState::Face(_) => "face",
        CardState::Consent(_) => "consent",
        CardState::Mismatch => "mismatch",
        CardState::Refused => "refused",
        CardState::Done(_) => "done",
        CardState::Failed(_) => "failed",
        CardState::Pin(_) => "pin",
        CardState::OfOther { .. } => "of_other",
    }
}

const fn history(history: &HistoryState) -> &'static str {
    match history {
        HistoryState::NotAsked => "not_asked",
        HistoryState::Waiting { .. } => "waiting",
        HistoryState::Here { .. } => "here",
        HistoryState::Failed { .. } => "failed",
        HistoryState::Wiped { .. } => "wiped",
    }
}
