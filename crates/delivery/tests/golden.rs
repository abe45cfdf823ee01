//! What a sender puts on the line, frame by frame, kept as bytes: a change of the format, of the order or of the digest is
//! seen here before an older server sees it.

use delivery::{LogHead, LogKind, NewLog, Sender, Transaction, entry_digest};
use model::{BootId, CaseId, LogId, Monotonic, Timestamp};
use wire::log::{Entry, LogReply};

const BACKLOG: LogId = LogId::from_bytes([0x11; 16]);
const FRESH: LogId = LogId::from_bytes([0x33; 16]);

const fn at(us: u64) -> Monotonic {
    Monotonic { boot: BootId::from_bytes([1; 16]), us }
}

fn entry(log: LogId, seq: u64) -> Entry {
    Entry { log, seq, schema: 1, bytes: seq.to_be_bytes().to_vec() }
}

/// Answers the sender's reads and writes down what it sends.
fn drain(sender: &mut Sender, sent: &mut Vec<String>) {
    while let Some(request) = sender.poll_read() {
        let last = sender.head(request.log).map_or(0, |head| head.head);
        let entries = (request.from..=last).take(request.limit).map(|seq| entry(request.log, seq)).collect();
        sender.handle_entries(request, entries, at(2));
    }
    while let Some(transmit) = sender.poll_transmit() {
        let bytes = wire::codec::encode(&transmit.frame).expect("short");
        sent.push(format!("{:?} {}", transmit.lane, hex::encode(bytes)));
    }
}

#[test]
fn the_frames_of_a_returning_tablet_are_frozen() {
    let kind = |n| LogKind::Case(CaseId::from_bytes([n; 16]));
    let digest = Some(entry_digest(&entry(BACKLOG, 3).bytes));
    let head = LogHead { head: 3, digest, closed: true, ..LogHead::new(BACKLOG, kind(2), Timestamp(1)) };
    let mut sender = Sender::new(&[head], &[]);
    let mut sent = Vec::new();
    sender.handle_link_up(at(1));
    drain(&mut sender, &mut sent);
    sender.handle_reply(&LogReply::Resume { log: BACKLOG, from: 2 }, at(2));
    drain(&mut sender, &mut sent);
    let begin = vec![NewLog { log: FRESH, kind: kind(4) }];
    let transaction = Transaction { begin, ..Transaction::of(entry(FRESH, 1)) };
    sender.handle_appended(&transaction, Timestamp(2), at(3));
    drain(&mut sender, &mut sent);
    insta::assert_snapshot!(sent.join("\n"));
}
