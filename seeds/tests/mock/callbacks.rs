//! Signed calls back to the client.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use seeds::sign::Signed;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::support::{NOTIFY, PAYMENT, World, start_with};

pub type Received = (HeaderMap, Bytes);

/// A client's callback address that refuses the first `refusals` calls.
pub async fn listener(refusals: usize) -> (String, mpsc::Receiver<Received>) {
    let (sender, receiver) = mpsc::channel(16);
    let left = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(refusals));
    let take = |State((sender, left)): State<(
        mpsc::Sender<Received>,
        std::sync::Arc<std::sync::atomic::AtomicUsize>,
    )>,
                headers: HeaderMap,
                body: Bytes| async move {
        use std::sync::atomic::Ordering::SeqCst;
        if left.fetch_update(SeqCst, SeqCst, |n| n.checked_sub(1)).is_ok() {
            return StatusCode::BAD_GATEWAY;
        }
        sender.send((headers, body)).await.expect("the test listens");
        StatusCode::NO_CONTENT
    };
    let app = Router::new().route("/back", post(take)).with_state((sender, left));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/back", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, receiver)
}

pub async fn next(world: &World, receiver: &mut mpsc::Receiver<Received>) -> Value {
    let waited = tokio::time::timeout(Duration::from_secs(10), receiver.recv()).await;
    let (headers, body) = waited.expect("a callback in time").expect("an open channel");
    let header = |name: &str| headers[name].to_str().expect("text");
    let signed = Signed {
        method: "POST",
        path: "/back",
        timestamp: header("x-timestamp"),
        correlation_id: header("x-correlation-id"),
        body: &body,
    };
    let secret = world.mock.secret("vong-gac").expect("the client");
    assert!(signed.verify(secret, header("x-signature")), "the callback is signed");
    assert_eq!(header("x-client-id"), "vong-gac");
    serde_json::from_slice(&body).expect("JSON")
}

#[tokio::test]
async fn a_notice_is_delivered_read_and_answered() {
    let (url, mut receiver) = listener(0).await;
    let world = start_with(|config| config.clients[0].callback_url = Some(url)).await;
    let notice = json!({ "subjectRef": "037090001234", "templateCode": "T1", "payload": { "a": 1 } });
    let id = world.ok(NOTIFY, notice).await["messageId"].clone();
    for event in ["DELIVERED", "READ"] {
        let back = next(&world, &mut receiver).await;
        assert_eq!((&back["event"], &back["messageId"]), (&json!(event), &id));
    }
    for (word, status) in [("MAYBE", 422), ("DISPUTED", 202)] {
        let body = json!({ "messageId": id, "response": word, "note": "not my car" });
        assert_eq!(world.admin("citizen-response", body).await.status, status);
    }
    let back = next(&world, &mut receiver).await;
    assert_eq!((&back["event"], &back["note"]), (&json!("DISPUTED"), &json!("not my car")));
    world.mock.stop().await.expect("a clean end");
}

#[tokio::test]
async fn a_payment_is_called_back_once_even_when_the_client_was_away() {
    let (url, mut receiver) = listener(2).await;
    let world = start_with(|config| config.clients[0].callback_url = Some(url)).await;
    let order =
        json!({ "decisionNo": "7/QĐ", "amount": 5_000_000, "payer": "SR-1", "treasuryAccount": "7111" });
    let bill = world.ok(PAYMENT, order).await["billCode"].clone();
    let paid = world.admin("pay", json!({ "billCode": bill })).await;
    assert_eq!(world.admin("pay", json!({ "billCode": bill })).await.body, paid.body);
    let back = next(&world, &mut receiver).await;
    assert_eq!(
        (&back["event"], &back["billCode"], &back["amount"]),
        (&json!("PAID"), &bill, &json!(5_000_000))
    );
    assert_eq!(back["receiptNo"], paid.body["receiptNo"]);
    assert!(back["paidAt"].is_string());
    assert_eq!(world.admin("pay", json!({ "billCode": "HD-999999" })).await.status, 422);
    world.mock.stop().await.expect("a clean end");
    assert!(receiver.try_recv().is_err(), "paid twice, told once");
}

#[tokio::test]
async fn an_order_pays_itself_when_configured() {
    let (url, mut receiver) = listener(0).await;
    let world = start_with(|config| {
        config.clients[0].callback_url = Some(url);
        config.auto_pay = true;
    })
    .await;
    let order = json!({ "decisionNo": "8/QĐ", "amount": 1_000, "payer": "SR-1", "treasuryAccount": "7111" });
    world.ok(PAYMENT, order).await;
    assert_eq!(next(&world, &mut receiver).await["event"], "PAID");
}

#[tokio::test]
async fn secrets_are_made_once_and_kept() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let path = folder.path().join("own.secret");
    let world = start_with(|config| config.clients[0].secret_file = Some(path.clone())).await;
    let made = world.mock.secret("vong-gac").expect("made").to_owned();
    assert_eq!(made.len(), 64);
    assert_eq!(std::fs::read_to_string(&path).expect("kept").trim(), made);
    use std::os::unix::fs::PermissionsExt as _;
    assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    assert_ne!(world.mock.secret("vong-gac-gate"), Some(made.as_str()));
    let again = start_with(|config| config.clients[0].secret_file = Some(path)).await;
    assert_eq!(again.mock.secret("vong-gac"), Some(made.as_str()));
}
