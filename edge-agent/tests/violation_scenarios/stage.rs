//! A small language for scenarios: a scene, signal programmes, vehicles with a way, and what the rules must find.
//!
//! The picture is 1280 × 720. Boxes are as large as their place in the picture makes them, tremble a little in every frame, and are
//! given to the rules as a tracker gives them. Signals are recognised late, as the signal watch does.

use std::sync::Arc;

use edge_agent::detection::ObjectClass;
use edge_agent::frame::CaptureTime;
use edge_agent::geometry::{BBox, Point};
use edge_agent::rules::violation::{Finding, FrameAt, Judge, Looks, PlateLook, Riders, RuleCounts, Signals};
use edge_agent::scene::CalibratedScene;
use edge_agent::track::{ChangeKind, TrackChange, TrackChanges, TrackView};
use jiff::{SignedDuration, Timestamp};
use wire::scene::Scene;
use wire::{LampState, Name, SignalReading, SignalSource, TimeSource};

/// A Friday, 14:00 in Vietnam.
pub const START: &str = "2026-11-20T07:00:00Z";
pub const WIDTH: u32 = 1280;
pub const HEIGHT: u32 = 720;
/// A change of a signal is recognised this much later, seconds.
const LATE_S: f64 = 0.35;
/// A track ends this long after its vehicle was seen last, seconds.
const LOST_S: f64 = 1.5;

/// A vehicle and its way.
#[derive(Debug, Clone)]
pub struct Actor {
    id: u64,
    class: ObjectClass,
    start_s: f64,
    /// Time since `start_s`, foot.
    way: Vec<(f64, (f32, f32))>,
    tremble: f32,
    hidden: Vec<(f64, f64)>,
    cut: Vec<(f64, f64)>,
    switched: Option<(f64, u64)>,
    class_until: Option<(f64, ObjectClass)>,
    class_score: f32,
    grown: (f32, f32),
    /// How many people sit on it, from when to when.
    riders: Vec<(f64, f64, u32)>,
    bare: Vec<(f64, f64, u32)>,
    plate: Vec<(f64, f64, &'static str)>,
    priority: bool,
}

pub fn car(id: u64, start_s: f64, foot: (f32, f32)) -> Actor {
    Actor {
        id,
        class: ObjectClass::Car,
        start_s,
        way: vec![(0.0, foot)],
        tremble: 0.015,
        hidden: Vec::new(),
        cut: Vec::new(),
        switched: None,
        class_until: None,
        class_score: 0.95,
        grown: (1.0, 1.0),
        riders: Vec::new(),
        bare: Vec::new(),
        plate: Vec::new(),
        priority: false,
    }
}

pub fn motorcycle(id: u64, start_s: f64, foot: (f32, f32)) -> Actor {
    Actor { class: ObjectClass::Motorcycle, ..car(id, start_s, foot) }
}

pub fn bus(id: u64, start_s: f64, foot: (f32, f32)) -> Actor {
    Actor { class: ObjectClass::Bus, ..car(id, start_s, foot) }
}

impl Actor {
    /// Drives there in a straight line, pixels per second.
    pub fn to(mut self, foot: (f32, f32), speed: f32) -> Self {
        let (last_s, from) = self.way[self.way.len() - 1];
        let way = (foot.0 - from.0).hypot(foot.1 - from.1);
        self.way.push((last_s + f64::from(way / speed), foot));
        self
    }

    /// Stands where it is.
    pub fn wait(mut self, seconds: f64) -> Self {
        let (last_s, foot) = self.way[self.way.len() - 1];
        self.way.push((last_s + seconds, foot));
        self
    }

    /// Waits until this second of the scenario.
    pub fn wait_until(self, second: f64) -> Self {
        let now = self.start_s + self.way[self.way.len() - 1].0;
        self.wait((second - now).max(0.0))
    }

    /// How far each edge of its box errs, part of its size.
    pub fn tremble(self, tremble: f32) -> Self {
        Self { tremble, ..self }
    }

    /// Out of sight for a while.
    pub fn hidden(mut self, from_s: f64, to_s: f64) -> Self {
        self.hidden.push((from_s, to_s));
        self
    }

    /// Something in front hides its lower half for a while.
    pub fn cut(mut self, from_s: f64, to_s: f64) -> Self {
        self.cut.push((from_s, to_s));
        self
    }

    /// Its track ends and another one begins.
    pub fn switched(self, at_s: f64, id: u64) -> Self {
        Self { switched: Some((at_s, id)), ..self }
    }

    /// Another class is believed first.
    pub fn taken_for(self, class: ObjectClass, until_s: f64) -> Self {
        Self { class_until: Some((until_s, class)), ..self }
    }

    /// A second track on the same vehicle, with a box of another size.
    pub fn double(&self, id: u64) -> Self {
        Self { id, grown: (0.93, 0.88), ..self.clone() }
    }

    /// So many people sit on it; one without a word.
    pub fn riders(self, riders: u32) -> Self {
        self.riders_from(0.0, 1e9, riders)
    }

    pub fn riders_from(mut self, from_s: f64, to_s: f64, riders: u32) -> Self {
        self.riders.push((from_s, to_s, riders));
        self
    }

    /// A helmet model sees so many of them without a helmet; without a word there is no such model.
    pub fn bare(self, bare: u32) -> Self {
        self.bare_from(0.0, 1e9, bare)
    }

    pub fn bare_from(mut self, from_s: f64, to_s: f64, bare: u32) -> Self {
        self.bare.push((from_s, to_s, bare));
        self
    }

    /// What the looks at its plate have come to.
    pub fn plate(self, finding: &'static str) -> Self {
        self.plate_from(0.0, 1e9, finding)
    }

    pub fn plate_from(mut self, from_s: f64, to_s: f64, finding: &'static str) -> Self {
        self.plate.push((from_s, to_s, finding));
        self
    }

    pub fn bicycle(self) -> Self {
        Self { class: ObjectClass::Bicycle, ..self }
    }

    /// Under this number; what it switches to is another hundred.
    pub fn numbered(self, id: u64) -> Self {
        Self { id, switched: self.switched.map(|(at_s, _)| (at_s, id + 100)), ..self }
    }

    /// Part of the votes that its class got.
    pub fn class_score(self, class_score: f32) -> Self {
        Self { class_score, ..self }
    }

    pub fn priority(self) -> Self {
        Self { priority: true, ..self }
    }

    fn end_s(&self) -> f64 {
        self.start_s + self.way[self.way.len() - 1].0
    }

    fn foot(&self, t: f64) -> (f32, f32) {
        let since = t - self.start_s;
        for pair in self.way.windows(2) {
            let ((a_s, a), (b_s, b)) = (pair[0], pair[1]);
            if since <= b_s && b_s > a_s {
                let part = ((since - a_s) / (b_s - a_s)).clamp(0.0, 1.0) as f32;
                return (a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1));
            }
        }
        self.way[self.way.len() - 1].1
    }

    /// Width and height where its foot is this low in the picture.
    fn size(&self, y: f32) -> (f32, f32) {
        let near = 0.35 + 0.65 * y / HEIGHT as f32;
        let (w, h) = match self.class {
            ObjectClass::Motorcycle | ObjectClass::Bicycle => (52.0, 105.0),
            ObjectClass::Bus | ObjectClass::Truck => (230.0, 250.0),
            _ => (150.0, 125.0),
        };
        (w * near * self.grown.0, h * near * self.grown.1)
    }

    fn view(&self, t: f64, dt: f64, noise: &mut Noise) -> TrackView {
        let foot = self.foot(t);
        let (w, h) = self.size(foot.1);
        let (dx, dy, dw, dh) = (noise.next(), noise.next(), noise.next(), noise.next());
        let off = |size: f32, noise: f32| size * self.tremble * noise;
        let (w, h) = (w + off(w, dw), h + off(h, dh));
        let (x, y) = (foot.0 + off(w, dx), foot.1 + off(h, dy));
        let mut bbox = BBox { x: x - w / 2.0, y: y - h, w, h };
        if within(&self.cut, t) {
            bbox.h *= 0.55;
        }
        let before = self.foot(t - dt);
        let id = self.switched.filter(|(at_s, _)| t >= *at_s).map_or(self.id, |(_, id)| id);
        let class =
            self.class_until.filter(|(until_s, _)| t < *until_s).map_or(self.class, |(_, class)| class);
        TrackView {
            id,
            bbox,
            class,
            class_score: self.class_score,
            score: 0.8,
            detection: Some(0),
            confirmed: false,
            first_s: 0.0,
            last_s: t,
            frames: 0,
            velocity: Point { x: (foot.0 - before.0) / dt as f32, y: (foot.1 - before.1) / dt as f32 },
        }
    }
}

/// Processor time of this thread, seconds, so that a busy machine does not change what is measured.
fn cpu_s() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells it");
    let nanoseconds: f64 = text.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
    nanoseconds / 1e9
}

/// Numbers from -1 to 1 that are the same in every run.
pub struct Noise(pub u64);

impl Noise {
    pub fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 40) as f32 / (1_u64 << 23) as f32) - 1.0
    }
}

fn said<T: Copy>(spans: &[(f64, f64, T)], t: f64) -> Option<T> {
    spans.iter().rev().find(|(from_s, to_s, _)| (*from_s..*to_s).contains(&t)).map(|(_, _, said)| *said)
}

fn within(spans: &[(f64, f64)], t: f64) -> bool {
    spans.iter().any(|(from_s, to_s)| (*from_s..*to_s).contains(&t))
}

/// What a signal shows, from when on: in the order of time.
pub type Programme = Vec<(f64, LampState, bool)>;

pub fn steady(states: &[(f64, LampState)]) -> Programme {
    states.iter().map(|(from_s, state)| (*from_s, *state, false)).collect()
}

/// A scenario.
#[derive(Clone)]
pub struct Stage {
    pub scene: Scene,
    fps: f64,
    start: Timestamp,
    pub actors: Vec<Actor>,
    pub signals: Vec<(Name, Programme)>,
    preview: bool,
    seed: u64,
}

impl Stage {
    pub fn new(scene: serde_json::Value) -> Self {
        Self {
            scene: serde_json::from_value(scene).expect("a scene"),
            fps: 6.0,
            start: START.parse().expect("a time"),
            actors: Vec::new(),
            signals: Vec::new(),
            preview: false,
            seed: 7,
        }
    }

    pub fn fps(self, fps: f64) -> Self {
        Self { fps, ..self }
    }

    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    pub fn at(self, start: &str) -> Self {
        Self { start: start.parse().expect("a time"), ..self }
    }

    pub fn preview(self) -> Self {
        Self { preview: true, ..self }
    }

    pub fn signal(mut self, id: &str, programme: Programme) -> Self {
        self.signals.push((Name::new(id).expect("a name"), programme));
        self
    }

    pub fn with(mut self, actor: Actor) -> Self {
        self.actors.push(actor);
        self
    }

    pub fn all(self, actors: impl IntoIterator<Item = Actor>) -> Self {
        actors.into_iter().fold(self, Self::with)
    }

    pub fn run(self) -> Outcome {
        let end_s = self.actors.iter().map(Actor::end_s).fold(0.0, f64::max) + 10.0;
        let scene = Arc::new(CalibratedScene::new(&self.scene, WIDTH, HEIGHT).expect("a good scene"));
        let mut judge = if self.preview { Judge::preview(scene) } else { Judge::new(scene) };
        let mut found = Vec::new();
        self.play(end_s, |changes, signals, looks, frame| {
            found.extend(judge.update(changes, signals, looks, frame));
            let now_s = frame.stream_s();
            assert!(
                found.iter().all(|finding| finding.moments.iter().all(|moment| moment.stream_s <= now_s))
            );
        });
        found.extend(judge.finish());
        Outcome { found, counts: judge.counts().collect(), fps: self.fps }
    }

    /// Processor seconds for a frame of this scenario, staging included, and how much was found.
    pub fn timed(self, end_s: f64) -> (f64, usize) {
        let scene = Arc::new(CalibratedScene::new(&self.scene, WIDTH, HEIGHT).expect("a good scene"));
        let mut judge = Judge::new(scene);
        let (mut found, mut frames) = (0, 0);
        let began_s = cpu_s();
        self.play(end_s, |changes, signals, looks, frame| {
            found += judge.update(changes, signals, looks, frame).len();
            frames += 1;
        });
        ((cpu_s() - began_s) / f64::from(frames), found)
    }

    /// What every frame until then would say.
    fn play(&self, end_s: f64, mut see: impl FnMut(&TrackChanges, &Signals, &Looks, FrameAt)) {
        let mut tracks = Tracks::default();
        let mut noise = Noise(self.seed);
        for n in 0..(end_s * self.fps) as u64 {
            let t = n as f64 / self.fps;
            let frame = FrameAt { index: n, captured: self.captured(t) };
            let signals = Signals(self.signals.iter().filter_map(|s| self.shown(s, t)).collect());
            let views: Vec<(&Actor, TrackView)> = self
                .actors
                .iter()
                .filter(|actor| (actor.start_s..=actor.end_s()).contains(&t) && !within(&actor.hidden, t))
                .map(|actor| (actor, actor.view(t, 1.0 / self.fps, &mut noise)))
                .collect();
            let looks = looks(&views, t);
            let changes = tracks.update(t, views.into_iter().map(|(_, view)| view).collect());
            see(&changes, &signals, &looks, frame);
        }
    }

    fn captured(&self, stream_s: f64) -> CaptureTime {
        let at = self.start + SignedDuration::from_secs_f64(stream_s);
        CaptureTime { at, uncertainty_ms: 20, source: TimeSource::Arrival, stream_s }
    }

    fn shown(&self, (signal, programme): &(Name, Programme), t: f64) -> Option<SignalReading> {
        let (from_s, state, flashing) =
            programme.iter().rev().find(|(from_s, ..)| *from_s <= t - LATE_S || *from_s <= 0.0)?;
        Some(SignalReading {
            signal: signal.clone(),
            state: *state,
            flashing: *flashing,
            since: (*from_s > 0.0).then(|| self.captured(*from_s).at),
            source: SignalSource::Picture,
            score: 0.97,
        })
    }
}

fn looks(views: &[(&Actor, TrackView)], t: f64) -> Looks {
    let two_wheels = |view: &TrackView| view.class == ObjectClass::Motorcycle;
    let riders = views.iter().filter(|(_, view)| two_wheels(view)).map(|(actor, view)| {
        let bare = said(&actor.bare, t).map(|bare| (bare, 0.9));
        (view.id, Riders { count: said(&actor.riders, t).unwrap_or(1), score: 0.7, bare })
    });
    let plates = views.iter().filter_map(|(actor, view)| {
        let kind = said(&actor.plate, t)?.to_owned();
        Some((view.id, PlateLook { kind, score: 0.8 }))
    });
    let priority = views.iter().filter(|(actor, _)| actor.priority).map(|(_, view)| view.id);
    Looks { riders: riders.collect(), plates: plates.collect(), priority: priority.collect() }
}

/// Turns what is seen in every frame into the changes that a tracker reports.
#[derive(Default)]
pub struct Tracks {
    known: Vec<(TrackView, bool)>,
}

impl Tracks {
    pub fn update(&mut self, t: f64, views: Vec<TrackView>) -> TrackChanges {
        let mut changes = Vec::new();
        for (known, seen) in &mut self.known {
            if !views.iter().any(|view| view.id == known.id) {
                known.detection = None;
                if *seen {
                    changes.push(TrackChange { kind: ChangeKind::Lost, track: *known });
                } else if t - known.last_s > LOST_S {
                    changes.push(TrackChange { kind: ChangeKind::Ended, track: *known });
                }
                *seen = false;
            }
        }
        let ended = |id: u64| changes.iter().any(|c| c.kind == ChangeKind::Ended && c.track.id == id);
        self.known.retain(|(known, _)| !ended(known.id));
        for view in views {
            let old = self.known.iter_mut().find(|(known, _)| known.id == view.id);
            let (first_s, frames) = old.as_ref().map_or((t, 0), |(known, _)| (known.first_s, known.frames));
            let frames = frames + 1;
            let track = TrackView { first_s, frames, confirmed: frames >= 2, ..view };
            let kind = match frames {
                1 => ChangeKind::Born,
                2 => ChangeKind::Confirmed,
                _ => ChangeKind::Updated,
            };
            changes.push(TrackChange { kind, track });
            match old {
                Some(old) => *old = (track, true),
                None => self.known.push((track, true)),
            }
        }
        TrackChanges { time_s: t, changes }
    }
}

/// What a scenario came to.
pub struct Outcome {
    pub found: Vec<Finding>,
    pub counts: Vec<RuleCounts>,
    fps: f64,
}

impl Outcome {
    /// Exactly these, in the order of their acts: kind, track, second of the act within a frame.
    #[track_caller]
    pub fn is(mut self, expected: &[(&str, u64, f64)]) -> Self {
        let act_s = |finding: &Finding| finding.act().expect("an act").stream_s;
        self.found.sort_by(|a, b| act_s(a).total_cmp(&act_s(b)));
        let told: Vec<_> = self
            .found
            .iter()
            .map(|f| (f.kind.as_str(), f.track, (act_s(f) * 100.0).round() / 100.0))
            .collect();
        let fits = told.len() == expected.len()
            && told.iter().zip(expected).all(|(told, expected)| {
                (told.0, told.1) == (expected.0, expected.1)
                    && (told.2 - expected.2).abs() <= 1.02 / self.fps + 0.01
            });
        assert!(fits, "told {told:?}, expected {expected:?}; doubts {:?}", self.doubts());
        for finding in &self.found {
            let times: Vec<f64> = finding.moments.iter().map(|moment| moment.stream_s).collect();
            assert!(times.is_sorted(), "moments in the order of time: {times:?}");
            assert!((0.0..=1.0).contains(&finding.score));
        }
        self
    }

    /// The moments of the first one: word and what the signal showed.
    #[track_caller]
    pub fn moments(self, expected: &[(&str, Option<LampState>)]) -> Self {
        let told: Vec<_> = self.found[0]
            .moments
            .iter()
            .map(|moment| (moment.what.as_str(), moment.signal.as_ref().map(|signal| signal.state)))
            .collect();
        assert_eq!(told, expected);
        self
    }

    /// The doubts of the first one.
    #[track_caller]
    pub fn doubts_are(self, expected: &[&str]) -> Self {
        assert_eq!(self.found[0].doubts, expected);
        self
    }

    /// What the first one measured: word, value and its half-width, limit.
    #[track_caller]
    pub fn measured(self, what: &str, value: f64, within: f64, limit: f64) -> Self {
        let measured = self.found[0].measured.as_ref().expect("something was measured");
        let fits = measured.what == what
            && (measured.value - value).abs() <= within
            && measured.limit == Some(limit)
            && measured.uncertainty >= 0.0
            && !measured.type_approved;
        assert!(fits, "{measured:?}");
        self
    }

    /// The lane of the first one.
    #[track_caller]
    pub fn lane(self, lane: Option<&str>) -> Self {
        assert_eq!(self.found[0].lane.as_ref().map(Name::as_str), lane);
        self
    }

    fn doubts(&self) -> Vec<&[String]> {
        self.found.iter().map(|finding| finding.doubts.as_slice()).collect()
    }
}
