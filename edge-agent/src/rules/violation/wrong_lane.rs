//! Out of a lane where its arrows do not lead: the lane that the vehicle was in last, and the exit line that it passed.

use wire::Name;
use wire::scene::{LineKind, SceneRule};

use super::judge::{Found, Rule, World};
use super::memory::{Look, Trail};
use super::moments::moment;
use super::passages::Passage;
use crate::scene::CalibratedScene;

/// The lane counts that it was in for most of this time before it left the lanes, seconds, and for no less than so many looks.
const SETTLED_S: f64 = 0.8;
const LEAST_LOOKS: usize = 3;
/// Nearer to the lane's border than this part of its width, which lane it was is a doubt.
const NEAR_BORDER: f32 = 0.15;
/// A journey through a junction, seconds.
const JOURNEY_S: f64 = 60.0;

/// The rule: the lanes it is about; empty: all that have arrows.
pub(super) struct WrongLane {
    lanes: Vec<Name>,
}

impl WrongLane {
    pub fn new(rule: &SceneRule) -> Self {
        Self { lanes: rule.about.clone() }
    }

    fn told(&self, out: &Passage, world: &World) -> Option<Found> {
        let (line, _) = world.scene.line(&out.line)?;
        let way = line.to_move.filter(|_| line.kind == LineKind::Exit)?;
        let trail = world.memory.trail(out.track)?;
        let (left, lane, sure) = lane_left(world.scene, trail, out.passed_s)?;
        let (drawn, ..) = world.scene.lane(&lane)?;
        let watched = self.lanes.is_empty() || self.lanes.contains(&lane);
        if !watched || drawn.moves.is_empty() || drawn.moves.contains(&way) {
            return None;
        }
        let act = trail.near((left.s() + out.passed_s) / 2.0);
        let moments =
            vec![moment("start", &left, None), moment("act", &act, None), moment("end", &out.past, None)];
        let score = trail.score(left.s(), out.past.s());
        let doubts = if sure { Vec::new() } else { vec!["lane_unsure"] };
        Some(Found { track: out.track, lane: Some(lane), moments, measured: None, score, doubts })
    }
}

impl Rule for WrongLane {
    fn see(&mut self, world: &World) -> Vec<Found> {
        world.passages.iter().filter_map(|out| self.told(out, world)).collect()
    }
}

/// The last look in a lane before a time, the lane, and whether it was surely that one. A vehicle that weaves between two lanes was
/// surely in neither.
fn lane_left(scene: &CalibratedScene, trail: &Trail, before_s: f64) -> Option<(Look, Name, bool)> {
    let looks: Vec<&Look> =
        trail.since(before_s - JOURNEY_S).take_while(|look| look.s() <= before_s).collect();
    let lane = |look: &Look| scene.lane_at(look.bbox.foot()).map(|lane| lane.id.clone());
    let at = looks.iter().rposition(|look| lane(look).is_some())?;
    let (left, found) = (looks[at], lane(looks[at])?);
    let from_s = left.s() - SETTLED_S;
    let recent: Vec<&&Look> = looks[..=at].iter().filter(|look| look.s() >= from_s).collect();
    let there = recent.iter().filter(|look| lane(look).as_ref() == Some(&found)).count();
    if there < LEAST_LOOKS || 2 * there <= recent.len() {
        return None;
    }
    let (_, area, _) = scene.lane(&found)?;
    let deep = |look: &&&&Look| area.depth(look.bbox.foot()) >= NEAR_BORDER * look.bbox.w;
    let sure = there == recent.len() && recent.iter().filter(deep).count() * 2 > recent.len();
    Some((*left, found, sure))
}
