//! How the list is asked: against the clock of rt-PA, several at once, and when to turn to the last resort.
#![expect(clippy::unwrap_used, reason = "tests")]

use hospital_selection::{
    CapacityReport, CapacitySource, CapacityState, HospitalTable, Ranking, ReasonCode, SelectionRequest, params, rank,
    why_not,
};
use model::{Capability, Complaint, Findings, HospitalId, Position, Timestamp, Triage};
use travel_time::{DistanceModel, Tenths};

const HEADER: &str = concat!(
    "#version,test\n",
    "id,record_id,name,pref,area_code,municipality,lat,lon,beds,tertiary,secondary,",
    "ambulance_accepted,operations,deliveries,capabilities\n"
);

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_138_380_000)
}

fn id(n: u8) -> HospitalId {
    HospitalId::from_bytes([n; 16])
}

/// Hospital n at this latitude with these ambulances a year; all tertiary, so that treatment takes equally long.
fn table(rows: &[(f64, u32, &str)]) -> HospitalTable {
    table_where(rows, |_| true)
}

fn table_where(rows: &[(f64, u32, &str)], tertiary: impl Fn(u8) -> bool) -> HospitalTable {
    let row = |(n, (lat, volume, capabilities)): (u8, &(f64, u32, &str))| {
        let third = u8::from(tertiary(n));
        let known = ["ct_now:filed", "stroke_care_unit:filed", capabilities].join(";");
        format!(
            "{},T-{n},病院{n},東京都,1301,某市,{lat},139.5,100,{third},1,{volume},,,{}\n",
            id(n),
            known.trim_end_matches(';')
        )
    };
    let rows: String = (1..).zip(rows).map(row).collect();
    HospitalTable::parse(&format!("{HEADER}{rows}")).unwrap()
}

fn stroke(onset_minutes: Option<u32>) -> SelectionRequest {
    let findings = Findings { complaints: [Complaint::StrokeSigns].into(), onset_minutes, ..Findings::default() };
    SelectionRequest::new(at(), Position::new(35.70, 139.5).unwrap(), &findings)
}

fn run(table: &HospitalTable, capacity: &[CapacityReport], request: &SelectionRequest) -> Ranking {
    rank(table, capacity, &DistanceModel::japan(), request)
}

fn order(ranking: &Ranking) -> Vec<HospitalId> {
    ranking.candidates.iter().map(|c| c.hospital).collect()
}

#[test]
fn a_hospital_that_is_soon_too_late_is_asked_first() {
    let lysis = "stroke_thrombolysis:filed";
    let table = table(&[(35.72, 300, lysis), (35.79, 7_000, lysis)]);
    let slow = run(&table, &[], &stroke(Some(60)));
    assert_eq!(order(&slow), [id(1), id(2)]);
    assert_eq!(slow.deadline.map(|d| (d.minutes_left, d.reordered)), Some((210, false)));
    // The second is in time when it is asked first, and too late after the first has refused.
    let second = &slow.candidates[1];
    let needed = second.drive.p50 + second.terms.treatment + params::ENQUIRY;
    let left = u32::try_from(needed.whole_minutes()).unwrap() + 2;
    let hurried = run(&table, &[], &stroke(Some(params::LYSIS_WINDOW - left)));
    assert_eq!(order(&hurried), [id(2), id(1)]);
    assert!(hurried.deadline.unwrap().reordered && hurried.deadline.unwrap().ja().is_some());
    assert!(hurried.candidates[0].total > hurried.candidates[1].total, "not the order of minutes");
    assert_eq!(hurried.together, None);
    // Where thrombectomy is there, the clock of rt-PA does not decide.
    let both = "stroke_thrombolysis:filed;stroke_thrombectomy:filed";
    let able = run(&self::table(&[(35.72, 300, lysis), (35.79, 7_000, both)]), &[], &stroke(Some(270 - left)));
    assert_eq!(order(&able), [id(1), id(2)]);
}

#[test]
fn what_is_too_late_in_any_case_costs_minutes_and_says_so() {
    let table = table(&[(35.72, 7_000, "stroke_thrombolysis:filed"), (35.73, 7_000, "stroke_thrombolysis:absent")]);
    let in_time = run(&table, &[], &stroke(Some(100)));
    let late = run(&table, &[], &stroke(Some(265)));
    let of = |r: &Ranking| r.candidates.iter().find(|c| c.hospital == id(1)).unwrap().clone();
    assert_eq!(of(&late).terms.missing, of(&in_time).terms.missing + params::LYSIS_WORTH);
    let says = of(&late).reasons.into_iter().find(|r| r.code == ReasonCode::NeedMissing).unwrap();
    assert_eq!((says.capability, says.minutes), (Some(Capability::StrokeThrombolysis), Some(params::LYSIS_WORTH)));
    for none in [None, Some(271)] {
        assert_eq!(run(&table, &[], &stroke(none)).deadline, None, "an unknown or long past onset sets no clock");
    }
}

fn full(n: u8) -> CapacityReport {
    CapacityReport {
        hospital: id(n),
        capability: None,
        state: CapacityState::Full,
        at: at().plus_minutes(-20),
        source: CapacitySource::Desk,
        until: None,
    }
}

#[test]
fn several_unlikely_hospitals_are_asked_at_once() {
    // The last resort is far.
    let rows = [(35.72, 300, ""), (35.73, 300, ""), (35.74, 300, ""), (35.75, 300, ""), (36.3, 9_000, "")];
    let table = table_where(&rows, |n| n == 5);
    let mut request = SelectionRequest::new(at(), Position::new(35.70, 139.5).unwrap(), &Findings::default());
    let reports: Vec<_> = (1..=4).map(full).collect();
    assert_eq!(run(&table, &reports, &request).together, None, "without a tag one after the other");
    for (triage, most) in [(Triage::Red, params::BATCH_RED), (Triage::Yellow, params::BATCH_YELLOW)] {
        request.triage = Some(triage);
        let together = run(&table, &reports, &request).together.unwrap();
        assert_eq!(together.hospitals.len(), most);
        assert!(together.minutes < together.one_by_one);
    }
    let sure = [(35.72, 9_000, ""), (35.73, 9_000, ""), (35.74, 9_000, ""), (35.75, 9_000, ""), (36.3, 9_000, "")];
    let sure = table_where(&sure, |n| n == 5);
    let free: Vec<_> = (1..=3).map(|n| CapacityReport { state: CapacityState::Free, ..full(n) }).collect();
    assert_eq!(run(&sure, &free, &request).together, None, "the first one is nearly sure: nobody else is troubled");
}

#[test]
fn the_last_resort_comes_where_its_minutes_are_reached() {
    let table = table(&[(35.71, 9_000, ""), (35.72, 300, ""), (35.73, 300, "")]);
    let request = SelectionRequest::new(at(), Position::new(35.70, 139.5).unwrap(), &Findings::default());
    let ranking = run(&table, &[full(2), full(3)], &request);
    let index = ranking.fallback.as_ref().unwrap().index;
    let before = ranking.candidates.iter().filter(|c| c.total < index).count();
    assert_eq!(ranking.escalate_after, u32::try_from(before).ok());
    assert!(ranking.candidates.iter().all(|c| c.total - c.terms.acceptance >= Tenths::ZERO));
    assert_eq!(ranking.escalate_after, Some(1), "the sure one is asked, the two full ones are not");
    let near = run(&self::table(&[(35.71, 9_000, "")]), &[], &request);
    assert_eq!(near.escalate_after, None);
}

#[test]
fn why_not_this_one_is_answered_for_every_hospital() {
    let table = table(&[(35.71, 9_000, ""), (35.80, 9_000, ""), (35.90, 9_000, "")]);
    let mut request = SelectionRequest::new(at(), Position::new(35.70, 139.5).unwrap(), &Findings::default());
    request.max_candidates = 1;
    let down = [CapacityReport { state: CapacityState::Down, ..full(3) }];
    let why = |n: u8| why_not(&table, &down, &DistanceModel::japan(), &request, id(n));
    let (first, second, third) = (why(1).unwrap(), why(2).unwrap(), why(3).unwrap());
    assert_eq!((first.behind.as_ref(), first.candidate.as_ref().map(|c| c.rank)), (None, Some(1)));
    let behind = second.behind.as_ref().unwrap();
    assert_eq!((behind.first, behind.more), (id(1), behind.terms.travel), "only the drive is longer");
    assert!(
        behind.more > Tenths::ZERO && second.ja().starts_with("2番目(全2か所)。先頭の病院1より +"),
        "{}",
        second.ja()
    );
    assert_eq!(third.excluded.as_ref().map(|e| e.detail.as_str()), Some("受入停止 10:13"));
    assert_eq!(why(9), None);
}
