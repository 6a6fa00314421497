//! The generated data.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use seeds::World;
use seeds::world::{OwnerKind, Size};
use serde::Deserialize;
use wire::identity::CitizenNumber;
use wire::plate::{self, Hint, PlateKind, province};

fn world(seed: u64) -> World {
    World::generate(seed, Size::default()).expect("the embedded lists are whole")
}

#[test]
fn the_same_seed_gives_the_same_world_and_another_seed_another() {
    let small = Size { citizens: 200, vehicles: 3000 };
    let make = |seed| World::generate(seed, small).expect("generates");
    assert_eq!(make(7), make(7));
    assert_ne!(make(7).citizens, make(8).citizens);
    assert_ne!(make(7).registrations, make(8).registrations);
}

#[test]
fn every_generated_plate_is_valid_and_of_its_kind() {
    let world = world(2026);
    for registration in world.registrations.values().flatten() {
        let hint =
            Hint { vehicle: Some(registration.group), colour: Some(registration.colour), ..Hint::default() };
        let kinds: Vec<_> =
            plate::parse(&registration.plate, &hint).candidates.iter().map(|p| p.kind).collect();
        assert!(kinds.contains(&registration.kind), "{}: {kinds:?}", registration.plate);
    }
    for plate in &world.military {
        assert_eq!(plate::parse(plate, &Hint::default()).best().map(|p| p.kind), Some(PlateKind::Military));
        assert!(!world.registrations.contains_key(plate), "military plates are not in the police register");
    }
}

#[test]
fn thousands_of_vehicles_cover_every_kind_in_every_province() {
    let world = world(2026);
    assert!(world.registrations.len() >= 5000 && world.citizens.len() >= 3000);
    let all = world.registrations.values().flatten();
    let seen: BTreeSet<_> = all.filter_map(|r| Some((province_of(&r.plate)?, r.kind))).collect();
    for p in province::all() {
        for kind in [
            PlateKind::Car,
            PlateKind::StateCar,
            PlateKind::StateMotorcycle,
            PlateKind::MotorcycleOld,
            PlateKind::MotorcycleNew,
            PlateKind::EMotorcycle,
            PlateKind::Special,
            PlateKind::Temporary,
            PlateKind::Diplomatic,
            PlateKind::Foreign,
            PlateKind::EconomicZone,
        ] {
            assert!(seen.contains(&(p.code, kind)), "{} {kind:?}", p.code);
        }
    }
}

fn province_of(text: &str) -> Option<u8> {
    text.trim_start_matches('T').get(..2)?.parse().ok()
}

#[test]
fn every_citizen_has_a_number_that_agrees_with_birth_and_gender() {
    let world = world(2026);
    let today = date(2026, 11, 21);
    for citizen in world.citizens.values() {
        let number = CitizenNumber::parse(&citizen.id_number, today).expect("a valid number");
        assert!(number.place().is_some());
        assert_eq!((number.birth_year(), number.gender()), (citizen.born.year, citizen.gender));
        assert!(citizen.name.split(' ').count() >= 3 && !citizen.address.is_empty());
    }
    let refs: BTreeSet<_> = world.citizens.values().map(|c| &c.subject_ref).collect();
    assert_eq!(refs.len(), world.citizens.len(), "references are unique");
}

#[test]
fn every_owner_who_is_a_person_is_in_the_population_register() {
    let world = world(2026);
    for period in world.registrations.values().flatten().flat_map(|r| &r.periods) {
        match period.owner.kind {
            OwnerKind::Person => {
                let citizen = world.citizens.get(&period.owner.id).expect("a citizen");
                assert_eq!(citizen.name, period.owner.name);
            }
            OwnerKind::Org => assert!(period.owner.id.len() == 10 && &period.owner.id[2..4] == "99"),
        }
        assert!(period.owner.commune_code.is_some(), "{}", period.owner.address);
        assert!(!period.vehicle.make.is_empty());
    }
}

#[test]
fn the_world_has_the_awkward_cases_too() {
    let world = world(2026);
    let all: Vec<_> = world.registrations.values().flatten().collect();
    assert!(all.iter().filter(|r| r.stolen_on.is_some()).count() > 30);
    assert!(all.iter().filter(|r| r.revoked_on.is_some()).count() > 30);
    assert!(all.iter().filter(|r| r.periods.len() > 1).count() > 300);
    assert!(world.registrations.values().filter(|r| r.len() > 1).count() > 15);
    assert!(world.military.len() >= 40 && world.wanted.len() > 15 && world.tokens.len() > 30);
    assert!(
        world.citizens.values().any(|c| c.locked) && world.citizens.values().any(|c| c.born.day.is_none())
    );
    let shared = |r: &&Vec<seeds::world::Registration>| r.len() > 1 && r[0].group != r[1].group;
    assert!(world.registrations.values().any(|r| shared(&r)), "a car and a motorcycle share a text");
}

#[test]
fn periods_of_a_plate_follow_one_another() {
    for registration in world(2026).registrations.values().flatten() {
        for pair in registration.periods.windows(2) {
            let to = pair[0].to.expect("only the last period is open");
            assert_eq!(to.tomorrow().expect("a day"), pair[1].from, "{}", registration.plate);
            assert!(pair[0].from <= to);
        }
        assert_eq!(registration.periods.last().and_then(|p| p.to), None);
    }
}

#[derive(Deserialize)]
struct Watched {
    list: String,
    plate: String,
    valid_from: jiff::civil::Date,
    valid_to: Option<jiff::civil::Date>,
}

fn watch_list() -> Vec<Watched> {
    let rows: Result<_, _> = csv::Reader::from_reader(include_bytes!("../../data/watchlist.csv").as_slice())
        .deserialize()
        .collect();
    rows.expect("the watch list reads")
}

#[test]
fn the_demonstrations_plates_are_valid_and_printed_as_the_file_says() {
    let vehicles = World::demo_vehicles().expect("reads");
    assert_eq!(vehicles.len(), 24);
    let mut types = BTreeMap::<String, usize>::new();
    for vehicle in &vehicles {
        let hint = Hint {
            lines: Some(vehicle.lines),
            vehicle: Some(vehicle.group()),
            colour: Some(vehicle.plate_colour),
            ..Hint::default()
        };
        let parsed = plate::parse(&vehicle.plate, &hint);
        let best = parsed.best().unwrap_or_else(|| panic!("{} is valid", vehicle.plate));
        assert_eq!(best.display(), vehicle.display);
        assert!(best.printed_lines(vehicle.lines).is_some(), "{}", vehicle.plate);
        assert_eq!(parsed.candidates.len(), 1, "{} must not be ambiguous", vehicle.plate);
        *types.entry(vehicle.vehicle_type.clone()).or_default() += 1;
    }
    assert!(["car", "truck", "bus", "motorcycle"].iter().all(|t| types[*t] >= 2), "{types:?}");
}

#[test]
fn the_watch_list_meets_the_demonstration_exactly_and_by_one_confusion() {
    let list = watch_list();
    assert!(list.iter().all(|w| !w.list.is_empty() && plate::parse(&w.plate, &Hint::default()).is_valid()));
    let today = date(2026, 11, 21);
    let active = |w: &&Watched| w.valid_from <= today && w.valid_to.is_none_or(|to| today <= to);
    let vehicles = World::demo_vehicles().expect("reads");
    let (mut exact, mut possible) = (Vec::new(), Vec::new());
    for watched in list.iter().filter(active) {
        for vehicle in &vehicles {
            if vehicle.plate == watched.plate {
                exact.push(vehicle.plate.as_str());
            } else if plate::one_confusion(&vehicle.plate, &watched.plate).is_some() {
                possible.push(vehicle.plate.as_str());
            }
        }
    }
    assert_eq!(exact, ["30K13579", "35C14142", "35B134641"]);
    assert_eq!(possible, ["15C22360", "35A24681"]);
}

#[test]
fn the_sites_of_the_demonstration_have_topic_safe_names() {
    let sites: toml::Table = include_str!("../../data/sites.toml").parse().expect("TOML");
    let sites = sites["sites"].as_array().expect("a list");
    let names: Vec<_> = sites.iter().map(|s| s["id"].as_str().expect("text")).collect();
    assert_eq!(names, ["trang-an", "kcn-khanh-phu", "nga-tu-le-dai-hanh", "ga-ninh-binh"]);
    for site in sites {
        assert!(site["id"].as_str().expect("text").parse::<wire::Name>().is_ok());
        for camera in site["cameras"].as_array().expect("cameras") {
            assert!(camera["id"].as_str().expect("text").parse::<wire::Name>().is_ok());
        }
    }
}

#[test]
fn an_export_is_complete_and_the_same_every_time() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let world = World::generate(3, Size { citizens: 20, vehicles: 60 }).expect("generates");
    let files = |name: &str| {
        let out = folder.path().join(name);
        world.export(&out).expect("writes");
        ["citizens.csv", "vehicles.csv", "military.csv", "wanted.csv", "vneid-tokens.csv"]
            .map(|file| std::fs::read_to_string(out.join(file)).expect("written"))
    };
    let first = files("a");
    assert_eq!(first, files("b"));
    let rows = csv::Reader::from_reader(first[0].as_bytes()).records().count();
    assert_eq!(rows, world.citizens.len());
    let periods: usize = world.registrations.values().flatten().map(|r| r.periods.len()).sum();
    let rows: Result<Vec<_>, _> = csv::Reader::from_reader(first[1].as_bytes()).records().collect();
    assert_eq!(rows.expect("as many fields as the header").len(), periods);
}

#[test]
fn an_export_into_a_file_says_what_to_do() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let world = World::generate(3, Size { citizens: 1, vehicles: 1 }).expect("generates");
    let error = world.export(file.path()).expect_err("a file is no folder").to_string();
    assert!(error.contains("choose another --out folder"), "{error}");
}
