//! Why a message was not taken, for the store, the console and the agent.

use serde::Deserialize;
use uuid::Uuid;
use wire::Phase;

use crate::evidence::EvidenceError;

/// Why a message was not taken. The code is stable, for counting and for the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReasonCode {
    /// Not a topic of the protocol.
    UnknownTopic,
    /// Nobody enrolled under this site and agent.
    UnknownAgent,
    /// The agent's key was withdrawn.
    RevokedAgent,
    /// Signed, or claimed to be, with a key that is not the agent's.
    WrongKey,
    /// The signature does not fit the bytes.
    Forged,
    /// Not a message of the protocol, or a field out of bounds.
    Malformed,
    /// Larger than the protocol allows.
    Oversized,
    /// From a newer agent.
    NewerVersion,
    /// A kind of event that this version does not know.
    UnknownKind,
    /// Topic and body name different sites, agents or cameras.
    TopicMismatch,
    /// A picture with other bytes than its name promises.
    EvidenceWrongHash,
    /// A file that is no JPEG, nor anything else that evidence may be.
    EvidenceNotJpeg,
    /// A clip that is no whole MP4.
    EvidenceNotMp4,
    /// An overlay that cannot be read.
    EvidenceNotOverlay,
    /// An event calls a file something that its bytes are not.
    EvidenceOtherType,
    /// A file that is too large.
    EvidenceOversized,
    /// The event id belongs to another agent's event.
    IdConflict,
}

impl ReasonCode {
    /// The word in the store and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownTopic => "unknown_topic",
            Self::UnknownAgent => "unknown_agent",
            Self::RevokedAgent => "revoked_agent",
            Self::WrongKey => "wrong_key",
            Self::Forged => "forged",
            Self::Malformed => "malformed",
            Self::Oversized => "oversized",
            Self::NewerVersion => "newer_version",
            Self::UnknownKind => "unknown_kind",
            Self::TopicMismatch => "topic_mismatch",
            Self::EvidenceWrongHash => "evidence_wrong_hash",
            Self::EvidenceNotJpeg => "evidence_not_jpeg",
            Self::EvidenceNotMp4 => "evidence_not_mp4",
            Self::EvidenceNotOverlay => "evidence_not_overlay",
            Self::EvidenceOtherType => "evidence_other_type",
            Self::EvidenceOversized => "evidence_oversized",
            Self::IdConflict => "id_conflict",
        }
    }

    /// The code of a picture's fault; `None` when the store failed and the picture may be fine.
    pub fn of_evidence(error: &EvidenceError) -> Option<Self> {
        match error {
            EvidenceError::Oversized { .. } => Some(Self::EvidenceOversized),
            EvidenceError::NotJpeg => Some(Self::EvidenceNotJpeg),
            EvidenceError::NotMp4(_) => Some(Self::EvidenceNotMp4),
            EvidenceError::NotOverlay(_) => Some(Self::EvidenceNotOverlay),
            EvidenceError::WrongHash { .. } => Some(Self::EvidenceWrongHash),
            EvidenceError::NotFound(_) | EvidenceError::Io(_) => None,
        }
    }
}

/// A message that was not taken, and what is to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why, as a code.
    pub code: ReasonCode,
    /// Why, for a person.
    pub reason: String,
    /// The envelope it was, when an enrolled agent really signed it: only then is there a receipt. A forgery gets none.
    pub signed: Option<SignedHead>,
}

impl Refusal {
    pub(super) fn new(code: ReasonCode, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), signed: None }
    }
}

/// What can be read of a signed envelope even when the rest is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SignedHead {
    /// Event id.
    pub id: Uuid,
    /// Phase.
    pub phase: Phase,
    /// Sequence number.
    pub seq: u64,
}
