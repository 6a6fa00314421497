//! Presence and health of an agent, retained on its status topic and refreshed every few seconds.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Name, VERSION};

/// What an agent says about itself. Sealed like an event; only the last will is bare, because it is written beforehand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Protocol version.
    pub v: u32,
    /// `online` or `offline`.
    pub state: Presence,
    /// The agent's clock when this was written. It orders only what the broker kept: a live status is always the newest, even if
    /// the clock was set back.
    pub at: Timestamp,
    /// Version of the agent program.
    pub version: String,
    /// Random number of this run, so that a restart is seen.
    pub run: String,
    /// Health of each camera.
    pub cameras: Vec<CameraHealth>,
    /// Health of the outbox.
    pub outbox: OutboxHealth,
    /// Health of the clock.
    pub clock: ClockHealth,
    /// The gates; none where the agent has no lanes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gates: Option<GateHealth>,
}

/// How the gates of an agent are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateHealth {
    /// Version of the list in use; 0 if there is none. Central sends a newer one when it has one.
    pub list_version: u64,
    /// When that list was made.
    pub list_made_at: Option<Timestamp>,
    /// Lists that were refused since the start, and why the last one was.
    pub lists_refused: u64,
    /// Why the last one was refused.
    pub refused_because: Option<String>,
    /// Where the guard's desk is served, as the site reaches it: `http://10.0.0.5:8090`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk_url: Option<String>,
    /// Lanes.
    pub lanes: Vec<LaneHealth>,
}

/// How a lane is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneHealth {
    /// Which.
    pub lane: Name,
    /// What its barrier said last.
    pub barrier: crate::gate::BarrierWord,
    /// Whether its readers of cards are there: `None` if it has none.
    pub reader: Option<bool>,
    /// Subjects that wait there.
    pub waiting: u32,
    /// The step of the ladder it stands on: `full`, `centre_lost`, `camera_lost`, `reader_lost`, `by_hand`.
    pub step: LadderStep,
}

/// What of a gate still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LadderStep {
    /// Everything.
    Full,
    /// The gate decides alone; registers cannot be asked.
    CentreLost,
    /// No pictures: plates are typed by the guard.
    CameraLost,
    /// No card reader: numbers are typed by the guard.
    ReaderLost,
    /// Nothing but the guard and the paper form.
    ByHand,
}

impl LadderStep {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::CentreLost => "centre_lost",
            Self::CameraLost => "camera_lost",
            Self::ReaderLost => "reader_lost",
            Self::ByHand => "by_hand",
        }
    }
}

/// Whether the agent is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// Connected.
    Online,
    /// Gone: by its own good-bye, or by its last will.
    Offline,
}

/// The state of a camera in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraWord {
    /// Being connected to.
    Connecting,
    /// Frames are coming.
    Live,
    /// Connected, but no frame for longer than the limit.
    Stale,
    /// It refused the user name or password.
    AuthFailed,
    /// No answer.
    Unreachable,
}

impl CameraWord {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Stale => "stale",
            Self::AuthFailed => "auth_failed",
            Self::Unreachable => "unreachable",
        }
    }
}

/// Health of one camera. Counters run from the agent's start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CameraHealth {
    /// Which camera.
    pub camera: Name,
    /// State.
    pub state: CameraWord,
    /// Since when.
    pub since: Timestamp,
    /// Frames per second delivered lately.
    pub fps: f32,
    /// Frames looked at.
    pub analysed: u64,
    /// Frames replaced in the mailbox before anybody looked.
    pub dropped: u64,
    /// Frames that motion gating spared the detector.
    pub gated: u64,
    /// Times the stream was opened again.
    pub reconnects: u64,
    /// When the newest frame was taken.
    pub last_frame_at: Option<Timestamp>,
    /// Where its capture times come from now.
    pub time_source: Option<crate::TimeSource>,
    /// Health of each signal in its picture.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<SignalHealth>,
    /// The scene that it is judged by; none without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene: Option<crate::scene::SceneRef>,
    /// Why the newest scene that was refused was refused, English; none when none was refused since the last good one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scene_refused: Option<String>,
    /// Rules of the scene that are switched on and that this agent cannot watch: helmets without a model, plates where none are read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unwatched: Vec<Name>,
}

/// Health of one signal. Counters run from the agent's start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignalHealth {
    /// What it shows now, since when, and who says so.
    #[serde(flatten)]
    pub reading: crate::SignalReading,
    /// Whether the signal is still where it was: `false` when the camera was moved or something stands before it.
    pub in_view: bool,
    /// The controller's feed, where one is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<FeedHealth>,
}

/// Health of a controller's feed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedHealth {
    /// Whether it is fresh enough to be believed now; if not, the picture decides.
    pub fresh: bool,
    /// When the newest message was accepted, by the agent's clock.
    pub last_at: Option<Timestamp>,
    /// Messages accepted.
    pub accepted: u64,
    /// Messages refused: not signed by the configured key, repeated, or with a clock that is off.
    pub refused: u64,
    /// Times the feed went stale.
    pub stale: u64,
    /// Times feed and picture disagreed for longer than both need to change.
    pub disagreed: u64,
}

/// Health of the outbox.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxHealth {
    /// Events waiting for a receipt.
    pub events: u64,
    /// Bytes waiting, evidence included.
    pub bytes: u64,
    /// Oldest sequence number that waits.
    pub oldest_seq: Option<u64>,
    /// Sequence number that the next event will get.
    pub next_seq: u64,
    /// What was evicted since the store was made.
    pub evicted: Evicted,
    /// Damaged stores set aside since the agent was installed.
    pub damaged: u64,
}

/// Evictions by class, cheapest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evicted {
    /// Pictures of events that kept their facts.
    pub preview: u64,
    /// Person crossings and camera states.
    pub crossing: u64,
    /// Vehicle passages.
    pub vehicle: u64,
    /// Violations and watch-list events.
    pub watch: u64,
}

/// Health of the agent's clock.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockHealth {
    /// Whether the kernel says that the clock is disciplined.
    pub synchronised: bool,
    /// Largest error the kernel admits, milliseconds, when it knows.
    pub max_error_ms: Option<u64>,
    /// Times the wall clock was seen to jump back since the agent started.
    pub set_back: u64,
}

/// The last will: bare, because its moment is not known when it is written.
pub fn offline_will() -> Vec<u8> {
    format!(r#"{{"v":{VERSION},"state":"offline"}}"#).into_bytes()
}

/// Whether a message on a status topic is the last will.
pub fn is_offline_will(message: &[u8]) -> bool {
    message == offline_will()
}
