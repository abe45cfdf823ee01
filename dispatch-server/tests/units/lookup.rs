//! A look-up whose asker, or whose server, died: nothing waits for a claim that nobody works on, nothing is fetched twice.

use crate::transport::{CASE, FakeSource, LOOKUP, asked, basis, code, history, opened};
use crate::world::{World, now};
use case::{Body, EventName};
use dispatch_core::store::{AuditLog, Claim, HistoryVault};
use dispatch_server::SharedSource;
use patient_history::{HistoryQuery, HistorySnapshot, HistorySource, SourceError};
use quic_link::CloseCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::Semaphore;
use wire::Answer;

/// Answers when it is told to.
#[derive(Clone)]
struct SlowSource {
    source: FakeSource,
    begun: Arc<Semaphore>,
    may_end: Arc<Semaphore>,
}

impl SlowSource {
    fn new() -> Self {
        let none = || Arc::new(Semaphore::new(0));
        Self { source: FakeSource::default(), begun: none(), may_end: none() }
    }
}

impl HistorySource for SlowSource {
    async fn fetch(&self, query: HistoryQuery) -> Result<HistorySnapshot, SourceError> {
        self.begun.add_permits(1);
        let _may = self.may_end.acquire().await.expect("open");
        self.source.fetch(query).await
    }
}

/// A case with its consent on the server.
async fn consented(world: &World) -> EventName {
    let mut tablet = world.tablet(1).await;
    let mut pen = tablet.pen(7, CASE);
    let batch = vec![pen.write(opened()), pen.write(Body::ConsentRecorded { basis: basis() })];
    tablet.append(batch).await;
    pen.last()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tablet_that_was_killed_finds_the_answer_when_it_asks_again() {
    let source = SlowSource::new();
    let world = World::new(SharedSource::new(source.clone())).await;
    let consent = consented(&world).await;
    let killed = world.tablet(1).await;
    let session = killed.sign_in(&world.crew[0]).await;
    let link = killed.link.clone();
    let asking = dispatch_server::edge::spawn(async move {
        asked(&killed, 1, Some(session), history(consent, basis())).await;
    });
    source.begun.acquire().await.expect("open").forget();
    link.close(CloseCode::DONE, "killed");
    assert!(asking.await.is_err(), "no answer on a connection that is gone");
    let again = world.tablet(1).await;
    source.may_end.add_permits(1);
    let mut answer = asked(&again, 1, Some(session), history(consent, basis())).await;
    while code(&answer) == "under_way" {
        answer = asked(&again, 1, Some(session), history(consent, basis())).await;
    }
    assert!(matches!(answer, Answer::History(_)), "{}", code(&answer));
    assert_eq!(source.source.0.load(Ordering::SeqCst), 1, "fetched once");
    let (begun, unfinished) = tokio::time::timeout(Duration::from_secs(10), finished_looks(&world))
        .await
        .expect("the copy is in the vault before the audit says that the look is complete, but not for long");
    assert_eq!((begun, unfinished), (2, 0), "one begin, one complete");
    world.server.stop().await;
}

/// Waits until no look is unfinished in the audit; how many entries it has, and how many are unfinished.
async fn finished_looks(world: &World) -> (usize, usize) {
    loop {
        let chains = world.server.app.store.chains().await.expect("the audit");
        let (chain, entries) = chains.first().expect("one chain");
        let unfinished = audit::verify(*chain, entries, &[]).expect("whole").unfinished.len();
        if unfinished == 0 {
            return (entries.len(), unfinished);
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawal_while_the_national_system_is_asked_leaves_no_key_and_no_answer() {
    let source = SlowSource::new();
    let world = World::new(SharedSource::new(source.clone())).await;
    let mut tablet = world.tablet(1).await;
    let mut pen = tablet.pen(7, CASE);
    tablet.append(vec![pen.write(opened()), pen.write(Body::ConsentRecorded { basis: basis() })]).await;
    let consent = pen.last();
    let asker = world.tablet(1).await;
    let session = asker.sign_in(&world.crew[0]).await;
    let asking = dispatch_server::edge::spawn(async move {
        code(&asked(&asker, 1, Some(session), history(consent, basis())).await).to_owned()
    });
    source.begun.acquire().await.expect("open").forget();
    tablet.append(vec![pen.write(Body::ConsentWithdrawn { of: consent })]).await;
    source.may_end.add_permits(1);
    assert_eq!(asking.await.expect("answered"), "consent_withdrawn");
    let store = &world.server.app.store;
    assert!(store.history(LOOKUP, CASE, now()).await.expect("the vault").is_none());
    let claim = store.claim(LOOKUP, CASE, now(), now()).await.expect("the vault");
    assert!(matches!(claim, Claim::Gone), "its key is destroyed");
    let chains = store.chains().await.expect("the audit");
    let (chain, entries) = chains.first().expect("one chain");
    assert!(audit::verify(*chain, entries, &[]).expect("whole").unfinished.is_empty());
    let last = entries.last().and_then(audit::Stored::entry).map(|entry| entry.kind);
    let refused =
        matches!(last, Some(audit::Kind::Complete(end)) if matches!(end.outcome, audit::Outcome::Refused { .. }));
    assert!(refused, "the audit says that nothing was shown");
    world.server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_starts_again_fetches_what_the_last_one_left() {
    let source = FakeSource::default();
    let world = World::new(SharedSource::new(source.clone())).await;
    let consent = consented(&world).await;
    // A server was killed between claim and answer.
    let left = world.server.app.store.claim(LOOKUP, CASE, now(), now().plus_minutes(-2)).await.expect("a claim");
    assert!(matches!(left, Claim::Granted));
    let tablet = world.tablet(1).await;
    let session = tablet.sign_in(&world.crew[0]).await;
    assert_eq!(code(&asked(&tablet, 1, Some(session), history(consent, basis())).await), "under_way");
    let world = world.restarted(SharedSource::new(source.clone())).await;
    let tablet = world.tablet(1).await;
    let session = tablet.sign_in(&world.crew[0]).await;
    let answer = asked(&tablet, 1, Some(session), history(consent, basis())).await;
    assert!(matches!(answer, Answer::History(_)), "{}", code(&answer));
    world.server.stop().await;
}
