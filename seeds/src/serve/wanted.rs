//! Wanted persons. Only police may learn of a hit; everybody else gets the same limited answer for everyone, so that
//! nothing can be told from it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};

use super::csdldc::check_number;
use super::gate::{Caller, json};
use super::refusal::Refusal;
use super::state::Shared;
use crate::world::NoticeLevel;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    id_number: String,
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    result: &'static str,
    notice_no: Option<String>,
    handling_unit: Option<String>,
    /// `FULL` for police; `LIMITED`: "clear" only says that nothing may be shown to this caller.
    visibility: &'static str,
    txn_id: String,
}

/// `POST /mock/wanted/v1/check`
pub async fn check(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    body: Bytes,
) -> Result<Json<Answer>, Refusal> {
    let question: Question = json(&body)?;
    check_number(&question.id_number)?;
    let notice = shared.world.wanted.get(&question.id_number).filter(|_| caller.police);
    let result = match notice.map(|n| n.level) {
        Some(NoticeLevel::Hit) => "HIT",
        Some(NoticeLevel::Possible) => "POSSIBLE",
        None => "CLEAR",
    };
    Ok(Json(Answer {
        result,
        notice_no: notice.map(|n| n.notice_no.clone()),
        handling_unit: notice.map(|n| n.handling_unit.clone()),
        visibility: if caller.police { "FULL" } else { "LIMITED" },
        txn_id: caller.txn_id,
    }))
}
