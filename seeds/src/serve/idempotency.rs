//! Answers kept by idempotency key, so that a repeated call is answered again and not done again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use axum::body::Bytes;
use axum::http::StatusCode;

use super::refusal::Refusal;
use super::state::lock;

/// Keys that are remembered; the oldest is forgotten first.
const KEPT: usize = 10_000;

/// Who asked what under which key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub client_id: String,
    pub path: String,
    pub key: String,
}

#[derive(Debug, Clone)]
enum State {
    Running,
    Done(StatusCode, Bytes),
}

#[derive(Debug, Default)]
struct Table {
    /// By key: hash of the body, and how far it is.
    rows: BTreeMap<Key, (String, State)>,
    order: VecDeque<Key>,
}

/// All remembered answers.
#[derive(Debug, Default)]
pub struct Answers(Mutex<Table>);

/// What to do with a call that carries a key.
#[derive(Debug)]
pub enum Begin<'a> {
    /// Do it, then say how it ended.
    Fresh(Claim<'a>),
    /// Answer so.
    Replay(StatusCode, Bytes),
}

/// A key that is being worked on. Dropped without an end (the caller hung up), the key is free again.
#[derive(Debug)]
pub struct Claim<'a> {
    answers: &'a Answers,
    key: Option<Key>,
}

impl Answers {
    /// Claims the key.
    pub fn begin(&self, key: Key, body_hash: &str) -> Result<Begin<'_>, Refusal> {
        let mut table = lock(&self.0);
        match table.rows.get(&key) {
            Some((hash, _)) if hash != body_hash => {
                Err(Refusal::bad("Idempotency-Key was used before with another body"))
            }
            Some((_, State::Running)) => Err(Refusal::InProgress),
            Some((_, State::Done(status, body))) => Ok(Begin::Replay(*status, body.clone())),
            None => {
                table.rows.insert(key.clone(), (body_hash.to_owned(), State::Running));
                table.order.push_back(key.clone());
                if table.order.len() > KEPT
                    && let Some(oldest) = table.order.pop_front()
                {
                    table.rows.remove(&oldest);
                }
                Ok(Begin::Fresh(Claim { answers: self, key: Some(key) }))
            }
        }
    }
}

impl Claim<'_> {
    /// Keeps a success; after a failure the key is free again, so that the call can be repeated.
    pub fn end(mut self, status: StatusCode, body: &Bytes) {
        if !status.is_success() {
            return;
        }
        let mut table = lock(&self.answers.0);
        if let Some((_, state)) = self.key.take().and_then(|key| table.rows.get_mut(&key)) {
            *state = State::Done(status, body.clone());
        }
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            let mut table = lock(&self.answers.0);
            table.rows.remove(&key);
            table.order.retain(|k| *k != key);
        }
    }
}
