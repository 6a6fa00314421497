//! The invented world: who lives in it, what they drive, and how the registers answer about them. Pure: dates are
//! arguments.

mod data;
mod demo;
mod export;
mod generate;
mod people;
mod plates;

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wire::plate::{PlateColour, PlateKind, VehicleGroup};

pub use data::DataError;
pub use demo::DemoVehicle;
pub use people::{BirthDate, Check, Citizen, Notice, NoticeLevel, Token, TokenState, same_name};

/// How much to generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Size {
    /// Citizens.
    pub citizens: usize,
    /// Registered vehicles.
    pub vehicles: usize,
}

impl Default for Size {
    fn default() -> Self {
        Self { citizens: 3000, vehicles: 6000 }
    }
}

/// Person or organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum OwnerKind {
    /// A citizen.
    Person,
    /// A company or public body.
    Org,
}

/// Who a plate is registered to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// Person or organisation.
    pub kind: OwnerKind,
    /// Identity number of a person, code of an organisation.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Address after the mergers of 2025 (commune, province).
    pub address: String,
    /// Invented code of the commune, when its name is in the list.
    pub commune_code: Option<String>,
}

/// What carries the plate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VehicleFacts {
    /// Maker.
    pub make: String,
    /// Model.
    pub model: String,
    /// Body colour, an English word.
    pub colour: String,
    /// `car`, `truck`, `bus`, `motorcycle`, `trailer`, `tractor`.
    pub vehicle_type: String,
}

/// Owner and vehicle of a plate over some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day; open when still so.
    pub to: Option<Date>,
    /// Owner in that time.
    pub owner: Owner,
    /// Vehicle in that time: an owner may move the plate to the next vehicle.
    pub vehicle: VehicleFacts,
}

/// The life of one plate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Canonical text.
    pub plate: String,
    /// Kind by the grammar.
    pub kind: PlateKind,
    /// Background.
    pub colour: PlateColour,
    /// Group of vehicles.
    pub group: VehicleGroup,
    /// Who and what, oldest first, not overlapping.
    pub periods: Vec<Period>,
    /// Withdrawn on that day.
    pub revoked_on: Option<Date>,
    /// Reported stolen on that day.
    pub stolen_on: Option<Date>,
}

/// A question to the vehicle registration.
#[derive(Debug, Clone, Copy)]
pub struct PlateQuery<'a> {
    /// Canonical text.
    pub plate: &'a str,
    /// Background, if seen.
    pub colour: Option<PlateColour>,
    /// Group, if seen.
    pub group: Option<VehicleGroup>,
    /// The day that is asked about, in Vietnam.
    pub as_of: Date,
}

/// Status word of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Status {
    /// One registration, nothing against it.
    Found,
    /// None on that day.
    NotFound,
    /// Withdrawn.
    Revoked,
    /// Reported stolen.
    StolenFlag,
    /// Several registrations: colour and group are needed to tell, or the register holds a duplicate.
    Multiple,
}

/// Everything there is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct World {
    /// By identity number.
    pub citizens: BTreeMap<String, Citizen>,
    /// By canonical text; several where car and motorcycle share a text, or the register holds a duplicate.
    pub registrations: BTreeMap<String, Vec<Registration>>,
    /// Military plates on the road. They are **not** in the police register.
    pub military: Vec<String>,
    /// Wanted notices by identity number.
    pub wanted: BTreeMap<String, Notice>,
    /// VNeID tokens that are known from the start.
    pub tokens: BTreeMap<String, Token>,
}

impl World {
    /// The demonstration's rows plus as many generated ones as asked for. Same seed and size, same world.
    ///
    /// # Errors
    /// A damaged list among the embedded data.
    pub fn generate(seed: u64, size: Size) -> Result<Self, DataError> {
        let mut world = demo::world()?;
        generate::fill(&mut world, seed, size)?;
        Ok(world)
    }

    /// The vehicles of the demonstration, in the order of `data/demo-vehicles.csv`.
    ///
    /// # Errors
    /// A damaged list among the embedded data.
    pub fn demo_vehicles() -> Result<Vec<DemoVehicle>, DataError> {
        demo::vehicles()
    }

    /// What the vehicle registration knows. The period comes with every status but `NotFound` and `Multiple`.
    pub fn owner_lookup(&self, query: PlateQuery<'_>) -> (Status, Option<&Period>) {
        let known = self.registrations.get(query.plate).map(Vec::as_slice).unwrap_or_default();
        let mut fitting = known.iter().filter_map(|r| {
            let fits = query.colour.is_none_or(|c| c == r.colour) && query.group.is_none_or(|g| g == r.group);
            Some((r, r.period(query.as_of).filter(|_| fits)?))
        });
        let Some((registration, period)) = fitting.next() else { return (Status::NotFound, None) };
        if fitting.next().is_some() {
            return (Status::Multiple, None);
        }
        let since = |day: Option<Date>| day.is_some_and(|day| day <= query.as_of);
        let status = if since(registration.stolen_on) {
            Status::StolenFlag
        } else if since(registration.revoked_on) {
            Status::Revoked
        } else {
            Status::Found
        };
        (status, Some(period))
    }

    /// Writes the world as CSV files into a folder, for reading by people and by other programs.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn export(&self, folder: &std::path::Path) -> Result<(), DataError> {
        export::write(self, folder)
    }
}

impl Registration {
    fn period(&self, day: Date) -> Option<&Period> {
        self.periods.iter().find(|p| p.from <= day && p.to.is_none_or(|to| day <= to))
    }
}
