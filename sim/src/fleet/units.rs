//! All units: switched on, signed in, which of them are free, and where each is.

use super::crew::Broken;
use super::plan::squared;
use super::socket::FleetSocket;
use super::tablet::{Common, Tablet, Unit};
use super::{Setup, Step, radio};
use crate::light::{micros, pass, pass_until};
use ambulance_core::Command;
use anyhow::{Context, Result, ensure};
use dispatch_server::admin::{FleetPeople, FleetTablet};
use dispatch_server::edge::spawn;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::ProgressBar;
use model::{Clock, Position};
use quic_link::PROTOCOLS;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, watch};
use wire::Passcode;

/// Every unit must be connected within this time.
const CONNECTED_WITHIN: Duration = Duration::from_secs(120);
/// Crews that sign in at once: fewer than may wait for the server's two checks of passcodes.
const SIGN_INS_AT_ONCE: usize = 32;
/// A crew that was told to come again waits so long.
const SIGN_IN_AGAIN: Duration = Duration::from_millis(500);
/// After the last transport everything must be acknowledged within this time.
const DRAINED_WITHIN: Duration = Duration::from_secs(60);
/// Positions are told in so many portions a second, so that they come evenly.
const PORTIONS_PER_SECOND: u64 = 50;

/// See the module.
pub(super) struct Fleet {
    pub(super) tablets: Vec<Arc<Tablet>>,
    /// Open as long as this lives.
    pub(super) sockets: usize,
    free: Mutex<BTreeSet<usize>>,
    came_back: Notify,
}

impl Fleet {
    /// Switches every tablet on; they dial by themselves.
    pub(super) async fn switch_on(setup: &Setup, tablets: Vec<FleetTablet>, common: &Arc<Common>) -> Result<Self> {
        let mut units = Vec::with_capacity(tablets.len());
        let group = setup.units_per_socket;
        let mut sockets = 0;
        let mut socket = None;
        for (n, tablet) in tablets.into_iter().enumerate() {
            if n % group == 0 {
                let tls = pki::quic_client_config(&tablet.bundle, PROTOCOLS, pki::EarlyData::Off)?;
                socket = Some(FleetSocket::take(sockets, group, radio::is_played(&setup.scenario), tls)?);
                sockets += 1;
            }
            let callsign = format!("訓練{}", n / setup.departments + 1);
            let station = setup.stations.get(n).context("every unit has a station")?.at;
            let unit = Unit { n, tablet, callsign, station };
            let socket = socket.as_ref().context("a socket was taken")?;
            units.push(Arc::new(unit.start(socket, common).await.with_context(|| format!("switch unit {n} on"))?));
        }
        let free = Mutex::new((0..units.len()).collect());
        Ok(Self { tablets: units, sockets, free, came_back: Notify::new() })
    }

    /// Waits until every tablet has the server's Welcome; how long it took since `begin_us`.
    pub(super) async fn connected(&self, begin_us: u64, common: &Common, bar: &ProgressBar) -> Result<Duration> {
        let all = stream::iter(&self.tablets).map(|tablet| async move {
            tablet.connected((begin_us, begin_us), common).await?;
            bar.inc(1);
            common.book.connected.fetch_add(1, Ordering::Relaxed);
            anyhow::Ok(())
        });
        let waiting = all.buffer_unordered(self.tablets.len().max(1)).try_collect::<Vec<()>>();
        let within = tokio::time::timeout(CONNECTED_WITHIN, waiting).await;
        let connected = common.book.connected.load(Ordering::Relaxed);
        let (all, within_s) = (self.tablets.len(), CONNECTED_WITHIN.as_secs());
        within.with_context(|| format!("{connected} of {all} units were connected within {within_s} s"))??;
        Ok(Duration::from_micros(common.clock.monotonic().us.saturating_sub(begin_us)))
    }

    /// Every crew signs in, as at the beginning of a shift.
    pub(super) async fn sign_in(&self, people: &FleetPeople, common: &Common, bar: &ProgressBar) -> Result<()> {
        let all = stream::iter(&self.tablets).map(|tablet| async move {
            let login = people.crews.get(&tablet.unit).context("the unit has no crew")?;
            loop {
                let passcode = Passcode::new(people.passcode.as_str().to_owned());
                tablet.traffic.pressed(0);
                tablet.handle.command(Command::SignIn { login: login.clone(), passcode }).await?;
                let state = tablet.handle.wait_for(|s| s.crew.is_some() || s.sign_in_error.is_some()).await?;
                if state.crew.is_some() {
                    break;
                }
                let error = state.sign_in_error.as_ref().map_or("", |error| error.code.as_str());
                ensure!(error == "busy" || error == "too_many_requests", "a crew could not sign in: {error}");
                common.book.refused(Step::SignIn, error);
                pass(SIGN_IN_AGAIN).await;
            }
            bar.inc(1);
            anyhow::Ok(())
        });
        all.buffer_unordered(SIGN_INS_AT_ONCE).try_collect::<Vec<()>>().await.map(drop)
    }

    fn free(&self) -> MutexGuard<'_, BTreeSet<usize>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The free unit that is nearest to a place, by the straight line; it is free no more. Ties go to the lower number.
    pub(super) fn take_nearest(&self, place: Position) -> Option<Arc<Tablet>> {
        let mut free = self.free();
        let of = |n: &usize| self.tablets.get(*n).map(|tablet| (squared(tablet.place(), place), *n));
        let (_, n) = free.iter().filter_map(of).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))?;
        free.remove(&n);
        self.tablets.get(n).map(Arc::clone)
    }

    /// The unit is free again, or stays out of service after a transport that broke off.
    pub(super) fn give_back(&self, tablet: &Tablet, ended: &Result<(), Broken>) {
        if ended.is_ok() {
            self.free().insert(tablet.n);
            self.came_back.notify_one();
        }
    }

    /// The nearest free unit, waited for where there is none; whether it was.
    pub(super) async fn wait_for_nearest(&self, place: Position) -> (Arc<Tablet>, bool) {
        let mut waited = false;
        loop {
            if let Some(tablet) = self.take_nearest(place) {
                return (tablet, waited);
            }
            waited = true;
            self.came_back.notified().await;
        }
    }

    /// Tells every unit's position so often, evenly spread, until it is over.
    pub(super) async fn tell_positions(&self, every: Duration, common: &Common, mut over: watch::Receiver<bool>) {
        let portions = (every.as_secs() * PORTIONS_PER_SECOND).max(1);
        let step_us = micros(every) / portions;
        let portion = self.tablets.len().div_ceil(usize::try_from(portions).unwrap_or(1)).max(1);
        let mut due_us = common.clock.monotonic().us;
        loop {
            for tablets in self.tablets.chunks(portion) {
                tokio::select! {
                    () = pass_until(due_us, &common.clock) => {}
                    () = crate::light::ordered(&mut over) => return,
                }
                due_us = due_us.saturating_add(step_us);
                for tablet in tablets {
                    let counter = match tablet.tell_position() {
                        true => &common.book.positions,
                        false => &common.book.positions_dropped,
                    };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            }
            // Few units leave portions empty.
            let told = self.tablets.len().div_ceil(portion) as u64;
            due_us = due_us.saturating_add(step_us.saturating_mul(portions.saturating_sub(told)));
        }
    }

    /// Waits until nothing waits on any tablet, or the time is over: what is left is told by the comparison with the server.
    pub(super) async fn drained(&self) {
        let all = stream::iter(&self.tablets).map(|tablet| async move {
            tablet.handle.wait_for(|state| state.outbox.waiting == 0 && state.unwritten == 0).await.is_ok()
        });
        let waiting = all.buffer_unordered(self.tablets.len().max(1)).collect::<Vec<bool>>();
        if tokio::time::timeout(DRAINED_WITHIN, waiting).await.is_err() {
            tracing::warn!("some tablets still hold what the server has not acknowledged");
        }
    }

    /// Switches every tablet off; what they hold stays to be counted.
    ///
    /// # Errors
    /// When somebody still holds one.
    pub(super) async fn switch_off(self) -> Result<Vec<super::tablet::Outbox>> {
        let mut outboxes = Vec::with_capacity(self.tablets.len());
        let mut stopping = Vec::with_capacity(self.tablets.len());
        for tablet in self.tablets {
            let tablet = Arc::into_inner(tablet).context("a transport still holds a unit")?;
            outboxes.push(tablet.outbox);
            stopping.push(spawn(tablet.handle.stop()));
        }
        for stopped in stopping {
            if let Err(error) = stopped.await {
                tracing::error!(%error, "a tablet did not stop");
            }
        }
        Ok(outboxes)
    }
}
