//! The congestion window on links of every kind, in virtual time.

use std::collections::BTreeMap;
use std::time::Duration;

use quinn_proto::StreamId;

use super::virtual_link::{VirtualLink, Wire};
use crate::{LinkConfig, WindowConfig};

const NARROW: u64 = 64_000;
const WIDE: u64 = 10_000_000;
const STAMP_BYTES: usize = 300;
const ANSWER_BYTES: usize = 3_000;
/// Facts handed to the connection and not yet received, as two batches in flight are.
const BACKLOG_AHEAD: usize = 64 * 1024;
const BATCH_BYTES: usize = 16 * 1024;

/// What a tablet does: backlog drains, stamps are acknowledged, questions answered.
struct Tablet {
    link: VirtualLink,
    backlog: Option<(StreamId, usize)>,
    stamps: StreamId,
    stamped: Vec<Duration>,
    stamp_times: Vec<Duration>,
    asked: BTreeMap<StreamId, Duration>,
    answer_times: Vec<Duration>,
    served: BTreeMap<StreamId, usize>,
}

impl Tablet {
    fn new(config: &LinkConfig, wire: Wire, seed: u64) -> Self {
        let mut link = VirtualLink::new(config, wire, seed);
        link.connect();
        let stamps = link.open(40);
        link.read[0].insert(stamps, Vec::new());
        link.write(0, stamps, b"s");
        Self {
            link,
            backlog: None,
            stamps,
            stamped: Vec::new(),
            stamp_times: Vec::new(),
            asked: BTreeMap::new(),
            answer_times: Vec::new(),
            served: BTreeMap::new(),
        }
    }

    fn with_backlog(mut self) -> Self {
        let id = self.link.open(0);
        self.link.read[0].insert(id, Vec::new());
        self.link.write(0, id, b"b");
        self.backlog = Some((id, 1));
        self
    }

    fn stamp(&mut self) {
        self.stamped.push(self.link.elapsed());
        assert_eq!(self.link.write(0, self.stamps, &[7; STAMP_BYTES]), STAMP_BYTES);
    }

    fn ask(&mut self) {
        let id = self.link.open(20);
        self.link.read[0].insert(id, Vec::new());
        self.link.write(0, id, &[b'q'; 200]);
        self.link.finish(0, id);
        self.asked.insert(id, self.link.elapsed());
    }

    fn run(&mut self, time: Duration) {
        let until = self.link.now + time;
        while self.link.now < until {
            self.fill_backlog();
            self.link.step(until);
            self.serve();
            self.look();
        }
    }

    fn fill_backlog(&mut self) {
        let Some((id, written)) = self.backlog else { return };
        let received = self.link.read[1].get(&id).map_or(0, Vec::len);
        let room = BACKLOG_AHEAD.saturating_sub(written - received);
        // A batch at a time, as a sender of whole frames does.
        if room >= BATCH_BYTES {
            let more = self.link.write(0, id, &[1; BATCH_BYTES]);
            self.backlog = Some((id, written + more));
        }
    }

    /// The server: acknowledges each stamp and each 16 kB of backlog, answers questions.
    fn serve(&mut self) {
        let streams: Vec<_> =
            self.link.read[1].iter().map(|(id, bytes)| (*id, bytes.first().copied(), bytes.len())).collect();
        for (id, kind, length) in streams {
            let done = self.served.entry(id).or_default();
            let (unit, reply) = match kind {
                Some(b's') => (STAMP_BYTES, 8),
                Some(b'b') => (BATCH_BYTES, 40),
                Some(b'q') if self.link.ended[1].contains(&id) => (200, ANSWER_BYTES),
                _ => continue,
            };
            while *done < if kind == Some(b'q') { length } else { length - 1 } / unit {
                *done += 1;
                assert_eq!(self.link.write(1, id, &vec![9; reply]), reply);
                if kind == Some(b'q') {
                    self.link.finish(1, id);
                }
            }
            if kind == Some(b'q') {
                self.link.forget(1, id);
                self.served.remove(&id);
            }
        }
    }

    fn look(&mut self) {
        let now = self.link.elapsed();
        let acknowledged = self.link.read[0].get(&self.stamps).map_or(0, Vec::len) / 8;
        while self.stamp_times.len() < acknowledged {
            let sent = self.stamped[self.stamp_times.len()];
            self.stamp_times.push(now - sent);
        }
        let ended = &self.link.ended[0];
        let done: Vec<_> = self.asked.keys().copied().filter(|id| ended.contains(id)).collect();
        for id in done {
            if let Some(sent) = self.asked.remove(&id) {
                self.answer_times.push(now - sent);
                self.link.forget(0, id);
            }
        }
    }

    /// Bytes per second of backlog received over `time`.
    fn goodput(&mut self, time: Duration) -> f64 {
        let id = self.backlog.expect("a backlog").0;
        let before = self.link.read[1].get(&id).map_or(0, Vec::len);
        self.run(time);
        (self.link.read[1][&id].len() - before) as f64 / time.as_secs_f64()
    }
}

fn quantile(times: &[Duration], permille: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted[(sorted.len() * permille).div_ceil(1_000).saturating_sub(1)]
}

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn millis(n: u64) -> Duration {
    Duration::from_millis(n)
}

/// Stamps and questions every two seconds for two minutes: the 95th percentile of both.
fn narrow_link(config: &LinkConfig, queue_bytes: u64, seed: u64) -> (Duration, Duration, f64) {
    let wire = Wire::new(NARROW, millis(300), 0, queue_bytes);
    let mut tablet = Tablet::new(config, wire, seed).with_backlog();
    let before = tablet.link.elapsed();
    for _ in 0..60 {
        tablet.stamp();
        tablet.run(seconds(1));
        tablet.ask();
        tablet.run(seconds(1));
    }
    let goodput = tablet.link.read[1][&tablet.backlog.expect("backlog").0].len() as f64
        / (tablet.link.elapsed() - before).as_secs_f64();
    (quantile(&tablet.stamp_times, 950), quantile(&tablet.answer_times, 950), goodput)
}

#[test]
fn a_narrow_link_with_a_deep_queue_carries_stamps_in_time() {
    for (seed, queue) in [(1, 16_000), (2, 64_000), (3, 500_000)] {
        let (stamp, answer, goodput) = narrow_link(&LinkConfig::default(), queue, seed);
        println!("queue {queue}: stamp p95 {stamp:?}, answer p95 {answer:?}, backlog {goodput:.0} B/s");
        assert!(stamp <= millis(1_500), "seed {seed}: {stamp:?}");
        assert!(answer <= millis(2_200), "seed {seed}: {answer:?}");
        assert!(goodput > 5_500.0, "seed {seed}: the link is 8,000 B/s and stood half empty: {goodput}");
    }
}

#[test]
fn without_the_measured_ceiling_a_stamp_waits_behind_our_own_queue() {
    let config = LinkConfig { window: WindowConfig::unmeasured(48 * 1024), ..LinkConfig::default() };
    let (stamp, _, _) = narrow_link(&config, 500_000, 1);
    assert!(stamp > seconds(4), "{stamp:?}");
}

#[test]
fn random_loss_does_not_shut_the_window() {
    let goodput = |window: WindowConfig, seed: u64| {
        let config = LinkConfig { window, ..LinkConfig::default() };
        let wire = Wire::new(WIDE, millis(100), 50, 500_000);
        Tablet::new(&config, wire, seed).with_backlog().goodput(seconds(10))
    };
    for seed in 1..=5 {
        let (ours, cubic) = (goodput(WindowConfig::default(), seed), goodput(WindowConfig::unmeasured(0), seed));
        println!("seed {seed}: {ours:.0} B/s, plain Cubic {cubic:.0} B/s");
        assert!(ours > 2.5 * cubic, "seed {seed}: {ours} against {cubic}");
        assert!(ours > 200_000.0, "seed {seed}: {ours}");
    }
}

#[test]
fn the_window_follows_a_link_that_becomes_narrow_and_wide_again() {
    let wide = Wire::new(WIDE, millis(100), 0, 500_000);
    let mut tablet = Tablet::new(&LinkConfig::default(), wide, 1).with_backlog();
    tablet.run(seconds(5));
    assert!(tablet.link.window(0) > 48 * 1024, "{}", tablet.link.window(0));
    tablet.link.wire = Wire::new(NARROW, millis(300), 0, 500_000);
    // What was in flight must drain first.
    tablet.run(seconds(30));
    assert!(tablet.link.window(0) < 16_000, "{}", tablet.link.window(0));
    tablet.stamp_times.clear();
    tablet.stamped.clear();
    tablet.link.read[0].insert(tablet.stamps, Vec::new());
    for _ in 0..30 {
        tablet.stamp();
        tablet.run(seconds(2));
    }
    assert!(quantile(&tablet.stamp_times, 950) <= millis(1_500), "{:?}", tablet.stamp_times);
    tablet.link.wire = wide;
    tablet.run(seconds(5));
    let goodput = tablet.goodput(seconds(5));
    assert!(goodput > 300_000.0, "{goodput}");
}

#[test]
fn a_tablet_that_says_little_keeps_its_window_and_a_tunnel_does_not_shut_it() {
    let wire = Wire::new(WIDE, millis(100), 0, 500_000);
    let mut tablet = Tablet::new(&LinkConfig::default(), wire, 1);
    for _ in 0..30 {
        tablet.stamp();
        tablet.run(seconds(1));
    }
    assert!(tablet.link.window(0) >= 12_000, "{}", tablet.link.window(0));
    let mut tablet = tablet.with_backlog();
    tablet.run(seconds(3));
    let before = tablet.goodput(seconds(2));
    tablet.link.wire.loss_permille = 1_000;
    tablet.run(seconds(12));
    tablet.link.wire.loss_permille = 0;
    // QUIC itself may sleep as long again before it tries (the runtime dials beside it meanwhile).
    tablet.run(seconds(20));
    let after = tablet.goodput(seconds(2));
    assert!(after > before * 0.5, "{after} against {before}");
}

#[test]
fn a_path_that_became_longer_is_believed() {
    let near = Wire::new(WIDE, millis(40), 0, 500_000);
    let mut tablet = Tablet::new(&LinkConfig::default(), near, 1).with_backlog();
    tablet.run(seconds(3));
    tablet.link.wire = Wire::new(WIDE, millis(300), 0, 500_000);
    tablet.run(seconds(20));
    let goodput = tablet.goodput(seconds(5));
    assert!(goodput > 150_000.0, "{goodput}");
}

/// Answer times of `count` questions, one after the other, after a start.
fn answers(wire: Wire, seed: u64, backlog: bool, count: usize) -> Vec<Duration> {
    let tablet = Tablet::new(&LinkConfig::default(), wire, seed);
    let mut tablet = if backlog { tablet.with_backlog() } else { tablet };
    tablet.run(seconds(5));
    while tablet.answer_times.len() < count {
        let answered = tablet.answer_times.len();
        tablet.ask();
        while tablet.answer_times.len() == answered {
            tablet.run(millis(5));
        }
        tablet.run(millis(200));
    }
    tablet.answer_times
}

#[test]
fn a_look_up_hardly_waits_for_the_backlog_on_a_lossy_link() {
    let wire = Wire::new(WIDE, millis(300), 100, 500_000);
    for seed in 1..=3 {
        let (idle, busy) = (answers(wire, seed, false, 200), answers(wire, seed + 100, true, 200));
        for permille in [500, 950] {
            let (alone, beside) = (quantile(&idle, permille), quantile(&busy, permille));
            println!("seed {seed}, {permille} permille: idle {alone:?}, beside the backlog {beside:?}");
            assert!(beside <= alone.mul_f64(1.5), "seed {seed}, {permille}: {beside:?} against {alone:?}");
        }
    }
}

/// Eight questions at once, again and again: median and 99th percentile.
fn eight_at_once(window: WindowConfig, seed: u64) -> (Duration, Duration) {
    let config = LinkConfig { window, ..LinkConfig::default() };
    let mut tablet = Tablet::new(&config, Wire::new(WIDE, millis(100), 50, 500_000), seed);
    for _ in 0..150 {
        (0..8).for_each(|_| tablet.ask());
        while !tablet.asked.is_empty() {
            tablet.run(millis(5));
        }
        tablet.run(millis(200));
    }
    (quantile(&tablet.answer_times, 500), quantile(&tablet.answer_times, 990))
}

#[test]
fn answers_beside_each_other_do_not_wait_for_a_window_that_loss_has_shut() {
    // A 99th percentile of one seed hangs on a few packets: all seeds together.
    let (mut all_ours, mut all_cubic) = (Duration::ZERO, Duration::ZERO);
    for seed in 1..=6 {
        let ours = eight_at_once(WindowConfig::default(), seed);
        let cubic = eight_at_once(WindowConfig::unmeasured(0), seed);
        println!("seed {seed}: median and 99th percentile {ours:?}, plain Cubic {cubic:?}");
        (all_ours, all_cubic) = (all_ours + ours.1, all_cubic + cubic.1);
    }
    assert!(all_ours < all_cubic.mul_f64(0.8), "{all_ours:?} against {all_cubic:?}");
}

/// Round trips until the first answer after a change of address.
fn trips_after_a_move(announced: bool, seed: u64) -> f64 {
    let trip = millis(100);
    let mut tablet = Tablet::new(&LinkConfig::default(), Wire::new(WIDE, trip, 0, 500_000), seed);
    tablet.run(seconds(2));
    tablet.link.move_client(announced);
    tablet.ask();
    tablet.run(seconds(3));
    tablet.answer_times[0].as_secs_f64() / trip.as_secs_f64()
}

#[test]
fn an_announced_move_costs_no_round_trip() {
    for seed in 1..=5 {
        let (announced, silent) = (trips_after_a_move(true, seed), trips_after_a_move(false, seed));
        println!("seed {seed}: {announced:.2} round trips announced, {silent:.2} without");
        assert!(announced <= 1.1, "seed {seed}: {announced}");
        assert!(silent > 1.5, "seed {seed}: {silent}, so the announcement is not what helps");
    }
}
