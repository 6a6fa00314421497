use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use futures_util::StreamExt as _;
use serde_json::{Value, json};

use super::Site;
use crate::auth::Role;
use crate::notify::Change;
use crate::store::fixtures::Passage;

const KCN: &str = "kcn";

/// A live stream, read event by event.
struct Viewer {
    body: axum::body::BodyDataStream,
    text: String,
}

#[derive(Debug)]
struct Seen {
    kind: String,
    id: Option<i64>,
    data: Value,
}

impl Viewer {
    async fn open(site: &Site, cookie: &str, last_event_id: Option<i64>) -> Self {
        let request = Request::builder().uri("/api/v1/stream").header(header::COOKIE, cookie);
        let request = match last_event_id {
            Some(id) => request.header("last-event-id", id),
            None => request,
        };
        let response = site.open(request.body(Body::empty()).unwrap()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self { body: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event; `None` when the stream has ended.
    async fn next(&mut self) -> Option<Seen> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    event
                        .lines()
                        .find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
                };
                let seen = field("event").map(|kind| Seen {
                    kind,
                    id: field("id").map(|id| id.parse().unwrap()),
                    data: serde_json::from_str(&field("data").unwrap()).unwrap(),
                });
                self.text = rest.to_owned();
                match seen {
                    Some(seen) => return Some(seen),
                    None => continue,
                }
            }
            let chunk = tokio::time::timeout(Duration::from_secs(10), self.body.next())
                .await
                .expect("nothing came")?;
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    async fn ids(&mut self, count: usize) -> Vec<i64> {
        let mut ids = Vec::new();
        while ids.len() < count {
            ids.extend(self.next().await.unwrap().id);
        }
        ids
    }
}

async fn commit(site: &Site, n: i64) -> i64 {
    let id = format!("p{n}");
    let feed_id =
        site.state.store.put_passage(&Passage { id: &id, site: KCN, captured_at_ms: n, plate: None }).await;
    site.state.hub.send(Change::Feed(feed_id));
    feed_id
}

#[tokio::test]
async fn a_viewer_that_comes_back_gets_what_it_missed_then_what_is_new_each_once() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    for n in 1..=250 {
        commit(&site, n).await;
    }
    let mut viewer = Viewer::open(&site, &cookie, Some(20)).await;
    // Commits go on while the viewer catches up.
    let writing = async {
        for n in 251..=300 {
            commit(&site, n).await;
        }
    };
    let (ids, ()) = tokio::join!(viewer.ids(280), writing);
    assert_eq!(ids, (21..=300).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_new_viewer_starts_from_now() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    commit(&site, 1).await;
    let mut viewer = Viewer::open(&site, &cookie, None).await;
    commit(&site, 2).await;
    let seen = viewer.next().await.unwrap();
    assert_eq!((seen.kind.as_str(), seen.id, &seen.data["id"]), ("passage", Some(2), &json!("p2")));
    assert_eq!(seen.data["camera_name"], json!("Cổng"), "the same JSON as the list");
}

#[tokio::test]
async fn a_viewer_that_lags_behind_the_hub_misses_nothing() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    let mut viewer = Viewer::open(&site, &cookie, None).await;
    // Far more than hub and stream hold, before anything is read.
    for n in 1..=600 {
        commit(&site, n).await;
    }
    assert_eq!(viewer.ids(600).await, (1..=600).collect::<Vec<_>>());
}

#[tokio::test]
async fn passages_and_alerts_come_in_commit_order_and_only_in_their_newest_state() {
    let site = Site::new().await;
    let store = &site.state.store;
    store.put_site(KCN).await;
    let cookie = site.cookie(Role::IocOperator, &[]).await;
    let provisional = commit(&site, 1).await;
    let alert = store.put_alert("al", "p1", KCN, 1).await;
    let other = commit(&site, 2).await;
    let settled = commit(&site, 1).await;
    let mut viewer = Viewer::open(&site, &cookie, Some(0)).await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        let event = viewer.next().await.unwrap();
        seen.push((event.kind, event.id.unwrap()));
    }
    assert_eq!(seen, [("alert".into(), alert), ("passage".into(), other), ("passage".into(), settled)]);
    assert!(provisional < alert);
}

#[tokio::test]
async fn a_viewer_with_sites_gets_those_alone() {
    let site = Site::new().await;
    let store = &site.state.store;
    store.put_site(KCN).await;
    store.put_site("trang-an").await;
    let cookie = site.cookie(Role::GateOperator, &["trang-an"]).await;
    let mut viewer = Viewer::open(&site, &cookie, None).await;
    commit(&site, 1).await;
    site.state.hub.send(Change::Camera { site: KCN.into(), camera: "cong".into() });
    site.state.hub.send(Change::Counts { site: KCN.into() });
    let mine =
        store.put_passage(&Passage { id: "mine", site: "trang-an", captured_at_ms: 9, plate: None }).await;
    site.state.hub.send(Change::Feed(mine));
    assert_eq!(viewer.next().await.unwrap().id, Some(mine));
}

#[tokio::test]
async fn cameras_agents_and_numbers_come_without_an_id() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::GateOperator, &[]).await;
    let mut viewer = Viewer::open(&site, &cookie, None).await;
    let changes = [
        Change::Camera { site: KCN.into(), camera: "cong".into() },
        Change::Agent { site: KCN.into(), agent: "edge".into() },
        Change::Counts { site: KCN.into() },
    ];
    for (change, kind) in changes.into_iter().zip(["camera", "agent", "counts"]) {
        site.state.hub.send(change);
        let seen = viewer.next().await.unwrap();
        assert_eq!((seen.kind.as_str(), seen.id, &seen.data["site"]), (kind, None, &json!(KCN)));
    }
}

#[tokio::test]
async fn streams_end_when_central_stops() {
    let site = Site::new().await;
    let cookie = site.cookie(Role::GateOperator, &[]).await;
    let mut viewer = Viewer::open(&site, &cookie, None).await;
    site.state.stop.cancel();
    assert!(viewer.next().await.is_none());
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let site = Site::new().await;
    let cookie = site.cookie(Role::GateOperator, &[]).await;
    let mut viewer = Viewer::open(&site, &cookie, None).await;
    site.call("DELETE", "/api/v1/session", &cookie, None).await;
    assert!(viewer.next().await.is_none());
}

#[tokio::test]
async fn a_strange_last_event_id_is_refused_and_one_from_the_future_starts_from_now() {
    let site = Site::new().await;
    site.state.store.put_site(KCN).await;
    let cookie = site.cookie(Role::GateOperator, &[]).await;
    let request =
        Request::builder().uri("/api/v1/stream").header(header::COOKIE, &cookie).header("last-event-id", "x");
    assert_eq!(site.send(request.body(Body::empty()).unwrap()).await.problem(), "bad_last_event_id");
    let mut viewer = Viewer::open(&site, &cookie, Some(1_000_000)).await;
    let id = commit(&site, 1).await;
    assert_eq!(viewer.next().await.unwrap().id, Some(id));
}
