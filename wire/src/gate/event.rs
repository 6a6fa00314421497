//! What happens at gates, as events: decisions, guards' acts, incidents, corrections. Nothing here names anybody: subjects are
//! entry ids, digests, plates, or boxes that only central opens.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::decide::{Ask, Decision, Verdict};
use super::secret::SubjectBox;
use crate::payload::{Direction, PlateReading};
use crate::{Digest, Name};

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Actor {
    /// The agent, by list and policy.
    Agent,
    /// A guard at the desk.
    Guard {
        /// User name.
        user: String,
    },
}

/// What the barrier (or turnstile) said last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BarrierWord {
    /// It was told nothing.
    Idle,
    /// Told to open, not yet said to be open.
    Commanded,
    /// It says that it is open.
    Opened,
    /// Told to open, and did not within the time it has.
    NotOpened,
    /// Kept open by a guard.
    Held,
    /// Open although nobody told it to.
    Forced,
    /// Closed again.
    Closed,
    /// No connection to it.
    Unreachable,
}

impl BarrierWord {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Commanded => "commanded",
            Self::Opened => "opened",
            Self::NotOpened => "not_opened",
            Self::Held => "held",
            Self::Forced => "forced",
            Self::Closed => "closed",
            Self::Unreachable => "unreachable",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessOutcome {
    /// Still at the lane (provisional events).
    Pending,
    /// Went through.
    Passed,
    /// Went away without passing.
    TurnedBack,
    /// Went through although the last word was not "admit".
    PassedUnadmitted,
    /// Nobody saw how it ended.
    Unknown,
}

impl AccessOutcome {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Passed => "passed",
            Self::TurnedBack => "turned_back",
            Self::PassedUnadmitted => "passed_unadmitted",
            Self::Unknown => "unknown",
        }
    }
}

/// One decision at a lane. Sent provisional as soon as it is taken and settled when the subject has passed or gone, under one id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Access {
    /// Gate.
    pub gate: Name,
    /// Area behind it.
    pub area: Name,
    /// Exactly what was asked, so that central can decide the same again.
    pub ask: Ask,
    /// What the agent answered.
    pub decision: Decision,
    /// The last word: the agent's, or that of the guard who overrode it.
    pub verdict: Verdict,
    /// Whose word that is.
    pub actor: Actor,
    /// How it ended.
    pub outcome: AccessOutcome,
    /// The vehicle event of the passage (its id), where a camera saw one.
    pub passage: Option<Uuid>,
    /// The plate as it was read, for people who look at it later.
    pub reading: Option<PlateReading>,
    /// Track at the lane's camera.
    pub track: Option<u64>,
    /// Bodies that went through on it.
    pub bodies: u32,
    /// What the barrier said last.
    pub barrier: BarrierWord,
    /// Milliseconds from the frame that made the reading good enough to the command; none where no command was given.
    pub command_ms: Option<u32>,
    /// The frame's capture time by which `command_ms` counts.
    pub legible_at: Option<Timestamp>,
    /// When it passed or went.
    pub ended_at: Option<Timestamp>,
    /// Runs while central was away: since when, if so.
    pub alone_since: Option<Timestamp>,
}

/// What a guard did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GuardAct {
    /// Lets the waiting subject in.
    Admit,
    /// Sends it away.
    Deny,
    /// Asks it to wait.
    Wait,
    /// Opens without anybody waiting.
    Open,
    /// Keeps the barrier open.
    Hold,
    /// Ends that.
    Release,
    /// Opens the lane for an emergency, until released.
    EmergencyOpen,
    /// Ends that.
    EmergencyEnd,
    /// Looked at the papers: they are good.
    PapersChecked,
    /// Says that an escort is along.
    Escort,
    /// Forgives anti-passback.
    Forgive,
    /// Presses the evacuation key.
    Muster,
    /// Ends the evacuation.
    MusterEnd,
    /// Marks somebody as found in an evacuation.
    Accounted,
}

impl GuardAct {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Deny => "deny",
            Self::Wait => "wait",
            Self::Open => "open",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::EmergencyOpen => "emergency_open",
            Self::EmergencyEnd => "emergency_end",
            Self::PapersChecked => "papers_checked",
            Self::Escort => "escort",
            Self::Forgive => "forgive",
            Self::Muster => "muster",
            Self::MusterEnd => "muster_end",
            Self::Accounted => "accounted",
        }
    }
}

/// A guard did something at the desk. Always recorded, before its effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardAction {
    /// Gate.
    pub gate: Name,
    /// Lane; none for acts about the whole gate.
    pub lane: Option<Name>,
    /// What.
    pub act: GuardAct,
    /// The decision it is about (its event id).
    pub access: Option<Uuid>,
    /// The entry it is about, where no decision is.
    pub subject: Option<String>,
    /// User name.
    pub user: String,
    /// Why: a word of the desk's list of reasons.
    pub reason: String,
    /// Why, in the guard's words.
    pub note: Option<String>,
    /// The agent's answer that this goes against, if it does.
    pub overrides: Option<Verdict>,
}

/// Kinds of incidents at gates and areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IncidentKind {
    /// More bodies than the decision was for.
    Tailgating,
    /// The barrier opened by itself or by force.
    BarrierForced,
    /// The barrier did not open when told.
    BarrierFailed,
    /// The barrier stayed open for too long.
    BarrierHeld,
    /// Somebody in a forbidden area.
    Intrusion,
    /// Somebody in an area outside its hours.
    AfterHours,
    /// Somebody over a fence line.
    Fence,
    /// Somebody on the tracks.
    TrackIntrusion,
    /// Something left behind.
    LeftLuggage,
    /// Somebody who stays where nobody should.
    Loitering,
    /// Too many people in a zone.
    Crowding,
    /// Passed against the last word.
    PassedUnadmitted,
    /// A face may be one that is sought. Who, is not said: the police role looks.
    PossibleFace,
}

impl IncidentKind {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tailgating => "tailgating",
            Self::BarrierForced => "barrier_forced",
            Self::BarrierFailed => "barrier_failed",
            Self::BarrierHeld => "barrier_held",
            Self::Intrusion => "intrusion",
            Self::AfterHours => "after_hours",
            Self::Fence => "fence",
            Self::TrackIntrusion => "track_intrusion",
            Self::LeftLuggage => "left_luggage",
            Self::Loitering => "loitering",
            Self::Crowding => "crowding",
            Self::PassedUnadmitted => "passed_unadmitted",
            Self::PossibleFace => "possible_face",
        }
    }
}

/// Something that an operator must see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// What.
    pub incident: IncidentKind,
    /// The line or zone, or the lane.
    pub rule: Name,
    /// Lane, where it is one's.
    pub lane: Option<Name>,
    /// The decision it belongs to.
    pub access: Option<Uuid>,
    /// Track.
    pub track: Option<u64>,
    /// Bodies, people or seconds: what the kind counts.
    pub count: u32,
    /// Where in the overview picture, `[x, y, w, h]` pixels.
    #[serde(rename = "box")]
    pub bbox: Option<[i32; 4]>,
    /// Width and height of the overview picture.
    pub picture: Option<[u32; 2]>,
}

/// People in a zone during one minute, which begins at the event's `captured.at`. A minute of which nothing was seen has no event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneCount {
    /// Zone.
    pub zone: Name,
    /// Most people at the same time.
    pub most: u32,
    /// Mean number of people.
    pub mean: f32,
    /// Seconds of the minute in which the zone was seen.
    pub observed_s: f32,
}

/// A count was corrected by hand. The counted figures stay; this is added to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountCorrection {
    /// Gate at which it was noticed.
    pub gate: Name,
    /// Area whose figures it changes.
    pub area: Name,
    /// People more (or fewer) inside.
    pub people: i64,
    /// Vehicles more (or fewer) inside.
    pub vehicles: i64,
    /// User name.
    pub user: String,
    /// Why, a word of the desk's list.
    pub reason: String,
    /// Why, in words.
    pub note: Option<String>,
}

/// A shift was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Gate.
    pub gate: Name,
    /// Who goes; none at the first sign-in.
    pub from: Option<String>,
    /// Who comes.
    pub to: Option<String>,
    /// Notes for the next shift.
    pub note: Option<String>,
    /// People and vehicles inside at that moment.
    pub people: u64,
    /// Vehicles inside.
    pub vehicles: u64,
    /// Decisions still open at that moment.
    pub waiting: u32,
    /// Keys, radio, seals: what was handed over, as the desk lists it.
    pub items: Vec<String>,
}

/// What stands in one line of the paper form that was used during an outage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperEntry {
    /// Gate.
    pub gate: Name,
    /// Area.
    pub area: Name,
    /// Number of the form.
    pub form: String,
    /// Line on it: with the form, what makes it one.
    pub row: u32,
    /// When it happened, as written.
    pub at: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// Who or what.
    pub subject: Subject,
    /// What the guard did then.
    pub verdict: Verdict,
    /// Who typed it in.
    pub user: String,
    /// Remark.
    pub note: Option<String>,
}

/// Vehicle or person of a paper entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What it is.
    pub kind: SubjectKind,
    /// Canonical plate of a vehicle.
    pub plate: Option<String>,
    /// Entry it was found to be, if any.
    pub entry: Option<String>,
    /// Name and number of a person, for central only.
    pub person: Option<SubjectBox>,
}

/// Vehicle or person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// A vehicle.
    Vehicle,
    /// A person.
    Person,
}

/// An identity that could not be checked when it was presented: central checks it later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityCheck {
    /// Gate.
    pub gate: Name,
    /// Lane.
    pub lane: Name,
    /// The decision it belongs to.
    pub access: Uuid,
    /// Purpose code: `GATE_CONTROL`.
    pub purpose: String,
    /// Number, name and date of birth ([`super::Question`]'s `verify_citizen` as JSON), closed for central under the purpose.
    pub subject: SubjectBox,
    /// Digest of what was shown, so that a repeated question is known.
    pub digest: Digest,
}
