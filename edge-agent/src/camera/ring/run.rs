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

    /// When the unit of this presentation time was taken, stream seconds. Presentation times follow the arrival of packets a little,
    /// stream time is the camera's own: between two anchors it is shared out.
    fn stream_s(&self, pts_ns: u64) -> Option<f64> {
        let after = self.anchors.partition_point(|(at, _)| *at < pts_ns);
        let at = |index: usize| self.anchors.get(index).map(|(pts, captured)| (*pts, captured.stream_s));
        let before = after.checked_sub(1).and_then(at);
        match (before, at(after)) {
            (Some((a, a_s)), Some((b, b_s))) if b > a => {
                Some(a_s + (b_s - a_s) * apart_s(a, pts_ns) / apart_s(a, b))
            }
            (Some((near, near_s)), _) | (None, Some((near, near_s))) => Some(near_s + apart_s(near, pts_ns)),
            (None, None) => None,
        }
    }

    /// The wall time of stream second `stream_s`, by the frame nearest to `act_s`: one clock for a whole clip.
    fn wall(&self, stream_s: f64, act_s: f64) -> Option<Timestamp> {
        let (_, captured) = self.nearest(act_s)?;
        let apart = SignedDuration::try_from_secs_f64(stream_s - captured.stream_s).ok()?;
        captured.at.checked_add(apart).ok()
    }

    fn nearest(&self, stream_s: f64) -> Option<&(u64, CaptureTime)> {
        let off = |captured: &CaptureTime| (captured.stream_s - stream_s).abs();
        self.anchors.iter().min_by(|(_, a), (_, b)| off(a).total_cmp(&off(b)))
    }

    /// The presentation time of a stream second.
    fn pts_ns(&self, stream_s: f64) -> Option<i128> {
        let (at, captured) = self.nearest(stream_s)?;
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
        let shown = all[range.first..=range.last].iter().filter(|unit| unit.pts_ns >= begin);
        let from_s = self.stream_s(begin).ok_or(NoClip::Gone)?;
        // The file counts in the camera's own time, as overlay and moments do.
        let timed = |unit: &&Unit| {
            let into_s = (self.stream_s(unit.pts_ns)? - from_s).max(0.0);
            Some(Unit { pts_ns: begin + (into_s * 1e9).round() as u64, ..(**unit).clone() })
        };
        let units: Vec<Unit> = shown.map(timed).collect::<Option<_>>().ok_or(NoClip::Gone)?;
        let end = units.iter().map(|unit| unit.pts_ns).max().unwrap_or(begin);
        let to_s = from_s + apart_s(begin, end);
        let wall = |stream_s| self.wall(stream_s, wanted.act_s).ok_or(NoClip::Gone);
        let (from, to) = (wall(from_s)?, wall(to_s)?);
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
