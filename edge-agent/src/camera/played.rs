//! A clip as a player sees it: for tests.

use std::sync::{Arc, Mutex};

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_app::AppSink;

use super::picture;
use crate::frame::I420;

/// What came out.
pub(crate) struct Played {
    pub codec: &'static str,
    pub first_is_key: bool,
    pub frames: usize,
    /// When each frame is shown, seconds from the first.
    pub times: Vec<f64>,
    /// From the first frame to the last.
    pub lasts_s: f64,
    pictures: Vec<I420>,
}

impl Played {
    /// The picture that is shown nearest to this second.
    pub(crate) fn picture_at(&self, second: f64) -> Option<I420> {
        let off = |index: &usize| (self.times[*index] - second).abs();
        let nearest = (0..self.times.len()).min_by(|a, b| off(a).total_cmp(&off(b)))?;
        self.pictures.get(nearest).cloned()
    }
}

/// Plays a file from its bytes to its end.
pub(crate) fn played(mp4: &[u8]) -> Result<Played, Box<dyn std::error::Error>> {
    gst::init()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("clip.mp4");
    std::fs::write(&path, mp4)?;
    let text = format!(
        "filesrc location={} ! qtdemux name=file ! decodebin ! videoconvert ! video/x-raw,format=I420 ! appsink name=out sync=false",
        path.display()
    );
    let pipeline = gst::parse::launch(&text)?.downcast::<gst::Pipeline>().map_err(|_| "no pipeline")?;
    let encoded: Arc<Mutex<Option<(String, bool)>>> = Arc::default();
    let first = encoded.clone();
    let demux = pipeline.by_name("file").ok_or("no demuxer")?;
    demux.connect_pad_added(move |_, pad| {
        let first = first.clone();
        pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
            if let (Some(buffer), Some(caps)) = (info.buffer(), pad.current_caps()) {
                let kind = caps.structure(0).map(|s| s.name().to_string()).unwrap_or_default();
                let key = !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
                first.lock().unwrap().get_or_insert((kind, key));
            }
            gst::PadProbeReturn::Ok
        });
    });
    let sink = pipeline.by_name("out").and_then(|sink| sink.downcast::<AppSink>().ok()).ok_or("no sink")?;
    pipeline.set_state(gst::State::Playing)?;
    let (mut times, mut pictures) = (Vec::new(), Vec::new());
    while let Ok(sample) = sink.pull_sample() {
        let segment = sample.segment().and_then(|s| s.downcast_ref::<gst::ClockTime>());
        let time = segment.and_then(|s| s.to_running_time(sample.buffer()?.pts()));
        times.push(time.ok_or("a frame without a time")?.nseconds() as f64 / 1e9);
        pictures.push(picture::from_sample(&sample).ok_or("no picture")?);
    }
    pipeline.set_state(gst::State::Null)?;
    let (kind, first_is_key) = encoded.lock().unwrap().take().ok_or("no stream")?;
    let codec = match kind.as_str() {
        "video/x-h264" => "h264",
        "video/x-h265" => "h265",
        _ => "other",
    };
    let (begin, end) = (times.first().copied().ok_or("no frames")?, times.last().copied().unwrap_or(0.0));
    Ok(Played { codec, first_is_key, frames: times.len(), times, lasts_s: end - begin, pictures })
}
