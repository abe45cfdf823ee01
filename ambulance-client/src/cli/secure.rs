//! What keeps history out of dumps: no core files, no reading of this process's memory by others of the same account.

use anyhow::{Result, bail};
use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Closes the process, unless it is a training tablet started with `--inspectable`.
///
/// # Errors
/// When a live tablet was started with `--inspectable`.
pub fn close_process(training: bool, inspectable: bool) -> Result<()> {
    if inspectable {
        if !training {
            bail!("--inspectable is only for training installations; start without it");
        }
        return Ok(());
    }
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core files could not be switched off");
    }
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "the process could not be made undumpable");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::{dumpable_behavior, getrlimit};

    #[test]
    fn only_a_training_tablet_can_be_looked_into_and_every_other_is_closed() {
        let before = dumpable_behavior().expect("told");
        assert!(close_process(false, true).is_err_and(|error| error.to_string().contains("only for training")));
        close_process(true, true).expect("a training tablet may");
        assert_eq!(dumpable_behavior().expect("told"), before);
        close_process(false, false).expect("closed");
        assert_eq!(dumpable_behavior().expect("told"), DumpableBehavior::NotDumpable);
        assert_eq!(getrlimit(Resource::Core), Rlimit { current: Some(0), maximum: Some(0) });
    }
}
