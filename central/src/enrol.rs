//! Enrolment: a technician reads a one-time code from central and types it into a device; from then on central knows the
//! device's key. The code is kept until it is used up or its time is over, because the proof needs it, and is then erased.

use jiff::Timestamp;
use thiserror::Error;
use uuid::Uuid;
use wire::topic::{Leaf, Topic};
use wire::{EnrolReply, EnrolRequest, Name};

use crate::app::State;
use crate::config::Config;
use crate::ingest::Arrival;
use crate::ingest::mqtt::Publisher;
use crate::store::{Store, StoreError};

/// Characters of codes: no vowels, and nothing that looks like something else.
const ALPHABET: &[u8; 28] = b"BCDFGHJKLMNPQRSTVWXYZ3456789";
/// Characters of a code: 28^12 is about 58 bits, and each try needs a round trip.
const LENGTH: usize = 12;

/// Why there is no code.
#[derive(Debug, Error)]
pub enum CodeError {
    /// No such site.
    #[error("there is no site {0}: load sites first (central seed), or check the spelling")]
    UnknownSite(Name),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A new code.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// As it is read aloud and typed: `BCDF-GHJK-LMNP`.
    pub code: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// Why a key was not withdrawn.
#[derive(Debug, Error)]
pub enum RevokeError {
    /// No such agent.
    #[error("no agent {agent} is enrolled at site {site}: check the spelling")]
    UnknownAgent {
        /// The site.
        site: Name,
        /// The agent.
        agent: Name,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Withdraws an agent's key and its codes; doing it again changes nothing. What it sends from then on is refused.
pub async fn revoke(store: &Store, site: &Name, agent: &Name, by: &str) -> Result<(), RevokeError> {
    let now_ms = Timestamp::now().as_millisecond();
    if store.revoke(site.as_str(), agent.as_str(), by, now_ms).await? {
        return Ok(());
    }
    Err(RevokeError::UnknownAgent { site: site.clone(), agent: agent.clone() })
}

/// Makes a code for one agent. Its earlier ones end.
pub async fn new_code(
    store: &Store,
    config: &Config,
    site: &Name,
    agent: &Name,
    created_by: &str,
) -> Result<NewCode, CodeError> {
    if !store.has_site(site.as_str()).await? {
        return Err(CodeError::UnknownSite(site.clone()));
    }
    let code = random_code();
    let now_ms = Timestamp::now().as_millisecond();
    let expires_at_ms = now_ms + i64::from(config.rules.enrolment_minutes) * 60_000;
    let code_id = Uuid::now_v7().to_string();
    store.add_code(&code_id, site.as_str(), agent.as_str(), &code, created_by, now_ms, expires_at_ms).await?;
    Ok(NewCode { code, expires_at: Timestamp::from_millisecond(expires_at_ms).unwrap_or(Timestamp::MAX) })
}

fn random_code() -> String {
    let mut code = String::with_capacity(LENGTH + 2);
    for at in 0..LENGTH {
        if at > 0 && at % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[rand::random_range(0..ALPHABET.len())]));
    }
    code
}

/// Answers an enrolment request.
/// Only what the protocol allows is read; the reply goes to the topic's own agent.
pub async fn answer(
    state: &State,
    topic: &Topic,
    arrival: &Arrival,
    publisher: &Publisher,
) -> Result<(), StoreError> {
    let request: EnrolRequest = match serde_json::from_slice(&arrival.payload) {
        Ok(request) => request,
        Err(error) => {
            tracing::warn!(site = %topic.site, agent = %topic.agent, %error, "enrolment request cannot be read");
            return Ok(());
        }
    };
    let reply = decide(state, topic, &request, arrival.received_at).await?;
    let to = Topic { leaf: Leaf::Enrolled, ..topic.clone() };
    match serde_json::to_vec(&reply).map(|bytes| publisher.send(&to, bytes)) {
        Ok(true) => {}
        Ok(false) => {
            tracing::warn!(site = %topic.site, agent = %topic.agent, "enrolment reply dropped: the queue to the broker is full")
        }
        Err(error) => tracing::error!(%error, "enrolment reply cannot be written"),
    }
    Ok(())
}

async fn decide(
    state: &State,
    topic: &Topic,
    request: &EnrolRequest,
    now: Timestamp,
) -> Result<EnrolReply, StoreError> {
    let refuse = |reason: &str| {
        tracing::warn!(site = %topic.site, agent = %topic.agent, reason, "enrolment refused");
        Ok(EnrolReply::refused(request, reason))
    };
    if request.v != wire::VERSION {
        return refuse(
            "the request has another protocol version than central: bring both to the same release",
        );
    }
    if (&request.site, &request.agent) != (&topic.site, &topic.agent) {
        return refuse("the request names another site or agent than its topic");
    }
    let (site, agent) = (topic.site.as_str(), topic.agent.as_str());
    let now_ms = now.as_millisecond();
    let codes = state.store.usable_codes(site, agent, &request.public_key, now_ms).await?;
    let fitting = codes.iter().find_map(|row| {
        let code = row.code.as_deref()?;
        request.check(code).ok().map(|()| (row, code))
    });
    let Some((row, code)) = fitting else {
        return refuse("the code is wrong, used or expired: ask central for a new one");
    };
    if !state.store.enrol(&row.code_id, site, agent, &request.public_key, now_ms).await? {
        return refuse("the code was just used or withdrawn: ask central for a new one");
    }
    tracing::info!(%site, %agent, key = request.public_key.fingerprint(), "agent enrolled");
    state.hub.send(crate::notify::Change::Agent { site: site.to_owned(), agent: agent.to_owned() });
    Ok(EnrolReply::enrolled(request, state.key.public(), code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_easy_to_read_and_do_not_repeat() {
        let codes: std::collections::HashSet<_> = (0..1000).map(|_| random_code()).collect();
        assert_eq!(codes.len(), 1000);
        assert!(codes.iter().all(|code| code.len() == 14 && !code.contains(['0', 'O', '1', 'I', 'A', '2'])));
    }
}
