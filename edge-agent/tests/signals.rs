//! What a signal showed at the moment of a crossing stands in the event, from the picture or from a controller.

use std::sync::{Arc, Mutex};

use edge_agent::config::Config;
use edge_agent::detection::{Detection, ObjectClass};
use edge_agent::frame::{CaptureTime, Frame, I420, TimeSource};
use edge_agent::geometry::BBox;
use edge_agent::pipeline::{Models, Pipeline};
use edge_agent::vision::signal::{Feeds, SharedFeeds};
use edge_agent::vision::{Detect, Detections, PlateOutcome, ReadPlate, Rgb, VisionError};
use jiff::{SignedDuration, Timestamp};
use wire::payload::NoReading;
use wire::{LampState, Name, Payload, SignalReading, SignalSource};

/// A car that drives down the picture, a fortieth of its height per frame.
struct Drive(Mutex<u32>);

impl Detect for Drive {
    fn detect(&self, _: &I420) -> Result<Detections, VisionError> {
        let mut step = self.0.lock().unwrap();
        *step += 1;
        let foot = 6.0 * *step as f32;
        let bbox = BBox { x: 60.0, y: foot - 60.0, w: 80.0, h: 60.0 };
        let objects = vec![Detection { bbox, score: 0.9, class: ObjectClass::Car }];
        Ok(Detections { objects, ..Detections::default() })
    }

    fn model(&self) -> (&str, &str) {
        ("script", "00")
    }
}

struct NoPlates;

impl ReadPlate for NoPlates {
    fn read(&self, _: &I420, _: &BBox, _: ObjectClass) -> Result<PlateOutcome, VisionError> {
        Ok(PlateOutcome::Nothing(NoReading::NoPlateFound))
    }

    fn models(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

fn load(more: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edge.toml");
    let text = format!(
        "site = 's'\nagent = 'a'\nstate_dir = 'state'\n[central]\nurl = 'mqtt://127.0.0.1:1'\n\
         [[controller]]\nid = 'tu-1'\nunsigned = true\n\
         [[camera]]\nid = 'cam'\nplates = false\nstream = {{ url = 'rtsp://127.0.0.1/x' }}\nmotion = {{ enabled = false }}\n\
         [[camera.line]]\nid = 'line'\nfrom = [0.0, 0.5]\nto = [1.0, 0.5]\n\
         [[camera.signal]]\nid = 'den'\nhead = [0.8, 0.1, 0.05, 0.2]\ngoverns = ['line']\n{more}\n"
    );
    std::fs::write(&path, text).unwrap();
    Config::load(&path).map_err(|error| error.to_string())
}

fn start() -> Timestamp {
    "2026-11-20T00:00:00Z".parse().unwrap()
}

/// A street with a head of three lamps of 16 pixels; `lit` counts from the top.
fn frame(index: u64, lit: usize) -> Frame {
    let mut picture = Rgb::filled(320, 240, [105, 110, 112]);
    let mut fill = |x0: u32, y0: u32, w: u32, h: u32, colour: [u8; 3], round: bool| {
        for y in y0..y0 + h {
            for x in x0..x0 + w {
                let (dx, dy) = (
                    x as f32 + 0.5 - x0 as f32 - w as f32 / 2.0,
                    y as f32 + 0.5 - y0 as f32 - h as f32 / 2.0,
                );
                if !round || dx.hypot(dy) < w as f32 * 0.46 {
                    let at = 3 * (y * 320 + x) as usize;
                    picture.data[at..at + 3].copy_from_slice(&colour);
                }
            }
        }
    };
    fill(240, 0, 12, 90, [70, 74, 70], false);
    fill(280, 30, 30, 60, [150, 140, 130], false);
    fill(256, 24, 16, 48, [22, 22, 24], false);
    for (n, colour) in [[235, 50, 65], [255, 190, 30], [30, 255, 170]].into_iter().enumerate() {
        fill(256, 24 + 16 * n as u32, 16, 16, if n == lit { colour } else { [34, 32, 32] }, true);
    }
    let at = start() + SignedDuration::from_millis(100 * index as i64);
    let captured =
        CaptureTime { at, uncertainty_ms: 5, source: TimeSource::Rtcp, stream_s: index as f64 * 0.1 };
    Frame { index, captured, picture: picture.to_i420() }
}

/// The signal in the event of a car that crosses after about two seconds.
fn crossing(config: &Config, feeds: SharedFeeds, lit: impl Fn(u64) -> usize) -> (SignalReading, Pipeline) {
    let models = Models {
        detector: Arc::new(Drive(Mutex::new(0))),
        plates: Arc::new(NoPlates),
        faces: None,
        helmets: None,
    };
    let camera = &config.cameras[0];
    let mut pipeline = Pipeline::new(camera, config.tracker.clone(), models).with_feeds(camera, feeds);
    let mut drafts = Vec::new();
    for index in 0..38 {
        drafts.extend(pipeline.frame(&frame(index, lit(index))).expect("a frame"));
    }
    drafts.extend(pipeline.finish());
    assert_eq!(drafts.len(), 1, "{drafts:?}");
    let Payload::Vehicle(vehicle) = &drafts[0].payload else { panic!("{drafts:?}") };
    (vehicle.signal.clone().expect("the line is governed"), pipeline)
}

#[test]
fn an_event_says_what_the_lamps_showed_when_the_line_was_passed_not_when_it_was_written() {
    let config = load("").unwrap();
    // It crosses in frame 20; the lamp changes in frame 26, before the event is written.
    let (signal, pipeline) = crossing(&config, SharedFeeds::default(), |n| if n < 26 { 1 } else { 0 });
    assert_eq!((signal.state, signal.source), (LampState::Yellow, SignalSource::Picture));
    assert!(signal.score >= 0.9 && !signal.flashing, "{signal:?}");
    let health = pipeline.signals();
    assert_eq!((health[0].reading.state, health[0].in_view), (LampState::Red, true));
    let since = health[0].reading.since.expect("the change was seen");
    let after_ms = since.as_millisecond() - start().as_millisecond();
    assert!((2500..=2800).contains(&after_ms), "{after_ms} ms");
}

#[test]
fn a_fresh_controller_replaces_the_picture_and_a_disagreement_is_counted() {
    let config = load("controller = { id = 'tu-1', group = 'bac' }").unwrap();
    let feeds: SharedFeeds = Arc::new(Mutex::new(Feeds::new(&config.controllers)));
    let tu = Name::new("tu-1").unwrap();
    for second in 0..5_i64 {
        let at = start() + SignedDuration::from_secs(second);
        let message = format!(
            r#"{{"v":1,"controller":"tu-1","seq":{second},"at":"{at}","groups":[{{"group":"bac","state":"green"}}]}}"#
        );
        feeds.lock().unwrap().take(&tu, message.as_bytes(), at).expect("accepted");
    }
    let (signal, pipeline) = crossing(&config, feeds, |_| 0);
    assert_eq!((signal.state, signal.source), (LampState::Green, SignalSource::Controller));
    let feed = pipeline.signals()[0].feed.clone().expect("configured");
    assert!(feed.fresh && feed.accepted == 5 && feed.disagreed == 1, "{feed:?}");
    // Without a message the lamps decide.
    let (signal, _) = crossing(&config, Arc::new(Mutex::new(Feeds::new(&config.controllers))), |_| 0);
    assert_eq!((signal.state, signal.source), (LampState::Red, SignalSource::Picture));
}

#[test]
fn signals_that_cannot_be_right_are_refused_all_in_one_message() {
    let more = "controller = { id = 'tu-9', group = 'bac' }\n[[controller]]\nid = 'tu-2'\n\
                [[camera.signal]]\nid = 'den'\ngoverns = ['line', 'khong-co']";
    // The second camera.signal belongs to the same camera: TOML appends it there.
    let error = load(more).unwrap_err();
    for words in [
        "tu-9 is not one of",
        "tu-2: neither key",
        "id is used twice",
        "neither head nor boxes",
        "khong-co",
        "two signals govern it",
    ] {
        assert!(error.contains(words), "{words} missing in:\n{error}");
    }
}
