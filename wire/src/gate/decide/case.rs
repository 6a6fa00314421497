//! One decision, step by step: see the table at the head of [`decide`](super).

use jiff::Zoned;

use super::met::{fits, may_drive, person_entries, vehicle_entries};
use super::{Ask, Decision, Freshness, Reason, Verdict, Warning};
use crate::Name;
use crate::gate::index::GateIndex;
use crate::gate::list::{Entry, EntryKind, Gate, Lane, LaneWay, ListKind};
use crate::gate::policy::{AntiPassback, FaceUse, Policy, Rule, Wanted};
use crate::gate::presence::{Presence, stranger};
use crate::payload::Direction;

/// Everything that one decision looks at.
pub(super) struct Case<'a> {
    index: &'a GateIndex,
    presence: &'a Presence,
    ask: &'a Ask,
    gate: &'a Gate,
    policy: &'a Policy,
    /// The site's wall clock.
    now: Zoned,
    leaving: bool,
    /// Entries of the vehicle and of the person that were met, of every list.
    vehicle: Vec<&'a Entry>,
    person: Vec<&'a Entry>,
}

/// A verdict other than admit, and why.
type Said = (Verdict, Reason);

/// The entries to go by.
#[derive(Clone, Copy)]
struct Chosen<'a> {
    vehicle: Option<&'a Entry>,
    person: Option<&'a Entry>,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        index: &'a GateIndex,
        presence: &'a Presence,
        ask: &'a Ask,
        gate: &'a Gate,
        lane: &'a Lane,
    ) -> Self {
        // A lane that leads one way only does not ask the camera.
        let leaving = match lane.way {
            LaneWay::In => false,
            LaneWay::Out => true,
            LaneWay::Both => matches!(ask.direction, Direction::Out | Direction::Backward),
        };
        let now = index.list().clock.local(ask.at);
        let (vehicle, person) = (vehicle_entries(index, ask), person_entries(index, ask));
        Self { index, presence, ask, gate, policy: &lane.policy, now, leaving, vehicle, person }
    }

    /// Fills in who it is and by which rule; says verdict and reason.
    pub(super) fn answer(&self, answer: &mut Decision) -> Said {
        let chosen = self.choose();
        let entry = chosen.vehicle.or(chosen.person.filter(|_| self.policy.wanted == Wanted::Person));
        answer.entry = entry.map(|entry| entry.id.clone());
        answer.driver =
            chosen.person.filter(|_| self.policy.wanted != Wanted::Person).map(|entry| entry.id.clone());
        answer.group = [chosen.vehicle, chosen.person].into_iter().flatten().find_map(|e| e.group.clone());
        match self.steps(chosen, answer) {
            Ok(reason) => (Verdict::Admit, reason),
            Err(said) => said,
        }
    }

    fn steps(&self, chosen: Chosen<'a>, answer: &mut Decision) -> Result<Reason, Said> {
        self.papers()?;
        self.blocked(answer)?;
        self.presented()?;
        let (vehicle, person) = match self.policy.wanted {
            Wanted::Anonymous => (None, None),
            Wanted::Vehicle => (chosen.vehicle, None),
            Wanted::Person => (None, chosen.person),
            Wanted::VehicleAndDriver => (chosen.vehicle, chosen.person),
        };
        if matches!(self.policy.wanted, Wanted::Vehicle | Wanted::VehicleAndDriver) {
            self.listed(vehicle, EntryKind::Vehicle, answer)?;
        }
        if matches!(self.policy.wanted, Wanted::Person | Wanted::VehicleAndDriver) {
            self.listed(person, EntryKind::Person, answer)?;
            self.proven()?;
        }
        if let Some(vehicle) = vehicle.filter(|_| self.policy.wanted == Wanted::VehicleAndDriver)
            && !may_drive(vehicle, person)
        {
            return Err((Verdict::Wait, Reason::DriverNotAllowed));
        }
        let known: Vec<&Entry> = vehicle.into_iter().chain(person).collect();
        if !self.leaving && !self.ask.escort && known.iter().any(|entry| entry.escort) {
            return Err((Verdict::Wait, Reason::EscortNeeded));
        }
        for entry in &known {
            let own = if entry.kind == EntryKind::Vehicle { &self.vehicle } else { &self.person };
            self.passback(own, answer)?;
        }
        self.places(&known)?;
        if self.ask.open_lanes.iter().any(|open| self.policy.interlock.contains(open)) {
            return Err((Verdict::Wait, Reason::Interlock));
        }
        if answer.freshness == Freshness::Old && self.policy.staleness.when_old != Verdict::Admit {
            // A list's age alone never refuses anybody.
            return Err((Verdict::Wait, Reason::ListOld));
        }
        Ok(match (self.policy.wanted, known.is_empty()) {
            (Wanted::Anonymous, _) => Reason::Anonymous,
            (_, true) => Reason::NotListed,
            (_, false) => Reason::Listed,
        })
    }

    /// Of several entries, the ones to go by.
    fn choose(&self) -> Chosen<'a> {
        let allowed = |met: &[&'a Entry]| -> Vec<Option<&'a Entry>> {
            let found: Vec<_> =
                met.iter().filter(|entry| entry.list == ListKind::Allow).copied().map(Some).collect();
            if found.is_empty() { vec![None] } else { found }
        };
        let (vehicles, people) = match self.policy.wanted {
            Wanted::Anonymous => (vec![None], vec![None]),
            Wanted::Person => (vec![None], allowed(&self.person)),
            Wanted::Vehicle | Wanted::VehicleAndDriver => (allowed(&self.vehicle), allowed(&self.person)),
        };
        let verdict = |entry: Option<&Entry>| entry.map(|entry| self.standing(entry).1);
        let verdict = |entry| verdict(entry).and_then(Result::err).map_or(Verdict::Admit, |(said, _)| said);
        let outside = |entry: Option<&Entry>| self.leaving && !entry.is_some_and(|e| self.is_inside(e));
        let pairs = vehicles
            .iter()
            .flat_map(|vehicle| people.iter().map(|person| Chosen { vehicle: *vehicle, person: *person }));
        pairs
            .min_by_key(|pair| {
                let strange = pair.vehicle.is_some_and(|vehicle| !may_drive(vehicle, pair.person));
                let verdicts = (verdict(pair.vehicle), verdict(pair.person));
                (verdicts, strange, outside(pair.vehicle), outside(pair.person))
            })
            .unwrap_or(Chosen { vehicle: None, person: None })
    }

    /// Whether a guard has to look at papers, and has not yet.
    fn papers(&self) -> Result<(), Said> {
        let person = self.ask.person.as_ref();
        if person.is_some_and(|person| person.papers_checked) {
            return Ok(());
        }
        let vehicle = self.ask.vehicle.iter().flat_map(|vehicle| &vehicle.watch).copied();
        let keys = person.into_iter().flat_map(|person| &person.keys).map(|(_, digest)| *digest);
        let watched = vehicle.chain(keys).any(|digest| self.index.is_watched(digest, self.ask.at));
        let approved = self.index.list().faces_until.is_some_and(|until| self.ask.at < until);
        let face = self.ask.face_hint && approved && self.policy.faces == FaceUse::CheckPapers;
        if watched || face || person.is_some_and(|person| person.check_papers) {
            return Err((Verdict::Wait, Reason::CheckPapers));
        }
        match person.is_some_and(|person| person.mismatch) {
            true => Err((Verdict::Wait, Reason::IdentityMismatch)),
            false => Ok(()),
        }
    }

    fn blocked(&self, answer: &mut Decision) -> Result<(), Said> {
        let unsure = self.unsure();
        let sure = self.vehicle.iter().filter(|_| !unsure).chain(&self.person);
        if let Some(entry) = sure.copied().find(|entry| self.blocks(entry)) {
            let driver = entry.kind == EntryKind::Person
                && matches!(self.policy.wanted, Wanted::Vehicle | Wanted::VehicleAndDriver);
            *(if driver { &mut answer.driver } else { &mut answer.entry }) = Some(entry.id.clone());
            answer.group = entry.group.clone();
            return Err((Verdict::Deny, Reason::Blocked));
        }
        if self.vehicle.iter().any(|entry| self.blocks(entry)) {
            return Err((Verdict::Wait, Reason::Unsure));
        }
        match self.others().any(|entry| self.blocks(entry)) {
            true => Err((Verdict::Wait, Reason::Possible)),
            false => Ok(()),
        }
    }

    /// Whether this is a block entry that counts here and now, whichever way.
    fn blocks(&self, entry: &Entry) -> bool {
        entry.list == ListKind::Block
            && self.at_gate(entry)
            && entry.valid_from.is_none_or(|from| self.ask.at >= from)
            && entry.valid_until.is_none_or(|until| self.ask.at < until)
            && self.open(entry.schedule.as_ref())
    }

    /// Whether enough was presented.
    fn presented(&self) -> Result<(), Said> {
        let vehicle = self.ask.vehicle.as_ref();
        let unread = vehicle.is_some_and(|vehicle| vehicle.text.is_none());
        let admits_strangers = self.policy.unknown == Verdict::Admit;
        let shown = self.ask.person.as_ref().is_some_and(|person| {
            !person.keys.is_empty() || person.trust.is_some() || (person.papers_checked && admits_strangers)
        });
        let missing = match (self.policy.wanted, vehicle) {
            (Wanted::Anonymous, _) => return Ok(()),
            (_, None) if self.ask.person.is_none() => Some(Reason::NothingPresented),
            (Wanted::Vehicle | Wanted::VehicleAndDriver, None) => Some(Reason::VehicleMissing),
            (Wanted::Vehicle | Wanted::VehicleAndDriver, Some(_)) if unread => Some(Reason::Unreadable),
            (Wanted::Person | Wanted::VehicleAndDriver, _) if !shown => Some(Reason::PersonMissing),
            _ => None,
        };
        missing.map_or(Ok(()), |reason| Err((Verdict::Wait, reason)))
    }

    /// Whether list and rules let it pass, a stranger (no entry) included.
    fn listed(&self, entry: Option<&'a Entry>, kind: EntryKind, answer: &mut Decision) -> Result<(), Said> {
        let Some(entry) = entry else { return self.unlisted(kind) };
        if kind == EntryKind::Vehicle && self.unsure() {
            return Err((Verdict::Wait, Reason::Unsure));
        }
        let (rule, said) = self.standing(entry);
        if answer.rule.is_none() || said.is_err() {
            answer.rule = rule.map(|rule| rule.id.clone());
        }
        said
    }

    fn unlisted(&self, kind: EntryKind) -> Result<(), Said> {
        if kind == EntryKind::Vehicle {
            if self.others().next().is_some() {
                return Err((Verdict::Wait, Reason::Possible));
            }
            if self.unsure() {
                return Err((Verdict::Wait, Reason::Unsure));
            }
            let came_in = self
                .ask
                .vehicle
                .as_ref()
                .and_then(|vehicle| vehicle.text.as_deref())
                .and_then(|text| self.presence.inside.get(&stranger(text)))
                .is_some_and(|inside| inside.area == self.gate.area);
            if self.leaving && came_in {
                return Ok(());
            }
        }
        match self.policy.unknown {
            Verdict::Admit => Ok(()),
            other => Err((other, Reason::NotListed)),
        }
    }

    /// How far an entry gets by itself: the rule that decides about it, if one does, and what that comes to.
    fn standing(&self, entry: &Entry) -> (Option<&'a Rule>, Result<(), Said>) {
        let deny = |reason| (None, Err((Verdict::Deny, reason)));
        let at = self.ask.at;
        if !self.at_gate(entry) {
            return deny(Reason::OtherGate);
        }
        if !self.leaving {
            let used = self.presence.uses.get(&entry.id).copied().unwrap_or_default();
            if entry.valid_from.is_some_and(|from| at < from) {
                return deny(Reason::NotYetValid);
            }
            if entry.valid_until.is_some_and(|until| at >= until) {
                return deny(Reason::Expired);
            }
            if entry.uses.is_some_and(|uses| used >= uses) {
                return deny(Reason::UsedUp);
            }
        }
        let rule = match self.rule(entry) {
            Ok(rule) => rule,
            Err(reason) => return deny(reason),
        };
        if !self.leaving && !self.open(entry.schedule.as_ref()) {
            return deny(Reason::OutOfHours);
        }
        match rule.verdict {
            Verdict::Admit => (Some(rule), Ok(())),
            other => (Some(rule), Err((other, Reason::Rule))),
        }
    }

    fn at_gate(&self, entry: &Entry) -> bool {
        entry.gates.is_empty() || entry.gates.contains(&self.gate.id)
    }

    /// The first rule that fits an entry now. On the way out the first one that admits, if none is open.
    fn rule(&self, entry: &Entry) -> Result<&'a Rule, Reason> {
        let fits = |rule: &&Rule| {
            let group = rule.groups.is_empty()
                || entry.group.as_ref().is_some_and(|group| rule.groups.contains(group));
            group && (rule.lists.is_empty() || rule.lists.contains(&entry.list))
        };
        let mut fitting = self.policy.rules.iter().filter(fits).peekable();
        if fitting.peek().is_none() {
            return Err(Reason::NotListed);
        }
        let mut after_hours = None;
        for rule in fitting {
            if self.open(rule.schedule.as_ref()) {
                return Ok(rule);
            }
            after_hours = after_hours.or(Some(rule).filter(|rule| rule.verdict == Verdict::Admit));
        }
        after_hours.filter(|_| self.leaving).ok_or(Reason::OutOfHours)
    }

    fn open(&self, schedule: Option<&Name>) -> bool {
        let list = self.index.list();
        schedule
            .is_none_or(|id| list.schedule(id).is_some_and(|hours| hours.is_open(&self.now, &list.holidays)))
    }

    fn proven(&self) -> Result<(), Said> {
        let Some(least) = self.policy.least_trust else { return Ok(()) };
        let enough = self.ask.person.as_ref().is_some_and(|person| {
            person.papers_checked || person.trust.is_some_and(|trust| trust.satisfies(least))
        });
        if enough { Ok(()) } else { Err((Verdict::Wait, Reason::ProofNeeded)) }
    }

    fn is_inside(&self, entry: &Entry) -> bool {
        self.presence.inside.get(&entry.id).is_some_and(|inside| inside.area == self.gate.area)
    }

    /// Anti-passback of one subject, by all entries that it has.
    fn passback(&self, own: &[&Entry], answer: &mut Decision) -> Result<(), Said> {
        if own.iter().any(|entry| self.presence.forgiven.contains(&entry.id)) {
            return Ok(());
        }
        let inside = own.iter().any(|entry| self.is_inside(entry));
        let odd = inside != self.leaving;
        let (reason, warning) = match self.leaving {
            true => (Reason::NotInside, Warning::NotInside),
            false => (Reason::AlreadyInside, Warning::AlreadyInside),
        };
        match self.policy.anti_passback {
            AntiPassback::Hard if odd => Err((Verdict::Deny, reason)),
            AntiPassback::Soft if odd => {
                if !answer.warnings.contains(&warning) {
                    answer.warnings.push(warning);
                }
                Ok(())
            }
            AntiPassback::Timed { minutes } => {
                let last = own.iter().filter_map(|entry| self.presence.last.get(&entry.id));
                let same_way = last.filter_map(|(way_in, way_out)| match self.leaving {
                    true => *way_out,
                    false => *way_in,
                });
                let ago_s = same_way.map(|last| self.ask.at.duration_since(last).as_secs());
                // A passage that is still to come was written under a wrong clock.
                let too_soon = ago_s.filter(|ago| *ago >= 0).any(|ago| ago < i64::from(minutes) * 60);
                if too_soon { Err((Verdict::Deny, Reason::TooSoon)) } else { Ok(()) }
            }
            AntiPassback::Off | AntiPassback::Hard | AntiPassback::Soft => Ok(()),
        }
    }

    /// Whether there is room for them (for somebody anonymous, if nobody is known).
    fn places(&self, known: &[&Entry]) -> Result<(), Said> {
        if !self.policy.quotas || self.leaving {
            return Ok(());
        }
        for entry in known {
            let group = entry.group.as_ref().and_then(|group| self.index.list().group(group));
            let quota = group.and_then(|group| match entry.kind {
                EntryKind::Vehicle => group.vehicle_quota,
                EntryKind::Person => group.person_quota,
            });
            let taken = group.map_or(0, |group| self.presence.of_group(&group.id, entry.kind));
            // Who is counted already takes no second place.
            let counted = self.presence.inside.contains_key(&entry.id);
            if quota.is_some_and(|quota| taken >= quota) && !counted {
                return Err((Verdict::Wait, Reason::QuotaFull));
            }
        }
        let in_vehicle = self.ask.vehicle.is_some();
        let (vehicle, person) = match self.policy.wanted {
            Wanted::Vehicle => (true, false),
            Wanted::Person => (false, true),
            Wanted::VehicleAndDriver => (true, true),
            Wanted::Anonymous => (in_vehicle, !in_vehicle),
        };
        let come = known.iter().filter(|entry| entry.kind == EntryKind::Person).map(|entry| entry.people());
        let come: u64 = come.map(u64::from).sum::<u64>().max(1);
        let (people, vehicles) = self.presence.count(&self.gate.area);
        let full = |most: Option<u32>, then: u64| most.is_some_and(|most| then > u64::from(most));
        let full = (vehicle && full(self.gate.vehicle_capacity, vehicles.saturating_add(1)))
            || (person && full(self.gate.person_capacity, people.saturating_add(come)));
        if full { Err((Verdict::Wait, Reason::AreaFull)) } else { Ok(()) }
    }

    /// Whether the plate was read too badly for a machine to go by. A score that is no number is no score.
    fn unsure(&self) -> bool {
        let score = self.ask.vehicle.as_ref().filter(|seen| seen.text.is_some()).map(|seen| seen.score);
        score.is_some_and(|score| score.is_nan() || score < self.policy.least_score)
    }

    /// Entries of other vehicles that this one may be.
    fn others(&self) -> impl Iterator<Item = &'a Entry> {
        let seen = self.ask.vehicle.iter();
        seen.flat_map(|seen| seen.others.iter().map(|text| (text, seen.group)))
            .flat_map(|(text, group)| self.index.by_plate(text).filter(move |entry| fits(entry, text, group)))
    }
}
