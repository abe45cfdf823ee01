//! What a disk may hold after a power cut at one moment of a recording.

use crate::{Op, Recording, SECTOR};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha12Rng;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What becomes of writes that were not synced. Each state takes one, by its seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// All are lost.
    Lost,
    /// All reached the disk.
    Kept,
    /// The first ones did, the last of them in part.
    CutOff,
    /// Any of them did: a disk reorders.
    Reordered,
    /// Any sector of any of them did.
    Torn,
}

/// The files after one power cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrashState {
    /// What came before it.
    pub ops: usize,
    /// The last promise before it; 0 when there was none.
    pub promised: u64,
    /// What became of unsynced writes.
    pub fate: Fate,
    /// Path inside the folder, and content.
    pub files: BTreeMap<PathBuf, Vec<u8>>,
}

/// A file, whatever its name.
#[derive(Default)]
struct FileOps<'a> {
    before: &'a [u8],
    ops: Vec<&'a Op>,
    /// So many of them are durable.
    synced: usize,
}

impl Recording {
    /// The state after a power cut, chosen by a seed: the moment, and what became of unsynced writes.
    #[must_use]
    pub fn crash(&self, seed: u64) -> CrashState {
        let mut rng = ChaCha12Rng::seed_from_u64(seed);
        let ops = rng.random_range(0..=self.ops.len());
        let fate = match rng.random_range(0..5) {
            0 => Fate::Lost,
            1 => Fate::Kept,
            2 => Fate::CutOff,
            3 => Fate::Reordered,
            _ => Fate::Torn,
        };
        let before = self.ops.get(..ops).unwrap_or_default();
        let promised = before.iter().rev().find_map(|op| if let Op::Mark(n) = op { Some(*n) } else { None });
        CrashState { ops, promised: promised.unwrap_or(0), fate, files: files(&self.before, before, fate, &mut rng) }
    }
}

fn files(
    before: &BTreeMap<PathBuf, Vec<u8>>,
    ops: &[Op],
    fate: Fate,
    rng: &mut ChaCha12Rng,
) -> BTreeMap<PathBuf, Vec<u8>> {
    let last_sync = ops.iter().rposition(|op| matches!(op, Op::Sync { .. })).unwrap_or(0);
    let changes_names = |op: &Op| matches!(op, Op::Remove { .. } | Op::Rename { .. });
    let loose = (last_sync..ops.len()).filter(|at| ops.get(*at).is_some_and(changes_names)).count();
    // Names change in order: of those after the last sync, the first so many.
    let mut names_left = match fate {
        Fate::Lost => 0,
        Fate::Kept => loose,
        Fate::CutOff | Fate::Reordered | Fate::Torn => rng.random_range(0..=loose),
    };
    let mut all: Vec<FileOps<'_>> = Vec::new();
    let mut now: BTreeMap<&Path, usize> = BTreeMap::new();
    let mut on_disk: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for (path, bytes) in before {
        now.insert(path, all.len());
        on_disk.insert(path.clone(), all.len());
        all.push(FileOps { before: bytes, ..FileOps::default() });
    }
    for (at, op) in ops.iter().enumerate() {
        match op {
            Op::Write { path, .. } | Op::Truncate { path, .. } => {
                let id = *now.entry(path).or_insert_with(|| {
                    all.push(FileOps::default());
                    // Where the removal of an earlier file is not durable, nothing after it is.
                    on_disk.entry(path.clone()).or_insert(all.len() - 1);
                    all.len() - 1
                });
                all[id].ops.push(op);
            }
            Op::Sync { path } => {
                if let Some(file) = now.get(path.as_path()).and_then(|id| all.get_mut(*id)) {
                    file.synced = file.ops.len();
                }
            }
            Op::Remove { .. } | Op::Rename { .. } => {
                let is_durable = at < last_sync || names_left > 0;
                names_left -= usize::from(at >= last_sync && names_left > 0);
                let (gone, new) = match op {
                    Op::Rename { from, to } => (from, Some(to)),
                    Op::Remove { path } => (path, None),
                    _ => continue,
                };
                let moved = now.remove(gone.as_path());
                if let (Some(id), Some(new)) = (moved, new) {
                    now.insert(new, id);
                }
                let moved = if is_durable { on_disk.remove(gone) } else { None };
                if let (Some(id), Some(new)) = (moved, new) {
                    on_disk.insert(new.clone(), id);
                }
            }
            Op::Mark(_) => {}
        }
    }
    on_disk.into_iter().map(|(path, id)| (path, content(&all[id], fate, rng))).collect()
}

fn content(file: &FileOps<'_>, fate: Fate, rng: &mut ChaCha12Rng) -> Vec<u8> {
    let mut bytes = file.before.to_vec();
    let (durable, loose) = file.ops.split_at(file.synced);
    durable.iter().for_each(|op| apply(&mut bytes, op, &mut |_| true));
    let cut = rng.random_range(0..=loose.len());
    for (n, op) in loose.iter().enumerate() {
        match fate {
            Fate::Lost => {}
            Fate::Kept => apply(&mut bytes, op, &mut |_| true),
            Fate::CutOff if n < cut => apply(&mut bytes, op, &mut |_| true),
            Fate::CutOff if n == cut => {
                let sectors = rng.random_range(0..=8);
                apply(&mut bytes, op, &mut |sector| sector < sectors);
            }
            Fate::CutOff => {}
            Fate::Reordered => {
                let survives = rng.random_bool(0.5);
                apply(&mut bytes, op, &mut |_| survives);
            }
            Fate::Torn => apply(&mut bytes, op, &mut |_| rng.random_bool(0.5)),
        }
    }
    bytes
}

/// Applies the sectors of a write that survive; `survives` is asked with the number of the sector inside the write.
fn apply(bytes: &mut Vec<u8>, op: &Op, survives: &mut dyn FnMut(usize) -> bool) {
    match op {
        Op::Truncate { length, .. } if survives(0) => {
            bytes.resize(usize::try_from(*length).unwrap_or(usize::MAX), 0);
        }
        Op::Write { at, bytes: new, .. } => {
            let start = usize::try_from(*at).unwrap_or(usize::MAX);
            let mut from = 0;
            let mut sector = 0;
            while from < new.len() {
                // Sectors are the disk's, not the write's.
                let to = (from + SECTOR - (start + from) % SECTOR).min(new.len());
                if survives(sector) {
                    bytes.resize(bytes.len().max(start + to), 0);
                    bytes[start + from..start + to].copy_from_slice(&new[from..to]);
                }
                from = to;
                sector += 1;
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(at: u64, bytes: &[u8]) -> Op {
        Op::Write { path: "a".into(), at, bytes: bytes.to_vec() }
    }

    #[test]
    fn what_was_synced_stays_and_the_rest_may_be_any_of_it() {
        let ops = vec![
            write(0, &[1; 1024]),
            Op::Sync { path: "a".into() },
            Op::Mark(1),
            write(512, &[2; 1024]),
            Op::Truncate { path: "a".into(), length: 700 },
        ];
        let recording = Recording { ops, ..Recording::default() };
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..500 {
            let state = recording.crash(seed);
            let Some(file) = state.files.get(Path::new("a")) else {
                assert_eq!((state.ops, state.promised), (0, 0));
                continue;
            };
            if state.promised == 1 {
                assert!(file.len() >= 700 && file[..512] == [1; 512], "{state:?}");
                seen.insert((state.fate, file.len(), file[600], file.get(1100).copied()));
            }
        }
        assert!(seen.contains(&(Fate::Lost, 1024, 1, None)));
        assert!(seen.contains(&(Fate::Kept, 700, 2, None)));
        assert!(seen.contains(&(Fate::Torn, 1536, 1, Some(2))), "a later sector without the earlier one: {seen:?}");
    }

    #[test]
    fn names_move_in_order() {
        let rename = |from: &str, to: &str| Op::Rename { from: from.into(), to: to.into() };
        let ops = vec![write(0, b"x"), Op::Sync { path: "a".into() }, rename("a", "b"), rename("b", "c")];
        let recording = Recording { ops, ..Recording::default() };
        for seed in 0..100 {
            let state = recording.crash(seed);
            assert!(state.files.len() <= 1 && (state.ops < 2 || state.files.len() == 1), "{state:?}");
        }
    }
}
