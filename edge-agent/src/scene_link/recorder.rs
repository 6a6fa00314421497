//! What a pipeline leaves behind for central's tasks: the track log, and the newest frame when somebody wants one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::log::{Logged, TrackLog};
use crate::frame::Frame;
use crate::rules::violation::{Looks, Signals};
use crate::track::TrackChanges;

/// The recorder of one camera. The pipeline's thread feeds it.
#[derive(Debug)]
pub struct Recorder {
    log: Mutex<TrackLog>,
    wanted: AtomicUsize,
    frames: watch::Sender<Option<Frame>>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self { log: Mutex::default(), wanted: AtomicUsize::new(0), frames: watch::channel(None).0 }
    }
}

impl Recorder {
    /// The pipeline is done with a frame.
    pub fn note(&self, frame: &Frame, changes: TrackChanges, signals: Signals, looks: Looks) {
        if self.wanted.load(Ordering::Acquire) > 0 {
            self.frames.send_replace(Some(frame.clone()));
        }
        let size = (frame.picture.width, frame.picture.height);
        let (frame, captured, signals) = (frame.index, frame.captured, signals.0.into());
        self.log().add(Logged { frame, captured, size, changes, signals, looks });
    }

    /// The pipeline starts anew: its track numbers begin at 1 again.
    pub fn restarted(&self) {
        self.log().clear();
    }

    /// The last `back_s` seconds.
    pub fn last(&self, back_s: f64) -> Vec<Arc<Logged>> {
        self.log().last(back_s)
    }

    /// The next frame that the pipeline is done with; `None` when none comes within `patience`. A frame is held only while somebody
    /// waits: held ones are missing to the decoder.
    pub async fn frame(&self, patience: Duration) -> Option<Frame> {
        let mut frames = self.frames.subscribe();
        self.wanted.fetch_add(1, Ordering::AcqRel);
        let came = tokio::time::timeout(patience, frames.changed()).await;
        let frame = frames.borrow_and_update().clone().filter(|_| matches!(came, Ok(Ok(()))));
        if self.wanted.fetch_sub(1, Ordering::AcqRel) == 1 {
            drop(self.frames.send_replace(None));
        }
        frame
    }

    fn log(&self) -> MutexGuard<'_, TrackLog> {
        // The log is whole after every statement under this lock.
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
