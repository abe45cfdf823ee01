//! One transport, as it is meant to be: when and where it is called for, what is found, and how long each stage takes.

use case::FindingsChange;
use model::Position;
use std::time::Duration;

/// See the module. Times are those of life; the pace divides them.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) n: u64,
    /// After the begin of the run, not divided any more.
    pub(crate) at: Duration,
    pub(crate) scene: Position,
    /// What the crew observes, in the order of its taps.
    pub(crate) findings: Vec<FindingsChange>,
    /// Somebody is transported; else the case ends on scene.
    pub(crate) transported: bool,
    /// The patient's card is read and a look-up follows.
    pub(crate) reads_card: bool,
    pub(crate) stages: Stages,
    /// Chance that a hospital called by telephone takes the patient.
    pub(crate) accepts: f64,
    /// Where the answers on the telephone come from.
    pub(crate) draw: u64,
}

/// How long each part takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stages {
    /// 指令 to 出動.
    pub(crate) turnout: Duration,
    /// 出動 to 現場到着.
    pub(crate) drive: Duration,
    /// 現場到着 to 傷病者接触.
    pub(crate) to_patient: Duration,
    /// 傷病者接触 to 車内収容: observation and card are in it.
    pub(crate) to_vehicle: Duration,
    /// 車内収容 to the first enquiry.
    pub(crate) to_enquiry: Duration,
    /// One conversation on the telephone with a hospital.
    pub(crate) telephone: Duration,
    /// 現場出発 to 病院到着.
    pub(crate) to_hospital: Duration,
    /// 病院到着 to 医師引継ぎ.
    pub(crate) handover: Duration,
    /// 医師引継ぎ to 帰署: cleaning, papers, the way back.
    pub(crate) back: Duration,
}

impl Stages {
    /// All of it, with one conversation.
    pub(crate) fn total(&self) -> Duration {
        let before = self.turnout + self.drive + self.to_patient + self.to_vehicle + self.to_enquiry;
        before + self.telephone + self.to_hospital + self.handover + self.back
    }

    /// Means of 2022 (救急・救助の現況 令和5年版): 入電→現着 10.3 min of which 2.0 call handling and 1.0 turnout \[A\], 現着→接触 1.3,
    /// 接触→車内収容 7.7, 車内収容→現発 12.3 of which 4 before the first enquiry \[A\] and 4 for each, 現発→病着 12.9, 病着→引継 2.8;
    /// 12.5 for cleaning and papers \[A\].
    pub(crate) const MEAN: Self = Self {
        turnout: Duration::from_secs(60),
        drive: Duration::from_secs(438),
        to_patient: Duration::from_secs(78),
        to_vehicle: Duration::from_secs(462),
        to_enquiry: Duration::from_secs(240),
        telephone: Duration::from_secs(240),
        to_hospital: Duration::from_secs(774),
        handover: Duration::from_secs(168),
        back: Duration::from_secs(750),
    };
}
