//! 実施基準 as a prefecture would write it, and what the ranking makes of it.
#![expect(clippy::unwrap_used, reason = "tests")]

use hospital_selection::{
    Category, Exclusion, ExclusionReason, HospitalTable, MarkState, Ranking, RejectCode, Relaxation, STANDARD_SCHEMA,
    SelectionRequest, Standard, StandardError, Standards, example_standard, rank,
};
use model::{Capability, Findings, HospitalId, Need, Position, Sex, Strength, Timestamp};
use std::error::Error as _;
use travel_time::DistanceModel;

const HEADER: &str = concat!(
    "#version,test\n",
    "id,record_id,name,pref,area_code,municipality,lat,lon,beds,tertiary,secondary,",
    "ambulance_accepted,operations,deliveries,capabilities\n"
);

/// Friday 2026-11-20 10:33 in Japan.
fn friday() -> Timestamp {
    Timestamp::from_millis(1_795_138_380_000)
}

fn id(n: u8) -> HospitalId {
    HospitalId::from_bytes([n; 16])
}

fn row(n: u8, lat: f64, pref: &str, capabilities: &str) -> String {
    format!("{},T-{n},病院{n},{pref},1301,某市,{lat},139.5,100,{},1,2500,,,{capabilities}\n", id(n), u8::from(n == 9))
}

/// Four secondary hospitals, the fourth in the next prefecture, and a tertiary one.
fn hospitals() -> HospitalTable {
    let rows = [
        row(1, 35.71, "東京都", "paediatrics:filed"),
        row(2, 35.72, "東京都", ""),
        row(3, 35.73, "東京都", "pci24h:filed"),
        row(4, 35.74, "埼玉県", ""),
        row(9, 35.80, "東京都", "tertiary:filed"),
    ];
    HospitalTable::parse(&format!("{HEADER}{}", rows.concat())).unwrap()
}

const HEAD: &str = "prefecture = '東京都'\nversion = '2026'\nsource = '試験'\n";

fn parse(text: &str) -> Result<Standard, StandardError> {
    Standard::parse(&format!("{HEAD}{text}"), &hospitals())
}

fn with(text: &str) -> HospitalTable {
    hospitals().with_standards(Standards::new(vec![parse(text).unwrap()]))
}

fn request(needs: &[(Capability, Strength)]) -> SelectionRequest {
    let mut request = SelectionRequest::new(friday(), Position::new(35.70, 139.5).unwrap(), &Findings::default());
    request.needs = needs.iter().map(|&(capability, strength)| Need { capability, strength }).collect();
    request.prefecture = Some("東京都".to_owned());
    request
}

fn run(table: &HospitalTable, request: &SelectionRequest) -> Ranking {
    rank(table, &[], &DistanceModel::japan(), request)
}

fn code(ranking: &Ranking, n: u8) -> Option<RejectCode> {
    ranking.excluded.iter().find(|e| e.hospital == id(n)).map(|e| e.code)
}

fn mark(ranking: &Ranking, n: u8) -> (MarkState, String) {
    let candidate = ranking.candidates.iter().find(|c| c.hospital == id(n)).unwrap();
    (candidate.marks[0].state, candidate.marks[0].source.clone())
}

#[test]
fn a_list_keeps_others_out_only_in_its_prefecture_and_category() {
    let table = with("[[class]]\ncategory = 'general'\nhospitals = ['T-2', 'T-4']\n");
    let mut r = request(&[]);
    r.category = Category::General;
    let ranking = run(&table, &r);
    assert_eq!(
        ranking.candidates.iter().map(|c| c.hospital).collect::<Vec<_>>(),
        [id(2), id(4)],
        "a neighbour is listed"
    );
    assert_eq!(code(&ranking, 1), Some(RejectCode::NotListed));
    r.prefecture = Some("埼玉県".to_owned());
    assert_eq!(run(&table, &r).excluded_total, 0);
    r.prefecture = Some("東京都".to_owned());
    r.category = Category::Burn;
    assert_eq!(run(&table, &r).excluded_total, 0, "no list is published for it");
    r.category = Category::General;
    r.listed = Some([id(1)].into());
    assert_eq!(run(&table, &r).candidates[0].hospital, id(1), "a list of the request takes its place");
}

#[test]
fn a_cell_holds_in_its_hours_and_overrules_the_table() {
    let text = "
        [[capability]]
        hospital = 'T-2'
        capability = 'pci24h'
        source = 'confirmed'
        hours = ['mon-fri 8-17']
        [[capability]]
        hospital = 'T-3'
        capability = 'pci24h'
        source = 'absent'
        from = '2026-11-20T00:00:00+09:00'
        until = '2026-11-21T00:00:00+09:00'
    ";
    let table = with(text);
    let mut r = request(&[(Capability::Pci24h, Strength::Hard)]);
    let day = run(&table, &r);
    assert_eq!(mark(&day, 2), (MarkState::Yes, "confirmed".to_owned()));
    assert_eq!(mark(&day, 1), (MarkState::Unconfirmed, "unknown".to_owned()), "nothing is said of it");
    assert_eq!(code(&day, 3), Some(RejectCode::NoCapability));
    r.at = friday().plus_minutes(7 * 60);
    let night = run(&table, &r);
    assert_eq!(code(&night, 2), Some(RejectCode::OffDuty));
    assert_eq!(night.excluded.iter().find(|e| e.hospital == id(2)).unwrap().detail, "PCI24時間 当番外");
    r.at = friday().plus_minutes(24 * 60);
    let saturday = run(&table, &r);
    assert_eq!(mark(&saturday, 3), (MarkState::Yes, "filed".to_owned()), "the cell's validity is over");
    r.needs[0].strength = Strength::Soft;
    assert_eq!(mark(&run(&table, &r), 2), (MarkState::No, "off_duty".to_owned()));
}

#[test]
fn a_roster_gives_the_turn_to_one_and_says_nothing_where_it_ends() {
    let turn = |n: u8, from: u8, until: u8| {
        format!(
            "[[turn]]\nroster = '小児輪番'\ncapability = 'paediatrics'\nhospital = 'T-{n}'\n\
             from = '2026-11-{from}T08:00:00+09:00'\nuntil = '2026-11-{until}T08:00:00+09:00'\n"
        )
    };
    let table = with(&[turn(1, 19, 20), turn(2, 20, 21), turn(1, 21, 22)].concat());
    let mut r = request(&[(Capability::Paediatrics, Strength::Hard)]);
    let today = run(&table, &r);
    assert_eq!(code(&today, 1), Some(RejectCode::OffDuty), "its turn was yesterday and is tomorrow");
    assert_eq!(mark(&today, 2), (MarkState::Yes, "confirmed".to_owned()));
    assert_eq!(mark(&today, 3), (MarkState::Unconfirmed, "unknown".to_owned()), "it is in no roster");
    r.at = friday().plus_minutes(5 * 24 * 60);
    assert_eq!(mark(&run(&table, &r), 1), (MarkState::Yes, "filed".to_owned()), "the calendar is over");
    r.at = friday();
    let mut all = turn(2, 20, 21).replace("capability = 'paediatrics'\n", "");
    all += &turn(1, 21, 22).replace("capability = 'paediatrics'\n", "");
    let ranking = run(&with(&all), &request(&[]));
    assert_eq!(code(&ranking, 1), Some(RejectCode::OffDuty), "the roster is of the whole hospital");
    assert_eq!(ranking.candidates[0].hospital, id(2));
}

#[test]
fn limits_of_age_and_sex_come_from_the_edition() {
    let limit = |n, what: &str| format!("[[limit]]\nhospital = 'T-{n}'\n{what}\n");
    let table = with(&[limit(1, "below_age = 16"), limit(2, "from_age = 15"), limit(3, "sex = 'female'")].concat());
    let mut r = request(&[]);
    assert_eq!(run(&table, &r).excluded_total, 0, "what is not known keeps nobody out");
    (r.age, r.sex) = (Some(40), Some(Sex::Male));
    let adult = run(&table, &r);
    assert_eq!(
        [1, 2, 3].map(|n| code(&adult, n)),
        [Some(RejectCode::AgeSexLimit), None, Some(RejectCode::AgeSexLimit)]
    );
    let detail = |n| adult.excluded.iter().find(|e| e.hospital == id(n)).unwrap().detail.as_str();
    assert_eq!((detail(1), detail(3)), ("16歳未満のみ", "女性のみ"));
    (r.age, r.sex) = (Some(14), Some(Sex::Unspecified));
    let child = run(&table, &r);
    assert_eq!([1, 2, 3].map(|n| code(&child, n)), [None, Some(RejectCode::AgeSexLimit), None]);
}

#[test]
fn the_way_to_the_last_resort_is_told() {
    let table =
        with("[secure]\nenquiries = 4\nminutes = 30\ncoordinator = '地域救急医療センター'\nlast_resort = ['T-3']\n");
    let mut r = request(&[]);
    let ranking = run(&table, &r);
    assert_eq!(ranking.fallback.as_ref().unwrap().hospital, id(3), "who has promised goes before the tertiary one");
    let far = ranking.last_resort.unwrap();
    assert_eq!((far.due, far.refusals, far.minutes), (false, 0, 0));
    let no =
        |n: u8, ago: i64| Exclusion { hospital: id(n), at: friday().plus_minutes(-ago), reason: ExclusionReason::Full };
    r.exclude = vec![no(1, 29), no(2, 12)];
    assert!(!run(&table, &r).last_resort.unwrap().due);
    r.exclude = vec![no(1, 30), no(2, 12)];
    let due = run(&table, &r).last_resort.unwrap();
    assert_eq!(
        (due.due, due.refusals, due.minutes, due.coordinator.as_deref()),
        (true, 2, 30, Some("地域救急医療センター"))
    );
    r.exclude = vec![no(1, 9), no(2, 8), no(4, 7), no(9, 6)];
    assert!(run(&table, &r).last_resort.unwrap().due);
    assert_eq!(run(&hospitals(), &r).last_resort, None, "nothing is published");
}

#[test]
fn a_later_edition_takes_over_and_is_named() {
    let edition = |version: &str, from: &str, listed: &str| {
        let head = HEAD.replace("2026", version);
        let text = format!("{head}from = '{from}'\n[[class]]\ncategory = 'general'\nhospitals = ['{listed}']\n");
        Standard::parse(&text, &hospitals()).unwrap()
    };
    let (old, new) = ("2026-04-01T00:00:00+09:00", "2026-12-01T00:00:00+09:00");
    let editions = vec![edition("b", new, "T-2"), edition("a", old, "T-1")];
    let table = hospitals().with_standards(Standards::new(editions));
    let mut r = request(&[]);
    let now = run(&table, &r);
    assert_eq!((now.candidates[0].hospital, now.versions.standards.len()), (id(1), 1));
    assert!(now.versions.standards[0].starts_with("東京都 a "));
    r.at = friday().plus_minutes(30 * 24 * 60);
    assert_eq!(run(&table, &r).candidates[0].hospital, id(2));
    assert_eq!(table.standards().of("東京都", friday()).unwrap().version(), "a");
    let bare = serde_json::to_value(run(&hospitals(), &request(&[]))).unwrap();
    assert!(bare["versions"].get("standards").is_none() && bare.get("last_resort").is_none());
}

#[test]
fn nobody_on_duty_relaxes_the_roster() {
    let off = |n: u8| {
        let turn = |roster: u8, of: u8, from: u8| {
            format!(
                "[[turn]]\nroster = 'r{roster}'\nhospital = 'T-{of}'\nfrom = '2026-11-{from}T08:00:00+09:00'\n\
                 until = '2026-11-{}T08:00:00+09:00'\n",
                from + 1
            )
        };
        // Hospital 9 has every turn today and is closed by the refusal below.
        turn(n, n, 21) + &turn(n, 9, 20)
    };
    let table = with(&[off(1), off(2), off(3), off(4)].concat());
    let mut r = request(&[]);
    assert_eq!(run(&table, &r).candidates.len(), 1);
    r.exclude = vec![Exclusion { hospital: id(9), at: friday(), reason: ExclusionReason::Full }];
    let ranking = run(&table, &r);
    assert_eq!((ranking.relaxed, ranking.candidates.len()), (vec![Relaxation::OffDuty], 4));
}

#[test]
fn what_is_wrong_is_named() {
    let chain = |text: &str| {
        let error = parse(text).unwrap_err();
        error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
    };
    for (text, part) in [
        ("colour = 'red'", "unknown field `colour`"),
        (
            "[[class]]\ncategory = 'general'\nhospitals = ['T-7']",
            "class[0]: expected the record id of a hospital of table test, not `T-7`",
        ),
        ("[[class]]\ncategory = 'general'\nhospitals = []", "class[0]: expected at least one hospital"),
        ("[[class]]\ncategory = 'general'\nhospitals = ['T-1', 'T-1']", "class[0]: expected each hospital once"),
        (
            "[[class]]\ncategory = 'general'\nhospitals = ['T-1']\n[[class]]\ncategory = 'general'\nhospitals = ['T-2']",
            "class[1]: expected something that no earlier entry speaks of",
        ),
        (
            "[[capability]]\nhospital = 'T-1'\ncapability = 'pci24h'\nsource = 'hearsay'",
            "capability[0]: expected `source`",
        ),
        (
            "[[capability]]\nhospital = 'T-1'\ncapability = 'pci24h'\nsource = 'filed'\nhours = ['mon 8']",
            "capability[0]: expected `mon 8` is no set of hours",
        ),
        ("[[capability]]\nhospital = 'T-1'\ncapability = 'magic'\nsource = 'filed'", "unknown variant `magic`"),
        (
            "[[turn]]\nroster = 'r'\nhospital = 'T-1'\nfrom = '2026-11-21T08:00:00+09:00'\nuntil = '2026-11-20T08:00:00+09:00'",
            "turn[0]: expected an end (`until`) after its beginning (`from`)",
        ),
        ("[[limit]]\nhospital = 'T-1'", "limit[0]: expected `from_age`, `below_age` or `sex`"),
        (
            "[[limit]]\nhospital = 'T-1'\nfrom_age = 16\nbelow_age = 15",
            "limit[0]: expected `below_age` above `from_age`",
        ),
        ("from = 'today'", "expected a time like"),
        ("[secure]\nlast_resort = ['X']", "secure.last_resort[0]"),
    ] {
        assert!(chain(text).contains(part), "{}", chain(text));
    }
    let elsewhere = HEAD.replace("東京都", "東京");
    let error = Standard::parse(&elsewhere, &hospitals()).unwrap_err();
    assert!(error.to_string().contains("prefecture[0]: expected a prefecture of the hospital table"), "{error}");
}

/// The fields that a schema's object has, and those that must be there.
fn fields(schema: &serde_json::Value) -> (Vec<String>, Vec<String>) {
    let named = schema["properties"].as_object().unwrap().keys().cloned().collect();
    let needed = schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned());
    (named, needed.collect())
}

#[test]
fn the_example_has_every_field_of_the_schema_and_is_an_edition() {
    let edition = Standard::parse(example_standard(), HospitalTable::embedded()).unwrap();
    assert_eq!(edition.entries(), [1, 1, 1, 1]);
    let schema: serde_json::Value = serde_json::from_str(STANDARD_SCHEMA).unwrap();
    let example: toml::Table = toml::from_str(example_standard()).unwrap();
    let same = |part: &serde_json::Value, table: &toml::Table, name: &str| {
        let mut keys: Vec<String> = table.keys().cloned().collect();
        keys.sort();
        let (mut named, _) = fields(part);
        named.sort();
        assert_eq!(named, keys, "{name}");
    };
    same(&schema, &example, "the edition");
    same(&schema["properties"]["secure"], example["secure"].as_table().unwrap(), "secure");
    for list in ["class", "capability", "turn", "limit"] {
        same(&schema["properties"][list]["items"], example[list][0].as_table().unwrap(), list);
    }
    for (words, all) in [
        ("category", serde_json::to_value(Category::ALL).unwrap()),
        ("capability", serde_json::to_value(Capability::ALL).unwrap()),
    ] {
        assert_eq!(schema["$defs"][words]["enum"], all);
    }
}

#[test]
fn what_the_schema_needs_the_reader_needs_and_nothing_else() {
    let schema: serde_json::Value = serde_json::from_str(STANDARD_SCHEMA).unwrap();
    let example: toml::Table = toml::from_str(example_standard()).unwrap();
    let reads =
        |table: &toml::Table| Standard::parse(&toml::to_string(table).unwrap(), HospitalTable::embedded()).is_ok();
    let (named, needed) = fields(&schema);
    for name in named {
        let mut without = example.clone();
        without.remove(&name);
        assert_eq!(reads(&without), !needed.contains(&name), "{name}");
    }
    for list in ["class", "capability", "turn", "limit"] {
        let (named, needed) = fields(&schema["properties"][list]["items"]);
        for name in named {
            let mut without = example.clone();
            without[list][0].as_table_mut().unwrap().remove(&name);
            assert_eq!(reads(&without), !needed.contains(&name), "{list}.{name}");
        }
    }
}
