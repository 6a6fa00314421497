//! What follows from the gates' events: who is inside, which decisions are open, the shift, the evacuation. Pure: a fold over events,
//! kept as small values under keys, so that each batch writes only what it changed.
//!
//! | key | value |
//! |---|---|
//! | `subject/ID` | where a known subject is, its ways in so far, its last way in and out |
//! | `area/AREA` | people and vehicles inside |
//! | `surplus` | ways out that met an empty area |
//! | `open/EVENT` | a decision that is not settled |
//! | `muster` | the evacuation, while it lasts |
//! | `shift/GATE` | who is on duty, hand-overs, figures |
//! | `paper/FORM/ROW` | a line of a paper form that was entered |
//! | `taken` | ids of the newest events that were taken, so that none counts twice |

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::gate::{
    Access, AccessOutcome, EntryKind, GuardAct, GuardAction, Inside, PaperEntry, Passed, Presence, Shift,
    SubjectKind, Verdict,
};
use wire::payload::{Crossing, Direction};
use wire::{Name, Payload, Phase};

use super::{ShiftNote, ShiftTotals};
use crate::outbox::{Draft, StateChange};

/// Ids kept to know a repeated event: more than one batch of the writer.
const TAKEN: usize = 96;
/// Hand-overs kept per gate.
const NOTES: usize = 20;

/// A line whose people count for an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountingLine {
    /// Camera.
    pub camera: Name,
    /// Line in its picture.
    pub line: Name,
    /// Area that `in` leads into.
    pub area: Name,
}

/// The evacuation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Muster {
    /// Since when.
    pub since: Timestamp,
    /// Who pressed the key.
    pub by: String,
    /// Who was found.
    pub accounted: BTreeSet<String>,
}

/// The shift of one gate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftState {
    /// Who is on duty, and since when.
    pub current: Option<(String, Timestamp)>,
    /// Hand-overs, newest first.
    pub notes: VecDeque<ShiftNote>,
    /// Figures since the last one.
    pub totals: ShiftTotals,
}

/// A decision that is not settled yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Open {
    /// Camera of its events.
    pub camera: Name,
    /// When it was first seen.
    pub at: Timestamp,
    /// As it stood last.
    pub access: Access,
}

#[derive(Serialize, Deserialize)]
struct SubjectState {
    inside: Option<Inside>,
    uses: u32,
    last: (Option<Timestamp>, Option<Timestamp>),
    #[serde(default)]
    forgiven: bool,
}

/// See the [module](self).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Book {
    presence: Presence,
    open: BTreeMap<Uuid, Open>,
    muster: Option<Muster>,
    shifts: BTreeMap<Name, ShiftState>,
    papers: BTreeSet<String>,
    taken: VecDeque<Uuid>,
    lines: Vec<CountingLine>,
    changed: BTreeSet<String>,
}

impl Book {
    /// As the state says; a value that cannot be read is left out.
    pub fn load(state: &BTreeMap<String, Vec<u8>>, lines: Vec<CountingLine>) -> Self {
        let mut book = Self { lines, ..Self::default() };
        for (key, value) in state {
            if book.take_value(key, value).is_none() {
                tracing::error!(key = key.split('/').next(), "a value of the gates' state cannot be read");
            }
        }
        book
    }

    fn take_value(&mut self, key: &str, value: &[u8]) -> Option<()> {
        let (kind, rest) = key.split_once('/').unwrap_or((key, ""));
        match kind {
            "subject" => {
                let SubjectState { inside, uses, last, forgiven } = json(value)?;
                if let Some(inside) = inside {
                    self.presence.inside.insert(rest.to_owned(), inside);
                }
                if forgiven {
                    self.presence.forgiven.insert(rest.to_owned());
                }
                if uses > 0 {
                    self.presence.uses.insert(rest.to_owned(), uses);
                }
                if last != (None, None) {
                    self.presence.last.insert(rest.to_owned(), last);
                }
            }
            "area" => {
                self.presence.counts.insert(Name::new(rest).ok()?, json(value)?);
            }
            "surplus" => self.presence.surplus_out = json(value)?,
            "open" => {
                self.open.insert(rest.parse().ok()?, json(value)?);
            }
            "muster" => self.muster = Some(json(value)?),
            "shift" => {
                self.shifts.insert(Name::new(rest).ok()?, json(value)?);
            }
            "paper" => {
                self.papers.insert(rest.to_owned());
            }
            "taken" => self.taken = json(value)?,
            _ => return None,
        }
        Some(())
    }

    /// Who is inside.
    pub fn presence(&self) -> &Presence {
        &self.presence
    }

    /// Decisions that are not settled.
    pub fn open(&self) -> &BTreeMap<Uuid, Open> {
        &self.open
    }

    /// The evacuation, while it lasts.
    pub fn muster(&self) -> Option<&Muster> {
        self.muster.as_ref()
    }

    /// The shift of a gate.
    pub fn shift(&self, gate: &Name) -> ShiftState {
        self.shifts.get(gate).cloned().unwrap_or_default()
    }

    /// Whether a line of a paper form was entered.
    pub fn has_paper(&self, form: &str, row: u32) -> bool {
        self.papers.contains(&paper_key(form, row))
    }

    /// Takes one event; the same event again changes nothing.
    pub fn take(&mut self, draft: &Draft) {
        let counted = matches!(
            draft.payload,
            Payload::Access(_)
                | Payload::Crossing(_)
                | Payload::CountCorrection(_)
                | Payload::GuardAction(_)
                | Payload::Shift(_)
                | Payload::PaperEntry(_)
        );
        if !counted {
            return;
        }
        if draft.phase == Phase::Provisional {
            if let Payload::Access(access) = &draft.payload {
                self.opened(draft, access);
            }
            return;
        }
        if self.taken.contains(&draft.id) {
            return;
        }
        let at = draft.captured.at;
        let taken = match &draft.payload {
            Payload::Access(access) => self.settled(draft.id, access, at),
            Payload::Crossing(crossing) => self.crossed(&draft.camera, crossing, at),
            Payload::CountCorrection(by) => {
                self.presence.correct(&by.area, by.people, by.vehicles);
                self.touch(format!("area/{}", by.area))
            }
            Payload::GuardAction(action) => self.acted(action, at),
            Payload::Shift(shift) => self.handed_over(shift, at),
            Payload::PaperEntry(paper) => self.entered(paper),
            _ => false,
        };
        if taken {
            self.taken.push_back(draft.id);
            while self.taken.len() > TAKEN {
                self.taken.pop_front();
            }
            self.touch("taken".to_owned());
        }
    }

    /// What has changed since the last [`Book::written`], as values to be stored.
    pub fn changes(&self) -> Vec<StateChange> {
        self.changed.iter().map(|key| StateChange { key: key.clone(), value: self.value(key) }).collect()
    }

    /// The changes are on disk.
    pub fn written(&mut self) {
        self.changed.clear();
    }

    fn value(&self, key: &str) -> Option<Vec<u8>> {
        let (kind, rest) = key.split_once('/').unwrap_or((key, ""));
        let bytes = match kind {
            "subject" => {
                let state = SubjectState {
                    inside: self.presence.inside.get(rest).cloned(),
                    uses: self.presence.uses.get(rest).copied().unwrap_or_default(),
                    last: self.presence.last.get(rest).copied().unwrap_or_default(),
                    forgiven: self.presence.forgiven.contains(rest),
                };
                let nothing = state.inside.is_none()
                    && state.uses == 0
                    && state.last == (None, None)
                    && !state.forgiven;
                (!nothing).then(|| serde_json::to_vec(&state))
            }
            "area" => Some(serde_json::to_vec(&self.presence.count(&Name::new(rest).ok()?))),
            "surplus" => Some(serde_json::to_vec(&self.presence.surplus_out)),
            "open" => self.open.get(&rest.parse().ok()?).map(serde_json::to_vec),
            "muster" => self.muster.as_ref().map(serde_json::to_vec),
            "shift" => self.shifts.get(&Name::new(rest).ok()?).map(serde_json::to_vec),
            "paper" => self.papers.contains(rest).then(|| Ok(Vec::new())),
            "taken" => Some(serde_json::to_vec(&self.taken)),
            _ => None,
        };
        // Plain values of our own: they serialise.
        bytes.and_then(Result::ok)
    }

    fn touch(&mut self, key: String) -> bool {
        self.changed.insert(key);
        true
    }

    fn opened(&mut self, draft: &Draft, access: &Access) {
        // A settled decision stays settled, whatever comes late.
        if self.taken.contains(&draft.id) {
            return;
        }
        let open = Open { camera: draft.camera.clone(), at: draft.captured.at, access: access.clone() };
        self.open.insert(draft.id, open);
        self.touch(format!("open/{}", draft.id));
    }

    fn settled(&mut self, id: Uuid, access: &Access, at: Timestamp) -> bool {
        if self.open.remove(&id).is_some() {
            self.touch(format!("open/{id}"));
        }
        let passed = matches!(access.outcome, AccessOutcome::Passed | AccessOutcome::PassedUnadmitted);
        let entering = enters(access.ask.direction);
        self.count_shift(&access.gate, |totals| {
            match access.verdict {
                Verdict::Admit => totals.admitted += 1,
                Verdict::Deny => totals.denied += 1,
                Verdict::Wait => totals.waited += 1,
            }
            totals.entered += u64::from(passed && entering);
            totals.left += u64::from(passed && !entering);
        });
        if passed {
            passages(access, access.ended_at.unwrap_or(at)).iter().for_each(|passed| self.pass(passed));
        }
        true
    }

    fn pass(&mut self, passed: &Passed) {
        let surplus = self.presence.surplus_out;
        self.presence.apply(passed);
        self.touch(format!("area/{}", passed.area));
        if self.presence.surplus_out != surplus {
            self.touch("surplus".to_owned());
        }
        let Some(subject) = &passed.subject else { return };
        if subject.starts_with(UNLISTED) && !self.presence.inside.contains_key(subject) {
            // Of a stranger who has left nothing is kept.
            self.presence.uses.remove(subject);
            self.presence.last.remove(subject);
        }
        self.touch(format!("subject/{subject}"));
    }

    fn crossed(&mut self, camera: &Name, crossing: &Crossing, at: Timestamp) -> bool {
        let line = self.lines.iter().find(|line| line.camera == *camera && line.line == crossing.line);
        let Some(area) = line.map(|line| line.area.clone()) else { return false };
        self.pass(&Passed {
            subject: None,
            kind: EntryKind::Person,
            group: None,
            area,
            lane: crossing.line.clone(),
            direction: crossing.direction,
            at,
        });
        true
    }

    fn acted(&mut self, action: &GuardAction, at: Timestamp) -> bool {
        if action.overrides.is_some() {
            self.count_shift(&action.gate, |totals| totals.overrides += 1);
        }
        match (action.act, &action.subject) {
            (GuardAct::Forgive, Some(subject)) => {
                self.presence.forgive(subject);
                self.touch(format!("subject/{subject}"));
            }
            (GuardAct::Muster, _) => {
                let accounted = BTreeSet::new();
                self.muster.get_or_insert_with(|| Muster { since: at, by: action.user.clone(), accounted });
                self.touch("muster".to_owned());
            }
            (GuardAct::MusterEnd, _) => {
                self.muster = None;
                self.touch("muster".to_owned());
            }
            (GuardAct::Accounted, Some(subject)) => {
                if let Some(muster) = &mut self.muster {
                    muster.accounted.insert(subject.clone());
                    self.touch("muster".to_owned());
                }
            }
            _ => {}
        }
        true
    }

    fn handed_over(&mut self, shift: &Shift, at: Timestamp) -> bool {
        let state = self.shifts.entry(shift.gate.clone()).or_default();
        state.current = shift.to.clone().map(|user| (user, at));
        state.totals = ShiftTotals::default();
        state.notes.push_front(ShiftNote {
            at,
            from: shift.from.clone(),
            to: shift.to.clone(),
            note: shift.note.clone(),
            people: shift.people,
            vehicles: shift.vehicles,
            waiting: shift.waiting,
            items: shift.items.clone(),
        });
        state.notes.truncate(NOTES);
        self.touch(format!("shift/{}", shift.gate))
    }

    fn entered(&mut self, paper: &PaperEntry) -> bool {
        let key = paper_key(&paper.form, paper.row);
        if !self.papers.insert(key.clone()) {
            return false;
        }
        if paper.verdict == Verdict::Admit {
            let (kind, subject) = match (&paper.subject.kind, &paper.subject.entry, &paper.subject.plate) {
                (SubjectKind::Vehicle, entry, plate) => {
                    let plate = plate.as_ref().map(|plate| format!("{UNLISTED}{plate}"));
                    (EntryKind::Vehicle, entry.clone().or(plate))
                }
                (SubjectKind::Person, entry, _) => (EntryKind::Person, entry.clone()),
            };
            self.pass(&Passed {
                subject,
                kind,
                group: None,
                area: paper.area.clone(),
                lane: paper.gate.clone(),
                direction: paper.direction,
                at: paper.at,
            });
        }
        self.touch(format!("paper/{key}"))
    }

    fn count_shift(&mut self, gate: &Name, change: impl FnOnce(&mut ShiftTotals)) {
        change(&mut self.shifts.entry(gate.clone()).or_default().totals);
        self.touch(format!("shift/{gate}"));
    }
}

/// Subjects on no list: their plate stands in for an entry.
pub(super) const UNLISTED: &str = "plate:";

/// Who went through with a settled decision: the vehicle with its driver, or the person and those who went along.
fn passages(access: &Access, at: Timestamp) -> Vec<Passed> {
    let passed = |subject: Option<String>, kind| Passed {
        subject,
        kind,
        group: access.decision.group.clone(),
        area: access.area.clone(),
        lane: access.ask.lane.clone(),
        direction: access.ask.direction,
        at,
    };
    let entry = access.decision.entry.clone();
    let bodies = usize::try_from(access.bodies.max(1)).unwrap_or(1);
    let (kind, mut all) = match &access.ask.vehicle {
        Some(vehicle) => {
            let plate = vehicle.text.as_ref().map(|text| format!("{UNLISTED}{text}"));
            let shown = access.ask.person.as_ref().is_some_and(|person| !person.keys.is_empty());
            let driver = shown || access.decision.driver.is_some();
            let driver = driver.then(|| passed(access.decision.driver.clone(), EntryKind::Person));
            let vehicle = passed(entry.or(plate), EntryKind::Vehicle);
            (EntryKind::Vehicle, std::iter::once(vehicle).chain(driver).collect())
        }
        None => (EntryKind::Person, vec![passed(entry, EntryKind::Person)]),
    };
    all.extend((1..bodies).map(|_| passed(None, kind)));
    all
}

/// Whether a direction leads in.
pub(super) fn enters(direction: Direction) -> bool {
    matches!(direction, Direction::In | Direction::Forward)
}

fn paper_key(form: &str, row: u32) -> String {
    format!("{form}/{row}")
}

fn json<T: serde::de::DeserializeOwned>(value: &[u8]) -> Option<T> {
    serde_json::from_slice(value).ok()
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
