//! The words of a third party's message: what `docs/adapter.md` describes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wire::scene::Place;
use wire::violation::{ClockAt, SignalSpan};
use wire::{ModelRef, SignalReading};

/// A violation as a third party describes it; files come beside it, by role.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThirdParty {
    /// Its id at the third party: 1 to 64 of `A-Za-z0-9._-`. The same id is one case.
    pub external_id: String,
    /// Kind of violation: see `GET /api/v1/violation-kinds`.
    pub kind: String,
    /// Site, as agreed.
    pub site: String,
    /// Camera, as agreed.
    pub camera: String,
    /// When it happened, RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Half-width in milliseconds of the interval that surely holds the true moment.
    pub uncertainty_ms: u32,
    /// `camera` (the camera's own clock) or `server` (when the picture arrived).
    pub time_source: String,
    /// The clock at that moment.
    #[schema(value_type = Object)]
    pub clock: ClockAt,
    /// Where the camera stands, with `at`: latitude and longitude.
    #[schema(value_type = Object)]
    pub place: Place,
    /// Lane.
    #[serde(default)]
    pub lane: Option<String>,
    /// `car`, `motorcycle`, `bus`, `truck` or `bicycle`.
    pub class: String,
    /// How sure that is, 0 to 1.
    pub class_score: f32,
    /// How much speaks for the violation, 0 to 1.
    pub score: f32,
    /// Where the vehicle is in the overview: `[x, y, w, h]`, pixels.
    #[serde(rename = "box")]
    pub bbox: [i32; 4],
    /// Moments of the act, in order.
    pub moments: Vec<ThirdMoment>,
    /// What the signal showed, where one is concerned.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub timeline: Vec<SignalSpan>,
    /// The plate.
    #[serde(default)]
    pub plate: Option<ThirdPlate>,
    /// The clip.
    #[serde(default)]
    pub clip: Option<ThirdClip>,
    /// Number and day of the decision behind the sign or marking.
    #[serde(default)]
    pub sign_decision: Option<String>,
    /// Name and version of the system.
    pub made_by: String,
    /// Models that took part.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub models: Vec<ModelRef>,
    /// What speaks against it.
    #[serde(default)]
    pub doubts: Vec<String>,
}

/// A moment.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThirdMoment {
    /// A word of the kind's `moments`.
    pub what: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Where the vehicle is.
    #[serde(rename = "box")]
    pub bbox: [i32; 4],
    /// File name of the `act` picture that shows it.
    pub file: String,
    /// What the governing signal showed.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub signal: Option<SignalReading>,
}

/// A plate as read.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThirdPlate {
    /// The characters.
    pub text: String,
    /// How sure, 0 to 1.
    pub score: f32,
    /// Where it is in the overview.
    #[serde(rename = "box")]
    pub bbox: [i32; 4],
    /// Lines on it: 1 or 2.
    pub lines: u8,
    /// `white`, `yellow`, `blue` or `red`, when it is sure.
    #[serde(default)]
    pub colour: Option<String>,
}

/// What the clip holds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThirdClip {
    /// First frame.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Last frame.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
    /// `h264` or `h265`.
    pub codec: String,
    /// Whether it is the camera's own stream, not encoded again.
    pub original: bool,
}
