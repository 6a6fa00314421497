//! `edge-agent track`: the tracker alone over boxes from a file, for measuring it beside others.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::detection::Detection;
use crate::track::{TrackView, Tracker, TrackerConfig, mot};

const FORMATS: &str = "\
In:   frame,id,x,y,w,h,conf,…   one box per line, pixels, frames from 1, conf 0 to 1; the id is ignored
Out:  frame,id,x,y,w,h,conf,-1,-1,-1   the confirmed tracks seen in each frame

A track appears from the frame that confirms it on; nothing is filled in afterwards. The summary on stderr
gives frames, tracks and the speed of the tracker alone, without reading and writing.";

/// Arguments of `edge-agent track`.
#[derive(Debug, clap::Args)]
#[command(after_help = FORMATS)]
pub struct TrackArgs {
    /// Boxes to track (MOTChallenge text).
    #[arg(long, value_name = "FILE")]
    pub detections: PathBuf,
    /// Frames per second of the boxes.
    #[arg(long, value_name = "N", value_parser = frame_rate)]
    pub frame_rate: f64,
    /// Where to write the tracks.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Tracker settings other than the defaults: a TOML file with the keys of the configuration's [tracker].
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
}

fn frame_rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && (0.01..=1000.0).contains(&rate) => Ok(rate),
        _ => Err("give frames per second as a number from 0.01 to 1000".into()),
    }
}

/// Reads, tracks, writes, and prints frames, tracks and speed to stderr.
///
/// # Errors
/// An unreadable or malformed file (with the number of the line), or an output that cannot be written.
pub fn run(args: TrackArgs) -> anyhow::Result<()> {
    let settings = args.settings.as_deref().map(settings).transpose()?.unwrap_or_default();
    let frames = read(&args.detections)?;
    let (seen, tracks, spent) = follow(&frames, args.frame_rate, settings);
    let mut out = String::new();
    for (frame, track) in &seen {
        mot::write_line(&mut out, *frame, track);
    }
    fs::write(&args.out, out).with_context(|| format!("cannot write {}", args.out.display()))?;
    let seconds = spent.as_secs_f64();
    let hz = frames.len() as f64 / seconds.max(1e-9);
    eprintln!("{} frames, {tracks} tracks, {seconds:.6} s of tracker CPU, {hz:.0} Hz", frames.len());
    Ok(())
}

fn settings(path: &Path) -> anyhow::Result<TrackerConfig> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let settings: TrackerConfig =
        toml::from_str(&text).with_context(|| format!("{} is no tracker settings", path.display()))?;
    let problems = settings.problems();
    if !problems.is_empty() {
        bail!("{} cannot be used:\n{}", path.display(), problems.join("\n"));
    }
    Ok(settings)
}

fn read(path: &Path) -> anyhow::Result<Vec<Vec<Detection>>> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let Ok(text) = String::from_utf8(bytes) else {
        bail!("{} is not text; expected lines of frame,id,x,y,w,h,conf", path.display());
    };
    mot::parse_detections(&text).with_context(|| format!("{} is not MOTChallenge text", path.display()))
}

/// Confirmed tracks seen, with their frame numbers; how many tracks there were; the time the tracker took.
fn follow(
    frames: &[Vec<Detection>],
    frame_rate: f64,
    settings: TrackerConfig,
) -> (Vec<(usize, TrackView)>, usize, Duration) {
    let mut tracker = Tracker::new(settings);
    let mut seen = Vec::with_capacity(frames.iter().map(Vec::len).sum());
    let mut tracks = 0;
    let clock = CpuClock::start();
    for (index, detections) in frames.iter().enumerate() {
        let changes = tracker.update(index as f64 / frame_rate, detections);
        for track in changes.seen() {
            seen.push((index + 1, *track));
        }
        tracks += changes.of_kind(crate::track::ChangeKind::Confirmed).count();
    }
    (seen, tracks, clock.elapsed())
}

/// Time this thread ran on a processor; wall time where the system does not tell.
struct CpuClock {
    cpu: Option<Duration>,
    wall: Instant,
}

impl CpuClock {
    fn start() -> Self {
        Self { cpu: Self::thread_time(), wall: Instant::now() }
    }

    fn elapsed(&self) -> Duration {
        match (self.cpu, Self::thread_time()) {
            (Some(before), Some(after)) if after > before => after - before,
            _ => self.wall.elapsed(),
        }
    }

    fn thread_time() -> Option<Duration> {
        let stat = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        stat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run_on(text: &[u8]) -> anyhow::Result<String> {
        let folder = tempfile::tempdir()?;
        let (detections, out) = (folder.path().join("det.txt"), folder.path().join("out.txt"));
        fs::write(&detections, text)?;
        run(TrackArgs { detections, frame_rate: 30.0, out: out.clone(), settings: None })?;
        Ok(fs::read_to_string(out)?)
    }

    #[test]
    fn one_walker_gets_one_id_from_the_confirming_frame_on() {
        let text: String =
            (1..=5).map(|n| format!("{n},-1,{},50,20,60,0.9,-1,-1,-1\n", 100 + 2 * n)).collect();
        let out = run_on(text.as_bytes()).expect("valid input");
        let heads: Vec<String> =
            out.lines().map(|l| l.split(',').take(2).collect::<Vec<_>>().join(",")).collect();
        assert_eq!(heads, ["2,1", "3,1", "4,1", "5,1"]);
        assert!(out.lines().all(|l| l.ends_with(",-1,-1,-1") && l.split(',').count() == 10), "{out}");
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        let error = run_on(b"1,1,2,3,4,5,0.9\n\n2,1,2,3,x,5,0.9\n").expect_err("not a number");
        let text = format!("{error:#}");
        assert!(text.contains("line 3") && text.contains("w \"x\""), "{text}");
    }

    #[test]
    fn a_picture_given_instead_of_text_is_refused() {
        let error = run_on(&[0xff, 0xd8, 0xff, 0xe0, 0, 0]).expect_err("not text");
        assert!(error.to_string().contains("is not text"), "{error:#}");
    }

    #[test]
    fn a_missing_file_and_a_wrong_frame_rate_are_clear_errors() {
        let detections = "nowhere.txt".into();
        let args = TrackArgs { detections, frame_rate: 30.0, out: "out.txt".into(), settings: None };
        assert!(run(args).expect_err("no file").to_string().contains("cannot read nowhere.txt"));
        for wrong in ["0", "-5", "NaN", "inf", "fast"] {
            assert!(frame_rate(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn unknown_and_impossible_settings_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tracker.toml");
        for (text, word) in [("high_scor = 0.5", "high_scor"), ("lost_s = -1.0", "tracker.lost_s is -1")] {
            fs::write(&path, text).expect("written");
            let error = format!("{:#}", settings(&path).expect_err("refused"));
            assert!(error.contains(word), "{error}");
        }
        fs::write(&path, "lost_s = 2.0\n[motion]\ndrift = 0.2").expect("written");
        assert_eq!(settings(&path).expect("good").lost_s, 2.0);
    }

    #[test]
    fn an_empty_file_gives_an_empty_result() {
        assert_eq!(run_on(b"").expect("nothing to track"), "");
    }
}
