//! The suite that every [`OutboxStore`] passes. Each function is one promise; [`crate::outbox_contract!`] makes a test
//! of each.

use core::future::Future;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use model::{CaseId, LogId, Timestamp};
use wire::log::{Entry, QuarantineReason};

use crate::limits::{ACKED_KEEP_US, STATE_KEY_BYTES_MAX, TRANSACTION_ENTRIES_MAX};
use crate::store::{
    AppendError, Counts, LogHead, LogKind, NewLog, OutboxStore, StateChange, StoreError, Transaction, Wedged,
    entry_digest,
};

/// Makes one `#[test]` per promise in the module where it stands.
///
/// `$block_on` runs a future to its end; `$make` is an async closure that makes an empty store.
#[macro_export]
macro_rules! outbox_contract {
    ($block_on:expr, $make:expr) => {
        $crate::outbox_contract!(@each $block_on, $make,
            seq_counts_from_one_without_gaps, a_transaction_is_all_or_nothing, a_log_is_begun_once,
            entries_come_back_as_written, acknowledgement_moves_forward_only, a_restored_server_gets_entries_again,
            a_wedged_entry_blocks_nothing, a_fork_ends_its_log, only_old_acknowledged_entries_are_pruned,
            pending_follows_the_lanes, state_is_kept_by_key, limits_are_enforced,
            an_ended_log_is_still_sent, a_log_of_a_damaged_store_is_taken_over);
    };
    (@each $block_on:expr, $make:expr, $($case:ident),+) => {$(
        #[test]
        fn $case() {
            $block_on(async { let store = ($make)().await; $crate::contract::$case(&store).await });
        }
    )+};
}

/// Runs a future that never waits for anything (a store in memory).
///
/// # Panics
/// When the future waits.
pub fn block_on_ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a store in memory never waits"),
    }
}

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);

/// A log's id made of one byte.
#[must_use]
pub fn log(id: u8) -> LogId {
    LogId::from_bytes([id; 16])
}

/// An entry whose bytes name it.
#[must_use]
pub fn entry(log: LogId, seq: u64) -> Entry {
    Entry { log, seq, schema: 1, bytes: format!("{log}/{seq}").into_bytes() }
}

fn case(id: u8) -> LogKind {
    LogKind::Case(CaseId::from_bytes([id; 16]))
}

async fn begin_with(store: &impl OutboxStore, id: u8, entries: u64, at: Timestamp) -> LogId {
    store.begin_log(log(id), case(id), at).await.expect("a new log");
    for seq in 1..=entries {
        store.append(Transaction::of(entry(log(id), seq)), at).await.expect("the next entry");
    }
    log(id)
}

async fn head(store: &impl OutboxStore, log: LogId) -> LogHead {
    store.heads().await.expect("heads").into_iter().find(|head| head.log == log).expect("the log is known")
}

/// Gaps, repetitions, seq 0 and unknown logs are refused by name.
pub async fn seq_counts_from_one_without_gaps(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 0, NOW).await;
    for got in [0, 2, u64::MAX] {
        let refused = store.append(Transaction::of(entry(a, got)), NOW).await;
        assert!(
            matches!(refused, Err(AppendError::NotNext { log, expected: 1, got: g }) if log == a && g == got),
            "{refused:?}"
        );
    }
    store
        .append(Transaction { entries: vec![entry(a, 1), entry(a, 2)], ..Transaction::default() }, NOW)
        .await
        .expect("in order");
    let repeated = store.append(Transaction::of(entry(a, 2)), NOW).await;
    assert!(matches!(repeated, Err(AppendError::NotNext { expected: 3, got: 2, .. })), "{repeated:?}");
    let unknown = store.append(Transaction::of(entry(log(9), 1)), NOW).await;
    assert!(matches!(unknown, Err(AppendError::UnknownLog { log: l }) if l == log(9)), "{unknown:?}");
    let a_head = head(store, a).await;
    assert_eq!((a_head.head, a_head.digest), (2, Some(entry_digest(&entry(a, 2).bytes))));
}

/// One bad part, and nothing of a transaction happened.
pub async fn a_transaction_is_all_or_nothing(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 1, NOW).await;
    let put = StateChange::Put { key: "k".into(), value: vec![1] };
    let bad = Transaction {
        begin: vec![NewLog { log: log(2), kind: LogKind::Unit }],
        entries: vec![entry(a, 2), entry(log(2), 1), entry(a, 4)],
        close: vec![a],
        state: vec![put.clone()],
    };
    assert!(store.append(bad.clone(), NOW).await.is_err());
    let heads = store.heads().await.expect("heads");
    assert_eq!(
        heads,
        [LogHead { head: 1, digest: Some(entry_digest(&entry(a, 1).bytes)), ..LogHead::new(a, case(1), NOW) }]
    );
    assert_eq!(store.state("k").await.expect("state"), None);
    assert_eq!(store.read_log(a, 1, 10).await.expect("read"), [entry(a, 1)]);

    let good = Transaction { entries: vec![entry(a, 2), entry(log(2), 1), entry(a, 3)], ..bad };
    store.append(good, NOW).await.expect("all good");
    assert_eq!((head(store, a).await.head, head(store, a).await.closed, head(store, log(2)).await.head), (3, true, 1));
    assert_eq!(store.state("k").await.expect("state"), Some(vec![1]));
}

/// The id of a log is never used twice.
pub async fn a_log_is_begun_once(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 0, NOW).await;
    let again = store.begin_log(a, LogKind::Unit, NOW).await;
    assert!(matches!(again, Err(AppendError::LogExists { log }) if log == a), "{again:?}");
    assert_eq!(head(store, a).await.kind, case(1));
    let unknown = Transaction { close: vec![log(9)], ..Transaction::default() };
    assert!(matches!(store.append(unknown, NOW).await, Err(AppendError::UnknownLog { .. })));
}

/// Bytes, schema and order survive; ranges and limits hold.
pub async fn entries_come_back_as_written(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 0, NOW).await;
    let b = begin_with(store, 2, 3, NOW).await;
    let entries: Vec<_> = (1..=5)
        .map(|seq| Entry {
            schema: u16::MAX,
            bytes: (0..=255).cycle().take(usize::try_from(seq).unwrap_or(0) * 700).collect(),
            ..entry(a, seq)
        })
        .chain([Entry { bytes: Vec::new(), ..entry(a, 6) }])
        .collect();
    store.append(Transaction { entries: entries.clone(), ..Transaction::default() }, NOW).await.expect("append");
    assert_eq!(store.read_log(a, 0, 100).await.expect("all"), entries);
    assert_eq!(store.read_log(a, 3, 2).await.expect("some"), entries[2..4]);
    assert_eq!(store.read_log(a, 7, 100).await.expect("none"), []);
    assert_eq!(store.read_log(b, 1, 100).await.expect("other").len(), 3);
    assert!(matches!(store.read_log(log(9), 1, 1).await, Err(StoreError::UnknownLog { .. })));
}

/// Acknowledgements repeat and arrive late; one beyond the head is refused.
pub async fn acknowledgement_moves_forward_only(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 4, NOW).await;
    for (through, stands) in [(2, 2), (1, 2), (2, 2), (4, 4)] {
        store.acknowledge(a, through, NOW).await.expect("acknowledge");
        assert_eq!(head(store, a).await.acknowledged, stands);
    }
    let beyond = store.acknowledge(a, 5, NOW).await;
    assert!(matches!(beyond, Err(StoreError::BeyondHead { head: 4, through: 5, .. })), "{beyond:?}");
    assert!(matches!(store.acknowledge(log(9), 1, NOW).await, Err(StoreError::UnknownLog { .. })));
    assert_eq!(store.counts().await.expect("counts"), Counts::default());
}

/// A server restored from a backup asks for entries that it had acknowledged.
pub async fn a_restored_server_gets_entries_again(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 3, NOW).await;
    store.acknowledge(a, 3, NOW).await.expect("acknowledge");
    store.reopen(a, 5).await.expect("nothing to reopen");
    assert_eq!(head(store, a).await.acknowledged, 3);
    store.reopen(a, 2).await.expect("reopen");
    assert_eq!(head(store, a).await.acknowledged, 1);
    assert_eq!(store.pending(10).await.expect("pending"), [entry(a, 2), entry(a, 3)]);
    assert_eq!(store.prune(NOW.plus_us(ACKED_KEEP_US)).await.expect("prune"), 1);
    assert_eq!(head(store, a).await.kept_from, 2);
}

/// A wedged entry is kept under its name with its first reason; the ones behind it go on.
pub async fn a_wedged_entry_blocks_nothing(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 3, NOW).await;
    store.quarantine(a, 2, QuarantineReason::MALFORMED, NOW).await.expect("quarantine");
    store.quarantine(a, 2, QuarantineReason::REFUSED, NOW.plus_us(1)).await.expect("again");
    assert!(matches!(store.quarantine(a, 4, QuarantineReason::REFUSED, NOW).await, Err(StoreError::BeyondHead { .. })));
    store.acknowledge(a, 3, NOW).await.expect("acknowledge");
    let wedged = Wedged { log: a, seq: 2, reason: QuarantineReason::MALFORMED, at: NOW };
    assert_eq!(store.wedged().await.expect("wedged"), [wedged]);
    assert_eq!(store.counts().await.expect("counts"), Counts { wedged: 1, ..Counts::default() });
    store.append(Transaction::of(entry(a, 4)), NOW).await.expect("goes on");
    // Its name and reason outlive its content.
    store.prune(NOW.plus_us(ACKED_KEEP_US)).await.expect("prune");
    assert_eq!(store.wedged().await.expect("wedged"), [wedged]);
}

/// Nothing is appended to a log that was cut; what stands before the cut waits, and everything is kept.
pub async fn a_fork_ends_its_log(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 3, NOW).await;
    store.mark_forked(a, 2).await.expect("fork");
    store.mark_forked(a, 3).await.expect("again");
    assert_eq!(head(store, a).await.forked_at, Some(2));
    let waits = Counts { waiting: 1, oldest_waiting_at: Some(NOW), forked: 1, ..Counts::default() };
    assert_eq!(store.counts().await.expect("counts"), waits);
    store.mark_forked(a, 1).await.expect("further down");
    assert_eq!(head(store, a).await.forked_at, Some(1));
    let refused = store.append(Transaction::of(entry(a, 4)), NOW).await;
    assert!(matches!(refused, Err(AppendError::Forked { log }) if log == a), "{refused:?}");
    assert_eq!(store.counts().await.expect("counts"), Counts { forked: 1, ..Counts::default() });
    store.prune(NOW.plus_us(2 * ACKED_KEEP_US)).await.expect("prune");
    assert_eq!(store.read_log(a, 1, 10).await.expect("kept").len(), 3);
}

/// What waits is never removed, whatever the clock says; what is acknowledged goes after its time, oldest first.
pub async fn only_old_acknowledged_entries_are_pruned(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 5, NOW).await;
    store.acknowledge(a, 1, NOW.plus_us(10)).await.expect("acknowledge");
    store.acknowledge(a, 2, NOW).await.expect("the clock stepped back");
    store.acknowledge(a, 4, NOW.plus_us(20)).await.expect("acknowledge");
    assert_eq!(store.prune(NOW.plus_us(ACKED_KEEP_US)).await.expect("prune"), 0, "seq 1 is kept, so seq 2 is");
    assert_eq!(store.prune(NOW.plus_us(ACKED_KEEP_US + 10)).await.expect("prune"), 2);
    assert_eq!(store.read_log(a, 1, 10).await.expect("kept"), [entry(a, 3), entry(a, 4), entry(a, 5)]);
    assert_eq!(store.prune(Timestamp(i64::MAX)).await.expect("prune"), 2);
    let left = head(store, a).await;
    assert_eq!((left.head, left.acknowledged, left.kept_from), (5, 4, 5));
    store.acknowledge(a, 5, NOW).await.expect("acknowledge");
    assert_eq!(store.prune(Timestamp(i64::MAX)).await.expect("prune"), 1);
    let left = head(store, a).await;
    assert_eq!((left.kept_from, left.digest), (6, Some(entry_digest(&entry(a, 5).bytes))));
    store.append(Transaction::of(entry(a, 6)), NOW).await.expect("the log goes on");
}

/// Newest open case, other open cases, unit, older cases; and the oldest waiting time is right.
pub async fn pending_follows_the_lanes(store: &impl OutboxStore) {
    let at = |minutes| NOW.plus_minutes(minutes);
    let older = begin_with(store, 1, 2, at(0)).await;
    let open = begin_with(store, 2, 2, at(1)).await;
    store.begin_log(log(3), LogKind::Unit, at(2)).await.expect("unit");
    store.append(Transaction::of(entry(log(3), 1)), at(2)).await.expect("unit entry");
    let newest = begin_with(store, 4, 1, at(3)).await;
    store.append(Transaction { close: vec![older], ..Transaction::default() }, at(4)).await.expect("close");
    store.acknowledge(older, 1, at(5)).await.expect("acknowledge");
    let all = [entry(newest, 1), entry(open, 1), entry(open, 2), entry(log(3), 1), entry(older, 2)];
    assert_eq!(store.pending(10).await.expect("pending"), all);
    assert_eq!(store.pending(2).await.expect("pending"), all[..2]);
    let counts = store.counts().await.expect("counts");
    assert_eq!((counts.waiting, counts.oldest_waiting_at), (5, Some(at(0))));
}

/// Put, replace, delete, prefix; values are whole and sorted by key.
pub async fn state_is_kept_by_key(store: &impl OutboxStore) {
    let put = |key: &str, value: &[u8]| StateChange::Put { key: key.into(), value: value.into() };
    let change = |state| Transaction { state, ..Transaction::default() };
    let first = vec![
        put("case/2", b"two"),
        put("case/1", b""),
        put("caseless", b"x"),
        put("case/2", b"TWO"),
        put("unit%", b"u"),
    ];
    store.append(change(first), NOW).await.expect("put");
    let expected = [("case/1".to_owned(), b"".to_vec()), ("case/2".to_owned(), b"TWO".to_vec())];
    assert_eq!(store.states("case/").await.expect("states"), expected);
    assert_eq!(store.states("unit%").await.expect("states").len(), 1);
    assert_eq!(store.states("%").await.expect("states"), []);
    assert_eq!(store.states("").await.expect("states").len(), 4);
    let delete = |key: &str| StateChange::Delete { key: key.into() };
    store.append(change(vec![delete("case/1"), delete("absent")]), NOW).await.expect("delete");
    assert_eq!(store.state("case/1").await.expect("state"), None);
    assert_eq!(store.state("case/2").await.expect("state"), Some(b"TWO".to_vec()));
}

/// Too long or too many is refused by name, and nothing is written.
pub async fn limits_are_enforced(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 0, NOW).await;
    let long = Entry { bytes: vec![0; wire::limits::ENTRY_BYTES_MAX + 1], ..entry(a, 1) };
    assert!(matches!(store.append(Transaction::of(long), NOW).await, Err(AppendError::TooLong { seq: 1, .. })));
    let many = (1..=TRANSACTION_ENTRIES_MAX as u64 + 1).map(|seq| entry(a, seq)).collect();
    let refused = store.append(Transaction { entries: many, ..Transaction::default() }, NOW).await;
    assert!(matches!(refused, Err(AppendError::TooMany { .. })), "{refused:?}");
    let key = "k".repeat(STATE_KEY_BYTES_MAX + 1);
    let state = vec![StateChange::Put { key, value: vec![] }];
    let refused = store.append(Transaction { state, ..Transaction::default() }, NOW).await;
    assert!(matches!(refused, Err(AppendError::StateTooLong { .. })), "{refused:?}");
    let fits = Entry { bytes: vec![7; wire::limits::ENTRY_BYTES_MAX], ..entry(a, 1) };
    store.append(Transaction::of(fits), NOW).await.expect("exactly at the limit");
}

/// An ended log takes nothing more; what waits in it goes out, and it is no fork.
pub async fn an_ended_log_is_still_sent(store: &impl OutboxStore) {
    let a = begin_with(store, 1, 3, NOW).await;
    store.end_log(a).await.expect("end");
    store.end_log(a).await.expect("again");
    assert!(matches!(store.end_log(log(9)).await, Err(StoreError::UnknownLog { .. })));
    let refused = store.append(Transaction::of(entry(a, 4)), NOW).await;
    assert!(matches!(refused, Err(AppendError::Ended { log }) if log == a), "{refused:?}");
    let mixed = Transaction {
        begin: vec![NewLog { log: log(2), kind: case(1) }],
        entries: vec![entry(log(2), 1), entry(a, 4)],
        ..Transaction::default()
    };
    assert!(matches!(store.append(mixed, NOW).await, Err(AppendError::Ended { .. })), "nothing of it happens");
    let stands = head(store, a).await;
    assert_eq!((stands.ended, stands.head, stands.forked_at), (true, 3, None));
    assert_eq!(store.counts().await.expect("counts").waiting, 3);
    assert_eq!(store.pending(10).await.expect("pending").len(), 3);
    store.acknowledge(a, 2, NOW).await.expect("acknowledge");
    store.append(Transaction { close: vec![a], ..Transaction::default() }, NOW).await.expect("its case may close");
    store.quarantine(a, 3, QuarantineReason::REFUSED, NOW).await.expect("quarantine");
    store.acknowledge(a, 3, NOW).await.expect("acknowledge");
    assert_eq!(store.prune(NOW.plus_us(ACKED_KEEP_US)).await.expect("prune"), 3);
    let stands = head(store, a).await;
    assert_eq!((stands.ended, stands.closed, stands.acknowledged), (true, true, 3));
}

/// A log of a damaged store stands here as it stood there, ended; what was not readable is named, never absent.
pub async fn a_log_of_a_damaged_store_is_taken_over(store: &impl OutboxStore) {
    let at = |minutes| NOW.plus_minutes(minutes);
    let a = log(1);
    let digest = Some(entry_digest(&entry(a, 7).bytes));
    let taken = LogHead { head: 7, acknowledged: 3, kept_from: 2, digest, ..LogHead::new(a, case(1), at(-90)) };
    let part = |seqs: &[u64]| seqs.iter().map(|seq| (entry(a, *seq), at(-60))).collect::<Vec<_>>();
    for outside in [1, 8] {
        assert!(matches!(store.import(taken, part(&[outside]), NOW).await, Err(AppendError::NotNext { .. })));
    }
    assert_eq!(store.heads().await.expect("heads"), [], "a refused import leaves nothing");
    store.import(taken, part(&[2, 3, 4]), NOW).await.expect("import");
    store.import(taken, part(&[6, 7]), NOW).await.expect("more of it");
    let other = store.import(LogHead { head: 8, ..taken }, vec![], NOW).await;
    assert!(matches!(other, Err(AppendError::LogExists { .. })), "{other:?}");
    assert_eq!(head(store, a).await, LogHead { ended: true, ..taken });
    assert_eq!(store.read_log(a, 1, 3).await.expect("before the gap"), [entry(a, 2), entry(a, 3), entry(a, 4)]);
    let gap = store.read_log(a, 4, 9).await;
    assert!(matches!(gap, Err(StoreError::DamagedEntry { log, seq: 5 }) if log == a), "{gap:?}");
    assert_eq!(store.read_log(a, 6, 9).await.expect("behind the gap"), [entry(a, 6), entry(a, 7)]);
    let counts = store.counts().await.expect("counts");
    assert_eq!((counts.waiting, counts.oldest_waiting_at), (4, Some(at(-60))));
    assert!(matches!(store.append(Transaction::of(entry(a, 8)), NOW).await, Err(AppendError::Ended { .. })));
    store.acknowledge(a, 4, NOW).await.expect("acknowledge");
    assert_eq!(store.prune(NOW.plus_us(ACKED_KEEP_US - 1)).await.expect("prune"), 0, "kept from the import on");
    assert_eq!(store.prune(Timestamp(i64::MAX)).await.expect("prune"), 3);
    assert_eq!(head(store, a).await.kept_from, 5, "the gap waits, so it stays");
    let gap = store.read_log(a, 1, 1).await;
    assert!(matches!(gap, Err(StoreError::DamagedEntry { seq: 5, .. })), "{gap:?}");
    store.import(LogHead::new(log(2), LogKind::Unit, NOW), vec![], NOW).await.expect("an empty log");
}
