//! Plans that wait for a yes, in memory only: they hold numbers and names, and a restart may forget them. Time is an argument.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::plan::Plan;

/// How long a preview waits, ms.
pub const KEEP_MS: i64 = 30 * 60_000;
/// Previews kept at most; the oldest go first.
pub const MOST: usize = 16;

/// A plan and what it was made against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Site.
    pub site: String,
    /// Account that made it: nobody else applies it.
    pub user_id: String,
    /// Version of the site's list then.
    pub list_version: u64,
    /// Rows with problems, which are left out.
    pub bad_rows: usize,
    /// Whether imported entries that the file does not name are ended.
    pub end_missing: bool,
    /// What would change.
    pub plan: Plan,
    /// When it was made, ms.
    pub made_at_ms: i64,
}

/// The previews that wait.
#[derive(Debug, Default)]
pub struct Previews(Mutex<HashMap<String, Preview>>);

impl Previews {
    /// Keeps a preview; returns its id.
    pub fn keep(&self, preview: Preview) -> String {
        let id = uuid::Uuid::new_v4().to_string();
        let mut kept = self.lock();
        kept.retain(|_, old| preview.made_at_ms - old.made_at_ms < KEEP_MS);
        while kept.len() >= MOST {
            let oldest = kept.iter().min_by_key(|(_, old)| old.made_at_ms).map(|(id, _)| id.clone());
            let Some(oldest) = oldest else { break };
            kept.remove(&oldest);
        }
        kept.insert(id.clone(), preview);
        id
    }

    /// The preview of this account, while it waits.
    pub fn get(&self, id: &str, user_id: &str, now_ms: i64) -> Option<Preview> {
        let kept = self.lock();
        kept.get(id)
            .filter(|preview| preview.user_id == user_id && now_ms - preview.made_at_ms < KEEP_MS)
            .cloned()
    }

    /// Forgets one that was applied.
    pub fn forget(&self, id: &str) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Preview>> {
        // The map is whole after every statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
