//! A served OpenAPI document, read from outside: what it promises, requests made from it, and answers held against it.

mod check;
mod generate;

pub use check::complaints;
pub use generate::{Made, Maker};

use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A parameter of a path or a query.
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// In the path; else in the query.
    pub in_path: bool,
    /// What it may be.
    pub schema: Value,
}

/// What a request carries.
pub struct Carries {
    /// Its media type.
    pub media: String,
    /// What it may be.
    pub schema: Value,
    /// The same, to check with.
    pub checker: Validator,
}

/// What an answer of one status may be: a checker for each media type; none when it has no body.
pub struct Promise {
    /// By media type.
    pub content: BTreeMap<String, Option<Validator>>,
    /// Headers that must be there.
    pub headers: Vec<String>,
}

/// One method of one path.
pub struct Described {
    /// `GET` …
    pub method: String,
    /// With its parameters in braces.
    pub path: String,
    /// What it takes.
    pub parameters: Vec<Parameter>,
    /// What it carries.
    pub carries: Option<Carries>,
    /// What it may answer.
    pub promises: BTreeMap<u16, Promise>,
    /// Nobody comes in without a session.
    pub guarded: bool,
    /// One of these roles is needed; empty: none in particular.
    pub roles: Vec<String>,
}

/// All operations of a document.
#[must_use]
pub fn read(document: &Value) -> Vec<Described> {
    let paths = document["paths"].as_object().expect("paths");
    let mut all = Vec::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().expect("methods") {
            all.push(described(document, path, method, operation));
        }
    }
    all
}

fn described(document: &Value, path: &str, method: &str, operation: &Value) -> Described {
    let of = |key: &str| operation[key].as_array().cloned().unwrap_or_default();
    let parameter = |value: &Value| Parameter {
        name: value["name"].as_str().expect("a name").to_owned(),
        in_path: value["in"] == "path",
        schema: value["schema"].clone(),
    };
    let carries = operation["requestBody"]["content"].as_object().and_then(|content| {
        let (media, body) = content.iter().next()?;
        let schema = body["schema"].clone();
        Some(Carries { media: media.clone(), checker: checker(document, &schema), schema })
    });
    let promises = operation["responses"].as_object().expect("responses").iter();
    Described {
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        parameters: of("parameters").iter().map(parameter).collect(),
        carries,
        promises: promises.map(|(status, said)| (status.parse().expect("a status"), promise(document, said))).collect(),
        guarded: !of("security").is_empty(),
        roles: of("x-roles").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

fn promise(document: &Value, said: &Value) -> Promise {
    let content = said["content"].as_object().cloned().unwrap_or_default();
    let headers = said["headers"].as_object().cloned().unwrap_or_default();
    Promise {
        content: content
            .into_iter()
            .map(|(media, body)| {
                let structured = media.contains("json");
                let checker = structured.then(|| checker(document, &body["schema"]));
                (media, checker)
            })
            .collect(),
        headers: headers.into_iter().map(|(name, _)| name).collect(),
    }
}

/// A schema with the document's components at hand.
fn checker(document: &Value, schema: &Value) -> Validator {
    let whole = json!({ "allOf": [schema], "components": document["components"] });
    jsonschema::options().should_validate_formats(true).build(&whole).expect("a usable schema")
}
