//! Was the generator the bottleneck? The question that every load tester asks first.

use super::number::{amount, nan_from_null};
use super::verdict::Verdict;
use serde::{Deserialize, Serialize};

/// How late operations began, milliseconds behind the moment at which they were meant to begin.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Lag {
    /// Half were less late.
    #[serde(deserialize_with = "nan_from_null")]
    pub p50_ms: f64,
    /// 99 of 100 were.
    #[serde(deserialize_with = "nan_from_null")]
    pub p99_ms: f64,
    /// The latest.
    #[serde(deserialize_with = "nan_from_null")]
    pub max_ms: f64,
}

/// What the generator did beside what it was meant to do.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Generator {
    /// Operations that the schedule had.
    pub intended: u64,
    /// Operations that were begun.
    pub begun: u64,
    /// Operations that the generator itself gave up (no room, no time); none of the server's refusals.
    pub dropped: u64,
    /// How late it was.
    pub lag: Lag,
    /// Processor time that the generator used, in cores.
    #[serde(deserialize_with = "nan_from_null")]
    pub generator_cores: f64,
    /// The same of the server; null when it runs elsewhere.
    #[serde(deserialize_with = "nan_from_null")]
    pub server_cores: f64,
    /// Cores of the machine that both share.
    pub machine_cores: u32,
    /// From where on the generator is held to have measured itself.
    pub limits: LagLimits,
}

/// From where on a generator is held to have measured itself.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct LagLimits {
    /// The most that 99 of 100 operations may be late.
    pub lag_p99_ms: f64,
    /// The most of one core that the generator may use; null: any, where it has more than one busy thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator_cores: Option<f64>,
}

impl Generator {
    /// What has to hold for the figures to be the server's.
    #[must_use]
    pub fn verdicts(&self) -> Vec<Verdict> {
        let mut all = vec![
            Verdict::at_most("generator: lag behind its schedule, p99", self.lag.p99_ms, self.limits.lag_p99_ms, "ms"),
            Verdict::exactly("generator: operations given up", self.dropped, 0),
            Verdict::exactly("generator: operations begun, of those intended", self.begun, self.intended),
        ];
        if let Some(most) = self.limits.generator_cores {
            all.push(Verdict::at_most("generator: processor", self.generator_cores, most, "cores"));
        }
        all
    }

    /// Whether it was the limit.
    #[must_use]
    pub fn was_the_limit(&self) -> bool {
        !self.verdicts().iter().all(Verdict::passes)
    }

    /// The answer in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let answer = if self.was_the_limit() {
            "YES, the generator was a limit: the figures below are partly its own."
        } else {
            "No: the generator kept its schedule."
        };
        format!(
            "{answer} {} of {} intended operations were begun, {} given up; 99 of 100 began at most {} ms late (latest {} ms).",
            amount(self.begun as f64),
            amount(self.intended as f64),
            amount(self.dropped as f64),
            amount(self.lag.p99_ms),
            amount(self.lag.max_ms)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generator() -> Generator {
        let lag = Lag { p50_ms: 0.4, p99_ms: 2.0, max_ms: 9.0 };
        Generator {
            intended: 1_000,
            begun: 1_000,
            dropped: 0,
            lag,
            generator_cores: 0.6,
            server_cores: 0.5,
            machine_cores: 2,
            limits: LagLimits { lag_p99_ms: 5.0, generator_cores: Some(0.9) },
        }
    }

    #[test]
    fn a_generator_that_is_late_or_drops_or_is_full_is_the_limit() {
        assert!(!generator().was_the_limit());
        let mut late = generator();
        late.lag.p99_ms = 5.1;
        let lazy = Generator { begun: 999, ..generator() };
        let dropping = Generator { dropped: 1, ..generator() };
        let full = Generator { generator_cores: 0.95, ..generator() };
        for bad in [late, lazy, dropping, full] {
            assert!(bad.was_the_limit() && bad.sentence().starts_with("YES"), "{bad:?}");
        }
    }
}
