//! From bytes to facts: what arrives, and what of it may be believed.

mod bounds;
pub mod mqtt;
mod refusal;
pub mod verify;

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::OwnedSemaphorePermit;

/// A message as the broker delivered it. Nothing about it is known to be true.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its topic.
    pub topic: String,
    /// Its bytes.
    pub payload: Bytes,
    /// Whether the broker had kept it from earlier.
    pub retained: bool,
    /// When central got it.
    pub received_at: Timestamp,
    /// The memory that it takes of all that may wait, given back with the last copy of it.
    pub room: Option<Arc<OwnedSemaphorePermit>>,
}
