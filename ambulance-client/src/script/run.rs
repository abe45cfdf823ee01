//! Runs a script against a running tablet.

use super::report::Report;
use super::{Enquire, Face, For, Picture, Script, StaffPassword, Step, TelephoneAnswer, Wait};
use crate::app::picture::{self, PictureError};
use ambulance_core::{CardState, CaseState, Command, HistoryState, STAFF_PASSWORD_CODES, State};
use ambulance_runtime::{Handle, Stopped};
use case::EnquiryAnswer;
use model::{Clock, HospitalId, Monotonic};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use wire::Passcode;

/// Hospitals are asked in at most so many rounds.
const ROUNDS_MAX: usize = 12;
/// An enquiry's answer is waited for this long, then the next hospitals are asked.
const ANSWER_WAIT: Duration = Duration::from_secs(20);

/// Where progress goes, and who takes pictures.
pub trait Stage {
    /// A step was done; `ms` is how long it took.
    fn done(&mut self, n: usize, step: &Step, ms: f64);
    /// Save a picture.
    fn picture(&mut self, picture: &Picture) -> impl Future<Output = ()> + Send;
    /// Whether the report is to hold alerts and the list: they quote the history and would outlive its wipe in memory.
    fn wants_lists(&self) -> bool {
        true
    }
}

struct Run<'a, S> {
    tablet: &'a Handle,
    clock: ambulance_runtime::SystemClock,
    report: Report,
    stage: &'a mut S,
    observed: Option<Monotonic>,
}

/// Runs every step; stops at the first that fails.
pub async fn run<S: Stage>(script: &Script, tablet: &Handle, stage: &mut S) -> Report {
    let mut run =
        Run { tablet, clock: ambulance_runtime::SystemClock::new(), report: Report::default(), stage, observed: None };
    let mut consented: Option<Monotonic> = None;
    for (n, step) in script.steps.iter().enumerate() {
        let began = run.clock.monotonic();
        if let Err(why) = run.step(step).await {
            run.report.failed = Some(format!("step {n} {step:?}: {why}"));
            run.observe();
            return run.report;
        }
        run.observe();
        let ms = run.since(began);
        run.time(step, ms, began, &mut consented);
        run.stage.done(n, step, ms);
    }
    run.report.ok = true;
    run.report
}

impl<S: Stage> Run<'_, S> {
    fn observe(&mut self) {
        let state = self.tablet.state().borrow().clone();
        self.report.observe(&state, self.stage.wants_lists());
    }

    fn since(&self, began: Monotonic) -> f64 {
        let us = self.clock.monotonic().since_us(began).unwrap_or(0);
        // Microseconds of a script run fit a double exactly.
        #[expect(clippy::cast_precision_loss, reason = "microseconds of minutes")]
        let ms = us as f64 / 1000.0;
        ms
    }

    /// The four figures of the report.
    fn time(&mut self, step: &Step, ms: f64, began: Monotonic, consented: &mut Option<Monotonic>) {
        match step {
            Step::Consent(_) => *consented = Some(began),
            Step::Wait(Wait { r#for: For::History, .. }) => {
                self.report.timings_ms.insert("lookup", ms);
                if let Some(began) = consented {
                    let whole = self.since(*began);
                    self.report.timings_ms.insert("tap_to_summary", whole);
                }
            }
            Step::Observe(_) => drop(self.observed.get_or_insert(began)),
            Step::Wait(Wait { r#for: For::Suggestion, .. }) => {
                let ms = self.observed.map_or(ms, |first| self.since(first));
                self.report.timings_ms.insert("suggestion", ms);
            }
            Step::Wait(Wait { r#for: For::Card, .. }) => {
                let state = self.tablet.state();
                if let Some(CardState::Face(summary)) = state.borrow().case().map(|c| c.card.clone()) {
                    self.report.timings_ms.insert("card_read", f64::from(summary.took_ms));
                }
            }
            _ => {}
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), String> {
        let command = match step {
            Step::SignIn(s) => Command::SignIn { login: s.login.clone(), passcode: Passcode::new(s.passcode.clone()) },
            Step::StaffPassword(StaffPassword(digits)) => {
                Command::StaffPassword { password: Passcode::new(digits.clone()) }
            }
            Step::Wait(wait) => return self.wait(wait.r#for, Duration::from_secs(wait.within_s)).await.map(drop),
            Step::OpenCase => Command::OpenCase,
            Step::TakeOver => {
                let newest = |s: &State| s.cases.iter().rev().find(|(_, c)| !c.view.is_closed()).map(|(id, _)| *id);
                let state = self.until(Duration::from_secs(super::WAIT_S), move |s| newest(s).is_some()).await?;
                Command::TakeOver(newest(&state).ok_or("no open case")?)
            }
            Step::Stamp(stage) => Command::Stamp(*stage),
            Step::Undo => Command::Undo,
            Step::Observe(change) => Command::Observe(change.clone()),
            Step::At(position) => Command::At(*position),
            Step::Face(Face::Same) => Command::FaceMatches,
            Step::Face(Face::Different) => Command::FaceDiffers,
            Step::Consent(basis) => Command::Consent(basis.clone()),
            Step::WithdrawConsent => Command::WithdrawConsent,
            Step::HistoryShown => Command::HistoryShown,
            Step::LockOut => Command::LockOut,
            Step::Notebook(file) => return self.notebook(file).await,
            Step::NotebookUse => Command::NotebookUse,
            Step::Tell(change) => Command::Tell(*change),
            Step::Enquire(enquire) => self.enquire(enquire, 0)?,
            Step::EnquireUntilDecided(enquire) => return self.enquire_until_decided(enquire).await,
            Step::TelephoneAnswer(answer) => self.telephone(*answer)?,
            Step::TakeOffer => self.offer()?,
            Step::End(ending) => Command::End(*ending),
            Step::MakeDocument => Command::MakeDocument,
            Step::PauseMs(ms) => {
                pause(Duration::from_millis(*ms)).await;
                return Ok(());
            }
            Step::Picture(picture) => {
                self.stage.picture(picture).await;
                return Ok(());
            }
        };
        self.tablet.command(command).await.map_err(|e| e.to_string())
    }

    /// A file of this name is a picture, or the text of a code.
    async fn notebook(&self, file: &Path) -> Result<(), String> {
        let bytes = picture::read(file).map_err(|e| e.to_string())?;
        let codes = match picture::codes(&bytes) {
            Err(PictureError::NoPicture) => vec![bytes],
            other => other.map_err(|e| e.to_string())?,
        };
        let heard = |s: &State| s.case().map_or(0, |c| c.notebook.heard);
        let all = heard(&self.tablet.state().borrow()) + codes.len() as u64;
        for code in codes {
            self.tablet.command(Command::NotebookCode(code)).await.map_err(|e| e.to_string())?;
        }
        let state = self.until(Duration::from_secs(super::WAIT_S), move |s| heard(s) >= all).await?;
        let trouble = state.case().and_then(|c| c.notebook.trouble.as_ref());
        trouble.map_or(Ok(()), |error| Err(error.to_string()))
    }

    async fn until(&self, within: Duration, condition: impl Fn(&State) -> bool) -> Result<Arc<State>, String> {
        match tokio::time::timeout(within, self.tablet.wait_for(condition)).await {
            Ok(Ok(state)) => Ok(state),
            Ok(Err(Stopped)) => Err("the tablet has stopped".into()),
            Err(_) => Err(format!("nothing within {} s; {}", within.as_secs(), self.picture_of_now())),
        }
    }

    /// Ids and states only, for the message of a failed wait.
    fn picture_of_now(&self) -> String {
        let state = self.tablet.state();
        let state = state.borrow();
        let link = &state.link;
        let case = state.case().map_or("no case".to_owned(), |c| match &c.history {
            HistoryState::NotAsked => "history not asked".to_owned(),
            HistoryState::Waiting { .. } => "history waiting".to_owned(),
            HistoryState::Here { .. } => "history here".to_owned(),
            HistoryState::Failed { error, .. } => format!("history failed: {}", error.code),
            HistoryState::Wiped { .. } => "history wiped".to_owned(),
        });
        format!("link {link:?}; {case}; {} waiting", state.outbox.waiting)
    }

    async fn wait(&self, what: For, within: Duration) -> Result<Arc<State>, String> {
        let state = self.until(within, move |s| reached(s, what)).await?;
        match (what, state.case().map(|c| &c.history)) {
            (For::History, Some(HistoryState::Failed { error, .. })) => Err(format!("{} ({})", error.ja, error.code)),
            _ => Ok(state),
        }
    }

    fn hospitals(&self) -> Vec<HospitalId> {
        let state = self.tablet.state();
        let state = state.borrow();
        let list = state.case().and_then(|c| c.suggestion.as_ref());
        list.map_or_else(Vec::new, |s| s.ranking.candidates.iter().map(|c| c.hospital).collect())
    }

    fn enquire(&self, enquire: &Enquire, skip: usize) -> Result<Command, String> {
        let hospitals: Vec<HospitalId> = self.hospitals().into_iter().skip(skip).take(enquire.top).collect();
        if hospitals.is_empty() {
            return Err("there is no hospital to ask".into());
        }
        Ok(Command::Enquire { hospitals, by_telephone: enquire.by_telephone, override_reason: enquire.override_reason })
    }

    async fn enquire_until_decided(&self, enquire: &Enquire) -> Result<(), String> {
        for _ in 0..ROUNDS_MAX {
            let asked = self.enquire(enquire, 0)?;
            self.tablet.command(asked).await.map_err(|e| e.to_string())?;
            // No answer in time is an answer too: the next hospitals are asked.
            let _answered = tokio::time::timeout(ANSWER_WAIT, self.tablet.wait_for(|s| reached(s, For::Answers))).await;
            let state = self.tablet.state().borrow().clone();
            // An acceptance becomes the destination with the server's next word: nobody is asked again meanwhile.
            let decided = reached(&state, For::Destination)
                || (is_accepted(&state) && self.until(ANSWER_WAIT, |s| reached(s, For::Destination)).await.is_ok());
            if decided {
                return Ok(());
            }
        }
        Err(format!("no hospital accepted in {ROUNDS_MAX} rounds"))
    }

    fn telephone(&self, answer: TelephoneAnswer) -> Result<Command, String> {
        let state = self.tablet.state();
        let state = state.borrow();
        let open =
            state.case().and_then(|c| c.view.enquiries.iter().find(|(_, e)| e.by_telephone && e.answer.is_none()));
        let enquiry = *open.ok_or("no telephone enquiry is open")?.0;
        let answer = match answer {
            TelephoneAnswer::Accepted => EnquiryAnswer::Accepted,
            TelephoneAnswer::Declined(reason) => EnquiryAnswer::Declined(reason),
        };
        Ok(Command::TelephoneAnswer { enquiry, answer })
    }

    fn offer(&self) -> Result<Command, String> {
        let state = self.tablet.state();
        let state = state.borrow();
        let standing = |a: &EnquiryAnswer| matches!(a, EnquiryAnswer::Conditional { .. });
        let offers = |c: &CaseState| {
            c.view
                .enquiries
                .iter()
                .find(|(_, e)| e.answer.as_ref().is_some_and(|(a, _)| standing(a)))
                .map(|(id, _)| *id)
        };
        Ok(Command::TakeOffer(state.case().and_then(offers).ok_or("no offer stands")?))
    }
}

async fn pause(pause: Duration) {
    #[expect(clippy::disallowed_methods, reason = "a script waits as a crew does")]
    tokio::time::sleep(pause).await;
}

/// A hospital has accepted and is not released.
fn is_accepted(state: &State) -> bool {
    let accepts = |e: &case::EnquiryState| {
        e.released.is_none() && e.answer.as_ref().is_some_and(|(a, _)| *a == EnquiryAnswer::Accepted)
    };
    state.case().is_some_and(|c| c.view.enquiries.values().any(accepts))
}

/// Whether a state is what a script waits for.
#[must_use]
pub fn reached(state: &State, what: For) -> bool {
    let case = state.case();
    let list = case.and_then(|c| c.suggestion.as_ref()).filter(|s| !s.ranking.candidates.is_empty());
    match what {
        For::Connected => state.link.is_up(),
        For::Offline => !state.link.is_up(),
        For::SignedIn => state.crew.is_some(),
        For::Case => case.is_some_and(|c| !c.view.is_closed()),
        For::Card => matches!(case.map(|c| &c.card), Some(CardState::Face(_))),
        For::CardFailed => matches!(case.map(|c| &c.card), Some(CardState::Failed(_))),
        For::History => {
            matches!(case.map(|c| &c.history), Some(HistoryState::Here { .. } | HistoryState::Failed { .. }))
        }
        For::StaffPassword => {
            matches!(case.map(|c| &c.history), Some(HistoryState::Waiting { trouble: Some(error), .. })
            if error.code.starts_with(STAFF_PASSWORD_CODES))
        }
        For::Suggestion => list.is_some(),
        For::ServerSuggestion => list.is_some_and(|s| s.decision.is_some()),
        For::SuggestionWithHistory => list.is_some_and(|s| s.with_history),
        For::Answers => case.is_some_and(|c| {
            c.view.destination().is_some()
                || c.view.enquiries.values().all(|e| e.answer.is_some() || e.released.is_some())
        }),
        For::Destination => case.is_some_and(|c| c.view.destination().is_some() || !c.view.agreed.is_empty()),
        For::Wiped => case.is_some_and(|c| matches!(c.history, HistoryState::Wiped { .. } | HistoryState::NotAsked)),
        For::Closed => case.is_some_and(|c| c.view.is_closed()),
        For::Document => case.is_some_and(|c| c.document.is_some()),
        For::Acknowledged => state.outbox.waiting == 0 && state.link.is_up(),
    }
}
