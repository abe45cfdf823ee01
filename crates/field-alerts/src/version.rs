//! Versions of a rule table: numbers parted by points, compared number by number.

use core::fmt;

/// Numbers of a version at most.
const NUMBERS: usize = 4;

/// `2026.11.20`, `2026.11.20.1`: one to four numbers. A missing number is smaller than 0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableVersion(Vec<u32>);

impl TableVersion {
    /// From its text; none when it is not one to four numbers parted by points.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let parts: Vec<&str> = text.split('.').collect();
        if parts.len() > NUMBERS || !parts.iter().all(|part| plain(part)) {
            return None;
        }
        parts.iter().map(|part| part.parse().ok()).collect::<Option<Vec<u32>>>().map(Self)
    }
}

impl fmt::Display for TableVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, number) in self.0.iter().enumerate() {
            let point = if n == 0 { "" } else { "." };
            write!(f, "{point}{number}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_number_by_number() {
        let version = |text| TableVersion::parse(text).expect(text);
        assert!(version("2026.9.30") < version("2026.11.2"));
        assert!(version("2026.11.20") < version("2026.11.20.1"));
        assert_eq!(version("2026.011.20"), version("2026.11.20"));
        assert_eq!(version("2026.11.20").to_string(), "2026.11.20");
        for bad in ["", ".", "1.", "a", "1.2.3.4.5", "-1", "99999999999", "１"] {
            assert_eq!(TableVersion::parse(bad), None, "{bad:?}");
        }
    }
}
