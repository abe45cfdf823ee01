//! `sim hospitals`: desks that answer enquiries over the same HTTP API that the hospital board uses.
//!
//! In: a server's address, the authority to trust, accounts of desks, a [`Policy`] and a seed. Out: answers after a delay, and
//! a [`Summary`]. Every request says that it comes from a stand-in ([`STAND_IN`], `User-Agent`); a live server refuses it.
//!
//! **Invariant:** simulated answers of hospitals with real names exist in training only; nothing of a patient is kept or
//! printed: a desk sees an enquiry's id and whether it may answer.

mod client;
mod command;
mod desk;
mod desks_file;
mod policy;
mod sse;
#[cfg(test)]
mod tests;

pub(crate) use client::Kept;
pub use client::{Address, AddressError, Client, ClientError, STAND_IN};
pub use command::{HospitalsArgs, run};
pub use desks_file::{DeskAccount, DesksFile, DesksFileError};
pub use policy::{Always, Policy, PolicyError};
pub(crate) use sse::Message;

use model::{EnquiryId, RngStreams};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// What desks to play, and how.
pub struct Config {
    /// The server.
    pub client: Client,
    /// Whose desks.
    pub desks: Vec<DeskAccount>,
    /// How they answer.
    pub policy: Policy,
    /// The same seed gives the same answers to the same order of enquiries at each desk.
    pub seed: u64,
    /// Who hears what the desks do; nobody but in a load test.
    pub ears: Option<Arc<dyn Ears>>,
}

/// Hears when an enquiry is at a desk and when it is answered.
pub trait Ears: Send + Sync {
    /// The desk's page has it.
    fn rang(&self, enquiry: EnquiryId);
    /// The desk sends its answer now.
    fn answering(&self, enquiry: EnquiryId);
}

/// What the desks did.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Always true: these are no hospitals.
    pub stand_in: bool,
    /// Desks that were played.
    pub desks: usize,
    /// Enquiries answered 受入可.
    pub accepted: u64,
    /// Enquiries answered 条件付き.
    pub conditional: u64,
    /// Enquiries answered 不可.
    pub declined: u64,
    /// Enquiries left unanswered on purpose.
    pub left: u64,
    /// Answers that came too late (another hospital was decided, or the case had ended).
    pub too_late: u64,
    /// How often a connection had to be made again.
    pub reconnected: u64,
}

/// Running desks. Dropping it ends them.
pub struct Handle {
    tasks: JoinSet<Result<(), ClientError>>,
    stop: watch::Sender<bool>,
    ready: mpsc::Receiver<()>,
    summary: Arc<watch::Sender<Summary>>,
    desks: usize,
}

/// Starts the desks; they sign in and listen by themselves.
#[must_use]
pub fn start(config: Config) -> Handle {
    let (stop, _) = watch::channel(false);
    let (say_ready, ready) = mpsc::channel(config.desks.len().max(1));
    let desks = config.desks.len();
    let summary = Arc::new(watch::Sender::new(Summary { stand_in: true, desks, ..Summary::default() }));
    let streams = RngStreams::from_u64(config.seed);
    let mut tasks = JoinSet::new();
    for account in config.desks {
        let rng = streams.stream(&account.login);
        let policy = account.always.map_or_else(|| config.policy.clone(), |always| config.policy.with(always));
        let desk = desk::Desk {
            client: config.client.clone(),
            account,
            policy,
            rng: Box::new(rng),
            stop: stop.subscribe(),
            ready: Some(say_ready.clone()),
            summary: summary.clone(),
            token: None,
            ears: config.ears.clone(),
        };
        tasks.spawn(desk.run());
    }
    Handle { tasks, stop, ready, summary, desks }
}

impl Handle {
    /// Waits until every desk listens.
    ///
    /// # Errors
    /// The first desk's reason for giving up (a wrong passcode, or a live server).
    pub async fn ready(&mut self) -> Result<(), ClientError> {
        for _ in 0..self.desks {
            tokio::select! {
                Some(()) = self.ready.recv() => {}
                Some(ended) = self.tasks.join_next() => ended.map_err(|_| ClientError::Panicked)??,
            }
        }
        Ok(())
    }
    /// What was done so far.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.summary.borrow().clone()
    }
    /// Waits until what was done so far is as wished.
    pub async fn until(&self, wished: impl FnMut(&Summary) -> bool) {
        // The sender lives as long as this handle.
        drop(self.summary.subscribe().wait_for(wished).await);
    }
    /// Waits until a desk gives up.
    ///
    /// # Errors
    /// Its reason.
    pub async fn failed(&mut self) -> Result<(), ClientError> {
        match self.tasks.join_next().await {
            Some(ended) => ended.map_err(|_| ClientError::Panicked)?,
            None => core::future::pending().await,
        }
    }
    /// Signs the desks out.
    pub async fn stop(mut self) -> Summary {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
        self.summary()
    }
}
