//! The rule table: its form in TOML, and what must hold of it.

use crate::alert::Cause;
use crate::condition::Condition;
use crate::switches::{RuleSwitches, UnknownRule};
use crate::told::ToldRule;
use crate::trigger::Trigger;
use crate::version::TableVersion;
use crate::wording;
use model::{Capability, Sex, Strength, Triage};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The table that comes with this build.
const EMBEDDED: &str = include_str!("../rules/rules.toml");
/// Rules in one table at most; a longer one is refused.
pub(crate) const MAX_RULES: usize = 500;
/// The condition's name that always holds.
const ALWAYS: &str = "always";

/// How a rule's codes were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeCheck {
    /// In a public source that was read.
    Source,
    /// In the price list of medicines (薬価基準収載品目リスト).
    List,
    /// Own knowledge; to be checked against the master before real use.
    Known,
}

/// Whom a rule is for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PersonFilter {
    pub(crate) sex: Sex,
    /// First and last year of age, both included.
    pub(crate) age: (u8, u8),
}

/// A need that a rule adds, and when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NeedRule {
    pub(crate) capability: Capability,
    pub(crate) strength: Strength,
    /// Only when one of these conditions holds; empty: always.
    #[serde(default)]
    pub(crate) on: Vec<String>,
    /// Only with one of these triage categories; empty: any, also none.
    #[serde(default)]
    pub(crate) triage: Vec<Triage>,
    /// Only when a matching row carries one of these procedure codes; empty: any.
    #[serde(default)]
    pub(crate) by: Vec<String>,
}

/// An urgency that a rule raises. History never lowers one.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Raise {
    pub(crate) from: Triage,
    pub(crate) to: Triage,
}

/// One rule: a record, what to watch, and what it changes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `R01`.
    pub id: String,
    /// Counts up with every change of meaning or words.
    pub version: u16,
    /// How its codes were found.
    pub check: CodeCheck,
    /// The record, Japanese.
    pub title_ja: String,
    /// The record, English.
    pub title_en: String,
    /// What to watch, Japanese.
    pub watch_ja: String,
    /// What to watch, English.
    pub watch_en: String,
    /// 0–3: relevance for a patient in danger; first key of the order.
    pub red: u8,
    /// Smaller first, among equals of relevance and date.
    pub rank: u16,
    /// Whether an enquiry may carry the title.
    pub enquiry: bool,
    /// Whether it stays masked until the crew opens it; never in an enquiry.
    #[serde(default)]
    pub sensitive: bool,
    /// Whether it belongs into the words to the hospital (伝達).
    #[serde(default)]
    pub notify: bool,
    /// Whether the recording facility is worth preferring.
    #[serde(default)]
    pub continuity: bool,
    /// Whether the record is listed even while no finding makes it an alert.
    #[serde(default)]
    pub keep: bool,
    pub(crate) trigger: Trigger,
    pub(crate) when: Vec<String>,
    #[serde(default)]
    pub(crate) person: Option<PersonFilter>,
    #[serde(default)]
    pub(crate) needs: Vec<NeedRule>,
    #[serde(default)]
    pub(crate) raise: Option<Raise>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableText {
    version: String,
    authority: String,
    condition: BTreeMap<String, Condition>,
    rule: Vec<Rule>,
    /// Tables of earlier programs have none.
    #[serde(default)]
    told: Vec<ToldRule>,
}

/// Why a table is refused. Nothing of it is used then.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// Not the form of a table.
    #[error("reading the rule table")]
    Form(#[source] Box<toml::de::Error>),
    /// The version is not one to four numbers parted by points.
    #[error("the table's version {0:?}: expected numbers parted by points, as 2026.11.20")]
    Version(String),
    /// Words that a rule may not say, or that it lacks (記録, what to do).
    #[error("the words of rule {rule}: {what}")]
    Words {
        /// Its id.
        rule: String,
        /// What is wrong.
        what: String,
    },
    /// A rule or condition that cannot be meant.
    #[error("rule {rule} of the table: {what}")]
    Rule {
        /// Its id, or `table`.
        rule: String,
        /// What was expected.
        what: String,
    },
}

/// A checked table of rules, with those switched off that a department has switched off. Cloning it is cheap.
#[derive(Clone, Debug)]
pub struct RuleTable {
    checked: Arc<Checked>,
    off: BTreeSet<String>,
}

#[derive(Debug)]
struct Checked {
    version: String,
    numbered: TableVersion,
    authority: String,
    sha256: String,
    conditions: BTreeMap<String, Condition>,
    rules: Vec<Rule>,
    told: Vec<ToldRule>,
}

impl RuleTable {
    /// Reads and checks a table. Every rule is on.
    ///
    /// # Errors
    /// [`TableError`] names the rule and what is wrong with it: form, unknown field, twice the same id, a condition that
    /// does not exist, a code of the wrong shape, or words outside the limits.
    pub fn load(text: &str) -> Result<Self, TableError> {
        let table: TableText = toml::from_str(text).map_err(|e| TableError::Form(Box::new(e)))?;
        let numbered = check_table(&table)?;
        let sha256 = Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        let TableText { version, authority, condition, rule, told } = table;
        let checked = Checked { version, numbered, authority, sha256, conditions: condition, rules: rule, told };
        Ok(Self { checked: Arc::new(checked), off: BTreeSet::new() })
    }
    /// The table that comes with this build.
    ///
    /// # Errors
    /// [`TableError`], if the build carries a broken table; a test keeps it from doing so.
    pub fn embedded() -> Result<Self, TableError> {
        Self::load(EMBEDDED)
    }
    /// The text of the table that comes with this build: a full example for a council's own.
    #[must_use]
    pub const fn embedded_text() -> &'static str {
        EMBEDDED
    }
    /// The same table with these rules off, and every other on.
    ///
    /// # Errors
    /// [`UnknownRule`] for an id that the table does not have.
    pub fn with_switches(&self, switches: &RuleSwitches) -> Result<Self, UnknownRule> {
        let told = |id: &&String| self.told_rules().iter().any(|rule| rule.id == **id);
        let known = |id: &&String| self.rules().iter().any(|rule| rule.id == **id) || told(id);
        if let Some(id) = switches.off.iter().find(|id| !known(id)) {
            return Err(UnknownRule { id: id.clone(), table_version: self.version().to_owned() });
        }
        Ok(Self { checked: Arc::clone(&self.checked), off: switches.off.clone() })
    }
    /// Whether a rule speaks.
    #[must_use]
    pub fn is_on(&self, id: &str) -> bool {
        !self.off.contains(id)
    }
    /// The table's own version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.checked.version
    }
    /// The same, to be compared.
    #[must_use]
    pub fn numbered_version(&self) -> &TableVersion {
        &self.checked.numbered
    }
    /// Who approved it.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.checked.authority
    }
    /// SHA-256 of the table's text, lower hex: names exactly this table in logs and reports.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.checked.sha256
    }
    /// All rules in file order, also those that are off.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.checked.rules
    }
    /// Rules over what was told, in file order, also those that are off.
    #[must_use]
    pub fn told_rules(&self) -> &[ToldRule] {
        &self.checked.told
    }
    /// Whether one of the named conditions holds.
    pub(crate) fn holds(&self, names: &[String], findings: &model::Findings) -> bool {
        self.cause(names, findings).is_some()
    }
    /// Why one of the named conditions holds; none when none does.
    pub(crate) fn cause(&self, names: &[String], findings: &model::Findings) -> Option<Cause> {
        names.iter().find_map(|name| {
            if name == ALWAYS {
                return Some(Cause::AnyFinding);
            }
            self.checked.conditions.get(name)?.observed(findings).map(Cause::Finding)
        })
    }
}

fn check_table(table: &TableText) -> Result<TableVersion, TableError> {
    let version = TableVersion::parse(&table.version).ok_or_else(|| TableError::Version(table.version.clone()))?;
    let at = |what: String| TableError::Rule { rule: "table".into(), what };
    let count = table.rule.len() + table.told.len();
    if table.rule.is_empty() || count > MAX_RULES {
        return Err(at(format!("{count} rules; expected 1 to {MAX_RULES}")));
    }
    if let Some((name, _)) = table.condition.iter().find(|(name, c)| c.is_empty() || name.as_str() == ALWAYS) {
        return Err(at(format!("condition {name:?} is empty or takes a reserved name")));
    }
    let mut ids = BTreeSet::new();
    for rule in &table.rule {
        let what =
            if ids.insert(rule.id.as_str()) { check_rule(rule, table) } else { Some("the id stands twice".into()) };
        if let Some(what) = what {
            return Err(TableError::Rule { rule: rule.id.clone(), what });
        }
        if let Some(what) = wording::fault(&rule.title_ja, &rule.title_en, &rule.watch_ja, &rule.watch_en) {
            return Err(TableError::Words { rule: rule.id.clone(), what });
        }
    }
    for rule in &table.told {
        let what =
            if ids.insert(rule.id.as_str()) { check_told(rule, table) } else { Some("the id stands twice".into()) };
        if let Some(what) = what {
            return Err(TableError::Rule { rule: rule.id.clone(), what });
        }
        if let Some(what) = rule.words_fault() {
            return Err(TableError::Words { rule: rule.id.clone(), what });
        }
    }
    Ok(version)
}

fn check_told(rule: &ToldRule, table: &TableText) -> Option<String> {
    let known = |name: &String| name == ALWAYS || table.condition.contains_key(name);
    if let Some(name) = rule.when.iter().find(|name| !known(name)) {
        return Some(format!("the condition {name:?} does not exist"));
    }
    if let Some(id) = rule.covered_by.iter().find(|id| !table.rule.iter().any(|rule| rule.id == **id)) {
        return Some(format!("`covered_by` names {id:?}, which is no rule of this table"));
    }
    if rule.when.is_empty() {
        return Some("`when` names no condition".into());
    }
    (rule.red > 3).then(|| "`red` is not 0 to 3".into())
}

fn check_rule(rule: &Rule, table: &TableText) -> Option<String> {
    let known = |name: &String| name == ALWAYS || table.condition.contains_key(name);
    let named = rule.when.iter().chain(rule.needs.iter().flat_map(|n| &n.on));
    if let Some(name) = named.clone().find(|name| !known(name)) {
        return Some(format!("the condition {name:?} does not exist"));
    }
    if rule.when.is_empty() {
        return Some("`when` names no condition".into());
    }
    if rule.red > 3 {
        return Some("`red` is not 0 to 3".into());
    }
    if rule.sensitive && rule.enquiry {
        return Some("a sensitive rule is never in an enquiry".into());
    }
    if rule.raise.is_some_and(|r| r.to >= r.from || r.from == Triage::Black) {
        return Some("`raise` lowers the urgency".into());
    }
    rule.trigger.fault()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::medicine::lists_prefix;

    #[test]
    fn every_medicine_code_stands_in_the_price_list() {
        let table = RuleTable::embedded().expect("loads");
        for rule in table.rules() {
            for prefix in rule.trigger.prefixes() {
                assert!(lists_prefix(prefix), "{}: {prefix} is no listed ingredient or class", rule.id);
            }
        }
    }
}
