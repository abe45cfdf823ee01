//! One played desk: signs in, listens, thinks, answers; begins anew when the connection breaks.

use super::client::{Client, ClientError, Kept};
use super::desks_file::DeskAccount;
use super::policy::{Policy, Reply};
use super::sse::Message;
use super::{Ears, Summary};
use hyper::Method;
use model::EnquiryId;
use rand::RngExt;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// First and longest pause before a connection is made again; each pause is drawn from the upper half of the present one.
const PAUSE: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(5));

/// Signing out may take so long.
const FAREWELL: Duration = Duration::from_secs(2);

/// What of an event matters to a desk that does not think about patients.
#[derive(Deserialize)]
struct Ringing {
    enquiry: EnquiryId,
    state: String,
    answer: Option<serde_json::Value>,
}

/// A desk.
pub(super) struct Desk {
    pub(super) client: Client,
    pub(super) account: DeskAccount,
    pub(super) policy: Policy,
    pub(super) rng: Box<dyn rand::Rng + Send>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) ready: Option<mpsc::Sender<()>>,
    pub(super) summary: Arc<watch::Sender<Summary>>,
    pub(super) token: Option<Arc<str>>,
    pub(super) ears: Option<Arc<dyn Ears>>,
}

/// What an answer is given with: the session's connection and token.
#[derive(Clone)]
struct Line {
    kept: Arc<Kept>,
    token: Arc<str>,
    ears: Option<Arc<dyn Ears>>,
}

/// An answer on its way.
enum Answered {
    Said(Reply),
    TooLate,
    Failed(EnquiryId, ClientError),
}

impl Desk {
    /// Plays until told to stop.
    ///
    /// # Errors
    /// A refusal that repeating does not change: a wrong passcode, a live server.
    pub(super) async fn run(mut self) -> Result<(), ClientError> {
        let mut pause = PAUSE.0;
        let mut heard = BTreeSet::new();
        let mut stop = self.stop.clone();
        loop {
            let played = tokio::select! {
                played = self.session(&mut heard) => played,
                () = stopped(&mut stop) => return sign_out(self.client, self.token).await,
            };
            match played {
                Ok(()) => pause = PAUSE.0,
                Err(error) if error.passes() || error.signed_out() && self.ready.is_none() => {
                    tracing::debug!(login = self.account.login, %error, "a played desk connects again");
                }
                Err(error) => return Err(error),
            }
            self.count(|summary| summary.reconnected += 1);
            let wait = pause.mul_f64(0.5 + self.rng.random::<f64>() / 2.0);
            if tokio::time::timeout(wait, stopped(&mut stop)).await.is_ok() {
                return sign_out(self.client, self.token).await;
            }
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    fn count(&self, change: impl FnOnce(&mut Summary)) {
        self.summary.send_modify(change);
    }

    /// From signing in until the stream ends.
    async fn session(&mut self, heard: &mut BTreeSet<EnquiryId>) -> Result<(), ClientError> {
        let credentials = json!({ "login": self.account.login, "passcode": self.account.passcode });
        let signed = self.client.ask(Method::POST, "/api/v1/sign-in", None, Some(&credentials)).await?;
        if signed.get("training").and_then(serde_json::Value::as_bool) != Some(true) {
            return Err(ClientError::Refused { status: 403, code: "stand_in_refused".to_owned() });
        }
        let token = signed.get("token").and_then(|t| t.as_str()).ok_or(ClientError::Answer("no token"))?.to_owned();
        let token: Arc<str> = token.into();
        self.token = Some(token.clone());
        let mut events = self.client.listen("/api/v1/desk/events", &token).await?;
        let kept = Arc::new(Kept::new(self.client.clone()));
        let line = Line { kept, token, ears: self.ears.clone() };
        let mut answers: JoinSet<Answered> = JoinSet::new();
        loop {
            tokio::select! {
                message = events.next() => match message? {
                    Some(message) => self.hear(&message, heard, &line, &mut answers),
                    None => return Ok(()),
                },
                Some(answered) = answers.join_next(), if !answers.is_empty() => {
                    self.note(answered.map_err(|_| ClientError::Panicked)?, heard);
                }
            }
        }
    }

    fn hear(
        &mut self,
        message: &Message,
        heard: &mut BTreeSet<EnquiryId>,
        line: &Line,
        answers: &mut JoinSet<Answered>,
    ) {
        match message.event.as_str() {
            "sync" => {
                if let Some(Err(error)) = self.ready.take().map(|ready| ready.try_send(())) {
                    tracing::debug!(%error, "nobody waits for the desks to be ready");
                }
            }
            "enquiry.opened" | "enquiry.changed" => {
                let Ok(ringing) = serde_json::from_str::<Ringing>(&message.data) else { return };
                if ringing.state == "open" && ringing.answer.is_none() && heard.insert(ringing.enquiry) {
                    let (delay, reply) = self.policy.next(&mut self.rng);
                    line.ears.iter().for_each(|ears| ears.rang(ringing.enquiry));
                    answers.spawn(say(line.clone(), ringing.enquiry, delay, reply));
                }
            }
            _ => {}
        }
    }

    fn note(&self, answered: Answered, heard: &mut BTreeSet<EnquiryId>) {
        self.count(|summary| match answered {
            Answered::Said(Reply::Accepted) => summary.accepted += 1,
            Answered::Said(Reply::Conditional(_)) => summary.conditional += 1,
            Answered::Said(Reply::Declined(_)) => summary.declined += 1,
            Answered::Said(Reply::Nothing) => summary.left += 1,
            Answered::TooLate => summary.too_late += 1,
            Answered::Failed(enquiry, error) => {
                // The next connection tells of it again.
                tracing::debug!(%enquiry, %error, "an answer was not delivered");
                heard.remove(&enquiry);
            }
        });
    }
}

/// Leaves politely; a server that does not answer forgets the session by itself.
async fn sign_out(client: Client, token: Option<Arc<str>>) -> Result<(), ClientError> {
    if let Some(token) = token {
        let left = client.ask(Method::POST, "/api/v1/sign-out", Some(&token), None);
        if !matches!(tokio::time::timeout(FAREWELL, left).await, Ok(Ok(_))) {
            tracing::debug!("a played desk left without signing out");
        }
    }
    Ok(())
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the handle is gone: stopped as well.
    drop(stop.wait_for(|stop| *stop).await);
}

#[expect(clippy::disallowed_methods, reason = "a stand-in thinks for a while before it answers")]
async fn say(line: Line, enquiry: EnquiryId, delay: Duration, reply: Reply) -> Answered {
    let Line { kept, token, ears } = line;
    let path = format!("/api/v1/desk/enquiries/{enquiry}");
    if let Err(error) = kept.ask(Method::POST, &format!("{path}/seen"), Some(&token), None).await {
        return outcome(enquiry, error);
    }
    tokio::time::sleep(delay).await;
    let Some(body) = reply.body() else { return Answered::Said(reply) };
    ears.iter().for_each(|ears| ears.answering(enquiry));
    match kept.ask(Method::POST, &format!("{path}/answer"), Some(&token), Some(&body)).await {
        Ok(_) => Answered::Said(reply),
        Err(error) => outcome(enquiry, error),
    }
}

fn outcome(enquiry: EnquiryId, error: ClientError) -> Answered {
    match error {
        ClientError::Refused { status: 404 | 409, .. } => Answered::TooLate,
        error => Answered::Failed(enquiry, error),
    }
}
