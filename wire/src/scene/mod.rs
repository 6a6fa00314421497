//! A **scene**: what a person drew on one frame of a road camera, so that rules know lanes, lines, zones, signals and metres.
//!
//! Central keeps every version and seals the newest for the agent (`vg/1/{site}/{agent}/scene/{camera}`, retained); a file in the
//! agent's configuration says the same while there is no central. An event names the version that judged it. Points are
//! normalised `[x, y]`: 0, 0 is the top left corner of the picture, 1, 1 the bottom right one. Metres are in a plane of the
//! scene's own: any origin, x and y at a right angle.

mod check;
mod message;
mod shape;

pub use check::{SceneProblem, check};
pub use message::{MAX_SCENE_BYTES, Preview, Previewed, SceneMessage, Task, TaskResult, TaskWhat, TaskWord};
pub use shape::{Part, RuleField, RuleShape, shape, shapes};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Name;
use crate::violation::Kind;

/// Format of scenes that this crate speaks.
pub const SCENE_VERSION: u32 = 1;

/// A point of the picture, normalised.
pub type Spot = [f32; 2];

/// Everything drawn on one camera's picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scene {
    /// Format: [`SCENE_VERSION`].
    pub v: u32,
    /// Camera, unique within its site.
    pub camera: Name,
    /// Counted by central, from 1; 0 for a file that never was at central.
    #[serde(default)]
    pub version: u64,
    /// Pixels of the frame it was drawn on.
    pub picture: [u32; 2],
    /// Where the camera stands.
    #[serde(default)]
    pub place: Place,
    /// Pixels to metres, from four or more measured points.
    #[serde(default)]
    pub ground: Option<Ground>,
    /// Lanes of traffic.
    #[serde(default)]
    pub lanes: Vec<SceneLane>,
    /// Stop lines and other lines with a direction.
    #[serde(default)]
    pub lines: Vec<SceneLine>,
    /// Areas with a meaning.
    #[serde(default)]
    pub zones: Vec<SceneZone>,
    /// Markings that must not be crossed.
    #[serde(default)]
    pub markings: Vec<Marking>,
    /// Signals and where their lamps are.
    #[serde(default)]
    pub signals: Vec<SceneSignal>,
    /// What is watched for.
    #[serde(default)]
    pub rules: Vec<SceneRule>,
}

/// Where a camera stands, as a notice says it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Road or junction, Vietnamese.
    #[serde(default)]
    pub vi: String,
    /// The same in English.
    #[serde(default)]
    pub en: String,
    /// Latitude and longitude, degrees WGS 84.
    #[serde(default)]
    pub at: Option<[f64; 2]>,
    /// Which way the watched traffic goes, Vietnamese.
    #[serde(default)]
    pub direction_vi: String,
    /// Code of the commune.
    #[serde(default)]
    pub commune: Option<String>,
    /// Key of the road segment that speed limits are looked up by.
    #[serde(default)]
    pub segment: Option<String>,
}

/// Measured points of the ground.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ground {
    /// Four at least, not three on one straight line.
    pub points: Vec<GroundPoint>,
    /// Day of the measurement.
    pub measured_on: Date,
    /// Who measured, and how: a name of a unit, not of a person.
    pub measured_by: String,
}

/// One measured point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GroundPoint {
    /// In the picture.
    pub at: Spot,
    /// On the ground, metres.
    pub metres: [f64; 2],
}

/// What a vehicle is to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VehicleClass {
    /// Passenger car, pickup, small van.
    Car,
    /// Motorcycle, moped.
    Motorcycle,
    /// Bus or coach.
    Bus,
    /// Lorry.
    Truck,
    /// Pedal cycle.
    Bicycle,
}

impl VehicleClass {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Car => "car",
            Self::Motorcycle => "motorcycle",
            Self::Bus => "bus",
            Self::Truck => "truck",
            Self::Bicycle => "bicycle",
        }
    }
}

/// A strip of road.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneLane {
    /// Unique within the scene, with lines, zones, markings, signals and rules.
    pub id: Name,
    /// Three or more corners.
    pub corners: Vec<Spot>,
    /// Traffic goes from the first point to the second.
    pub flow: [Spot; 2],
    /// Who may drive here; empty: everybody.
    #[serde(default)]
    pub classes: Vec<VehicleClass>,
    /// What it is.
    #[serde(default)]
    pub kind: LaneKind,
    /// Where one may go from here; empty: everywhere.
    #[serde(default)]
    pub moves: Vec<Move>,
}

/// What a lane is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneKind {
    /// For traffic.
    #[default]
    Normal,
    /// Emergency lane or hard shoulder of a motorway.
    Emergency,
    /// Part of a motorway.
    Motorway,
}

/// Where a vehicle goes at a junction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// Straight on.
    Straight,
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Back.
    UTurn,
}

/// A directed line. Seen from `from` to `to`, traffic that goes from its left side to its right side goes *with* it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneLine {
    /// Unique within the scene.
    pub id: Name,
    /// Start.
    pub from: Spot,
    /// End.
    pub to: Spot,
    /// What it is.
    pub kind: LineKind,
    /// The way out that it stands for, for [`LineKind::Exit`].
    #[serde(default, rename = "move")]
    pub to_move: Option<Move>,
    /// Signals that govern it: by way taken, the first that fits; none named for a way: that way is free.
    #[serde(default)]
    pub governed: Vec<Governed>,
}

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// Vehicles stop before it while their signal is red.
    Stop,
    /// Who crosses it has come into the junction from this side.
    Entry,
    /// Who crosses it has left the junction this way.
    Exit,
    /// First or second line of a measured section.
    Speed,
}

/// A signal governs a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Governed {
    /// The signal.
    pub signal: Name,
    /// Ways that it governs; empty: all.
    #[serde(default)]
    pub moves: Vec<Move>,
}

/// An area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneZone {
    /// Unique within the scene.
    pub id: Name,
    /// Three or more corners.
    pub corners: Vec<Spot>,
    /// What it is.
    pub kind: ZoneKind,
}

/// What an area is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneKind {
    /// Middle of a junction: to be left free.
    Junction,
    /// No stopping, no parking (sign P.130).
    NoStopping,
    /// No parking (sign P.131): stopping to let people in or out is allowed.
    NoParking,
    /// Pavement.
    Pavement,
    /// Pedestrian crossing.
    Crossing,
    /// Vehicles are measured here.
    Speed,
    /// Not looked at: a screen, a mirror, a parked display.
    Ignore,
}

/// A marking on the road.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Marking {
    /// Unique within the scene.
    pub id: Name,
    /// Two or more points.
    pub points: Vec<Spot>,
    /// From which side it must not be crossed, seen along the points.
    #[serde(default)]
    pub barred: Barred,
}

/// From which side a marking must not be crossed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Barred {
    /// From both.
    #[default]
    Both,
    /// From its left side (solid on the left, broken on the right).
    FromLeft,
    /// From its right side.
    FromRight,
}

/// A signal head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneSignal {
    /// Unique within the scene.
    pub id: Name,
    /// One box per lamp, normalised `[x, y, w, h]`.
    pub lamps: Vec<Lamp>,
    /// A controller's feed that replaces the picture while it is fresh.
    #[serde(default)]
    pub controller: Option<SceneController>,
}

/// One lamp.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lamp {
    /// `red`, `yellow`, `green`; `any` for one box that shows every colour.
    pub colour: String,
    /// Normalised `[x, y, w, h]`.
    pub area: [f32; 4],
}

/// A group of a signal controller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SceneController {
    /// The controller, as the agent's configuration names it.
    pub id: Name,
    /// Its group.
    pub group: Name,
}

/// One rule. Which of the optional fields a kind reads stands in `data/rule-shapes.json` ([`shapes`]); the others are ignored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneRule {
    /// Unique within the scene.
    pub id: Name,
    /// What it watches for.
    pub kind: Kind,
    /// Off: drawn, checked in previews, silent.
    #[serde(default = "on")]
    pub on: bool,
    /// Lanes, lines, zones and markings it is about, by id. For turns: entry first, then exit; for sections: first, second line.
    #[serde(default)]
    pub about: Vec<Name>,
    /// Whom it is about; empty: every motor vehicle that it can be about.
    #[serde(default)]
    pub classes: Vec<VehicleClass>,
    /// When it holds, local time; empty: always.
    #[serde(default)]
    pub hours: Vec<RuleHours>,
    /// Time after a change of the signal that is forgiven, milliseconds.
    #[serde(default)]
    pub grace_ms: Option<u32>,
    /// How long something must last, seconds.
    #[serde(default)]
    pub dwell_s: Option<f64>,
    /// How far it must lead, metres where the scene has ground, else parts of the picture's height.
    #[serde(default)]
    pub way: Option<f64>,
    /// Length of a measured section, metres.
    #[serde(default)]
    pub length_m: Option<f64>,
    /// Speed limit, km/h, where a sign says so.
    #[serde(default)]
    pub limit_kmh: Option<f64>,
    /// Number and day of the decision or plan behind the sign or marking.
    #[serde(default)]
    pub sign_decision: Option<String>,
}

fn on() -> bool {
    true
}

/// Hours in which a rule holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleHours {
    /// Days, 1 Monday to 7 Sunday; empty: every day.
    #[serde(default)]
    pub days: Vec<u8>,
    /// From, `HH:MM`.
    pub from: String,
    /// To, `HH:MM`, not included; before `from`: over midnight.
    pub to: String,
}

/// Which version of which scene judged something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SceneRef {
    /// Camera.
    pub camera: Name,
    /// Version; 0 for a file.
    pub version: u64,
    /// SHA-256 of the scene's JSON as the agent holds it.
    pub sha256: crate::Digest,
    /// Since when the agent uses it.
    pub since: Option<Timestamp>,
}
