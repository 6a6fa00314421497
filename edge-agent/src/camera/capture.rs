//! What happens to a camera's frames between the decoder and the mailbox. One [`Feed`] per camera lives through
//! all reconnects; one [`Session`] per connection.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use gstreamer as gst;
use jiff::{SignedDuration, Timestamp};

use super::clock::{CaptureClock, ClockFault, StreamClock, parse_sender_report};
use super::config::StreamConfig;
use super::cpu;
use super::latest::Latest;
use super::pace::Pacer;
use super::picture;
use super::ring::Ring;
use super::rtsp::CameraError;
use super::stats::{CameraState, CameraStats};
use super::supervise::Out;
use crate::frame::{CaptureTime, Frame};

/// H.264 and H.265 over RTP always tick at this rate.
const RTP_HZ: u32 = 90_000;
/// Packets whose times are remembered until their picture leaves the decoder: more than any decoder holds back.
const REMEMBERED: usize = 256;
/// A picture belongs to the packet nearest to it, if that is no further away than this.
const SAME_FRAME: Duration = Duration::from_millis(10);

/// A camera's way out: lives as long as its thread.
pub(super) struct Feed {
    pub(super) id: String,
    pub(super) latest: Arc<Latest<Frame>>,
    pub(super) stats: Arc<CameraStats>,
    pub(super) ring: Arc<Ring>,
    origin: Instant,
    stream: Mutex<StreamClock>,
    was_live: AtomicBool,
    lived: AtomicBool,
}

impl Feed {
    pub(super) fn new(id: &str, out: Out) -> Self {
        Self {
            id: id.to_owned(),
            latest: out.latest,
            stats: out.stats,
            ring: out.ring,
            origin: Instant::now(),
            stream: Mutex::default(),
            was_live: AtomicBool::new(false),
            lived: AtomicBool::new(false),
        }
    }

    /// Whether a picture came since this was last asked.
    pub(super) fn take_lived(&self) -> bool {
        self.lived.swap(false, Ordering::Relaxed)
    }

    fn on_live(&self) {
        if !self.lived.swap(true, Ordering::Relaxed) && self.was_live.swap(true, Ordering::Relaxed) {
            self.stats.on_reconnect();
        }
        if self.stats.set(CameraState::Live, None) {
            tracing::info!(camera = %self.id, "camera live");
        }
    }
}

/// One connection's state, shared by the streaming threads' callbacks.
pub(super) struct Session {
    feed: Arc<Feed>,
    inner: Mutex<Inner>,
    failure: Mutex<Option<CameraError>>,
    alive: AtomicBool,
}

struct Inner {
    pacer: Pacer,
    clock: CaptureClock,
    packets: VecDeque<(Duration, u32)>,
    number: u64,
}

impl Session {
    pub(super) fn new(feed: Arc<Feed>, config: &StreamConfig) -> Self {
        let inner = Inner {
            pacer: Pacer::new(config.analysis_fps),
            clock: CaptureClock::new(RTP_HZ, config.latency_ms, config.max_clock_offset_ms),
            packets: VecDeque::with_capacity(REMEMBERED),
            number: 0,
        };
        feed.ring.begin();
        Self { feed, inner: Mutex::new(inner), failure: Mutex::new(None), alive: AtomicBool::new(false) }
    }

    /// Ends the session with `error`; the first one counts.
    pub(super) fn fail(&self, error: CameraError) {
        lock(&self.failure).get_or_insert(error);
    }

    /// The error that a callback ended the session with.
    pub(super) fn take_failure(&self) -> Option<CameraError> {
        lock(&self.failure).take()
    }

    /// No picture came for `silent_ms`.
    pub(super) fn on_stalled(&self, silent_ms: u64) {
        let reason = CameraError::Stalled(silent_ms).to_string();
        if self.feed.stats.set(CameraState::Stale, Some(reason)) {
            tracing::warn!(camera = %self.feed.id, silent_ms, "camera stale");
        }
        // Last, so that a picture that comes meanwhile cannot leave the camera stale for good: the next one heals it.
        self.alive.store(false, Ordering::Release);
    }

    /// Runs a callback of GStreamer. A panic must not unwind into C, so it ends this session and no more.
    pub(super) fn guarded<R>(&self, otherwise: R, callback: impl FnOnce() -> R) -> R {
        catch_unwind(AssertUnwindSafe(callback)).unwrap_or_else(|_| {
            self.fail(CameraError::Panicked);
            otherwise
        })
    }

    /// An RTP packet left the jitter buffer.
    pub(super) fn on_packet(&self, buffer: &gst::BufferRef) {
        let (Some(pts), Ok(map)) = (buffer.pts(), buffer.map_readable()) else { return };
        let Some(rtp) = map.get(4..8).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes) else { return };
        let packets = &mut lock(&self.inner).packets;
        // All packets of a picture carry the same time.
        if packets.back().is_some_and(|(_, last)| *last == rtp) {
            return;
        }
        if packets.len() == REMEMBERED {
            packets.pop_front();
        }
        packets.push_back((pts.into(), rtp));
    }

    /// An RTCP packet arrived.
    pub(super) fn on_rtcp(&self, packet: &[u8]) {
        if let Some((ntp, rtp)) = parse_sender_report(packet) {
            lock(&self.inner).clock.on_report(ntp, rtp, Timestamp::now());
        }
    }

    /// An access unit left the parser, or its format changed.
    pub(super) fn on_encoded(&self, data: &gst::PadProbeData) {
        match data {
            gst::PadProbeData::Buffer(buffer) => self.feed.ring.push(buffer),
            gst::PadProbeData::Event(event) => {
                if let gst::EventView::Caps(caps) = event.view() {
                    self.feed.ring.format(caps.caps(), true);
                }
            }
            _ => {}
        }
    }

    /// A picture left the decoder: counts it and says whether the analysis rate wants it.
    pub(super) fn on_decoded(&self, pts: Option<Duration>) -> bool {
        let number = self.feed.stats.on_decoded(self.feed.origin.elapsed(), cpu::lap());
        if !self.alive.swap(true, Ordering::AcqRel) {
            self.feed.on_live();
        }
        let mut inner = lock(&self.inner);
        inner.number = number;
        let keep = inner.pacer.keep(pts);
        if !keep {
            self.feed.stats.on_skipped();
        }
        keep
    }

    /// A picture of the analysis rate is ready; `running` is the pipeline's time now.
    pub(super) fn on_sample(&self, sample: &gst::Sample, running: Option<gst::ClockTime>) {
        let Some(picture) = picture::from_sample(sample) else {
            self.feed.stats.on_lost();
            return;
        };
        let pts = sample.buffer().and_then(|b| b.pts());
        let (captured, index) = self.captured(pts, residence(sample, pts, running));
        if let Some(pts) = pts {
            self.feed.ring.anchor(pts.nseconds(), captured);
        }
        self.feed.latest.put(Frame { index, captured, picture });
    }

    fn captured(&self, pts: Option<gst::ClockTime>, residence: Duration) -> (CaptureTime, u64) {
        let pts = pts.map(Duration::from);
        let now = Timestamp::now();
        // The time of a packet is the pipeline's time when it arrived, so what it spent in here is known.
        let arrival = SignedDuration::try_from(residence).map_or(now, |spent| now - spent);
        let (stamp, index) = {
            let mut inner = lock(&self.inner);
            let rtp = pts.and_then(|pts| nearest(&inner.packets, pts));
            (inner.clock.stamp(rtp, arrival), inner.number)
        };
        let stream_s = lock(&self.feed.stream).advance(pts, Some(self.feed.origin.elapsed()));
        let captured = CaptureTime {
            at: stamp.at,
            uncertainty_ms: stamp.uncertainty_ms,
            source: stamp.source,
            stream_s,
        };
        self.say(self.feed.stats.on_captured(captured, stamp.fault));
        (captured, index)
    }

    fn say(&self, change: Option<Result<(), ClockFault>>) {
        let camera = &self.feed.id;
        match change {
            None => {}
            Some(Ok(())) => tracing::info!(%camera, "camera clock believed"),
            // Every connection begins so: reports come seconds after the first picture.
            Some(Err(fault @ ClockFault::NoReport)) => {
                tracing::info!(%camera, ?fault, "no word yet of the camera's clock, using arrival time");
            }
            Some(Err(fault)) => {
                tracing::warn!(%camera, ?fault, "camera clock not believed, using arrival time");
            }
        }
    }
}

fn nearest(packets: &VecDeque<(Duration, u32)>, pts: Duration) -> Option<u32> {
    let (distance, rtp) = packets.iter().map(|(t, rtp)| (t.abs_diff(pts), *rtp)).min()?;
    (distance <= SAME_FRAME).then_some(rtp)
}

/// How long a picture has been in this process.
fn residence(sample: &gst::Sample, pts: Option<gst::ClockTime>, running: Option<gst::ClockTime>) -> Duration {
    let arrived = sample
        .segment()
        .and_then(|s| s.downcast_ref::<gst::ClockTime>())
        .and_then(|s| s.to_running_time(pts));
    match (running, arrived) {
        (Some(now), Some(then)) => Duration::from(now.saturating_sub(then)).min(Duration::from_secs(30)),
        _ => Duration::ZERO,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic under the lock has ended the session already; the values stay usable.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::RingBounds;

    #[test]
    fn a_picture_finds_the_packet_it_came_from() {
        let ms = Duration::from_millis;
        let packets: VecDeque<_> = [(ms(0), 10), (ms(40), 20), (ms(80), 30)].into();
        assert_eq!(nearest(&packets, ms(41)), Some(20));
        assert_eq!(nearest(&packets, ms(60)), None);
        assert_eq!(nearest(&VecDeque::new(), ms(0)), None);
    }

    #[test]
    fn a_panic_in_a_callback_ends_the_session_with_an_error() {
        let out = Out {
            latest: Arc::new(Latest::new()),
            stats: Arc::new(CameraStats::new()),
            ring: Arc::new(Ring::new(RingBounds::default())),
        };
        let feed = Arc::new(Feed::new("gate", out));
        let session = Session::new(feed, &StreamConfig::new("rtsp://192.0.2.1/s"));
        let kept = session.guarded(false, || panic!("in a callback"));
        assert!(!kept);
        assert!(matches!(session.take_failure(), Some(CameraError::Panicked)));
        assert!(session.take_failure().is_none());
    }
}
