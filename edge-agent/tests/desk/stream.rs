use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use reqwest::Response;
use serde_json::Value;

use crate::support::Served;

/// Server-sent events as they come.
struct Events {
    bytes: std::pin::Pin<Box<dyn futures_util::Stream<Item = Result<bytes::Bytes, reqwest::Error>> + Send>>,
    text: String,
}

impl Events {
    fn of(response: Response) -> Self {
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { bytes: Box::pin(response.bytes_stream()), text: String::new() }
    }

    /// The next block: its event's name and data; a comment has neither.
    async fn next(&mut self, within: Duration) -> Option<(String, Value)> {
        loop {
            if let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                let field = |name: &str| {
                    block
                        .lines()
                        .find_map(|line| line.strip_prefix(name))
                        .unwrap_or_default()
                        .trim()
                        .to_owned()
                };
                let data = serde_json::from_str(&field("data:")).unwrap_or(Value::Null);
                return Some((field("event:"), data));
            }
            let more = tokio::time::timeout(within, self.bytes.next()).await.ok()??;
            self.text.push_str(&String::from_utf8_lossy(&more.expect("a part")));
        }
    }
}

const SOON: Duration = Duration::from_secs(3);

#[tokio::test]
async fn the_state_comes_at_once_and_on_every_change_in_order_and_never_an_old_one() {
    let desk = Served::start().await;
    let an = desk.an().await;
    let mut events = Events::of(an.get("/api/events").await);
    let (event, first) = events.next(SOON).await.expect("the state");
    assert_eq!((event.as_str(), &first["revision"]), ("state", &1.into()));
    assert_eq!(first["gates"].as_array().map(Vec::len), Some(1), "as the guard may see it");
    desk.gates.show(|view| view.queued = 8);
    let (_, second) = events.next(SOON).await.expect("the change");
    assert_eq!((&second["revision"], &second["queued"]), (&2.into(), &8.into()));
    // A burst is told in few events, and the last word is the newest.
    let begin = Instant::now();
    for n in 0..200 {
        desk.gates.show(|view| view.queued = n);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let (mut revision, mut told) = (2, 0);
    while revision < 202 {
        let (_, state) = events.next(SOON).await.expect("more");
        let next = state["revision"].as_u64().expect("a number");
        assert!(next > revision, "{next} after {revision}");
        (revision, told) = (next, told + 1);
    }
    let most = begin.elapsed().as_millis() / 100 + 2;
    assert!(told <= most, "{told} events for 200 changes in {:?}", begin.elapsed());
}

#[tokio::test]
async fn a_quiet_stream_shows_that_it_lives_and_ends_with_its_session() {
    let desk = Served::start().await;
    let an = desk.an().await;
    let mut events = Events::of(an.get("/api/events").await);
    events.next(SOON).await.expect("the state");
    let (event, _) = events.next(Duration::from_secs(8)).await.expect("a beat");
    assert_eq!(event, "", "a comment");
    an.request(reqwest::Method::DELETE, "/api/session").send().await.expect("signed out");
    desk.gates.show(|view| view.queued = 99);
    while let Some((event, state)) = events.next(Duration::from_secs(8)).await {
        assert!(event.is_empty(), "somebody who signed out is told nothing: {state}");
    }
}

#[tokio::test]
async fn open_streams_do_not_keep_the_agent_from_stopping() {
    let desk = Served::start().await;
    let an = desk.an().await;
    let mut events = Events::of(an.get("/api/events").await);
    events.next(SOON).await.expect("the state");
    desk.stop.cancel();
    assert!(events.next(SOON).await.is_none());
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(
        an.http.get(format!("http://{}/api/state", desk.address)).send().await.is_err(),
        "nobody serves any more"
    );
}
