//! What a link does to packets, as plain numbers.

use std::ops::Range;
use std::time::Duration;

/// What both directions of a link do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Profile {
    /// From the client to the server.
    pub up: PathProfile,
    /// From the server to the client.
    pub down: PathProfile,
}

/// What one direction of a link does. The default carries everything at once.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PathProfile {
    /// One way, without the queue.
    pub delay: Duration,
    /// Added delay, uniform between zero and this. It never reorders: a packet waits for the one before it.
    pub jitter: Duration,
    /// Share of packets lost at random, one by one; 0 to 1.
    pub loss: f64,
    /// Loss in bursts, beside `loss`.
    pub burst: Option<Burst>,
    /// Share of packets that come twice; 0 to 1. The copy comes up to `jitter` (at least 1 ms) later.
    pub duplicate: f64,
    /// Share of packets held back by `reorder_by`, so that later ones overtake them; 0 to 1.
    pub reorder: f64,
    /// How long they are held back.
    pub reorder_by: Duration,
    /// The narrow part of the path; `None` is as fast as the machine.
    pub rate: Option<Rate>,
    /// Times, from the start of the link, in which everything that would go on the air is lost.
    pub blackouts: Vec<Range<Duration>>,
}

/// Loss in bursts: the Gilbert model. While the channel is bad every packet is lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Burst {
    /// Chance that a packet turns a good channel bad.
    pub enter: f64,
    /// Chance that a packet turns a bad channel good; the mean burst is `1 / leave` packets.
    pub leave: f64,
}

/// A transmitter of limited speed behind a drop-tail queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Bits per second; 0 is taken as 1.
    pub bits_per_second: u64,
    /// Bytes that may wait. A packet that does not fit is dropped.
    pub queue_bytes: usize,
}

impl Profile {
    /// The same in both directions.
    #[must_use]
    pub fn symmetric(path: PathProfile) -> Self {
        Self { up: path.clone(), down: path }
    }

    /// A link that only takes time: `rtt` there and back.
    #[must_use]
    pub fn delayed(rtt: Duration) -> Self {
        Self::symmetric(PathProfile { delay: rtt / 2, ..PathProfile::default() })
    }

    /// `rtt` there and back, and a share of packets lost at random in each direction.
    #[must_use]
    pub fn lossy(rtt: Duration, loss: f64) -> Self {
        Self::symmetric(PathProfile { delay: rtt / 2, loss, ..PathProfile::default() })
    }

    /// `rtt` there and back when idle, with a narrow transmitter behind a queue in each direction.
    #[must_use]
    pub fn narrow(rtt: Duration, rate: Rate) -> Self {
        Self::symmetric(PathProfile { delay: rtt / 2, rate: Some(rate), ..PathProfile::default() })
    }
}

impl Rate {
    /// How long the transmitter is busy with so many bytes.
    #[must_use]
    pub fn airtime(self, bytes: usize) -> Duration {
        let bits = u128::try_from(bytes).unwrap_or(u128::MAX).saturating_mul(8);
        let nanoseconds = bits.saturating_mul(1_000_000_000) / u128::from(self.bits_per_second.max(1));
        Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }

    /// How many whole bytes the transmitter sends in so much time.
    #[must_use]
    pub fn bytes_in(self, time: Duration) -> usize {
        let bits = time.as_nanos().saturating_mul(u128::from(self.bits_per_second.max(1))) / 1_000_000_000;
        usize::try_from(bits / 8).unwrap_or(usize::MAX)
    }
}
