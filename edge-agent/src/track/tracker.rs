//! Two-stage association of detections with tracks.
//!
//! Per update: predict every track → match sure detections → match doubtful ones with the tracks still unmatched → let unmatched sure
//! detections confirm new objects → start tracks from what is left, unless it doubles one that exists → end what was unseen too long.

use super::assign::{Assigner, Pair};
use super::config::TrackerConfig;
use super::track::{ChangeKind, Kind, Track, TrackChange, TrackChanges};
use crate::detection::Detection;

const NONE: usize = usize::MAX;

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
    /// Per detection: whether a track or a rule has used it up.
    used: Vec<bool>,
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
            used: Vec::new(),
        }
    }

    /// The settings in use.
    pub fn config(&self) -> &TrackerConfig {
        &self.config
    }

    /// Takes the detections of one frame. `time_s` is the frame's monotonic stream time in seconds; a time that does not advance (or is no
    /// number) is taken as no time having passed. Detections with empty or non-finite boxes are ignored.
    pub fn update(&mut self, time_s: f64, detections: &[Detection]) -> TrackChanges {
        let before = self.time_s.unwrap_or(time_s);
        let time_s = if time_s > before { time_s } else { before };
        self.time_s = Some(time_s);
        let dt_s = (time_s - before) as f32;
        for track in &mut self.tracks {
            track.predict(dt_s, &self.config);
        }
        self.taken.clear();
        self.taken.resize(self.tracks.len(), NONE);
        self.used.clear();
        self.used.extend(detections.iter().map(|d| !usable(d, self.config.low_score)));

        let (high, low, new) = (self.config.match_high, self.config.match_low, self.config.match_new);
        let sure = self.config.high_score;
        self.associate(detections, high, |d| d.score >= sure, |t, _| t.confirmed);
        self.associate(detections, low, |d| d.score < sure, |t, _| t.confirmed && t.seen);
        self.associate(detections, new, |d| d.score >= sure, |t, _| !t.confirmed);

        let mut changes = Vec::with_capacity(self.tracks.len());
        self.settle(time_s, detections, &mut changes);
        self.give_birth(time_s, detections, &mut changes);
        TrackChanges { time_s, changes }
    }

    /// Ends all tracks, at the end of a stream.
    pub fn finish(&mut self) -> TrackChanges {
        let time_s = self.time_s.unwrap_or(0.0);
        let changes = self.tracks.drain(..).map(|t| TrackChange { kind: ChangeKind::Ended, track: t.view(None) }).collect();
        TrackChanges { time_s, changes }
    }

    /// One stage: the best assignment between the free detections and free tracks that the two tests let in.
    fn associate(
        &mut self,
        detections: &[Detection],
        least: f32,
        detection_in: impl Fn(&Detection) -> bool,
        track_in: impl Fn(&Track, usize) -> bool,
    ) {
        self.pairs.clear();
        for (t, track) in self.tracks.iter().enumerate() {
            if self.taken[t] != NONE || !track_in(track, t) {
                continue;
            }
            for (d, detection) in detections.iter().enumerate() {
                if self.used[d] || !detection_in(detection) || Kind::from(detection.class) != track.kind {
                    continue;
                }
                let similarity = track.predicted.iou(&detection.bbox) * detection.score;
                if similarity > least {
                    self.pairs.push(Pair { row: t as u32, col: d as u32, gain: similarity - least });
                }
            }
        }
        for &(t, d) in self.assigner.solve(self.tracks.len(), detections.len(), &self.pairs) {
            self.taken[t as usize] = d as usize;
            self.used[d as usize] = true;
        }
    }

    /// Updates matched tracks, marks or ends unmatched ones.
    fn settle(&mut self, time_s: f64, detections: &[Detection], changes: &mut Vec<TrackChange>) {
        let (config, taken) = (&self.config, &self.taken);
        let mut index = 0;
        self.tracks.retain_mut(|track| {
            let detection = taken[index];
            index += 1;
            if detection != NONE {
                track.update(time_s, &detections[detection], config);
                let kind = if !track.confirmed && track.frames >= config.confirm_frames { ChangeKind::Confirmed } else { ChangeKind::Updated };
                track.confirmed |= kind == ChangeKind::Confirmed;
                changes.push(TrackChange { kind, track: track.view(Some(detection)) });
                return true;
            }
            let patience = if track.confirmed { config.lost_s } else { config.tentative_s };
            let over = time_s - track.last_s > patience;
            if over || (track.seen && track.confirmed) {
                let kind = if over { ChangeKind::Ended } else { ChangeKind::Lost };
                changes.push(TrackChange { kind, track: track.view(None) });
            }
            track.seen = false;
            !over
        });
    }

    fn give_birth(&mut self, time_s: f64, detections: &[Detection], changes: &mut Vec<TrackChange>) {
        for (index, detection) in detections.iter().enumerate() {
            if self.used[index] || detection.score < self.config.birth_score {
                continue;
            }
            let kind = Kind::from(detection.class);
            let doubles = |t: &Track| t.seen && t.kind == kind && t.observed.iou(&detection.bbox) > self.config.duplicate_iou;
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

fn usable(detection: &Detection, least_score: f32) -> bool {
    let b = &detection.bbox;
    let finite = [b.x, b.y, b.w, b.h, detection.score].iter().all(|v| v.is_finite());
    finite && b.w > 0.0 && b.h > 0.0 && detection.score >= least_score
}
