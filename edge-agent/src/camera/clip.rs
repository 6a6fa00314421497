//! A clip as a file: access units of the ring → parser → MP4, without decoding or encoding anything; and one frame of them, decoded, for
//! the picture of a moment whose pixels are gone.
//!
//! ```text
//! appsrc → h264parse/h265parse → mp4mux → memory          (boxes brought into the order ftyp, moov, mdat afterwards)
//! appsrc → h264parse/h265parse → decoder → appsink         (one frame)
//! ```

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::{AppSinkCallbacks, AppSrc};

use super::mp4;
use super::ring::{Cut, NoClip, Unit};
use super::{decoder, picture};
use crate::frame::I420;

/// How long making a clip may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a clip's times are counted in: RTP's own ticks.
const TICKS_HZ: u32 = 90_000;

impl Cut {
    /// `h264` or `h265`.
    pub fn codec(&self) -> &'static str {
        match self.codec {
            decoder::Codec::H264 => "h264",
            decoder::Codec::H265 => "h265",
        }
    }

    /// Frames in it.
    pub fn frames(&self) -> usize {
        self.units.len()
    }

    /// The file: `ftyp`, `moov`, `mdat`, so that a browser can seek at once.
    ///
    /// # Errors
    /// [`NoClip::Failed`] when GStreamer cannot make it, with the reason in the log.
    pub fn mp4(&self) -> Result<Vec<u8>, NoClip> {
        let made = mux(self)
            .and_then(|file| mp4::index_first(file).ok_or_else(|| "no whole MP4 came out".to_owned()));
        made.map_err(|reason| {
            tracing::error!(%reason, "a clip could not be made");
            NoClip::Failed
        })
    }

    /// The frame nearest to a stream second, decoded. Costs the decoding of its group of pictures up to it.
    ///
    /// # Errors
    /// [`NoClip::Gone`] when it is not in here, [`NoClip::Failed`] when it cannot be decoded.
    pub fn frame(&self, stream_s: f64) -> Result<I420, NoClip> {
        let [from_s, to_s] = self.span_s;
        if !(from_s - 0.1..=to_s + 0.1).contains(&stream_s) {
            return Err(NoClip::Gone);
        }
        let first = self.units.first().map_or(0, |unit| unit.pts_ns);
        let wanted = first + ((stream_s - from_s).max(0.0) * 1e9).round() as u64;
        decode(self, wanted).map_err(|reason| {
            tracing::error!(%reason, "a frame of the ring could not be decoded");
            NoClip::Failed
        })
    }
}

/// Decoding times: the presentation times in order, early enough that none lies after its own presentation time.
fn decoding_times(units: &[Unit]) -> (Vec<u64>, u64) {
    let mut sorted: Vec<u64> = units.iter().map(|unit| unit.pts_ns).collect();
    sorted.sort_unstable();
    let late = sorted.iter().zip(units).map(|(dts, unit)| dts.saturating_sub(unit.pts_ns)).max();
    (sorted, late.unwrap_or(0))
}

/// The units as buffers whose times begin at zero.
fn buffers(cut: &Cut, units: &[Unit]) -> Vec<gst::Buffer> {
    let (decode, shift) = decoding_times(units);
    let zero = decode.first().copied().unwrap_or(0);
    let typical = typical_step(&decode);
    let mut buffers = Vec::with_capacity(units.len());
    for (index, unit) in units.iter().enumerate() {
        let mut bytes = if index == 0 { cut.head.clone() } else { Vec::new() };
        bytes.extend_from_slice(&unit.data);
        let mut buffer = gst::Buffer::from_mut_slice(bytes);
        if let Some(buffer) = buffer.get_mut() {
            let step = decode.get(index + 1).map_or(typical, |next| next - decode[index]);
            buffer.set_pts(gst::ClockTime::from_nseconds(unit.pts_ns - zero + shift));
            buffer.set_dts(gst::ClockTime::from_nseconds(decode[index] - zero));
            buffer.set_duration(gst::ClockTime::from_nseconds(step));
            if !unit.key {
                buffer.set_flags(gst::BufferFlags::DELTA_UNIT);
            }
        }
        buffers.push(buffer);
    }
    buffers
}

/// The median step between frames, for the last one.
fn typical_step(sorted: &[u64]) -> u64 {
    let mut steps: Vec<u64> = sorted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    steps.sort_unstable();
    steps.get(steps.len() / 2).copied().unwrap_or(40_000_000)
}

/// A pipeline that is stopped whatever happens.
struct Running(gst::Pipeline);

impl Drop for Running {
    fn drop(&mut self) {
        if self.0.set_state(gst::State::Null).is_err() {
            tracing::debug!("a clip's pipeline did not stop cleanly");
        }
    }
}

fn make(name: &str) -> Result<gst::Element, String> {
    gst::ElementFactory::make(name).build().map_err(|error| error.message.into_owned())
}

fn source(cut: &Cut) -> AppSrc {
    AppSrc::builder().caps(&cut.caps).format(gst::Format::Time).max_bytes(0).build()
}

/// Pushes everything, then the end; waits for the end to come out, or an error.
fn play(pipeline: &gst::Pipeline, source: &AppSrc, buffers: Vec<gst::Buffer>) -> Result<(), String> {
    let bus = pipeline.bus().ok_or("no bus")?;
    pipeline.set_state(gst::State::Playing).map_err(|error| error.to_string())?;
    for buffer in buffers {
        source.push_buffer(buffer).map_err(|error| error.to_string())?;
    }
    source.end_of_stream().map_err(|error| error.to_string())?;
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let wait = gst::ClockTime::from_mseconds(200);
        let message = bus.timed_pop_filtered(wait, &[gst::MessageType::Error, gst::MessageType::Eos]);
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Eos(_)) => return Ok(()),
            Some(gst::MessageView::Error(error)) => return Err(error.error().message().to_owned()),
            _ => {}
        }
    }
    Err(format!("it took longer than {} s", PATIENCE.as_secs()))
}

fn mux(cut: &Cut) -> Result<Vec<u8>, String> {
    let (source, parse, mux, sink) =
        (source(cut), make(cut.codec.parse())?, make("mp4mux")?, make("fakesink")?);
    sink.set_property("sync", false);
    let pipeline = Running(gst::Pipeline::new());
    let chain = [source.upcast_ref(), &parse, &mux, &sink];
    pipeline.0.add_many(chain).map_err(|error| error.message.into_owned())?;
    gst::Element::link_many(chain).map_err(|error| error.message.into_owned())?;
    for pad in mux.sink_pads() {
        pad.set_property("trak-timescale", TICKS_HZ);
    }
    let file = into_memory(&sink)?;
    play(&pipeline.0, &source, buffers(cut, &cut.units))?;
    drop(pipeline);
    Ok(std::mem::take(&mut file.lock().unwrap_or_else(PoisonError::into_inner).bytes))
}

/// A file in memory that the muxer may go back in: it writes the length of the media last.
#[derive(Default)]
struct MemoryFile {
    bytes: Vec<u8>,
    at: usize,
}

impl MemoryFile {
    fn write(&mut self, data: &[u8]) {
        let end = self.at + data.len();
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[self.at..end].copy_from_slice(data);
        self.at = end;
    }
}

fn into_memory(sink: &gst::Element) -> Result<Arc<Mutex<MemoryFile>>, String> {
    let file = Arc::new(Mutex::new(MemoryFile::default()));
    let pad = sink.static_pad("sink").ok_or("the sink has no pad")?;
    let written = file.clone();
    let kinds = gst::PadProbeType::BUFFER
        | gst::PadProbeType::BUFFER_LIST
        | gst::PadProbeType::EVENT_DOWNSTREAM
        | gst::PadProbeType::QUERY_DOWNSTREAM;
    pad.add_probe(kinds, move |_, info| {
        let mut file = written.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut info.data {
            Some(gst::PadProbeData::Buffer(buffer)) => write_buffer(&mut file, buffer),
            Some(gst::PadProbeData::BufferList(list)) => {
                list.iter().for_each(|buffer| write_buffer(&mut file, buffer));
            }
            Some(gst::PadProbeData::Event(event)) => {
                if let gst::EventView::Segment(segment) = event.view()
                    && let Some(bytes) = segment.segment().downcast_ref::<gst::format::Bytes>()
                {
                    file.at =
                        bytes.start().map_or(file.at, |start| usize::try_from(*start).unwrap_or(usize::MAX));
                }
            }
            Some(gst::PadProbeData::Query(query)) => {
                if let gst::QueryViewMut::Seeking(query) = query.view_mut()
                    && query.format() == gst::Format::Bytes
                {
                    query.set(true, gst::format::Bytes::ZERO, None::<gst::format::Bytes>);
                    return gst::PadProbeReturn::Handled;
                }
            }
            _ => {}
        }
        gst::PadProbeReturn::Ok
    });
    Ok(file)
}

fn write_buffer(file: &mut MemoryFile, buffer: &gst::BufferRef) {
    if let Ok(map) = buffer.map_readable() {
        file.write(&map);
    }
}

fn decode(cut: &Cut, wanted_ns: u64) -> Result<I420, String> {
    // From the key frame before; decoders hold back some units more than they need.
    let first = cut.units.iter().rposition(|unit| unit.key && unit.pts_ns <= wanted_ns).unwrap_or(0);
    let after = cut.units.iter().rposition(|unit| unit.pts_ns <= wanted_ns).unwrap_or(first).max(first);
    let last = (after + 4).min(cut.units.len().saturating_sub(1));
    let units = &cut.units[first..=last];
    let zero = units.iter().map(|unit| unit.pts_ns).min().unwrap_or(0);
    let (_, shift) = decoding_times(units);
    let wanted = wanted_ns.saturating_sub(zero) + shift;

    let name = decoder::choose(cut.codec, &[]).ok_or("no decoder is installed")?;
    let (source, parse, decode) = (source(cut), make(cut.codec.parse())?, make(&name)?);
    decoder::single_threaded(&decode);
    let best: Arc<Mutex<Option<(u64, gst::Sample)>>> = Arc::default();
    let kept = best.clone();
    let callbacks = AppSinkCallbacks::builder()
        .new_sample(move |sink| {
            let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
            let pts = sample.buffer().and_then(|buffer| buffer.pts()).map_or(0, |pts| pts.nseconds());
            let mut best = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if best.as_ref().is_none_or(|(known, _)| pts.abs_diff(wanted) < known.abs_diff(wanted)) {
                *best = Some((pts, sample));
            }
            Ok(gst::FlowSuccess::Ok)
        })
        .build();
    let (convert, sink) = picture::tail(callbacks, 1, false).map_err(|error| error.message.into_owned())?;
    let pipeline = Running(gst::Pipeline::new());
    let chain = [source.upcast_ref(), &parse, &decode, &convert, sink.upcast_ref()];
    pipeline.0.add_many(chain).map_err(|error| error.message.into_owned())?;
    gst::Element::link_many(chain).map_err(|error| error.message.into_owned())?;
    play(&pipeline.0, &source, buffers(cut, units))?;
    let best = best.lock().unwrap_or_else(PoisonError::into_inner).take();
    best.and_then(|(_, sample)| picture::from_sample(&sample)).ok_or_else(|| "no picture came out".to_owned())
}
