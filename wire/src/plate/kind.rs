//! What is known about a plate besides its characters.

use serde::{Deserialize, Serialize};

/// What kind of plate the grammar found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateKind {
    /// Electric motorcycle, series `MĐ` and a digit: `29-MĐ1 123.45`.
    EMotorcycle,
    /// Foreign missions and organisations: `80-011-NG-01`.
    Diplomatic,
    /// Special series: trailers `R`, foreign-invested `LD`, tractors `MK` and others: `51LD-123.45`.
    Special,
    /// Temporary: `T29-123.45`.
    Temporary,
    /// Blue car plate of the Party, the State and public bodies: `80B-1234`.
    StateCar,
    /// Blue motorcycle plate.
    StateMotorcycle,
    /// Civil car, white or yellow: `30A-123.45`.
    Car,
    /// Motorcycle with a two-letter series: `29-AA 123.45`.
    MotorcycleNew,
    /// Motorcycle with a letter and a digit as series: `29-B1 123.45`.
    MotorcycleOld,
    /// Ministry of Defence, recognised so that it can be left to military control: `KV-69-38`.
    Military,
}

impl PlateKind {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EMotorcycle => "e_motorcycle",
            Self::Diplomatic => "diplomatic",
            Self::Special => "special",
            Self::Temporary => "temporary",
            Self::StateCar => "state_car",
            Self::StateMotorcycle => "state_motorcycle",
            Self::Car => "car",
            Self::MotorcycleNew => "motorcycle_new",
            Self::MotorcycleOld => "motorcycle_old",
            Self::Military => "military",
        }
    }

    /// The group of vehicles that carries this kind; `None` when both may.
    pub fn group(self) -> Option<VehicleGroup> {
        match self {
            Self::StateCar | Self::Car | Self::Special | Self::Diplomatic => Some(VehicleGroup::Car),
            Self::EMotorcycle | Self::StateMotorcycle | Self::MotorcycleNew | Self::MotorcycleOld => {
                Some(VehicleGroup::Motorcycle)
            }
            Self::Temporary | Self::Military => None,
        }
    }
}

/// Two groups that draw their plates from different series. Trucks, buses and trailers belong to `Car`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VehicleGroup {
    /// Cars, trucks, buses, tractors, trailers.
    Car,
    /// Motorcycles and mopeds, electric ones too.
    Motorcycle,
}

impl VehicleGroup {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Car => "car",
            Self::Motorcycle => "motorcycle",
        }
    }
}

/// Background of the plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateColour {
    /// Civil, diplomatic and temporary plates.
    White,
    /// Transport business; special economic zones.
    Yellow,
    /// Party, State, public bodies.
    Blue,
    /// Ministry of Defence.
    Red,
}

impl PlateColour {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::White => "white",
            Self::Yellow => "yellow",
            Self::Blue => "blue",
            Self::Red => "red",
        }
    }
}

/// What was seen besides the characters. Every field may be unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hint {
    /// Lines on the plate: 1 or 2.
    pub lines: Option<u8>,
    /// Group of the vehicle that carries the plate.
    pub vehicle: Option<VehicleGroup>,
    /// Background of the plate.
    pub colour: Option<PlateColour>,
    /// Canonical characters on the first of two lines.
    pub break_at: Option<usize>,
}
