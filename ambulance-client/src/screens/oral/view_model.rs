//! What 聞き取り shows.

use crate::widgets::chips::ChipVm;

/// Questions on the page, two in a row.
pub const QUESTIONS: usize = 8;

/// A question with three answers; none of them is chosen before it is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuestionVm {
    /// What is asked.
    pub word: String,
    /// Index of the answer: あり, なし, 不明.
    pub chosen: Option<usize>,
}

/// What the screen shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OralVm {
    /// Who answers.
    pub informants: Vec<ChipVm>,
    /// [`QUESTIONS`] questions.
    pub questions: Vec<QuestionVm>,
    /// When the patient last ate.
    pub meals: Vec<ChipVm>,
    /// Hospitals that the patient may know, nearest first.
    pub own_hospitals: Vec<ChipVm>,
    /// What changed in the ranking: title and lines.
    pub changed: Option<(String, Vec<String>)>,
    /// The primary's note: the best candidate.
    pub best: String,
    /// Where 「もどる」 leads.
    pub back_to: String,
}

/// What the crew can do here. A second press on what is chosen takes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OralAction {
    /// Who answers.
    Informant(usize),
    /// The question with this index has this answer.
    Answer(usize, usize),
    /// When the patient last ate.
    Meal(usize),
    /// かかりつけ.
    OwnHospital(usize),
    /// To お薬手帳.
    Notebook,
    /// To the hospitals.
    ChooseHospital,
    /// Back.
    Back,
}
