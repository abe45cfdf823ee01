//! 搬送中: how long, whereto, what the hospital asks.

use crate::widgets::chips::ChipVm;
use crate::widgets::value_cell::ValueVm;

/// Most questions on one page.
pub const QUESTIONS: usize = 2;

/// A question of the hospital.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuestionVm {
    /// The question.
    pub question: String,
    /// When it was asked, or that the answer was received and when.
    pub state: String,
    /// Whether the hospital has the answer.
    pub received: bool,
    /// Answers to choose from.
    pub answers: Vec<ChipVm>,
}

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransportVm {
    /// Minutes to the hospital.
    pub eta_minutes: Option<u32>,
    /// 「10:59 → 到着 11:08」.
    pub eta_line: String,
    /// Age of the position, or from where the minutes are computed.
    pub position_age: String,
    /// It is too old: shown in attention.
    pub position_old: bool,
    /// The hospital.
    pub destination: String,
    /// When accepted, on what condition.
    pub accepted: String,
    /// Who has seen the history, when.
    pub seen: Option<String>,
    /// At most [`QUESTIONS`].
    pub questions: Vec<QuestionVm>,
    /// Values to measure again.
    pub values: Vec<ValueVm>,
    /// When they were last taken.
    pub values_at: String,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportAction {
    /// Answer a question of the hospital.
    Answer {
        /// Which question.
        question: usize,
        /// Which answer.
        answer: usize,
    },
    /// Open the keypad of the value with this index.
    OpenValue(usize),
    /// 容体が変わった.
    ConditionChanged,
    /// Phone the hospital.
    PhoneHospital,
    /// Where to, how far, in how many minutes.
    ShowRoute,
    /// Another destination.
    ChangeDestination,
}
