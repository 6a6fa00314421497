//! The demonstration's own vehicles and people: fixed, readable files that the demonstration and its tests rely on.

use jiff::civil::{Date, date};
use serde::Deserialize;
use wire::identity::{CitizenNumber, Gender};
use wire::plate::{self, Hint, PlateColour, PlateKind, VehicleGroup};

use super::data::{Commune, DataError, communes, table};
use super::people::{BirthDate, Citizen, Notice, NoticeLevel, Token, TokenState};
use super::{Owner, OwnerKind, Period, Registration, VehicleFacts, World};

const VEHICLES: &str = "demo-vehicles.csv";
const PEOPLE: &str = "demo-people.csv";
const HISTORY: &str = "demo-history.csv";

/// When the open periods of the demonstration begin, unless an earlier owner says otherwise.
const REGISTERED: Date = date(2021, 3, 1);
/// When its stolen and revoked vehicles became so.
const FLAGGED: Date = date(2026, 11, 2);

/// A row of `data/demo-vehicles.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct DemoVehicle {
    /// Canonical text.
    pub plate: String,
    /// As printed on one line.
    pub display: String,
    /// Lines on the plate: 1 or 2.
    pub lines: u8,
    /// Background.
    pub plate_colour: PlateColour,
    /// `car`, `truck`, `bus` or `motorcycle`.
    pub vehicle_type: String,
    /// Maker.
    pub make: String,
    /// Model.
    pub model: String,
    /// Body colour.
    pub vehicle_colour: String,
    /// Empty where the register knows no owner.
    pub owner_kind: Option<OwnerKind>,
    /// Owner's name.
    pub owner_name: String,
    /// Identity number or organisation code.
    pub owner_id: String,
    /// Owner's address.
    pub address: String,
    /// `ok`, `stolen`, `revoked`, `multiple`, `not_found` or `military`.
    pub status: DemoStatus,
}

/// What the register says about a vehicle of the demonstration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DemoStatus {
    /// Registered, nothing against it.
    Ok,
    /// Reported stolen.
    Stolen,
    /// Withdrawn.
    Revoked,
    /// Registered twice.
    Multiple,
    /// Not registered.
    NotFound,
    /// Military: not in the police register.
    Military,
}

impl DemoVehicle {
    /// Group of vehicles.
    pub fn group(&self) -> VehicleGroup {
        if self.vehicle_type == "motorcycle" { VehicleGroup::Motorcycle } else { VehicleGroup::Car }
    }

    /// Kind of plate, given everything the row says.
    pub fn kind(&self) -> Option<PlateKind> {
        let hint = Hint {
            lines: Some(self.lines),
            vehicle: Some(self.group()),
            colour: Some(self.plate_colour),
            ..Hint::default()
        };
        plate::parse(&self.plate, &hint).best().map(|p| p.kind)
    }
}

#[derive(Debug, Deserialize)]
struct Person {
    id_number: String,
    full_name: String,
    gender: Gender,
    dob: String,
    address: String,
    locked: String,
    wanted: Option<NoticeLevel>,
    notice_no: String,
    handling_unit: String,
    token: String,
    token_level: Option<u8>,
    token_state: Option<TokenState>,
}

#[derive(Debug, Deserialize)]
struct Earlier {
    plate: String,
    owner_kind: OwnerKind,
    owner_name: String,
    owner_id: String,
    address: String,
    from: Date,
    to: Date,
}

pub fn vehicles() -> Result<Vec<DemoVehicle>, DataError> {
    table(VEHICLES, include_str!("../../data/demo-vehicles.csv"))
}

/// A world with nothing but the demonstration in it.
pub fn world() -> Result<World, DataError> {
    let communes = communes()?;
    let mut world = World::default();
    for row in vehicles()? {
        vehicle(&mut world, row, &communes)?;
    }
    for row in table::<Earlier>(HISTORY, include_str!("../../data/demo-history.csv"))? {
        earlier_owner(&mut world, row, &communes)?;
    }
    for row in table::<Person>(PEOPLE, include_str!("../../data/demo-people.csv"))? {
        person(&mut world, row)?;
    }
    Ok(world)
}

/// The code of the commune that the address names.
pub fn commune_code(address: &str, communes: &[Commune]) -> Option<String> {
    let fits = |c: &&Commune| address.ends_with(&format!("{}, {}", c.commune, c.province));
    communes.iter().find(fits).map(|c| c.code.clone())
}

fn vehicle(world: &mut World, row: DemoVehicle, communes: &[Commune]) -> Result<(), DataError> {
    let wrong = |problem| DataError::Row { table: VEHICLES, row: row.plate.clone(), problem };
    let kind = row.kind().ok_or_else(|| wrong("the plate is not valid"))?;
    match row.status {
        DemoStatus::Military => world.military.push(row.plate.clone()),
        DemoStatus::NotFound => {}
        DemoStatus::Ok | DemoStatus::Stolen | DemoStatus::Revoked | DemoStatus::Multiple => {
            let owner = Owner {
                kind: row.owner_kind.ok_or_else(|| wrong("a registered vehicle needs an owner"))?,
                commune_code: commune_code(&row.address, communes),
                id: row.owner_id.clone(),
                name: row.owner_name.clone(),
                address: row.address.clone(),
            };
            owner_as_citizen(world, &owner)
                .ok_or_else(|| wrong("the owner's identity number is not valid"))?;
            let facts = VehicleFacts {
                make: row.make.clone(),
                model: row.model.clone(),
                colour: row.vehicle_colour.clone(),
                vehicle_type: row.vehicle_type.clone(),
            };
            let flagged = |on: DemoStatus| (row.status == on).then_some(FLAGGED);
            let registration = Registration {
                plate: row.plate.clone(),
                kind,
                colour: row.plate_colour,
                group: row.group(),
                periods: vec![Period { from: REGISTERED, to: None, owner, vehicle: facts }],
                revoked_on: flagged(DemoStatus::Revoked),
                stolen_on: flagged(DemoStatus::Stolen),
            };
            let copies = if row.status == DemoStatus::Multiple { 2 } else { 1 };
            world.registrations.entry(row.plate.clone()).or_default().extend(vec![registration; copies]);
        }
    }
    Ok(())
}

fn earlier_owner(world: &mut World, row: Earlier, communes: &[Commune]) -> Result<(), DataError> {
    let wrong = |problem| DataError::Row { table: HISTORY, row: row.plate.clone(), problem };
    let owner = Owner {
        kind: row.owner_kind,
        commune_code: commune_code(&row.address, communes),
        id: row.owner_id.clone(),
        name: row.owner_name.clone(),
        address: row.address.clone(),
    };
    owner_as_citizen(world, &owner).ok_or_else(|| wrong("the owner's identity number is not valid"))?;
    let registration = world.registrations.get_mut(&row.plate).and_then(|r| r.first_mut());
    let periods = &mut registration.ok_or_else(|| wrong("no such vehicle in demo-vehicles.csv"))?.periods;
    let current = periods.first_mut().ok_or_else(|| wrong("the vehicle has no current owner"))?;
    current.from = row.to.tomorrow().map_err(|_| wrong("the last day is out of range"))?;
    let vehicle = current.vehicle.clone();
    periods.insert(0, Period { from: row.from, to: Some(row.to), owner, vehicle });
    Ok(())
}

/// Adds an owner who is a person to the population register. `None`: the number is not valid.
fn owner_as_citizen(world: &mut World, owner: &Owner) -> Option<()> {
    if owner.kind == OwnerKind::Org {
        return Some(());
    }
    let number = CitizenNumber::parse(&owner.id, FLAGGED).ok()?;
    let citizen = Citizen {
        id_number: owner.id.clone(),
        name: owner.name.clone(),
        gender: number.gender(),
        born: BirthDate { year: number.birth_year(), month: None, day: None },
        address: owner.address.clone(),
        locked: false,
        subject_ref: format!("SR-DEMO-{}", &owner.id[6..]),
    };
    world.citizens.insert(owner.id.clone(), citizen);
    Some(())
}

fn person(world: &mut World, row: Person) -> Result<(), DataError> {
    let wrong = |problem| DataError::Row { table: PEOPLE, row: row.full_name.clone(), problem };
    let born: BirthDate = row.dob.parse().map_err(|_| wrong("the date of birth cannot be read"))?;
    let number = CitizenNumber::parse(&row.id_number, FLAGGED)
        .map_err(|_| wrong("the identity number is not valid"))?;
    if number.birth_year() != born.year || number.gender() != row.gender {
        return Err(wrong("identity number, gender and date of birth contradict one another"));
    }
    if let Some(level) = row.wanted {
        let notice = Notice { level, notice_no: row.notice_no, handling_unit: row.handling_unit };
        world.wanted.insert(row.id_number.clone(), notice);
    }
    if let (Some(level), Some(state)) = (row.token_level, row.token_state) {
        world.tokens.insert(row.token, Token { id_number: row.id_number.clone(), level, state });
    }
    let citizen = Citizen {
        subject_ref: format!("SR-DEMO-{}", &row.id_number[6..]),
        name: row.full_name,
        gender: row.gender,
        born,
        address: row.address,
        locked: row.locked == "yes",
        id_number: row.id_number.clone(),
    };
    world.citizens.insert(row.id_number, citizen);
    Ok(())
}
