//! Faces of the people in view, where the site and the camera have them switched on: one look per frame at most, the best of each
//! track in memory, nothing once the track has ended.
//!
//! A face stays on the edge. No event carries a vector: events lie in outboxes, brokers and databases in clear, and a vector there
//! would be biometric data outside every key. Who matches faces asks [`Pipeline::face`](super::Pipeline::face).

use std::collections::HashMap;
use std::sync::Arc;

use crate::detection::ObjectClass;
use crate::frame::Frame;
use crate::track::{ChangeKind, TrackChanges, TrackView};
use crate::vision::VisionError;
use crate::vision::face::{BestFace, ReadFaces, TrackFaces, TrackFacesConfig};

/// A person lower than this is too far for a face to be good enough.
const LEAST_HEIGHT_PX: f32 = 80.0;

/// What reads faces, and how often. Made only when the site has faces switched on.
#[derive(Clone)]
pub struct Faces {
    /// Finds, judges and turns them into vectors.
    pub reader: Arc<dyn ReadFaces>,
    /// When to look.
    pub track: TrackFacesConfig,
}

/// The people of one camera.
pub(super) struct People {
    faces: Faces,
    tracks: HashMap<u64, TrackFaces>,
}

impl People {
    pub(super) fn new(faces: Faces) -> Self {
        Self { faces, tracks: HashMap::new() }
    }

    /// Looks at the person whose look promises most, if any; forgets who has gone and what is too old.
    ///
    /// # Errors
    /// When a model fails: the track, and why.
    pub(super) fn update(&mut self, frame: &Frame, changes: &TrackChanges) -> Result<(), (u64, VisionError)> {
        let (now_s, config) = (frame.captured.stream_s, self.faces.track);
        for ended in changes.of_kind(ChangeKind::Ended) {
            self.tracks.remove(&ended.id);
        }
        self.tracks.values_mut().for_each(|track| track.expire(now_s, &config));
        let wanted = |track: &&TrackView| {
            track.class == ObjectClass::Person
                && track.bbox.h >= LEAST_HEIGHT_PX
                && self.tracks.get(&track.id).is_none_or(|known| known.wants(now_s, &config))
        };
        // Fewest looks first, so that nobody waits for ever behind a nearer one.
        let looks = |track: &TrackView| self.tracks.get(&track.id).map_or(0, TrackFaces::looks);
        let next = changes
            .seen()
            .filter(wanted)
            .min_by(|a, b| looks(a).cmp(&looks(b)).then_with(|| b.bbox.area().total_cmp(&a.bbox.area())));
        let Some(track) = next.copied() else { return Ok(()) };
        let reading = self.faces.reader.read_person(&frame.picture, &track.bbox);
        let reading = reading.map_err(|error| (track.id, error))?;
        self.tracks.entry(track.id).or_default().push(now_s, reading, &config);
        Ok(())
    }

    /// The best look at the face of a track that still lives.
    pub(super) fn best(&self, track: u64) -> Option<&BestFace> {
        self.tracks.get(&track)?.best()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use jiff::Timestamp;
    use wire::{FaceModel, FaceVector};

    use super::*;
    use crate::frame::{CaptureTime, I420, TimeSource};
    use crate::geometry::{BBox, Point};
    use crate::track::TrackChange;
    use crate::vision::face::{Face, FaceReading, Quality};

    /// Sees a face of the next quality in every person; remembers where it looked.
    #[derive(Default)]
    struct Fake {
        qualities: Mutex<Vec<f32>>,
        looked: Mutex<Vec<BBox>>,
    }

    impl ReadFaces for Fake {
        fn read_person(&self, _: &I420, person: &BBox) -> Result<Option<FaceReading>, VisionError> {
            self.looked.lock().expect("unpoisoned").push(*person);
            let Some(number) = self.qualities.lock().expect("unpoisoned").pop() else { return Ok(None) };
            let model = FaceModel::new("fake").expect("an id");
            let vector = FaceVector::new(model, vec![1.0, number]).expect("a vector");
            let face = Face { bbox: *person, landmarks: [Point { x: 0.0, y: 0.0 }; 5], score: 0.9 };
            let quality = Quality { number, refusals: Vec::new(), measures: None };
            Ok(Some(FaceReading { face, quality, vector: Some(vector), liveness: None }))
        }
    }

    fn frame(stream_s: f64) -> Frame {
        let picture = I420 {
            width: 2,
            height: 2,
            strides: [2, 1, 1],
            offsets: [0, 4, 5],
            data: Arc::new(vec![90_u8; 6]),
        };
        let captured = CaptureTime {
            at: Timestamp::UNIX_EPOCH,
            uncertainty_ms: 0,
            source: TimeSource::Arrival,
            stream_s,
        };
        Frame { index: 0, captured, picture }
    }

    fn track(id: u64, class: ObjectClass, height: f32) -> TrackView {
        TrackView {
            id,
            bbox: BBox { x: id as f32, y: 0.0, w: 50.0, h: height },
            class,
            class_score: 1.0,
            score: 0.9,
            detection: Some(0),
            confirmed: true,
            first_s: 0.0,
            last_s: 0.0,
            frames: 5,
            velocity: Point { x: 0.0, y: 0.0 },
        }
    }

    fn changes(kind: ChangeKind, tracks: &[TrackView]) -> TrackChanges {
        let changes = tracks.iter().map(|track| TrackChange { kind, track: *track }).collect();
        TrackChanges { time_s: 0.0, changes }
    }

    fn people(qualities: &[f32]) -> (Arc<Fake>, People) {
        let qualities = Mutex::new(qualities.iter().rev().copied().collect());
        let fake = Arc::new(Fake { qualities, ..Fake::default() });
        let faces = Faces { reader: fake.clone(), track: TrackFacesConfig::default() };
        (fake, People::new(faces))
    }

    #[test]
    fn a_track_has_its_best_face_until_it_ends() {
        let (_, mut people) = people(&[0.5, 0.7, 0.6]);
        let one = [track(7, ObjectClass::Person, 200.0)];
        for step in 0..3 {
            people.update(&frame(f64::from(step)), &changes(ChangeKind::Updated, &one)).expect("looks");
        }
        assert_eq!(people.best(7).map(|best| best.quality), Some(0.7));
        people.update(&frame(3.0), &changes(ChangeKind::Ended, &one)).expect("nothing to look at");
        assert_eq!(people.best(7), None);
    }

    #[test]
    fn vehicles_and_people_far_away_are_not_looked_at() {
        let (fake, mut people) = people(&[0.5]);
        let tracks = [track(1, ObjectClass::Car, 200.0), track(2, ObjectClass::Person, 40.0)];
        people.update(&frame(0.0), &changes(ChangeKind::Updated, &tracks)).expect("nothing");
        assert!(fake.looked.lock().expect("unpoisoned").is_empty());
    }

    #[test]
    fn one_look_per_frame_and_nobody_waits_for_ever() {
        let (fake, mut people) = people(&[0.5; 9]);
        let tracks = [track(1, ObjectClass::Person, 300.0), track(2, ObjectClass::Person, 100.0)];
        for step in 0..4 {
            people.update(&frame(f64::from(step)), &changes(ChangeKind::Updated, &tracks)).expect("looks");
        }
        let looked: Vec<f32> = fake.looked.lock().expect("unpoisoned").iter().map(|b| b.x).collect();
        assert_eq!(looked, [1.0, 2.0, 1.0, 2.0]);
    }
}
