//! What was told when the crew asked (聞き取り): the crew's own observation, sealed and sent like every other.

use model::{Capability, HospitalId, Need, Strength, Timestamp, Triage};
use patient_history::{Informant, LastMeal, OralAnswer, OralTopic, Told};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One change of it. None takes an answer back: it was not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OralChange {
    /// Who answers.
    Informant(Option<Informant>),
    /// An answer.
    Topic {
        /// To which question.
        topic: OralTopic,
        /// Yes, no, unknown, or not asked.
        answer: Option<OralAnswer>,
    },
    /// When the patient last ate.
    LastMeal(Option<LastMeal>),
    /// かかりつけ.
    OwnHospital(Option<HospitalId>),
}

/// Everything told so far. Absent means "not asked", never "no".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OralHistory {
    /// Who answers.
    pub informant: Option<Informant>,
    /// Answers with the time of each.
    pub answers: BTreeMap<OralTopic, (OralAnswer, Timestamp)>,
    /// When the patient last ate.
    pub last_meal: Option<LastMeal>,
    /// かかりつけ.
    pub own_hospital: Option<HospitalId>,
}

impl OralHistory {
    /// Applies one change at its time.
    pub fn change(&mut self, change: OralChange, at: Timestamp) {
        match change {
            OralChange::Informant(by) => self.informant = by,
            OralChange::Topic { topic, answer: Some(answer) } => drop(self.answers.insert(topic, (answer, at))),
            OralChange::Topic { topic, answer: None } => drop(self.answers.remove(&topic)),
            OralChange::LastMeal(meal) => self.last_meal = meal,
            OralChange::OwnHospital(hospital) => self.own_hospital = hospital,
        }
    }
    /// The answer to a question; none when it was not asked.
    #[must_use]
    pub fn answer(&self, topic: OralTopic) -> Option<OralAnswer> {
        self.answers.get(&topic).map(|(answer, _)| *answer)
    }
    /// How many questions have an answer.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.answers.len() + usize::from(self.last_meal.is_some()) + usize::from(self.own_hospital.is_some())
    }
    /// What the answers ask of a hospital. They only ever add: "no" and "unknown" ask nothing and lift nothing. Strengths are
    /// those of the rule for the same thing on record (R26).
    #[must_use]
    pub fn needs(&self, triage: Option<Triage>) -> Vec<Need> {
        if self.answer(OralTopic::Dialysis) != Some(OralAnswer::Yes) {
            return Vec::new();
        }
        let urgent = matches!(triage, Some(Triage::Red | Triage::Yellow));
        let strength = if urgent { Strength::Hard } else { Strength::Soft };
        vec![Need { capability: Capability::DialysisInpatient, strength }]
    }
    /// The answers as lines of the merged view.
    #[must_use]
    pub fn told(&self) -> Vec<Told> {
        let by = self.informant;
        self.answers.iter().map(|(topic, (answer, at))| Told { at: *at, topic: *topic, answer: *answer, by }).collect()
    }
}
