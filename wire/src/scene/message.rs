//! Scenes and tasks as they travel: all sealed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Scene;
use crate::violation::Kind;
use crate::{Digest, Name};

/// Largest sealed scene or task in bytes.
pub const MAX_SCENE_BYTES: usize = 512 * 1024;

/// Central says which scene a camera is judged by. Retained; an agent takes none that is older than its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SceneMessage {
    /// Protocol version.
    pub v: u32,
    /// Site it is for.
    pub site: Name,
    /// Agent it is for.
    pub agent: Name,
    /// When central sealed it.
    pub sealed_at: Timestamp,
    /// The scene.
    pub scene: Scene,
}

/// Central asks an agent for something that changes nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Protocol version.
    pub v: u32,
    /// Id; the result names it.
    pub id: Uuid,
    /// Site it is for.
    pub site: Name,
    /// Agent it is for.
    pub agent: Name,
    /// An agent that gets it later answers `too_late`.
    pub deadline: Timestamp,
    /// What is wanted.
    #[serde(flatten)]
    pub what: TaskWhat,
}

/// What central may ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum TaskWhat {
    /// The newest frame, as evidence bytes.
    Snapshot {
        /// Camera.
        camera: Name,
    },
    /// What a scene would have said about the recorded minutes.
    Preview {
        /// The draft.
        scene: Box<Scene>,
        /// Seconds to look back, as far as they are recorded.
        back_s: u32,
    },
}

/// The agent's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskResult {
    /// Protocol version.
    pub v: u32,
    /// The task.
    pub id: Uuid,
    /// How it went.
    pub result: TaskWord,
    /// Why it failed, English, for an operator.
    #[serde(default)]
    pub why: Option<String>,
    /// Frame: its hash, sent before as evidence.
    #[serde(default)]
    pub picture: Option<Digest>,
    /// Pixels of that frame.
    #[serde(default)]
    pub size: Option<[u32; 2]>,
    /// When it was taken.
    #[serde(default)]
    pub captured_at: Option<Timestamp>,
    /// What a preview found.
    #[serde(default)]
    pub preview: Option<Preview>,
}

/// How a task went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskWord {
    /// Done.
    Done,
    /// No such camera, or it shows nothing now.
    NoCamera,
    /// Nothing is recorded yet.
    NothingRecorded,
    /// The deadline was over when it came.
    TooLate,
    /// The scene cannot be used.
    BadScene,
    /// A task of a kind that this agent does not know.
    Unknown,
}

/// What a draft would have said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// First recorded moment that was looked at.
    pub from: Timestamp,
    /// Last one.
    pub to: Timestamp,
    /// Frames looked at.
    pub frames: u64,
    /// Tracks of vehicles.
    pub tracks: u64,
    /// Root mean square error of the measured points, pixels; none without ground.
    pub ground_error_px: Option<f64>,
    /// The same in metres.
    pub ground_error_m: Option<f64>,
    /// What the rules found, 500 at most, newest last.
    pub found: Vec<Previewed>,
    /// Signals of the draft that nobody watched in these minutes, and rules about helmets where nobody looked at heads: what they would
    /// have shown is not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unwatched: Vec<Name>,
}

/// One thing a rule found in recorded minutes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Previewed {
    /// The rule.
    pub rule: Name,
    /// What it watches for.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
    /// Class of the vehicle.
    pub class: String,
    /// Where it was, normalised `[x, y, w, h]`.
    #[serde(rename = "box")]
    pub bbox: [f32; 4],
    /// Its way, normalised points.
    pub path: Vec<[f32; 2]>,
}
