//! Asks every rule of a scene, frame by frame.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use wire::Name;
use wire::scene::{SceneRule, VehicleClass};
use wire::violation::{Kind, Measured};

use super::facts::{FrameAt, Looks};
use super::finding::{Finding, FoundMoment, Signals};
use super::memory::{Memory, Trail};
use super::passages::{Passage, Passages};
use super::signals::SignalLog;
use super::{
    hours, junction_block, people, plate, red_light, solid_line, speed, stop_park, strips, turn, wrong_lane,
};
use crate::detection::ObjectClass;
use crate::geometry::BBox;
use crate::rules::movement::one_vehicle;
use crate::scene::CalibratedScene;
use crate::track::TrackChanges;

/// Below this share of its track's votes, a class is a doubt.
const SURE_CLASS: f32 = 0.7;
/// Two findings of one rule within this time may be of one vehicle, seconds; looks around the act are compared.
const TWICE_S: f64 = 4.0;
const COMPARED_S: f64 = 1.5;
/// Findings remembered per rule, to know a double by.
const REMEMBERED: usize = 32;
/// The same track does not break the same rule again within this time of the last, seconds: one act, one finding.
const AGAIN_S: f64 = 60.0;
/// A track seen under two numbers around the act is a doubt.
const JOINED_S: f64 = 3.0;
/// So is one that was out of sight for longer than this around it, seconds.
const HIDDEN_S: f64 = 0.6;

/// What a rule goes by in one frame.
pub(super) struct World<'a> {
    pub scene: &'a CalibratedScene,
    pub memory: &'a Memory,
    /// Lines passed with this frame.
    pub passages: &'a [Passage],
    pub signals: &'a SignalLog,
    pub looks: &'a Looks,
    pub now: FrameAt,
    /// The stream is over: what waits is decided with what is known.
    pub last: bool,
}

/// One rule's own state.
pub(super) trait Rule: Send {
    /// Looks at one frame.
    fn see(&mut self, world: &World) -> Vec<Found>;
    /// A track goes on under another number.
    fn joined(&mut self, _from: u64, _to: u64) {}
    /// Whether something about this track is not decided yet.
    fn waits_for(&self, _track: u64) -> bool {
        false
    }
    /// Passages or stays that a signal that nobody could see kept it from judging.
    fn unknown_signal(&self) -> u64 {
        0
    }
}

/// What a rule says about a track; the judge completes it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub track: u64,
    pub lane: Option<Name>,
    pub moments: Vec<FoundMoment>,
    pub measured: Option<Measured>,
    pub score: f32,
    pub doubts: Vec<&'static str>,
}

/// What happened with one rule.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RuleCounts {
    /// The rule.
    pub rule: Name,
    /// Findings told.
    pub found: u64,
    /// Findings that were a second track on a vehicle told of already.
    pub doubled: u64,
    /// Acts of which nothing can be said, because nobody could see the signal.
    pub unknown_signal: u64,
}

/// Judges one camera's tracks by its scene.
pub struct Judge {
    scene: Arc<CalibratedScene>,
    memory: Memory,
    passages: Passages,
    signals: SignalLog,
    rules: Vec<Asked>,
    now: Option<FrameAt>,
}

struct Asked {
    rule: SceneRule,
    state: Box<dyn Rule>,
    told: VecDeque<Told>,
    /// Act of the last finding by track, stream seconds.
    acts: BTreeMap<u64, f64>,
    found: u64,
    doubled: u64,
}

/// A finding told a moment ago: where its vehicle was, frame by frame.
struct Told {
    track: u64,
    act_s: f64,
    looks: Vec<(u64, BBox, ObjectClass)>,
}

impl Judge {
    /// Judges by the rules that are switched on.
    pub fn new(scene: Arc<CalibratedScene>) -> Self {
        Self::of(scene, |rule| rule.on)
    }

    /// Judges by all rules, for a preview.
    pub fn preview(scene: Arc<CalibratedScene>) -> Self {
        Self::of(scene, |_| true)
    }

    fn of(scene: Arc<CalibratedScene>, wanted: fn(&SceneRule) -> bool) -> Self {
        let asked = |rule: &SceneRule| {
            let state = state(rule, &scene)?;
            Some(Asked::new(rule.clone(), state))
        };
        let rules = scene.scene().rules.iter().filter(|rule| wanted(rule)).filter_map(asked).collect();
        Self {
            passages: Passages::new(&scene),
            scene,
            memory: Memory::default(),
            signals: SignalLog::default(),
            rules,
            now: None,
        }
    }

    /// The scene it judges by.
    pub fn scene(&self) -> &Arc<CalibratedScene> {
        &self.scene
    }

    /// Takes what one frame changed. Findings may be of acts some seconds back.
    pub fn update(
        &mut self,
        changes: &TrackChanges,
        signals: &Signals,
        looks: &Looks,
        now: FrameAt,
    ) -> Vec<Finding> {
        if self.rules.is_empty() || self.now.is_some_and(|last| now.stream_s() < last.stream_s()) {
            return Vec::new();
        }
        self.now = Some(now);
        for (from, to) in self.memory.update(changes, now, &self.scene) {
            self.passages.joined(from, to);
            self.rules.iter_mut().for_each(|asked| asked.joined(from, to));
        }
        looks.priority.iter().for_each(|track| self.memory.priority(*track));
        let passages = self.passages.update(&self.memory, &self.scene);
        passages.iter().for_each(|passage| self.memory.passed(passage));
        self.signals.note(now.captured, &signals.0);
        self.ask(&passages, looks, now, false)
    }

    /// The stream is over.
    pub fn finish(&mut self) -> Vec<Finding> {
        let Some(now) = self.now else { return Vec::new() };
        self.ask(&[], &Looks::default(), now, true)
    }

    /// Whether a rule has something about this track that is not decided yet.
    pub fn waits_for(&self, track: u64) -> bool {
        self.rules.iter().any(|asked| asked.state.waits_for(track))
    }

    /// Whether a rule goes by what is wrong with plates.
    pub fn wants_plates(&self) -> bool {
        let plates = |kind| matches!(kind, Kind::PlateCovered | Kind::PlateMissing);
        self.rules.iter().any(|asked| plates(asked.rule.kind))
    }

    /// What happened with each rule.
    pub fn counts(&self) -> impl Iterator<Item = RuleCounts> {
        self.rules.iter().map(|asked| RuleCounts {
            rule: asked.rule.id.clone(),
            found: asked.found,
            doubled: asked.doubled,
            unknown_signal: asked.state.unknown_signal(),
        })
    }

    fn ask(&mut self, passages: &[Passage], looks: &Looks, now: FrameAt, last: bool) -> Vec<Finding> {
        let (scene, memory, signals) = (&*self.scene, &self.memory, &self.signals);
        let world = World { scene, memory, passages, signals, looks, now, last };
        let mut findings = Vec::new();
        for asked in &mut self.rules {
            asked.acts.retain(|_, act_s| now.stream_s() - *act_s < AGAIN_S);
            let found = asked.state.see(&world);
            findings.extend(found.into_iter().filter_map(|found| asked.complete(found, memory)));
        }
        findings
    }
}

impl Asked {
    fn new(rule: SceneRule, state: Box<dyn Rule>) -> Self {
        let (told, acts) = (VecDeque::new(), BTreeMap::new());
        Self { rule, state, told, acts, found: 0, doubled: 0 }
    }

    fn joined(&mut self, from: u64, to: u64) {
        self.state.joined(from, to);
        if let Some(act_s) = self.acts.remove(&from) {
            self.acts.insert(to, act_s);
        }
        self.told.iter_mut().filter(|told| told.track == from).for_each(|told| told.track = to);
    }

    /// The finding, if it is one: of a class and an hour that the rule is about, and not told of already.
    fn complete(&mut self, found: Found, memory: &Memory) -> Option<Finding> {
        let found_track = found.track;
        let trail = memory.trail(found_track)?;
        let class = trail.vehicle().filter(|class| concerns(&self.rule, *class))?;
        if !found.measured.as_ref().is_none_or(is_number) {
            return None;
        }
        let score = found.score.min(trail.class_score);
        let mut finding = Finding {
            rule: self.rule.id.clone(),
            kind: self.rule.kind,
            track: found.track,
            class,
            lane: found.lane,
            moments: found.moments,
            measured: found.measured,
            score: if score.is_finite() { score.clamp(0.0, 1.0) } else { 0.0 },
            doubts: found.doubts.into_iter().map(str::to_owned).collect(),
        };
        let act = finding.act()?;
        let (act_s, at) = (act.stream_s, act.at);
        if !hours::holds(&self.rule.hours, at) {
            return None;
        }
        if self.acts.get(&found_track).is_some_and(|last_s| act_s - last_s < AGAIN_S) {
            return None;
        }
        if self.told_already(trail, act_s, memory) {
            self.doubled += 1;
            return None;
        }
        self.acts.insert(found_track, act_s);
        let mut doubt = |when: bool, word: &str| {
            if when && !finding.doubts.iter().any(|known| known == word) {
                finding.doubts.push(word.to_owned());
            }
        };
        doubt(trail.priority, "priority_vehicle_look");
        doubt(trail.class_score < SURE_CLASS, "class_unsure");
        doubt(trail.joined_s.is_some_and(|joined_s| (joined_s - act_s).abs() <= JOINED_S), "track_joined");
        doubt(trail.was_hidden(act_s - COMPARED_S, act_s + HIDDEN_S, HIDDEN_S), "occluded");
        self.found += 1;
        Some(finding)
    }

    fn told_already(&mut self, trail: &Trail, act_s: f64, memory: &Memory) -> bool {
        let around = trail.since(act_s - COMPARED_S).take_while(|look| look.s() <= act_s + COMPARED_S);
        let looks: Vec<_> = around.map(|look| (look.at.index, look.bbox, trail.class)).collect();
        // Who stands can be told of long after the second track on it began.
        let stands = matches!(self.rule.kind, Kind::StopPark | Kind::JunctionBlock);
        let double = |told: &Told| {
            let near = (told.act_s - act_s).abs() <= TWICE_S && trail.same_vehicle(&told.looks);
            let first = memory.trail(told.track).filter(|_| stands);
            told.track != trail.id && (near || first.is_some_and(|first| first.same_vehicle(&looks)))
        };
        if self.told.iter().any(double) {
            return true;
        }
        self.told.push_back(Told { track: trail.id, act_s, looks });
        if self.told.len() > REMEMBERED {
            self.told.pop_front();
        }
        false
    }
}

/// Whether a rule is about vehicles of this class. Without a list: every motor vehicle that it can be about.
fn concerns(rule: &SceneRule, class: VehicleClass) -> bool {
    let can = match rule.kind {
        Kind::Carry3plus | Kind::NoHelmet => class == VehicleClass::Motorcycle,
        Kind::MotorwayMotorcycle => matches!(class, VehicleClass::Motorcycle | VehicleClass::Bicycle),
        _ => true,
    };
    can && if rule.classes.is_empty() {
        class != VehicleClass::Bicycle
    } else {
        rule.classes.contains(&class)
    }
}

fn state(rule: &SceneRule, scene: &CalibratedScene) -> Option<Box<dyn Rule>> {
    Some(match rule.kind {
        Kind::RedLight => Box::new(red_light::RedLight::new(rule)),
        Kind::WrongWay
        | Kind::LaneClass
        | Kind::EmergencyLane
        | Kind::MotorwayMotorcycle
        | Kind::Pavement => Box::new(strips::Strips::new(rule, scene)),
        Kind::WrongLane => Box::new(wrong_lane::WrongLane::new(rule)),
        Kind::SolidLine => Box::new(solid_line::SolidLine::new(rule, scene)),
        Kind::TurnBan | Kind::UTurn => Box::new(turn::Turn::new(rule)?),
        Kind::StopPark => Box::new(stop_park::StopPark::new(rule, scene)),
        Kind::JunctionBlock => Box::new(junction_block::JunctionBlock::new(rule, scene)),
        Kind::Carry3plus | Kind::NoHelmet => Box::new(people::People::new(rule, scene)),
        Kind::PlateCovered | Kind::PlateMissing => Box::new(plate::Plate::new(rule, scene)),
        Kind::SpeedSection => Box::new(speed::Section::new(rule)?),
        Kind::SpeedHomography => Box::new(speed::Ground::new(rule, scene)?),
    })
}

/// Whether two tracks are on one vehicle now.
pub(super) fn double(a: &Trail, b: &Trail) -> bool {
    one_vehicle((&a.last().bbox, a.class), (&b.last().bbox, b.class))
}

/// Clocks that go back and boxes without end give sums that mean nothing; nobody is accused by them.
fn is_number(measured: &Measured) -> bool {
    let numbers = [measured.value, measured.uncertainty, measured.limit.unwrap_or_default()];
    numbers.iter().all(|number| number.is_finite()) && measured.uncertainty >= 0.0
}
