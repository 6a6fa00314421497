//! Scenes of road cameras: drawn, checked, published by a second account, sealed for the agent, asked about.
//!
//! [`publish`] keeps every agent on the newest version; [`tasks`] asks agents for frames and previews; [`words`] says problems in
//! Vietnamese. Versions and drafts are in [`crate::store::scenes`].

pub mod publish;
pub mod tasks;
pub mod words;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tokio::sync::Notify;
use wire::{Name, Status};

use crate::ingest::mqtt::Publisher;

/// What web, intake and publisher share about scenes. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Scenes(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    publisher: OnceLock<Publisher>,
    tasks: tasks::Waiting,
    /// Version that each agent names for each of its cameras, by site and camera.
    heard: Mutex<HashMap<(Name, Name), u64>>,
    /// Something was published or heard.
    news: Notify,
}

impl Scenes {
    /// Sends through this connection from now on.
    pub fn connect(&self, publisher: Publisher) {
        // Central has one connection: a second call would only come from a second start.
        let _ = self.0.publisher.set(publisher);
    }

    /// A heartbeat said which scenes an agent uses.
    pub fn heard(&self, site: &Name, status: &Status) {
        let mut heard = lock(&self.0.heard);
        for camera in &status.cameras {
            let version = camera.scene.as_ref().map_or(0, |scene| scene.version);
            let before = heard.insert((site.clone(), camera.camera.clone()), version);
            if before != Some(version) {
                self.0.news.notify_one();
            }
        }
    }

    /// A version was published: it is sent at once.
    pub fn published(&self) {
        self.0.news.notify_one();
    }

    fn in_use(&self, site: &Name, camera: &Name) -> Option<u64> {
        lock(&self.0.heard).get(&(site.clone(), camera.clone())).copied()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every value is whole after every statement under these locks.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
