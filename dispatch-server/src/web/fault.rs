//! Why a request has no result: one sentence and the next step, as a page or as `application/problem+json`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use case::enquiry::AnswerRefused;
use dispatch_core::UseCaseError;
use serde::Serialize;
use std::borrow::Cow;

/// A refused or failed request. It never carries internals.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable code.
    pub code: Cow<'static, str>,
    /// One sentence.
    pub title: Cow<'static, str>,
    /// What to do next, or which field.
    pub detail: Cow<'static, str>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u32>,
}

/// RFC 9457, with our three words.
#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    status: u16,
    code: &'a str,
    title: &'a str,
    detail: &'a str,
}

impl Fault {
    /// A fault with fixed words.
    #[must_use]
    pub const fn new(status: StatusCode, code: &'static str, title: &'static str, detail: &'static str) -> Self {
        Self {
            status,
            code: Cow::Borrowed(code),
            title: Cow::Borrowed(title),
            detail: Cow::Borrowed(detail),
            retry_after: None,
        }
    }
    /// Something of ours failed; what, is in the log only.
    #[must_use]
    pub fn internal(what: &'static str) -> Self {
        tracing::error!(what, "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "サーバーで処理できませんでした。",
            "少し待ってもう一度試し、続くときは管理者に連絡してください。",
        )
    }
    /// Nobody is signed in.
    #[must_use]
    pub const fn no_session() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "no_session",
            "サインインしていないか、期限が切れています。",
            "もう一度サインインしてください。",
        )
    }
    /// The second factor has to be shown first.
    #[must_use]
    pub const fn second_factor_needed() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "second_factor_needed",
            "認証コードがまだ確かめられていません。",
            "サインインの画面で、認証アプリの6桁を入れてください。",
        )
    }
    /// This account may not.
    #[must_use]
    pub const fn not_permitted() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "not_permitted",
            "この操作は許可されていません。",
            "権限のある人に頼んでください。",
        )
    }
    /// No such page or thing.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "指定されたものが見つかりません。",
            "画面を更新してもう一度選んでください。",
        )
    }
    /// A field cannot be used.
    #[must_use]
    pub fn field(path: &str, what: &str) -> Self {
        let mut fault = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_field", "入力の内容を読み取れません。", "");
        fault.detail = format!("{path}: {what}").into();
        fault
    }
    /// A body beyond the limit.
    #[must_use]
    pub const fn too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "送られた内容が大きすぎます。",
            "短くしてもう一度送ってください。",
        )
    }
    /// Too many tries.
    #[must_use]
    pub const fn too_many(seconds: u32) -> Self {
        let mut fault = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_tries",
            "試行が続いたため、しばらく受け付けません。",
            "5分待つか、管理者に連絡してください。",
        );
        fault.retry_after = Some(seconds);
        fault
    }
    pub(crate) fn problem(&self) -> Response {
        let problem = Problem {
            kind: "about:blank",
            status: self.status.as_u16(),
            code: &self.code,
            title: &self.title,
            detail: &self.detail,
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json; charset=utf-8"));
        self.finish((self.status, [kind], body).into_response())
    }
    /// Adds what every form of the answer carries.
    pub(crate) fn finish(&self, mut response: Response) -> Response {
        if let Some(value) = self.retry_after.and_then(|s| HeaderValue::from_str(&s.to_string()).ok()) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        if self.status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §15.5.2 wants it; browsers do nothing with this scheme.
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// The outer layer turns it into a page or into problem+json, by the path that was asked for.
impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<UseCaseError> for Fault {
    fn from(error: UseCaseError) -> Self {
        let status = status_of(&error);
        if status.is_server_error() {
            tracing::error!(code = error.code(), cause = chain(&error), "a use case failed");
        }
        let retry_after = match error {
            UseCaseError::Locked { .. } => Some(300),
            UseCaseError::SecondFactorLocked => Some(900),
            _ => None,
        };
        Self {
            status,
            code: error.code().into(),
            title: error.ja().into(),
            detail: error.next_ja().into(),
            retry_after,
        }
    }
}

/// The causes in one line: ids and codes only, by the rule of every error in this system.
fn chain(error: &dyn core::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

const fn status_of(error: &UseCaseError) -> StatusCode {
    match error {
        UseCaseError::NotPermitted(_) | UseCaseError::ConsentRefuses | UseCaseError::ConsentWithdrawn => {
            StatusCode::FORBIDDEN
        }
        UseCaseError::NoSession | UseCaseError::WrongPasscode | UseCaseError::SecondFactorWrong => {
            StatusCode::UNAUTHORIZED
        }
        UseCaseError::Locked { .. } | UseCaseError::SecondFactorLocked => StatusCode::TOO_MANY_REQUESTS,
        UseCaseError::NoSuchCase
        | UseCaseError::NotFound(_)
        | UseCaseError::Answer(AnswerRefused::Unknown | AnswerRefused::OtherHospital) => StatusCode::NOT_FOUND,
        UseCaseError::Expired => StatusCode::GONE,
        UseCaseError::BadRequest(_) => StatusCode::UNPROCESSABLE_ENTITY,
        UseCaseError::Source(_) => StatusCode::BAD_GATEWAY,
        UseCaseError::Contended => StatusCode::SERVICE_UNAVAILABLE,
        UseCaseError::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::CONFLICT,
    }
}
