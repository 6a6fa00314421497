//! Keeps one camera connected for as long as the agent runs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use gstreamer as gst;
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::capture::Feed;
use super::config::StreamConfig;
use super::credentials::Credentials;
use super::latest::Latest;
use super::ring::Ring;
use super::rtsp::{self, CameraError};
use super::stats::{CameraState, CameraStats};
use crate::frame::Frame;

/// Longest nap between looks at `stop`.
const NAP: Duration = Duration::from_millis(100);

/// Where a camera's thread puts things.
#[derive(Clone)]
pub struct Out {
    /// Frames.
    pub latest: Arc<Latest<Frame>>,
    /// What happens.
    pub stats: Arc<CameraStats>,
    /// The encoded stream.
    pub ring: Arc<Ring>,
}

/// Starts the thread of camera `id`: frames go to `out.latest`, what happens to `out.stats`. It ends, and closes
/// the mailbox, when `stop` is cancelled.
///
/// # Errors
/// When GStreamer cannot be initialised or the thread cannot be started.
pub fn spawn(
    id: &str,
    config: StreamConfig,
    out: Out,
    stop: CancellationToken,
) -> Result<JoinHandle<()>, CameraError> {
    gst::init().map_err(|e| CameraError::Setup(e.to_string()))?;
    let feed = Arc::new(Feed::new(id, out));
    let supervisor = Supervisor::new(feed, config, stop);
    Ok(std::thread::Builder::new().name(format!("camera-{id}")).spawn(move || supervisor.run())?)
}

struct Supervisor {
    feed: Arc<Feed>,
    config: StreamConfig,
    stop: CancellationToken,
    link: Backoff,
    password: Backoff,
}

impl Supervisor {
    fn new(feed: Arc<Feed>, config: StreamConfig, stop: CancellationToken) -> Self {
        let (link, password) = (Backoff::for_link(), Backoff::for_password());
        Self { feed, config, stop, link, password }
    }

    fn run(mut self) {
        tracing::info!(camera = %self.feed.id, url = %self.config.shown_url(), "camera starts");
        while !self.stop.is_cancelled() {
            let tried = catch_unwind(AssertUnwindSafe(|| self.run_once()));
            let Err(error) = tried.unwrap_or(Err(CameraError::Panicked)) else { break };
            let lived = self.feed.take_lived();
            self.note(&error, lived);
            if lived {
                self.link.reset();
                self.password.reset();
            }
            self.rest(&error);
        }
        self.feed.latest.close();
        tracing::info!(camera = %self.feed.id, "camera stopped");
    }

    fn run_once(&self) -> Result<(), CameraError> {
        self.feed.stats.on_attempt();
        let credentials = self.config.credentials.as_ref().map(Credentials::load).transpose()?;
        rtsp::run_once(&self.feed, &self.config, credentials.as_ref(), &self.stop)
    }

    /// Records why the connection ended, in the state and, when the state changes, in the log.
    fn note(&self, error: &CameraError, lived: bool) {
        let state = match error.state() {
            // It was there a moment ago: only a failed try makes it unreachable.
            CameraState::Unreachable if lived => CameraState::Connecting,
            state => state,
        };
        if self.feed.stats.set(state, Some(error.to_string())) {
            tracing::warn!(camera = %self.feed.id, ?state, reason = %error, "camera not live");
        } else {
            tracing::debug!(camera = %self.feed.id, ?state, reason = %error, "camera still not live");
        }
    }

    /// Waits before the next try. A refused password waits long, but not after the password was changed.
    fn rest(&mut self, error: &CameraError) {
        let refused = matches!(error.state(), CameraState::AuthFailed);
        let backoff = if refused { &mut self.password } else { &mut self.link };
        let until = Instant::now() + backoff.next(rand::random());
        let tried = refused.then(|| self.read_credentials());
        let mut look_at = Instant::now() + Duration::from_secs(1);
        while !self.stop.is_cancelled() && Instant::now() < until {
            std::thread::sleep(NAP);
            if let Some(tried) = &tried
                && Instant::now() >= look_at
            {
                look_at = Instant::now() + Duration::from_secs(1);
                if self.read_credentials() != *tried {
                    self.password.reset();
                    return;
                }
            }
        }
    }

    fn read_credentials(&self) -> Option<Credentials> {
        self.config.credentials.as_ref().and_then(|source| Credentials::load(source).ok())
    }
}
