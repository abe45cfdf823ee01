//! Files of logs: one case each.

use anyhow::{Context, Result, ensure};
use case::{Event, Hash};
use dispatch_core::exported::{DecisionLine, Line};
use model::Timestamp;
use std::path::{Path, PathBuf};

/// Longest file: thousands of events.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// What files of logs end in.
const EXTENSION: &str = "jsonl";

/// One recorded fact.
#[derive(Clone, Debug)]
pub(super) struct Recorded {
    pub(super) position: u64,
    pub(super) received_at: Timestamp,
    pub(super) event: Event,
    pub(super) hash: Hash,
}

/// One recorded case.
#[derive(Clone, Debug)]
pub(super) struct Log {
    /// The file's name, without its folder.
    pub(super) name: String,
    /// In the order of their positions.
    pub(super) facts: Vec<Recorded>,
    pub(super) decisions: Vec<DecisionLine>,
}

/// The files that are named, and those of every folder that is, by name.
///
/// # Errors
/// A folder that cannot be read, or nothing at all.
pub(super) fn files(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in named {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).with_context(|| format!("read the folder {}", path.display()))? {
            let file = entry.with_context(|| format!("read the folder {}", path.display()))?.path();
            if file.extension().is_some_and(|extension| extension == EXTENSION) {
                inside.push(file);
            }
        }
        inside.sort();
        files.extend(inside);
    }
    ensure!(
        !files.is_empty(),
        "no logs: name files or folders with *.{EXTENSION} (`dispatch-server logs export`, `sim run --log`)"
    );
    Ok(files)
}

/// Reads a file.
///
/// # Errors
/// The file, the line and what is wrong with it.
pub(super) fn read(path: &Path) -> Result<Log> {
    let shown = path.display();
    let size = std::fs::metadata(path).with_context(|| format!("read {shown}"))?.len();
    ensure!(size <= FILE_BYTES_MAX, "{shown}: {size} bytes; a log has at most {FILE_BYTES_MAX}");
    #[expect(clippy::disallowed_methods, reason = "this is a program")]
    let text = std::fs::read_to_string(path).with_context(|| format!("read {shown}"))?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    parse(name, &text).with_context(|| format!("read {shown}"))
}

pub(super) fn parse(name: String, text: &str) -> Result<Log> {
    let (mut facts, mut decisions) = (Vec::new(), Vec::new());
    for (n, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty()) {
        match Line::read(line).with_context(|| format!("line {n}"))? {
            Line::Decision(decision) => decisions.push(decision),
            Line::Fact(fact) => {
                let (event, hash) = fact.event().with_context(|| format!("line {n}"))?;
                let told = (event.name.log, event.name.seq);
                ensure!(told == (fact.log, fact.seq), "line {n}: log and seq are not those of the event");
                facts.push(Recorded { position: fact.position, received_at: fact.received_at, event, hash });
            }
        }
    }
    facts.sort_by_key(|fact| fact.position);
    let twice = facts.iter().zip(facts.iter().skip(1)).find(|(a, b)| a.position == b.position);
    ensure!(twice.is_none(), "position {} stands twice", twice.map_or(0, |(a, _)| a.position));
    Ok(Log { name, facts, decisions })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dispatch_core::exported::example;

    #[test]
    fn an_error_names_its_line() {
        let text = example().expect("an example");
        let log = parse("a.jsonl".to_owned(), &text).expect("a log");
        assert_eq!((log.facts.len(), log.decisions.len()), (1, 1));
        let told = |text: &str| parse(String::new(), text).err().map(|error| format!("{error:#}")).unwrap_or_default();
        assert!(told(&format!("{text}{{}}\n")).starts_with("line 3"), "{}", told(&format!("{text}{{}}\n")));
        let first = text.lines().next().expect("a line");
        assert!(told(&format!("{first}\n{first}\n")).contains("stands twice"));
    }
}
