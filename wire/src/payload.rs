//! What an event says, by kind. Boxes are `[x, y, w, h]` in whole pixels of the overview picture.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Name, gate, violation};

/// The `camera` of events that are about the agent and not about a camera.
pub const AGENT_ITSELF: &str = "agent";

/// Kind and facts of an event; in JSON the fields `kind` and `payload`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
// Payloads are read one at a time and never kept in bulk: a box would only make them harder to take apart.
#[allow(clippy::large_enum_variant)]
pub enum Payload {
    /// A person crossed a counting line. Anonymous: no picture, no reading.
    Crossing(Crossing),
    /// A vehicle passed a line or stayed in a zone.
    Vehicle(Vehicle),
    /// A camera changed its state.
    CameraState(CameraState),
    /// The agent had to give events up. Its `camera` is [`AGENT_ITSELF`].
    OutboxLoss(OutboxLoss),
    /// A gate decided. Its `camera` is the lane's, or [`AGENT_ITSELF`] where no camera looks at it.
    Access(Box<gate::Access>),
    /// A guard did something at the desk.
    GuardAction(gate::GuardAction),
    /// An operator must see this.
    Incident(gate::Incident),
    /// People in a zone during a minute.
    ZoneCount(gate::ZoneCount),
    /// A count was corrected by hand.
    CountCorrection(gate::CountCorrection),
    /// A shift was handed over.
    Shift(gate::Shift),
    /// A line of a paper form.
    PaperEntry(gate::PaperEntry),
    /// An identity to be checked later.
    IdentityCheck(gate::IdentityCheck),
    /// A vehicle did what a rule of the road forbids, as far as a camera can tell.
    Violation(Box<violation::Violation>),
}

impl Payload {
    /// The word in the `kind` field.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Crossing(_) => "crossing",
            Self::Vehicle(_) => "vehicle",
            Self::CameraState(_) => "camera_state",
            Self::OutboxLoss(_) => "outbox_loss",
            Self::Access(_) => "access",
            Self::GuardAction(_) => "guard_action",
            Self::Incident(_) => "incident",
            Self::ZoneCount(_) => "zone_count",
            Self::CountCorrection(_) => "count_correction",
            Self::Shift(_) => "shift",
            Self::PaperEntry(_) => "paper_entry",
            Self::IdentityCheck(_) => "identity_check",
            Self::Violation(_) => "violation",
        }
    }
}

/// Which way a line was crossed. `In` and `forward` are from the line's left side to its right, looking from `a` to `b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the site (gate lines).
    In,
    /// Out of the site (gate lines).
    Out,
    /// With the lane (road lines).
    Forward,
    /// Against the lane (road lines).
    Backward,
}

impl Direction {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::Forward => "forward",
            Self::Backward => "backward",
        }
    }
}

/// A person crossed a counting line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossing {
    /// The line.
    pub line: Name,
    /// Which way.
    pub direction: Direction,
    /// `person`; bicycles may be counted too.
    pub class: String,
    /// The agent's track number, unique within one run of one camera.
    pub track: u64,
}

/// A vehicle did what a rule watches for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vehicle {
    /// The line or zone.
    pub rule: Name,
    /// Which way.
    pub direction: Direction,
    /// `car`, `motorcycle`, `bus` or `truck`.
    pub class: String,
    /// Mean detector score of that class over the track, `0..=1`.
    pub class_score: f32,
    /// Where the vehicle is in the overview picture.
    #[serde(rename = "box")]
    pub bbox: [i32; 4],
    /// Width and height of the overview picture.
    pub picture: [u32; 2],
    /// The plate, when it could be read.
    pub reading: Option<PlateReading>,
    /// Why there is no reading.
    pub no_reading: Option<NoReading>,
    /// What is wrong with the plate itself, for a person to check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate_finding: Option<PlateFinding>,
    /// The track behind the event.
    pub track: TrackRef,
    /// What the signal that governs the line showed at that moment; none where no signal is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<crate::SignalReading>,
}

/// Why a plate was not read: "cannot read" is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoReading {
    /// No plate was seen on the vehicle.
    NoPlateFound,
    /// A plate was seen, never large enough to read.
    TooSmall,
    /// A plate was seen and large enough; its characters were not clear.
    Unreadable,
}

impl NoReading {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoPlateFound => "no_plate_found",
            Self::TooSmall => "too_small",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Something about the plate itself that a person should check. Never an accusation: light, angle and dirt look alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlateFinding {
    /// `covered`, `bent`, `missing` or `unreadable` ([`PlateFindingKind`]); kept as text so that a newer agent's word passes.
    pub kind: String,
    /// How much speaks for it, `0..=1`.
    pub score: f32,
    /// Looks at the vehicle that speak for it.
    pub looks: u32,
}

/// The findings that agents of this version make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlateFindingKind {
    /// Part of the characters is hidden, the others are clear.
    Covered,
    /// The plate is not flat.
    Bent,
    /// No plate where one must be, seen near enough and often enough.
    Missing,
    /// A plate near enough to be read, whose characters cannot be told: dirt, wear, glare.
    Unreadable,
}

impl PlateFindingKind {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Bent => "bent",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Something seen besides the characters, with its own score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Attribute {
    /// The word, in snake case; kept as text so that a newer agent's word passes.
    pub value: String,
    /// How sure, `0..=1`.
    pub score: f32,
}

/// What the plate says, after voting over the track.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlateReading {
    /// Canonical: upper case, Đ folded to D, `[A-Z0-9]` only.
    pub text: String,
    /// As printed: `59-P1 664.80`.
    pub display: String,
    /// What the recogniser saw, before any repair.
    pub raw: String,
    /// Whether `text` is a plate that can be issued.
    pub valid: bool,
    /// Kind of plate by the grammar (`plate::PlateKind` in snake case); kept as text so that a newer agent's kind passes.
    pub kind: Option<String>,
    /// Lines on the plate: 1 or 2.
    pub lines: u8,
    /// Confidence in the whole text, `0..=1`.
    pub score: f32,
    /// Reads that agree with `text`.
    pub votes: u32,
    /// Reads made.
    pub reads: u32,
    /// Other texts that were considered, best first.
    pub candidates: Vec<Candidate>,
    /// Repairs made on `raw`, one line each.
    pub edits: Vec<String>,
    /// Other valid ways to understand the same characters (kinds), if the grammar leaves any open.
    pub ambiguous: Vec<String>,
    /// Where the plate is in the overview picture.
    #[serde(rename = "box")]
    pub bbox: [i32; 4],
    /// Background (`plate::PlateColour`); absent when the light did not let it be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Attribute>,
    /// Class of the bearer (`plate::PlateClass`); absent where only an unknown colour would tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Country (`plate::Country`) of a plate that seems not to be Vietnamese; its `valid` is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// A text that was considered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Canonical text.
    pub text: String,
    /// Its share of the vote, `0..=1`.
    pub score: f32,
    /// Kind of plate by the grammar, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Why it was considered: `read` by a look as it stands, `repaired`, or `composed` from several looks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The track behind an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackRef {
    /// Track number, unique within one run of one camera.
    pub id: u64,
    /// Frames in which it was seen.
    pub frames: u32,
    /// First sight.
    pub first: Timestamp,
    /// Last sight before the event was written.
    pub last: Timestamp,
}

/// A camera changed its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraState {
    /// What it is now: see [`crate::status::CameraWord`].
    pub state: crate::status::CameraWord,
    /// What it was before.
    pub was: crate::status::CameraWord,
    /// How long it had been so, milliseconds.
    pub lasted_ms: u64,
}

/// Events that the outbox gave up, so that central can count them instead of guessing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxLoss {
    /// `full` (evicted to stay within bounds) or `damaged` (the store could not be read any more).
    pub reason: LossReason,
    /// How many of the numbers below were provisional events, whose settled event repeats them.
    pub previews: u64,
    /// Sequence numbers that will never come, as inclusive ranges.
    pub seqs: Vec<[u64; 2]>,
    /// Pictures that will never come. Events that name them are committed without, and their absence is shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<crate::Digest>,
}

/// Why events were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossReason {
    /// The outbox was full.
    Full,
    /// The store was damaged.
    Damaged,
}
