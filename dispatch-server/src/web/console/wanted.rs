//! What of the dispatch page is wanted: which incidents, which categories. It stands in the address, so that a reload keeps it and
//! the browser stores nothing.

use super::levels::CATEGORIES;
use model::Capability;
use serde::Deserialize;

/// Which incidents the list holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Show {
    /// Open ones, and those that ended lately.
    #[default]
    All,
    /// Open ones.
    Open,
    /// Those that this dispatcher opened.
    Own,
    /// Hard to place, or nearly so.
    Hard,
}

impl Show {
    /// In the order in which `F` goes through them.
    pub(crate) const ALL: [Self; 4] = [Self::All, Self::Open, Self::Own, Self::Hard];
    /// Its name in the address.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Own => "own",
            Self::Hard => "hard",
        }
    }
    /// Its word on the page, Japanese and English.
    pub(crate) const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::All => ("すべて", "all"),
            Self::Open => ("対応中だけ", "open only"),
            Self::Own => ("自分が受けた", "my calls"),
            Self::Hard => ("困難・まもなく", "hard to place"),
        }
    }
    /// What `F` leads to.
    pub(crate) fn next(self) -> Self {
        let at = Self::ALL.iter().position(|show| *show == self).unwrap_or(0);
        Self::ALL.get((at + 1) % Self::ALL.len()).copied().unwrap_or_default()
    }
}

/// The address's part behind the question mark.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Which incidents.
    #[serde(default)]
    pub(crate) show: Show,
    /// The other categories as well.
    #[serde(default)]
    pub(crate) more: bool,
    /// The category of the hospitals' marks on the map; none: what they said of all of it.
    #[serde(default)]
    pub(crate) of: Option<Capability>,
}

impl Wanted {
    /// What stands behind the question mark; empty for what a page shows anyway.
    pub(crate) fn query(&self) -> String {
        let mut parts = Vec::new();
        if self.show != Show::All {
            parts.push(format!("show={}", self.show.key()));
        }
        if self.more {
            parts.push("more=true".to_owned());
        }
        if let Some(of) = self.of {
            parts.push(format!("of={}", key(of)));
        }
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
    /// The page.
    pub(crate) fn link(&self) -> String {
        format!("/{}", self.query())
    }
    /// The category behind the present one; behind the last the whole again.
    pub(crate) fn next_category(&self) -> Option<Capability> {
        match self.of.and_then(|of| CATEGORIES.iter().position(|known| *known == of)) {
            Some(at) => CATEGORIES.get(at + 1).copied(),
            None => CATEGORIES.first().copied(),
        }
    }
}

/// A category's name in addresses, as it is stored everywhere.
fn key(of: Capability) -> String {
    let json = serde_json::to_value(of).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_wanted_and_is_read_back() {
        let all = Wanted { show: Show::Hard, more: true, of: Some(Capability::Trauma) };
        assert_eq!(all.link(), "/?show=hard&more=true&of=trauma");
        assert_eq!(Wanted::default().link(), "/");
        let query: axum::extract::Query<Wanted> =
            axum::extract::Query::try_from_uri(&all.link().parse().expect("an address")).expect("read");
        assert_eq!(query.0, all);
    }

    #[test]
    fn the_keys_go_round() {
        let mut show = Show::All;
        for _ in Show::ALL {
            show = show.next();
        }
        assert_eq!(show, Show::All);
        let mut wanted = Wanted::default();
        for expected in CATEGORIES {
            wanted.of = wanted.next_category();
            assert_eq!(wanted.of, Some(expected));
        }
        assert_eq!(wanted.next_category(), None);
    }
}
