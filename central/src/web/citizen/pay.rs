//! Paying: the page of the payment portal on which a bill of the decision can be paid. Central never sees a card or an account.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::detail::allowed;
use super::own::{Looking, Paying};
use super::stale;
use crate::handling::desk::{self, Deed};
use crate::handling::record::Handling;
use crate::handling::{Actor, desk::law_of};
use crate::store::audit::AuditRow;
use crate::store::handling::Tried;
use crate::web::extract::Json;
use crate::web::handling::refused;
use crate::web::problem::Problem;
use crate::web::{Web, now_ms};

/// How long the portal may take before the citizen is told to come back.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often it is looked whether the portal answered.
const LOOK: Duration = Duration::from_millis(250);

/// Where to pay.
#[derive(Debug, Serialize, ToSchema)]
pub struct PayPage {
    /// The portal's code.
    bill: String,
    /// The portal's page.
    pay_url: String,
}

/// Where the bill of the decision can be paid. Asking again gives the same bill; it is paid once. An organisation pays with the number
/// and code of its notice.
#[utoipa::path(post, path = "/citizen/cases/{ref}/pay", tag = "citizen", params(("ref" = String, Path, description = "Name of the case")),
    responses((status = 200, body = PayPage), (status = 403, description = "`vneid_level`", body = Problem), (status = 404, body = Problem),
        (status = 409, description = "`stale`: nothing is owed", body = Problem), (status = 503, description = "`portal_away`", body = Problem)))]
pub async fn pay(
    State(web): State<Web>,
    Paying(Looking { citizen, own }): Paying,
) -> Result<Json<PayPage>, Problem> {
    let law = law_of(&web.app.laws, &own.h);
    if !allowed(&web, &citizen, &own, &law).pay {
        return Err(stale());
    }
    if let Some(page) = page(&own.h) {
        return Ok(Json(page));
    }
    let audit = AuditRow::new(now_ms(), "citizen", "citizen.pay").on("handling", &own.h.id);
    web.app.store.audit(&audit).await?;
    let deed = Deed { name: "pay".to_owned(), fields: json!({}), ..Deed::default() };
    match desk::act(&web.app, &own.h.id, &Actor::citizen("citizen"), deed, Timestamp::now()).await? {
        Tried::Done(_) => {}
        Tried::Refused(refusal) if refusal.code == "not_now" => return Err(stale()),
        Tried::Refused(refusal) => return Err(refused(refusal)),
        Tried::Missing => return Err(Problem::not_found("case")),
    }
    // The order goes out with the next look at the handlings.
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        let h = web.app.store.handling(&own.h.id).await?.ok_or_else(|| Problem::not_found("case"))?;
        if let Some(page) = page(&h) {
            return Ok(Json(page));
        }
        if tokio::time::Instant::now() >= until {
            let detail = "the payment portal does not answer now: try again in a few minutes, or pay with the number of the decision at the bank";
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "portal_away", detail));
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The open bill with its page; what the portal calls a page must be one.
fn page(h: &Handling) -> Option<PayPage> {
    let bill = h.money.bills.iter().find(|bill| bill.is_open() && bill.pay_url.is_some())?;
    let pay_url =
        bill.pay_url.clone().filter(|url| url.starts_with("https://") || url.starts_with("http://"))?;
    Some(PayPage { bill: bill.code.clone()?, pay_url })
}
