//! Whether a list makes sense: all problems at once, so that an editor can show them, and so that no gate ever decides from half
//! a policy.

use std::collections::HashSet;

use crate::Name;
use crate::gate::calendar::Schedule;
use crate::gate::decide::Verdict;
use crate::gate::list::{Entry, EntryKey, EntryKind, Gate, GateList, Lane, ListError};
use crate::gate::policy::{AntiPassback, FaceUse, Policy, Wanted};

/// Minutes that a site's clock may be off UTC: from Baker Island to Kiritimati.
const OFFSETS: std::ops::RangeInclusive<i32> = -720..=840;
/// Longest id of an entry and longest label, characters.
const MAX_ID: usize = 64;
const MAX_LABEL: usize = 120;
/// Longest canonical plate.
const MAX_PLATE: usize = 16;

impl GateList {
    /// Everything that is wrong with it: names that are not in it or twice, and values that make no sense.
    pub fn problems(&self) -> Vec<ListError> {
        let mut check = Check { list: self, found: Vec::new() };
        check.calendar();
        check.names();
        for gate in &self.gates {
            check.gate(gate);
        }
        let people: HashSet<&str> = self
            .entries
            .iter()
            .filter(|entry| entry.kind == EntryKind::Person)
            .map(|entry| entry.id.as_str())
            .collect();
        for entry in &self.entries {
            check.entry(entry, &people);
        }
        check.guards();
        check.found
    }

    /// Whether it makes sense.
    ///
    /// # Errors
    /// The first of its [problems](Self::problems).
    pub fn check(&self) -> Result<(), ListError> {
        self.problems().into_iter().next().map_or(Ok(()), Err)
    }
}

impl Entry {
    /// What makes no sense in it by itself. One wrong entry makes a whole list unusable: whoever builds a list leaves such an
    /// entry out, and says so.
    pub fn faults(&self) -> Vec<&'static str> {
        let mut faults = Vec::new();
        let mut expect = |good: bool, fault| {
            if !good {
                faults.push(fault);
            }
        };
        let id = self.id.chars().count();
        let named = (1..=MAX_ID).contains(&id) && !self.id.starts_with("plate:");
        expect(named, "its id must have 1 to 64 characters and not begin with plate:");
        expect(self.label.chars().count() <= MAX_LABEL, "its label is longer than 120 characters");
        expect(
            self.is_recognisable(),
            "nothing it could be recognised by: a vehicle needs a plate, a person a card, pass, PIN, passport or VNeID",
        );
        let canonical = |text: &str| {
            (1..=MAX_PLATE).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        };
        let plates = self.keys.iter().all(|key| match key {
            EntryKey::Plate { text, .. } => canonical(text),
            EntryKey::Digest { .. } => true,
        });
        expect(plates, "a plate is not canonical: 1 to 16 of A-Z and 0-9");
        expect(self.uses != Some(0), "a pass for 0 uses: say how many, or take it off the list");
        let empty = matches!((self.valid_from, self.valid_until), (Some(from), Some(until)) if from >= until);
        expect(!empty, "ends (valid_until) before it begins (valid_from)");
        expect(self.drivers.is_empty() || self.kind == EntryKind::Vehicle, "only a vehicle has drivers");
        expect(self.stay_minutes != Some(0), "a stay of 0 minutes: leave it out for no limit");
        expect(self.people != Some(0), "nobody comes on it (people is 0)");
        faults
    }
}

struct Check<'a> {
    list: &'a GateList,
    found: Vec<ListError>,
}

impl<'a> Check<'a> {
    fn nonsense(&mut self, what: &'static str, name: impl ToString, why: &str) {
        let (version, name) = (self.list.version, name.to_string());
        self.found.push(ListError::Nonsense { version, what, name, why: why.to_owned() });
    }

    fn expect(&mut self, good: bool, what: &'static str, name: &str, why: &str) {
        if !good {
            self.nonsense(what, name, why);
        }
    }

    fn known<T>(&mut self, what: &'static str, name: &T, mut all: impl Iterator<Item = &'a T>)
    where
        T: PartialEq + ToString + 'a,
    {
        if !all.any(|other| other == name) {
            let (version, name) = (self.list.version, name.to_string());
            self.found.push(ListError::Dangling { version, what, name });
        }
    }

    fn known_group(&mut self, group: &Name) {
        self.known("group", group, self.list.groups.iter().map(|group| &group.id));
    }

    fn known_schedule(&mut self, schedule: &Name) {
        self.known("schedule", schedule, self.list.schedules.iter().map(|schedule| &schedule.id));
    }

    fn known_gate(&mut self, gate: &Name) {
        self.known("gate", gate, self.list.gates.iter().map(|gate| &gate.id));
    }

    fn once(&mut self, what: &'static str, names: impl Iterator<Item = String>) {
        let (version, mut seen) = (self.list.version, HashSet::new());
        for name in names {
            if !seen.insert(name.clone()) {
                self.found.push(ListError::Repeated { version, what, name });
            }
        }
    }

    fn names(&mut self) {
        let list = self.list;
        self.once("schedule", list.schedules.iter().map(|schedule| schedule.id.to_string()));
        self.once("holiday", list.holidays.iter().map(|holiday| holiday.date.to_string()));
        self.once("group", list.groups.iter().map(|group| group.id.to_string()));
        self.once("gate", list.gates.iter().map(|gate| gate.id.to_string()));
        self.once("lane", list.lanes().map(|(_, lane)| lane.id.to_string()));
        self.once("entry", list.entries.iter().map(|entry| entry.id.clone()));
        self.once("guard", list.guards.iter().map(|guard| guard.user.clone()));
    }

    fn calendar(&mut self) {
        let list = self.list;
        let offset = list.clock.utc_offset_minutes;
        let why = "expected -720 to 840 minutes; Vietnam is 420";
        self.expect(OFFSETS.contains(&offset), "clock offset", &offset.to_string(), why);
        for Schedule { id, windows, .. } in &list.schedules {
            self.expect(!windows.is_empty(), "schedule", id.as_str(), "has no hours, so it is never open");
            let days = windows.iter().all(|window| !window.days.is_empty());
            self.expect(days, "schedule", id.as_str(), "has hours without days, which are never open");
        }
    }

    fn gate(&mut self, gate: &Gate) {
        let id = gate.id.as_str();
        let none = gate.person_capacity == Some(0) || gate.vehicle_capacity == Some(0);
        self.expect(!none, "gate", id, "a capacity of 0 lets nobody in: leave it out for no limit");
        for lane in &gate.lanes {
            self.lane(lane);
            self.policy(lane);
        }
    }

    fn lane(&mut self, lane: &Lane) {
        let Policy { rules, interlock, .. } = &lane.policy;
        let list = self.list;
        self.once("rule", rules.iter().map(|rule| rule.id.to_string()));
        for rule in rules {
            rule.groups.iter().for_each(|group| self.known_group(group));
            rule.schedule.iter().for_each(|schedule| self.known_schedule(schedule));
        }
        for other in interlock {
            self.known("lane", other, list.lanes().map(|(_, lane)| &lane.id));
        }
        let itself = interlock.contains(&lane.id);
        self.expect(!itself, "lane", lane.id.as_str(), "waits for itself: take it out of its own interlock");
    }

    fn policy(&mut self, lane: &Lane) {
        let policy = &lane.policy;
        let approved = self.list.faces_until.is_some();
        let mut expect = |good: bool, why: &str| self.expect(good, "lane", lane.id.as_str(), why);
        expect((0.0..=1.0).contains(&policy.least_score), "least_score must be from 0 to 1");
        let staleness = policy.staleness;
        expect(
            staleness.fresh_s <= staleness.usable_s,
            "a list cannot stay fresh (fresh_s) for longer than usable (usable_s)",
        );
        expect(staleness.usable_s > 0, "usable_s is 0, so every list would be too old at once");
        expect(
            staleness.when_old != Verdict::Deny,
            "when_old must be admit or wait: an old list refuses nobody",
        );
        expect(policy.tailgating.bodies > 0, "tailgating.bodies must be at least 1");
        expect(policy.tailgating.window_s > 0, "tailgating.window_s must be at least 1 second");
        let timed = policy.anti_passback == AntiPassback::Timed { minutes: 0 };
        expect(!timed, "anti-passback of 0 minutes never refuses: switch it off, or say how long");
        let pair = policy.wanted != Wanted::VehicleAndDriver || policy.pair_s > 0;
        expect(pair, "pair_s is 0: vehicle and driver could never come apart");
        let faces = policy.faces == FaceUse::Off || approved;
        expect(faces, "faces are on without an approval on file (faces_until)");
    }

    fn entry(&mut self, entry: &Entry, people: &HashSet<&str>) {
        let id = entry.id.as_str();
        entry.group.iter().for_each(|group| self.known_group(group));
        entry.schedule.iter().for_each(|schedule| self.known_schedule(schedule));
        entry.gates.iter().for_each(|gate| self.known_gate(gate));
        for driver in entry.drivers.iter().filter(|driver| !people.contains(driver.as_str())) {
            let (version, name) = (self.list.version, driver.clone());
            self.found.push(ListError::Dangling { version, what: "driver", name });
        }
        for fault in entry.faults() {
            self.nonsense("entry", id, fault);
        }
    }

    fn guards(&mut self) {
        for guard in &self.list.guards {
            guard.gates.iter().for_each(|gate| self.known_gate(gate));
            let named = (1..=MAX_ID).contains(&guard.user.chars().count());
            self.expect(named, "guard", &guard.user, "a user name has 1 to 64 characters");
            let hashed = guard.pin_hash.starts_with("$argon2id$");
            self.expect(hashed, "guard", &guard.user, "the PIN is not an Argon2id hash (PHC string)");
        }
    }
}

#[cfg(test)]
mod tests;
