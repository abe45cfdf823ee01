//! Makes `src/land_masses.txt` from the outlines of the console's map and `data/islands.txt`. Run by hand, never in CI:
//!
//! ```text
//! cargo run --release -p travel-time --example derive_land_masses -- dispatch-server/src/web/assets/map/outlines.bin \
//!     > crates/travel-time/src/land_masses.txt
//! ```
//!
//! A ring of coast is a piece of land. Rings that `islands.txt` names are land of their own; a small one next to such land belongs
//! to it; all others are 本州・四国・九州 or count as linked to it. Sources: `data/README.md`.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool run by hand: it reads files and writes text"
)]

use std::collections::BTreeMap;
use std::error::Error;

const VERSION: &str = "land-2026-11-29.1";
const ISLANDS: &str = include_str!("../data/islands.txt");
/// Land of its own comes as far as half of the way to other land, and no farther than this into the sea.
const MOST_REACH_KM: f64 = 20.0;
/// Coarsest thinning of a coast.
const THINNEST_KM: f64 = 0.3;
/// Smaller pieces are left out: what is next to them stands for them.
const SMALLEST_KM2: f64 = 0.5;
/// What is larger than this part of the land next to it does not belong to it: 淡路島 is not 沼島's.
const BELONGS: f64 = 0.1;
const MAINLAND_RINGS: usize = 3;
const KM_PER_DEGREE: f64 = 111.2;
/// Cells of the index of all coasts, per degree.
const CELLS: f64 = 20.0;

/// Latitude, longitude.
type Point = (f64, f64);
type Ring = Vec<Point>;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("give outlines.bin")?;
    let mut rings = coasts(&std::fs::read(path)?)?;
    rings.sort_by(|a, b| area(b).total_cmp(&area(a)));
    let (names, mut land) = named(&rings)?;
    let mainland = (0..rings.len()).filter(|n| land.get(*n) == Some(&None)).take(MAINLAND_RINGS).collect::<Vec<_>>();
    for n in mainland {
        land[n] = Some(0);
    }
    let coast = Coast::new(&rings, &land);
    let size = |wanted: usize, land: &[Option<usize>]| {
        let mine = rings.iter().zip(land).filter(|(_, land)| **land == Some(wanted));
        mine.map(|(ring, _)| area(ring)).fold(0.0, f64::max)
    };
    let sizes: Vec<f64> = (0..=names.len()).map(|n| size(n, &land)).collect();
    for (ring, own) in rings.iter().zip(&mut land) {
        if own.is_none() {
            let next = coast.nearest(ring, |_| true, 200).map_or(0, |(land, _)| land);
            *own = Some(if area(ring) <= sizes[next] * BELONGS { next } else { 0 });
        }
    }
    let coast = Coast::new(&rings, &land);
    println!("#version,{VERSION}");
    for (own, name) in (1..).zip(&names) {
        let mine = || rings.iter().zip(&land).filter(move |(_, land)| **land == Some(own)).map(|(ring, _)| ring);
        let gaps = mine().filter_map(|ring| coast.nearest(ring, |other| other != own, 8)).map(|(_, km)| km);
        let reach = (gaps.fold(f64::INFINITY, f64::min) / 2.0).min(MOST_REACH_KM);
        println!("{name},{:.2}", (reach * 100.0).floor() / 100.0);
        for ring in mine().filter(|ring| area(ring) >= SMALLEST_KM2) {
            let thin = thinned(ring, THINNEST_KM.min(reach / 4.0));
            let text: Vec<String> = thin.iter().map(|(a, o)| format!("{:.0} {:.0}", a * 1000.0, o * 1000.0)).collect();
            println!("{}", text.join(" "));
        }
        eprintln!("{name}: {} rings, {:.0} km², reach {reach:.2} km", mine().count(), mine().map(area).sum::<f64>());
    }
    Ok(())
}

/// The land of each ring; 0 = 本州・四国・九州.
type Lands = Vec<Option<usize>>;

/// The names, and the land of each ring that is named, 1 = the first name.
fn named(rings: &[Ring]) -> Result<(Vec<String>, Lands), Box<dyn Error>> {
    let (mut names, mut land) = (Vec::new(), vec![None; rings.len()]);
    for line in ISLANDS.lines().filter(|line| !line.starts_with('#')) {
        let (name, points) = line.split_once('|').ok_or("name|lat,lon;lat,lon")?;
        names.push(name.to_owned());
        for point in points.split(';') {
            let (lat, lon) = point.split_once(',').ok_or("lat,lon")?;
            let at = (lat.parse()?, lon.parse()?);
            let away = |ring: &Ring| {
                if inside(at, ring) { 0.0 } else { ring.iter().map(|p| km(at, *p)).fold(f64::INFINITY, f64::min) }
            };
            let large = (0..rings.len()).filter(|n| rings.get(*n).is_some_and(|ring| area(ring) >= 1.0));
            let found = large.min_by(|a, b| away(&rings[*a]).total_cmp(&away(&rings[*b]))).ok_or("no ring")?;
            if land[found].replace(names.len()).is_some() || away(&rings[found]) > 2.0 {
                return Err(format!("{name}: {point} is on no island of its own").into());
            }
        }
    }
    Ok((names, land))
}

/// All points of coasts whose land is known, by cell.
struct Coast(BTreeMap<(i64, i64), Vec<(usize, Point)>>);

impl Coast {
    fn new(rings: &[Ring], land: &[Option<usize>]) -> Self {
        let mut cells: BTreeMap<(i64, i64), Vec<(usize, Point)>> = BTreeMap::new();
        for (ring, land) in rings.iter().zip(land) {
            for point in ring {
                if let Some(land) = land {
                    cells.entry(cell(*point)).or_default().push((*land, *point));
                }
            }
        }
        Self(cells)
    }

    /// The nearest land that counts, within some cells, and how far it is.
    fn nearest(&self, ring: &Ring, counts: impl Fn(usize) -> bool, cells: i64) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for at in ring {
            let (row, column) = cell(*at);
            for out in 0..=cells {
                let edge = |r: i64, c: i64| (r - row).abs() == out || (c - column).abs() == out;
                let around = (row - out..=row + out).flat_map(|r| (column - out..=column + out).map(move |c| (r, c)));
                for key in around.filter(|(r, c)| edge(*r, *c)) {
                    for (land, point) in self.0.get(&key).into_iter().flatten().filter(|(land, _)| counts(*land)) {
                        let away = km(*at, *point);
                        if best.is_none_or(|(_, km)| away < km) {
                            best = Some((*land, away));
                        }
                    }
                }
                // A cell is at least 3.9 km wide in Japan.
                #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
                if best.is_some_and(|(_, km)| km < out as f64 * 3.9) {
                    break;
                }
            }
        }
        best
    }
}

#[expect(clippy::cast_possible_truncation, reason = "degrees of Japan")]
fn cell((lat, lon): Point) -> (i64, i64) {
    ((lat * CELLS).floor() as i64, (lon * CELLS).floor() as i64)
}

fn km(a: Point, b: Point) -> f64 {
    let east = (a.1 - b.1) * a.0.to_radians().cos();
    (a.0 - b.0).hypot(east) * KM_PER_DEGREE
}

fn area(ring: &Ring) -> f64 {
    let twice: f64 = ring.windows(2).map(|w| w[0].1 * w[1].0 - w[1].1 * w[0].0).sum();
    let shrink = ring.first().map_or(1.0, |(lat, _)| lat.to_radians().cos());
    (twice / 2.0).abs() * KM_PER_DEGREE * KM_PER_DEGREE * shrink
}

fn inside(at: Point, ring: &Ring) -> bool {
    let crosses = |w: &&[Point]| {
        let (a, b) = (w[0], w[1]);
        (a.0 > at.0) != (b.0 > at.0) && at.1 < (b.1 - a.1) * (at.0 - a.0) / (b.0 - a.0) + a.1
    };
    ring.windows(2).filter(crosses).count() % 2 == 1
}

/// Thinned after Douglas and Peucker, from the two ends of the longest way across.
fn thinned(ring: &Ring, most: f64) -> Ring {
    let first = ring[0];
    let far = (0..ring.len()).max_by(|a, b| km(first, ring[*a]).total_cmp(&km(first, ring[*b]))).unwrap_or(0);
    let mut thin = vec![first];
    keep(&ring[..=far], most, &mut thin);
    keep(&ring[far..], most, &mut thin);
    thin
}

fn keep(line: &[Point], most: f64, thin: &mut Ring) {
    let (Some(a), Some(b)) = (line.first(), line.last()) else { return };
    let worst = (1..line.len().saturating_sub(1)).map(|n| (off(line[n], *a, *b), n)).max_by(|x, y| x.0.total_cmp(&y.0));
    match worst {
        Some((away, n)) if away > most => {
            keep(&line[..=n], most, thin);
            keep(&line[n..], most, thin);
        }
        _ => thin.push(*b),
    }
}

/// How far a point is from a line, km.
fn off(p: Point, a: Point, b: Point) -> f64 {
    let shrink = a.0.to_radians().cos();
    let flat = |q: Point| ((q.1 - a.1) * shrink * KM_PER_DEGREE, (q.0 - a.0) * KM_PER_DEGREE);
    let ((px, py), (bx, by)) = (flat(p), flat(b));
    let long = bx * bx + by * by;
    let share = if long > 0.0 { ((px * bx + py * by) / long).clamp(0.0, 1.0) } else { 0.0 };
    (px - share * bx).hypot(py - share * by)
}

/// Rings of coast in `outlines.bin`; its format is in `dispatch-server/src/web/assets/README.md`.
fn coasts(bytes: &[u8]) -> Result<Vec<Ring>, Box<dyn Error>> {
    let body = bytes.strip_prefix(b"OUT1").ok_or("no outlines.bin")?;
    let (head, mut rest) = body.split_at_checked(32).ok_or("too short")?;
    let number = |n: usize| head.get(n * 8..n * 8 + 8).and_then(|b| b.try_into().ok()).map(f64::from_le_bytes);
    let numbers: Vec<f64> = (0..4).filter_map(number).collect();
    let [east, north, west, south] = *numbers else { return Err("too short".into()) };
    let (mut rings, mut at) = (Vec::new(), (0_i64, 0_i64));
    while let Some((kind, after)) = rest.split_first() {
        rest = after;
        let mut line = Vec::new();
        for _ in 0..unsigned(&mut rest)? {
            at.0 += signed(&mut rest)?;
            at.1 += signed(&mut rest)?;
            #[expect(clippy::cast_precision_loss, reason = "less than 2⁵²")]
            line.push((at.1 as f64 * north + south, at.0 as f64 * east + west));
        }
        if *kind == 0 {
            rings.push(line);
        }
    }
    Ok(rings)
}

fn unsigned(rest: &mut &[u8]) -> Result<u64, Box<dyn Error>> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (byte, after) = rest.split_first().ok_or("it ends early")?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
        shift += 7;
    }
}

fn signed(rest: &mut &[u8]) -> Result<i64, Box<dyn Error>> {
    let number = unsigned(rest)?;
    Ok((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
}
