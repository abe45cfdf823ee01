//! 出動中: what is shown before anyone is there.

use crate::widgets::stage_strip::StageCellVm;

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadyVm {
    /// Kind of call and its number.
    pub call: String,
    /// Age of the call's content.
    pub call_age: String,
    /// The sentence of the screen: who and what.
    pub headline: String,
    /// What the caller said.
    pub detail: String,
    /// Where.
    pub address: String,
    /// How to get in, who called.
    pub place_note: String,
    /// Minutes to arrival.
    pub eta_minutes: Option<u32>,
    /// Whether a card is at hand, and how that is known.
    pub card: (String, String),
    /// How many candidates, and the age of their beds.
    pub candidates: (String, String),
    /// The stages.
    pub stages: Vec<StageCellVm>,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadyAction {
    /// Phone the dispatch centre.
    PhoneDispatch,
    /// Show the route.
    ShowRoute,
    /// The turn-out is called off.
    CallOff,
    /// Correct the time of the stage with this index.
    CorrectStage(usize),
}
