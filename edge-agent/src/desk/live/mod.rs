//! The live picture of each lane: the newest frame of its camera with boxes and trails, for whoever looks on.
//!
//! ```text
//! camera → mailbox → pipeline → Tap ─→ one encoder per watched camera ─→ newest Shot ─→ WebSocket, WebSocket, …
//!                                      (when somebody waits, ≤ 15/s)                    (each asks for its next)
//! ```
//!
//! A viewer pulls: it says `next` when it has drawn, and gets the newest picture that it has not seen. A slow screen gets fewer
//! pictures, never old ones. Encoding runs off the camera's thread, once for all viewers, and not at all while nobody waits.

mod encoder;
pub mod shot;
mod socket;
mod tap;

use std::collections::HashMap;
use std::sync::Arc;

use wire::Name;

use encoder::Camera;
pub(super) use socket::open;
pub use tap::{Look, Said, Tap};

/// The cameras that can be watched.
#[derive(Debug, Default)]
pub struct Live(HashMap<Name, Arc<Camera>>);

impl Live {
    /// Cameras by name with their taps.
    pub fn new(taps: impl IntoIterator<Item = (Name, Arc<Tap>)>) -> Self {
        Self(taps.into_iter().map(|(id, tap)| (id.clone(), Arc::new(Camera::new(id, tap)))).collect())
    }

    fn camera(&self, id: &Name) -> Option<Arc<Camera>> {
        self.0.get(id).cloned()
    }
}
