use super::*;

fn error(text: &str) -> String {
    Scenario::parse("a.toml", text.as_bytes()).expect_err("wrong").to_string()
}

const HEAD: &str = "name = \"x\"\nstart = \"2026-01-15T08:00:00+09:00\"\nduration = \"1h\"\n";

#[test]
fn what_ships_is_read_and_is_named_as_its_file() {
    for one in SHIPPED {
        let scenario = Scenario::shipped(one.name).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(scenario.name, one.name);
        assert!(!scenario.about.is_empty());
    }
    assert!(Scenario::parse("example.toml", example().as_bytes()).is_ok());
    assert!(matches!(Scenario::shipped("nothing"), Err(ScenarioError::Unknown { .. })));
}

#[test]
fn what_is_written_reads_back() {
    for one in SHIPPED {
        let scenario = Scenario::shipped(one.name).expect("ships");
        let text = toml::to_string(&scenario).expect("TOML");
        assert_eq!(Scenario::parse("again", text.as_bytes()).expect("reads"), scenario);
    }
}

#[test]
fn the_example_has_every_field_and_the_schema_knows_it() {
    let scenario = Scenario::parse("example.toml", example().as_bytes()).expect("reads");
    let schema: serde_json::Value = serde_json::from_str(SCENARIO_SCHEMA).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let written = |text: &str| serde_json::to_value(toml::from_str::<toml::Table>(text).expect("TOML")).expect("JSON");
    for text in SHIPPED.iter().map(|one| one.toml).chain([example()]) {
        let errors: Vec<String> = validator.iter_errors(&written(text)).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    let all = serde_json::to_value(&scenario).expect("JSON");
    let mut unknown = Vec::new();
    fields_without(&all, &schema, &schema, "", &mut unknown);
    assert!(unknown.is_empty(), "not in the schema: {unknown:?}");
    let mut example = Vec::new();
    fields_not_in(&schema, &schema, &written(super::example()), "", &mut example);
    assert!(example.is_empty(), "not in the example: {example:?}");
}

fn resolve<'s>(schema: &'s serde_json::Value, root: &'s serde_json::Value) -> &'s serde_json::Value {
    schema["$ref"].as_str().and_then(|name| root.pointer(name.trim_start_matches('#'))).unwrap_or(schema)
}

fn fields_without(
    value: &serde_json::Value,
    schema: &serde_json::Value,
    root: &serde_json::Value,
    at: &str,
    out: &mut Vec<String>,
) {
    let schema = resolve(schema, root);
    for (name, inner) in value.as_object().into_iter().flatten().filter(|(_, v)| !v.is_null()) {
        let path = format!("{at}.{name}");
        match schema["properties"].get(name) {
            Some(known) => fields_without(inner, known, root, &path, out),
            None => out.push(path),
        }
    }
}

fn fields_not_in(
    schema: &serde_json::Value,
    root: &serde_json::Value,
    value: &serde_json::Value,
    at: &str,
    out: &mut Vec<String>,
) {
    let schema = resolve(schema, root);
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{at}.{name}");
        match value.get(name) {
            Some(found) => {
                let (inner, found) = match found.as_array() {
                    Some(list) => (&resolve(inner, root)["items"], list.first().unwrap_or(found)),
                    None => (inner, found),
                };
                fields_not_in(inner, root, found, &path, out);
            }
            None => out.push(path),
        }
    }
}

#[test]
fn errors_name_file_line_field_and_what_was_expected() {
    let said = error(&format!("{HEAD}[demand]\nfactor = -1\n"));
    assert_eq!(said, "a.toml:5:10: demand.factor: expected a number from 0 to 1000, got -1");
    let said = error(&format!("{HEAD}[demand]\nfacter = 1\n"));
    assert!(said.starts_with("a.toml:5:1: demand.facter: unknown field `facter`, expected one of `factor`"), "{said}");
    let said = error(&format!("{HEAD}[area]\nprefectures = [\"東京都\", \"東京\"]\n"));
    assert!(said.starts_with("a.toml:5:23: area.prefectures[1]: expected one of the 47 都道府県"), "{said}");
    let said = error(&format!("{HEAD}[[faults.radio_cut]]\nat = \"1h\"\nfor = \"soon\"\n"));
    assert!(said.starts_with("a.toml:6:7: faults.radio_cut[0].for: expected a length of time"), "{said}");
    let said = error(&format!("{HEAD}[[faults.radio_cut]]\nat = \"1h\"\nfor = \"1h\"\nshare = 1.5\n"));
    assert_eq!(said, "a.toml:7:9: faults.radio_cut[0].share: expected a number from 0 to 1, got 1.5");
    let said = error(&format!("{HEAD}[policies]\nchoice = \"best\"\n"));
    assert!(said.contains(":5:10: policies.choice: unknown variant `best`, expected one of `ranked`"), "{said}");
    let said = error("name = \"x\"\nduration = \"1h\"\n");
    assert!(said.contains("missing field `start`"), "{said}");
    let said = error(&format!("{HEAD}[demand]\nfactor = nan\n"));
    assert!(said.contains("a.toml:5:10: demand.factor: expected a number"), "{said}");
    let said = error(&format!("{HEAD}[demand\n"));
    assert!(said.starts_with("a.toml:4:"), "{said}");
    assert!(Scenario::parse("b", &[0xff]).expect_err("no text").to_string().contains("UTF-8"));
    assert!(error(&HEAD.replace("1h", "0s")).contains("a.toml:3:12: duration: expected a length of time above zero"));
}

#[test]
fn spans_are_read_as_people_write_them() {
    for (text, seconds) in
        [("90m", 5_400), ("1h 30m", 5_400), ("10s", 10), ("1d", 86_400), ("2d 6h", 194_400), ("PT2H", 7_200)]
    {
        let span: Span = text.parse().unwrap_or_else(|_| panic!("{text}"));
        assert_eq!(span, Span::seconds(seconds), "{text}");
        assert_eq!(span.to_string().parse(), Ok(span));
    }
    for wrong in ["", "soon", "-1h", "5", "9999d"] {
        assert_eq!(wrong.parse::<Span>(), Err(span::SpanError), "{wrong}");
    }
}
