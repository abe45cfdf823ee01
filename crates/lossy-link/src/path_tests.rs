//! The path's promises, with printed seeds.

use super::*;
use crate::profile::{Burst, Rate};
use model::RngStreams;
use proptest::prelude::*;

const PACKETS: u32 = 20_000;

fn path(profile: PathProfile) -> Path {
    Path::new(profile, RngStreams::from_u64(7).stream("up"))
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A packet each millisecond.
fn fates(path: &mut Path) -> Vec<Fate> {
    (0..PACKETS).map(|at| path.offer(ms(u64::from(at)), 1_200)).collect()
}

fn share(count: u64) -> f64 {
    f64::from(u32::try_from(count).expect("few")) / f64::from(PACKETS)
}

#[test]
fn a_plain_path_only_takes_time() {
    let mut path = path(PathProfile { delay: ms(50), ..PathProfile::default() });
    assert_eq!(path.offer(ms(3), 1_200), Fate::Carried { at: ms(53), copy: None });
}

#[test]
fn shares_are_kept() {
    let profile = PathProfile {
        loss: 0.05,
        duplicate: 0.02,
        reorder: 0.1,
        reorder_by: ms(20),
        jitter: ms(5),
        ..PathProfile::default()
    };
    let mut path = path(profile);
    let seen = fates(&mut path);
    let counts = path.counts(ms(0));
    assert!((share(counts.lost) - 0.05).abs() < 0.01, "{counts:?}");
    assert!((share(counts.duplicated) - 0.02 * 0.95).abs() < 0.005, "{counts:?}");
    assert!((share(counts.reordered) - 0.1 * 0.95).abs() < 0.01, "{counts:?}");
    let lost = seen.iter().filter(|fate| matches!(fate, Fate::Lost(Loss::Air))).count();
    assert_eq!(u64::try_from(lost).expect("few"), counts.lost);
    assert_eq!(counts.offered, u64::from(PACKETS));
}

#[test]
fn bursts_have_their_length_and_their_share() {
    let mut path = path(PathProfile { burst: Some(Burst { enter: 0.01, leave: 0.25 }), ..PathProfile::default() });
    let seen = fates(&mut path);
    let lost: Vec<bool> = seen.iter().map(|fate| matches!(fate, Fate::Lost(_))).collect();
    let bursts = lost.windows(2).filter(|pair| *pair == [false, true]).count();
    let mean = share(path.counts(ms(0)).lost) * f64::from(PACKETS) / f64::from(u32::try_from(bursts).expect("few"));
    assert!((mean - 4.0).abs() < 0.8, "mean burst of {mean} packets");
    assert!((share(path.counts(ms(0)).lost) - 0.01 / 0.26).abs() < 0.01);
}

#[test]
fn a_narrow_path_queues_and_then_drops() {
    // 8,000 bit/s: a byte takes a millisecond.
    let rate = Rate { bits_per_second: 8_000, queue_bytes: 250 };
    let mut path = path(PathProfile { delay: ms(10), rate: Some(rate), ..PathProfile::default() });
    assert_eq!(path.offer(ms(0), 100), Fate::Carried { at: ms(110), copy: None });
    assert_eq!(path.offer(ms(0), 100), Fate::Carried { at: ms(210), copy: None });
    assert_eq!(path.queued_bytes(ms(0)), 200);
    assert_eq!(path.offer(ms(0), 100), Fate::Lost(Loss::Queue));
    assert_eq!(path.offer(ms(60), 100), Fate::Carried { at: ms(310), copy: None });
    assert_eq!(path.queued_bytes(ms(300)), 0);
    // Larger than the queue, but the transmitter is idle.
    assert_eq!(path.offer(ms(1_000), 1_000), Fate::Carried { at: ms(2_010), copy: None });
    assert_eq!(path.counts(ms(1_000)).dropped, 1);
}

#[test]
fn nothing_passes_in_a_blackout() {
    let blackouts = std::iter::once(ms(100)..ms(200)).collect();
    let mut path = path(PathProfile { blackouts, ..PathProfile::default() });
    assert!(matches!(path.offer(ms(99), 1), Fate::Carried { .. }));
    assert_eq!(path.offer(ms(100), 1), Fate::Lost(Loss::Blackout));
    assert!(matches!(path.offer(ms(200), 1), Fate::Carried { .. }));
    path.set_blackout(true);
    assert_eq!(path.offer(ms(201), 1), Fate::Lost(Loss::Blackout));
    path.set_blackout(false);
    assert!(matches!(path.offer(ms(202), 1), Fate::Carried { .. }));
    assert_eq!(path.counts(ms(202)).blacked_out, 2);
}

#[test]
fn a_packet_held_back_is_overtaken() {
    let mut path = path(PathProfile { reorder: 0.1, reorder_by: ms(7), ..PathProfile::default() });
    let at = |fate: &Fate| match fate {
        Fate::Carried { at, .. } => *at,
        Fate::Lost(_) => panic!("nothing is lost here"),
    };
    let out: Vec<Duration> = fates(&mut path).iter().map(at).collect();
    assert!(out.windows(2).any(|pair| pair[0] > pair[1]));
}

proptest! {
    #[test]
    fn one_seed_decides_everything(seed: u64, loss in 0.0..1.0f64, duplicate in 0.0..1.0f64, reorder in 0.0..1.0f64) {
        let profile =
            PathProfile { delay: ms(5), jitter: ms(30), loss, duplicate, reorder, reorder_by: ms(9), ..PathProfile::default() };
        let run = || {
            let mut path = Path::new(profile.clone(), RngStreams::from_u64(seed).stream("x"));
            (0..200).map(|at| path.offer(ms(at), 100)).collect::<Vec<_>>()
        };
        prop_assert_eq!(run(), run());
    }

    #[test]
    fn jitter_alone_never_reorders(seed: u64, jitter in 0..500u64, gaps in prop::collection::vec(0..20u64, 1..100)) {
        let profile = PathProfile { jitter: ms(jitter), ..PathProfile::default() };
        let mut path = Path::new(profile, RngStreams::from_u64(seed).stream("x"));
        let (mut now, mut latest) = (ms(0), ms(0));
        for gap in gaps {
            now += ms(gap);
            let Fate::Carried { at, copy: None } = path.offer(now, 100) else { panic!("carried once") };
            prop_assert!(at >= latest && at >= now);
            latest = at;
        }
    }
}
