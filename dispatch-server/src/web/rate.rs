//! How often a machine may ask: so many requests a minute for each token or session, then 429 until the minute is over.

use super::fault::Fault;
use super::limits::{MACHINE_PER_MINUTE, MACHINES_MAX};
use axum::http::StatusCode;
use model::time::MINUTE_US;
use model::{SessionId, Timestamp};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Requests of the present minute, by session.
#[derive(Debug, Default)]
pub(crate) struct MachineRate(Mutex<BTreeMap<SessionId, (i64, u32)>>);

impl MachineRate {
    /// Counts a request.
    ///
    /// # Errors
    /// 429 with the seconds until the next minute begins.
    pub(crate) fn count(&self, session: SessionId, now: Timestamp) -> Result<(), Fault> {
        let minute = now.0.div_euclid(MINUTE_US);
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() >= MACHINES_MAX && !table.contains_key(&session) {
            table.retain(|_, (of, _)| *of == minute);
        }
        let counted = table.entry(session).or_insert((minute, 0));
        if counted.0 != minute {
            *counted = (minute, 0);
        }
        if counted.1 >= MACHINE_PER_MINUTE {
            let left = MINUTE_US - now.0.rem_euclid(MINUTE_US);
            return Err(slower(u32::try_from(left.div_euclid(1_000_000)).unwrap_or(60).saturating_add(1)));
        }
        counted.1 += 1;
        Ok(())
    }
}

fn slower(seconds: u32) -> Fault {
    let mut fault = Fault::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too_many_requests",
        "要求が多すぎます。",
        "Retry-After の秒数だけ待って、もう一度送ってください。",
    );
    fault.retry_after = Some(seconds);
    fault
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_slowed_and_goes_on_in_the_next_minute_and_another_is_not() {
        let rate = MachineRate::default();
        let (one, other) = (SessionId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
        let now = Timestamp(10 * MINUTE_US + 59_000_000);
        for _ in 0..MACHINE_PER_MINUTE {
            rate.count(one, now).expect("within the limit");
        }
        assert_eq!(rate.count(one, now).expect_err("too many").retry_after, Some(2));
        rate.count(other, now).expect("another machine");
        rate.count(one, now.plus_us(1_000_000)).expect("the next minute");
    }
}
