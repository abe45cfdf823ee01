//! The file of a prepared graph: written by the import, loaded by server and tablet.
//!
//! Little endian: `EMSROADS`, format number (u32), length of the heading (u32), heading (JSON), counts of nodes, roads, edges
//! up and edges down (u32 each), places (i32 × 2), starts and roads (to, milliseconds, decimetres: u32; class: u8), starts and
//! edges (to, milliseconds) of both halves, SHA-256 of everything before it.

use super::class::RoadClass;
use super::graph::{Parts, Road, RoadGraph, RoadsHeader};
use super::hierarchy::{Half, Hierarchy};
use super::prepare::{MAX_NODES, MAX_ROADS};
use super::raw::E7;
use core::fmt::Write as _;
use model::Position;
use sha2::{Digest as _, Sha256};

/// Longest file that is read, bytes; a longer one is refused unread.
pub const MAX_FILE_BYTES: usize = 2 * 1024 * 1024 * 1024;
/// Number of the format; a file of another one is refused.
pub const FORMAT: u32 = 1;
const MAGIC: &[u8; 8] = b"EMSROADS";
/// Longest heading, bytes.
const MAX_HEADER: usize = 64 * 1024;
/// Most edges of one half per node: hierarchies of roads have about five.
const MAX_HALF: usize = MAX_ROADS * 4;
const HASH_BYTES: usize = 32;

/// Bytes that are no graph.
#[derive(Debug, thiserror::Error)]
pub enum RoadFileError {
    /// Another kind of file.
    #[error("it is no file of roads; make one with `dispatch-server roads import`")]
    OtherKind,
    /// Another format.
    #[error("its format is {found}, expected {FORMAT}; import the roads again")]
    OtherFormat {
        /// What stands there.
        found: u32,
    },
    /// Cut off or changed.
    #[error("its checksum does not fit: it is damaged or cut off; copy it again")]
    Checksum,
    /// The heading.
    #[error("its heading is not understood")]
    Header(#[source] serde_json::Error),
    /// A number that cannot be.
    #[error("{0}")]
    Content(&'static str),
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

impl RoadGraph {
    /// The file's bytes. The same graph gives the same bytes; from then on [`RoadGraph::sha256`] is theirs.
    ///
    /// # Errors
    /// When the heading cannot be written.
    pub fn to_bytes(&mut self) -> Result<Vec<u8>, RoadFileError> {
        let header = serde_json::to_vec(&self.header).map_err(RoadFileError::Header)?;
        let mut out = MAGIC.to_vec();
        put(&mut out, FORMAT);
        put(&mut out, count(header.len()));
        out.extend_from_slice(&header);
        let (ahead, back) = (&self.hierarchy.ahead, &self.hierarchy.back);
        for size in [self.places.len(), self.roads.len(), ahead.to.len(), back.to.len()] {
            put(&mut out, count(size));
        }
        for (lat, lon) in &self.places {
            out.extend_from_slice(&lat.to_le_bytes());
            out.extend_from_slice(&lon.to_le_bytes());
        }
        self.first.iter().for_each(|start| put(&mut out, *start));
        for road in &self.roads {
            [road.to, road.millis, road.length_dm].into_iter().for_each(|number| put(&mut out, number));
            out.push(road.class as u8);
        }
        for half in [ahead, back] {
            half.first.iter().for_each(|start| put(&mut out, *start));
            for (to, weight) in half.to.iter().zip(&half.weight) {
                put(&mut out, *to);
                put(&mut out, *weight);
            }
        }
        let hash = Sha256::digest(&out);
        out.extend_from_slice(&hash);
        self.sha256 = hex(&hash);
        Ok(out)
    }

    /// Reads a file; every number is checked, so that no later question can go astray.
    ///
    /// # Errors
    /// [`RoadFileError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, RoadFileError> {
        if !bytes.starts_with(MAGIC) {
            return Err(RoadFileError::OtherKind);
        }
        let (body, hash) =
            bytes.split_at_checked(bytes.len().saturating_sub(HASH_BYTES)).ok_or(RoadFileError::Checksum)?;
        let mut read = Reader(body.get(MAGIC.len()..).ok_or(RoadFileError::Checksum)?);
        let found = read.u32()?;
        if found != FORMAT {
            return Err(RoadFileError::OtherFormat { found });
        }
        if Sha256::digest(body).as_slice() != hash {
            return Err(RoadFileError::Checksum);
        }
        read.graph(hex(hash))
    }
}

fn put(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn count(size: usize) -> u32 {
    // Limits of `prepare` keep every count far below.
    u32::try_from(size).unwrap_or(u32::MAX)
}

struct Reader<'a>(&'a [u8]);

const SHORT: RoadFileError = RoadFileError::Content("it ends too early");

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], RoadFileError> {
        let (head, rest) = self.0.split_first_chunk::<N>().ok_or(SHORT)?;
        self.0 = rest;
        Ok(*head)
    }
    fn u32(&mut self) -> Result<u32, RoadFileError> {
        self.take().map(u32::from_le_bytes)
    }
    fn size(&mut self, most: usize) -> Result<usize, RoadFileError> {
        let size = self.u32()? as usize;
        // Each thing takes at least four bytes: what cannot follow is refused before memory is asked for.
        if size > most || size.saturating_mul(4) > self.0.len() { Err(SHORT) } else { Ok(size) }
    }

    fn graph(&mut self, sha256: String) -> Result<RoadGraph, RoadFileError> {
        let length = self.u32()? as usize;
        let (header, rest) = self.0.split_at_checked(length).filter(|_| length <= MAX_HEADER).ok_or(SHORT)?;
        let header: RoadsHeader = serde_json::from_slice(header).map_err(RoadFileError::Header)?;
        if !(1..=100_000).contains(&header.scale_permille) {
            return Err(RoadFileError::Content("its factor of minutes is not 0.001 to 100"));
        }
        self.0 = rest;
        let (nodes, roads) = (self.size(MAX_NODES)?, self.size(MAX_ROADS)?);
        let halves = [self.size(MAX_HALF)?, self.size(MAX_HALF)?];
        let places = (0..nodes).map(|_| self.place()).collect::<Result<_, _>>()?;
        let first = self.starts(nodes, roads)?;
        let roads = (0..roads).map(|_| self.road(nodes)).collect::<Result<_, _>>()?;
        let hierarchy = Hierarchy { ahead: self.half(nodes, halves[0])?, back: self.half(nodes, halves[1])? };
        if !self.0.is_empty() {
            return Err(RoadFileError::Content("there is more in it than it says"));
        }
        Ok(RoadGraph::new(Parts { header, places, first, roads, hierarchy, sha256 }))
    }

    fn place(&mut self) -> Result<(i32, i32), RoadFileError> {
        let (lat, lon) = (i32::from_le_bytes(self.take()?), i32::from_le_bytes(self.take()?));
        let inside = Position::new(f64::from(lat) / E7, f64::from(lon) / E7);
        inside.map(|_| (lat, lon)).map_err(|_| RoadFileError::Content("a node is outside Japan"))
    }

    fn starts(&mut self, nodes: usize, edges: usize) -> Result<Vec<u32>, RoadFileError> {
        let first: Vec<u32> = (0..=nodes).map(|_| self.u32()).collect::<Result<_, _>>()?;
        let whole = first.first() == Some(&0) && first.last().is_some_and(|last| *last as usize == edges);
        if whole && first.is_sorted() { Ok(first) } else { Err(RoadFileError::Content("its edges are in no order")) }
    }

    fn road(&mut self, nodes: usize) -> Result<Road, RoadFileError> {
        let (to, millis, length_dm, class) = (self.u32()?, self.u32()?, self.u32()?, u8::from_le_bytes(self.take()?));
        match RoadClass::of_number(class) {
            Some(class) if (to as usize) < nodes && millis > 0 => Ok(Road { to, millis, length_dm, class }),
            _ => Err(RoadFileError::Content("a road leads nowhere, takes no time or is of no class")),
        }
    }

    fn half(&mut self, nodes: usize, edges: usize) -> Result<Half, RoadFileError> {
        let first = self.starts(nodes, edges)?;
        let mut half = Half { first, to: Vec::with_capacity(edges), weight: Vec::with_capacity(edges) };
        for node in 0..nodes {
            for _ in half.first[node]..half.first[node + 1] {
                let (to, weight) = (self.u32()?, self.u32()?);
                if to as usize >= nodes || to as usize <= node || weight == 0 {
                    return Err(RoadFileError::Content("an edge of its hierarchy does not lead up"));
                }
                half.to.push(to);
                half.weight.push(weight);
            }
        }
        Ok(half)
    }
}
