//! Cameras and files become frames. The only folder that uses GStreamer.
//!
//! ```text
//! rtspsrc → depay → parse → decoder ─┬ counted, dropped to the analysis rate ─→ (convert, only if not I420) → appsink
//!                                    └ one pipeline and one thread per camera             → Latest: newest frame wins
//! ```
//!
//! What always holds:
//! * A lost camera is tried for ever; what happens to it is seen by no other camera.
//! * Every decoded frame is in exactly one of the counters of [`StatsSnapshot`]: skipped (analysis rate),
//!   dropped (replaced before anybody took it), analysed (taken) or waiting (at most one).
//! * `CaptureTime::stream_s` never goes backwards, through loops, clock steps and reconnects.
//! * Credentials come from a file or the environment and are in no log line, error or `Debug` text.

mod backoff;
mod capture;
mod clip;
pub mod clock;
mod config;
mod container;
pub mod cpu;
pub mod credentials;
mod decoder;
pub mod latest;
mod mp4;
mod pace;
mod picture;
#[cfg(test)]
mod played;
mod replay;
mod ring;
mod rtsp;
mod stats;
mod still;
mod supervise;
mod units;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

#[cfg(test)]
pub(crate) use played::played;

pub use config::{CredentialSource, StreamConfig, Transport};
pub use latest::Latest;
pub use replay::{ReplayError, ReplayOptions, ReplaySource};
pub use ring::{Cut, NoClip, Ring, RingBounds, RingCounts, Wanted};
pub use rtsp::CameraError;
pub use stats::{CameraState, CameraStats, StatsSnapshot, Status};
pub use supervise::{Out, spawn};

use crate::frame::Frame;

/// What a source has to say when asked for a frame.
#[derive(Debug)]
pub enum Next {
    /// The newest picture.
    Frame(Frame),
    /// Nothing within the time asked for; ask again.
    Idle,
    /// There will be no more: a file is over or the camera was stopped.
    End,
    /// The source broke for good. Only files do: a camera is tried for ever.
    Failed(ReplayError),
}

/// Where frames come from: the one trait at the edge of the pipeline.
pub trait FrameSource: Send {
    /// Waits at most `timeout` for the next frame.
    fn next_frame(&mut self, timeout: Duration) -> Next;

    /// What has been counted so far.
    fn stats(&self) -> StatsSnapshot;
}

/// A live camera: a supervised pipeline behind a one-slot mailbox. Dropping it stops the camera.
pub struct RtspSource {
    latest: Arc<Latest<Frame>>,
    stats: Arc<CameraStats>,
    ring: Arc<Ring>,
    stop: CancellationToken,
    thread: Option<JoinHandle<()>>,
}

impl RtspSource {
    /// Starts a camera named `id` (it appears in logs). Returns at once; the state begins as `connecting`.
    ///
    /// # Errors
    /// When GStreamer cannot be initialised or the thread cannot be started.
    pub fn start(id: &str, config: StreamConfig, stop: CancellationToken) -> Result<Self, CameraError> {
        let latest = Arc::new(Latest::new());
        let stats = Arc::new(CameraStats::new());
        let ring = Arc::new(Ring::new(RingBounds::default()));
        let out = Out { latest: latest.clone(), stats: stats.clone(), ring: ring.clone() };
        let thread = spawn(id, config, out, stop.clone())?;
        Ok(Self { latest, stats, ring, stop, thread: Some(thread) })
    }

    /// The mailbox, for a pipeline that waits on several cameras or asynchronously.
    pub fn latest(&self) -> Arc<Latest<Frame>> {
        self.latest.clone()
    }

    /// The camera's own encoded stream; off until somebody switches it on.
    pub fn ring(&self) -> Arc<Ring> {
        self.ring.clone()
    }

    /// Live counters and state, for health reports.
    pub fn counters(&self) -> Arc<CameraStats> {
        self.stats.clone()
    }
}

impl FrameSource for RtspSource {
    fn next_frame(&mut self, timeout: Duration) -> Next {
        match self.latest.take(timeout) {
            Some(frame) => Next::Frame(frame),
            None if self.latest.is_closed() => Next::End,
            None => Next::Idle,
        }
    }

    fn stats(&self) -> StatsSnapshot {
        self.stats.snapshot(&self.latest)
    }
}

impl Drop for RtspSource {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // The thread reports its own troubles; a panic there must not become a second one here.
            let _ = thread.join();
        }
    }
}

impl FrameSource for ReplaySource {
    fn next_frame(&mut self, _timeout: Duration) -> Next {
        match self.next() {
            Some(Ok(frame)) => Next::Frame(frame),
            Some(Err(error)) => Next::Failed(error),
            None => Next::End,
        }
    }

    fn stats(&self) -> StatsSnapshot {
        ReplaySource::stats(self)
    }
}
