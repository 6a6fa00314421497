//! The envelope: one event as it travels, and as a stranger can check it later.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::{DeviceKey, Digest, Name, Payload, VERSION, seal};

/// How far an event's conclusion has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Good enough to act on at a gate; the same id settles later.
    Provisional,
    /// The track has ended; this is the record.
    Settled,
}

impl Phase {
    /// The word used in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
            Self::Settled => "settled",
        }
    }
}

/// Where a capture time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeSource {
    /// The camera's clock, by its RTCP sender reports.
    Rtcp,
    /// The agent's clock when the frame arrived.
    Arrival,
    /// Position in a replayed file.
    File,
}

/// When the deciding frame was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captured {
    /// Wall time, UTC.
    pub at: Timestamp,
    /// Half-width in milliseconds of the interval that surely holds the true moment.
    pub uncertainty_ms: u32,
    /// How `at` was found.
    pub source: TimeSource,
}

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceRole {
    /// The whole frame; boxes in payloads are pixels of it.
    Overview,
    /// The vehicle alone.
    Vehicle,
    /// The plate alone.
    Plate,
    /// A moment of the act: the whole frame.
    Act,
    /// The camera's own video around the act: `video/mp4`.
    Clip,
    /// Boxes and ways over the clip, `application/json` ([`Overlay`](crate::violation::Overlay)).
    Overlay,
}

impl EvidenceRole {
    /// What a file of this role must be.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Overview | Self::Vehicle | Self::Plate | Self::Act => "image/jpeg",
            Self::Clip => "video/mp4",
            Self::Overlay => "application/json",
        }
    }

    /// How such a file's name ends.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Overview | Self::Vehicle | Self::Plate | Self::Act => "jpg",
            Self::Clip => "mp4",
            Self::Overlay => "json",
        }
    }

    /// Most bytes of such a file.
    pub fn max_bytes(self) -> usize {
        match self {
            Self::Clip => crate::MAX_CLIP_BYTES,
            _ => crate::MAX_EVIDENCE_BYTES,
        }
    }
}

/// One original picture, clip or overlay, addressed by its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceRef {
    /// SHA-256 of the file.
    pub sha256: Digest,
    /// What it shows.
    pub role: EvidenceRole,
    /// `image/jpeg`; `video/mp4` for a clip, `application/json` for an overlay.
    pub media_type: String,
    /// Size of the file.
    pub bytes: u32,
    /// Pixels across, of the frame for an overlay.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// A model that took part, by the hash of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelRef {
    /// Id in `models/manifest.toml`.
    pub id: String,
    /// SHA-256 of the model file.
    pub sha256: Digest,
}

/// One event on its way from an edge agent to central.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Envelope {
    /// Protocol version: [`VERSION`].
    pub v: u32,
    /// UUIDv7; with `phase`, the idempotency key.
    pub id: Uuid,
    /// Site of the agent.
    pub site: Name,
    /// The agent that saw it.
    pub agent: Name,
    /// The agent's own count of envelopes, from 1, without holes.
    pub seq: u64,
    /// SHA-256 of the previous envelope's body bytes; [`Digest::ZERO`] for the first.
    pub prev: Digest,
    /// Camera that saw it.
    pub camera: Name,
    /// Provisional or settled.
    pub phase: Phase,
    /// When it happened.
    pub captured: Captured,
    /// Kind and facts.
    #[serde(flatten)]
    pub payload: Payload,
    /// Original pictures; central commits the event only when it has them all.
    pub evidence: Vec<EvidenceRef>,
    /// Models that took part.
    pub models: Vec<ModelRef>,
}

/// Why verified bytes are not an envelope of this version.
#[derive(Debug, Error)]
pub enum OpenError {
    /// From a newer agent: to be quarantined until central is upgraded.
    #[error("envelope version {0} is newer than {VERSION}: upgrade central, then release the quarantine")]
    NewerVersion(u32),
    /// Not an envelope.
    #[error("not an envelope: {0}")]
    Malformed(String),
}

#[derive(Deserialize)]
struct Head {
    v: u32,
}

impl Envelope {
    /// Reads body bytes whose signature was checked.
    pub fn open(body: &[u8]) -> Result<Self, OpenError> {
        let malformed = |error: serde_json::Error| OpenError::Malformed(error.to_string());
        let head: Head = serde_json::from_slice(body).map_err(malformed)?;
        match head.v {
            VERSION => serde_json::from_slice(body).map_err(malformed),
            newer if newer > VERSION => Err(OpenError::NewerVersion(newer)),
            older => Err(OpenError::Malformed(format!("there is no envelope version {older}"))),
        }
    }

    /// The body bytes and the sealed message. The digest of the body is the next envelope's `prev`.
    pub fn seal(&self, key: &DeviceKey) -> Result<SealedEnvelope, serde_json::Error> {
        let body = serde_json::to_vec(self)?;
        Ok(SealedEnvelope { digest: Digest::of(&body), message: seal(key, &body) })
    }
}

/// A sealed envelope, ready for the outbox.
#[derive(Debug, Clone)]
pub struct SealedEnvelope {
    /// SHA-256 of the body bytes.
    pub digest: Digest,
    /// The whole message.
    pub message: Vec<u8>,
}
