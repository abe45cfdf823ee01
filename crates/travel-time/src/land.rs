//! On which land a point is: what roads link is one land, what only a ship or a helicopter reaches is another.
//!
//! `land_masses.txt` holds the coasts of islands that no road links to 本州・四国・九州, and how far each reaches into the sea: half of
//! the way to other land, so that a pier or a doubtful coordinate never lands elsewhere. Everything else is 本州・四国・九州. Made by
//! `examples/derive_land_masses.rs`; sources, fixed links and faults: `data/README.md`.

use model::Position;
use std::sync::LazyLock;

/// Name and version of the table.
pub const VERSION: &str = "land-2026-11-29.1";
/// Kilometres of a degree of latitude.
const KM_PER_DEGREE: f64 = 111.2;

/// One land.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Land(u16);

struct Mass {
    name: &'static str,
    reach_km: f64,
}

struct Ring {
    land: Land,
    /// South, west, north, east: thousandths of degrees, with the reach.
    bounds: [f64; 4],
    /// Latitude and longitude, thousandths of degrees; the last is the first.
    points: Vec<(f64, f64)>,
}

#[derive(Default)]
struct Table {
    masses: Vec<Mass>,
    rings: Vec<Ring>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("land_masses.txt")));

impl Land {
    /// 本州・四国・九州, and islands that roads link to them.
    pub const MAINLAND: Self = Self(0);

    /// The land of a point; at sea that of the coast next to it.
    #[must_use]
    pub fn of(point: Position) -> Self {
        TABLE.land_of(point)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let mass = usize::from(self.0).checked_sub(1).and_then(|n| TABLE.masses.get(n));
        mass.map_or("本州・四国・九州", |mass| mass.name)
    }
}

impl Table {
    /// A line with a name begins a land, a line of numbers is a ring of it. A test reads the same bytes.
    fn read(text: &'static str) -> Self {
        let mut table = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, reach)) = line.split_once(',') {
                table.masses.push(Mass { name, reach_km: reach.parse().unwrap_or_default() });
                continue;
            }
            let numbers: Vec<f64> = line.split(' ').filter_map(|n| n.parse().ok()).collect();
            let points = numbers.chunks_exact(2).filter_map(|pair| Some((*pair.first()?, *pair.get(1)?))).collect();
            let reach_km = table.masses.last().map_or(0.0, |mass| mass.reach_km);
            let land = Land(u16::try_from(table.masses.len()).unwrap_or(u16::MAX));
            table.rings.push(Ring::new(land, points, reach_km));
        }
        table
    }

    fn land_of(&self, point: Position) -> Land {
        let at = (point.lat() * 1000.0, point.lon() * 1000.0);
        let near = || self.rings.iter().filter(|ring| ring.is_near(at));
        if let Some(ring) = near().find(|ring| ring.contains(at)) {
            return ring.land;
        }
        let reach = |ring: &Ring| usize::from(ring.land.0).checked_sub(1).and_then(|n| self.masses.get(n));
        let within = near().filter_map(|ring| Some((ring.away_km(at), ring.land, reach(ring)?.reach_km)));
        let nearest = within.filter(|(away, _, reach)| away <= reach).min_by(|a, b| a.0.total_cmp(&b.0));
        nearest.map_or(Land::MAINLAND, |(_, land, _)| land)
    }
}

/// How much shorter a degree of longitude is than one of latitude at a latitude in thousandths of degrees.
fn shrink(lat: f64) -> f64 {
    libm::cos((lat / 1000.0).to_radians())
}

impl Ring {
    fn new(land: Land, points: Vec<(f64, f64)>, reach_km: f64) -> Self {
        let least = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).fold(f64::INFINITY, f64::min);
        let most = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).fold(f64::NEG_INFINITY, f64::max);
        let (south, west, north, east) = (least(|p| p.0), least(|p| p.1), most(|p| p.0), most(|p| p.1));
        let reach = reach_km / KM_PER_DEGREE * 1000.0;
        let across = reach / shrink(north + reach);
        Self { land, bounds: [south - reach, west - across, north + reach, east + across], points }
    }

    fn is_near(&self, (lat, lon): (f64, f64)) -> bool {
        let [south, west, north, east] = self.bounds;
        south <= lat && lat <= north && west <= lon && lon <= east
    }

    fn sides(&self) -> impl Iterator<Item = ((f64, f64), (f64, f64))> {
        self.points.iter().copied().zip(self.points.iter().copied().skip(1))
    }

    fn contains(&self, (lat, lon): (f64, f64)) -> bool {
        let crosses = |((a_lat, a_lon), (b_lat, b_lon)): &((f64, f64), (f64, f64))| {
            (*a_lat > lat) != (*b_lat > lat) && lon < (b_lon - a_lon) * (lat - a_lat) / (b_lat - a_lat) + a_lon
        };
        self.sides().filter(crosses).count() % 2 == 1
    }

    /// To the nearest side.
    fn away_km(&self, (lat, lon): (f64, f64)) -> f64 {
        let shrink = shrink(lat);
        let flat = |(a, o): (f64, f64)| ((o - lon) * shrink, a - lat);
        let away = |(a, b): ((f64, f64), (f64, f64))| {
            let ((ax, ay), (bx, by)) = (flat(a), flat(b));
            let (dx, dy) = (bx - ax, by - ay);
            let long = dx * dx + dy * dy;
            let share = if long > 0.0 { (-(ax * dx + ay * dy) / long).clamp(0.0, 1.0) } else { 0.0 };
            let (x, y) = (ax + share * dx, ay + share * dy);
            libm::sqrt(x * x + y * y)
        };
        self.sides().map(away).fold(f64::INFINITY, f64::min) / 1000.0 * KM_PER_DEGREE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(lat: f64, lon: f64) -> &'static str {
        Land::of(Position::new(lat, lon).expect("in Japan")).name()
    }

    #[test]
    fn the_table_is_whole() {
        let table = Table::read(include_str!("land_masses.txt"));
        assert!(include_str!("land_masses.txt").starts_with(&format!("#version,{VERSION}\n")));
        let islands = include_str!("../data/islands.txt").lines().filter(|line| !line.starts_with('#'));
        let names: Vec<&str> = islands.filter_map(|line| line.split_once('|')).map(|(name, _)| name).collect();
        assert_eq!(table.masses.iter().map(|mass| mass.name).collect::<Vec<_>>(), names);
        assert!(table.masses.iter().all(|mass| mass.reach_km > 0.0 && mass.reach_km <= 20.0));
        let closed = |ring: &Ring| ring.points.len() > 3 && ring.points.first() == ring.points.last();
        assert!(table.rings.iter().all(closed));
        assert!((1..=names.len()).all(|n| table.rings.iter().any(|ring| usize::from(ring.land.0) == n)));
    }

    #[test]
    fn what_roads_link_is_one_land() {
        let main = Land::MAINLAND.name();
        for (lat, lon, place) in [
            (35.681, 139.767, "東京駅"),
            (33.590, 130.401, "福岡"),
            (34.342, 134.046, "高松, 瀬戸大橋"),
            (34.343, 134.896, "洲本, 明石海峡大橋"),
            (32.459, 130.193, "天草 本渡, 天草五橋"),
            (33.371, 129.553, "平戸, 平戸大橋"),
            (33.396, 129.425, "生月島"),
            (34.224, 132.472, "江田島"),
            (34.305, 133.178, "因島"),
            (33.930, 132.250, "周防大島"),
            (37.134, 136.978, "能登島"),
            (38.860, 141.620, "気仙沼大島"),
            (41.527, 140.908, "大間, 津軽海峡のこちら側"),
            (34.306, 132.302, "宮島口, 厳島の向かい"),
            (34.434, 135.244, "関西空港"),
        ] {
            assert_eq!(name(lat, lon), main, "{place}");
        }
        assert_eq!(name(24.826, 125.165), name(24.805, 125.281), "伊良部大橋");
        assert_eq!(name(26.352, 127.959), name(26.215, 127.680), "海中道路");
        assert_eq!(name(31.708, 129.739), name(31.844, 129.879), "甑大橋");
        assert_eq!(name(34.20, 129.29), name(34.65, 129.40), "万関橋");
    }

    #[test]
    fn what_only_ships_reach_is_another() {
        for (lat, lon, land) in [
            (43.062, 141.354, "北海道"),
            (41.773, 140.726, "北海道"),
            (45.416, 141.673, "北海道"),
            (45.178, 141.242, "利尻島"),
            (45.303, 141.047, "礼文島"),
            (38.018, 138.368, "佐渡島"),
            (34.750, 139.355, "伊豆大島"),
            (33.105, 139.785, "八丈島"),
            (27.094, 142.192, "父島"),
            (36.206, 133.334, "隠岐 島後"),
            (34.482, 134.233, "小豆島"),
            (34.296, 132.320, "厳島"),
            (33.750, 129.691, "壱岐島"),
            (32.696, 128.841, "福江島"),
            (30.732, 130.998, "種子島"),
            (28.377, 129.494, "奄美大島"),
            (26.212, 127.681, "沖縄島"),
            (24.344, 124.156, "石垣島"),
            (24.468, 123.005, "与那国島"),
        ] {
            assert_eq!(name(lat, lon), land);
        }
        assert_eq!(name(41.79, 140.69), "北海道", "a pier at 函館");
        assert_eq!(name(38.0, 135.0), Land::MAINLAND.name(), "日本海");
    }
}
