//! How cases end: passed, turned back, passed without admission, forgotten.

use jiff::Timestamp;
use uuid::Uuid;
use wire::gate::{Access, AccessOutcome, Actor, Incident, IncidentKind, SeenVehicle, Verdict, Wanted};
use wire::payload::Direction;

use super::*;

impl Machine {
    pub(super) fn crossed(
        &mut self,
        now: Timestamp,
        track: u64,
        direction: Direction,
        passage: Uuid,
        known: &Known<'_>,
        out: &mut Vec<Output>,
    ) {
        let at = match self.cases.iter().position(|case| case.track() == Some(track)) {
            Some(at) => at,
            // Never seen well enough to be told of before.
            None => {
                let seen = SeenVehicle::default();
                let car = Car { track: Some(track), seen, reading: None, legible_at: None };
                let case = Case::vehicle((self.fresh)(), now, direction, car, false);
                let at = self.add(now, case, known, out);
                self.decide(now, at, known);
                at
            }
        };
        let case = &mut self.cases[at];
        case.passage = Some(passage);
        case.direction = direction;
        case.ask.direction = direction;
        case.bodies = 1;
        if !case.decided {
            self.decide(now, at, known);
        }
        self.went_through(now, at, known, out);
    }

    pub(super) fn person_crossed(
        &mut self,
        now: Timestamp,
        track: u64,
        direction: Direction,
        known: &Known<'_>,
        out: &mut Vec<Output>,
    ) {
        let policy = self.policy(known);
        if policy.is_some_and(|policy| policy.wanted == Wanted::Anonymous) {
            return;
        }
        let on_foot = |case: &Case| case.vehicle.is_none();
        if let Some(at) = self.cases.iter().position(|case| on_foot(case) && case.admitted.is_some()) {
            let most = policy.map_or(1, |policy| policy.tailgating.bodies.max(1)).max(self.party(at, known));
            let case = &mut self.cases[at];
            case.bodies += 1;
            case.direction = direction;
            case.ask.direction = direction;
            if let Some(last) = &mut self.last {
                last.bodies += 1;
            }
            if self.cases[at].bodies >= most {
                self.settle(now, at, AccessOutcome::Passed, known, out);
            }
            return;
        }
        // Whoever was told to wait or go away and goes in is who stood there; else it is somebody nobody knows.
        let tailgating = self.last.as_ref().is_some_and(|last| now <= last.until);
        let waiting = (!tailgating).then(|| self.cases.iter().rposition(on_foot)).flatten();
        let at = waiting.unwrap_or_else(|| {
            let case = Case::nobody((self.fresh)(), now, direction);
            let at = self.add(now, case, known, out);
            self.decide(now, at, known);
            at
        });
        let case = &mut self.cases[at];
        case.ask.direction = direction;
        case.bodies = 1;
        let _ = track;
        self.went_through(now, at, known, out);
    }

    /// How many come on the entry of a case: a tour has one booking.
    fn party(&self, at: usize, known: &Known<'_>) -> u32 {
        let entry = self.cases[at].decision.entry.as_deref();
        entry.and_then(|entry| known.index?.entry(entry)).and_then(|entry| entry.people).unwrap_or(1)
    }

    /// A case went through, admitted or not.
    fn went_through(&mut self, now: Timestamp, at: usize, known: &Known<'_>, out: &mut Vec<Output>) {
        let opened_by = self.held.clone().or_else(|| self.emergency.clone()).or_else(|| {
            let (user, _) = self.opened.take_if(|_| self.cases[at].verdict != Verdict::Admit)?;
            Some(user)
        });
        if let (Some(user), true) = (opened_by, self.cases[at].verdict != Verdict::Admit) {
            // The lane stands open by a guard's word.
            let case = &mut self.cases[at];
            (case.verdict, case.actor) = (Verdict::Admit, Actor::Guard { user });
        }
        if self.cases[at].verdict == Verdict::Admit {
            if let Some(last) = self.last.as_mut().filter(|last| last.access == Some(self.cases[at].id)) {
                last.bodies += 1;
            }
            self.settle(now, at, AccessOutcome::Passed, known, out);
            return;
        }
        let behind = self.last.as_mut().filter(|last| now <= last.until && last.bodies > 0);
        let incident = match behind {
            Some(last) => {
                last.bodies += 1;
                let (access, count) = (last.access, last.bodies);
                Incident { access, ..self.incident(IncidentKind::Tailgating, Some(&self.cases[at]), count) }
            }
            None => self.incident(IncidentKind::PassedUnadmitted, Some(&self.cases[at]), 1),
        };
        self.settle(now, at, AccessOutcome::PassedUnadmitted, known, out);
        out.push(Output::Incident(incident));
    }

    /// What the barrier's word means for those at the lane.
    pub(super) fn noted(&mut self, now: Timestamp, noted: Noted, known: &Known<'_>, out: &mut Vec<Output>) {
        let admitted = self.cases.iter().position(|case| case.admitted.is_some());
        let case = admitted.map(|at| self.cases[at].clone());
        let incident = match noted {
            Noted::Opened => {
                for case in &mut self.cases {
                    if let Some(admitted) = &mut case.admitted {
                        admitted.opened = true;
                    }
                }
                return;
            }
            Noted::Closed => {
                let through = |case: &Case| case.admitted.as_ref().is_some_and(|admitted| admitted.opened);
                let passed =
                    self.cases.iter().position(|case| through(case) && self.mode(case) == Passes::Barrier);
                if let Some(at) = passed {
                    self.cases[at].bodies = 1;
                    self.settle(now, at, AccessOutcome::Passed, known, out);
                }
                return;
            }
            Noted::Lost => return,
            Noted::Failed => self.incident(IncidentKind::BarrierFailed, case.as_ref(), 1),
            Noted::Forced => self.incident(IncidentKind::BarrierForced, case.as_ref(), 1),
            Noted::Held(seconds) => self.incident(IncidentKind::BarrierHeld, case.as_ref(), seconds),
        };
        out.push(Output::Incident(incident));
    }

    /// Ends what time has ended.
    pub(super) fn end_what_is_over(&mut self, now: Timestamp, known: &Known<'_>, out: &mut Vec<Output>) {
        if self.opened.as_ref().is_some_and(|(_, until)| now > *until) {
            self.opened = None;
        }
        let passed_s = |since: Timestamp| now.duration_since(since).as_secs();
        let mut at = 0;
        while at < self.cases.len() {
            let case = &self.cases[at];
            let mode = self.mode(case);
            let gone = case.gone_at.is_some_and(|gone| passed_s(gone) >= GONE_S);
            let over = case.admitted.as_ref().is_some_and(|admitted| now > admitted.until);
            let there = case.track().is_some() && case.gone_at.is_none();
            let open = self.follow.as_ref().is_some_and(Follow::is_open);
            let outcome = if gone {
                Some(if case.admitted.is_some() { AccessOutcome::Unknown } else { AccessOutcome::TurnedBack })
            } else if over && case.bodies > 0 {
                Some(AccessOutcome::Passed)
            } else if over && (there || (mode == Passes::Barrier && open)) {
                self.go_on(now, at, known, out);
                None
            } else if over {
                Some(AccessOutcome::TurnedBack)
            } else if case.vehicle.is_none()
                && case.verdict == Verdict::Deny
                && passed_s(case.since) >= REFUSED_S
            {
                Some(refused(mode))
            } else if !there && case.admitted.is_none() && passed_s(case.since) >= FORGOTTEN_S {
                Some(AccessOutcome::Unknown)
            } else {
                None
            };
            match outcome {
                Some(outcome) => self.settle(now, at, outcome, known, out),
                None => at += 1,
            }
        }
    }

    /// Still there when its admission ends: it lasts on, and the barrier is told again if it has closed before it.
    fn go_on(&mut self, now: Timestamp, at: usize, known: &Known<'_>, out: &mut Vec<Output>) {
        let until = self.until(now, known);
        if let Some(admitted) = &mut self.cases[at].admitted {
            admitted.until = until;
        }
        let closed = self.follow.as_ref().is_some_and(|follow| !follow.is_open());
        if closed && self.held.is_none() && self.emergency.is_none() {
            self.command(now, Command::Open, out);
        }
    }

    /// Nobody refused stands there any more.
    pub(super) fn refused_have_gone(&mut self, now: Timestamp, known: &Known<'_>, out: &mut Vec<Output>) {
        let refused_one = |case: &Case| case.vehicle.is_none() && case.verdict == Verdict::Deny;
        while let Some(at) = self.cases.iter().position(refused_one) {
            let outcome = refused(self.mode(&self.cases[at]));
            self.settle(now, at, outcome, known, out);
        }
    }

    pub(super) fn settle(
        &mut self,
        now: Timestamp,
        at: usize,
        outcome: AccessOutcome,
        known: &Known<'_>,
        out: &mut Vec<Output>,
    ) {
        let mut case = self.cases.remove(at);
        if outcome == AccessOutcome::Passed {
            case.bodies = case.bodies.max(1);
        }
        out.push(self.access(&case, outcome, Some(now), known));
        let shut = self.setup.close && outcome == AccessOutcome::Passed;
        if shut && !self.cases.iter().any(|case| case.admitted.is_some()) && !self.stands_open() {
            self.command(now, Command::Close, out);
        }
    }

    pub(super) fn stands_open(&self) -> bool {
        self.held.is_some() || self.emergency.is_some()
    }

    /// A case as an event.
    pub fn access(
        &self,
        case: &Case,
        outcome: AccessOutcome,
        ended_at: Option<Timestamp>,
        known: &Known<'_>,
    ) -> Output {
        let place = self.lane(known).map(|(gate, _)| (gate.id.clone(), gate.area.clone()));
        let (gate, area) = place.unwrap_or_else(|| (self.setup.gate.clone(), self.setup.area.clone()));
        let access = Access {
            gate,
            area,
            ask: case.ask.clone(),
            decision: case.decision.clone(),
            verdict: case.verdict,
            actor: case.actor.clone(),
            outcome,
            passage: case.passage,
            reading: case.vehicle.as_ref().and_then(|car| car.reading.clone()),
            track: case.track(),
            bodies: case.bodies,
            barrier: self.barrier(),
            command_ms: case.command_ms,
            legible_at: case.vehicle.as_ref().and_then(|car| car.legible_at),
            ended_at,
            alone_since: known.alone_since,
        };
        Output::Access {
            id: case.id,
            since: case.since,
            access: Box::new(access),
            person: case.person.clone(),
        }
    }

    /// A case as it stands, for the desk.
    pub fn as_view(&self, case: &Case) -> Output {
        let presence = Presence::default();
        let nothing = Known { index: None, presence: &presence, open_lanes: &[], alone_since: None };
        self.access(case, AccessOutcome::Pending, None, &nothing)
    }

    pub(super) fn incident(&self, incident: IncidentKind, case: Option<&Case>, count: u32) -> Incident {
        Incident {
            incident,
            rule: self.setup.lane.clone(),
            lane: Some(self.setup.lane.clone()),
            access: case.map(|case| case.id),
            track: case.and_then(Case::track),
            count,
            bbox: None,
            picture: None,
        }
    }
}

fn refused(mode: Passes) -> AccessOutcome {
    if mode == Passes::Assumed { AccessOutcome::Unknown } else { AccessOutcome::TurnedBack }
}
