//! Operations as the document.

use super::operation::{Door, Field, FieldKind, Gives, Operation, Sends};
use super::{operations, schemas};
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

const HTML: &str = "text/html; charset=utf-8";
const PROBLEM: &str = "application/problem+json; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
const GEO_JSON: &str = "application/geo+json; charset=utf-8";
const FORM: &str = "application/x-www-form-urlencoded";

const ABOUT: &str = "指令サーバーの HTTPS のすべて。読み出し（GET）は HEAD でも答えます。JSON の入力は厳格で、知らない項目は 422 になります。\
                     出力には項目が増えることがあります。時刻は RFC 3339（日本時間）です。\
                     書き込みは、Bearer のないとき、ほかのサイトからは受け付けません（Origin か Sec-Fetch-Site）。";

/// The document.
#[must_use]
pub fn document() -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(operation.method.to_ascii_lowercase(), written(&operation));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "マイナ救急 指令サーバー",
            "version": env!("CARGO_PKG_VERSION"),
            "description": ABOUT,
        },
        "servers": [{ "url": "/" }],
        "tags": [{ "name": "programs" }, { "name": "pages" }],
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": {
                "session": { "type": "apiKey", "in": "cookie", "name": "__Host-session" },
                "bearer": { "type": "http", "scheme": "bearer" },
            },
        },
    })
}

/// `GET /api/v1/openapi.json`.
pub(crate) async fn served() -> impl IntoResponse {
    static BYTES: LazyLock<String> = LazyLock::new(|| document().to_string());
    ([(header::CONTENT_TYPE, JSON)], BYTES.as_str())
}

/// Programs get problem+json; a document's path answers both.
fn fault_media(operation: &Operation) -> &'static [&'static str] {
    let path = operation.path;
    if path == "/handover/{document}" {
        &[HTML, PROBLEM]
    } else if ["/api/", "/live/", "/map/"].iter().any(|below| path.starts_with(below)) {
        &[PROBLEM]
    } else {
        &[HTML]
    }
}

fn written(operation: &Operation) -> Value {
    let programs = operation.path.starts_with("/api/");
    let mut out = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [if programs { "programs" } else { "pages" }],
        "parameters": parameters(operation),
        "responses": responses(operation),
        "security": if operation.door == Door::Open { json!([]) } else { json!([{ "session": [] }, { "bearer": [] }]) },
    });
    if let Some(body) = body(operation) {
        out["requestBody"] = body;
    }
    if let Door::Roles(roles) = operation.door {
        out["x-roles"] = roles.iter().map(|role| role.key()).collect();
    }
    out
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let names = operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let path = names.map(|name| {
        let schema = match name {
            "document" => json!({ "type": "string", "description": "事案の番号。末尾に .json を付けられる" }),
            "code" | "file" => json!({ "type": "string" }),
            "z" | "x" | "y" => json!({ "type": "integer", "minimum": 0 }),
            _ => schemas::id(),
        };
        json!({ "name": name, "in": "path", "required": true, "schema": schema })
    });
    let query = operation.query.iter().map(
        |field| json!({ "name": field.name, "in": "query", "required": field.required, "schema": field_schema(field) }),
    );
    path.chain(query).collect()
}

fn field_schema(field: &Field) -> Value {
    match field.kind {
        FieldKind::Text => json!({ "type": "string" }),
        FieldKind::Whole => json!({ "type": "integer" }),
        FieldKind::Day => json!({ "anyOf": [{ "type": "string", "format": "date" }, { "const": "" }] }),
        FieldKind::Id => schemas::id(),
        FieldKind::MaybeId => json!({ "anyOf": [schemas::id(), { "const": "" }] }),
        FieldKind::One(words) => json!({ "type": "string", "enum": words }),
    }
}

fn body(operation: &Operation) -> Option<Value> {
    let (media, schema) = match operation.sends {
        Sends::Nothing => return None,
        Sends::Json(name) => ("application/json", schemas::named(name)),
        Sends::Form(fields) => (FORM, form(fields, operation.door != Door::Open)),
    };
    Some(json!({ "required": true, "content": { media: { "schema": schema } } }))
}

fn form(fields: &[Field], signed: bool) -> Value {
    let proof = signed
        .then(|| ("csrf", json!({ "type": "string", "description": "画面の隠し項目にある、このサインインの証" })));
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| (field.name, field_schema(field)))
        .chain(proof)
        .map(|(name, schema)| (name.to_owned(), schema))
        .collect();
    let required = fields.iter().filter(|f| f.required).map(|f| f.name).chain(signed.then_some("csrf"));
    json!({
        "type": "object",
        "properties": properties,
        "required": required.collect::<Vec<_>>(),
        "additionalProperties": false,
    })
}

fn responses(operation: &Operation) -> Value {
    let mut all: Map<String, Value> = Map::new();
    for (status, gives) in &operation.gives {
        merge(&mut all, *status, given(*gives));
    }
    // A page that nobody is signed in for sends to the sign-in.
    let programs = fault_media(operation) == [PROBLEM];
    if operation.method == "GET" && operation.door != Door::Open && !programs {
        merge(&mut all, 303, given(Gives::See));
    }
    for status in refusals(operation) {
        let content: Map<String, Value> =
            fault_media(operation).iter().map(|media| ((*media).to_owned(), fault_body(media))).collect();
        let mut response = json!({ "description": reason(status), "content": content });
        if status == 429 {
            let seconds = json!({ "schema": { "type": "integer" }, "description": "秒" });
            response["headers"] = json!({ "Retry-After": seconds });
        }
        merge(&mut all, status, response);
    }
    Value::Object(all)
}

fn refusals(operation: &Operation) -> Vec<u16> {
    // A stand-in or another site; too slow; a fault of ours.
    let mut statuses = vec![403, 500, 503];
    statuses.extend(operation.refuses);
    if operation.door != Door::Open {
        // Machines are counted.
        statuses.extend([401, 429]);
    }
    if operation.path.contains('{') || !operation.query.is_empty() {
        statuses.push(400);
    }
    match operation.sends {
        Sends::Nothing => {}
        Sends::Json(_) | Sends::Form(_) => statuses.extend([413, 415, 422]),
    }
    statuses.sort_unstable();
    statuses.dedup();
    statuses
}

/// Two forms of one status stand beside each other.
fn merge(all: &mut Map<String, Value>, status: u16, response: Value) {
    match all.get_mut(&status.to_string()) {
        None => {
            all.insert(status.to_string(), response);
        }
        Some(there) => {
            let more = response.get("content").and_then(Value::as_object).cloned().unwrap_or_default();
            if let Some(content) = there.get_mut("content").and_then(Value::as_object_mut) {
                content.extend(more);
            }
        }
    }
}

fn fault_body(media: &str) -> Value {
    json!({ "schema": if media == HTML { json!({ "type": "string" }) } else { schemas::named("Problem") } })
}

fn given(gives: Gives) -> Value {
    let text = |media: &str| json!({ "description": "内容", "content": { media: { "schema": { "type": "string" } } } });
    match gives {
        Gives::Page => text(HTML),
        Gives::Events => text("text/event-stream"),
        Gives::GeoJson => json!({
            "description": "GeoJSON",
            "content": { GEO_JSON: { "schema": schemas::named("Places") } },
        }),
        Gives::Media("application/fhir+json; charset=utf-8") => json!({
            "description": "FHIR R4 の Bundle",
            "content": { "application/fhir+json; charset=utf-8": { "schema": { "type": "object" } } },
        }),
        Gives::Media(media) => text(media),
        Gives::Json(name) => {
            json!({ "description": "内容", "content": { JSON: { "schema": schemas::named(name) } } })
        }
        Gives::Empty => json!({ "description": "済んだ" }),
        Gives::See => json!({
            "description": "次の画面へ",
            "headers": { "Location": { "required": true, "schema": { "type": "string" } } },
        }),
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        400 => "番号や項目を読み取れない",
        401 => "サインインしていない、または誤り",
        403 => "許可されていない、または古い画面",
        404 => "見つからない",
        409 => "いまの状態では行えない",
        410 => "期限が切れた、または使用済み",
        413 => "大きすぎる",
        415 => "扱えない形式",
        422 => "内容を読み取れない",
        429 => "試行または要求が多すぎる",
        503 => "時間内に処理できなかった",
        _ => "サーバーで処理できなかった",
    }
}
