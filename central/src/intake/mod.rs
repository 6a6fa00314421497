//! The intake: verified → deduplicated → matched → decided → one commit → receipts → hub.
//!
//! Messages are taken in batches, as many as wait, so that a backlog is committed with few transactions while a single live
//! event goes at once. Within a batch pictures come first, then everything in its order. Nothing is receipted that is not
//! committed; what cannot be written now is simply not receipted, and agents send it again.

mod events;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;
use wire::topic::{Leaf, Topic};
use wire::{Digest, Name, status};

use crate::app::State;
use crate::gates::answers::Asked;
use crate::gates::document::Document;
use crate::gates::publish::Heard;
use crate::ingest::Arrival;
use crate::ingest::mqtt::Publisher;
use crate::ingest::verify::{self, AgentKey, ReasonCode, Refusal};
use crate::receipts::Outgoing;
use crate::registers::vehreg::VehicleRegister;
use crate::store::StoreError;
use crate::store::evidence::StoredPicture;
use crate::store::quarantine::Quarantined;
use crate::{enrol, presence};

/// Messages that wait between broker and intake.
const INBOX: usize = 128;
/// Messages taken at once.
const BATCH: usize = 64;
/// Files written and questions asked at the same time.
const PARALLEL: usize = 8;
/// Keys are read again so often, for what another process changed.
const KEYS_FRESH: Duration = Duration::from_secs(5);
/// After a failed write, so long before the next try.
const WRITE_PAUSE: Duration = Duration::from_millis(500);

/// Takes in everything that arrives, one batch after the other.
pub struct Intake {
    state: State,
    register: Option<Arc<VehicleRegister>>,
    publisher: Publisher,
    heard: Heard,
    asks: mpsc::Sender<Asked>,
    inbox: mpsc::Receiver<Arrival>,
    keys: HashMap<(Name, Name), AgentKey>,
    keys_read: Option<Instant>,
    /// What sites ask at their gates: which counting lines lead into which area.
    documents: HashMap<String, Document>,
}

impl Intake {
    /// An intake and its inbox.
    pub fn new(
        state: State,
        register: Option<Arc<VehicleRegister>>,
        publisher: Publisher,
        heard: Heard,
        asks: mpsc::Sender<Asked>,
    ) -> (Self, mpsc::Sender<Arrival>) {
        let (sender, inbox) = mpsc::channel(INBOX);
        (
            Self {
                state,
                register,
                publisher,
                heard,
                asks,
                inbox,
                keys: HashMap::new(),
                keys_read: None,
                documents: HashMap::new(),
            },
            sender,
        )
    }

    /// Takes in messages until the connection ends and everything that had arrived is done.
    pub async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.inbox.recv_many(&mut batch, BATCH).await > 0 {
            if let Err(error) = self.take(std::mem::take(&mut batch)).await {
                self.state.health.write_failed(crate::health::DATABASE, &error);
                tokio::time::sleep(WRITE_PAUSE).await;
            }
        }
        self.publisher.finish();
    }

    async fn take(&mut self, batch: Vec<Arrival>) -> Result<(), StoreError> {
        self.refresh_keys(KEYS_FRESH).await?;
        let mut receipts = Outgoing::default();
        let mut events = Vec::new();
        let mut pictures = Vec::new();
        let mut rest = Vec::new();
        for arrival in batch {
            match verify::topic(&arrival.topic) {
                Ok(topic) => match topic.leaf.clone() {
                    Leaf::Evidence(name) => pictures.push((topic, name, arrival)),
                    Leaf::Event(camera) => rest.push((topic, Some(camera), arrival)),
                    _ => rest.push((topic, None, arrival)),
                },
                Err(refusal) => self.refuse(&arrival, None, refusal, &mut receipts).await?,
            }
        }
        self.store_pictures(pictures, &mut receipts).await?;
        for (topic, camera, arrival) in rest {
            match (&topic.leaf, camera) {
                (_, Some(camera)) => match verify::event(&arrival, &topic, &camera, self.key_of(&topic)) {
                    Ok(event) => events.push(event),
                    Err(refusal) => self.refuse(&arrival, Some(&topic), *refusal, &mut receipts).await?,
                },
                (Leaf::Status, _) => self.status(&topic, &arrival, &mut receipts).await?,
                // Answered by itself: somebody waits at a gate, and nothing of it is stored. A full queue is noticed there.
                (Leaf::Ask, _) => {
                    let key = self.key_of(&topic);
                    let _ = self.asks.try_send(Asked { topic, arrival, key });
                }
                (Leaf::Result, _) => self.state.scenes.answered(&topic, &arrival, self.key_of(&topic)),
                (Leaf::Enrol, _) => {
                    enrol::answer(&self.state, &topic, &arrival, &self.publisher).await?;
                    self.refresh_keys(Duration::ZERO).await?;
                }
                // Central's own topics are not subscribed.
                _ => {}
            }
        }
        self.take_events(events, &mut receipts).await?;
        receipts.send(&self.state.key, &self.publisher);
        Ok(())
    }

    async fn refresh_keys(&mut self, fresh: Duration) -> Result<(), StoreError> {
        if self.keys_read.is_none_or(|read| read.elapsed() >= fresh) {
            self.keys = self.state.store.agent_keys().await?;
            self.documents = documents(&self.state).await?;
            self.keys_read = Some(Instant::now());
        }
        Ok(())
    }

    fn key_of(&self, topic: &Topic) -> Option<AgentKey> {
        self.keys.get(&(topic.site.clone(), topic.agent.clone())).copied()
    }

    /// Puts a message aside. Only what an enrolled agent signed, and what is really kept, gets a receipt.
    async fn refuse(
        &self,
        arrival: &Arrival,
        topic: Option<&Topic>,
        refusal: Refusal,
        receipts: &mut Outgoing,
    ) -> Result<(), StoreError> {
        let Refusal { code, reason, signed } = refusal;
        self.state.health.count(&self.state.health.quarantined);
        let picture = topic.is_some_and(|topic| matches!(topic.leaf, Leaf::Evidence(_)));
        let message = Quarantined {
            topic: arrival.topic.chars().take(256).collect(),
            site: topic.map(|topic| topic.site.to_string()),
            agent: topic.map(|topic| topic.agent.to_string()),
            reason_code: code.as_str(),
            reason: reason.clone(),
            body: if picture { None } else { Quarantined::encode(&arrival.payload) },
            bytes: arrival.payload.len(),
            sha256: Digest::of(&arrival.payload),
            signed: signed.is_some(),
        };
        let now_ms = arrival.received_at.as_millisecond();
        let kept = self
            .state
            .store
            .quarantine(&message, self.state.config.rules.quarantine_per_agent, now_ms)
            .await?;
        tracing::warn!(
            site = message.site,
            agent = message.agent,
            code = code.as_str(),
            bytes = message.bytes,
            kept,
            "message quarantined"
        );
        if let (Some(head), Some(topic), true) = (signed, topic, kept) {
            let (site, agent) = (topic.site.as_str(), topic.agent.as_str());
            self.state.store.mark_arrived(site, agent, &[head.seq], now_ms).await?;
            receipts.quarantined(&topic.site, &topic.agent, head, reason);
        }
        Ok(())
    }

    async fn store_pictures(
        &self,
        pictures: Vec<(Topic, Digest, Arrival)>,
        receipts: &mut Outgoing,
    ) -> Result<(), StoreError> {
        let mut stored = Vec::new();
        let evidence = &self.state.evidence;
        let mut results = stream::iter(pictures.into_iter().map(|(topic, name, arrival)| {
            let known = self.key_of(&topic).is_some_and(|key| !key.revoked);
            async move {
                let result =
                    if known { Some(evidence.put(name, arrival.payload.clone()).await) } else { None };
                (topic, name, arrival, result)
            }
        }))
        .buffered(PARALLEL);
        while let Some((topic, name, arrival, result)) = results.next().await {
            let refusal = match result {
                Some(Ok(kind)) => {
                    self.state.health.count(&self.state.health.pictures);
                    self.state.health.write_worked(crate::health::EVIDENCE);
                    let (site, agent) = (topic.site.to_string(), topic.agent.to_string());
                    let (bytes, media_type) = (arrival.payload.len(), kind.media_type());
                    stored.push(StoredPicture { sha256: name, bytes, media_type, site, agent });
                    continue;
                }
                None => {
                    let reason = "pictures are taken from enrolled agents only".to_owned();
                    Refusal { code: ReasonCode::UnknownAgent, reason, signed: None }
                }
                Some(Err(error)) => match ReasonCode::of_evidence(&error) {
                    Some(code) => Refusal { code, reason: error.to_string(), signed: None },
                    None => {
                        self.state.health.write_failed(crate::health::EVIDENCE, &error);
                        continue;
                    }
                },
            };
            self.refuse(&arrival, Some(&topic), refusal, receipts).await?;
        }
        let now_ms = Timestamp::now().as_millisecond();
        self.state.store.add_pictures(&stored, now_ms).await
    }

    async fn status(
        &self,
        topic: &Topic,
        arrival: &Arrival,
        receipts: &mut Outgoing,
    ) -> Result<(), StoreError> {
        if status::is_offline_will(&arrival.payload) {
            // The will is not signed: it may say that an enrolled agent is gone, and the next heartbeat says otherwise.
            if self.key_of(topic).is_some() {
                presence::gone(&self.state, topic.site.as_str(), topic.agent.as_str(), arrival.received_at)
                    .await?;
            }
            return Ok(());
        }
        match verify::status(arrival, self.key_of(topic)) {
            Ok(status) => {
                if let Some(gates) = status.gates.as_ref().filter(|_| !arrival.retained) {
                    self.heard.list_in_use(&topic.site, &topic.agent, gates.list_version);
                }
                if !arrival.retained {
                    self.state.scenes.heard(&topic.site, &status);
                }
                presence::heard(&self.state, topic, &status, arrival).await
            }
            Err(refusal) => self.refuse(arrival, Some(topic), refusal, receipts).await,
        }
    }
}

/// The policy documents of all sites. One that cannot be read counts nobody, and says so.
async fn documents(state: &State) -> Result<HashMap<String, Document>, StoreError> {
    let read = |row: crate::store::gates::PolicyRow| match serde_json::from_str(&row.document) {
        Ok(document) => Some((row.site, document)),
        Err(error) => {
            tracing::error!(site = row.site, %error, "the policy document of a site cannot be read");
            None
        }
    };
    Ok(state.store.policies().await?.into_iter().filter_map(read).collect())
}
