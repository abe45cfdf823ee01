//! Licence expressions (SPDX 2.3, annex D), as far as packages use them: `OR`, `AND`, `WITH`, brackets, and the old `/` for OR.

/// Whether the expression offers an alternative whose every licence is in `allowed`. False when it cannot be read.
pub(crate) fn satisfied(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { tokens: &tokens, at: 0, allowed };
    reader.alternatives() == Some(true) && reader.at == tokens.len()
}

struct Reader<'a> {
    tokens: &'a [&'a str],
    at: usize,
    allowed: &'a [String],
}

impl<'a> Reader<'a> {
    fn alternatives(&mut self) -> Option<bool> {
        let mut any = self.conjunction()?;
        while self.take("OR") {
            any |= self.conjunction()?;
        }
        Some(any)
    }

    fn conjunction(&mut self) -> Option<bool> {
        let mut all = self.licence()?;
        while self.take("AND") {
            all &= self.licence()?;
        }
        Some(all)
    }

    fn licence(&mut self) -> Option<bool> {
        if self.take("(") {
            let inner = self.alternatives()?;
            return self.take(")").then_some(inner);
        }
        let name = self.next().filter(|token| !matches!(*token, "OR" | "AND" | "WITH" | ")"))?;
        let with_exception = if self.take("WITH") { Some(format!("{name} WITH {}", self.next()?)) } else { None };
        // An exception only gives more rights, so the plain licence being allowed is enough.
        let known = |wanted: &str| self.allowed.iter().any(|allowed| allowed == wanted);
        Some(known(name) || with_exception.as_deref().is_some_and(known))
    }

    fn next(&mut self) -> Option<&'a str> {
        let token = self.tokens.get(self.at).copied();
        self.at += usize::from(token.is_some());
        token
    }

    fn take(&mut self, wanted: &str) -> bool {
        let found = self.tokens.get(self.at) == Some(&wanted);
        self.at += usize::from(found);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(expression: &str) -> bool {
        let allowed = ["MIT", "Apache-2.0", "Unicode-3.0", "GPL-2.0 WITH Classpath-exception-2.0"].map(str::to_owned);
        satisfied(expression, &allowed)
    }

    #[test]
    fn one_allowed_alternative_is_enough() {
        assert!(ok("MIT") && ok("GPL-3.0-only OR MIT") && ok("MIT/GPL-3.0") && ok("Apache-2.0 WITH LLVM-exception"));
        assert!(ok("(GPL-3.0-only OR MIT) AND Unicode-3.0") && ok("GPL-2.0 WITH Classpath-exception-2.0"));
    }

    #[test]
    fn every_part_of_a_conjunction_must_be_allowed() {
        assert!(!ok("MIT AND GPL-3.0-only") && !ok("GPL-2.0") && !ok("(MIT OR Apache-2.0) AND LGPL-2.1"));
    }

    #[test]
    fn what_cannot_be_read_is_not_allowed() {
        for bad in ["", "MIT OR", "(MIT", "MIT)", "MIT MIT", "OR", "MIT WITH"] {
            assert!(!ok(bad), "{bad}");
        }
    }
}
