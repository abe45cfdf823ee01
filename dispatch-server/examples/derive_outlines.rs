//! Makes `src/web/assets/map/outlines.bin` from a TopoJSON file of municipalities. Run by hand for a new edition, never in CI:
//!
//! ```text
//! cargo run -p dispatch-server --example derive_outlines -- municipalities_s0010.topojson > dispatch-server/src/web/assets/map/outlines.bin
//! ```
//!
//! Source and format: `src/web/assets/README.md`. An arc that one geometry alone uses is coast; one that two prefectures share
//! is a prefecture's border; the others are borders of municipalities. Coast arcs are joined to rings, so that land can be filled.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a tool run by hand: it reads a file and writes bytes"
)]

use serde::Deserialize;
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

const COAST: u8 = 0;
const PREFECTURE: u8 = 1;
const MUNICIPALITY: u8 = 2;

type Point = (i64, i64);

#[derive(Deserialize)]
struct Topology {
    transform: Transform,
    arcs: Vec<Vec<Point>>,
    objects: BTreeMap<String, Collection>,
}

#[derive(Deserialize)]
struct Transform {
    scale: [f64; 2],
    translate: [f64; 2],
}

#[derive(Deserialize)]
struct Collection {
    geometries: Vec<Geometry>,
}

#[derive(Deserialize)]
struct Geometry {
    #[serde(default)]
    arcs: serde_json::Value,
    properties: Properties,
}

#[derive(Deserialize)]
struct Properties {
    #[serde(rename = "N03_001")]
    prefecture: Option<String>,
}

/// Who uses an arc, and whether the first of them runs along it backwards.
#[derive(Default)]
struct Uses {
    prefectures: Vec<String>,
    backwards: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("give the TopoJSON file")?;
    let topology: Topology = serde_json::from_slice(&std::fs::read(path)?)?;
    let arcs: Vec<Vec<Point>> = topology.arcs.iter().map(|arc| absolute(arc)).collect();
    let mut uses: BTreeMap<usize, Uses> = BTreeMap::new();
    for geometry in topology.objects.values().flat_map(|collection| &collection.geometries) {
        note(&geometry.arcs, geometry.properties.prefecture.as_deref().unwrap_or_default(), &mut uses)?;
    }
    let (mut coast, mut lines) = (Vec::new(), Vec::new());
    for (number, arc) in arcs.into_iter().enumerate() {
        let Some(known) = uses.get(&number) else { continue };
        match &*known.prefectures {
            [_] if known.backwards => coast.push(arc.into_iter().rev().collect()),
            [_] => coast.push(arc),
            [first, rest @ ..] if rest.iter().any(|other| other != first) => lines.push((PREFECTURE, arc)),
            _ => lines.push((MUNICIPALITY, arc)),
        }
    }
    let rings = rings(coast);
    eprintln!("{} rings of coast, {} borders", rings.len(), lines.len());
    let all = rings.into_iter().map(|ring| (COAST, ring)).chain(lines);
    let mut bytes = b"OUT1".to_vec();
    for number in topology.transform.scale.iter().chain(&topology.transform.translate) {
        bytes.extend(number.to_le_bytes());
    }
    let mut at = (0, 0);
    for (kind, line) in all {
        bytes.push(kind);
        unsigned(&mut bytes, line.len() as u64);
        for point in line {
            signed(&mut bytes, point.0 - at.0);
            signed(&mut bytes, point.1 - at.1);
            at = point;
        }
    }
    std::io::stdout().write_all(&bytes)?;
    Ok(())
}

fn absolute(deltas: &[Point]) -> Vec<Point> {
    let mut at = (0, 0);
    let step = |delta: &Point| {
        at = (at.0 + delta.0, at.1 + delta.1);
        at
    };
    deltas.iter().map(step).collect()
}

/// Numbers of arcs stand in lists of lists; a negative one (`!n`) is arc n backwards.
fn note(arcs: &serde_json::Value, prefecture: &str, uses: &mut BTreeMap<usize, Uses>) -> Result<(), Box<dyn Error>> {
    match arcs {
        serde_json::Value::Array(list) => list.iter().try_for_each(|inner| note(inner, prefecture, uses)),
        serde_json::Value::Number(number) => {
            let number = number.as_i64().ok_or("an arc's number")?;
            let backwards = number < 0;
            let known = uses.entry(usize::try_from(if backwards { !number } else { number })?).or_default();
            known.backwards = if known.prefectures.is_empty() { backwards } else { known.backwards };
            known.prefectures.push(prefecture.to_owned());
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Joins arcs that begin where another ends, until each ring is closed.
fn rings(arcs: Vec<Vec<Point>>) -> Vec<Vec<Point>> {
    let mut begins: BTreeMap<Point, Vec<Vec<Point>>> = BTreeMap::new();
    for arc in arcs {
        if let Some(first) = arc.first() {
            begins.entry(*first).or_default().push(arc);
        }
    }
    let mut rings = Vec::new();
    while let Some((_, mut waiting)) = begins.pop_first() {
        let Some(mut ring) = waiting.pop() else { continue };
        if let Some(first) = ring.first().filter(|_| !waiting.is_empty()) {
            begins.insert(*first, waiting);
        }
        while ring.first() != ring.last() {
            let next = ring.last().and_then(|end| begins.get_mut(end)).and_then(Vec::pop);
            let Some(next) = next else { break };
            ring.extend(next.into_iter().skip(1));
        }
        rings.push(ring);
    }
    rings
}

fn unsigned(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or_default());
}

fn signed(bytes: &mut Vec<u8>, number: i64) {
    unsigned(bytes, ((number << 1) ^ (number >> 63)).cast_unsigned());
}
