//! The list that this agent decides from: taken from central, kept on disk, checked again at every start.
//!
//! `state_dir/gate-list.sealed` holds the message exactly as central sealed it. What always holds:
//! * A list is used only if central's key signed it, it is for this agent, and everything that it names is in it.
//! * A list never gives way to an older one of the same central. Another central (the agent was enrolled anew) starts over.
//! * A file that cannot be used is set aside as `gate-list.damaged`, and the agent waits for central's.
//! * Whatever is refused is counted, with the reason, for the heartbeat.

use std::cmp::Ordering;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use thiserror::Error;
use tokio::sync::watch;
use wire::gate::{AgentSecret, GateIndex, GateList, ListError};
use wire::{DeviceKey, MAX_LIST_BYTES, Name, PublicKey, SealError, Sealed};

use crate::durable;

/// Name of the file in the state folder.
pub const FILE: &str = "gate-list.sealed";

/// Why a list was not taken. The one in use stays.
#[derive(Debug, Error)]
pub enum ListRefused {
    /// Too large, no sealed message, or not signed by central.
    #[error("gate list refused: {0}")]
    Seal(#[from] SealError),
    /// Signed, and not usable here.
    #[error(transparent)]
    List(#[from] ListError),
    /// Older than the one in use.
    #[error("gate list version {version} of {made_at} is older than version {in_use}, which is in use")]
    Older {
        /// Its version.
        version: u64,
        /// When it was made.
        made_at: Timestamp,
        /// Version of the list in use.
        in_use: u64,
    },
}

/// What became of a list that was good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is in use now.
    InUse,
    /// It was in use already: the broker repeats what it keeps.
    Unchanged,
}

/// The list in use, ready to decide from.
#[derive(Debug, Clone)]
pub struct ListInUse {
    /// The list with its look-ups.
    pub index: Arc<GateIndex>,
    /// What its digests were made with.
    pub secret: Arc<AgentSecret>,
}

/// Lists that were refused since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusals {
    /// How many.
    pub count: u64,
    /// Why the last one was.
    pub because: Option<String>,
}

/// Keeper of the list. Shared by the publisher, which feeds it, and whoever decides.
#[derive(Debug)]
pub struct Lists {
    path: PathBuf,
    site: Name,
    agent: Name,
    device: DeviceKey,
    /// Central that sealed the list in use.
    sealed_by: Mutex<Option<PublicKey>>,
    refusals: Mutex<Refusals>,
    in_use: watch::Sender<Option<ListInUse>>,
}

impl Lists {
    /// Opens the list kept in `folder`, if there is one that `central` sealed. Never fails: without a list the agent waits for one.
    pub fn open(
        folder: &Path,
        (site, agent): (Name, Name),
        device: DeviceKey,
        central: Option<PublicKey>,
    ) -> Self {
        let lists = Self {
            path: folder.join(FILE),
            site,
            agent,
            device,
            sealed_by: Mutex::default(),
            refusals: Mutex::default(),
            in_use: watch::channel(None).0,
        };
        lists.load(central);
        lists
    }

    /// The list in use, and every later one.
    pub fn in_use(&self) -> watch::Receiver<Option<ListInUse>> {
        self.in_use.subscribe()
    }

    /// The list in use now.
    pub fn current(&self) -> Option<ListInUse> {
        self.in_use.borrow().clone()
    }

    /// What was refused since the start.
    pub fn refusals(&self) -> Refusals {
        lock(&self.refusals).clone()
    }

    /// Takes a message of the list topic.
    ///
    /// # Errors
    /// [`ListRefused`], counted and logged already.
    pub fn take(&self, message: &[u8], central: &PublicKey) -> Result<Taken, ListRefused> {
        let taken = self.check(message, central).and_then(|list| match self.compare(&list, central)? {
            Taken::Unchanged => Ok(Taken::Unchanged),
            Taken::InUse => {
                self.keep(message, list.version);
                self.put_in_use(list, central);
                Ok(Taken::InUse)
            }
        });
        taken.inspect_err(|error| self.refuse(error))
    }

    fn load(&self, central: Option<PublicKey>) {
        let message = match std::fs::read(&self.path) {
            Ok(message) => message,
            Err(error) if error.kind() == ErrorKind::NotFound => return,
            Err(error) => {
                tracing::error!(path = %self.path.display(), %error, "the kept gate list cannot be read: gates wait for central's");
                return;
            }
        };
        let Some(central) = central else {
            tracing::warn!("a gate list is kept, but this agent is not enrolled: it is not used");
            return;
        };
        match self.check(&message, &central) {
            Ok(list) => self.put_in_use(list, &central),
            Err(error) => {
                self.refuse(&error);
                self.set_aside();
            }
        }
    }

    /// The list, if central signed it for this agent and it is whole.
    fn check(&self, message: &[u8], central: &PublicKey) -> Result<GateList, ListRefused> {
        let body = Sealed::parse(message, MAX_LIST_BYTES)?.verify(central)?;
        Ok(GateList::open(body, &self.site, &self.agent)?)
    }

    fn compare(&self, list: &GateList, central: &PublicKey) -> Result<Taken, ListRefused> {
        let in_use = self.in_use.borrow();
        let Some(current) = in_use.as_ref().map(|in_use| in_use.index.list()) else {
            return Ok(Taken::InUse);
        };
        if *lock(&self.sealed_by) != Some(*central) {
            return Ok(Taken::InUse);
        }
        // Central may make the same version again, to say that it still holds: then its age starts over.
        let made = |list: &GateList| (list.version, list.made_at);
        match made(list).cmp(&made(current)) {
            Ordering::Greater => Ok(Taken::InUse),
            Ordering::Equal => Ok(Taken::Unchanged),
            Ordering::Less => Err(ListRefused::Older {
                version: list.version,
                made_at: list.made_at,
                in_use: current.version,
            }),
        }
    }

    /// A disk that refuses costs the list at the next start only; central keeps it for the agent all the same.
    fn keep(&self, message: &[u8], version: u64) {
        if let Err(error) = durable::write(&self.path, message, 0o600) {
            tracing::error!(path = %self.path.display(), version, %error, "the gate list cannot be kept on disk: it is used, and lost at a restart");
        }
    }

    fn put_in_use(&self, list: GateList, central: &PublicKey) {
        tracing::info!(version = list.version, made_at = %list.made_at, entries = list.entries.len(), "gate list in use");
        *lock(&self.sealed_by) = Some(*central);
        let secret = Arc::new(AgentSecret::agree(&self.device, central));
        self.in_use.send_replace(Some(ListInUse { index: Arc::new(GateIndex::new(list)), secret }));
    }

    fn refuse(&self, error: &ListRefused) {
        let mut refusals = lock(&self.refusals);
        refusals.count += 1;
        // What a parser quotes may be a plate: central and the log learn the place of the fault only.
        let because = match error {
            ListRefused::List(ListError::Malformed(said)) => {
                let place = said.rfind(" at line ").map_or("", |at| &said[at..]);
                format!("not a gate list{place}")
            }
            other => other.to_string(),
        };
        tracing::warn!(because, refused = refusals.count, "a gate list was refused; the one in use stays");
        refusals.because = Some(because);
    }

    fn set_aside(&self) {
        let aside = self.path.with_extension("damaged");
        let moved = std::fs::rename(&self.path, &aside).and_then(|()| durable::sync_folder_of(&self.path));
        match moved {
            Ok(()) => {
                tracing::error!(aside = %aside.display(), "the kept gate list is unusable and was set aside: gates wait for central's")
            }
            Err(error) => {
                tracing::error!(path = %self.path.display(), %error, "the kept gate list is unusable and cannot be set aside")
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every value is whole after every statement under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
