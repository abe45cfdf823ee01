//! Makes `data/hospitals.csv` from the public source files. Run by hand for a new edition, never in CI:
//!
//! ```text
//! cargo run -p hospital-selection --example derive_hospitals -- SOURCE_FOLDER > crates/hospital-selection/data/hospitals.csv
//! ```
//!
//! SOURCE_FOLDER holds `acute_facilities_r7.csv` and `capability_filings_kanto_202601.csv` (described in `data/README.md`).
//! Counts go to the standard error. Each capability is `filed` or `derived:<rule>`; nothing else is written.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool run by hand: it reads files and prints a table"
)]

use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::PathBuf;
use unicode_normalization::UnicodeNormalization;

/// The edition: date of the newest source, and a counter.
const VERSION: &str = "2026-01-01.1";
/// 2026-01-01T00:00:00Z, the timestamp bits of every id in every edition: a hospital keeps its id.
const ID_MILLIS: u64 = 1_767_225_600_000;
/// Shortest name that may be matched as the end of a longer one, characters.
const SHORTEST_TAIL: usize = 5;

type Row = BTreeMap<String, String>;
/// Capability word → source.
type Capabilities = BTreeMap<&'static str, String>;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("give the source folder")?);
    let facilities: Vec<Row> = read(&folder.join("acute_facilities_r7.csv"))?
        .into_iter()
        .filter(|r| (get(r, "tertiary") == "1" || get(r, "secondary") == "1") && !get(r, "lat").is_empty())
        .collect();
    let filings = read(&folder.join("capability_filings_kanto_202601.csv"))?;
    let filed = join(&facilities, &filings);
    let mut lines: Vec<String> = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in &facilities {
        let capabilities = capabilities(row, filed.get(get(row, "record_id")).map_or(&[], Vec::as_slice));
        for (capability, source) in &capabilities {
            *counts.entry(format!("{capability}:{source}")).or_default() += 1;
        }
        lines.push(line(row, &capabilities));
    }
    lines.sort();
    println!("#version,{VERSION}");
    println!(
        "id,record_id,name,pref,area_code,municipality,lat,lon,beds,tertiary,secondary,ambulance_accepted,operations,deliveries,capabilities"
    );
    for line in &lines {
        println!("{line}");
    }
    eprintln!("{} hospitals, {} joined with filings", lines.len(), filed.len());
    for (what, n) in counts {
        eprintln!("{n:6} {what}");
    }
    Ok(())
}

fn read(path: &std::path::Path) -> Result<Vec<Row>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Result<Vec<Row>, csv::Error> = reader.deserialize().collect();
    Ok(rows?)
}

fn get<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map_or("", |v| v.trim())
}

/// A count; `*` (masked) and nothing are unknown.
fn count(row: &Row, column: &str) -> Option<u32> {
    get(row, column).parse().ok()
}

fn plain(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// Filings by record id. A filing institution joins a facility when, in one prefecture, the names are equal after NFKC, or
/// one is the end of the other and the facility's municipality stands in the filing's address; only when the match is the
/// only one from both sides.
fn join(facilities: &[Row], filings: &[Row]) -> BTreeMap<String, Vec<String>> {
    let mut institutions: BTreeMap<(String, String), (&Row, Vec<String>)> = BTreeMap::new();
    for f in filings {
        let key = (get(f, "pref_code").to_owned(), get(f, "institution_no").to_owned());
        institutions.entry(key).or_insert((f, Vec::new())).1.push(plain(get(f, "filing")));
    }
    let mut joined: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for close in [same_name as fn(&Row, &Row) -> bool, same_tail_and_place] {
        let free: Vec<&Row> = facilities.iter().filter(|f| !joined.contains_key(get(f, "record_id"))).collect();
        let mut matches: BTreeMap<&str, Vec<&(String, String)>> = BTreeMap::new();
        for (key, (institution, _)) in &institutions {
            let fits: Vec<&&Row> = free.iter().filter(|f| close(f, institution)).collect();
            if let [one] = fits.as_slice() {
                matches.entry(get(one, "record_id")).or_default().push(key);
            }
        }
        let taken: BTreeSet<(String, String)> = matches
            .into_iter()
            .filter_map(|(record, keys)| match keys.as_slice() {
                [only] => Some((record.to_owned(), (*only).clone())),
                _ => None,
            })
            .map(|(record, key)| {
                joined.insert(record, institutions.get(&key).map(|(_, all)| all.clone()).unwrap_or_default());
                key
            })
            .collect();
        institutions.retain(|key, _| !taken.contains(key));
    }
    joined
}

fn same_name(facility: &Row, institution: &Row) -> bool {
    get(facility, "pref_code") == get(institution, "pref_code")
        && plain(get(facility, "name")) == plain(get(institution, "name"))
}

fn same_tail_and_place(facility: &Row, institution: &Row) -> bool {
    if get(facility, "pref_code") != get(institution, "pref_code") {
        return false;
    }
    let (a, b) = (plain(get(facility, "name")), plain(get(institution, "name")));
    let shorter = a.chars().count().min(b.chars().count());
    let place = plain(get(facility, "municipality"));
    let there = plain(get(institution, "address")).contains(&place) && !place.is_empty();
    shorter >= SHORTEST_TAIL && there && (a.ends_with(&b) || b.ends_with(&a))
}

/// What is known, `filed` first: a rule never replaces a filing.
fn capabilities(row: &Row, filings: &[String]) -> Capabilities {
    let mut all = Capabilities::new();
    for (flag, word) in [("tertiary", "tertiary"), ("secondary", "secondary")] {
        if get(row, flag) == "1" {
            all.insert(word, "filed".to_owned());
        }
    }
    for (part, word) in FILED {
        if filings.iter().any(|f| f.contains(part)) {
            all.insert(word, "filed".to_owned());
        }
    }
    for (rule, applies, words) in DERIVED {
        if applies(row, filings) {
            for word in *words {
                all.entry(word).or_insert_with(|| format!("derived:{rule}"));
            }
        }
    }
    all
}

/// Part of a filing's name (特定入院料) → capability.
const FILED: &[(&str, &str)] = &[
    ("救命救急入院料", "intensive_care"),
    ("特定集中治療室管理料", "intensive_care"),
    ("脳卒中ケアユニット", "stroke_care_unit"),
    ("新生児特定集中治療室管理料", "nicu"),
    ("総合周産期特定集中治療室", "perinatal"),
    ("総合周産期特定集中治療室", "obstetrics"),
    ("総合周産期特定集中治療室", "nicu"),
    ("小児入院医療管理料", "paediatrics"),
    ("小児特定集中治療室", "paediatrics"),
    ("精神科救急・合併症", "psychiatry_somatic"),
];

type Rule = (&'static str, fn(&Row, &[String]) -> bool, &'static [&'static str]);

/// Named rules over filed figures. `data/README.md` says why each is plausible; none satisfies a hard need.
const DERIVED: &[Rule] = &[
    (
        "tertiary",
        |r, _| get(r, "tertiary") == "1",
        &[
            "ct_now",
            "intensive_care",
            "ventilator",
            "trauma",
            "poisoning",
            "neurosurgery24h",
            "cardiology24h",
            "pci24h",
            "stroke_thrombolysis",
            "endoscopy",
        ],
    ),
    (
        "stroke_unit",
        |_, f| f.iter().any(|f| f.contains("脳卒中ケアユニット")),
        &["ct_now", "stroke_thrombolysis", "neurosurgery24h"],
    ),
    ("burn_fee", |_, f| f.iter().any(|f| BURN_FEES.iter().any(|b| f.starts_with(b))), &["burns"]),
    ("deliveries", |r, _| count(r, "deliveries").is_some_and(|n| n > 0), &["obstetrics"]),
    ("psychiatric_beds", |r, _| count(r, "navi_beds_psych").is_some_and(|n| n > 0), &["psychiatry_somatic"]),
    ("ambulances_500", |r, _| count(r, "ambulance_accepted").is_some_and(|n| n >= 500), &["ct_now"]),
    (
        "ambulances_3000",
        |r, _| count(r, "ambulance_accepted").is_some_and(|n| n >= 3_000),
        &["endoscopy", "ventilator", "cardiology24h"],
    ),
    ("high_care", |_, f| f.iter().any(|f| f.contains("ハイケアユニット")), &["ventilator"]),
];

/// Fees whose second form (ロ) is for extensive burns; which form was filed is not in the source.
const BURN_FEES: &[&str] = &["救命救急入院料3", "救命救急入院料4", "特定集中治療室管理料2", "特定集中治療室管理料4"];

fn line(row: &Row, capabilities: &Capabilities) -> String {
    let number = |column| count(row, column).map_or_else(String::new, |n| n.to_string());
    let list: Vec<String> = capabilities.iter().map(|(c, s)| format!("{c}:{s}")).collect();
    let name: String = get(row, "name").nfkc().collect();
    [
        id(get(row, "record_id")),
        get(row, "record_id").to_owned(),
        quote(name.trim()),
        get(row, "pref_name").to_owned(),
        get(row, "area_code").to_owned(),
        get(row, "municipality").to_owned(),
        get(row, "lat").to_owned(),
        get(row, "lon").to_owned(),
        number("beds_general_longterm"),
        get(row, "tertiary").to_owned(),
        get(row, "secondary").to_owned(),
        number("ambulance_accepted"),
        number("operations"),
        number("deliveries"),
        list.join(";"),
    ]
    .join(",")
}

fn quote(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Shaped as UUIDv7 and stable: a fixed time, and bits of SHA-256 of the record id.
fn id(record: &str) -> String {
    let hash = Sha256::digest(record.as_bytes());
    let mut random = [0u8; 10];
    random.copy_from_slice(&hash[..10]);
    uuid::Builder::from_unix_timestamp_millis(ID_MILLIS, &random).into_uuid().hyphenated().to_string()
}
