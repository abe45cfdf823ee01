//! All alerts of the case on screen in one order: the server's, then those that a notebook adds on this tablet; behind them
//! what else is on record, in the same order. An index into it is what a row, a press and a page agree on.

use super::View;
use ambulance_core::CaseState;
use field_alerts::Alert;

/// An alert and who ran the rule.
#[derive(Clone, Copy)]
pub(crate) struct Listed<'a> {
    /// The alert.
    pub(crate) alert: &'a Alert,
    /// The tablet ran it over a notebook or an answer; the server over the history otherwise.
    pub(crate) by_notebook: bool,
}

/// Alerts, and what else is on record.
pub(crate) struct AllAlerts<'a> {
    /// First all alerts.
    pub(crate) listed: Vec<Listed<'a>>,
    /// So many of them are alerts.
    pub(crate) alerts: usize,
}

/// See the module.
pub(crate) fn all(case: &CaseState) -> AllAlerts<'_> {
    let server = case.record().map(|answer| &answer.evaluation);
    let notebook = case.notebook_alerts.as_deref();
    let by_server = |alert| Listed { alert, by_notebook: false };
    let by_notebook = |alert| Listed { alert, by_notebook: true };
    let own = notebook.map_or(&[][..], |n| n.alerts.as_slice());
    let mut listed: Vec<Listed<'_>> = server.map_or(&[][..], |s| s.alerts.as_slice()).iter().map(by_server).collect();
    listed.extend(own.iter().map(by_notebook));
    let alerts = listed.len();
    // What the notebook has made an alert is not listed as a mere record again.
    let is_new = |alert: &&Alert| own.iter().all(|own| own.rule != alert.rule);
    listed.extend(server.map_or(&[][..], |s| s.also_recorded.as_slice()).iter().filter(is_new).map(by_server));
    listed.extend(notebook.map_or(&[][..], |n| n.also_recorded.as_slice()).iter().map(by_notebook));
    AllAlerts { listed, alerts }
}

/// The alert with this index on the case on screen.
pub(crate) fn nth<'a>(view: &View<'a>, index: usize) -> Option<Listed<'a>> {
    all(view.case()?).listed.get(index).copied()
}

/// Which tables spoke: 「規則表 2026.1 ・ 手帳は端末の表 2026.1」.
pub(super) fn tables(view: &View<'_>, case: &CaseState) -> String {
    let server = case.record().map(|answer| answer.evaluation.table_version.as_str());
    let server = server.map(|version| view.say(&format!("規則表 {version}"), &format!("rule table {version}")));
    let own = case.notebook_alerts.as_ref().map(|own| own.table_version.as_str());
    let own = own.map(|version| {
        view.say(&format!("ほかは端末の内蔵表 {version}"), &format!("the others: table of this tablet {version}"))
    });
    [server, own].into_iter().flatten().collect::<Vec<_>>().join(" ・ ")
}
