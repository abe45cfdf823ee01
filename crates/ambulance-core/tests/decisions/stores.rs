//! What a start finds in its store, what a write that fails leaves, and what is recorded again.

use crate::bench::{Bench, MINUTE, of_case};
use ambulance_core::{Command, Effect, Input, Restored};
use case::{Body, Stored};
use delivery::{Gap, LogHead, LogKind, Recovered, StateChange};
use model::{LogId, Stage, StoreId};
use wire::{Entry, FeedItem, LogFrame, LogReply};

#[test]
fn the_queue_is_as_old_as_the_oldest_entry_that_still_waits() {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.command(Command::OpenCase);
    bench.acknowledge_all();
    assert_eq!(bench.core.state().outbox.oldest_waiting_at, None);
    bench.command(Command::Stamp(Stage::EnRoute));
    let first = bench.now.utc;
    bench.pass(MINUTE);
    let frames = std::mem::take(&mut bench.frames);
    bench.command(Command::Stamp(Stage::OnScene));
    let second = bench.now.utc;
    assert_eq!(bench.core.state().outbox.oldest_waiting_at, Some(first));
    for frame in frames {
        if let LogFrame::Append { entries, .. } = frame
            && let Some(last) = entries.last()
        {
            bench.input(Input::LogReply(LogReply::Durable { log: last.log, through: last.seq }));
        }
    }
    assert_eq!(bench.core.state().outbox.oldest_waiting_at, Some(second));
}

#[test]
fn a_restart_goes_on_where_the_disk_stands() {
    let mut first = Bench::new(Restored::default());
    first.command(Command::OpenCase);
    first.command(Command::Stamp(Stage::OnScene));
    let view = first.core.state().case().expect("a case").view.clone();
    let restored = first.store();
    let entries = restored.entries.clone();
    let case_logs: Vec<LogId> = restored.heads.iter().map(|head| head.log).collect();
    let mut second = Bench::new(restored);
    assert_eq!(second.core.state().case().expect("the case is back").view, view);
    second.command(Command::Stamp(Stage::AtPatient));
    let next = second.written.iter().flat_map(|t| &t.entries).find(|e| case_logs.contains(&e.log)).expect("written");
    let before = entries.iter().filter(|e| e.log == next.log).max_by_key(|e| e.seq).expect("written");
    let event = Stored::decode(next.schema, &next.bytes).expect("reads");
    assert_eq!((event.name.seq, event.prev.0), (before.seq + 1, delivery::entry_digest(&before.bytes)));
}

#[test]
fn a_new_store_in_a_case_written_before_says_so() {
    let mut old = Bench::new(Restored::default());
    old.command(Command::OpenCase);
    let case = old.core.state().current.expect("a case");
    let mut new = Bench::new(Restored::default());
    new.link_up();
    for (position, entry) in old.written.iter().flat_map(|t| t.entries.clone()).filter(|e| of_case(e, case)).enumerate()
    {
        let received_at = new.now.utc;
        let position = u64::try_from(position).expect("few") + 1;
        new.input(Input::Feed(vec![FeedItem::Fact { case, position, received_at, entry }]));
    }
    new.command(Command::SelectCase(case));
    new.command(Command::Stamp(Stage::OnScene));
    let view = &new.core.state().case().expect("the case came by the feed").view;
    assert_eq!(view.gaps.len(), 1, "what stood only in the old store may be missing");
    assert!(view.incident.is_some());
}

#[test]
fn facts_that_arrive_together_are_one_transaction() {
    let mut old = Bench::new(Restored::default());
    old.command(Command::OpenCase);
    for stage in [Stage::OnScene, Stage::AtPatient, Stage::LeftScene] {
        old.command(Command::Stamp(stage));
    }
    let case = old.core.state().current.expect("a case");
    let entries: Vec<Entry> = old.written.iter().flat_map(|t| t.entries.clone()).filter(|e| of_case(e, case)).collect();
    let mut new = Bench::new(Restored::default());
    new.link_up();
    let before = new.written.len();
    let fact = |(n, entry): (usize, &Entry)| FeedItem::Fact {
        case,
        position: n as u64 + 1,
        received_at: old.now.utc,
        entry: entry.clone(),
    };
    new.input(Input::Feed(entries.iter().enumerate().map(fact).collect()));
    let written = &new.written[before..];
    assert_eq!((written.len(), written[0].state.len()), (1, entries.len()));
    let (state, known) = (&new.core.state().cases[&case], &old.core.state().cases[&case].view);
    assert_eq!(state.received_through, entries.len() as u64);
    assert_eq!(state.view.stages.keys().collect::<Vec<_>>(), known.stages.keys().collect::<Vec<_>>());
}

/// The store of a tablet that was taken over from a damaged one: of five entries of a case the first two are left.
fn taken_over(old: &Bench, through: Option<u64>) -> (Restored, Vec<Entry>) {
    let case = old.core.state().current.expect("a case");
    let entries: Vec<Entry> = old.written.iter().flat_map(|t| t.entries.clone()).filter(|e| of_case(e, case)).collect();
    let (log, kept) = (entries[0].log, entries[..2].to_vec());
    let head = LogHead { head: 2, ended: true, ..LogHead::new(log, LogKind::Case(case), old.now.utc) };
    let gaps = vec![Gap { log, from: 3, through }];
    let recovered = Recovered { kept: "kept.sqlite".into(), entries: 2, gaps, logs_may_miss: false };
    (Restored { heads: vec![head], entries: kept, recovered: Some(recovered), ..Restored::default() }, entries)
}

fn five_entries() -> Bench {
    let mut old = Bench::new(Restored::default());
    old.command(Command::OpenCase);
    while old.bodies().len() < 6 {
        old.command(Command::Stamp(Stage::OnScene));
    }
    old
}

#[test]
fn the_lost_end_of_a_log_that_was_taken_over_becomes_a_fact_once() {
    let old = five_entries();
    let (restored, entries) = taken_over(&old, Some(5));
    let (log, case) = (entries[0].log, old.core.state().current.expect("a case"));
    let mut new = Bench::new(restored);
    let lost = |bench: &Bench| bench.core.state().cases[&case].view.lost.iter().copied().collect::<Vec<_>>();
    new.link_up();
    assert_eq!(lost(&new), [], "the server may have them");
    // The server has one entry more than the store.
    let fact = |(n, entry): (usize, &Entry)| FeedItem::Fact {
        case,
        position: n as u64 + 1,
        received_at: old.now.utc,
        entry: entry.clone(),
    };
    let mut items: Vec<FeedItem> = entries[..3].iter().enumerate().map(fact).collect();
    items.push(FeedItem::CaughtUp { at: old.now.utc, left_out: false });
    new.input(Input::Feed(items));
    assert_eq!(lost(&new), [case::Lost { log, from: 4, through: 5 }]);
    // It is told once: another start finds that it was.
    let (restored, _) = taken_over(&old, Some(5));
    let states = new.written.iter().flat_map(|t| &t.state);
    let put = |change: &StateChange| match change {
        StateChange::Put { key, value } => Some((key.clone(), value.clone())),
        StateChange::Delete { .. } => None,
    };
    let states = states.filter_map(put).collect::<std::collections::BTreeMap<_, _>>().into_iter().collect();
    let mut third = Bench::new(Restored { states, ..restored });
    third.link_up();
    third.input(Input::Feed(vec![FeedItem::CaughtUp { at: old.now.utc, left_out: false }]));
    assert!(!third.bodies().iter().any(|kind| kind == "entries_lost"));
}

#[test]
fn an_end_that_nobody_knows_is_noted_as_a_gap() {
    let old = five_entries();
    let (restored, entries) = taken_over(&old, None);
    let mut new = Bench::new(restored);
    new.link_up();
    new.input(Input::Feed(vec![FeedItem::CaughtUp { at: old.now.utc, left_out: false }]));
    let view = &new.core.state().case().expect("a case").view;
    assert_eq!(view.gaps.iter().map(|g| (g.log, g.known_through)).collect::<Vec<_>>(), [(entries[0].log, 2)]);
    assert_eq!(view.lost.len(), 0);
}

#[test]
fn every_log_whose_progress_one_transaction_held_goes_on() {
    // Two cases lose their ends with one file: both rest in the first transaction of the new life.
    let mut old = five_entries();
    let first = taken_over(&old, None);
    old.command(Command::OpenCase);
    old.command(Command::Stamp(Stage::OnScene));
    let second = taken_over(&old, Some(5));
    let logs = [first.1[0].log, second.1[0].log];
    let gaps = [&first.0, &second.0].into_iter().flat_map(|r| r.recovered.clone().expect("a report").gaps).collect();
    let recovered = Recovered { kept: "kept.sqlite".into(), entries: 4, gaps, logs_may_miss: false };
    let heads = [first.0.heads, second.0.heads].concat();
    let entries = [first.0.entries, second.0.entries].concat();
    let mut new = Bench::new(Restored { heads, entries, recovered: Some(recovered), ..Restored::default() });
    new.link_up();
    new.input(Input::Feed(vec![FeedItem::CaughtUp { at: old.now.utc, left_out: false }]));
    let views: Vec<_> = new.core.state().cases.values().map(|case| &case.view).collect();
    let gaps: Vec<_> = views.iter().flat_map(|view| &view.gaps).map(|gap| (gap.log, gap.known_through)).collect();
    let lost: Vec<_> = views.iter().flat_map(|view| view.lost.iter().copied()).collect();
    assert_eq!((gaps, lost), (vec![(logs[0], 2)], vec![case::Lost { log: logs[1], from: 3, through: 5 }]));
}

#[test]
fn a_lost_end_is_told_again_to_a_server_that_was_put_back() {
    let old = five_entries();
    let (restored, entries) = taken_over(&old, None);
    let mut new = Bench::new(restored);
    new.link_up();
    let caught_up = || FeedItem::CaughtUp { at: old.now.utc, left_out: false };
    new.input(Input::Feed(vec![caught_up()]));
    new.link_up_to(StoreId::from_bytes([7; 16]));
    new.input(Input::Feed(vec![caught_up()]));
    new.link_up_to(StoreId::from_bytes([8; 16]));
    let told = |bench: &Bench| bench.bodies().iter().filter(|kind| *kind == "gap_noted").count();
    assert_eq!(told(&new), 1, "it waits until the feed has told what the server has now");
    new.input(Input::Feed(vec![caught_up()]));
    assert_eq!(told(&new), 2, "what the server had of {} may be lost with it", entries[0].log);
}

#[test]
fn a_failed_write_is_shown_and_taken_back() {
    let mut bench = Bench::new(Restored::default());
    bench.command(Command::OpenCase);
    bench.core.handle_command(Command::Stamp(Stage::OnScene), bench.now);
    let mut failed = None;
    while let Some(effect) = bench.core.poll_effect() {
        if let Effect::Persist { id, .. } = effect {
            failed = Some(id);
        }
    }
    bench.input(Input::PersistFailed { id: failed.expect("a write"), disk_full: true });
    let state = bench.core.state();
    assert!(
        state.case().expect("a case").view.stage(Stage::OnScene).is_none(),
        "what is not on disk is not shown as recorded"
    );
    assert!(state.faults.contains(&ambulance_core::Fault::DiskFull));
    bench.command(Command::Stamp(Stage::OnScene));
    let last = bench.written.iter().flat_map(|t| &t.entries).next_back().expect("written");
    assert!(matches!(Stored::decode(last.schema, &last.bytes).expect("reads").body, Body::StageStamped { .. }));
}

/// Two writers used a case's log: what was not sent is recorded again. The log, where it was cut, the view before.
fn forked() -> (Bench, LogId, u64, case::CaseView) {
    let mut bench = Bench::new(Restored::default());
    bench.link_up();
    bench.command(Command::OpenCase);
    bench.acknowledge_all();
    bench.frames.clear();
    bench.command(Command::Stamp(Stage::OnScene));
    bench.pass(1_000_000);
    bench.command(Command::Undo);
    bench.command(Command::Stamp(Stage::AtPatient));
    bench.pass(60_000_000);
    let before = bench.core.state().case().expect("a case").view.clone();
    let log =
        bench.written.iter().flat_map(|t| &t.begin).find(|n| matches!(n.kind, LogKind::Case(_))).expect("begun").log;
    let head =
        bench.written.iter().flat_map(|t| &t.entries).filter(|e| e.log == log).map(|e| e.seq).max().expect("written");
    bench.input(Input::LogReply(LogReply::Forked { log, seq: head - 2, from: 1 }));
    (bench, log, head - 2, before)
}

fn times(view: &case::CaseView) -> Vec<((u8, Stage), model::Timestamp)> {
    view.stages.iter().map(|(key, stage)| (*key, stage.at)).collect()
}

#[test]
fn after_a_fork_the_unsent_facts_stand_in_a_new_log_with_their_first_times() {
    let (bench, log, _, before) = forked();
    let view = &bench.core.state().case().expect("a case").view;
    assert_eq!(times(view), times(&before), "first times stay, and the undo undoes its stamp under its new name");
    let again: Vec<_> = bench.written.iter().flat_map(|t| &t.entries).filter(|e| e.log != log).collect();
    let kinds: Vec<String> = again
        .iter()
        .filter_map(|e| Stored::decode(e.schema, &e.bytes).ok())
        .map(|e| e.body.kind().to_owned())
        .collect();
    assert_eq!(kinds, ["tablet_started", "tablet_joined", "stage_stamped", "stage_undone", "stage_stamped"]);
    assert!(bench.core.state().faults.contains(&ambulance_core::Fault::Forked));
}

#[test]
fn entries_whose_new_names_broke_with_the_store_do_not_stand_a_third_time() {
    let (old, log, seq, before) = forked();
    let mut restored = old.store();
    for head in &mut restored.heads {
        head.ended = true;
        head.forked_at = (head.log == log).then_some(seq);
    }
    let mut new = Bench::new(restored);
    let started = new.bodies();
    new.written.splice(0..0, old.written);
    new.link_up();
    let waits = new.core.state().outbox.waiting;
    new.input(Input::Feed(vec![FeedItem::CaughtUp { at: new.now.utc, left_out: false }]));
    assert_eq!(waits - new.core.state().outbox.waiting, 3, "they wait until the feed has told what the server has");
    let stamped = |bodies: &[String]| bodies.iter().filter(|kind| *kind == "stage_stamped").count();
    assert_eq!(
        (stamped(&started), stamped(&new.bodies())),
        (0, 4),
        "two under their old names, two under their new ones"
    );
    assert_eq!(times(&new.core.state().case().expect("a case").view), times(&before));
}

/// A start on a store in which an old log's rest was recorded again and acknowledged, and the new rows are here no more.
fn without_new_rows() -> (Bench, case::CaseView) {
    let (mut old, log, seq, before) = forked();
    old.acknowledge_all();
    let mut restored = old.store_with_states();
    restored.heads.retain(|head| head.log == log);
    restored.entries.retain(|entry| entry.log == log);
    for head in &mut restored.heads {
        (head.ended, head.forked_at) = (true, Some(seq));
    }
    let mut new = Bench::new(restored);
    new.now.utc = old.now.utc;
    new.written.splice(0..0, old.written);
    (new, before)
}

fn stamped(bench: &Bench) -> usize {
    bench.bodies().iter().filter(|kind| *kind == "stage_stamped").count()
}

/// The new log's rows broke when the server had them; then the server was put back to a time before.
#[test]
fn what_only_the_server_had_under_a_new_name_is_recorded_once_more_when_it_is_put_back() {
    let (mut new, before) = without_new_rows();
    let caught_up = FeedItem::CaughtUp { at: new.now.utc, left_out: false };
    new.link_up_to(StoreId::from_bytes([7; 16]));
    new.input(Input::Feed(vec![caught_up.clone()]));
    assert_eq!(stamped(&new), 4, "two under their old names, two under their new ones, which the server has");
    new.link_up_to(StoreId::from_bytes([8; 16]));
    assert_eq!(stamped(&new), 4, "the feed has not told yet what the server has now");
    new.input(Input::Feed(vec![caught_up]));
    assert_eq!(stamped(&new), 6);
    assert_eq!(times(&new.core.state().case().expect("a case").view), times(&before));
}

/// The old rows stay for ever, the new ones go when they were acknowledged long ago: then they are no sign of damage, and a
/// backup of the server is younger than they are.
#[test]
fn what_was_acknowledged_long_ago_is_not_recorded_again_for_a_server_that_was_put_back() {
    let (mut new, _) = without_new_rows();
    new.link_up_to(StoreId::from_bytes([7; 16]));
    new.input(Input::Feed(vec![FeedItem::CaughtUp { at: new.now.utc, left_out: false }]));
    new.pass(u64::try_from(delivery::limits::ACKED_KEEP_US).expect("positive"));
    new.link_up_to(StoreId::from_bytes([8; 16]));
    new.input(Input::Feed(vec![FeedItem::CaughtUp { at: new.now.utc, left_out: false }]));
    assert_eq!(stamped(&new), 4);
}
