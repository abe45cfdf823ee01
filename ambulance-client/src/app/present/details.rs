//! One alert, one hospital: everything behind a row.

use super::history::{alert as row_of, more_of, told_by};
use super::hospitals::{can_ask, gone};
use super::lists::about_km;
use super::{Shown, View, screen};
use crate::screens::Screen;
use crate::screens::alert_detail::AlertDetailVm;
use crate::screens::hospital_detail::{CapabilityVm, HospitalDetailVm, MarkVm};

use crate::text::derived_from;
use hospital_selection::{Candidate, MarkState, ReasonCode};
use model::HospitalId;

pub(super) fn alert(view: &View<'_>, index: usize) -> Shown {
    let Some(super::alerts::Listed { alert, by_notebook }) = super::alerts::nth(view, index) else {
        return screen(Screen::List(gone(view)));
    };
    let case = view.case();
    let table = match case {
        Some(case) if by_notebook => case.notebook_alerts.as_ref().map(|own| own.table_version.clone()),
        Some(case) => case.record().map(|answer| answer.evaluation.table_version.clone()),
        None => None,
    };
    let words = row_of(view, alert);
    if alert.sensitive && !view.nav.unmasked {
        return screen(Screen::AlertDetail(AlertDetailVm {
            record: words.record,
            watch: words.watch,
            ..AlertDetailVm::default()
        }));
    }
    let row = alert.row.as_ref();
    let told = || alert.told.map_or_else(String::new, |told| told_by(view, told));
    let needs: Vec<&str> = alert.needs.iter().map(|n| view.pick(n.capability.ja(), n.capability.en())).collect();
    screen(Screen::AlertDetail(AlertDetailVm {
        record: words.record,
        watch: words.watch,
        item: row.map_or_else(String::new, |r| match &r.ingredient {
            Some(i) => view.say(
                &format!("{}(成分 {})", r.name.as_str(), i.as_str()),
                &format!("{} ({})", r.name.as_str(), i.as_str()),
            ),
            None => r.name.as_str().to_owned(),
        }),
        date: row.map_or_else(String::new, |r| {
            let days = view.at().tokyo_date().map(|today| today.days_since(r.date));
            days.map_or_else(
                || r.date.to_string(),
                |d| view.say(&format!("{} ・ {d}日前", r.date), &format!("{} ・ {d} days ago", r.date)),
            )
        }),
        days: row
            .and_then(|r| r.days_supplied)
            .map_or_else(String::new, |d| view.say(&format!("{d}日分"), &format!("{d} days"))),
        source: row.map_or_else(told, |r| {
            format!("{} ・ {}", view.pick(r.section.ja(), r.section.en()), view.pick(r.source.ja(), r.source.en()))
        }),
        facility: row.and_then(|r| r.facility.as_ref()).map_or_else(String::new, |f| f.name.as_str().to_owned()),
        further: more_of(view, alert.further_rows),
        rule: alert.rule.as_str().to_owned(),
        rule_version: alert.rule_version.to_string(),
        table_version: match table.unwrap_or_default() {
            version if by_notebook => view.say(&format!("{version}(端末に内蔵)"), &format!("{version} (this tablet)")),
            version => version,
        },
        needs: needs.join(" ・ "),
        others: case.map_or(0, |case| super::alerts::all(case).alerts.saturating_sub(1)),
    }))
}

pub(super) fn hospital(view: &View<'_>, hospital: HospitalId) -> Shown {
    let Some(ranking) = view.ranking() else { return screen(Screen::List(gone(view))) };
    let candidate = ranking.candidates.iter().find(|c| c.hospital == hospital);
    let Some(c) = candidate else { return screen(Screen::List(gone(view))) };
    let behind = super::why_not::in_one_line(view, ranking, c);
    let whole = c.whole();
    let [drive, reply, treat, load, lack, ties] = whole.terms;
    let of = |codes: &[ReasonCode]| reasons(view, c, codes);
    let tenths = |t: i32| format!("{}.{}", t.div_euclid(10), t.rem_euclid(10));
    let (p50, p90) = (tenths(c.drive.p50.0), tenths(c.drive.p90.0));
    let drive_ja = match c.no_road {
        true => "道路がつながっていません。分は直線距離からで、到着の見込みではありません".to_owned(),
        false => format!("半分の日は {p50}分、10日に 9日は {p90}分以内"),
    };
    let drive_en = match c.no_road {
        true => "no road: minutes are of the distance, no time of arrival".to_owned(),
        false => format!("half of days {p50} min, nine in ten {p90}"),
    };
    screen(Screen::HospitalDetail(HospitalDetailVm {
        title: view.say(&format!("{}位 {}", c.rank, c.short_name), &format!("{}. {}", c.rank, c.short_name)),
        place: format!("{} ・ {}", c.municipality, about_km(view, c.position)),
        minutes: whole.total,
        terms: [
            (drive, view.say(&drive_ja, &drive_en)),
            (reply, view.say(&format!("照会の手間 ÷ 受入確率 {}", c.p), &format!("asking ÷ accept {}", c.p))),
            (treat, view.say("到着から治療まで", "door to treatment")),
            (load, of(&[ReasonCode::Inbound, ReasonCode::HeldByOther])),
            (lack, of(&[ReasonCode::NeedMissing, ReasonCode::NeedUnconfirmed])),
            (ties, of(&[ReasonCode::Continuity])),
        ],
        capabilities: c
            .marks
            .iter()
            .map(|m| CapabilityVm {
                mark: match m.state {
                    MarkState::Yes => MarkVm::Yes,
                    MarkState::Unconfirmed => MarkVm::Unconfirmed,
                    MarkState::No => MarkVm::No,
                },
                word: view.say(m.capability.ja(), m.capability.en()),
                source: source(view, &m.source),
            })
            .collect(),
        reasons: behind.into_iter().chain(c.reasons.iter().map(|r| view.say(&r.ja, &r.en))).collect(),
        beds: view
            .say(&format!("{} ・ 受入確率 {}", view.beds(c), c.p), &format!("{} ・ accept {}", view.beds(c), c.p)),
        beds_old: view.beds_old(c),
        telephone: None,
        ask: can_ask(view).then(|| c.short_name.clone()),
    }))
}

fn reasons(view: &View<'_>, c: &Candidate, codes: &[ReasonCode]) -> String {
    let words: Vec<&str> =
        c.reasons.iter().filter(|r| codes.contains(&r.code)).map(|r| view.pick(&r.ja, &r.en)).collect();
    words.join(" ・ ")
}

/// How a capability is known, for the crew.
fn source(view: &View<'_>, source: &str) -> String {
    match source {
        "confirmed" => view.say("病院が確認", "confirmed"),
        "filed" => view.say("届出", "as filed"),
        "absent" => view.say("なし", "has it not"),
        "down" => view.say("停止中", "down"),
        "off_duty" => view.say("当番外", "off duty"),
        "unknown" => view.say("未確認", "not known"),
        // A rule that this program does not know is named as the table names it.
        derived => {
            let rule = derived.strip_prefix("derived:").unwrap_or(derived);
            match derived_from(rule) {
                Some((ja, en)) => view.say(ja, en),
                None => view.say(&format!("推定 {rule}"), &format!("derived: {rule}")),
            }
        }
    }
}
