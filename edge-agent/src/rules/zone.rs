//! Zones: who comes in, who stays long, who leaves.
//!
//! As at lines, a band along the border keeps those who tremble on it from coming and going: inside begins
//! beyond the band on the one side, outside beyond it on the other, and between them nothing changes.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{Anchor, RuleError, band, check_ids, check_inside, check_margin, check_picture};
use crate::detection::ObjectClass;
use crate::geometry::{Point, polygon_depth};
use crate::track::{ChangeKind, TrackChanges, TrackView};

/// A part of the picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Name of the zone in events; unique within its camera.
    pub id: String,
    /// Corners in order, normalised `[x, y]`; the last one joins the first.
    pub corners: Vec<[f32; 2]>,
    /// Which point of the object must be inside.
    #[serde(default)]
    pub anchor: Anchor,
    /// How far beyond the border an object must get, part of the picture's height.
    #[serde(default = "default_margin")]
    pub margin: f32,
    /// Which classes count; empty means all.
    #[serde(default)]
    pub classes: Vec<ObjectClass>,
    /// After how many seconds inside a stay is reported; none means never.
    #[serde(default)]
    pub dwell_s: Option<f64>,
}

fn default_margin() -> f32 {
    0.01
}

impl Zone {
    fn check(&self) -> Result<(), RuleError> {
        check_inside(&self.id, &self.corners)?;
        check_margin(&self.id, self.margin)?;
        let next = self.corners.iter().cycle().skip(1);
        let doubled: f32 = self.corners.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum();
        if self.corners.len() < 3 || doubled.abs() < 2e-4 {
            return Err(RuleError::NoArea { rule: self.id.clone() });
        }
        if let Some(value) = self.dwell_s.filter(|s| !(0.1..=7.0 * 86400.0).contains(s)) {
            let expected = "seconds from 0.1 to 604800";
            return Err(RuleError::BadValue { rule: self.id.clone(), what: "dwell_s", value, expected });
        }
        Ok(())
    }
}

/// What an object did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneChange {
    /// Came in, or was inside when first believed.
    Entered,
    /// Has now been inside for the configured time. Once per stay.
    Dwelled,
    /// Went out.
    Left,
    /// Its track ended inside: gone, hidden for long, or out of the picture.
    Vanished,
}

/// One object did something in one zone.
#[derive(Debug, Clone, PartialEq)]
pub struct ZoneEvent {
    /// Id of the zone.
    pub zone: String,
    /// Id of the track.
    pub track: u64,
    /// What the object is, by its votes so far.
    pub class: ObjectClass,
    /// What it did.
    pub change: ZoneChange,
    /// When, stream seconds; for `Vanished` when it was last seen.
    pub time_s: f64,
    /// Seconds inside until then.
    pub inside_s: f64,
    /// Where it was then, normalised.
    pub point: Point,
}

/// Watches the zones of one camera.
#[derive(Debug)]
pub struct ZoneWatch {
    zones: Vec<Watched>,
    picture: (f32, f32),
}

#[derive(Debug)]
struct Watched {
    zone: Zone,
    corners: Vec<Point>,
    /// Tracks inside.
    stays: HashMap<u64, Stay>,
}

#[derive(Debug, Clone, Copy)]
struct Stay {
    since_s: f64,
    last_s: f64,
    at: Point,
    class: ObjectClass,
    hidden: bool,
    reported: bool,
}

impl ZoneWatch {
    /// A watch for pictures of this size in pixels.
    ///
    /// # Errors
    /// The first zone that cannot be used, and why.
    pub fn new(zones: Vec<Zone>, width: u32, height: u32) -> Result<Self, RuleError> {
        let picture = check_picture(width, height)?;
        check_ids(zones.iter().map(|z| z.id.as_str()))?;
        zones.iter().try_for_each(Zone::check)?;
        let zones = zones
            .into_iter()
            .map(|zone| {
                let corners = zone.corners.iter().map(|c| Point { x: c[0] * picture.0, y: c[1] * picture.1 });
                Watched { corners: corners.collect(), zone, stays: HashMap::new() }
            })
            .collect();
        Ok(Self { zones, picture })
    }

    /// What these changes, and the time that went by, mean for the zones.
    pub fn update(&mut self, changes: &TrackChanges) -> Vec<ZoneEvent> {
        let mut events = Vec::new();
        for watched in &mut self.zones {
            for change in &changes.changes {
                watched.see(change.kind, &change.track, changes.time_s, self.picture, &mut events);
            }
            watched.report_long_stays(changes.time_s, self.picture, &mut events);
        }
        events
    }

    /// How many people are inside a zone now.
    pub fn people(&self, zone: &str) -> u32 {
        let stays = self.zones.iter().filter(|w| w.zone.id == zone).flat_map(|w| w.stays.values());
        stays.filter(|stay| stay.class == ObjectClass::Person).count() as u32
    }

    /// Per zone: its id and how many tracks are inside now.
    pub fn inside(&self) -> impl Iterator<Item = (&str, usize)> {
        self.zones.iter().map(|w| (w.zone.id.as_str(), w.stays.len()))
    }
}

impl Watched {
    fn see(
        &mut self,
        kind: ChangeKind,
        track: &TrackView,
        time_s: f64,
        picture: (f32, f32),
        events: &mut Vec<ZoneEvent>,
    ) {
        if kind == ChangeKind::Ended {
            if let Some(stay) = self.stays.remove(&track.id) {
                events.push(self.event(track.id, &stay, ZoneChange::Vanished, stay.last_s, picture));
            }
            return;
        }
        if track.detection.is_none() {
            if let Some(stay) = self.stays.get_mut(&track.id) {
                stay.hidden = true;
            }
            return;
        }
        let at = self.zone.anchor.of(&track.bbox);
        let depth = polygon_depth(&self.corners, at);
        let band = band(self.zone.margin, picture, &track.bbox);
        let seen = |stay: Stay| Stay { last_s: time_s, at, class: track.class, hidden: false, ..stay };
        match self.stays.get(&track.id).copied() {
            Some(stay) if depth < -band => {
                self.stays.remove(&track.id);
                events.push(self.event(track.id, &seen(stay), ZoneChange::Left, time_s, picture));
            }
            Some(stay) => {
                self.stays.insert(track.id, seen(stay));
            }
            None if depth > band && track.confirmed && self.wants(track.class) => {
                let stay = Stay {
                    since_s: time_s,
                    last_s: time_s,
                    at,
                    class: track.class,
                    hidden: false,
                    reported: false,
                };
                self.stays.insert(track.id, stay);
                events.push(self.event(track.id, &stay, ZoneChange::Entered, time_s, picture));
            }
            None => {}
        }
    }

    fn report_long_stays(&mut self, time_s: f64, picture: (f32, f32), events: &mut Vec<ZoneEvent>) {
        let Some(dwell_s) = self.zone.dwell_s else { return };
        let mut due: Vec<u64> = Vec::new();
        for (&track, stay) in &mut self.stays {
            if !stay.reported && !stay.hidden && time_s - stay.since_s >= dwell_s {
                stay.reported = true;
                due.push(track);
            }
        }
        due.sort_unstable();
        for track in due {
            if let Some(stay) = self.stays.get(&track) {
                events.push(self.event(track, stay, ZoneChange::Dwelled, time_s, picture));
            }
        }
    }

    fn wants(&self, class: ObjectClass) -> bool {
        self.zone.classes.is_empty() || self.zone.classes.contains(&class)
    }

    fn event(
        &self,
        track: u64,
        stay: &Stay,
        change: ZoneChange,
        time_s: f64,
        picture: (f32, f32),
    ) -> ZoneEvent {
        ZoneEvent {
            zone: self.zone.id.clone(),
            track,
            class: stay.class,
            change,
            time_s,
            inside_s: time_s - stay.since_s,
            point: Point { x: stay.at.x / picture.0, y: stay.at.y / picture.1 },
        }
    }
}
