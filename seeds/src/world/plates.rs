//! Plate texts of every kind, drawn at random.

use rand::RngExt as _;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;
use wire::plate::{PlateColour, PlateKind, VehicleGroup};

/// A recipe for plates: what is drawn and what carries it.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Kind it must parse as.
    pub kind: PlateKind,
    /// Background.
    pub colour: PlateColour,
    /// Series: `l` a first letter, `b` a second letter, `s` a letter of blue plates, `9` a digit 1–9, capitals as they are.
    pub series: &'static str,
    /// Digits of the order number.
    pub digits: u32,
    /// Row of `makes.csv` that the vehicle is taken from.
    pub model: &'static str,
    /// How many of them there are, relative to the others.
    pub weight: u32,
}

const FIRST: &[u8] = b"ABCDEFGHKLMNPSTUVXYZ";
const SECOND: &[u8] = b"ABCDEFHKLMNPRSTUVXYZ";
const STATE: &[u8] = b"ABCDEFGHKLM";

use PlateColour::{Blue, White, Yellow};
use PlateKind as K;

const fn recipe(
    kind: PlateKind,
    colour: PlateColour,
    series: &'static str,
    digits: u32,
    model: &'static str,
    weight: u32,
) -> Recipe {
    Recipe { kind, colour, series, digits, model, weight }
}

/// Every kind of plate that the police register holds. (The military register is somebody else's.)
pub const RECIPES: &[Recipe] = &[
    recipe(K::Car, White, "l", 5, "car", 240),
    recipe(K::Car, White, "l", 4, "car", 20),
    recipe(K::Car, Yellow, "l", 5, "truck", 80),
    recipe(K::Car, Yellow, "l", 5, "bus", 40),
    recipe(K::Car, White, "l", 5, "truck", 40),
    recipe(K::StateCar, Blue, "s", 5, "car", 12),
    recipe(K::StateCar, Blue, "s", 4, "car", 4),
    recipe(K::StateMotorcycle, Blue, "s9", 5, "motorcycle", 4),
    recipe(K::MotorcycleOld, White, "l9", 5, "motorcycle", 260),
    recipe(K::MotorcycleOld, White, "l9", 4, "motorcycle", 40),
    recipe(K::MotorcycleNew, White, "lb", 5, "motorcycle", 160),
    recipe(K::EMotorcycle, White, "MD9", 5, "electric", 60),
    recipe(K::Special, White, "LD", 5, "car", 10),
    recipe(K::Special, White, "DA", 5, "car", 4),
    recipe(K::Special, White, "KT", 4, "truck", 4),
    recipe(K::Special, White, "R", 5, "trailer", 14),
    recipe(K::Special, White, "RM", 5, "trailer", 8),
    recipe(K::Special, White, "MK", 4, "tractor", 4),
    recipe(K::Special, White, "HC", 5, "truck", 3),
    recipe(K::Special, White, "CD", 4, "truck", 3),
    recipe(K::Special, White, "TD", 5, "car", 3),
    recipe(K::EconomicZone, Yellow, "LB", 5, "car", 2),
    recipe(K::EconomicZone, Yellow, "CT", 5, "car", 2),
    recipe(K::Temporary, White, "T", 5, "car", 6),
    recipe(K::Diplomatic, White, "NG", 2, "car", 6),
    recipe(K::Diplomatic, White, "QT", 3, "car", 3),
    recipe(K::Foreign, White, "NN", 2, "car", 3),
    recipe(K::Foreign, White, "CV", 2, "car", 2),
];

impl Recipe {
    /// The group of vehicles that carries it.
    pub fn group(&self) -> VehicleGroup {
        self.kind.group().unwrap_or(VehicleGroup::Car)
    }

    /// One canonical text.
    pub fn draw(&self, province: u8, rng: &mut ChaCha8Rng) -> String {
        let number = rng.random_range(1..10_u32.pow(self.digits));
        let number = format!("{number:0width$}", width = self.digits as usize);
        match self.kind {
            PlateKind::Temporary => format!("T{province}{number}"),
            PlateKind::Diplomatic | PlateKind::Foreign => {
                let country = rng.random_range(1..1000_u32);
                format!("{province}{country:03}{}{number}", self.series)
            }
            _ => format!("{province}{}{number}", series(self.series, rng)),
        }
    }
}

fn series(pattern: &str, rng: &mut ChaCha8Rng) -> String {
    let mut of = |letters: &[u8]| letters.choose(rng).map_or('A', |c| char::from(*c));
    let draw = |c| match c {
        'l' => of(FIRST),
        'b' => of(SECOND),
        's' => of(STATE),
        '9' => of(b"123456789"),
        c => c,
    };
    pattern.chars().map(draw).collect()
}
