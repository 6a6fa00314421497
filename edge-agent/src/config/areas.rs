//! What is watched for in zones and at lines, besides counting.

use serde::Deserialize;
use wire::Name;
use wire::gate::{Clock, Holiday, IncidentKind, Schedule, Window};

use super::{CameraConfig, Counted, ZoneRule};

/// What a zone is watched for. Each is an incident with a picture, told once of every object.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneWatchRule {
    /// What.
    pub kind: WatchKind,
    /// Hours in which it is quiet: people may be there. Needed for `after_hours`, always watched where none are given.
    #[serde(default)]
    pub hours: Vec<Window>,
    /// The site's clock, by which the hours count: minutes east of UTC.
    #[serde(default = "vietnam")]
    pub utc_offset_minutes: i32,
    /// Seconds that somebody must be inside (or that a thing must have stood alone) before it is told; at once for `intrusion`,
    /// `track` and `after_hours` if not given, needed for the others.
    #[serde(default)]
    pub dwell_s: Option<f64>,
    /// After an incident, another track is told within these seconds only if more are inside than were then: a track that breaks
    /// is no second intruder.
    #[serde(default = "pause")]
    pub pause_s: f64,
}

/// What a zone can be watched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WatchKind {
    /// Nobody may be there.
    Intrusion,
    /// Nobody may be there outside of `hours`.
    AfterHours,
    /// Nobody may be there: railway tracks.
    Track,
    /// Nobody may stay for longer than `dwell_s`.
    Loitering,
    /// Nothing may stand alone for longer than `dwell_s`.
    LeftLuggage,
}

impl WatchKind {
    /// The incident it makes.
    pub fn incident(self) -> IncidentKind {
        match self {
            Self::Intrusion => IncidentKind::Intrusion,
            Self::AfterHours => IncidentKind::AfterHours,
            Self::Track => IncidentKind::TrackIntrusion,
            Self::Loitering => IncidentKind::Loitering,
            Self::LeftLuggage => IncidentKind::LeftLuggage,
        }
    }
}

/// What a line is watched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineWatchKind {
    /// Nobody may come over it, either way.
    Fence,
}

fn vietnam() -> i32 {
    420
}

fn pause() -> f64 {
    10.0
}

impl ZoneWatchRule {
    /// Whether it is watched at a moment.
    pub fn watches(&self, at: jiff::Timestamp) -> bool {
        // Holidays are the gate list's; a camera knows weekdays.
        let none: [Holiday; 0] = [];
        let quiet = Schedule {
            id: hours_name(),
            name_vi: String::new(),
            name_en: String::new(),
            windows: self.hours.clone(),
        };
        !quiet.is_open(&Clock { utc_offset_minutes: self.utc_offset_minutes }.local(at), &none)
    }

    fn problems(&self) -> Vec<&'static str> {
        let mut problems = Vec::new();
        let mut expect = |good: bool, problem| {
            if !good {
                problems.push(problem);
            }
        };
        let hours = self.kind != WatchKind::AfterHours || !self.hours.is_empty();
        expect(hours, "watch.kind = \"after_hours\" needs hours in which people may be there");
        let days = self.hours.iter().all(|window| !window.days.is_empty());
        expect(days, "watch.hours without days are never open");
        let long = matches!(self.kind, WatchKind::Loitering | WatchKind::LeftLuggage);
        expect(!long || self.dwell_s.is_some(), "watch needs dwell_s: after how many seconds it is told");
        let sensible = self.dwell_s.is_none_or(|dwell_s| (0.1..=86_400.0).contains(&dwell_s));
        expect(sensible, "watch.dwell_s must be from 0.1 to 86400 seconds");
        expect((0.0..=3600.0).contains(&self.pause_s), "watch.pause_s must be from 0 to 3600 seconds");
        let offset = (-720..=840).contains(&self.utc_offset_minutes);
        expect(offset, "watch.utc_offset_minutes must be from -720 to 840; Vietnam is 420");
        problems
    }
}

fn hours_name() -> Name {
    // A word that is a name.
    #[allow(clippy::expect_used)]
    Name::new("hours").expect("a name")
}

/// What is wrong with the watches of a camera.
pub(super) fn problems(camera: &CameraConfig) -> Vec<String> {
    let of = |zone: &ZoneRule| -> Vec<String> {
        let at = format!("camera {}, zone {}", camera.id, zone.id);
        let mut problems: Vec<String> = zone
            .watch
            .iter()
            .flat_map(ZoneWatchRule::problems)
            .map(|problem| format!("{at}: {problem}"))
            .collect();
        if zone.count && !zone.counts.contains(&Counted::Person) {
            problems.push(format!("{at}: count = true counts people, but counts does not name person"));
        }
        problems
    };
    camera.zones.iter().flat_map(of).collect()
}
