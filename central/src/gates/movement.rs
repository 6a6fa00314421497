//! Who went where: what a settled decision, a line of a paper form, a counting line or a correction changes inside. Pure. The same
//! rules as at the agent, so that both count alike.

use jiff::Timestamp;
use uuid::Uuid;
use wire::gate::{Access, AccessOutcome, CountCorrection, PaperEntry, SubjectKind, Verdict};
use wire::payload::Direction;

/// Subjects on no list: their plate stands in for an entry.
pub const UNLISTED: &str = "plate:";

/// One change of who is inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// Event id, and what of it: unique.
    pub movement_id: String,
    /// Area; empty for what is about every area.
    pub area: String,
    /// Gate.
    pub gate: String,
    /// Lane or line.
    pub lane: Option<String>,
    /// Member id or `plate:TEXT`; none for somebody anonymous.
    pub subject: Option<String>,
    /// `person`, `vehicle`, `correction` or `forgive`.
    pub kind: &'static str,
    /// Its group.
    pub group: Option<String>,
    /// Whether it leads in.
    pub inwards: bool,
    /// Change of people inside.
    pub people: i64,
    /// Change of vehicles inside.
    pub vehicles: i64,
    /// When, ms.
    pub at_ms: i64,
    /// `access`, `paper`, `crossing` or `correction`.
    pub source: &'static str,
    /// Event.
    pub source_id: String,
}

/// Whether a direction leads in.
pub fn enters(direction: Direction) -> bool {
    matches!(direction, Direction::In | Direction::Forward)
}

/// Who went through with a settled decision: the vehicle with its driver, or the person, and those who went along.
pub fn of_access(id: Uuid, access: &Access, at: Timestamp) -> Vec<Movement> {
    if !matches!(access.outcome, AccessOutcome::Passed | AccessOutcome::PassedUnadmitted) {
        return Vec::new();
    }
    let at_ms = access.ended_at.unwrap_or(at).as_millisecond();
    let inwards = enters(access.ask.direction);
    let one = |suffix: &str, subject: Option<String>, vehicle: bool| Movement {
        movement_id: format!("{id}{suffix}"),
        area: access.area.to_string(),
        gate: access.gate.to_string(),
        lane: Some(access.ask.lane.to_string()),
        subject,
        kind: if vehicle { "vehicle" } else { "person" },
        group: access.decision.group.as_ref().map(ToString::to_string),
        inwards,
        people: if vehicle { 0 } else { sign(inwards) },
        vehicles: if vehicle { sign(inwards) } else { 0 },
        at_ms,
        source: "access",
        source_id: id.to_string(),
    };
    let entry = access.decision.entry.clone();
    let mut all = Vec::new();
    let vehicle = access.ask.vehicle.is_some();
    match &access.ask.vehicle {
        Some(seen) => {
            let plate = seen.text.as_ref().map(|text| format!("{UNLISTED}{text}"));
            all.push(one("", entry.or(plate), true));
            if access.ask.person.is_some() || access.decision.driver.is_some() {
                all.push(one(":driver", access.decision.driver.clone(), false));
            }
        }
        None => all.push(one("", entry, false)),
    }
    all.extend((1..access.bodies.max(1)).map(|n| one(&format!(":{n}"), None, vehicle)));
    all
}

/// Who went through by a line of a paper form.
pub fn of_paper(id: Uuid, paper: &PaperEntry) -> Option<Movement> {
    if paper.verdict != Verdict::Admit {
        return None;
    }
    let inwards = enters(paper.direction);
    let vehicle = paper.subject.kind == SubjectKind::Vehicle;
    let plate = paper.subject.plate.as_ref().filter(|_| vehicle).map(|plate| format!("{UNLISTED}{plate}"));
    Some(Movement {
        movement_id: id.to_string(),
        area: paper.area.to_string(),
        gate: paper.gate.to_string(),
        lane: None,
        subject: paper.subject.entry.clone().or(plate),
        kind: if vehicle { "vehicle" } else { "person" },
        group: None,
        inwards,
        people: if vehicle { 0 } else { sign(inwards) },
        vehicles: if vehicle { sign(inwards) } else { 0 },
        at_ms: paper.at.as_millisecond(),
        source: "paper",
        source_id: id.to_string(),
    })
}

/// Somebody anonymous over a counting line.
pub fn of_crossing(
    id: Uuid,
    (gate, area): (&str, &str),
    line: &str,
    direction: Direction,
    at: Timestamp,
) -> Movement {
    let inwards = enters(direction);
    Movement {
        movement_id: id.to_string(),
        area: area.to_owned(),
        gate: gate.to_owned(),
        lane: Some(line.to_owned()),
        subject: None,
        kind: "person",
        group: None,
        inwards,
        people: sign(inwards),
        vehicles: 0,
        at_ms: at.as_millisecond(),
        source: "crossing",
        source_id: id.to_string(),
    }
}

/// A correction by hand.
pub fn of_correction(id: &str, correction: &CountCorrection, at_ms: i64) -> Movement {
    Movement {
        movement_id: id.to_owned(),
        area: correction.area.to_string(),
        gate: correction.gate.to_string(),
        lane: None,
        subject: None,
        kind: "correction",
        group: None,
        inwards: true,
        people: correction.people,
        vehicles: correction.vehicles,
        at_ms,
        source: "correction",
        source_id: id.to_owned(),
    }
}

/// A guard forgave a subject its place.
pub fn of_forgiveness(id: Uuid, gate: &str, subject: &str, at: Timestamp) -> Movement {
    Movement {
        movement_id: id.to_string(),
        area: String::new(),
        gate: gate.to_owned(),
        lane: None,
        subject: Some(subject.to_owned()),
        kind: "forgive",
        group: None,
        inwards: false,
        people: 0,
        vehicles: 0,
        at_ms: at.as_millisecond(),
        source: "forgive",
        source_id: id.to_string(),
    }
}

fn sign(inwards: bool) -> i64 {
    if inwards { 1 } else { -1 }
}

/// The change of a number and the lowest point on the way: what many changes in their order are summed to. An area is never
/// emptier than empty, so the number inside is not the sum alone. Summing parts and then the sums gives the same as summing all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tide {
    /// Sum of all changes.
    pub net: i64,
    /// The lowest that the sum came to; 0 at most.
    pub low: i64,
}

impl Tide {
    /// One change.
    pub fn of(change: i64) -> Self {
        Self { net: change, low: change.min(0) }
    }

    /// This, then that.
    pub fn then(self, next: Self) -> Self {
        Self { net: self.net.saturating_add(next.net), low: self.low.min(self.net.saturating_add(next.low)) }
    }

    /// The number inside, if the area was empty before.
    pub fn inside(self) -> u64 {
        self.net.saturating_sub(self.low).unsigned_abs()
    }

    /// How many went out that had never come in.
    pub fn surplus_out(self) -> u64 {
        self.low.unsigned_abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The agent's way of counting, one by one.
    fn one_by_one(changes: &[i64]) -> u64 {
        changes.iter().fold(0_u64, |inside, change| inside.saturating_add_signed(*change))
    }

    #[test]
    fn a_tide_counts_as_the_agent_does_however_it_is_cut() {
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        for _ in 0..2_000 {
            let changes: Vec<i64> = (0..40)
                .map(|_| {
                    random ^= random << 13;
                    random ^= random >> 7;
                    random ^= random << 17;
                    [1, -1, 1, -1, 3, -4][(random % 6) as usize]
                })
                .collect();
            let cut = (random % 40) as usize;
            let fold =
                |part: &[i64]| part.iter().fold(Tide::default(), |tide, change| tide.then(Tide::of(*change)));
            let (before, after) = changes.split_at(cut);
            assert_eq!(fold(before).then(fold(after)), fold(&changes));
            assert_eq!(fold(&changes).inside(), one_by_one(&changes));
        }
    }
}
