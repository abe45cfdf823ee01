//! 照合番号B: the crew keys what is printed, the card opens its own photo, the crew compares it with the person.
//!
//! One press presents the number once. The opened face is in memory only, and only until it was judged: it goes with the
//! judgement, a new reading, another case on screen, the session, the case, and at the end of the window; its pixels are
//! zeroed as it is dropped.

use crate::core::Core;
use crate::effect::{Effect, Sound};
use crate::limits::VIEW_WINDOW_US;
use crate::state::{CardState, CaseState, Now, ReaderState};
use card::photo::Photo;
use card::{Difference, Failure, LastTry, NumberB, Observed, Recorded, check_person};
use case::{Body, CardOutcome};
use model::{CaseId, CivilDate, Findings, Sex, Timestamp};
use patient_history::IdentityLevel;
use std::sync::Arc;

/// What 照合番号B has brought in one case.
#[derive(Clone, Default)]
pub enum NumberBState {
    /// Nothing was opened.
    #[default]
    Closed,
    /// The card is asked.
    Opening {
        /// Which press it was.
        press: u64,
    },
    /// It did not open. [`Failure::NumberBWrong`] tells the tries left.
    Refused(Failure),
    /// The face of the card is here; compare it.
    Open {
        /// What the chip says.
        face: Arc<OpenedFace>,
        /// What contradicts the crew's observation.
        differences: Vec<Difference>,
        /// The crew has seen the contradiction and goes on to compare; without one, nothing.
        decided: bool,
        /// When it was opened (this tablet's UTC).
        at: Timestamp,
    },
}

impl NumberBState {
    /// The opened face, while it is here.
    #[must_use]
    pub fn face(&self) -> Option<&Arc<OpenedFace>> {
        if let Self::Open { face, .. } = self { Some(face) } else { None }
    }

    /// What contradicts the crew's observation and was not decided on: no judgement is taken meanwhile.
    #[must_use]
    pub fn contradiction(&self) -> &[Difference] {
        match self {
            Self::Open { differences, decided: false, .. } => differences,
            _ => &[],
        }
    }
}

/// The face of the card as opened. Dropped, the pixels are zeroed.
pub struct OpenedFace {
    /// 生年月日, Gregorian; none when the card holds no date that exists.
    pub birth: Option<CivilDate>,
    /// 性別.
    pub sex: Sex,
    /// 顔写真; none when the card's could not be decoded.
    pub photo: Option<Photo>,
}

impl OpenedFace {
    /// Decodes the photo: milliseconds of work, so not for a thread that draws.
    #[must_use]
    pub fn of(face: &card::Face) -> Self {
        let photo = card::photo::decode(&face.photo);
        if let Err(error) = &photo {
            tracing::info!(%error, "the face was opened without its photo");
        }
        Self { birth: face.birth, sex: face.sex, photo: photo.ok() }
    }

    fn differences(&self, findings: &Findings, now: Now) -> Vec<Difference> {
        let recorded = Recorded { birth: self.birth, sex: self.sex };
        let observed = Observed { age: findings.age_band, sex: findings.sex };
        now.utc.tokyo_date().map_or_else(Vec::new, |today| check_person(recorded, observed, today).differences)
    }
}

impl std::fmt::Debug for OpenedFace {
    /// Only the size of the photo: the rest leads to a person.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenedFace").field("photo", &self.photo).finish_non_exhaustive()
    }
}

impl Core {
    /// One key press: the number goes to the card of this case, once. A confirmation of the last try counts only when
    /// the screen said that it is the last.
    pub(crate) fn open_number_b(&mut self, number: Arc<NumberB>, read_at: Timestamp, last_try: LastTry) {
        let Some(case) = self.state.current else { return };
        let is_keyed_for = |c: &CaseState| matches!(&c.card, CardState::Face(summary) if summary.read_at == read_at);
        let Some(state) = self.state.case().filter(|c| is_keyed_for(c)) else { return };
        if matches!(state.number_b, NumberBState::Opening { .. } | NumberBState::Open { .. }) {
            return;
        }
        let said_so = matches!(state.number_b, NumberBState::Refused(Failure::LastTry));
        let last_try = if said_so { last_try } else { LastTry::Unconfirmed };
        let Some(held) = self.books.get(&case).and_then(|book| book.card.as_ref()) else { return };
        let certificate = held.read.certificate.clone();
        if self.state.reader != ReaderState::Card {
            self.set_number_b(case, NumberBState::Refused(Failure::NoCard));
            return;
        }
        self.number_b_presses += 1;
        let press = self.number_b_presses;
        self.set_number_b(case, NumberBState::Opening { press });
        self.push(Effect::OpenFace { press, certificate, number, last_try });
    }

    /// The answer to a press; one that nobody waits for any more is dropped unseen.
    pub(crate) fn face_answered(
        &mut self,
        press: u64,
        result: Result<Box<OpenedFace>, Failure>,
        took_ms: u32,
        now: Now,
    ) {
        let Some(case) = self.state.current else { return };
        let Some(state) = self.state.case() else { return };
        if !matches!(state.number_b, NumberBState::Opening { press: waiting } if waiting == press) {
            return;
        }
        match result {
            Ok(face) => {
                let differences = face.differences(&state.view.findings, now);
                let contradicts = !differences.is_empty();
                let face = Arc::new(*face);
                self.set_number_b(case, NumberBState::Open { face, differences, decided: false, at: now.utc });
                self.push(Effect::Play(if contradicts { Sound::Alarm } else { Sound::CardRead }));
            }
            Err(failure) => self.face_refused(case, failure, took_ms, now),
        }
    }

    fn face_refused(&mut self, case: CaseId, failure: Failure, took_ms: u32, now: Now) {
        self.set_number_b(case, NumberBState::Refused(failure));
        if !self.state.case().is_some_and(|c| c.view.is_closed()) {
            let outcome = CardOutcome::Failed { code: failure.code().to_owned() };
            self.write(case, Body::CardRead { outcome, took_ms }, now);
        }
    }

    /// Card or reader went away while the card was asked, should nothing else report it.
    pub(crate) fn interrupt_opening(&mut self, failure: Failure, now: Now) {
        let opening = matches!(self.state.case().map(|c| &c.number_b), Some(NumberBState::Opening { .. }));
        if let Some(case) = self.state.current.filter(|_| opening) {
            self.face_refused(case, failure, 0, now);
        }
    }

    /// The crew saw that card and observation contradict each other, and compares the photo all the same.
    pub(crate) fn compare_anyway(&mut self) {
        let state = self.state.current.and_then(|id| self.state.cases.get_mut(&id));
        if let Some(NumberBState::Open { decided, .. }) = state.map(|s| &mut s.number_b) {
            *decided = true;
        }
    }

    /// An observation changed: what contradicts the open face may have as well.
    pub(crate) fn check_face(&mut self, case: CaseId, now: Now) {
        let Some(CaseState { number_b: NumberBState::Open { face, differences, decided, .. }, view, .. }) =
            self.state.cases.get_mut(&case)
        else {
            return;
        };
        let found = face.differences(&view.findings, now);
        if found == *differences {
            return;
        }
        *differences = found;
        *decided = false;
        if !differences.is_empty() {
            self.push(Effect::Play(Sound::Alarm));
        }
    }

    /// How sure the identity is once the crew has judged: the chip's own photo counts when it was there to be compared.
    pub(crate) fn level_now(&self) -> Option<IdentityLevel> {
        let case = self.state.case()?;
        let CardState::Face(summary) = &case.card else { return None };
        let compared = case.number_b.face().is_some_and(|face| face.photo.is_some());
        Some(if compared { IdentityLevel::VisualB } else { summary.level })
    }

    fn set_number_b(&mut self, case: CaseId, to: NumberBState) {
        if let Some(state) = self.state.cases.get_mut(&case) {
            state.number_b = to;
        }
    }

    /// Nothing of the opened face stays in memory, and no answer is waited for. Returns whether a face was there.
    pub(crate) fn close_number_b(&mut self, case: CaseId) -> bool {
        let Some(state) = self.state.cases.get_mut(&case) else { return false };
        core::mem::take(&mut state.number_b).face().is_some()
    }

    /// As [`Self::close_number_b`], and the screen drops its pictures.
    pub(crate) fn drop_face(&mut self, case: CaseId) {
        if self.close_number_b(case) {
            self.push(Effect::HistoryDropped);
        }
    }

    /// No face stays of any case, and no PIN: the session ended, or another case is on screen.
    pub(crate) fn drop_faces(&mut self) {
        self.forget_pin();
        let cases: Vec<CaseId> = self.state.cases.keys().copied().collect();
        for case in cases {
            self.drop_face(case);
        }
    }

    /// With the session ends the right to see what was read in it: notebooks and faces. No PIN stays either.
    pub(crate) fn forget_read(&mut self) {
        self.forget_notebooks();
        self.drop_faces();
    }

    /// A face that nobody judged is gone at the end of its window at the latest.
    pub(crate) fn close_faces(&mut self, now: Now) {
        let is_over = |c: &CaseState| matches!(c.number_b, NumberBState::Open { at, .. } if now.utc.since_us(at) > VIEW_WINDOW_US);
        let cases: Vec<CaseId> = self.state.cases.iter().filter(|(_, c)| is_over(c)).map(|(id, _)| *id).collect();
        for case in cases {
            self.drop_face(case);
        }
    }
}
