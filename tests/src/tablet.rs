//! A tablet with everything but the window: runtime, outbox on disk, a card desk. It lives in a runtime of its own, so that
//! it can be killed between any two steps.

use crate::PATIENCE;
use ambulance_core::{CaseState, Command, State};
use ambulance_runtime::{Handle, StartError, TabletFolder, start_tablet};
use case::FindingsChange;
use dispatch_server::admin::MadeAccount;
use model::{CaseId, Complaint, Stage};
use patient_history::ConsentScope;
use std::path::PathBuf;
use std::sync::Arc;
use test_kit::Desk;
use tokio::runtime::Runtime;
use virtual_card::{Behaviour, CardMaterial};
use wire::Passcode;

/// The stages that a crew stamps up to 医師引継ぎ.
pub const STAMPED: [Stage; 7] = [
    Stage::EnRoute,
    Stage::OnScene,
    Stage::AtPatient,
    Stage::InVehicle,
    Stage::LeftScene,
    Stage::AtDestination,
    Stage::TransferOfCare,
];

/// An observation that every transport may carry.
#[must_use]
pub fn observed(complaint: Complaint) -> Command {
    Command::Observe(FindingsChange::Complaint { complaint, chosen: true })
}

/// Waits until a tablet's state fulfils a condition.
pub async fn until(handle: &Handle, what: &str, condition: impl Fn(&State) -> bool) -> Arc<State> {
    match tokio::time::timeout(PATIENCE, handle.wait_for(condition)).await {
        Ok(state) => state.unwrap(),
        Err(_) => {
            let now = handle.state().borrow().clone();
            let case = now.case().map(|c| (&c.view.stages, c.view.pending, &c.view.gaps));
            let warned = crate::log::warnings();
            panic!(
                "in vain: {what}; link {:?}, outbox {:?}, faults {:?}, case {case:?}\n{warned}",
                now.link, now.outbox, now.faults
            )
        }
    }
}

/// See the module.
pub struct Tablet {
    /// Its folder.
    pub folder: PathBuf,
    /// The running core.
    pub handle: Option<Handle>,
    /// Its reader.
    pub desk: Desk,
    runtime: Option<Runtime>,
}

impl Tablet {
    /// Starts the tablet of a folder.
    pub async fn start(folder: PathBuf, material: CardMaterial) -> Self {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let (desk, mut reader) = Desk::new(material.clone());
        let loaded = Arc::new(TabletFolder::load(&folder).unwrap());
        let mut desk = desk;
        // A tablet that was just killed may hold its outbox for a moment.
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
        let mut tries = 0;
        let handle = loop {
            tick.tick().await;
            tries += 1;
            let loaded = Arc::clone(&loaded);
            let started = runtime.spawn(async move { start_tablet(&loaded, reader, || {}).await });
            match started.await.unwrap() {
                Ok(handle) => break handle,
                Err(StartError::Outbox(error)) if tries < 200 => {
                    drop(error);
                    (desk, reader) = Desk::new(material.clone());
                }
                Err(error) => panic!("the tablet does not start: {error:?}"),
            }
        };
        Self { folder, handle: Some(handle), desk, runtime: Some(runtime) }
    }

    fn running(&self) -> &Handle {
        self.handle.as_ref().unwrap()
    }

    /// Ends every task at once, wherever it stands.
    pub fn kill(mut self) -> PathBuf {
        self.runtime.take().unwrap().shutdown_background();
        self.folder.clone()
    }

    /// Ends in order.
    pub async fn stop(mut self) -> PathBuf {
        self.handle.take().unwrap().stop().await;
        self.folder.clone()
    }

    /// Waits until the state fulfils a condition.
    pub async fn until(&self, what: &str, condition: impl Fn(&State) -> bool) -> Arc<State> {
        until(self.running(), what, condition).await
    }

    /// Waits until the case on screen fulfils a condition.
    pub async fn until_case(&self, what: &str, condition: impl Fn(&CaseState) -> bool) -> CaseState {
        let state = self.until(what, |s| s.case().is_some_and(&condition)).await;
        state.case().unwrap().clone()
    }

    /// The state now.
    #[must_use]
    pub fn state(&self) -> Arc<State> {
        Arc::clone(&self.running().state().borrow())
    }

    /// The case on screen.
    #[must_use]
    pub fn case(&self) -> CaseState {
        self.state().case().unwrap().clone()
    }

    /// Presses.
    pub async fn press(&self, command: Command) {
        tokio::time::timeout(PATIENCE, self.running().command(command)).await.unwrap().unwrap();
    }

    /// Stamps stages.
    pub async fn stamp(&self, stages: &[Stage]) {
        for stage in stages {
            self.press(Command::Stamp(*stage)).await;
        }
    }

    /// Signs a crew member in.
    pub async fn sign_in(&self, account: &MadeAccount) {
        let passcode = Passcode::new(account.passcode.to_string());
        self.press(Command::SignIn { login: account.login.clone(), passcode }).await;
        self.until("signed in", |s| s.crew.is_some()).await;
    }

    /// Waits for a case to come on the screen.
    pub async fn assigned(&self, case: CaseId) {
        self.until("the case is on screen", |s| s.current == Some(case)).await;
    }

    /// A card is laid, the face compared, consent spoken.
    pub async fn consent(&self, persona: &str) {
        self.desk.lay(persona, Behaviour::default()).await;
        self.until_case("the card is read", |c| matches!(c.card, ambulance_core::CardState::Face(_))).await;
        self.press(Command::FaceMatches).await;
        self.press(Command::ConsentSpoken { scope: ConsentScope::All }).await;
    }

    /// Waits until the server has everything of the case.
    pub async fn delivered(&self) {
        self.until("everything is acknowledged", |s| {
            s.outbox.waiting == 0 && s.case().is_some_and(|c| c.view.pending == 0)
        })
        .await;
    }
}

impl Drop for Tablet {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
