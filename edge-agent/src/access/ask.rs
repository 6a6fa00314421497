//! Questions to central while somebody stands at the gate: who is this, is this code good? With a deadline, and never kept.
//!
//! * Central away: the answer is `Unavailable` at once, nobody waits.
//! * An answer counts only if central signed it, it names a question that still waits, and it is in time. Every other one is
//!   dropped and counted.
//! * A citizen who could not be verified becomes an [`IdentityCheck`], which the gate writes down and central works off later.
//!   A VNeID code or a ticket does not: it would mean nothing by then.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;
use wire::gate::{
    AgentSecret, Answer, AnswerBody, IdentityCheck, KeyKind, Question, QuestionBody, RegisterWord, SubjectBox,
};
use wire::{DeviceKey, Digest, MAX_MESSAGE_BYTES, Name, PublicKey, Sealed};
use zeroize::Zeroizing;

/// Questions that may wait for the connection: beyond that the gate is told at once that it gets no answer.
const QUEUE: usize = 32;

/// What a gate wants to know.
#[derive(Debug, Clone)]
pub struct NewQuestion {
    /// Gate.
    pub gate: Name,
    /// Lane.
    pub lane: Name,
    /// Guard on duty.
    pub user: Option<String>,
    /// The decision it belongs to.
    pub access: Uuid,
    /// Purpose code: `GATE_CONTROL`.
    pub purpose: String,
    /// The question itself.
    pub body: QuestionBody,
    /// How long the gate waits.
    pub within: Duration,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Central's answer, or `Unavailable`.
    pub answer: AnswerBody,
    /// Transaction number of the service that was asked.
    pub txn: Option<String>,
    /// To be written down as an event, so that central checks it later: only where a citizen could not be verified.
    pub check: Option<IdentityCheck>,
}

/// Counters since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AskCounts {
    /// Questions asked.
    pub asked: u64,
    /// Answers that came in time.
    pub answered: u64,
    /// Questions that got no answer in time, or could not be sent.
    pub unanswered: u64,
    /// Good answers that came too late, or to no question.
    pub late: u64,
    /// Answers that central did not sign, or that cannot be read.
    pub refused: u64,
}

#[derive(Debug, Default)]
struct Counters {
    asked: AtomicU64,
    answered: AtomicU64,
    unanswered: AtomicU64,
    late: AtomicU64,
    refused: AtomicU64,
}

/// Asks central. Shared by the gates, which ask, and the publisher, which sends and hears.
#[derive(Debug)]
pub struct Asker {
    device: DeviceKey,
    /// Since when central is away; none while it is there.
    alone: watch::Receiver<Option<Timestamp>>,
    secret: Mutex<Option<Arc<AgentSecret>>>,
    waiting: Mutex<HashMap<Uuid, oneshot::Sender<Answer>>>,
    queue: mpsc::Sender<Vec<u8>>,
    counters: Counters,
}

impl Asker {
    /// An asker and the sealed questions that the publisher has to send. `alone` says since when central is away.
    pub fn new(
        device: DeviceKey,
        central: Option<PublicKey>,
        alone: watch::Receiver<Option<Timestamp>>,
    ) -> (Arc<Self>, mpsc::Receiver<Vec<u8>>) {
        let (queue, questions) = mpsc::channel(QUEUE);
        let asker = Self {
            device,
            alone,
            secret: Mutex::default(),
            waiting: Mutex::default(),
            queue,
            counters: Counters::default(),
        };
        if let Some(central) = central {
            asker.meet(&central);
        }
        (Arc::new(asker), questions)
    }

    /// Central's key is known: questions can be closed for it.
    pub fn meet(&self, central: &PublicKey) {
        *lock(&self.secret) = Some(Arc::new(AgentSecret::agree(&self.device, central)));
    }

    /// Since when central is away; none while it is there.
    pub fn alone_since(&self) -> Option<Timestamp> {
        *self.alone.borrow()
    }

    /// Counters since the start.
    pub fn counts(&self) -> AskCounts {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &self.counters;
        AskCounts {
            asked: get(&counters.asked),
            answered: get(&counters.answered),
            unanswered: get(&counters.unanswered),
            late: get(&counters.late),
            refused: get(&counters.refused),
        }
    }

    /// Asks, and waits no longer than the question says; not at all while central is away, and no longer once it is gone.
    pub async fn ask(&self, question: NewQuestion) -> Asked {
        count(&self.counters.asked);
        let Some(secret) = lock(&self.secret).clone() else {
            return self.unanswered(&question, RegisterWord::NotConfigured, None);
        };
        let id = Uuid::now_v7();
        let closed = match close(&secret, &question) {
            Ok(closed) => closed,
            Err(error) => {
                tracing::error!(%error, "a question cannot be closed for central");
                return self.unanswered(&question, RegisterWord::Refused, None);
            }
        };
        let answer = match self.send(id, &question, &closed) {
            Ok(answer) => self.wait(id, answer, question.within).await,
            Err(why) => Err(why),
        };
        lock(&self.waiting).remove(&id);
        match answer {
            // Central is there and its register is not: it tries again when the event tells it to.
            Ok(Answer { body: AnswerBody::Unavailable { why }, .. }) | Err(why) => {
                self.unanswered(&question, why, Some(&closed))
            }
            Ok(answer) => {
                count(&self.counters.answered);
                Asked { answer: answer.body, txn: answer.txn, check: None }
            }
        }
    }

    /// Takes a message of the answer topic. Returns whether central really sent it, late or not.
    pub fn take(&self, message: &[u8], central: &PublicKey) -> bool {
        let body = Sealed::parse(message, MAX_MESSAGE_BYTES).and_then(|sealed| sealed.verify(central));
        let answer = body
            .map_err(|error| error.to_string())
            .and_then(|body| serde_json::from_slice::<Answer>(body).map_err(|error| place(&error)));
        let refused = match answer {
            Ok(answer) if answer.v <= wire::VERSION => {
                let (id, waiting) = (answer.id, lock(&self.waiting).remove(&answer.id));
                if waiting.is_none_or(|waiting| waiting.send(answer).is_err()) {
                    count(&self.counters.late);
                    tracing::info!(question = %id, "an answer came too late, or to no question of this run: dropped");
                }
                return true;
            }
            Ok(answer) => format!("made for protocol version {}: update the agent", answer.v),
            Err(error) => error,
        };
        count(&self.counters.refused);
        tracing::warn!(because = refused, "an answer was refused");
        false
    }

    /// Hands the sealed question to the publisher.
    fn send(
        &self,
        id: Uuid,
        question: &NewQuestion,
        closed: &SubjectBox,
    ) -> Result<oneshot::Receiver<Answer>, RegisterWord> {
        if self.alone.borrow().is_some() {
            return Err(RegisterWord::UpstreamDown);
        }
        let sealed = Question {
            v: wire::VERSION,
            id,
            asked_at: Timestamp::now(),
            deadline_ms: u32::try_from(question.within.as_millis()).unwrap_or(u32::MAX),
            gate: question.gate.clone(),
            lane: question.lane.clone(),
            user: question.user.clone(),
            purpose: question.purpose.clone(),
            body: closed.clone(),
        };
        let body = serde_json::to_vec(&sealed).map_err(|_| RegisterWord::Refused)?;
        let message = wire::seal(&self.device, &body);
        if message.len() > MAX_MESSAGE_BYTES {
            tracing::warn!(question = %id, bytes = message.len(), "a question is too large to be sent");
            return Err(RegisterWord::Refused);
        }
        let (tell, answer) = oneshot::channel();
        lock(&self.waiting).insert(id, tell);
        self.queue.try_send(message).map_err(|_| RegisterWord::Quota)?;
        Ok(answer)
    }

    async fn wait(
        &self,
        id: Uuid,
        answer: oneshot::Receiver<Answer>,
        within: Duration,
    ) -> Result<Answer, RegisterWord> {
        let mut alone = self.alone.clone();
        tokio::select! {
            biased;
            answer = answer => answer.map_err(|_| RegisterWord::UpstreamDown),
            _ = alone.wait_for(Option::is_some) => Err(RegisterWord::UpstreamDown),
            () = tokio::time::sleep(within) => {
                tracing::info!(question = %id, within_ms = within.as_millis() as u64, "no answer in time");
                Err(RegisterWord::TooLate)
            }
        }
    }

    fn unanswered(&self, question: &NewQuestion, why: RegisterWord, closed: Option<&SubjectBox>) -> Asked {
        count(&self.counters.unanswered);
        let secret = lock(&self.secret).clone();
        let check = match (&question.body, closed, secret) {
            (QuestionBody::VerifyCitizen { .. }, Some(closed), Some(secret)) => Some(IdentityCheck {
                gate: question.gate.clone(),
                lane: question.lane.clone(),
                access: question.access,
                purpose: question.purpose.clone(),
                subject: closed.clone(),
                digest: shown(&secret, &question.body),
            }),
            _ => None,
        };
        Asked { answer: AnswerBody::Unavailable { why }, txn: None, check }
    }
}

/// The question's body for central's eyes.
fn close(secret: &AgentSecret, question: &NewQuestion) -> anyhow::Result<SubjectBox> {
    let plain = Zeroizing::new(serde_json::to_vec(&question.body)?);
    let mut nonce = [0; 24];
    File::open("/dev/urandom")?.read_exact(&mut nonce)?;
    Ok(secret.close(&question.purpose, nonce, &plain))
}

/// Knows a repeated question again, and tells nobody what was shown: a plain digest of a 12-digit number could be guessed.
fn shown(secret: &AgentSecret, body: &QuestionBody) -> Digest {
    let text = match body {
        QuestionBody::VerifyCitizen { number, name, birth } => format!("{number}|{name}|{birth}"),
        _ => String::new(),
    };
    let keyed = secret.digest(KeyKind::Card, &Zeroizing::new(text));
    Digest::of(keyed.to_string().as_bytes())
}

/// Where JSON went wrong; what stands there may be personal.
fn place(error: &serde_json::Error) -> String {
    format!("not an answer at line {} column {}", error.line(), error.column())
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every value is whole after every statement under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "ask_tests.rs"]
mod tests;
