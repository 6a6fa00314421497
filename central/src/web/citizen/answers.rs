//! What whoever is liable answers: it was me, somebody else drove, it was sold, I do not agree, let me explain.

use std::net::IpAddr;

use axum::extract::{Request, State};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::detail::{CitizenDetail, view};
use super::own::{Answering, Looking};
use super::seen::Own;
use super::stale;
use super::upload::{StatementForm, statement};
use crate::handling::desk::{self, Deed};
use crate::handling::{Actor, steps};
use crate::store::audit::AuditRow;
use crate::store::handling::Tried;
use crate::web::access::Peer;
use crate::web::extract::Json;
use crate::web::handling::{deed, refused};
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// Who drove.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Driver {
    /// Full name.
    name: String,
    /// Citizen number of 12 digits, or an old one of 9.
    id_number: String,
    /// Number of the driving licence, if known.
    licence_no: Option<String>,
    /// Where the driver lives.
    address: String,
}

/// Takes a step in the citizen's name, and shows the case as it is then.
async fn take(
    web: &Web,
    Answering(Looking { citizen, own }): Answering,
    deed: Deed,
    address: Option<IpAddr>,
) -> Result<Json<CitizenDetail>, Problem> {
    let audit = AuditRow {
        address: address.map(|address| address.to_string()),
        ..AuditRow::new(now_ms(), "citizen", format!("citizen.{}", deed.name))
    };
    web.app.store.audit(&audit.on("handling", &own.h.id)).await?;
    match desk::act(&web.app, &own.h.id, &Actor::citizen("citizen"), deed, Timestamp::now()).await? {
        Tried::Done(stepped) => {
            let own = Own { h: stepped.handling, ..own };
            view(web, &citizen, &own).await.map(Json)
        }
        Tried::Refused(refusal) if refusal.code == "not_now" => Err(stale()),
        Tried::Refused(refusal) => Err(refused(refusal)),
        Tried::Missing => Err(Problem::not_found("case")),
    }
}

/// It was me: the violation is confirmed by whoever is liable. No minutes are made by that.
#[utoipa::path(post, path = "/citizen/cases/{ref}/confirm", tag = "citizen", params(("ref" = String, Path, description = "Name of the case")),
    responses((status = 200, body = CitizenDetail), (status = 403, description = "`vneid_level`: this session may only look", body = Problem),
        (status = 404, body = Problem), (status = 409, description = "`stale`", body = Problem), (status = 429, description = "`rate_limited`", body = Problem)))]
pub async fn confirm(
    State(web): State<Web>,
    Peer(address): Peer,
    who: Answering,
) -> Result<Json<CitizenDetail>, Problem> {
    let deed = Deed { name: "confirm".to_owned(), fields: json!({}), ..Deed::default() };
    take(&web, who, deed, address).await
}

/// Somebody else drove: the police check it and notice that person.
#[utoipa::path(post, path = "/citizen/cases/{ref}/driver", tag = "citizen", request_body = Driver,
    params(("ref" = String, Path, description = "Name of the case")),
    responses((status = 200, body = CitizenDetail), (status = 403, description = "`vneid_level`", body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`stale`", body = Problem), (status = 422, description = "`bad_fields`", body = Problem)))]
pub async fn driver(
    State(web): State<Web>,
    Peer(address): Peer,
    who: Answering,
    driver: Result<Json<Driver>, Problem>,
) -> Result<Json<CitizenDetail>, Problem> {
    let Json(driver) = driver?;
    let step =
        steps::named("name_driver").ok_or_else(|| Problem::internal(&"there is no step name_driver"))?;
    let fields = [
        ("name", Some(driver.name)),
        ("id_number", Some(driver.id_number)),
        ("licence_no", driver.licence_no),
        ("address", Some(driver.address)),
    ];
    let given = fields.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::String(text?))));
    let deed = deed(step, given.collect::<Map<_, _>>()).map_err(refused)?;
    take(&web, who, deed, address).await
}

async fn said(
    web: &Web,
    (address, who): (Option<IpAddr>, Answering),
    step: &str,
    request: Request,
) -> Result<Json<CitizenDetail>, Problem> {
    let statement = statement(web, request).await?;
    let deed = Deed {
        name: step.to_owned(),
        fields: json!({}),
        person: None,
        text: Some(statement.text),
        attachments: statement.files,
    };
    take(web, who, deed, address).await
}

/// I do not agree: another officer looks at it from the beginning.
#[utoipa::path(post, path = "/citizen/cases/{ref}/dispute", tag = "citizen",
    request_body(content = StatementForm, content_type = "multipart/form-data"), params(("ref" = String, Path, description = "Name of the case")),
    responses((status = 200, body = CitizenDetail), (status = 403, description = "`vneid_level`", body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`stale`", body = Problem), (status = 413, description = "`too_large`", body = Problem),
        (status = 415, description = "`bad_type`", body = Problem), (status = 422, description = "`bad_fields`, `too_many_files`", body = Problem)))]
pub async fn dispute(
    State(web): State<Web>,
    Peer(address): Peer,
    who: Answering,
    request: Request,
) -> Result<Json<CitizenDetail>, Problem> {
    said(&web, (address, who), "dispute", request).await
}

/// The vehicle was sold, rented out or given away: the police check it.
#[utoipa::path(post, path = "/citizen/cases/{ref}/transfer", tag = "citizen",
    request_body(content = StatementForm, content_type = "multipart/form-data"), params(("ref" = String, Path, description = "Name of the case")),
    responses((status = 200, body = CitizenDetail), (status = 403, description = "`vneid_level`", body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`stale`", body = Problem), (status = 413, description = "`too_large`", body = Problem),
        (status = 415, description = "`bad_type`", body = Problem), (status = 422, description = "`bad_fields`, `too_many_files`", body = Problem)))]
pub async fn transfer(
    State(web): State<Web>,
    Peer(address): Peer,
    who: Answering,
    request: Request,
) -> Result<Json<CitizenDetail>, Problem> {
    said(&web, (address, who), "claim_transfer", request).await
}

/// An explanation, while there is time for it: it goes into the file before the decision.
#[utoipa::path(post, path = "/citizen/cases/{ref}/explanation", tag = "citizen",
    request_body(content = StatementForm, content_type = "multipart/form-data"), params(("ref" = String, Path, description = "Name of the case")),
    responses((status = 200, body = CitizenDetail), (status = 403, description = "`vneid_level`", body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`stale`", body = Problem), (status = 413, description = "`too_large`", body = Problem),
        (status = 415, description = "`bad_type`", body = Problem), (status = 422, description = "`bad_fields`, `too_many_files`", body = Problem)))]
pub async fn explanation(
    State(web): State<Web>,
    Peer(address): Peer,
    who: Answering,
    request: Request,
) -> Result<Json<CitizenDetail>, Problem> {
    said(&web, (address, who), "explain", request).await
}
