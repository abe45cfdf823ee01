//! What a crew does during one transport: its presses on the tablet at their times, and what it waits for.
//!
//! The times of presses are fixed by the call and the pace, not by how fast the server is; only where a crew itself has to wait (for a
//! list, an answer, a destination) do the later times move.

use super::Step;
use super::book::Book;
use super::call::Call;
use super::dispatch::Dispatch;
use super::tablet::Tablet;
use super::wallet::Wallet;
use crate::light::pass_until;
use ambulance_core::{CardInput, CardState, CaseState, Command, HistoryState, State};
use ambulance_runtime::SystemClock;
use case::{DeclineReason, Ending, EnquiryAnswer};
use model::{CaseId, Clock, EnquiryId, HospitalId, Position, Stage};
use patient_history::ConsentScope;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Longest wait for anything that a server or a desk owes; then the transport has failed.
const PATIENCE: Duration = Duration::from_secs(90);
/// A desk that has not answered for so long is not waited for (照会 5分 \[A\]); divided by the pace …
const ANSWER_WAIT: Duration = Duration::from_secs(300);
/// … but never less than this.
const ANSWER_WAIT_LEAST: Duration = Duration::from_secs(6);
/// Hospitals are asked in at most so many rounds.
const ROUNDS_MAX: usize = 24;
/// Between two taps of the observation.
const TAP: Duration = Duration::from_secs(3);

/// Why a transport ended otherwise; no case is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Broken(pub(super) &'static str);

/// What crews share.
pub(super) struct World {
    pub(super) clock: SystemClock,
    pub(super) book: Arc<Book>,
    pub(super) dispatch: Dispatch,
    pub(super) wallet: Wallet,
    /// Hospitals whose desk is played over HTTPS; the others are called.
    pub(super) desks: BTreeSet<HospitalId>,
    pub(super) pace: f64,
    /// How much longer than [`PATIENCE`] a crew waits, where it may be without radio.
    pub(super) without_radio: Duration,
}

/// See the module.
pub(super) struct Crew<'a> {
    world: &'a World,
    tablet: &'a Tablet,
    call: &'a Call,
    /// When the last press was meant to be, or when what was waited for came.
    due_us: u64,
}

impl<'a> Crew<'a> {
    /// A crew whose transport was meant to begin at `due_us`.
    pub(super) fn new(world: &'a World, tablet: &'a Tablet, call: &'a Call, due_us: u64) -> Self {
        Self { world, tablet, call, due_us }
    }

    /// From 覚知 to 帰署.
    ///
    /// # Errors
    /// What was waited for in vain.
    pub(super) async fn transport(mut self) -> Result<(), Broken> {
        let stages = self.call.stages;
        let case = self.dispatched().await?;
        self.stamp(stages.turnout, Stage::EnRoute).await?;
        self.stamp(stages.drive, Stage::OnScene).await?;
        self.at(self.call.scene).await?;
        self.stamp(stages.to_patient, Stage::AtPatient).await?;
        let patient_us = self.due_us;
        self.observe().await?;
        if !self.call.transported {
            return self.nobody_transported(case).await;
        }
        if self.call.reads_card {
            self.read_card().await?;
        }
        let vehicle = Duration::from_micros(patient_us.saturating_add(self.paced_us(stages.to_vehicle)));
        let left = vehicle.saturating_sub(Duration::from_micros(self.due_us)).mul_f64(self.world.pace);
        self.stamp(left, Stage::InVehicle).await?;
        self.decide(stages.to_enquiry).await?;
        self.stamp(Duration::ZERO, Stage::LeftScene).await?;
        self.stamp(stages.to_hospital, Stage::AtDestination).await?;
        self.press(Duration::ZERO, Command::MakeDocument).await?;
        self.wait("the handover document", |c| c.document.is_some()).await?;
        let handed_us = self.stamp(stages.handover, Stage::TransferOfCare).await?;
        let pressed_us = self.now_us();
        self.until("the handover is acknowledged", |s| s.outbox.waiting == 0 && s.unwritten == 0).await?;
        self.took(Step::Handover, (handed_us, pressed_us));
        self.back(case).await
    }

    /// Observed, and then it ends on scene (不搬送).
    async fn nobody_transported(mut self, case: CaseId) -> Result<(), Broken> {
        self.press(self.call.stages.to_vehicle, Command::End(Ending::Refused)).await?;
        self.back(case).await
    }

    /// From the end of the case to the station.
    async fn back(mut self, case: CaseId) -> Result<(), Broken> {
        self.wait_for_case(case, "the case is closed", |c| c.view.is_closed()).await?;
        self.stamp(self.call.stages.back, Stage::BackInService).await?;
        self.at(self.tablet.station).await?;
        self.until("everything is acknowledged", |s| s.outbox.waiting == 0 && s.unwritten == 0).await
    }

    async fn dispatched(&mut self) -> Result<CaseId, Broken> {
        let (intended_us, began_us) = (self.due_us, self.now_us());
        let opened = self.world.dispatch.open(self.tablet.department, self.tablet.unit, self.call.scene).await;
        let case = opened.map_err(|error| {
            tracing::warn!(%error, "an incident was not opened");
            Broken("the dispatch system opens the incident")
        })?;
        self.until("the case is on the screen", move |s| s.current == Some(case)).await?;
        self.took(Step::Dispatch, (intended_us, began_us));
        Ok(case)
    }

    async fn observe(&mut self) -> Result<(), Broken> {
        for change in &self.call.findings {
            self.press(TAP, Command::Observe(change.clone())).await?;
        }
        Ok(())
    }

    /// The card is laid on the reader, the face compared, consent spoken; the history comes or does not.
    async fn read_card(&mut self) -> Result<(), Broken> {
        let card = usize::try_from(self.call.n).unwrap_or(0).wrapping_add(self.tablet.n);
        self.tell(CardInput::Reading).await?;
        let began_us = self.now_us();
        let read = self.world.wallet.read(card);
        let took_ms = u32::try_from(self.now_us().saturating_sub(began_us) / 1_000).unwrap_or(u32::MAX);
        self.tell(match read {
            Ok(read) => CardInput::Read { read: Box::new(read), took_ms },
            Err(failure) => CardInput::Failed { failure, took_ms },
        })
        .await?;
        self.wait("the card is read", |c| matches!(c.card, CardState::Face(_))).await?;
        self.press(TAP, Command::FaceMatches).await?;
        self.press(TAP, Command::ConsentSpoken { scope: ConsentScope::All }).await?;
        let ended = |c: &CaseState| matches!(c.history, HistoryState::Here { .. } | HistoryState::Failed { .. });
        let case = self.wait("the history", ended).await?;
        if matches!(case.history, HistoryState::Failed { .. }) {
            return Err(Broken("the history"));
        }
        self.press(Duration::ZERO, Command::HistoryShown).await?;
        self.tell(CardInput::NoCard).await
    }

    /// Asks one hospital after another, until one is decided. Where all of the list have refused, the first of them takes the
    /// patient on the telephone after all, as last resorts do.
    async fn decide(&mut self, first_after: Duration) -> Result<(), Broken> {
        let mut asked = Vec::new();
        let mut after = first_after;
        for round in 0..ROUNDS_MAX {
            let listed = |c: &CaseState| c.suggestion.as_ref().is_some_and(|list| list.by_server);
            let case = self.wait("the server's list", listed).await?;
            let Some(hospital) = next_hospital(&case, &asked) else { break };
            asked.push(hospital);
            let answer = self.ask(hospital, after, round).await?;
            match answer {
                Some((_, EnquiryAnswer::Accepted)) => return self.decided().await,
                Some((enquiry, EnquiryAnswer::Conditional { .. })) => {
                    self.press(TAP, Command::TakeOffer(enquiry)).await?;
                    return self.decided().await;
                }
                // One that was asked before may have accepted meanwhile.
                _ if self.has_destination() => return Ok(()),
                _ => after = TAP,
            }
        }
        let last = asked.first().copied().ok_or(Broken("a hospital to ask"))?;
        self.press(self.call.stages.telephone, Command::AgreeByTelephone(last)).await?;
        self.decided().await
    }

    fn has_destination(&self) -> bool {
        self.tablet.handle.state().borrow().case().is_some_and(|c| c.view.destination().is_some())
    }

    async fn decided(&mut self) -> Result<(), Broken> {
        self.wait("the destination", |c| c.view.destination().is_some()).await.map(drop)
    }

    /// Asks a hospital by message where its desk is played, else by telephone. None when it did not answer in time.
    async fn ask(
        &mut self,
        hospital: HospitalId,
        after: Duration,
        round: usize,
    ) -> Result<Option<(EnquiryId, EnquiryAnswer)>, Broken> {
        let by_telephone = !self.world.desks.contains(&hospital);
        let enquire = Command::Enquire { hospitals: vec![hospital], by_telephone, override_reason: None };
        let pressed_us = self.press(after, enquire).await?;
        self.world.book.enquiries.fetch_add(1, Ordering::Relaxed);
        let case = self.wait("the enquiry is written", |c| enquiry_of(c, hospital).is_some()).await?;
        let Some((enquiry, _)) = enquiry_of(&case, hospital) else { return Err(Broken("the enquiry is written")) };
        if by_telephone {
            let answer = self.said_on_the_telephone(round);
            self.press(self.call.stages.telephone, Command::TelephoneAnswer { enquiry, answer }).await?;
        }
        let patience = ANSWER_WAIT.div_f64(self.world.pace).max(ANSWER_WAIT_LEAST);
        let answered = |s: &State| {
            s.case()
                .and_then(|c| c.view.enquiries.get(&enquiry))
                .is_some_and(|e| e.answer.is_some() || e.released.is_some())
        };
        let answered = tokio::time::timeout(patience, self.tablet.handle.wait_for(answered)).await;
        self.due_us = self.due_us.max(self.now_us());
        let Ok(state) = answered else { return Ok(None) };
        let state = state.map_err(|_| Broken("the tablet stopped"))?;
        let found = state.case().and_then(|c| c.view.enquiries.get(&enquiry)).and_then(|e| e.answer.clone());
        let Some((answer, _)) = found else { return Ok(None) };
        if !by_telephone {
            self.note_desk(enquiry, pressed_us);
        }
        Ok(Some((enquiry, answer)))
    }

    fn note_desk(&self, enquiry: EnquiryId, pressed_us: u64) {
        let Some(at) = self.world.book.take_at_desk(enquiry) else { return };
        if let Some(rang_us) = at.rang_us {
            self.world.book.took(Step::Ring, rang_us.saturating_sub(pressed_us), 0);
        }
        if let Some(answering_us) = at.answering_us {
            self.world.book.took(Step::Answer, self.now_us().saturating_sub(answering_us), 0);
        }
    }

    fn said_on_the_telephone(&self, round: usize) -> EnquiryAnswer {
        let mixed = mix(self.call.draw ^ mix(round as u64));
        // 53 bits are what a double holds exactly.
        let share = (mixed >> 11) as f64 / (1_u64 << 53) as f64;
        if share < self.call.accepts {
            EnquiryAnswer::Accepted
        } else {
            EnquiryAnswer::Declined(DeclineReason::BedsFull)
        }
    }

    async fn stamp(&mut self, after: Duration, stage: Stage) -> Result<u64, Broken> {
        self.press(after, Command::Stamp(stage)).await
    }

    async fn at(&mut self, place: Position) -> Result<(), Broken> {
        self.tablet.move_to(place);
        self.send(Command::At(place)).await
    }

    /// Presses so long after the last press, and returns when it was meant to be.
    async fn press(&mut self, after: Duration, command: Command) -> Result<u64, Broken> {
        let intended_us = self.due_us.saturating_add(self.paced_us(after));
        pass_until(intended_us, &self.world.clock).await;
        let late_us = self.now_us().saturating_sub(intended_us);
        self.world.book.late(late_us);
        self.tablet.traffic.pressed(late_us);
        self.due_us = intended_us;
        self.send(command).await?;
        Ok(intended_us)
    }

    async fn send(&self, command: Command) -> Result<(), Broken> {
        self.tablet.handle.command(command).await.map_err(|_| Broken("the tablet stopped"))
    }

    async fn tell(&self, input: CardInput) -> Result<(), Broken> {
        self.tablet.reader.events.send(input).await.map_err(|_| Broken("the tablet stopped"))
    }

    async fn wait(&mut self, what: &'static str, condition: impl Fn(&CaseState) -> bool) -> Result<CaseState, Broken> {
        let state =
            tokio::time::timeout(self.patience(), self.tablet.handle.wait_for(|s| s.case().is_some_and(&condition)));
        let state = state.await.map_err(|_| Broken(what))?.map_err(|_| Broken("the tablet stopped"))?;
        self.due_us = self.due_us.max(self.now_us());
        state.case().cloned().ok_or(Broken(what))
    }

    async fn wait_for_case(
        &mut self,
        case: CaseId,
        what: &'static str,
        condition: impl Fn(&CaseState) -> bool,
    ) -> Result<(), Broken> {
        self.until(what, |s| s.cases.get(&case).is_none_or(&condition)).await
    }

    async fn until(&mut self, what: &'static str, condition: impl Fn(&State) -> bool) -> Result<(), Broken> {
        let state = tokio::time::timeout(self.patience(), self.tablet.handle.wait_for(condition)).await;
        state.map_err(|_| Broken(what))?.map_err(|_| Broken("the tablet stopped"))?;
        self.due_us = self.due_us.max(self.now_us());
        Ok(())
    }

    fn patience(&self) -> Duration {
        PATIENCE + self.world.without_radio
    }

    fn took(&self, step: Step, (intended_us, began_us): (u64, u64)) {
        let (now_us, late_us) = (self.now_us(), began_us.saturating_sub(intended_us));
        self.world.book.took(step, now_us.saturating_sub(began_us), late_us);
    }

    fn paced_us(&self, time: Duration) -> u64 {
        u64::try_from(time.div_f64(self.world.pace).as_micros()).unwrap_or(u64::MAX)
    }

    fn now_us(&self) -> u64 {
        self.world.clock.monotonic().us
    }
}

/// The first of the list that was not asked yet.
fn next_hospital(case: &CaseState, asked: &[HospitalId]) -> Option<HospitalId> {
    let list = &case.suggestion.as_ref()?.ranking.candidates;
    list.iter().map(|candidate| candidate.hospital).find(|hospital| !asked.contains(hospital))
}

fn enquiry_of(case: &CaseState, hospital: HospitalId) -> Option<(EnquiryId, bool)> {
    let mut of = case.view.enquiries.iter().filter(|(_, e)| e.hospital == hospital && e.released.is_none());
    of.next().map(|(id, e)| (*id, e.by_telephone))
}

/// SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output.
pub(crate) fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
