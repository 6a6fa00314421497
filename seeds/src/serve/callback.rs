//! Signed calls back to a client: a message was read, a bill was paid.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::state::{Shared, lock};
use crate::config::{Config, Service, callback_path};
use crate::sign::Signed;

/// Tries before a callback is given up.
const TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// How callbacks of a service come. Left alone, each comes once, in order and soon.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Mood {
    /// Time before each, instead of the configured one.
    pub delay_ms: Option<u64>,
    /// Each comes twice.
    pub twice: bool,
    /// The last one comes first.
    pub backwards: bool,
    /// Added to the amounts that are told, VND.
    pub add_amount: i64,
    /// None comes: the network lost them.
    pub lost: bool,
}

impl Mood {
    /// The events as they are told.
    fn told(&self, events: Vec<Value>) -> Vec<Value> {
        let mut events = if self.lost { Vec::new() } else { events };
        for event in &mut events {
            if let Some(amount) = event.get("amount").and_then(Value::as_i64) {
                event["amount"] = (amount + self.add_amount).into();
            }
        }
        if self.backwards {
            events.reverse();
        }
        if self.twice {
            events = events.into_iter().flat_map(|event| [event.clone(), event]).collect();
        }
        events
    }
}

/// Sends callbacks in the background, bounded by the number of calls that are made.
#[derive(Debug)]
pub struct Callbacks {
    moods: Mutex<BTreeMap<Service, Mood>>,
    http: Option<reqwest::Client>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Callbacks {
    pub fn new(config: &Config, stop: CancellationToken) -> Result<Self, reqwest::Error> {
        let wanted = config.clients.iter().any(|c| c.callback_url.is_some() || !c.callbacks.is_empty());
        let http = wanted.then(|| {
            // Whoever comes first decides for the whole process; callbacks are plain HTTP anyway.
            let _ = rustls::crypto::ring::default_provider().install_default();
            reqwest::Client::builder().timeout(Duration::from_secs(5)).no_proxy().build()
        });
        Ok(Self { moods: Mutex::default(), http: http.transpose()?, tasks: TaskTracker::new(), stop })
    }

    /// Sends the events in order, each after the configured delay. Clients without an address get none.
    pub fn send(&self, shared: &Arc<Shared>, service: Service, client_id: &str, events: Vec<Value>) {
        let url = shared.client(client_id).and_then(|c| c.callback_of(service)).map(str::to_owned);
        let (Some(http), Some(url)) = (self.http.clone(), url) else { return };
        let Some(secret) = shared.secrets.get(client_id).cloned() else { return };
        let mood = lock(&self.moods).get(&service).cloned().unwrap_or_default();
        let delay = Duration::from_millis(mood.delay_ms.unwrap_or(shared.config.callback_delay_ms));
        let events = mood.told(events);
        let client_id = client_id.to_owned();
        let stop = self.stop.clone();
        self.tasks.spawn(stop.run_until_cancelled_owned(async move {
            for event in events {
                tokio::time::sleep(delay).await;
                deliver(&http, &url, &client_id, &secret, &event).await;
            }
        }));
    }

    /// How callbacks of a service come from now on.
    pub fn set_mood(&self, service: Service, mood: Mood) {
        lock(&self.moods).insert(service, mood);
    }

    /// Waits for the tasks, which end at once when the services stop.
    pub async fn drain(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn deliver(http: &reqwest::Client, url: &str, client_id: &str, secret: &str, event: &Value) {
    let body = event.to_string();
    let correlation_id = Uuid::now_v7().to_string();
    let mut pause = FIRST_PAUSE;
    for attempt in 1..=TRIES {
        let timestamp = Timestamp::now().to_string();
        let signed = Signed {
            method: "POST",
            path: callback_path(url).unwrap_or("/"),
            timestamp: &timestamp,
            correlation_id: &correlation_id,
            body: body.as_bytes(),
        };
        let sent = http
            .post(url)
            .header("content-type", "application/json")
            .header("x-client-id", client_id)
            .header("x-timestamp", &timestamp)
            .header("x-correlation-id", &correlation_id)
            .header("x-signature", signed.signature(secret))
            .body(body.clone())
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => return,
            Ok(answer) => {
                tracing::warn!(correlation_id, attempt, status = answer.status().as_u16(), "callback refused")
            }
            Err(error) => tracing::warn!(correlation_id, attempt, %error, "callback not delivered"),
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    tracing::error!(correlation_id, tries = TRIES, "callback given up");
}
