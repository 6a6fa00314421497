//! What is kept of an event, and what a pipeline hands in.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::{Captured, Digest, Envelope, EvidenceRef, EvidenceRole, ModelRef, Name, Payload, Phase};

use super::frame;
use super::policy::EvictionClass;

/// One file of an event: a picture, a clip or an overlay, exactly as it will be kept. Its media type follows from its role.
#[derive(Debug, Clone)]
pub struct Picture {
    /// What it shows.
    pub role: EvidenceRole,
    /// The file; shared, so that trying again copies no clip.
    pub bytes: Bytes,
    /// Pixels across, of the frame for an overlay.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Picture {
    /// How the envelope names it.
    pub fn reference(&self) -> EvidenceRef {
        EvidenceRef {
            sha256: Digest::of(&self.bytes),
            role: self.role,
            media_type: self.role.media_type().to_owned(),
            bytes: self.bytes.len() as u32,
            width: self.width,
            height: self.height,
        }
    }
}

/// An event that has no number yet.
#[derive(Debug, Clone)]
pub struct Draft {
    /// UUIDv7 of the event.
    pub id: Uuid,
    /// Provisional or settled.
    pub phase: Phase,
    /// Camera that saw it.
    pub camera: Name,
    /// When it happened.
    pub captured: Captured,
    /// Kind and facts.
    pub payload: Payload,
    /// Original pictures, clip and overlay.
    pub pictures: Vec<Picture>,
    /// Models that took part.
    pub models: Vec<ModelRef>,
}

impl Draft {
    /// The references to its pictures, in order.
    pub(super) fn evidence(&self) -> Vec<EvidenceRef> {
        self.pictures.iter().map(Picture::reference).collect()
    }

    /// The envelope this becomes as number `seq` after the envelope with body digest `prev`.
    pub fn into_envelope(self, site: &Name, agent: &Name, seq: u64, prev: Digest) -> Envelope {
        let evidence = self.evidence();
        self.envelope_with(evidence, (site, agent), seq, prev)
    }

    /// As [`Draft::into_envelope`], with references that were made already: hashing a clip takes a while.
    pub(super) fn envelope_with(
        self,
        evidence: Vec<EvidenceRef>,
        (site, agent): (&Name, &Name),
        seq: u64,
        prev: Digest,
    ) -> Envelope {
        Envelope {
            v: wire::VERSION,
            id: self.id,
            site: site.clone(),
            agent: agent.clone(),
            seq,
            prev,
            evidence,
            camera: self.camera,
            phase: self.phase,
            captured: self.captured,
            payload: self.payload,
            models: self.models,
        }
    }
}

/// An event in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// Its number.
    pub seq: u64,
    /// Its id.
    pub id: Uuid,
    /// Its phase.
    pub phase: Phase,
    /// Camera, for the topic.
    pub camera: Name,
    /// How dear it is when the outbox is full.
    pub class: EvictionClass,
    /// Pictures that must reach central before it.
    pub evidence: Vec<Digest>,
    /// SHA-256 of the envelope's body.
    pub digest: Digest,
    /// The sealed message, exactly as it will be sent.
    #[serde(skip)]
    pub message: Vec<u8>,
}

impl Stored {
    /// The framed record: length of the head (u32 LE), head as JSON, message.
    pub(super) fn to_frame(&self) -> Result<Vec<u8>, serde_json::Error> {
        let head = serde_json::to_vec(self)?;
        let mut content = Vec::with_capacity(4 + head.len() + self.message.len());
        content.extend_from_slice(&(head.len() as u32).to_le_bytes());
        content.extend_from_slice(&head);
        content.extend_from_slice(&self.message);
        Ok(frame::wrap(frame::EVENT, &content))
    }

    /// Reads a framed record; `None` when it is damaged.
    pub(super) fn from_frame(framed: &[u8]) -> Option<Self> {
        let content = frame::unwrap(frame::EVENT, framed)?;
        let length = u32::from_le_bytes(content.get(..4)?.try_into().ok()?) as usize;
        let head = content.get(4..4usize.checked_add(length)?)?;
        let mut stored: Self = serde_json::from_slice(head).ok()?;
        stored.message = content[4 + length..].to_vec();
        Some(stored)
    }
}
