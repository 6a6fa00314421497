//! One finding's event: pictures, clip, overlay, timeline, facts, and what is missing of them.

use std::sync::Arc;

use uuid::Uuid;
use wire::payload::{PlateReading, TrackRef};
use wire::violation::{ClipSpan, ClockAt, Moment, Violation, missing};
use wire::{Captured, Digest, EvidenceRole, Name, Payload, Phase};

use super::super::evidence::{overview, part};
use super::super::vehicle::VehicleFacts;
use super::DeskSetup;
use super::notes::{Note, overlay, timeline};
use crate::frame::{CaptureTime, I420};
use crate::geometry::BBox;
use crate::outbox::{Draft, Picture};
use crate::rules::violation::{Finding, FoundMoment};

/// A frame with its pixels.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub frame: u64,
    pub captured: CaptureTime,
    pub picture: I420,
}

/// All that an event is made of.
pub(super) struct Job {
    pub setup: Arc<DeskSetup>,
    pub finding: Finding,
    pub shown: Vec<Option<Shown>>,
    pub facts: Option<VehicleFacts>,
    pub notes: Vec<Arc<Note>>,
    pub clock: ClockAt,
}

impl Job {
    /// Makes the event. A picture that cannot be made is missing, and takes nothing else with it.
    pub(super) fn run(self) -> Draft {
        let act = self.finding.act().cloned();
        let mut files = Files::default();
        let moments = self.moments(&mut files);
        let act_shown = act.as_ref().and_then(|act| self.shown_at(act));
        let picture = act_shown
            .map(|shown| &shown.picture)
            .or_else(|| self.shown.iter().flatten().map(|shown| &shown.picture).next())
            .map_or([1, 1], |picture| [picture.width, picture.height]);
        if let Some(shown) = act_shown {
            files.same_or(shown, EvidenceRole::Overview, |shown| overview(&shown.picture));
        }
        self.vehicle(&mut files, act.as_ref(), act_shown);
        let span = self.span();
        files.overlay(&self, span, picture);
        let captured = self.captured(act.as_ref());
        let mut violation = self.violation(moments, act.as_ref(), picture, None);
        let evidence = files.references();
        let sign =
            self.rule().is_some_and(|rule| rule.sign_decision.as_ref().is_some_and(|s| !s.trim().is_empty()));
        violation.missing = missing(&violation, &evidence, captured.source, self.setup.models.len(), sign)
            .into_iter()
            .map(|need| need.as_str().to_owned())
            .collect();
        Draft {
            id: Uuid::now_v7(),
            phase: Phase::Settled,
            camera: self.setup.camera.clone(),
            captured,
            payload: Payload::Violation(Box::new(violation)),
            pictures: files.files,
            models: self.setup.models.clone(),
        }
    }

    fn rule(&self) -> Option<&wire::scene::SceneRule> {
        self.setup.scene.rules.iter().find(|rule| rule.id == self.finding.rule)
    }

    fn shown_at(&self, moment: &FoundMoment) -> Option<&Shown> {
        let index = self.finding.moments.iter().position(|one| one == moment)?;
        self.shown.get(index)?.as_ref()
    }

    /// The moments, each with the picture that shows it.
    fn moments(&self, files: &mut Files) -> Vec<Moment> {
        let moment = |(index, found): (usize, &FoundMoment)| Moment {
            what: found.what.clone(),
            at: found.at,
            stream_s: found.stream_s,
            frame: Some(found.frame),
            bbox: found.bbox.rounded(),
            signal: found.signal.clone(),
            evidence: self.shown.get(index).and_then(Option::as_ref).and_then(|shown| files.act(shown)),
        };
        self.finding.moments.iter().enumerate().map(moment).collect()
    }

    /// Vehicle and plate, cut out of the look whose reading won.
    fn vehicle(&self, files: &mut Files, act: Option<&FoundMoment>, act_shown: Option<&Shown>) {
        let shot = self.facts.as_ref().and_then(|facts| facts.shot.as_ref());
        let (picture, vehicle, plate) = match (shot, act, act_shown) {
            (Some(shot), ..) => (&shot.picture, shot.vehicle, shot.plate),
            (None, Some(act), Some(shown)) => (&shown.picture, act.bbox, None),
            _ => return,
        };
        files.cut(picture, EvidenceRole::Vehicle, &vehicle, 0.1);
        if let Some(plate) = plate {
            // A margin, so that a person sees where on the vehicle it is.
            files.cut(picture, EvidenceRole::Plate, &plate, 0.4);
        }
    }

    /// First and last stream second of what the overlay covers.
    fn span(&self) -> [f64; 2] {
        let first = self.notes.first().map_or(0.0, |note| note.captured.stream_s);
        let last = self.notes.last().map_or(0.0, |note| note.captured.stream_s);
        [first, last]
    }

    /// The signals that govern what happened: those of its moments, else those of the lines that the rule is about.
    fn governing(&self) -> Vec<Name> {
        let mut names: Vec<Name> = self
            .finding
            .moments
            .iter()
            .filter_map(|moment| Some(moment.signal.as_ref()?.signal.clone()))
            .collect();
        if names.is_empty()
            && let Some(rule) = self.rule()
        {
            let lines = self.setup.scene.lines.iter().filter(|line| rule.about.contains(&line.id));
            names.extend(lines.flat_map(|line| line.governed.iter().map(|governed| governed.signal.clone())));
        }
        names.sort();
        names.dedup();
        names
    }

    /// When the act happened: the moment's time, as sure as the frames around it are.
    fn captured(&self, act: Option<&FoundMoment>) -> Captured {
        let near = |stream_s: f64| {
            let off = |note: &&Arc<Note>| (note.captured.stream_s - stream_s).abs();
            self.notes.iter().min_by(|a, b| off(a).total_cmp(&off(b))).map(|note| note.captured)
        };
        let known = act.and_then(|act| near(act.stream_s));
        let shown = || self.shown.iter().flatten().map(|shown| shown.captured).next_back();
        let known = known.or_else(shown);
        Captured {
            at: act.map(|act| act.at).or(known.map(|known| known.at)).unwrap_or_default(),
            uncertainty_ms: known.map_or(u32::MAX, |known| known.uncertainty_ms),
            source: known.map_or(wire::TimeSource::Arrival, |known| known.source),
        }
    }

    fn violation(
        &self,
        moments: Vec<Moment>,
        act: Option<&FoundMoment>,
        picture: [u32; 2],
        clip: Option<ClipSpan>,
    ) -> Violation {
        let (finding, facts) = (&self.finding, self.facts.as_ref());
        let times = |pick: fn(&TrackRef) -> jiff::Timestamp| {
            facts.map(|facts| pick(&facts.track)).or(act.map(|act| act.at)).unwrap_or_default()
        };
        let same_frame = facts
            .and_then(|facts| facts.shot.as_ref())
            .zip(act)
            .is_some_and(|(shot, act)| shot.frame == act.frame);
        let reading = facts.and_then(|facts| facts.reading.clone()).map(|reading| PlateReading {
            // The plate's box counts in the overview; when the reading won in another frame, it is in none.
            bbox: if same_frame { reading.bbox } else { [0; 4] },
            ..reading
        });
        let no_reading = match (&reading, facts) {
            (Some(_), _) => None,
            (None, Some(facts)) => facts.no_reading,
            (None, None) => Some(wire::payload::NoReading::NoPlateFound),
        };
        Violation {
            violation: finding.kind.as_str().to_owned(),
            rule: finding.rule.clone(),
            scene: self.setup.reference.clone(),
            place: self.setup.scene.place.clone(),
            lane: finding.lane.clone(),
            class: finding.class.as_str().to_owned(),
            class_score: facts.map_or(0.0, |facts| facts.class_score),
            bbox: act.map(|act| act.bbox.rounded()).unwrap_or_default(),
            picture,
            score: finding.score.clamp(0.0, 1.0),
            moments,
            timeline: timeline(&self.notes, &self.governing()),
            reading,
            no_reading,
            plate_finding: facts.and_then(|facts| facts.finding.clone()),
            track: TrackRef {
                id: finding.track,
                frames: facts.map_or(0, |facts| facts.track.frames),
                first: times(|track| track.first),
                last: times(|track| track.last),
            },
            measured: finding.measured.clone(),
            doubts: finding.doubts.clone(),
            clock: self.clock,
            ground: self.setup.ground.clone().filter(|_| finding.measured.is_some()),
            clip,
            missing: Vec::new(),
            made_by: concat!("edge-agent ", env!("CARGO_PKG_VERSION")).to_owned(),
            source: "own".to_owned(),
        }
    }

    /// What the rule is about, as it was drawn.
    fn drawn(&self) -> Vec<(String, Vec<[f32; 2]>)> {
        let scene = &self.setup.scene;
        let Some(rule) = self.rule() else { return Vec::new() };
        let about = |id: &Name| rule.about.contains(id);
        let lanes =
            scene.lanes.iter().filter(|lane| about(&lane.id)).map(|l| (l.id.to_string(), l.corners.clone()));
        let lines =
            scene.lines.iter().filter(|line| about(&line.id)).map(|l| (l.id.to_string(), vec![l.from, l.to]));
        let zones =
            scene.zones.iter().filter(|zone| about(&zone.id)).map(|z| (z.id.to_string(), z.corners.clone()));
        let marks = scene
            .markings
            .iter()
            .filter(|mark| about(&mark.id))
            .map(|m| (m.id.to_string(), m.points.clone()));
        let governing = self.governing();
        let lamps = scene.signals.iter().filter(|signal| governing.contains(&signal.id)).flat_map(|signal| {
            signal.lamps.iter().map(|lamp| {
                let [x, y, w, h] = lamp.area;
                let corners = vec![[x, y], [x + w, y], [x + w, y + h], [x, y + h]];
                (format!("{}.{}", signal.id, lamp.colour), corners)
            })
        });
        lanes.chain(lines).chain(zones).chain(marks).chain(lamps).collect()
    }
}

/// The files of one event. Two roles may share one file.
#[derive(Default)]
struct Files {
    files: Vec<Picture>,
    /// Which frame became which file.
    frames: Vec<(u64, usize)>,
}

impl Files {
    /// The picture of a moment; its digest.
    fn act(&mut self, shown: &Shown) -> Option<Digest> {
        if let Some((_, index)) = self.frames.iter().find(|(frame, _)| *frame == shown.frame) {
            return Some(Digest::of(&self.files[*index].bytes));
        }
        let made = overview(&shown.picture).map(|picture| Picture { role: EvidenceRole::Act, ..picture });
        let index = self.add(made)?;
        self.frames.push((shown.frame, index));
        Some(Digest::of(&self.files[index].bytes))
    }

    /// A frame under another role: the same file if there is one.
    fn same_or(
        &mut self,
        shown: &Shown,
        role: EvidenceRole,
        make: impl Fn(&Shown) -> Result<Picture, crate::vision::VisionError>,
    ) {
        let known = self.frames.iter().find(|(frame, _)| *frame == shown.frame).map(|(_, index)| *index);
        let made = match known {
            Some(index) => Ok(Picture { role, ..self.files[index].clone() }),
            None => make(shown),
        };
        self.add(made);
    }

    fn cut(&mut self, picture: &I420, role: EvidenceRole, area: &BBox, margin: f32) {
        let margin = area.h * margin;
        let grown = BBox {
            x: area.x - margin,
            y: area.y - margin,
            w: area.w + 2.0 * margin,
            h: area.h + 2.0 * margin,
        };
        let grown = grown.clip(picture.width, picture.height);
        if grown.w >= 2.0 && grown.h >= 2.0 {
            self.add(part(picture, role, &grown));
        }
    }

    fn overlay(&mut self, job: &Job, span: [f64; 2], [width, height]: [u32; 2]) {
        let overlay = overlay(&job.notes, job.finding.track, job.drawn(), span);
        // Numbers and strings: they serialise.
        if let Ok(bytes) = serde_json::to_vec(&overlay)
            && bytes.len() <= EvidenceRole::Overlay.max_bytes()
        {
            self.files.push(Picture { role: EvidenceRole::Overlay, bytes, width, height });
        }
    }

    fn add(&mut self, made: Result<Picture, crate::vision::VisionError>) -> Option<usize> {
        match made {
            Ok(picture) => {
                self.files.push(picture);
                Some(self.files.len() - 1)
            }
            Err(error) => {
                tracing::error!(%error, "a violation goes without one of its pictures");
                None
            }
        }
    }

    fn references(&self) -> Vec<wire::EvidenceRef> {
        self.files.iter().map(Picture::reference).collect()
    }
}
