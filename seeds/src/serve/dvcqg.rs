//! Payment on the public service portal: an order per decision, and word when it is paid.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json as object;
use uuid::Uuid;

use super::gate::{Caller, json};
use super::pages::Host;
use super::refusal::Refusal;
use super::state::{Shared, lock};
use crate::config::Service;

/// An order, by bill code.
#[derive(Debug, Clone)]
pub struct Order {
    pub client_id: String,
    pub decision_no: String,
    pub amount: u64,
    /// Name of who pays, as ordered.
    pub payer: String,
    /// Secret part of the address of its page: bills are counted, pages are not.
    pub page: String,
    /// Once paid.
    pub receipt_no: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    decision_no: String,
    /// VND.
    amount: u64,
    payer: String,
    treasury_account: String,
}

/// The answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ordered {
    bill_code: String,
    /// Where a person pays it.
    pay_url: String,
    txn_id: String,
}

/// `POST /mock/dvcqg/v1/payment-order`: a decision has one bill, however often it is ordered.
pub async fn payment_order(
    State(shared): State<Arc<Shared>>,
    Extension(caller): Extension<Caller>,
    host: Host,
    body: Bytes,
) -> Result<Json<Ordered>, Refusal> {
    let request: Request = json(&body)?;
    for (name, text) in [
        ("decisionNo", &request.decision_no),
        ("payer", &request.payer),
        ("treasuryAccount", &request.treasury_account),
    ] {
        if text.trim().is_empty() {
            return Err(Refusal::bad(format!("{name}: empty")));
        }
    }
    if request.amount == 0 {
        return Err(Refusal::bad("amount: must be a positive number of VND"));
    }
    let bill_code = place(&shared, &caller.client_id, request)?;
    if shared.config.auto_pay {
        pay(&shared, &bill_code, None);
    }
    let pay_url = format!("{}/pay/{bill_code}", host.base());
    let page = lock(&shared.orders).get(&bill_code).map(|order| order.page.clone()).unwrap_or_default();
    Ok(Json(Ordered { pay_url: format!("{pay_url}?k={page}"), bill_code, txn_id: caller.txn_id }))
}

fn place(shared: &Shared, client_id: &str, request: Request) -> Result<String, Refusal> {
    let mut orders = lock(&shared.orders);
    let same = |o: &&Order| o.client_id == client_id && o.decision_no == request.decision_no;
    if let Some((bill_code, order)) = orders.iter().find(|(_, o)| same(o)) {
        if order.amount != request.amount {
            return Err(Refusal::bad("decisionNo: ordered before with another amount"));
        }
        return Ok(bill_code.clone());
    }
    let bill_code = format!("HD-{:06}", orders.len() + 1);
    let order = Order {
        client_id: client_id.to_owned(),
        decision_no: request.decision_no,
        amount: request.amount,
        payer: request.payer,
        page: Uuid::new_v4().simple().to_string(),
        receipt_no: None,
    };
    orders.insert(bill_code.clone(), order);
    Ok(bill_code)
}

/// Pays a bill once and calls back; the receipt number, or `None` when there is no such bill.
pub fn pay(shared: &Arc<Shared>, bill_code: &str, paid_at: Option<Timestamp>) -> Option<String> {
    let mut orders = lock(&shared.orders);
    let order = orders.get_mut(bill_code)?;
    if let Some(receipt_no) = &order.receipt_no {
        return Some(receipt_no.clone());
    }
    let receipt_no = format!("BL-{}", Uuid::now_v7().simple());
    order.receipt_no = Some(receipt_no.clone());
    let event = object!({
        "event": "PAID", "billCode": bill_code, "receiptNo": receipt_no,
        "paidAt": paid_at.unwrap_or_else(Timestamp::now), "amount": order.amount,
    });
    shared.callbacks.send(shared, Service::Dvcqg, &order.client_id, vec![event]);
    Some(receipt_no)
}
