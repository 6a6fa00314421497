//! What the services remember while they run.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::callback::Callbacks;
use super::csgt::Posting;
use super::dvcqg::Order;
use super::idempotency::Answers;
use super::licence::Licence;
use super::post::Letter;
use super::vneid::{Message, TokenRow};
use super::warnings::Warning;
use crate::config::{Behaviour, Client, Config, Service};
use crate::world::{TokenState, World};

/// Calls that are remembered; older ones are forgotten.
const CALL_LOG_ROWS: usize = 10_000;

/// Shared by all handlers.
#[derive(Debug)]
pub struct Shared {
    pub config: Config,
    pub world: World,
    pub secrets: BTreeMap<String, String>,
    pub behaviour: Mutex<BTreeMap<Service, Behaviour>>,
    pub quotas: Mutex<BTreeMap<(Service, String), (i64, u32)>>,
    pub calls: CallLog,
    pub answers: Answers,
    pub callbacks: Callbacks,
    pub tokens: Mutex<BTreeMap<String, TokenRow>>,
    pub messages: Mutex<BTreeMap<String, Message>>,
    pub orders: Mutex<BTreeMap<String, Order>>,
    /// Licences that differ from how everybody's begins, by identity number.
    pub licences: Mutex<BTreeMap<String, Licence>>,
    /// Warnings that hold, by service and the caller's reference.
    pub warnings: Mutex<BTreeMap<(Service, String), Warning>>,
    /// Registered letters, by item code.
    pub letters: Mutex<BTreeMap<String, Letter>>,
    /// What is posted on the public site, by the caller's reference and paper.
    pub postings: Mutex<BTreeMap<(String, String), Posting>>,
    /// Whose face a picture shows, by the picture's SHA-256.
    pub faces: Mutex<BTreeMap<String, String>>,
}

impl Shared {
    pub fn new(
        config: Config,
        world: World,
        secrets: BTreeMap<String, String>,
        stop: CancellationToken,
    ) -> Result<Self, reqwest::Error> {
        let tokens = world.tokens.iter().map(|(token, t)| {
            let expires = (t.state == TokenState::Expired).then_some(Timestamp::UNIX_EPOCH);
            let row = TokenRow {
                id_number: t.id_number.clone(),
                level: t.level,
                used: t.state == TokenState::Used,
                expires,
            };
            (token.clone(), row)
        });
        Ok(Self {
            tokens: Mutex::new(tokens.collect()),
            behaviour: Mutex::new(config.services.clone()),
            callbacks: Callbacks::new(&config, stop)?,
            quotas: Mutex::default(),
            calls: CallLog::default(),
            answers: Answers::default(),
            messages: Mutex::default(),
            orders: Mutex::default(),
            licences: Mutex::default(),
            warnings: Mutex::default(),
            letters: Mutex::default(),
            postings: Mutex::default(),
            faces: Mutex::default(),
            config,
            world,
            secrets,
        })
    }

    pub fn client(&self, id: &str) -> Option<&Client> {
        self.config.clients.iter().find(|c| c.id == id)
    }

    pub fn behaviour(&self, service: Service) -> Behaviour {
        lock(&self.behaviour).get(&service).copied().unwrap_or_default()
    }
}

/// Locks. The maps here are whole after every statement, so a panic elsewhere while holding the lock does no harm.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One call as it is logged: who, why and how it ended, not what was asked.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRecord {
    /// When it came.
    pub at: Timestamp,
    /// Which service.
    pub service: Service,
    /// Path.
    pub path: String,
    /// `X-Client-Id` as sent.
    pub client_id: Option<String>,
    /// `X-Unit-Code` as sent.
    pub unit_code: Option<String>,
    /// `X-Officer-Id` as sent.
    pub officer_id: Option<String>,
    /// `X-Purpose-Code` as sent.
    pub purpose_code: Option<String>,
    /// `X-Correlation-Id` as sent.
    pub correlation_id: Option<String>,
    /// Number of the transaction, also in the answer.
    pub txn_id: String,
    /// HTTP status.
    pub status: u16,
    /// Time taken, milliseconds.
    pub took_ms: u64,
    /// The answer was a repetition for an idempotency key.
    pub replayed: bool,
}

/// The latest calls, bounded.
#[derive(Debug, Default)]
pub struct CallLog(Mutex<VecDeque<CallRecord>>);

impl CallLog {
    pub fn push(&self, record: CallRecord) {
        let mut rows = lock(&self.0);
        if rows.len() == CALL_LOG_ROWS {
            rows.pop_back();
        }
        rows.push_front(record);
    }

    /// Newest first.
    pub fn latest(&self, limit: usize) -> Vec<CallRecord> {
        lock(&self.0).iter().take(limit).cloned().collect()
    }
}
