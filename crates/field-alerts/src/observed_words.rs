//! Findings in the crew's words, both languages.

use crate::alert::Observed;
use model::{FollowUp, Vital};

pub(crate) const fn follow_up_en(question: FollowUp) -> &'static str {
    match question {
        FollowUp::Vomiting => "Vomiting",
        FollowUp::Paralysis => "Paralysis",
        FollowUp::Seizure => "Seizure",
        FollowUp::ColdSweat => "Cold sweat",
        FollowUp::RadiatingPain => "Radiating pain",
        FollowUp::GazeDeviation => "Gaze deviation",
        FollowUp::SpeechTrouble => "Speech trouble",
        FollowUp::FacialDroop => "Facial droop",
        FollowUp::IrregularPulse => "Irregular pulse",
        FollowUp::Neglect => "Neglect",
        FollowUp::ThunderclapHeadache => "Thunderclap headache",
        FollowUp::Wheeze => "Wheeze",
        FollowUp::MayBePregnant => "May be pregnant",
        FollowUp::HeavyBleeding => "Heavy bleeding",
    }
}

/// `脈拍 44` / `Pulse 44`; temperature with its tenth.
pub(crate) fn vital(vital: Vital, tenths: i32) -> Observed {
    let (ja, en) = match vital {
        Vital::RespiratoryRate => ("呼吸", "Breathing"),
        Vital::PulseRate => ("脈拍", "Pulse"),
        Vital::SystolicPressure => ("収縮期血圧", "Systolic"),
        Vital::DiastolicPressure => ("拡張期血圧", "Diastolic"),
        Vital::OxygenSaturation => ("SpO2", "SpO2"),
        Vital::Temperature => ("体温", "Temperature"),
        Vital::Glucose => ("血糖", "Glucose"),
    };
    let value = if tenths % 10 == 0 { format!("{}", tenths / 10) } else { format!("{}.{}", tenths / 10, tenths % 10) };
    Observed::new(&format!("{ja} {value}"), &format!("{en} {value}"))
}
