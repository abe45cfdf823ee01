//! Months of backlog: what an event costs the sender when thousands of logs wait, and how long a new stamp waits behind
//! them. `cargo bench -p delivery --bench backlog`
//!
//! One tablet, a server that answers at once, entries of 200 bytes. Sizes alternate in every round; medians of five.

use delivery::{LogHead, LogKind, NewLog, Sender, Transaction};
use model::{BootId, CaseId, LogId, Monotonic, Timestamp};
use std::collections::VecDeque;
use std::time::Instant;
use wire::log::{Entry, LogFrame, LogReply};

/// Logs, and entries in each: the last one is a tablet after months without a server.
const SIZES: [(u64, u64); 3] = [(30, 66), (300, 66), (3_000, 66)];
const ROUNDS: usize = 5;
const ENTRY_BYTES: usize = 200;

/// What one drain showed.
#[derive(Clone, Copy, Default)]
struct Drained {
    ns_per_entry: f64,
    us_per_frame: f64,
    frames: u64,
    /// Frames that the link got before the new stamp, and their bytes.
    frames_ahead: u64,
    bytes_ahead: usize,
    most_queued: usize,
}

fn main() {
    let mut found = [const { Vec::new() }; SIZES.len()];
    for _ in 0..ROUNDS {
        for (results, (logs, entries)) in found.iter_mut().zip(SIZES) {
            results.push(drain(logs, entries));
        }
    }
    for (results, (logs, entries)) in found.iter_mut().zip(SIZES) {
        results.sort_by(|a: &Drained, b| a.ns_per_entry.total_cmp(&b.ns_per_entry));
        let m = results.get(ROUNDS / 2).copied().unwrap_or_default();
        #[expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]
        {
            println!(
                "{logs:>5} logs x {entries}: {:>7.0} ns/entry, {:>7.1} us/frame, {} frames; a new stamp: {} frames and {} bytes \
                 ahead of it; most queued {} bytes",
                m.ns_per_entry, m.us_per_frame, m.frames, m.frames_ahead, m.bytes_ahead, m.most_queued
            );
        }
    }
}

fn entry(log: LogId, seq: u64) -> Entry {
    Entry { log, seq, schema: 1, bytes: vec![7; ENTRY_BYTES] }
}

fn drain(logs: u64, entries: u64) -> Drained {
    let boot = BootId::from_bytes([1; 16]);
    let at = |us| Monotonic { boot, us };
    let heads: Vec<LogHead> = (1..=logs)
        .map(|n| {
            let id = u128::from(n).to_be_bytes();
            let kind = if n == 1 { LogKind::Unit } else { LogKind::Case(CaseId::from_bytes(id)) };
            let begun = Timestamp(i64::try_from(n).unwrap_or(0));
            LogHead { head: entries, closed: n > 1, ..LogHead::new(LogId::from_bytes(id), kind, begun) }
        })
        .collect();
    let mut sender = Sender::new(&heads, &[]);
    let mut drained = Drained::default();
    let fresh = LogId::from_bytes([255; 16]);
    #[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
    let begun = Instant::now();
    sender.handle_link_up(at(1));
    let mut line: VecDeque<LogFrame> = VecDeque::new();
    let (mut stamped, mut seen) = (false, false);
    while !(sender.is_drained() && seen) {
        while let Some(request) = sender.poll_read() {
            let last = request.from.saturating_add(request.limit as u64 - 1).min(entries);
            let read = (request.from..=last).map(|seq| entry(request.log, seq)).collect();
            sender.handle_entries(request, read, at(2));
        }
        while let Some(transmit) = sender.poll_transmit() {
            line.push_back(transmit.frame);
        }
        while sender.poll_order().is_some() || sender.poll_event().is_some() {}
        if !stamped && drained.frames > logs / 2 {
            // The crew begins a case in the middle of it.
            stamped = true;
            let case = LogKind::Case(CaseId::from_bytes([255; 16]));
            let transaction = Transaction {
                begin: vec![NewLog { log: fresh, kind: case }],
                entries: vec![entry(fresh, 1)],
                ..Transaction::default()
            };
            sender.handle_appended(&transaction, Timestamp(i64::MAX), at(3));
            while let Some(transmit) = sender.poll_transmit() {
                line.push_back(transmit.frame);
            }
        }
        let queued = line.iter().map(bytes).sum();
        drained.most_queued = drained.most_queued.max(queued);
        let Some(frame) = line.pop_front() else { continue };
        drained.frames += 1;
        let is_stamp =
            matches!(&frame, LogFrame::Append { entries, .. } if entries.first().is_some_and(|e| e.log == fresh));
        if stamped && !seen {
            seen = is_stamp;
            drained.frames_ahead += u64::from(!is_stamp);
            drained.bytes_ahead += if is_stamp { 0 } else { bytes(&frame) };
        }
        sender.handle_reply(&answer(&frame), at(4));
    }
    let us = begun.elapsed().as_secs_f64() * 1e6;
    drained.ns_per_entry = us * 1e3 / (logs * entries) as f64;
    drained.us_per_frame = us / drained.frames as f64;
    drained
}

fn bytes(frame: &LogFrame) -> usize {
    match frame {
        LogFrame::Append { entries, .. } => entries.iter().map(|entry| entry.bytes.len()).sum(),
        LogFrame::Offer { .. } | LogFrame::End { .. } => 64,
    }
}

fn answer(frame: &LogFrame) -> LogReply {
    match frame {
        LogFrame::Offer { log, .. } | LogFrame::End { log } => LogReply::Resume { log: *log, from: 1 },
        LogFrame::Append { entries, .. } => {
            entries.last().map_or(LogReply::Resume { log: LogId::from_bytes([0; 16]), from: 1 }, |last| {
                LogReply::Durable { log: last.log, through: last.seq }
            })
        }
    }
}
