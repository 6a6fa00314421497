//! The one map from what went wrong to HTTP: RFC 9457 problem documents, with the same shape as central's.

use std::any::Any;
use std::borrow::Cow;

use axum::body::Body;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

use crate::access::{ActError, PresentError};

/// A refusal as it is sent: `application/problem+json`.
#[derive(Debug, Clone, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    /// What to do about it.
    detail: Cow<'static, str>,
    /// Stable word for programs.
    code: Cow<'static, str>,
    /// Seconds to wait, also in the `Retry-After` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

impl Problem {
    /// A problem with a stable `code` and a `detail` that says what to do.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let code = code.into();
        Self {
            kind: format!("urn:vong-gac:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            retry_after: None,
        }
    }

    /// 401: sign in first.
    pub fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "signed_out", "sign in first, or again: the session has ended")
    }

    /// 401: user or PIN is wrong; which of the two is not told.
    pub fn wrong_pin() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "wrong_pin", "user name or PIN is wrong")
    }

    /// 403.
    pub fn forbidden(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404: it is not there, or not for this account: the answer does not tell which.
    pub fn not_found(what: &str) -> Self {
        let detail = format!("there is no such {what}, or not for this account");
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 409: it is so already, or not any more.
    pub fn conflict(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 422: understood, and not acceptable.
    pub fn unacceptable(code: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 429: wait.
    pub fn too_many(seconds: u64) -> Self {
        let detail = format!("too many wrong PINs: wait {seconds} s and try again");
        Self {
            retry_after: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail)
        }
    }

    /// 503: nobody can sign in before central has said who may.
    pub fn no_list() -> Self {
        let detail =
            "this agent has no list yet, so it knows no guards: connect it to central, or write on paper";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "no_list", detail)
    }

    /// 500: ours. The cause goes to the log, never to the client.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request of the desk failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the agent failed; its log says why")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = Response::new(Body::from(serde_json::to_vec(&self).unwrap_or_default()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<ActError> for Problem {
    fn from(error: ActError) -> Self {
        let (code, detail) = (error.code(), error.to_string());
        let status = match error {
            ActError::NothingWaiting | ActError::AlreadyEntered => StatusCode::CONFLICT,
            ActError::UnknownReason(_) | ActError::BadPlate => StatusCode::UNPROCESSABLE_ENTITY,
            ActError::SupervisorOnly => StatusCode::FORBIDDEN,
            ActError::Unknown(_) => StatusCode::NOT_FOUND,
            // Not recorded, so not done: the guard tries again, or writes on paper.
            ActError::NotRecorded(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, code, detail)
    }
}

impl From<PresentError> for Problem {
    fn from(error: PresentError) -> Self {
        let status = match error {
            PresentError::UnknownLane => StatusCode::NOT_FOUND,
            PresentError::NotEnrolled => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.code(), error.to_string())
    }
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let code = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "body_too_large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "not_json",
            StatusCode::UNPROCESSABLE_ENTITY => "bad_body",
            _ => "malformed_json",
        };
        Self::new(rejection.status(), code, rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), "bad_query", rejection.body_text())
    }
}

/// What a handler that panicked answers. The message goes to the log: it may hold what the client must not see.
pub fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    Problem::internal(&format_args!("handler panicked: {message}")).into_response()
}
