//! The configuration file of an edge agent: typed, closed (unknown keys are errors), checked as a whole.
//!
//! `configs/edge-agent.toml` is a complete, commented example.

mod areas;
mod faces;
mod faults;
mod road;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;
use wire::Name;
use wire::identity::RequiredTrust;
use wire::scene::Scene;

pub use areas::{LineWatchKind, WatchKind, ZoneWatchRule};
pub use faces::FacesConfig;
pub use road::RoadConfig;

use crate::access::config::{self as gate_config, GateConfig};
use crate::camera::{CredentialSource, StreamConfig};
use crate::cards::CardReaderConfig;
use crate::desk::DeskConfig;
use crate::detection::ObjectClass;
use crate::outbox::Bounds;
use crate::publish::BrokerConfig;
use crate::rules::{Anchor, Line, LineCounter, Zone, ZoneWatch};
use crate::scene_link;
use crate::time_check::ClockConfig;
use crate::track::TrackerConfig;
use crate::vision::signal::{ControllerConfig, SignalConfig};
use crate::vision::{
    DetectorConfig, FindingConfig, HelmetConfig, MotionConfig, PlateReaderConfig, SessionSettings,
};

/// Why a configuration cannot be used. Holds every problem found, not the first only.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Lines that cannot be read, and values that do not make sense.
    #[error("{path} has {} problem(s):\n{}", .problems.len(), .problems.iter().map(|p| format!("  - {p}")).collect::<Vec<_>>().join("\n"))]
    Problems {
        /// Which file.
        path: PathBuf,
        /// All of them.
        problems: Vec<String>,
    },
}

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Site this agent works for.
    pub site: Name,
    /// Name of this agent, unique within its site.
    pub agent: Name,
    /// Folder for the outbox and the keys. Back it up with the machine; never copy it to a second one.
    pub state_dir: PathBuf,
    /// Connection to central's broker.
    pub central: BrokerConfig,
    /// Hardware that runs the models.
    #[serde(default)]
    pub inference: SessionSettings,
    /// Which boxes the detector keeps.
    #[serde(default)]
    pub detector: DetectorConfig,
    /// How plates are read.
    #[serde(default)]
    pub plates: PlateReaderConfig,
    /// Whether faces are read; off by default.
    #[serde(default)]
    pub faces: FacesConfig,
    /// A site's own classifier of helmets; without it nothing is said about them.
    #[serde(default)]
    pub helmet: Option<HelmetConfig>,
    /// How boxes become tracks.
    #[serde(default)]
    pub tracker: TrackerConfig,
    /// What cameras of roads use instead of `detector` and `tracker`.
    #[serde(default)]
    pub road: RoadConfig,
    /// How much may wait for central.
    #[serde(default)]
    pub outbox: OutboxConfig,
    /// Time servers that the clock is measured against.
    #[serde(default)]
    pub clock: ClockConfig,
    /// Signal controllers whose feeds replace the picture of a signal.
    #[serde(default, rename = "controller")]
    pub controllers: Vec<ControllerConfig>,
    /// The cameras.
    #[serde(rename = "camera")]
    pub cameras: Vec<CameraConfig>,
    /// Readers of identity cards.
    #[serde(default, rename = "card_reader")]
    pub card_readers: Vec<CardReaderConfig>,
    /// Gates: which camera, readers and barrier belong to which lane.
    #[serde(default, rename = "gate")]
    pub gates: Vec<GateConfig>,
    /// How far an identity must be proven for each purpose.
    #[serde(default)]
    pub card_trust: RequiredTrust,
    /// The guard's desk; none is served without it.
    #[serde(default)]
    pub desk: Option<DeskConfig>,
}

/// How much may wait for central.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutboxConfig {
    /// Events.
    pub max_events: u64,
    /// Megabytes of events and pictures. The store takes about twice that on disk.
    pub max_mb: u64,
    /// Megabytes of disk that the outbox leaves free: below that it evicts instead of growing.
    pub reserve_mb: u64,
}

impl Default for OutboxConfig {
    fn default() -> Self {
        Self { max_events: 200_000, max_mb: 4096, reserve_mb: 512 }
    }
}

impl OutboxConfig {
    /// As the outbox wants it.
    pub fn bounds(&self) -> Bounds {
        Bounds { events: self.max_events, bytes: self.max_mb << 20 }
    }
}

/// One camera and what is watched for in its picture.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CameraConfig {
    /// Name of the camera, unique within the agent.
    pub id: Name,
    /// The stream.
    pub stream: StreamConfig,
    /// When the detector may rest.
    #[serde(default)]
    pub motion: MotionConfig,
    /// Whether plates are read on vehicles that cross a line.
    #[serde(default = "yes")]
    pub plates: bool,
    /// When a covered, bent or missing plate is reported for a person to check.
    #[serde(default)]
    pub plate_findings: FindingConfig,
    /// Whether the faces of people are looked at; needs `[faces]` switched on besides.
    #[serde(default)]
    pub faces: bool,
    /// Directed lines.
    #[serde(default, rename = "line")]
    pub lines: Vec<LineRule>,
    /// Zones.
    #[serde(default, rename = "zone")]
    pub zones: Vec<ZoneRule>,
    /// Signals.
    #[serde(default, rename = "signal")]
    pub signals: Vec<SignalConfig>,
    /// File with the scene that rules about traffic judge by; central's replaces it when it is newer.
    #[serde(default)]
    pub scene: Option<PathBuf>,
    /// Whether it looks at a road, so that `[road]` holds for it; when not said, a camera with a scene does.
    #[serde(default)]
    pub road: Option<bool>,
}

impl CameraConfig {
    /// The scene of the configured file; none without one.
    pub fn scene_of_file(&self) -> Option<Scene> {
        let loaded = self.scene.as_deref().map(|path| scene_link::load(path, &self.id))?;
        // It was checked with the configuration: somebody changed it since.
        loaded.inspect_err(|error| tracing::error!(camera = %self.id, %error, "the scene is not used")).ok()
    }
}

fn yes() -> bool {
    true
}

/// A line and what it concludes. Seen along the line from `from` to `to`, going from its left side to its right side is
/// *in* (or *forward*): a line drawn from left to right counts those who come down the picture as in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRule {
    /// Name of the line, unique within the camera.
    pub id: Name,
    /// Start, normalised `[x, y]`: 0, 0 is the top left corner of the picture, 1, 1 the bottom right one.
    pub from: [f32; 2],
    /// End, normalised `[x, y]`.
    pub to: [f32; 2],
    /// Which point of an object must cross.
    #[serde(default)]
    pub anchor: Anchor,
    /// How far beyond the line an object must get, part of the picture's height.
    #[serde(default = "margin")]
    pub margin: f32,
    /// What is looked at.
    #[serde(default = "both")]
    pub counts: Vec<Counted>,
    /// `gate` says in and out, `road` says forward and backward.
    #[serde(default)]
    pub words: Words,
    /// What it is watched for besides: `fence` makes an incident of every crossing.
    #[serde(default)]
    pub watch: Option<LineWatchKind>,
}

impl LineRule {
    /// Every vehicle over a line of a road.
    pub fn of_road(id: Name, from: [f32; 2], to: [f32; 2]) -> Self {
        let (anchor, margin, counts) = (Anchor::Foot, margin(), vec![Counted::Vehicle]);
        Self { id, from, to, anchor, margin, counts, words: Words::Road, watch: None }
    }

    /// As the line counter wants it.
    pub fn line(&self) -> Line {
        let classes = self.counts.iter().flat_map(|counted| counted.classes()).copied().collect();
        Line {
            id: self.id.to_string(),
            from: self.from,
            to: self.to,
            anchor: self.anchor,
            margin: self.margin,
            classes,
            recount: false,
        }
    }
}

/// A zone: coming into it is *in*, leaving it is *out*.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneRule {
    /// Name of the zone, unique within the camera, lines included.
    pub id: Name,
    /// Three or more corners, normalised `[x, y]`.
    pub corners: Vec<[f32; 2]>,
    /// Which point of an object must be inside.
    #[serde(default)]
    pub anchor: Anchor,
    /// How far beyond the edge an object must get, part of the picture's height.
    #[serde(default = "margin")]
    pub margin: f32,
    /// What is looked at.
    #[serde(default = "both")]
    pub counts: Vec<Counted>,
    /// Whether people inside are counted minute by minute.
    #[serde(default)]
    pub count: bool,
    /// What it is watched for besides.
    #[serde(default)]
    pub watch: Option<ZoneWatchRule>,
}

impl ZoneRule {
    /// As the zone watch wants it.
    pub fn zone(&self) -> Zone {
        Zone {
            id: self.id.to_string(),
            corners: self.corners.clone(),
            anchor: self.anchor,
            margin: self.margin,
            classes: self.counts.iter().flat_map(|counted| counted.classes()).copied().collect(),
            dwell_s: self
                .watch
                .as_ref()
                .filter(|watch| watch.kind != WatchKind::LeftLuggage)
                .and_then(|watch| watch.dwell_s),
        }
    }
}

fn margin() -> f32 {
    0.01
}

fn both() -> Vec<Counted> {
    vec![Counted::Person, Counted::Vehicle]
}

/// What a line looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// People on foot.
    Person,
    /// Cars, motorcycles, buses, trucks.
    Vehicle,
}

impl Counted {
    /// A bicycle counts as the person on it.
    fn classes(self) -> &'static [ObjectClass] {
        match self {
            Self::Person => &[ObjectClass::Person, ObjectClass::Bicycle],
            Self::Vehicle => {
                &[ObjectClass::Car, ObjectClass::Motorcycle, ObjectClass::Bus, ObjectClass::Truck]
            }
        }
    }
}

/// Names of the two directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    /// In and out.
    #[default]
    Gate,
    /// Forward and backward.
    Road,
}

impl Config {
    /// Reads and checks a file.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let (config, mut problems) = faults::parse::<Self>(&text);
        if let Some(mut config) = config {
            config.anchor(path.parent().unwrap_or(Path::new("")));
            problems.extend(config.problems());
            if problems.is_empty() {
                return Ok(config);
            }
        }
        Err(ConfigError::Problems { path: path.to_owned(), problems })
    }

    /// The camera named `id`, or the only one when `id` is not given.
    pub fn camera(&self, id: Option<&str>) -> Result<&CameraConfig, String> {
        let names = || self.cameras.iter().map(|camera| camera.id.as_str()).collect::<Vec<_>>().join(", ");
        match (id, self.cameras.as_slice()) {
            (None, [only]) => Ok(only),
            (None, _) => {
                Err(format!("several cameras are configured: say which with --camera ({})", names()))
            }
            (Some(id), cameras) => cameras
                .iter()
                .find(|camera| camera.id.as_str() == id)
                .ok_or_else(|| format!("no camera is named {id:?}; there are: {}", names())),
        }
    }

    /// Paths in the file are relative to the file.
    fn anchor(&mut self, folder: &Path) {
        self.state_dir = folder.join(&self.state_dir);
        self.central.anchor(folder);
        if let Some(desk) = &mut self.desk {
            desk.anchor(folder);
        }
        if let Some(helmet) = &mut self.helmet {
            helmet.file = folder.join(&helmet.file);
        }
        gate_config::anchor(&mut self.gates, folder);
        for camera in &mut self.cameras {
            if let Some(CredentialSource::File(path)) = &mut camera.stream.credentials {
                *path = folder.join(&*path);
            }
            if let Some(path) = &mut camera.scene {
                *path = folder.join(&*path);
            }
        }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = self.central.problems();
        problems.extend(self.tracker.problems());
        problems.extend(self.road_problems());
        problems.extend(self.faces.problems());
        problems.extend(self.helmet.iter().flat_map(HelmetConfig::problems));
        if self.cameras.is_empty() {
            problems.push("no [[camera]]: an agent without cameras does nothing".to_owned());
        }
        if self.outbox.max_events == 0 || self.outbox.max_mb == 0 {
            problems.push("outbox.max_events and outbox.max_mb must be at least 1".to_owned());
        }
        problems.extend(self.clock.problems());
        problems.extend(self.controller_problems());
        let mut ids = HashSet::new();
        for camera in &self.cameras {
            let id = &camera.id;
            if !ids.insert(id) {
                problems.push(format!("camera {id}: the id is used twice"));
            }
            if id.as_str() == wire::payload::AGENT_ITSELF {
                problems.push(format!("camera {id}: this id means the agent itself, choose another"));
            }
            problems
                .extend(camera.stream.check().into_iter().map(|problem| format!("camera {id}: {problem}")));
            if camera.faces && !self.faces.enabled {
                problems.push(format!("camera {id}: faces = true needs [faces] switched on for the site"));
            }
            problems.extend(rule_problems(camera));
            problems.extend(areas::problems(camera));
            problems.extend(self.signal_problems(camera));
            if let Some(Err(error)) = camera.scene.as_deref().map(|path| scene_link::load(path, id)) {
                problems.push(format!("camera {id}: {error}"));
            }
        }
        problems.extend(self.card_reader_problems());
        problems.extend(self.desk.iter().flat_map(DeskConfig::problems));
        let readers: Vec<&Name> = self.card_readers.iter().map(|reader| &reader.id).collect();
        problems.extend(gate_config::problems(&self.gates, &self.cameras, &readers));
        problems
    }
}

impl Config {
    fn card_reader_problems(&self) -> Vec<String> {
        let cameras: Vec<&str> = self.cameras.iter().map(|camera| camera.id.as_str()).collect();
        let mut ids = HashSet::new();
        let twice = |reader: &CardReaderConfig| {
            (!ids.insert(reader.id.clone()))
                .then(|| format!("card_reader {}: the id is used twice", reader.id))
        };
        let mut problems: Vec<String> = self.card_readers.iter().filter_map(twice).collect();
        problems.extend(self.card_readers.iter().flat_map(|reader| reader.problems(&cameras)));
        problems
    }

    fn controller_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut ids = HashSet::new();
        for controller in &self.controllers {
            let at = format!("controller {}", controller.id);
            if !ids.insert(&controller.id) {
                problems.push(format!("{at}: the id is used twice"));
            }
            problems.extend(controller.problems().into_iter().map(|problem| format!("{at}: {problem}")));
        }
        problems
    }

    fn signal_problems(&self, camera: &CameraConfig) -> Vec<String> {
        let lines: Vec<Name> = camera.lines.iter().map(|line| line.id.clone()).collect();
        let mut problems = Vec::new();
        let mut ids = HashSet::new();
        for signal in &camera.signals {
            let at = format!("camera {}, signal {}", camera.id, signal.id);
            if !ids.insert(&signal.id) {
                problems.push(format!("{at}: the id is used twice"));
            }
            problems.extend(signal.problems(&lines).into_iter().map(|problem| format!("{at}: {problem}")));
            if let Some(wanted) = &signal.controller
                && !self.controllers.iter().any(|controller| controller.id == wanted.id)
            {
                problems.push(format!("{at}: controller {} is not one of [[controller]]", wanted.id));
            }
        }
        let twice = SignalConfig::governed_twice(&camera.signals);
        problems.extend(twice.iter().map(|line| {
            format!("camera {}, line {line}: two signals govern it; which one decides?", camera.id)
        }));
        problems
    }
}

fn rule_problems(camera: &CameraConfig) -> Vec<String> {
    // The size does not matter for the check: coordinates are normalised.
    let line = |rule: &LineRule| LineCounter::new(vec![rule.line()], 100, 100).err();
    let zone = |rule: &ZoneRule| ZoneWatch::new(vec![rule.zone()], 100, 100).err();
    let lines = camera.lines.iter().map(|rule| ("line", &rule.id, rule.counts.is_empty(), line(rule)));
    let zones = camera.zones.iter().map(|rule| ("zone", &rule.id, rule.counts.is_empty(), zone(rule)));
    let mut problems = Vec::new();
    let mut ids = HashSet::new();
    for (what, id, counts_nothing, error) in lines.chain(zones) {
        let at = format!("camera {}, {what} {id}", camera.id);
        if !ids.insert(id) {
            problems.push(format!("{at}: the id is used twice"));
        }
        if counts_nothing {
            problems.push(format!("{at}: counts is empty, so the {what} does nothing"));
        }
        if let Some(error) = error {
            problems.push(format!("camera {}, {what} {error}", camera.id));
        }
    }
    problems
}
