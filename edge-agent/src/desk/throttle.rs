//! Back-off of wrong PINs: per user at an address, per user, per address. Pure: time is an argument.
//!
//! A PIN has few digits, so guessing must be slow from everywhere together. A restart forgets what failed, which nobody on the
//! network can cause.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Failures of a user at one address that cost nothing: people mistype.
const FREE: u32 = 5;
/// The same for a user from everywhere: whoever guesses from many places does not lock a guard out for long.
const FREE_OF_USER: u32 = 20;
/// The same for an address, behind which several guards may sit.
const FREE_OF_ADDRESS: u32 = 30;
/// Longest wait.
const LONGEST: Duration = Duration::from_secs(300);
/// Longest wait of a user from everywhere.
const LONGEST_OF_USER: Duration = Duration::from_secs(30);
/// After so long without a failure, everything is forgotten.
const FORGET: Duration = Duration::from_secs(900);
/// Keys kept at most; the oldest go first.
const MOST_KEYS: usize = 10_000;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    UserAt(String, Option<IpAddr>),
    User(String),
    Address(Option<IpAddr>),
}

impl Key {
    fn free(&self) -> (u32, Duration) {
        match self {
            Self::UserAt(..) => (FREE, LONGEST),
            Self::User(_) => (FREE_OF_USER, LONGEST_OF_USER),
            Self::Address(_) => (FREE_OF_ADDRESS, LONGEST),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
}

impl Failures {
    /// How long after the last failure the next try is looked at.
    fn wait(&self, (free, longest): (u32, Duration)) -> Duration {
        match self.count.checked_sub(free) {
            None => Duration::ZERO,
            Some(over) => Duration::from_secs(1 << over.min(16)).min(longest),
        }
    }
}

/// What failed lately.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Key, Failures>>);

impl Throttle {
    /// Seconds that this user at this address has still to wait, if any.
    pub fn wait_s(&self, user: &str, address: Option<IpAddr>, now: Instant) -> Option<u64> {
        let known = self.lock();
        let left = |key: Key| {
            let failures = known.get(&key)?;
            let passed = now.saturating_duration_since(failures.last);
            failures.wait(key.free()).checked_sub(passed).filter(|left| !left.is_zero())
        };
        let longest = keys(user, address).into_iter().filter_map(left).max()?;
        Some(longest.as_secs() + u64::from(longest.subsec_nanos() > 0))
    }

    /// A try begins. It counts as failed until [`Self::succeeded`], so that many at once gain nothing.
    pub fn begins(&self, user: &str, address: Option<IpAddr>, now: Instant) {
        let mut known = self.lock();
        if known.len() >= MOST_KEYS {
            known.retain(|_, failures| now.saturating_duration_since(failures.last) < FORGET);
        }
        while known.len() >= MOST_KEYS {
            let oldest = known.iter().min_by_key(|(_, failures)| failures.last).map(|(key, _)| key.clone());
            oldest.and_then(|oldest| known.remove(&oldest));
        }
        for key in keys(user, address) {
            let failures = known.entry(key).or_insert(Failures { count: 0, last: now });
            if now.saturating_duration_since(failures.last) >= FORGET {
                failures.count = 0;
            }
            *failures = Failures { count: failures.count.saturating_add(1), last: now };
        }
    }

    /// It succeeded: the user starts afresh, the address is back where it was.
    pub fn succeeded(&self, user: &str, address: Option<IpAddr>) {
        let mut known = self.lock();
        let [user_at, user, address] = keys(user, address);
        known.remove(&user_at);
        for key in [user, address] {
            if let Some(failures) = known.get_mut(&key) {
                failures.count = failures.count.saturating_sub(1);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Failures>> {
        // The map is whole after every statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keys(user: &str, address: Option<IpAddr>) -> [Key; 3] {
    let user: String = user.chars().take(64).collect();
    [Key::UserAt(user.clone(), address), Key::User(user), Key::Address(address)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, 0, last]))
    }

    #[test]
    fn the_wait_doubles_after_five_failures_and_ends_with_success() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for _ in 0..FREE - 1 {
            throttle.begins("an", at(1), now);
        }
        assert_eq!(throttle.wait_s("an", at(1), now), None);
        let waits: Vec<_> = (0..4)
            .map(|_| {
                throttle.begins("an", at(1), now);
                throttle.wait_s("an", at(1), now).expect("waits")
            })
            .collect();
        assert_eq!(waits, [1, 2, 4, 8]);
        assert_eq!(throttle.wait_s("an", at(2), now), None, "at another booth she may");
        assert_eq!(throttle.wait_s("binh", at(1), now), None);
        assert_eq!(throttle.wait_s("an", at(1), now + Duration::from_secs(9)), None);
        throttle.succeeded("an", at(1));
        assert_eq!(throttle.wait_s("an", at(1), now), None);
    }

    #[test]
    fn guessing_one_user_from_many_addresses_is_slow_and_locks_nobody_out_for_long() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..100 {
            throttle.begins("an", at(n), now);
        }
        assert_eq!(throttle.wait_s("an", at(200), now), Some(30));
    }

    #[test]
    fn guessing_many_users_from_one_address_is_slowed_too() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..FREE_OF_ADDRESS + 3 {
            throttle.begins(&format!("user{n}"), at(1), now);
        }
        assert_eq!(throttle.wait_s("somebody", at(1), now), Some(8));
    }

    #[test]
    fn the_memory_is_bounded() {
        let (throttle, now) = (Throttle::default(), Instant::now());
        for n in 0..MOST_KEYS as u64 {
            throttle.begins(&format!("u{n}"), at(1), now + Duration::from_millis(n));
        }
        assert!(throttle.lock().len() <= MOST_KEYS + 3);
    }
}
