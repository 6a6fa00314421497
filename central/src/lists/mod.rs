//! Watch lists in memory: an immutable snapshot that is swapped whole, so that a look-up never waits for a change and never
//! sees half of one.

pub mod faces;
pub mod snapshot;

use std::sync::{Arc, PoisonError, RwLock};

pub use snapshot::{Entry, Priority, Snapshot};

use crate::store::{Store, StoreError};

/// The present snapshot. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Lists(Arc<RwLock<Arc<Snapshot>>>);

impl Lists {
    /// The snapshot to use for one decision.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads all lists again and swaps the snapshot. To be called after every change, and now and then for changes that
    /// another process made. Returns the number of entries.
    pub async fn reload(&self, store: &Store) -> Result<usize, StoreError> {
        let entries = store.watch_entries().await?;
        let count = entries.len();
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Snapshot::new(entries));
        Ok(count)
    }
}
