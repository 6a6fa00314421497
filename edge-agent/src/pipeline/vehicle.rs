//! What is known about one vehicle while its track lives: looks at its plate, pictures, lines it passed.

use uuid::Uuid;
use wire::payload::{Direction, NoReading, PlateFinding, PlateReading, TrackRef, Vehicle};
use wire::plate::{PlateClass, VehicleGroup};
use wire::{EvidenceRole, Name, Payload};

use super::class_word;
use super::evidence::{overview, part};
use super::shots::{Shot, Shots, copy};
use crate::detection::ObjectClass;
use crate::frame::{CaptureTime, Frame};
use crate::geometry::BBox;
use crate::outbox::Picture;
use crate::track::TrackView;
use crate::vision::{FindingConfig, FindingWatch, PlateOutcome, PlateVote, View, VisionError};

/// Looks at one vehicle, at most.
const MOST_LOOKS: usize = 24;
/// Agreeing valid reads after which further looks are rare.
const ENOUGH_VOTES: u32 = 5;
/// Least time between two looks at the same vehicle, seconds.
const LOOK_EVERY_S: f64 = 0.12;
/// The same when the plate is already known well, or was sought several times in vain.
const LOOK_RARELY_S: f64 = 0.6;
/// A vehicle narrower than this share of the picture's width is too far to read.
const LEAST_WIDTH_PX: f32 = 60.0;

/// A line passed, not yet written down.
#[derive(Debug, Clone)]
pub(super) struct Passing {
    pub id: Uuid,
    pub rule: Name,
    pub direction: Direction,
    pub captured: CaptureTime,
}

/// What is known of a vehicle at one moment, for whoever tells of it.
#[derive(Debug, Clone)]
pub struct VehicleFacts {
    /// Mean detector score of its class, `0..=1`.
    pub(super) class_score: f32,
    /// What the looks at its plate come to; the box counts in the frame of `shot`.
    pub(super) reading: Option<PlateReading>,
    /// Why there is no reading.
    pub(super) no_reading: Option<NoReading>,
    /// What is wrong with the plate itself.
    pub(super) finding: Option<PlateFinding>,
    /// Its track.
    pub(super) track: TrackRef,
    /// The look whose reading won. Pixels are shared.
    pub(super) shot: Option<Shot>,
}

/// One vehicle.
pub(super) struct Watched {
    class: ObjectClass,
    class_score: f32,
    frames: u32,
    first: CaptureTime,
    last: CaptureTime,
    first_height: f32,
    vote: PlateVote,
    findings: FindingWatch,
    shots: Shots,
    looks: u64,
    last_look_s: f64,
    passings: Vec<Passing>,
}

impl Watched {
    pub(super) fn new(track: &TrackView, captured: CaptureTime, findings: FindingConfig) -> Self {
        Self {
            class: track.class,
            class_score: track.class_score,
            frames: track.frames,
            first: captured,
            last: captured,
            first_height: track.bbox.h,
            vote: PlateVote::new(group(track.class)),
            findings: FindingWatch::new(findings),
            shots: Shots::default(),
            looks: 0,
            last_look_s: f64::NEG_INFINITY,
            passings: Vec::new(),
        }
    }

    /// The track was seen again.
    pub(super) fn seen(&mut self, track: &TrackView, captured: CaptureTime) {
        self.class = track.class;
        self.vote.carried_by(group(track.class));
        self.class_score = track.class_score;
        self.frames = track.frames;
        self.last = captured;
    }

    /// What the looks at its plate come to so far.
    pub(super) fn reading(&self) -> Option<PlateReading> {
        self.vote.result().map(|vote| vote.reading)
    }

    /// Everything known by now.
    pub(super) fn facts(&self, track: u64) -> VehicleFacts {
        let vote = self.vote.result();
        let shot = self.shots.choose(vote.as_ref().map(|vote| vote.best_shot)).cloned();
        let plate = shot.as_ref().and_then(|shot| shot.plate).unwrap_or_default().rounded();
        VehicleFacts {
            class_score: self.class_score,
            no_reading: if vote.is_some() { None } else { Some(self.no_reading()) },
            reading: vote.map(|vote| PlateReading { bbox: plate, ..vote.reading }),
            finding: self.findings.finding(),
            track: TrackRef { id: track, frames: self.frames, first: self.first.at, last: self.last.at },
            shot,
        }
    }

    /// What is wrong with its plate, as far as the looks say.
    pub(super) fn finding(&self) -> Option<PlateFinding> {
        self.findings.finding()
    }

    /// Whether its plate is of a kind that priority vehicles carry: a blue one of the State (police, fire engines, most ambulances) or a
    /// red one of the army. Most of their bearers are on no mission, so that this is never more than a doubt.
    pub(super) fn plate_of_priority(&self) -> bool {
        let class =
            |reading: &PlateReading, class: PlateClass| reading.class.as_deref() == Some(class.as_str());
        let priority = |r: &PlateReading| class(r, PlateClass::State) || class(r, PlateClass::Military);
        self.vote.reads() > 0 && self.reading().is_some_and(|reading| priority(&reading))
    }

    /// How much a look at this moment promises; zero when none should be made.
    pub(super) fn promise(&self, track: &TrackView, now_s: f64) -> f32 {
        if self.vote.looks() >= MOST_LOOKS || track.bbox.w < LEAST_WIDTH_PX {
            return 0.0;
        }
        let known =
            self.vote.result().is_some_and(|vote| vote.reading.valid && vote.reading.votes >= ENOUGH_VOTES);
        let in_vain = self.vote.reads() == 0 && self.vote.looks() >= 6;
        let pause = if known || in_vain { LOOK_RARELY_S } else { LOOK_EVERY_S };
        let waited = now_s - self.last_look_s;
        if waited < pause {
            return 0.0;
        }
        // Nearer is larger is clearer; whoever waits longest comes next.
        track.bbox.w * (waited as f32).min(5.0)
    }

    /// Takes the outcome of a look at this frame.
    pub(super) fn look(&mut self, frame: &Frame, track: &TrackView, outcome: PlateOutcome) {
        let number = self.looks;
        self.looks += 1;
        self.last_look_s = frame.captured.stream_s;
        let (worth, plate) = match &outcome {
            PlateOutcome::Read(read) => {
                (1.0 + read.score + f32::from(u8::from(read.reading.valid)), Some(read.bbox))
            }
            PlateOutcome::Seen(seen) => (seen.score * track.bbox.area() / frame_area(frame), Some(seen.bbox)),
            PlateOutcome::Nothing(_) => (track.bbox.area() / frame_area(frame), None),
        };
        self.findings.look(&self.view(frame, track), &outcome);
        self.vote.push(number, outcome);
        let winner = self.vote.result().map(|vote| vote.best_shot);
        if winner == Some(number) || self.shots.wants(worth) {
            self.shots.add(shot(number, worth, frame, track.bbox, plate), winner);
        }
    }

    /// The vehicle passed a line in this frame.
    pub(super) fn passed(&mut self, frame: &Frame, track: &TrackView, passing: Passing) {
        self.seen(track, frame.captured);
        if self.shots.choose(None).is_none() {
            // Nobody looked at its plate (or none is read here): the picture of the passing itself is the evidence.
            self.shots.add(shot(u64::MAX, 0.0, frame, track.bbox, None), None);
        }
        self.passings.push(passing);
    }

    /// Whether something waits to be written down for longer than `settle_s`.
    pub(super) fn due(&self, now_s: f64, settle_s: f64) -> bool {
        self.passings.first().is_some_and(|passing| now_s - passing.captured.stream_s >= settle_s)
    }

    pub(super) fn take_passings(&mut self) -> Vec<Passing> {
        std::mem::take(&mut self.passings)
    }

    /// The facts of one passing as they are known now, and its pictures. A picture that cannot be made does not take the
    /// facts with it.
    pub(super) fn event(
        &self,
        track: u64,
        passing: &Passing,
    ) -> (Payload, Result<Vec<Picture>, VisionError>) {
        let vote = self.vote.result();
        let shot = self.shots.choose(vote.as_ref().map(|vote| vote.best_shot));
        let no_reading = if vote.is_some() { None } else { Some(self.no_reading()) };
        let plate = shot.and_then(|shot| shot.plate).unwrap_or_default().rounded();
        let payload = Payload::Vehicle(Vehicle {
            rule: passing.rule.clone(),
            direction: passing.direction,
            class: class_word(self.class).to_owned(),
            class_score: self.class_score,
            bbox: shot.map(|shot| shot.vehicle).unwrap_or_default().rounded(),
            picture: shot.map_or([0, 0], |shot| [shot.picture.width, shot.picture.height]),
            reading: vote.map(|vote| PlateReading { bbox: plate, ..vote.reading }),
            no_reading,
            plate_finding: self.findings.finding(),
            track: TrackRef { id: track, frames: self.frames, first: self.first.at, last: self.last.at },
            signal: None,
        });
        (payload, shot.map_or_else(|| Ok(Vec::new()), pictures))
    }

    fn view(&self, frame: &Frame, track: &TrackView) -> View {
        View {
            at_s: frame.captured.stream_s,
            vehicle: track.bbox,
            class: track.class,
            picture: (frame.picture.width, frame.picture.height),
            growth: track.bbox.h / self.first_height.max(1.0),
        }
    }

    fn no_reading(&self) -> NoReading {
        self.vote.no_reading().unwrap_or(NoReading::Unreadable)
    }
}

fn group(class: ObjectClass) -> Option<VehicleGroup> {
    match class {
        ObjectClass::Motorcycle => Some(VehicleGroup::Motorcycle),
        ObjectClass::Car | ObjectClass::Bus | ObjectClass::Truck => Some(VehicleGroup::Car),
        ObjectClass::Person | ObjectClass::Bicycle => None,
    }
}

fn shot(number: u64, worth: f32, frame: &Frame, vehicle: BBox, plate: Option<BBox>) -> Shot {
    let vehicle = vehicle.clip(frame.picture.width, frame.picture.height);
    Shot { number, frame: frame.index, worth, picture: copy(frame), vehicle, plate }
}

fn frame_area(frame: &Frame) -> f32 {
    (frame.picture.width * frame.picture.height) as f32
}

/// The overview, and the plate cut out of it, as files.
fn pictures(shot: &Shot) -> Result<Vec<Picture>, VisionError> {
    let (width, height) = (shot.picture.width, shot.picture.height);
    let mut pictures = vec![overview(&shot.picture)?];
    if let Some(plate) = shot.plate {
        // A margin, so that a person sees where on the vehicle it is.
        let margin = plate.h * 0.4;
        let area = BBox {
            x: plate.x - margin,
            y: plate.y - margin,
            w: plate.w + 2.0 * margin,
            h: plate.h + 2.0 * margin,
        }
        .clip(width, height);
        pictures.push(part(&shot.picture, EvidenceRole::Plate, &area)?);
    }
    Ok(pictures)
}
