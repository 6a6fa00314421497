//! The decision: one pure function, at the edge and at central.
//!
//! The first of these that applies decides; everything after it is not looked at, except warnings:
//!
//! | step | verdict, reason |
//! |---|---|
//! | emergency open | admit, `emergency` |
//! | no list at all | wait, `no_list` |
//! | the lane is not in the list | wait, `unknown_lane` |
//! | nothing, or not enough, was presented | wait, `nothing_presented`, `unreadable`, `vehicle_missing`, `person_missing` |
//! | watch list, exact or look-alike; a possible face | wait, `check_papers` |
//! | identity contradicts itself or the register | wait, `identity_mismatch` |
//! | a block entry counts now | deny, `blocked` |
//! | nothing wanted (anonymous) | on to capacity |
//! | reading below the least score, or it may be another listed plate | wait, `unsure`, `possible` |
//! | on no list | the policy's `unknown`, `not_listed` |
//! | entry not valid here or now | deny, `other_gate`, `not_yet_valid`, `expired`, `used_up` |
//! | no rule holds now, or the entry's own hours are over | deny, `out_of_hours`; `not_listed` where no rule is for it |
//! | the rule says deny or wait | as it says, `rule` |
//! | identity less proven than asked | wait, `proof_needed` |
//! | driver not of this vehicle | wait, `driver_not_allowed` |
//! | escort not there | wait, `escort_needed` |
//! | anti-passback | deny, `already_inside`, `not_inside`, `too_soon` |
//! | quota or capacity full | wait, `quota_full`, `area_full` |
//! | another lane must close first | wait, `interlock` |
//! | list too old | the policy's `when_old`, `list_old` |
//! | else | admit, `listed` (or `anonymous`) |
//!
//! A face never denies and never admits: it can only turn the answer into "please check papers".

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::digest::{KeyDigest, KeyKind};
use super::index::GateIndex;
use super::list::{Entry, EntryKey, EntryKind, Gate, Lane, ListKind};
use super::policy::{AntiPassback, FaceUse, Policy, Rule, Wanted};
use super::presence::Presence;
use crate::Name;
use crate::identity::TrustLevel;
use crate::payload::Direction;
use crate::plate::VehicleGroup;

/// What the guard is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// May pass; the barrier opens.
    Admit,
    /// A person has to look.
    Wait,
    /// May not pass.
    Deny,
}

impl Verdict {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Wait => "wait",
            Self::Deny => "deny",
        }
    }
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word used in JSON and in the store.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
}

words! {
    /// Why. Texts for people are the desk's and the console's (`reason.WORD`).
    Reason {
        /// Somebody opened the lane for an emergency.
        Emergency = "emergency",
        /// This agent never got a list.
        NoList = "no_list",
        /// The list does not have this lane.
        UnknownLane = "unknown_lane",
        /// Nobody and nothing is there.
        NothingPresented = "nothing_presented",
        /// The plate cannot be read.
        Unreadable = "unreadable",
        /// A person is there, the vehicle is not.
        VehicleMissing = "vehicle_missing",
        /// A vehicle is there, its driver has shown nothing.
        PersonMissing = "person_missing",
        /// Papers have to be looked at. Why is not said at the gate.
        CheckPapers = "check_papers",
        /// The document contradicts itself or the register.
        IdentityMismatch = "identity_mismatch",
        /// On the block list.
        Blocked = "blocked",
        /// The reading is not sure enough.
        Unsure = "unsure",
        /// The reading may be another plate, which is listed.
        Possible = "possible",
        /// On no list of this lane.
        NotListed = "not_listed",
        /// Not at this gate.
        OtherGate = "other_gate",
        /// Its time has not come.
        NotYetValid = "not_yet_valid",
        /// Its time is over.
        Expired = "expired",
        /// A pass with a number of uses has had them.
        UsedUp = "used_up",
        /// Not at this hour.
        OutOfHours = "out_of_hours",
        /// A rule says so.
        Rule = "rule",
        /// The identity has to be proven better.
        ProofNeeded = "proof_needed",
        /// This driver is not one of the vehicle's.
        DriverNotAllowed = "driver_not_allowed",
        /// Somebody of the staff has to come along.
        EscortNeeded = "escort_needed",
        /// Went in and has not come out.
        AlreadyInside = "already_inside",
        /// Leaves without having come in.
        NotInside = "not_inside",
        /// The same again, too soon.
        TooSoon = "too_soon",
        /// The group's places are taken.
        QuotaFull = "quota_full",
        /// The area is full.
        AreaFull = "area_full",
        /// Another lane is open.
        Interlock = "interlock",
        /// The list is too old to admit by.
        ListOld = "list_old",
        /// Listed, and nothing speaks against it.
        Listed = "listed",
        /// Nothing is asked here.
        Anonymous = "anonymous",
    }
}

words! {
    /// What the guard should know although it did not decide.
    Warning {
        /// The list is stale.
        ListStale = "list_stale",
        /// The list is old.
        ListOld = "list_old",
        /// The identity could not be checked: the register did not answer.
        UnverifiedOffline = "unverified_offline",
        /// Soft anti-passback: still inside.
        AlreadyInside = "already_inside",
        /// Soft anti-passback: not inside.
        NotInside = "not_inside",
    }
}

/// How much a list is worth by its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Freshness {
    /// As good as central's.
    Fresh,
    /// Used, and shown as stale.
    Stale,
    /// Used as the policy says.
    Old,
    /// There is none.
    None,
}

/// A vehicle at the lane.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SeenVehicle {
    /// Canonical text; `None` when the plate could not be read.
    pub text: Option<String>,
    /// Score of the text, `0..=1`.
    pub score: f32,
    /// Car or motorcycle, by the detector.
    pub group: Option<VehicleGroup>,
    /// Other texts it may be: candidates of the vote with a share that counts.
    pub others: Vec<String>,
    /// Digests of text and others, and of what they look like, under the agent's key: to meet watch lists.
    pub watch: Vec<KeyDigest>,
}

/// A person at the lane.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SeenPerson {
    /// What was presented, as digests.
    pub keys: Vec<(KeyKind, KeyDigest)>,
    /// How far the identity is proven; `None` for passes, PINs and passports.
    pub trust: Option<TrustLevel>,
    /// The register did not answer: unverified.
    pub offline: bool,
    /// The document contradicts itself, or the register says that it is another's.
    pub mismatch: bool,
    /// A guard looked at the papers and took them as good.
    pub papers_checked: bool,
}

/// What is asked at a lane: everything that was presented, and what the lane knows of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// When.
    pub at: Timestamp,
    /// Lane.
    pub lane: Name,
    /// Which way.
    pub direction: Direction,
    /// The vehicle.
    pub vehicle: Option<SeenVehicle>,
    /// The person.
    pub person: Option<SeenPerson>,
    /// Somebody of the staff is along.
    pub escort: bool,
    /// Lanes that are open now.
    pub open_lanes: Vec<Name>,
    /// The lane is open for an emergency.
    pub emergency: bool,
    /// A face may be one that is sought. Never more than a hint.
    pub face_hint: bool,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What to do.
    pub verdict: Verdict,
    /// Why.
    pub reason: Reason,
    /// The rule that decided, where one did.
    pub rule: Option<Name>,
    /// The vehicle's entry, or the person's where only a person was asked for.
    pub entry: Option<String>,
    /// The driver's entry.
    pub driver: Option<String>,
    /// Whose.
    pub group: Option<Name>,
    /// What else the guard should know.
    pub warnings: Vec<Warning>,
    /// Version of the list; 0 without one.
    pub list_version: u64,
    /// Its age, seconds.
    pub list_age_s: u64,
    /// What that age means.
    pub freshness: Freshness,
}

/// Decides. See the [module](self) for the order of its steps.
pub fn decide(index: Option<&GateIndex>, presence: &Presence, ask: &Ask) -> Decision {
    let mut answer = Decision {
        verdict: Verdict::Wait,
        reason: Reason::NoList,
        rule: None,
        entry: None,
        driver: None,
        group: None,
        warnings: Vec::new(),
        list_version: 0,
        list_age_s: 0,
        freshness: Freshness::None,
    };
    if let Some(index) = index {
        answer.list_version = index.list().version;
        answer.list_age_s = age_s(index.list().made_at, ask.at);
        if let Some((gate, lane)) = index.list().lane(&ask.lane) {
            let staleness = lane.policy.staleness;
            answer.freshness = match answer.list_age_s {
                age if age < staleness.fresh_s => Freshness::Fresh,
                age if age < staleness.usable_s => Freshness::Stale,
                _ => Freshness::Old,
            };
            answer.warnings.extend(match answer.freshness {
                Freshness::Stale => Some(Warning::ListStale),
                Freshness::Old => Some(Warning::ListOld),
                _ => None,
            });
            if ask.person.as_ref().is_some_and(|person| person.offline) {
                answer.warnings.push(Warning::UnverifiedOffline);
            }
            let case = Case { index, presence, ask, gate, lane, policy: &lane.policy };
            (answer.verdict, answer.reason) = case.answer(&mut answer);
        } else {
            answer.reason = Reason::UnknownLane;
        }
    }
    if ask.emergency {
        (answer.verdict, answer.reason, answer.rule) = (Verdict::Admit, Reason::Emergency, None);
    }
    answer
}

/// Seconds since a list was made; a clock that was set back makes it new, not old.
fn age_s(made_at: Timestamp, at: Timestamp) -> u64 {
    u64::try_from(at.duration_since(made_at).as_secs()).unwrap_or(0)
}

/// Everything that one decision looks at.
struct Case<'a> {
    index: &'a GateIndex,
    presence: &'a Presence,
    ask: &'a Ask,
    gate: &'a Gate,
    lane: &'a Lane,
    policy: &'a Policy,
}

type Said = (Verdict, Reason);

impl<'a> Case<'a> {
    fn answer(&self, answer: &mut Decision) -> Said {
        if let Some(said) = self.presented().or_else(|| self.papers()) {
            return said;
        }
        let (vehicle, person) = (self.vehicle_entries(), self.person_entries());
        if let Some(blocked) = vehicle.iter().chain(&person).find(|entry| self.blocks(entry)) {
            (answer.entry, answer.group) = (Some(blocked.id.clone()), blocked.group.clone());
            return (Verdict::Deny, Reason::Blocked);
        }
        let said = match self.policy.wanted {
            Wanted::Anonymous => self.places(&[]).map_or(Ok(Reason::Anonymous), Err),
            Wanted::Vehicle => self.subject(answer, &vehicle, EntryKind::Vehicle),
            Wanted::Person => self.subject(answer, &person, EntryKind::Person),
            Wanted::VehicleAndDriver => self.pair(answer, &vehicle, &person),
        };
        let reason = match said {
            Ok(reason) => reason,
            Err(said) => return said,
        };
        if self.ask.open_lanes.iter().any(|open| self.policy.interlock.contains(open)) {
            return (Verdict::Wait, Reason::Interlock);
        }
        if answer.freshness == Freshness::Old && self.policy.staleness.when_old != Verdict::Admit {
            // A list's age alone never refuses anybody.
            return (Verdict::Wait, Reason::ListOld);
        }
        (Verdict::Admit, reason)
    }

    /// Whether enough was presented.
    fn presented(&self) -> Option<Said> {
        let (vehicle, person) = (&self.ask.vehicle, &self.ask.person);
        let unread = vehicle.as_ref().is_some_and(|vehicle| vehicle.text.is_none());
        let reason = match (self.policy.wanted, vehicle, person) {
            (Wanted::Anonymous, ..) => return None,
            (_, None, None) => Reason::NothingPresented,
            (Wanted::Vehicle, None, _) => Reason::VehicleMissing,
            (Wanted::Person, _, None) => Reason::PersonMissing,
            (Wanted::Vehicle | Wanted::VehicleAndDriver, ..) if unread => Reason::Unreadable,
            (Wanted::VehicleAndDriver, None, _) => Reason::VehicleMissing,
            // Who is sought is told of at once, not only after the driver has shown a card.
            (Wanted::VehicleAndDriver, Some(_), None) if self.papers().is_none() => Reason::PersonMissing,
            _ => return None,
        };
        Some((Verdict::Wait, reason))
    }

    /// Whether a guard has to look at papers, and has not yet.
    fn papers(&self) -> Option<Said> {
        let person = self.ask.person.as_ref();
        if person.is_some_and(|person| person.papers_checked) {
            return None;
        }
        let vehicle = self.ask.vehicle.iter().flat_map(|vehicle| &vehicle.watch).copied();
        let keys = person.into_iter().flat_map(|person| &person.keys).map(|(_, digest)| *digest);
        let watched = vehicle.chain(keys).any(|digest| self.index.is_watched(digest, self.ask.at));
        let approved = self.index.list().faces_until.is_some_and(|until| self.ask.at < until);
        let face = self.ask.face_hint && approved && self.policy.faces == FaceUse::CheckPapers;
        if watched || face {
            return Some((Verdict::Wait, Reason::CheckPapers));
        }
        person.is_some_and(|person| person.mismatch).then_some((Verdict::Wait, Reason::IdentityMismatch))
    }

    fn vehicle_entries(&self) -> Vec<&'a Entry> {
        let Some(vehicle) = &self.ask.vehicle else { return Vec::new() };
        let Some(text) = &vehicle.text else { return Vec::new() };
        self.index.by_plate(text).filter(|entry| fits(entry, text, vehicle.group)).collect()
    }

    fn person_entries(&self) -> Vec<&'a Entry> {
        let mut found: Vec<&Entry> = Vec::new();
        for (kind, digest) in self.ask.person.iter().flat_map(|person| &person.keys) {
            let of_kind = |entry: &&Entry| {
                entry.kind == EntryKind::Person
                    && entry.keys.iter().any(|key| matches!(key, EntryKey::Digest { of, digest: own } if of == kind && own == digest))
            };
            found.extend(self.index.by_digest(*digest).filter(of_kind));
        }
        found
    }

    /// Whether this is a block entry that counts here and now.
    fn blocks(&self, entry: &Entry) -> bool {
        entry.list == ListKind::Block && self.holds(entry).is_ok() && self.open(entry.schedule.as_ref())
    }

    /// One subject: `Ok` to admit, `Err` with what else.
    fn subject(&self, answer: &mut Decision, entries: &[&'a Entry], kind: EntryKind) -> Result<Reason, Said> {
        let chosen = self.choose(answer, entries, kind);
        let driver = if kind == EntryKind::Vehicle { self.person_entries() } else { Vec::new() };
        let entry = self.listed(answer, chosen, kind)?;
        let Some(entry) = entry else {
            self.places(&[]).map_or(Ok(()), Err)?;
            return Ok(Reason::NotListed);
        };
        if kind == EntryKind::Person {
            self.proven()?;
        }
        if let Some(driver) = driver.first() {
            answer.driver = Some(driver.id.clone());
        }
        self.whole(answer, &[entry])
    }

    /// Vehicle and driver.
    fn pair(
        &self,
        answer: &mut Decision,
        vehicle: &[&'a Entry],
        person: &[&'a Entry],
    ) -> Result<Reason, Said> {
        let chosen = self.choose(answer, vehicle, EntryKind::Vehicle);
        let vehicle = self.listed(answer, chosen, EntryKind::Vehicle)?;
        let (entry, group, rule) = (answer.entry.take(), answer.group.take(), answer.rule.take());
        let chosen = self.choose(answer, person, EntryKind::Person);
        let driver = self.listed(answer, chosen, EntryKind::Person);
        answer.driver = answer.entry.take();
        (answer.entry, answer.rule) = (entry, rule.or(answer.rule.take()));
        answer.group = group.or(answer.group.take());
        let driver = driver?;
        self.proven()?;
        if let (Some(vehicle), Some(driver)) = (vehicle, driver) {
            let named = vehicle.drivers.iter().any(|id| *id == driver.id);
            let of_group =
                vehicle.drivers.is_empty() && vehicle.group.is_some() && vehicle.group == driver.group;
            if !named && !of_group {
                return Err((Verdict::Wait, Reason::DriverNotAllowed));
            }
        }
        let both: Vec<&Entry> = vehicle.into_iter().chain(driver).collect();
        if both.is_empty() {
            self.places(&[]).map_or(Ok(()), Err)?;
            return Ok(Reason::NotListed);
        }
        self.whole(answer, &both)
    }

    /// Of several entries of one subject, the one to go by: the first that holds and whose rule admits now, else the first.
    fn choose(&self, answer: &mut Decision, entries: &[&'a Entry], kind: EntryKind) -> Option<&'a Entry> {
        let allowed: Vec<&Entry> = entries
            .iter()
            .copied()
            .filter(|entry| entry.list == ListKind::Allow && entry.kind == kind)
            .collect();
        let good = |entry: &&&Entry| {
            self.holds(entry).is_ok()
                && self.open(entry.schedule.as_ref())
                && matches!(self.rule(entry), Ok(rule) if rule.verdict == Verdict::Admit)
        };
        let chosen = allowed.iter().find(good).or(allowed.first()).copied();
        if let Some(entry) = chosen {
            (answer.entry, answer.group) = (Some(entry.id.clone()), entry.group.clone());
        }
        chosen
    }

    /// Whether the chosen entry may pass by list and rules; `Ok(None)` for a stranger whom the policy admits.
    fn listed(
        &self,
        answer: &mut Decision,
        entry: Option<&'a Entry>,
        kind: EntryKind,
    ) -> Result<Option<&'a Entry>, Said> {
        let unsure = kind == EntryKind::Vehicle
            && self.ask.vehicle.as_ref().is_some_and(|vehicle| vehicle.score < self.policy.least_score);
        let Some(entry) = entry else {
            let possible = kind == EntryKind::Vehicle
                && self
                    .ask
                    .vehicle
                    .iter()
                    .flat_map(|vehicle| &vehicle.others)
                    .any(|text| self.index.by_plate(text).next().is_some());
            return match self.policy.unknown {
                _ if possible => Err((Verdict::Wait, Reason::Possible)),
                _ if unsure => Err((Verdict::Wait, Reason::Unsure)),
                Verdict::Admit => Ok(None),
                other => Err((other, Reason::NotListed)),
            };
        };
        if unsure {
            return Err((Verdict::Wait, Reason::Unsure));
        }
        self.holds(entry).map_err(|reason| (Verdict::Deny, reason))?;
        let rule = self.rule(entry).map_err(|reason| (Verdict::Deny, reason))?;
        if !self.open(entry.schedule.as_ref()) {
            return Err((Verdict::Deny, Reason::OutOfHours));
        }
        answer.rule = Some(rule.id.clone());
        match rule.verdict {
            Verdict::Admit => Ok(Some(entry)),
            other => Err((other, Reason::Rule)),
        }
    }

    /// Whether an entry counts at this gate and time.
    fn holds(&self, entry: &Entry) -> Result<(), Reason> {
        let at = self.ask.at;
        if !entry.gates.is_empty() && !entry.gates.contains(&self.gate.id) {
            return Err(Reason::OtherGate);
        }
        if entry.valid_from.is_some_and(|from| at < from) {
            return Err(Reason::NotYetValid);
        }
        // Whoever is inside may leave with an expired or used-up pass.
        if !self.entering() {
            return Ok(());
        }
        if entry.valid_until.is_some_and(|until| at >= until) {
            return Err(Reason::Expired);
        }
        let used = self.presence.uses.get(&entry.id).copied().unwrap_or_default();
        if entry.uses.is_some_and(|uses| used >= uses) {
            return Err(Reason::UsedUp);
        }
        Ok(())
    }

    /// The first rule that fits an entry now.
    fn rule(&self, entry: &Entry) -> Result<&'a Rule, Reason> {
        let mut known = false;
        for rule in &self.policy.rules {
            let group = rule.groups.is_empty()
                || entry.group.as_ref().is_some_and(|group| rule.groups.contains(group));
            let list = rule.lists.is_empty() || rule.lists.contains(&entry.list);
            if group && list {
                if self.open(rule.schedule.as_ref()) {
                    return Ok(rule);
                }
                known = true;
            }
        }
        Err(if known { Reason::OutOfHours } else { Reason::NotListed })
    }

    fn open(&self, schedule: Option<&Name>) -> bool {
        let list = self.index.list();
        schedule.is_none_or(|id| {
            list.schedule(id)
                .is_some_and(|hours| hours.is_open(&list.clock.local(self.ask.at), &list.holidays))
        })
    }

    fn proven(&self) -> Result<(), Said> {
        let Some(least) = self.policy.least_trust else { return Ok(()) };
        let person = self.ask.person.as_ref();
        let enough = person.is_some_and(|person| {
            person.papers_checked || person.trust.is_some_and(|trust| trust.satisfies(least))
        });
        if enough { Ok(()) } else { Err((Verdict::Wait, Reason::ProofNeeded)) }
    }

    /// What holds of all subjects together: escort, anti-passback, places.
    fn whole(&self, answer: &mut Decision, entries: &[&Entry]) -> Result<Reason, Said> {
        if self.entering() && !self.ask.escort && entries.iter().any(|entry| entry.escort) {
            return Err((Verdict::Wait, Reason::EscortNeeded));
        }
        for entry in entries {
            self.passback(answer, entry)?;
        }
        self.places(entries).map_or(Ok(Reason::Listed), Err)
    }

    fn passback(&self, answer: &mut Decision, entry: &Entry) -> Result<(), Said> {
        let inside = self.presence.inside.get(&entry.id).is_some_and(|inside| inside.area == self.gate.area);
        let (reason, warning) = match (self.entering(), inside) {
            (true, true) => (Reason::AlreadyInside, Warning::AlreadyInside),
            (false, false) => (Reason::NotInside, Warning::NotInside),
            _ if !matches!(self.policy.anti_passback, AntiPassback::Timed { .. }) => return Ok(()),
            (true, false) => (Reason::AlreadyInside, Warning::AlreadyInside),
            (false, true) => (Reason::NotInside, Warning::NotInside),
        };
        match self.policy.anti_passback {
            AntiPassback::Off => Ok(()),
            AntiPassback::Soft => {
                if !answer.warnings.contains(&warning) {
                    answer.warnings.push(warning);
                }
                Ok(())
            }
            AntiPassback::Hard => Err((Verdict::Deny, reason)),
            AntiPassback::Timed { minutes } => {
                let last = self.presence.last.get(&entry.id);
                let same_way =
                    last.and_then(|(way_in, way_out)| if self.entering() { *way_in } else { *way_out });
                let too_soon = same_way
                    .is_some_and(|last| self.ask.at.duration_since(last).as_secs() < i64::from(minutes) * 60);
                if too_soon { Err((Verdict::Deny, Reason::TooSoon)) } else { Ok(()) }
            }
        }
    }

    /// Whether there is room for them (for somebody anonymous, if `entries` is empty).
    fn places(&self, entries: &[&Entry]) -> Option<Said> {
        if !self.policy.quotas || !self.entering() {
            return None;
        }
        for entry in entries {
            let group = entry.group.as_ref().and_then(|group| self.index.list().group(group));
            let quota = group.and_then(|group| match entry.kind {
                EntryKind::Vehicle => group.vehicle_quota,
                EntryKind::Person => group.person_quota,
            });
            let taken = entry.group.as_ref().map_or(0, |group| self.presence.of_group(group, entry.kind));
            if quota.is_some_and(|quota| taken >= quota) {
                return Some((Verdict::Wait, Reason::QuotaFull));
            }
        }
        let (people, vehicles) = self.presence.count(&self.gate.area);
        let vehicle = self.policy.wanted != Wanted::Person && self.ask.vehicle.is_some();
        let person =
            self.policy.wanted != Wanted::Vehicle && !(vehicle && self.policy.wanted == Wanted::Anonymous);
        let full = |capacity: Option<u32>, count: u64| capacity.is_some_and(|most| count >= u64::from(most));
        let full = (vehicle && full(self.gate.vehicle_capacity, vehicles))
            || (person && full(self.gate.person_capacity, people));
        full.then_some((Verdict::Wait, Reason::AreaFull))
    }

    /// Whether somebody goes in. A lane that leads one way only does not ask the camera.
    fn entering(&self) -> bool {
        use super::list::LaneWay;
        match self.lane.way {
            LaneWay::In => true,
            LaneWay::Out => false,
            LaneWay::Both => matches!(self.ask.direction, Direction::In | Direction::Forward),
        }
    }
}

/// Whether a vehicle's entry has this plate for this group of vehicles.
fn fits(entry: &Entry, text: &str, group: Option<VehicleGroup>) -> bool {
    entry.kind == EntryKind::Vehicle
        && entry.keys.iter().any(|key| match key {
            EntryKey::Plate { text: own, group: only } => {
                own == text && !matches!((only, group), (Some(only), Some(seen)) if *only != seen)
            }
            EntryKey::Digest { .. } => false,
        })
}
