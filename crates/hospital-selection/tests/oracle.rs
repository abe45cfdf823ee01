//! The whole ranking against brute force: an oracle that looks at every hospital and knows nothing of the search, written from
//! the published rules (ARCHITECTURE.md, `params`), on random small cases; and the near-first search against a full scan of Japan.
#![expect(clippy::unwrap_used, reason = "tests")]

mod brute;

use brute::{Case, Hospital, NAMES, NEEDS, Report, oracle, rows};
use hospital_selection::{
    CapacityState, Category, Continuity, Exclusion, ExclusionReason, Hold, HospitalTable, Inbound, Ranking,
    SelectionRequest, params, rank,
};
use model::{Complaint, Findings, HospitalId, Position, Timestamp, Triage};
use proptest::prelude::*;
use travel_time::{DistanceModel, Tenths, Travel, TravelTime};

fn at() -> Timestamp {
    Timestamp::from_millis(1_795_138_380_000)
}

fn any_hospital() -> impl Strategy<Value = Hospital> {
    let capabilities = prop::collection::vec(0..5_usize, NEEDS.len());
    let volume = prop_oneof![Just(None), (0..9_000_u32).prop_map(Some)];
    (35.2..37.4_f64, any::<bool>(), volume, capabilities, 0..NAMES.len())
        .prop_map(|(lat, tertiary, volume, standings, name)| Hospital { lat, tertiary, volume, standings, name })
}

fn any_report() -> impl Strategy<Value = Report> {
    let state = prop::sample::select(vec![
        CapacityState::Free,
        CapacityState::Limited,
        CapacityState::Full,
        CapacityState::Down,
        CapacityState::OffDuty,
    ]);
    (0..8_usize, prop::option::of(0..NEEDS.len()), state, -3..300_i64, prop::option::of(1..400_i64))
        .prop_map(|(hospital, need, state, age, lasts)| Report { hospital, need, state, age, lasts })
}

fn any_exclusion() -> impl Strategy<Value = (usize, i64, ExclusionReason)> {
    use ExclusionReason::{Full, NoAnswer, OutOfSpecialty, RouteClosed};
    (0..8_usize, 0..90_i64, prop::sample::select(vec![Full, NoAnswer, OutOfSpecialty, RouteClosed]))
}

fn any_case() -> impl Strategy<Value = Case> {
    let around = (
        prop::collection::vec(any_report(), 0..10),
        prop::collection::vec(any_exclusion(), 0..4),
        prop::collection::vec((0..8_usize, -1..12_i64), 0..5),
        prop::collection::vec((0..8_usize, 0..6_u8), 0..5),
        prop::collection::vec((0..8_usize, 0..100_i32), 0..3),
    );
    let asked = (
        prop::collection::vec((0..NEEDS.len(), any::<bool>()), 0..4),
        prop::option::of(prop::sample::subsequence((0..8_usize).collect::<Vec<_>>(), 0..8)),
        prop::option::of(0..90_u8),
        any::<bool>(),
        any::<bool>(),
        1..9_usize,
    );
    (prop::collection::vec(any_hospital(), 1..8), 35.2..37.4_f64, around, asked).prop_map(
        |(hospitals, lat, (reports, refused, held, inbound, known), (needs, listed, age, red, critical, wanted))| {
            Case { hospitals, lat, reports, refused, held, inbound, known, needs, listed, age, red, critical, wanted }
        },
    )
}

fn id(n: usize) -> HospitalId {
    HospitalId::from_bytes([u8::try_from(n).unwrap() + 1; 16])
}

fn request(case: &Case) -> SelectionRequest {
    let ago = |minutes: i64| at().plus_minutes(-minutes);
    let mut request = SelectionRequest::new(at(), Position::new(case.lat, 139.5).unwrap(), &Findings::default());
    request.triage = case.red.then_some(Triage::Red);
    request.category = if case.critical { Category::Critical } else { Category::General };
    request.needs = case.needs.iter().map(|(n, hard)| brute::need(*n, *hard)).collect();
    request.age = case.age;
    let refusal = |&(n, minutes, reason): &_| Exclusion { hospital: id(n), at: ago(minutes), reason };
    request.exclude = case.refused.iter().map(refusal).collect();
    request.held = case.held.iter().map(|&(n, minutes)| Hold { hospital: id(n), since: ago(minutes) }).collect();
    request.inbound = case.inbound.iter().map(|&(n, units)| Inbound { hospital: id(n), units }).collect();
    let known = |&(n, tenths): &(usize, i32)| Continuity { hospital: id(n), minutes: Tenths(tenths) };
    request.continuity = case.known.iter().map(known).collect();
    request.listed = case.listed.as_ref().map(|list| list.iter().map(|n| id(*n)).collect());
    request.max_candidates = case.wanted;
    request
}

/// Everything that the oracle says, in one comparable text.
fn told(ranking: &Ranking) -> String {
    let mut text = format!("{:?}\n", ranking.relaxed);
    for c in &ranking.candidates {
        text.push_str(&format!("{} {:?} p{}\n", c.hospital, c.terms, c.p.thousandths()));
    }
    let mut excluded: Vec<_> = ranking.excluded.iter().map(|e| format!("x {} {:?}\n", e.hospital, e.code)).collect();
    excluded.sort();
    let last = ranking.fallback.as_ref().map(|f| (f.hospital, f.index));
    format!("{text}{}of {} last {last:?}", excluded.concat(), ranking.excluded_total)
}

/// The distance model without its bound: nothing can be passed over.
struct NoBound(DistanceModel);

impl TravelTime for NoBound {
    fn minutes(&self, from: Position, to: Position) -> Travel {
        self.0.minutes(from, to)
    }
    fn version(&self) -> &str {
        self.0.version()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]
    #[test]
    fn the_ranking_is_that_of_brute_force(case in any_case()) {
        let table = HospitalTable::parse(&rows(&case.hospitals)).unwrap();
        let reports: Vec<_> = case.reports.iter().map(|r| r.report(at())).collect();
        let ranking = rank(&table, &reports, &DistanceModel::japan(), &request(&case));
        prop_assert_eq!(told(&ranking), oracle(&case), "{:#?}", case);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// All of Japan, with reports, other units and a hospital that knows the patient: to the byte what a full scan gives.
    #[test]
    fn the_search_misses_nothing_of_japan(
        lat in 24.0..45.5_f64,
        lon in 123.0..146.0_f64,
        complaint in prop::sample::select(Complaint::ALL.to_vec()),
        red in any::<bool>(),
        wanted in prop::sample::select(vec![1_usize, 5, 10, 50]),
        seed in any::<u64>(),
    ) {
        let table = HospitalTable::embedded();
        let findings = Findings {
            complaints: [complaint].into(),
            triage: red.then_some(Triage::Red),
            ..Findings::default()
        };
        let mut request = SelectionRequest::new(at(), Position::new(lat, lon).unwrap(), &findings);
        let mut state = seed | 1;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        let all = table.hospitals();
        let mut reports = Vec::new();
        for hospital in all {
            let state = [CapacityState::Free, CapacityState::Full, CapacityState::Down, CapacityState::OffDuty];
            let drawn = state[usize::try_from(next() % 4).unwrap()];
            let report = Report { hospital: 0, need: None, state: drawn, age: i64::try_from(next() % 200).unwrap(), lasts: None };
            if next() % 3 == 0 {
                reports.push(hospital_selection::CapacityReport { hospital: hospital.id, ..report.report(at()) });
            }
            if next() % 20 == 0 {
                request.inbound.push(Inbound { hospital: hospital.id, units: 2 });
            }
            if next() % 40 == 0 {
                request.held.push(Hold { hospital: hospital.id, since: at() });
            }
        }
        let drawn = all[usize::try_from(next()).unwrap() % all.len()].id;
        request.continuity.push(Continuity { hospital: drawn, minutes: params::CONTINUITY_MAX });
        request.max_candidates = wanted;
        let near = rank(table, &reports, &DistanceModel::japan(), &request);
        let full = rank(table, &reports, &NoBound(DistanceModel::japan()), &request);
        prop_assert!(near.to_json_bytes().unwrap() == full.to_json_bytes().unwrap());

        // A record keeps what was looked at, and ranks the same.
        let mut file = hospital_selection::CaseFile {
            capacity: reports.clone(),
            held: request.held.clone(),
            inbound: request.inbound.clone(),
            continuity: request.continuity.clone(),
            max_candidates: Some(wanted),
            ..hospital_selection::CaseFile::new(at(), request.scene, findings)
        };
        file.keep_what_is_looked_at(table, &DistanceModel::japan());
        let again = rank(table, &file.capacity, &DistanceModel::japan(), &file.request());
        prop_assert!(again.to_json_bytes().unwrap() == near.to_json_bytes().unwrap());
    }
}

/// On an islet, where hardly anybody is left, the whole table may be looked at; in a town it is not.
#[test]
fn the_record_of_a_choice_in_a_town_holds_no_reports_of_the_whole_country() {
    let table = HospitalTable::embedded();
    let full = Report { hospital: 0, need: None, state: CapacityState::Full, age: 5, lasts: None };
    let reports: Vec<_> = table
        .hospitals()
        .iter()
        .map(|hospital| hospital_selection::CapacityReport { hospital: hospital.id, ..full.report(at()) })
        .collect();
    for (lat, lon) in [(35.681, 139.767), (43.062, 141.354), (26.212, 127.679)] {
        let findings = Findings { complaints: [Complaint::HeadInjury].into(), ..Findings::default() };
        let mut file = hospital_selection::CaseFile {
            capacity: reports.clone(),
            ..hospital_selection::CaseFile::new(at(), Position::new(lat, lon).unwrap(), findings)
        };
        file.keep_what_is_looked_at(table, &DistanceModel::japan());
        assert!(file.capacity.len() * 4 < reports.len(), "{} of {}", file.capacity.len(), reports.len());
    }
}

/// Where an edition of 実施基準 speaks of a hospital, the table's word alone tells nothing: rosters, hours, limits and absences all
/// over Japan, with hard needs, ages, lists and refusals, and every hospital by its rank.
#[test]
fn the_search_misses_nothing_where_editions_speak() {
    let records: Vec<&str> = HospitalTable::embedded().hospitals().iter().map(|h| h.record_id.as_str()).collect();
    let mut text = "prefecture = '東京都'\nversion = '1'\nsource = '試験'\n".to_owned();
    for (n, record) in records.iter().enumerate() {
        match n % 9 {
            0 => text.push_str(&format!(
                "[[capability]]\nhospital = '{record}'\ncapability = 'ct_now'\nsource = 'absent'\n"
            )),
            1 => text.push_str(&format!(
                "[[capability]]\nhospital = '{record}'\ncapability = 'ct_now'\nsource = 'confirmed'\n"
            )),
            2 => text.push_str(&format!("[[limit]]\nhospital = '{record}'\nfrom_age = 40\n")),
            _ => {}
        }
    }
    let table = HospitalTable::parse(HospitalTable::embedded_csv()).unwrap();
    let edition = hospital_selection::Standard::parse(&text, &table).unwrap();
    let table = table.with_standards(hospital_selection::Standards::new(vec![edition]));
    let all = table.hospitals();
    for n in 0..24_usize {
        let mut request = SelectionRequest::new(at(), all[n * 139].position, &Findings::default());
        request.needs = vec![brute::need(1, n % 2 == 0), brute::need(0, n % 3 == 0)];
        request.age = Some(if n % 4 < 2 { 20 } else { 70 });
        request.prefecture = Some("東京都".to_owned());
        request.listed = (n % 5 == 0).then(|| all.iter().step_by(7).map(|h| h.id).collect());
        let refused = |i: usize| Exclusion { hospital: all[n * 139 + i].id, at: at(), reason: ExclusionReason::Full };
        request.exclude = vec![refused(0), refused(1)];
        request.max_candidates = 10;
        let near = rank(&table, &[], &DistanceModel::japan(), &request);
        let full = rank(&table, &[], &NoBound(DistanceModel::japan()), &request);
        assert!(near.to_json_bytes().unwrap() == full.to_json_bytes().unwrap(), "place {n}");
        if n % 6 == 0 {
            let whole = hospital_selection::rank_all(&table, &[], &DistanceModel::japan(), &request);
            let scanned = hospital_selection::rank_all(&table, &[], &NoBound(DistanceModel::japan()), &request);
            assert!(whole.to_json_bytes().unwrap() == scanned.to_json_bytes().unwrap(), "place {n}");
        }
    }
}
