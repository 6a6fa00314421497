//! Entry joined with exit, per known subject. Pure: from a subject's movements, in whatever order they arrived.
//!
//! A way in opens a stay, the next way out of the same area closes it. A way in while one is open shows that a way out was missed
//! (`no_exit`); a way out while none is open, that a way in was missed (`no_entry`). A forgiven subject is neither in nor out.

use std::collections::BTreeMap;

/// One movement of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Movement id; orders what happened in one millisecond.
    pub id: String,
    /// Area; empty for a forgiveness, which is about all.
    pub area: String,
    /// Gate.
    pub gate: String,
    /// `person` or `vehicle`.
    pub kind: String,
    /// Group.
    pub group: Option<String>,
    /// What it is.
    pub what: What,
    /// When, ms.
    pub at_ms: i64,
    /// Event.
    pub source_id: String,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// In.
    In,
    /// Out.
    Out,
    /// Forgiven.
    Forgiven,
}

/// How a stay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StayState {
    /// In, and not out.
    Inside,
    /// In and out.
    Left,
    /// In, and no way out was seen although it is surely over.
    NoExit,
    /// Out, and no way in was seen.
    NoEntry,
}

impl StayState {
    /// The word in the store and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Left => "left",
            Self::NoExit => "no_exit",
            Self::NoEntry => "no_entry",
        }
    }
}

/// A stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Movement id of the way in, or of the way out where no way in is known.
    pub stay_id: String,
    /// Area.
    pub area: String,
    /// `person` or `vehicle`.
    pub kind: String,
    /// Group.
    pub group: Option<String>,
    /// How it stands.
    pub state: StayState,
    /// When it began, ms.
    pub in_ms: Option<i64>,
    /// When it ended, ms; with [`StayState::NoExit`] when it had surely ended.
    pub out_ms: Option<i64>,
    /// Gate of the way in.
    pub gate_in: Option<String>,
    /// Gate of the way out.
    pub gate_out: Option<String>,
    /// Event of the way in.
    pub entry_access: Option<String>,
    /// Event of the way out.
    pub exit_access: Option<String>,
}

/// The stays of one subject. The order of `steps` does not matter, and one that is there twice counts once.
pub fn join(mut steps: Vec<Step>) -> Vec<Stay> {
    steps.sort_by(|a, b| (a.at_ms, &a.id).cmp(&(b.at_ms, &b.id)));
    steps.dedup_by(|a, b| a.id == b.id);
    let mut open: BTreeMap<String, Stay> = BTreeMap::new();
    let mut stays = Vec::new();
    for step in steps {
        match step.what {
            What::In => {
                if let Some(before) = open.remove(&step.area) {
                    stays.push(missed(before, step.at_ms));
                }
                open.insert(step.area.clone(), opened(step));
            }
            What::Out => stays.push(match open.remove(&step.area) {
                Some(stay) => Stay {
                    state: StayState::Left,
                    out_ms: Some(step.at_ms),
                    gate_out: Some(step.gate),
                    exit_access: Some(step.source_id),
                    ..stay
                },
                None => left_only(step),
            }),
            What::Forgiven => {
                stays.extend(std::mem::take(&mut open).into_values().map(|stay| missed(stay, step.at_ms)));
            }
        }
    }
    stays.extend(open.into_values());
    stays
}

fn opened(step: Step) -> Stay {
    Stay {
        stay_id: step.id,
        area: step.area,
        kind: step.kind,
        group: step.group,
        state: StayState::Inside,
        in_ms: Some(step.at_ms),
        out_ms: None,
        gate_in: Some(step.gate),
        gate_out: None,
        entry_access: Some(step.source_id),
        exit_access: None,
    }
}

fn missed(stay: Stay, at_ms: i64) -> Stay {
    Stay { state: StayState::NoExit, out_ms: Some(at_ms), ..stay }
}

fn left_only(step: Step) -> Stay {
    Stay {
        stay_id: step.id,
        area: step.area,
        kind: step.kind,
        group: step.group,
        state: StayState::NoEntry,
        in_ms: None,
        out_ms: Some(step.at_ms),
        gate_in: None,
        gate_out: Some(step.gate),
        entry_access: None,
        exit_access: Some(step.source_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(id: &str, what: What, at_ms: i64) -> Step {
        Step {
            id: id.into(),
            area: if what == What::Forgiven { String::new() } else { "kcn".into() },
            gate: format!("gate-of-{id}"),
            kind: "vehicle".into(),
            group: None,
            what,
            at_ms,
            source_id: id.into(),
        }
    }

    fn states(steps: Vec<Step>) -> Vec<(String, &'static str)> {
        join(steps).into_iter().map(|stay| (stay.stay_id, stay.state.as_str())).collect()
    }

    #[test]
    fn a_way_in_and_the_next_way_out_are_one_stay() {
        let stays = join(vec![step("in", What::In, 10), step("out", What::Out, 60)]);
        assert_eq!(stays.len(), 1);
        assert_eq!((stays[0].state, stays[0].in_ms, stays[0].out_ms), (StayState::Left, Some(10), Some(60)));
        assert_eq!(
            (stays[0].gate_in.as_deref(), stays[0].gate_out.as_deref()),
            (Some("gate-of-in"), Some("gate-of-out"))
        );
    }

    #[test]
    fn missed_ways_are_marked() {
        let seen = states(vec![step("a", What::Out, 5), step("b", What::In, 10), step("c", What::In, 20)]);
        assert_eq!(seen, [("a".into(), "no_entry"), ("b".into(), "no_exit"), ("c".into(), "inside")]);
        let forgiven =
            states(vec![step("a", What::In, 5), step("f", What::Forgiven, 7), step("b", What::In, 9)]);
        assert_eq!(forgiven, [("a".into(), "no_exit"), ("b".into(), "inside")]);
    }

    #[test]
    fn the_order_of_arrival_and_repetitions_change_nothing() {
        let what = [What::In, What::Out, What::In, What::In, What::Out, What::Out, What::Forgiven, What::In];
        let steps: Vec<Step> =
            what.iter().enumerate().map(|(n, what)| step(&n.to_string(), *what, n as i64 * 10)).collect();
        let expected = join(steps.clone());
        for turn in 0..steps.len() {
            let mut shuffled = steps.clone();
            shuffled.rotate_left(turn);
            shuffled.reverse();
            shuffled.push(steps[turn].clone());
            assert_eq!(join(shuffled), expected);
        }
    }
}
