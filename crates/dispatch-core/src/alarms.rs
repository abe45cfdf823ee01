//! What a dispatch centre must not overlook, from the views it has anyway.

use crate::limits::{
    DIFFICULT_ENQUIRIES, DIFFICULT_MINUTES, DIFFICULT_STEP_ENQUIRIES, DIFFICULT_STEP_MINUTES, SILENT_MINUTES,
    WORSE_MINUTES,
};
use case::{AlarmMark, CaseView, DeclineReason};
use model::{CaseId, EnquiryId, HospitalId, LogId, Stage, Timestamp, UnitId};

/// One alarm of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// 搬送困難: many enquiries and long on scene.
    Difficult {
        /// The case.
        case: CaseId,
        /// Enquiries so far.
        enquiries: usize,
        /// Minutes on scene.
        minutes: i64,
    },
    /// A unit of an open case was not heard; never shown as "no problem".
    Silent {
        /// The case.
        case: CaseId,
        /// The unit.
        unit: UnitId,
        /// Since when; none = never heard.
        since: Option<Timestamp>,
    },
    /// Facts of a tablet whose store is gone may be missing.
    MayHaveGap {
        /// The case.
        case: CaseId,
        /// The log that ended.
        log: LogId,
        /// The last known entry of it.
        known_through: u64,
    },
    /// A destination version was decided twice: never made by a sound server.
    Conflict {
        /// The case.
        case: CaseId,
        /// The version.
        version: u32,
    },
    /// A hospital took its acceptance back and no other destination was decided since.
    Withdrawn {
        /// The case.
        case: CaseId,
        /// The version that ended.
        version: u32,
        /// The hospital.
        hospital: HospitalId,
        /// Its reason.
        reason: DeclineReason,
        /// When.
        at: Timestamp,
    },
    /// The crew agreed another destination while one stood: both hospitals may believe that the patient comes.
    AgreedElsewhere {
        /// The case.
        case: CaseId,
        /// The version that counts.
        version: u32,
        /// The destination that was replaced.
        instead_of: HospitalId,
        /// The one that counts.
        hospital: HospitalId,
        /// When the crew agreed it, not when the server heard of it.
        at: Timestamp,
    },
    /// A hospital said yes by telephone when another one was decided already: it may believe that the patient comes.
    AcceptedInVain {
        /// The case.
        case: CaseId,
        /// Its enquiry.
        enquiry: EnquiryId,
        /// Which.
        hospital: HospitalId,
        /// When it said so.
        at: Timestamp,
    },
}

impl Alarm {
    /// What it is about, for the fact that somebody has seen to it.
    #[must_use]
    pub const fn mark(&self) -> AlarmMark {
        match self {
            Self::Difficult { .. } => AlarmMark::Difficult,
            Self::Silent { unit, .. } => AlarmMark::Silent { unit: *unit },
            Self::MayHaveGap { log, .. } => AlarmMark::MayHaveGap { log: *log },
            Self::Conflict { version, .. } => AlarmMark::Conflict { version: *version },
            Self::Withdrawn { version, .. } => AlarmMark::Withdrawn { version: *version },
            Self::AgreedElsewhere { version, .. } => AlarmMark::AgreedElsewhere { version: *version },
            Self::AcceptedInVain { enquiry, .. } => AlarmMark::AcceptedInVain { enquiry: *enquiry },
        }
    }
    /// How bad it is: the thresholds behind the first that it has passed. What cannot get worse stays at 0.
    #[must_use]
    pub fn level(&self, now: Timestamp) -> u32 {
        let steps = |minutes: i64| u32::try_from(minutes / WORSE_MINUTES).unwrap_or(0);
        match self {
            Self::Difficult { enquiries, minutes, .. } => {
                let more = enquiries.saturating_sub(DIFFICULT_ENQUIRIES) / DIFFICULT_STEP_ENQUIRIES;
                let longer = (minutes - DIFFICULT_MINUTES) / DIFFICULT_STEP_MINUTES;
                u32::try_from(more).unwrap_or(u32::MAX).saturating_add(u32::try_from(longer).unwrap_or(0))
            }
            Self::Silent { since: Some(since), .. } => steps(since.age_minutes(now)),
            Self::Withdrawn { at, .. } => steps(at.age_minutes(now)),
            Self::Silent { since: None, .. }
            | Self::MayHaveGap { .. }
            | Self::Conflict { .. }
            | Self::AgreedElsewhere { .. }
            | Self::AcceptedInVain { .. } => 0,
        }
    }
    /// The sentence on the page.
    #[must_use]
    pub fn ja(&self) -> String {
        match self {
            Self::Difficult { enquiries, minutes, .. } => {
                format!("搬送困難: 照会{enquiries}件・現場{minutes}分")
            }
            Self::Silent { since: Some(since), .. } => format!("通信なし: {} から", since.tokyo_hhmm()),
            Self::Silent { since: None, .. } => "通信なし: まだ一度もつながっていません".to_owned(),
            Self::MayHaveGap { known_through, .. } => format!("記録の欠けの可能性: {known_through}件目まで受信"),
            Self::Withdrawn { reason, at, .. } => {
                format!("受入取消（{}・{}）: 搬送先が未定に戻りました", reason.ja(), at.tokyo_hhmm())
            }
            Self::AgreedElsewhere { at, .. } => {
                format!("搬送先の食い違い: {} に隊が別の病院へ変更・電話で合意（先の病院は解放）", at.tokyo_hhmm())
            }
            Self::AcceptedInVain { at, .. } => {
                format!(
                    "搬送先の食い違い: {} に電話で受入可の病院がありますが、別の病院に決まっています",
                    at.tokyo_hhmm()
                )
            }
            Self::Conflict { version, .. } => format!("搬送先の決定 第{version}版 が二つあります"),
        }
    }
}

/// The alarms of one case at `now`. `last_heard` tells when a unit was last heard.
#[must_use]
pub fn alarms(view: &CaseView, now: Timestamp, last_heard: impl Fn(UnitId) -> Option<Timestamp>) -> Vec<Alarm> {
    let Some(case) = view.case else { return Vec::new() };
    let gaps = view.gaps.iter().map(|gap| Alarm::MayHaveGap { case, log: gap.log, known_through: gap.known_through });
    let mut found: Vec<Alarm> = gaps.collect();
    found.extend(view.conflicts.iter().map(|version| Alarm::Conflict { case, version: *version }));
    if view.is_closed() {
        return found;
    }
    found.extend(view.withdrawn_destination().map(|(destination, reason, at)| Alarm::Withdrawn {
        case,
        version: destination.version,
        hospital: destination.hospital,
        reason,
        at,
    }));
    found.extend(view.replaced().map(|(old, new, at)| Alarm::AgreedElsewhere {
        case,
        version: new.version,
        instead_of: old.hospital,
        hospital: new.hospital,
        at,
    }));
    found.extend(view.accepted_in_vain().map(|(enquiry, hospital, at)| Alarm::AcceptedInVain {
        case,
        enquiry,
        hospital,
        at,
    }));
    found.extend(difficult(view, case, now));
    let units = view.units.get(&view.leg()).into_iter().flatten();
    let handed_over = view.stage(Stage::TransferOfCare).is_some();
    for (unit, _) in units.filter(|_| !handed_over) {
        let since = last_heard(*unit);
        if since.is_none_or(|at| at.age_minutes(now) >= SILENT_MINUTES) {
            found.push(Alarm::Silent { case, unit: *unit, since });
        }
    }
    found
}

fn difficult(view: &CaseView, case: CaseId, now: Timestamp) -> Option<Alarm> {
    let arrived = view.stage(Stage::OnScene)?.at;
    let until = view.stage(Stage::LeftScene).map_or(now, |s| s.at);
    let (enquiries, minutes) = (view.enquiries.len(), arrived.age_minutes(until));
    (enquiries >= DIFFICULT_ENQUIRIES && minutes >= DIFFICULT_MINUTES).then_some(Alarm::Difficult {
        case,
        enquiries,
        minutes,
    })
}
