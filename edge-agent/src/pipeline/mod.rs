//! The story of one frame, told in [`Pipeline::frame`]: motion? → boxes → tracks → lines crossed → plates → events.
//!
//! One pipeline per camera, on a thread of its own. It decides nothing about the outside world: it returns drafts, and
//! whoever runs it hands them to the outbox.

mod areas;
mod evidence;
mod faces;
mod helmets;
mod lanes;
mod road;
mod shots;
mod times;
mod vehicle;
mod violations;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::SignedDuration;
use uuid::Uuid;
use wire::payload::{self, Direction};
use wire::scene::Scene;
use wire::status::SignalHealth;
use wire::violation::Kind;
use wire::{Captured, Digest, ModelRef, Name, Payload, Phase};

use crate::access::sight::LaneEye;
use crate::config::{CameraConfig, LineRule, Words, ZoneRule};
use crate::detection::ObjectClass;
use crate::frame::{CaptureTime, Frame};
use crate::outbox::Draft;
use crate::rules::violation::{Looks, PlateLook, RuleCounts, Signals};
use crate::rules::{self, Crossing, LineCounter, ZoneChange, ZoneEvent, ZoneWatch};
use crate::scene_link::{self, Recorder, SceneInUse, SceneSlot};
use crate::track::{ChangeKind, TrackChanges, TrackView, Tracker, TrackerConfig};
use crate::vision::face::BestFace;
use crate::vision::signal::{SharedFeeds, SignalConfig, SignalWatch};
use crate::vision::{Detect, FindingConfig, HelmetLook, MotionGate, ReadPlate, Rider, VisionError};
use areas::{Areas, Look, Told};
pub use faces::Faces;
use faces::People;
use lanes::Lanes;
use road::Road;
pub use times::{Counts, Stage, StageTimes};
use vehicle::{Passing, Watched};
pub use violations::{DeskSetup, ViolationDesk, Witness};

/// A crossing is written down this long after it happened even if the track goes on, seconds.
const SETTLE_S: f64 = 1.5;
/// An object faster than this share of its own height per second counts as moving: it holds the motion gate open.
const MOVING: f32 = 0.08;

/// The models that a pipeline uses, shared by all cameras.
#[derive(Clone)]
pub struct Models {
    /// Finds objects.
    pub detector: Arc<dyn Detect>,
    /// Reads plates.
    pub plates: Arc<dyn ReadPlate>,
    /// Reads faces; `None` unless the site has them switched on.
    pub faces: Option<Faces>,
    /// Judges helmets; `None` unless the site brought a model along.
    pub helmets: Option<Arc<dyn HelmetLook>>,
}

/// Lines and zones in pixels of one picture size.
struct Watch {
    size: (u32, u32),
    lines: LineCounter,
    zones: ZoneWatch,
}

/// One camera's pipeline.
pub struct Pipeline {
    camera: Name,
    /// Those of the configuration, then those of the scene's sections that end at another camera.
    lines: Vec<LineRule>,
    lines_configured: usize,
    zones: Vec<ZoneRule>,
    read_plates: bool,
    plate_findings: FindingConfig,
    models: Models,
    model_refs: Vec<ModelRef>,
    gate: MotionGate,
    tracker: Tracker,
    watch: Option<Watch>,
    signals: Option<SignalWatch>,
    signals_configured: Vec<SignalConfig>,
    signals_watched: Vec<SignalConfig>,
    feeds: SharedFeeds,
    scene: SceneSlot,
    road: Option<Road>,
    witness: Witness,
    recorder: Option<Arc<Recorder>>,
    areas: Areas,
    vehicles: HashMap<u64, Watched>,
    people: Option<People>,
    /// Of the newest frame: riders without a helmet by track, where heads are looked at.
    bare: HashMap<u64, (u32, f32)>,
    lanes: Lanes,
    tracks_moving: bool,
    in_view: Vec<TrackView>,
    times: StageTimes,
}

impl Pipeline {
    /// A pipeline that has seen nothing.
    pub fn new(camera: &CameraConfig, tracker: TrackerConfig, models: Models) -> Self {
        Self {
            camera: camera.id.clone(),
            lines: camera.lines.clone(),
            lines_configured: camera.lines.len(),
            zones: camera.zones.clone(),
            read_plates: camera.plates,
            plate_findings: camera.plate_findings,
            model_refs: model_refs(&models, camera.plates),
            people: models.faces.clone().filter(|_| camera.faces).map(People::new),
            models,
            gate: MotionGate::new(camera.motion),
            tracker: Tracker::new(tracker),
            watch: None,
            signals: signal_watch(&camera.id, &camera.signals, SharedFeeds::default()),
            signals_configured: camera.signals.clone(),
            signals_watched: camera.signals.clone(),
            feeds: SharedFeeds::default(),
            scene: SceneSlot::fixed(None),
            road: None,
            witness: Witness::default(),
            recorder: None,
            areas: Areas::new(&camera.lines, &camera.zones),
            vehicles: HashMap::new(),
            bare: HashMap::new(),
            lanes: Lanes::default(),
            tracks_moving: false,
            in_view: Vec::new(),
            times: StageTimes::default(),
        }
    }

    /// Lets the feeds of signal controllers replace what the lamps in the picture show.
    pub fn with_feeds(mut self, camera: &CameraConfig, feeds: SharedFeeds) -> Self {
        self.signals = signal_watch(&camera.id, &camera.signals, feeds.clone());
        self.feeds = feeds;
        self
    }

    /// Judges by the scene of this slot: looked at before each frame, so that one frame is judged by one scene.
    pub fn with_scene(mut self, slot: SceneSlot) -> Self {
        self.scene = slot;
        self
    }

    /// Lends the rules of the road what they need for evidence.
    pub fn with_witness(mut self, witness: Witness) -> Self {
        self.witness = witness;
        self
    }

    /// Leaves behind what central may ask about.
    pub fn with_recorder(mut self, recorder: Arc<Recorder>) -> Self {
        recorder.restarted();
        self.recorder = Some(recorder);
        self
    }

    /// Tells the gates' lanes what this camera sees.
    pub fn with_eyes(mut self, eyes: Vec<LaneEye>) -> Self {
        self.lanes = Lanes::new(eyes);
        self
    }

    /// How every signal is now.
    pub fn signals(&self) -> Vec<SignalHealth> {
        self.signals.as_ref().map(SignalWatch::health).unwrap_or_default()
    }

    /// What was counted and how long it took.
    pub fn times(&self) -> &StageTimes {
        &self.times
    }

    /// Tracks in the newest frame, doubtful ones included. In a still scene they stay as they were seen last.
    pub fn in_view(&self) -> &[TrackView] {
        &self.in_view
    }

    /// The best look at the face of a person in view; `None` also wherever faces are off.
    pub fn face(&self, track: u64) -> Option<&BestFace> {
        self.people.as_ref()?.best(track)
    }

    /// Takes one frame to its end and returns the events that became certain with it.
    ///
    /// # Errors
    /// When a model fails. The frame is lost and counted; tracks live on.
    pub fn frame(&mut self, frame: &Frame) -> Result<Vec<Draft>, VisionError> {
        self.times.begin();
        let now_s = frame.captured.stream_s;
        let mut drafts = match self.scene.change() {
            Some(scene) => self.use_scene(scene),
            None => Vec::new(),
        };
        // Lamps change in scenes that are still otherwise.
        if let Some(signals) = &mut self.signals {
            signals.frame(frame);
        }
        let motion = self.gate.update(now_s, &frame.picture, self.tracks_moving);
        self.times.end(Stage::Rest);
        let mut riders = Vec::new();
        let changes = if motion.infer() {
            let found = self.models.detector.detect(&frame.picture);
            let found = self.times.end_detection(found)?;
            let changes = self.tracker.update(now_s, &found.objects);
            self.in_view.clear();
            self.in_view.extend(changes.changes.iter().map(|c| c.track).filter(|t| t.detection.is_some()));
            riders = found.riders;
            self.times.end(Stage::Track);
            changes
        } else {
            self.times.counts.gated += 1;
            let changes = self.tracker.still(now_s);
            self.times.end(Stage::Track);
            changes
        };
        self.tracks_moving = changes.seen().any(moves);
        self.look_at_heads(frame, &changes, &riders);
        let signals = self.shown();
        drafts.extend(self.conclude(frame, &changes, &signals, &riders));
        if let Some(recorder) = &self.recorder {
            let looks = self.looks(&changes, &riders, true);
            recorder.note(frame, changes, signals, looks);
        }
        self.times.end_frame();
        Ok(drafts)
    }

    /// The stream is over: what was waiting for a better look is written down as it stands.
    pub fn finish(&mut self) -> Vec<Draft> {
        self.tracker.finish();
        let mut drafts = self.leave_scene();
        let mut waiting: Vec<_> = self.vehicles.drain().collect();
        waiting.sort_by_key(|(id, _)| *id);
        waiting.iter().for_each(|(id, _)| self.lanes.ended(*id));
        for (id, mut watched) in waiting {
            drafts.extend(self.settle(id, &mut watched));
        }
        let told = self.areas.finish();
        drafts.extend(told.into_iter().map(|told| self.told(told, None)));
        drafts
    }

    /// Another scene from this frame on. Signals that stay as they were drawn go on without a break.
    fn use_scene(&mut self, scene: Option<SceneInUse>) -> Vec<Draft> {
        let drafts = self.leave_scene();
        let drawn = scene.as_ref().map(|in_use| &*in_use.scene);
        let signals = scene_link::signals(&self.signals_configured, drawn);
        if signals != self.signals_watched {
            self.signals = signal_watch(&self.camera, &signals, self.feeds.clone());
            self.signals_watched = signals;
        }
        self.use_lines(drawn);
        let witness = &self.witness;
        let mut models = self.model_refs.clone();
        models.extend(self.models.helmets.as_ref().map(|helmets| model_ref(helmets.model())));
        let without = &self.model_refs;
        self.road = scene.and_then(|scene| {
            let helmets = scene.scene.rules.iter().any(|rule| rule.on && rule.kind == Kind::NoHelmet);
            Road::new(&self.camera, scene, if helmets { &models } else { without }, witness.clone())
        });
        if let (None, Some(ring)) = (&self.road, &witness.ring) {
            ring.switch(false);
        }
        drafts
    }

    /// Central measures between two cameras: both tell it of every vehicle over their line.
    fn use_lines(&mut self, scene: Option<&Scene>) {
        let (configured, old) = self.lines.split_at(self.lines_configured);
        let free = |line: &LineRule| configured.iter().all(|other| other.id != line.id);
        let new: Vec<LineRule> = scene.map(road::section_lines).unwrap_or_default();
        let new: Vec<LineRule> = new.into_iter().filter(free).collect();
        if new != old {
            self.lines.truncate(self.lines_configured);
            self.lines.extend(new);
            self.watch = None;
        }
    }

    /// No frame came for `silent_s` seconds: what waits for a camera that is gone goes with what there is.
    pub fn idle(&mut self, silent_s: f64) -> Vec<Draft> {
        let vehicles = &self.vehicles;
        let facts = |track| vehicles.get(&track).map(|watched| watched.facts(track));
        self.road.as_mut().map(|road| road.idle(silent_s, facts)).unwrap_or_default()
    }

    /// What the scene in use still waits with is told as it stands.
    fn leave_scene(&mut self) -> Vec<Draft> {
        let vehicles = &self.vehicles;
        let facts = |track| vehicles.get(&track).map(|watched| watched.facts(track));
        self.road.take().map(|road| road.finish(facts)).unwrap_or_default()
    }

    /// What every signal shows now; asked only where somebody wants to know.
    fn shown(&self) -> Signals {
        let wanted = self.road.is_some() || self.recorder.is_some();
        let signals = self.signals.as_ref().filter(|_| wanted).map(SignalWatch::health).unwrap_or_default();
        Signals(signals.into_iter().map(|signal| signal.reading).collect())
    }

    /// The rules of the scene look at this frame.
    fn judge(
        &mut self,
        frame: &Frame,
        changes: &TrackChanges,
        signals: &Signals,
        riders: &[Rider],
    ) -> Vec<Draft> {
        let wants_plates = self.road.as_ref().is_some_and(Road::wants_plates);
        let mut looks = self.looks(changes, riders, wants_plates);
        let Some(road) = &mut self.road else { return Vec::new() };
        let priority = |id: u64| self.vehicles.get(&id).is_some_and(Watched::plate_of_priority);
        looks.priority = changes.seen().map(|track| track.id).filter(|id| priority(*id)).collect();
        let vehicles = &self.vehicles;
        let facts = |track| vehicles.get(&track).map(|watched| watched.facts(track));
        let drafts = road.frame(frame, changes, signals, &looks, facts);
        self.times.end(Stage::Rest);
        drafts
    }

    /// What is seen of vehicles besides their boxes.
    fn looks(&self, changes: &TrackChanges, riders: &[Rider], plates: bool) -> Looks {
        let mut looks = Looks { riders: road::riders(changes, riders, &self.bare), ..Looks::default() };
        if plates {
            let finding = |id: u64| self.vehicles.get(&id).and_then(Watched::finding);
            let look = |id: u64| finding(id).map(|f| (id, PlateLook { kind: f.kind, score: f.score }));
            looks.plates = changes.seen().filter_map(|track| look(track.id)).collect();
        }
        looks
    }

    /// Heads are looked at only where a rule asks for it. A look that fails is counted, and costs nothing else.
    fn look_at_heads(&mut self, frame: &Frame, changes: &TrackChanges, riders: &[Rider]) {
        self.bare.clear();
        let Some(model) = self.models.helmets.as_ref().filter(|_| self.watches_helmets()) else { return };
        let looked = helmets::look(&**model, &frame.picture, changes, riders);
        self.times.end(Stage::Rest);
        match looked {
            Ok(bare) => self.bare = bare,
            Err(error) => {
                self.times.counts.failed += 1;
                tracing::error!(camera = %self.camera, %error, "helmets could not be looked at");
            }
        }
    }

    fn watches_helmets(&self) -> bool {
        self.road.as_ref().is_some_and(Road::wants_helmets)
    }

    /// Rules of the scene that are switched on and that cannot be watched with what this camera has.
    pub fn unwatched(&self) -> Vec<Name> {
        let helmets = self.models.helmets.is_some();
        self.road.as_ref().map(|road| road.unwatched(helmets, self.read_plates)).unwrap_or_default()
    }

    /// What happened with each rule of the scene.
    pub fn rules(&self) -> Vec<RuleCounts> {
        self.road.as_ref().map(Road::counts).unwrap_or_default()
    }

    fn conclude(
        &mut self,
        frame: &Frame,
        changes: &TrackChanges,
        signals: &Signals,
        riders: &[Rider],
    ) -> Vec<Draft> {
        let (crossings, entries) = self.watch((frame.picture.width, frame.picture.height), changes);
        self.times.end(Stage::Rest);
        let mut drafts = Vec::new();
        if self.read_plates {
            self.look_at_plates(frame, changes);
        }
        self.tell_lanes(frame, changes);
        self.look_at_faces(frame, changes);
        for crossing in crossings {
            let track =
                changes.changes.iter().map(|change| change.track).find(|track| track.id == crossing.track);
            let Some(track) = track else { continue };
            drafts.extend(self.crossed(frame, &crossing, &track));
            let fence = self.areas.crossed(frame, &crossing, &track);
            drafts.extend(fence.map(|told| self.told(told, Some(frame))));
        }
        drafts.extend(self.look_at_areas(frame, &entries));
        for entry in entries {
            let track =
                changes.changes.iter().map(|change| change.track).find(|track| track.id == entry.track);
            drafts.extend(track.and_then(|track| self.entered(frame, &entry, &track)));
        }
        for track in changes.seen() {
            if let Some(watched) = self.vehicles.get_mut(&track.id) {
                watched.seen(track, frame.captured);
            }
        }
        drafts.extend(self.judge(frame, changes, signals, riders));
        drafts.extend(self.settle_due(frame.captured, changes));
        changes.of_kind(ChangeKind::Ended).for_each(|track| self.lanes.ended(track.id));
        self.lanes.take_pictures(frame);
        self.times.end(Stage::Rest);
        drafts
    }

    /// Before anything else is concluded: somebody waits at the barrier.
    fn tell_lanes(&mut self, frame: &Frame, changes: &TrackChanges) {
        if self.lanes.is_empty() {
            return;
        }
        for track in changes.seen().filter(|track| track.confirmed && track.class.is_vehicle()) {
            let reading = self.vehicles.get(&track.id).and_then(Watched::reading);
            self.lanes.see(frame, track, reading.as_ref());
        }
    }

    /// One plate per frame at most: the vehicle whose next look promises most.
    /// A look that fails is counted, and costs no crossing.
    fn look_at_plates(&mut self, frame: &Frame, changes: &TrackChanges) {
        let now_s = frame.captured.stream_s;
        let findings = self.plate_findings;
        let mut best: Option<(f32, TrackView)> = None;
        for track in changes.seen().filter(|track| track.class.is_vehicle()) {
            let watched = self
                .vehicles
                .entry(track.id)
                .or_insert_with(|| Watched::new(track, frame.captured, findings));
            let promise = watched.promise(track, now_s);
            if promise > best.map_or(0.0, |(promise, _)| promise) {
                best = Some((promise, *track));
            }
        }
        let Some((_, track)) = best else { return };
        let outcome = self.models.plates.read(&frame.picture, &track.bbox, track.class);
        self.times.end(Stage::Plate);
        self.times.counts.looks += 1;
        match outcome {
            Ok(outcome) => {
                if let Some(watched) = self.vehicles.get_mut(&track.id) {
                    watched.look(frame, &track, outcome);
                }
            }
            Err(error) => {
                self.times.counts.failed += 1;
                tracing::error!(camera = %self.camera, track = track.id, %error, "a plate could not be looked at");
            }
        }
        self.times.end(Stage::Rest);
    }

    fn look_at_areas(&mut self, frame: &Frame, entries: &[ZoneEvent]) -> Vec<Draft> {
        let Some(watch) = &self.watch else { return Vec::new() };
        let look = Look { frame, entries, tracks: &self.in_view, zones: &watch.zones };
        let told = self.areas.frame(&look);
        told.into_iter().map(|told| self.told(told, Some(frame))).collect()
    }

    /// A picture that cannot be made does not take the facts with it.
    fn told(&mut self, told: Told, frame: Option<&Frame>) -> Draft {
        let picture = frame.filter(|_| told.picture).map(|frame| evidence::overview(&frame.picture));
        let pictures = picture.into_iter().filter_map(|made| {
            made.inspect_err(|error| {
                self.times.counts.failed += 1;
                tracing::error!(camera = %self.camera, %error, "an incident goes without its picture");
            })
            .ok()
        });
        let pictures = pictures.collect();
        self.draft(Uuid::now_v7(), told.captured, told.payload, pictures, &self.model_refs[..1])
    }

    /// A look that fails is counted, and costs nothing else.
    fn look_at_faces(&mut self, frame: &Frame, changes: &TrackChanges) {
        let Some(people) = &mut self.people else { return };
        let looked = people.update(frame, changes);
        self.times.end(Stage::Face);
        if let Err((track, error)) = looked {
            self.times.counts.failed += 1;
            tracing::error!(camera = %self.camera, track, %error, "a face could not be looked at");
        }
    }

    /// Lines and zones are kept in pixels: made at the first frame, and anew when the camera changes its resolution.
    fn watch(&mut self, size: (u32, u32), changes: &TrackChanges) -> (Vec<Crossing>, Vec<ZoneEvent>) {
        if self.watch.as_ref().is_none_or(|watch| watch.size != size) {
            let lines = LineCounter::new(self.lines.iter().map(LineRule::line).collect(), size.0, size.1);
            let zones = ZoneWatch::new(self.zones.iter().map(ZoneRule::zone).collect(), size.0, size.1);
            match lines.and_then(|lines| Ok(Watch { size, lines, zones: zones? })) {
                Ok(watch) => self.watch = Some(watch),
                // The configuration was checked, so only a picture without pixels gets here.
                Err(error) => {
                    tracing::error!(camera = %self.camera, %error, "lines and zones cannot be used")
                }
            }
        }
        self.watch
            .as_mut()
            .map(|watch| (watch.lines.update(changes), watch.zones.update(changes)))
            .unwrap_or_default()
    }

    fn crossed(&mut self, frame: &Frame, crossing: &Crossing, track: &TrackView) -> Option<Draft> {
        let rule = self.lines.iter().find(|rule| rule.id.as_str() == crossing.line)?;
        let (rule, direction) = (rule.id.clone(), direction(rule.words, crossing.direction));
        self.passed(frame, track, rule, direction, crossing.time_s)
    }

    /// Coming into a zone is *in*, leaving it is *out*.
    fn entered(&mut self, frame: &Frame, entry: &ZoneEvent, track: &TrackView) -> Option<Draft> {
        let rule = self.zones.iter().find(|rule| rule.id.as_str() == entry.zone)?;
        // What is counted minute by minute or watched is told of in that way: as in and out it would count beside the gates.
        if rule.count || rule.watch.is_some() {
            return None;
        }
        let rule = rule.id.clone();
        let direction = match entry.change {
            ZoneChange::Entered => Direction::In,
            ZoneChange::Left | ZoneChange::Vanished => Direction::Out,
            ZoneChange::Dwelled => return None,
        };
        self.passed(frame, track, rule, direction, entry.time_s)
    }

    /// A person is an event at once, a vehicle waits for its best look.
    fn passed(
        &mut self,
        frame: &Frame,
        track: &TrackView,
        rule: Name,
        direction: Direction,
        stream_s: f64,
    ) -> Option<Draft> {
        let captured = earlier(frame.captured, stream_s);
        if track.class.is_vehicle() {
            let findings = self.plate_findings;
            let watched = self
                .vehicles
                .entry(track.id)
                .or_insert_with(|| Watched::new(track, frame.captured, findings));
            let id = Uuid::now_v7();
            watched.passed(frame, track, Passing { rule: rule.clone(), direction, captured, id });
            let reading = watched.reading();
            self.lanes.crossed(frame, track, reading.as_ref(), &rule, direction, id);
            return None;
        }
        self.lanes.person_crossed(track.id, &rule, direction);
        let class = class_word(track.class).to_owned();
        let payload = Payload::Crossing(payload::Crossing { line: rule, direction, class, track: track.id });
        // The detector alone took part, and a person is counted without a picture.
        Some(self.draft(Uuid::now_v7(), captured, payload, Vec::new(), &self.model_refs[..1]))
    }

    fn settle_due(&mut self, captured: CaptureTime, changes: &TrackChanges) -> Vec<Draft> {
        let mut done: Vec<u64> = changes.of_kind(ChangeKind::Ended).map(|track| track.id).collect();
        let due = |watched: &Watched| watched.due(captured.stream_s, SETTLE_S);
        let mut due: Vec<u64> =
            self.vehicles.iter().filter(|(_, watched)| due(watched)).map(|(id, _)| *id).collect();
        due.extend(&done);
        due.sort_unstable();
        due.dedup();
        let mut drafts = Vec::new();
        for id in due {
            if let Some(mut watched) = self.vehicles.remove(&id) {
                drafts.extend(self.settle(id, &mut watched));
                self.vehicles.insert(id, watched);
            }
        }
        for id in done.drain(..) {
            self.vehicles.remove(&id);
        }
        drafts
    }

    /// The events of everything this vehicle passed and that is not written down yet.
    fn settle(&mut self, id: u64, watched: &mut Watched) -> Vec<Draft> {
        let passings = watched.take_passings();
        let mut drafts = Vec::with_capacity(passings.len());
        for passing in passings {
            let (mut payload, pictures) = watched.event(id, &passing);
            if let Payload::Vehicle(vehicle) = &mut payload {
                vehicle.signal =
                    self.signals.as_ref().and_then(|signals| signals.at(&passing.rule, passing.captured));
            }
            let pictures = pictures.unwrap_or_else(|error| {
                self.times.counts.failed += 1;
                tracing::error!(camera = %self.camera, track = id, %error, "an event goes without its pictures");
                Vec::new()
            });
            let models = self.model_refs.clone();
            drafts.push(self.draft(passing.id, passing.captured, payload, pictures, &models));
        }
        self.times.end(Stage::Evidence);
        drafts
    }

    fn draft(
        &self,
        id: Uuid,
        captured: CaptureTime,
        payload: Payload,
        pictures: Vec<crate::outbox::Picture>,
        models: &[ModelRef],
    ) -> Draft {
        Draft {
            id,
            phase: Phase::Settled,
            camera: self.camera.clone(),
            captured: Captured {
                at: captured.at,
                uncertainty_ms: captured.uncertainty_ms,
                source: captured.source,
            },
            payload,
            pictures,
            models: models.to_vec(),
        }
    }
}

/// None where there is nothing to watch. The weights are part of the program, so that they fail is a fault of the build.
fn signal_watch(camera: &Name, signals: &[SignalConfig], feeds: SharedFeeds) -> Option<SignalWatch> {
    let watch = (!signals.is_empty()).then(|| SignalWatch::new(signals, feeds))?;
    watch.inspect_err(|error| tracing::error!(%camera, %error, "signals are not watched")).ok()
}

fn moves(track: &TrackView) -> bool {
    let speed = track.velocity.x.hypot(track.velocity.y);
    speed > MOVING * track.bbox.h
}

/// The moment of a crossing, which lies between two frames.
fn earlier(captured: CaptureTime, stream_s: f64) -> CaptureTime {
    let ago = SignedDuration::try_from_secs_f64((captured.stream_s - stream_s).max(0.0)).unwrap_or_default();
    CaptureTime { at: captured.at.checked_sub(ago).unwrap_or(captured.at), stream_s, ..captured }
}

fn direction(words: Words, direction: rules::Direction) -> Direction {
    match (words, direction) {
        (Words::Gate, rules::Direction::In) => Direction::In,
        (Words::Gate, rules::Direction::Out) => Direction::Out,
        (Words::Road, rules::Direction::In) => Direction::Forward,
        (Words::Road, rules::Direction::Out) => Direction::Backward,
    }
}

/// The word of a class in events.
pub fn class_word(class: ObjectClass) -> &'static str {
    match class {
        ObjectClass::Person => "person",
        ObjectClass::Bicycle => "bicycle",
        ObjectClass::Car => "car",
        ObjectClass::Motorcycle => "motorcycle",
        ObjectClass::Bus => "bus",
        ObjectClass::Truck => "truck",
    }
}

/// The detector first, then what reads plates.
fn model_refs(models: &Models, read_plates: bool) -> Vec<ModelRef> {
    let (id, sha256) = models.detector.model();
    let mut all = vec![(id.to_owned(), sha256.to_owned())];
    if read_plates {
        all.extend(models.plates.models());
    }
    all.iter().map(|(id, sha256)| model_ref((id, sha256))).collect()
}

fn model_ref((id, sha256): (&str, &str)) -> ModelRef {
    ModelRef { id: id.to_owned(), sha256: Digest::from_hex(sha256).unwrap_or(Digest::ZERO) }
}
