//! What goes first when the outbox is full: pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wire::{Payload, Phase};

/// Classes of events, cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvictionClass {
    /// Provisional: the settled event repeats it.
    Preview,
    /// Person crossings and camera states.
    Crossing,
    /// Vehicle passages.
    Vehicle,
    /// Violations, watch-list events, and reports of losses.
    Watch,
}

impl EvictionClass {
    /// The class of an event.
    pub fn of(payload: &Payload, phase: Phase) -> Self {
        match (phase, payload) {
            (_, Payload::OutboxLoss(_)) => Self::Watch,
            (Phase::Provisional, _) => Self::Preview,
            (_, Payload::Crossing(_) | Payload::CameraState(_) | Payload::ZoneCount(_)) => Self::Crossing,
            (_, Payload::Vehicle(_) | Payload::Access(_) | Payload::Shift(_)) => Self::Vehicle,
            // What a person did or typed cannot be seen again.
            (
                _,
                Payload::GuardAction(_)
                | Payload::Incident(_)
                | Payload::CountCorrection(_)
                | Payload::PaperEntry(_)
                | Payload::IdentityCheck(_)
                | Payload::Violation(_),
            ) => Self::Watch,
        }
    }
}

/// How much may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Events.
    pub events: u64,
    /// Bytes of messages and pictures.
    pub bytes: u64,
}

/// What the policy needs to know of a waiting event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    pub class: EvictionClass,
    pub bytes: u64,
}

/// Which events to give up so that `incoming` more fit: the cheapest class first, within a class the oldest first.
/// Events dearer than the dearest incoming one stay; then the newcomers themselves are what does not fit, and the
/// answer is `None`.
pub(super) fn choose(
    waiting: &BTreeMap<u64, Waiting>,
    bytes: u64,
    incoming: &[Waiting],
    bounds: Bounds,
) -> Option<Vec<u64>> {
    let incoming_bytes: u64 = incoming.iter().map(|new| new.bytes).sum();
    let mut events = waiting.len() as u64 + incoming.len() as u64;
    let mut bytes = bytes + incoming_bytes;
    let fits = |events: u64, bytes: u64| events <= bounds.events && bytes <= bounds.bytes;
    if fits(events, bytes) {
        return Some(Vec::new());
    }
    // A hundredth more than needed, so that a full outbox does not sort itself for every event.
    let target =
        Bounds { events: bounds.events - bounds.events / 100, bytes: bounds.bytes - bounds.bytes / 100 };
    let dearest = incoming.iter().map(|new| new.class).max()?;
    let mut order: Vec<_> = waiting
        .iter()
        .filter(|(_, old)| old.class <= dearest)
        .map(|(seq, old)| (old.class, *seq, old.bytes))
        .collect();
    order.sort_unstable();
    let mut evicted = Vec::new();
    for (_, seq, size) in order {
        if events <= target.events && bytes <= target.bytes {
            break;
        }
        evicted.push(seq);
        events -= 1;
        bytes -= size;
    }
    fits(events, bytes).then_some(evicted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use EvictionClass::*;

    fn outbox(classes: &[EvictionClass]) -> BTreeMap<u64, Waiting> {
        classes.iter().zip(1..).map(|(&class, seq)| (seq, Waiting { class, bytes: 10 })).collect()
    }

    fn new(class: EvictionClass) -> Waiting {
        Waiting { class, bytes: 10 }
    }

    #[test]
    fn the_cheapest_and_oldest_goes_first_and_watch_events_last() {
        let waiting = outbox(&[Watch, Vehicle, Crossing, Preview, Crossing]);
        let bounds = |events| Bounds { events, bytes: u64::MAX };
        assert_eq!(choose(&waiting, 50, &[new(Watch)], bounds(6)), Some(vec![]));
        assert_eq!(choose(&waiting, 50, &[new(Watch)], bounds(5)), Some(vec![4]));
        assert_eq!(choose(&waiting, 50, &[new(Watch)], bounds(2)), Some(vec![4, 3, 5, 2]));
        assert_eq!(choose(&waiting, 50, &[new(Watch)], bounds(1)), Some(vec![4, 3, 5, 2, 1]));
    }

    #[test]
    fn a_cheap_newcomer_never_pushes_out_something_dearer() {
        let waiting = outbox(&[Watch, Vehicle]);
        assert_eq!(choose(&waiting, 20, &[new(Crossing)], Bounds { events: 2, bytes: 1000 }), None);
    }

    #[test]
    fn bytes_bound_too() {
        let waiting = outbox(&[Vehicle, Vehicle, Vehicle]);
        let bounds = Bounds { events: 100, bytes: 30 };
        assert_eq!(choose(&waiting, 30, &[Waiting { class: Vehicle, bytes: 15 }], bounds), Some(vec![1, 2]));
    }
}
