//! Where a rule looks at vehicles: in the lanes and zones that it names, else everywhere.

use wire::Name;

use crate::geometry::Point;
use crate::scene::{Area, CalibratedScene};

/// Lanes and zones named by a rule.
#[derive(Debug, Clone)]
pub(super) struct Within {
    areas: Vec<Area>,
}

impl Within {
    /// Those of `about` that are lanes or zones.
    pub fn new(about: &[Name], scene: &CalibratedScene) -> Self {
        let lane = |id: &Name| scene.lane(id).map(|(_, area, _)| area.clone());
        let zone = |id: &Name| scene.zone(id).map(|(_, area)| area.clone());
        Self { areas: about.iter().filter_map(|id| lane(id).or_else(|| zone(id))).collect() }
    }

    /// Whether a place on the road is where the rule looks.
    pub fn holds(&self, place: Point) -> bool {
        self.areas.is_empty() || self.areas.iter().any(|area| area.holds(place))
    }
}
