//! Why a call was refused, as the services word it.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refusal. The texts name headers and fields, never their values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Who calls is not known or not proved: 401.
    #[error("{0}")]
    Unidentified(&'static str),
    /// The unit may not do this: 403.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The request makes no sense: 422.
    #[error("{0}")]
    BadInput(String),
    /// The same idempotency key is being worked on: 409.
    #[error("a call with this Idempotency-Key is still running; ask again later")]
    InProgress,
    /// Too many calls: 429.
    #[error("the quota of this client is used up; ask again in {retry_after_s} s")]
    Quota {
        /// Seconds until the next minute begins.
        retry_after_s: u64,
    },
    /// The service is down: 503.
    #[error("the service is not available")]
    UpstreamDown,
}

impl Refusal {
    /// A refusal for a field.
    pub fn bad(text: impl Into<String>) -> Self {
        Self::BadInput(text.into())
    }

    /// Status and code word.
    pub fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unidentified(_) => (StatusCode::UNAUTHORIZED, "UNAUTHORISED_UNIT"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "UNAUTHORISED_UNIT"),
            Self::BadInput(_) => (StatusCode::UNPROCESSABLE_ENTITY, "BAD_INPUT"),
            Self::InProgress => (StatusCode::CONFLICT, "IN_PROGRESS"),
            Self::Quota { .. } => (StatusCode::TOO_MANY_REQUESTS, "QUOTA"),
            Self::UpstreamDown => (StatusCode::SERVICE_UNAVAILABLE, "UPSTREAM_DOWN"),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code) = self.code();
        let mut response =
            (status, Json(json!({ "error": code, "message": self.to_string() }))).into_response();
        if let Self::Quota { retry_after_s } = self {
            response.headers_mut().insert(header::RETRY_AFTER, retry_after_s.into());
        }
        response
    }
}
