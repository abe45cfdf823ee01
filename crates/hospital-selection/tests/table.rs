//! The hospital table: the embedded edition is whole, and a bad file changes nothing and names its lines.

use hospital_selection::{HospitalTable, Standing, TableError, params};
use model::Capability;
use travel_time::Tenths;

#[test]
fn the_embedded_edition_is_whole() {
    let table = HospitalTable::embedded();
    assert_eq!(table.hospitals().len(), 3_372);
    assert_eq!(table.hospitals().iter().filter(|h| h.tertiary).count(), 328);
    assert_eq!(table.sha256().len(), 64);
    assert!(table.hospitals().iter().all(|h| table.get(h.id) == Some(h) && h.id.uuid().get_version_num() == 7));
    let of_source = |want: fn(&Standing) -> bool| {
        table.hospitals().iter().flat_map(|h| &h.capabilities).filter(|(_, s)| want(s)).count()
    };
    assert!(of_source(|s| matches!(s, Standing::Filed)) > 4_000);
    assert_eq!(
        of_source(|s| matches!(s, Standing::Confirmed | Standing::Absent)),
        0,
        "nobody has confirmed anything yet"
    );
    let arrivals: u32 = table.hospitals().iter().filter_map(|h| h.ambulance_accepted).sum();
    assert!((6_200_000..6_300_000).contains(&arrivals), "{arrivals} ambulances a year");
}

#[test]
fn ids_are_made_from_the_record_id_alone() {
    use sha2::Digest;
    for h in HospitalTable::embedded().hospitals() {
        let hash = sha2::Sha256::digest(h.record_id.as_bytes());
        let expected = uuid::Builder::from_unix_timestamp_millis(1_767_225_600_000, hash[..10].try_into().unwrap());
        assert_eq!(h.id.uuid(), expected.into_uuid(), "{}", h.record_id);
    }
}

#[test]
fn flags_are_never_unknown_and_capabilities_may_be() {
    let center = HospitalTable::embedded().by_record_id("R7-0101-14").unwrap();
    assert_eq!(center.standing(Capability::Tertiary), Some(&Standing::Filed));
    assert_eq!(center.standing(Capability::CtNow), Some(&Standing::Derived("tertiary".into())));
    assert_eq!(center.standing(Capability::Transplant), None);
    let small = HospitalTable::embedded().hospitals().iter().find(|h| !h.tertiary).unwrap();
    assert_eq!(small.standing(Capability::Tertiary), Some(&Standing::Absent));
}

/// A change of the last line, and the error that it must give.
type Case<'a> = (&'a dyn Fn(&str) -> String, &'a str);

#[test]
fn a_bad_file_is_refused_with_its_lines() {
    let good: Vec<&str> = HospitalTable::embedded_csv().lines().take(4).collect();
    let with = |line: usize, change: &dyn Fn(&str) -> String| {
        let mut lines: Vec<String> = good.iter().map(|l| (*l).to_owned()).collect();
        lines[line] = change(&lines[line]);
        HospitalTable::parse(&lines.join("\n")).map(|t| t.hospitals().len())
    };
    assert_eq!(with(0, &|l| l.to_owned()).unwrap(), 2);
    assert!(matches!(with(0, &|_| "id,name".into()), Err(TableError::NoVersion)));
    assert!(matches!(with(1, &|l| l.replace("beds", "rooms")), Err(TableError::Columns)));
    let cases: [Case<'_>; 7] = [
        (&|l| l.replacen("019b", "zzzz", 1), "line 4, column id"),
        (&|l| l.replace(",36.", ",86."), "line 4, column lat"),
        (&|l| l.replace(",36.", ",NaN"), "line 4, column lat"),
        (&|l| l.replace("secondary:filed", "secondary:said"), "line 4, column capabilities"),
        (&|l| l.replace("secondary:filed", "secondary:filed;secondary:filed"), "line 4, column capabilities"),
        (&|l| format!("{l},more"), "line 4: expected 15 columns"),
        (&|_| good[2].to_owned(), "line 4, column id: expected an id that no other row has"),
    ];
    for (change, text) in cases {
        let error = with(3, change).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
    assert!(matches!(HospitalTable::parse(&good[..2].join("\n")), Err(TableError::Empty)));
}

#[test]
fn a_name_of_a_record_finds_its_hospital_and_never_a_namesake() {
    let table = HospitalTable::embedded();
    let mut by_official = 0;
    for hospital in table.hospitals().iter().step_by(50) {
        let namesakes = table.hospitals().iter().filter(|h| h.name == hospital.name).count();
        let found = table.by_name(&hospital.name.replace(' ', "\u{3000}"));
        if namesakes == 1 {
            assert_eq!(found, Some(hospital), "{}", hospital.name);
            by_official += 1;
        } else {
            assert_eq!(found, None, "{}", hospital.name);
        }
    }
    assert!(by_official > 50);
    assert_eq!((table.by_name(""), table.by_name("みどり医院")), (None, None));
    let known = table.continuity([table.hospitals()[0].name.as_str(), "みどり医院"].into_iter(), [].into_iter());
    assert_eq!(known.iter().map(|c| c.hospital).collect::<Vec<_>>(), [table.hospitals()[0].id]);
}

#[test]
fn a_visit_alone_counts_less_the_older_it_is() {
    let table = HospitalTable::embedded();
    let (rule, seen) = ("国家公務員共済組合連合会立川病院", "利尻島国保中央病院");
    let id = |name| table.by_name(name).unwrap().id;
    let worth = |by_rule: &[&'static str], visited: &[(&'static str, u32)], name| {
        let known = table.continuity(by_rule.iter().copied(), visited.iter().copied());
        known.iter().find(|c| c.hospital == id(name)).map(|c| c.minutes)
    };
    let days = [0, 91, 92, 365, 366].map(|days| worth(&[], &[(seen, days)], seen).map(|minutes| minutes.0));
    assert_eq!(days, [Some(40), Some(40), Some(20), Some(20), None]);
    assert_eq!(
        worth(&[rule], &[(rule, 300), (seen, 1)], rule),
        Some(params::CONTINUITY_MAX),
        "the rule's word counts more"
    );
    assert_eq!(worth(&[rule], &[(rule, 300), (seen, 1)], seen), Some(Tenths(40)));
}
