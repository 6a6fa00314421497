//! What a lane asks of those who want to pass: data that a site edits, versioned with its list.

use serde::{Deserialize, Serialize};

use super::decide::Verdict;
use super::list::ListKind;
use crate::Name;
use crate::identity::TrustLevel;

/// What must be presented at a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Nothing: people are counted and may pass. The default of tourist sites.
    Anonymous,
    /// A vehicle by its plate.
    Vehicle,
    /// A person by card, pass, PIN, passport or VNeID.
    Person,
    /// A vehicle and its driver.
    VehicleAndDriver,
}

/// Entering twice without leaving, or leaving without having entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case")]
pub enum AntiPassback {
    /// Not looked at.
    Off,
    /// Admitted with a warning.
    Soft,
    /// Refused until a guard forgives it.
    Hard,
    /// Refused within so many minutes after the last passage in the same direction, then admitted.
    Timed {
        /// Minutes.
        minutes: u32,
    },
}

/// How old a list may grow before the gate trusts it less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staleness {
    /// Younger than this it is *fresh*, seconds.
    pub fresh_s: u64,
    /// Younger than this it is *stale*: decisions go on and say so. Older it is *old*, seconds.
    pub usable_s: u64,
    /// What an old list's "admit" becomes: `admit`, or `wait` so that the guard looks. Never `deny`.
    pub when_old: Verdict,
}

/// Two bodies on one decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tailgating {
    /// Passages through the lane after one admission that are counted as one group, at most.
    pub bodies: u32,
    /// How long an admission lasts, seconds.
    pub window_s: u32,
}

/// Whether and how faces are used at a lane. Never more than a hint: see [`decide`](super::decide::decide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaceUse {
    /// Not at all: the default.
    Off,
    /// A possible match asks the guard to check papers. The site's approval must be on file.
    CheckPapers,
}

/// One row: who may pass when. The first row that fits decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Name that a decision names.
    pub id: Name,
    /// Groups it is about; empty for everybody on the lists below.
    pub groups: Vec<Name>,
    /// Lists it is about; empty for all.
    pub lists: Vec<ListKind>,
    /// Hours it holds in; always, if none. Outside them the next row is looked at.
    pub schedule: Option<Name>,
    /// What it answers.
    pub verdict: Verdict,
}

/// What a lane asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Name, for people: "cổng công nhân".
    pub id: Name,
    /// What must be presented.
    pub wanted: Wanted,
    /// Rows, in order. An entry that no row fits is refused as out of hours if a row of its group exists, else as not listed.
    pub rules: Vec<Rule>,
    /// What becomes of subjects that are on no list: `deny`, `wait` or `admit`.
    pub unknown: Verdict,
    /// Least trust in a person's identity; none for passes and PINs alone.
    pub least_trust: Option<TrustLevel>,
    /// Least score of a plate reading for a machine's own admission, `0..=1`.
    pub least_score: f32,
    /// Entering twice.
    pub anti_passback: AntiPassback,
    /// Whether the groups' quotas and the gate's capacity are enforced here.
    pub quotas: bool,
    /// Lanes that must be closed before this one opens.
    pub interlock: Vec<Name>,
    /// Two bodies on one decision.
    pub tailgating: Tailgating,
    /// Old lists.
    pub staleness: Staleness,
    /// Faces.
    pub faces: FaceUse,
    /// How long vehicle and driver may come apart, seconds.
    pub pair_s: u32,
}
