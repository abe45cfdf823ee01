//! Rows out of a page: cells of index b-trees, which is what tables without rowid are.
//!
//! Formats: <https://www.sqlite.org/fileformat2.html> §1.6 (pages and cells), §1.7 (overflow), §2.1 (records). Nothing
//! here trusts a byte: what does not fit is no row.

use crate::pages::{Pages, View, word16, word32};

const INTERIOR: u8 = 0x02;
const LEAF: u8 = 0x0a;
/// Longest row that this store writes, with room; longer is damage.
const ROW_BYTES_MAX: u64 = delivery::limits::STATE_VALUE_BYTES_MAX as u64 + 65_536;
/// Most columns of a row.
const COLUMNS_MAX: usize = 32;

/// A column's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    /// A kind that this store never writes.
    Other,
}

/// A row as it stands in a page.
pub(crate) struct Row {
    pub(crate) values: Vec<Value>,
    /// Pages that hold what did not fit.
    pub(crate) overflow_pages: u32,
}

/// True for a page that is no part of a tree: of an overflow chain, free, or blank.
pub(crate) fn is_loose(page: &[u8], number: u32) -> bool {
    page.get(tree_start(number)) == Some(&0)
}

/// True for any page of a tree.
pub(crate) fn is_tree(page: &[u8], number: u32) -> bool {
    matches!(page.get(tree_start(number)), Some(0x02 | 0x05 | 0x0a | 0x0d))
}

/// How many cells a page claims; 0 where it is no page of such a tree.
pub(crate) fn cell_count(page: &[u8], number: u32) -> u16 {
    let start = tree_start(number);
    match page.get(start) {
        Some(&(INTERIOR | LEAF)) => word16(page, start + 3),
        _ => 0,
    }
}

/// The row of a cell.
pub(crate) fn row(pages: &Pages, view: View, page: &[u8], number: u32, cell: u16) -> Option<Row> {
    let start = tree_start(number);
    let is_leaf = page.get(start) == Some(&LEAF);
    let pointers = start + if is_leaf { 8 } else { 12 };
    let at = usize::from(word16(page, pointers + 2 * usize::from(cell))) + if is_leaf { 0 } else { 4 };
    let (length, at) = varint(page, at)?;
    if length == 0 || length > ROW_BYTES_MAX {
        return None;
    }
    let (bytes, overflow_pages) = payload(pages, view, page, at, usize::try_from(length).ok()?)?;
    Some(Row { values: record(&bytes)?, overflow_pages })
}

/// The first page begins with the header of the file.
const fn tree_start(number: u32) -> usize {
    if number == 1 { 100 } else { 0 }
}

fn payload(pages: &Pages, view: View, page: &[u8], at: usize, length: usize) -> Option<(Vec<u8>, u32)> {
    let usable = pages.usable();
    let most = (usable - 12) * 64 / 255 - 23;
    let least = (usable - 12) * 32 / 255 - 23;
    if length <= most {
        return page.get(at..at + length).map(|bytes| (bytes.to_vec(), 0));
    }
    let split = least + (length - least) % (usable - 4);
    let local = if split <= most { split } else { least };
    let mut bytes = page.get(at..at + local)?.to_vec();
    let mut next = page.get(at + local..at + local + 4).map(|four| word32(four, 0))?;
    let mut overflow_pages = 0;
    while bytes.len() < length {
        overflow_pages += 1;
        let more = pages.page(view, next)?;
        let take = (length - bytes.len()).min(usable - 4);
        bytes.extend_from_slice(more.get(4..4 + take)?);
        next = word32(&more, 0);
    }
    Some((bytes, overflow_pages))
}

fn record(bytes: &[u8]) -> Option<Vec<Value>> {
    let (header, mut at) = varint(bytes, 0)?;
    let header = usize::try_from(header).ok().filter(|end| *end <= bytes.len())?;
    let mut body = header;
    let mut values = Vec::new();
    while at < header {
        let (kind, next) = varint(bytes, at)?;
        at = next;
        let length = usize::try_from(match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            _ => (kind - 12) / 2,
        })
        .ok()?;
        let content = bytes.get(body..body.checked_add(length)?)?;
        body += length;
        values.push(match kind {
            0 => Value::Null,
            1..=6 => Value::Int(integer(content)),
            8 | 9 => Value::Int(i64::from(kind == 9)),
            7 => Value::Other,
            _ if kind % 2 == 0 => Value::Blob(content.to_vec()),
            _ => String::from_utf8(content.to_vec()).map_or(Value::Other, Value::Text),
        });
        if values.len() > COLUMNS_MAX {
            return None;
        }
    }
    Some(values)
}

/// Big-endian two's complement of 1 to 8 bytes.
fn integer(bytes: &[u8]) -> i64 {
    let sign = if bytes.first().is_some_and(|byte| byte & 0x80 != 0) { -1 } else { 0 };
    bytes.iter().fold(sign, |value, byte| (value << 8) | i64::from(*byte))
}

fn varint(bytes: &[u8], mut at: usize) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for place in 0..9 {
        let byte = *bytes.get(at)?;
        at += 1;
        if place == 8 {
            return Some(((value << 8) | u64::from(byte), at));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some((value, at))
}
