//! Two pages that people see at other systems: where a bill is paid, and where one signs in with VNeID. Both say that they are
//! invented.

use std::sync::Arc;

use axum::extract::{Form, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json as object};

use super::dvcqg;
use super::state::{Shared, lock};
use super::vneid;

type Mock = State<Arc<Shared>>;

/// Seconds for which a token of the sign-in page is good.
const TOKEN_S: u32 = 300;

pub fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/mock/dvcqg/pay/{bill}", get(bill).post(pay))
        .route("/mock/vneid/sign-in", get(people).post(sign_in))
        .route("/mock/admin/people", get(people_json))
}

/// The host by which the caller reached the mock.
#[derive(Debug)]
pub struct Host(String);

impl Host {
    /// Base of the payment portal's pages.
    pub fn base(&self) -> String {
        format!("http://{}/mock/dvcqg", self.0)
    }
}

impl<S: Sync> FromRequestParts<S> for Host {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        Ok(Self(host.unwrap_or("127.0.0.1").to_owned()))
    }
}

#[derive(Debug, Deserialize)]
struct Key {
    #[serde(default)]
    k: String,
    /// Where to go afterwards.
    #[serde(default, rename = "return")]
    back: Option<String>,
}

/// The page of a bill. A bill without its secret part is as if it were not there.
async fn bill(State(shared): Mock, Path(code): Path<String>, Query(key): Query<Key>) -> Response {
    let order = lock(&shared.orders).get(&code).filter(|order| order.page == key.k).cloned();
    let Some(order) = order else { return missing() };
    let amount = vnd(order.amount);
    let state = match &order.receipt_no {
        Some(receipt) => {
            format!("<p class=done role=status>Đã nộp. Số biên lai: <strong>{}</strong></p>", text(receipt))
        }
        None => "<form method=post><button>Nộp phạt</button></form>".to_owned(),
    };
    let back = key.back.filter(|url| safe_return(url)).map_or_else(String::new, |url| {
        format!("<p><a href=\"{}\">Trở lại trang vi phạm</a></p>", text(&url))
    });
    page(
        "Nộp phạt vi phạm hành chính",
        &format!(
            "<dl><dt>Mã hóa đơn</dt><dd>{}</dd><dt>Quyết định số</dt><dd>{}</dd><dt>Người nộp</dt><dd>{}</dd>\
             <dt>Số tiền</dt><dd><strong>{amount}</strong></dd></dl>{state}{back}",
            text(&code),
            text(&order.decision_no),
            text(&order.payer)
        ),
    )
}

/// Pays the bill, once, and shows its page again.
async fn pay(State(shared): Mock, Path(code): Path<String>, Query(key): Query<Key>) -> Response {
    let right = lock(&shared.orders).get(&code).is_some_and(|order| order.page == key.k);
    if !right || dvcqg::pay(&shared, &code, None).is_none() {
        return missing();
    }
    let back = key.back.filter(|url| safe_return(url)).map_or_else(String::new, |url| {
        format!("&return={}", reqwest::Url::parse(&url).map(|url| escape(url.as_str())).unwrap_or_default())
    });
    Redirect::to(&format!("/mock/dvcqg/pay/{code}?k={}{back}", key.k)).into_response()
}

#[derive(Debug, Deserialize)]
struct Return {
    #[serde(default)]
    return_to: String,
}

#[derive(Debug, Deserialize)]
struct Chosen {
    id_number: String,
    level: u8,
    return_to: String,
}

/// The invented people of the demonstration: whoever signs in chooses one of them.
async fn people(State(shared): Mock, Query(to): Query<Return>) -> Response {
    if !safe_return(&to.return_to) {
        let problem = "return_to: must be http:// or https:// and an address of this machine";
        return (StatusCode::BAD_REQUEST, problem).into_response();
    }
    let options: String = demo(&shared)
        .map(|citizen| {
            format!(
                "<option value=\"{}\">{} · •••{}</option>",
                text(&citizen.id_number),
                text(&citizen.name),
                text(&citizen.id_number[9..])
            )
        })
        .collect();
    page(
        "Đăng nhập VNeID",
        &format!(
            "<form method=post><label>Công dân<select name=id_number>{options}</select></label>\
             <label>Mức định danh<select name=level><option value=2>2</option><option value=1>1</option></select></label>\
             <input type=hidden name=return_to value=\"{}\"><button>Đăng nhập</button></form>",
            text(&to.return_to)
        ),
    )
}

/// Mints a token and goes back with it. It stands behind `#`, so that no server writes it into a log.
async fn sign_in(State(shared): Mock, Form(chosen): Form<Chosen>) -> Response {
    if !safe_return(&chosen.return_to) || !(1..=2).contains(&chosen.level) {
        return (StatusCode::BAD_REQUEST, "return_to or level cannot be used").into_response();
    }
    if !shared.world.citizens.contains_key(&chosen.id_number) {
        return (StatusCode::BAD_REQUEST, "id_number: nobody has it").into_response();
    }
    let (token, _) = vneid::mint(&shared, &chosen.id_number, chosen.level, TOKEN_S);
    let bare = chosen.return_to.split('#').next().unwrap_or_default();
    Redirect::to(&format!("{bare}#vneid={token}")).into_response()
}

/// The same people for programs: number and name.
async fn people_json(State(shared): Mock) -> Json<Value> {
    let row = |c: &crate::world::Citizen| object!({ "idNumber": c.id_number, "name": c.name });
    Json(object!(demo(&shared).map(row).collect::<Vec<_>>()))
}

fn demo(shared: &Shared) -> impl Iterator<Item = &crate::world::Citizen> {
    shared.world.citizens.values().filter(|citizen| citizen.subject_ref.starts_with("SR-DEMO-"))
}

/// Only pages of this machine are returned to: a token must not be carried elsewhere.
fn safe_return(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    matches!(url.scheme(), "http" | "https")
        && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"))
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, page("Không có hóa đơn này", "<p>Kiểm tra lại địa chỉ.</p>")).into_response()
}

fn page(title: &str, content: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=vi><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><main><p class=mock>Hệ thống giả lập, dữ liệu không có thật</p>\
         <h1>{title}</h1>{content}</main></html>"
    );
    let mut response = Html(html).into_response();
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

const STYLE: &str = "body{font:17px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#14181f}\
    main{max-width:30rem;margin:2rem auto;padding:1.5rem;background:#fff;border:1px solid #d5dae1;border-radius:8px}\
    h1{font-size:1.4rem;margin:.2rem 0 1rem}.mock{color:#8a4b00;margin:0;font-size:.9rem}dl{display:grid;\
    grid-template-columns:auto 1fr;gap:.3rem 1rem;margin:0 0 1rem}dt{color:#4a5361}dd{margin:0}label{display:block;margin:0 0 1rem}\
    select{display:block;width:100%;font:inherit;padding:.5rem;margin-top:.2rem}button{font:inherit;font-weight:600;padding:.7rem 1.2rem;\
    border:0;border-radius:6px;background:#0b57a4;color:#fff;width:100%}.done{color:#0b6b2f}";

/// Text within HTML.
fn text(raw: &str) -> String {
    raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text within the query of an address.
fn escape(raw: &str) -> String {
    raw.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

fn vnd(amount: u64) -> String {
    let digits = amount.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('.');
        }
        out.push(digit);
    }
    format!("{out} đồng")
}
