//! What every edge of the running server shares.

use crate::card_roots::CardRoots;
use crate::edge::{Ids, SystemClock};
use crate::fanout::Fanout;
use crate::live::Live;
use crate::map_tiles::MapTiles;
use crate::nonces::NonceKeeper;
use crate::published::PublishedKeeper;
use crate::roads::Travelling;
use crate::source::SharedSource;
use crate::standing::StandingKeeper;
use crate::store::SqliteStore;
use crate::web::{FactorKey, HandoverCodes, Passcodes, Watching};
use dispatch_core::Call;
use dispatch_core::suggest::Engine;
use field_alerts::RuleSet;
use hospital_selection::HospitalTable;
use model::{Clock, Timestamp};
use std::sync::{Arc, OnceLock};
use tokio::sync::{Semaphore, SemaphorePermit};
use travel_time::RoadModel;

/// The running server, shared by units, pages and tasks.
pub struct App {
    /// Everything durable.
    pub store: SqliteStore,
    /// The national system.
    pub source: SharedSource,
    /// The alert rules, with each department's switches.
    pub rules: Arc<RuleSet>,
    /// The hospitals.
    pub hospitals: Arc<HospitalTable>,
    /// How drives are timed.
    pub travel: Arc<Travelling>,
    /// What lies under the console's map.
    pub tiles: Arc<MapTiles>,
    /// 訓練.
    pub training: bool,
    /// Hints for those who read on.
    pub fanout: Fanout,
    /// What is known of units now and not kept.
    pub live: Arc<Live>,
    /// Which hospitals' boards somebody watches.
    pub watching: Arc<Watching>,
    /// Single-use codes of handover documents.
    pub codes: Arc<HandoverCodes>,
    /// Seals secrets of authenticator apps.
    pub factors: Arc<FactorKey>,
    /// Compares passcodes.
    pub passcodes: Passcodes,
    /// Whose cards count.
    pub card_roots: CardRoots,
    /// Makes nonces for cards.
    pub nonces: NonceKeeper,
    /// What holds for a time.
    pub(crate) standing: StandingKeeper,
    /// What tablets' lists follow besides the hospital table.
    pub(crate) published: PublishedKeeper,
    pub(crate) clock: Arc<SystemClock>,
    pub(crate) ids: Ids,
    pub(crate) pages: OnceLock<String>,
    /// Places for look-ups.
    pub(crate) lookups: Arc<Semaphore>,
    /// Places for reads of connections that begin or catch up.
    pub(crate) catching_up: Semaphore,
}

impl App {
    /// Time and ids for one use case.
    #[must_use]
    pub fn call(&self) -> Call<'_> {
        Call::new(self.clock.as_ref(), self.ids.fork(), self.training)
    }
    /// The server's UTC.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.utc()
    }
    /// What ranks, by the minutes of [`Travelling::now`].
    #[must_use]
    pub fn engine<'a>(&'a self, travel: &'a RoadModel) -> Engine<'a, RoadModel> {
        Engine { table: &self.hospitals, travel, rules: &self.rules }
    }
    /// A place for reading what a connection begins with, or catches up with; given back when dropped, and never kept while a tablet
    /// is waited for.
    pub(crate) async fn catch_up(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        self.catching_up.acquire().await.ok()
    }
    /// Where the pages are, as `https://host:port`.
    #[must_use]
    pub fn pages(&self) -> &str {
        self.pages.get().map_or("", String::as_str)
    }
}
