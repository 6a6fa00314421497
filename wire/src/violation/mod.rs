//! A **violation** event: what a rule saw a vehicle do, with all that a person needs to judge it. It proposes; it decides nothing.
//!
//! Pictures, clip and overlay travel as evidence; [`Moment`]s name the picture that shows each of them. Boxes are `[x, y, w, h]` in
//! whole pixels of the overview. What a kind must bring along stands in `data/violation-kinds.json` ([`KindFacts`]); [`missing`]
//! names what is not there. A speed is never evidence here: the cameras are no type-approved meters.

mod bounds;
mod evidence;
mod kind;

pub use bounds::check_violation;
pub use evidence::{Need, Overlay, OverlayFrame, OverlayObject, missing};
pub use kind::{Kind, KindFacts, kinds};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::payload::{NoReading, PlateFinding, PlateReading, TrackRef};
use crate::scene::{Place, SceneRef};
use crate::{Digest, LampState, Name, SignalReading};

/// A vehicle did what a rule forbids, as far as a camera can tell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Violation {
    /// What was seen ([`Kind`] in snake case); kept as text so that a newer agent's kind passes, and is then inadmissible here.
    pub violation: String,
    /// Rule of the scene.
    pub rule: Name,
    /// The scene that judged.
    pub scene: SceneRef,
    /// Where the camera stands.
    #[serde(default)]
    pub place: Place,
    /// Lane, when one is known.
    #[serde(default)]
    pub lane: Option<Name>,
    /// `car`, `motorcycle`, `bus`, `truck` or `bicycle`.
    pub class: String,
    /// Mean detector score of that class over the track, `0..=1`.
    pub class_score: f32,
    /// Where the vehicle is at the act.
    #[serde(rename = "box")]
    pub bbox: [i32; 4],
    /// Width and height of the overview picture.
    pub picture: [u32; 2],
    /// How much speaks for it, `0..=1`: the weakest of what it rests on.
    pub score: f32,
    /// The moments it rests on, in order.
    pub moments: Vec<Moment>,
    /// What its signals showed over the clip, in order; empty where no signal is concerned.
    #[serde(default)]
    pub timeline: Vec<SignalSpan>,
    /// The plate, when it could be read.
    pub reading: Option<PlateReading>,
    /// Why there is no reading.
    pub no_reading: Option<NoReading>,
    /// What is wrong with the plate itself.
    #[serde(default)]
    pub plate_finding: Option<PlateFinding>,
    /// The track behind it.
    pub track: TrackRef,
    /// What was measured, if anything.
    #[serde(default)]
    pub measured: Option<Measured>,
    /// What speaks against it or limits it: words of docs/violations.md, such as `occluded`, `near_grace`, `priority_vehicle_look`.
    #[serde(default)]
    pub doubts: Vec<String>,
    /// The agent's clock at that moment.
    pub clock: ClockAt,
    /// The measured ground it used, when it did.
    #[serde(default)]
    pub ground: Option<GroundUsed>,
    /// First and last moment of the clip; none when there is no clip.
    #[serde(default)]
    pub clip: Option<ClipSpan>,
    /// What the agent could not bring along, words of [`Need`], as it saw it.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Program version of the agent, or name and version of a third party's system.
    pub made_by: String,
    /// Where it comes from: `own`, or the id of the third party's source.
    #[serde(default = "own")]
    pub source: String,
}

fn own() -> String {
    "own".to_owned()
}

/// One moment of the act.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// `before_line`, `on_line`, `past_line`, `start`, `act`, `end`.
    pub what: String,
    /// When.
    pub at: Timestamp,
    /// Seconds since the stream began; the position in a file.
    pub stream_s: f64,
    /// Number of the frame in the stream, from 0, when known.
    #[serde(default)]
    pub frame: Option<u64>,
    /// Where the vehicle is.
    #[serde(rename = "box")]
    pub bbox: [i32; 4],
    /// What the governing signal showed.
    #[serde(default)]
    pub signal: Option<SignalReading>,
    /// Picture that shows it, one of the event's evidence.
    #[serde(default)]
    pub evidence: Option<Digest>,
}

/// A signal showed one thing for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalSpan {
    /// The signal.
    pub signal: Name,
    /// What it showed.
    pub state: LampState,
    /// Whether it flashed.
    #[serde(default)]
    pub flashing: bool,
    /// Since when, as far as it was seen.
    pub from: Timestamp,
    /// Until when, as far as it was seen.
    pub to: Timestamp,
    /// Who says so.
    pub source: crate::SignalSource,
    /// How sure, `0..=1`.
    pub score: f32,
}

/// A measured value. Never by a type-approved meter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// `speed_kmh`, `dwell_s`, `people`.
    pub what: String,
    /// The value.
    pub value: f64,
    /// Half-width of the interval that surely holds the true value.
    pub uncertainty: f64,
    /// What is allowed, in the same unit.
    pub limit: Option<f64>,
    /// Always false: an ordinary camera is no type-approved meter, so a speed is not evidence.
    pub type_approved: bool,
}

/// The agent's clock when the frame was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockAt {
    /// Whether the system says that it is synchronised.
    pub synchronised: bool,
    /// Estimated offset from true time, milliseconds; none when nobody knows.
    pub offset_ms: Option<i64>,
    /// Camera's clock against the agent's, milliseconds, when the camera tells its own.
    #[serde(default)]
    pub camera_offset_ms: Option<i64>,
}

/// The measured ground behind a speed or a distance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroundUsed {
    /// Measured points.
    pub points: u32,
    /// Root mean square error of these points, pixels.
    pub error_px: f64,
    /// The same on the ground, metres.
    pub error_m: f64,
    /// Day of the measurement.
    pub measured_on: jiff::civil::Date,
}

/// What the clip holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClipSpan {
    /// First frame.
    pub from: Timestamp,
    /// Last frame.
    pub to: Timestamp,
    /// `h264` or `h265`, as the camera encoded it.
    pub codec: String,
    /// Stream second of its first frame: `stream_s` of a moment minus this is the position in the clip.
    pub stream_s: f64,
    /// Whether the camera's own bytes were kept; false where a file without them had to be encoded.
    pub original: bool,
}
