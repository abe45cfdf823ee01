//! Ingredient names by code: what a brand is.

/// `code,name` lines in the order of the code (see `rules/README.md` for the source).
const TABLE: &str = include_str!("../rules/ingredients.csv");

/// The ingredient behind a YJ code: by its first seven characters. None when the code is shorter or not listed.
#[must_use]
pub fn ingredient_name(yj: &str) -> Option<&'static str> {
    let code = yj.get(..7)?;
    // Some 3,000 short lines: reading through them costs less than a millisecond and needs no index in memory.
    TABLE.lines().filter_map(|line| line.split_once(',')).find(|(c, _)| *c == code).map(|(_, name)| name)
}

#[cfg(test)]
pub(crate) fn lists_prefix(prefix: &str) -> bool {
    let code = prefix.get(..prefix.len().min(7)).unwrap_or(prefix);
    TABLE.lines().any(|line| line.starts_with(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_brand_has_its_ingredient() {
        assert_eq!(ingredient_name("3332001F1032"), Some("ワルファリンカリウム"));
        assert_eq!(ingredient_name("0000000X0000"), None);
        assert_eq!(ingredient_name("333"), None);
        assert_eq!(ingredient_name("ワルファリン"), None, "a cut inside a character is no code");
    }
}
