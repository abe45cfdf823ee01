//! One row of the yearly export per patient, in the words of the fire service's yearly report (救急年報) and of the time series
//! of a transport (救急活動時系列).
//!
//! Only what the events hold: 事故種別, 発生場所 and 傷病程度 (a physician's word) are in no event and have no column. The place and
//! the words of the call are left out: they can name a person. No name, card or row of a history is in here.

use super::day_of;
use super::durations::{Measured, took};
use super::funnel::{FunnelStep, reached};
use crate::limits::{DIFFICULT_ENQUIRIES, DIFFICULT_MINUTES};
use case::{Body, CardOutcome, CaseFacts, CaseView, DeclineReason, Ending, EnquiryAnswer};
use model::{Findings, HospitalId, Sex, Stage, Timestamp};

/// Microseconds in a tenth of a minute.
const TENTH_US: i64 = 6_000_000;

/// Headings in front of the stages.
const BEFORE_STAGES: [&str; 6] = ["事案番号", "消防本部", "救急隊", "年月日", "訓練", "緊急度"];
/// Headings between the stages and the reasons to decline.
const AFTER_STAGES: [&str; 11] = [
    "時刻の補正あり",
    "現場到着所要時間（分）",
    "現場滞在時間（分）",
    "病院収容所要時間（分）",
    "搬送",
    "不搬送理由",
    "性別",
    "年齢区分",
    "搬送先医療機関",
    "医療機関照会回数",
    "救急搬送困難事案",
];
/// Headings behind the reasons to decline.
const LAST: [&str; 4] = ["マイナ保険証読取", "読取不可の理由", "同意", "情報閲覧"];

/// The headings of the file, one per column.
#[must_use]
pub fn headings() -> Vec<String> {
    let stages = Stage::ALL.into_iter().map(Stage::ja);
    let declines = DeclineReason::ALL.into_iter().map(|reason| format!("受入不可（{}）", reason.ja()));
    let first = BEFORE_STAGES.into_iter().chain(stages).chain(AFTER_STAGES).map(str::to_owned);
    first.chain(declines).chain(LAST.into_iter().map(str::to_owned)).collect()
}

/// Names that the events do not hold.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a, F> {
    /// The department's name.
    pub department: &'a str,
    /// A hospital's name; its id stands where there is none.
    pub hospital: F,
}

/// The row of a case that has ended in this year (by [`day_of`]); none for one that is open or of another year.
#[must_use]
pub fn row(
    facts: &CaseFacts,
    year: i16,
    names: Names<'_, impl Fn(HospitalId) -> Option<String>>,
) -> Option<Vec<String>> {
    let view = facts.view();
    let day = day_of(facts, &view).filter(|day| day.year() == year)?;
    let (ending, _) = view.ending?;
    let units: Vec<&str> = view.units.values().flatten().map(|(_, callsign)| callsign.as_str()).collect();
    let mut cells = vec![
        view.case.map(|case| case.to_string()).unwrap_or_default(),
        names.department.to_owned(),
        units.join("・"),
        day.to_string(),
        flag(view.training),
        view.findings.triage.map(|triage| triage.ja().to_owned()).unwrap_or_default(),
    ];
    cells
        .extend(Stage::ALL.into_iter().map(|stage| at(&view, stage).map(Timestamp::tokyo_rfc3339).unwrap_or_default()));
    cells.push(flag(view.stages.values().any(|stage| stage.corrected_from.is_some())));
    let scene = minutes(facts, &view, Stage::OnScene, Stage::LeftScene);
    cells.push(shown(minutes(facts, &view, Stage::CallReceived, Stage::OnScene)));
    cells.push(shown(scene));
    cells.push(shown(minutes(facts, &view, Stage::CallReceived, Stage::TransferOfCare)));
    let transported = matches!(ending, Ending::HandedOver | Ending::PassedToUnit);
    cells.push(flag(transported));
    cells.push(if transported { String::new() } else { ending.ja().to_owned() });
    cells.push(view.findings.sex.map_or("", Sex::ja).to_owned());
    cells.push(age_class(&view.findings).to_owned());
    let destination = view.destination().map(|d| d.hospital);
    cells.push(destination.map(|id| (names.hospital)(id).unwrap_or_else(|| id.to_string())).unwrap_or_default());
    let enquiries = view.enquiries.len();
    cells.push(enquiries.to_string());
    let long = scene.is_some_and(|tenths| tenths >= DIFFICULT_MINUTES * 10);
    cells.push(flag(long && enquiries >= DIFFICULT_ENQUIRIES));
    cells.extend(DeclineReason::ALL.into_iter().map(|reason| declined(&view, reason).to_string()));
    cells.extend(card(facts, &view));
    Some(cells)
}

fn flag(holds: bool) -> String {
    String::from(if holds { "1" } else { "0" })
}

/// The time of a stage on the first leg that has it: a patient is reached once, and handed over last.
fn at(view: &CaseView, stage: Stage) -> Option<Timestamp> {
    stage_of(view, stage).map(|time| time.at)
}

fn stage_of(view: &CaseView, stage: Stage) -> Option<&case::StageTime> {
    let mut legs = view.stages.iter().filter(|((_, s), _)| *s == stage).map(|(_, time)| time);
    if stage > Stage::LeftScene { legs.next_back() } else { legs.next() }
}

/// Tenths of a minute, rounded down; none when it could not be measured.
fn minutes(facts: &CaseFacts, view: &CaseView, first: Stage, last: Stage) -> Option<i64> {
    match took(facts, stage_of(view, first)?, stage_of(view, last)?) {
        Measured::Took(us) => Some(us / TENTH_US),
        Measured::Missing | Measured::Uncertain | Measured::Implausible => None,
    }
}

fn shown(tenths: Option<i64>) -> String {
    tenths.map_or_else(String::new, |tenths| format!("{}.{}", tenths / 10, tenths % 10))
}

/// 年齢区分 of the yearly report. 新生児 (under 28 days) cannot be told from a year and counts as 乳幼児; an estimate of ten years
/// that lies in two classes gives none.
fn age_class(findings: &Findings) -> &'static str {
    match (findings.age_years, findings.age_band.map(|band| band.0)) {
        (Some(0..=6), _) => "乳幼児",
        (Some(7..=17), _) => "少年",
        (Some(18..=64), _) | (None, Some(2..=5)) => "成人",
        (Some(65..), _) | (None, Some(7..)) => "高齢者",
        (None, None | Some(0 | 1 | 6)) => "",
    }
}

fn declined(view: &CaseView, reason: DeclineReason) -> usize {
    let is = |answer: &EnquiryAnswer| *answer == EnquiryAnswer::Declined(reason);
    view.enquiries.values().filter(|e| e.answer.as_ref().is_some_and(|(answer, _)| is(answer))).count()
}

/// Read or not, the last reason when it was not, the last recorded basis, viewed or not.
fn card(facts: &CaseFacts, view: &CaseView) -> [String; 4] {
    let reached = reached(facts);
    let read = reached.contains(&FunnelStep::Read);
    let failed = facts.in_order().into_iter().rev().find_map(|fact| match &fact.event.body {
        Body::CardRead { outcome: CardOutcome::Failed { code }, .. } => Some(code.clone()),
        _ => None,
    });
    let tried = if reached.contains(&FunnelStep::Asked) { "なし" } else { "試行なし" };
    let consent = match view.consents.last() {
        Some(consent) if consent.withdrawn => "撤回",
        Some(consent) => consent.basis.ja(),
        None => "",
    };
    [
        if read { "あり" } else { tried }.to_owned(),
        failed.filter(|_| !read).unwrap_or_default(),
        consent.to_owned(),
        flag(reached.contains(&FunnelStep::Viewed)),
    ]
}
