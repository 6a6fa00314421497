//! The signed, versioned snapshot from which an agent decides alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::calendar::{Clock, Holiday, Schedule};
use super::digest::{KeyDigest, KeyKind};
use super::policy::Policy;
use crate::plate::VehicleGroup;
use crate::{Name, VERSION};

/// Why a list cannot be used. The one in use stays.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ListError {
    /// Not a list.
    #[error("not a gate list: {0}")]
    Malformed(String),
    /// Made by a newer central.
    #[error(
        "gate list of protocol version {0}, this agent speaks {VERSION}: update the agent; the list in use stays"
    )]
    NewerVersion(u32),
    /// For somebody else.
    #[error("gate list for another agent")]
    OtherAgent,
    /// Names something that is not in it.
    #[error("gate list version {version}: {what} {name} is named but not in it")]
    Dangling {
        /// Version of the list.
        version: u64,
        /// What: `schedule`, `group`, `lane`, `driver`.
        what: &'static str,
        /// Which.
        name: String,
    },
    /// Says the same name twice.
    #[error("gate list version {version}: {what} {name} is there twice")]
    Repeated {
        /// Version of the list.
        version: u64,
        /// What.
        what: &'static str,
        /// Which.
        name: String,
    },
    /// A value that makes no sense.
    #[error("gate list version {version}: {what} {name}: {why}")]
    Nonsense {
        /// Version of the list.
        version: u64,
        /// What it is about.
        what: &'static str,
        /// Which one.
        name: String,
        /// What is wrong, and what would be right.
        why: String,
    },
}

/// Everything a gate needs to decide alone. The body of a sealed message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateList {
    /// Protocol version.
    pub v: u32,
    /// Site.
    pub site: Name,
    /// The agent it is for: digests are made for it alone.
    pub agent: Name,
    /// Grows by one with every change at the site.
    pub version: u64,
    /// When central made it, by central's clock.
    pub made_at: Timestamp,
    /// The site's wall clock.
    pub clock: Clock,
    /// Holidays and working days that make up for them.
    pub holidays: Vec<Holiday>,
    /// Named hours.
    pub schedules: Vec<Schedule>,
    /// Enterprises, contractors, staff, tours.
    pub groups: Vec<Group>,
    /// Gates and their lanes.
    pub gates: Vec<Gate>,
    /// Who is allowed or blocked.
    pub entries: Vec<Entry>,
    /// Watch list, as keyed digests.
    pub watch: Vec<WatchDigest>,
    /// Who may work at the desk.
    pub guards: Vec<GuardAccount>,
    /// Until when faces may be used at this site: the approval on file. `None`: not at all.
    pub faces_until: Option<Timestamp>,
    /// Number of the paper form for outages, as the site files it.
    pub paper_form: Option<String>,
}

/// An enterprise, a contractor, a tour: whose people and vehicles these are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Name in rules and events.
    pub id: Name,
    /// What kind.
    pub kind: GroupKind,
    /// Name for people, as it is written.
    pub name: String,
    /// Places for its vehicles inside at the same time; no limit if none.
    pub vehicle_quota: Option<u32>,
    /// The same for people.
    pub person_quota: Option<u32>,
}

/// Kinds of groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// A tenant of an industrial park.
    Enterprise,
    /// Works for one, for a time.
    Contractor,
    /// The site's own people.
    Staff,
    /// Pre-registered visitors.
    Visitors,
    /// A tour or delegation that comes together.
    Tour,
    /// Authorities and emergency services.
    Authority,
}

/// A gate: one place with one or more lanes into one area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Name, unique within the site.
    pub id: Name,
    /// For people, Vietnamese.
    pub name_vi: String,
    /// For people, English.
    pub name_en: String,
    /// The area that its lanes lead into; gates of one area share their counts.
    pub area: Name,
    /// People that may be inside the area; no limit if none.
    pub person_capacity: Option<u32>,
    /// Vehicles that may be inside the area; no limit if none.
    pub vehicle_capacity: Option<u32>,
    /// Lanes.
    pub lanes: Vec<Lane>,
}

/// Which way a lane leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneWay {
    /// Into the area.
    In,
    /// Out of it.
    Out,
    /// Both, in turn.
    Both,
}

/// A lane. Which camera, line and barrier belong to it is configured at the agent, which knows its wires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// Name, unique within the site.
    pub id: Name,
    /// For people, Vietnamese.
    pub name_vi: String,
    /// For people, English.
    pub name_en: String,
    /// Which way.
    pub way: LaneWay,
    /// What it asks.
    pub policy: Policy,
}

/// Lists that decide at a gate. Watch lists are apart: they never refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// May pass as the rules say.
    Allow,
    /// May not pass.
    Block,
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A vehicle.
    Vehicle,
    /// A person.
    Person,
}

/// How an entry is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKey {
    /// A plate, readable.
    Plate {
        /// Canonical text.
        text: String,
        /// Car or motorcycle; both if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<VehicleGroup>,
    },
    /// Anything else.
    Digest {
        /// What it was made of.
        of: KeyKind,
        /// The digest.
        digest: KeyDigest,
    },
}

/// One vehicle or person that is allowed or blocked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Id at central.
    pub id: String,
    /// Which list.
    pub list: ListKind,
    /// Vehicle or person.
    pub kind: EntryKind,
    /// Its group.
    pub group: Option<Name>,
    /// What the guard sees: an enterprise's vehicle, or `Nguyễn V. M.`. Never a number.
    pub label: String,
    /// How it is recognised: any one of them.
    pub keys: Vec<EntryKey>,
    /// Gates it holds at; all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<Name>,
    /// Hours of this entry, besides those of the rules; always if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Name>,
    /// From when; always if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// First moment that no longer counts; for ever if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// How many entries (ways in) it is good for; any number if none. 1 is a one-time pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uses: Option<u32>,
    /// Whether somebody of the staff must come along.
    #[serde(default)]
    pub escort: bool,
    /// Of a vehicle: entries of the people who may drive it; anybody of its group if empty, anybody at all if it has no group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drivers: Vec<String>,
    /// Longest stay, minutes; no limit if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stay_minutes: Option<u32>,
    /// When a visitor is expected, for the desk's list of the next hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_at: Option<Timestamp>,
    /// Of a person: how many come on this entry, a tour or delegation with one booking; 1 if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
}

impl Entry {
    /// How many people come on it.
    pub fn people(&self) -> u32 {
        self.people.unwrap_or(1)
    }

    /// Whether anything at a gate can meet it: a vehicle by a plate, a person by a digest. One that cannot be met has no place
    /// in a list.
    pub fn is_recognisable(&self) -> bool {
        self.keys.iter().any(|key| match (self.kind, key) {
            (EntryKind::Vehicle, EntryKey::Plate { .. }) => true,
            (EntryKind::Person, EntryKey::Digest { of, .. }) => *of != KeyKind::Plate,
            _ => false,
        })
    }
}

/// A watch list entry as an agent gets it: it can be met, not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WatchDigest {
    /// What it was made of.
    pub of: KeyKind,
    /// The digest.
    pub digest: KeyDigest,
    /// First moment that no longer counts.
    pub valid_until: Option<Timestamp>,
}

/// Somebody who may work at the desk, also while central is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardAccount {
    /// User name.
    pub user: String,
    /// Name on the screen.
    pub name: String,
    /// Argon2id hash of the desk PIN, PHC string.
    pub pin_hash: String,
    /// Gates; all if empty.
    pub gates: Vec<Name>,
    /// May open in an emergency, correct counts and forgive anti-passback.
    pub supervisor: bool,
}

impl GateList {
    /// Reads the body of a list whose signature was checked, for this agent.
    ///
    /// # Errors
    /// [`ListError`]: nothing of a list that is wrong anywhere is used.
    pub fn open(body: &[u8], site: &Name, agent: &Name) -> Result<Self, ListError> {
        #[derive(Deserialize)]
        struct Head {
            v: u32,
        }
        let malformed = |error: serde_json::Error| ListError::Malformed(error.to_string());
        let head: Head = serde_json::from_slice(body).map_err(malformed)?;
        if head.v > VERSION {
            return Err(ListError::NewerVersion(head.v));
        }
        let list: Self = serde_json::from_slice(body).map_err(malformed)?;
        if (&list.site, &list.agent) != (site, agent) {
            return Err(ListError::OtherAgent);
        }
        list.check()?;
        Ok(list)
    }

    /// Every lane with its gate.
    pub fn lanes(&self) -> impl Iterator<Item = (&Gate, &Lane)> {
        self.gates.iter().flat_map(|gate| gate.lanes.iter().map(move |lane| (gate, lane)))
    }

    /// A lane and its gate by the lane's name.
    pub fn lane(&self, lane: &Name) -> Option<(&Gate, &Lane)> {
        self.lanes().find(|(_, other)| &other.id == lane)
    }

    /// A schedule by its name.
    pub fn schedule(&self, id: &Name) -> Option<&Schedule> {
        self.schedules.iter().find(|schedule| &schedule.id == id)
    }

    /// A group by its name.
    pub fn group(&self, id: &Name) -> Option<&Group> {
        self.groups.iter().find(|group| &group.id == id)
    }
}
