//! Fills a world from a seed. Same seed, size and lists, same world: nothing here looks at the clock.

use std::collections::BTreeSet;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use wire::identity::{Gender, birth_places};
use wire::plate::{PlateKind, VehicleGroup, province};

use super::data::{Commune, DataError, Model, Names, communes, models, names};
use super::people::{BirthDate, Citizen, Notice, NoticeLevel, Token, TokenState};
use super::plates::{RECIPES, Recipe};
use super::{Owner, OwnerKind, Period, Registration, Size, VehicleFacts, World};

/// "Today" of the generated world; nothing in it happens later.
const HORIZON: Date = date(2026, 11, 1);
const BODY_COLOURS: [&str; 9] =
    ["white", "black", "silver", "grey", "red", "blue", "brown", "green", "yellow"];
const MILITARY_PREFIXES: [&str; 8] = ["KV", "TM", "QA", "QH", "AT", "BB", "TH", "KC"];
const MILITARY_COUNT: usize = 40;

struct Generator {
    rng: ChaCha8Rng,
    names: Names,
    communes: Vec<Commune>,
    models: Vec<Model>,
    taken: BTreeSet<String>,
    people: Vec<String>,
}

pub fn fill(world: &mut World, seed: u64, size: Size) -> Result<(), DataError> {
    let mut taken: BTreeSet<String> = world.registrations.keys().cloned().collect();
    for row in World::demo_vehicles()? {
        taken.insert(row.plate);
    }
    let mut g = Generator {
        rng: ChaCha8Rng::seed_from_u64(seed),
        names: names()?,
        communes: communes()?,
        models: models()?,
        taken,
        people: Vec::with_capacity(size.citizens),
    };
    for _ in 0..size.citizens {
        let citizen = g.citizen(world);
        g.people.push(citizen.id_number.clone());
        world.citizens.insert(citizen.id_number.clone(), citizen);
    }
    g.notices_and_tokens(world);
    g.vehicles(world, size.vehicles);
    for _ in 0..MILITARY_COUNT {
        let prefix = g.pick(&MILITARY_PREFIXES);
        world.military.push(format!("{prefix}{:04}", g.rng.random_range(1..10_000_u32)));
    }
    Ok(())
}

impl Generator {
    /// One of a list that is never empty.
    fn pick<T: Clone + Default>(&mut self, list: &[T]) -> T {
        list.choose(&mut self.rng).cloned().unwrap_or_default()
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.rng.random_range(0..n) == 0
    }

    /// A day from `from` up to the horizon.
    fn day_since(&mut self, from: Date) -> Date {
        let days = from.until(HORIZON).map_or(0, |span| span.get_days()).max(0);
        from.saturating_add(self.rng.random_range(0..=days).days())
    }

    fn citizen(&mut self, world: &World) -> Citizen {
        let gender = if self.rng.random_bool(0.5) { Gender::Male } else { Gender::Female };
        let born = date(1945, 1, 1).saturating_add(self.rng.random_range(0..29_000).days());
        let id_number = loop {
            let id = self.id_number(gender, born);
            if !world.citizens.contains_key(&id) {
                break id;
            }
        };
        // Old records know the year or the month only.
        let born = match self.rng.random_range(0..50) {
            0 => BirthDate { year: born.year(), month: None, day: None },
            1 => BirthDate { year: born.year(), month: Some(born.month()), day: None },
            _ => born.into(),
        };
        let (address, _) = self.address();
        Citizen {
            name: self.person_name(gender),
            subject_ref: format!("SR-{:016x}", self.rng.random::<u64>()),
            locked: self.one_in(200),
            id_number,
            gender,
            born,
            address,
        }
    }

    fn id_number(&mut self, gender: Gender, born: Date) -> String {
        let place = birth_places().choose(&mut self.rng).map_or("037", |(code, _)| code);
        let century = (born.year() - 1900) / 100 * 2 + i16::from(gender == Gender::Female);
        format!("{place}{century}{:02}{:06}", born.year() % 100, self.rng.random_range(1..1_000_000_u32))
    }

    fn person_name(&mut self, gender: Gender) -> String {
        let n = &self.names;
        let (middle, given) = match gender {
            Gender::Male => (&n.middle_male, &n.given_male),
            Gender::Female => (&n.middle_female, &n.given_female),
        };
        let parts =
            [&n.family, middle, given].map(|list| list.choose(&mut self.rng).map_or("", String::as_str));
        parts.join(" ")
    }

    fn address(&mut self) -> (String, Option<String>) {
        let number = self.rng.random_range(1..300);
        let street = self.names.streets.choose(&mut self.rng).map_or("", String::as_str);
        match self.communes.choose(&mut self.rng) {
            Some(c) => {
                (format!("Số {number}, {street}, {}, {}", c.commune, c.province), Some(c.code.clone()))
            }
            None => (format!("Số {number}, {street}"), None),
        }
    }

    fn notices_and_tokens(&mut self, world: &mut World) {
        for n in 0..self.people.len() / 50 {
            let id = self.people[self.rng.random_range(0..self.people.len())].clone();
            match n % 3 {
                0 => {
                    let level = if n % 2 == 0 { NoticeLevel::Hit } else { NoticeLevel::Possible };
                    let unit = self.communes.choose(&mut self.rng).map_or("", |c| c.province.as_str());
                    let handling_unit = format!("Công an {}", lower_first(unit));
                    let notice_no = format!("TN-2026-{:04}", 1000 + n);
                    world.wanted.insert(id, Notice { level, notice_no, handling_unit });
                }
                at => {
                    let state = [TokenState::Valid, TokenState::Valid, TokenState::Expired, TokenState::Used];
                    let state = state[self.rng.random_range(0..state.len())];
                    let token = format!("vneid-{:032x}", self.rng.random::<u128>());
                    world
                        .tokens
                        .insert(token, Token { id_number: id, level: if at == 1 { 2 } else { 1 }, state });
                }
            }
        }
    }

    /// First every kind in every province, then at random by weight.
    fn vehicles(&mut self, world: &mut World, count: usize) {
        let codes: Vec<u8> = province::all().iter().map(|p| p.code).collect();
        let everywhere = codes.iter().flat_map(|code| RECIPES.iter().map(move |r| (*code, r)));
        let mut made = 0;
        for (code, recipe) in everywhere.take(count) {
            self.vehicle(world, code, recipe);
            made += 1;
        }
        while made < count {
            let code = codes[self.rng.random_range(0..codes.len())];
            let recipe = RECIPES.choose_weighted(&mut self.rng, |r| r.weight).unwrap_or(&RECIPES[0]);
            self.vehicle(world, code, recipe);
            made += 1;
        }
    }

    fn vehicle(&mut self, world: &mut World, code: u8, recipe: &Recipe) {
        let plate = loop {
            let plate = recipe.draw(code, &mut self.rng);
            if self.taken.insert(plate.clone()) {
                break plate;
            }
        };
        let first = date(2008, 1, 1).saturating_add(self.rng.random_range(0..6_500).days());
        let mut periods = vec![Period {
            from: first,
            to: None,
            owner: self.owner(world, recipe),
            vehicle: self.facts(recipe),
        }];
        if self.one_in(8) {
            self.change_hands(world, recipe, &mut periods);
        }
        let latest = periods.last().map_or(first, |p| p.from);
        let registration = Registration {
            plate: plate.clone(),
            kind: recipe.kind,
            colour: recipe.colour,
            group: recipe.group(),
            periods,
            stolen_on: self.one_in(80).then(|| self.day_since(latest)),
            revoked_on: self.one_in(60).then(|| self.day_since(latest)),
        };
        let twin = self.one_in(150).then(|| self.twin(world, &registration)).flatten();
        world.registrations.entry(plate).or_default().extend(std::iter::once(registration).chain(twin));
    }

    /// A second owner from some day on: of the same vehicle, or (plates follow their owner since 2023) the same owner
    /// with another vehicle.
    fn change_hands(&mut self, world: &World, recipe: &Recipe, periods: &mut Vec<Period>) {
        let Some(now) = periods.last_mut() else { return };
        let day = self.day_since(now.from.saturating_add(1.days()));
        if day <= now.from {
            return;
        }
        now.to = Some(day.saturating_sub(1.days()));
        let (owner, vehicle) = if day >= date(2023, 8, 15) && self.one_in(2) {
            (now.owner.clone(), self.facts(recipe))
        } else {
            (self.owner(world, recipe), now.vehicle.clone())
        };
        periods.push(Period { from: day, to: None, owner, vehicle });
    }

    /// Something else registered under the same text: an old motorcycle beside a car where the grammar allows both,
    /// otherwise a duplicate record.
    fn twin(&mut self, world: &World, of: &Registration) -> Option<Registration> {
        let mut twin = of.clone();
        if of.kind == PlateKind::Car && wire::plate::parse(&of.plate, &Default::default()).is_ambiguous() {
            let recipe = RECIPES.iter().find(|r| r.kind == PlateKind::MotorcycleOld && r.digits == 4)?;
            twin.kind = recipe.kind;
            twin.group = VehicleGroup::Motorcycle;
            twin.colour = recipe.colour;
            twin.periods = vec![Period {
                from: date(2008, 1, 1),
                to: None,
                owner: self.owner(world, recipe),
                vehicle: self.facts(recipe),
            }];
        }
        Some(twin)
    }

    fn owner(&mut self, world: &World, recipe: &Recipe) -> Owner {
        use wire::plate::PlateColour::{Blue, Yellow};
        let organisation = match (recipe.kind, recipe.colour) {
            (PlateKind::Diplomatic | PlateKind::Foreign, _) | (_, Blue) => true,
            (_, Yellow) => self.rng.random_bool(0.7),
            _ => self.rng.random_bool(0.08),
        };
        let person = (!organisation).then(|| self.people.choose(&mut self.rng)).flatten();
        if let Some(citizen) = person.and_then(|id| world.citizens.get(id)) {
            return Owner {
                kind: OwnerKind::Person,
                id: citizen.id_number.clone(),
                name: citizen.name.clone(),
                commune_code: super::demo::commune_code(&citizen.address, &self.communes),
                address: citizen.address.clone(),
            };
        }
        let (address, commune_code) = self.address();
        let n = &self.names;
        let mut part = |list: &[String]| list.choose(&mut self.rng).cloned().unwrap_or_default();
        let name = match (recipe.kind, recipe.colour) {
            (PlateKind::Diplomatic | PlateKind::Foreign, _) => part(&n.missions),
            (_, Blue) => part(&n.state_bodies),
            _ => format!("{} {} {}", part(&n.org_forms), part(&n.org_trades), part(&n.org_fancy)),
        };
        let id =
            format!("{:02}99{:06}", self.rng.random_range(1..97), self.rng.random_range(1..1_000_000_u32));
        Owner { kind: OwnerKind::Org, id, name, address, commune_code }
    }

    fn facts(&mut self, recipe: &Recipe) -> VehicleFacts {
        let fitting: Vec<&Model> = self.models.iter().filter(|m| m.vehicle_type == recipe.model).collect();
        let (make, model) = fitting
            .choose(&mut self.rng)
            .map_or_else(Default::default, |m| (m.make.clone(), m.model.clone()));
        let vehicle_type = if recipe.model == "electric" { "motorcycle" } else { recipe.model };
        VehicleFacts {
            make,
            model,
            colour: self.pick(&BODY_COLOURS).to_owned(),
            vehicle_type: vehicle_type.to_owned(),
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
