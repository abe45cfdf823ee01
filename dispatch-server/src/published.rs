//! What tablets are sent so that their own lists follow what the server's do: editions of 実施基準 and closed areas
//! ([`wire::PublishedContent`]). Made once for each prefecture, again when an area is closed or opened.

use crate::app::App;
use crate::units::Peer;
use dispatch_core::store::{Directory, StoreError};
use hospital_selection::Standard;
use model::{DepartmentId, Position};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use travel_time::roads::Area;
use wire::limits::{PUBLISHED_BYTES_MAX, PUBLISHED_CLOSED_BYTES_MAX};
use wire::{NOTHING_PUBLISHED, Notice, Published, PublishedContent};

/// How often closed areas and departments are looked at: a closure reaches connected tablets so late at most.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Bytes of a corner, and of the lengths around texts and areas, in the encoded form at most.
const CORNER_BYTES: usize = 40;

/// An edition with its text.
#[derive(Clone, Debug)]
pub(crate) struct Edition {
    pub(crate) standard: Standard,
    pub(crate) text: String,
}

/// The content for one prefecture, and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Whole {
    name: String,
    content: Vec<u8>,
}

/// What is published now, by prefecture; and the prefecture of each department.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct PublishedNow {
    closed: Vec<Area>,
    prefectures: BTreeMap<DepartmentId, String>,
    wholes: BTreeMap<String, Whole>,
}

/// Keeps what is published, for readers of every connection.
#[derive(Debug)]
pub(crate) struct PublishedKeeper {
    editions: Vec<Edition>,
    table_sha256: String,
    now: watch::Sender<Arc<PublishedNow>>,
}

impl PublishedKeeper {
    /// Looks for the first time.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn first(
        store: &impl Directory,
        editions: Vec<Edition>,
        table_sha256: &str,
        closed: Vec<Area>,
    ) -> Result<Self, StoreError> {
        let now = watch::Sender::new(Arc::default());
        let keeper = Self { editions, table_sha256: table_sha256.to_owned(), now };
        keeper.look(store, closed).await?;
        Ok(keeper)
    }

    /// Told when something else is published.
    pub(crate) fn changes(&self) -> watch::Receiver<Arc<PublishedNow>> {
        self.now.subscribe()
    }

    /// The name of what is published for a department.
    fn name(&self, department: DepartmentId) -> String {
        let now = self.now.borrow();
        let whole = now.prefectures.get(&department).and_then(|prefecture| now.wholes.get(prefecture));
        whole.map_or_else(|| NOTHING_PUBLISHED.to_owned(), |whole| whole.name.clone())
    }

    /// What is published for a department; empty content where nothing is.
    fn content(&self, department: DepartmentId) -> Published {
        let now = self.now.borrow();
        let whole = now.prefectures.get(&department).and_then(|prefecture| now.wholes.get(prefecture));
        Published { content: whole.map(|whole| whole.content.clone()).unwrap_or_default().into() }
    }

    async fn look(&self, store: &impl Directory, closed: Vec<Area>) -> Result<(), StoreError> {
        // With nothing to publish nothing is read.
        let is_any = !(self.editions.is_empty() && closed.is_empty());
        let departments = if is_any { store.departments().await? } else { Vec::new() };
        let prefectures: BTreeMap<_, _> = departments.into_iter().map(|d| (d.id, d.pref)).collect();
        let known = Arc::clone(&self.now.borrow());
        if known.closed == closed && known.prefectures == prefectures {
            return Ok(());
        }
        let mut wholes = BTreeMap::new();
        for prefecture in prefectures.values() {
            if !wholes.contains_key(prefecture) {
                wholes.extend(self.whole(prefecture, &closed).map(|whole| (prefecture.clone(), whole)));
            }
        }
        self.now.send_replace(Arc::new(PublishedNow { closed, prefectures, wholes }));
        Ok(())
    }

    fn whole(&self, prefecture: &str, closed: &[Area]) -> Option<Whole> {
        let content = content(&self.editions, &self.table_sha256, prefecture, closed);
        match wire::codec::encode(&content) {
            Ok(bytes) => Some(Whole { name: hex::encode(Sha256::digest(&bytes)), content: bytes }),
            Err(error) => {
                tracing::error!(%error, "what is published cannot be sent: tablets rank by the table alone");
                None
            }
        }
    }
}

/// What fits: closed areas first, then the prefecture's own editions from the newest on, then those of others.
fn content(editions: &[Edition], table_sha256: &str, prefecture: &str, closed: &[Area]) -> PublishedContent {
    let mut content = PublishedContent {
        table_sha256: table_sha256.to_owned(),
        prefecture: Some(prefecture.to_owned()),
        ..PublishedContent::default()
    };
    let mut free = PUBLISHED_CLOSED_BYTES_MAX;
    for area in closed {
        let corners: Vec<Position> = area.clone().into();
        match free.checked_sub((corners.len() + 1) * CORNER_BYTES) {
            Some(rest) => {
                free = rest;
                content.closed.push(corners);
            }
            None => content.left_out += 1,
        }
    }
    let mut ordered: Vec<&Edition> = editions.iter().collect();
    let own = |e: &Edition| e.standard.prefecture() != prefecture;
    ordered.sort_by_key(|e| (own(e), std::cmp::Reverse(e.standard.validity().from)));
    let mut free = PUBLISHED_BYTES_MAX - PUBLISHED_CLOSED_BYTES_MAX - 1024;
    for edition in ordered {
        match free.checked_sub(edition.text.len() + CORNER_BYTES) {
            Some(rest) => {
                free = rest;
                content.editions.push(edition.text.clone());
            }
            None => content.left_out += 1,
        }
    }
    if content.left_out > 0 {
        tracing::warn!(left_out = content.left_out, prefecture, "what is published is too long for tablets");
    }
    content
}

impl App {
    /// What a unit's tablets are told: what holds for a time, and the name of what its lists follow.
    pub(crate) fn notice(&self, peer: &Peer) -> Notice {
        let notice = self.standing.now().notice(peer.unit, peer.department, self.now());
        let department = notice.relief.as_ref().map_or(peer.department, |relief| relief.department);
        Notice { published: Some(self.published.name(department)), ..notice }
    }

    /// What a unit's lists follow.
    pub(crate) fn published_for(&self, peer: &Peer) -> Published {
        let notice = self.standing.now().notice(peer.unit, peer.department, self.now());
        self.published.content(notice.relief.map_or(peer.department, |relief| relief.department))
    }
}

/// Looks again and again.
pub(crate) async fn run(app: Arc<App>) {
    let mut tick = tokio::time::interval(LOOK_EVERY);
    loop {
        tick.tick().await;
        if let Err(error) = app.published.look(&app.store, app.travel.closed()).await {
            tracing::error!(%error, "departments cannot be read: what is published stays as it was");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hospital_selection::HospitalTable;

    fn edition(prefecture: &str, from: &str, bytes: usize) -> Edition {
        let head = format!(
            "prefecture = '{prefecture}'\nversion = '{from}'\nsource = '訓練'\nfrom = '{from}T00:00:00+09:00'\n"
        );
        let text = format!("{head}# {}\n", "x".repeat(bytes));
        Edition { standard: Standard::parse(&text, HospitalTable::embedded()).expect("an edition"), text }
    }

    #[test]
    fn the_prefecture_s_own_editions_come_first_and_what_does_not_fit_is_counted() {
        let editions = [
            edition("千葉県", "2026-04-01", 400_000),
            edition("埼玉県", "2026-04-01", 400_000),
            edition("東京都", "2025-04-01", 100),
            edition("東京都", "2026-04-01", 100),
        ];
        let content = content(&editions, "abc", "東京都", &[]);
        let versions: Vec<bool> = content.editions.iter().map(|text| text.contains("東京都")).collect();
        assert_eq!(versions, [true, true, false], "both of its own, one of the others");
        assert!(content.editions.first().is_some_and(|text| text.contains("2026-04-01")), "the newest first");
        assert_eq!(content.left_out, 1);
        assert!(wire::codec::encode(&content).expect("a frame").len() <= PUBLISHED_BYTES_MAX);
    }

    #[test]
    fn the_most_closed_areas_that_can_be_are_bounded() {
        let corner = |n: i32| Position::new(35.0 + f64::from(n) / 10_000.0, 139.123_456_7).expect("a place");
        let area = Area::try_from((0..1_000).map(corner).collect::<Vec<_>>()).expect("an area");
        let content = content(&[], "abc", "東京都", &vec![area; travel_time::roads::MAX_AREAS]);
        assert_eq!(
            content.closed.len() + usize::try_from(content.left_out).expect("few"),
            travel_time::roads::MAX_AREAS
        );
        assert!(content.left_out > 0);
        assert!(wire::codec::encode(&content).expect("a frame").len() <= PUBLISHED_CLOSED_BYTES_MAX + 1024);
    }
}
