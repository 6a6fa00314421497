//! People counted on the walkers clip against a count by eye (`tests/clips/walkers-count.toml`): the whole pipeline with the real
//! detector, as the demonstration is configured.

use std::path::{Path, PathBuf};
use std::time::Duration;

use edge_agent::agent::load_models;
use edge_agent::camera::{FrameSource, Next, ReplayOptions, ReplaySource};
use edge_agent::config::Config;
use edge_agent::pipeline::Pipeline;
use serde::Deserialize;
use wire::Payload;
use wire::payload::Direction;

const CLIP: &str = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";
/// A machine's crossing is that of the eye if it is within this time of it, seconds.
const SAME_S: f64 = 1.0;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct HandCount {
    clip: String,
    camera: String,
    line: String,
    r#in: u32,
    out: u32,
    crossing: Vec<Crossing>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Crossing {
    time_s: f64,
    direction: Direction,
    who: String,
    #[serde(default = "yes")]
    counted: bool,
    doubt: Option<String>,
}

fn yes() -> bool {
    true
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// What two per cent of a count may be off: whole people, one at least.
fn allowed(count: u32) -> u32 {
    (f64::from(count) * 0.02).ceil().max(1.0) as u32
}

/// Time and direction of everybody whom the pipeline counts.
fn counted(analysis_fps: Option<f64>) -> Vec<(f64, Direction)> {
    assert!(Path::new(CLIP).exists(), "{CLIP} is missing: install Debian's package opencv-doc");
    let config = Config::load(&repository().join("configs/demo/tourist.toml")).unwrap();
    let camera = &config.cameras[0];
    let analysis_fps = analysis_fps.or(Some(camera.stream.analysis_fps));
    let start: jiff::Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
    let options = ReplayOptions { start: Some(start), analysis_fps, ..ReplayOptions::default() };
    let mut source = ReplaySource::open(Path::new(CLIP), options).unwrap();
    let models = load_models(&config, &config.cameras).unwrap().of(&config, camera).unwrap();
    let mut pipeline = Pipeline::new(camera, config.tracker.clone(), models);
    let mut drafts = Vec::new();
    loop {
        match source.next_frame(Duration::from_secs(1)) {
            Next::Frame(frame) => drafts.extend(pipeline.frame(&frame).unwrap()),
            Next::Idle => {}
            Next::End => break,
            Next::Failed(error) => panic!("{error}"),
        }
    }
    drafts.extend(pipeline.finish());
    drafts
        .into_iter()
        .filter_map(|draft| match draft.payload {
            Payload::Crossing(crossing) => {
                Some((draft.captured.at.duration_since(start).as_secs_f64(), crossing.direction))
            }
            // People at the boat landing, minute by minute.
            Payload::ZoneCount(_) => None,
            other => panic!("{other:?}"),
        })
        .collect()
}

fn hand_count() -> HandCount {
    let text = std::fs::read_to_string(repository().join("tests/clips/walkers-count.toml")).unwrap();
    toml::from_str(&text).unwrap()
}

fn compare(found: &[(f64, Direction)]) {
    let by_eye = hand_count();
    for (direction, expected) in [(Direction::In, by_eye.r#in), (Direction::Out, by_eye.out)] {
        let count = found.iter().filter(|(_, way)| *way == direction).count() as u32;
        println!("{}: {count} counted, {expected} by eye", direction.as_str());
        assert!(
            count.abs_diff(expected) <= allowed(expected),
            "{direction:?}: {count}, not {expected}: {found:?}"
        );
    }
}

#[test]
fn the_count_by_eye_says_what_its_rows_say() {
    let by_eye = hand_count();
    let of = |way| by_eye.crossing.iter().filter(|row| row.counted && row.direction == way).count() as u32;
    assert_eq!((of(Direction::In), of(Direction::Out)), (by_eye.r#in, by_eye.out));
    assert!(by_eye.crossing.windows(2).all(|pair| pair[0].time_s <= pair[1].time_s), "in order");
    assert!(
        by_eye.crossing.iter().all(|row| row.counted || row.doubt.is_some()),
        "nobody is left out without a reason"
    );
}

#[test]
fn walkers_are_counted_as_by_eye_and_each_of_them_where_and_when_they_cross() {
    let found = counted(None);
    compare(&found);
    // Totals may agree by chance: so every crossing must be one that was seen, and every one that was surely seen must be there.
    let mut left = found.clone();
    let by_eye = hand_count().crossing;
    let (doubtful, sure): (Vec<_>, Vec<_>) = by_eye.into_iter().partition(|row| row.doubt.is_some());
    let mut missed = Vec::new();
    for row in &sure {
        let near =
            |(time_s, way): &(f64, Direction)| *way == row.direction && (time_s - row.time_s).abs() <= SAME_S;
        let nearest = left
            .iter()
            .enumerate()
            .filter(|(_, found)| near(found))
            .min_by(|a, b| (a.1.0 - row.time_s).abs().total_cmp(&(b.1.0 - row.time_s).abs()));
        match nearest.map(|(at, _)| at) {
            Some(at) => drop(left.remove(at)),
            None => missed.push(row.who.clone()),
        }
    }
    left.retain(|(time_s, way)| {
        !doubtful.iter().any(|row| row.direction == *way && (time_s - row.time_s).abs() <= SAME_S)
    });
    assert!(missed.is_empty() && left.is_empty(), "missed: {missed:?}; counted without cause: {left:?}");
}

#[test]
fn walkers_are_counted_as_well_from_every_frame_of_the_clip() {
    compare(&counted(Some(1000.0)));
}
