//! What the desk asks of [`Gates`](super::Gates) and what it gets, besides the view.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;
use wire::gate::{SubjectKind, Verdict};
use wire::identity::IdentityError;
use wire::payload::Direction;

/// An act was recorded and done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acted {
    /// The decision it was about, if it was about one.
    pub access: Option<Uuid>,
    /// Always true: what is not recorded is an error.
    pub recorded: bool,
}

/// Why an act was not done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ActError {
    /// Nobody stands there, or not the one that was meant.
    #[error("nobody waits at this lane, or another one by now: look again")]
    NothingWaiting,
    /// Not in the list of reasons.
    #[error("{0:?} is not a reason for this act")]
    UnknownReason(String),
    /// Only a supervisor may.
    #[error("only a supervisor may do this")]
    SupervisorOnly,
    /// No such gate or lane, or no such subject inside.
    #[error("there is no {0} of that name here")]
    Unknown(&'static str),
    /// Entered before.
    #[error("this line of this paper form was entered before")]
    AlreadyEntered,
    /// The text of a plate that is none.
    #[error("this is not a plate that can be issued")]
    BadPlate,
    /// It cannot be written, so it was not done.
    #[error("this cannot be recorded, so it was not done: {0}")]
    NotRecorded(String),
}

impl ActError {
    /// The reason in one word for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NothingWaiting => "nothing_waiting",
            Self::UnknownReason(_) => "unknown_reason",
            Self::SupervisorOnly => "supervisor_only",
            Self::Unknown(_) => "not_found",
            Self::AlreadyEntered => "already_entered",
            Self::BadPlate => "bad_plate",
            Self::NotRecorded(_) => "not_recorded",
        }
    }
}

/// Something was presented.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Presented {
    /// The decision it became, or belongs to.
    pub access: Uuid,
    /// Whether a register is being asked.
    pub asking: bool,
}

/// Why what was presented cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PresentError {
    /// Not an identity card.
    #[error(transparent)]
    Card(#[from] IdentityError),
    /// Not a plate.
    #[error("this is not a plate that can be issued")]
    BadPlate,
    /// Not a passport number.
    #[error("a passport is its country in three letters and its number in letters and digits")]
    BadPassport,
    /// The code of a pass that is on no list.
    #[error("this pass is on no list of this gate")]
    UnknownPass,
    /// No such lane.
    #[error("there is no lane of that name here")]
    UnknownLane,
    /// A ticket is checked together with a card.
    #[error("show the identity card first, then the ticket")]
    CardFirst,
    /// This agent is not enrolled, so nothing can be compared with a list.
    #[error("this agent is not enrolled at central yet")]
    NotEnrolled,
}

impl PresentError {
    /// The reason in one word for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::Card(error) => error.code(),
            Self::BadPlate => "bad_plate",
            Self::BadPassport => "bad_passport",
            Self::UnknownPass => "unknown_pass",
            Self::UnknownLane => "not_found",
            Self::CardFirst => "card_first",
            Self::NotEnrolled => "not_enrolled",
        }
    }
}

/// The evacuation key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MusterRequest {
    /// Begins or ends.
    pub on: bool,
    /// Why: a word of the list of reasons; `other` if not said.
    #[serde(default)]
    pub reason: Option<String>,
    /// In words.
    #[serde(default)]
    pub note: Option<String>,
}

/// A correction of the counts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrectRequest {
    /// People more or fewer.
    pub people: i64,
    /// Vehicles more or fewer.
    pub vehicles: i64,
    /// Why: a word of the list.
    pub reason: String,
    /// In words.
    #[serde(default)]
    pub note: Option<String>,
}

/// A line of a paper form.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperRequest {
    /// Number of the form.
    pub form: String,
    /// Line on it.
    pub row: u32,
    /// When, as written.
    pub at: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// Vehicle or person.
    pub kind: SubjectKind,
    /// Plate of a vehicle.
    #[serde(default)]
    pub plate: Option<String>,
    /// Name of a person.
    #[serde(default)]
    pub name: Option<String>,
    /// Number of a person.
    #[serde(default)]
    pub number: Option<String>,
    /// What the guard did.
    pub verdict: Verdict,
    /// Remark.
    #[serde(default)]
    pub note: Option<String>,
}

impl std::fmt::Debug for PaperRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PaperRequest(redacted)")
    }
}

/// A shift is handed over. Whoever comes has proven themselves before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandOver {
    /// Who goes; none at the first sign-in.
    pub from: Option<String>,
    /// Who comes; none when the desk is left.
    pub to: Option<String>,
    /// Notes for the next shift.
    pub note: Option<String>,
    /// What is handed over.
    pub items: Vec<String>,
}

/// The shift of a gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ShiftView {
    /// Gate.
    pub gate: wire::Name,
    /// Who is on duty.
    pub current: Option<ShiftUser>,
    /// Hand-overs, newest first, 20 at most.
    pub notes: Vec<ShiftNote>,
    /// Figures since the last hand-over.
    pub totals: ShiftTotals,
}

/// Who is on duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftUser {
    /// User name.
    pub user: String,
    /// Name on the screen, as the list says it.
    pub name: String,
    /// Since when.
    pub since: Timestamp,
}

/// One hand-over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftNote {
    /// When.
    pub at: Timestamp,
    /// Who went.
    pub from: Option<String>,
    /// Who came.
    pub to: Option<String>,
    /// Notes.
    pub note: Option<String>,
    /// People inside.
    pub people: u64,
    /// Vehicles inside.
    pub vehicles: u64,
    /// Decisions that were open.
    pub waiting: u32,
    /// What was handed over.
    pub items: Vec<String>,
}

/// Figures of a shift.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftTotals {
    /// Decisions that ended in admission.
    pub admitted: u64,
    /// Decisions that ended in refusal.
    pub denied: u64,
    /// Decisions that ended while waiting.
    pub waited: u64,
    /// Guards' words against the agent's.
    pub overrides: u64,
    /// Passages in.
    #[serde(rename = "in")]
    pub entered: u64,
    /// Passages out.
    #[serde(rename = "out")]
    pub left: u64,
}
