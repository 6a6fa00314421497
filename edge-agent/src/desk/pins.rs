//! PINs of guards: Argon2id, off the async threads, few at a time, and as long for users that do not exist.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

/// Checks at the same time: each takes its memory and a processor core.
const AT_ONCE: usize = 2;
/// A longer one is wrong without being looked at.
const LONGEST: usize = 64;

/// Checks PINs.
#[derive(Debug)]
pub struct Pins {
    room: Semaphore,
    /// Hash of a PIN that nobody knows, for users that do not exist.
    nobody: Option<String>,
}

impl Pins {
    /// Makes the hash of nobody, which takes tens of milliseconds.
    pub fn new() -> Self {
        let pin: [u8; 16] = rand::random();
        let nobody = Argon2::default().hash_password(&pin).map(|hash| hash.to_string());
        Self { room: Semaphore::new(AT_ONCE), nobody: nobody.ok() }
    }

    /// Whether `pin` belongs to `hash`; without a hash (no such user) it takes as long and says no.
    pub async fn check(&self, hash: Option<String>, pin: String) -> bool {
        let Ok(_room) = self.room.acquire().await else { return false };
        let known = hash.is_some() && pin.len() <= LONGEST;
        let hash = if known { hash } else { self.nobody.clone() };
        let check = move || {
            let pin = zeroize::Zeroizing::new(pin);
            let hash = hash.as_deref().map(PasswordHash::new);
            match hash {
                Some(Ok(hash)) => Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok() && known,
                _ => false,
            }
        };
        tokio::task::spawn_blocking(check).await.unwrap_or(false)
    }
}

impl Default for Pins {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_pin_is_checked_and_an_unknown_user_takes_as_long() {
        let pins = Pins::new();
        let hash = Argon2::default().hash_password(b"246810").expect("hashes").to_string();
        assert!(pins.check(Some(hash.clone()), "246810".to_owned()).await);
        let timed = async |hash: Option<String>, pin: &str| {
            let begin = Instant::now();
            assert!(!pins.check(hash, pin.to_owned()).await, "{pin}");
            begin.elapsed()
        };
        let wrong = timed(Some(hash.clone()), "246811").await;
        let unknown = timed(None, "246811").await;
        timed(Some("not a hash".to_owned()), "246810").await;
        timed(Some(hash), &"2".repeat(LONGEST + 1)).await;
        // Machines are busy: a look-up without the work would be a thousand times faster.
        assert!(unknown > wrong / 10, "{unknown:?} against {wrong:?}");
    }
}
