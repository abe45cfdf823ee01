//! Where a road leads and where only a ship does, on the hospitals that there are.
#![expect(clippy::unwrap_used, reason = "tests")]

use hospital_selection::{
    Exclusion, ExclusionReason, HospitalTable, Ranking, ReasonCode, RejectCode, SelectionRequest, rank, rank_all,
};
use model::{Complaint, Findings, Position, Timestamp};
use travel_time::{DistanceModel, Land};

const ACROSS: &str = "海を渡る：道路がつながっていません";

fn request(lat: f64, lon: f64) -> SelectionRequest {
    let findings = Findings { complaints: [Complaint::Trauma].into(), ..Findings::default() };
    let at = Timestamp::from_millis(1_795_138_380_000);
    SelectionRequest { max_candidates: 20, ..SelectionRequest::new(at, Position::new(lat, lon).unwrap(), &findings) }
}

fn run(request: &SelectionRequest) -> Ranking {
    rank(HospitalTable::embedded(), &[], &DistanceModel::japan(), request)
}

fn lands(ranking: &Ranking) -> Vec<&'static str> {
    let land = |hospital| HospitalTable::embedded().get(hospital).unwrap().land().name();
    let mut all: Vec<_> = ranking.candidates.iter().map(|c| land(c.hospital)).collect();
    all.dedup();
    all
}

#[test]
fn nobody_drives_from_wakkanai_to_rishiri_or_from_hakodate_to_aomori() {
    let wakkanai = run(&request(45.416, 141.673));
    assert_eq!(lands(&wakkanai), ["北海道"]);
    let rishiri = wakkanai.excluded.iter().find(|e| e.short_name.contains("利尻")).unwrap();
    assert_eq!((rishiri.code, rishiri.detail.as_str()), (RejectCode::RouteClosed, ACROSS));
    assert_eq!(lands(&run(&request(41.773, 140.726))), ["北海道"], "函館");
    assert_eq!(lands(&run(&request(41.527, 140.908))), ["本州・四国・九州"], "大間");
    for candidate in wakkanai.candidates {
        assert!(!candidate.no_road && candidate.by_road() == Some(candidate.drive));
    }
}

#[test]
fn bridges_and_tunnels_are_roads() {
    for (lat, lon, place) in
        [(33.945, 130.960, "門司"), (34.343, 134.896, "洲本"), (32.459, 130.193, "本渡"), (34.305, 133.178, "因島")]
    {
        let ranking = run(&request(lat, lon));
        assert_eq!(lands(&ranking), ["本州・四国・九州"], "{place}");
        assert!(ranking.candidates.len() == 20 && !ranking.candidates.iter().any(|c| c.no_road), "{place}");
    }
}

#[test]
fn an_island_with_a_hospital_has_it_and_no_other() {
    let ranking = run(&request(45.178, 141.242));
    assert_eq!(ranking.candidates.iter().map(|c| c.short_name.as_str()).collect::<Vec<_>>(), ["利尻島国保中央病院"]);
    assert!(!ranking.candidates[0].no_road && ranking.fallback.is_some_and(|f| f.name.contains("利尻")));
    // Refused, it is asked again before anybody across the water.
    let mut refused = request(45.178, 141.242);
    let hospital = ranking.candidates[0].hospital;
    refused.exclude = vec![Exclusion { hospital, at: refused.at, reason: ExclusionReason::Full }];
    assert_eq!(run(&refused).candidates.iter().map(|c| c.hospital).collect::<Vec<_>>(), [hospital]);
}

#[test]
fn an_island_without_one_is_told_that_no_road_leads_anywhere() {
    let taketomi = run(&request(24.327, 124.087));
    assert_eq!(Land::of(taketomi.scene).name(), "竹富島");
    let first = &taketomi.candidates[0];
    assert!(first.name.contains("八重山病院") && taketomi.candidates.iter().all(|c| c.no_road));
    assert_eq!((first.reasons[0].code, first.reasons[0].ja.as_str()), (ReasonCode::Relaxed, ACROSS));
    assert!(first.by_road().is_none() && taketomi.relaxed.is_empty());
    assert!(!taketomi.excluded.iter().any(|e| e.code == RejectCode::RouteClosed));
}

#[test]
fn of_everybody_the_lands_part_them() {
    let all = rank_all(HospitalTable::embedded(), &[], &DistanceModel::japan(), &request(43.062, 141.354));
    let (ours, across) = (all.candidates.len(), all.excluded.iter().filter(|e| e.detail == ACROSS).count());
    assert!(ours > 190 && across > 3_100, "{ours} and {across}");
    assert_eq!(all.candidates.len() + all.excluded.len(), HospitalTable::embedded().hospitals().len());
}
