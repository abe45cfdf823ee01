//! What the server's ranking follows besides the hospital table, on the tablet: editions of 実施基準 and closed areas. Without
//! radio this tablet's list then is the server's, as long as both know the same of the case.
//!
//! The content rests as it came, in the local state; its hash is its name. An edition that ends is no longer in force by its own
//! dates, and the screens say so; a content that is left out or not understood is told, never silently missing.

use crate::core::Core;
use crate::state::{Now, State};
use hospital_selection::{HospitalTable, Standard, Standards, Validity};
use model::Timestamp;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use travel_time::roads::Area;
use wire::limits::PUBLISHED_BYTES_MAX;
use wire::{NOTHING_PUBLISHED, Published, PublishedContent, Question};

/// The local state that holds the content.
const PUBLISHED: &str = "published";

/// What this tablet ranks by besides its hospital table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InUse {
    /// The content's name.
    pub name: String,
    /// The prefecture whose editions count for the unit's cases.
    pub prefecture: Option<String>,
    /// Editions that are used, whatever their time.
    pub editions: Vec<UsedEdition>,
    /// Areas that are closed on this tablet's roads.
    pub closed: usize,
    /// Editions and areas that the server left out because they are too long.
    pub left_out: u32,
    /// Editions and areas that this tablet does not understand, or that speak of hospitals that it does not know.
    pub not_used: u32,
}

/// One edition, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedEdition {
    /// 都道府県.
    pub prefecture: String,
    /// The edition's name.
    pub version: String,
    /// From when until when it holds.
    pub validity: Validity,
}

/// How the prefecture's own edition stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnEdition<'a> {
    /// The prefecture has published none, or it is not known which prefecture it is.
    None,
    /// It holds.
    InForce(&'a UsedEdition),
    /// It has ended, and no other took its place: lists follow the table alone.
    Ended(&'a UsedEdition),
    /// It has not begun.
    NotYet(&'a UsedEdition),
}

impl InUse {
    /// How the prefecture's own edition stands: of several the one that holds, else the newest.
    #[must_use]
    pub fn own(&self, at: Timestamp) -> OwnEdition<'_> {
        let own = || self.editions.iter().filter(|e| Some(&e.prefecture) == self.prefecture.as_ref());
        if let Some(edition) = own().rfind(|e| e.validity.holds(at)) {
            return OwnEdition::InForce(edition);
        }
        match own().max_by_key(|e| e.validity.until) {
            Some(edition) if edition.validity.until.is_some_and(|until| until <= at) => OwnEdition::Ended(edition),
            Some(edition) => OwnEdition::NotYet(edition),
            None => OwnEdition::None,
        }
    }
}

impl State {
    /// What this tablet ranks by besides its hospital table.
    #[must_use]
    pub fn published(&self) -> &InUse {
        &self.published
    }
}

fn name_of(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Core {
    /// What rested is used from the start on.
    pub(crate) fn restore_published(&mut self, states: &[(String, Vec<u8>)]) {
        if let Some((_, content)) = states.iter().find(|(key, _)| key == PUBLISHED) {
            self.use_content(content);
        }
    }

    /// The server named what its ranking follows; what this tablet has not is asked for, once at a time. A server that names
    /// nothing is an older one: what is here stays.
    pub(crate) fn follow_published(&mut self, name: Option<&str>, now: Now) {
        match name {
            None => {}
            Some(name) if name == self.state.published.name => {}
            Some(NOTHING_PUBLISHED) => self.publish_nothing(now),
            Some(_) if self.asked.values().any(|asked| matches!(asked.ask.question, Question::Published)) => {}
            Some(_) => {
                self.ask(Question::Published, None, now);
            }
        }
    }

    /// The content came. It may be newer than the name that it was asked for by: its own name counts.
    pub(crate) fn published_came(&mut self, published: &Published, now: Now) {
        let content = published.content.as_slice();
        if content.len() > PUBLISHED_BYTES_MAX || !self.use_content(content) {
            tracing::error!(
                bytes = content.len(),
                "what is published is not understood: what was used before is used on"
            );
            return;
        }
        self.journal.put_state(PUBLISHED.to_owned(), content.to_vec());
        self.rank_anew(now);
    }

    fn publish_nothing(&mut self, now: Now) {
        self.journal.delete_state(PUBLISHED.to_owned());
        self.rank_by(InUse::default(), Standards::none(), &[]);
        self.rank_anew(now);
    }

    fn rank_anew(&mut self, now: Now) {
        if let Some(case) = self.state.current {
            self.suggest.mark(case, now.mono);
        }
    }

    /// Whether the content is one.
    fn use_content(&mut self, bytes: &[u8]) -> bool {
        let content: PublishedContent = match wire::codec::decode(bytes) {
            Ok(content) => content,
            Err(error) => {
                tracing::error!(%error, "what is published cannot be read");
                return false;
            }
        };
        let table = &self.config.hospitals;
        if content.table_sha256 != table.sha256() {
            tracing::warn!("what is published was checked against another hospital table");
        }
        let (mut editions, mut not_used) = (Vec::new(), 0);
        for text in &content.editions {
            match Standard::parse(text, table) {
                Ok(edition) => editions.push(edition),
                Err(error) => {
                    tracing::error!(%error, "an edition of a standard is not used");
                    not_used += 1;
                }
            }
        }
        let all = content.closed.len();
        let closed: Vec<Area> = content.closed.into_iter().filter_map(|corners| Area::try_from(corners).ok()).collect();
        not_used += u32::try_from(all - closed.len()).unwrap_or(u32::MAX);
        let standards = Standards::new(editions);
        let used = |e: &Standard| UsedEdition {
            prefecture: e.prefecture().to_owned(),
            version: e.version().to_owned(),
            validity: e.validity(),
        };
        let in_use = InUse {
            name: name_of(bytes),
            prefecture: content.prefecture,
            editions: standards.editions().iter().map(used).collect(),
            closed: closed.len(),
            left_out: content.left_out,
            not_used,
        };
        self.rank_by(in_use, standards, &closed);
        true
    }

    fn rank_by(&mut self, in_use: InUse, standards: Standards, closed: &[Area]) {
        let table = HospitalTable::clone(&self.config.hospitals).with_standards(standards);
        self.config.hospitals = Arc::new(table);
        self.config.travel = self.config.travel.clone().with_closed(closed);
        self.state.published = Arc::new(in_use);
    }

    /// Whose 実施基準 this tablet's list follows, as the server decides it.
    pub(crate) fn prefecture(&self) -> Option<String> {
        let is_any = !self.config.hospitals.standards().editions().is_empty();
        self.state.published.prefecture.clone().filter(|_| is_any)
    }
}
