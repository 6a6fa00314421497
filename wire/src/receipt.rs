//! Receipts: central's word that an event is committed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Digest, Name, Phase};

/// A batch of receipts for one agent, sealed with central's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipts {
    /// Protocol version.
    pub v: u32,
    /// Site of the agent they are for.
    pub site: Name,
    /// The agent they are for; a receipt for another agent frees nothing.
    pub agent: Name,
    /// The receipts.
    pub receipts: Vec<Receipt>,
}

/// Central's answer to one envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Event id.
    pub id: Uuid,
    /// Phase of the envelope.
    pub phase: Phase,
    /// The agent's sequence number.
    pub seq: u64,
    /// What became of it.
    pub result: ReceiptResult,
    /// Evidence to send again, for [`ReceiptResult::EvidenceMissing`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Digest>,
    /// Why, for [`ReceiptResult::Quarantined`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What became of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptResult {
    /// Committed now.
    Committed,
    /// Was committed before.
    Duplicate,
    /// Kept whole, aside, with a reason: central could not use it.
    Quarantined,
    /// Not committed: pictures are missing. Send them again, then the envelope.
    EvidenceMissing,
}

impl ReceiptResult {
    /// Whether the agent may free the event.
    pub fn frees(self) -> bool {
        !matches!(self, Self::EvidenceMissing)
    }
}
