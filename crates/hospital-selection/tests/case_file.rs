//! The case file: the example runs, and what is wrong is named by its path.
#![expect(clippy::unwrap_used, reason = "tests")]

use hospital_selection::{
    CASE_FILE_SCHEMA, CaseFile, CaseFileError, HospitalTable, RANKING_SCHEMA, Versions, example_case, rank_file,
};
use serde_json::{Value, json};

fn changed(pointer: &str, value: Value) -> String {
    let mut case: Value = serde_json::from_str(example_case()).unwrap();
    match case.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, field) = pointer.rsplit_once('/').unwrap();
            case.pointer_mut(parent).unwrap()[field] = value;
        }
    }
    case.to_string()
}

fn chain(text: &str) -> String {
    let error = rank_file(text).unwrap_err();
    let mut all = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(c) = cause {
        all = format!("{all}: {c}");
        cause = c.source();
    }
    all
}

#[test]
fn the_example_is_ranked_and_gives_the_same_bytes() {
    let bytes = rank_file(example_case()).unwrap();
    assert_eq!(bytes, rank_file(example_case()).unwrap());
    insta::assert_snapshot!(String::from_utf8(bytes).unwrap());
}

#[test]
fn the_example_and_the_schema_name_the_same_fields() {
    let schema: Value = serde_json::from_str(CASE_FILE_SCHEMA).unwrap();
    let example: Value = serde_json::from_str(example_case()).unwrap();
    let keys = |v: &Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let mut named = keys(&schema["properties"]);
    // Only a record says what it was computed with.
    named.retain(|key| key != "versions");
    assert_eq!(named, keys(&example));
    let case = CaseFile::parse(example_case(), HospitalTable::embedded()).unwrap();
    let written = serde_json::to_value(&case).unwrap();
    assert_eq!(keys(&schema["$defs"]["findings"]["properties"]), keys(&written["findings"]));
    for (i, capability) in model::Capability::ALL.iter().enumerate() {
        assert_eq!(schema["$defs"]["capability"]["enum"][i], serde_json::to_value(capability).unwrap());
    }
    for complaint in model::Complaint::ALL {
        let words = schema["$defs"]["findings"]["properties"]["complaints"]["items"]["enum"].as_array().unwrap();
        assert!(words.contains(&serde_json::to_value(complaint).unwrap()));
    }
}

/// Checks names and kinds of a value against the part of JSON Schema that our schemas use.
fn check(schema: &Value, root: &Value, value: &Value, path: &str) {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return check(root.pointer(name.trim_start_matches('#')).unwrap(), root, value, path);
    }
    if let Some(any) = schema.get("anyOf").and_then(Value::as_array) {
        let null = any.iter().any(|s| s["type"] == "null");
        return if null && value.is_null() {
        } else {
            check(&any[0], root, value, path)
        };
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        assert!(words.contains(value), "{path}: {value} is no word of the schema");
        return;
    }
    match schema["type"].as_str().unwrap() {
        "object" => {
            let fields = value.as_object().unwrap_or_else(|| panic!("{path} is no object"));
            for name in schema["required"].as_array().unwrap() {
                assert!(fields.contains_key(name.as_str().unwrap()), "{path}: {name} is missing");
            }
            for (name, inner) in fields {
                let inner_schema =
                    schema["properties"].get(name).unwrap_or_else(|| panic!("{path}.{name} is not in the schema"));
                check(inner_schema, root, inner, &format!("{path}.{name}"));
            }
        }
        "array" => value.as_array().unwrap().iter().for_each(|v| check(&schema["items"], root, v, path)),
        "integer" => assert!(value.is_i64(), "{path}"),
        "number" => assert!(value.is_number(), "{path}"),
        "boolean" => assert!(value.is_boolean(), "{path}"),
        _ => assert!(value.is_string(), "{path}"),
    }
}

#[test]
fn a_ranking_is_what_its_schema_says() {
    let schema: Value = serde_json::from_str(RANKING_SCHEMA).unwrap();
    let mut red: Value = serde_json::from_str(example_case()).unwrap();
    red["findings"]["triage"] = json!("red");
    red["findings"]["complaints"] = json!(["cardiac_arrest"]);
    red["scene"] = json!({ "lat": 45.4157, "lon": 141.6731 });
    for case in [example_case().to_owned(), red.to_string()] {
        let ranking: Value = serde_json::from_slice(&rank_file(&case).unwrap()).unwrap();
        check(&schema, &schema, &ranking, "ranking");
    }
}

#[test]
fn what_is_wrong_is_named_by_its_path() {
    let table = [
        ("/scene/lat", json!(60.0), "scene", "outside Japan"),
        ("/scene/hight", json!(1), "scene.hight", "unknown field"),
        ("/weather", json!("rain"), "weather", "unknown field"),
        ("/at", json!(1_795_132_800), "at", "invalid type"),
        ("/at", json!("yesterday"), "at", "expected a time"),
        ("/findings/jcs", json!(7), "findings.jcs", "no grade"),
        ("/findings/vitals/pulse_rate", json!({"measured": 88000}), "findings.vitals.pulse_rate", "0 to 3000"),
        ("/capacity/1/state", json!("empty"), "capacity[1].state", "unknown variant"),
        ("/capacity/0/at", json!("2026-11-20T10:34:00+09:00"), "capacity[0].at", "before `at`"),
        ("/exclude/0/hospital", json!("x"), "exclude[0].hospital", "UUID parsing failed"),
        ("/continuity/0/minutes", json!(2.55), "continuity[0].minutes", "one decimal"),
        ("/continuity/0/minutes", json!(9.0), "continuity[0].minutes", "0 to 8.0"),
        ("/max_candidates", json!(0), "max_candidates", "1 to 50"),
    ];
    for (pointer, value, path, what) in table {
        let text = chain(&changed(pointer, value));
        assert!(text.contains(&format!("`{path}`")) && text.contains(what), "{pointer}: {text}");
    }
}

#[test]
fn duplicates_strangers_and_broken_json() {
    let case: Value = serde_json::from_str(example_case()).unwrap();
    let twice = |list: &str| changed(&format!("/{list}"), json!([case[list][0], case[list][0]]));
    for list in ["capacity", "exclude", "inbound", "continuity", "needs"] {
        assert!(
            matches!(rank_file(&twice(list)), Err(CaseFileError::Duplicate { path }) if path == format!("{list}[1]"))
        );
    }
    let stranger = changed("/held/0/hospital", json!("00000000-0000-7000-8000-000000000000"));
    assert!(
        matches!(rank_file(&stranger), Err(CaseFileError::UnknownHospital { path, .. }) if path == "held[0].hospital")
    );
    for text in ["", "{", "[]", "{\"at\": NaN}", "{} {}"] {
        assert!(matches!(rank_file(text), Err(CaseFileError::Json { .. })), "{text}");
    }
    assert!(chain(&example_case().replace("35.6984", "NaN")).contains("line 3"));
    assert!(chain(&example_case().replace("35.6984", "1e999")).contains("scene"));
    assert!(chain(&format!("{} x", example_case())).contains("trailing characters"));
}

#[test]
fn a_record_is_ranked_again_with_its_own_versions_only() {
    let table = HospitalTable::embedded();
    let mut case = CaseFile::parse(example_case(), table).unwrap();
    case.versions = Some(Versions::of(table, &travel_time::DistanceModel::japan(), case.at));
    let mut later = case.capacity[0];
    later.at = case.at.plus_minutes(1);
    case.capacity.push(later);
    case.keep_what_counts(table);
    let text = String::from_utf8(case.to_json_bytes().unwrap()).unwrap();
    assert_eq!(rank_file(&text).unwrap(), rank_file(example_case()).unwrap());
    case.versions.as_mut().unwrap().rules = "needs-of-old".to_owned();
    let text = String::from_utf8(case.to_json_bytes().unwrap()).unwrap();
    assert!(matches!(rank_file(&text), Err(CaseFileError::Version { part: "rules", .. })));
}
