//! Promises of the pipeline, with a scripted detector and plate reader in place of the models.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use edge_agent::config::Config;
use edge_agent::detection::{Detection, ObjectClass};
use edge_agent::frame::{CaptureTime, Frame, I420, TimeSource};
use edge_agent::geometry::BBox;
use edge_agent::outbox::Draft;
use edge_agent::pipeline::{Models, Pipeline};
use edge_agent::vision::{CharChoice, Detect, Detections, PlateOutcome, PlateRead, ReadPlate, VisionError};
use wire::payload::{Direction, NoReading};
use wire::{EvidenceRole, Payload};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;

/// Says what the script says about each frame, one entry per call; nothing after its end.
struct Script {
    frames: Mutex<std::vec::IntoIter<Result<Vec<Detection>, ()>>>,
    calls: AtomicUsize,
}

impl Detect for Script {
    fn detect(&self, _: &I420) -> Result<Detections, VisionError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        match self.frames.lock().unwrap().next() {
            Some(Err(())) => {
                Err(VisionError::Inference { model: "script".into(), reason: "scripted failure".into() })
            }
            Some(Ok(objects)) => Ok(Detections { objects, ..Detections::default() }),
            None => Ok(Detections::default()),
        }
    }

    fn model(&self) -> (&str, &str) {
        ("script", "00")
    }
}

/// Reads the given texts in turn.
struct Plates(Mutex<std::vec::IntoIter<Option<&'static str>>>);

impl ReadPlate for Plates {
    fn read(&self, _: &I420, vehicle: &BBox, _: ObjectClass) -> Result<PlateOutcome, VisionError> {
        match self.0.lock().unwrap().next() {
            Some(Some("fail")) => {
                Err(VisionError::Inference { model: "script".into(), reason: "scripted failure".into() })
            }
            Some(Some(text)) => Ok(PlateOutcome::Read(PlateRead {
                reading: wire::plate::read(&[text], &wire::plate::Hint::default()),
                lines: 1,
                score: 0.9,
                characters: CharChoice::alone(text, &vec![0.9; text.len()]),
                colour: None,
                corners: None,
                bbox: BBox { x: vehicle.x + 10.0, y: vehicle.y + 20.0, w: 30.0, h: 8.0 },
            })),
            Some(None) | None => Ok(PlateOutcome::Nothing(NoReading::TooSmall)),
        }
    }

    fn models(&self) -> Vec<(String, String)> {
        vec![("plates".into(), "00".into())]
    }
}

fn config(motion: bool) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edge.toml");
    let text = format!(
        "site = 's'\nagent = 'a'\nstate_dir = 'state'\n[central]\nurl = 'mqtt://127.0.0.1:1'\n\
         [[camera]]\nid = 'cam'\nstream = {{ url = 'rtsp://127.0.0.1/x' }}\nmotion = {{ enabled = {motion} }}\n\
         [[camera.line]]\nid = 'line'\nfrom = [0.0, 0.5]\nto = [1.0, 0.5]\n\
         [[camera.zone]]\nid = 'zone'\ncorners = [[0.0, 0.0], [1.0, 0.0], [1.0, 0.25], [0.0, 0.25]]\ncounts = ['person']\n"
    );
    std::fs::write(&path, text).unwrap();
    Config::load(&path).unwrap()
}

fn frame(index: u64) -> Frame {
    let (luma, chroma) = ((WIDTH * HEIGHT) as usize, (WIDTH * HEIGHT / 4) as usize);
    let stream_s = index as f64 * 0.1;
    let start: jiff::Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
    let at = start + jiff::SignedDuration::from_millis(100 * index as i64);
    Frame {
        index,
        captured: CaptureTime { at, uncertainty_ms: 7, source: TimeSource::Rtcp, stream_s },
        picture: I420 {
            width: WIDTH,
            height: HEIGHT,
            strides: [WIDTH as usize, WIDTH as usize / 2, WIDTH as usize / 2],
            offsets: [0, luma, luma + chroma],
            data: Arc::new(vec![90_u8; luma + 2 * chroma]),
        },
    }
}

/// An object whose foot goes from `from` to `to` (parts of the height) in `steps` frames.
fn walk(class: ObjectClass, from: f32, to: f32, steps: usize) -> Vec<Result<Vec<Detection>, ()>> {
    (0..steps)
        .map(|step| {
            let foot = HEIGHT as f32 * (from + (to - from) * step as f32 / (steps - 1) as f32);
            let bbox = BBox { x: 100.0, y: foot - 80.0, w: 100.0, h: 80.0 };
            Ok(vec![Detection { bbox, score: 0.9, class }])
        })
        .collect()
}

fn run(
    script: Vec<Result<Vec<Detection>, ()>>,
    plates: Vec<Option<&'static str>>,
    motion: bool,
    frames: u64,
) -> (Vec<Draft>, usize, Pipeline) {
    let detector = Arc::new(Script { frames: Mutex::new(script.into_iter()), calls: AtomicUsize::new(0) });
    let models = Models {
        detector: detector.clone(),
        plates: Arc::new(Plates(Mutex::new(plates.into_iter()))),
        faces: None,
        helmets: None,
    };
    let config = config(motion);
    let mut pipeline = Pipeline::new(&config.cameras[0], config.tracker.clone(), models);
    let mut drafts = Vec::new();
    for index in 0..frames {
        drafts.extend(pipeline.frame(&frame(index)).unwrap_or_default());
    }
    drafts.extend(pipeline.finish());
    (drafts, detector.calls.load(Ordering::Relaxed), pipeline)
}

#[test]
fn a_vehicle_over_the_line_is_one_event_with_its_voted_plate_and_pictures() {
    let plates = vec![Some("30A12345"), Some("30A12345"), Some("30A12346"), Some("30A12345")];
    let (drafts, _, _) = run(walk(ObjectClass::Car, 0.35, 0.9, 30), plates, false, 60);
    assert_eq!(drafts.len(), 1, "{drafts:?}");
    let Payload::Vehicle(vehicle) = &drafts[0].payload else { panic!("{drafts:?}") };
    let reading = vehicle.reading.as_ref().unwrap();
    assert_eq!((reading.text.as_str(), reading.votes), ("30A12345", 3));
    assert_eq!((vehicle.direction, vehicle.class.as_str()), (Direction::In, "car"));
    assert_eq!(vehicle.picture, [WIDTH, HEIGHT]);
    let roles: Vec<_> = drafts[0].pictures.iter().map(|picture| picture.role).collect();
    assert_eq!(roles, [EvidenceRole::Overview, EvidenceRole::Plate]);
    let overview = image::load_from_memory(&drafts[0].pictures[0].bytes).unwrap();
    assert_eq!((overview.width(), overview.height()), (WIDTH, HEIGHT));
    assert_eq!((drafts[0].captured.source, drafts[0].captured.uncertainty_ms), (TimeSource::Rtcp, 7));
    assert_eq!(drafts[0].models.len(), 2);
}

#[test]
fn the_moment_of_a_crossing_is_that_of_the_line_not_of_the_report() {
    let (drafts, _, _) = run(walk(ObjectClass::Person, 0.3, 0.9, 31), vec![], false, 31);
    let after_ms = drafts[0].captured.at.as_millisecond()
        - "2026-11-20T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
    // The foot passes half the height after a third of the way.
    assert!((900..=1100).contains(&after_ms), "{after_ms} ms");
}

#[test]
fn a_person_over_the_line_is_counted_without_a_picture() {
    let (drafts, _, _) = run(walk(ObjectClass::Person, 0.9, 0.35, 30), vec![], false, 30);
    assert_eq!(drafts.len(), 1, "{drafts:?}");
    let Payload::Crossing(crossing) = &drafts[0].payload else { panic!("{drafts:?}") };
    assert_eq!((crossing.direction, crossing.class.as_str()), (Direction::Out, "person"));
    assert!(drafts[0].pictures.is_empty());
    assert_eq!(drafts[0].models.len(), 1, "the plate reader took no part");
}

#[test]
fn who_does_not_cross_makes_no_event() {
    let (drafts, _, _) = run(walk(ObjectClass::Car, 0.6, 0.9, 30), vec![Some("30A12345")], false, 40);
    assert!(drafts.is_empty(), "{drafts:?}");
}

#[test]
fn a_plate_that_nobody_could_read_says_why() {
    let (drafts, _, _) = run(walk(ObjectClass::Truck, 0.35, 0.9, 30), vec![None, None], false, 60);
    let Payload::Vehicle(vehicle) = &drafts[0].payload else { panic!("{drafts:?}") };
    assert_eq!((vehicle.reading.as_ref(), vehicle.no_reading), (None, Some(NoReading::TooSmall)));
    assert_eq!(drafts[0].pictures.len(), 1, "the overview alone");
}

#[test]
fn a_model_that_fails_costs_a_frame_and_no_event() {
    let mut script = walk(ObjectClass::Car, 0.35, 0.9, 30);
    script[9] = Err(());
    let (drafts, _, pipeline) = run(script, vec![Some("fail"), Some("30A12345")], false, 60);
    assert_eq!(drafts.len(), 1, "{drafts:?}");
    assert_eq!(pipeline.times().counts.failed, 2);
}

#[test]
fn a_still_scene_hardly_calls_the_detector() {
    let (drafts, calls, pipeline) = run(vec![], vec![], true, 200);
    assert!(drafts.is_empty());
    assert!(calls <= 20, "{calls} calls for 200 equal frames");
    assert_eq!(pipeline.times().counts.frames, 200);
}

#[test]
fn coming_into_a_zone_and_leaving_it_are_told() {
    let mut script = walk(ObjectClass::Person, 0.42, 0.12, 30);
    script.extend(walk(ObjectClass::Person, 0.12, 0.42, 30));
    let (drafts, _, _) = run(script, vec![], false, 60);
    let told: Vec<_> = drafts
        .iter()
        .map(|draft| match &draft.payload {
            Payload::Crossing(crossing) => (crossing.line.as_str(), crossing.direction),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, [("zone", Direction::In), ("zone", Direction::Out)]);
}
