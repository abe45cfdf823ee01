//! The feed: what the server has committed, by case and position. A reader resumes where it stopped.

use crate::log::Entry;
use crate::notice::Notice;
use hospital_selection::CapacityReport;
use model::{CaseId, Timestamp};
use serde::{Deserialize, Serialize};

/// The tablet's wish, first frame of a feed stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedStart {
    /// The last position it has of each case; cases it does not name begin at 1.
    pub known: Vec<(CaseId, u64)>,
    /// The newest capacity report it has.
    pub capacity_known: Option<Timestamp>,
    /// The tablet understands [`FeedItem::Notice`].
    #[serde(default)]
    pub notices: bool,
    /// The tablet knows ○ ([`hospital_selection::CapacityState::Limited`]) and filed patterns; others are told
    /// [`CapacityReport::before_levels`].
    #[serde(default)]
    pub levels: bool,
}

/// One thing on the feed, server to tablet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedItem {
    /// A committed fact of a case of this unit.
    Fact {
        /// The case.
        case: CaseId,
        /// Its position in the case, from 1 without gaps.
        position: u64,
        /// When the server received it.
        received_at: Timestamp,
        /// The stored event.
        entry: Entry,
    },
    /// What hospitals report.
    Capacity {
        /// The reports.
        reports: Vec<CapacityReport>,
    },
    /// Nothing more for now: everything through here was sent at this time.
    CaughtUp {
        /// The server's UTC.
        at: Timestamp,
        /// The unit has more cases than a feed follows: the older ones are not sent.
        #[serde(default)]
        left_out: bool,
    },
    /// What holds for a time has changed. Sent only to a tablet whose [`FeedStart::notices`] said so.
    Notice(Notice),
}
