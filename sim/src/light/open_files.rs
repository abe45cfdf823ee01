//! How many files this process may have open: a fleet has a socket for each unit, or shares them.

use super::limits::OTHER_FILES;
use anyhow::{Result, ensure};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Raises the limit as far as it goes, and says what it is then.
pub(crate) fn raise() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    if limit.current.is_none_or(|now| now >= most) {
        return limit.current.unwrap_or(u64::MAX);
    }
    let wanted = Rlimit { current: limit.maximum, maximum: limit.maximum };
    match setrlimit(Resource::Nofile, wanted) {
        Ok(()) => most,
        Err(_) => limit.current.unwrap_or(u64::MAX),
    }
}

/// Units on one socket: one where the limit allows, else as few as it allows. `wanted` 0 leaves the choice here.
///
/// # Errors
/// `wanted` asks for more files than there may be.
pub(crate) fn units_per_socket(units: usize, others: usize, wanted: usize, limit: u64) -> Result<usize> {
    let free = usize::try_from(limit.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX).saturating_sub(others);
    ensure!(free > 0, "the limit of open files is {limit}: raise it (`ulimit -n`) or take fewer calm units");
    let fewest = units.div_ceil(free).max(1);
    ensure!(
        wanted == 0 || wanted >= fewest,
        "{units} units on {} sockets and {others} calm ones need {} open files, the limit is {limit}: raise it \
         (`ulimit -n`), or let {fewest} units share a socket (--per-socket {fewest})",
        units.div_ceil(wanted),
        units.div_ceil(wanted) + others + usize::try_from(OTHER_FILES).unwrap_or(0)
    );
    Ok(wanted.max(fewest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_share_as_few_as_the_limit_allows() {
        assert_eq!(units_per_socket(5_334, 200, 0, 20_000).expect("room"), 1);
        assert_eq!(units_per_socket(20_000, 200, 0, 20_000).expect("room"), 2);
        assert_eq!(units_per_socket(20_000, 200, 4, 20_000).expect("room"), 4);
        let told = units_per_socket(5_334, 200, 1, 1_024).expect_err("too many").to_string();
        assert!(told.contains("--per-socket 10") && told.contains("the limit is 1024"), "{told}");
        assert!(units_per_socket(10, 0, 0, OTHER_FILES).is_err());
    }

    #[test]
    fn the_limit_is_raised_to_what_this_process_may_have() {
        let raised = raise();
        assert_eq!(Some(raised), getrlimit(Resource::Nofile).current.or(Some(u64::MAX)));
        assert_eq!(raise(), raised);
    }
}
