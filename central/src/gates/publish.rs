//! Publishes every agent's list: when something in it changed, at start, now and then so that an agent knows its list to be
//! fresh, and when an agent's heartbeat names an older one.
//!
//! A list is kept in the store before it is published: whatever an agent decides by it can be decided again. A version that is
//! made again with another content gets the next number, so that a version means one list and no other.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::time::Instant;
use wire::gate::{AgentSecret, GateList};
use wire::topic::{Leaf, Topic};
use wire::{Name, PublicKey};

use super::build::{self, Sources};
use super::document::Document;
use crate::app::State;
use crate::ingest::mqtt::Publisher;
use crate::notify::Change;
use crate::store::StoreError;
use crate::store::gates::{MadeList, PolicyRow};

/// Agents that wait to be sent their list again.
const ASKED: usize = 256;
/// An agent is not sent the same list again sooner.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why a site's lists were not made.
#[derive(Debug, Error)]
enum PublishError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the policy document of site {0} cannot be read: {1}")]
    Document(String, serde_json::Error),
    #[error("the list of site {0} cannot be written: {1}")]
    Json(String, serde_json::Error),
    #[error("the list of agent {site}/{agent} is wrong and was not published: {source}")]
    Wrong { site: String, agent: String, source: wire::gate::ListError },
    #[error(
        "the list of agent {site}/{agent} has {bytes} bytes, at most {limit} fit: end members that are no longer needed"
    )]
    TooLarge { site: String, agent: String, bytes: usize, limit: usize },
}

/// Where heartbeats say which list an agent has. Clones share one queue.
#[derive(Debug, Clone)]
pub struct Heard(mpsc::Sender<(Name, Name, u64)>);

impl Heard {
    /// An agent said which list it decides from. What the queue does not take is said again with the next heartbeat.
    pub fn list_in_use(&self, site: &Name, agent: &Name, version: u64) {
        let _ = self.0.try_send((site.clone(), agent.clone(), version));
    }
}

/// The queue of heartbeats, and its reading end for [`run`].
pub fn heard() -> (Heard, mpsc::Receiver<(Name, Name, u64)>) {
    let (sender, receiver) = mpsc::channel(ASKED);
    (Heard(sender), receiver)
}

/// What is known of what was published.
struct Desk {
    state: State,
    publisher: Publisher,
    /// Newest sealed list per agent: (version, message, when it was sent last).
    sent: HashMap<(Name, Name), Sent>,
    /// What lists depend on besides the site's version, when it was looked at last.
    seen: Option<Stamp>,
    versions: BTreeMap<String, u64>,
    refreshed: Instant,
}

struct Sent {
    version: u64,
    message: Vec<u8>,
    at: Option<Instant>,
}

#[derive(Clone, PartialEq)]
struct Stamp {
    watch: i64,
    users: (i64, i64),
    agents: Vec<(Name, Name, String)>,
}

/// Runs until central stops.
pub async fn run(state: State, publisher: Publisher, mut heard: mpsc::Receiver<(Name, Name, u64)>) {
    let mut look = tokio::time::interval(Duration::from_millis(state.config.gates.debounce_ms));
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut desk = Desk {
        publisher,
        sent: HashMap::new(),
        seen: None,
        versions: BTreeMap::new(),
        refreshed: Instant::now(),
        state: state.clone(),
    };
    loop {
        tokio::select! {
            () = state.stop.cancelled() => return,
            _ = look.tick() => {
                if let Err(error) = desk.look().await {
                    state.health.write_failed(crate::health::DATABASE, &error);
                }
            }
            Some((site, agent, version)) = heard.recv() => desk.again(&site, &agent, version),
        }
    }
}

impl Desk {
    /// Makes what has to be made, and sends what is not sent yet.
    async fn look(&mut self) -> Result<(), StoreError> {
        let store = &self.state.store;
        let keys = store.agent_keys().await?;
        let mut agents: Vec<(Name, Name, String)> = keys
            .iter()
            .filter(|(_, key)| !key.revoked)
            .map(|((site, agent), key)| (site.clone(), agent.clone(), key.key.fingerprint()))
            .collect();
        agents.sort();
        let stamp = Stamp { watch: store.lists_version().await?, users: store.users_stamp().await?, agents };
        let versions: BTreeMap<String, u64> = store.list_versions().await?.into_iter().collect();
        let refresh = self.refreshed.elapsed() >= Duration::from_secs(self.state.config.gates.refresh_s);
        let all = refresh || self.seen.as_ref() != Some(&stamp);
        if all || versions != self.versions {
            for policy in store.policies().await? {
                if !all && versions.get(&policy.site) == self.versions.get(&policy.site) {
                    continue;
                }
                if let Err(error) = self.make(&policy, &stamp, &keys).await {
                    match error {
                        PublishError::Store(error) => return Err(error),
                        other => tracing::error!(error = %other, "the lists of a site were not published"),
                    }
                }
            }
            // Making may have made versions newer; what others changed meanwhile is seen at the next look.
            self.versions = versions;
            self.seen = Some(stamp);
            if refresh {
                self.refreshed = Instant::now();
            }
        }
        self.send_waiting();
        Ok(())
    }

    /// Makes and keeps the lists of one site's agents.
    async fn make(
        &mut self,
        policy: &PolicyRow,
        stamp: &Stamp,
        keys: &HashMap<(Name, Name), crate::ingest::verify::AgentKey>,
    ) -> Result<(), PublishError> {
        let document: Document = serde_json::from_str(&policy.document)
            .map_err(|error| PublishError::Document(policy.site.clone(), error))?;
        let agents: Vec<(Name, PublicKey)> = stamp
            .agents
            .iter()
            .filter(|(site, ..)| site.as_str() == policy.site)
            .filter_map(|(site, agent, _)| {
                keys.get(&(site.clone(), agent.clone())).map(|key| (agent.clone(), key.key))
            })
            .collect();
        let Some(site) = stamp.agents.iter().map(|(site, ..)| site).find(|site| site.as_str() == policy.site)
        else {
            return Ok(());
        };
        let mut made = self.build(site, &document, &agents).await?;
        let before = self.state.store.newest_lists(&policy.site).await?;
        let differs = made.iter().any(|(list, key)| {
            before.iter().any(|row| {
                row.agent == list.agent.as_str()
                    && row.version == list.version as i64
                    && (row.key != key.fingerprint()
                        || Some(&row.content) != build::content(list).ok().as_ref())
            })
        });
        if differs {
            self.state.store.bump_list(&policy.site, Timestamp::now().as_millisecond()).await?;
            made = self.build(site, &document, &agents).await?;
        }
        for (list, key) in made {
            self.keep(site, list, &key, &before).await?;
        }
        self.state.hub.send(Change::Lists { site: policy.site.clone() });
        Ok(())
    }

    async fn build(
        &self,
        site: &Name,
        document: &Document,
        agents: &[(Name, PublicKey)],
    ) -> Result<Vec<(GateList, PublicKey)>, StoreError> {
        let (store, config) = (&self.state.store, &self.state.config.gates);
        let version = store
            .list_versions()
            .await?
            .into_iter()
            .find_map(|(name, version)| (name == site.as_str()).then_some(version))
            .unwrap_or(1);
        let groups = store.groups(site.as_str()).await?;
        let members = store.gate_entries(&self.state.data_key, site.as_str()).await?;
        let watch = store.watch_entries().await?;
        let guards = store.guards(site.as_str()).await?;
        let sources = Sources {
            site,
            document,
            version,
            made_at: Timestamp::now(),
            groups: &groups,
            members: &members,
            watch: &watch,
            watch_least: config.watch_least_priority,
            guards: &guards,
        };
        let mut made = Vec::with_capacity(agents.len());
        for (agent, key) in agents {
            let secret = AgentSecret::agree(&self.state.key, key);
            let built = build::build(&sources, agent, &secret);
            for (member, why) in &built.left_out {
                tracing::warn!(%site, member, why, "a member is not in the list");
            }
            made.push((built.list, *key));
        }
        Ok(made)
    }

    async fn keep(
        &mut self,
        site: &Name,
        list: GateList,
        key: &PublicKey,
        before: &[MadeList],
    ) -> Result<(), PublishError> {
        let (site_name, agent) = (site.to_string(), list.agent.to_string());
        list.check().map_err(|source| PublishError::Wrong {
            site: site_name.clone(),
            agent: agent.clone(),
            source,
        })?;
        let json = |error| PublishError::Json(site_name.clone(), error);
        let content = build::content(&list).map_err(json)?;
        let body = serde_json::to_string(&list).map_err(json)?;
        let message = wire::seal(&self.state.key, body.as_bytes());
        if message.len() > wire::MAX_LIST_BYTES {
            return Err(PublishError::TooLarge {
                site: site_name,
                agent,
                bytes: message.len(),
                limit: wire::MAX_LIST_BYTES,
            });
        }
        let version = list.version as i64;
        let known =
            before.iter().any(|row| row.agent == agent && row.version == version && row.content == content);
        if !known {
            let made = MadeList {
                site: site_name,
                agent,
                version,
                made_at_ms: list.made_at.as_millisecond(),
                key: key.fingerprint(),
                content,
            };
            self.state.store.keep_list(&made, &body).await?;
            tracing::info!(
                site = made.site,
                agent = made.agent,
                version,
                entries = list.entries.len(),
                "gate list made"
            );
        }
        let sent = Sent { version: list.version, message, at: None };
        self.sent.insert((site.clone(), list.agent), sent);
        Ok(())
    }

    /// Sends everything that has not been sent; what the queue does not take waits for the next look.
    fn send_waiting(&mut self) {
        for ((site, agent), sent) in &mut self.sent {
            if sent.at.is_none() {
                let topic = Topic { site: site.clone(), agent: agent.clone(), leaf: Leaf::List };
                if self.publisher.send_retained(&topic, sent.message.clone()) {
                    sent.at = Some(Instant::now());
                }
            }
        }
    }

    /// An agent names the list that it has: an older one, or none, is sent the newest again.
    fn again(&mut self, site: &Name, agent: &Name, version: u64) {
        if let Some(sent) = self.sent.get_mut(&(site.clone(), agent.clone()))
            && version < sent.version
            && sent.at.is_some_and(|at| at.elapsed() >= PATIENCE)
        {
            tracing::info!(%site, %agent, version, newest = sent.version, "the agent has an older list: it is sent again");
            sent.at = None;
            self.send_waiting();
        }
    }
}
