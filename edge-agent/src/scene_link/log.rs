//! The track log: what the pipeline of one camera concluded in the last minutes, frame by frame, so that a drawn scene can be tried
//! on them. No pictures.
//!
//! Bounds: [`KEEP_S`] of stream time and [`MAX_BYTES`] of memory per camera, whichever is reached first. A frame costs 200 bytes and
//! about 130 bytes per track that changed in it: with 30 vehicles in view at 8 frames per second that is 33 kB a second, 20 MB for
//! ten minutes.

use std::collections::VecDeque;
use std::sync::Arc;

use wire::SignalReading;

use crate::frame::CaptureTime;
use crate::rules::violation::{Looks, PlateLook, Riders};
use crate::track::{TrackChange, TrackChanges};

/// Stream time that is kept, seconds.
pub const KEEP_S: f64 = 600.0;
/// Memory that is kept at most, bytes.
pub const MAX_BYTES: usize = 24 << 20;

/// One analysed frame.
#[derive(Debug, Clone)]
pub struct Logged {
    /// Number of the frame within its stream.
    pub frame: u64,
    /// When it was taken.
    pub captured: CaptureTime,
    /// Width and height, pixels.
    pub size: (u32, u32),
    /// What the tracker said.
    pub changes: TrackChanges,
    /// What the signals showed; shared while nothing changes.
    pub signals: Arc<[SignalReading]>,
    /// What else was seen of the tracks.
    pub looks: Looks,
}

impl Logged {
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.changes.changes.capacity() * size_of::<TrackChange>()
            + self.looks.riders.capacity() * size_of::<(u64, Riders)>()
            + self.looks.plates.capacity() * size_of::<(u64, PlateLook)>()
    }
}

/// The last minutes of one camera, oldest first.
#[derive(Debug, Default)]
pub struct TrackLog {
    frames: VecDeque<Arc<Logged>>,
    bytes: usize,
}

impl TrackLog {
    /// Adds a frame. A stream that began anew (its time went back, or the picture has another size) empties the log: tracks of
    /// two streams have nothing to do with each other.
    pub fn add(&mut self, mut logged: Logged) {
        let now_s = logged.captured.stream_s;
        if self.frames.back().is_some_and(|last| last.captured.stream_s > now_s || last.size != logged.size) {
            self.clear();
        }
        logged.changes.changes.shrink_to_fit();
        logged.looks.riders.shrink_to_fit();
        logged.looks.plates.shrink_to_fit();
        if let Some(last) = self.frames.back()
            && same(&last.signals, &logged.signals)
        {
            logged.signals = last.signals.clone();
        }
        self.bytes += logged.bytes();
        self.frames.push_back(Arc::new(logged));
        while let Some(first) = self.frames.front()
            && (now_s - first.captured.stream_s > KEEP_S || self.bytes > MAX_BYTES)
        {
            self.bytes -= first.bytes();
            self.frames.pop_front();
        }
    }

    /// Forgets everything: the tracker starts anew.
    pub fn clear(&mut self) {
        self.frames.clear();
        self.bytes = 0;
    }

    /// The last `back_s` seconds, oldest first. Frames are shared, so this is quick.
    pub fn last(&self, back_s: f64) -> Vec<Arc<Logged>> {
        let Some(newest) = self.frames.back().map(|last| last.captured.stream_s) else { return Vec::new() };
        let first = self.frames.partition_point(|logged| newest - logged.captured.stream_s > back_s);
        self.frames.range(first..).cloned().collect()
    }

    /// Memory in use, bytes.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Whether signals show the same: how sure the picture is of it changes with every frame and decides nothing.
fn same(a: &[SignalReading], b: &[SignalReading]) -> bool {
    let shown = |one: &SignalReading| (one.state, one.flashing, one.since, one.source);
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.signal == b.signal && shown(a) == shown(b))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use wire::TimeSource;

    use super::*;
    use crate::detection::ObjectClass;
    use crate::geometry::{BBox, Point};
    use crate::track::{ChangeKind, TrackView};

    fn logged(frame: u64, stream_s: f64, tracks: usize) -> Logged {
        let track = TrackView {
            id: 1,
            bbox: BBox::default(),
            class: ObjectClass::Car,
            class_score: 1.0,
            score: 0.9,
            detection: Some(0),
            confirmed: true,
            first_s: 0.0,
            last_s: stream_s,
            frames: 1,
            velocity: Point { x: 0.0, y: 0.0 },
        };
        let changes = vec![TrackChange { kind: ChangeKind::Updated, track }; tracks];
        let at = Timestamp::from_millisecond((stream_s * 1000.0) as i64).expect("a time");
        Logged {
            frame,
            captured: CaptureTime { at, uncertainty_ms: 1, source: TimeSource::Arrival, stream_s },
            size: (1280, 720),
            changes: TrackChanges { time_s: stream_s, changes },
            signals: Arc::from([]),
            looks: Looks::default(),
        }
    }

    #[test]
    fn it_keeps_ten_minutes_and_gives_the_last_ones_oldest_first() {
        let mut log = TrackLog::default();
        (0..8000_u64).for_each(|n| log.add(logged(n, n as f64 / 8.0, 1)));
        let all = log.last(1e9);
        assert_eq!((all.first().expect("frames").frame, all.last().expect("frames").frame), (3199, 7999));
        let last = log.last(60.0);
        assert_eq!((last.len(), last[0].frame), (481, 7519));
    }

    #[test]
    fn a_crowded_picture_keeps_fewer_minutes_and_never_more_memory_than_stated() {
        let mut log = TrackLog::default();
        for n in 0..6000_u64 {
            log.add(logged(n, n as f64 / 10.0, 120));
            assert!(log.bytes() <= MAX_BYTES);
        }
        assert!(log.last(1e9).len() > 1000, "and yet minutes of it");
    }

    #[test]
    fn a_stream_that_begins_anew_empties_it() {
        let mut log = TrackLog::default();
        log.add(logged(0, 100.0, 1));
        log.add(logged(0, 0.0, 1));
        assert_eq!(log.last(1e9).len(), 1);
    }
}
