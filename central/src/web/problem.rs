//! The one map from what went wrong to HTTP: RFC 9457 problem documents.

use std::any::Any;
use std::borrow::Cow;

use axum::body::Body;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use serde::Serialize;

use crate::auth::AuthError;
use crate::gates::document::Trouble;
use crate::store::StoreError;

/// A refusal as it is sent: `application/problem+json`.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `urn:vong-gac:problem:{code}`.
    #[serde(rename = "type")]
    kind: String,
    /// What happened, in a few words.
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// What to do about it.
    detail: Cow<'static, str>,
    /// Stable word for programs.
    code: &'static str,
    /// Each thing that is wrong, where there may be several.
    #[serde(skip_serializing_if = "nothing")]
    #[schema(value_type = Vec<Trouble>)]
    problems: Box<[Trouble]>,
    /// Seconds to wait, also in the `Retry-After` header.
    #[serde(skip)]
    retry_after_s: Option<u64>,
}

fn nothing(problems: &[Trouble]) -> bool {
    problems.is_empty()
}

impl Problem {
    /// A problem with a stable `code` and a `detail` that says what to do.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            kind: format!("urn:vong-gac:problem:{code}"),
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: detail.into(),
            code,
            problems: Box::default(),
            retry_after_s: None,
        }
    }

    /// The same with each thing that is wrong.
    pub fn with_problems(self, problems: Vec<Trouble>) -> Self {
        Self { problems: problems.into(), ..self }
    }

    /// 400: the request cannot be understood.
    pub fn bad_request(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401: sign in first.
    pub fn signed_out() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "signed_out", "sign in first, or again: the session has ended")
    }

    /// 403: the account's role does not have this right.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "the role of this account may not do that")
    }

    /// 404: it is not there, or not for this account: the answer does not tell which.
    pub fn not_found(what: &'static str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("there is no such {what}, or not for this account"),
        )
    }

    /// 422: understood, and not acceptable.
    pub fn unacceptable(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 429: wait.
    pub fn too_many(retry_after_s: u64) -> Self {
        let detail = format!("too many failed sign-ins: wait {retry_after_s} s and try again");
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
        }
    }

    /// 429: too much from one address.
    pub fn slow_down(retry_after_s: u64) -> Self {
        let detail = format!("too many requests from this address: wait {retry_after_s} s and try again");
        Self {
            retry_after_s: Some(retry_after_s),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
        }
    }

    /// 422 with every wrong field, in both languages.
    pub fn fields(problems: Vec<Trouble>) -> Self {
        let detail =
            problems.iter().map(|one| format!("{}: {}", one.path, one.en)).collect::<Vec<_>>().join("; ");
        Self { problems: problems.into(), ..Self::unacceptable("bad_fields", detail) }
    }

    /// The same with a code of its own.
    pub fn fields_as(code: &'static str, problems: Vec<Trouble>) -> Self {
        Self { kind: format!("urn:vong-gac:problem:{code}"), code, ..Self::fields(problems) }
    }

    /// 500: ours. The cause goes to the log, never to the client.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "central failed; its log says why")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<crate::tables::TableError> for Problem {
    fn from(error: crate::tables::TableError) -> Self {
        let (vi, en) = (error.vi, error.en);
        Self {
            problems: vec![Trouble { path: "file".to_owned(), code: error.code, vi, en: en.clone() }].into(),
            ..Self::unacceptable(error.code, en)
        }
    }
}

impl From<MultipartRejection> for Problem {
    fn from(rejection: MultipartRejection) -> Self {
        Self::new(rejection.status(), "bad_form", rejection.body_text())
    }
}

impl From<MultipartError> for Problem {
    fn from(error: MultipartError) -> Self {
        let code =
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE { "body_too_large" } else { "bad_form" };
        Self::new(error.status(), code, error.body_text())
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        let code = match &error {
            AuthError::BadUsername(_) => "bad_username",
            AuthError::BadDisplayName => "bad_display_name",
            AuthError::BadSite(_) => "bad_site",
            AuthError::BadScope(_) => "bad_scope",
            AuthError::WeakPassword(_) => "weak_password",
            AuthError::Taken(_) => {
                return Self::new(StatusCode::CONFLICT, "username_taken", error.to_string());
            }
            AuthError::Hash(_) | AuthError::Store(_) => return Self::internal(&error),
        };
        Self::unacceptable(code, error.to_string())
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

impl From<PathRejection> for Problem {
    fn from(rejection: PathRejection) -> Self {
        Self::new(rejection.status(), "bad_path", rejection.body_text())
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

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    async fn panics() {
        panic!("plate 30K13579");
    }

    #[tokio::test]
    async fn a_panic_is_a_problem_that_tells_nothing() {
        let router = Router::new().route("/", get(panics)).layer(CatchPanicLayer::custom(after_panic));
        let response = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        assert!(text.contains("\"internal\"") && !text.contains("30K"), "{text}");
    }
}
