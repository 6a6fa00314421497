//! Questions to agents that change nothing: sealed, with a deadline, answered by id. Kept in memory: whoever asked waits for it.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
use tokio::sync::oneshot;
use uuid::Uuid;
use wire::Name;
use wire::scene::{Task, TaskResult, TaskWhat};
use wire::topic::{Leaf, Topic};

use super::{Scenes, lock};
use crate::app::State;
use crate::ingest::Arrival;
use crate::ingest::verify::{self, AgentKey};

/// An agent's clock may differ by so much before it takes a task for too late.
const CLOCKS: Duration = Duration::from_secs(60);
/// Tasks that wait for an answer at once.
const MOST: usize = 32;

/// Why there is no answer.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum TaskError {
    /// Central has no connection to the broker just now.
    #[error("central is not connected to the broker: try again in a moment")]
    NotSent,
    /// Too many people ask at once.
    #[error("too many questions to agents at once: try again in a moment")]
    Busy,
    /// Nothing came in time.
    #[error("the agent did not answer in time: see whether it is online")]
    Silent,
}

/// Tasks that wait for their answers.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<HashMap<Uuid, Asked>>);

#[derive(Debug)]
struct Asked {
    site: Name,
    agent: Name,
    answer: oneshot::Sender<TaskResult>,
}

/// Forgets a task, however its asker ended: a browser that goes away drops its request.
struct Forget<'a>(&'a Scenes, Uuid);

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        lock(&self.0.0.tasks.0).remove(&self.1);
    }
}

/// Asks an agent, and waits for its answer for `patience` at most.
///
/// # Errors
/// [`TaskError`]: says what to do.
pub async fn ask(
    state: &State,
    (site, agent): (Name, Name),
    what: TaskWhat,
    patience: Duration,
) -> Result<TaskResult, TaskError> {
    let scenes = &state.scenes;
    let publisher = scenes.0.publisher.get().ok_or(TaskError::NotSent)?;
    let until = SignedDuration::try_from(patience + CLOCKS).unwrap_or_default();
    let task = Task {
        v: wire::VERSION,
        id: Uuid::now_v7(),
        site: site.clone(),
        agent: agent.clone(),
        deadline: Timestamp::now().checked_add(until).unwrap_or(Timestamp::MAX),
        what,
    };
    let body = serde_json::to_vec(&task).map_err(|error| {
        tracing::error!(%error, "a task cannot be written");
        TaskError::NotSent
    })?;
    let (answer, answered) = oneshot::channel();
    {
        let mut waiting = lock(&scenes.0.tasks.0);
        if waiting.len() >= MOST {
            return Err(TaskError::Busy);
        }
        waiting.insert(task.id, Asked { site: site.clone(), agent: agent.clone(), answer });
    }
    let _forget = Forget(scenes, task.id);
    let topic = Topic { site, agent, leaf: Leaf::Task };
    if !publisher.send(&topic, wire::seal(&state.key, &body)) {
        return Err(TaskError::NotSent);
    }
    match tokio::time::timeout(patience, answered).await {
        Ok(Ok(result)) => Ok(result),
        _ => Err(TaskError::Silent),
    }
}

impl Scenes {
    /// An agent answered. Only what the agent signed that was asked counts; the rest is logged and forgotten.
    pub fn answered(&self, topic: &Topic, arrival: &Arrival, key: Option<AgentKey>) {
        let result = match verify::task_result(arrival, key) {
            Ok(result) => result,
            Err(refusal) => {
                let (site, agent, code) = (&topic.site, &topic.agent, refusal.code.as_str());
                tracing::warn!(%site, %agent, code, "the result of a task was not believed");
                return;
            }
        };
        let mut waiting = lock(&self.0.tasks.0);
        match waiting.remove(&result.id) {
            Some(asked) if (&asked.site, &asked.agent) == (&topic.site, &topic.agent) => {
                // Whoever asked may have gone.
                let _ = asked.answer.send(result);
            }
            Some(asked) => {
                tracing::warn!(site = %topic.site, agent = %topic.agent, "an agent answered another's task: ignored");
                waiting.insert(result.id, asked);
            }
            None => tracing::debug!(task = %result.id, "an answer came too late"),
        }
    }
}
