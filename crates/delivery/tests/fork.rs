//! A copied store is found, also when something is recorded while the server still answers the offer.

use delivery::{DeliveryEvent, LogHead, LogKind, Sender, Transaction, entry_digest};
use model::{BootId, CaseId, LogId, Monotonic, Timestamp};
use wire::log::{Entry, LogFrame, LogReply};

#[test]
fn what_the_server_holds_beyond_the_offer_is_not_ours() {
    let (log, now) = (LogId::from_bytes([1; 16]), Monotonic { boot: BootId::from_bytes([2; 16]), us: 1 });
    let kind = LogKind::Case(CaseId::from_bytes([3; 16]));
    let head =
        LogHead { head: 5, acknowledged: 5, digest: Some(entry_digest(b"5")), ..LogHead::new(log, kind, Timestamp(0)) };
    let mut sender = Sender::new(&[head], &[]);
    sender.handle_link_up(now);
    let offered = sender.poll_transmit().map(|t| t.frame);
    assert!(matches!(offered, Some(LogFrame::Offer { head: 5, .. })));
    let recorded = (6..=8).map(|seq| Entry { log, seq, schema: 1, bytes: vec![7] }).collect();
    sender.handle_appended(&Transaction { entries: recorded, ..Transaction::default() }, Timestamp(0), now);
    // The other copy of this store has sent 6 and 7 of its own.
    sender.handle_reply(&LogReply::Resume { log, from: 8 }, now);
    let events: Vec<_> = std::iter::from_fn(|| sender.poll_event()).collect();
    assert!(events.contains(&DeliveryEvent::Forked { log, seq: 6 }), "{events:?}");
    assert!(sender.poll_transmit().is_none(), "nothing follows in a forked log");
}
