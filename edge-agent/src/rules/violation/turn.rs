//! A forbidden turn or U-turn: in over the entry line, then out over the exit line.

use wire::Name;
use wire::scene::SceneRule;

use super::judge::{Found, Rule, World};
use super::moments::moment;
use super::passages::Passage;

/// Longer than this between the lines, and it is another journey, seconds.
const JOURNEY_S: f64 = 120.0;

/// The rule: its two lines.
pub(super) struct Turn {
    entry: Name,
    exit: Name,
}

impl Turn {
    /// None without both lines; the check of the scene says so.
    pub fn new(rule: &SceneRule) -> Option<Self> {
        let [entry, exit] = rule.about.as_slice() else { return None };
        Some(Self { entry: entry.clone(), exit: exit.clone() })
    }

    fn told(&self, out: &Passage, world: &World) -> Option<Found> {
        let trail = world.memory.trail(out.track)?;
        let before = |passage: &&Passage| {
            passage.line == self.entry
                && passage.passed_s < out.passed_s
                && out.passed_s - passage.passed_s <= JOURNEY_S
        };
        let into = trail.passed.iter().rev().find(before)?;
        let act = trail.near((into.passed_s + out.passed_s) / 2.0);
        let moments =
            vec![moment("start", &into.on, None), moment("act", &act, None), moment("end", &out.past, None)];
        let score = trail.score(into.on.s(), out.past.s());
        let lane = world.scene.lane_at(into.before.bbox.foot()).map(|lane| lane.id.clone());
        Some(Found { track: out.track, lane, moments, measured: None, score, doubts: Vec::new() })
    }
}

impl Rule for Turn {
    fn see(&mut self, world: &World) -> Vec<Found> {
        let out = world.passages.iter().filter(|passage| passage.line == self.exit);
        out.filter_map(|out| self.told(out, world)).collect()
    }
}
