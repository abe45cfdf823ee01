//! What the crew was told, line by line, in a file that outlives the process: written only after the store had said so.
//!
//! A line that was torn by a kill has no end of line and counts as never written.

use case::Hash;
use model::LogId;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// An event is shown as recorded.
    Recorded {
        /// Its log.
        log: LogId,
        /// Its place in it.
        seq: u64,
        /// Of its bytes.
        hash: Hash,
    },
    /// Everything up to here is shown as sent.
    Acknowledged {
        /// The log.
        log: LogId,
        /// The newest of it.
        through: u64,
    },
    /// A log is said to have two writers.
    Forked {
        /// The log.
        log: LogId,
        /// The first entry that differs.
        seq: u64,
    },
    /// An entry is said to be refused for good.
    Wedged {
        /// The log.
        log: LogId,
        /// The entry.
        seq: u64,
    },
    /// An action was shown as not recorded.
    Refused {
        /// How many entries it had.
        entries: usize,
    },
}

/// The writing end.
pub struct Journal(File);

impl Journal {
    /// Goes on at the end of the file. A torn last line is ended first.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> std::io::Result<Self> {
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        let torn = std::fs::read(path)?.last().is_some_and(|last| *last != b'\n');
        if torn {
            file.write_all(b"\n")?;
        }
        Ok(Self(file))
    }

    /// Writes lines in one piece. A journal that cannot be written ends the process: what follows would prove nothing.
    pub fn write(&self, lines: &[Line]) {
        let text: String = lines.iter().map(Line::text).collect();
        (&self.0).write_all(text.as_bytes()).expect("the journal takes lines");
    }
}

impl Line {
    fn text(&self) -> String {
        match self {
            Self::Recorded { log, seq, hash } => format!("recorded {log} {seq} {}\n", hex(&hash.0)),
            Self::Acknowledged { log, through } => format!("acknowledged {log} {through}\n"),
            Self::Forked { log, seq } => format!("forked {log} {seq}\n"),
            Self::Wedged { log, seq } => format!("wedged {log} {seq}\n"),
            Self::Refused { entries } => format!("refused {entries}\n"),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let kind = words.next()?;
        if kind == "refused" {
            return Some(Self::Refused { entries: words.next()?.parse().ok()? });
        }
        let (log, number) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        match kind {
            "recorded" => Some(Self::Recorded { log, seq: number, hash: Hash(unhex(words.next()?)?) }),
            "acknowledged" => Some(Self::Acknowledged { log, through: number }),
            "forked" => Some(Self::Forked { log, seq: number }),
            "wedged" => Some(Self::Wedged { log, seq: number }),
            _ => None,
        }
    }
}

/// Everything that a journal holds; nothing when it was never begun.
#[must_use]
pub fn read(path: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split_inclusive('\n').filter_map(|line| Line::parse(line.strip_suffix('\n')?)).collect()
}

fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive_the_file_and_a_torn_one_does_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let log = LogId::from_bytes([7; 16]);
        let lines = [
            Line::Recorded { log, seq: 3, hash: Hash([0xA5; 32]) },
            Line::Acknowledged { log, through: 3 },
            Line::Forked { log, seq: 2 },
            Line::Wedged { log, seq: 1 },
            Line::Refused { entries: 2 },
        ];
        Journal::open(&path).unwrap().write(&lines);
        assert_eq!(read(&path), lines);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 3]).unwrap();
        assert_eq!(read(&path), lines[..4]);
        Journal::open(&path).unwrap().write(&lines[..1]);
        assert_eq!(read(&path).last(), Some(&lines[0]));
        assert_eq!(read(&path).len(), 5);
    }
}
