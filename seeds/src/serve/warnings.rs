//! Warnings that keep a vehicle from inspection or from a change of its registration, and their removal.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::plate::{self, Hint, PlateColour, VehicleGroup};

use super::gate::{Caller, json};
use super::refusal::Refusal;
use super::state::{Shared, lock};
use crate::config::Service;

/// A warning that holds.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Warning {
    /// Who keeps it.
    pub service: Service,
    /// Its number there.
    pub warning_no: String,
    /// The vehicle.
    pub plate: String,
    /// The caller's number.
    pub reference: String,
    /// Since when.
    pub since: Timestamp,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    plate: String,
    #[serde(default)]
    plate_colour: Option<PlateColour>,
    #[serde(default)]
    vehicle_group: Option<VehicleGroup>,
    reference: String,
}

/// The answer to a warning.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Warned {
    warning_no: String,
    txn_id: String,
}

/// The answer to a removal.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Removed {
    removal_no: String,
    /// There was such a warning.
    was_set: bool,
    txn_id: String,
}

type Warn = Result<Json<Warned>, Refusal>;
type Unwarn = Result<Json<Removed>, Refusal>;

/// `POST /mock/vehreg/v1/warn`
pub async fn vehreg_warn(State(s): State<Arc<Shared>>, Extension(c): Extension<Caller>, body: Bytes) -> Warn {
    warn(&s, Service::Vehreg, c, &body)
}

/// `POST /mock/vehreg/v1/unwarn`
pub async fn vehreg_unwarn(
    State(s): State<Arc<Shared>>,
    Extension(c): Extension<Caller>,
    body: Bytes,
) -> Unwarn {
    unwarn(&s, Service::Vehreg, c, &body)
}

/// `POST /mock/inspection/v1/warn`
pub async fn inspection_warn(
    State(s): State<Arc<Shared>>,
    Extension(c): Extension<Caller>,
    body: Bytes,
) -> Warn {
    warn(&s, Service::Inspection, c, &body)
}

/// `POST /mock/inspection/v1/unwarn`
pub async fn inspection_unwarn(
    State(s): State<Arc<Shared>>,
    Extension(c): Extension<Caller>,
    body: Bytes,
) -> Unwarn {
    unwarn(&s, Service::Inspection, c, &body)
}

fn read(body: &Bytes) -> Result<Request, Refusal> {
    let request: Request = json(body)?;
    let hint = Hint { vehicle: request.vehicle_group, colour: request.plate_colour, ..Hint::default() };
    if !plate::parse(&request.plate, &hint).is_valid() {
        return Err(Refusal::bad("plate: not a plate in canonical form (A-Z0-9, Đ as D)"));
    }
    if request.reference.trim().is_empty() || request.reference.len() > 80 {
        return Err(Refusal::bad("reference: must have 1–80 characters"));
    }
    Ok(request)
}

/// Warns once per reference, however often it is asked.
fn warn(shared: &Shared, service: Service, caller: Caller, body: &Bytes) -> Warn {
    let request = read(body)?;
    if service == Service::Inspection && request.vehicle_group == Some(VehicleGroup::Motorcycle) {
        return Err(Refusal::bad("vehicleGroup: motorcycles are not inspected"));
    }
    if !shared.world.registrations.contains_key(&request.plate) {
        return Err(Refusal::bad("plate: no vehicle has it"));
    }
    let mut warnings = lock(&shared.warnings);
    let warning = warnings.entry((service, request.reference.clone())).or_insert_with(|| Warning {
        service,
        warning_no: format!("CB-{}", Uuid::now_v7().simple()),
        plate: request.plate,
        reference: request.reference,
        since: Timestamp::now(),
    });
    Ok(Json(Warned { warning_no: warning.warning_no.clone(), txn_id: caller.txn_id }))
}

/// Removes the warning of a reference. One that is not there was never set, or is gone: that is no error.
fn unwarn(shared: &Shared, service: Service, caller: Caller, body: &Bytes) -> Unwarn {
    let request = read(body)?;
    let was_set = lock(&shared.warnings).remove(&(service, request.reference)).is_some();
    Ok(Json(Removed {
        removal_no: format!("GCB-{}", Uuid::now_v7().simple()),
        was_set,
        txn_id: caller.txn_id,
    }))
}
