//! Sums over cases made by hand.

use super::*;
use crate::contract::fixtures::NOW;
use case::{
    AnsweredBy, Commit, CorrectionReason, DeclineReason, EnquiryAnswer, Event, EventName, HowDecided, OnBehalf, Stored,
    Subject, Writer,
};
use model::{
    BootId, CaseId, ClockOffset, CrewId, DepartmentId, DeviceId, EnquiryId, EventTime, HospitalId, IncidentId, LogId,
    LookupId, Monotonic, UnitId,
};
use patient_history::{ConsentScope, IdentityLevel};
use proptest::prelude::*;

const LOOKUP: LookupId = LookupId::from_bytes([9; 16]);

/// What a tablet knows of its clock.
#[derive(Clone, Copy)]
struct Pen {
    log: u8,
    boot: u8,
    /// Seconds that this device's own clock is ahead of the server's.
    ahead: i64,
    /// Whether it knows.
    knows: bool,
}

const TABLET: Pen = Pen { log: 1, boot: 1, ahead: 0, knows: true };

struct Made {
    n: u8,
    facts: CaseFacts,
}

impl Made {
    fn new(n: u8) -> Self {
        let made = Self { n, facts: CaseFacts::new() };
        made.at(TABLET, 0, opened(n))
    }
    /// A fact at so many seconds after the call.
    fn at(mut self, pen: Pen, second: i64, body: Body) -> Self {
        self.put(pen, second, body);
        self
    }
    fn put(&mut self, pen: Pen, second: i64, body: Body) -> EventName {
        let log = LogId::from_bytes([pen.log; 16]);
        let seq = self.facts.heads().get(&log).copied().unwrap_or(0) + 1;
        let name = EventName { log, seq };
        let device = DeviceId::from_bytes([pen.log; 16]);
        let offset = pen.knows.then_some(ClockOffset { us: -pen.ahead * 1_000_000, uncertainty_us: 1000 });
        let event = Event {
            name,
            prev: case::Hash::NONE,
            at: EventTime {
                utc: NOW.plus_us((second + pen.ahead) * 1_000_000),
                mono: Monotonic {
                    boot: BootId::from_bytes([pen.boot; 16]),
                    us: u64::try_from(second * 1_000_000).expect("later"),
                },
                offset,
            },
            writer: Writer::Tablet { device, unit: UnitId::from_bytes([2; 16]), crew: None },
            department: DepartmentId::from_bytes([1; 16]),
            subject: Subject::Case(CaseId::from_bytes([self.n; 16])),
            training: true,
            body,
        };
        let hash = Stored::encode(&event).expect("stored").hash();
        self.facts.insert(event, hash, Some(Commit { position: seq, received_at: NOW }));
        name
    }
    fn stage(self, second: i64, stage: Stage) -> Self {
        self.at(TABLET, second, Body::StageStamped { stage, leg: 1 })
    }
    /// On scene at 60, with the patient at 120, in the vehicle at 420, away at `away`; handed over.
    fn transport(n: u8, away: i64) -> Self {
        Self::new(n).scene(away).ended(Ending::HandedOver)
    }
    fn scene(self, away: i64) -> Self {
        let stamped = self.stage(60, Stage::OnScene).stage(120, Stage::AtPatient).stage(420, Stage::InVehicle);
        stamped.stage(away, Stage::LeftScene)
    }
    fn ended(self, ending: Ending) -> Self {
        self.at(TABLET, 4000, Body::CaseEnded { ending })
    }
    fn read(self) -> Self {
        self.at(TABLET, 300, Body::CardRead { outcome: CardOutcome::Read, took_ms: 900 })
    }
    fn failed(self, code: &str) -> Self {
        self.at(TABLET, 290, Body::CardRead { outcome: CardOutcome::Failed { code: code.into() }, took_ms: 5000 })
    }
    fn consented(self) -> Self {
        let basis = ConsentBasis::Spoken { scope: ConsentScope::All, told_to_hospitals: true };
        self.at(TABLET, 310, Body::ConsentRecorded { basis })
    }
    fn viewed(self) -> Self {
        let consent = EventName { log: LogId::from_bytes([1; 16]), seq: 1 };
        let asked = Body::LookupAsked { lookup: LOOKUP, consent, level: IdentityLevel::Visual };
        self.at(TABLET, 320, asked).at(TABLET, 325, Body::HistoryViewed { lookup: LOOKUP })
    }
    fn enquiry(self, n: u8, lookup: Option<LookupId>) -> Self {
        let sent = Body::EnquirySent {
            enquiry: EnquiryId::from_bytes([n; 16]),
            hospital: HospitalId::from_bytes([n; 16]),
            lookup,
            needs: Vec::new(),
            tell_alerts: true,
            batch: 1,
            by_telephone: false,
            eta_tenths: None,
            override_reason: None,
        };
        self.at(TABLET, 500, sent)
    }
}

fn opened(n: u8) -> Body {
    Body::CaseOpened {
        incident: IncidentId::from_bytes([n; 16]),
        patient_no: 1,
        call_received_at: Some(NOW),
        scene: None,
        place: Some("見本町1-2-3".into()),
        call_text: None,
    }
}

fn sums(cases: Vec<Made>) -> StatsReport {
    let mut stats = Stats::default();
    for case in &cases {
        stats.add(&case.facts);
    }
    stats.report(ReportScope::default())
}

/// (n, mean, median) of a time of a group.
fn time(report: &StatsReport, group: &str, interval: Interval) -> (u64, Option<String>, Option<String>) {
    let table = report.stages.iter().find(|t| t.group == group).expect("the group");
    let row = table.intervals.iter().find(|r| r.interval == interval.key()).expect("the interval");
    (row.n, row.mean.clone(), row.median.clone())
}

fn some(n: u64, mean: &str, median: &str) -> (u64, Option<String>, Option<String>) {
    (n, Some(mean.into()), Some(median.into()))
}

fn steps(report: &StatsReport) -> Vec<u64> {
    report.funnel.iter().map(|row| row.n).collect()
}

#[test]
fn the_published_table_with_and_without_a_read() {
    let report = sums(vec![
        Made::transport(1, 60 + 1229).read(),
        Made::transport(2, 60 + 1100),
        Made::transport(3, 60 + 1000),
        Made::transport(4, 60 + 500),
    ]);
    assert_eq!(report.transported, 4);
    assert_eq!(time(&report, "card_read", Interval::SceneToDeparture), some(1, "20:29", "20:29"));
    assert_eq!(
        time(&report, "card_not_read", Interval::SceneToDeparture),
        some(3, "14:27", "16:40"),
        "odd: the middle one"
    );
    assert_eq!(time(&report, "all", Interval::SceneToDeparture), some(4, "15:57", "17:30"), "even: between the two");
    assert_eq!(time(&report, "all", Interval::SceneToPatient), some(4, "1:00", "1:00"));
    assert_eq!(time(&report, "all", Interval::PatientToVehicle), some(4, "5:00", "5:00"));
    assert_eq!(time(&report, "card_read", Interval::VehicleToDeparture), some(1, "14:29", "14:29"));
    assert_eq!(time(&report, "viewed", Interval::SceneToDeparture), (0, None, None));
}

#[test]
fn a_corrected_stamp_counts_as_corrected() {
    let mut made = Made::new(1).stage(60, Stage::OnScene).stage(120, Stage::AtPatient).stage(420, Stage::InVehicle);
    let late = made.put(TABLET, 1500, Body::StageStamped { stage: Stage::LeftScene, leg: 1 });
    let right = NOW.plus_us(1_260_000_000);
    let made = made.at(
        TABLET,
        1600,
        Body::StageCorrected { of: late, to: Some(right), reason: CorrectionReason::PressedLate },
    );
    let report = sums(vec![made.ended(Ending::HandedOver)]);
    assert_eq!(time(&report, "all", Interval::SceneToDeparture), some(1, "20:00", "20:00"));
}

#[test]
fn an_undone_or_removed_stamp_does_not_count() {
    let mut undone = Made::new(1).stage(60, Stage::OnScene);
    let slip = undone.put(TABLET, 70, Body::StageStamped { stage: Stage::LeftScene, leg: 1 });
    let undone = undone.at(TABLET, 75, Body::StageUndone { of: slip }).stage(660, Stage::LeftScene);
    let mut removed = Made::new(2).stage(60, Stage::OnScene);
    let slip = removed.put(TABLET, 70, Body::StageStamped { stage: Stage::LeftScene, leg: 1 });
    let gone = Body::StageCorrected { of: slip, to: None, reason: CorrectionReason::Mistake };
    let removed = removed.at(TABLET, 80, gone);
    let report = sums(vec![undone.ended(Ending::HandedOver), removed.ended(Ending::HandedOver)]);
    assert_eq!(time(&report, "all", Interval::SceneToDeparture), some(1, "10:00", "10:00"), "the second has no 現発");
}

#[test]
fn an_unknown_offset_counts_inside_one_boot_only() {
    let lost = Pen { knows: false, ahead: 7200, ..TABLET };
    let stamp = |stage| Body::StageStamped { stage, leg: 1 };
    let one_boot = Made::new(1).at(lost, 60, stamp(Stage::OnScene)).at(lost, 660, stamp(Stage::LeftScene));
    let other = Pen { log: 2, boot: 2, ..lost };
    let two_boots = Made::new(2).at(lost, 60, stamp(Stage::OnScene)).at(other, 660, stamp(Stage::LeftScene));
    let known = Pen { log: 3, boot: 3, ahead: 90, knows: true };
    let two_known = Made::new(3).at(TABLET, 60, stamp(Stage::OnScene)).at(known, 360, stamp(Stage::LeftScene));
    let report = sums([one_boot, two_boots, two_known].into_iter().map(|m| m.ended(Ending::HandedOver)).collect());
    assert_eq!(time(&report, "all", Interval::SceneToDeparture), some(2, "7:30", "7:30"), "10:00 and 5:00");
    assert_eq!(report.stages[0].uncertain, 1);
}

#[test]
fn a_clock_set_back_between_two_presses_changes_no_duration() {
    let set_back = Pen { ahead: -3600, knows: false, ..TABLET };
    let stamp = |stage| Body::StageStamped { stage, leg: 1 };
    let made = Made::new(1).at(TABLET, 60, stamp(Stage::OnScene)).at(set_back, 660, stamp(Stage::LeftScene));
    let report = sums(vec![made.ended(Ending::HandedOver)]);
    assert_eq!(time(&report, "all", Interval::SceneToDeparture), some(1, "10:00", "10:00"));
}

#[test]
fn a_negative_time_is_left_out_and_counted() {
    let other = Pen { log: 2, boot: 2, ..TABLET };
    let stamp = |stage| Body::StageStamped { stage, leg: 1 };
    let made = Made::new(1).at(TABLET, 660, stamp(Stage::OnScene)).at(other, 60, stamp(Stage::LeftScene));
    let report = sums(vec![made.ended(Ending::HandedOver)]);
    assert_eq!(time(&report, "all", Interval::SceneToDeparture), (0, None, None));
    assert_eq!(report.stages[0].implausible, 1);
}

#[test]
fn open_cases_and_those_without_a_transport_are_counted_apart() {
    let report = sums(vec![
        Made::new(1).scene(600).read(),
        Made::new(2).scene(600).read().ended(Ending::Refused),
        Made::transport(3, 600),
    ]);
    assert_eq!((report.open, report.not_transported, report.transported), (1, 1, 1));
    assert_eq!(report.training_cases, 1);
    assert_eq!(steps(&report), [0; 6], "neither reading was of a transport");
}

#[test]
fn the_funnel_narrows_step_by_step() {
    let whole = |n| Made::transport(n, 900).read().consented().viewed();
    let report = sums(vec![
        Made::transport(1, 900),
        Made::transport(2, 900).failed("no-card"),
        Made::transport(3, 900).failed("card-moved").failed("card-moved"),
        Made::transport(4, 900).read(),
        Made::transport(5, 900).failed("card-moved").read().consented(),
        whole(6),
        whole(7).enquiry(1, None),
        whole(8).enquiry(1, Some(LOOKUP)),
        Made::transport(9, 900).consented().viewed().enquiry(1, Some(LOOKUP)),
    ]);
    assert_eq!(steps(&report), [8, 6, 5, 4, 3, 1]);
    assert_eq!(report.viewed_without_card, 1);
    let readings: Vec<_> = report.readings_ended.iter().map(|r| (r.code.as_str(), r.events, r.cases)).collect();
    assert_eq!(readings, [("card-moved", 3, 2), ("no-card", 1, 1)]);
}

#[test]
fn reasons_of_look_ups_and_consents() {
    let ended = |code: &str| Body::LookupEnded { lookup: LOOKUP, outcome: LookupOutcome::Failed { code: code.into() } };
    let refused = Body::ConsentRecorded { basis: ConsentBasis::Refused { reason: None } };
    let unconscious = patient_history::NotObtainableReason::Unconscious;
    let emergency = Body::ConsentRecorded { basis: ConsentBasis::NotObtainable { reason: unconscious } };
    let report = sums(vec![
        Made::transport(1, 900).at(TABLET, 330, ended("unreachable")).at(TABLET, 340, refused),
        Made::transport(2, 900).at(TABLET, 330, emergency),
        Made::transport(3, 900).at(
            TABLET,
            330,
            Body::IdentityJudged { level: IdentityLevel::Visual, same_person: false },
        ),
    ]);
    assert_eq!(report.lookups_ended[0].code, "unreachable");
    let consents: Vec<&str> = report.consents_otherwise.iter().map(|r| r.code.as_str()).collect();
    assert_eq!(consents, ["not_obtainable:unconscious", "refused"]);
    assert_eq!(report.readings_ended[0].code, "wrong-person");
}

#[test]
fn days_are_those_of_the_call_in_japan() {
    let day = |text: &str| CivilDate::try_from(text.to_owned()).expect("a date");
    let made = Made::transport(1, 900);
    let count = |from, to| {
        let mut stats = Stats::new(Days { from, to });
        stats.add(&made.facts);
        stats.report(ReportScope::default()).transported
    };
    assert_eq!(count(None, None), 1);
    assert_eq!(count(Some(day("2026-11-20")), Some(day("2026-11-20"))), 1);
    assert_eq!(count(Some(day("2026-11-21")), None), 0);
    assert_eq!(count(None, Some(day("2026-11-19"))), 0);
}

#[test]
fn the_export_has_one_cell_per_heading_and_no_place() {
    let made = Made::transport(1, 60 + 1920).failed("no-card").enquiry(1, None).enquiry(2, None).enquiry(3, None);
    let hospital = HospitalId::from_bytes([4; 16]);
    let decided = Body::DestinationDecided { version: 1, hospital, enquiry: None, how: HowDecided::Telephone };
    let made = made.enquiry(4, None).at(TABLET, 2500, Body::StageStamped { stage: Stage::TransferOfCare, leg: 1 });
    let made = made.at(TABLET, 600, decided);
    let names = export::Names {
        department: "桜川市消防本部",
        hospital: |id| (id == hospital).then(|| "見本病院".into()),
    };
    let row = export::row(&made.facts, 2026, names).expect("a row");
    let headings = export::headings();
    assert_eq!(row.len(), headings.len());
    let cell = |name: &str| &row[headings.iter().position(|h| h == name).expect("a heading")];
    let shown = [
        "消防本部",
        "現場滞在時間（分）",
        "病院収容所要時間（分）",
        "搬送",
        "搬送先医療機関",
        "医療機関照会回数",
        "救急搬送困難事案",
        "マイナ保険証読取",
        "読取不可の理由",
        "情報閲覧",
    ];
    let cells: Vec<&str> = shown.iter().map(|name| cell(name).as_str()).collect();
    assert_eq!(cells, ["桜川市消防本部", "32.0", "41.6", "1", "見本病院", "4", "1", "なし", "no-card", "0"]);
    assert_eq!(cell("現場到着"), "2026-11-20T09:01:00.000+09:00");
    assert!(!row.iter().any(|cell| cell.contains("見本町")), "the place names a person");
    assert_eq!(export::row(&made.facts, 2025, names), None);
    assert_eq!(export::row(&Made::new(2).scene(600).facts, 2026, names), None, "open");
}

/// Every property of `value` is described by the schema beside it.
fn assert_described(value: &serde_json::Value, schema: &serde_json::Value, root: &serde_json::Value) {
    let schema = match schema["$ref"].as_str() {
        Some(name) => root.pointer(name.trim_start_matches('#')).expect("a definition"),
        None => schema,
    };
    if let Some(fields) = value.as_object() {
        for (key, inner) in fields {
            let described = &schema["properties"][key];
            assert!(!described.is_null(), "{key} is not described");
            assert_described(inner, described, root);
        }
        let required = schema["required"].as_array().expect("required fields");
        assert_eq!(required.len(), fields.len(), "{required:?}");
    }
    for inner in value.as_array().into_iter().flatten() {
        assert_described(inner, &schema["items"], root);
    }
}

#[test]
fn the_example_is_what_the_fold_makes_of_invented_cases_and_fits_the_schema() {
    let unreachable = LookupOutcome::Failed { code: "unreachable".into() };
    let whole = Made::transport(1, 60 + 1229).read().consented().viewed().enquiry(1, Some(LOOKUP));
    let mut stats = Stats::default();
    for made in [
        whole,
        Made::transport(2, 60 + 1100).failed("no-card"),
        Made::transport(3, 60 + 1000).read().consented().at(
            TABLET,
            330,
            Body::LookupEnded { lookup: LOOKUP, outcome: unreachable },
        ),
        Made::transport(4, 60 + 900).read().at(
            TABLET,
            330,
            Body::ConsentRecorded { basis: ConsentBasis::Refused { reason: None } },
        ),
        Made::new(5).scene(600),
    ] {
        stats.add(&made.facts);
    }
    let department = Some("桜川市消防本部".to_owned());
    let scope =
        ReportScope { department, from: Some("2026-11-01".into()), to: Some("2026-11-30".into()), training: true };
    let made = serde_json::to_string_pretty(&stats.report(scope)).expect("JSON");
    assert_eq!(STATS_EXAMPLE.trim_end(), made);
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let schema = json(STATS_SCHEMA);
    assert_described(&json(&made), &schema, &schema);
}

#[test]
fn a_server_s_own_stamp_is_never_uncertain() {
    let mut made = Made::new(1);
    let mut event = made.facts.iter().next().expect("a fact").event.clone();
    event.name = EventName { log: LogId::from_bytes([8; 16]), seq: 1 };
    event.writer = Writer::Server(OnBehalf::Dispatcher(CrewId::from_bytes([1; 16])));
    event.at.mono.boot = BootId::from_bytes([8; 16]);
    event.at.offset = None;
    event.body = Body::StageStamped { stage: Stage::OnScene, leg: 1 };
    let hash = Stored::encode(&event).expect("stored").hash();
    made.facts.insert(event, hash, Some(Commit { position: 2, received_at: NOW }));
    let report = sums(vec![made.stage(600, Stage::LeftScene).ended(Ending::HandedOver)]);
    assert_eq!(time(&report, "all", Interval::SceneToDeparture), some(1, "10:00", "10:00"));
}

proptest! {
    #[test]
    fn the_order_of_cases_leaves_no_trace(aways in prop::collection::vec(420..3000i64, 1..8)) {
        let make = |list: &[i64]| {
            let mut n = 0;
            sums(list.iter().map(|away| { n += 1; Made::transport(n, *away) }).collect())
        };
        let mut reversed = aways.clone();
        reversed.reverse();
        prop_assert_eq!(make(&aways), make(&reversed));
    }

    #[test]
    fn each_step_of_the_funnel_is_a_part_of_the_one_before(parts in prop::collection::vec(prop::collection::vec(0..6u8, 0..6), 0..6)) {
        let mut n = 0;
        let cases = parts.iter().map(|steps| {
            n += 1;
            steps.iter().fold(Made::transport(n, 900), |made, step| match step {
                0 => made.failed("no-card"),
                1 => made.failed("card-moved"),
                2 => made.read(),
                3 => made.consented(),
                4 => made.viewed(),
                _ => made.enquiry(1, Some(LOOKUP)),
            })
        });
        let steps = steps(&sums(cases.collect()));
        prop_assert!(steps.is_sorted_by(|a, b| a >= b), "{:?}", steps);
    }
}

#[test]
fn hospitals_units_and_other_choices_are_counted() {
    let (unit, callsign) = (UnitId::from_bytes([2; 16]), "救急1".to_owned());
    let answered = |n: u8, answer| Body::EnquiryAnswered {
        enquiry: EnquiryId::from_bytes([n; 16]),
        hospital: HospitalId::from_bytes([n; 16]),
        answer,
        by: AnsweredBy::Page,
    };
    let mut first = Made::transport(1, 60 + 2400).read().at(TABLET, 5, Body::UnitAssigned { unit, callsign, leg: 1 });
    for n in 1..=4 {
        first = first.enquiry(n, None);
    }
    let first = first.at(TABLET, 900, answered(1, EnquiryAnswer::Declined(DeclineReason::BedsFull))).at(
        TABLET,
        901,
        answered(2, EnquiryAnswer::Accepted),
    );
    let report = sums(vec![first, Made::transport(2, 60 + 1200)]);
    let seen = |n: u8| {
        let id = HospitalId::from_bytes([n; 16]).to_string();
        let row = report.hospitals.iter().find(|row| row.hospital == id).expect("the hospital");
        (row.asked, row.accepted, row.declined, row.unanswered)
    };
    assert_eq!((seen(1), seen(2), seen(3)), ((1, 0, 1, 0), (1, 1, 0, 0), (1, 0, 0, 1)));
    assert_eq!((report.enquiries.sent, report.enquiries.difficult), (4, 1));
    let weeks: Vec<_> = report.enquiries.by_week.iter().map(|week| (week.cases, week.difficult)).collect();
    assert_eq!(weeks.iter().map(|(_, difficult)| difficult).sum::<u64>(), 1, "{weeks:?}");
    assert_eq!(weeks.iter().map(|(cases, _)| cases).sum::<u64>(), report.transported);
    let spread: Vec<_> = report.enquiries.by_case.iter().map(|count| (count.enquiries, count.cases)).collect();
    assert_eq!(spread, [(0, 1), (4, 1)]);
    let row = report.units.iter().find(|row| row.callsign == "救急1").expect("the unit");
    assert_eq!((row.transported, row.read, row.enquiries, row.scene_mean_s), (1, 1, 4, Some(2400)));
    assert_eq!(report.read_cost.scene_difference_s, Some(1200));
    assert_eq!((report.read_cost.median_ms, report.read_cost.p90_ms), (Some(900), Some(900)));
    let lines = report.rows();
    assert!(lines.contains(&["照会", "", "搬送困難", "1", "件"].map(str::to_owned)), "{lines:?}");
}
