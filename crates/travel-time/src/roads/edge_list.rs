//! Edge lists: two CSV texts, nodes (`id,lat,lon`) and directed edges (`u,v,highway,length_m[,maxspeed]`). Other columns are
//! ignored (`oneway` too: each direction is a row of its own). All rows or none.

use super::class::RoadClass;
use super::raw::{E7, RawEdge, RawNode, RawRoads};
use model::Position;
use std::collections::BTreeMap;

/// Longest single edge, metres; a longer one is a slip of units.
pub const MAX_EDGE_M: f64 = 100_000.0;

/// Which of the two texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Nodes.
    Nodes,
    /// Edges.
    Edges,
}

impl core::fmt::Display for List {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Nodes => "nodes",
            Self::Edges => "edges",
        })
    }
}

/// The first thing that is wrong; nothing was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EdgeListError {
    /// A row.
    #[error("{list}, line {line}: {what}")]
    Row {
        /// In which text.
        list: List,
        /// Counted from 1, the heading included.
        line: u64,
        /// What was expected.
        what: String,
    },
    /// A column is missing.
    #[error("{list}, line 1: no column `{column}`; expected {expected}")]
    Column {
        /// In which text.
        list: List,
        /// Its name.
        column: &'static str,
        /// All that are needed.
        expected: &'static str,
    },
}

/// Reads both lists.
///
/// # Errors
/// [`EdgeListError`] with the line.
pub fn parse(nodes: &str, edges: &str) -> Result<RawRoads, EdgeListError> {
    let (nodes, index) = read_nodes(nodes)?;
    let mut roads = RawRoads { nodes, ..RawRoads::default() };
    read_edges(edges, &index, &mut roads)?;
    Ok(roads)
}

struct Table<'a> {
    list: List,
    reader: csv::Reader<&'a [u8]>,
    columns: Vec<usize>,
}

impl<'a> Table<'a> {
    fn new(list: List, text: &'a str, names: &[&'static str], expected: &'static str) -> Result<Self, EdgeListError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
        let heading = reader.headers().map_err(|error| unreadable(list, &error))?.clone();
        let place = |name: &&'static str| {
            let at = heading.iter().position(|column| column == *name);
            at.ok_or(EdgeListError::Column { list, column: name, expected })
        };
        let columns = names.iter().map(place).collect::<Result<_, _>>()?;
        Ok(Self { list, reader, columns })
    }

    fn optional(&mut self, name: &str) -> Option<usize> {
        self.reader.headers().ok()?.iter().position(|column| column == name)
    }

    fn next(&mut self, row: &mut csv::StringRecord) -> Result<bool, EdgeListError> {
        self.reader.read_record(row).map_err(|error| unreadable(self.list, &error))
    }

    fn field<'r>(&self, row: &'r csv::StringRecord, column: usize) -> &'r str {
        self.columns.get(column).and_then(|at| row.get(*at)).unwrap_or_default()
    }

    fn wrong(&self, row: &csv::StringRecord, what: impl Into<String>) -> EdgeListError {
        let line = row.position().map_or(0, csv::Position::line);
        EdgeListError::Row { list: self.list, line, what: what.into() }
    }

    fn number<T: core::str::FromStr>(
        &self,
        row: &csv::StringRecord,
        column: usize,
        name: &str,
    ) -> Result<T, EdgeListError> {
        let text = self.field(row, column);
        text.parse().map_err(|_| self.wrong(row, format!("`{name}` is {text:?}; expected a number")))
    }
}

fn unreadable(list: List, error: &csv::Error) -> EdgeListError {
    let line = error.position().map_or(1, csv::Position::line);
    EdgeListError::Row { list, line, what: error.to_string() }
}

type Indexed = (Vec<RawNode>, BTreeMap<i64, u32>);

fn read_nodes(text: &str) -> Result<Indexed, EdgeListError> {
    let mut table = Table::new(List::Nodes, text, &["id", "lat", "lon"], "id, lat, lon")?;
    let (mut nodes, mut index) = (Vec::new(), BTreeMap::new());
    let mut row = csv::StringRecord::new();
    while table.next(&mut row)? {
        let id: i64 = table.number(&row, 0, "id")?;
        let position = Position::new(table.number(&row, 1, "lat")?, table.number(&row, 2, "lon")?);
        let position = position.map_err(|error| table.wrong(&row, error.to_string()))?;
        if index.insert(id, u32::try_from(nodes.len()).unwrap_or(u32::MAX)).is_some() {
            return Err(table.wrong(&row, format!("node {id} stands here a second time")));
        }
        nodes.push(RawNode { id, lat_e7: e7(position.lat()), lon_e7: e7(position.lon()) });
    }
    Ok((nodes, index))
}

/// Degrees as an integer; positions in Japan fit.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "degrees of a checked position, at most 180 × 10⁷")]
pub fn e7(degrees: f64) -> i32 {
    libm::round(degrees * E7) as i32
}

fn read_edges(text: &str, index: &BTreeMap<i64, u32>, roads: &mut RawRoads) -> Result<(), EdgeListError> {
    let columns = ["u", "v", "highway", "length_m"];
    let mut table = Table::new(List::Edges, text, &columns, "u, v, highway, length_m")?;
    let limit_column = table.optional("maxspeed");
    let mut row = csv::StringRecord::new();
    while table.next(&mut row)? {
        let node = |column, name| {
            let id: i64 = table.number(&row, column, name)?;
            index.get(&id).copied().ok_or_else(|| table.wrong(&row, format!("`{name}` names no node: {id}")))
        };
        let (from, to) = (node(0, "u")?, node(1, "v")?);
        let metres: f64 = table.number(&row, 3, "length_m")?;
        if !(0.0..=MAX_EDGE_M).contains(&metres) {
            return Err(table.wrong(&row, format!("`length_m` is {metres}; expected 0 to {MAX_EDGE_M} metres")));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1,000,000 decimetres")]
        let length_dm = libm::round(metres * 10.0) as u32;
        let limit = limit_column.and_then(|at| row.get(at)).and_then(limit);
        match RoadClass::of_tag(table.field(&row, 2)) {
            None => roads.left_out += 1,
            Some(class) => roads.edges.push(RawEdge { from, to, length_dm, class, limit }),
        }
    }
    Ok(())
}

/// A signed limit: whole km/h; of several the lowest; anything else says nothing.
#[must_use]
pub fn limit(text: &str) -> Option<u8> {
    text.split(['|', ';']).filter_map(|word| word.trim().parse().ok()).filter(|limit| *limit > 0).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODES: &str = "id,lat,lon,tag\n7,35.7,139.4,\n8,35.71,139.41,traffic_signals\n";

    #[test]
    fn columns_go_by_name_and_paths_are_left_out() {
        let edges = "v,u,length_m,highway,maxspeed\n8,7,12.34,primary,40\n7,8,12.34,primary,\n7,8,3,steps,\n";
        let roads = parse(NODES, edges).unwrap();
        assert_eq!((roads.edges.len(), roads.left_out), (2, 1));
        assert_eq!((roads.edges[0].length_dm, roads.edges[0].limit), (123, Some(40)));
        assert_eq!((roads.edges[0].from, roads.edges[0].to), (0, 1));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let said = |nodes: &str, edges: &str| parse(nodes, edges).unwrap_err().to_string();
        let edges = "u,v,highway,length_m\n7,8,primary,10\n7,9,primary,10\n";
        assert_eq!(said(NODES, edges), "edges, line 3: `v` names no node: 9");
        assert!(said(NODES, "u,v,highway\n").contains("no column `length_m`"));
        assert!(said("id,lat,lon\n1,60.1,24.9\n", edges).starts_with("nodes, line 2: latitude 60.1"));
        assert!(said("id,lat,lon\n1,35,139\n1,35,139\n", edges).contains("line 3: node 1 stands here a second time"));
        assert!(said(NODES, "u,v,highway,length_m\n7,8,primary,NaN\n").contains("line 2: `length_m` is NaN"));
        assert!(said(NODES, "u,v,highway,length_m\n7,8,primary\n").starts_with("edges, line 2"));
    }
}
