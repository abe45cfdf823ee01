//! Pages of a database file and of its journal, read past SQLite: what a damaged file still gives.
//!
//! Formats: <https://www.sqlite.org/fileformat2.html> §1.3 (header), §4 (write-ahead log).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Page size where no header tells it: SQLite's default, which this store keeps.
const PAGE_BYTES_DEFAULT: usize = 4_096;
const WAL_HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// First word of a journal; the last bit says that its checksums are big-endian.
const WAL_MAGIC: u32 = 0x377f_0682;

/// One way to see the database. Rows of an earlier view win.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum View {
    /// What SQLite would show: the file under the committed part of the journal.
    Committed,
    /// Frames behind a break in the journal lie over that.
    BehindTheBreak,
    /// The file alone.
    FileOnly,
}

/// The pages of a database, in every view.
pub(crate) struct Pages {
    file: File,
    journal_file: Option<File>,
    page_bytes: usize,
    reserved: usize,
    file_pages: u32,
    /// Where in the journal the newest committed copy of a page stands.
    committed: BTreeMap<u32, u64>,
    /// The same, with every frame of this journal, whole or not.
    every: BTreeMap<u32, u64>,
    pub(crate) journal: JournalEnd,
}

/// How a journal ends. One writer syncs each transaction before it writes the next, and opening empties the journal: so
/// a power cut tears the last transaction at most, and whatever follows a torn one was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum JournalEnd {
    /// With a commit.
    Whole,
    /// In the middle of a transaction: a power cut, or damage to the last one.
    Torn,
    /// Frames behind a torn transaction, or content under a header that is none: no power cut does that.
    Damaged,
}

impl Pages {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "the store's edge")]
        let file = File::open(path)?;
        #[expect(clippy::disallowed_methods, reason = "the store's edge")]
        let journal = match File::open(beside(path, "-wal")) {
            Ok(journal) => Some(journal),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let mut head = [0; 100];
        let read = read_up_to(&file, &mut head, 0)?;
        let told = (read == head.len() && head.starts_with(b"SQLite format 3\0"))
            .then(|| (page_size(u32::from(word16(&head, 16))), usize::from(head[20])));
        let (page_bytes, reserved) = match (told, &journal) {
            (Some((Some(bytes), reserved)), _) => (bytes, reserved),
            (_, Some(journal)) => (journal_page_size(journal)?.unwrap_or(PAGE_BYTES_DEFAULT), 0),
            _ => (PAGE_BYTES_DEFAULT, 0),
        };
        let file_pages = u32::try_from(file.metadata()?.len().div_ceil(page_bytes as u64)).unwrap_or(u32::MAX);
        let mut pages = Self {
            file,
            journal_file: journal,
            page_bytes,
            reserved,
            file_pages,
            committed: BTreeMap::new(),
            every: BTreeMap::new(),
            journal: JournalEnd::Whole,
        };
        pages.read_journal()?;
        Ok(pages)
    }

    /// Bytes of a page that hold content.
    pub(crate) const fn usable(&self) -> usize {
        self.page_bytes - self.reserved
    }

    /// How many pages there are.
    pub(crate) fn count(&self) -> u32 {
        self.committed.last_key_value().map_or(0, |(page, _)| *page).max(self.file_pages)
    }

    /// How many pages and how many free ones the header tells.
    pub(crate) fn told(&self) -> Option<(u32, u32)> {
        let header = self.page(View::Committed, 1)?;
        header.starts_with(b"SQLite format 3\0").then(|| (word32(&header, 28), word32(&header, 36)))
    }

    /// Pages that are worth a look in a view.
    pub(crate) fn of(&self, view: View) -> Vec<u32> {
        match view {
            View::Committed => {
                let file = 1..=self.file_pages;
                file.chain(self.committed.keys().copied().filter(|page| *page > self.file_pages)).collect()
            }
            View::BehindTheBreak => self
                .every
                .iter()
                .filter(|(page, at)| self.committed.get(page) != Some(at))
                .map(|(page, _)| *page)
                .collect(),
            View::FileOnly => {
                let covered: BTreeSet<u32> = self.every.keys().chain(self.committed.keys()).copied().collect();
                covered.into_iter().filter(|page| *page <= self.file_pages).collect()
            }
        }
    }

    /// A page; `None` when it is not there or cannot be read. A page cut short ends in zeros.
    pub(crate) fn page(&self, view: View, number: u32) -> Option<Vec<u8>> {
        let place = match view {
            View::Committed => self.committed.get(&number),
            View::BehindTheBreak => self.every.get(&number),
            View::FileOnly => None,
        };
        let mut bytes = vec![0; self.page_bytes];
        let read = match place {
            Some(at) => read_up_to(self.journal_file.as_ref()?, &mut bytes, *at).ok()?,
            None => {
                read_up_to(&self.file, &mut bytes, u64::from(number.checked_sub(1)?) * self.page_bytes as u64).ok()?
            }
        };
        (read > 0).then_some(bytes)
    }

    fn read_journal(&mut self) -> io::Result<()> {
        let Some(journal) = &self.journal_file else { return Ok(()) };
        let mut header = [0; WAL_HEADER_BYTES];
        let read = read_up_to(journal, &mut header, 0)?;
        let is_big = word32(&header, 0) & 1 == 1;
        let mut sum = checksum((0, 0), &header[..24], is_big);
        let header_is_whole = word32(&header, 0) & !1 == WAL_MAGIC && sum == (word32(&header, 24), word32(&header, 28));
        if read < WAL_HEADER_BYTES {
            return Ok(()); // begun, and nothing in it
        }
        if !header_is_whole {
            self.journal = JournalEnd::Damaged;
        }
        let mut is_whole = header_is_whole;
        let mut open = BTreeMap::new();
        let mut torn_is_over = false;
        let mut is_blank = true;
        let mut frame = vec![0; FRAME_HEADER_BYTES + self.page_bytes];
        let mut at = WAL_HEADER_BYTES as u64;
        loop {
            let read = read_up_to(journal, &mut frame, at)?;
            is_blank &= frame[..read].iter().all(|byte| *byte == 0);
            if read < frame.len() {
                break;
            }
            let content = at + FRAME_HEADER_BYTES as u64;
            at += frame.len() as u64;
            // Sums go on from the frame before: from what it says, so that frames behind a break can be told as well.
            let told = (word32(&frame, 16), word32(&frame, 20));
            let is_ours = frame[8..16] == header[16..24];
            let links =
                is_ours && told == checksum(checksum(sum, &frame[..8], is_big), &frame[FRAME_HEADER_BYTES..], is_big);
            sum = told;
            is_whole &= links;
            let (page, is_commit) = (word32(&frame, 0), word32(&frame, 4) != 0);
            if is_whole {
                open.insert(page, content);
                if is_commit {
                    self.committed.append(&mut open);
                }
            } else if is_ours || !header_is_whole {
                self.journal =
                    self.journal.max(if torn_is_over && links { JournalEnd::Damaged } else { JournalEnd::Torn });
                torn_is_over |= is_commit && links;
            } else {
                continue; // left over from an earlier round of the journal
            }
            self.every.insert(page, content);
        }
        if !open.is_empty() {
            self.journal = self.journal.max(JournalEnd::Torn);
        }
        if is_blank {
            self.journal = JournalEnd::Whole;
        }
        Ok(())
    }
}

/// A file that SQLite keeps beside the database.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn journal_page_size(journal: &File) -> io::Result<Option<usize>> {
    let mut header = [0; WAL_HEADER_BYTES];
    let read = read_up_to(journal, &mut header, 0)?;
    Ok(if read == header.len() { page_size(word32(&header, 8)) } else { None })
}

fn page_size(told: u32) -> Option<usize> {
    let bytes = if told == 1 { 65_536 } else { usize::try_from(told).ok()? };
    (bytes.is_power_of_two() && (512..=65_536).contains(&bytes)).then_some(bytes)
}

pub(crate) fn word16(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_be_bytes([two[0], two[1]]))
}

pub(crate) fn word32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
}

fn checksum(sum: (u32, u32), bytes: &[u8], is_big: bool) -> (u32, u32) {
    let word = |at| if is_big { word32(bytes, at) } else { word32(bytes, at).swap_bytes() };
    (0..bytes.len()).step_by(8).fold(sum, |(a, b), at| {
        let a = a.wrapping_add(word(at)).wrapping_add(b);
        (a, b.wrapping_add(word(at + 4)).wrapping_add(a))
    })
}

/// Reads until the buffer is full or the file ends. A sector that the disk does not give ends it as well.
fn read_up_to(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read_at(&mut buffer[read..], at + read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) if read > 0 => break,
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
