//! Vehicle registration: who owned which vehicle on which day.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use serde::{Deserialize, Serialize};
use wire::plate::{self, Hint, PlateColour, VehicleGroup};

use super::gate::{Caller, json};
use super::refusal::Refusal;
use super::state::Shared;
use crate::world::{OwnerKind, Period, PlateQuery, Status};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    plate: String,
    #[serde(default)]
    colour: Option<PlateColour>,
    #[serde(default)]
    vehicle_group: Option<VehicleGroup>,
    #[serde(default)]
    as_of: Option<Timestamp>,
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    status: Status,
    vehicle: Option<Vehicle>,
    owner: Option<Owner>,
    as_of: Timestamp,
    txn_id: String,
    answered_at: Timestamp,
}

#[derive(Debug, Serialize)]
struct Vehicle {
    make: String,
    model: String,
    colour: String,
    r#type: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    kind: OwnerKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_code: Option<String>,
    name: String,
    address: String,
    commune_code: Option<String>,
}

/// `POST /mock/vehreg/v1/owner-lookup`
pub async fn owner_lookup(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Answer>, Refusal> {
    let question: Question = json(&body)?;
    let hint = Hint { vehicle: question.vehicle_group, colour: question.colour, ..Hint::default() };
    if !plate::parse(&question.plate, &hint).is_valid() {
        return Err(Refusal::bad("plate: not a plate in canonical form (A-Z0-9, Đ as D)"));
    }
    let now = Timestamp::now();
    let as_of = question.as_of.unwrap_or(now);
    // A minute of grace for clocks that run ahead.
    if as_of.as_second() > now.as_second() + 60 {
        return Err(Refusal::bad("asOf: the register does not know the future"));
    }
    let query = PlateQuery {
        plate: &question.plate,
        colour: question.colour,
        group: question.vehicle_group,
        as_of: day_in_vietnam(as_of),
    };
    let (status, period) = shared.world.owner_lookup(query);
    Ok(Json(Answer {
        status,
        vehicle: period.map(vehicle),
        owner: period.map(owner),
        as_of,
        txn_id: caller.txn_id,
        answered_at: now,
    }))
}

/// The day in Vietnam.
pub fn day_in_vietnam(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::fixed(Offset::constant(7))).date()
}

fn vehicle(period: &Period) -> Vehicle {
    let v = &period.vehicle;
    Vehicle {
        make: v.make.clone(),
        model: v.model.clone(),
        colour: v.colour.clone(),
        r#type: v.vehicle_type.clone(),
    }
}

fn owner(period: &Period) -> Owner {
    let o = &period.owner;
    let (id_number, org_code) = match o.kind {
        OwnerKind::Person => (Some(o.id.clone()), None),
        OwnerKind::Org => (None, Some(o.id.clone())),
    };
    Owner {
        kind: o.kind,
        id_number,
        org_code,
        name: o.name.clone(),
        address: o.address.clone(),
        commune_code: o.commune_code.clone(),
    }
}
