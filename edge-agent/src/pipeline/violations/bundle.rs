//! One finding's event: pictures, clip, overlay, timeline, facts, and what is missing of them.

use std::sync::Arc;

use uuid::Uuid;
use wire::payload::{PlateReading, TrackRef};
use wire::violation::{ClipSpan, ClockAt, Moment, Violation, missing};
use wire::{Captured, EvidenceRole, Name, Payload, Phase};

use super::super::vehicle::VehicleFacts;
use super::DeskSetup;
use super::drawn::drawn;
use super::files::Files;
use super::notes::{Note, overlay, timeline};
use super::shown::{Pixels, Shown};
use crate::camera::{Cut, NoClip};
use crate::frame::CaptureTime;
use crate::outbox::Draft;
use crate::rules::violation::{Finding, FoundMoment};
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
        files.overlay(&overlay(&self.notes, self.finding.track, self.drawn(), span), picture);
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
            pictures: files.into_pictures(),
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
        files.clip(bytes, cut.size);
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

    fn drawn(&self) -> Vec<(String, Vec<[f32; 2]>)> {
        self.rule().map(|rule| drawn(&self.setup.scene, rule, &self.governing())).unwrap_or_default()
    }
}

/// A word of doubt, once.
fn doubt(finding: &mut Finding, word: &str) {
    if !finding.doubts.iter().any(|known| known == word) {
        finding.doubts.push(word.to_owned());
    }
}
