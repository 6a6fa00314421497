//! Driving licences: points are taken once per decision; a revoked licence waits.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::csdldc::check_number;
use super::gate::{Caller, json};
use super::refusal::Refusal;
use super::state::{Shared, lock};

/// Points of a licence from which nothing was taken.
pub const FULL: u8 = 12;
/// Years of age from which the invented citizens have a licence.
const AGE: i16 = 18;

/// A licence as it stands.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Licence {
    /// 12 digits.
    pub licence_no: String,
    /// Class.
    pub class: &'static str,
    /// Points left.
    pub points: u8,
    /// Revoked until then.
    pub revoked_until: Option<Timestamp>,
    /// Decisions whose points were taken: number, points before, taken, after.
    #[serde(skip)]
    pub taken: Vec<(String, u8, u8, u8)>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    id_number: String,
    #[serde(default)]
    licence_no: Option<String>,
    points: u8,
    decision_no: String,
}

/// The answer.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// `DEDUCTED`, `REVOKED`, `NO_LICENCE` or `OTHER_HOLDER`.
    result: &'static str,
    licence_no: Option<String>,
    licence_class: Option<&'static str>,
    before: Option<u8>,
    taken: Option<u8>,
    after: Option<u8>,
    revoked_until: Option<Timestamp>,
    txn_id: String,
}

/// `POST /mock/licence/v1/deduct`
pub async fn deduct(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Answer>, Refusal> {
    let request: Request = json(&body)?;
    check_number(&request.id_number)?;
    if request.decision_no.trim().is_empty() {
        return Err(Refusal::bad("decisionNo: empty"));
    }
    if !(1..=FULL).contains(&request.points) {
        return Err(Refusal::bad("points: must be 1 to 12"));
    }
    let mut answer = Answer { result: "NO_LICENCE", txn_id: caller.txn_id, ..Answer::default() };
    let now = Timestamp::now();
    change(&shared, &request.id_number, |licence| {
        if request.licence_no.as_ref().is_some_and(|number| *number != licence.licence_no) {
            answer.result = "OTHER_HOLDER";
            return;
        }
        answer.licence_no = Some(licence.licence_no.clone());
        answer.licence_class = Some(licence.class);
        if let Some(until) = licence.revoked_until.filter(|until| *until > now) {
            (answer.result, answer.revoked_until) = ("REVOKED", Some(until));
            return;
        }
        let known = licence.taken.iter().find(|(decision, ..)| *decision == request.decision_no).cloned();
        let (_, before, taken, after) = known.unwrap_or_else(|| {
            let taken = request.points.min(licence.points);
            let row = (request.decision_no.clone(), licence.points, taken, licence.points - taken);
            licence.points -= taken;
            licence.taken.push(row.clone());
            row
        });
        (answer.result, answer.before, answer.taken, answer.after) =
            ("DEDUCTED", Some(before), Some(taken), Some(after));
    });
    Ok(Json(answer))
}

/// Changes somebody's licence and gives it as it is then; `None` when there is none.
pub fn change(shared: &Shared, id_number: &str, change: impl FnOnce(&mut Licence)) -> Option<Licence> {
    let citizen = shared.world.citizens.get(id_number)?;
    let year = Timestamp::now().to_zoned(TimeZone::UTC).year();
    if year - citizen.born.year < AGE {
        return None;
    }
    let mut licences = lock(&shared.licences);
    let licence = licences.entry(id_number.to_owned()).or_insert_with(|| Licence {
        licence_no: id_number.chars().rev().collect(),
        class: "B",
        points: FULL,
        revoked_until: None,
        taken: Vec::new(),
    });
    change(licence);
    Some(licence.clone())
}
