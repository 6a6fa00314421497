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
use crate::camera::{Cut, NoClip};
use crate::frame::{CaptureTime, I420};
use crate::geometry::BBox;
use crate::outbox::{Draft, Picture};
use crate::rules::violation::{Finding, FoundMoment};
use crate::vision::VisionError;

/// A frame that can be shown.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub frame: u64,
    pub captured: CaptureTime,
    pub pixels: Pixels,
}

/// As it is kept.
#[derive(Debug, Clone)]
pub(super) enum Pixels {
    /// As the decoder gave it. Shared.
    Raw(I420),
    /// As a file.
    Jpeg(Picture),
}

impl Shown {
    /// Memory it takes.
    pub(super) fn bytes(&self) -> usize {
        match &self.pixels {
            Pixels::Raw(picture) => (*picture.data).as_ref().len(),
            Pixels::Jpeg(picture) => picture.bytes.len(),
        }
    }

    /// How far it is from a stream second.
    pub(super) fn off(&self, stream_s: f64) -> f64 {
        (self.captured.stream_s - stream_s).abs()
    }

    fn size(&self) -> [u32; 2] {
        match &self.pixels {
            Pixels::Raw(picture) => [picture.width, picture.height],
            Pixels::Jpeg(picture) => [picture.width, picture.height],
        }
    }

    fn file(&self, role: EvidenceRole) -> Result<Picture, VisionError> {
        let picture = match &self.pixels {
            Pixels::Raw(picture) => overview(picture)?,
            Pixels::Jpeg(picture) => picture.clone(),
        };
        Ok(Picture { role, ..picture })
    }
}

/// All that an event is made of.
pub(super) struct Job {
    pub setup: Arc<DeskSetup>,
    pub finding: Finding,
    pub act_s: f64,
    /// The frame of each moment.
    pub shown: Vec<Option<Shown>>,
    /// For a moment whose pixels are gone: the encoded stream around it, and a picture near it.
    pub older: Vec<(Option<Cut>, Option<Shown>)>,
    pub facts: Option<VehicleFacts>,
    pub notes: Vec<Arc<Note>>,
    pub clip: Result<Cut, NoClip>,
    pub clock: ClockAt,
}

impl Job {
    /// Makes the event. A file that cannot be made is missing, and takes nothing else with it.
    pub(super) fn run(mut self) -> Draft {
        self.look_back();
        let act = self.finding.act().cloned();
        let mut files = Files::default();
        let moments = self.moments(&mut files);
        let act_shown = act.as_ref().and_then(|act| self.shown_at(act)).cloned();
        let whole = act_shown.clone().or_else(|| self.shown.iter().flatten().next().cloned());
        let picture = whole.as_ref().map_or([1, 1], Shown::size);
        if let Some(shown) = &whole {
            files.overview(shown);
        }
        self.vehicle(&mut files, act.as_ref(), act_shown.as_ref());
        let clip = self.add_clip(&mut files);
        let span = self.span(clip.as_ref());
        files.overlay(&self, span, picture);
        let captured = self.captured(act.as_ref());
        let mut violation = self.violation(moments, act.as_ref(), picture, clip);
        let evidence = files.references();
        let decided = |rule: &wire::scene::SceneRule| {
            rule.sign_decision.as_ref().is_some_and(|decision| !decision.trim().is_empty())
        };
        let sign = self.rule().is_some_and(decided);
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

    /// Moments whose pixels are gone come out of the encoded stream, else from the album, which shows the seconds around it.
    fn look_back(&mut self) {
        for (index, (cut, near)) in std::mem::take(&mut self.older).into_iter().enumerate() {
            let (Some(shown), Some(moment)) = (self.shown.get_mut(index), self.finding.moments.get(index))
            else {
                continue;
            };
            if shown.is_some() {
                continue;
            }
            let decoded = cut.and_then(|cut| cut.frame(moment.stream_s).ok());
            let near_s = near.as_ref().map(|near| near.captured);
            *shown = match decoded {
                Some(picture) => {
                    let known = self.notes.iter().map(|note| note.captured);
                    let close = known.min_by(|a, b| {
                        (a.stream_s - moment.stream_s).abs().total_cmp(&(b.stream_s - moment.stream_s).abs())
                    });
                    let captured = close.or(near_s).map(|close| CaptureTime {
                        at: moment.at,
                        stream_s: moment.stream_s,
                        ..close
                    });
                    captured.map(|captured| Shown {
                        frame: moment.frame,
                        captured,
                        pixels: Pixels::Raw(picture),
                    })
                }
                None => near,
            };
            if shown.as_ref().is_some_and(|shown| shown.frame != moment.frame) {
                doubt(&mut self.finding, "picture_near_moment");
            }
        }
    }

    /// The clip as a file, and what it holds.
    fn add_clip(&mut self, files: &mut Files) -> Option<ClipSpan> {
        let cut = match &self.clip {
            Ok(cut) => cut.clone(),
            Err(reason) => {
                tracing::debug!(camera = %self.setup.camera, %reason, "a violation goes without a clip");
                return None;
            }
        };
        let bytes = cut.mp4().ok().filter(|bytes| bytes.len() <= EvidenceRole::Clip.max_bytes())?;
        if cut.shortened {
            doubt(&mut self.finding, "clip_shortened");
        }
        let [width, height] = cut.size;
        files.files.push(Picture { role: EvidenceRole::Clip, bytes, width, height });
        let ([from, to], [stream_s, _]) = (cut.span, cut.span_s);
        Some(ClipSpan { from, to, codec: cut.codec().to_owned(), stream_s, original: cut.original })
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
        if let Some(shot) = shot {
            files.cut(&shot.picture, EvidenceRole::Vehicle, &shot.vehicle, 0.1);
            if let Some(plate) = shot.plate {
                // A margin, so that a person sees where on the vehicle it is.
                files.cut(&shot.picture, EvidenceRole::Plate, &plate, 0.4);
            }
        } else if let (Some(act), Some(Shown { pixels: Pixels::Raw(picture), .. })) = (act, act_shown) {
            files.cut(picture, EvidenceRole::Vehicle, &act.bbox, 0.1);
        }
    }

    /// First and last stream second of what overlay and timeline cover: the clip, or the time around the act.
    fn span(&self, clip: Option<&ClipSpan>) -> [f64; 2] {
        match (clip, &self.clip) {
            // Half a frame more at both ends.
            (Some(_), Ok(cut)) => [cut.span_s[0] - 0.02, cut.span_s[1] + 0.02],
            _ => [self.act_s - 5.0, self.act_s + 5.0],
        }
    }

    /// The notes of the span, and of every moment before it.
    fn noted(&self, [from_s, to_s]: [f64; 2]) -> &[Arc<Note>] {
        let first_s = self.finding.moments.iter().map(|moment| moment.stream_s).fold(from_s, f64::min);
        let last_s = self.finding.moments.iter().map(|moment| moment.stream_s).fold(to_s, f64::max);
        // One note more at both ends, so that a moment between two frames has no hole.
        let begin = self.notes.partition_point(|note| note.captured.stream_s < first_s).saturating_sub(1);
        let end = self.notes.partition_point(|note| note.captured.stream_s <= last_s) + 1;
        &self.notes[begin..end.min(self.notes.len())]
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
        let span = self.span(clip.as_ref());
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
            timeline: timeline(self.noted(span), &self.governing()),
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
        let index = self.add(shown.file(EvidenceRole::Act))?;
        self.frames.push((shown.frame, index));
        Some(Digest::of(&self.files[index].bytes))
    }

    /// The whole scene: the same file as the moment's, if there is one.
    fn overview(&mut self, shown: &Shown) {
        let known = self.frames.iter().find(|(frame, _)| *frame == shown.frame).map(|(_, index)| *index);
        let made = match known {
            Some(index) => Ok(Picture { role: EvidenceRole::Overview, ..self.files[index].clone() }),
            None => shown.file(EvidenceRole::Overview),
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

    fn add(&mut self, made: Result<Picture, VisionError>) -> Option<usize> {
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

/// A word of doubt, once.
fn doubt(finding: &mut Finding, word: &str) {
    if !finding.doubts.iter().any(|known| known == word) {
        finding.doubts.push(word.to_owned());
    }
}
