//! Look-up in a text of `key,value` lines that are sorted by key: no index in memory, nothing allocated.

/// The value of `key`, by halving: some fifteen steps for twenty thousand lines. None when no line has this key, or when
/// the text is not of that form.
pub(crate) fn find(table: &'static str, key: &str) -> Option<&'static str> {
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = low.midpoint(high);
        let before = table.as_bytes().get(low..middle)?;
        let start = before.iter().rposition(|byte| *byte == b'\n').map_or(low, |at| low + at + 1);
        let line = table.get(start..)?.split('\n').next()?;
        let (found, value) = line.split_once(',')?;
        match found.cmp(key) {
            core::cmp::Ordering::Equal => return Some(value),
            core::cmp::Ordering::Less => low = start + line.len() + 1,
            core::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TABLE: &str = "11,one\n12,two\n2,deux\n33,\n";

    #[test]
    fn finds_every_line_and_nothing_else() {
        for (key, value) in [("11", "one"), ("12", "two"), ("2", "deux"), ("33", "")] {
            assert_eq!(find(TABLE, key), Some(value), "{key}");
        }
        for key in ["", "1", "10", "13", "3", "34", "1\n", "11,one"] {
            assert_eq!(find(TABLE, key), None, "{key:?}");
        }
        assert_eq!(find("", "1"), None);
        assert_eq!(find("no comma", "1"), None);
    }

    proptest! {
        #[test]
        fn agrees_with_reading_through(key in "[0-9]{0,3}|\\PC{0,4}") {
            let through = TABLE.lines().filter_map(|l| l.split_once(',')).find(|(k, _)| *k == key).map(|(_, v)| v);
            prop_assert_eq!(find(TABLE, &key), through);
        }
    }
}
