//! Where the present stands against a certificate's period.

use crate::civil::months_later;

/// 資格確認 goes on for this long after the certificate ended (since 2 December 2024).
pub const GRACE_MONTHS: u16 = 3;

/// Where the present stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Before the first second.
    NotYetValid,
    /// Inside the period, both ends included.
    Valid,
    /// After it, at most [`GRACE_MONTHS`] calendar months.
    ExpiredWithinGrace,
    /// Later.
    ExpiredBeyondGrace,
}

impl Validity {
    /// All in seconds since 1970.
    #[must_use]
    pub fn at(now: i64, not_before: i64, not_after: i64) -> Self {
        if now < not_before {
            Self::NotYetValid
        } else if now <= not_after {
            Self::Valid
        } else if now <= months_later(not_after, GRACE_MONTHS) {
            Self::ExpiredWithinGrace
        } else {
            Self::ExpiredBeyondGrace
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_belong_to_the_kinder_side() {
        let (from, to) = (1_000_000_000, 1_100_000_000);
        let end = months_later(to, GRACE_MONTHS);
        let at = |now| Validity::at(now, from, to);
        assert_eq!((at(from - 1), at(from)), (Validity::NotYetValid, Validity::Valid));
        assert_eq!((at(to), at(to + 1)), (Validity::Valid, Validity::ExpiredWithinGrace));
        assert_eq!((at(end), at(end + 1)), (Validity::ExpiredWithinGrace, Validity::ExpiredBeyondGrace));
    }
}
