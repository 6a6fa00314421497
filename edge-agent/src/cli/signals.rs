//! `edge-agent signals`: what the configured signals show over a file, or what given lamp boxes show in pictures.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use wire::{LampState, Name};

use crate::camera::{FrameSource, Next, ReplayOptions, ReplaySource};
use crate::config::Config;
use crate::geometry::BBox;
use crate::vision::Rgb;
use crate::vision::signal::{LampModel, SharedFeeds, SignalWatch, StateScores, look};

/// Says what signals show: in every frame of a video, or in single boxes of pictures.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  edge-agent signals junction.mp4 --config edge.toml --json\n  \
edge-agent signals --boxes boxes.jsonl      lines of {\"file\":PATH,\"box\":[x,y,w,h]}, pixels")]
pub struct SignalsArgs {
    /// Video, picture, or folder of pictures.
    #[arg(required_unless_present = "boxes")]
    pub video: Option<PathBuf>,
    /// Configuration file with [[camera.signal]].
    #[arg(long, value_name = "FILE", required_unless_present = "boxes")]
    pub config: Option<PathBuf>,
    /// Which camera's signals; needed when several are configured.
    #[arg(long, value_name = "ID")]
    pub camera: Option<String>,
    /// Look at single boxes instead: one JSON object per line.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["video", "config"])]
    pub boxes: Option<PathBuf>,
    /// One JSON object per frame and signal. Without it, one line per change.
    #[arg(long)]
    pub json: bool,
}

/// Likelihoods of one frame, as printed.
#[derive(Debug, Serialize)]
struct Scores {
    red: f32,
    yellow: f32,
    green: f32,
    off: f32,
}

impl From<StateScores> for Scores {
    fn from(s: StateScores) -> Self {
        Self { red: s.red, yellow: s.yellow, green: s.green, off: s.dark }
    }
}

#[derive(Debug, Serialize)]
struct Line<'a> {
    frame: u64,
    time_s: f64,
    signal: &'a Name,
    state: LampState,
    flashing: bool,
    since_s: Option<f64>,
    score: f32,
    in_view: bool,
    frame_scores: Scores,
}

/// One box to look at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    file: PathBuf,
    #[serde(rename = "box")]
    area: [f32; 4],
}

/// Looks.
///
/// # Errors
/// A file or configuration that cannot be read.
pub fn run(args: SignalsArgs) -> anyhow::Result<()> {
    super::start_log();
    match (&args.boxes, &args.video, &args.config) {
        (Some(boxes), _, _) => single_boxes(boxes),
        (None, Some(_), Some(_)) => over_frames(&args),
        _ => bail!("give a video with --config, or --boxes"),
    }
}

fn single_boxes(path: &PathBuf) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let model = LampModel::built_in()?;
    let mut open: Option<(PathBuf, Rgb)> = None;
    let mut out = io::stdout().lock();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let asked: Asked = serde_json::from_str(line).with_context(|| format!("line {}", number + 1))?;
        let picture = match open.take() {
            Some((file, picture)) if file == asked.file => picture,
            _ => Rgb::open(&asked.file).with_context(|| asked.file.display().to_string())?,
        };
        let [x, y, w, h] = asked.area;
        let scores = look(&model, &picture, &[(None, BBox { x, y, w, h })]);
        serde_json::to_writer(&mut out, &Scores::from(scores))?;
        out.write_all(b"\n")?;
        open = Some((asked.file, picture));
    }
    Ok(())
}

fn over_frames(args: &SignalsArgs) -> anyhow::Result<()> {
    let (Some(video), Some(config)) = (&args.video, &args.config) else { return Ok(()) };
    let config = Config::load(config)?;
    let camera = config.camera(args.camera.as_deref()).map_err(anyhow::Error::msg)?;
    if camera.signals.is_empty() {
        bail!("camera {} has no [[camera.signal]]", camera.id);
    }
    let mut watch = SignalWatch::new(&camera.signals, SharedFeeds::default())?;
    let mut source =
        ReplaySource::open(video, ReplayOptions { analysis_fps: None, ..ReplayOptions::default() })?;
    let mut said: Vec<(LampState, bool)> = vec![(LampState::Unknown, false); camera.signals.len()];
    let mut out = io::stdout().lock();
    loop {
        let frame = match source.next_frame(Duration::from_secs(1)) {
            Next::Frame(frame) => frame,
            Next::Idle => continue,
            Next::End => return Ok(()),
            Next::Failed(error) => return Err(error.into()),
        };
        watch.frame(&frame);
        for (index, (signal, shown, scores, in_view)) in watch.shown().enumerate() {
            let time_s = frame.captured.stream_s;
            if args.json {
                let line = Line {
                    frame: frame.index,
                    time_s,
                    signal,
                    state: shown.state,
                    flashing: shown.flashing,
                    since_s: shown.since_s,
                    score: shown.score,
                    in_view,
                    frame_scores: scores.into(),
                };
                serde_json::to_writer(&mut out, &line)?;
                out.write_all(b"\n")?;
            } else if said[index] != (shown.state, shown.flashing) {
                let flashing = if shown.flashing { "flashing " } else { "" };
                writeln!(out, "{time_s:.2} s {signal}: {flashing}{}", shown.state.as_str())?;
            }
            said[index] = (shown.state, shown.flashing);
        }
    }
}
