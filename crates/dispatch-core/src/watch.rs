//! 見守り: what will be an alarm soon. The useful moment is before the threshold (design/web.md §1).

use crate::limits::{DIFFICULT_ENQUIRIES, DIFFICULT_MINUTES, WATCH_ENQUIRIES, WATCH_MINUTES, WATCH_UNANSWERED_MINUTES};
use case::CaseView;
use model::{Stage, Timestamp};

/// Why a case is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Watch {
    /// 搬送困難 is near: so many enquiries and minutes on scene, so many of each are missing.
    NearlyDifficult {
        /// Asked so far.
        enquiries: usize,
        /// On scene so far.
        minutes: i64,
        /// Enquiries to the threshold.
        more_enquiries: usize,
        /// Minutes to the threshold.
        more_minutes: i64,
    },
    /// An enquiry has no answer for so many minutes.
    Unanswered {
        /// Of the oldest one.
        minutes: i64,
    },
}

/// Why an open case is watched at `now`; none when nothing is near, or when it is 搬送困難 already.
#[must_use]
pub fn watch(view: &CaseView, now: Timestamp) -> Option<Watch> {
    if view.is_closed() || view.destination().is_some() {
        return None;
    }
    let minutes = match (view.stage(Stage::OnScene), view.stage(Stage::LeftScene)) {
        (Some(arrived), None) => arrived.at.age_minutes(now),
        _ => 0,
    };
    let enquiries = view.enquiries.len();
    let more_enquiries = DIFFICULT_ENQUIRIES.saturating_sub(enquiries);
    let more_minutes = (DIFFICULT_MINUTES - minutes).max(0);
    if more_enquiries == 0 && more_minutes == 0 {
        return None;
    }
    if enquiries >= WATCH_ENQUIRIES && minutes >= WATCH_MINUTES {
        return Some(Watch::NearlyDifficult { enquiries, minutes, more_enquiries, more_minutes });
    }
    let waiting = view.enquiries.values().filter(|e| e.answer.is_none() && e.released.is_none());
    let minutes = waiting.map(|e| e.sent_at.age_minutes(now)).max()?;
    (minutes >= WATCH_UNANSWERED_MINUTES).then_some(Watch::Unanswered { minutes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use case::{EnquiryState, EventName, StageTime};
    use model::{EnquiryId, HospitalId, LogId};

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000).plus_minutes(minutes)
    }

    fn view(enquiries: u8, sent: i64, arrived: Option<i64>) -> CaseView {
        let mut view = CaseView::default();
        for n in 0..enquiries {
            let state = EnquiryState {
                hospital: HospitalId::from_bytes([n; 16]),
                sent_at: at(sent),
                lookup: None,
                needs: Vec::new(),
                tell_alerts: false,
                batch: 1,
                by_telephone: false,
                eta_tenths: None,
                override_reason: None,
                seen_at: None,
                delivered_at: None,
                unwatched: false,
                withdrawn: None,
                answer: None,
                released: None,
                acknowledged: false,
            };
            view.enquiries.insert(EnquiryId::from_bytes([n; 16]), state);
        }
        if let Some(arrived) = arrived {
            let stamp = EventName { log: LogId::from_bytes([1; 16]), seq: 1 };
            let time = StageTime { stamp, at: at(arrived), uncertain: false, corrected_from: None, pending: false };
            view.stages.insert((1, Stage::OnScene), time);
        }
        view
    }

    #[test]
    fn a_case_is_watched_before_it_is_difficult_and_not_afterwards() {
        let expected = Watch::NearlyDifficult { enquiries: 3, minutes: 24, more_enquiries: 1, more_minutes: 6 };
        assert_eq!(watch(&view(3, 20, Some(0)), at(24)), Some(expected));
        assert_eq!(watch(&view(4, 20, Some(0)), at(30)), None);
        assert_eq!(watch(&view(1, 20, Some(0)), at(21)), None);
        assert_eq!(watch(&view(1, 20, Some(19)), at(23)), Some(Watch::Unanswered { minutes: 3 }));
    }
}
