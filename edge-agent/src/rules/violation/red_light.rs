//! Over the stop line while its signal is red.
//!
//! The act is the rear of the vehicle past the line ([`super::passages`]). It counts when the signal that governs the way taken
//! was red when the rear passed, red for at least the grace by then, and still red in the first look with all of it past the line.
//! Who came onto the line while it was not red yet, and went on without stopping, has entered on yellow: nothing. Who stopped over
//! the line and went on later, while it was red, has not: told, with a doubt. A signal that nobody could see, that is dark or
//! flashing says nothing.

use wire::scene::{Move, SceneRule};
use wire::{LampState, Name};

use super::judge::{Found, Rule, World};
use super::memory::{Look, Trail};
use super::moments::moment;
use super::passages::Passage;
use super::way_taken::{MOVES, way_taken};

/// Forgiven after the change to red where the rule does not say, milliseconds.
const GRACE_MS: u32 = 300;
/// So close to the grace, a finding is a doubt, seconds.
const NEAR_GRACE_S: f64 = 0.3;
/// A passage is judged this long after it: a change of the signal is recognised late and dated back, seconds.
const SETTLE_S: f64 = 1.6;
/// The way taken is waited for at most this long, seconds.
const WAY_S: f64 = 5.0;
/// Who stood this long over the line has stopped there, seconds.
const STOOD_S: f64 = 1.2;
/// What a finding is worth while nobody knows the way taken.
const WAY_UNKNOWN: f32 = 0.5;

/// The rule's state: passages that are not judged yet.
pub(super) struct RedLight {
    lines: Vec<Name>,
    grace_s: f64,
    waiting: Vec<Passage>,
    unknown: u64,
}

/// What a signal says of a passage.
enum Verdict {
    Free,
    Unknown,
    Red(Vec<&'static str>),
}

impl RedLight {
    pub fn new(rule: &SceneRule) -> Self {
        let grace_s = f64::from(rule.grace_ms.unwrap_or(GRACE_MS)) / 1e3;
        Self { lines: rule.about.clone(), grace_s, waiting: Vec::new(), unknown: 0 }
    }

    /// What a passage is: nothing yet, nothing at all, or a finding.
    fn judge(&mut self, passage: &Passage, world: &World) -> Option<Option<Found>> {
        let waited_s = world.now.stream_s() - passage.passed_s;
        if waited_s < SETTLE_S && !world.last {
            return None;
        }
        let Some(trail) = world.memory.trail(passage.track) else { return Some(None) };
        let governed = governed(world, passage);
        let first = governed.first().cloned().flatten();
        if governed.iter().all(|signal| *signal == first) {
            return Some(first.and_then(|signal| self.told(passage, trail, &signal, Vec::new(), world)));
        }
        let over = waited_s >= WAY_S || world.last || trail.gone_s.is_some();
        match way_taken(world.scene, trail, passage.passed_s, over) {
            Some(way) => {
                let signal = signal_of(world, &passage.line, way);
                Some(signal.and_then(|signal| self.told(passage, trail, &signal, Vec::new(), world)))
            }
            None if !over => None,
            None => Some(self.way_unknown(passage, trail, governed, world)),
        }
    }

    /// Nobody saw where it went: told only when one of its ways was red, and then as a doubt; not when all were free.
    fn way_unknown(
        &mut self,
        passage: &Passage,
        trail: &Trail,
        governed: Vec<Option<Name>>,
        world: &World,
    ) -> Option<Found> {
        let every_way = !governed.contains(&None);
        let mut signals: Vec<Name> = governed.into_iter().flatten().collect();
        signals.dedup();
        let red: Vec<Name> = signals
            .iter()
            .filter(|signal| matches!(self.verdict(passage, trail, signal, world), Verdict::Red(_)))
            .cloned()
            .collect();
        let certain = every_way && red.len() == signals.len();
        let doubts = if certain { Vec::new() } else { vec!["way_unknown"] };
        self.told(passage, trail, red.first()?, doubts, world)
    }

    fn told(
        &mut self,
        passage: &Passage,
        trail: &Trail,
        signal: &Name,
        mut doubts: Vec<&'static str>,
        world: &World,
    ) -> Option<Found> {
        match self.verdict(passage, trail, signal, world) {
            Verdict::Free => return None,
            Verdict::Unknown => {
                self.unknown += 1;
                return None;
            }
            Verdict::Red(more) => doubts.extend(more),
        }
        let moment = |what: &str, look: &Look| moment(what, look, Some((signal, world.signals)));
        let moments = vec![
            moment("before_line", &passage.before),
            moment("on_line", &passage.on),
            moment("past_line", &passage.past),
        ];
        let seen = trail.score(passage.before.s(), passage.past.s());
        let lamp = moments[1..].iter().filter_map(|m| m.signal.as_ref()).map(|reading| reading.score);
        let mut score = lamp.fold(seen, f32::min);
        if doubts.contains(&"way_unknown") {
            score = score.min(WAY_UNKNOWN);
        }
        let lane = world.scene.lane_at(passage.before.bbox.foot()).map(|lane| lane.id.clone());
        Some(Found { track: passage.track, lane, moments, measured: None, score, doubts })
    }

    fn verdict(&self, passage: &Passage, trail: &Trail, signal: &Name, world: &World) -> Verdict {
        let shown = |stream_s: f64| {
            world
                .signals
                .shown(signal, stream_s)
                .map_or((LampState::Unknown, false), |r| (r.state, r.flashing))
        };
        let red = |stream_s: f64| shown(stream_s) == (LampState::Red, false);
        let dark = |stream_s: f64| matches!(shown(stream_s).0, LampState::Unknown | LampState::Off);
        let act_s = passage.passed_s;
        if dark(act_s) || dark(passage.past.s()) {
            return Verdict::Unknown;
        }
        if !red(act_s) || !red(passage.past.s()) {
            return Verdict::Free;
        }
        if !red(act_s - self.grace_s) {
            return if dark(act_s - self.grace_s) { Verdict::Unknown } else { Verdict::Free };
        }
        let mut doubts = Vec::new();
        if !red(act_s - self.grace_s - NEAR_GRACE_S) {
            doubts.push("near_grace");
        }
        match passage.front_s {
            Some(front_s) if red(front_s) => {}
            // It came onto the line before it was red, or stood there when it was first seen.
            front_s => {
                let from_s = front_s.unwrap_or(trail.first().s());
                let red_s = trail.since(from_s).map(Look::s).find(|s| red(*s)).unwrap_or(act_s);
                if !trail.stood(red_s, passage.past.s(), STOOD_S) && front_s.is_some() {
                    return Verdict::Free;
                }
                doubts.push("front_over_before_red");
            }
        }
        Verdict::Red(doubts)
    }
}

impl Rule for RedLight {
    fn see(&mut self, world: &World) -> Vec<Found> {
        let fresh = world.passages.iter().filter(|passage| self.lines.contains(&passage.line)).cloned();
        self.waiting.extend(fresh.collect::<Vec<_>>());
        let mut found = Vec::new();
        for passage in std::mem::take(&mut self.waiting) {
            match self.judge(&passage, world) {
                None => self.waiting.push(passage),
                Some(told) => found.extend(told),
            }
        }
        found
    }

    fn joined(&mut self, from: u64, to: u64) {
        for passage in self.waiting.iter_mut().filter(|passage| passage.track == from) {
            passage.track = to;
        }
    }

    fn waits_for(&self, track: u64) -> bool {
        self.waiting.iter().any(|passage| passage.track == track)
    }

    fn unknown_signal(&self) -> u64 {
        self.unknown
    }
}

/// The signal that governs a line for a way.
fn signal_of(world: &World, line: &Name, way: Move) -> Option<Name> {
    let (line, _) = world.scene.line(line)?;
    let fits = line.governed.iter().find(|one| one.moves.is_empty() || one.moves.contains(&way));
    fits.map(|one| one.signal.clone())
}

/// The signals of every way that the vehicle may take from its lane; none in it: that way is free.
fn governed(world: &World, passage: &Passage) -> Vec<Option<Name>> {
    let lane = world.scene.lane_at(passage.before.bbox.foot());
    let ways = lane.map(|lane| lane.moves.as_slice()).filter(|ways| !ways.is_empty()).unwrap_or(&MOVES);
    ways.iter().map(|way| signal_of(world, &passage.line, *way)).collect()
}
