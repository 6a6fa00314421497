//! One connection to one camera: built, watched, torn down.

use std::sync::Arc;
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::glib;
use gstreamer::prelude::*;
use gstreamer_app::AppSinkCallbacks;
use tokio_util::sync::CancellationToken;

use super::capture::{Feed, Session};
use super::config::{StreamConfig, Transport};
use super::credentials::{CredentialError, Credentials};
use super::decoder::{self, Codec};
use super::picture;
use super::stats::CameraState;

/// How often the watcher looks up.
const TICK: gst::ClockTime = gst::ClockTime::from_mseconds(100);
/// A TCP peer that says nothing for this long is gone.
const TCP_TIMEOUT: Duration = Duration::from_secs(5);
/// UDP that brings nothing for this long is given up (with `auto`: for TCP).
const UDP_TIMEOUT: Duration = Duration::from_secs(3);
/// From the first packet out to the first picture, at most.
const FIRST_FRAME: Duration = Duration::from_secs(12);
/// How long a stalled stream may come back by itself before it is connected anew.
const STALL_GRACE: Duration = Duration::from_secs(3);

/// Why a connection ended. Never carries credentials.
#[derive(Debug, thiserror::Error)]
pub enum CameraError {
    /// GStreamer or one of its elements is missing.
    #[error(
        "GStreamer cannot be used: {0}; install gstreamer1.0-plugins-base, -good, -bad and gstreamer1.0-libav"
    )]
    Setup(String),
    /// No thread for the camera.
    #[error("cannot start the camera's thread: {0}")]
    Thread(#[from] std::io::Error),
    /// Credentials are configured but cannot be read.
    #[error(transparent)]
    Credentials(#[from] CredentialError),
    /// The camera refuses the user name or password, or wants one.
    #[error("the camera refuses the user name or password; correct the credentials")]
    AuthFailed,
    /// No connection.
    #[error("the camera cannot be reached: {0}; check the address, the cable and the firewall")]
    Unreachable(String),
    /// Connected, but nothing at this path.
    #[error("the camera has no stream at this path; check the url")]
    NoStream,
    /// Neither H.264 nor H.265.
    #[error("the camera sends {0}; set its stream to H.264 or H.265")]
    Codec(String),
    /// No decoder is installed.
    #[error("no decoder for {0}; install gstreamer1.0-libav")]
    NoDecoder(&'static str),
    /// Connected, but no picture.
    #[error("the camera answers but sent no picture within {0} s")]
    NoFrames(u64),
    /// Pictures stopped while the connection stayed open.
    #[error("no picture for {0} ms although the connection is open")]
    Stalled(u64),
    /// The camera ended the stream.
    #[error("the camera ended the stream")]
    Ended,
    /// A defect in a callback.
    #[error("internal error while handling a picture; the connection was restarted")]
    Panicked,
    /// GStreamer gave up.
    #[error("the stream broke: {0}")]
    Broken(String),
}

impl CameraError {
    /// The state this leaves a camera in that was not live.
    pub(super) fn state(&self) -> CameraState {
        match self {
            Self::Credentials(_) | Self::AuthFailed => CameraState::AuthFailed,
            Self::NoFrames(_) | Self::Stalled(_) => CameraState::Stale,
            _ => CameraState::Unreachable,
        }
    }
}

impl From<glib::BoolError> for CameraError {
    fn from(error: glib::BoolError) -> Self {
        Self::Setup(error.message.into_owned())
    }
}

/// A pipeline that never outlives its connection.
struct Running(gst::Pipeline);

impl Drop for Running {
    fn drop(&mut self) {
        if self.0.set_state(gst::State::Null).is_err() {
            tracing::debug!("a camera pipeline did not stop cleanly");
        }
    }
}

/// Connects, delivers frames until something ends it, and says what. `Ok` only when `stop` was cancelled.
pub(super) fn run_once(
    feed: &Arc<Feed>,
    config: &StreamConfig,
    credentials: Option<&Credentials>,
    stop: &CancellationToken,
) -> Result<(), CameraError> {
    let session = Arc::new(Session::new(feed.clone(), config));
    let pipeline = Running(build(&session, config, credentials)?);
    let bus = pipeline.0.bus().ok_or_else(|| CameraError::Setup("no bus".to_owned()))?;
    pipeline.0.set_state(gst::State::Playing).map_err(|e| CameraError::Setup(e.to_string()))?;

    let mut watch = Watch::new(feed.stats.decoded(), Duration::from_millis(config.stale_after_ms.into()));
    while !stop.is_cancelled() {
        let message = bus.timed_pop_filtered(TICK, &[gst::MessageType::Error, gst::MessageType::Eos]);
        if let Some(error) = session.take_failure() {
            return Err(error);
        }
        match message.as_ref().map(|m| m.view()) {
            Some(gst::MessageView::Error(error)) => return Err(classify(error)),
            Some(gst::MessageView::Eos(_)) => return Err(CameraError::Ended),
            _ => {}
        }
        if let Some(silent_ms) = watch.look(feed.stats.decoded(), Instant::now())? {
            session.on_stalled(silent_ms);
        }
    }
    Ok(())
}

/// Judges from the count of decoded pictures whether a stream is alive.
struct Watch {
    count: u64,
    since: Instant,
    seen: bool,
    said: bool,
    stale_after: Duration,
}

impl Watch {
    fn new(count: u64, stale_after: Duration) -> Self {
        Self { count, since: Instant::now(), seen: false, said: false, stale_after }
    }

    /// Once per stall, how long no picture came, milliseconds.
    fn look(&mut self, count: u64, now: Instant) -> Result<Option<u64>, CameraError> {
        if count != self.count {
            (self.count, self.since, self.seen, self.said) = (count, now, true, false);
            return Ok(None);
        }
        let silent = now.saturating_duration_since(self.since);
        let silent_ms = u64::try_from(silent.as_millis()).unwrap_or(u64::MAX);
        if !self.seen {
            return if silent < FIRST_FRAME {
                Ok(None)
            } else {
                Err(CameraError::NoFrames(silent.as_secs()))
            };
        }
        if silent >= self.stale_after + STALL_GRACE {
            return Err(CameraError::Stalled(silent_ms));
        }
        let stalled =
            silent >= self.stale_after && !std::mem::replace(&mut self.said, silent >= self.stale_after);
        Ok(stalled.then_some(silent_ms))
    }
}

fn build(
    session: &Arc<Session>,
    config: &StreamConfig,
    credentials: Option<&Credentials>,
) -> Result<gst::Pipeline, CameraError> {
    let micros = |d: Duration| u64::try_from(d.as_micros()).unwrap_or(u64::MAX);
    let source = gst::ElementFactory::make("rtspsrc")
        .property("location", &config.url)
        .property("latency", config.latency_ms)
        .property("tcp-timeout", micros(TCP_TIMEOUT))
        .property("timeout", micros(UDP_TIMEOUT))
        .property("do-retransmission", false)
        .property_from_str(
            "protocols",
            match config.transport {
                Transport::Tcp => "tcp",
                Transport::Udp => "udp",
                Transport::Auto => "tcp+udp",
            },
        )
        .build()?;
    if let Some(credentials) = credentials {
        source.set_property("user-id", credentials.user());
        source.set_property("user-pw", credentials.password());
    }
    let pipeline = gst::Pipeline::new();
    pipeline.add(&source)?;
    select_video(&source);
    listen_to_reports(&source, session);
    let weak = pipeline.downgrade();
    let (session, preferred) = (session.clone(), config.decoders.clone());
    source.connect_pad_added(move |_, pad| {
        session.guarded((), || {
            let Some(pipeline) = weak.upgrade() else { return };
            if let Err(error) = attach(&pipeline, pad, &session, &preferred) {
                session.fail(error);
            }
        });
    });
    Ok(pipeline)
}

/// Asks the camera for its first video stream only: sound is never even sent.
fn select_video(source: &gst::Element) {
    source.connect("select-stream", false, |args| {
        let caps = args.get(2).and_then(|v| v.get::<gst::Caps>().ok());
        let media = caps.as_ref().and_then(|c| c.structure(0)).and_then(|s| s.get::<String>("media").ok());
        Some(media.is_none_or(|m| m == "video").to_value())
    });
}

/// Hears the RTCP packets of every session as they arrive.
fn listen_to_reports(source: &gst::Element, session: &Arc<Session>) {
    let session = session.clone();
    source.connect("new-manager", false, move |args| {
        let manager = args.get(1).and_then(|v| v.get::<gst::Element>().ok());
        let bin = manager.and_then(|m| m.downcast::<gst::Bin>().ok())?;
        let session = session.clone();
        bin.connect_element_added(move |_, element| {
            if element.find_property("internal-session").is_none() {
                return;
            }
            let session = session.clone();
            let internal = element.property::<glib::Object>("internal-session");
            internal.connect("on-receiving-rtcp", false, move |args| {
                session.guarded((), || {
                    let packet = args.get(1).and_then(|v| v.get::<gst::Buffer>().ok());
                    if let Some(Ok(map)) = packet.as_ref().map(|p| p.map_readable()) {
                        session.on_rtcp(&map);
                    }
                });
                None
            });
        });
        None
    });
}

/// Puts depayloader, parser, decoder and sink behind a stream of the camera.
fn attach(
    pipeline: &gst::Pipeline,
    pad: &gst::Pad,
    session: &Arc<Session>,
    preferred: &[String],
) -> Result<(), CameraError> {
    if pipeline.by_name("depay").is_some() {
        // `auto` went from UDP to TCP, or the camera offers a second picture: start over, cleanly.
        return Err(CameraError::Broken("the camera opened a second stream".to_owned()));
    }
    let caps = pad.current_caps().unwrap_or_else(|| pad.query_caps(None));
    let encoding = caps.structure(0).and_then(|s| s.get::<String>("encoding-name").ok()).unwrap_or_default();
    let codec = Codec::from_encoding_name(&encoding).ok_or(CameraError::Codec(encoding))?;
    let chosen = decoder::choose(codec, preferred).ok_or(CameraError::NoDecoder(codec.name()))?;

    let depay = gst::ElementFactory::make(codec.depay()).name("depay").build()?;
    let parse = gst::ElementFactory::make(codec.parse()).build()?;
    let decode = gst::ElementFactory::make(&chosen).build()?;
    decoder::single_threaded(&decode);
    let (convert, sink) = picture::tail(callbacks(session), 1, true)?;
    let chain = [&depay, &parse, &decode, &convert, sink.upcast_ref()];
    pipeline.add_many(chain)?;
    gst::Element::link_many(chain)?;
    remember_packets(pad, session);
    keep_encoded(&parse, session);
    thin_out(&decode, session);
    for element in chain.iter().rev() {
        element.sync_state_with_parent()?;
    }
    let entry =
        depay.static_pad("sink").ok_or_else(|| CameraError::Setup("depayloader without pad".to_owned()))?;
    pad.link(&entry).map_err(|e| CameraError::Broken(e.to_string()))?;
    tracing::info!(decoder = %chosen, codec = codec.name(), "camera stream found");
    Ok(())
}

/// Notes which RTP time belongs to which presentation time.
fn remember_packets(pad: &gst::Pad, session: &Arc<Session>) {
    let session = session.clone();
    pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST, move |_, info| {
        session.guarded((), || match &info.data {
            Some(gst::PadProbeData::Buffer(buffer)) => session.on_packet(buffer),
            Some(gst::PadProbeData::BufferList(list)) => list.iter().for_each(|b| session.on_packet(b)),
            _ => {}
        });
        gst::PadProbeReturn::Ok
    });
}

/// Keeps what the parser gives, for clips: whole access units, before anything is decoded.
fn keep_encoded(parse: &gst::Element, session: &Arc<Session>) {
    let Some(pad) = parse.static_pad("src") else { return };
    let session = session.clone();
    pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        session.guarded((), || {
            if let Some(data) = &info.data {
                session.on_encoded(data);
            }
        });
        gst::PadProbeReturn::Ok
    });
}

/// Counts what the decoder gives and drops to the analysis rate, before anything touches a pixel.
fn thin_out(decode: &gst::Element, session: &Arc<Session>) {
    let Some(pad) = decode.static_pad("src") else { return };
    let session = session.clone();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let pts = info.buffer().and_then(|b| b.pts()).map(Duration::from);
        match session.guarded(false, || session.on_decoded(pts)) {
            true => gst::PadProbeReturn::Ok,
            false => gst::PadProbeReturn::Drop,
        }
    });
}

fn callbacks(session: &Arc<Session>) -> AppSinkCallbacks {
    let session = session.clone();
    AppSinkCallbacks::builder()
        .new_sample(move |sink| {
            let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
            session.guarded((), || session.on_sample(&sample, sink.current_running_time()));
            Ok(gst::FlowSuccess::Ok)
        })
        .build()
}

/// What an error on the bus means for a person. GStreamer's debug text is looked at, never shown: it may hold the URL.
fn classify(error: &gst::message::Error) -> CameraError {
    let (text, debug) = (error.error(), error.debug().unwrap_or_default());
    let says = |code: &str| debug.contains(code) || text.message().contains(code);
    match text.kind::<gst::ResourceError>() {
        Some(gst::ResourceError::NotAuthorized) => CameraError::AuthFailed,
        _ if says("Unauthorized") || says("(401)") || says("Forbidden") || says("(403)") => {
            CameraError::AuthFailed
        }
        Some(gst::ResourceError::NotFound) if says("Not Found") || says("404") => CameraError::NoStream,
        Some(_) => CameraError::Unreachable(text.message().trim_end_matches('.').to_owned()),
        None => CameraError::Broken(text.message().trim_end_matches('.').to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_stream_is_stale_after_its_time_and_connected_anew_after_the_grace() {
        let mut watch = Watch::new(0, Duration::from_millis(2500));
        let begin = watch.since;
        let at = |ms| begin + Duration::from_millis(ms);
        let mut look = |count, ms| watch.look(count, at(ms)).map_err(|e| e.to_string());
        assert_eq!(look(0, 2600), Ok(None), "not live yet, so not stale");
        assert_eq!(look(1, 3000), Ok(None));
        assert_eq!(look(2, 3100), Ok(None));
        assert_eq!(look(2, 5500), Ok(None));
        assert_eq!(look(2, 5600), Ok(Some(2500)));
        assert_eq!(look(2, 5700), Ok(None), "said once");
        assert_eq!(look(3, 5800), Ok(None), "it may come back by itself");
        assert_eq!(look(3, 8400), Ok(Some(2600)));
        assert!(look(3, 11_400).is_err_and(|e| e.contains("5600 ms")));
    }

    #[test]
    fn a_stream_without_a_first_picture_is_given_up() {
        let mut watch = Watch::new(9, Duration::from_millis(2500));
        let late = watch.since + FIRST_FRAME;
        assert!(matches!(watch.look(9, late), Err(CameraError::NoFrames(12))));
    }
}
