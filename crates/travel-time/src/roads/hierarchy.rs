//! Questions to a contraction hierarchy: one start, many ends. Nodes are numbered by rank, so every edge of either half goes
//! to a higher number. `fast_paths` makes the hierarchy; its own query answers one pair at a time and unpacks the way, this one
//! shares the start's half and needs minutes only.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Edges of all nodes in one array.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Half {
    /// Where each node's edges start; one more than there are nodes.
    pub(crate) first: Vec<u32>,
    /// The higher end of each edge.
    pub(crate) to: Vec<u32>,
    /// Milliseconds.
    pub(crate) weight: Vec<u32>,
}

impl Half {
    fn edges(&self, node: u32) -> impl Iterator<Item = (u32, u64)> + '_ {
        let range = self.first[node as usize] as usize..self.first[node as usize + 1] as usize;
        self.to[range.clone()].iter().copied().zip(self.weight[range].iter().map(|w| u64::from(*w)))
    }
}

/// Both halves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hierarchy {
    /// Edges from a node up.
    pub(crate) ahead: Half,
    /// Edges from above down to a node, turned round.
    pub(crate) back: Half,
}

/// Times by node: one more than the time, so that fresh memory says "not reached" without being written.
struct Times {
    plus_one: Vec<u64>,
    touched: Vec<u32>,
}

impl Times {
    fn new(nodes: usize) -> Self {
        Self { plus_one: vec![0; nodes], touched: Vec::new() }
    }
    fn get(&self, node: u32) -> Option<u64> {
        self.plus_one[node as usize].checked_sub(1)
    }
    fn lower(&mut self, node: u32, time: u64) -> bool {
        let slot = &mut self.plus_one[node as usize];
        if *slot == 0 {
            self.touched.push(node);
        } else if *slot <= time + 1 {
            return false;
        }
        *slot = time + 1;
        true
    }
    fn clear(&mut self) {
        for node in self.touched.drain(..) {
            self.plus_one[node as usize] = 0;
        }
    }
}

impl Hierarchy {
    /// Milliseconds from one node to each of the others; none where no way leads.
    pub(crate) fn times(&self, nodes: usize, start: u32, ends: &[u32]) -> Vec<Option<u64>> {
        let mut up = Times::new(nodes);
        let mut heap = BinaryHeap::new();
        climb(&self.ahead, &self.back, start, &mut up, &mut heap, |_, _| true);
        let mut down = Times::new(nodes);
        let mut known: Vec<(u32, Option<u64>)> = Vec::with_capacity(ends.len());
        let mut answers = Vec::with_capacity(ends.len());
        for end in ends {
            let before = known.iter().find(|(node, _)| node == end).map(|(_, time)| *time);
            let time = before.unwrap_or_else(|| {
                let mut best: Option<u64> = None;
                climb(&self.back, &self.ahead, *end, &mut down, &mut heap, |node, time| {
                    if best.is_some_and(|best| time >= best) {
                        return false;
                    }
                    if let Some(whole) = up.get(node).map(|there| there + time) {
                        best = Some(best.map_or(whole, |best| best.min(whole)));
                    }
                    true
                });
                down.clear();
                best
            });
            known.push((*end, time));
            answers.push(time);
        }
        answers
    }
}

/// Dijkstra upwards; `settle` says of each node, nearest first, whether to go on.
fn climb(
    half: &Half,
    other: &Half,
    start: u32,
    times: &mut Times,
    heap: &mut BinaryHeap<Reverse<(u64, u32)>>,
    mut settle: impl FnMut(u32, u64) -> bool,
) {
    heap.clear();
    times.lower(start, 0);
    heap.push(Reverse((0, start)));
    while let Some(Reverse((time, node))) = heap.pop() {
        if times.get(node).is_some_and(|known| known < time) {
            continue;
        }
        // Whoever is reached sooner from above lies on no quickest way up (stall on demand).
        let stalled = other.edges(node).any(|(above, w)| times.get(above).is_some_and(|known| known + w < time));
        if stalled {
            continue;
        }
        if !settle(node, time) {
            return;
        }
        for (above, weight) in half.edges(node) {
            if times.lower(above, time + weight) {
                heap.push(Reverse((time + weight, above)));
            }
        }
    }
}
