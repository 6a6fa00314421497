//! The decision once more: slow, obvious, straight from the table at the head of `wire::gate::decide`, by scanning the list. It shares
//! nothing with the real one but the types: no index, no calendar, no order of trust, no method of the presence.

// One thing after the other, however long that is.
#![allow(clippy::collapsible_if, clippy::manual_contains)]

use jiff::Timestamp;
use jiff::tz::TimeZone;
use wire::Name;
use wire::gate::*;
use wire::identity::TrustLevel;
use wire::payload::Direction;

/// What the real answer is compared in.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    pub verdict: Verdict,
    pub reason: Reason,
    pub rule: Option<Name>,
    pub entry: Option<String>,
    pub driver: Option<String>,
    pub group: Option<Name>,
    pub warnings: Vec<Warning>,
}

pub fn reference(list: Option<&GateList>, presence: &Presence, ask: &Ask) -> Expected {
    let mut out = Expected {
        verdict: Verdict::Wait,
        reason: Reason::NoList,
        rule: None,
        entry: None,
        driver: None,
        group: None,
        warnings: vec![],
    };
    if let Some(list) = list {
        out.reason = Reason::UnknownLane;
        for gate in &list.gates {
            for lane in &gate.lanes {
                if lane.id == ask.lane {
                    let scene = Scene { list, gate, lane, policy: &lane.policy, presence, ask };
                    (out.verdict, out.reason) = scene.tell(&mut out);
                }
            }
        }
    }
    if ask.emergency {
        out.verdict = Verdict::Admit;
        out.reason = Reason::Emergency;
        out.rule = None;
    }
    out
}

struct Scene<'a> {
    list: &'a GateList,
    gate: &'a Gate,
    lane: &'a Lane,
    policy: &'a Policy,
    presence: &'a Presence,
    ask: &'a Ask,
}

const ADMIT: Verdict = Verdict::Admit;
const WAIT: Verdict = Verdict::Wait;
const DENY: Verdict = Verdict::Deny;

impl<'a> Scene<'a> {
    fn tell(&self, out: &mut Expected) -> (Verdict, Reason) {
        let ask = self.ask;
        let wanted = self.policy.wanted;
        let age = self.age();
        if age >= self.policy.staleness.usable_s {
            out.warnings.push(Warning::ListOld);
        } else if age >= self.policy.staleness.fresh_s {
            out.warnings.push(Warning::ListStale);
        }
        if let Some(person) = &ask.person {
            if person.offline {
                out.warnings.push(Warning::UnverifiedOffline);
            }
        }

        // Who it is, whatever happens next.
        let (vehicle, person) = self.by_which_entries();
        match wanted {
            Wanted::Anonymous => {}
            Wanted::Person => out.entry = person.map(|e| e.id.clone()),
            Wanted::Vehicle | Wanted::VehicleAndDriver => {
                out.entry = vehicle.map(|e| e.id.clone());
                out.driver = person.map(|e| e.id.clone());
            }
        }
        out.group = vehicle.and_then(|e| e.group.clone());
        if out.group.is_none() {
            out.group = person.and_then(|e| e.group.clone());
        }

        // Papers.
        let checked = ask.person.as_ref().is_some_and(|p| p.papers_checked);
        if !checked {
            let told = ask.person.as_ref().is_some_and(|p| p.check_papers);
            if self.watched() || self.possible_face() || told {
                return (WAIT, Reason::CheckPapers);
            }
            if ask.person.as_ref().is_some_and(|p| p.mismatch) {
                return (WAIT, Reason::IdentityMismatch);
            }
        }

        // Blocked.
        let low = self.low_score();
        let blocked_vehicle = self.vehicle_entries().into_iter().find(|e| self.block_counts(e));
        let blocked_person = self.person_entries().into_iter().find(|e| self.block_counts(e));
        if let (Some(entry), false) = (blocked_vehicle, low) {
            out.entry = Some(entry.id.clone());
            out.group = entry.group.clone();
            return (DENY, Reason::Blocked);
        }
        if let Some(entry) = blocked_person {
            match wanted {
                Wanted::Anonymous | Wanted::Person => out.entry = Some(entry.id.clone()),
                Wanted::Vehicle | Wanted::VehicleAndDriver => out.driver = Some(entry.id.clone()),
            }
            out.group = entry.group.clone();
            return (DENY, Reason::Blocked);
        }
        if blocked_vehicle.is_some() {
            return (WAIT, Reason::Unsure);
        }
        if self.possible_entries().into_iter().any(|e| self.block_counts(e)) {
            return (WAIT, Reason::Possible);
        }

        // Enough?
        let needs_vehicle = wanted == Wanted::Vehicle || wanted == Wanted::VehicleAndDriver;
        let needs_person = wanted == Wanted::Person || wanted == Wanted::VehicleAndDriver;
        if (needs_vehicle || needs_person) && ask.vehicle.is_none() && ask.person.is_none() {
            return (WAIT, Reason::NothingPresented);
        }
        if needs_vehicle {
            let Some(seen) = &ask.vehicle else { return (WAIT, Reason::VehicleMissing) };
            if seen.text.is_none() {
                return (WAIT, Reason::Unreadable);
            }
        }
        if needs_person {
            let shown = match &ask.person {
                None => false,
                Some(p) if !p.keys.is_empty() => true,
                Some(p) if p.trust.is_some() => true,
                Some(p) => p.papers_checked && self.policy.unknown == ADMIT,
            };
            if !shown {
                return (WAIT, Reason::PersonMissing);
            }
        }

        // Lists and rules: the vehicle, then the person.
        let mut by_list = false;
        if needs_vehicle {
            match vehicle {
                None => {
                    if !self.possible_entries().is_empty() {
                        return (WAIT, Reason::Possible);
                    }
                    if low {
                        return (WAIT, Reason::Unsure);
                    }
                    let came_in = self.leaving() && self.stranger_came_in();
                    if !came_in && self.policy.unknown != ADMIT {
                        return (self.policy.unknown, Reason::NotListed);
                    }
                }
                Some(entry) => {
                    if low {
                        return (WAIT, Reason::Unsure);
                    }
                    let (rule, verdict, reason) = self.by_itself(entry);
                    out.rule = rule.map(|r| r.id.clone());
                    if verdict != ADMIT {
                        return (verdict, reason);
                    }
                    by_list = true;
                }
            }
        }
        if needs_person {
            match person {
                None if self.policy.unknown == ADMIT => {}
                None => return (self.policy.unknown, Reason::NotListed),
                Some(entry) => {
                    let (rule, verdict, reason) = self.by_itself(entry);
                    if verdict != ADMIT {
                        out.rule = rule.map(|r| r.id.clone());
                        return (verdict, reason);
                    }
                    if out.rule.is_none() {
                        out.rule = rule.map(|r| r.id.clone());
                    }
                    by_list = true;
                }
            }
            if let Some(least) = self.policy.least_trust {
                let seen = ask.person.as_ref().unwrap();
                let proven = seen.trust.map_or(-1, rung) >= rung(least);
                if !proven && !seen.papers_checked {
                    return (WAIT, Reason::ProofNeeded);
                }
            }
        }
        if wanted == Wanted::VehicleAndDriver {
            if let Some(vehicle) = vehicle {
                if !drives(vehicle, person) {
                    return (WAIT, Reason::DriverNotAllowed);
                }
            }
        }

        // Of all together.
        let mut going = vec![];
        if needs_vehicle {
            going.extend(vehicle);
        }
        if needs_person {
            going.extend(person);
        }
        if !self.leaving() && !ask.escort && going.iter().any(|e| e.escort) {
            return (WAIT, Reason::EscortNeeded);
        }
        for entry in &going {
            let all = match entry.kind {
                EntryKind::Vehicle => self.vehicle_entries(),
                EntryKind::Person => self.person_entries(),
            };
            if let Some(reason) = self.passback(&all, out) {
                return (DENY, reason);
            }
        }
        if let Some(reason) = self.no_room(&going) {
            return (WAIT, reason);
        }
        for lane in &self.policy.interlock {
            if ask.open_lanes.contains(lane) {
                return (WAIT, Reason::Interlock);
            }
        }
        if age >= self.policy.staleness.usable_s && self.policy.staleness.when_old == WAIT {
            return (WAIT, Reason::ListOld);
        }
        match wanted {
            Wanted::Anonymous => (ADMIT, Reason::Anonymous),
            _ if by_list => (ADMIT, Reason::Listed),
            _ => (ADMIT, Reason::NotListed),
        }
    }

    fn age(&self) -> u64 {
        let seconds = (self.ask.at.as_nanosecond() - self.list.made_at.as_nanosecond()) / 1_000_000_000;
        if seconds < 0 { 0 } else { seconds as u64 }
    }

    fn leaving(&self) -> bool {
        match (self.lane.way, self.ask.direction) {
            (LaneWay::In, _) => false,
            (LaneWay::Out, _) => true,
            (LaneWay::Both, Direction::In | Direction::Forward) => false,
            (LaneWay::Both, Direction::Out | Direction::Backward) => true,
        }
    }

    fn low_score(&self) -> bool {
        match &self.ask.vehicle {
            Some(seen) if seen.text.is_some() => {
                // Not "below": a score that is no number is not enough either.
                let enough = seen.score >= self.policy.least_score;
                !enough
            }
            _ => false,
        }
    }

    fn watched(&self) -> bool {
        let mut shown: Vec<KeyDigest> = vec![];
        if let Some(vehicle) = &self.ask.vehicle {
            shown.extend(&vehicle.watch);
        }
        if let Some(person) = &self.ask.person {
            shown.extend(person.keys.iter().map(|(_, digest)| digest));
        }
        for watch in &self.list.watch {
            let over = watch.valid_until.is_some_and(|until| until <= self.ask.at);
            if !over && shown.contains(&watch.digest) {
                return true;
            }
        }
        false
    }

    fn possible_face(&self) -> bool {
        let approved = self.list.faces_until.is_some_and(|until| until > self.ask.at);
        approved && self.policy.faces == FaceUse::CheckPapers && self.ask.face_hint
    }

    fn with_plate(&self, text: &str) -> Vec<&'a Entry> {
        let seen_as = self.ask.vehicle.as_ref().and_then(|v| v.group);
        let mut found = vec![];
        for entry in &self.list.entries {
            if entry.kind != EntryKind::Vehicle {
                continue;
            }
            let mut fits = false;
            for key in &entry.keys {
                if let EntryKey::Plate { text: own, group } = key {
                    let same_kind = group.is_none() || seen_as.is_none() || *group == seen_as;
                    fits = fits || (own == text && same_kind);
                }
            }
            if fits {
                found.push(entry);
            }
        }
        found
    }

    fn vehicle_entries(&self) -> Vec<&'a Entry> {
        match self.ask.vehicle.as_ref().and_then(|v| v.text.as_ref()) {
            Some(text) => self.with_plate(text),
            None => vec![],
        }
    }

    fn possible_entries(&self) -> Vec<&'a Entry> {
        let others = self.ask.vehicle.iter().flat_map(|v| v.others.clone());
        others.flat_map(|text| self.with_plate(&text)).collect()
    }

    /// In the order in which the person showed them, and then in the list's.
    fn person_entries(&self) -> Vec<&'a Entry> {
        let mut found: Vec<&Entry> = vec![];
        for (kind, digest) in self.ask.person.iter().flat_map(|p| p.keys.clone()) {
            for entry in &self.list.entries {
                let has = entry.keys.contains(&EntryKey::Digest { of: kind, digest });
                if has && entry.kind == EntryKind::Person && found.iter().all(|e| e.id != entry.id) {
                    found.push(entry);
                }
            }
        }
        found
    }

    /// Every pair of entries is tried; a stable sort puts the one that gets furthest first.
    fn by_which_entries(&self) -> (Option<&'a Entry>, Option<&'a Entry>) {
        let allow = |entries: Vec<&'a Entry>| -> Vec<Option<&'a Entry>> {
            let all: Vec<_> = entries.into_iter().filter(|e| e.list == ListKind::Allow).map(Some).collect();
            if all.is_empty() { vec![None] } else { all }
        };
        let vehicles = match self.policy.wanted {
            Wanted::Vehicle | Wanted::VehicleAndDriver => allow(self.vehicle_entries()),
            _ => vec![None],
        };
        let people = match self.policy.wanted {
            Wanted::Anonymous => vec![None],
            _ => allow(self.person_entries()),
        };
        let mut pairs = vec![];
        for vehicle in &vehicles {
            for person in &people {
                pairs.push((*vehicle, *person));
            }
        }
        let badness = |entry: Option<&Entry>| match entry.map(|e| self.by_itself(e).1) {
            None | Some(ADMIT) => 0,
            Some(WAIT) => 1,
            Some(DENY) => 2,
        };
        let away = |entry: Option<&Entry>| {
            let inside = entry.is_some_and(|e| self.inside_here(&e.id));
            i32::from(self.leaving() && !inside)
        };
        pairs.sort_by_key(|(vehicle, person)| {
            let strange = vehicle.is_some_and(|v| !drives(v, *person));
            [badness(*vehicle), badness(*person), i32::from(strange), away(*vehicle), away(*person)]
        });
        pairs[0]
    }

    fn inside_here(&self, subject: &str) -> bool {
        self.presence.inside.get(subject).is_some_and(|inside| inside.area == self.gate.area)
    }

    fn stranger_came_in(&self) -> bool {
        let text = self.ask.vehicle.as_ref().and_then(|v| v.text.clone());
        text.is_some_and(|text| self.inside_here(&format!("plate:{text}")))
    }

    fn here(&self, entry: &Entry) -> bool {
        entry.gates.is_empty() || entry.gates.iter().any(|gate| *gate == self.gate.id)
    }

    fn block_counts(&self, entry: &Entry) -> bool {
        if entry.list != ListKind::Block || !self.here(entry) {
            return false;
        }
        if let Some(from) = entry.valid_from {
            if self.ask.at < from {
                return false;
            }
        }
        if let Some(until) = entry.valid_until {
            if self.ask.at >= until {
                return false;
            }
        }
        self.hours(&entry.schedule)
    }

    fn by_itself(&self, entry: &Entry) -> (Option<&'a Rule>, Verdict, Reason) {
        let leaving = self.leaving();
        if !self.here(entry) {
            return (None, DENY, Reason::OtherGate);
        }
        if !leaving {
            if entry.valid_from.is_some_and(|from| self.ask.at < from) {
                return (None, DENY, Reason::NotYetValid);
            }
            if entry.valid_until.is_some_and(|until| self.ask.at >= until) {
                return (None, DENY, Reason::Expired);
            }
            if let Some(uses) = entry.uses {
                let so_far = self.presence.uses.get(&entry.id).copied().unwrap_or(0);
                if so_far >= uses {
                    return (None, DENY, Reason::UsedUp);
                }
            }
        }
        let mut fitting: Vec<&Rule> = vec![];
        for rule in &self.policy.rules {
            let group = match &entry.group {
                _ if rule.groups.is_empty() => true,
                Some(group) => rule.groups.contains(group),
                None => false,
            };
            let list = rule.lists.is_empty() || rule.lists.contains(&entry.list);
            if group && list {
                fitting.push(rule);
            }
        }
        if fitting.is_empty() {
            return (None, DENY, Reason::NotListed);
        }
        let mut decides = fitting.iter().find(|rule| self.hours(&rule.schedule));
        if decides.is_none() && leaving {
            decides = fitting.iter().find(|rule| rule.verdict == ADMIT);
        }
        let Some(rule) = decides else { return (None, DENY, Reason::OutOfHours) };
        if !leaving && !self.hours(&entry.schedule) {
            return (None, DENY, Reason::OutOfHours);
        }
        (Some(rule), rule.verdict, Reason::Rule)
    }

    /// Whether named hours are on now: every window is laid out on the two days that it may have begun on.
    fn hours(&self, schedule: &Option<Name>) -> bool {
        let Some(id) = schedule else { return true };
        let schedule = self.list.schedules.iter().find(|s| s.id == *id).unwrap();
        let now = self.ask.at.as_second() + 60 * i64::from(self.list.clock.utc_offset_minutes);
        let today = now.div_euclid(86_400);
        for window in &schedule.windows {
            for day in [today - 1, today] {
                let kind = self.kind_of_day(day);
                let from = seconds(window.from);
                let until = seconds(window.until);
                let length = if until > from { until - from } else { until + 86_400 - from };
                let begin = day * 86_400 + from;
                if window.days.contains(&kind) && begin <= now && now < begin + length {
                    return true;
                }
            }
        }
        false
    }

    fn kind_of_day(&self, day: i64) -> DayKind {
        for holiday in &self.list.holidays {
            let midnight = holiday.date.to_zoned(TimeZone::UTC).unwrap().timestamp();
            if midnight.as_second() == day * 86_400 {
                return if holiday.off { DayKind::Holiday } else { DayKind::Mon };
            }
        }
        // The first of January 1970 was a Thursday.
        let week = [
            DayKind::Thu,
            DayKind::Fri,
            DayKind::Sat,
            DayKind::Sun,
            DayKind::Mon,
            DayKind::Tue,
            DayKind::Wed,
        ];
        week[day.rem_euclid(7) as usize]
    }

    fn passback(&self, all: &[&Entry], out: &mut Expected) -> Option<Reason> {
        let inside = all.iter().any(|e| self.inside_here(&e.id));
        let forgiven = all.iter().any(|e| self.presence.forgiven.contains(&e.id));
        if forgiven {
            return None;
        }
        let wrong = match (self.leaving(), inside) {
            (false, true) => Some((Reason::AlreadyInside, Warning::AlreadyInside)),
            (true, false) => Some((Reason::NotInside, Warning::NotInside)),
            _ => None,
        };
        match (self.policy.anti_passback, wrong) {
            (AntiPassback::Hard, Some((reason, _))) => return Some(reason),
            (AntiPassback::Soft, Some((_, warning))) if !out.warnings.contains(&warning) => {
                out.warnings.push(warning);
            }
            (AntiPassback::Timed { minutes }, _) => {
                for entry in all {
                    let Some((last_in, last_out)) = self.presence.last.get(&entry.id) else { continue };
                    let last = if self.leaving() { last_out } else { last_in };
                    let Some(last) = last else { continue };
                    let until = Timestamp::from_second(last.as_second() + i64::from(minutes) * 60).unwrap();
                    if *last <= self.ask.at && self.ask.at < until {
                        return Some(Reason::TooSoon);
                    }
                }
            }
            _ => {}
        }
        None
    }

    fn no_room(&self, going: &[&Entry]) -> Option<Reason> {
        if !self.policy.quotas || self.leaving() {
            return None;
        }
        for entry in going {
            let Some(group) = self.list.groups.iter().find(|g| Some(&g.id) == entry.group.as_ref()) else {
                continue;
            };
            let quota = match entry.kind {
                EntryKind::Vehicle => group.vehicle_quota,
                EntryKind::Person => group.person_quota,
            };
            let mut taken = 0;
            for (subject, inside) in &self.presence.inside {
                if inside.group.as_ref() == Some(&group.id) && inside.kind == entry.kind {
                    taken += 1;
                }
                if *subject == entry.id {
                    // It has its place.
                    taken -= 1_000_000;
                }
            }
            if quota.is_some_and(|quota| taken >= i64::from(quota)) {
                return Some(Reason::QuotaFull);
            }
        }
        let (people, vehicles) = self.presence.counts.get(&self.gate.area).copied().unwrap_or((0, 0));
        let (mut more_people, mut more_vehicles) = (0, 0);
        match self.policy.wanted {
            Wanted::Anonymous if self.ask.vehicle.is_some() => more_vehicles = 1,
            Wanted::Anonymous => more_people = 1,
            Wanted::Vehicle => more_vehicles = 1,
            Wanted::Person => more_people = 1,
            Wanted::VehicleAndDriver => (more_people, more_vehicles) = (1, 1),
        }
        for entry in going {
            if entry.kind == EntryKind::Person && more_people > 0 {
                more_people = u64::from(entry.people.unwrap_or(1));
            }
        }
        let over = |most: Option<u32>, now: u64, more: u64| {
            more > 0 && most.is_some_and(|most| now + more > u64::from(most))
        };
        let full = over(self.gate.person_capacity, people, more_people)
            || over(self.gate.vehicle_capacity, vehicles, more_vehicles);
        full.then_some(Reason::AreaFull)
    }
}

fn rung(level: TrustLevel) -> i32 {
    match level {
        TrustLevel::QrOnly => 0,
        TrustLevel::QrAndRegister => 1,
        TrustLevel::Chip => 2,
        TrustLevel::ChipAndFace => 3,
        TrustLevel::VneidLevel2 => 3,
    }
}

fn drives(vehicle: &Entry, driver: Option<&Entry>) -> bool {
    if !vehicle.drivers.is_empty() {
        return driver.is_some_and(|driver| vehicle.drivers.iter().any(|id| *id == driver.id));
    }
    if vehicle.group.is_some() {
        return driver.is_some_and(|driver| driver.group == vehicle.group);
    }
    true
}

fn seconds(time: jiff::civil::Time) -> i64 {
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}
