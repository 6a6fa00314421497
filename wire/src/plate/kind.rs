//! What is known about a plate besides its characters.

use serde::{Deserialize, Serialize};

/// What kind of plate the grammar found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateKind {
    /// Electric motorcycle, series `MĐ` and a digit: `29-MĐ1 123.45`.
    EMotorcycle,
    /// Foreign missions (`NG`) and international organisations (`QT`): `80-011-NG-01`.
    Diplomatic,
    /// Foreign organisations and persons (`NN`), administrative staff of missions (`CV`): `80-011-NN-01`.
    Foreign,
    /// Special economic zone, yellow with red characters: `LB` Lao Bảo, `CT` Cầu Treo: `74LB-123.45`.
    EconomicZone,
    /// Special series: trailers `R`, foreign-invested `LD`, tractors `MK` and others: `51LD-123.45`.
    Special,
    /// Temporary: `T29-123.45`, also `29T-123.45`.
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
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::EMotorcycle,
        Self::Diplomatic,
        Self::Foreign,
        Self::EconomicZone,
        Self::Special,
        Self::Temporary,
        Self::StateCar,
        Self::StateMotorcycle,
        Self::Car,
        Self::MotorcycleNew,
        Self::MotorcycleOld,
        Self::Military,
    ];

    /// The kind of a word used in JSON.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EMotorcycle => "e_motorcycle",
            Self::Diplomatic => "diplomatic",
            Self::Foreign => "foreign",
            Self::EconomicZone => "economic_zone",
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
            Self::StateCar
            | Self::Car
            | Self::Special
            | Self::Diplomatic
            | Self::Foreign
            | Self::EconomicZone => Some(VehicleGroup::Car),
            Self::EMotorcycle | Self::StateMotorcycle | Self::MotorcycleNew | Self::MotorcycleOld => {
                Some(VehicleGroup::Motorcycle)
            }
            Self::Temporary | Self::Military => None,
        }
    }

    /// Backgrounds that plates of this kind have.
    pub fn colours(self) -> &'static [PlateColour] {
        use PlateColour::{Blue, Red, White, Yellow};
        match self {
            Self::Diplomatic | Self::Foreign | Self::Temporary => &[White],
            Self::EconomicZone => &[Yellow],
            // `CD` machines of the police are blue.
            Self::Special => &[White, Yellow, Blue],
            Self::StateCar | Self::StateMotorcycle => &[Blue],
            Self::Car | Self::MotorcycleNew | Self::MotorcycleOld | Self::EMotorcycle => &[White, Yellow],
            Self::Military => &[Red],
        }
    }

    /// Whether some of its characters are red: those of the zone, the two letters of a mission.
    pub fn has_red_ink(self) -> bool {
        matches!(self, Self::Diplomatic | Self::EconomicZone)
    }

    /// The class of its bearer. Civil and business plates share their texts: only the colour tells them apart, and
    /// without it the answer is `None`.
    pub fn class(self, colour: Option<PlateColour>) -> Option<PlateClass> {
        Some(match self {
            Self::Diplomatic => PlateClass::Diplomatic,
            Self::Foreign => PlateClass::Foreign,
            Self::EconomicZone => PlateClass::EconomicZone,
            Self::Temporary => PlateClass::Temporary,
            Self::StateCar | Self::StateMotorcycle => PlateClass::State,
            Self::Military => PlateClass::Military,
            Self::Car | Self::MotorcycleNew | Self::MotorcycleOld | Self::EMotorcycle | Self::Special => {
                match colour? {
                    PlateColour::White => PlateClass::Civil,
                    PlateColour::Yellow => PlateClass::Business,
                    PlateColour::Blue if self == Self::Special => PlateClass::State,
                    PlateColour::Blue | PlateColour::Red => return None,
                }
            }
        })
    }
}

/// Who a plate is given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateClass {
    /// Organisations and persons: white.
    Civil,
    /// Transport business: yellow, black characters.
    Business,
    /// Party, State, public bodies: blue.
    State,
    /// Ministry of Defence: red. Not in the police register.
    Military,
    /// Missions and international organisations: white, letters red.
    Diplomatic,
    /// Foreign organisations and persons, staff of missions: white.
    Foreign,
    /// Special economic-commercial zone: yellow, characters red.
    EconomicZone,
    /// Not yet registered: white, often printed on paper.
    Temporary,
}

impl PlateClass {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Civil => "civil",
            Self::Business => "business",
            Self::State => "state",
            Self::Military => "military",
            Self::Diplomatic => "diplomatic",
            Self::Foreign => "foreign",
            Self::EconomicZone => "economic_zone",
            Self::Temporary => "temporary",
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
    /// Every colour.
    pub const ALL: [Self; 4] = [Self::White, Self::Yellow, Self::Blue, Self::Red];

    /// The colour of a word used in JSON.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.as_str() == word)
    }

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

/// Colour of the characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ink {
    /// On white and yellow plates.
    Black,
    /// On blue and red plates.
    White,
    /// All of an economic zone's, the letters of a mission's.
    Red,
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
    /// Colour of the characters.
    pub ink: Option<Ink>,
    /// Canonical characters on the first of two lines.
    pub break_at: Option<usize>,
}
