//! Two-stage association of detections with tracks.
//!
//! Per update: predict every track → match sure detections → match doubtful ones with the tracks still
//! unmatched → let unmatched sure detections confirm new objects → start tracks from what is left, unless it
//! doubles one that exists → end what was unseen too long.

use super::assign::{Assigner, Pair};
use super::camera::{PictureMotion, Residual};
use super::config::TrackerConfig;
use super::track::{ChangeKind, Kind, Track, TrackChange, TrackChanges};
use crate::detection::Detection;
use crate::geometry::BBox;

const NONE: usize = usize::MAX;
/// Two boxes of one kind of object that overlap by this much are one detection given twice; so are two boxes of
/// vehicles whatever their kind, for which a detector was of two minds.
const SAME_BOX_IOU: f32 = 0.85;
/// A box of a vehicle on four wheels that lies in another one's by this part is a part of that vehicle (a cab, a load, a
/// reflection), not a second one.
const WITHIN: f32 = 0.9;
/// Unless it is smaller than this part of it: a far car above the bonnet of a near one.
const LEAST_PART: f32 = 0.2;
/// Tracks of one kind of vehicle that share so much of the smaller box for [`MERGE_S`] are one object.
const MERGE_SHARE: f32 = 0.85;
/// How long two tracks must go together before the younger one ends, seconds.
const MERGE_S: f64 = 0.5;
/// A track and a detection that overlap by more than this are taken as one when the camera's motion is looked
/// for.
const LEAST_COMMON_IOU: f32 = 0.3;

/// A detection that counts in this update.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    /// Where it stands in the caller's slice.
    index: usize,
    kind: Kind,
    bbox: BBox,
    score: f32,
    /// A track got it, or it is a double.
    used: bool,
}

/// Follows the objects of one camera. Give it every analysed frame, also those without detections.
#[derive(Debug)]
pub struct Tracker {
    config: TrackerConfig,
    tracks: Vec<Track>,
    next_id: u64,
    time_s: Option<f64>,
    assigner: Assigner,
    pairs: Vec<Pair>,
    /// Per track: index of the detection it got.
    taken: Vec<usize>,
    /// This update's detections, by their left edge.
    candidates: Vec<Candidate>,
    /// Width of the widest candidate.
    widest: f32,
    /// Track and candidate whose boxes touch, by track.
    near: Vec<(u32, u32)>,
    residuals: Vec<Residual>,
    scratch: Vec<f32>,
}

impl Tracker {
    /// A tracker without tracks.
    pub fn new(config: TrackerConfig) -> Self {
        Self {
            config,
            tracks: Vec::new(),
            next_id: 1,
            time_s: None,
            assigner: Assigner::default(),
            pairs: Vec::new(),
            taken: Vec::new(),
            candidates: Vec::new(),
            widest: 0.0,
            near: Vec::new(),
            residuals: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// The settings in use.
    pub fn config(&self) -> &TrackerConfig {
        &self.config
    }

    /// Takes the detections of one frame. `time_s` is the frame's monotonic stream time in seconds; a time
    /// that does not advance (or is no number) counts as no time having passed. Detections with empty or
    /// non-finite boxes are ignored.
    pub fn update(&mut self, time_s: f64, detections: &[Detection]) -> TrackChanges {
        let (time_s, dt_s) = self.advance(time_s);
        let mut changes = Vec::with_capacity(self.tracks.len());
        self.forget(time_s, &mut changes);
        for track in &mut self.tracks {
            track.predict(dt_s, &self.config);
        }
        self.take_in(detections);
        self.find_near();
        if self.config.camera_motion {
            // The second look starts from better predictions.
            self.follow_camera();
            self.follow_camera();
            self.find_near();
        }
        self.taken.clear();
        self.taken.resize(self.tracks.len(), NONE);
        let (high, low, new) = (self.config.match_high, self.config.match_low, self.config.match_new);
        self.associate(true, high, |t| t.confirmed);
        self.associate(false, low, |t| t.confirmed && t.seen);
        self.associate(true, new, |t| !t.confirmed);
        self.settle(time_s, detections, &mut changes);
        self.merge_doubles(time_s, &mut changes);
        self.give_birth(time_s, detections, &mut changes);
        TrackChanges { time_s, changes }
    }

    /// Says that the picture has not changed since the last update: what was seen then counts as seen until
    /// now, without detections. For frames that motion gating spares the detector, so that parked vehicles
    /// keep their tracks.
    pub fn still(&mut self, time_s: f64) -> TrackChanges {
        let (time_s, _) = self.advance(time_s);
        self.tracks.iter_mut().filter(|t| t.seen).for_each(|t| t.last_s = time_s);
        let mut changes = Vec::new();
        self.forget(time_s, &mut changes);
        TrackChanges { time_s, changes }
    }

    /// Ends all tracks, at the end of a stream.
    pub fn finish(&mut self) -> TrackChanges {
        let time_s = self.time_s.unwrap_or(0.0);
        let changes = self
            .tracks
            .drain(..)
            .map(|t| TrackChange { kind: ChangeKind::Ended, track: t.view(None) })
            .collect();
        TrackChanges { time_s, changes }
    }

    /// The time to use for this update, and the seconds since the one before.
    fn advance(&mut self, time_s: f64) -> (f64, f32) {
        let before = self.time_s.unwrap_or(if time_s.is_finite() { time_s } else { 0.0 });
        let time_s = if time_s.is_finite() && time_s > before { time_s } else { before };
        self.time_s = Some(time_s);
        (time_s, (time_s - before) as f32)
    }

    /// Ends tracks that were unseen for too long. Whatever comes now is another object.
    fn forget(&mut self, time_s: f64, changes: &mut Vec<TrackChange>) {
        let lost_s = self.config.lost_s;
        self.tracks.retain(|track| {
            let keep = time_s - track.last_s <= lost_s;
            if !keep {
                changes.push(TrackChange { kind: ChangeKind::Ended, track: track.view(None) });
            }
            keep
        });
    }

    /// Collects the detections that count, from left to right: readable, not too weak, and of two boxes that
    /// all but coincide the surer.
    fn take_in(&mut self, detections: &[Detection]) {
        self.candidates.clear();
        self.candidates.extend(
            detections.iter().enumerate().filter(|(_, d)| usable(d, self.config.low_score)).map(
                |(index, d)| Candidate {
                    index,
                    kind: d.class.into(),
                    bbox: d.bbox,
                    score: d.score,
                    used: false,
                },
            ),
        );
        self.candidates.sort_unstable_by(|a, b| a.bbox.x.total_cmp(&b.bbox.x).then(a.index.cmp(&b.index)));
        for a in 0..self.candidates.len() {
            let first = self.candidates[a];
            // Boxes that start further right cannot coincide with this one any more.
            let reach = first.bbox.x + (1.0 - SAME_BOX_IOU) * first.bbox.w;
            for b in a + 1..self.candidates.len() {
                let second = self.candidates[b];
                if second.bbox.x > reach {
                    break;
                }
                let alike =
                    first.kind == second.kind || (first.kind.is_vehicle() && second.kind.is_vehicle());
                if !second.used && alike && first.bbox.iou(&second.bbox) >= SAME_BOX_IOU {
                    let weaker = if first.score < second.score { a } else { b };
                    self.candidates[weaker].used = true;
                }
            }
        }
        self.candidates.retain(|c| !c.used);
        self.widest = self.candidates.iter().map(|c| c.bbox.w).fold(0.0, f32::max);
    }

    /// Lists the pairs of track and detection whose widened boxes touch. All stages look at these alone.
    fn find_near(&mut self) {
        self.near.clear();
        for (t, track) in self.tracks.iter().enumerate() {
            let gap = 2.0 * track.margin;
            let (left, right) = (track.predicted.x - gap, track.predicted.right() + gap);
            let (top, bottom) = (track.predicted.y - gap, track.predicted.bottom() + gap);
            let from = self.candidates.partition_point(|c| c.bbox.x + self.widest < left);
            for (c, candidate) in self.candidates.iter().enumerate().skip(from) {
                let b = &candidate.bbox;
                if b.x > right {
                    break;
                }
                // Without short-circuits: which test fails is as good as random, and a wrong guess costs more
                // than the test.
                if (b.x + b.w >= left) & (b.y <= bottom) & (b.y + b.h >= top) & (candidate.kind == track.kind)
                {
                    self.near.push((t as u32, c as u32));
                }
            }
        }
    }

    /// Moves all predictions by the motion that most objects share.
    fn follow_camera(&mut self) {
        self.residuals.clear();
        let mut of = NONE;
        let mut best = 0.0;
        for &(t, c) in &self.near {
            let (track, candidate) = (&self.tracks[t as usize], &self.candidates[c as usize]);
            if !track.seen || track.frames < 3 || candidate.score < self.config.high_score {
                continue;
            }
            let overlap = track.predicted.iou(&candidate.bbox);
            let same_track = of == t as usize;
            if overlap <= if same_track { best } else { LEAST_COMMON_IOU } {
                continue;
            }
            let (expected, found) = (track.predicted.centre(), candidate.bbox.centre());
            if same_track {
                self.residuals.pop();
            }
            self.residuals.push(Residual {
                x: expected.x,
                y: expected.y,
                dx: found.x - expected.x,
                dy: found.y - expected.y,
            });
            (of, best) = (t as usize, overlap);
        }
        if let Some(motion) = PictureMotion::fit(&self.residuals, &mut self.scratch) {
            self.tracks.iter_mut().for_each(|t| t.follow_camera(&motion));
        }
    }

    /// One stage: the best assignment between the free tracks that `takes_part` lets in and the free
    /// detections, either the sure or the doubtful ones. Pairs must reach the similarity `least`; a sure
    /// detection's is weighted by the root of its score.
    fn associate(&mut self, sure: bool, least: f32, takes_part: impl Fn(&Track) -> bool) {
        self.pairs.clear();
        for &(t, c) in &self.near {
            let (track, candidate) = (&self.tracks[t as usize], &self.candidates[c as usize]);
            let eligible = self.taken[t as usize] == NONE
                && !candidate.used
                && (candidate.score >= self.config.high_score) == sure;
            if !eligible || !takes_part(track) {
                continue;
            }
            let weight = if sure { candidate.score.sqrt() } else { 1.0 };
            let similarity = track.similarity(&candidate.bbox) * weight;
            if similarity > least {
                self.pairs.push(Pair { row: t, col: c, gain: similarity - least });
            }
        }
        for &(t, c) in self.assigner.solve(self.tracks.len(), self.candidates.len(), &self.pairs) {
            let candidate = &mut self.candidates[c as usize];
            candidate.used = true;
            self.taken[t as usize] = candidate.index;
        }
    }

    /// Updates matched tracks, marks unmatched ones as lost, ends those that nobody believes yet.
    fn settle(&mut self, time_s: f64, detections: &[Detection], changes: &mut Vec<TrackChange>) {
        let (config, taken) = (&self.config, &self.taken);
        let mut index = 0;
        self.tracks.retain_mut(|track| {
            let detection = taken[index];
            index += 1;
            if detection != NONE {
                track.update(time_s, &detections[detection], config);
                let kind = if !track.confirmed && track.frames >= config.confirm_frames {
                    ChangeKind::Confirmed
                } else {
                    ChangeKind::Updated
                };
                track.confirmed |= kind == ChangeKind::Confirmed;
                changes.push(TrackChange { kind, track: track.view(Some(detection)) });
                return true;
            }
            // A new object must be seen again at once; a believed one may hide for a while.
            if !track.confirmed {
                changes.push(TrackChange { kind: ChangeKind::Ended, track: track.view(None) });
                return false;
            }
            if track.seen {
                changes.push(TrackChange { kind: ChangeKind::Lost, track: track.view(None) });
            }
            track.seen = false;
            true
        });
    }

    /// Ends the younger of two tracks that have gone together on one vehicle for a while. People are left alone: they do
    /// walk behind each other.
    fn merge_doubles(&mut self, time_s: f64, changes: &mut Vec<TrackChange>) {
        for older in 0..self.tracks.len() {
            let (before, after) = self.tracks.split_at_mut(older + 1);
            let first = &before[older];
            if !first.kind.is_vehicle() || !first.seen {
                continue;
            }
            for second in after.iter_mut().filter(|t| t.kind == first.kind) {
                if second.seen && together(first, second) {
                    let since_s = *second.doubles.get_or_insert((first.id, time_s));
                    second.doubles = Some(if since_s.0 == first.id { since_s } else { (first.id, time_s) });
                } else if second.doubles.is_some_and(|(id, _)| id == first.id) {
                    second.doubles = None;
                }
            }
        }
        let merged = |t: &Track| t.doubles.is_some_and(|(_, since_s)| time_s - since_s >= MERGE_S);
        self.tracks.retain(|track| {
            if merged(track) {
                // The update of this very frame is replaced: a track speaks once per update, and its end comes last.
                changes.retain(|change| change.track.id != track.id);
                changes.push(TrackChange { kind: ChangeKind::Ended, track: track.view(None) });
            }
            !merged(track)
        });
    }

    /// Starts tracks on what is left, the surest first, unless a track just seen is there already.
    fn give_birth(&mut self, time_s: f64, detections: &[Detection], changes: &mut Vec<TrackChange>) {
        let birth_score = self.config.birth_score;
        self.candidates.retain(|c| !c.used && c.score >= birth_score);
        self.candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
        for &Candidate { index, kind, .. } in &self.candidates {
            let detection = &detections[index];
            let doubles = |t: &Track| {
                let same = t.kind == kind && t.observed.iou(&detection.bbox) > self.config.duplicate_iou;
                t.seen
                    && (same
                        || (t.kind == kind
                            && kind == Kind::FourWheels
                            && part_of(&detection.bbox, &t.observed)))
            };
            if self.tracks.iter().any(doubles) {
                continue;
            }
            let mut track = Track::new(self.next_id, time_s, detection, &self.config);
            self.next_id += 1;
            track.confirmed = self.config.confirm_frames <= 1;
            let kind = if track.confirmed { ChangeKind::Confirmed } else { ChangeKind::Born };
            changes.push(TrackChange { kind, track: track.view(Some(index)) });
            self.tracks.push(track);
        }
    }
}

/// Whether a box is a part of another one's vehicle.
fn part_of(inner: &BBox, outer: &BBox) -> bool {
    let (own, whole) = (inner.area(), outer.area());
    own <= whole && own >= LEAST_PART * whole && inner.intersect(outer).area() >= WITHIN * own
}

/// Whether two tracks are on one vehicle: nearly the same box, for two wheels; one within the other, for four.
fn together(a: &Track, b: &Track) -> bool {
    let (small, large) = if a.observed.area() < b.observed.area() { (a, b) } else { (b, a) };
    let share = small.observed.intersect(&large.observed).area() / small.observed.area().max(1.0);
    let size = small.observed.area() / large.observed.area().max(1.0);
    let least_size = if a.kind == Kind::FourWheels { 0.35 } else { 0.75 };
    share >= MERGE_SHARE && size >= least_size
}

fn usable(detection: &Detection, least_score: f32) -> bool {
    let b = &detection.bbox;
    let finite = [b.x, b.y, b.w, b.h, detection.score].iter().all(|v| v.is_finite());
    finite && b.w > 0.0 && b.h > 0.0 && detection.score >= least_score
}
