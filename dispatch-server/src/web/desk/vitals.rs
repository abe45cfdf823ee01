//! The findings of a ring: each vital sign before and now, so that better or worse is seen (design/web.md a02).

use super::words::{complaints, vital};
use crate::web::clinical::{VITAL_LIFE_S, follow_up_words, jcs_words, tenths};
use crate::web::parts::{Moment, age, hm};
use dispatch_core::BoardEnquiry;
use maud::{Markup, html};
use model::{Vital, VitalReading};

/// The table; what was not asked is not there, and that is said.
pub(super) fn vitals(row: &BoardEnquiry, moment: Moment) -> Markup {
    let findings = &row.findings;
    html! {
        header.ph {
            h3 { (moment.t("バイタル・所見", "Vital signs, findings")) }
            span.sp {}
            @if let Some(newest) = row.vitals_at.values().max() { (age(*newest, VITAL_LIFE_S, moment)) }
        }
        table.vitals {
            thead { tr {
                td {}
                th scope="col" { (moment.t("前回", "before")) }
                th scope="col" { (moment.t("最新", "newest")) }
                th scope="col" { (moment.t("単位", "unit")) }
            } }
            tbody {
                tr {
                    th scope="row" { (moment.t("意識", "JCS")) }
                    td {}
                    td.n { @if let Some(jcs) = findings.jcs { b { "JCS " (jcs_words(jcs)) } } @else { "–" } }
                    td {}
                }
                @for one in Vital::ALL { (reading_row(row, one, moment)) }
                tr { th scope="row" { (moment.t("訴え", "Complaint")) } td colspan="3" { (complaints(findings, moment)) } }
                @for (question, answer) in &findings.follow_ups {
                    tr { th scope="row" { (question.ja()) } td colspan="3" { (follow_up_words(*answer)) } }
                }
            }
        }
        p.q.xs.pb { (moment.t("– は未入力（「なし」ではありません）", "– means not entered, not absent")) }
    }
}

fn reading_row(row: &BoardEnquiry, one: Vital, moment: Moment) -> Markup {
    let (name, unit) = vital(one, moment);
    let (before, now) = (row.earlier.get(&one), row.findings.vitals.get(&one));
    html! {
        tr {
            th scope="row" { (name) }
            td.n { @if let Some((reading, at)) = before { (words(one, *reading, moment)) " " span.q.xs { (hm(*at)) } } @else { "–" } }
            td.n {
                @if let Some(reading) = now {
                    b.read { (words(one, *reading, moment)) }
                    (trend(before.map(|(reading, _)| *reading), *reading, moment)) " "
                    @if let Some(at) = row.vitals_at.get(&one) { span.q.xs { (hm(*at)) } }
                } @else { "–" }
            }
            td.q.sm { (unit) }
        }
    }
}

fn words(one: Vital, reading: VitalReading, moment: Moment) -> String {
    match reading {
        VitalReading::Measured(value) => tenths(one, value),
        VitalReading::NotMeasurable => moment.t("測れない", "not measurable").to_owned(),
        VitalReading::NotMeasured => moment.t("測らない", "not measured").to_owned(),
    }
}

/// ▲ when it has risen, ▼ when it has fallen: a direction, no judgement.
fn trend(before: Option<VitalReading>, now: VitalReading, moment: Moment) -> Markup {
    let (Some(VitalReading::Measured(before)), VitalReading::Measured(now)) = (before, now) else { return html! {} };
    html! {
        @if now > before { span.trend title=(moment.t("前回より高い", "higher than before")) { " ▲" } }
        @else if now < before { span.trend title=(moment.t("前回より低い", "lower than before")) { " ▼" } }
    }
}
