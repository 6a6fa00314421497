//! Who may sign in: roles, passwords and accounts. What each role may ask for stands in [`crate::web`]'s access table,
//! what it sees of an owner in [`crate::masking`].
//!
//! Passwords are kept as argon2id PHC strings. Hashing takes tens of milliseconds of processor time and 19 MiB, so it
//! runs off the async threads and never more than [`HASHERS`] at once.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::store::users::Desk;
use crate::store::{Store, StoreError, UserRow};

/// Shortest password accepted, characters.
pub const MIN_PASSWORD: usize = 12;
/// Longest password accepted, bytes: a bound on what is hashed, far above any passphrase.
pub const MAX_PASSWORD: usize = 256;
/// Passwords hashed at the same time.
pub const HASHERS: usize = 2;

static HASHING: Semaphore = Semaphore::const_new(HASHERS);

/// Verified against when the account does not exist, so that the answer takes as long as for one that does.
static DUMMY_HASH: LazyLock<Option<String>> =
    LazyLock::new(|| hash_password("no account has this password").ok());

/// Why an account could not be made or a password not be used.
#[derive(Debug, Error)]
pub enum AuthError {
    /// The user name is not usable.
    #[error("user name {0:?} is not usable: 2 to 64 of a-z, 0-9, '.', '-' and '_', starting with a letter")]
    BadUsername(String),
    /// The display name is not usable.
    #[error("display name must have 1 to 100 characters, none of them control characters")]
    BadDisplayName,
    /// A site is no name.
    #[error("{0:?} is not a site: see the ids in the configured sites")]
    BadSite(String),
    /// A site's manager without a site, or a tenant without exactly one site and one group.
    #[error("{0}")]
    BadScope(&'static str),
    /// The password breaks the policy.
    #[error("{0}")]
    WeakPassword(&'static str),
    /// Somebody has that user name.
    #[error("there is already an account {0:?}: choose another name")]
    Taken(String),
    /// The hasher failed.
    #[error("hashing the password failed: {0}")]
    Hash(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Guard at a gate.
    GateOperator,
    /// Traffic police reviewer.
    TrafficPolice,
    /// Commander of the traffic police: signs notices, minutes and decisions as far as the rank goes, edits law data, never reviews.
    PoliceSigner,
    /// Operator of the provincial operations centre.
    IocOperator,
    /// Runs one or more sites: edits policies, members and corrections there.
    SiteManager,
    /// A tenant of an industrial park: its own people, vehicles, passes and stays, and nothing of anybody else.
    Enterprise,
    /// Keeps the system running; sees no personal data.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 7] = [
        Self::GateOperator,
        Self::TrafficPolice,
        Self::PoliceSigner,
        Self::IocOperator,
        Self::SiteManager,
        Self::Enterprise,
        Self::Admin,
    ];

    /// The word used in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GateOperator => "gate_operator",
            Self::TrafficPolice => "traffic_police",
            Self::PoliceSigner => "police_signer",
            Self::IocOperator => "ioc_operator",
            Self::SiteManager => "site_manager",
            Self::Enterprise => "enterprise",
            Self::Admin => "admin",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

/// Language of texts that central writes for an account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Vietnamese.
    #[default]
    Vi,
    /// English.
    En,
}

impl Language {
    /// The word used in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vi => "vi",
            Self::En => "en",
        }
    }

    /// The one of two texts that is in this language.
    pub fn pick<T>(self, vi: T, en: T) -> T {
        match self {
            Self::Vi => vi,
            Self::En => en,
        }
    }
}

/// An account to be made.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// Sign-in name; kept in lower case.
    pub username: String,
    /// Name shown in the console and in histories.
    pub display_name: String,
    /// What it is for.
    pub role: Role,
    /// Sites it sees; empty for all. A site manager has at least one, an enterprise exactly one.
    #[serde(default)]
    pub sites: Vec<String>,
    /// The group whose people and vehicles an enterprise's account sees; for no other role.
    #[serde(default)]
    pub group: Option<String>,
    /// Of police accounts: the rank that signers' caps are looked up by (`officer`, `team_chief`, `commune_chief`, `division_head`,
    /// `provincial_director`).
    #[serde(default)]
    pub rank: Option<String>,
    /// Language of the texts written for it.
    #[serde(default)]
    pub language: Language,
    /// Its first password: at least 12 characters.
    #[schema(format = Password, min_length = 12, max_length = 256)]
    pub password: String,
    /// Of a guard: the PIN for the desk, 6 to 12 digits; without it there is no desk.
    #[serde(default)]
    #[schema(format = Password)]
    pub desk_pin: Option<String>,
    /// Of a guard: may open in an emergency, correct counts and forgive.
    #[serde(default)]
    pub desk_supervisor: bool,
    /// Of a guard: gates of the desk; empty for all.
    #[serde(default)]
    pub desk_gates: Vec<String>,
}

/// Makes an account, and returns it. `now_ms` is the time of its making.
///
/// # Errors
/// [`AuthError`] says which field is wrong and what to do.
pub async fn create_user(store: &Store, new: NewUser, now_ms: i64) -> Result<UserRow, AuthError> {
    let username = new.username.trim().to_lowercase();
    check_username(&username)?;
    let display_name = new.display_name.trim().to_owned();
    if !(1..=100).contains(&display_name.chars().count()) || display_name.chars().any(char::is_control) {
        return Err(AuthError::BadDisplayName);
    }
    if let Some(bad) = new.sites.iter().find(|site| wire::Name::new(site.as_str()).is_err()) {
        return Err(AuthError::BadSite(bad.clone()));
    }
    check_scope(&new)?;
    check_rank(&new)?;
    check_password(&username, &new.password)?;
    if new.role != Role::GateOperator && (new.desk_pin.is_some() || new.desk_supervisor) {
        return Err(AuthError::BadScope(
            "only a guard's account (gate_operator) has a desk: leave its fields out",
        ));
    }
    let pin_hash = match new.desk_pin {
        Some(pin) => Some(desk_pin_hash(pin).await?),
        None => None,
    };
    let desk = Desk { pin_hash, supervisor: new.desk_supervisor, gates: new.desk_gates };
    let password_hash = hash_off_thread(new.password).await?;
    let user = UserRow {
        user_id: Uuid::now_v7().to_string(),
        username,
        display_name,
        password_hash,
        role: new.role.as_str().to_owned(),
        sites: serde_json::json!(new.sites).to_string(),
        group_id: new.group,
        rank: new.rank,
        language: new.language.as_str().to_owned(),
        disabled: 0,
        created_at_ms: now_ms,
        changed_at_ms: now_ms,
        last_sign_in_ms: None,
    };
    if !store.insert_user(&user).await? {
        return Err(AuthError::Taken(user.username));
    }
    if desk.pin_hash.is_some() {
        store.set_desk(&user.username, &desk, now_ms).await?;
    }
    Ok(user)
}

fn check_username(username: &str) -> Result<(), AuthError> {
    let fits = (2..=64).contains(&username.len())
        && username.starts_with(|c: char| c.is_ascii_lowercase())
        && username.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
    if fits { Ok(()) } else { Err(AuthError::BadUsername(username.to_owned())) }
}

/// The rank decides how far a signature goes: a signer without one could sign nothing.
fn check_rank(new: &NewUser) -> Result<(), AuthError> {
    let police = matches!(new.role, Role::TrafficPolice | Role::PoliceSigner);
    let fits = |rank: &String| {
        !rank.is_empty() && rank.len() <= 40 && rank.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    };
    match &new.rank {
        None if new.role == Role::PoliceSigner => {
            Err(AuthError::BadScope("a signer's account needs its rank, such as team_chief"))
        }
        None => Ok(()),
        Some(_) if !police => Err(AuthError::BadScope("only police accounts have a rank: leave it out")),
        Some(rank) if fits(rank) => Ok(()),
        Some(_) => Err(AuthError::BadScope("a rank is a word such as officer or team_chief")),
    }
}

/// Roles that are tied to a place must name it: forgotten, an empty list would mean every site.
fn check_scope(new: &NewUser) -> Result<(), AuthError> {
    let group_fits = new.group.as_ref().is_none_or(|group| wire::Name::new(group.as_str()).is_ok());
    match (new.role, new.sites.len(), &new.group) {
        (Role::Enterprise, 1, Some(_)) if group_fits => Ok(()),
        (Role::Enterprise, ..) => Err(AuthError::BadScope(
            "an enterprise's account needs exactly one site and the id of its group there",
        )),
        (_, _, Some(_)) => Err(AuthError::BadScope("only an enterprise's account has a group: leave it out")),
        (Role::SiteManager, 0, None) => Err(AuthError::BadScope("a site manager's account needs its sites")),
        _ => Ok(()),
    }
}

/// What a guard's desk PIN must be, and its hash. The desk verifies it also while central is away.
///
/// # Errors
/// [`AuthError::WeakPassword`] with the rule that was broken.
pub async fn desk_pin_hash(pin: String) -> Result<String, AuthError> {
    if !(6..=12).contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AuthError::WeakPassword("the desk PIN must have 6 to 12 digits"));
    }
    let steps: Vec<i16> =
        pin.as_bytes().windows(2).map(|two| i16::from(two[1]) - i16::from(two[0])).collect();
    if steps.iter().all(|step| *step == steps[0]) {
        return Err(AuthError::WeakPassword(
            "the desk PIN is easy to guess: not all the same, not one after the other",
        ));
    }
    hash_off_thread(pin).await
}

/// The password policy: long, not built on the user name, not one of the well-known.
///
/// # Errors
/// [`AuthError::WeakPassword`] with the rule that was broken.
pub fn check_password(username: &str, password: &str) -> Result<(), AuthError> {
    const KNOWN: [&str; 6] = ["password", "matkhau", "qwerty", "12345678", "abcdefgh", "11111111"];
    if password.chars().count() < MIN_PASSWORD {
        return Err(AuthError::WeakPassword("the password is too short: use at least 12 characters"));
    }
    if password.len() > MAX_PASSWORD {
        return Err(AuthError::WeakPassword("the password is too long: use at most 256 bytes"));
    }
    let lower = password.to_lowercase();
    if lower.contains(username) {
        return Err(AuthError::WeakPassword("the password must not contain the user name"));
    }
    if KNOWN.iter().any(|known| lower.starts_with(known)) {
        return Err(AuthError::WeakPassword("the password is easy to guess: choose another"));
    }
    let mut distinct: Vec<char> = lower.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 5 {
        return Err(AuthError::WeakPassword(
            "the password repeats itself: use at least 5 different characters",
        ));
    }
    Ok(())
}

/// A random password for a first account: 20 characters of a typeable alphabet, 100 bits.
pub fn random_password() -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let bytes: [u8; 20] = rand::random();
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect()
}

/// The argon2id PHC string of `password`. Takes tens of milliseconds: see [`hash_off_thread`] for async callers.
///
/// # Errors
/// [`AuthError::Hash`] when the machine has no memory or no randomness for it.
pub fn hash_password(password: &str) -> Result<String, AuthError> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| AuthError::Hash(error.to_string()))
}

/// [`hash_password`] off the async threads.
///
/// # Errors
/// As [`hash_password`].
pub async fn hash_off_thread(password: String) -> Result<String, AuthError> {
    let permit = HASHING.acquire().await.map_err(|error| AuthError::Hash(error.to_string()))?;
    let hash = move || {
        // Held until the work is done, even when nobody waits for it any more.
        let _permit = permit;
        hash_password(&password)
    };
    tokio::task::spawn_blocking(hash).await.map_err(|error| AuthError::Hash(error.to_string()))?
}

/// Whether `password` belongs to `hash`; with no hash (no such account) it takes as long and says no.
pub async fn verify_password(hash: Option<String>, password: String) -> bool {
    let Ok(permit) = HASHING.acquire().await else { return false };
    let check = move || {
        let _permit = permit;
        let known = hash.is_some();
        let Some(hash) = hash.or_else(|| DUMMY_HASH.clone()) else { return false };
        let Ok(hash) = PasswordHash::new(&hash) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &hash).is_ok() && known
    };
    tokio::task::spawn_blocking(check).await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_must_be_long_and_hard_to_guess() {
        for bad in ["short", "password1234", "gate-officer-2026", "aaaaaaaaaaaaaa", &"é#x9A".repeat(60)] {
            assert!(check_password("officer", bad).is_err(), "{bad}");
        }
        assert!(check_password("gate", "trời xanh mây trắng").is_ok());
        for _ in 0..50 {
            assert!(check_password("admin", &random_password()).is_ok());
        }
    }

    #[tokio::test]
    async fn a_desk_pin_is_digits_that_are_not_a_row() {
        for bad in ["12345", "123456", "000000", "987654", "12a456", "1234567890123"] {
            assert!(desk_pin_hash(bad.into()).await.is_err(), "{bad}");
        }
        let hash = desk_pin_hash("204817".into()).await.unwrap();
        assert!(verify_password(Some(hash), "204817".into()).await);
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_real_account_verifies() {
        let hash = hash_password("correct horse battery").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password(Some(hash.clone()), "correct horse battery".into()).await);
        assert!(!verify_password(Some(hash), "correct horse batterz".into()).await);
        assert!(!verify_password(None, "no account has this password".into()).await);
        assert!(!verify_password(Some("not a hash".into()), "x".into()).await);
    }

    #[test]
    fn a_username_is_plain() {
        for bad in ["", "a", "Gate", "1st", "a b", "cổng", "a/b", &"x".repeat(65)] {
            assert!(check_username(bad).is_err(), "{bad}");
        }
        assert!(check_username("gate.officer-2").is_ok());
    }
}
