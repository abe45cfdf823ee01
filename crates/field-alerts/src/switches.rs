//! Which rules a department's medical control council (MC審査) has switched off. Who did it, when and why is kept by whoever stores
//! the switches; here are ids and a version only.

use crate::evaluate::evaluate;
use crate::{Evaluation, RuleTable};
use model::{CivilDate, DepartmentId, Findings};
use patient_history::HistorySnapshot;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Rules switched off, by id. The default has none off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSwitches {
    /// Counts up with every change; 0 for "never touched".
    pub version: u32,
    /// Ids of the rules that do not speak.
    pub off: BTreeSet<String>,
}

/// A switch for a rule that the table does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the rule {id:?} stands in no table of version {table_version}; `alerts rules` lists the ids")]
pub struct UnknownRule {
    /// What was asked for.
    pub id: String,
    /// The version of the table.
    pub table_version: String,
}

/// One rule table, and each department's switches over it. A department without switches has every rule on.
#[derive(Clone, Debug)]
pub struct RuleSet {
    all_on: RuleTable,
    departments: BTreeMap<DepartmentId, RuleTable>,
}

impl RuleSet {
    /// Every rule on, everywhere.
    #[must_use]
    pub const fn all_on(table: RuleTable) -> Self {
        Self { all_on: table, departments: BTreeMap::new() }
    }
    /// A table with each department's switches.
    ///
    /// # Errors
    /// [`UnknownRule`] for a switch whose rule the table does not have; nothing is made then.
    pub fn new(
        table: RuleTable,
        switches: impl IntoIterator<Item = (DepartmentId, RuleSwitches)>,
    ) -> Result<Self, UnknownRule> {
        let switched = switches.into_iter().map(|(department, s)| Ok((department, table.with_switches(&s)?)));
        let departments = switched.collect::<Result<_, UnknownRule>>()?;
        Ok(Self { all_on: table, departments })
    }
    /// The table as this department has it.
    #[must_use]
    pub fn of(&self, department: DepartmentId) -> &RuleTable {
        self.departments.get(&department).unwrap_or(&self.all_on)
    }
    /// The table with every rule on.
    #[must_use]
    pub const fn table(&self) -> &RuleTable {
        &self.all_on
    }
    /// Evaluates with the department's switches.
    #[must_use]
    pub fn evaluate(
        &self,
        department: DepartmentId,
        history: &HistorySnapshot,
        findings: &Findings,
        today: CivilDate,
    ) -> Evaluation {
        evaluate(self.of(department), history, findings, today)
    }
}
