//! `edge-agent trace`: boxes, tracks and crossings of every frame of a file, for measuring and for finding out why.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::camera::{FrameSource, Next, ReplayOptions, ReplaySource};
use crate::config::{Config, LineRule};
use crate::detection::ObjectClass;
use crate::rules::{Direction, LineCounter};
use crate::track::Tracker;
use crate::vision::{Detect as _, Detector, ModelStore, Runtime};

/// Runs detector, tracker and lines over a video and prints one JSON object per frame: what was detected, which confirmed
/// tracks were seen, which lines they crossed. Boxes are [x, y, w, h] in pixels.
#[derive(Debug, clap::Args)]
pub struct TraceArgs {
    /// Video, picture, or folder of pictures.
    pub video: PathBuf,
    /// Configuration file: detector, tracker and lines are taken from it.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Which camera's rules to use; needed when several are configured.
    #[arg(long, value_name = "ID")]
    pub camera: Option<String>,
}

#[derive(Debug, Serialize)]
struct Line {
    frame: u64,
    time_s: f64,
    detections: Vec<Found>,
    tracks: Vec<Found>,
    crossings: Vec<Crossed>,
}

#[derive(Debug, Serialize)]
struct Found {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    class: ObjectClass,
    score: f32,
    #[serde(rename = "box")]
    bbox: [f32; 4],
}

#[derive(Debug, Serialize)]
struct Crossed {
    line: String,
    track: u64,
    class: ObjectClass,
    direction: Direction,
    time_s: f64,
}

/// Traces.
///
/// # Errors
/// A file, configuration or model that cannot be used.
pub fn run(args: TraceArgs) -> anyhow::Result<()> {
    super::start_log();
    let config = Config::load(&args.config)?;
    let camera = config.camera(args.camera.as_deref()).map_err(anyhow::Error::msg)?;
    let store = ModelStore::find()?;
    let runtime = Runtime::from_store(&store)?;
    let detector = Detector::load(&runtime, &store, &config.inference, config.detector_of(camera))?;
    let mut source =
        ReplaySource::open(&args.video, ReplayOptions { analysis_fps: None, ..ReplayOptions::default() })?;
    let mut tracker = Tracker::new(config.tracker_of(camera));
    let mut lines: Option<LineCounter> = None;
    let mut out = io::stdout().lock();
    loop {
        let frame = match source.next_frame(Duration::from_secs(1)) {
            Next::Frame(frame) => frame,
            Next::Idle => continue,
            Next::End => return Ok(()),
            Next::Failed(error) => return Err(error.into()),
        };
        if lines.is_none() {
            let rules = camera.lines.iter().map(LineRule::line).collect();
            lines = Some(LineCounter::new(rules, frame.picture.width, frame.picture.height)?);
        }
        let found = detector.detect(&frame.picture)?;
        let changes = tracker.update(frame.captured.stream_s, &found.objects);
        let crossings = lines.as_mut().map(|lines| lines.update(&changes)).unwrap_or_default();
        let as_box = |b: &crate::geometry::BBox| [b.x, b.y, b.w, b.h];
        let line = Line {
            frame: frame.index,
            time_s: frame.captured.stream_s,
            detections: found
                .objects
                .iter()
                .map(|d| Found { id: None, class: d.class, score: d.score, bbox: as_box(&d.bbox) })
                .collect(),
            tracks: changes
                .seen()
                .map(|t| Found { id: Some(t.id), class: t.class, score: t.score, bbox: as_box(&t.bbox) })
                .collect(),
            crossings: crossings
                .into_iter()
                .map(|c| Crossed {
                    line: c.line,
                    track: c.track,
                    class: c.class,
                    direction: c.direction,
                    time_s: c.time_s,
                })
                .collect(),
        };
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")?;
    }
}
