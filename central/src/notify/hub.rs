//! The live hub: tells viewers that something was committed, never what. A viewer reads the rows itself, so one that lags
//! behind the bounded channel loses nothing: it reads again from the feed id it stands at.

use tokio::sync::broadcast;

/// Changes that wait for a slow viewer before it is told that it lags.
const CAPACITY: usize = 256;

/// Something that viewers may want to read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Rows of the feed up to this id are committed: passages, alerts, decisions at gates.
    Feed(i64),
    /// A camera's state or picture.
    Camera {
        /// Its site.
        site: String,
        /// Its name.
        camera: String,
    },
    /// An agent's state.
    Agent {
        /// Its site.
        site: String,
        /// Its name.
        agent: String,
    },
    /// Lists of a site's gates were made anew.
    Lists {
        /// The site.
        site: String,
    },
    /// A case of a violation was opened or went on.
    Case {
        /// Its site.
        site: String,
        /// Its id.
        id: String,
    },
    /// Who is inside a site's areas.
    Inside {
        /// The site.
        site: String,
    },
    /// Numbers of a site.
    Counts {
        /// The site.
        site: String,
    },
}

/// The sending side; clones share one channel.
#[derive(Debug, Clone)]
pub struct Hub(broadcast::Sender<Change>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::channel(CAPACITY).0)
    }
}

impl Hub {
    /// Tells everybody who listens; nobody listening is fine.
    pub fn send(&self, change: Change) {
        // An error only means that there is no viewer.
        let _ = self.0.send(change);
    }

    /// Listens from now on. `Lagged` means: read everything again.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }

    /// Viewers that listen now.
    pub fn viewers(&self) -> usize {
        self.0.receiver_count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lagging_viewer_is_told_and_nobody_waits_for_it() {
        let hub = Hub::default();
        let mut slow = hub.subscribe();
        for id in 0..(CAPACITY as i64 + 10) {
            hub.send(Change::Feed(id));
        }
        assert!(matches!(slow.recv().await, Err(broadcast::error::RecvError::Lagged(_))));
        assert!(slow.recv().await.is_ok());
    }
}
