//! Findings in the language of the board.

use crate::web::clinical::{age_words, complaint_words, sex_words, vital_words};
use crate::web::parts::Moment;
use crate::web::words::{answer_words, release_words};
use case::{EnquiryAnswer, ReleaseReason};
use model::{Findings, Sex, Vital};

/// The chosen complaints.
pub(super) fn complaints(findings: &Findings, moment: Moment) -> String {
    if !moment.en {
        return complaint_words(findings);
    }
    if findings.complaints.is_empty() {
        return "no complaint entered".to_owned();
    }
    findings.complaints.iter().map(|c| c.en()).collect::<Vec<_>>().join(", ")
}

/// `78歳・女性`, `78 y, female`.
pub(super) fn who(findings: &Findings, moment: Moment) -> String {
    if !moment.en {
        return format!("{}・{}", age_words(findings), sex_words(findings.sex));
    }
    let age = match (findings.age_years, findings.age_band) {
        (Some(years), _) => format!("{years} y"),
        (None, Some(band)) => match band.0 {
            0 => "under 10 (est.)".to_owned(),
            9.. => "90+ (est.)".to_owned(),
            ten => format!("{ten}0s (est.)"),
        },
        (None, None) => "age unknown".to_owned(),
    };
    let sex = match findings.sex {
        Some(Sex::Male) => "male",
        Some(Sex::Female) => "female",
        Some(Sex::Unspecified) | None => "sex unknown",
    };
    format!("{age}, {sex}")
}

/// Name and unit.
pub(super) const fn vital(vital: Vital, moment: Moment) -> (&'static str, &'static str) {
    if !moment.en {
        return vital_words(vital);
    }
    match vital {
        Vital::RespiratoryRate => ("Resp.", "/min"),
        Vital::PulseRate => ("Pulse", "/min"),
        Vital::SystolicPressure => ("BP systolic", "mmHg"),
        Vital::DiastolicPressure => ("BP diastolic", "mmHg"),
        Vital::OxygenSaturation => ("SpO₂", "%"),
        Vital::Temperature => ("Temp.", "℃"),
        Vital::Glucose => ("Glucose", "mg/dL"),
    }
}

/// What the desk answered.
pub(super) fn answer(said: &EnquiryAnswer, moment: Moment) -> String {
    if !moment.en {
        return answer_words(said);
    }
    match said {
        EnquiryAnswer::Accepted => "accepted".to_owned(),
        EnquiryAnswer::Conditional { condition, .. } => format!("on condition: {condition}"),
        EnquiryAnswer::Declined(reason) => format!("declined ({})", reason.en()),
        EnquiryAnswer::NoAnswer => "no answer".to_owned(),
    }
}

/// Why an enquiry is over.
pub(super) const fn release(reason: ReleaseReason, moment: Moment) -> &'static str {
    if !moment.en {
        return release_words(reason);
    }
    match reason {
        ReleaseReason::DecidedElsewhere => "another hospital was decided",
        ReleaseReason::CrewWithdrew => "the crew took it back",
        ReleaseReason::CaseEnded => "the case ended",
        ReleaseReason::TimedOut => "no answer in time",
    }
}
