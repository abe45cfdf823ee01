//! Roads as they were read: nodes and directed edges, before preparation.

use super::class::RoadClass;

/// Degrees × 10⁷, as OpenStreetMap keeps them.
pub const E7: f64 = 1e7;

/// A junction or a bend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawNode {
    /// The source's number.
    pub id: i64,
    /// Latitude, degrees × 10⁷.
    pub lat_e7: i32,
    /// Longitude, degrees × 10⁷.
    pub lon_e7: i32,
}

/// One direction of one stretch of road.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawEdge {
    /// Index of the first node.
    pub from: u32,
    /// Index of the second.
    pub to: u32,
    /// Length, decimetres.
    pub length_dm: u32,
    /// Kind of road.
    pub class: RoadClass,
    /// Signed limit, km/h.
    pub limit: Option<u8>,
}

/// A road network as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RawRoads {
    /// Nodes; edges name them by index.
    pub nodes: Vec<RawNode>,
    /// Directed edges.
    pub edges: Vec<RawEdge>,
    /// Stretches that no ambulance drives (paths, steps), left out.
    pub left_out: usize,
}

/// Parts with fewer nodes are dropped when a graph is made: car parks, stubs at the edge of the extract. A point that snapped
/// there would seem cut off from everything.
pub const LEAST_PART: usize = 100;

impl RawRoads {
    /// Keeps the strongly connected parts with at least `least` nodes (the largest part always; never a single node); inside a part every node
    /// reaches every other. Returns the kept network and the sizes of its parts, largest first.
    #[must_use]
    pub fn connected(self, least: usize) -> (Self, Vec<usize>) {
        let part_of = parts(&self);
        let count = part_of.iter().max().map_or(0, |max| *max as usize + 1);
        let mut sizes = vec![0usize; count];
        part_of.iter().for_each(|part| sizes[*part as usize] += 1);
        let largest = sizes.iter().copied().max().unwrap_or_default();
        let kept = |part: u32| sizes[part as usize] >= least.min(largest).max(2);
        let mut new_index = vec![u32::MAX; self.nodes.len()];
        let mut nodes = Vec::new();
        for (old, node) in self.nodes.iter().enumerate() {
            if kept(part_of[old]) {
                new_index[old] = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
                nodes.push(*node);
            }
        }
        let inside = |e: &&RawEdge| e.from != e.to && part_of[e.from as usize] == part_of[e.to as usize];
        let moved = |e: &RawEdge| RawEdge { from: new_index[e.from as usize], to: new_index[e.to as usize], ..*e };
        let edges = self.edges.iter().filter(inside).filter(|e| kept(part_of[e.from as usize])).map(moved).collect();
        let mut kept_sizes: Vec<usize> =
            (0u32..).zip(&sizes).filter(|(part, _)| kept(*part)).map(|(_, size)| *size).collect();
        kept_sizes.sort_unstable_by(|a, b| b.cmp(a));
        (Self { nodes, edges, left_out: self.left_out }, kept_sizes)
    }
}

/// Neighbours of each node, forwards or backwards, as one array with starts.
struct Neighbours {
    first: Vec<usize>,
    to: Vec<u32>,
}

impl Neighbours {
    fn new(n: usize, arcs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut first = vec![0usize; n + 1];
        arcs.clone().for_each(|(from, _)| first[from as usize + 1] += 1);
        for i in 0..n {
            first[i + 1] += first[i];
        }
        let mut next = first.clone();
        let mut to = vec![0; first[n]];
        for (from, other) in arcs {
            to[next[from as usize]] = other;
            next[from as usize] += 1;
        }
        Self { first, to }
    }
    fn of(&self, node: u32) -> &[u32] {
        &self.to[self.first[node as usize]..self.first[node as usize + 1]]
    }
}

/// The strongly connected part of every node (Kosaraju, without recursion).
fn parts(roads: &RawRoads) -> Vec<u32> {
    let n = roads.nodes.len();
    let ahead = Neighbours::new(n, roads.edges.iter().map(|e| (e.from, e.to)));
    let back = Neighbours::new(n, roads.edges.iter().map(|e| (e.to, e.from)));
    let mut finished = Vec::with_capacity(n);
    let mut seen = vec![false; n];
    for root in 0..u32::try_from(n).unwrap_or(u32::MAX) {
        if core::mem::replace(&mut seen[root as usize], true) {
            continue;
        }
        let mut stack = vec![(root, 0usize)];
        while let Some((node, at)) = stack.pop() {
            match ahead.of(node).get(at) {
                None => finished.push(node),
                Some(next) => {
                    stack.push((node, at + 1));
                    if !core::mem::replace(&mut seen[*next as usize], true) {
                        stack.push((*next, 0));
                    }
                }
            }
        }
    }
    let mut part_of = vec![u32::MAX; n];
    let mut part = 0;
    for root in finished.into_iter().rev() {
        if part_of[root as usize] != u32::MAX {
            continue;
        }
        let mut stack = vec![root];
        part_of[root as usize] = part;
        while let Some(node) = stack.pop() {
            for next in back.of(node) {
                if part_of[*next as usize] == u32::MAX {
                    part_of[*next as usize] = part;
                    stack.push(*next);
                }
            }
        }
        part += 1;
    }
    part_of
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(n: i64, arcs: &[(u32, u32)]) -> RawRoads {
        let edge = |(from, to): &(u32, u32)| RawEdge {
            from: *from,
            to: *to,
            length_dm: 100,
            class: RoadClass::Primary,
            limit: None,
        };
        RawRoads {
            nodes: (0..n).map(|id| RawNode { id, lat_e7: 350_000_000, lon_e7: 1_390_000_000 }).collect(),
            edges: arcs.iter().map(edge).collect(),
            left_out: 0,
        }
    }

    #[test]
    fn a_dead_end_of_one_way_streets_is_dropped() {
        let (kept, sizes) = network(5, &[(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 3)]).connected(3);
        assert_eq!(sizes, [3]);
        assert_eq!((kept.nodes.len(), kept.edges.len()), (3, 3));
    }

    #[test]
    fn two_islands_that_are_large_enough_both_stay() {
        let (kept, sizes) = network(5, &[(0, 1), (1, 2), (2, 0), (3, 4), (4, 3)]).connected(2);
        assert_eq!(sizes, [3, 2]);
        assert_eq!(kept.edges.len(), 5);
    }
}
