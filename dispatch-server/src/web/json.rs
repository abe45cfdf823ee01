//! Strict JSON: an unknown field, a wrong type or a trailing byte is refused with its path.

use super::fault::Fault;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A request's JSON body.
pub(crate) struct Strict<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Strict<T> {
    type Rejection = Fault;
    async fn from_request(request: Request, state: &S) -> Result<Self, Fault> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if kind.is_none_or(|kind| kind.split(';').next().map(str::trim) != Some("application/json")) {
            return Err(Fault::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "media_type",
                "送られた形式を扱えません。",
                "application/json で送ってください。",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|_| Fault::too_large())?;
        parse(&bytes).map(Self)
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut json, &mut track);
    // Types that also travel and rest ignore unknown fields there; in a request they are a slip.
    let mut unknown = None;
    let read = serde_ignored::deserialize(tracked, |path| {
        unknown.get_or_insert_with(|| path.to_string());
    });
    let value = read.map_err(|error| Fault::field(&track.path().to_string(), &error.to_string()))?;
    if let Some(path) = unknown {
        return Err(Fault::field(&path, "unknown field"));
    }
    json.end().map_err(|error| Fault::field(".", &error.to_string()))?;
    Ok(value)
}

/// A JSON answer.
pub(crate) struct Answer<T>(pub(crate) StatusCode, pub(crate) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.1) {
            Ok(body) => (self.0, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response(),
            Err(_) => Fault::internal("writing JSON").into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its reading is of interest")]
    struct Outer {
        inner: Inner,
    }
    #[derive(serde::Deserialize, Debug)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its reading is of interest")]
    struct Inner {
        number: u8,
    }

    #[test]
    fn a_refused_field_is_named_with_its_path() {
        let unknown = parse::<Outer>(br#"{"inner":{"number":1,"nmber":2}}"#).expect_err("refused");
        assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unknown.detail.starts_with("inner.nmber: unknown field `nmber`"), "{}", unknown.detail);
        let wrong = parse::<Outer>(br#"{"inner":{"number":300}}"#).expect_err("refused");
        assert!(wrong.detail.starts_with("inner.number: invalid value"), "{}", wrong.detail);
        assert!(parse::<Outer>(br#"{"inner":{"number":1}} x"#).is_err());
    }
}
