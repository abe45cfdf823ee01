//! A point for each municipality, for a call whose exact place is not known yet (source: `assets/README.md`).

use model::Position;
use std::sync::LazyLock;

/// One municipality.
pub(crate) struct Municipality {
    /// 全国地方公共団体コード, five digits.
    pub(crate) code: &'static str,
    pref: &'static str,
    /// Its name.
    pub(crate) name: &'static str,
    /// Where its office stands.
    pub(crate) position: Position,
}

static TABLE: LazyLock<Vec<Municipality>> =
    LazyLock::new(|| include_str!("assets/municipalities.csv").lines().skip(1).filter_map(parse).collect());

fn parse(line: &'static str) -> Option<Municipality> {
    let mut fields = line.split(',');
    let (code, pref, name) = (fields.next()?, fields.next()?, fields.next()?);
    let (lat, lon) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(Municipality { code, pref, name, position: Position::new(lat, lon).ok()? })
}

/// Those of a prefecture (its Japanese name), in the order of their codes; all when the name is none of a prefecture.
pub(crate) fn of_prefecture(pref: &str) -> Vec<&'static Municipality> {
    let own: Vec<_> = TABLE.iter().filter(|m| m.pref == pref).collect();
    if own.is_empty() { TABLE.iter().collect() } else { own }
}

/// The one with this code.
pub(crate) fn get(code: &str) -> Option<&'static Municipality> {
    TABLE.iter().find(|m| m.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        assert_eq!(TABLE.len(), include_str!("assets/municipalities.csv").lines().count() - 1);
        assert!(of_prefecture("大阪府").iter().any(|m| m.name == "大阪市西成区"));
        assert!(get("13202").is_some_and(|m| m.name == "立川市"));
    }
}
