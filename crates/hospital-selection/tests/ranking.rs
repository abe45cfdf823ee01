//! The ranking as a caller sees it: on the embedded table and on small made-up ones.
#![expect(clippy::unwrap_used, reason = "tests")]

use hospital_selection::order::{EnquiryOption, best_order, expected_minutes};
use hospital_selection::{
    Candidate, CapacityReport, CapacitySource, CapacityState, Category, Continuity, Exclusion, ExclusionReason, Hold,
    HospitalTable, Inbound, MarkState, Ranking, ReasonCode, RejectCode, Relaxation, SelectionRequest, params, rank,
};
use model::{Capability, Complaint, Findings, HospitalId, Need, Position, Strength, Timestamp, Triage};
use proptest::prelude::*;
use travel_time::{DistanceModel, Land, Tenths, Travel, TravelTime};

const HEADER: &str = concat!(
    "#version,test\n",
    "id,record_id,name,pref,area_code,municipality,lat,lon,beds,tertiary,secondary,",
    "ambulance_accepted,operations,deliveries,capabilities\n"
);

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_138_380_000) // 2026-11-20T10:33:00+09:00
}

fn id(n: u8) -> HospitalId {
    HospitalId::from_bytes([n; 16])
}

fn row(n: u8, lat: f64, tertiary: u8, volume: u32, capabilities: &str) -> String {
    format!("{},T-{n},病院{n},東京都,1301,某市,{lat},139.5,100,{tertiary},1,{volume},,,{capabilities}\n", id(n))
}

fn table(rows: &[String]) -> HospitalTable {
    HospitalTable::parse(&format!("{HEADER}{}", rows.concat())).unwrap()
}

/// The reward for keeping a report fresh: of equal minutes whoever spoke for itself last stands first. What a crew met there, the
/// pattern of a week and a word that is over are no word of its own.
#[test]
fn of_equal_minutes_the_hospital_that_spoke_last_stands_first() {
    let table = table(&[row(1, 35.71, 0, 600, ""), row(2, 35.71, 0, 600, ""), row(3, 35.71, 0, 600, "")]);
    let order = |reports: &[CapacityReport]| -> Vec<HospitalId> {
        let ranking = rank(&table, reports, &DistanceModel::japan(), &request(&[]));
        assert!(ranking.candidates.windows(2).all(|two| two[0].total == two[1].total), "{:?}", ranking.candidates);
        ranking.candidates.iter().map(|c| c.hospital).collect()
    };
    // Of a capability that nobody asks for: it changes no minute.
    let said = |n, minutes_ago| report(n, Some(Capability::Endoscopy), CapacityState::Free, minutes_ago);
    assert_eq!(order(&[]), [id(1), id(2), id(3)]);
    assert_eq!(order(&[said(3, 30), said(2, 60)]), [id(3), id(2), id(1)]);
    assert_eq!(order(&[said(2, 30), said(3, 30)]), [id(2), id(3), id(1)], "then by id");
    for source in [CapacitySource::Refusal, CapacitySource::Arrival, CapacitySource::Filed] {
        assert_eq!(order(&[CapacityReport { source, ..said(3, 1) }]), [id(1), id(2), id(3)], "{source:?}");
    }
    let over = CapacityReport { until: Some(at().plus_minutes(-1)), ..said(3, 30) };
    assert_eq!(order(&[over]), [id(1), id(2), id(3)]);
}

/// A tertiary hospital 30 km away, a near secondary one with filed ICU, a nearer one of which nothing is known.
fn three() -> HospitalTable {
    table(&[
        row(1, 35.97, 1, 7000, "tertiary:filed;ct_now:derived:tertiary"),
        row(2, 35.75, 0, 4000, "intensive_care:filed;ct_now:derived:ambulances_500"),
        row(3, 35.71, 0, 600, ""),
    ])
}

fn request(needs: &[(Capability, Strength)]) -> SelectionRequest {
    let mut request = SelectionRequest::new(at(), Position::new(35.70, 139.5).unwrap(), &Findings::default());
    request.needs = needs.iter().map(|&(capability, strength)| Need { capability, strength }).collect();
    request
}

fn report(n: u8, capability: Option<Capability>, state: CapacityState, minutes_ago: i64) -> CapacityReport {
    CapacityReport {
        hospital: id(n),
        capability,
        state,
        at: at().plus_minutes(-minutes_ago),
        source: CapacitySource::Desk,
        until: None,
    }
}

fn run(table: &HospitalTable, capacity: &[CapacityReport], request: &SelectionRequest) -> Ranking {
    let ranking = rank(table, capacity, &DistanceModel::japan(), request);
    for c in &ranking.candidates {
        assert_eq!(c.total, c.terms.in_order().into_iter().sum::<Tenths>(), "the terms of {} add up", c.name);
        let whole = c.whole();
        assert_eq!(whole.total, whole.terms.iter().sum::<i32>(), "the whole minutes of {} add up", c.name);
    }
    // Of equal minutes see `of_equal_minutes_the_hospital_that_spoke_last_stands_first` and the oracle.
    assert!(ranking.candidates.is_sorted_by_key(|c| c.total));
    assert!(!ranking.candidates.is_empty());
    ranking
}

fn of(ranking: &Ranking, n: u8) -> &Candidate {
    ranking.candidates.iter().find(|c| c.hospital == id(n)).unwrap()
}

fn code(ranking: &Ranking, n: u8) -> Option<RejectCode> {
    ranking.excluded.iter().find(|e| e.hospital == id(n)).map(|e| e.code)
}

#[test]
fn derived_and_unknown_stay_with_a_penalty_and_filed_is_free() {
    use Capability::{CtNow, IntensiveCare};
    let ranking = run(&three(), &[], &request(&[(IntensiveCare, Strength::Hard), (CtNow, Strength::Hard)]));
    let marks =
        |n| of(&ranking, n).marks.iter().map(|m| (m.capability, m.state, m.source.as_str())).collect::<Vec<_>>();
    assert_eq!(
        marks(2),
        [(CtNow, MarkState::Unconfirmed, "derived:ambulances_500"), (IntensiveCare, MarkState::Yes, "filed")]
    );
    assert_eq!(
        marks(3),
        [(CtNow, MarkState::Unconfirmed, "unknown"), (IntensiveCare, MarkState::Unconfirmed, "unknown")]
    );
    assert_eq!(of(&ranking, 2).terms.missing, params::MISSING_DERIVED.0);
    assert_eq!(of(&ranking, 3).terms.missing, params::MISSING_UNKNOWN.0 + params::MISSING_UNKNOWN.0);
    assert_eq!(ranking.excluded_total, 0);
}

#[test]
fn a_report_confirms_closes_and_expires() {
    let needs = request(&[(Capability::CtNow, Strength::Hard)]);
    let ct = |state, ago| report(3, Some(Capability::CtNow), state, ago);
    let ranking = run(&three(), &[ct(CapacityState::Free, 5)], &needs);
    assert_eq!(of(&ranking, 3).terms.missing, Tenths::ZERO);
    let ranking = run(&three(), &[ct(CapacityState::Free, 90), ct(CapacityState::Down, 81)], &needs);
    assert_eq!(code(&ranking, 3), Some(RejectCode::DeclaredDown));
    assert_eq!(ranking.excluded[0].detail, "頭部CT停止 09:12");
    let refused_since = [ct(CapacityState::Down, 81), ct(CapacityState::Full, 5)];
    assert_eq!(
        code(&run(&three(), &refused_since, &needs), 3),
        Some(RejectCode::DeclaredDown),
        "a refusal lifts no closure"
    );
    let lifted = [ct(CapacityState::Down, 81), ct(CapacityState::Free, 5)];
    assert_eq!(code(&run(&three(), &lifted, &needs), 3), None);
    let ranking = run(&three(), &[ct(CapacityState::Down, params::CLOSURE_MINUTES)], &needs);
    assert_eq!(code(&ranking, 3), None, "a closure ends by itself");
}

#[test]
fn every_reject_code() {
    let t = table(&[
        row(1, 35.80, 1, 7000, "tertiary:filed"),
        row(2, 35.75, 0, 4000, "endoscopy:absent"),
        row(3, 35.71, 0, 600, ""),
        row(4, 35.72, 0, 600, "").replace("病院4", "市立こども病院"),
        row(5, 35.73, 0, 600, ""),
    ]);
    let mut r = request(&[(Capability::Endoscopy, Strength::Hard)]);
    r.age = Some(40);
    r.exclude = vec![Exclusion { hospital: id(3), at: at().plus_minutes(-2), reason: ExclusionReason::Full }];
    let ranking = run(&t, &[report(5, None, CapacityState::OffDuty, 30)], &r);
    assert_eq!(code(&ranking, 2), Some(RejectCode::NoCapability));
    assert_eq!(code(&ranking, 3), Some(RejectCode::AlreadyRefused));
    assert_eq!(code(&ranking, 4), Some(RejectCode::AgeSexLimit));
    assert_eq!(code(&ranking, 5), Some(RejectCode::OffDuty));
    r.exclude[0].reason = ExclusionReason::RouteClosed;
    r.listed = Some([id(1)].into());
    let ranking = run(&t, &[report(2, None, CapacityState::Down, 30)], &r);
    assert_eq!(code(&ranking, 3), Some(RejectCode::RouteClosed));
    assert_eq!(code(&ranking, 2), Some(RejectCode::DeclaredDown));
    assert_eq!(code(&ranking, 5), Some(RejectCode::NotListed));
    r.age = Some(9);
    r.listed = None;
    assert_eq!(code(&run(&t, &[], &r), 4), None, "a child may go to the children's hospital");
}

#[test]
fn a_refusal_stands_for_an_hour() {
    let mut r = request(&[]);
    r.exclude = vec![Exclusion {
        hospital: id(3),
        at: at().plus_minutes(-params::REFUSAL_MINUTES),
        reason: ExclusionReason::Busy,
    }];
    let again = run(&three(), &[], &r);
    assert!(
        of(&again, 2).p < of(&run(&three(), &[], &request(&[])), 2).p,
        "a refusal tells of the case, not only of the hospital"
    );
    assert!(of(&again, 3).reasons.iter().any(|x| x.code == ReasonCode::AskAgain));
}

#[test]
fn rules_are_relaxed_in_order_and_the_list_is_never_empty() {
    let closed: Vec<_> = (1..=3).map(|n| report(n, None, CapacityState::OffDuty, 10)).collect();
    let ranking = run(&three(), &closed, &request(&[]));
    assert_eq!(ranking.relaxed, [Relaxation::OffDuty]);
    assert_eq!(ranking.candidates.len(), 3);

    let mut all_refused = request(&[]);
    all_refused.exclude =
        (1..=3).map(|n| Exclusion { hospital: id(n), at: at(), reason: ExclusionReason::Full }).collect();
    assert_eq!(run(&three(), &[], &all_refused).relaxed.last(), Some(&Relaxation::AlreadyRefused));

    let down: Vec<_> = (1..=3).map(|n| report(n, None, CapacityState::Down, 10)).collect();
    let ranking = run(&three(), &down, &request(&[]));
    assert_eq!(ranking.relaxed.last(), Some(&Relaxation::FallbackOnly));
    assert_eq!(ranking.candidates[0].hospital, id(1), "the tertiary hospital is the last resort");
    assert_eq!(ranking.excluded_total, 3);
}

#[test]
fn a_hard_tertiary_need_holds_only_within_reach() {
    let critical = request(&[(Capability::Tertiary, Strength::Hard)]);
    let near = run(&three(), &[], &critical);
    assert_eq!(near.candidates.len(), 1);
    assert_eq!(code(&near, 2), Some(RejectCode::NoCapability));
    let far = table(&[row(1, 37.9, 1, 7000, "tertiary:filed"), row(2, 35.75, 0, 4000, "")]);
    let ranking = run(&far, &[], &critical);
    assert_eq!(ranking.relaxed, [Relaxation::TertiaryOutOfReach]);
    assert_eq!(ranking.candidates[0].hospital, id(2));
    assert_eq!(of(&ranking, 2).terms.missing, params::MISSING_TERTIARY);
}

#[test]
fn holds_lower_p_and_continuity_takes_off_minutes_but_never_for_red() {
    let mut r = request(&[]);
    let before = run(&three(), &[], &r);
    r.held = vec![Hold { hospital: id(2), since: at().plus_minutes(-3) }];
    r.continuity = vec![Continuity { hospital: id(3), minutes: Tenths(500) }];
    r.inbound = vec![Inbound { hospital: id(1), units: 2 }];
    let after = run(&three(), &[], &r);
    assert!(of(&after, 2).p < of(&before, 2).p && of(&after, 2).held_by_other);
    assert_eq!(of(&after, 3).terms.continuity, -params::CONTINUITY_MAX);
    assert!(of(&after, 1).terms.load > Tenths::ZERO);
    assert!(after.names_history() && !run(&three(), &[], &r.clone().without_history()).names_history());
    r.triage = Some(Triage::Red);
    let red = run(&three(), &[], &r);
    assert_eq!((of(&red, 2).p, of(&red, 2).held_by_other), (of(&before, 2).p, false));
    assert_eq!(of(&red, 3).terms.continuity, Tenths::ZERO);
    r.triage = None;
    r.held[0].since = at().plus_minutes(-params::HOLD_MINUTES);
    assert_eq!(of(&run(&three(), &[], &r), 2).p, of(&before, 2).p, "a hold ends by itself");
}

/// Stands in for roads: hospital 3 is behind a river, one minute by distance and another drive by road.
struct River(DistanceModel, Travel);

/// Around by the bridge.
const HOUR: Travel = Travel { p50: Tenths(600), p90: Tenths(700) };

impl TravelTime for River {
    fn minutes(&self, from: Position, to: Position) -> Travel {
        self.0.minutes(from, to)
    }
    fn by_distance(&self, from: Position, km: f64) -> Option<Travel> {
        self.0.by_distance(from, km)
    }
    fn refine(&self, from: Position, to: &[Position]) -> Option<Vec<Travel>> {
        let drive = |at: &Position| if at.lat() < 35.72 { self.1 } else { self.0.minutes(from, *at) };
        Some(to.iter().map(drive).collect())
    }
    fn version(&self) -> &str {
        "river"
    }
}

#[test]
fn refined_drives_order_the_best_again_and_keep_their_spread() {
    let mut r = request(&[]);
    let by_distance = run(&three(), &[], &r);
    assert_eq!(by_distance.candidates[0].hospital, id(3));
    let river = River(DistanceModel::japan(), HOUR);
    let by_road = rank(&three(), &[], &river, &r);
    assert_eq!(by_road.candidates.iter().map(|c| c.hospital).collect::<Vec<_>>(), [id(2), id(1), id(3)]);
    assert_eq!(of(&by_road, 3).drive, Travel { p50: Tenths(600), p90: Tenths(700) });
    assert_eq!(of(&by_road, 3).terms.travel, Tenths(650), "half of the way to the 90th percentile is still in");
    assert_eq!(of(&by_road, 2).terms, of(&by_distance, 2).terms);
    // The best by road is found although it was not the best by distance.
    r.max_candidates = 1;
    assert_eq!(rank(&three(), &[], &river, &r).candidates[0].hospital, id(2));
}

#[test]
fn where_no_road_leads_nobody_is_asked_unless_nobody_else_is_left() {
    let river = River(DistanceModel::japan(), Travel::UNREACHABLE);
    let ranking = rank(&three(), &[], &river, &request(&[]));
    assert_eq!(ranking.candidates.iter().map(|c| c.hospital).collect::<Vec<_>>(), [id(2), id(1)]);
    assert_eq!((code(&ranking, 3), ranking.excluded_total), (Some(RejectCode::RouteClosed), 1));
    assert_eq!(ranking.excluded[0].detail, "道路がつながっていません");
    let alone = table(&[row(3, 35.71, 0, 600, "")]);
    let ranking = rank(&alone, &[], &river, &request(&[]));
    assert_eq!((ranking.candidates.len(), ranking.excluded_total), (1, 0));
    let only = &ranking.candidates[0];
    assert!(only.no_road && only.by_road().is_none() && only.drive.is_reachable(), "a distance for the order, no time");
    assert_eq!((only.reasons[0].code, only.reasons[0].ja.as_str()), (ReasonCode::Relaxed, "道路がつながっていません"));
    assert!(ranking.fallback.is_some_and(|last| last.index < Tenths::from_whole_minutes(1_000)), "no 100,000 minutes");
}

#[test]
fn without_a_tertiary_hospital_in_reach_the_nearest_is_the_last_resort_even_if_closed() {
    let far = table(&[row(1, 37.9, 1, 7000, "tertiary:filed"), row(2, 35.75, 0, 4000, ""), row(3, 35.80, 0, 10, "")]);
    let down: Vec<_> = (2..=3).map(|n| report(n, None, CapacityState::Down, 10)).collect();
    let ranking = run(&far, &down, &request(&[]));
    assert_eq!(ranking.fallback.as_ref().map(|f| f.hospital), Some(id(2)));
    let mut r = request(&[]);
    r.exclude = vec![Exclusion { hospital: id(2), at: at(), reason: ExclusionReason::RouteClosed }];
    assert_eq!(run(&far, &down, &r).fallback.map(|f| f.hospital), Some(id(3)), "no road leads to the nearest");
}

#[test]
fn an_old_report_says_little() {
    let p = |state, ago| of(&run(&three(), &[report(2, None, state, ago)], &request(&[])), 2).p;
    let none = of(&run(&three(), &[], &request(&[])), 2).p;
    assert!(p(CapacityState::Free, 1) > p(CapacityState::Free, 60) && p(CapacityState::Free, 60) > none);
    assert!(p(CapacityState::Full, 1) < p(CapacityState::Full, 60) && p(CapacityState::Full, 60) < none);
    assert_eq!(p(CapacityState::Full, 100_000), none);
    let ct = |state| {
        of(
            &run(
                &three(),
                &[report(2, Some(Capability::CtNow), state, 1)],
                &request(&[(Capability::CtNow, Strength::Soft)]),
            ),
            2,
        )
        .p
    };
    assert_eq!(ct(CapacityState::Free), none, "a working CT is no free bed");
    assert!(ct(CapacityState::Full) < none);
}

#[test]
fn the_third_level_stands_between_and_is_never_worse_than_saying_nothing() {
    let p = |reports: &[CapacityReport]| of(&run(&three(), reports, &request(&[])), 2).p;
    let level = |state| p(&[report(2, None, state, 5)]);
    let (free, limited, full) = (level(CapacityState::Free), level(CapacityState::Limited), level(CapacityState::Full));
    assert!(free > limited && limited > p(&[]) && p(&[]) > full);
    let stroke = Some(Capability::StrokeThrombolysis);
    let needs = request(&[(Capability::StrokeThrombolysis, Strength::Soft)]);
    let both = |state| {
        of(&run(&three(), &[report(2, None, CapacityState::Free, 5), report(2, stroke, state, 5)], &needs), 2).p
    };
    assert!(both(CapacityState::Free) > both(CapacityState::Limited), "little room for this kind of patient");
    let lifted = run(
        &three(),
        &[report(2, None, CapacityState::Down, 9), report(2, None, CapacityState::Limited, 5)],
        &request(&[]),
    );
    assert!(lifted.candidates.iter().any(|c| c.hospital == id(2)), "who takes patients again is asked");
}

#[test]
fn a_filed_pattern_says_what_is_usual_and_lifts_no_closure() {
    let filed = |state, ago| CapacityReport { source: CapacitySource::Filed, ..report(2, None, state, ago) };
    let p = |reports: &[CapacityReport]| of(&run(&three(), reports, &request(&[])), 2).p;
    let row = |reports: &[CapacityReport]| of(&run(&three(), reports, &request(&[])), 2).clone();
    let none = p(&[]);
    assert_eq!(p(&[filed(CapacityState::Free, 1)]), p(&[filed(CapacityState::Free, 400)]), "it does not decay");
    assert!(p(&[report(2, None, CapacityState::Free, 1)]) > p(&[filed(CapacityState::Free, 1)]));
    assert!(p(&[filed(CapacityState::Free, 1)]) > p(&[filed(CapacityState::Limited, 1)]));
    assert!(p(&[filed(CapacityState::Limited, 1)]) > none && none > p(&[filed(CapacityState::Full, 1)]));
    assert!(p(&[filed(CapacityState::Full, 1)]) > p(&[report(2, None, CapacityState::Full, 1)]));
    let full = row(&[filed(CapacityState::Full, 1)]);
    assert_eq!(full.capacity, None, "nobody looked: it has no age");
    assert!(full.reasons.iter().any(|r| r.ja == "届出では受入が難しい時間"), "{:?}", full.reasons);
    let shut = run(&three(), &[report(2, None, CapacityState::Down, 9), filed(CapacityState::Free, 1)], &request(&[]));
    assert!(shut.candidates.iter().all(|c| c.hospital != id(2)), "a stop has its own end");
    let ct = CapacityReport { capability: Some(Capability::CtNow), ..filed(CapacityState::Limited, 1) };
    let ranking = run(&three(), &[ct], &request(&[(Capability::CtNow, Strength::Hard)]));
    assert_eq!(of(&ranking, 2).marks.first().map(|m| m.source.clone()), Some("filed".to_owned()));
}

#[test]
fn a_change_of_order_is_told() {
    let plain = request(&[]);
    let mut more = plain.clone();
    more.needs = vec![Need { capability: Capability::IntensiveCare, strength: Strength::Hard }];
    more.exclude = vec![Exclusion { hospital: id(1), at: at(), reason: ExclusionReason::Full }];
    let (before, after) = (run(&three(), &[], &plain), run(&three(), &[], &more));
    let moved: Vec<_> = after.changes_from(&before).iter().map(|c| (c.hospital, c.from, c.to)).collect();
    let order = |r: &Ranking| r.candidates.iter().map(|c| c.hospital).collect::<Vec<_>>();
    assert_eq!((order(&before), order(&after)), (vec![id(3), id(2), id(1)], vec![id(2), id(3)]));
    assert_eq!(moved, [(id(2), Some(2), Some(1)), (id(3), Some(1), Some(2)), (id(1), Some(3), None)]);
    assert_eq!(after.added_needs(&before), more.needs);
}

fn place(lat: f64, lon: f64, complaint: Complaint, triage: Triage) -> Ranking {
    let mut findings = Findings { triage: Some(triage), age_years: Some(72), ..Findings::default() };
    findings.complaints.insert(complaint);
    let request = SelectionRequest::new(at(), Position::new(lat, lon).unwrap(), &findings);
    run(HospitalTable::embedded(), &[], &request)
}

fn short(ranking: &Ranking) -> String {
    let mut text = format!("{} {:?}\n", ranking.category.ja(), ranking.relaxed);
    for c in &ranking.candidates {
        let terms = c.terms.in_order().map(|t| t.to_string()).join(" ");
        let marks: String = c.marks.iter().map(|m| format!(" {}{}", m.capability.ja(), m.state.ja())).collect();
        text.push_str(&format!("{} {} {} = {terms} p{}{marks}\n", c.rank, c.name, c.total, c.p));
    }
    for e in ranking.excluded.iter().take(3) {
        text.push_str(&format!("除外 {} {}\n", e.name, e.detail));
    }
    text
}

#[test]
fn tachikawa_head_injury() {
    insta::assert_snapshot!(short(&place(35.6984, 139.4133, Complaint::HeadInjury, Triage::Yellow)));
}

#[test]
fn noto_stroke_where_the_next_tertiary_hospital_is_far() {
    insta::assert_snapshot!(short(&place(37.3906, 136.8990, Complaint::StrokeSigns, Triage::Yellow)));
}

#[test]
fn wakkanai_arrest_without_a_tertiary_hospital_within_reach() {
    insta::assert_snapshot!(short(&place(45.4157, 141.6731, Complaint::CardiacArrest, Triage::Red)));
}

#[test]
fn the_same_request_gives_the_same_bytes_and_they_read_back() {
    let a = place(35.6984, 139.4133, Complaint::ChestPain, Triage::Yellow);
    let bytes = a.to_json_bytes().unwrap();
    assert_eq!(bytes, place(35.6984, 139.4133, Complaint::ChestPain, Triage::Yellow).to_json_bytes().unwrap());
    assert_eq!(serde_json::from_slice::<Ranking>(&bytes).unwrap(), a);
}

fn option_of(c: &Candidate) -> EnquiryOption {
    let v = c.total - c.terms.acceptance;
    EnquiryOption { p: c.p.probability(), c: params::ENQUIRY.minutes(), v: v.minutes() }
}

proptest! {
    /// The list's order is the best order of asking, up to the rounding of c/p to a tenth of a minute.
    #[test]
    fn the_order_is_that_of_the_theorem(
        places in prop::collection::vec((35.6..36.3_f64, 0..9000_u32, any::<bool>()), 2..6),
        full in prop::collection::vec(0..90_i64, 6),
    ) {
        let rows: Vec<String> = (1u8..).zip(&places).map(|(n, (lat, volume, tertiary))| row(n, *lat, u8::from(*tertiary), *volume, "")).collect();
        let reports: Vec<_> = (1u8..).zip(&places).zip(&full)
            .map(|((n, _), ago)| report(n, None, if ago % 2 == 0 { CapacityState::Full } else { CapacityState::Free }, *ago))
            .collect();
        let mut r = request(&[(Capability::CtNow, Strength::Soft)]);
        r.max_candidates = 10;
        let ranking = run(&table(&rows), &reports, &r);
        let ours: Vec<_> = ranking.candidates.iter().map(option_of).collect();
        let slack = 0.05 * f64::from(u32::try_from(ours.len()).unwrap());
        prop_assert!(expected_minutes(&ours, 300.0) <= expected_minutes(&best_order(&ours), 300.0) + slack);
    }

    /// History only adds: with more needs the same hospital is never quicker, and no need disappears.
    #[test]
    fn a_need_never_makes_a_hospital_quicker(extra in prop::sample::subsequence(Capability::ALL.to_vec(), 0..5)) {
        let base = request(&[(Capability::CtNow, Strength::Soft)]);
        let added: Vec<Need> = extra.iter().map(|c| Need { capability: *c, strength: Strength::Soft }).collect();
        let mut more = base.clone();
        more.needs = hospital_selection::merge_needs(&base.needs, &added);
        let (before, after) = (run(&three(), &[], &base), run(&three(), &[], &more));
        for c in &after.candidates {
            prop_assert!(c.total >= before.candidates.iter().find(|b| b.hospital == c.hospital).unwrap().total);
        }
        prop_assert!(base.needs.iter().all(|n| after.needs.contains(n)));
    }

    #[test]
    fn somebody_is_always_offered(lat in 24.0..45.5_f64, lon in 123.0..146.0_f64, c in prop::sample::select(Complaint::ALL.to_vec()), red in any::<bool>()) {
        let ranking = place(lat, lon, c, if red { Triage::Red } else { Triage::Green });
        // An island may have fewer hospitals, and what is across the water is none while there is one.
        let mainland = Land::of(ranking.scene) == Land::MAINLAND;
        prop_assert!(ranking.candidates.len() == params::DEFAULT_CANDIDATES || !mainland && !ranking.candidates.is_empty());
        prop_assert!(ranking.excluded.len() <= params::MAX_EXCLUDED);
        prop_assert!(ranking.category != Category::Critical || red || matches!(c, Complaint::CardiacArrest | Complaint::Shock));
    }
}
