//! Clients of the national services: timed out, circuit-broken, every look-up with a purpose.

pub mod breaker;
pub mod client;
pub mod csdldc;
pub mod identity;
pub mod retry;
pub mod ticket;
pub mod vehreg;
pub mod vneid;
pub mod wanted;

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use uuid::Uuid;
use wire::plate::PlateColour;

use crate::app::State;
use crate::store::lookups::LookupRow;
use vehreg::{AskError, Question, VehicleRegister};

/// Asks who owned a plate at the moment of capture, and gives the row to be committed with the passage.
pub async fn ask_for_passage(
    state: &State,
    register: &VehicleRegister,
    plate: &str,
    group: Option<&str>,
    colour: Option<PlateColour>,
    captured_at: Timestamp,
) -> LookupRow {
    let lookup_id = Uuid::new_v4();
    let question = Question {
        lookup_id,
        plate: plate.to_owned(),
        vehicle_group: group.map(str::to_owned),
        plate_colour: colour.map(|colour| colour.as_str().to_owned()),
        as_of: captured_at,
    };
    let answer = ask(state, register, &question).await;
    let now_ms = Timestamp::now().as_millisecond();
    let settings = register.settings();
    LookupRow {
        lookup_id,
        plate: question.plate,
        vehicle_group: question.vehicle_group,
        plate_colour: question.plate_colour,
        officer: settings.officer_id.clone(),
        unit: settings.unit_code.clone(),
        purpose: settings.purpose_code.clone(),
        as_of_ms: captured_at.as_millisecond(),
        asked_at_ms: now_ms,
        next_try_at_ms: match &answer {
            Err(error) if worth_another_try(error) => Some(now_ms + retry::wait_ms(settings.retry_s, 1)),
            _ => None,
        },
        answer: answer.ok(),
        findings: Vec::new(),
        expires_at_ms: now_ms + i64::from(state.config.retention.owner_days) * 86_400_000,
    }
}

/// Asks and counts.
async fn ask(
    state: &State,
    register: &VehicleRegister,
    question: &Question,
) -> Result<vehreg::Answer, AskError> {
    let answer = register.ask(question).await;
    let counter = if answer.is_ok() { &state.health.lookups_answered } else { &state.health.lookups_failed };
    counter.fetch_add(1, Ordering::Relaxed);
    if let Err(error) = &answer {
        tracing::debug!(lookup = %question.lookup_id, %error, "the vehicle register gave no answer");
    }
    answer
}

/// Whether the same question may be answered later. A question that was refused as such is not repeated.
fn worth_another_try(error: &AskError) -> bool {
    !matches!(error, AskError::Refused { status: 400 | 422, .. })
}
