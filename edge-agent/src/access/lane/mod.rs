//! One lane over time: who stands there, what was decided, what went through. Pure: time, list and presence are arguments, what is
//! to be done is returned.
//!
//! A **case** is one subject at the lane, from its first sight to its end; it becomes one access event. It is decided anew whenever
//! something about it, the list or the world changes, until it is admitted: an admission is never silently withdrawn. The nearest
//! vehicle of each direction may go, the others wait; of people the one who was admitted goes before the next.

mod case;
mod guard;
mod pass;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;
use wire::Name;
use wire::gate::{
    Access, AccessOutcome, Actor, Ask, BarrierWord, GateIndex, Incident, IncidentKind, KeyDigest, KeyKind,
    Lane, LaneWay, Policy, Presence, Verdict, Wanted, decide,
};
use wire::identity::TrustLevel;
use wire::payload::Direction;

use super::barrier::{Command, Follow, Heard, Limits, Noted};
pub use case::{Car, Case, Shown};

/// A vehicle that is out of sight for longer has gone, seconds.
const GONE_S: i64 = 2;
/// A person who was refused has gone after this, seconds.
const REFUSED_S: i64 = 15;
/// A case that nobody settles is given up after this, seconds.
const FORGOTTEN_S: i64 = 900;
/// Cases at one lane, at most; the oldest is given up for the newest.
const MOST: usize = 64;
/// How long an admission lasts where the list does not know the lane, seconds.
const WINDOW_S: u32 = 10;

/// What makes a lane, by the configuration.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Gate, while the list does not say it.
    pub gate: Name,
    /// Area, while the list does not say it.
    pub area: Name,
    /// The lane.
    pub lane: Name,
    /// How it is seen that somebody passed.
    pub passes: Passes,
    /// Its barrier; none where it has none.
    pub barrier: Option<Limits>,
    /// Whether the barrier is told to close after a passage.
    pub close: bool,
}

/// How it is seen that somebody passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passes {
    /// A camera sees the line crossed.
    Line,
    /// The barrier or turnstile opens and closes again.
    Barrier,
    /// Nobody sees it: whoever is admitted passes.
    Assumed,
}

/// What is known besides the lane.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The list in use.
    pub index: Option<&'a GateIndex>,
    /// Who is inside.
    pub presence: &'a Presence,
    /// Other lanes that are open.
    pub open_lanes: &'a [Name],
    /// Since when central is away.
    pub alone_since: Option<Timestamp>,
}

/// What happens at a lane.
#[derive(Debug, Clone)]
// Passed one at a time and never kept.
#[allow(clippy::large_enum_variant)]
pub enum Input {
    /// A vehicle is seen, or its plate is read better.
    Vehicle(Car, Direction),
    /// How far a vehicle is from the line; the nearest goes first.
    Near {
        /// Its track.
        track: u64,
        /// Distance, any unit.
        distance: f32,
    },
    /// A vehicle is not seen any more.
    Ended {
        /// Its track.
        track: u64,
    },
    /// A vehicle crossed the line.
    Crossed {
        /// Its track.
        track: u64,
        /// Which way.
        direction: Direction,
        /// Id of the vehicle event that will tell of it.
        passage: Uuid,
    },
    /// A person crossed the line.
    PersonCrossed {
        /// Its track.
        track: u64,
        /// Which way.
        direction: Direction,
    },
    /// A register answered, or did not.
    Answered {
        /// The case that it was asked for.
        access: Uuid,
        /// What follows.
        proof: Proof,
    },
    /// The barrier said something.
    Barrier(Heard),
    /// The camera is away (or back): lines see nothing.
    Blind(bool),
    /// A face may be one that is sought. Never more than a hint, and not given by any pipeline so far.
    FaceHint {
        /// The case.
        access: Uuid,
    },
    /// Time passed, or list or presence changed.
    Tick,
}

/// What a register's answer means for a case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Proof {
    /// How far the identity is proven now; never lowers what was proven better.
    pub trust: Option<TrustLevel>,
    /// Nobody answered.
    pub offline: bool,
    /// It is another's, or the data are wrong.
    pub mismatch: bool,
    /// Somebody should look at the papers; why is not said.
    pub check_papers: bool,
    /// More digests to find the entry by.
    pub keys: Vec<(KeyKind, KeyDigest)>,
    /// Masked name to show.
    pub label: Option<String>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Tell the barrier. Comes before the events, because somebody waits.
    Barrier(Command),
    /// A decision, as it stands; settled if its outcome is not pending.
    Access {
        /// Id of the case.
        id: Uuid,
        /// When it was first seen.
        since: Timestamp,
        /// The event.
        access: Box<Access>,
        /// What was presented, for the desk.
        person: Option<Shown>,
    },
    /// An operator must see this.
    Incident(Incident),
}

/// The admission that is, or was, the last one.
#[derive(Debug, Clone)]
struct LastAdmission {
    access: Option<Uuid>,
    until: Timestamp,
    bodies: u32,
}

/// See the [module](self).
pub struct Machine {
    setup: Setup,
    fresh: Box<dyn FnMut() -> Uuid + Send>,
    cases: Vec<Case>,
    follow: Option<Follow>,
    held: Option<String>,
    emergency: Option<String>,
    opened: Option<(String, Timestamp)>,
    last: Option<LastAdmission>,
    blind: bool,
}

impl Machine {
    /// A lane where nobody stands. `fresh` makes event ids.
    pub fn new(setup: Setup, fresh: Box<dyn FnMut() -> Uuid + Send>) -> Self {
        Self {
            follow: setup.barrier.map(Follow::new),
            setup,
            fresh,
            cases: Vec::new(),
            held: None,
            emergency: None,
            opened: None,
            last: None,
            blind: false,
        }
    }

    /// Its setup.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Who stands there, in order of arrival.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Who the guard should look at: the nearest vehicle, else whoever presented something last.
    pub fn current(&self) -> Option<&Case> {
        let vehicles = self.cases.iter().filter(|case| case.vehicle.is_some() && case.gone_at.is_none());
        let nearest = vehicles.min_by(|a, b| a.distance.total_cmp(&b.distance));
        nearest.or_else(|| self.cases.last())
    }

    /// What the barrier said last.
    pub fn barrier(&self) -> BarrierWord {
        match (&self.follow, &self.held, &self.emergency) {
            (Some(follow), ..) => follow.word(),
            (None, None, None) => BarrierWord::Idle,
            (None, ..) => BarrierWord::Held,
        }
    }

    /// Kept open by a guard.
    pub fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Open for an emergency.
    pub fn is_emergency(&self) -> bool {
        self.emergency.is_some()
    }

    /// Whether somebody may go through now: what interlocks look at.
    pub fn is_open(&self) -> bool {
        self.held.is_some()
            || self.emergency.is_some()
            || self.opened.is_some()
            || self.cases.iter().any(|case| case.admitted.is_some())
            || self.follow.as_ref().is_some_and(Follow::is_open)
    }

    /// Takes what happened and says what is to be done.
    pub fn update(&mut self, now: Timestamp, input: Input, known: &Known<'_>) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Vehicle(car, direction) => self.vehicle(now, car, direction, known, &mut out),
            Input::Near { track, distance } => {
                if let Some(case) = self.cases.iter_mut().find(|case| case.track() == Some(track)) {
                    case.distance = distance;
                }
            }
            Input::Ended { track } => {
                if let Some(case) = self.cases.iter_mut().find(|case| case.track() == Some(track)) {
                    case.gone_at = Some(now);
                }
            }
            Input::Crossed { track, direction, passage } => {
                self.crossed(now, track, direction, passage, known, &mut out);
            }
            Input::PersonCrossed { track, direction } => {
                self.person_crossed(now, track, direction, known, &mut out);
            }
            Input::Answered { access, proof } => {
                if let Some(at) = self.find(access) {
                    self.cases[at].prove(proof);
                    self.look_again(now, at, known, &mut out);
                }
            }
            Input::Barrier(heard) => {
                let noted = self.follow.as_mut().map(|follow| follow.heard(now, heard)).unwrap_or_default();
                noted.into_iter().for_each(|noted| self.noted(now, noted, known, &mut out));
            }
            Input::Blind(blind) => self.blind = blind,
            Input::FaceHint { access } => {
                if let Some(at) = self.find(access) {
                    self.cases[at].face_hint = true;
                }
            }
            Input::Tick => {
                let noted = self.follow.as_mut().map(|follow| follow.tick(now)).unwrap_or_default();
                noted.into_iter().for_each(|noted| self.noted(now, noted, known, &mut out));
            }
        }
        self.end_what_is_over(now, known, &mut out);
        self.advance(now, known, &mut out);
        out
    }

    /// Somebody presents something. Returns the case that it became or belongs to.
    pub fn present(
        &mut self,
        now: Timestamp,
        shown: Shown,
        belongs_to: Option<Uuid>,
        known: &Known<'_>,
    ) -> (Uuid, Vec<Output>) {
        let mut out = Vec::new();
        let wanted = self.policy(known).map(|policy| policy.wanted);
        let beside =
            |case: &Case| case.vehicle.is_some() && case.admitted.is_none() && case.gone_at.is_none();
        let own = belongs_to.and_then(|id| self.find(id)).or_else(|| {
            let same = |case: &Case| {
                let known = case.person.as_ref().and_then(|person| person.seen.keys.first());
                case.admitted.is_none() && known.is_some() && known == shown.seen.keys.first()
            };
            self.cases.iter().position(same)
        });
        let driver = matches!(wanted, Some(Wanted::Vehicle | Wanted::VehicleAndDriver))
            .then(|| self.nearest(|case| beside(case)))
            .flatten();
        let at = match own.or(driver) {
            Some(at) => {
                self.cases[at].take_person(shown, belongs_to.is_some());
                at
            }
            None => {
                // Whoever presents something stands where somebody was refused before.
                if wanted == Some(Wanted::Person) {
                    self.refused_have_gone(now, known, &mut out);
                }
                let direction = self.direction_of_person(&shown, known);
                let case = Case::person((self.fresh)(), now, direction, shown);
                self.add(now, case, known, &mut out)
            }
        };
        self.cases[at].guarded = false;
        let id = self.cases[at].id;
        self.look_again(now, at, known, &mut out);
        self.end_what_is_over(now, known, &mut out);
        self.advance(now, known, &mut out);
        (id, out)
    }

    /// Decides whoever is not admitted anew, lets go who may, and tells what changed.
    fn advance(&mut self, now: Timestamp, known: &Known<'_>, out: &mut Vec<Output>) {
        for at in 0..self.cases.len() {
            if !self.cases[at].guarded && self.cases[at].admitted.is_none() {
                self.decide(now, at, known);
            }
        }
        for at in 0..self.cases.len() {
            let case = &self.cases[at];
            if case.verdict == Verdict::Admit && case.admitted.is_none() && self.may_go(at) {
                self.admit(now, at, known, out);
            }
        }
        while let Some(at) =
            self.cases.iter().position(|case| case.admitted.is_some() && self.mode(case) == Passes::Assumed)
        {
            self.settle(now, at, AccessOutcome::Passed, known, out);
        }
        for at in 0..self.cases.len() {
            if std::mem::take(&mut self.cases[at].news) {
                let access = self.access(&self.cases[at], AccessOutcome::Pending, None, known);
                out.push(access);
            }
        }
    }

    fn vehicle(
        &mut self,
        now: Timestamp,
        car: Car,
        direction: Direction,
        known: &Known<'_>,
        out: &mut Vec<Output>,
    ) {
        let policy = self.policy(known);
        let pair_s = i64::from(policy.map_or(60, |policy| policy.pair_s));
        let same_track = |case: &Case| car.track.is_some() && case.track() == car.track;
        // A track that broke: the same plate again, right after it was lost.
        let again = |case: &Case| {
            case.gone_at.is_some() && case.text().is_some() && case.text() == car.seen.text.as_deref()
        };
        let driver = |case: &Case| {
            case.vehicle.is_none()
                && case.admitted.is_none()
                && now.duration_since(case.since).as_secs() <= pair_s
        };
        let pairs = matches!(policy.map(|p| p.wanted), Some(Wanted::Vehicle | Wanted::VehicleAndDriver));
        let own = self.cases.iter().position(same_track).or_else(|| self.cases.iter().position(again));
        let at = own.or_else(|| pairs.then(|| self.cases.iter().position(driver)).flatten());
        let at = match at {
            Some(at) => {
                let case = &mut self.cases[at];
                case.gone_at = None;
                if case.vehicle.is_none() {
                    case.direction = direction;
                }
                case.vehicle = Some(car);
                at
            }
            None => {
                let prompt =
                    !self.cases.iter().any(|case| case.vehicle.is_some() && case.direction == direction);
                let case = Case::vehicle((self.fresh)(), now, direction, car, prompt);
                self.add(now, case, known, out)
            }
        };
        self.look_again(now, at, known, out);
    }

    fn add(&mut self, now: Timestamp, case: Case, known: &Known<'_>, out: &mut Vec<Output>) -> usize {
        if self.cases.len() >= MOST {
            self.settle(now, 0, AccessOutcome::Unknown, known, out);
        }
        self.cases.push(case);
        self.cases.len() - 1
    }

    /// What is known of a case changed. Before its admission that is what deciding is for; afterwards, if the agent would not admit
    /// any more, somebody must see it.
    fn look_again(&mut self, now: Timestamp, at: usize, known: &Known<'_>, out: &mut Vec<Output>) {
        let case = &self.cases[at];
        if case.admitted.is_none() || case.actor != Actor::Agent || case.warned {
            return;
        }
        let ask = self.ask(now, case, known);
        if decide(known.index, known.presence, &ask).verdict != Verdict::Admit {
            let incident = self.incident(IncidentKind::PassedUnadmitted, Some(case), 1);
            self.cases[at].warned = true;
            out.push(Output::Incident(incident));
        }
    }

    fn decide(&mut self, now: Timestamp, at: usize, known: &Known<'_>) {
        let ask = self.ask(now, &self.cases[at], known);
        let decision = decide(known.index, known.presence, &ask);
        let case = &mut self.cases[at];
        let reading = case.vehicle.as_ref().map(|car| &car.seen) != case.ask.vehicle.as_ref();
        if case.decided && !reading && case::alike(&case.decision, &decision) {
            return;
        }
        case.news = !case.decided || !case::alike(&case.decision, &decision) || reading;
        case.decided = true;
        (case.verdict, case.actor) = (decision.verdict, Actor::Agent);
        (case.ask, case.decision) = (ask, decision);
    }

    fn ask(&self, now: Timestamp, case: &Case, known: &Known<'_>) -> Ask {
        Ask {
            at: now,
            lane: self.setup.lane.clone(),
            direction: case.direction,
            vehicle: case.vehicle.as_ref().map(|car| car.seen.clone()),
            person: case.person.as_ref().map(|person| person.seen.clone()),
            escort: case.escort,
            open_lanes: known.open_lanes.to_vec(),
            emergency: self.emergency.is_some(),
            face_hint: case.face_hint,
        }
    }

    /// Vehicles: nobody of the same direction is nearer. People: nobody else has been admitted and not gone through.
    fn may_go(&self, at: usize) -> bool {
        let case = &self.cases[at];
        self.cases.iter().enumerate().all(|(other_at, other)| {
            if other_at == at {
                return true;
            }
            match (&case.vehicle, &other.vehicle) {
                // One that was lost a moment ago may still stand there.
                (Some(_), Some(_)) if other.direction == case.direction => {
                    (other.distance, other_at) > (case.distance, at)
                }
                (None, None) => other.admitted.is_none(),
                _ => true,
            }
        })
    }

    fn admit(&mut self, now: Timestamp, at: usize, known: &Known<'_>, out: &mut Vec<Output>) {
        let until = self.until(now, known);
        let open = self.held.is_none() && self.emergency.is_none();
        let already = self.follow.as_ref().is_some_and(Follow::is_open);
        let case = &mut self.cases[at];
        case.admitted = Some(case::Admitted { until, opened: already });
        case.news = true;
        self.last = Some(LastAdmission { access: Some(case.id), until, bodies: 0 });
        if !open || self.follow.is_none() {
            return;
        }
        if let (Actor::Agent, true, Some(car)) = (&case.actor, case.prompt, &case.vehicle) {
            let ms = car.legible_at.map(|legible| now.duration_since(legible).as_millis());
            case.command_ms = ms.map(|ms| u32::try_from(ms.max(0)).unwrap_or(u32::MAX));
        }
        self.command(now, Command::Open, out);
    }

    fn command(&mut self, now: Timestamp, command: Command, out: &mut Vec<Output>) {
        if let Some(follow) = &mut self.follow {
            follow.told(now, command);
            out.push(Output::Barrier(command));
        }
    }

    /// How it is seen that a case passed.
    fn mode(&self, case: &Case) -> Passes {
        let unseen = self.blind || (case.vehicle.is_some() && case.track().is_none());
        match self.setup.passes {
            Passes::Line if unseen => match self.setup.barrier {
                Some(limits) if limits.feedback => Passes::Barrier,
                _ => Passes::Assumed,
            },
            passes => passes,
        }
    }

    fn nearest(&self, wanted: impl Fn(&Case) -> bool) -> Option<usize> {
        let fitting = self.cases.iter().enumerate().filter(|(_, case)| wanted(case));
        fitting.min_by(|(_, a), (_, b)| a.distance.total_cmp(&b.distance)).map(|(at, _)| at)
    }

    fn find(&self, access: Uuid) -> Option<usize> {
        self.cases.iter().position(|case| case.id == access)
    }

    fn until(&self, now: Timestamp, known: &Known<'_>) -> Timestamp {
        let window_s = self.policy(known).map_or(WINDOW_S, |policy| policy.tailgating.window_s);
        now.checked_add(SignedDuration::from_secs(i64::from(window_s))).unwrap_or(now)
    }

    fn lane<'a>(&self, known: &Known<'a>) -> Option<(&'a wire::gate::Gate, &'a Lane)> {
        known.index.and_then(|index| index.list().lane(&self.setup.lane))
    }

    fn policy<'a>(&self, known: &Known<'a>) -> Option<&'a Policy> {
        self.lane(known).map(|(_, lane)| &lane.policy)
    }

    /// Readers do not say which way somebody goes: a lane for both ways takes those who are inside for leaving.
    fn direction_of_person(&self, shown: &Shown, known: &Known<'_>) -> Direction {
        let Some((_, lane)) = self.lane(known) else { return Direction::In };
        let inside = || {
            let keys = shown.seen.keys.iter();
            let mut entries =
                keys.flat_map(|(_, digest)| known.index.into_iter().flat_map(|i| i.by_digest(*digest)));
            entries.any(|entry| known.presence.inside.contains_key(&entry.id))
        };
        match lane.way {
            LaneWay::In => Direction::In,
            LaneWay::Out => Direction::Out,
            LaneWay::Both if inside() => Direction::Out,
            LaneWay::Both => Direction::In,
        }
    }
}

#[cfg(test)]
mod tests;
