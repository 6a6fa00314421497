//! What the guard's desk sees: one small value, made anew on every change. Its JSON is the desk's API.
//!
//! Labels and plates are in it because the desk shows them; nothing of it is logged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::Name;
use wire::gate::{
    AccessOutcome, Actor, BarrierWord, Freshness, GuardAct, LaneWay, Reason, Verdict, Wanted, Warning,
};
use wire::identity::TrustLevel;
use wire::payload::Direction;
use wire::status::{CameraWord, LadderStep};

/// The desk of one agent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeskView {
    /// Grows with every change.
    pub revision: u64,
    /// When it was made, by the agent's clock.
    pub at: Timestamp,
    /// Site.
    pub site: Name,
    /// Agent.
    pub agent: Name,
    /// The lowest step of the ladder that a lane stands on.
    pub step: LadderStep,
    /// Since when central is away; none while it is there.
    pub alone_since: Option<Timestamp>,
    /// Events that wait for central.
    pub queued: u64,
    /// The list in use.
    pub list: ListView,
    /// Number of the paper form.
    pub paper_form: Option<String>,
    /// Gates.
    pub gates: Vec<GateView>,
    /// An evacuation, while it lasts.
    pub muster: Option<MusterView>,
    /// The newest decisions that are over, newest first, 50 at most.
    pub recent: Vec<CaseView>,
}

/// The list in use.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListView {
    /// Version; 0 if there is none.
    pub version: u64,
    /// When it was made.
    pub made_at: Option<Timestamp>,
    /// How it is.
    pub freshness: Freshness,
}

/// One gate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateView {
    /// Name in events.
    pub id: Name,
    /// For people.
    pub name_vi: String,
    /// For people.
    pub name_en: String,
    /// Area behind it.
    pub area: Name,
    /// People inside the area.
    pub people: u64,
    /// Vehicles inside the area.
    pub vehicles: u64,
    /// How many may be.
    pub person_capacity: Option<u32>,
    /// How many may be.
    pub vehicle_capacity: Option<u32>,
    /// Visitors expected within the next hour.
    pub expected: u32,
    /// Lanes.
    pub lanes: Vec<LaneView>,
}

/// One lane.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LaneView {
    /// Name in events.
    pub id: Name,
    /// For people.
    pub name_vi: String,
    /// For people.
    pub name_en: String,
    /// Which way.
    pub way: LaneWay,
    /// What has to be presented.
    pub wanted: Wanted,
    /// Camera, where one looks at it.
    pub camera: Option<Name>,
    /// How the camera is.
    pub camera_state: Option<CameraWord>,
    /// Since when.
    pub camera_since: Option<Timestamp>,
    /// Barrier.
    pub barrier: BarrierWord,
    /// Whether its reader of cards is there; none if it has none.
    pub reader: Option<bool>,
    /// Its step of the ladder.
    pub step: LadderStep,
    /// Kept open by a guard.
    pub held: bool,
    /// Open for an emergency.
    pub emergency: bool,
    /// Who stands there now.
    pub current: Option<CaseView>,
    /// Who waits behind.
    pub queue: Vec<CaseView>,
}

/// One decision as the guard sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CaseView {
    /// Event id of the decision.
    pub access: Uuid,
    /// Lane.
    pub lane: Name,
    /// When it was first seen.
    pub since: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// The plate.
    pub plate: Option<PlateView>,
    /// The person.
    pub person: Option<PersonView>,
    /// Label of the entry: whose vehicle, or who, as the list says it.
    pub label: Option<String>,
    /// Name of the group.
    pub group: Option<String>,
    /// The last word.
    pub verdict: Verdict,
    /// The agent's answer, which stays visible when a guard overrides it.
    pub answer: Verdict,
    /// Why.
    pub reason: Reason,
    /// Which rule.
    pub rule: Option<Name>,
    /// What else to know.
    pub warnings: Vec<Warning>,
    /// Whose word it is.
    pub actor: Actor,
    /// Provisional until it has passed or gone.
    pub outcome: AccessOutcome,
    /// Version of the list it was decided from.
    pub list_version: u64,
    /// Track in the lane's camera, to draw its box.
    pub track: Option<u64>,
    /// Whether `/api/pictures/{access}` has a picture.
    pub picture: bool,
    /// Longest stay, minutes, of the entry.
    pub stay_minutes: Option<u32>,
    /// When it passed or went.
    pub ended_at: Option<Timestamp>,
}

/// A plate to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlateView {
    /// Canonical.
    pub text: String,
    /// As printed.
    pub display: String,
    /// Kind by the grammar.
    pub kind: Option<String>,
    /// Lines.
    pub lines: u8,
    /// Background.
    pub colour: Option<String>,
    /// Score, `0..=1`.
    pub score: f32,
}

/// A person who presented something. No number, ever.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonView {
    /// Masked name as the document says it: `Nguyễn V. M.`; none for passes and PINs.
    pub label: Option<String>,
    /// How far proven.
    pub trust: Option<TrustLevel>,
    /// What was shown: `card`, `pass`, `pin`, `passport`, `vneid`, `ticket`.
    pub shown: String,
    /// The register did not answer.
    pub offline: bool,
    /// Waiting for the register's answer.
    pub asking: bool,
}

/// An evacuation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MusterView {
    /// Since when.
    pub since: Timestamp,
    /// Who pressed the key.
    pub by: String,
    /// Known people inside who were not found yet.
    pub missing: u32,
    /// Found.
    pub accounted: u32,
    /// People inside by count whom nobody knows by name.
    pub anonymous: u64,
}

/// Somebody or something inside, for the list of those inside and for the evacuation list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InsideView {
    /// Entry id, or `plate:TEXT`.
    pub subject: String,
    /// `vehicle` or `person`.
    pub kind: wire::gate::EntryKind,
    /// Label of the entry, or the plate.
    pub label: String,
    /// Name of the group.
    pub group: Option<String>,
    /// Area.
    pub area: Name,
    /// Lane it came through.
    pub lane: Name,
    /// When.
    pub since: Timestamp,
    /// Over its longest stay.
    pub overstayed: bool,
    /// Found in the running evacuation.
    pub accounted: bool,
}

/// A visitor who is expected.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExpectedView {
    /// Entry id.
    pub entry: String,
    /// Label.
    pub label: String,
    /// Group that is visited or that comes.
    pub group: Option<String>,
    /// When.
    pub expected_at: Timestamp,
    /// Plate of its vehicle, if one is registered, as printed.
    pub plate: Option<String>,
    /// Came already.
    pub arrived: bool,
}

/// What a guard does at a lane or gate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActRequest {
    /// What.
    pub act: GuardAct,
    /// The decision it is about.
    #[serde(default)]
    pub access: Option<Uuid>,
    /// The subject it is about, for `forgive` and `accounted`.
    #[serde(default)]
    pub subject: Option<String>,
    /// Why: a word of the list of reasons.
    pub reason: String,
    /// Why, in words.
    #[serde(default)]
    pub note: Option<String>,
}

/// What somebody presents at a lane, scanned or typed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "shown", rename_all = "snake_case", deny_unknown_fields)]
pub enum PresentRequest {
    /// The text of a card's QR code, as a wedge reader types it.
    Card {
        /// `NUMBER|…`.
        text: String,
    },
    /// A card typed by hand: number and name.
    TypedCard {
        /// 12 digits.
        number: String,
        /// Name.
        name: String,
        /// `YYYY-MM-DD`.
        birth: String,
    },
    /// The QR code of a pass.
    Pass {
        /// Its text.
        text: String,
    },
    /// A PIN.
    Pin {
        /// Digits.
        pin: String,
    },
    /// A foreign visitor's passport.
    Passport {
        /// Three letters, ICAO 9303.
        country: String,
        /// Number.
        number: String,
        /// Name as in the passport.
        name: String,
    },
    /// A VNeID code.
    Vneid {
        /// Its text, not parsed.
        token: String,
    },
    /// A railway ticket, with the card shown before.
    Ticket {
        /// Its code.
        code: String,
    },
    /// A plate typed by the guard, while the camera is away.
    Plate {
        /// As typed.
        text: String,
    },
}

impl std::fmt::Debug for PresentRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PresentRequest(redacted)")
    }
}
