//! Incidents in zones and at fence lines, and people in zones minute by minute.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use wire::gate::{Incident, IncidentKind, ZoneCount};
use wire::{Name, Payload};

use crate::config::{LineRule, LineWatchKind, WatchKind, ZoneRule, ZoneWatchRule};
use crate::frame::{CaptureTime, Frame};
use crate::geometry::BBox;
use crate::rules::{Crossing, LeftWatch, Minute, MinuteCount, ZoneChange, ZoneEvent, ZoneWatch};
use crate::track::TrackView;

/// A look at a zone: all that its watch goes by.
pub(super) struct Look<'a> {
    pub frame: &'a Frame,
    pub entries: &'a [ZoneEvent],
    pub tracks: &'a [TrackView],
    pub zones: &'a ZoneWatch,
}

/// What is told: the facts, and whether they need the picture of this frame.
pub(super) struct Told {
    pub captured: CaptureTime,
    pub payload: Payload,
    pub picture: bool,
}

/// The zones of one camera.
pub(super) struct Areas {
    zones: Vec<Area>,
    fences: Vec<Name>,
    /// Captured of the last frame, to end the last minute by.
    last: Option<CaptureTime>,
}

struct Area {
    id: Name,
    corners: Vec<[f32; 2]>,
    watch: Option<ZoneWatchRule>,
    /// Tracks that have been inside for long enough, with the seconds until then.
    ripe: HashMap<u64, f64>,
    told: HashSet<u64>,
    /// When an incident was told last, and how many were inside then.
    last: Option<(f64, usize)>,
    minutes: Option<MinuteCount>,
    left: Option<((u32, u32), LeftWatch)>,
}

impl Areas {
    pub(super) fn new(lines: &[LineRule], zones: &[ZoneRule]) -> Self {
        let fenced = |line: &&LineRule| line.watch == Some(LineWatchKind::Fence);
        let area = |zone: &ZoneRule| Area {
            id: zone.id.clone(),
            corners: zone.corners.clone(),
            watch: zone.watch.clone(),
            ripe: HashMap::new(),
            told: HashSet::new(),
            last: None,
            minutes: zone.count.then(MinuteCount::default),
            left: None,
        };
        let fences = lines.iter().filter(fenced).map(|line| line.id.clone()).collect();
        Self { zones: zones.iter().map(area).collect(), fences, last: None }
    }

    /// A fence line that was crossed.
    pub(super) fn crossed(&self, frame: &Frame, crossing: &Crossing, track: &TrackView) -> Option<Told> {
        let rule = self.fences.iter().find(|line| line.as_str() == crossing.line)?;
        let incident = incident(IncidentKind::Fence, rule, Some(track.id), 1, &track.bbox, frame);
        Some(Told { captured: frame.captured, payload: Payload::Incident(incident), picture: true })
    }

    /// What this frame shows in the zones.
    pub(super) fn frame(&mut self, look: &Look) -> Vec<Told> {
        self.last = Some(look.frame.captured);
        self.zones.iter_mut().flat_map(|area| area.frame(look)).collect()
    }

    /// The stream is over: the last minute, as far as it was seen.
    pub(super) fn finish(&mut self) -> Vec<Told> {
        let Some(last) = self.last.take() else { return Vec::new() };
        let minute = |area: &mut Area| {
            let minute = area.minutes.as_mut().and_then(MinuteCount::finish)?;
            Some(zone_count(&area.id, minute, last))
        };
        self.zones.iter_mut().filter_map(minute).collect()
    }
}

impl Area {
    fn frame(&mut self, look: &Look) -> Vec<Told> {
        let captured = look.frame.captured;
        let mut told = Vec::new();
        if let Some(minutes) = &mut self.minutes {
            let people = look.zones.people(self.id.as_str());
            let over = minutes.see(captured.at.as_second(), captured.stream_s, people);
            told.extend(over.map(|minute| zone_count(&self.id, minute, captured)));
        }
        let Some(watch) = self.watch.clone() else { return told };
        if watch.kind == WatchKind::LeftLuggage {
            told.extend(self.left(look, &watch));
            return told;
        }
        self.keep_ripe(look.entries, &watch);
        if watch.watches(captured.at) {
            told.extend(self.intruders(look, &watch));
        }
        told
    }

    /// Who has been inside for long enough, whatever the hour: somebody who is still there when it closes is told of then.
    fn keep_ripe(&mut self, entries: &[ZoneEvent], watch: &ZoneWatchRule) {
        for entry in entries.iter().filter(|entry| entry.zone == self.id.as_str()) {
            match (entry.change, watch.dwell_s) {
                (ZoneChange::Entered, None) | (ZoneChange::Dwelled, Some(_)) => {
                    self.ripe.insert(entry.track, entry.inside_s);
                }
                (ZoneChange::Left, _) => {
                    self.ripe.remove(&entry.track);
                }
                (ZoneChange::Vanished, _) => {
                    self.ripe.remove(&entry.track);
                    self.told.remove(&entry.track);
                }
                (ZoneChange::Entered | ZoneChange::Dwelled, _) => {}
            }
        }
    }

    fn intruders(&mut self, look: &Look, watch: &ZoneWatchRule) -> Vec<Told> {
        let now_s = look.frame.captured.stream_s;
        let inside = self.ripe.len();
        let mut fresh: Vec<&TrackView> = look
            .tracks
            .iter()
            .filter(|track| self.ripe.contains_key(&track.id) && !self.told.contains(&track.id))
            .collect();
        fresh.sort_by_key(|track| track.id);
        let mut told = Vec::new();
        for track in fresh {
            self.told.insert(track.id);
            let again = self.last.is_some_and(|(last_s, were)| {
                (0.0..watch.pause_s).contains(&(now_s - last_s)) && inside <= were
            });
            if again {
                continue;
            }
            self.last = Some((now_s, inside));
            let seconds = self.ripe.get(&track.id).copied().unwrap_or_default();
            let count = match watch.kind {
                WatchKind::Loitering => seconds.round() as u32,
                _ => u32::try_from(inside).unwrap_or(u32::MAX),
            };
            let kind = watch.kind.incident();
            let incident = incident(kind, &self.id, Some(track.id), count, &track.bbox, look.frame);
            let payload = Payload::Incident(incident);
            told.push(Told { captured: look.frame.captured, payload, picture: true });
        }
        told
    }

    fn left(&mut self, look: &Look, watch: &ZoneWatchRule) -> Vec<Told> {
        let picture = &look.frame.picture;
        let size = (picture.width, picture.height);
        if self.left.as_ref().is_none_or(|(of, _)| *of != size) {
            let pixels = |corner: &[f32; 2]| (corner[0] * size.0 as f32, corner[1] * size.1 as f32);
            let corners: Vec<(f32, f32)> = self.corners.iter().map(pixels).collect();
            self.left = Some((size, LeftWatch::new(&corners, watch.dwell_s.unwrap_or(60.0))));
        }
        let occupied: Vec<BBox> = look.tracks.iter().map(|track| track.bbox).collect();
        let Some((_, left)) = &mut self.left else { return Vec::new() };
        let things = left.update(look.frame.captured.stream_s, picture, &occupied);
        if !watch.watches(look.frame.captured.at) {
            return Vec::new();
        }
        let tell = |thing: crate::rules::LeftThing| {
            let (kind, seconds) = (IncidentKind::LeftLuggage, thing.alone_s.round() as u32);
            let incident = incident(kind, &self.id, None, seconds, &thing.bbox, look.frame);
            Told { captured: look.frame.captured, payload: Payload::Incident(incident), picture: true }
        };
        things.into_iter().map(tell).collect()
    }
}

fn incident(
    incident: IncidentKind,
    rule: &Name,
    track: Option<u64>,
    count: u32,
    bbox: &BBox,
    frame: &Frame,
) -> Incident {
    let (width, height) = (frame.picture.width, frame.picture.height);
    Incident {
        incident,
        rule: rule.clone(),
        lane: None,
        access: None,
        track,
        count,
        bbox: Some(bbox.clip(width, height).rounded()),
        picture: Some([width, height]),
    }
}

/// The minute's count; its time is the minute's beginning.
fn zone_count(zone: &Name, minute: Minute, near: CaptureTime) -> Told {
    let at = Timestamp::from_second(minute.number * 60).unwrap_or(near.at);
    let count = ZoneCount {
        zone: zone.clone(),
        most: minute.most,
        mean: minute.mean as f32,
        observed_s: minute.observed_s as f32,
    };
    Told { captured: CaptureTime { at, ..near }, payload: Payload::ZoneCount(count), picture: false }
}
