//! What guards do and what is presented: recorded first, then done.

use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;
use wire::gate::{
    Actor, CountCorrection, GuardAct, GuardAction, PaperEntry, Shift, Subject, SubjectKind, Verdict,
};
use wire::payload::Direction;
use wire::plate::{Hint, normalise, parse};
use wire::{Name, Payload};

use super::core::{Core, ask, draft, request};
use super::gates::Gates;
use super::lane::{Case, Input};
use super::present::{Taken, card_taken, take};
use super::view::{ActRequest, PresentRequest};
use super::{
    ActError, Acted, CorrectRequest, HandOver, MusterRequest, PaperRequest, PresentError, Presented,
    ShiftUser, ShiftView, show,
};
use crate::cards::{SeenCard, today};
use crate::outbox::Draft;

impl Gates {
    /// A guard does something at a lane: recorded first, then done. An emergency opens the lane even if it cannot be recorded yet.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    pub fn act(
        &self,
        lane: &Name,
        request: ActRequest,
        user: &str,
        supervisor: bool,
    ) -> Result<Acted, ActError> {
        use GuardAct::*;
        let mut core = self.core();
        let at = core.lane(lane).ok_or(ActError::Unknown("lane"))?;
        if matches!(request.act, EmergencyOpen | EmergencyEnd | Forgive) && !supervisor {
            return Err(ActError::SupervisorOnly);
        }
        self.reasoned(request.act, &request.reason)?;
        let about_case = matches!(request.act, Admit | Deny | Wait | PapersChecked | Escort);
        let meant =
            core.lanes[at].machine.meant(request.access).filter(|_| about_case || request.access.is_some());
        if (about_case || request.access.is_some()) && meant.is_none() {
            return Err(ActError::NothingWaiting);
        }
        let access = meant.map(|case| case.id);
        let subject = match request.act {
            Forgive => Some(
                request
                    .subject
                    .clone()
                    .or_else(|| meant.and_then(|case| case.decision.entry.clone()))
                    .ok_or(ActError::Unknown("subject"))?,
            ),
            _ => request.subject.clone(),
        };
        let overrides = meant.and_then(|case| overrides(request.act, case));
        let action = GuardAction {
            gate: core.lanes[at].gate.clone(),
            lane: Some(lane.clone()),
            act: request.act,
            access,
            subject,
            user: user.to_owned(),
            reason: request.reason,
            note: request.note,
            overrides,
        };
        let event = core.draft(at, Uuid::now_v7(), Timestamp::now(), Payload::GuardAction(action));
        if request.act == EmergencyOpen {
            core.record(vec![event]);
        } else {
            recorded(&core, event)?;
        }
        let now = Timestamp::now();
        core.run(at, |machine, known| ((), machine.guard(now, request.act, access, user, known)));
        drop(core);
        self.refresh();
        Ok(Acted { access, recorded: true })
    }

    /// Somebody presents something at a lane; `user` is the guard who typed or scanned it, none for a fixed reader.
    ///
    /// # Errors
    /// [`PresentError`]: it is not what it should be.
    pub fn present(
        &self,
        lane: &Name,
        request: PresentRequest,
        user: Option<&str>,
    ) -> Result<Presented, PresentError> {
        let taken = {
            let mut core = self.core();
            let at = core.lane(lane).ok_or(PresentError::UnknownLane)?;
            let secret = core.secret.clone().ok_or(PresentError::NotEnrolled)?;
            let card = core.card(at, Timestamp::now());
            take(&request, &secret, core.list.as_deref(), card.as_ref(), today())?
        };
        let ticket = matches!(request, PresentRequest::Ticket { .. });
        self.taken(lane, taken, user, ticket)
    }

    /// A fixed reader read a card.
    ///
    /// # Errors
    /// [`PresentError::UnknownLane`], [`PresentError::NotEnrolled`].
    pub fn present_card(&self, lane: &Name, card: &SeenCard) -> Result<Presented, PresentError> {
        let secret = self.secret().ok_or(PresentError::NotEnrolled)?;
        self.taken(lane, card_taken(card, &secret), None, false)
    }

    fn taken(
        &self,
        lane: &Name,
        taken: Taken,
        user: Option<&str>,
        ticket: bool,
    ) -> Result<Presented, PresentError> {
        let now = Timestamp::now();
        let mut core = self.core();
        let at = core.lane(lane).ok_or(PresentError::UnknownLane)?;
        let (mut shown, question, card) = match taken {
            Taken::Plate(car) => {
                let access = core.typed(at, now, car);
                drop(core);
                self.refresh();
                return Ok(Presented { access, asking: false });
            }
            Taken::Person(shown, question, card) => (shown, question, card),
        };
        if let Some(card) = card {
            core.lanes[at].card = Some((now, card));
        }
        shown.asking = question.is_some();
        let belongs_to = ticket.then(|| core.lanes[at].machine.current().map(|case| case.id)).flatten();
        let access = core.run(at, |machine, known| machine.present(now, shown, belongs_to, known));
        let asker = core.asker.clone();
        let asking = question.map(|body| (request(&core.lanes[at], user, body.clone()), body));
        drop(core);
        self.refresh();
        let asks = asking.is_some();
        if let Some((request, body)) = asking {
            let gates = self.clone();
            let answered = move |answer: Option<wire::gate::Answer>| {
                gates.core().answered(at, Timestamp::now(), access, &body, answer.as_ref());
                gates.refresh();
            };
            ask(&asker, request, Box::new(answered));
        }
        Ok(Presented { access, asking: asks })
    }

    /// Begins or ends an evacuation.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    pub fn muster(&self, gate: &Name, request: MusterRequest, user: &str) -> Result<Acted, ActError> {
        let act = if request.on { GuardAct::Muster } else { GuardAct::MusterEnd };
        let reason = request.reason.unwrap_or_else(|| "other".to_owned());
        self.gate_act(gate, act, None, &reason, request.note, user)
    }

    /// Somebody was found during an evacuation.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    pub fn accounted(&self, gate: &Name, subject: &str, reason: &str, user: &str) -> Result<Acted, ActError> {
        if !self.core().ledger.book().presence().inside.contains_key(subject) {
            return Err(ActError::Unknown("subject"));
        }
        self.gate_act(gate, GuardAct::Accounted, Some(subject.to_owned()), reason, None, user)
    }

    fn gate_act(
        &self,
        gate: &Name,
        act: GuardAct,
        subject: Option<String>,
        reason: &str,
        note: Option<String>,
        user: &str,
    ) -> Result<Acted, ActError> {
        self.reasoned(act, reason)?;
        let core = self.core();
        known_gate(&core, gate)?;
        let action = GuardAction {
            gate: gate.clone(),
            lane: None,
            act,
            access: None,
            subject,
            user: user.to_owned(),
            reason: reason.to_owned(),
            note,
            overrides: None,
        };
        let event = draft(None, Uuid::now_v7(), Timestamp::now(), Payload::GuardAction(action));
        // An evacuation does not wait for a disk.
        if act == GuardAct::Muster {
            core.record(vec![event]);
        } else {
            recorded(&core, event)?;
        }
        drop(core);
        self.refresh();
        Ok(Acted { access: None, recorded: true })
    }

    /// Corrects the counts of a gate's area. Supervisors only.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    pub fn correct(
        &self,
        gate: &Name,
        request: CorrectRequest,
        user: &str,
        supervisor: bool,
    ) -> Result<Acted, ActError> {
        if !supervisor {
            return Err(ActError::SupervisorOnly);
        }
        if !self.reasons().of("correction").iter().any(|reason| reason.code == request.reason) {
            return Err(ActError::UnknownReason(request.reason));
        }
        let core = self.core();
        let area = known_gate(&core, gate)?;
        let correction = CountCorrection {
            gate: gate.clone(),
            area,
            people: request.people,
            vehicles: request.vehicles,
            user: user.to_owned(),
            reason: request.reason,
            note: request.note,
        };
        recorded(&core, draft(None, Uuid::now_v7(), Timestamp::now(), Payload::CountCorrection(correction)))?;
        drop(core);
        self.refresh();
        Ok(Acted { access: None, recorded: true })
    }

    /// Enters a line of a paper form.
    ///
    /// # Errors
    /// [`ActError`]: nothing was entered.
    pub fn paper(&self, gate: &Name, request: PaperRequest, user: &str) -> Result<Acted, ActError> {
        let core = self.core();
        let area = known_gate(&core, gate)?;
        if core.ledger.book().has_paper(&request.form, request.row) {
            return Err(ActError::AlreadyEntered);
        }
        let direction = match request.direction {
            Direction::In | Direction::Forward => Direction::In,
            Direction::Out | Direction::Backward => Direction::Out,
        };
        let entry = PaperEntry {
            gate: gate.clone(),
            area,
            subject: subject(&core, &request)?,
            form: request.form,
            row: request.row,
            at: request.at,
            direction,
            verdict: request.verdict,
            user: user.to_owned(),
            note: request.note,
        };
        recorded(&core, draft(None, Uuid::now_v7(), Timestamp::now(), Payload::PaperEntry(entry)))?;
        drop(core);
        self.refresh();
        Ok(Acted { access: None, recorded: true })
    }

    /// The shift of a gate; `None` for a gate that is not here.
    pub fn shift(&self, gate: &Name) -> Option<ShiftView> {
        let core = self.core();
        known_gate(&core, gate).ok()?;
        let state = core.ledger.book().shift(gate);
        let name = |user: &str| {
            let guards = core.list.iter().flat_map(|list| &list.list().guards);
            guards.filter(|guard| guard.user == user).map(|guard| guard.name.clone()).next()
        };
        let current = state.current.map(|(user, since)| ShiftUser {
            name: name(&user).unwrap_or_else(|| user.clone()),
            user,
            since,
        });
        Some(ShiftView { gate: gate.clone(), current, notes: state.notes.into(), totals: state.totals })
    }

    /// Hands a shift over. The PIN of whoever comes was checked before.
    ///
    /// # Errors
    /// [`ActError`]: nothing was done.
    pub fn hand_over(&self, gate: &Name, hand_over: HandOver) -> Result<Acted, ActError> {
        let core = self.core();
        let area = known_gate(&core, gate)?;
        let (people, vehicles) = core.ledger.book().presence().count(&area);
        let shift = Shift {
            gate: gate.clone(),
            from: hand_over.from,
            to: hand_over.to,
            note: hand_over.note,
            people,
            vehicles,
            waiting: show::waiting(&core, gate),
            items: hand_over.items,
        };
        recorded(&core, draft(None, Uuid::now_v7(), Timestamp::now(), Payload::Shift(shift)))?;
        drop(core);
        self.refresh();
        Ok(Acted { access: None, recorded: true })
    }

    fn reasoned(&self, act: GuardAct, reason: &str) -> Result<(), ActError> {
        if self.reasons().allows(act, reason) {
            Ok(())
        } else {
            Err(ActError::UnknownReason(reason.to_owned()))
        }
    }
}

impl Core {
    /// A plate that a guard typed, as a vehicle at the lane. Returns its case.
    fn typed(&mut self, lane: usize, now: Timestamp, car: super::lane::Car) -> Uuid {
        let text = car.seen.text.clone();
        let before: Vec<Uuid> = self.lanes[lane].machine.cases().iter().map(|case| case.id).collect();
        let direction = self.direction_of(lane, text.as_deref());
        self.input(lane, now, Input::Vehicle(car, direction));
        let cases = self.lanes[lane].machine.cases();
        let own = cases.iter().find(|case| !before.contains(&case.id)).or(cases.last());
        // A lane that nobody watches settles at once.
        own.map(|case| case.id).or_else(|| self.recent.front().map(|case| case.access)).unwrap_or_default()
    }

    fn direction_of(&self, lane: usize, plate: Option<&str>) -> Direction {
        let Some(list) = &self.list else { return Direction::In };
        let Some((_, known)) = list.list().lane(&self.lanes[lane].machine.setup().lane) else {
            return Direction::In;
        };
        let book = self.ledger.book();
        let inside = || {
            let plate = plate.unwrap_or_default();
            let inside = &book.presence().inside;
            inside.contains_key(&wire::gate::stranger(plate))
                || list.by_plate(plate).any(|entry| inside.contains_key(&entry.id))
        };
        match known.way {
            wire::gate::LaneWay::Out => Direction::Out,
            wire::gate::LaneWay::Both if inside() => Direction::Out,
            _ => Direction::In,
        }
    }
}

fn recorded(core: &Core, event: Draft) -> Result<(), ActError> {
    core.ledger.append_or_refuse(vec![event]).map_err(|error| ActError::NotRecorded(error.to_string()))
}

/// The area of a gate that is here.
fn known_gate(core: &Core, gate: &Name) -> Result<Name, ActError> {
    let run = core.lanes.iter().find(|run| run.gate == *gate).ok_or(ActError::Unknown("gate"))?;
    let listed = core.list.as_ref().and_then(|list| list.list().gates.iter().find(|known| known.id == *gate));
    Ok(listed.map_or_else(|| run.area.clone(), |known| known.area.clone()))
}

/// Which answer of the agent an act goes against.
fn overrides(act: GuardAct, case: &Case) -> Option<Verdict> {
    let said = match act {
        GuardAct::Admit => Verdict::Admit,
        GuardAct::Deny => Verdict::Deny,
        GuardAct::Wait => Verdict::Wait,
        _ => return None,
    };
    let answer = case.decision.verdict;
    (answer != said && (case.actor == Actor::Agent || case.verdict != said)).then_some(answer)
}

fn subject(core: &Core, request: &PaperRequest) -> Result<Subject, ActError> {
    let list = core.list.as_deref();
    if request.kind == SubjectKind::Vehicle {
        let plate = normalise(request.plate.as_deref().unwrap_or_default());
        if !parse(&plate, &Hint::default()).is_valid() {
            return Err(ActError::BadPlate);
        }
        let entry = list.and_then(|list| list.by_plate(&plate).next()).map(|entry| entry.id.clone());
        return Ok(Subject { kind: request.kind, plate: Some(plate), entry, person: None });
    }
    let secret: Option<&Arc<_>> = core.secret.as_ref();
    let number: String = request.number.as_deref().unwrap_or_default().split_whitespace().collect();
    let digest = secret.map(|secret| secret.digest(wire::gate::KeyKind::Card, &number));
    let entry = digest.and_then(|digest| list?.by_digest(digest).next()).map(|entry| entry.id.clone());
    let plain = serde_json::json!({ "name": request.name, "number": request.number });
    let plain = zeroize::Zeroizing::new(plain.to_string());
    let person = secret.map(|secret| secret.close("paper_entry", rand::random(), plain.as_bytes()));
    Ok(Subject { kind: request.kind, plate: None, entry, person })
}
