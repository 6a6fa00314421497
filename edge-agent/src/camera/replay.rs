//! Video files, pictures and folders of pictures as frames, as fast as they can be decoded.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::{AppSink, AppSinkCallbacks};
use jiff::{SignedDuration, Timestamp};

use super::clock::StreamClock;
use super::container::{self, Missing};
use super::pace::Pacer;
use super::ring::Ring;
use super::stats::{CameraState, CameraStats, StatsSnapshot};
use super::still::Stills;
use super::{cpu, decoder, picture};
use crate::frame::{CaptureTime, Frame, TimeSource};

/// Decoded pictures that wait for the analysis, at most: enough to overlap the two, little memory.
const AHEAD: u32 = 4;
/// A file that gives nothing for this long, with the analysis waiting, is given up.
const STUCK: Duration = Duration::from_secs(30);
/// The same before the first picture, when nothing is known to be a video yet.
const STUCK_AT_START: Duration = Duration::from_secs(10);
/// A video that ends more than this before the length its header promises was cut off.
const SHORT_BY: Duration = Duration::from_secs(1);

mod encoded;

/// Why a file gives no (more) frames.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Not there or not readable.
    #[error("cannot open {path}: {source}", path = .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// GStreamer is missing or incomplete.
    #[error(
        "GStreamer cannot be used: {0}; install gstreamer1.0-plugins-base, -good, -bad and gstreamer1.0-libav"
    )]
    Setup(String),
    /// The file is no video that can be read.
    #[error("{path} is not a video that can be read: {reason}", path = .path.display())]
    NotVideo {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        reason: String,
    },
    /// The file broke off in the middle; what came before was delivered.
    #[error("{path} is damaged after frame {frames}: {reason}", path = .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Frames decoded before.
        frames: u64,
        /// What the decoder said.
        reason: String,
    },
    /// The file is shorter than it says; all it has was delivered.
    #[error("{path} is cut off after frame {frames}: {reason}; copy it again", path = .path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Frames decoded.
        frames: u64,
        /// What is missing.
        reason: String,
    },
    /// A picture cannot be read; the next ones can still come.
    #[error("{path} is not a picture that can be read: {reason}", path = .path.display())]
    Picture {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        reason: String,
    },
}

/// How a file is replayed.
#[derive(Debug, Clone, Default)]
pub struct ReplayOptions {
    /// Wall time of the first frame; now when `None`.
    pub start: Option<Timestamp>,
    /// Frames per second handed on; every frame when `None`.
    pub analysis_fps: Option<f64>,
    /// Frames per second that a folder of pictures stands for; 1 when `None`.
    pub stills_fps: Option<f64>,
    /// Keeps the encoded stream for clips: the file's own where it is H.264 or H.265, else the frames encoded here. Off unless the
    /// ring is switched on before the file is opened.
    pub ring: Option<Arc<Ring>>,
}

/// Frames of a file or folder: an iterator. After an error about a video nothing follows; after one about a
/// picture of a folder the next picture does.
pub struct ReplaySource {
    input: Input,
    stats: Arc<CameraStats>,
    given: u64,
}

enum Input {
    Video(Box<Video>),
    Stills(Stills),
}

impl ReplaySource {
    /// Opens a video, a picture, or a folder of pictures.
    ///
    /// # Errors
    /// When the path cannot be opened, or is neither a video with at least one picture nor a picture.
    pub fn open(path: &Path, options: ReplayOptions) -> Result<Self, ReplayError> {
        std::fs::metadata(path)
            .and_then(|meta| if meta.is_dir() { Ok(()) } else { std::fs::File::open(path).map(drop) })
            .map_err(|source| ReplayError::Open { path: path.to_owned(), source })?;
        let stats = Arc::new(CameraStats::new());
        let start = options.start.unwrap_or_else(Timestamp::now);
        let input = match Stills::open(path, start, options.stills_fps.unwrap_or(1.0))? {
            Some(stills) => Input::Stills(stills),
            None => Input::Video(Box::new(Video::open(
                path,
                start,
                options.analysis_fps,
                options.ring,
                stats.clone(),
            )?)),
        };
        stats.set(CameraState::Live, None);
        Ok(Self { input, stats, given: 0 })
    }

    /// What has been counted so far; `decode_cpu_ms` is the CPU time of decoding alone.
    pub fn stats(&self) -> StatsSnapshot {
        let snapshot = self.stats.snapshot_with(self.given, 0, 0);
        let waiting = snapshot.decoded.saturating_sub(snapshot.skipped + snapshot.dropped + self.given);
        StatsSnapshot { waiting, ..snapshot }
    }

    /// Number of frames the file claims to have after thinning to the analysis rate, where it says.
    pub fn expected_frames(&self) -> Option<u64> {
        match &self.input {
            Input::Video(video) => video.expected_frames(),
            Input::Stills(stills) => Some(stills.len()),
        }
    }
}

impl Iterator for ReplaySource {
    type Item = Result<Frame, ReplayError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match &mut self.input {
            Input::Video(video) => video.next(),
            Input::Stills(stills) => {
                cpu::lap();
                let next = stills.next();
                if next.as_ref().is_some_and(Result::is_ok) {
                    self.stats.on_decoded(Duration::ZERO, cpu::lap());
                }
                next
            }
        };
        if let Some(Ok(frame)) = &next {
            self.given += 1;
            self.stats.on_captured(frame.captured, None);
        }
        next
    }
}

struct Video {
    path: PathBuf,
    pipeline: gst::Pipeline,
    bus: gst::Bus,
    sink: AppSink,
    shared: Arc<Shared>,
    stats: Arc<CameraStats>,
    clock: StreamClock,
    start: Timestamp,
    analysis_fps: Option<f64>,
    expected: Option<Duration>,
    missing: Option<Missing>,
    first: Option<Frame>,
    done: bool,
}

/// What the streaming thread and the reader both touch.
struct Shared {
    pacer: Mutex<Pacer>,
    /// Numbers of the frames on their way to the reader, oldest first.
    numbers: Mutex<std::collections::VecDeque<u64>>,
    end_ns: AtomicU64,
    origin: Instant,
    ring: Option<Arc<Ring>>,
    /// Whether the file's own encoded stream goes into the ring.
    own_stream: AtomicBool,
}

impl Drop for Video {
    fn drop(&mut self) {
        if self.pipeline.set_state(gst::State::Null).is_err() {
            tracing::debug!("a replay pipeline did not stop cleanly");
        }
    }
}

impl Video {
    fn open(
        path: &Path,
        start: Timestamp,
        analysis_fps: Option<f64>,
        ring: Option<Arc<Ring>>,
        stats: Arc<CameraStats>,
    ) -> Result<Self, ReplayError> {
        let missing = container::missing(path);
        if let Some(Missing { bytes, index: true }) = missing {
            let reason =
                format!("it is cut off: its index and {bytes} more bytes are missing; copy it again");
            return Err(ReplayError::NotVideo { path: path.to_owned(), reason });
        }
        let setup = |e: gst::glib::BoolError| ReplayError::Setup(e.message.into_owned());
        gst::init().map_err(|e| ReplayError::Setup(e.to_string()))?;
        let shared = Arc::new(Shared {
            pacer: Mutex::new(Pacer::new(analysis_fps.unwrap_or(f64::INFINITY))),
            numbers: Mutex::default(),
            end_ns: AtomicU64::new(0),
            origin: Instant::now(),
            ring,
            own_stream: AtomicBool::new(false),
        });
        if let Some(ring) = &shared.ring {
            ring.begin();
        }
        let (pipeline, sink) = build(path, &shared, &stats).map_err(setup)?;
        let bus = pipeline.bus().ok_or_else(|| ReplayError::Setup("no bus".to_owned()))?;
        let mut video = Self {
            path: path.to_owned(),
            pipeline,
            bus,
            sink,
            shared,
            stats,
            clock: StreamClock::default(),
            start,
            analysis_fps,
            expected: None,
            missing,
            first: None,
            done: false,
        };
        // Failing to start says why on the bus.
        let _ = video.pipeline.set_state(gst::State::Playing);
        match video.pull(STUCK_AT_START) {
            Some(Ok(frame)) => video.first = Some(frame),
            Some(Err(ReplayError::Damaged { path, reason, .. })) => {
                return Err(ReplayError::NotVideo { path, reason });
            }
            Some(Err(error)) => return Err(error),
            None => {
                let reason = "it holds no picture".to_owned();
                return Err(ReplayError::NotVideo { path: path.to_owned(), reason });
            }
        }
        video.expected = video.pipeline.query_duration::<gst::ClockTime>().map(Duration::from);
        Ok(video)
    }

    fn expected_frames(&self) -> Option<u64> {
        let rate = self.analysis_fps.or_else(|| {
            let caps = self.sink.static_pad("sink")?.current_caps()?;
            let rate = caps.structure(0)?.get::<gst::Fraction>("framerate").ok()?;
            (rate.numer() > 0).then(|| f64::from(rate.numer()) / f64::from(rate.denom()))
        })?;
        Some((self.expected?.as_secs_f64() * rate).round() as u64)
    }

    fn next(&mut self) -> Option<Result<Frame, ReplayError>> {
        if self.done {
            return None;
        }
        let next = self.first.take().map(Ok).or_else(|| self.pull(STUCK)).or_else(|| self.cut_off().map(Err));
        self.done = !matches!(next, Some(Ok(_)));
        next
    }

    /// The next picture or error, waiting for at most `patience`; `None` at the end.
    fn pull(&mut self, patience: Duration) -> Option<Result<Frame, ReplayError>> {
        let give_up = Instant::now() + patience;
        loop {
            if let Some(sample) = self.sink.try_pull_sample(gst::ClockTime::from_mseconds(100)) {
                let number = lock(&self.shared.numbers).pop_front().unwrap_or_default();
                match picture::from_sample(&sample) {
                    Some(picture) => return Some(Ok(self.frame(number, &sample, picture))),
                    None => self.stats.on_lost(),
                }
                continue;
            }
            let error = self.bus.pop_filtered(&[gst::MessageType::Error]);
            if let Some(gst::MessageView::Error(error)) = error.as_ref().map(|m| m.view()) {
                return Some(Err(self.damaged(reason(error))));
            }
            if self.sink.is_eos() {
                return None;
            }
            if Instant::now() >= give_up {
                return Some(Err(self.damaged(format!("nothing came for {} s", patience.as_secs()))));
            }
        }
    }

    fn damaged(&self, reason: String) -> ReplayError {
        ReplayError::Damaged { path: self.path.clone(), frames: self.stats.decoded(), reason }
    }

    fn frame(&mut self, index: u64, sample: &gst::Sample, picture: crate::frame::I420) -> Frame {
        let buffer = sample.buffer();
        let pts = buffer.and_then(|b| b.pts()).map(Duration::from);
        let stream_s = self.clock.advance(pts, None);
        // Half a frame: that is how finely a file tells time.
        let length = buffer.and_then(|b| b.duration()).map_or(40, |d| d.mseconds());
        let at = SignedDuration::try_from_secs_f64(stream_s).map_or(self.start, |passed| self.start + passed);
        let captured = CaptureTime {
            at,
            uncertainty_ms: u32::try_from(length.div_ceil(2)).unwrap_or(u32::MAX),
            source: TimeSource::File,
            stream_s,
        };
        if let (Some(ring), Some(pts)) = (&self.shared.ring, buffer.and_then(|b| b.pts())) {
            ring.anchor(pts.nseconds(), captured);
        }
        Frame { index, captured, picture }
    }

    /// Whether the file ended before the size or time its header promised.
    fn cut_off(&self) -> Option<ReplayError> {
        let end = Duration::from_nanos(self.shared.end_ns.load(Ordering::Relaxed));
        let short = self.expected.filter(|e| end + SHORT_BY.max(*e / 50) < *e);
        let reason = match (self.missing, short) {
            (Some(Missing { bytes, .. }), _) => format!("{bytes} bytes are missing"),
            (None, Some(e)) => {
                format!("{:.1} s of {:.1} s could be read", end.as_secs_f64(), e.as_secs_f64())
            }
            (None, None) => return None,
        };
        Some(ReplayError::Truncated { path: self.path.clone(), frames: self.stats.decoded(), reason })
    }
}

/// What an error on the bus means for a person.
fn reason(error: &gst::message::Error) -> String {
    let error = error.error();
    if error.matches(gst::CoreError::MissingPlugin) || error.matches(gst::StreamError::CodecNotFound) {
        return "it holds no picture that an installed decoder understands; is gstreamer1.0-libav there?"
            .to_owned();
    }
    error.message().trim_end_matches('.').to_owned()
}

fn build(
    path: &Path,
    shared: &Arc<Shared>,
    stats: &Arc<CameraStats>,
) -> Result<(gst::Pipeline, AppSink), gst::glib::BoolError> {
    let pipeline = gst::Pipeline::new();
    let source = gst::ElementFactory::make("filesrc").property("location", path).build()?;
    // Any container and codec; sound is never decoded because only video types may leave.
    let decode = gst::ElementFactory::make("decodebin")
        .property("caps", gst::Caps::builder("video/x-raw").any_features().build())
        .property("expose-all-streams", false)
        .build()?;
    let (convert, sink) = picture::tail(AppSinkCallbacks::builder().build(), AHEAD, false)?;
    pipeline.add_many([&source, &decode, &convert, sink.upcast_ref()])?;
    source.link(&decode)?;
    convert.link(&sink)?;
    if let Some(bin) = decode.downcast_ref::<gst::Bin>() {
        let shared = shared.clone();
        bin.connect_deep_element_added(move |_, _, element| {
            decoder::single_threaded(element);
            encoded::keep_own(element, &shared);
        });
    }
    let entry = convert.static_pad("sink");
    let (shared, stats) = (shared.clone(), stats.clone());
    let weak = pipeline.downgrade();
    decode.connect_pad_added(move |_, pad| {
        let Some(entry) = entry.as_ref().filter(|entry| !entry.is_linked()) else { return };
        thin_out(pad, shared.clone(), stats.clone());
        let linked = match weak.upgrade().filter(|_| encoded::wanted(&shared)) {
            Some(pipeline) => encoded::beside(&pipeline, pad, entry, &shared),
            None => pad.link(entry).map(drop).map_err(|error| error.to_string()),
        };
        if let Err(error) = linked {
            tracing::debug!(%error, "a stream of the file is not a picture");
        }
    });
    Ok((pipeline, sink))
}

/// Counts decoded pictures and drops those that the analysis rate leaves out.
fn thin_out(pad: &gst::Pad, shared: Arc<Shared>, stats: Arc<CameraStats>) {
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let Some(buffer) = info.buffer() else { return gst::PadProbeReturn::Ok };
        let number = stats.on_decoded(shared.origin.elapsed(), cpu::lap());
        let pts = buffer.pts();
        if let Some(end) = pts.map(|pts| pts + buffer.duration().unwrap_or_default()) {
            shared.end_ns.fetch_max(end.nseconds(), Ordering::Relaxed);
        }
        if lock(&shared.pacer).keep(pts.map(Duration::from)) {
            lock(&shared.numbers).push_back(number);
            gst::PadProbeReturn::Ok
        } else {
            stats.on_skipped();
            gst::PadProbeReturn::Drop
        }
    });
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
