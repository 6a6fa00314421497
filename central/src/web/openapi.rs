//! The description of the API, generated from the handlers; errors and rights are added from where they are defined.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};
use utoipa::openapi::{OpenApi as Document, RefOr};

use super::access::{self, Access};
use super::problem::Problem;
use super::session::COOKIE;

#[derive(OpenApi)]
#[openapi(
    info(title = "Vọng Gác central", description = "Events of cameras, matched and stored. Everything but GET needs the \
        header `X-Requested-With: vong-gac`. Errors are RFC 9457 problem documents with a stable `code`. Times are RFC 3339 \
        in UTC, boxes `[x, y, w, h]` in pixels of the overview picture."),
    components(schemas(Problem)),
    tags((name = "session"), (name = "numbers"), (name = "people"), (name = "visits"), (name = "exports"), (name = "passages"), (name = "alerts"), (name = "cameras"),
        (name = "agents"), (name = "sites"), (name = "gates"), (name = "scenes"), (name = "cases"), (name = "law"), (name = "handlings"), (name = "callbacks"), (name = "citizen"), (name = "documents"), (name = "stream"), (name = "administration"))
)]
struct Base;

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let (_, document) = super::resources().split_for_parts();
    finish(document).to_json().unwrap_or_else(|error| {
        tracing::error!(%error, "the API's description cannot be written");
        "{}".to_owned()
    })
});

/// This document, as text.
pub fn text() -> &'static str {
    &TEXT
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "administration",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub async fn read() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], text()).into_response()
}

/// The document that routes are added to.
pub fn base() -> Document {
    Base::openapi()
}

/// Adds to every operation what it may answer when it refuses, and who may call it.
fn finish(mut document: Document) -> Document {
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE)));
    document.components.get_or_insert_default().add_security_scheme("session", cookie);
    for (path, item) in &mut document.paths.paths {
        let operations = [
            ("GET", &mut item.get),
            ("POST", &mut item.post),
            ("PUT", &mut item.put),
            ("PATCH", &mut item.patch),
            ("DELETE", &mut item.delete),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                describe(operation, access::rule(method, path));
            }
        }
    }
    document
}

fn describe(operation: &mut Operation, access: Option<Access>) {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let refusal = ResponseBuilder::new()
        .description("Any refusal")
        .content("application/problem+json", problem)
        .build();
    operation.responses.responses.insert("default".to_owned(), RefOr::T(refusal));
    if let Some(Access::Roles(roles)) = access {
        operation.security = Some(vec![SecurityRequirement::new("session", Vec::<String>::new())]);
        let names = roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ");
        let description = operation.description.take().unwrap_or_default();
        operation.description = Some(format!("{description}\n\nRoles: {names}.").trim().to_owned());
    }
}
