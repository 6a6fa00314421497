//! `edge-agent replay`: the whole pipeline over a file.

use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use serde::Serialize;
use wire::{Digest, Name};

use super::replay_line::{Places, line};
use crate::agent;
use crate::camera::{
    FrameSource, Next, ReplayError, ReplayOptions, ReplaySource, Ring, RingBounds, StatsSnapshot,
};
use crate::config::Config;
use crate::outbox::{Draft, Picture};
use crate::pipeline::{Pipeline, Stage, StageTimes, Witness};
use crate::rules::violation::RuleCounts;
use crate::scene_link::{self, SceneInUse, SceneSlot};

/// Runs the whole pipeline over a video, picture or folder of pictures, as fast as the machine can.
///
/// Events go to stdout as one JSON line each: as they would travel (unsigned, numbered from 1), with `at_s`, `frame`, `class`, `box` and
/// `track_id` added; a violation as a flat object with `kind`, `at_s`, `frame`, `class`, `box`, `track_id`, `rule`, `score`, `doubts`
/// and the whole `event`. The summary goes to stderr: frames, frames per second, CPU milliseconds per frame by stage, and per rule of
/// the scene what it found and what it could not judge.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  edge-agent replay gate.mp4 --config edge.toml --json > events.jsonl\n  \
edge-agent replay street.avi --config edge.toml --camera cong-chinh --every-frame --json --evidence ./pictures"
)]
pub struct ReplayArgs {
    /// Video, picture, or folder of pictures.
    pub video: PathBuf,
    /// Configuration file: lines, thresholds and models are taken from it.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Which camera's rules to use; needed when several are configured.
    #[arg(long, value_name = "ID")]
    pub camera: Option<String>,
    /// Scene to judge by, in place of the camera's own.
    #[arg(long, value_name = "FILE")]
    pub scene: Option<PathBuf>,
    /// Events as JSON lines. Without it, one short line per event.
    #[arg(long)]
    pub json: bool,
    /// Analyse every frame instead of the camera's analysis_fps.
    #[arg(long)]
    pub every_frame: bool,
    /// Wall time of the first frame (RFC 3339); now when not given.
    #[arg(long, value_name = "TIME")]
    pub start: Option<Timestamp>,
    /// Keep the events' pictures in this folder, named by their SHA-256.
    #[arg(long, value_name = "DIR")]
    pub evidence: Option<PathBuf>,
    /// Summary as one JSON object on stderr.
    #[arg(long)]
    pub json_summary: bool,
}

/// Replays the file.
///
/// # Errors
/// A file that cannot be read (what could be read was analysed), a configuration or model that cannot be used.
pub fn run(args: ReplayArgs) -> anyhow::Result<()> {
    super::start_log();
    let config = Config::load(&args.config)?;
    let camera = config.camera(args.camera.as_deref()).map_err(anyhow::Error::msg)?;
    let analysis_fps = (!args.every_frame).then_some(camera.stream.analysis_fps);
    let scene = match &args.scene {
        Some(path) => Some(scene_link::load(path, &camera.id)?),
        None => camera.scene_of_file(),
    };
    let ring = Arc::new(Ring::new(RingBounds::default()));
    ring.switch(scene.as_ref().is_some_and(|scene| scene.rules.iter().any(|rule| rule.on)));
    let kept = Some(ring).filter(|ring| ring.is_on());
    let options =
        ReplayOptions { start: args.start, analysis_fps, ring: kept.clone(), ..ReplayOptions::default() };
    let mut source = ReplaySource::open(&args.video, options)?;
    let scene = scene.map(|scene| SceneInUse::new(scene, args.start.unwrap_or_else(Timestamp::now)));
    let mut camera = camera.clone();
    if scene.is_some() {
        // A scene on the command line makes a road of it as one in the file does.
        camera.road = camera.road.or(Some(true));
    }
    let camera = &camera;
    let models = agent::load_models(&config, std::slice::from_ref(camera))?.of(&config, camera)?;
    let mut pipeline = Pipeline::new(camera, config.tracker_of(camera), models)
        .with_scene(SceneSlot::fixed(scene))
        .with_witness(Witness { ring: kept, clock: None });
    let mut printer = Printer::new(&args, config.site.clone(), config.agent.clone())?;
    let bar = progress(source.expected_frames());
    let began = Instant::now();
    let mut bad_pictures = 0_u64;
    let failed = loop {
        match source.next_frame(Duration::from_secs(1)) {
            Next::Frame(frame) => {
                printer.places.note(frame.index, frame.captured);
                printer.print(pipeline.frame(&frame)?)?;
                bar.inc(1);
            }
            Next::Idle => {}
            Next::End => break None,
            // One bad picture in a folder does not end the folder.
            Next::Failed(error @ ReplayError::Picture { .. }) => {
                bar.suspend(|| eprintln!("{error}"));
                bad_pictures += 1;
            }
            Next::Failed(error) => break Some(error),
        }
    };
    let rules = pipeline.rules();
    printer.print(pipeline.finish())?;
    bar.finish_and_clear();
    let summary = Summary::new(&source.stats(), pipeline.times(), printer.events, began.elapsed(), rules);
    eprintln!("{}", if args.json_summary { serde_json::to_string(&summary)? } else { summary.to_string() });
    match failed {
        None if bad_pictures > 0 => bail!("{bad_pictures} picture(s) could not be read"),
        None => Ok(()),
        Some(error) => Err(error).context("the file ended badly; everything before was analysed"),
    }
}

fn progress(frames: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    // The template is a constant that parses; the default style is good enough if it ever did not.
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} frames, {per_sec}, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    frames.map_or_else(ProgressBar::new_spinner, ProgressBar::new).with_style(style)
}

struct Printer<'a> {
    args: &'a ReplayArgs,
    site: Name,
    agent: Name,
    prev: Digest,
    events: u64,
    places: Places,
}

impl<'a> Printer<'a> {
    fn new(args: &'a ReplayArgs, site: Name, agent: Name) -> anyhow::Result<Self> {
        if let Some(folder) = &args.evidence {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        Ok(Self { args, site, agent, prev: Digest::ZERO, events: 0, places: Places::default() })
    }

    fn print(&mut self, drafts: Vec<Draft>) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        for draft in drafts {
            self.events += 1;
            if let Some(folder) = &self.args.evidence {
                draft.pictures.iter().try_for_each(|picture| save(folder, picture))?;
            }
            let envelope = draft.into_envelope(&self.site, &self.agent, self.events, self.prev);
            let body = serde_json::to_vec(&envelope)?;
            self.prev = Digest::of(&body);
            if self.args.json {
                writeln!(out, "{}", line(&envelope, &self.places)?)?;
            } else {
                writeln!(
                    out,
                    "{} {} {}",
                    envelope.captured.at,
                    envelope.payload.kind(),
                    describe(&envelope.payload)
                )?;
            }
        }
        Ok(())
    }
}

fn save(folder: &Path, picture: &Picture) -> anyhow::Result<()> {
    let name = format!("{}.{}", Digest::of(&picture.bytes), picture.role.extension());
    let path = folder.join(name);
    std::fs::write(&path, &picture.bytes).with_context(|| format!("cannot write {}", path.display()))
}

fn describe(payload: &wire::Payload) -> String {
    match payload {
        wire::Payload::Crossing(crossing) => {
            format!("{} {} over {}", crossing.class, crossing.direction.as_str(), crossing.line)
        }
        wire::Payload::Vehicle(vehicle) => {
            let plate = match (&vehicle.reading, vehicle.no_reading) {
                (Some(reading), _) => format!("{} ({:.2})", reading.display, reading.score),
                (None, Some(reason)) => reason.as_str().to_owned(),
                (None, None) => "-".to_owned(),
            };
            let light = vehicle.signal.as_ref().map_or(String::new(), |signal| {
                let flashing = if signal.flashing { "flashing " } else { "" };
                format!(", {} {flashing}{}", signal.signal, signal.state.as_str())
            });
            format!("{} {} over {}: {plate}{light}", vehicle.class, vehicle.direction.as_str(), vehicle.rule)
        }
        wire::Payload::CameraState(change) => change.state.as_str().to_owned(),
        wire::Payload::OutboxLoss(loss) => format!("{} ranges", loss.seqs.len()),
        wire::Payload::Violation(violation) => {
            let plate = violation.reading.as_ref().map_or("-", |reading| reading.display.as_str());
            format!("{} {} by {}: {plate}", violation.class, violation.violation, violation.rule)
        }
        other => other.kind().to_owned(),
    }
}

#[derive(Debug, Serialize)]
struct Summary {
    frames: u64,
    decoded: u64,
    gated: u64,
    events: u64,
    seconds: f64,
    fps: f64,
    cpu_ms_per_frame: PerFrame,
    rules: Vec<RuleCounts>,
}

/// CPU milliseconds per analysed frame. `plates` and `evidence` are work that a detector-only loop does not do.
#[derive(Debug, Serialize)]
struct PerFrame {
    decode: f64,
    prepare: f64,
    infer: f64,
    track: f64,
    plates: f64,
    faces: f64,
    evidence: f64,
    rest: f64,
    total: f64,
}

impl Summary {
    fn new(
        stats: &StatsSnapshot,
        times: &StageTimes,
        events: u64,
        took: Duration,
        rules: Vec<RuleCounts>,
    ) -> Self {
        let frames = times.counts.frames;
        let per_frame = |ms: f64| ms / frames.max(1) as f64;
        let stage = |stage| per_frame(times.spent(stage).as_secs_f64() * 1e3);
        let decode = per_frame(stats.decode_cpu_ms);
        let (prepare, infer, track) = (stage(Stage::Prepare), stage(Stage::Infer), stage(Stage::Track));
        let (plates, faces) = (stage(Stage::Plate), stage(Stage::Face));
        let (evidence, rest) = (stage(Stage::Evidence), stage(Stage::Rest));
        let total = decode + prepare + infer + track + plates + faces + evidence + rest;
        Self {
            frames,
            decoded: stats.decoded,
            gated: times.counts.gated,
            events,
            seconds: took.as_secs_f64(),
            fps: frames as f64 / took.as_secs_f64().max(f64::MIN_POSITIVE),
            cpu_ms_per_frame: PerFrame {
                decode,
                prepare,
                infer,
                track,
                plates,
                faces,
                evidence,
                rest,
                total,
            },
            rules,
        }
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = &self.cpu_ms_per_frame;
        writeln!(
            f,
            "{} frames ({} decoded, {} gated) in {:.1} s = {:.1} fps, {} events",
            self.frames, self.decoded, self.gated, self.seconds, self.fps, self.events
        )?;
        write!(
            f,
            "CPU ms per frame: decode {:.2}, prepare {:.2}, infer {:.2}, track {:.2}, plates {:.2}, faces {:.2}, evidence {:.2}, rest {:.2}, total {:.2}",
            ms.decode, ms.prepare, ms.infer, ms.track, ms.plates, ms.faces, ms.evidence, ms.rest, ms.total
        )?;
        self.rules.iter().try_for_each(|rule| {
            write!(
                f,
                "\nrule {}: {} found, {} doubled, {} with an unknown signal",
                rule.rule, rule.found, rule.doubled, rule.unknown_signal
            )
        })
    }
}
