//! `[[gate]]` of the configuration: which wires belong to which lane. Who may pass is in central's list.

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;
use wire::Name;

use super::barrier::BarrierConfig;
use super::book::CountingLine;
use super::lane::{Passes, Setup};
use crate::config::{CameraConfig, Counted, Words};

/// A gate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateConfig {
    /// Its name, as central's list has it.
    pub id: Name,
    /// Area behind it, as central's list has it.
    pub area: Name,
    /// Its lanes.
    #[serde(default, rename = "lane")]
    pub lanes: Vec<LaneConfig>,
    /// Lines whose people count for the area.
    #[serde(default, rename = "count")]
    pub counts: Vec<CountConfig>,
}

/// A lane.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LaneConfig {
    /// Its name, as central's list has it.
    pub id: Name,
    /// Camera that looks at it.
    #[serde(default)]
    pub camera: Option<Name>,
    /// Line of that camera: who crosses it has passed.
    #[serde(default)]
    pub line: Option<Name>,
    /// Who crosses the line: vehicles or people on foot.
    #[serde(default)]
    pub subjects: Subjects,
    /// Part of the picture that is this lane's, `[[x, y], …]` normalised; all of it if empty. For cameras that see several lanes.
    #[serde(default)]
    pub corners: Vec<[f32; 2]>,
    /// Card readers that stand at it.
    #[serde(default)]
    pub readers: Vec<Name>,
    /// Its barrier or turnstile.
    #[serde(default)]
    pub barrier: Option<BarrierConfig>,
}

/// Who a lane's line looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subjects {
    /// Vehicles.
    #[default]
    Vehicles,
    /// People on foot.
    People,
}

/// A line whose people count for an area.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountConfig {
    /// Camera.
    pub camera: Name,
    /// Its line; `in` leads into the area.
    pub line: Name,
}

impl LaneConfig {
    /// As the lane machine wants it.
    pub fn setup(&self, gate: &GateConfig) -> Setup {
        let feedback = self.barrier.as_ref().is_some_and(BarrierConfig::feedback);
        let passes = match (&self.line, feedback) {
            (Some(_), _) => Passes::Line,
            (None, true) => Passes::Barrier,
            (None, false) => Passes::Assumed,
        };
        Setup {
            gate: gate.id.clone(),
            area: gate.area.clone(),
            lane: self.id.clone(),
            passes,
            barrier: self.barrier.as_ref().map(BarrierConfig::limits),
            close: self.barrier.as_ref().is_some_and(|barrier| barrier.close),
        }
    }
}

/// The counting lines of all gates.
pub fn counting_lines(gates: &[GateConfig]) -> Vec<CountingLine> {
    let of = |gate: &GateConfig, count: &CountConfig| CountingLine {
        camera: count.camera.clone(),
        line: count.line.clone(),
        area: gate.area.clone(),
    };
    gates
        .iter()
        .flat_map(|gate| gate.counts.iter().map(|count| of(gate, count)).collect::<Vec<_>>())
        .collect()
}

/// Makes paths relative to `folder`.
pub fn anchor(gates: &mut [GateConfig], folder: &Path) {
    let lanes = gates.iter_mut().flat_map(|gate| &mut gate.lanes);
    lanes.filter_map(|lane| lane.barrier.as_mut()).for_each(|barrier| barrier.anchor(folder));
}

/// Everything that is wrong with the gates, given cameras and readers.
pub fn problems(gates: &[GateConfig], cameras: &[CameraConfig], readers: &[&Name]) -> Vec<String> {
    let mut check = Check { cameras, readers, problems: Vec::new(), taken: HashSet::new() };
    for gate in gates {
        let at = format!("gate {}", gate.id);
        check.once("gate", &gate.id, &at);
        if gate.lanes.is_empty() && gate.counts.is_empty() {
            check.say(&at, "it has neither a [[gate.lane]] nor a [[gate.count]], so it does nothing");
        }
        gate.lanes.iter().for_each(|lane| check.lane(lane, &format!("{at}, lane {}", lane.id)));
        for count in &gate.counts {
            let at = format!("{at}, count");
            check.line(&count.camera, &count.line, Counted::Person, &at);
            check.once("people on line", &format!("{}/{}", count.camera, count.line), &at);
        }
    }
    check.problems
}

struct Check<'a> {
    cameras: &'a [CameraConfig],
    readers: &'a [&'a Name],
    problems: Vec<String>,
    taken: HashSet<String>,
}

impl Check<'_> {
    fn say(&mut self, at: &str, what: &str) {
        self.problems.push(format!("{at}: {what}"));
    }

    fn once(&mut self, what: &str, id: &dyn std::fmt::Display, at: &str) {
        if !self.taken.insert(format!("{what} {id}")) {
            self.say(at, &format!("{what} {id} is used twice; whoever passes there would count twice"));
        }
    }

    fn lane(&mut self, lane: &LaneConfig, at: &str) {
        self.once("lane", &lane.id, at);
        let counted = match lane.subjects {
            Subjects::Vehicles => Counted::Vehicle,
            Subjects::People => Counted::Person,
        };
        match (&lane.camera, &lane.line) {
            (Some(camera), Some(line)) => {
                self.line(camera, line, counted, at);
                let who = if counted == Counted::Person { "people on line" } else { "vehicles on line" };
                // Several lanes may share a line when each has its part of the picture.
                if lane.corners.is_empty() {
                    self.once(who, &format!("{camera}/{line}"), at);
                }
                let plates = self.cameras.iter().any(|own| own.id == *camera && !own.plates);
                if plates && counted == Counted::Vehicle {
                    self.say(at, &format!("camera {camera} does not read plates (plates = false)"));
                }
            }
            (None, Some(_)) => self.say(at, "line needs the camera that it belongs to"),
            (Some(camera), None) => {
                if !self.cameras.iter().any(|own| own.id == *camera) {
                    self.say(at, &format!("camera {camera} is not one of [[camera]]"));
                }
            }
            (None, None) => {}
        }
        if !lane.corners.is_empty() && (lane.corners.len() < 3 || lane.line.is_none()) {
            self.say(at, "corners need three points or more, and a line");
        }
        if lane.corners.iter().flatten().any(|part| !(0.0..=1.0).contains(part)) {
            self.say(at, "corners are parts of the picture, from 0 to 1");
        }
        for reader in &lane.readers {
            if !self.readers.contains(&reader) {
                self.say(at, &format!("reader {reader} is not one of [[card_reader]]"));
            }
            self.once("reader", reader, at);
        }
        if lane.camera.is_none() && lane.readers.is_empty() && lane.barrier.is_none() {
            self.say(at, "it has no camera, no reader and no barrier: the agent could do nothing there");
        }
        for problem in lane.barrier.iter().flat_map(BarrierConfig::problems) {
            self.say(at, &problem);
        }
    }

    fn line(&mut self, camera: &Name, line: &Name, counted: Counted, at: &str) {
        let Some(own) = self.cameras.iter().find(|own| own.id == *camera) else {
            self.say(at, &format!("camera {camera} is not one of [[camera]]"));
            return;
        };
        let Some(rule) = own.lines.iter().find(|rule| rule.id == *line) else {
            self.say(at, &format!("camera {camera} has no line {line}"));
            return;
        };
        if rule.words != Words::Gate {
            self.say(at, &format!("line {line} says forward and backward; a gate needs words = \"gate\""));
        }
        if !rule.counts.contains(&counted) {
            let who = if counted == Counted::Person { "person" } else { "vehicle" };
            self.say(at, &format!("line {line} does not count {who:?}"));
        }
    }
}
