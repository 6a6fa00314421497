//! The intake: verified → deduplicated → matched → decided → one commit → receipts → hub.
//!
//! Messages are taken in batches, as many as wait, so that a backlog is committed with few transactions while a single live
//! event goes at once. Within a batch pictures come first, then everything in its order. Nothing is receipted that is not
//! committed; what cannot be written now is simply not receipted, and agents send it again.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;
use wire::topic::{Leaf, Topic};
use wire::{Digest, Envelope, Name, Payload, ReceiptResult, status};

use crate::app::State;
use crate::ingest::Arrival;
use crate::ingest::mqtt::Publisher;
use crate::ingest::verify::{self, AgentKey, ReasonCode, Refusal, SignedHead, VerifiedEvent};
use crate::lists::Snapshot;
use crate::matching::registry::{self, RegisteredVehicle, RegistryStatus};
use crate::receipts::Outgoing;
use crate::registers::vehreg::{Answer, VehicleRegister};
use crate::store::StoreError;
use crate::store::commit::{Decided, DecidedVehicle, Outcome, Prior};
use crate::store::evidence::StoredPicture;
use crate::store::quarantine::Quarantined;
use crate::{enrol, passages, presence, registers};

/// Messages that wait between broker and intake.
const INBOX: usize = 128;
/// Messages taken at once.
const BATCH: usize = 64;
/// Pictures written and questions asked at the same time.
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
    inbox: mpsc::Receiver<Arrival>,
    keys: HashMap<(Name, Name), AgentKey>,
    keys_read: Option<Instant>,
}

/// An event with all its pictures, but for those that its agent gave up.
struct Ready {
    event: VerifiedEvent,
    /// It is stored already, or its id is another agent's.
    known: bool,
    prior: Option<Prior>,
    absent: Vec<Digest>,
}

impl Intake {
    /// An intake and its inbox.
    pub fn new(
        state: State,
        register: Option<Arc<VehicleRegister>>,
        publisher: Publisher,
    ) -> (Self, mpsc::Sender<Arrival>) {
        let (sender, inbox) = mpsc::channel(INBOX);
        (Self { state, register, publisher, inbox, keys: HashMap::new(), keys_read: None }, sender)
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
                Some(Ok(())) => {
                    self.state.health.count(&self.state.health.pictures);
                    self.state.health.write_worked(crate::health::EVIDENCE);
                    let (site, agent) = (topic.site.to_string(), topic.agent.to_string());
                    stored.push(StoredPicture { sha256: name, bytes: arrival.payload.len(), site, agent });
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
            Ok(status) => presence::heard(&self.state, topic, &status, arrival).await,
            Err(refusal) => self.refuse(arrival, Some(topic), refusal, receipts).await,
        }
    }

    /// Events of one batch, in their order.
    async fn take_events(
        &self,
        events: Vec<VerifiedEvent>,
        receipts: &mut Outgoing,
    ) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let lists = self.state.lists.snapshot();
        let mut ready = Vec::with_capacity(events.len());
        for event in events {
            let envelope = event.envelope();
            let known = self.state.store.known(envelope).await?;
            let mut absent = Vec::new();
            // What is there needs neither pictures nor questions; the commit finds the same and counts it.
            if !known.duplicate && !known.foreign {
                let missing = match self.missing_pictures(envelope).await {
                    Ok(missing) => missing,
                    Err(error) => {
                        self.state.health.write_failed(crate::health::EVIDENCE, &error);
                        continue;
                    }
                };
                let (site, agent) = (&envelope.site, &envelope.agent);
                absent = self.state.store.pictures_given_up(site.as_str(), agent.as_str(), &missing).await?;
                if missing.iter().any(|picture| !absent.contains(picture)) {
                    self.state.health.count(&self.state.health.evidence_missing);
                    let wanted = missing.into_iter().filter(|picture| !absent.contains(picture)).collect();
                    receipts.missing(site, agent, head_of(envelope), wanted);
                    continue;
                }
            }
            ready.push(Ready { known: known.duplicate || known.foreign, prior: known.prior, event, absent });
        }
        let decided: Vec<Decided> = stream::iter(ready.into_iter().map(|event| self.decide(event, &lists)))
            .buffered(PARALLEL)
            .collect()
            .await;
        self.commit(decided, receipts).await
    }

    async fn missing_pictures(
        &self,
        envelope: &Envelope,
    ) -> Result<Vec<Digest>, crate::evidence::EvidenceError> {
        let mut missing = Vec::new();
        for picture in &envelope.evidence {
            if !missing.contains(&picture.sha256) && !self.state.evidence.has(picture.sha256).await? {
                missing.push(picture.sha256);
            }
        }
        Ok(missing)
    }

    /// Asks the register, if there is something to ask, and judges.
    async fn decide(&self, Ready { event, known, prior, absent }: Ready, lists: &Snapshot) -> Decided {
        let envelope = event.envelope();
        let captured_at = envelope.captured.at;
        let late = event.received_at().duration_since(captured_at).as_secs()
            > self.state.config.rules.late_after_s as i64;
        let vehicle = match &envelope.payload {
            Payload::Vehicle(seen) if !known => {
                let min_score = self.state.config.rules.mismatch_min_score;
                let prior = prior
                    .filter(|prior| seen.reading.as_ref().is_some_and(|reading| reading.text == prior.plate));
                let judge = |status, registered: Option<&RegisteredVehicle>| {
                    passages::judge(seen, captured_at.as_millisecond(), status, registered, lists, min_score)
                };
                Some(match prior {
                    Some(prior) => {
                        let registered =
                            prior.vehicle.as_deref().and_then(|text| serde_json::from_str(text).ok());
                        let status = RegistryStatus::parse(&prior.status).unwrap_or(RegistryStatus::NotAsked);
                        DecidedVehicle {
                            judgement: judge(status, registered.as_ref()),
                            lookup: None,
                            prior: Some(prior),
                        }
                    }
                    None => {
                        let (status, mut lookup) = self.ask(envelope, seen).await;
                        let answer = lookup.as_ref().and_then(|lookup| lookup.answer.as_ref());
                        let judgement =
                            judge(status, answer.and_then(|answer: &Answer| answer.vehicle.as_ref()));
                        if let Some(lookup) = &mut lookup {
                            lookup.findings.clone_from(&judgement.findings);
                        }
                        DecidedVehicle { judgement, lookup, prior: None }
                    }
                })
            }
            _ => None,
        };
        Decided { event, late, absent, vehicle }
    }

    async fn ask(
        &self,
        envelope: &Envelope,
        seen: &wire::payload::Vehicle,
    ) -> (RegistryStatus, Option<crate::store::lookups::LookupRow>) {
        let group = match registry::question(seen.reading.as_ref(), &seen.class) {
            registry::Question::Skip(status) => return (status, None),
            registry::Question::Ask(group) => group,
        };
        let (Some(register), Some(reading)) = (&self.register, &seen.reading) else {
            return (RegistryStatus::NotAsked, None);
        };
        let row =
            registers::ask_for_passage(&self.state, register, &reading.text, group, envelope.captured.at)
                .await;
        (row.answer.as_ref().map_or(RegistryStatus::Unavailable, |answer| answer.status), Some(row))
    }

    /// Commits the batch; when that fails, one by one, so that one event cannot hold up the others.
    async fn commit(&self, decided: Vec<Decided>, receipts: &mut Outgoing) -> Result<(), StoreError> {
        if self.commit_now(&decided, receipts).await.is_ok() {
            return Ok(());
        }
        let mut failed = None;
        for one in decided.chunks(1) {
            if let Err(error) = self.commit_now(one, receipts).await {
                failed = Some(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn commit_now(&self, decided: &[Decided], receipts: &mut Outgoing) -> Result<(), StoreError> {
        if decided.is_empty() {
            return Ok(());
        }
        let health = &self.state.health;
        let now_ms = Timestamp::now().as_millisecond();
        let committed = self.state.store.commit(decided, now_ms).await?;
        health.write_worked(crate::health::DATABASE);
        health.last_commit_ms.store(now_ms, Ordering::Relaxed);
        health.alerts.fetch_add(committed.alerts, Ordering::Relaxed);
        health.broken_links.fetch_add(committed.broken_links, Ordering::Relaxed);
        for (one, outcome) in decided.iter().zip(committed.outcomes) {
            let envelope = one.event.envelope();
            let (site, agent, head) = (&envelope.site, &envelope.agent, head_of(envelope));
            match outcome {
                Outcome::Committed => {
                    health.count(&health.committed);
                    receipts.add(site, agent, head, ReceiptResult::Committed);
                }
                Outcome::Duplicate => {
                    health.count(&health.duplicates);
                    receipts.add(site, agent, head, ReceiptResult::Duplicate);
                }
                Outcome::Foreign => self.refuse_foreign(&one.event, receipts).await?,
            }
        }
        committed.changes.into_iter().for_each(|change| self.state.hub.send(change));
        Ok(())
    }

    async fn refuse_foreign(&self, event: &VerifiedEvent, receipts: &mut Outgoing) -> Result<(), StoreError> {
        let envelope = event.envelope();
        let topic = Topic {
            site: envelope.site.clone(),
            agent: envelope.agent.clone(),
            leaf: Leaf::Event(envelope.camera.clone()),
        };
        let arrival = Arrival {
            topic: topic.to_string(),
            payload: event.message().as_bytes().to_vec().into(),
            retained: false,
            received_at: event.received_at(),
        };
        let refusal = Refusal {
            code: ReasonCode::IdConflict,
            reason: "the event id belongs to an event of another agent".to_owned(),
            signed: Some(head_of(envelope)),
        };
        self.refuse(&arrival, Some(&topic), refusal, receipts).await
    }
}

fn head_of(envelope: &Envelope) -> SignedHead {
    SignedHead { id: envelope.id, phase: envelope.phase, seq: envelope.seq }
}
