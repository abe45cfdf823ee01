//! Rules × history × findings → alerts and needs.

use crate::alert::{Alert, Cause, Evaluation, TriggerRow};
use crate::coded::{Coded, coded_rows};
use crate::medicine::generic_name;
use crate::table::{NeedRule, Rule, RuleTable};
use crate::trigger::Found;
use model::{Capability, CivilDate, Findings, Need, Strength, Triage};
use patient_history::{Facility, HistorySnapshot, MedicalText, SectionKind, SectionState};
use std::collections::{BTreeMap, BTreeSet};

/// Evaluates every rule that is on. Deterministic: the same inputs give the same bytes.
#[must_use]
pub fn evaluate(table: &RuleTable, history: &HistorySnapshot, findings: &Findings, today: CivilDate) -> Evaluation {
    let mut alerts: Vec<(u16, Alert)> = Vec::new();
    let mut also_recorded: Vec<(u16, Alert)> = Vec::new();
    let mut raised = None;
    let mut continuity = BTreeMap::new();
    let (rows, blank) = (coded_rows(history), history.is_blank());
    for rule in table.rules().iter().filter(|rule| table.is_on(&rule.id)) {
        let found = rule.trigger.find(&rows, blank, today).filter(|_| fits(rule, history, today));
        let Some(found) = found else { continue };
        let old = matches!(found, Found::Old(_));
        match table.cause(&rule.when, findings).filter(|_| !old) {
            Some(cause) => {
                raised = raise(raised, rule, findings);
                note_facility(&mut continuity, rule, &found);
                let needs = needs_of(table, rule, &found, findings);
                alerts.push((rule.rank, alert(rule, &found, needs, cause)));
            }
            None if old => also_recorded.push((rule.rank, alert(rule, &found, Vec::new(), Cause::LongAgo))),
            None if rule.keep => also_recorded.push((rule.rank, alert(rule, &found, Vec::new(), Cause::Kept))),
            None => {}
        }
    }
    let needs = strongest(alerts.iter().flat_map(|(_, a)| &a.needs));
    Evaluation {
        table_version: table.version().to_owned(),
        table_sha256: table.sha256().to_owned(),
        alerts: ordered(alerts),
        also_recorded: ordered(also_recorded),
        needs,
        raised_triage: raised,
        continuity: newest_first(continuity),
        rows_not_checked: rows_not_checked(&rows),
        sections_not_read: sections_not_read(history),
        rules_off: table.rules().iter().filter(|rule| !table.is_on(&rule.id)).count(),
    }
}

/// One entry per capability, the stronger one (`Hard` sorts first), in the order of capabilities.
fn strongest<'a>(needs: impl Iterator<Item = &'a Need>) -> Vec<Need> {
    let mut best: BTreeMap<Capability, Strength> = BTreeMap::new();
    for need in needs {
        best.entry(need.capability).and_modify(|s| *s = (*s).min(need.strength)).or_insert(need.strength);
    }
    best.into_iter().map(|(capability, strength)| Need { capability, strength }).collect()
}

fn ordered(mut alerts: Vec<(u16, Alert)>) -> Vec<Alert> {
    let date = |a: &Alert| a.row.as_ref().map(|row| row.date);
    alerts.sort_by(|(rank_a, a), (rank_b, b)| {
        let by_relevance = b.red.cmp(&a.red).then_with(|| date(b).cmp(&date(a)));
        by_relevance.then_with(|| rank_a.cmp(rank_b)).then_with(|| a.rule.cmp(&b.rule))
    });
    alerts.into_iter().map(|(_, alert)| alert).collect()
}

fn fits(rule: &Rule, history: &HistorySnapshot, today: CivilDate) -> bool {
    let Some(filter) = rule.person else { return true };
    let age = history.person.birth_date.age_on(today);
    history.person.sex == filter.sex && age.is_some_and(|a| (filter.age.0..=filter.age.1).contains(&a))
}

fn raise(so_far: Option<Triage>, rule: &Rule, findings: &Findings) -> Option<Triage> {
    let raised = rule.raise.filter(|r| findings.triage == Some(r.from)).map(|r| r.to);
    // Red sorts first: the smaller is the more urgent.
    match (so_far, raised) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

fn needs_of(table: &RuleTable, rule: &Rule, found: &Found<'_>, findings: &Findings) -> Vec<Need> {
    let applies = |need: &&NeedRule| {
        let on = need.on.is_empty() || table.holds(&need.on, findings);
        let triage = need.triage.is_empty() || findings.triage.is_some_and(|t| need.triage.contains(&t));
        on && triage && (need.by.is_empty() || has_code(found, &need.by))
    };
    let needs: Vec<Need> = rule
        .needs
        .iter()
        .filter(applies)
        .map(|need| Need { capability: need.capability, strength: need.strength })
        .collect();
    strongest(needs.iter())
}

fn has_code(found: &Found<'_>, codes: &[String]) -> bool {
    found.rows().iter().filter_map(|coded| coded.row.code.procedure()).any(|code| codes.iter().any(|c| c == code))
}

fn note_facility(continuity: &mut BTreeMap<Facility, CivilDate>, rule: &Rule, found: &Found<'_>) {
    let newest = found.rows().iter().find_map(|c| c.row.facility.clone().map(|f| (f, c.row.date)));
    if let Some((facility, date)) = newest.filter(|_| rule.continuity) {
        continuity.entry(facility).and_modify(|d| *d = (*d).max(date)).or_insert(date);
    }
}

fn newest_first(continuity: BTreeMap<Facility, CivilDate>) -> Vec<Facility> {
    let mut known: Vec<(Facility, CivilDate)> = continuity.into_iter().collect();
    known.sort_by(|(name_a, a), (name_b, b)| b.cmp(a).then_with(|| name_a.cmp(name_b)));
    known.into_iter().map(|(facility, _)| facility).collect()
}

fn alert(rule: &Rule, found: &Found<'_>, needs: Vec<Need>, cause: Cause) -> Alert {
    let rows = found.rows();
    let row = rows.first().map(trigger_row);
    let further_rows = rows.len().saturating_sub(1);
    // A masked row masks its alert, whatever the rule says.
    let masked_row = rows.iter().any(|coded| coded.row.sensitive);
    Alert {
        rule: rule.id.as_str().into(),
        rule_version: rule.version,
        title_ja: rule.title_ja.as_str().into(),
        title_en: rule.title_en.as_str().into(),
        watch_ja: rule.watch_ja.as_str().into(),
        watch_en: rule.watch_en.as_str().into(),
        row,
        told: None,
        further_rows,
        ingredients: ingredients(rule, rows),
        cause,
        red: rule.red,
        needs,
        notify: rule.notify,
        enquiry: rule.enquiry && !masked_row,
        sensitive: rule.sensitive || masked_row,
    }
}

fn trigger_row(coded: &Coded<'_>) -> TriggerRow {
    let row = coded.row;
    TriggerRow {
        section: coded.section,
        code: row.code.text().map(Into::into),
        name: row.name.clone(),
        ingredient: coded.yj.and_then(generic_name).map(Into::into),
        date: row.date,
        days_supplied: row.days_supplied,
        source: row.source,
        facility: row.facility.clone(),
    }
}

/// The different ingredients that the rule is about, the newest first; of a combination only those that it is about.
fn ingredients(rule: &Rule, rows: &[Coded<'_>]) -> Vec<MedicalText> {
    let mut names: Vec<&str> = Vec::new();
    for coded in rows {
        let parts = coded.components().filter(|code| rule.trigger.matches_drug(code)).filter_map(generic_name);
        let mut parts = parts.peekable();
        let own = if parts.peek().is_none() { coded.yj.and_then(generic_name) } else { None };
        for name in parts.chain(own) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.into_iter().map(Into::into).collect()
}

/// Medicine rows whose code leads nowhere.
fn rows_not_checked(rows: &[Coded<'_>]) -> usize {
    let medicine = |kind: SectionKind| matches!(kind, SectionKind::Medications | SectionKind::EPrescriptions);
    rows.iter().filter(|coded| medicine(coded.section) && coded.yj.is_none()).count()
}

fn sections_not_read(history: &HistorySnapshot) -> Vec<SectionKind> {
    let unread = |k: &SectionKind| matches!(history.state(*k), SectionState::NotAsked | SectionState::NotPermitted);
    let kinds: BTreeSet<SectionKind> = SectionKind::ALL.into_iter().filter(unread).collect();
    kinds.into_iter().collect()
}
