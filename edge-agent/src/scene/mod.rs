//! A scene made ready for one picture size: pixels, sides of lines, areas, and metres where somebody measured them.
//!
//! Pure. [`wire::scene::check`] says what is wrong with a drawing; this adds what only geometry can tell.

mod ground;
mod shape;
#[cfg(test)]
mod tests;

use jiff::Timestamp;
use wire::scene::{
    Scene, SceneLane, SceneLine, SceneProblem, SceneRef, SceneZone, Spot, VehicleClass, ZoneKind,
};
use wire::{Digest, Name};

pub use ground::{GroundError, Homography, Measured};
pub use shape::{Area, Beside, Way};

use crate::detection::ObjectClass;
use crate::geometry::{BBox, Point};

/// Why a scene cannot be used: everything at once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the scene cannot be used: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct SceneProblems(pub Vec<SceneProblem>);

/// A scene in pixels of one picture size.
#[derive(Debug, Clone)]
pub struct CalibratedScene {
    scene: Scene,
    sha256: Digest,
    size: (u32, u32),
    ground: Option<Homography>,
    lanes: Vec<Area>,
    flows: Vec<Way>,
    lines: Vec<Way>,
    zones: Vec<Area>,
    markings: Vec<Way>,
}

/// Length of a vehicle on the road, metres: how far ahead of its rear its front stands.
fn length_m(class: VehicleClass) -> f64 {
    match class {
        VehicleClass::Bicycle => 1.7,
        VehicleClass::Motorcycle => 1.9,
        VehicleClass::Car => 4.4,
        VehicleClass::Bus => 10.0,
        VehicleClass::Truck => 7.0,
    }
}

/// Without metres: part of its box's height that a vehicle seen from behind or from the front takes up on the road.
fn road_share(class: VehicleClass) -> f32 {
    match class {
        VehicleClass::Bicycle | VehicleClass::Motorcycle => 0.2,
        VehicleClass::Car => 0.4,
        VehicleClass::Bus | VehicleClass::Truck => 0.45,
    }
}

/// A vehicle never takes up more of its box's height than this.
const MOST_ROAD: f32 = 0.7;
/// The corners of a box are seldom on the vehicle: this part of its width is left out at either side.
const INSET: f32 = 0.2;

/// What a detected object is to a rule; none for people.
pub fn vehicle_class(class: ObjectClass) -> Option<VehicleClass> {
    match class {
        ObjectClass::Person => None,
        ObjectClass::Bicycle => Some(VehicleClass::Bicycle),
        ObjectClass::Car => Some(VehicleClass::Car),
        ObjectClass::Motorcycle => Some(VehicleClass::Motorcycle),
        ObjectClass::Bus => Some(VehicleClass::Bus),
        ObjectClass::Truck => Some(VehicleClass::Truck),
    }
}

impl CalibratedScene {
    /// For pictures of this size.
    ///
    /// # Errors
    /// Everything that is wrong with the scene.
    pub fn new(scene: &Scene, width: u32, height: u32) -> Result<Self, SceneProblems> {
        let mut problems = wire::scene::check(scene);
        if width == 0 || height == 0 {
            let what = "the camera's picture has no pixels".to_owned();
            problems.push(SceneProblem { at: "picture".into(), what });
        }
        let (w, h) = (width as f32, height as f32);
        let pixel = |spot: &Spot| Point { x: spot[0] * w, y: spot[1] * h };
        let pixels = |spots: &[Spot]| spots.iter().map(pixel).collect::<Vec<_>>();
        let measured = scene.ground.as_ref().map(|ground| {
            let point = |point: &wire::scene::GroundPoint| {
                let at = pixel(&point.at);
                ([f64::from(at.x), f64::from(at.y)], point.metres)
            };
            Homography::fit(&ground.points.iter().map(point).collect::<Vec<_>>())
        });
        let ground = match measured.transpose() {
            Ok(ground) => ground,
            // Too few points are told by the check of the drawing already.
            Err(GroundError::TooFew(_)) => None,
            Err(error) => {
                problems.push(SceneProblem { at: "ground".into(), what: error.to_string() });
                None
            }
        };
        if !problems.is_empty() {
            return Err(SceneProblems(problems));
        }
        let json = serde_json::to_vec(scene).unwrap_or_default();
        Ok(Self {
            sha256: Digest::of(&json),
            size: (width, height),
            ground,
            lanes: scene.lanes.iter().map(|lane| Area::new(pixels(&lane.corners))).collect(),
            flows: scene.lanes.iter().map(|lane| Way::new(pixels(&lane.flow))).collect(),
            lines: scene.lines.iter().map(|line| Way::new(pixels(&[line.from, line.to]))).collect(),
            zones: scene.zones.iter().map(|zone| Area::new(pixels(&zone.corners))).collect(),
            markings: scene.markings.iter().map(|marking| Way::new(pixels(&marking.points))).collect(),
            scene: scene.clone(),
        })
    }

    /// As it was drawn.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// Width and height of the pictures, pixels.
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// What an event says about the scene that judged it.
    pub fn reference(&self, since: Option<Timestamp>) -> SceneRef {
        SceneRef {
            camera: self.scene.camera.clone(),
            version: self.scene.version,
            sha256: self.sha256,
            since,
        }
    }

    /// Metres, where somebody measured.
    pub fn ground(&self) -> Option<&Homography> {
        self.ground.as_ref()
    }

    /// The lane that a place on the road is in, the deepest where several are drawn over each other.
    pub fn lane_at(&self, place: Point) -> Option<&SceneLane> {
        let depths = self.lanes.iter().map(|area| area.depth(place)).enumerate();
        let inside = depths.filter(|(_, depth)| *depth > 0.0).max_by(|a, b| a.1.total_cmp(&b.1));
        inside.map(|(index, _)| &self.scene.lanes[index])
    }

    /// A lane with its area, and the way its traffic flows.
    pub fn lane(&self, id: &Name) -> Option<(&SceneLane, &Area, &Way)> {
        let index = self.scene.lanes.iter().position(|lane| lane.id == *id)?;
        Some((&self.scene.lanes[index], &self.lanes[index], &self.flows[index]))
    }

    /// A line in pixels.
    pub fn line(&self, id: &Name) -> Option<(&SceneLine, &Way)> {
        let index = self.scene.lines.iter().position(|line| line.id == *id)?;
        Some((&self.scene.lines[index], &self.lines[index]))
    }

    /// A zone in pixels.
    pub fn zone(&self, id: &Name) -> Option<(&SceneZone, &Area)> {
        let index = self.scene.zones.iter().position(|zone| zone.id == *id)?;
        Some((&self.scene.zones[index], &self.zones[index]))
    }

    /// Zones of a kind.
    pub fn zones(&self, kind: ZoneKind) -> impl Iterator<Item = (&SceneZone, &Area)> {
        self.scene.zones.iter().zip(&self.zones).filter(move |(zone, _)| zone.kind == kind)
    }

    /// A marking in pixels.
    pub fn marking(&self, id: &Name) -> Option<(&wire::scene::Marking, &Way)> {
        let index = self.scene.markings.iter().position(|marking| marking.id == *id)?;
        Some((&self.scene.markings[index], &self.markings[index]))
    }

    /// Whether a place is not looked at.
    pub fn ignored(&self, place: Point) -> bool {
        self.zones(ZoneKind::Ignore).any(|(_, area)| area.holds(place))
    }

    /// A place of the picture in the unit of ways: metres where the ground is known, else parts of the picture's height. None beyond the
    /// horizon, where there is no road.
    pub fn place(&self, pixel: Point) -> Option<[f64; 2]> {
        let height = f64::from(self.size.1.max(1));
        match &self.ground {
            Some(ground) => ground.ground(pixel),
            None => Some([f64::from(pixel.x) / height, f64::from(pixel.y) / height]),
        }
    }

    /// Where a vehicle stands on the road: left, right of its near end, then of its far end. The bottom of its box is its near end; how
    /// far away its far end is follows from its class, by the ground where it is measured, else as a part of its box.
    pub fn footprint(&self, bbox: &BBox, class: VehicleClass) -> [Point; 4] {
        let foot = bbox.foot();
        let deep = self.far_end(foot, class).unwrap_or(road_share(class) * bbox.h).min(MOST_ROAD * bbox.h);
        let (left, right) = (bbox.x + INSET * bbox.w, bbox.right() - INSET * bbox.w);
        let (near, far) = (foot.y, foot.y - deep.max(0.0));
        [(left, near), (right, near), (left, far), (right, far)].map(|(x, y)| Point { x, y })
    }

    /// How many pixels higher a vehicle's far end stands, by the ground.
    fn far_end(&self, foot: Point, class: VehicleClass) -> Option<f32> {
        let ground = self.ground.as_ref()?;
        let here = ground.ground(foot)?;
        let above = ground.ground(Point { y: foot.y - 1.0, ..foot })?;
        let (dx, dy) = (above[0] - here[0], above[1] - here[1]);
        let step = dx.hypot(dy);
        let part = (step > 0.0).then(|| length_m(class) / step)?;
        let there = ground.picture([here[0] + part * dx, here[1] + part * dy])?;
        Some((foot.y - there.y).max(0.0))
    }
}
