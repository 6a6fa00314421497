//! The best look at the face of one track. Pure: time is an argument.

use serde::{Deserialize, Serialize};
use wire::FaceVector;

use super::quality::Refusal;
use super::reader::FaceReading;

/// When to look, and how long a look may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrackFacesConfig {
    /// Seconds that a vector may stay in memory, matched or not: at most 10. Nothing of it is ever written down.
    pub keep_s: f64,
    /// Least seconds between two looks at one person.
    pub look_every_s: f64,
    /// Quality from which on further looks are rare.
    pub enough: f32,
    /// Looks at one person at most.
    pub most_looks: u32,
    /// Similarity below which two good looks of one track are taken for two people.
    pub same_person: f32,
}

impl Default for TrackFacesConfig {
    fn default() -> Self {
        Self { keep_s: 10.0, look_every_s: 0.2, enough: 0.8, most_looks: 40, same_person: 0.2 }
    }
}

/// The best look so far.
#[derive(Debug, Clone, PartialEq)]
pub struct BestFace {
    /// The vector, and with it the model's id.
    pub vector: FaceVector,
    /// Quality, `0..=1`.
    pub quality: f32,
    /// When it was taken, seconds of the stream.
    pub stream_s: f64,
}

/// What the looks at one track gave.
#[derive(Debug, Clone, Default)]
pub struct TrackFaces {
    best: Option<BestFace>,
    refused: Option<Refusal>,
    looks: u32,
    last_s: Option<f64>,
    doubtful: bool,
}

impl TrackFaces {
    /// Whether a look now is worth its time.
    pub fn wants(&self, now_s: f64, config: &TrackFacesConfig) -> bool {
        let good = self.best.as_ref().is_some_and(|best| best.quality >= config.enough);
        let pause = if good { 5.0 * config.look_every_s } else { config.look_every_s };
        self.looks < config.most_looks && self.last_s.is_none_or(|last| now_s - last >= pause)
    }

    /// Takes one look: `None` when no face was seen. The better quality wins; of equals the earlier.
    pub fn push(&mut self, now_s: f64, reading: Option<FaceReading>, config: &TrackFacesConfig) {
        self.expire(now_s, config);
        self.looks += 1;
        self.last_s = Some(now_s);
        let Some(reading) = reading else { return };
        let quality = reading.quality.number;
        let Some(vector) = reading.vector else {
            self.refused = reading.quality.refused();
            return;
        };
        match &self.best {
            Some(best) => {
                match best.vector.similarity(&vector) {
                    Ok(similarity) if similarity >= config.same_person => {}
                    // Somebody else, or another model: the track went over to a second person, or the models were changed.
                    _ => self.doubtful = true,
                }
                if quality > best.quality {
                    self.best = Some(BestFace { vector, quality, stream_s: now_s });
                }
            }
            None => self.best = Some(BestFace { vector, quality, stream_s: now_s }),
        }
    }

    /// Forgets what is older than it may be kept.
    pub fn expire(&mut self, now_s: f64, config: &TrackFacesConfig) {
        if self.best.as_ref().is_some_and(|best| now_s - best.stream_s > config.keep_s) {
            self.best = None;
        }
    }

    /// The best look. `None` when there was none, or when the looks disagree about who this is.
    pub fn best(&self) -> Option<&BestFace> {
        self.best.as_ref().filter(|_| !self.doubtful)
    }

    /// Why there is no best look, as far as a face was seen at all.
    pub fn refused(&self) -> Option<Refusal> {
        self.refused.filter(|_| self.best.is_none())
    }

    /// Whether two good looks disagreed about who this is.
    pub fn doubtful(&self) -> bool {
        self.doubtful
    }

    /// Looks made.
    pub fn looks(&self) -> u32 {
        self.looks
    }
}

#[cfg(test)]
mod tests {
    use wire::FaceModel;

    use super::*;
    use crate::geometry::{BBox, Point};
    use crate::vision::face::{Face, Quality};

    fn config() -> TrackFacesConfig {
        TrackFacesConfig::default()
    }

    fn look(quality: f32, values: &[f32]) -> Option<FaceReading> {
        let model = FaceModel::new("m").expect("an id");
        let refusals = if quality > 0.0 { Vec::new() } else { vec![Refusal::Blurred] };
        Some(FaceReading {
            face: Face { bbox: BBox::default(), landmarks: [Point { x: 0.0, y: 0.0 }; 5], score: 0.9 },
            vector: (quality > 0.0).then(|| FaceVector::new(model, values.to_vec()).expect("a vector")),
            quality: Quality { number: quality, refusals, measures: None },
            liveness: None,
        })
    }

    fn track(looks: &[(f64, Option<FaceReading>)]) -> TrackFaces {
        let mut track = TrackFaces::default();
        looks.iter().for_each(|(at, look)| track.push(*at, look.clone(), &config()));
        track
    }

    #[test]
    fn the_best_look_wins_whatever_the_order() {
        let looks =
            [(0.0, look(0.4, &[1.0, 0.0])), (0.5, look(0.9, &[0.9, 0.1])), (1.0, look(0.6, &[0.8, 0.2]))];
        for turn in 0..3 {
            let mut looks = looks.clone();
            looks.rotate_left(turn);
            assert_eq!(track(&looks).best().map(|b| b.quality), Some(0.9));
        }
        let first = track(&[(0.0, look(0.5, &[1.0, 0.0])), (0.5, look(0.5, &[0.9, 0.1]))]);
        assert_eq!(first.best().map(|b| b.stream_s), Some(0.0), "of equals the earlier");
    }

    #[test]
    fn a_track_on_which_two_people_were_seen_has_no_best_look() {
        let track = track(&[(0.0, look(0.5, &[1.0, 0.0])), (0.5, look(0.9, &[0.0, 1.0]))]);
        assert!(track.doubtful() && track.best().is_none());
    }

    #[test]
    fn a_look_is_forgotten_after_ten_seconds() {
        let mut track = track(&[(0.0, look(0.9, &[1.0, 0.0]))]);
        track.expire(10.0, &config());
        assert!(track.best().is_some());
        track.expire(10.1, &config());
        assert!(track.best().is_none());
    }

    #[test]
    fn without_a_good_look_the_reason_is_known() {
        let track = track(&[(0.0, None), (0.5, look(0.0, &[]))]);
        assert_eq!((track.best(), track.refused(), track.looks()), (None, Some(Refusal::Blurred), 2));
    }

    #[test]
    fn looks_become_rare_once_one_is_good_and_end_at_some_time() {
        let good = track(&[(0.0, look(0.9, &[1.0, 0.0]))]);
        assert!(!good.wants(0.5, &config()) && good.wants(1.1, &config()));
        let poor = track(&[(0.0, look(0.3, &[1.0, 0.0]))]);
        assert!(!poor.wants(0.1, &config()) && poor.wants(0.25, &config()));
        let many: Vec<_> = (0..40).map(|i| (f64::from(i), None)).collect();
        assert!(!track(&many).wants(100.0, &config()));
    }
}
