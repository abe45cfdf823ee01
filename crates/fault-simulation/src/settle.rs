//! The end of a run: nothing goes wrong any more, everybody connects, everything that waits is sent. Then the oracle
//! asks for what was promised.

use crate::world::World;

/// Everything comes to rest within so much virtual time, microseconds.
const PATIENCE_US: u64 = 2 * 3_600 * 1_000_000;
/// Rest means that nothing changed for so long: longer than a log waits for an answer that was lost.
const REST_US: u64 = 40_000_000;

impl World {
    pub(crate) fn settle(&mut self) {
        self.plan = self.plan.calm();
        self.stop_presses();
        if let Ok(mut medium) = self.server.medium.lock() {
            medium.failing = 0;
        }
        if !self.server.up {
            self.server_starts(self.server.life);
        }
        for t in 0..self.tablets.len() {
            if let Some(tablet) = self.tablets.get_mut(t) {
                tablet.parted_until = 0;
            }
            if self.tablets.get(t).is_some_and(|tablet| tablet.core.is_none()) {
                self.start(t);
            }
        }
        self.come_to_rest();
        for t in 0..self.tablets.len() {
            if let Some(tablet) = self.tablets.get(t) {
                self.oracle.check_tablet(tablet, &self.server.tools.store.inner);
            }
        }
        self.oracle.check_obligations(&self.server.tools.store.inner);
        self.oracle.check_views(&self.server.tools.store.inner);
    }

    fn come_to_rest(&mut self) {
        let begun = self.now_us;
        let mut resting_since: Option<u64> = None;
        while self.oracle.is_content() {
            if !self.step() {
                break;
            }
            match resting_since {
                _ if !self.is_at_rest() => resting_since = None,
                None => resting_since = Some(self.now_us),
                Some(since) if self.now_us - since >= REST_US => return,
                Some(_) => {}
            }
            if self.now_us - begun > PATIENCE_US {
                break;
            }
        }
        if self.oracle.is_content() {
            let why = self.why_restless();
            self.oracle.violated("settles", why);
        }
    }

    fn is_at_rest(&self) -> bool {
        self.server.is_idle() && self.is_quiet() && self.tablets.iter().all(is_drained)
    }

    fn why_restless(&self) -> String {
        let of = |tablet: &crate::tablet::Tablet| {
            let state = tablet.core.as_ref().map(ambulance_core::Core::state);
            format!(
                "disk {}: link up {:?}, waiting {:?}, on disk {:?}",
                tablet.disk.number,
                state.map(|state| state.link.is_up()),
                state.map(|state| state.outbox.waiting),
                tablet.disk.counts()
            )
        };
        let tablets: Vec<String> = self.tablets.iter().map(of).collect();
        format!("server idle {}, quiet {}; {}", self.server.is_idle(), self.is_quiet(), tablets.join("; "))
    }
}

fn is_drained(tablet: &crate::tablet::Tablet) -> bool {
    let Some(state) = tablet.core.as_ref().map(ambulance_core::Core::state) else { return false };
    state.link.is_up() && state.outbox.waiting == 0 && tablet.ops.is_empty() && tablet.disk.counts().waiting == 0
}
