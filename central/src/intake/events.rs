//! Events of a batch: what is known of them, what the register and the lists say, one commit, receipts.

use std::sync::atomic::Ordering;

use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use wire::topic::{Leaf, Topic};
use wire::{Digest, Envelope, Payload, ReceiptResult};

use super::{Intake, PARALLEL};
use crate::ingest::Arrival;
use crate::ingest::verify::{ReasonCode, Refusal, SignedHead, VerifiedEvent};
use crate::lists::Snapshot;
use crate::matching::registry::{self, RegisteredVehicle, RegistryStatus};
use crate::receipts::Outgoing;
use crate::registers::vehreg::Answer;
use crate::store::StoreError;
use crate::store::commit::{Decided, DecidedVehicle, Outcome, Prior};
use crate::{passages, registers};

/// An event with all its pictures, but for those that its agent gave up.
struct Ready {
    event: VerifiedEvent,
    /// It is stored already, or its id is another agent's.
    known: bool,
    prior: Option<Prior>,
    absent: Vec<Digest>,
}

/// The files that an event names.
#[derive(Default)]
struct Pictures {
    /// Those that are not there.
    missing: Vec<Digest>,
    /// One that is something else than the event says.
    other_type: Option<Refusal>,
}

impl Intake {
    /// Events of one batch, in their order.
    pub(super) async fn take_events(
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
                    Ok(Pictures { other_type: Some(refusal), .. }) => {
                        let arrival = self.arrival_of(&event);
                        self.refuse(&arrival, Some(&topic_of(envelope)), refusal, receipts).await?;
                        continue;
                    }
                    Ok(Pictures { missing, .. }) => missing,
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
    ) -> Result<Pictures, crate::evidence::EvidenceError> {
        let mut found = Pictures::default();
        for picture in &envelope.evidence {
            match self.state.evidence.kind(picture.sha256).await? {
                None if !found.missing.contains(&picture.sha256) => found.missing.push(picture.sha256),
                Some(kind) if kind.media_type() != picture.media_type => {
                    let reason = format!(
                        "it calls a file {} whose bytes are {}",
                        picture.media_type,
                        kind.media_type()
                    );
                    let (code, signed) = (ReasonCode::EvidenceOtherType, Some(head_of(envelope)));
                    found.other_type = Some(Refusal { code, reason, signed });
                }
                _ => {}
            }
        }
        Ok(found)
    }

    /// A verified event as the message that it was.
    fn arrival_of(&self, event: &VerifiedEvent) -> Arrival {
        Arrival {
            topic: topic_of(event.envelope()).to_string(),
            payload: event.message().as_bytes().to_vec().into(),
            retained: false,
            received_at: event.received_at(),
            room: None,
        }
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
        let counted_at = match &envelope.payload {
            Payload::Crossing(crossing) => self
                .documents
                .get(envelope.site.as_str())
                .and_then(|document| document.counted_at(&envelope.camera, &crossing.line))
                .map(|gate| (gate.id.to_string(), gate.area.to_string())),
            _ => None,
        };
        Decided { event, late, absent, vehicle, counted_at }
    }

    async fn ask(
        &self,
        envelope: &Envelope,
        seen: &wire::payload::Vehicle,
    ) -> (RegistryStatus, Option<crate::store::lookups::LookupRow>) {
        let min_score = self.state.config.rules.mismatch_min_score;
        let (group, colour) = match registry::question(seen.reading.as_ref(), &seen.class, min_score) {
            registry::Question::Skip(status) => return (status, None),
            registry::Question::Ask(group, colour) => (group, colour),
        };
        let (Some(register), Some(reading)) = (&self.register, &seen.reading) else {
            return (RegistryStatus::NotAsked, None);
        };
        let row = registers::ask_for_passage(
            &self.state,
            register,
            &reading.text,
            group,
            colour,
            envelope.captured.at,
        )
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
        let (topic, arrival) = (topic_of(envelope), self.arrival_of(event));
        let refusal = Refusal {
            code: ReasonCode::IdConflict,
            reason: "the event id belongs to an event of another agent".to_owned(),
            signed: Some(head_of(envelope)),
        };
        self.refuse(&arrival, Some(&topic), refusal, receipts).await
    }
}

fn topic_of(envelope: &Envelope) -> Topic {
    Topic {
        site: envelope.site.clone(),
        agent: envelope.agent.clone(),
        leaf: Leaf::Event(envelope.camera.clone()),
    }
}

fn head_of(envelope: &Envelope) -> SignedHead {
    SignedHead { id: envelope.id, phase: envelope.phase, seq: envelope.seq }
}
