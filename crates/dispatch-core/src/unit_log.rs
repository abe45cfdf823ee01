//! A tablet's log, as the server speaks about it: the answer to an offer and to a batch. A word is said only after the
//! commit that it rests on; repeating a question repeats the answer.

use crate::append_from_unit::append_from_unit;
use crate::call::Call;
use crate::error::UseCaseError;
use crate::principal::Principal;
use crate::store::{Append, AppendOutcome, Disasters, EventStore, HistoryVault, LogOwner, Quarantine};
use case::{EventName, Hash, Stored};
use model::LogId;

/// What a tablet says of a log when it connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offered {
    /// The log.
    pub log: LogId,
    /// The newest seq that the tablet holds; 0 for an empty log.
    pub head: u64,
    /// The hash of that entry.
    pub hash: Option<Hash>,
}

/// One word of the server about a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogWord {
    /// Everything up to `through` is durable here. The only acknowledgement.
    Durable {
        /// The log.
        log: LogId,
        /// Newest durable seq of the batch.
        through: u64,
    },
    /// The next entry that is needed.
    Resume {
        /// The log.
        log: LogId,
        /// Its seq.
        from: u64,
    },
    /// This entry is kept under its name and can never be a fact.
    Quarantined {
        /// The log.
        log: LogId,
        /// The entry.
        seq: u64,
        /// Why.
        reason: Quarantine,
    },
    /// Two writers used this log.
    Forked {
        /// The log.
        log: LogId,
        /// The first seq of this tablet that is not in the log, as far as known.
        seq: u64,
        /// The entries from here to `seq` were compared.
        from: u64,
    },
}

/// Answers an offer: where to go on, after everything of the log that stands in quarantine (the tablet may have missed
/// it); or that the newest entry is another one here.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless a tablet acts; a store failure.
pub async fn answer_offer<S: EventStore>(
    store: &S,
    principal: &Principal,
    offered: Offered,
) -> Result<Vec<LogWord>, UseCaseError> {
    let (_, tablet) = principal.require_tablet("offering a log")?;
    let Offered { log, head, hash } = offered;
    let Some(known) = store.log_head(log).await? else { return Ok(vec![LogWord::Resume { log, from: 1 }]) };
    if known.owner != LogOwner::Device(tablet.device) {
        return Ok(vec![LogWord::Forked { log, seq: 1, from: 1 }]);
    }
    let held = store.entry_hash(EventName { log, seq: head }).await?;
    if held.is_some_and(|held| hash.is_some_and(|theirs| theirs != held)) {
        return Ok(vec![LogWord::Forked { log, seq: head, from: head }]);
    }
    let mut words = quarantined(log, store.quarantined(log).await?);
    words.push(LogWord::Resume { log, from: known.head.saturating_add(1) });
    Ok(words)
}

/// Takes a batch of one log (the caller has checked its form; `before` as for [`append_from_unit`]) and answers with what is durable now.
///
/// # Errors
/// [`UseCaseError::Contended`], a store failure: nothing is acknowledged, the tablet offers again.
pub async fn take_batch<S: EventStore + HistoryVault + Disasters>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    entries: Vec<Stored>,
    before: Option<Hash>,
) -> Result<Vec<LogWord>, UseCaseError> {
    let Some(EventName { log, .. }) = entries.first().map(|entry| entry.name) else { return Ok(Vec::new()) };
    let appended = append_from_unit(store, call, principal, entries, before).await?;
    let refused = match appended.outcome {
        // The batch was not taken, but what stands before the fork is acknowledged by it.
        AppendOutcome::Forked { seq, .. } => {
            store.quarantined(log).await?.into_iter().filter(|(entry, _)| *entry < seq).collect()
        }
        _ => appended.quarantined,
    };
    let mut words = quarantined(log, refused);
    words.push(match appended.outcome {
        AppendOutcome::Durable { through } => LogWord::Durable { log, through },
        AppendOutcome::Gap { from } => LogWord::Resume { log, from },
        AppendOutcome::Forked { seq, from } => LogWord::Forked { log, seq, from },
        AppendOutcome::Conflict => return Err(UseCaseError::Contended),
    });
    Ok(words)
}

/// Ends a log that its tablet cannot go on in. Nothing that is still on its way of it is taken after this answer.
///
/// # Errors
/// [`UseCaseError::NotPermitted`] unless a tablet acts; a store failure.
pub async fn end_log<S: EventStore>(
    store: &S,
    call: &mut Call<'_>,
    principal: &Principal,
    log: LogId,
) -> Result<Vec<LogWord>, UseCaseError> {
    let (_, tablet) = principal.require_tablet("ending a log")?;
    let end = Append {
        owner: LogOwner::Device(tablet.device),
        entries: Vec::new(),
        before: None,
        end: Some(log),
        effects: Vec::new(),
        expect: None,
        received_at: call.now(),
    };
    match store.append(end).await?.outcome {
        AppendOutcome::Forked { seq, from } => Ok(vec![LogWord::Forked { log, seq, from }]),
        _ => Err(UseCaseError::Contended),
    }
}

fn quarantined(log: LogId, entries: Vec<(u64, Quarantine)>) -> Vec<LogWord> {
    entries.into_iter().map(|(seq, reason)| LogWord::Quarantined { log, seq, reason }).collect()
}
