//! Short names for narrow rows: the official name without the legal person in front of it.

/// Bodies whose name runs into the hospital's without a space. A body is cut only where a whole name is left.
const BODIES: &[&str] = &[
    "独立行政法人国立病院機構",
    "独立行政法人地域医療機能推進機構",
    "独立行政法人労働者健康安全機構",
    "国立研究開発法人",
    "国家公務員共済組合連合会",
    "国立大学法人",
    "公立大学法人",
    "社会福祉法人恩賜財団済生会支部",
    "社会福祉法人恩賜財団",
    "日本赤十字社",
];

/// Fewest characters that are still a name.
const SHORTEST: usize = 4;

/// The last word after a space, else the part after a body of the list; else the whole name. Always the end of the name.
pub(super) fn of(name: &str) -> &str {
    let whole = |part: &&str| {
        part.chars().count() >= SHORTEST
            && ["病院", "センター", "医院", "クリニック", "診療所"].iter().any(|end| part.ends_with(end))
    };
    let last = name.rsplit([' ', '\u{3000}']).next().filter(whole).unwrap_or(name);
    BODIES.iter().find_map(|body| last.strip_prefix(body)).filter(whole).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn the_body_is_cut_and_the_hospital_stays() {
        assert_eq!(of("独立行政法人国立病院機構災害医療センター"), "災害医療センター");
        assert_eq!(of("地方独立行政法人東京都立病院機構 東京都立多摩総合医療センター"), "東京都立多摩総合医療センター");
        assert_eq!(of("国家公務員共済組合連合会立川病院"), "立川病院");
        assert_eq!(of("市立函館病院"), "市立函館病院");
        assert_eq!(of("総合病院 国保旭 中央病院"), "中央病院");
        assert_eq!(of("日本赤十字社病院"), "日本赤十字社病院", "nothing is cut that leaves no name");
    }
}
