//! Answers to gates that ask who stands before them, and the identities that are checked later.
//!
//! A question is believed when the enrolled agent signed it, and answered while its deadline holds; its subject is opened in memory,
//! put to the services, and forgotten. What is kept is the audit row with the transaction number and the result.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::task::TaskTracker;
use uuid::Uuid;
use wire::Topic;
use wire::gate::{
    AgentSecret, Answer, AnswerBody, KeyKind, Question, QuestionBody, RegisterWord, SubjectBox, Visitor,
};
use wire::identity::RegisterResult;
use wire::topic::Leaf;

use super::document::Document;
use crate::app::State;
use crate::ingest::Arrival;
use crate::ingest::mqtt::Publisher;
use crate::ingest::verify::{self, AgentKey};
use crate::masking;
use crate::notify::Change;
use crate::registers::identity::{self, Asker};
use crate::registers::retry::wait_ms;
use crate::store::StoreError;
use crate::store::gates::identities::CheckRow;

/// Questions that wait to be looked at.
const WAITING: usize = 128;
/// Questions answered at the same time; beyond that a gate is told at once that it gets no answer.
const AT_ONCE: usize = 32;
/// Ids of questions that are remembered, so that none is answered twice.
const REMEMBERED: usize = 4096;
/// Longest deadline that is kept; a gate that asks for more gets this.
const LONGEST: Duration = Duration::from_secs(10);
/// How often to look for identities to be checked later.
const LOOK: Duration = Duration::from_secs(2);
/// Checks taken in one look.
const CHECKS: u32 = 16;
/// A check that nobody has answered for so long is given up, and who it was about is erased.
const GIVE_UP_MS: i64 = 72 * 3_600_000;

/// A question as it came, with the key of its agent.
#[derive(Debug)]
pub struct Asked {
    /// Topic.
    pub topic: Topic,
    /// Bytes.
    pub arrival: Arrival,
    /// The agent's key.
    pub key: Option<AgentKey>,
}

/// Where the intake puts questions; what it does not take is not answered, which the gate notices by its own deadline.
pub fn queue() -> (mpsc::Sender<Asked>, mpsc::Receiver<Asked>) {
    mpsc::channel(WAITING)
}

/// Everything that answering needs. Clones share it.
#[derive(Clone)]
struct Desk {
    state: State,
    publisher: Publisher,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    ids: HashSet<Uuid>,
    order: VecDeque<Uuid>,
}

impl Seen {
    /// Whether it is new.
    fn add(&mut self, id: Uuid) -> bool {
        if !self.ids.insert(id) {
            return false;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

/// Answers until central stops.
pub async fn run(state: State, publisher: Publisher, mut asked: mpsc::Receiver<Asked>) {
    let (permits, tasks) = (Arc::new(Semaphore::new(AT_ONCE)), TaskTracker::new());
    let desk = Desk { state: state.clone(), publisher, seen: Arc::default() };
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = state.stop.cancelled() => break,
            _ = look.tick() => {
                if let Err(error) = desk.check_due().await {
                    state.health.write_failed(crate::health::DATABASE, &error);
                }
            }
            Some(asked) = asked.recv() => {
                let (desk, permit) = (desk.clone(), permits.clone().try_acquire_owned().ok());
                tasks.spawn(async move {
                    desk.take(asked, permit.is_some()).await;
                    drop(permit);
                });
            }
        }
    }
    tasks.close();
    tasks.wait().await;
}

impl Desk {
    /// Answers one question, if it may be believed and there is still somebody to hear it.
    async fn take(&self, asked: Asked, free: bool) {
        let Asked { topic, arrival, key } = asked;
        let (site, agent) = (topic.site.as_str(), topic.agent.as_str());
        let question = match verify::question(&arrival, key) {
            Ok(question) => question,
            Err(refusal) => {
                tracing::warn!(
                    site,
                    agent,
                    code = refusal.code.as_str(),
                    "a question of a gate was not believed"
                );
                return;
            }
        };
        let Some(AgentKey { key, .. }) = key else { return };
        if arrival.retained || !self.seen.lock().unwrap_or_else(PoisonError::into_inner).add(question.id) {
            return;
        }
        let secret = AgentSecret::agree(&self.state.key, &key);
        let within = Duration::from_millis(u64::from(question.deadline_ms)).min(LONGEST);
        let spent = Timestamp::now().duration_since(arrival.received_at).unsigned_abs();
        let body = match within.checked_sub(spent) {
            _ if !free => unavailable(RegisterWord::Quota),
            None => return,
            Some(left) => match tokio::time::timeout(left, self.answer(&topic, &question, &secret)).await {
                Ok(Ok(answered)) => answered,
                Ok(Err(error)) => {
                    self.state.health.write_failed(crate::health::DATABASE, &error);
                    unavailable(RegisterWord::UpstreamDown)
                }
                // The gate has gone on without an answer.
                Err(_) => return,
            },
        };
        let (body, txn) = body;
        tracing::debug!(site, agent, question = %question.id, "a question of a gate was answered");
        self.send(&topic, Answer { v: wire::VERSION, id: question.id, body, txn });
    }

    fn send(&self, topic: &Topic, answer: Answer) {
        let topic = Topic { leaf: Leaf::Answer, ..topic.clone() };
        match serde_json::to_vec(&answer) {
            Ok(body) if self.publisher.send(&topic, wire::seal(&self.state.key, &body)) => {}
            Ok(_) => tracing::warn!(%topic, "an answer was dropped: the queue to the broker is full"),
            Err(error) => tracing::error!(%topic, %error, "an answer cannot be written"),
        }
    }

    async fn answer(
        &self,
        topic: &Topic,
        question: &Question,
        secret: &AgentSecret,
    ) -> Result<(AnswerBody, Option<String>), StoreError> {
        let Some(body) = opened(secret, &question.purpose, &question.body) else {
            tracing::warn!(site = %topic.site, agent = %topic.agent, question = %question.id, "a question cannot be opened");
            return Ok(unavailable(RegisterWord::Refused));
        };
        if !is_purpose(&question.purpose) {
            return Ok(unavailable(RegisterWord::Refused));
        }
        let asker = Asker {
            actor: question.user.clone().unwrap_or_else(|| "system".to_owned()),
            site: topic.site.to_string(),
            place: json!({ "agent": topic.agent, "gate": question.gate, "lane": question.lane }),
            purpose: question.purpose.clone(),
            object: question.id.to_string(),
        };
        let (registers, store) = (&self.state.registers, &self.state.store);
        let now_ms = Timestamp::now().as_millisecond();
        Ok(match body {
            QuestionBody::VerifyCitizen { number, name, birth } => {
                let citizen =
                    identity::citizen(registers, store, &asker, (&number, &name, &birth), now_ms).await?;
                self.tell(citizen.feed_id);
                match citizen.verdict {
                    Ok(verdict) => {
                        let mismatch = verdict.mismatch.iter().map(|field| field.to_lowercase()).collect();
                        let check_papers = citizen.check_papers;
                        (
                            AnswerBody::Citizen { result: verdict.result, mismatch, check_papers },
                            verdict.txn_id,
                        )
                    }
                    // Nothing is known of the data, and still somebody has to look: the gate is told that and nothing else.
                    Err(_) if citizen.check_papers => (
                        AnswerBody::Citizen {
                            result: RegisterResult::NotFound,
                            mismatch: vec![],
                            check_papers: true,
                        },
                        None,
                    ),
                    Err(why) => unavailable(why),
                }
            }
            QuestionBody::VerifyVneid { token } => {
                match identity::vneid_code(registers, store, &asker, &token, now_ms).await? {
                    Ok(verdict) => {
                        let subject = verdict.subject_ref.as_deref();
                        let visitor = match subject {
                            Some(subject) => self.visitor(topic.site.as_str(), subject, now_ms).await?,
                            None => None,
                        };
                        let body = AnswerBody::Vneid {
                            result: verdict.result,
                            level: verdict.level.unwrap_or(0),
                            subject: subject.map(|subject| secret.digest(KeyKind::Vneid, subject)),
                            label: verdict
                                .display_name
                                .as_deref()
                                .map(|name| masking::mask_name("PERSON", name)),
                            visitor,
                        };
                        (body, verdict.txn_id)
                    }
                    Err(why) => unavailable(why),
                }
            }
            QuestionBody::VerifyFace { number, image, liveness } => {
                if !self.faces_approved(topic.site.as_str()).await? {
                    return Ok(unavailable(RegisterWord::Refused));
                }
                match identity::face(registers, store, &asker, (&number, &image, liveness), now_ms).await? {
                    Ok(verdict) => {
                        (AnswerBody::Face { result: verdict.decision.to_lowercase() }, verdict.txn_id)
                    }
                    Err(why) => unavailable(why),
                }
            }
            QuestionBody::VerifyTicket { ticket, name, number } => {
                let of = (ticket.as_str(), name.as_deref(), number.as_deref());
                match identity::ticket_of(registers, store, &asker, of, now_ms).await? {
                    Ok(verdict) => {
                        let body = AnswerBody::Ticket {
                            result: verdict.result.to_lowercase(),
                            train: verdict.train,
                        };
                        (body, verdict.txn_id)
                    }
                    Err(why) => unavailable(why),
                }
            }
        })
    }

    fn tell(&self, feed_id: Option<i64>) {
        if let Some(feed_id) = feed_id {
            self.state.hub.send(Change::Feed(feed_id));
        }
    }

    /// The booking of a VNeID subject for today.
    async fn visitor(&self, site: &str, subject: &str, now_ms: i64) -> Result<Option<Visitor>, StoreError> {
        let zone = TimeZone::fixed(jiff::tz::Offset::constant(7));
        let day = |ms: i64| Timestamp::from_millisecond(ms).unwrap_or_default().to_zoned(zone.clone()).date();
        let members = self.state.store.gate_entries(&self.state.data_key, site).await?;
        let booked = members.into_iter().find(|member| {
            member.vneid_ref.as_deref() == Some(subject)
                && member.expected_at_ms.is_some_and(|at| day(at) == day(now_ms))
        });
        Ok(booked.and_then(|member| {
            Some(Visitor {
                entry: member.member_id,
                people: u32::try_from(member.people).unwrap_or(1),
                expected_at: Timestamp::from_millisecond(member.expected_at_ms?).ok()?,
            })
        }))
    }

    async fn faces_approved(&self, site: &str) -> Result<bool, StoreError> {
        let policy = self.state.store.policy(site).await?;
        let document = policy.and_then(|row| serde_json::from_str::<Document>(&row.document).ok());
        let faces = document.and_then(|document| document.faces);
        Ok(faces.is_some_and(|approval| Timestamp::now() < approval.until))
    }

    /// Works off identities that could not be checked at the gate.
    async fn check_due(&self) -> Result<(), StoreError> {
        let now_ms = Timestamp::now().as_millisecond();
        let due = self.state.store.identity_checks_due(now_ms, CHECKS).await?;
        if due.is_empty() {
            return Ok(());
        }
        let keys = self.state.store.agent_keys().await?;
        for check in due {
            let key = keys
                .iter()
                .find(|((site, agent), _)| site.as_str() == check.site && agent.as_str() == check.agent);
            let secret = key.map(|(_, key)| AgentSecret::agree(&self.state.key, &key.key));
            self.check_later(check, secret.as_ref(), now_ms).await?;
        }
        Ok(())
    }

    async fn check_later(
        &self,
        check: CheckRow,
        secret: Option<&AgentSecret>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let store = &self.state.store;
        let closed = check.subject.as_deref().and_then(|text| serde_json::from_str::<SubjectBox>(text).ok());
        let body = secret.zip(closed).and_then(|(secret, closed)| opened(secret, &check.purpose, &closed));
        let Some(QuestionBody::VerifyCitizen { number, name, birth }) = body else {
            tracing::warn!(
                check = check.id,
                "an identity cannot be checked later: its box does not open with the agent's key"
            );
            store.end_identity_check(&check, None, now_ms).await?;
            return Ok(());
        };
        let asker = Asker {
            actor: "system".to_owned(),
            site: check.site.clone(),
            place: json!({ "agent": check.agent, "access": check.access, "late": true }),
            purpose: check.purpose.clone(),
            object: check.access.clone(),
        };
        let registers = &self.state.registers;
        let citizen = identity::citizen(registers, store, &asker, (&number, &name, &birth), now_ms).await?;
        self.tell(citizen.feed_id);
        match citizen.verdict {
            Ok(verdict) => {
                let result = serde_json::to_value(verdict.result).unwrap_or_default();
                let result = result.as_str().unwrap_or_default().to_owned();
                let answer = Some((result.as_str(), verdict.txn_id.as_deref()));
                self.tell(store.end_identity_check(&check, answer, now_ms).await?);
            }
            // A claim that the register refuses as such gets no better by asking again.
            Err(RegisterWord::Refused) => {
                store.end_identity_check(&check, None, now_ms).await?;
            }
            Err(_) if now_ms - check.asked_at_ms > GIVE_UP_MS => {
                tracing::warn!(check = check.id, "an identity was not checked in time and is given up");
                store.end_identity_check(&check, None, now_ms).await?;
            }
            Err(_) => {
                let first = registers.csdldc.as_ref().map_or(60, |client| client.settings().retry_s);
                store.identity_check_failed(&check.id, now_ms + wait_ms(first, check.attempts + 1)).await?;
            }
        }
        Ok(())
    }
}

fn unavailable(why: RegisterWord) -> (AnswerBody, Option<String>) {
    (AnswerBody::Unavailable { why }, None)
}

fn opened(secret: &AgentSecret, purpose: &str, closed: &SubjectBox) -> Option<QuestionBody> {
    let plain = secret.open(purpose, closed).ok()?;
    serde_json::from_slice(&plain).ok()
}

/// Whether a text is a purpose code.
pub fn is_purpose(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_once_and_only_so_many_are_remembered() {
        let mut seen = Seen::default();
        let first = Uuid::new_v4();
        assert!(seen.add(first));
        assert!(!seen.add(first));
        for _ in 0..REMEMBERED {
            assert!(seen.add(Uuid::new_v4()));
        }
        assert_eq!(seen.order.len(), REMEMBERED);
        assert_eq!(seen.ids.len(), REMEMBERED);
    }

    #[test]
    fn a_purpose_is_a_code() {
        assert!(is_purpose("GATE_CONTROL"));
        for bad in ["", "gate", "GATE CONTROL", &"A".repeat(41)] {
            assert!(!is_purpose(bad), "{bad}");
        }
    }
}
