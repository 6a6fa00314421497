//! The versions of the law that central knows, in memory. The newest of them is read for every question of today.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::civil::Date;

use super::{Edition, Law};

/// One approved version.
#[derive(Debug, Clone)]
pub struct Known {
    /// The version.
    pub law: Law,
    /// First day on which cases are computed with it.
    pub valid_from: Date,
}

/// Every version; clones share them. It begins with the edition of the program as version 1.
#[derive(Debug, Clone)]
pub struct Laws(Arc<RwLock<Arc<Vec<Known>>>>);

impl Default for Laws {
    fn default() -> Self {
        let first = Known { law: Law::new(1, Edition::first().clone()), valid_from: Date::MIN };
        Self(Arc::new(RwLock::new(Arc::new(vec![first]))))
    }
}

impl Laws {
    /// The version with which something is computed on a day: the newest that has begun.
    pub fn on(&self, day: Date) -> Law {
        let known = self.all();
        let begun = known.iter().filter(|one| one.valid_from <= day);
        begun.max_by_key(|one| one.law.version()).unwrap_or(&known[0]).law.clone()
    }

    /// The version that a case was computed with.
    pub fn version(&self, number: i64) -> Option<Law> {
        self.all().iter().find(|one| one.law.version() == number).map(|one| one.law.clone())
    }

    /// The newest version, begun or not: what a change is made against.
    pub fn newest(&self) -> Law {
        let known = self.all();
        known.iter().max_by_key(|one| one.law.version()).unwrap_or(&known[0]).law.clone()
    }

    /// All versions, oldest first.
    pub fn all(&self) -> Arc<Vec<Known>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes the versions of the database in place of those in memory. An empty list changes nothing.
    pub fn replace(&self, known: Vec<Known>) {
        if !known.is_empty() {
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
        }
    }
}
