//! Who is signed in. In memory only: after a restart of the agent everybody signs in again.
//!
//! A session is as good as its account in the list in use: when the list drops the account, or gives it another PIN, the session is
//! over. Only the SHA-256 of the cookie is kept.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use wire::gate::{GateList, GuardAccount};
use wire::{Digest, Name};

/// Sessions at the same time; the oldest goes first.
const MOST: usize = 256;

/// The account behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// User name.
    pub user: String,
    /// Name on the screen.
    pub name: String,
    /// May open in an emergency, correct counts and forgive anti-passback.
    pub supervisor: bool,
    /// Gates; all if empty.
    pub gates: Vec<Name>,
    /// Signed in since.
    pub since: Timestamp,
    /// The session.
    pub session: Digest,
}

impl Guard {
    /// Whether the account works at a gate.
    pub fn works_at(&self, gate: &Name) -> bool {
        self.gates.is_empty() || self.gates.contains(gate)
    }
}

#[derive(Debug)]
struct Session {
    user: String,
    /// Of the PIN's hash, so that a new PIN ends the session.
    pin: Digest,
    since: Timestamp,
    ends: Instant,
}

/// All sessions.
#[derive(Debug)]
pub struct Sessions {
    lasts: Duration,
    open: Mutex<HashMap<Digest, Session>>,
}

impl Sessions {
    /// Sessions that end after `lasts`.
    pub fn new(lasts: Duration) -> Self {
        Self { lasts, open: Mutex::default() }
    }

    /// How long one lasts.
    pub fn lasts(&self) -> Duration {
        self.lasts
    }

    /// Signs an account in. Returns the cookie's value.
    pub fn begin(&self, account: &GuardAccount, now: (Instant, Timestamp)) -> String {
        let bytes: [u8; 32] = rand::random();
        let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut open = self.lock();
        open.retain(|_, session| session.ends > now.0);
        while open.len() >= MOST {
            let oldest = open.iter().min_by_key(|(_, session)| session.ends).map(|(id, _)| *id);
            oldest.and_then(|oldest| open.remove(&oldest));
        }
        let session = Session {
            user: account.user.clone(),
            pin: Digest::of(account.pin_hash.as_bytes()),
            since: now.1,
            ends: now.0 + self.lasts,
        };
        open.insert(Digest::of(token.as_bytes()), session);
        token
    }

    /// The guard of a cookie, if the session lives and `list` still has the account.
    pub fn guard(&self, token: &str, list: &GateList, now: Instant) -> Option<Guard> {
        self.guard_of(Digest::of(token.as_bytes()), list, now)
    }

    /// The same by the session's id.
    pub fn guard_of(&self, id: Digest, list: &GateList, now: Instant) -> Option<Guard> {
        let mut open = self.lock();
        let session = open.get(&id)?;
        let account = list.guards.iter().find(|account| account.user == session.user);
        let holds = |account: &&GuardAccount| Digest::of(account.pin_hash.as_bytes()) == session.pin;
        match account.filter(holds) {
            Some(account) if session.ends > now => Some(Guard {
                user: account.user.clone(),
                name: account.name.clone(),
                supervisor: account.supervisor,
                gates: account.gates.clone(),
                since: session.since,
                session: id,
            }),
            _ => {
                open.remove(&id);
                None
            }
        }
    }

    /// Signs out.
    pub fn end(&self, id: Digest) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Digest, Session>> {
        // The map is whole after every statement.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
