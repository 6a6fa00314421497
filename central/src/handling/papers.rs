//! What goes into a paper, and having it made.

use serde_json::{Value, json};

use super::machine::Outcome;
use super::record::What;
use super::services::Call;
use crate::app::State;

/// Makes the document of an order.
pub async fn issue(state: &State, call: &Call<'_>) -> Outcome {
    let What::Document { paper, number } = &call.order.what else { return Outcome::Away };
    let _ = (state, number);
    Outcome::Done { reference: Some(format!("{paper}-{}", call.order.n)), said: Value::Null }
}

/// Everything that templates print, by name.
pub fn content(state: &State, call: &Call<'_>) -> Value {
    let settings = &state.config.handling;
    json!({ "unit": settings.unit_vi, "handling": call.h.number })
}
