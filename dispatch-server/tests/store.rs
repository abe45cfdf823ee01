//! SQLite keeps the promises of the store.

use dispatch_server::store::SqliteStore;
use std::ops::Deref;
use tempfile::TempDir;

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// A store and the directory that goes with it.
struct Kept {
    store: SqliteStore,
    _directory: TempDir,
}

impl Deref for Kept {
    type Target = SqliteStore;
    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

async fn store() -> Kept {
    let directory = TempDir::new().expect("a directory");
    let (database, keys) = (directory.path().join("ems.sqlite"), directory.path().join("keys.sqlite"));
    let store = SqliteStore::open(&database, &keys, true).await.expect("a store");
    Kept { store, _directory: directory }
}

dispatch_core::store_contract!(block_on, store);

/// Tablets ask the same question twice when an answer is late; both are in one commit then.
#[test]
fn equal_questions_in_one_commit_have_one_decision() {
    use dispatch_core::contract::fixtures::{NOW, Town};
    use dispatch_core::store::{DecisionRecord, Ledger};
    use model::{DecisionId, QuestionId};

    let town = Town(1);
    let record = move |n: u8| DecisionRecord {
        decision: DecisionId::from_bytes([n; 16]),
        // Three tries of each question.
        question: QuestionId::from_bytes([n / 3; 16]),
        case: town.case(),
        department: town.department(),
        unit: town.unit(),
        at: NOW,
        lookup: None,
        alert_rules: None,
        request: vec![n; 2_000],
        output: vec![n; 2_000],
    };
    block_on(async {
        let store = store().await;
        let mut asking = tokio::task::JoinSet::new();
        for n in 3..99 {
            let store = store.store.clone();
            asking.spawn(async move { (n, store.record_decision(record(n)).await.expect("recorded")) });
        }
        let mut answered: Vec<(u8, DecisionRecord)> = asking.join_all().await;
        answered.sort_by_key(|(n, _)| *n);
        for tries in answered.chunks(3) {
            let question = QuestionId::from_bytes([tries[0].0 / 3; 16]);
            assert!(tries.iter().all(|(_, told)| *told == tries[0].1 && told.question == question), "{tries:?}");
        }
        let scope = dispatch_core::Scope::Department(town.department());
        assert_eq!(store.decisions(scope, town.case()).await.expect("read").len(), 32);
    });
}
