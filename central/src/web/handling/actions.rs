//! Steps that people take, and joining handlings of one liable party.

use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{actor, refused, seen};
use crate::cases::intact;
use crate::handling::desk::{self, Deed};
use crate::handling::steps::{self, Step};
use crate::handling::{PartyKind, Refusal, Who};
use crate::store::handling::{Person, Tried};
use crate::web::Web;
use crate::web::access::Viewer;
use crate::web::cases::altered;
use crate::web::extract::{Json, Path};
use crate::web::problem::Problem;

/// Where it stands now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Standing {
    id: String,
    state: String,
}

/// Takes a step. The body holds the step's fields.
#[utoipa::path(post, path = "/handlings/{id}/actions/{action}", tag = "handlings", request_body = Object,
    params(("id" = String, Path, description = "Handling"), ("action" = String, Path, description = "Step of the file's `actions`")),
    responses((status = 200, body = Standing), (status = 403, description = "`not_yours`, `own_draft`, `own_request`, `own_review`, `over_cap`, `no_rank`", body = Problem),
        (status = 404, body = Problem), (status = 409, description = "`not_now`, `doubts`, `void_asked`, `receipt_used`, `document_incomplete`, `evidence_altered`, …", body = Problem),
        (status = 422, description = "`bad_fields`, `unknown_action`", body = Problem)))]
pub async fn act(
    State(web): State<Web>,
    viewer: Viewer,
    Path((id, action)): Path<(String, String)>,
    Json(fields): Json<Map<String, Value>>,
) -> Result<Json<Standing>, Problem> {
    let handling = seen(&web, &viewer, &id).await?;
    let actor = actor(&web, &viewer).ok_or_else(Problem::forbidden)?;
    let step = steps::named(&action).filter(|step| !matches!(step.who, Who::System | Who::Citizen));
    let step = step.ok_or_else(|| Problem::unacceptable("unknown_action", "there is no such action"))?;
    let deed = deed(step, fields).map_err(refused)?;
    // Nothing is signed upon evidence that is not what it was.
    if action.starts_with("sign_") {
        for act in &handling.acts {
            let case = web.app.store.cases().get(&act.case_id).await?;
            if let Some(case) = case
                && !intact::check(&web.app, &case, Timestamp::now()).await?
            {
                return Err(altered());
            }
        }
    }
    web.app.store.audit(&viewer.does(&format!("handling.{action}")).on("handling", &id)).await?;
    match desk::act(&web.app, &id, &actor, deed, Timestamp::now()).await? {
        Tried::Done(stepped) => Ok(Json(Standing { id, state: stepped.handling.state.as_str().to_owned() })),
        Tried::Refused(refusal) => Err(refused(refusal)),
        Tried::Missing => Err(Problem::not_found("handling")),
    }
}

/// Splits a form: personal fields go sealed, the others to the machine. Fields that the form does not have are errors.
pub fn deed(step: &Step, mut given: Map<String, Value>) -> Result<Deed, Refusal> {
    let bad = |vi: String, en: String| Refusal::new("bad_fields", vi, en);
    let mut personal: Map<String, Value> = Map::new();
    let mut fields = Map::new();
    for field in &step.fields {
        let value = given.remove(&field.name).filter(|value| !value.is_null() && value.as_str() != Some(""));
        let Some(value) = value else {
            if field.required {
                return Err(bad(format!("thiếu: {}", field.vi), format!("{} is missing", field.name)));
            }
            continue;
        };
        if !field.options.is_empty()
            && !value.as_str().is_some_and(|word| field.options.iter().any(|one| one == word))
        {
            return Err(bad(
                format!("giá trị không hợp lệ: {}", field.vi),
                format!("{}: use {}", field.name, field.options.join(", ")),
            ));
        }
        if field.person {
            let text = value.as_str().map(str::trim).filter(|text| text.chars().count() <= 2000);
            let text = text.ok_or_else(|| {
                bad(format!("quá dài: {}", field.vi), format!("{} is no text or too long", field.name))
            })?;
            personal.insert(field.name.clone(), Value::String(text.to_owned()));
        } else {
            fields.insert(field.name.clone(), value);
        }
    }
    if let Some(other) = given.keys().next() {
        return Err(bad(format!("trường không có: {other}"), format!("there is no field {other}")));
    }
    let text = |name: &str| personal.get(name).and_then(Value::as_str).map(str::to_owned);
    let person = match (text("name"), text("id_number")) {
        (Some(name), Some(number)) => {
            Some(party(&fields, name, &number, text("address"), text("licence_no"))?)
        }
        _ => None,
    };
    Ok(Deed {
        name: step.name.clone(),
        fields: Value::Object(fields),
        person,
        text: text("text"),
        attachments: Vec::new(),
    })
}

fn party(
    fields: &Map<String, Value>,
    name: String,
    number: &str,
    address: Option<String>,
    licence_no: Option<String>,
) -> Result<Person, Refusal> {
    let kind = if fields.get("kind").and_then(Value::as_str) == Some("org") {
        PartyKind::Org
    } else {
        PartyKind::Person
    };
    let number: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    let fits = match kind {
        PartyKind::Person => {
            wire::identity::CitizenNumber::parse(&number, crate::law::day_of(Timestamp::now())).is_ok()
        }
        PartyKind::Org => {
            (3..=20).contains(&number.len()) && number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        }
    };
    if !fits {
        return Err(Refusal::new(
            "bad_fields",
            "số định danh không hợp lệ",
            "id_number is not a valid number",
        ));
    }
    if name.chars().count() < 2 || name.chars().any(|c| c.is_control()) {
        return Err(Refusal::new("bad_fields", "tên không hợp lệ", "name is not valid"));
    }
    Ok(Person {
        kind,
        name,
        id_number: number,
        address: address.unwrap_or_default(),
        licence_no,
        licence_class: None,
    })
}

/// Cases whose handlings become one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Joining {
    /// Confirmed cases; the first one's handling stays.
    case_ids: Vec<String>,
}

/// Joins the handlings of several cases of one liable party and one vehicle, before the decision.
#[utoipa::path(post, path = "/handlings", tag = "handlings", request_body = Joining,
    responses((status = 200, body = Standing), (status = 404, body = Problem),
        (status = 409, description = "`other_party`, `other_vehicle`, `not_joinable`, `doubts`", body = Problem)))]
pub async fn join(
    State(web): State<Web>,
    viewer: Viewer,
    Json(joining): Json<Joining>,
) -> Result<Json<Standing>, Problem> {
    let actor =
        actor(&web, &viewer).filter(|actor| actor.who == Who::Officer).ok_or_else(Problem::forbidden)?;
    if !(2..=20).contains(&joining.case_ids.len()) {
        return Err(Problem::unacceptable("bad_fields", "case_ids: 2 to 20 cases"));
    }
    let mut handlings: Vec<String> = Vec::new();
    for case in &joining.case_ids {
        let found = web.app.store.handling_of_case(case).await?;
        let (id, _) = found.ok_or_else(|| Problem::not_found("handling"))?;
        seen(&web, &viewer, &id).await?;
        if !handlings.contains(&id) {
            handlings.push(id);
        }
    }
    let into = handlings.remove(0);
    web.app.store.audit(&viewer.does("handling.join").on("handling", &into)).await?;
    for from in handlings {
        match desk::join(&web.app, &into, &from, &actor, Timestamp::now()).await? {
            Tried::Done(_) => {}
            Tried::Refused(refusal) => return Err(refused(refusal)),
            Tried::Missing => return Err(Problem::not_found("handling")),
        }
    }
    let h = seen(&web, &viewer, &into).await?;
    Ok(Json(Standing { id: into, state: h.state.as_str().to_owned() }))
}
