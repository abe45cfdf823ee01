//! The bytes of a log stream, kept: tablets of an older release are on the road for weeks. A snapshot that changes is a
//! change of the protocol; inside one version only an addition that older readers pass over may do that.

use model::LogId;
use serde::{Serialize, de::DeserializeOwned};
use serde_bytes::ByteArray;
use std::fmt::Debug;
use wire::codec::{decode, encode};
use wire::{Entry, LogFrame, LogReply, QuarantineReason};

const LOG: LogId = LogId::from_bytes([0x11; 16]);

/// The bytes of every value, one a line; each is read again as what it was.
fn golden<T: Serialize + DeserializeOwned + PartialEq + Debug>(values: &[T]) -> String {
    let line = |value: &T| {
        let bytes = encode(value).expect("short");
        assert_eq!(&decode::<T>(&bytes).expect("own frame"), value);
        hex::encode(bytes)
    };
    values.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_a_writer_sends_is_frozen() {
    let entry = |seq| Entry { log: LOG, seq, schema: 2, bytes: vec![0xAB, 0xCD] };
    insta::assert_snapshot!(golden(&[
        LogFrame::Offer { log: LOG, head: 0, digest: None },
        LogFrame::Offer { log: LOG, head: 300, digest: Some(ByteArray::new([0x22; 32])) },
        LogFrame::Append { entries: vec![entry(1), entry(u64::MAX)], before: None },
        LogFrame::Append { entries: vec![entry(2)], before: Some(ByteArray::new([0x33; 32])) },
        LogFrame::End { log: LOG },
    ]));
}

#[test]
fn what_a_server_answers_is_frozen() {
    insta::assert_snapshot!(golden(&[
        LogReply::Durable { log: LOG, through: 24 },
        LogReply::Resume { log: LOG, from: 1 },
        LogReply::Quarantined { log: LOG, seq: 7, reason: QuarantineReason::BROKEN_CHAIN },
        LogReply::Quarantined { log: LOG, seq: 7, reason: QuarantineReason(u16::MAX) },
        LogReply::Forked { log: LOG, seq: 9, from: 3 },
    ]));
}

#[test]
fn what_an_older_peer_leaves_out_is_read_as_nothing() {
    // `{"forked": {"log": …, "seq": 9}}`: from before the server said what it had compared.
    let older = hex::decode(format!("a166666f726b6564a2636c6f6750{}6373657109", "11".repeat(16))).expect("hex");
    assert_eq!(decode::<LogReply>(&older).expect("an older answer"), LogReply::Forked { log: LOG, seq: 9, from: 0 });
}
