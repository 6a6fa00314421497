//! What one detector run says about one frame.

use serde::{Deserialize, Serialize};

use crate::geometry::BBox;

/// The object classes that gates and junctions need (a subset of COCO's 80).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectClass {
    /// A walking, standing or riding person.
    Person,
    /// Pedal cycle.
    Bicycle,
    /// Passenger car, pickup, small van.
    Car,
    /// Motorcycle, moped, e-motorcycle.
    Motorcycle,
    /// Bus or coach.
    Bus,
    /// Lorry.
    Truck,
}

impl ObjectClass {
    /// Whether the object can carry a registration plate.
    pub fn is_vehicle(self) -> bool {
        !matches!(self, Self::Person | Self::Bicycle)
    }
}

/// One box in one frame.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// Pixels of the frame.
    pub bbox: BBox,
    /// Detector score, `0..=1`.
    pub score: f32,
    /// What it is.
    pub class: ObjectClass,
}
