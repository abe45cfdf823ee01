//! The stages of a transport, in order. Keys as in NEMSIS (`…_at`), words as the Japanese service says them.

use serde::{Deserialize, Serialize};

/// One stage of a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// 覚知: the 119 call was received.
    CallReceived,
    /// 指令: the unit was told.
    Notified,
    /// 出動: wheels rolling.
    EnRoute,
    /// 現場到着.
    OnScene,
    /// 傷病者接触.
    AtPatient,
    /// 車内収容: patient in the vehicle.
    InVehicle,
    /// 現場出発.
    LeftScene,
    /// 病院到着.
    AtDestination,
    /// 医師引継ぎ: transfer of care.
    TransferOfCare,
    /// 帰署: back in service.
    BackInService,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Self; 10] = [
        Self::CallReceived,
        Self::Notified,
        Self::EnRoute,
        Self::OnScene,
        Self::AtPatient,
        Self::InVehicle,
        Self::LeftScene,
        Self::AtDestination,
        Self::TransferOfCare,
        Self::BackInService,
    ];
    /// The key used in files and reports.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::CallReceived => "call_received_at",
            Self::Notified => "notified_at",
            Self::EnRoute => "en_route_at",
            Self::OnScene => "on_scene_at",
            Self::AtPatient => "at_patient_at",
            Self::InVehicle => "in_vehicle_at",
            Self::LeftScene => "left_scene_at",
            Self::AtDestination => "at_destination_at",
            Self::TransferOfCare => "transfer_of_care_at",
            Self::BackInService => "back_in_service_at",
        }
    }
    /// The Japanese service's word.
    #[must_use]
    pub const fn ja(self) -> &'static str {
        match self {
            Self::CallReceived => "覚知",
            Self::Notified => "指令",
            Self::EnRoute => "出動",
            Self::OnScene => "現場到着",
            Self::AtPatient => "傷病者接触",
            Self::InVehicle => "車内収容",
            Self::LeftScene => "現場出発",
            Self::AtDestination => "病院到着",
            Self::TransferOfCare => "医師引継ぎ",
            Self::BackInService => "帰署",
        }
    }
    /// The English word on screens.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::CallReceived => "Call",
            Self::Notified => "Notified",
            Self::EnRoute => "Dispatched",
            Self::OnScene => "On scene",
            Self::AtPatient => "Patient contact",
            Self::InVehicle => "In vehicle",
            Self::LeftScene => "Depart",
            Self::AtDestination => "At hospital",
            Self::TransferOfCare => "Handed over",
            Self::BackInService => "Back in service",
        }
    }
    /// The next stage, if any.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Self::ALL.into_iter().find(|s| *s > self)
    }
}
