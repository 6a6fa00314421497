//! One subject at a lane.

use jiff::Timestamp;
use uuid::Uuid;
use wire::Name;
use wire::gate::{Actor, Ask, Decision, Freshness, Reason, SeenPerson, SeenVehicle, Verdict};
use wire::payload::{Direction, PlateReading};

use super::Proof;

/// A vehicle as the camera sees it, or its plate as a guard typed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Car {
    /// Track at the lane's camera; none for a typed plate.
    pub track: Option<u64>,
    /// What is decided from.
    pub seen: SeenVehicle,
    /// The plate as it was read.
    pub reading: Option<PlateReading>,
    /// When the frame was taken that made the reading good enough.
    pub legible_at: Option<Timestamp>,
}

/// What somebody presented. Names nobody but for the masked label.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shown {
    /// What is decided from.
    pub seen: SeenPerson,
    /// Masked name.
    pub label: Option<String>,
    /// `card`, `pass`, `pin`, `passport`, `vneid`, `ticket`.
    pub shown: &'static str,
    /// A register is being asked.
    pub asking: bool,
}

/// An admission that lasts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Admitted {
    pub until: Timestamp,
    /// The barrier has opened since.
    pub opened: bool,
}

/// See the [module](super).
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Id of its event.
    pub id: Uuid,
    /// First sight.
    pub since: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// The vehicle.
    pub vehicle: Option<Car>,
    /// The person.
    pub person: Option<Shown>,
    /// What was asked when it was last decided.
    pub ask: Ask,
    /// The agent's answer.
    pub decision: Decision,
    /// The last word.
    pub verdict: Verdict,
    /// Whose.
    pub actor: Actor,
    pub(super) escort: bool,
    pub(super) face_hint: bool,
    pub(super) decided: bool,
    /// A guard has spoken: the agent's answers change nothing any more.
    pub(super) guarded: bool,
    /// Nobody stood before it when it came.
    pub(super) prompt: bool,
    pub(super) distance: f32,
    pub(super) gone_at: Option<Timestamp>,
    pub(super) admitted: Option<Admitted>,
    pub(super) command_ms: Option<u32>,
    pub(super) bodies: u32,
    pub(super) passage: Option<Uuid>,
    pub(super) warned: bool,
    pub(super) news: bool,
}

impl Case {
    pub(super) fn vehicle(id: Uuid, since: Timestamp, direction: Direction, car: Car, prompt: bool) -> Self {
        Self { vehicle: Some(car), prompt, ..Self::nobody(id, since, direction) }
    }

    pub(super) fn person(id: Uuid, since: Timestamp, direction: Direction, shown: Shown) -> Self {
        Self { person: Some(shown), ..Self::nobody(id, since, direction) }
    }

    pub(super) fn nobody(id: Uuid, since: Timestamp, direction: Direction) -> Self {
        Self {
            id,
            since,
            direction,
            vehicle: None,
            person: None,
            ask: Ask {
                at: since,
                lane: lane_to_come(),
                direction,
                vehicle: None,
                person: None,
                escort: false,
                open_lanes: Vec::new(),
                emergency: false,
                face_hint: false,
            },
            decision: Decision {
                verdict: Verdict::Wait,
                reason: Reason::NothingPresented,
                rule: None,
                entry: None,
                driver: None,
                group: None,
                warnings: Vec::new(),
                list_version: 0,
                list_age_s: 0,
                freshness: Freshness::None,
            },
            verdict: Verdict::Wait,
            actor: Actor::Agent,
            escort: false,
            face_hint: false,
            decided: false,
            guarded: false,
            prompt: false,
            distance: f32::MAX,
            gone_at: None,
            admitted: None,
            command_ms: None,
            bodies: 0,
            passage: None,
            warned: false,
            news: false,
        }
    }

    /// Its track.
    pub fn track(&self) -> Option<u64> {
        self.vehicle.as_ref().and_then(|car| car.track)
    }

    /// Its plate.
    pub fn text(&self) -> Option<&str> {
        self.vehicle.as_ref().and_then(|car| car.seen.text.as_deref())
    }

    /// Whether it may go through now.
    pub fn is_admitted(&self) -> bool {
        self.admitted.is_some()
    }

    /// What was presented: in place of what was before, or in addition to it.
    pub(super) fn take_person(&mut self, shown: Shown, beside: bool) {
        match &mut self.person {
            Some(known) if beside => {
                for key in shown.seen.keys {
                    if !known.seen.keys.contains(&key) {
                        known.seen.keys.push(key);
                    }
                }
                known.seen.mismatch |= shown.seen.mismatch;
                known.seen.check_papers |= shown.seen.check_papers;
                known.asking |= shown.asking;
                known.shown = shown.shown;
            }
            other => *other = Some(shown),
        }
    }

    pub(super) fn prove(&mut self, proof: Proof) {
        let Some(person) = &mut self.person else { return };
        person.asking = false;
        person.seen.trust = match (person.seen.trust, proof.trust) {
            (Some(known), Some(new)) if known.satisfies(new) => Some(known),
            (known, new) => new.or(known),
        };
        person.seen.offline = proof.offline;
        person.seen.mismatch |= proof.mismatch;
        person.seen.check_papers |= proof.check_papers;
        person.seen.keys.extend(proof.keys);
        person.label = person.label.take().or(proof.label);
    }
}

/// Whether two answers say the same to a guard and to central: age and version of the list alone are no news.
pub(super) fn alike(one: &Decision, other: &Decision) -> bool {
    let said = |d: &Decision| {
        (
            d.verdict,
            d.reason,
            d.rule.clone(),
            d.entry.clone(),
            d.driver.clone(),
            d.group.clone(),
            d.warnings.clone(),
        )
    };
    said(one) == said(other)
}

/// Stands in until the case is decided for the first time, in the same step.
fn lane_to_come() -> Name {
    // A constant that is a name.
    #[allow(clippy::expect_used)]
    Name::new("lane").expect("a name")
}
