//! Keys of histories lie in a file of their own, and leave it whole when they are destroyed.

use super::SqliteStore;
use super::fields::Columns;
use dispatch_core::contract::fixtures::{NOW, Town};
use dispatch_core::store::{Claim, HistoryVault, VaultEntry};
use model::{CivilDate, LookupId, Sex};
use patient_history::{HistorySnapshot, Period, PersonOnRecord, QualificationValidity};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const A: Town = Town(1);
const NAME: &str = "架空　花子";

/// Everything that SQLite keeps of a database.
#[expect(clippy::disallowed_methods, reason = "what lies on the disk is what is looked at")]
fn files(database: &Path) -> Vec<u8> {
    let beside = |end: &str| PathBuf::from(format!("{}{end}", database.display()));
    let whole = ["", "-wal", "-shm", "-journal"].map(|end| std::fs::read(beside(end)).unwrap_or_default());
    whole.concat()
}

fn holds(files: &[u8], part: &[u8]) -> bool {
    files.windows(part.len()).any(|window| window == part)
}

async fn keep(store: &SqliteStore, lookup: LookupId) -> Vec<u8> {
    let claimed = store.claim(lookup, A.case(), NOW, NOW).await.expect("claimed");
    assert!(matches!(claimed, Claim::Granted));
    let person = PersonOnRecord {
        name: NAME.into(),
        kana: "カクウ　ハナコ".into(),
        birth_date: CivilDate::new(1948, 3, 8).expect("a date"),
        sex: Sex::Female,
    };
    let snapshot = HistorySnapshot {
        lookup,
        fetched_at: NOW,
        person,
        validity: QualificationValidity::Valid,
        period: Period::Summary,
        sections: Vec::new(),
        notices: Vec::new(),
    };
    let (case, department, expires_at) = (A.case(), A.department(), NOW.plus_minutes(60));
    store.put(VaultEntry { lookup, case, department, expires_at, snapshot }).await.expect("kept");
    let row = sqlx::query("SELECT secret FROM history_key WHERE lookup = $1").bind(lookup.bytes().to_vec());
    row.fetch_one(&store.keys).await.expect("the key").bytes("secret").expect("its bytes")
}

#[tokio::test]
async fn a_key_lies_in_the_key_store_alone_and_no_byte_of_a_destroyed_one_is_left() {
    let directory = TempDir::new().expect("a directory");
    let (database, keys) = (directory.path().join("ems.sqlite"), directory.path().join("keys.sqlite"));
    let store = SqliteStore::open(&database, &keys, true).await.expect("a store");
    let lookup = |n| LookupId::from_bytes([n; 16]);
    let mut secrets = Vec::new();
    for n in 1..=4 {
        secrets.push(keep(&store, lookup(n)).await);
    }
    let [withdrawn, mistaken, expired, standing] = secrets.as_slice() else { panic!("four") };
    for secret in &secrets {
        assert_eq!(secret.len(), 32);
        assert!(holds(&files(&keys), secret) && !holds(&files(&database), secret), "in one file, and not in the other");
    }
    assert!(!holds(&files(&database), NAME.as_bytes()) && !holds(&files(&keys), NAME.as_bytes()), "sealed");

    store.destroy_lookup(lookup(2)).await.expect("destroyed");
    assert!(!holds(&files(&keys), mistaken) && holds(&files(&keys), standing));
    store.destroy_case(A.case()).await.expect("destroyed");
    for secret in [withdrawn, expired, standing] {
        assert!(!holds(&files(&keys), secret), "a withdrawal takes every key of the case");
    }
    let late = keep(&store, lookup(5)).await;
    assert_eq!(store.destroy_expired(NOW.plus_minutes(59)).await.expect("looked"), 0);
    assert_eq!(store.destroy_expired(NOW.plus_minutes(60)).await.expect("destroyed"), 1);
    assert!(!holds(&files(&keys), &late));
    store.close().await;
    assert!(secrets.iter().all(|secret| !holds(&files(&keys), secret)));
}
