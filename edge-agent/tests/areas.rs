//! Promises of watched zones, fence lines and zone counts, with a scripted detector in place of the model.

use std::sync::{Arc, Mutex};

use edge_agent::config::{Config, ConfigError};
use edge_agent::detection::{Detection, ObjectClass};
use edge_agent::frame::{CaptureTime, Frame, I420, TimeSource};
use edge_agent::geometry::BBox;
use edge_agent::outbox::Draft;
use edge_agent::pipeline::{Models, Pipeline};
use edge_agent::vision::{Detect, Detections, PlateOutcome, ReadPlate, VisionError};
use wire::gate::{Incident, IncidentKind, ZoneCount, check_event};
use wire::payload::NoReading;
use wire::{EvidenceRole, Payload};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 240;
const FPS: f64 = 5.0;

/// Says where people are, by the number of the frame.
#[allow(clippy::type_complexity)]
struct Script(Mutex<(u64, Box<dyn Fn(f64) -> Vec<BBox> + Send>)>);

impl Detect for Script {
    fn detect(&self, _: &I420) -> Result<Detections, VisionError> {
        let mut script = self.0.lock().unwrap();
        let boxes = (script.1)(script.0 as f64 / FPS);
        script.0 += 1;
        let person = |bbox| Detection { bbox, score: 0.9, class: ObjectClass::Person };
        Ok(Detections { objects: boxes.into_iter().map(person).collect(), ..Detections::default() })
    }

    fn model(&self) -> (&str, &str) {
        ("script", "00")
    }
}

struct NoPlates;

impl ReadPlate for NoPlates {
    fn read(&self, _: &I420, _: &BBox, _: ObjectClass) -> Result<PlateOutcome, VisionError> {
        Ok(PlateOutcome::Nothing(NoReading::TooSmall))
    }

    fn models(&self) -> Vec<(String, String)> {
        vec![]
    }
}

fn load(rules: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("edge.toml");
    let text = format!(
        "site = 's'\nagent = 'a'\nstate_dir = 'state'\n[central]\nurl = 'mqtt://127.0.0.1:1'\n\
         [[camera]]\nid = 'cam'\nplates = false\nstream = {{ url = 'rtsp://127.0.0.1/x' }}\nmotion = {{ enabled = false }}\n{rules}"
    );
    std::fs::write(&path, text).unwrap();
    Config::load(&path)
}

/// A zone over the lower half of the picture.
fn zone(more: &str) -> String {
    format!(
        "[[camera.zone]]\nid = 'khu-cam'\ncorners = [[0.0, 0.5], [1.0, 0.5], [1.0, 1.0], [0.0, 1.0]]\ncounts = ['person']\n{more}"
    )
}

fn frame(index: u64, start: &str, luma: &dyn Fn(f64) -> Vec<(BBox, u8)>) -> Frame {
    let stream_s = index as f64 / FPS;
    let at = start.parse::<jiff::Timestamp>().unwrap()
        + jiff::SignedDuration::from_millis((stream_s * 1000.0) as i64);
    let pixels = (WIDTH * HEIGHT) as usize;
    let mut data = vec![90_u8; pixels + pixels / 2];
    for (bbox, value) in luma(stream_s) {
        for y in bbox.y as usize..bbox.bottom() as usize {
            for x in bbox.x as usize..bbox.right() as usize {
                data[y * WIDTH as usize + x] = value;
            }
        }
    }
    Frame {
        index,
        captured: CaptureTime { at, uncertainty_ms: 7, source: TimeSource::Rtcp, stream_s },
        picture: I420 {
            width: WIDTH,
            height: HEIGHT,
            strides: [WIDTH as usize, WIDTH as usize / 2, WIDTH as usize / 2],
            offsets: [0, pixels, pixels + pixels / 4],
            data: Arc::new(data),
        },
    }
}

/// Plays so many seconds from a moment on; people and brightness by the second.
fn play_with(
    rules: &str,
    start: &str,
    seconds: f64,
    people: impl Fn(f64) -> Vec<BBox> + Send + 'static,
    luma: &dyn Fn(f64) -> Vec<(BBox, u8)>,
) -> Vec<Draft> {
    let config = load(rules).unwrap();
    let detector = Arc::new(Script(Mutex::new((0, Box::new(people)))));
    let models = Models { detector, plates: Arc::new(NoPlates), faces: None, helmets: None };
    let mut pipeline = Pipeline::new(&config.cameras[0], config.tracker.clone(), models);
    let mut drafts = Vec::new();
    for index in 0..(seconds * FPS) as u64 {
        drafts.extend(pipeline.frame(&frame(index, start, luma)).unwrap());
    }
    drafts.extend(pipeline.finish());
    for draft in &drafts {
        assert_eq!(check_event(&draft.payload), Ok(()), "{draft:?}");
    }
    drafts
}

fn play(
    rules: &str,
    start: &str,
    seconds: f64,
    people: impl Fn(f64) -> Vec<BBox> + Send + 'static,
) -> Vec<Draft> {
    play_with(rules, start, seconds, people, &|_| vec![])
}

fn incidents(drafts: &[Draft]) -> Vec<(&Draft, &Incident)> {
    let incident = |draft: &'_ Draft| matches!(draft.payload, Payload::Incident(_));
    drafts
        .iter()
        .filter(|draft| incident(draft))
        .map(|draft| match &draft.payload {
            Payload::Incident(incident) => (draft, incident),
            _ => unreachable!("filtered"),
        })
        .collect()
}

fn counts(drafts: &[Draft]) -> Vec<(jiff::Timestamp, ZoneCount)> {
    drafts
        .iter()
        .filter_map(|draft| match &draft.payload {
            Payload::ZoneCount(count) => Some((draft.captured.at, count.clone())),
            _ => None,
        })
        .collect()
}

/// A person whose feet are here, parts of the picture's height.
fn person(x: f32, foot: f32) -> BBox {
    BBox { x, y: HEIGHT as f32 * foot - 80.0, w: 36.0, h: 80.0 }
}

/// Comes down into the zone, and stays there.
fn comes(at_s: f64) -> Vec<BBox> {
    vec![person(120.0, (0.4 + 0.05 * at_s as f32).min(0.8))]
}

/// Friday noon and Friday night in Vietnam.
const NOON: &str = "2026-11-20T05:00:00Z";
const NIGHT: &str = "2026-11-20T16:00:00Z";
const WORKDAY: &str =
    "hours = [{ days = ['mon', 'tue', 'wed', 'thu', 'fri'], from = '06:00', until = '18:00' }]";

#[test]
fn somebody_in_a_forbidden_zone_is_one_incident_with_a_picture_and_a_box() {
    let drafts = play(&zone("watch = { kind = 'intrusion' }"), NOON, 20.0, comes);
    let told = incidents(&drafts);
    assert_eq!(told.len(), 1, "{drafts:?}");
    let (draft, incident) = told[0];
    assert_eq!(
        (incident.incident, incident.rule.as_str(), incident.count),
        (IncidentKind::Intrusion, "khu-cam", 1)
    );
    assert_eq!(incident.picture, Some([WIDTH, HEIGHT]));
    let [x, y, w, h] = incident.bbox.unwrap();
    assert!((x - 120).abs() < 12 && y + h <= HEIGHT as i32 && w > 20, "{incident:?}");
    assert_eq!(draft.pictures.len(), 1);
    assert_eq!(draft.pictures[0].role, EvidenceRole::Overview);
    assert_eq!((draft.pictures[0].width, draft.pictures[0].height), (WIDTH, HEIGHT));
    let crossings = drafts.iter().filter(|draft| matches!(draft.payload, Payload::Crossing(_))).count();
    assert_eq!(crossings, 0, "it is told of once, and is no passage of a gate");
}

#[test]
fn railway_tracks_are_an_incident_of_their_own() {
    let drafts = play(&zone("watch = { kind = 'track' }"), NOON, 10.0, comes);
    assert_eq!(incidents(&drafts)[0].1.incident, IncidentKind::TrackIntrusion);
}

#[test]
fn a_second_intruder_is_told_of_and_a_track_that_breaks_is_not() {
    // The first is gone for three seconds (another track), the second comes at 14 s while the first is there.
    let people = |at_s: f64| match at_s {
        s if s < 8.0 => comes(s),
        s if s < 11.0 => vec![],
        s if s < 14.0 => vec![person(120.0, 0.8)],
        s => vec![person(120.0, 0.8), person(220.0, (0.4 + 0.05 * (s - 14.0) as f32).min(0.8))],
    };
    let drafts = play(&zone("watch = { kind = 'intrusion', pause_s = 30.0 }"), NOON, 30.0, people);
    let told: Vec<u32> = incidents(&drafts).iter().map(|(_, incident)| incident.count).collect();
    assert_eq!(told, [1, 2]);
}

#[test]
fn after_hours_means_after_hours() {
    let rules = zone(&format!("watch = {{ kind = 'after_hours', {WORKDAY} }}"));
    assert_eq!(incidents(&play(&rules, NOON, 15.0, comes)).len(), 0);
    let drafts = play(&rules, NIGHT, 15.0, comes);
    assert_eq!(incidents(&drafts)[0].1.incident, IncidentKind::AfterHours);
}

#[test]
fn who_is_still_there_when_it_closes_is_told_of_then() {
    let rules = zone(&format!("watch = {{ kind = 'after_hours', {WORKDAY} }}"));
    // Ten seconds to six.
    let drafts = play(&rules, "2026-11-20T10:59:50Z", 25.0, |_| comes(20.0));
    let told = incidents(&drafts);
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0.captured.at, "2026-11-20T11:00:00Z".parse().unwrap());
}

#[test]
fn who_stays_too_long_loiters_and_who_passes_does_not() {
    let rules = zone("watch = { kind = 'loitering', dwell_s = 20.0 }");
    let drafts = play(&rules, NOON, 60.0, comes);
    let told = incidents(&drafts);
    assert_eq!((told.len(), told[0].1.incident), (1, IncidentKind::Loitering));
    assert_eq!(told[0].1.count, 20, "seconds inside");
    let passes = |at_s: f64| vec![person(120.0, (0.3 + 0.05 * at_s as f32).min(1.3))];
    assert_eq!(incidents(&play(&rules, NOON, 30.0, passes)).len(), 0);
}

#[test]
fn a_bag_left_behind_is_told_of_where_it_stands() {
    let rules = zone("watch = { kind = 'left_luggage', dwell_s = 20.0 }");
    let bag = BBox { x: 130.0, y: 170.0, w: 26.0, h: 22.0 };
    let bearer = |at_s: f64| match at_s {
        s if s < 8.0 => vec![],
        s if s < 12.0 => vec![person(124.0, 0.8)],
        s if s < 20.0 => vec![person(124.0 - 15.0 * (s - 12.0) as f32, 0.8)],
        _ => vec![],
    };
    let luma = move |at_s: f64| {
        let standing = if at_s >= 11.0 { vec![(bag, 30)] } else { vec![] };
        standing.into_iter().chain(bearer(at_s).into_iter().map(|b| (b.clip(WIDTH, HEIGHT), 40))).collect()
    };
    let drafts = play_with(&rules, NOON, 60.0, bearer, &luma);
    let told = incidents(&drafts);
    assert_eq!(told.len(), 1, "{told:?}");
    let [x, y, w, h] = told[0].1.bbox.unwrap();
    let found = BBox { x: x as f32, y: y as f32, w: w as f32, h: h as f32 };
    assert!(found.iou(&bag) > 0.3, "{found:?}");
    assert_eq!((told[0].1.incident, told[0].1.track), (IncidentKind::LeftLuggage, None));
}

#[test]
fn a_fence_line_is_an_incident_and_is_counted_besides() {
    let rules = "[[camera.line]]\nid = 'hang-rao'\nfrom = [0.0, 0.5]\nto = [1.0, 0.5]\ncounts = ['person']\nwatch = 'fence'\n";
    let drafts = play(rules, NOON, 10.0, comes);
    let told = incidents(&drafts);
    assert_eq!(
        (told.len(), told[0].1.incident, told[0].1.rule.as_str()),
        (1, IncidentKind::Fence, "hang-rao")
    );
    assert_eq!(drafts.len(), 2, "and the crossing");
}

#[test]
fn people_in_a_zone_are_counted_minute_by_minute_with_what_was_seen_of_it() {
    let people = |at_s: f64| {
        let mut people = comes(20.0);
        if at_s >= 70.0 {
            people.push(person(220.0, 0.8));
        }
        people
    };
    let counts = counts(&play(&zone("count = true"), NOON, 150.0, people));
    assert_eq!(counts.len(), 3, "{counts:?}");
    let minute =
        |at: usize| (counts[at].0.to_string(), counts[at].1.most, counts[at].1.observed_s.round() as u32);
    assert_eq!(minute(0), ("2026-11-20T05:00:00Z".to_owned(), 1, 60));
    assert_eq!(minute(1), ("2026-11-20T05:01:00Z".to_owned(), 2, 60));
    assert_eq!(minute(2), ("2026-11-20T05:02:00Z".to_owned(), 2, 30), "half of it was seen");
    assert!((1.7..1.95).contains(&counts[1].1.mean), "{:?}", counts[1]);
}

#[test]
fn watches_that_cannot_work_are_refused_all_at_once() {
    let rules = format!(
        "{}{}{}",
        zone("watch = { kind = 'after_hours' }\n"),
        zone("watch = { kind = 'loitering', pause_s = -1.0 }\n").replace("khu-cam", "khu-2"),
        zone("count = true\n").replace("khu-cam", "khu-3").replace("['person']", "['vehicle']"),
    );
    let ConfigError::Problems { problems, .. } = load(&rules).unwrap_err() else { panic!("problems") };
    for (zone, word) in
        [("khu-cam", "needs hours"), ("khu-2", "needs dwell_s"), ("khu-2", "pause_s"), ("khu-3", "person")]
    {
        assert!(
            problems.iter().any(|problem| problem.contains(zone) && problem.contains(word)),
            "{word}: {problems:?}"
        );
    }
    assert!(load(&zone("watch = { kind = 'dance' }")).is_err());
}
