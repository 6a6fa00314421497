//! From what a camera saw to the behaviour that the decree names.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::rows::{Behaviour, CameraUse, Row as _};
use super::{Law, on_day};

/// What is known about a violation beside its kind. Where nothing is known, the milder behaviour is taken.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// km/h over the limit, after the meter's tolerance.
    pub excess_kmh: Option<f64>,
    /// On a motorway.
    pub motorway: bool,
    /// Where it stood: `junction`, `bus_stop`, `gate`, `sign`, `pavement`, `bend`, `bridge`, `left_side`, `double`.
    pub place: Option<String>,
    /// People on the vehicle, the rider included.
    pub people: Option<u8>,
    /// Who: `rider` or `passenger`.
    pub who: Option<String>,
    /// It made others queue.
    pub jam: bool,
    /// The line was crossed in changing lanes.
    pub lane_change: bool,
    /// A sign closes the whole road to this class.
    pub road_banned: bool,
}

impl Facts {
    /// Whether every word of a condition holds; a word that nobody knows never does.
    fn meet(&self, condition: &str) -> bool {
        condition.split(" and ").map(str::trim).filter(|word| !word.is_empty()).all(|word| self.meets(word))
    }

    fn meets(&self, word: &str) -> bool {
        if let Some(least) = word.strip_prefix("people>=") {
            return least.parse().is_ok_and(|least: u8| self.people.is_some_and(|people| people >= least));
        }
        match word.split_once('=') {
            Some(("place", place)) => self.place.as_deref() == Some(place),
            Some(("who", who)) => self.who.as_deref() == Some(who),
            Some(_) => false,
            None => match word {
                "motorway" => self.motorway,
                "jam" => self.jam,
                "lane_change" => self.lane_change,
                "road_banned" => self.road_banned,
                _ => false,
            },
        }
    }
}

/// Whether a condition of the table is one that [`Facts`] can answer.
pub(super) fn condition_known(condition: &str) -> bool {
    condition.split(" and ").map(str::trim).filter(|word| !word.is_empty()).all(|word| {
        match (word.strip_prefix("people>="), word.split_once('=')) {
            (Some(number), _) => number.parse::<u8>().is_ok(),
            (None, Some((name, value))) => matches!(name, "place" | "who") && !value.is_empty(),
            (None, None) => matches!(word, "motorway" | "jam" | "lane_change" | "road_banned"),
        }
    })
}

impl Law {
    /// Kind of vehicle that the articles speak of, for a class as a camera or register names it, or such a kind itself.
    pub fn vehicle_of<'a>(&'a self, class: &'a str, on: Date) -> Option<&'a str> {
        let row = self
            .edition()
            .vehicle_classes
            .iter()
            .find(|row| row.class.eq_ignore_ascii_case(class) && row.holds_on(on));
        match row {
            Some(row) => Some(row.vehicle.as_str()).filter(|vehicle| !vehicle.is_empty()),
            None => {
                Some(class).filter(|class| self.edition().behaviours.iter().any(|row| row.vehicle == *class))
            }
        }
    }

    /// Every behaviour that a kind of violation may be, for a class of vehicle, by the law of a day, in the order of their ranks: what a
    /// reviewer chooses from. What no camera may propose is not among them.
    pub fn behaviours_of(&self, kind: &str, class: &str, on: Date) -> Vec<&Behaviour> {
        let Some(vehicle) = self.vehicle_of(class, on) else { return Vec::new() };
        let mut rows: Vec<_> = on_day(&self.edition().kinds, on)
            .filter(|row| row.kind == kind && row.vehicle == vehicle)
            .collect();
        rows.sort_by_key(|row| row.rank);
        let mut found: Vec<&Behaviour> = Vec::new();
        for behaviour in rows.iter().filter_map(|row| self.behaviour(&row.behaviour, on)) {
            if behaviour.camera != CameraUse::Never && found.iter().all(|one| one.key != behaviour.key) {
                found.push(behaviour);
            }
        }
        found
    }

    /// The behaviour that a kind of violation is, for a class of vehicle, by the law of a day. None when no article of the tables
    /// fines it: so below 5 km/h over the limit, and for vehicles that the tables do not cover.
    pub fn behaviour_for(&self, kind: &str, class: &str, facts: &Facts, on: Date) -> Option<&Behaviour> {
        let vehicle = self.vehicle_of(class, on)?;
        if kind.starts_with("speed_") {
            return self.behaviour(&self.speed_bracket(vehicle, facts.excess_kmh?, on)?.behaviour, on);
        }
        let mut rows: Vec<_> = on_day(&self.edition().kinds, on)
            .filter(|row| row.kind == kind && row.vehicle == vehicle && facts.meet(&row.condition))
            .collect();
        rows.sort_by_key(|row| row.rank);
        rows.iter().find_map(|row| self.behaviour(&row.behaviour, on))
    }
}
