//! The files of the `alerts` command.

use field_alerts::RuleTable;
use field_alerts::cli_format::{
    example_findings, example_history, read_findings, read_history, run, schema_findings, schema_history, schema_output,
};
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// Every property named in `value` stands in the schema's definition beside it.
fn assert_described(value: &Value, schema: &Value, root: &Value, path: &str) {
    let schema = resolve(schema, root);
    match value {
        Value::Object(fields) => {
            let options = options(schema, root);
            let described =
                options.iter().find(|s| fields.keys().all(|k| s.pointer(&format!("/properties/{k}")).is_some()));
            let described =
                described.unwrap_or_else(|| panic!("{path}: a field of {:?} is not described", fields.keys()));
            for (key, inner) in fields {
                assert_described(inner, &described["properties"][key], root, &format!("{path}.{key}"));
            }
        }
        Value::Array(items) => {
            for (i, inner) in items.iter().enumerate() {
                assert_described(inner, &schema["items"], root, &format!("{path}[{i}]"));
            }
        }
        _ => {}
    }
}

fn resolve<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(name) => root.pointer(name.trim_start_matches('#')).expect("a definition"),
        None => schema,
    }
}

fn options<'a>(schema: &'a Value, root: &'a Value) -> Vec<&'a Value> {
    match schema.get("oneOf").and_then(Value::as_array) {
        Some(list) => list.iter().map(|s| resolve(s, root)).collect(),
        None => vec![schema],
    }
}

#[test]
fn the_examples_are_read_and_described_by_the_schemas() {
    read_history(example_history().as_bytes()).expect("the history example");
    read_findings(example_findings().as_bytes()).expect("the findings example");
    let (history, findings) = (json(schema_history()), json(schema_findings()));
    assert_described(&json(example_history()), &history, &history, "history");
    assert_described(&json(example_findings()), &findings, &findings, "findings");
}

#[test]
fn the_output_names_rule_row_and_date_and_fits_its_schema() {
    let table = RuleTable::embedded().expect("table");
    let out = run(&table, example_history().as_bytes(), example_findings().as_bytes()).expect("runs");
    let out = serde_json::to_value(out).expect("json");
    assert_eq!(out["alerts"][0]["rule"], "R01");
    assert_eq!(out["alerts"][0]["row"]["date"], "2026-10-28");
    assert!(out["alerts"][0]["why_ja"].as_str().is_some_and(|why| why.contains("規則R01")), "it says why");
    assert_eq!(out["alerts"][0]["enquiry_mark"], "may_be_told");
    assert_eq!(out["needs"][0]["capability"], "ct_now");
    assert_eq!(out["rows_not_checked"], 1);
    assert_eq!(out["sections"]["checkups"], "not_permitted");
    assert_eq!(out["reminder"], "記録なし ≠ 服用なし");
    let schema = json(schema_output());
    assert_described(&out, &schema, &schema, "alerts");
}

#[test]
fn bad_files_name_the_path_and_what_was_expected() {
    let bad = [
        ("\"period\": \"summary\"", "\"periode\": \"summary\"", "periode"),
        ("\"days_supplied\": 28", "\"days_supplied\": \"28\"", "sections.medications.rows[0].days_supplied"),
        ("\"days_supplied\": 28", "\"days_supply\": 28", "sections.medications.rows[0]"),
        ("3332001F1032", "333200F1032", "sections.medications.rows[0].code.yj"),
        (
            "\"2026-10-28\", \"code\": { \"yj\"",
            "\"2026-12-28\", \"code\": { \"yj\"",
            "sections.medications.rows[0].date",
        ),
        (
            "\"2026-10-28\", \"code\": { \"yj\"",
            "\"2026-02-30\", \"code\": { \"yj\"",
            "sections.medications.rows[0].date",
        ),
        ("1948-03-08", "2048-03-08", "person.birth_date"),
        (
            "{ \"state\": \"no_record\" },\n    \"medications\"",
            "{ \"state\": \"records\" },\n    \"medications\"",
            "sections.e_prescriptions.rows",
        ),
        ("alerts-history/1", "alerts-history/2", "format"),
        ("\"9910000001\"", "\"991\"", "sections.visits.rows[0].facility.institution_code"),
        ("\"sex\": \"female\"", "\"sex\": \"female\", \"sex\": \"male\"", "person"),
    ];
    for (from, to, path) in bad {
        let text = example_history().replacen(from, to, 1);
        assert_ne!(text, example_history(), "{from} stands in the example");
        let error = read_history(text.as_bytes()).expect_err(to);
        assert!(error.path.contains(path) || error.what.contains(path), "{to}: {error}");
    }
    assert!(read_history(b"\xff\xfe{}").expect_err("not UTF-8").to_string().contains("byte 0 is not UTF-8"));
    assert!(read_history(example_history().trim_end().trim_end_matches('}').as_bytes()).is_err(), "truncated");
    assert!(read_history(format!("{} x", example_history()).as_bytes()).is_err(), "something after the object");
}

#[test]
fn bad_findings_name_the_path() {
    let bad = [
        (r#"{"vitals":{"pulse_rate":{"measured":72000}}}"#, "vitals.pulse_rate.measured"),
        (r#"{"jcs":4}"#, "jcs"),
        (r#"{"complaints":["head"]}"#, "complaints[0]"),
        (r#"{"complaint":[]}"#, "complaint"),
        (r#"{"age_years":200}"#, "age_years"),
        (r#"{"age_band":12}"#, "age_band"),
    ];
    for (text, path) in bad {
        let error = read_findings(text.as_bytes()).expect_err(text);
        assert!(error.to_string().contains(path), "{text}: {error}");
    }
    assert!(read_findings(b"{}").is_ok(), "nothing observed yet is fine");
}
