//! Classes of roads and the speed of an ambulance on them.

/// Name of the table of speeds; changes whenever a number does.
pub const SPEEDS_VERSION: &str = "speeds-2026-11-29.1";
/// A signed limit below this is not believed to slow an ambulance further, km/h.
const LEAST_LIMIT: u8 = 20;

/// What kind of road an edge is, by OpenStreetMap's `highway`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum RoadClass {
    /// 高速自動車国道.
    Motorway,
    /// 一般国道, 自動車専用道.
    Trunk,
    /// 主要な国道・県道.
    Primary,
    /// 県道.
    Secondary,
    /// 市道 (幹線).
    Tertiary,
    /// Ramps of all the above.
    Link,
    /// 市道.
    Unclassified,
    /// 住宅地の道.
    Residential,
    /// Grounds, parking, alleys.
    Service,
    /// Farm and forest tracks.
    Track,
}

impl RoadClass {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 10] = [
        Self::Motorway,
        Self::Trunk,
        Self::Primary,
        Self::Secondary,
        Self::Tertiary,
        Self::Link,
        Self::Unclassified,
        Self::Residential,
        Self::Service,
        Self::Track,
    ];

    /// The class of a `highway` value; of several parted by `|` (an edge merged from several ways) the slowest that a car may
    /// use. None = no road for an ambulance (paths, steps, roads under construction, unknown words).
    #[must_use]
    pub fn of_tag(highway: &str) -> Option<Self> {
        highway.split('|').filter_map(Self::of_word).max()
    }

    fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "motorway" => Self::Motorway,
            "trunk" => Self::Trunk,
            "primary" => Self::Primary,
            "secondary" => Self::Secondary,
            "tertiary" => Self::Tertiary,
            "motorway_link" | "trunk_link" | "primary_link" | "secondary_link" | "tertiary_link" => Self::Link,
            "unclassified" | "road" => Self::Unclassified,
            "residential" => Self::Residential,
            "service" | "living_street" => Self::Service,
            "track" => Self::Track,
            _ => return None,
        })
    }

    /// The class of a number in a file.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// Mean speed of an ambulance with its siren, junctions included, km/h. \[A\]: set by hand; the area's factor of
    /// [`RoadGraph`](super::RoadGraph) brings the sum to published minutes.
    #[must_use]
    pub const fn km_per_h(self) -> u8 {
        match self {
            Self::Motorway => 80,
            Self::Trunk => 45,
            Self::Primary => 40,
            Self::Secondary => 38,
            Self::Tertiary => 34,
            Self::Link => 32,
            Self::Unclassified => 26,
            Self::Residential => 22,
            Self::Service | Self::Track => 12,
        }
    }

    /// Speed on an edge with a signed limit.
    #[must_use]
    pub fn speed(self, limit: Option<u8>) -> u8 {
        limit.map_or(self.km_per_h(), |limit| self.km_per_h().min(limit.max(LEAST_LIMIT)))
    }
}

/// Milliseconds for a length at a speed, rounded, at least 1.
#[must_use]
pub fn millis(length_dm: u32, km_per_h: u8) -> u32 {
    let speed = u64::from(km_per_h.max(1));
    let ms = (u64::from(length_dm) * 360 + speed / 2) / speed;
    u32::try_from(ms).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_kilometre_at_sixty_is_a_minute() {
        assert_eq!(millis(10_000, 60), 60_000);
        assert_eq!(millis(0, 60), 1);
    }

    #[test]
    fn a_merged_edge_counts_as_its_slowest_road() {
        assert_eq!(RoadClass::of_tag("primary|tertiary"), Some(RoadClass::Tertiary));
        assert_eq!(RoadClass::of_tag("path|residential"), Some(RoadClass::Residential));
        assert_eq!(RoadClass::of_tag("steps"), None);
    }

    #[test]
    fn a_limit_slows_and_never_quickens() {
        assert_eq!(RoadClass::Primary.speed(Some(30)), 30);
        assert_eq!(RoadClass::Residential.speed(Some(60)), 22);
        assert_eq!(RoadClass::Primary.speed(Some(5)), 20);
    }

    #[test]
    fn numbers_are_the_order_of_the_list() {
        for class in RoadClass::ALL {
            assert_eq!(RoadClass::of_number(class as u8), Some(class));
        }
    }
}
