//! Which hospitals' boards somebody watches now. A page is watched while its stream of events is open and it says that it is
//! visible and can ring; a page that is muted, hidden or silent is not, and the crew then telephones first.

use model::{HospitalId, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A page says that it is there so often, seconds; written into the page.
pub(crate) const SAY_SECONDS: i64 = 10;

/// A page that said nothing for so long is not watched, seconds: its computer may have lost the network or gone to sleep.
pub(crate) const SILENT_SECONDS: i64 = 25;

/// Pages of one hospital that are remembered; at the limit the one that has been silent longest is forgotten.
pub(crate) const PAGES_MAX: usize = 64;

/// Longest name of a page, characters; a longer one is refused.
pub(crate) const PAGE_NAME_MAX: usize = 32;

#[derive(Debug, Default)]
struct Page {
    /// Open streams of events.
    streams: u32,
    /// What it said last, and when; a program says nothing and is there as long as its stream.
    said: Option<(bool, Timestamp)>,
    program: bool,
}

impl Page {
    fn watches(&self, now: Timestamp) -> bool {
        let lately = |at: Timestamp| now.since_us(at) < SILENT_SECONDS * 1_000_000;
        self.streams > 0 && (self.program || self.said.is_some_and(|(watches, at)| watches && lately(at)))
    }
}

/// Pages by hospital and name. Held in memory: after a start of the server pages come back by themselves.
#[derive(Debug, Default)]
pub struct Watching(Mutex<BTreeMap<HospitalId, BTreeMap<String, Page>>>);

/// An open stream of events; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Attached {
    watching: Arc<Watching>,
    hospital: HospitalId,
    page: String,
}

impl Drop for Attached {
    fn drop(&mut self) {
        self.watching.with(self.hospital, &self.page, |page| page.streams = page.streams.saturating_sub(1));
    }
}

impl Watching {
    fn with(&self, hospital: HospitalId, name: &str, change: impl FnOnce(&mut Page)) {
        let mut hospitals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pages = hospitals.entry(hospital).or_default();
        if pages.len() >= PAGES_MAX && !pages.contains_key(name) {
            let silent = pages.iter().min_by_key(|(_, page)| (page.streams > 0, page.said.map(|(_, at)| at)));
            if let Some(silent) = silent.map(|(name, _)| name.clone()) {
                pages.remove(&silent);
            }
        }
        change(pages.entry(name.to_owned()).or_default());
    }
    /// A stream of events was opened.
    pub(crate) fn attach(self: &Arc<Self>, hospital: HospitalId, page: &str, program: bool) -> Attached {
        self.with(hospital, page, |known| {
            known.streams = known.streams.saturating_add(1);
            known.program |= program;
        });
        Attached { watching: Arc::clone(self), hospital, page: page.to_owned() }
    }
    /// A page says whether somebody can see and hear it.
    pub(crate) fn says(&self, hospital: HospitalId, page: &str, watches: bool, now: Timestamp) {
        self.with(hospital, page, |known| known.said = Some((watches, now)));
    }
    /// Whether any page of the hospital is watched.
    #[must_use]
    pub fn watches(&self, hospital: HospitalId, now: Timestamp) -> bool {
        let hospitals = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        hospitals.get(&hospital).is_some_and(|pages| pages.values().any(|page| page.watches(now)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: HospitalId = HospitalId::from_bytes([1; 16]);
    const NOW: Timestamp = Timestamp(1_795_132_800_000_000);

    #[test]
    fn a_page_watches_while_it_is_open_and_says_so() {
        let watching = Arc::new(Watching::default());
        watching.says(HERE, "a", true, NOW);
        assert!(!watching.watches(HERE, NOW), "no stream");
        let page = watching.attach(HERE, "a", false);
        let again = watching.attach(HERE, "a", false);
        assert!(watching.watches(HERE, NOW) && !watching.watches(HospitalId::from_bytes([2; 16]), NOW));
        let silent = NOW.plus_us(SILENT_SECONDS * 1_000_000);
        assert!(!watching.watches(HERE, silent), "it went to sleep");
        watching.says(HERE, "a", false, silent);
        assert!(!watching.watches(HERE, silent), "muted or hidden");
        watching.says(HERE, "a", true, silent);
        drop(page);
        assert!(watching.watches(HERE, silent), "it was opened anew before the old stream ended");
        drop(again);
        assert!(!watching.watches(HERE, silent));
    }

    #[test]
    fn a_program_is_there_as_long_as_its_stream_and_pages_are_bounded() {
        let watching = Arc::new(Watching::default());
        let program = watching.attach(HERE, "program", true);
        for n in 0..3 * PAGES_MAX {
            watching.says(HERE, &n.to_string(), true, NOW.plus_us(i64::try_from(n).expect("few")));
        }
        assert!(watching.watches(HERE, NOW.plus_minutes(60)));
        let known = watching.0.lock().expect("whole").get(&HERE).map(BTreeMap::len);
        assert_eq!(known, Some(PAGES_MAX));
        drop(program);
        assert!(!watching.watches(HERE, NOW.plus_minutes(60)));
    }
}
