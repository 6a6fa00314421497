//! The desk's page, embedded in the program: files under their hashed names, one page for everything else.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};
use axum::response::IntoResponse;
use rust_embed::RustEmbed;

use super::problem::Problem;

/// `central/ui/dist-desk`, as `npm run build` leaves it.
#[derive(RustEmbed)]
#[folder = "../central/ui/dist-desk"]
#[allow_missing = true]
struct Files;

/// Shown while the page is not built.
const NOT_BUILT: &str = include_str!("not_built.html");

/// Names that the page may have.
const PAGES: [&str; 2] = ["index.html", "desk.html"];

/// What the page may do: nothing but talk to this server. Component libraries set style attributes, hence the one exception.
const CONTENT_POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' data: blob:; \
    style-src 'self' 'unsafe-inline'; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// Serves everything that is no resource of the API.
pub(super) async fn serve(method: Method, uri: Uri, request: HeaderMap) -> Response<Body> {
    let path = uri.path().trim_start_matches('/');
    if path == "api" || path.starts_with("api/") {
        return Problem::not_found("resource").into_response();
    }
    if method != Method::GET && method != Method::HEAD {
        return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "pages are only read")
            .into_response();
    }
    let is_file = path.rsplit('/').next().is_some_and(|name| name.contains('.'));
    match (is_file, path) {
        (true, path) if !PAGES.contains(&path) => file(path, &request),
        _ => index(&request),
    }
}

fn file(path: &str, request: &HeaderMap) -> Response<Body> {
    let Some(found) = Files::get(path) else { return Problem::not_found("page").into_response() };
    // The build puts a content hash into the name of everything under assets/.
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    answer(found, cache, request)
}

fn index(request: &HeaderMap) -> Response<Body> {
    match PAGES.into_iter().find_map(Files::get) {
        Some(found) => answer(found, "no-cache", request),
        None => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CACHE_CONTROL, "no-store"),
                (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
            ];
            (StatusCode::SERVICE_UNAVAILABLE, headers, NOT_BUILT).into_response()
        }
    }
}

fn answer(found: rust_embed::EmbeddedFile, cache: &'static str, request: &HeaderMap) -> Response<Body> {
    let hash = found.metadata.sha256_hash();
    let tag = hash[..16].iter().fold(String::from("\""), |tag, byte| tag + &format!("{byte:02x}")) + "\"";
    let mime = match found.metadata.mimetype() {
        text if text.starts_with("text/") => format!("{text}; charset=utf-8"),
        other => other.to_owned(),
    };
    let same = request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = match same {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(found.data.into_owned()).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY));
    for (name, value) in [(header::ETAG, tag), (header::CONTENT_TYPE, mime)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}
