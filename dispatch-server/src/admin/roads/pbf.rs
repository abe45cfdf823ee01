//! OpenStreetMap's files (`.osm.pbf`): each is read twice, first its ways, then the places of their nodes. This file alone
//! names osmpbf.

use super::progress::Bar;
use anyhow::{Context as _, Result};
use osmpbf::{Element, ElementReader};
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::path::{Path, PathBuf};
use travel_time::roads::{MAX_WAY_NODES, RawRoads, Way, Ways, WaysError};

/// What every such file starts with, behind four bytes of length and two of framing.
const BEGIN: &[u8] = b"OSMHeader";
const BEGIN_AT: usize = 6;

/// What was read.
pub(super) struct Read {
    pub(super) roads: RawRoads,
    pub(super) ways: usize,
    /// Nodes of ways beyond the edge of the extract.
    pub(super) missing_nodes: usize,
}

/// Whether a file looks like one of OpenStreetMap's.
pub(super) fn is_one(path: &Path) -> Result<bool> {
    let mut head = Vec::new();
    let length = u64::try_from(BEGIN_AT + BEGIN.len()).unwrap_or_default();
    open(path)?.take(length).read_to_end(&mut head).with_context(|| format!("read {}", path.display()))?;
    Ok(head.get(BEGIN_AT..) == Some(BEGIN))
}

fn open(path: &Path) -> Result<File> {
    #[expect(clippy::disallowed_methods, reason = "the program's edge: files are read here")]
    let file = File::open(path);
    file.with_context(|| format!("read {}", path.display()))
}

/// Reads the roads of several extracts, which may overlap.
pub(super) fn read(files: &[PathBuf]) -> Result<Read> {
    let lengths = files.iter().map(|path| Ok(open(path)?.metadata()?.len())).collect::<Result<Vec<u64>>>()?;
    let bar = Bar::bytes("読み取り", lengths.iter().sum::<u64>().saturating_mul(2));
    let (mut found, mut nodes) = (Vec::new(), 0usize);
    for path in files {
        each(path, &bar, |element| {
            if let Element::Way(way) = element
                && let Some(road) = Way::of_tags(way.id(), way.tags())
                && nodes <= MAX_WAY_NODES
            {
                let refs: Vec<i64> = way.refs().collect();
                nodes += refs.len();
                found.push(Way { nodes: refs, ..road });
            }
            Ok(())
        })?;
    }
    let mut ways = Ways::new(found).context("import the roads")?;
    for path in files {
        each(path, &bar, |element| match element {
            Element::DenseNode(node) => ways.place(node.id(), node.decimicro_lat(), node.decimicro_lon()),
            Element::Node(node) => ways.place(node.id(), node.decimicro_lat(), node.decimicro_lon()),
            Element::Way(_) | Element::Relation(_) => Ok(()),
        })?;
    }
    let count = ways.count();
    let (roads, missing_nodes) = ways.into_roads();
    Ok(Read { roads, ways: count, missing_nodes })
}

/// Every element of a file, in its order; the first fault ends what is done with the rest.
fn each(path: &Path, bar: &Bar, mut take: impl FnMut(Element<'_>) -> Result<(), WaysError>) -> Result<()> {
    let reader = ElementReader::new(BufReader::new(bar.reader(open(path)?)));
    let mut fault = None;
    let read = reader.for_each(|element| {
        if fault.is_none() {
            fault = take(element).err();
        }
    });
    read.with_context(|| format!("read {}: it is damaged or cut off", path.display()))?;
    fault.map_or(Ok(()), |fault| Err(fault).with_context(|| format!("import {}", path.display())))
}
