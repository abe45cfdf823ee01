//! The conditions of the link as options; the same in both directions.

use std::time::Duration;

use clap::Args;
use lossy_link::{Burst, PathProfile, Profile, Rate};

/// Mean length of a burst of losses, in packets.
const BURST_PACKETS: f64 = 8.0;

/// What the link does, in each direction.
#[derive(Debug, Args)]
pub(crate) struct Conditions {
    /// Round trip without the queue, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 100)]
    rtt: u64,
    /// Added delay each way, up to so many milliseconds; keeps the order.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    jitter: u64,
    /// Packets lost at random, in per cent.
    #[arg(long, value_name = "PER CENT", default_value_t = 0.0, value_parser = per_cent)]
    loss: f64,
    /// Packets lost in bursts of about 8, in per cent.
    #[arg(long, value_name = "PER CENT", default_value_t = 0.0, value_parser = per_cent)]
    bursts: f64,
    /// Packets that come twice, in per cent.
    #[arg(long, value_name = "PER CENT", default_value_t = 0.0, value_parser = per_cent)]
    duplicate: f64,
    /// Packets held back by 20 ms, so that later ones overtake, in per cent.
    #[arg(long, value_name = "PER CENT", default_value_t = 0.0, value_parser = per_cent)]
    reorder: f64,
    /// Speed in kbit/s; as fast as the machine when absent.
    #[arg(long, value_name = "KBIT/S", value_parser = clap::value_parser!(u64).range(1..))]
    rate: Option<u64>,
    /// Bytes that may wait before the narrow part; more is dropped.
    #[arg(long, value_name = "BYTES", default_value_t = 256 * 1024, requires = "rate")]
    queue: usize,
}

impl Conditions {
    pub(crate) fn profile(&self) -> Profile {
        let share = |per_cent: f64| per_cent / 100.0;
        let leave = 1.0 / BURST_PACKETS;
        let bad = share(self.bursts).min(0.99);
        Profile::symmetric(PathProfile {
            delay: Duration::from_millis(self.rtt) / 2,
            jitter: Duration::from_millis(self.jitter),
            loss: share(self.loss),
            burst: (bad > 0.0).then(|| Burst { enter: leave * bad / (1.0 - bad), leave }),
            duplicate: share(self.duplicate),
            reorder: share(self.reorder),
            reorder_by: Duration::from_millis(20),
            rate: self.rate.map(|kbits| Rate { bits_per_second: kbits.saturating_mul(1_000), queue_bytes: self.queue }),
            blackouts: Vec::new(),
        })
    }
}

fn per_cent(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.0..=100.0).contains(&value) => Ok(value),
        _ => Err("a number from 0 to 100 is expected".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        conditions: Conditions,
    }

    fn parsed(arguments: &[&str]) -> Result<Profile, clap::Error> {
        Only::try_parse_from(std::iter::once(&"x").chain(arguments)).map(|only| only.conditions.profile())
    }

    #[test]
    fn options_become_a_profile() {
        let profile = parsed(&["--rtt", "300", "--loss", "5", "--rate", "64"]).expect("options");
        assert_eq!(profile.up.delay, Duration::from_millis(150));
        assert!((profile.down.loss - 0.05).abs() < 1e-12);
        assert_eq!(profile.up.rate, Some(Rate { bits_per_second: 64_000, queue_bytes: 256 * 1024 }));
        let burst = parsed(&["--bursts", "10"]).expect("options").up.burst.expect("bursts");
        assert!((burst.enter / (burst.enter + burst.leave) - 0.1).abs() < 1e-12);
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [["--loss", "101"], ["--loss", "NaN"], ["--loss", "-1"], ["--rate", "0"]] {
            assert!(parsed(&bad).is_err(), "{bad:?}");
        }
    }
}
