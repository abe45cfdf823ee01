//! An answer against the document.

use super::{Described, Made};
use crate::web::Visited;
use serde_json::Value;

/// Headers that every answer has, and what they begin with.
const ALWAYS: [(&str, &str); 7] = [
    ("content-security-policy", "default-src 'none'; "),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", ""),
];

/// What is wrong with an answer. `roles` are the sender's; none: nobody is signed in.
#[must_use]
pub fn complaints(described: &Described, made: &Made, roles: Option<&[String]>, got: &Visited) -> Vec<String> {
    let mut wrong = Vec::new();
    let status = got.status.as_u16();
    if status >= 500 {
        wrong.push(format!("a fault of the server: {status}"));
    }
    let begins =
        |(name, start): &&(&str, &str)| !got.headers.contains_key(*name) || !got.header(name).starts_with(start);
    wrong.extend(ALWAYS.iter().filter(begins).map(|(name, _)| format!("the header {name} is {:?}", got.header(name))));
    if status == 401 && got.header("www-authenticate").is_empty() {
        wrong.push("401 without WWW-Authenticate".into());
    }
    promised(described, got, &mut wrong);
    admitted(described, made, roles, got, &mut wrong);
    wrong
}

fn promised(described: &Described, got: &Visited, wrong: &mut Vec<String>) {
    let Some(promise) = described.promises.get(&got.status.as_u16()) else {
        return wrong.push(format!("{} is not in the document", got.status));
    };
    let missing = |name: &&String| got.header(name).is_empty();
    wrong.extend(promise.headers.iter().filter(missing).map(|name| format!("{} without {name}", got.status)));
    let media = got.header("content-type");
    match promise.content.get(media) {
        None if promise.content.is_empty() && got.body.is_empty() => {}
        None => wrong.push(format!("{} as {media:?} is not in the document", got.status)),
        Some(None) => {}
        Some(Some(checker)) => match serde_json::from_slice::<Value>(&got.body) {
            Err(_) => wrong.push("no JSON".into()),
            Ok(body) => {
                wrong.extend(checker.iter_errors(&body).map(|error| format!("{}: {error}", error.instance_path())));
            }
        },
    }
}

/// Who may not come in is told so whatever is sent; what the document does not allow is not done.
fn admitted(described: &Described, made: &Made, roles: Option<&[String]>, got: &Visited, wrong: &mut Vec<String>) {
    let status = got.status.as_u16();
    let outside = match roles {
        None => described.guarded,
        Some(roles) => !described.roles.is_empty() && !described.roles.iter().any(|role| roles.contains(role)),
    };
    match roles {
        None if outside && status != 401 && !(status == 303 && got.header("location") == "/sign-in") => {
            wrong.push(format!("nobody is signed in, and the answer is {status}"));
        }
        Some(_) if outside && status != 403 => wrong.push(format!("the role may not, and the answer is {status}")),
        _ if !outside && made.broken && got.status.is_success() => {
            wrong.push("what the document does not allow was taken".into());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::read;
    use hyper::body::Bytes;
    use hyper::{HeaderMap, StatusCode};
    use serde_json::json;

    /// An answer with all headers of safety.
    fn answer(status: u16, media: &'static str, body: &'static str) -> Visited {
        let mut headers = HeaderMap::new();
        for (name, value) in ALWAYS {
            headers.insert(name, value.parse().unwrap());
        }
        headers.insert("content-type", media.parse().unwrap());
        Visited { status: StatusCode::from_u16(status).unwrap(), headers, body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn what_is_not_promised_is_complained_of() {
        let number = json!({ "type": "object", "required": ["n"], "properties": { "n": { "type": "integer" } } });
        let document = json!({ "paths": { "/x": { "post": {
            "security": [{ "session": [] }], "x-roles": ["dispatcher"],
            "responses": {
                "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Number" } } } },
                "401": { "content": { "application/json": { "schema": {} } } },
            },
        } } }, "components": { "schemas": { "Number": number } } });
        let described = read(&document).remove(0);
        let made = |broken| Made { target: "/x".into(), body: None, broken };
        let (dispatcher, desk) = (["dispatcher".to_owned()], ["hospital_desk".to_owned()]);
        let count = |broken, roles, got: &Visited| complaints(&described, &made(broken), roles, got).len();
        let good = answer(200, "application/json", r#"{"n":1}"#);
        assert_eq!(count(false, Some(&dispatcher), &good), 0);
        assert_eq!(count(true, Some(&dispatcher), &good), 1, "a broken request was taken");
        assert_eq!(count(false, Some(&desk), &good), 1, "another role");
        assert_eq!(count(false, None, &good), 1, "nobody");
        assert_eq!(count(false, Some(&dispatcher), &answer(200, "application/json", r#"{"n":"1"}"#)), 1, "its body");
        assert_eq!(count(false, Some(&dispatcher), &answer(200, "text/html", "")), 1, "its media type");
        assert_eq!(count(false, Some(&dispatcher), &answer(418, "application/json", "{}")), 1, "its status");
        assert_eq!(count(false, Some(&dispatcher), &answer(500, "application/json", "{}")), 2, "a fault");
        assert_eq!(count(false, None, &answer(401, "application/json", "{}")), 1, "no WWW-Authenticate");
        let mut bare = answer(200, "application/json", r#"{"n":1}"#);
        bare.headers.remove("x-frame-options");
        assert_eq!(count(false, Some(&dispatcher), &bare), 1, "its headers");
    }
}
