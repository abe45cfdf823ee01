//! One alert with everything behind it: the record, what to watch, where it comes from, which rule said so.

/// What the page shows. A line whose value is empty is not drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertDetailVm {
    /// The record, never a diagnosis.
    pub record: String,
    /// What to watch.
    pub watch: String,
    /// The item as recorded, with its ingredient.
    pub item: String,
    /// Its date, and how long ago.
    pub date: String,
    /// Days of supply.
    pub days: String,
    /// Where the national system has it from.
    pub source: String,
    /// Who recorded it.
    pub facility: String,
    /// Further rows behind the alert.
    pub further: String,
    /// The rule's id.
    pub rule: String,
    /// The rule's version.
    pub rule_version: String,
    /// The rule table's version.
    pub table_version: String,
    /// What it asks of a hospital.
    pub needs: String,
    /// How many alerts there are besides this one.
    pub others: usize,
}

/// What the crew can do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlertDetailAction {
    /// The section's rows.
    OpenRows,
    /// All alerts as a list.
    OpenAlerts,
    /// Back to 病歴の要点.
    Back,
}
