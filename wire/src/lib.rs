//! # The protocol between an edge agent and central, version 1
//!
//! Shared types and rules only: no IO, no clock, no tokio. MQTT 3.1.1 is enough for an edge. Site, agent and camera
//! names are [`Name`]s (`[a-z0-9-]`, 1–32 characters), so that they are safe as topic levels.
//!
//! ## Topics
//! | topic | who sends | QoS, retained | what |
//! |---|---|---|---|
//! | `vg/1/{site}/{agent}/event/{camera}` | edge | 1, no | a sealed [`Envelope`] |
//! | `vg/1/{site}/{agent}/evidence/{sha256}` | edge | 1, no | one original picture, clip or overlay, as its bytes |
//! | `vg/1/{site}/{agent}/status` | edge | 1, yes | a sealed [`Status`]; the last will is the bare [`status::offline_will`] |
//! | `vg/1/{site}/{agent}/enrol` | edge | 1, no | an [`EnrolRequest`], proved by the one-time code |
//! | `vg/1/{site}/{agent}/enrolled` | central | 1, no | the [`EnrolReply`], proved by the same code |
//! | `vg/1/{site}/{agent}/receipt` | central | 1, no | sealed [`Receipts`], signed by central |
//! | `vg/1/{site}/{agent}/list` | central | 1, yes | the [`gate::GateList`] that the agent decides from, sealed by central |
//! | `vg/1/{site}/{agent}/ask` | edge | 1, no | a sealed [`gate::Question`]: somebody stands at the gate |
//! | `vg/1/{site}/{agent}/answer` | central | 1, no | a sealed [`gate::Answer`] |
//! | `vg/1/{site}/{agent}/scene/{camera}` | central | 1, yes | the [`scene::SceneMessage`] that the camera is judged by, sealed by central |
//! | `vg/1/{site}/{agent}/task` | central | 1, no | a sealed [`scene::Task`]: a frame, or a preview of a drawn scene |
//! | `vg/1/{site}/{agent}/result` | edge | 1, no | a sealed [`scene::TaskResult`] |
//! | `vg/1/{site}/{agent}/signal/{controller}` | signal controller | 1, no | a [`signal::Feed`], sealed with the gateway's own key |
//!
//! ## Sealing
//! A sealed message is `{"key":K,"sig":S,"body":B}`: `B` is JSON, `S` the base64 Ed25519 signature over **the exact
//! bytes of B as they stand in the message**, `K` the [fingerprint](PublicKey::fingerprint) of the key that made it.
//! Nobody re-serialises `B` before checking it. See [`seal`] and [`Sealed`].
//!
//! ## Order of things
//! 1. First start: the agent makes its key, sends an enrol request with a one-time code, and learns central's key.
//! 2. An event gets the agent's next sequence number and the SHA-256 of the previous envelope's body (`prev`), so the
//!    sequence is a chain that nobody can thin out unnoticed. It is stored in the agent's outbox, then sent: evidence
//!    first, then the envelope.
//! 3. Central verifies, deduplicates by `(id, phase)`, commits, and only then sends a [`Receipt`]. The agent frees an
//!    event on `committed`, `duplicate` or `quarantined` (central keeps quarantined bytes) and on nothing else; a PUBACK
//!    frees nothing. `evidence_missing` names the pictures to send again.
//! 4. Live events go before a backlog, so sequence numbers may arrive out of order; within one camera a backlog and the
//!    live events each keep their order, and central lists by sequence. A gap that stays is a loss, unless the agent
//!    reported the eviction in an [`OutboxLoss`](payload::OutboxLoss) event.
//!
//! ## Plates
//! A [`PlateReading`](payload::PlateReading) keeps what was seen (`raw`), what it means (`text`, `display`, `kind`, `class`), every
//! repair (`edits`, `position:from→to`), other texts that were considered (`candidates`, with `reason`) and other meanings of the
//! same text (`ambiguous`). `colour`, `class` and `country` are optional: absent means not known. A vehicle's key is
//! (`text`, vehicle group, `colour`). `plate_finding` of a vehicle (covered, bent, missing, unreadable) asks a person to look; it
//! accuses nobody. Words in these fields are text, so that a newer agent's word passes. The grammar is [`plate`].
//!
//! ## Gates
//! Central seals one list per agent and publishes it retained; it does so again whenever an agent's [`Status`] names an older
//! version than the site has. The agent keeps the newest list that it could check, on disk, and decides from it alone. An
//! [`Access`](gate::Access) event carries exactly what was asked, the decision, and the list's version and age; it is sent
//! provisional when the decision is taken and settled when the subject has passed or gone. A guard's acts, corrections, hand-overs
//! and paper forms are events too: see [`gate`]. Questions about identities are no events; one that got no answer becomes an
//! `identity_check` event, which central works off later. Names and numbers travel closed in a [`gate::SubjectBox`] only.
//!
//! ## Roads
//! A [`scene`] is what was drawn on a camera's picture: lanes, lines, zones, signals, measured ground and rules. A
//! [`violation`] event names the scene's version that judged it, the moments it rests on with the picture of each, what the signals showed,
//! the clip in the camera's own encoding and an overlay beside it. What a kind must bring along is data
//! (`data/violation-kinds.json`). It proposes; people decide.
//!
//! ## Versions
//! Unknown fields are ignored. An envelope whose `v` is newer than [`VERSION`], or whose `kind` is unknown, is
//! quarantined whole, never dropped. A field never changes its meaning; a new meaning is a new version with new goldens
//! (`tests/goldens/v1`).

#![deny(missing_docs)]

mod digest;
mod enrol;
mod envelope;
pub mod face;
pub mod gate;
pub mod identity;
mod name;
pub mod payload;
pub mod plate;
mod receipt;
pub mod scene;
mod seal;
pub mod signal;
pub mod status;
pub mod topic;
pub mod violation;

pub use digest::Digest;
pub use enrol::{EnrolError, EnrolReply, EnrolRequest, EnrolResult};
pub use envelope::{Captured, Envelope, EvidenceRef, EvidenceRole, ModelRef, OpenError, Phase, TimeSource};
pub use face::{FaceError, FaceModel, FaceVector};
pub use name::{Name, NameError};
pub use payload::Payload;
pub use receipt::{Receipt, ReceiptResult, Receipts};
pub use seal::{DeviceKey, PublicKey, SealError, Sealed, seal};
pub use signal::{LampState, SignalReading, SignalSource};
pub use status::Status;
pub use topic::Topic;

/// The protocol version this crate speaks; also the second topic level.
pub const VERSION: u32 = 1;

/// Largest sealed message (event, status, receipts) in bytes. Larger ones are quarantined by their size alone.
pub const MAX_MESSAGE_BYTES: usize = 256 * 1024;

/// Largest sealed gate list in bytes.
pub const MAX_LIST_BYTES: usize = 8 * 1024 * 1024;

/// Largest evidence picture in bytes.
pub const MAX_EVIDENCE_BYTES: usize = 2 * 1024 * 1024;

/// Largest clip in bytes: ten seconds at nine megabits per second.
pub const MAX_CLIP_BYTES: usize = 12 * 1024 * 1024;
