//! From roads as read to a prepared graph, by `fast_paths`.

use super::class::{SPEEDS_VERSION, millis};
use super::graph::{ATTRIBUTION, Parts, Road, RoadGraph, RoadsHeader};
use super::hierarchy::{Half, Hierarchy};
use super::raw::{E7, LEAST_PART, RawRoads};
use fast_paths::{FastGraph, InputGraph};
use model::Position;
use serde::Deserialize;

/// Most nodes of a graph: all of Japan's junctions fit about twice.
pub const MAX_NODES: usize = 20_000_000;
/// Most directed roads of a graph.
pub const MAX_ROADS: usize = 60_000_000;

/// No graph can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// Nothing that an ambulance drives is left.
    #[error("no connected road is in it")]
    Empty,
    /// Larger than the limits.
    #[error("{nodes} nodes and {roads} roads; at most {MAX_NODES} and {MAX_ROADS} are taken")]
    TooLarge {
        /// Nodes.
        nodes: usize,
        /// Directed roads.
        roads: usize,
    },
    /// A node is somewhere else.
    #[error("node {node} is outside Japan; expected roads of Japan")]
    OutsideJapan {
        /// The source's number.
        node: i64,
    },
    /// The library's graph was not understood.
    #[error("the hierarchy could not be taken over: {0}")]
    Library(String),
}

/// What became of the roads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Nodes of each connected part, largest first.
    pub parts: Vec<usize>,
    /// Nodes that belong to no part worth keeping.
    pub dropped_nodes: usize,
    /// Edges of the hierarchy, both halves.
    pub hierarchy_edges: usize,
}

/// Makes the graph. Takes seconds per 100,000 nodes; the same roads give the same graph.
///
/// # Errors
/// [`PrepareError`]; nothing is made then.
pub fn prepare(raw: RawRoads, area: &str, source: &str) -> Result<(RoadGraph, Prepared), PrepareError> {
    prepare_keeping(raw, area, source, LEAST_PART)
}

/// The same with another size below which a part is dropped.
///
/// # Errors
/// [`PrepareError`].
pub fn prepare_keeping(
    raw: RawRoads,
    area: &str,
    source: &str,
    least: usize,
) -> Result<(RoadGraph, Prepared), PrepareError> {
    if raw.nodes.len() > MAX_NODES || raw.edges.len() > MAX_ROADS {
        return Err(PrepareError::TooLarge { nodes: raw.nodes.len(), roads: raw.edges.len() });
    }
    let outside = |lat: i32, lon: i32| Position::new(f64::from(lat) / E7, f64::from(lon) / E7).is_err();
    if let Some(node) = raw.nodes.iter().find(|node| outside(node.lat_e7, node.lon_e7)) {
        return Err(PrepareError::OutsideJapan { node: node.id });
    }
    let before = raw.nodes.len();
    let (raw, parts) = raw.connected(least);
    if raw.edges.is_empty() {
        return Err(PrepareError::Empty);
    }
    let library = Library::of(&contract(&raw))?;
    let hierarchy = library.halves()?;
    let prepared = Prepared {
        parts,
        dropped_nodes: before - raw.nodes.len(),
        hierarchy_edges: hierarchy.ahead.to.len() + hierarchy.back.to.len(),
    };
    let header = RoadsHeader {
        area: area.to_owned(),
        source: source.to_owned(),
        attribution: ATTRIBUTION.to_owned(),
        speeds: SPEEDS_VERSION.to_owned(),
        scale_permille: 1000,
        calibrated: None,
    };
    Ok((RoadGraph::new(by_rank(&raw, &library.ranks, header, hierarchy)), prepared))
}

fn weights(raw: &RawRoads) -> impl Iterator<Item = u32> {
    raw.edges.iter().map(|edge| millis(edge.length_dm, edge.class.speed(edge.limit)))
}

fn contract(raw: &RawRoads) -> FastGraph {
    let mut input = InputGraph::new();
    for (edge, weight) in raw.edges.iter().zip(weights(raw)) {
        input.add_edge(edge.from as usize, edge.to as usize, weight as usize);
    }
    input.freeze();
    fast_paths::prepare(&input)
}

/// What is wanted of the library's graph; its fields are open to serde only.
#[derive(Deserialize)]
struct Library {
    ranks: Vec<u32>,
    edges_fwd: Vec<LibraryEdge>,
    first_edge_ids_fwd: Vec<u32>,
    edges_bwd: Vec<LibraryEdge>,
    first_edge_ids_bwd: Vec<u32>,
}

#[derive(Deserialize)]
struct LibraryEdge {
    adj_node: u32,
    weight: u32,
}

impl Library {
    fn of(graph: &FastGraph) -> Result<Self, PrepareError> {
        let fault = |error: &dyn core::fmt::Display| PrepareError::Library(error.to_string());
        let bytes = minicbor_serde::to_vec(graph).map_err(|error| fault(&error))?;
        minicbor_serde::from_slice(&bytes).map_err(|error| fault(&error))
    }

    fn halves(&self) -> Result<Hierarchy, PrepareError> {
        let half = |edges: &[LibraryEdge], first: &[u32]| {
            let to = edges.iter().map(|edge| self.ranks.get(edge.adj_node as usize).copied()).collect::<Option<_>>();
            let to = to.ok_or_else(|| PrepareError::Library("an edge leads to no node".to_owned()))?;
            Ok(Half { first: first.to_vec(), to, weight: edges.iter().map(|edge| edge.weight).collect() })
        };
        Ok(Hierarchy {
            ahead: half(&self.edges_fwd, &self.first_edge_ids_fwd)?,
            back: half(&self.edges_bwd, &self.first_edge_ids_bwd)?,
        })
    }
}

fn by_rank(raw: &RawRoads, ranks: &[u32], header: RoadsHeader, hierarchy: Hierarchy) -> Parts {
    let mut places = vec![(0, 0); raw.nodes.len()];
    for (node, rank) in raw.nodes.iter().zip(ranks) {
        places[*rank as usize] = (node.lat_e7, node.lon_e7);
    }
    let mut arcs: Vec<(u32, Road)> = raw
        .edges
        .iter()
        .zip(weights(raw))
        .map(|(edge, millis)| {
            let to = ranks[edge.to as usize];
            let road = Road { to, millis, length_dm: edge.length_dm, class: edge.class };
            (ranks[edge.from as usize], road)
        })
        .collect();
    arcs.sort_unstable_by_key(|(from, road)| (*from, road.to, road.millis, road.length_dm, road.class));
    let mut first = vec![0u32; raw.nodes.len() + 1];
    arcs.iter().for_each(|(from, _)| first[*from as usize + 1] += 1);
    for i in 0..raw.nodes.len() {
        first[i + 1] += first[i];
    }
    let roads = arcs.into_iter().map(|(_, road)| road).collect();
    Parts { header, places, first, roads, hierarchy, sha256: String::new() }
}
