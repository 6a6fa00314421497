//! One run of a ring: access units of one connection and one format, and what wall and stream time they belong to.

use std::collections::VecDeque;

use gstreamer as gst;
use jiff::{SignedDuration, Timestamp};

use super::super::decoder::Codec;
use super::super::units;
use super::choose::choose;
use super::{Cut, NoClip, Unit, Wanted};
use crate::frame::CaptureTime;

#[derive(Debug)]
pub(super) struct Run {
    pub(super) session: u64,
    pub(super) caps: gst::Caps,
    pub(super) codec: Codec,
    pub(super) original: bool,
    /// Access units in decoding order, the first one a key frame.
    pub(super) units: VecDeque<Unit>,
    /// Presentation times whose capture time is known.
    pub(super) anchors: VecDeque<(u64, CaptureTime)>,
    pub(super) sets: units::ParameterSets,
}

impl Run {
    pub(super) fn second_key(&self) -> Option<usize> {
        self.units.iter().skip(1).position(|unit| unit.key).map(|at| at + 1)
    }

    /// Length from unit `index` to the newest.
    pub(super) fn lasts_ns_from(&self, index: usize) -> u64 {
        let first = self.units.get(index).map_or(0, |unit| unit.pts_ns);
        self.units.back().map_or(0, |last| last.pts_ns.saturating_sub(first))
    }

    /// Drops the oldest group of pictures, and the anchors before the next; its bytes.
    pub(super) fn drop_group(&mut self) -> usize {
        let count = self.second_key().unwrap_or(self.units.len());
        let gone = self.units.drain(..count).map(|unit| unit.data.len()).sum();
        let first = self.units.front().map_or(u64::MAX, |unit| unit.pts_ns);
        // One anchor before the first unit stays: it may be the nearest.
        while self.anchors.len() > 1 && self.anchors[1].0 < first {
            self.anchors.pop_front();
        }
        gone
    }

    /// The anchor nearest to a presentation time.
    fn anchor(&self, pts_ns: u64) -> Option<&(u64, CaptureTime)> {
        self.anchors.iter().min_by_key(|(at, _)| at.abs_diff(pts_ns))
    }

    fn stream_s(&self, pts_ns: u64) -> Option<f64> {
        let (at, captured) = self.anchor(pts_ns)?;
        Some(captured.stream_s + apart_s(*at, pts_ns))
    }

    fn wall(&self, pts_ns: u64) -> Option<Timestamp> {
        let (at, captured) = self.anchor(pts_ns)?;
        let apart = SignedDuration::try_from_secs_f64(apart_s(*at, pts_ns)).ok()?;
        captured.at.checked_add(apart).ok()
    }

    /// The presentation time of a stream second.
    fn pts_ns(&self, stream_s: f64) -> Option<i128> {
        let off = |captured: &CaptureTime| (captured.stream_s - stream_s).abs();
        let (at, captured) = self.anchors.iter().min_by(|(_, a), (_, b)| off(a).total_cmp(&off(b)))?;
        Some(i128::from(*at) + ((stream_s - captured.stream_s) * 1e9).round() as i128)
    }

    /// Stream seconds of the first and the newest frame.
    pub(super) fn span_s(&self) -> Option<[f64; 2]> {
        let first = self.units.front()?.pts_ns;
        let last = self.units.iter().rev().take(16).map(|unit| unit.pts_ns).max()?;
        Some([self.stream_s(first)?, self.stream_s(last)?])
    }

    pub(super) fn holds(&self, stream_s: f64) -> bool {
        // Half a frame of grace at both ends.
        self.span_s().is_some_and(|[first, last]| first - 0.1 <= stream_s && stream_s <= last + 0.1)
    }

    pub(super) fn cut(&self, wanted: &Wanted) -> Result<Cut, NoClip> {
        let at = |stream_s| self.pts_ns(stream_s).ok_or(NoClip::Gone);
        let all: Vec<&Unit> = self.units.iter().collect();
        let range = choose(&all, [at(wanted.from_s)?, at(wanted.act_s)?, at(wanted.to_s)?], wanted.bytes)?;
        let begin = all[range.first].pts_ns;
        // Frames that come before the key frame in time lean on the group before: without it nobody can show them.
        let units: Vec<Unit> = all[range.first..=range.last]
            .iter()
            .filter(|unit| unit.pts_ns >= begin)
            .map(|u| (*u).clone())
            .collect();
        let end = units.iter().map(|unit| unit.pts_ns).max().unwrap_or(begin);
        let (from_s, to_s) = (self.stream_s(begin), self.stream_s(end));
        let (from, to) = (self.wall(begin), self.wall(end));
        let (Some(from_s), Some(to_s), Some(from), Some(to)) = (from_s, to_s, from, to) else {
            return Err(NoClip::Gone);
        };
        Ok(Cut {
            head: self.sets.missing_from(self.codec, &self.caps, &units[0].data),
            caps: self.caps.clone(),
            codec: self.codec,
            size: size_of(&self.caps),
            units,
            span_s: [from_s, to_s],
            span: [from, to.max(from)],
            original: self.original,
            shortened: range.shortened,
        })
    }
}

fn apart_s(from_ns: u64, to_ns: u64) -> f64 {
    (to_ns as f64 - from_ns as f64) / 1e9
}

fn size_of(caps: &gst::Caps) -> [u32; 2] {
    let side =
        |name| caps.structure(0).and_then(|s| s.get::<i32>(name).ok()).and_then(|v| u32::try_from(v).ok());
    [side("width").unwrap_or(0), side("height").unwrap_or(0)]
}
