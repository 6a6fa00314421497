//! Signal lamps: what a light shows, at the moment of an event, and as a signal controller says it.
//!
//! ## The controller feed
//! A gateway beside the signal controller may publish what the controller commands, so that an agent need not look:
//! topic `vg/1/{site}/{agent}/signal/{controller}`, QoS 1, not retained (a retained light would be an old one). It sends
//! at every change and at least once a second. The body is a [`Feed`], sealed ([`crate::seal()`]) with the gateway's own
//! Ed25519 key, which the agent's configuration names by its public key. A feed decides what people may be accused of, so an
//! unsealed one is only taken where the configuration says `unsigned = true`; then the broker's rights must let nobody
//! but the gateway publish under `signal/`. A message whose `seq` does not rise is a repeat or a replay and is dropped; one whose `at`
//! differs from the agent's clock by more than the configured limit is refused.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Name, VERSION};

/// Largest feed message in bytes.
pub const MAX_FEED_BYTES: usize = 16 * 1024;

/// Most groups in one feed message.
pub const MAX_GROUPS: usize = 64;

/// What a signal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LampState {
    /// Stop.
    Red,
    /// About to be red.
    Yellow,
    /// Go.
    Green,
    /// No lamp is lit.
    Off,
    /// It cannot be told: hidden, camera moved, or the picture does not say. Never a guess.
    Unknown,
}

impl LampState {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Off => "off",
            Self::Unknown => "unknown",
        }
    }
}

/// Who says what a signal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalSource {
    /// The camera's picture.
    Picture,
    /// The signal controller, by its feed.
    Controller,
}

impl SignalSource {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Controller => "controller",
        }
    }
}

/// What the signal that governs a line showed when a vehicle crossed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalReading {
    /// The signal, by its name in the agent's configuration.
    pub signal: Name,
    /// What it showed.
    pub state: LampState,
    /// Whether the lamp was flashing (flashing yellow: go with care).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flashing: bool,
    /// Since when; none when the change was not seen.
    pub since: Option<Timestamp>,
    /// Who says so.
    pub source: SignalSource,
    /// How sure, `0..=1`; 1 for a controller.
    pub score: f32,
}

/// One message of a signal controller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feed {
    /// Protocol version.
    pub v: u32,
    /// The controller; also the last level of the topic.
    pub controller: Name,
    /// Rises with every message, also over restarts (for example: milliseconds since 1970).
    pub seq: u64,
    /// When the controller showed this, by its clock.
    pub at: Timestamp,
    /// What its groups show.
    pub groups: Vec<Group>,
}

/// One signal group of a controller: lamps that always show the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Name of the group.
    pub group: Name,
    /// What it shows; `unknown` when the controller reports a fault.
    pub state: LampState,
    /// Whether it flashes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub flashing: bool,
    /// Since when, by the controller's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// Why a feed message cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FeedError {
    /// Not this JSON.
    #[error("not a controller feed: {0}")]
    Malformed(String),
    /// From the future of the protocol.
    #[error("feed of version {0}; this program speaks version {VERSION}")]
    NewerVersion(u32),
    /// More than any junction has.
    #[error("{0} groups in one message; at most {MAX_GROUPS}")]
    TooManyGroups(usize),
    /// One group says two things.
    #[error("group {0} is named twice")]
    RepeatedGroup(Name),
}

impl Feed {
    /// Reads the body of a feed message.
    ///
    /// # Errors
    /// [`FeedError`]: what is wrong with it.
    pub fn parse(body: &[u8]) -> Result<Self, FeedError> {
        let feed: Self =
            serde_json::from_slice(body).map_err(|error| FeedError::Malformed(error.to_string()))?;
        if feed.v != VERSION {
            return Err(FeedError::NewerVersion(feed.v));
        }
        if feed.groups.len() > MAX_GROUPS {
            return Err(FeedError::TooManyGroups(feed.groups.len()));
        }
        for (index, group) in feed.groups.iter().enumerate() {
            if feed.groups[..index].iter().any(|other| other.group == group.group) {
                return Err(FeedError::RepeatedGroup(group.group.clone()));
            }
        }
        Ok(feed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_that_cannot_be_right_is_refused_with_the_reason() {
        let body = |v: u32, groups: &str| {
            format!(
                r#"{{"v":{v},"controller":"tu-1","seq":5,"at":"2026-11-20T07:05:12Z","groups":[{groups}]}}"#
            )
        };
        let red = r#"{"group":"bac","state":"red"}"#;
        assert!(Feed::parse(body(1, red).as_bytes()).is_ok());
        assert_eq!(Feed::parse(body(2, red).as_bytes()), Err(FeedError::NewerVersion(2)));
        let twice = Feed::parse(body(1, &[red, red].join(",")).as_bytes());
        assert!(matches!(twice, Err(FeedError::RepeatedGroup(_))));
        let many: Vec<String> = (0..65).map(|n| format!(r#"{{"group":"g{n}","state":"off"}}"#)).collect();
        assert_eq!(Feed::parse(body(1, &many.join(",")).as_bytes()), Err(FeedError::TooManyGroups(65)));
        for bad in ["", "{}", r#"{"v":1}"#, "[]"] {
            assert!(matches!(Feed::parse(bad.as_bytes()), Err(FeedError::Malformed(_))), "{bad}");
        }
    }
}
