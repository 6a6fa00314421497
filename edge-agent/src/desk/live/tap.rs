//! A second look at a camera's frames. Its mailbox has one slot and one reader; whoever watches live gets what the pipeline is
//! done with, tracks and all. While nobody watches, a frame costs one comparison.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use serde::Serialize;
use tokio::sync::watch;
use wire::status::CameraWord;

use crate::frame::Frame;
use crate::track::TrackView;

/// A frame and what was found in it.
#[derive(Debug)]
pub struct Look {
    /// Grows with every look at this camera.
    pub number: u64,
    /// The frame. Shared, and held no longer than until the next one.
    pub frame: Frame,
    /// Tracks at this frame, pixels of the frame.
    pub tracks: Vec<TrackView>,
}

/// How a camera is, as the viewer is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Its state.
    pub camera_state: CameraWord,
    /// Since when.
    pub since: Timestamp,
}

/// The tap of one camera. The pipeline's thread feeds it, viewers drink from it.
#[derive(Debug)]
pub struct Tap {
    looks: watch::Sender<Option<Arc<Look>>>,
    said: watch::Sender<Said>,
    number: AtomicU64,
}

impl Default for Tap {
    fn default() -> Self {
        Self::new()
    }
}

impl Tap {
    /// A camera that is being connected to.
    pub fn new() -> Self {
        let said = Said { camera_state: CameraWord::Connecting, since: Timestamp::now() };
        Self { looks: watch::channel(None).0, said: watch::channel(said).0, number: AtomicU64::new(0) }
    }

    /// The pipeline is done with a frame.
    pub fn look(&self, frame: &Frame, tracks: &[TrackView]) {
        if self.looks.receiver_count() == 0 {
            return;
        }
        let number = self.number.fetch_add(1, Ordering::Relaxed) + 1;
        let look = Look { number, frame: frame.clone(), tracks: tracks.to_vec() };
        // The old frame is freed here, outside the lock.
        drop(self.looks.send_replace(Some(Arc::new(look))));
    }

    /// The camera's state, told as often as wanted: only changes are passed on.
    pub fn say(&self, camera_state: CameraWord, since: Timestamp) {
        let said = Said { camera_state, since };
        self.said.send_if_modified(|last| {
            let changed = *last != said;
            *last = said;
            changed
        });
    }

    /// Frames from now on.
    pub(super) fn looks(&self) -> watch::Receiver<Option<Arc<Look>>> {
        self.looks.subscribe()
    }

    /// The state now and every later one.
    pub(super) fn said(&self) -> watch::Receiver<Said> {
        self.said.subscribe()
    }

    /// Nobody watches any more: the last frame goes back to the decoder.
    pub(super) fn forget(&self) {
        if self.looks.receiver_count() == 0 {
            drop(self.looks.send_replace(None));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{CaptureTime, TimeSource};
    use crate::vision::Rgb;

    fn frame() -> Frame {
        let captured = CaptureTime {
            at: Timestamp::UNIX_EPOCH,
            uncertainty_ms: 1,
            source: TimeSource::Arrival,
            stream_s: 0.0,
        };
        Frame { index: 0, captured, picture: Rgb::filled(16, 16, [9, 9, 9]).to_i420() }
    }

    #[test]
    fn a_frame_is_held_only_while_somebody_watches() {
        let (tap, frame) = (Tap::new(), frame());
        tap.look(&frame, &[]);
        assert_eq!(Arc::strong_count(&frame.picture.data), 1, "nobody watches");
        let mut watching = tap.looks();
        tap.look(&frame, &[]);
        tap.look(&frame, &[]);
        assert_eq!(Arc::strong_count(&frame.picture.data), 2, "the newest alone is held");
        assert_eq!(watching.borrow_and_update().as_ref().map(|look| look.number), Some(2));
        drop(watching);
        tap.forget();
        assert_eq!(Arc::strong_count(&frame.picture.data), 1);
    }

    #[test]
    fn a_state_that_is_told_again_is_no_news() {
        let tap = Tap::new();
        let mut said = tap.said();
        tap.say(CameraWord::Live, Timestamp::UNIX_EPOCH);
        assert!(said.has_changed().expect("open"));
        said.mark_unchanged();
        tap.say(CameraWord::Live, Timestamp::UNIX_EPOCH);
        assert!(!said.has_changed().expect("open"));
    }
}
