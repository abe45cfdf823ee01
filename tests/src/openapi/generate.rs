//! Requests from what the document says: some as it says, some broken in one place.

use super::{Carries, Described};
use rand::{Rng, RngExt as _};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Deepest nesting that is made.
const DEPTH: u32 = 6;
/// Beyond the server's limit for a body.
const TOO_LONG: usize = 40_000;

/// Texts that programs get wrong.
const TEXTS: [&str; 10] = [
    "",
    " ",
    "立川市錦町",
    "'; DROP TABLE event; --",
    "<script>alert(1)</script>",
    "\u{0}\u{202e}\u{feff}",
    "𩸽👨‍👩‍👧",
    "../../etc/passwd",
    "%00%ff",
    "0",
];

/// One request.
pub struct Made {
    /// Path and query, escaped.
    pub target: String,
    /// Media type and bytes.
    pub body: Option<(String, Vec<u8>)>,
    /// The document does not allow it.
    pub broken: bool,
}

/// Makes requests.
pub struct Maker<'a, R> {
    /// Where chance comes from.
    pub random: R,
    /// The document, for references.
    pub document: &'a Value,
    /// Ids that exist, by the name of the parameter or field.
    pub known: BTreeMap<&'static str, String>,
    /// The proof of a signed-in person's forms.
    pub csrf: String,
}

impl<R: Rng> Maker<'_, R> {
    /// A request of this operation.
    pub fn make(&mut self, described: &Described) -> Made {
        let mut target = described.path.clone();
        let mut broken = false;
        let mut query = Vec::new();
        for parameter in &described.parameters {
            // "." and an empty segment are no parameters any more.
            let spoil = self.random.random_bool(0.15) && parameter.schema["format"] == "uuid";
            broken |= spoil;
            let value = if spoil { "no-id".to_owned() } else { self.text_of(&parameter.name, &parameter.schema) };
            if parameter.in_path {
                let value = if value.trim_matches(['.', ' ']).is_empty() { "x" } else { &value };
                target = target.replace(&format!("{{{}}}", parameter.name), &escaped(value));
            } else if self.random.random_bool(0.7) {
                query.push(format!("{}={}", parameter.name, escaped(&value)));
            }
        }
        if !query.is_empty() {
            target = format!("{target}?{}", query.join("&"));
        }
        let body = described.carries.as_ref().map(|carries| {
            let (media, bytes, spoilt) = self.body(carries);
            broken |= spoilt;
            (media, bytes)
        });
        Made { target, body, broken }
    }

    fn body(&mut self, carries: &Carries) -> (String, Vec<u8>, bool) {
        let form = carries.media.contains("form");
        let mut value = self.value("", &carries.schema, 0);
        if self.random.random_bool(0.5) {
            let broken = !carries.checker.is_valid(&value);
            return (carries.media.clone(), written(&value, form), broken);
        }
        match self.random.random_range(0..8) {
            0 => return (carries.media.clone(), b"{\"\xff\xfe".to_vec(), !form),
            1 => return ("text/plain".into(), written(&value, form), true),
            2 => return (carries.media.clone(), vec![b'['; TOO_LONG], true),
            3 => value = json!([value]),
            4 => drop(value.as_object_mut().and_then(|o| o.insert("nobody_knows_this".into(), json!(1)))),
            5 => {
                let first = value.as_object().and_then(|o| o.keys().next().cloned());
                drop(first.and_then(|key| value.as_object_mut()?.remove(&key)));
            }
            6 => {
                let long = "あ".repeat(TOO_LONG / 4);
                value.as_object_mut().into_iter().flat_map(|o| o.values_mut()).for_each(|v| *v = json!(long));
            }
            _ => {
                let odd = [json!(null), json!(-1), json!(1e300), json!({}), json!([]), json!("no"), json!(true)];
                let odd = odd[self.random.random_range(0..odd.len())].clone();
                value.as_object_mut().into_iter().flat_map(|o| o.values_mut()).for_each(|v| *v = odd.clone());
            }
        }
        // A form has texts only: what it carries is not compared with the types of its schema.
        let broken = !form && !carries.checker.is_valid(&value);
        (carries.media.clone(), written(&value, form), broken)
    }

    fn text_of(&mut self, name: &str, schema: &Value) -> String {
        match self.value(name, schema, 0) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    fn value(&mut self, name: &str, schema: &Value, depth: u32) -> Value {
        if let Some(reference) = schema["$ref"].as_str() {
            let there = reference.trim_start_matches('#');
            return self.value(name, &self.document.pointer(there).expect("a component").clone(), depth);
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(ways) = schema[key].as_array() {
                let way = self.random.random_range(0..ways.len());
                return self.value(name, &ways[way].clone(), depth);
            }
        }
        if let Some(words) = schema["enum"].as_array() {
            return words[self.random.random_range(0..words.len())].clone();
        }
        if !schema["const"].is_null() {
            return schema["const"].clone();
        }
        match schema["type"].as_str().unwrap_or("string") {
            "object" => self.object(schema, depth),
            "boolean" => json!(self.random.random_bool(0.5)),
            "null" => Value::Null,
            "integer" => json!(self.between(schema) as i64),
            "number" => json!(self.between(schema)),
            _ => json!(self.text(name, schema)),
        }
    }

    fn object(&mut self, schema: &Value, depth: u32) -> Value {
        let mut object = Map::new();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, of) in schema["properties"].as_object().cloned().unwrap_or_default() {
            let wanted = required.iter().any(|key| *key == json!(name));
            if wanted || (depth < DEPTH && self.random.random_bool(0.6)) {
                let value = self.value(&name, &of, depth + 1);
                object.insert(name, value);
            }
        }
        Value::Object(object)
    }

    fn between(&mut self, schema: &Value) -> f64 {
        let from = schema["minimum"].as_f64().unwrap_or(-1e6);
        let to = schema["maximum"].as_f64().unwrap_or(1e6);
        match self.random.random_range(0..4) {
            0 => from,
            1 => to,
            _ => self.random.random_range(from..=to),
        }
    }

    fn text(&mut self, name: &str, schema: &Value) -> String {
        if let Some(known) = self.known.get(name).cloned().filter(|_| self.random.random_bool(0.7)) {
            return known;
        }
        match (name, schema["format"].as_str()) {
            ("csrf", _) => self.csrf.clone(),
            (_, Some("uuid")) => {
                let hex = format!("{:032x}", self.random.random::<u128>());
                [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
            }
            (_, Some("date-time")) => {
                let second = self.random.random_range(0..60);
                format!("2026-11-{:02}T09:10:{second:02}+09:00", self.random.random_range(1..=30))
            }
            _ => {
                let text = TEXTS[self.random.random_range(0..TEXTS.len())].to_owned();
                let shortest = usize::try_from(schema["minLength"].as_u64().unwrap_or(0)).unwrap_or(0);
                if text.chars().count() < shortest { "訓練".to_owned() } else { text }
            }
        }
    }
}

fn written(value: &Value, form: bool) -> Vec<u8> {
    if !form {
        return value.to_string().into_bytes();
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs = value.as_object().into_iter().flatten();
    pairs.map(|(name, value)| format!("{name}={}", escaped(&text(value)))).collect::<Vec<_>>().join("&").into_bytes()
}

/// Percent-encoded but for what never needs it.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => out.push(char::from(byte)),
            b'.' => out.push('.'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
