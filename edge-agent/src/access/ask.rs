//! Questions to central while somebody stands at the gate: who is this, is this code good? With a deadline, and never kept.
//!
//! * Central away: the answer is `Unavailable` at once, nobody waits.
//! * An answer counts only if central signed it, it names a question that still waits, and it is in time. Every other one is
//!   dropped and counted.
//! * A citizen who could not be verified becomes an [`IdentityCheck`] ([`for_later`]), which the gate writes down and central works
//!   off later. A VNeID code or a ticket does not: it would mean nothing by then.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use uuid::Uuid;
use wire::gate::{
    AgentSecret, Answer, IdentityCheck, KeyKind, Question, QuestionBody, RegisterWord, SubjectBox,
};
use wire::{DeviceKey, Digest, MAX_MESSAGE_BYTES, Name, PublicKey, Sealed};
use zeroize::Zeroizing;

use super::{Answered, Ask, Request};

/// Questions that may wait for the connection: beyond that the gate is told at once that it gets no answer.
const QUEUE: usize = 32;

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
    ///
    /// # Errors
    /// Why there is no answer.
    pub async fn ask(&self, question: Request) -> Result<Answer, RegisterWord> {
        count(&self.counters.asked);
        let id = Uuid::now_v7();
        let answer = match self.send(id, &question) {
            Ok(answer) => self.wait(id, answer, question.deadline).await,
            Err(why) => Err(why),
        };
        lock(&self.waiting).remove(&id);
        count(if answer.is_ok() { &self.counters.answered } else { &self.counters.unanswered });
        answer
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
    fn send(&self, id: Uuid, question: &Request) -> Result<oneshot::Receiver<Answer>, RegisterWord> {
        if self.alone.borrow().is_some() {
            return Err(RegisterWord::UpstreamDown);
        }
        let secret = lock(&self.secret).clone().ok_or(RegisterWord::NotConfigured)?;
        let closed = close(&secret, &question.purpose, &question.body).map_err(|error| {
            tracing::error!(%error, "a question cannot be closed for central");
            RegisterWord::Refused
        })?;
        let sealed = Question {
            v: wire::VERSION,
            id,
            asked_at: Timestamp::now(),
            deadline_ms: u32::try_from(question.deadline.as_millis()).unwrap_or(u32::MAX),
            gate: question.gate.clone(),
            lane: question.lane.clone(),
            user: question.user.clone(),
            purpose: question.purpose.clone(),
            body: closed,
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
}

/// What is left for central to check later, when a question got no answer; `None` unless it is about a citizen.
pub fn for_later(
    secret: &AgentSecret,
    (gate, lane, access): (Name, Name, Uuid),
    purpose: &str,
    body: &QuestionBody,
) -> Option<IdentityCheck> {
    let QuestionBody::VerifyCitizen { number, name, birth } = body else { return None };
    let subject = close(secret, purpose, body)
        .inspect_err(|error| tracing::error!(%error, "an identity cannot be closed for central"))
        .ok()?;
    // Knows a repeated question again, and tells nobody what was shown: a plain digest of a 12-digit number could be guessed.
    let shown = Zeroizing::new(format!("{number}|{name}|{birth}"));
    let keyed = secret.digest(KeyKind::Card, &shown);
    let digest = Digest::of(keyed.to_string().as_bytes());
    Some(IdentityCheck { gate, lane, access, purpose: purpose.to_owned(), subject, digest })
}

/// A question's body for central's eyes.
fn close(secret: &AgentSecret, purpose: &str, body: &QuestionBody) -> anyhow::Result<SubjectBox> {
    let plain = Zeroizing::new(serde_json::to_vec(body)?);
    let mut nonce = [0; 24];
    File::open("/dev/urandom")?.read_exact(&mut nonce)?;
    Ok(secret.close(purpose, nonce, &plain))
}

/// Lets gates ask without waiting.
pub struct Carrier {
    asker: Arc<Asker>,
    runtime: Handle,
}

impl Carrier {
    /// Questions wait in tasks of `runtime`.
    pub fn new(asker: Arc<Asker>, runtime: Handle) -> Self {
        Self { asker, runtime }
    }
}

impl Ask for Carrier {
    fn ask(&self, request: Request, answered: Answered) {
        let asker = self.asker.clone();
        self.runtime.spawn(async move {
            let answer = asker.ask(request).await;
            // What the gate does with it may wait for the disk.
            let told = tokio::task::spawn_blocking(move || answered(answer.ok())).await;
            if told.is_err() {
                tracing::error!("a gate panicked over an answer");
            }
        });
    }
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
