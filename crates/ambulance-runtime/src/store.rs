//! The store's task: carries out orders one after another and answers with inputs.

use ambulance_core::Input;
use delivery::{AppendError, OutboxStore, ReadRequest, StoreError, StoreOrder, Transaction};
use model::Timestamp;
use tokio::sync::mpsc::{self, error::TryRecvError};

/// One order to the store.
pub(crate) enum StoreOp {
    Persist { id: u64, transaction: Transaction, at: Timestamp },
    Order { order: StoreOrder, at: Timestamp },
    Read(ReadRequest),
    Prune { now: Timestamp },
}

/// Runs until the sending side is dropped.
pub(crate) async fn run<S: OutboxStore>(
    store: std::sync::Arc<S>,
    mut orders: mpsc::Receiver<StoreOp>,
    inputs: mpsc::Sender<Input>,
) {
    // Old entries are removed slice by slice, whenever nothing else waits.
    let mut pruning = None;
    while let Some(op) = next(&mut orders, pruning).await {
        let answer = match op {
            StoreOp::Persist { id, transaction, at } => match store.append(transaction, at).await {
                Ok(()) => Some(Input::Persisted { id }),
                Err(error) => {
                    tracing::error!(error = %chain(&error), "an action could not be written");
                    let disk_full = matches!(error, AppendError::Store(StoreError::DiskFull));
                    Some(Input::PersistFailed { id, disk_full })
                }
            },
            StoreOp::Order { order, at } => {
                if let Err(error) = keep(&*store, order, at).await {
                    tracing::error!(error = %chain(&error), "the server's word could not be kept; it comes again");
                }
                None
            }
            StoreOp::Read(request) => {
                let result = store.read_log(request.log, request.from, request.limit).await;
                Some(Input::Entries { request, result })
            }
            StoreOp::Prune { now } => {
                let pruned = store.prune(now).await.unwrap_or_else(|error| {
                    tracing::error!(error = %chain(&error), "the outbox could not be pruned");
                    0
                });
                pruning = (pruned > 0).then_some(now);
                None
            }
        };
        if let Some(answer) = answer
            && inputs.send(answer).await.is_err()
        {
            return;
        }
    }
}

async fn next(orders: &mut mpsc::Receiver<StoreOp>, pruning: Option<Timestamp>) -> Option<StoreOp> {
    match (orders.try_recv(), pruning) {
        (Ok(op), _) => Some(op),
        (Err(TryRecvError::Empty), Some(now)) => Some(StoreOp::Prune { now }),
        (Err(TryRecvError::Empty), None) => orders.recv().await,
        (Err(TryRecvError::Disconnected), _) => None,
    }
}

async fn keep<S: OutboxStore>(store: &S, order: StoreOrder, at: Timestamp) -> Result<(), StoreError> {
    match order {
        StoreOrder::Acknowledge { log, through } => store.acknowledge(log, through, at).await,
        StoreOrder::Reopen { log, from } => store.reopen(log, from).await,
        StoreOrder::Quarantine { log, seq, reason } => store.quarantine(log, seq, reason, at).await,
        StoreOrder::MarkForked { log, seq } => store.mark_forked(log, seq).await,
    }
}

/// An error with its causes in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
