//! Questions to central while somebody stands at a lane.

use std::time::Duration;

use wire::Name;
use wire::gate::{Answer, QuestionBody};

/// A question before it is closed and sealed.
#[derive(Debug, Clone)]
pub struct Request {
    /// Gate.
    pub gate: Name,
    /// Lane.
    pub lane: Name,
    /// Guard on duty, if one is known.
    pub user: Option<String>,
    /// Purpose code of the look-up: `GATE_CONTROL`.
    pub purpose: String,
    /// What is asked. Personal data: closed before it leaves, never logged.
    pub body: QuestionBody,
    /// How long an answer is of use.
    pub deadline: Duration,
}

/// Takes the answer, or `None` when there was none in time: what is then left for central is [`for_later`](super::ask::for_later).
/// Called exactly once, from any thread.
pub type Answered = Box<dyn FnOnce(Option<Answer>) + Send>;

/// Who carries questions to central.
pub trait Ask: Send + Sync {
    /// Asks without waiting. `answered` is called with the answer, or with `None` at the deadline or at once if nobody can be asked.
    fn ask(&self, request: Request, answered: Answered);
}

/// Nobody: every question stays without an answer.
#[derive(Debug, Clone, Copy)]
pub struct NobodyToAsk;

impl Ask for NobodyToAsk {
    fn ask(&self, _: Request, answered: Answered) {
        answered(None);
    }
}
