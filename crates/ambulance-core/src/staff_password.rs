//! The staff password for 目視 (目視確認用パスワード), where the department requires it: from the keypad it stays in memory until
//! the look-up leaves, is verified by the server for that look-up, and is zeroed. Never at rest: after a restart it is
//! keyed again. A crew that keys none records and transports as ever; only the look-up waits.

use crate::core::Core;
use crate::lookups::{Asked, Phase};
use crate::state::{HistoryState, Now};
use model::{CaseId, LookupId, QuestionId};
use patient_history::IdentityLevel;
use std::collections::{BTreeMap, BTreeSet};
use wire::{Answer, HistoryQuestion, Passcode, Question, QuestionError, Welcome};

/// The server's word for a look-up that lacks it; the tablet says the same of one that does not leave.
pub(crate) const NEEDED: &str = "staff_password_needed";
/// What the codes of all that can be wrong with it begin with.
pub const CODES: &str = "staff_password_";

/// What is known of staff passwords. No `Debug`: it may hold one.
#[derive(Default)]
pub(crate) struct Staff {
    /// The connected server verifies them.
    answers: bool,
    /// Keyed and not sent yet.
    keyed: BTreeMap<CaseId, Passcode>,
    /// Look-ups for which one stood.
    stood: BTreeSet<LookupId>,
}

impl Core {
    pub(crate) fn meet_staff(&mut self, welcome: &Welcome) {
        self.staff.answers = welcome.staff_passwords;
        self.state.staff_password_required = welcome.staff_passwords && welcome.staff_password_required;
    }

    /// The crew keyed it, at the face or when it was asked for.
    pub(crate) fn staff_password_keyed(&mut self, password: Passcode) {
        let Some(case) = self.state.current else { return };
        self.staff.keyed.insert(case, password);
        let history = self.state.cases.get_mut(&case).map(|state| &mut state.history);
        if let Some(HistoryState::Waiting { trouble, .. }) = history
            && trouble.as_ref().is_some_and(|error| error.code.starts_with(CODES))
        {
            *trouble = None;
        }
    }

    /// Whether a look-up may not leave before the password was verified for it.
    pub(crate) fn waits_for_staff(&self, question: &HistoryQuestion) -> bool {
        self.state.staff_password_required
            && question.evidence.level == IdentityLevel::Visual
            && !self.staff.stood.contains(&question.lookup)
    }

    /// Before look-ups leave: asks for what was keyed, and says where nothing was.
    pub(crate) fn ask_staff_passwords(&mut self, now: Now) {
        if self.state.crew.is_none() {
            return;
        }
        let is_asked = |lookup: LookupId| {
            let about =
                |a: &Asked| matches!(&a.ask.question, Question::StaffPassword { lookup: l, .. } if *l == lookup);
            self.asked.values().any(about)
        };
        let waiting: Vec<(CaseId, LookupId)> = self
            .asked
            .values()
            .filter_map(|asked| match &asked.ask.question {
                Question::History(question) if self.waits_for_staff(question) => Some((question.case, question.lookup)),
                _ => None,
            })
            .filter(|(_, lookup)| !is_asked(*lookup))
            .collect();
        for (case, lookup) in waiting {
            match self.staff.keyed.remove(&case) {
                Some(password) => {
                    self.ask(Question::StaffPassword { lookup, password }, Some(case), now);
                }
                None => self.say_needed(case),
            }
        }
    }

    /// A trouble that says more (wrong, locked) stays.
    fn say_needed(&mut self, case: CaseId) {
        let history = self.state.cases.get_mut(&case).map(|state| &mut state.history);
        if let Some(HistoryState::Waiting { trouble, .. }) = history
            && !trouble.as_ref().is_some_and(|error| error.code.starts_with(CODES))
        {
            *trouble = Some(Box::new(needed()));
        }
    }

    /// Takes in what belongs to staff passwords; anything else is handed back.
    pub(crate) fn staff_answered(&mut self, id: QuestionId, answer: Answer) -> Option<Answer> {
        let question = self.asked.get(&id).map(|asked| &asked.ask.question);
        match (answer, question) {
            (Answer::StaffPasswordStands { lookup }, Some(Question::StaffPassword { lookup: asked, .. })) => {
                if lookup == *asked {
                    self.staff.stood.insert(lookup);
                }
                self.asked.remove(&id);
                None
            }
            (Answer::Error(error), Some(Question::StaffPassword { lookup, .. })) if !error.retryable => {
                let lookup = Some(*lookup);
                let case = self.asked.remove(&id).and_then(|asked| asked.case);
                self.say_trouble(case, lookup, error);
                None
            }
            // The department began to require it after this tablet was welcomed.
            (Answer::Error(error), Some(Question::History(_))) if error.code == NEEDED && self.staff.answers => {
                self.state.staff_password_required = true;
                let asked = self.asked.get_mut(&id)?;
                asked.phase = Phase::Ready;
                let (case, lookup) = (asked.case, asked.lookup());
                if let Some(lookup) = lookup {
                    self.staff.stood.remove(&lookup);
                }
                self.say_trouble(case, lookup, error);
                None
            }
            (answer, _) => Some(answer),
        }
    }

    /// With the history of a case goes what was keyed for it.
    pub(crate) fn forget_staff_password(&mut self, case: CaseId) {
        self.staff.keyed.remove(&case);
        self.asked.retain(|_, a| !(a.case == Some(case) && matches!(a.ask.question, Question::StaffPassword { .. })));
    }

    /// It is one person's: with the session go all.
    pub(crate) fn forget_staff_passwords(&mut self) {
        self.staff.keyed.clear();
        self.asked.retain(|_, asked| !matches!(asked.ask.question, Question::StaffPassword { .. }));
    }
}

fn needed() -> QuestionError {
    QuestionError {
        code: NEEDED.into(),
        ja: "目視の照会に、目視確認用パスワードが要ります。".into(),
        next_ja: "4桁を入力すると照会します。照合番号Bで照会すれば要りません。".into(),
        en: "The staff password (4 digits) is needed for a look-up by eye.".into(),
        retryable: false,
    }
}
