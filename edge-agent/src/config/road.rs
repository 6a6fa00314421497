//! How roads are looked at: other vehicles, at other scores, than at gates.

use serde::{Deserialize, Serialize};

use super::{CameraConfig, Config};
use crate::track::TrackerConfig;
use crate::vision::{DetectorConfig, ObjectModel};

/// What cameras of roads use instead of `[detector]` and `[tracker]`; everything that is not named here is as there.
///
/// At a junction motorcycles are small, many and half hidden: the network for streets finds twice as many of them, and gives
/// those that it finds lower scores than large vehicles at a gate get.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoadConfig {
    /// The network.
    pub model: ObjectModel,
    /// Boxes below this score are dropped.
    pub min_score: f32,
    /// Detections from this score on are matched first.
    pub high_score: f32,
    /// An unmatched detection from this score on starts a track.
    pub birth_score: f32,
    /// No track starts on a box that overlaps a track just seen, of the same kind, by more than this.
    pub duplicate_iou: f32,
}

impl Default for RoadConfig {
    fn default() -> Self {
        Self {
            model: ObjectModel::StreetS544,
            min_score: 0.2,
            high_score: 0.25,
            birth_score: 0.3,
            duplicate_iou: 0.45,
        }
    }
}

impl CameraConfig {
    /// Whether it looks at a road: it says so, or its rules come from a scene.
    pub fn looks_at_a_road(&self) -> bool {
        self.road.unwrap_or(self.scene.is_some())
    }
}

impl Config {
    /// The network of a camera, and which of its boxes are kept.
    pub fn detector_of(&self, camera: &CameraConfig) -> DetectorConfig {
        if !camera.looks_at_a_road() {
            return self.detector;
        }
        DetectorConfig { model: self.road.model, min_score: self.road.min_score, ..self.detector }
    }

    /// How boxes of a camera become tracks.
    pub fn tracker_of(&self, camera: &CameraConfig) -> TrackerConfig {
        let tracker = self.tracker.clone();
        if !camera.looks_at_a_road() {
            return tracker;
        }
        let RoadConfig { high_score, birth_score, duplicate_iou, .. } = self.road;
        TrackerConfig { high_score, birth_score, duplicate_iou, ..tracker }
    }

    /// Settings of roads that cannot work; none where no camera looks at one.
    pub(super) fn road_problems(&self) -> Vec<String> {
        let Some(camera) = self.cameras.iter().find(|camera| camera.looks_at_a_road()) else {
            return Vec::new();
        };
        let mut problems: Vec<String> = self
            .tracker_of(camera)
            .problems()
            .into_iter()
            .filter(|problem| {
                ["high_score", "birth_score", "duplicate_iou"].iter().any(|key| problem.contains(key))
            })
            .map(|problem| format!("[road]: {problem}"))
            .collect();
        if !(0.0..=1.0).contains(&self.road.min_score) {
            problems.push(format!("road.min_score is {}; expected 0 to 1", self.road.min_score));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(more: &str) -> Config {
        let text = format!(
            r#"
            site = "kcn"
            agent = "edge-1"
            state_dir = "state"
            {more}
            [central]
            url = "mqtt://127.0.0.1:1883"
            [[camera]]
            id = "cong"
            [camera.stream]
            url = "rtsp://127.0.0.1:8554/cong"
            [[camera]]
            id = "nut"
            road = true
            [camera.stream]
            url = "rtsp://127.0.0.1:8554/nut"
            "#
        );
        toml::from_str(&text).expect("readable")
    }

    #[test]
    fn a_road_is_looked_at_with_its_own_network_and_scores_and_a_gate_is_not() {
        let config = config("tracker = { lost_s = 3.0, high_score = 0.5, birth_score = 0.6 }");
        let [gate, road] = &config.cameras[..] else { panic!("two cameras") };
        assert_eq!(config.detector_of(gate), config.detector);
        assert_eq!(config.tracker_of(gate), config.tracker);
        assert_eq!(config.detector_of(road).model, ObjectModel::StreetS544);
        let tracker = config.tracker_of(road);
        assert_eq!((tracker.high_score, tracker.lost_s), (config.road.high_score, 3.0));
        assert_eq!(config.road_problems(), [""; 0]);
    }

    #[test]
    fn scores_of_roads_that_cannot_work_are_named() {
        let config = config("road = { high_score = 0.5, birth_score = 0.4, min_score = 7.0 }");
        let text = config.road_problems().join("\n");
        assert!(
            text.contains("[road]") && text.contains("birth_score") && text.contains("road.min_score"),
            "{text}"
        );
    }
}
