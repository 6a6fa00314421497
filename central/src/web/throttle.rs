//! Back-off of failed sign-ins, per account and address, and per address. Pure: time is an argument.
//!
//! Each process keeps its own; a restart forgets it, which an attacker cannot cause.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

/// Failures that cost nothing: people mistype.
const FREE_FAILURES: u32 = 5;
/// The same for a whole address, behind which a whole office may sit.
const FREE_FAILURES_OF_ADDRESS: u32 = 50;
/// Longest wait, milliseconds.
const MAX_WAIT_MS: i64 = 300_000;
/// After so long without a failure, everything is forgotten, milliseconds.
const FORGET_MS: i64 = 900_000;
/// Keys kept at most; the oldest go first.
const MAX_KEYS: usize = 20_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Account(String, Option<IpAddr>),
    Address(Option<IpAddr>),
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last_ms: i64,
}

/// What failed lately.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Key, Failures>>);

impl Throttle {
    /// Seconds that this account at this address has still to wait, if any.
    pub fn wait_s(&self, username: &str, address: Option<IpAddr>, now_ms: i64) -> Option<u64> {
        let known = self.lock();
        [(account(username, address), FREE_FAILURES), (Key::Address(address), FREE_FAILURES_OF_ADDRESS)]
            .into_iter()
            .filter_map(|(key, free)| known.get(&key).map(|failures| wait_until(failures, free) - now_ms))
            .max()
            .filter(|wait_ms| *wait_ms > 0)
            .map(|wait_ms| (wait_ms as u64).div_ceil(1000))
    }

    /// A sign-in begins. It counts as failed until [`Self::succeeded`], so that many at once gain nothing.
    pub fn begins(&self, username: &str, address: Option<IpAddr>, now_ms: i64) {
        let mut known = self.lock();
        if known.len() >= MAX_KEYS {
            known.retain(|_, failures| now_ms - failures.last_ms < FORGET_MS);
        }
        if known.len() >= MAX_KEYS
            && let Some(oldest) =
                known.iter().min_by_key(|(_, failures)| failures.last_ms).map(|(key, _)| key.clone())
        {
            known.remove(&oldest);
        }
        for key in [account(username, address), Key::Address(address)] {
            let failures = known.entry(key).or_insert(Failures { count: 0, last_ms: now_ms });
            if now_ms - failures.last_ms >= FORGET_MS {
                failures.count = 0;
            }
            *failures = Failures { count: failures.count.saturating_add(1), last_ms: now_ms };
        }
    }

    /// It succeeded: the account starts afresh, the address is back where it was.
    pub fn succeeded(&self, username: &str, address: Option<IpAddr>) {
        let mut known = self.lock();
        known.remove(&account(username, address));
        if let Some(failures) = known.get_mut(&Key::Address(address)) {
            failures.count = failures.count.saturating_sub(1);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Failures>> {
        // The map is whole after every statement, so a panic elsewhere cannot have left it half-written.
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn account(username: &str, address: Option<IpAddr>) -> Key {
    Key::Account(username.chars().take(64).collect(), address)
}

fn wait_until(failures: &Failures, free: u32) -> i64 {
    match failures.count.checked_sub(free) {
        None => i64::MIN / 2,
        Some(over) => failures.last_ms + (1000_i64 << over.min(20)).min(MAX_WAIT_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_after_the_free_failures_and_ends_with_success() {
        let (throttle, at) = (Throttle::default(), Some(IpAddr::from([10, 0, 0, 1])));
        for _ in 0..FREE_FAILURES - 1 {
            throttle.begins("an", at, 0);
        }
        assert_eq!(throttle.wait_s("an", at, 0), None);
        let waits: Vec<_> = (0..12)
            .map(|_| {
                throttle.begins("an", at, 0);
                throttle.wait_s("an", at, 0).unwrap()
            })
            .collect();
        assert_eq!(waits[..4], [1, 2, 4, 8]);
        assert_eq!(waits[11], 300);
        assert_eq!(throttle.wait_s("an", Some(IpAddr::from([10, 0, 0, 2])), 0), None);
        assert_eq!(throttle.wait_s("binh", at, 0), None);
        assert_eq!(throttle.wait_s("an", at, 300_000), None);
        throttle.succeeded("an", at);
        assert_eq!(throttle.wait_s("an", at, 0), None);
    }

    #[test]
    fn guessing_many_accounts_from_one_address_is_slowed_too() {
        let throttle = Throttle::default();
        for n in 0..FREE_FAILURES_OF_ADDRESS + 3 {
            throttle.begins(&format!("user{n}"), None, 0);
        }
        assert_eq!(throttle.wait_s("somebody", None, 0), Some(8));
    }

    #[test]
    fn the_memory_is_bounded() {
        let throttle = Throttle::default();
        for n in 0..MAX_KEYS + 500 {
            throttle.begins(&format!("u{n}"), None, n as i64 * 1000);
        }
        assert!(throttle.lock().len() <= MAX_KEYS + 2);
    }
}
