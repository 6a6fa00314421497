//! The last seconds of a camera's own encoded stream, so that evidence has the camera's bytes and nobody's copy of them.
//!
//! Access units are kept as they leave the parser, before the decoder: nothing is decoded or encoded for it. What leaves goes a
//! group of pictures at a time, so that the ring always begins with a key frame. A *run* is one connection with one format: a
//! camera that was lost, or that changed its resolution, begins a new one, and a clip never crosses that border.
//!
//! [`Ring::cut`] picks the units of a clip; [`Cut::mp4`](super::clip) makes the file of them, off the streaming thread.

mod choose;
mod run;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gstreamer as gst;
use gstreamer::prelude::*;
use jiff::Timestamp;

use super::decoder::Codec;
use super::units;
use crate::frame::CaptureTime;
use run::Run;

/// How much a ring may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingBounds {
    /// Seconds, rounded up to whole groups of pictures.
    pub seconds: u32,
    /// Bytes of access units. A group of pictures that is larger alone is given up.
    pub bytes: usize,
}

impl Default for RingBounds {
    /// A clip of ten seconds, its tail, a late finding and a long group of pictures, at up to ten megabits per second.
    fn default() -> Self {
        Self { seconds: 30, bytes: 40 << 20 }
    }
}

/// One access unit as the parser gave it.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub pts_ns: u64,
    pub key: bool,
    pub data: Arc<[u8]>,
}

/// What is wanted of a clip, in stream seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// It begins at the key frame before this.
    pub from_s: f64,
    /// What must be in it.
    pub act_s: f64,
    /// It ends with the frame after this.
    pub to_s: f64,
    /// Most bytes.
    pub bytes: usize,
}

/// Why there is no clip, or none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoClip {
    /// The stream goes on, but its tail has not come.
    #[error("the clip's tail has not come yet")]
    NotYet,
    /// The ring does not hold that moment.
    #[error("the moment is not in the ring")]
    Gone,
    /// Even the shortest clip around the act is over the limit.
    #[error("one group of pictures is over the limit of a clip")]
    TooLarge,
    /// The muxer or decoder failed.
    #[error("the clip could not be made")]
    Failed,
}

/// The units of a clip, and what is known of them.
#[derive(Debug, Clone)]
pub struct Cut {
    pub(super) caps: gst::Caps,
    pub(super) codec: Codec,
    pub(super) units: Vec<Unit>,
    /// Parameter sets that the first unit needs and does not carry, with start codes.
    pub(super) head: Vec<u8>,
    /// Pixels.
    pub size: [u32; 2],
    /// Stream seconds of its first and last frame.
    pub span_s: [f64; 2],
    /// Wall time of its first and last frame.
    pub span: [Timestamp; 2],
    /// Whether these are the camera's own bytes.
    pub original: bool,
    /// Whether it had to be made shorter than wanted to stay within the limit.
    pub shortened: bool,
}

/// What a ring holds now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RingCounts {
    /// Access units.
    pub units: usize,
    /// Their bytes.
    pub bytes: usize,
    /// Runs.
    pub runs: usize,
    /// Groups of pictures that were larger than the whole ring, and given up.
    pub given_up: u64,
}

/// A ring; the streaming thread writes, whoever makes evidence reads.
#[derive(Debug)]
pub struct Ring {
    on: AtomicBool,
    bounds: RingBounds,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    runs: VecDeque<Run>,
    bytes: usize,
    given_up: u64,
    /// A new connection or format came: the next key frame begins a run.
    fresh: bool,
    caps: Option<(gst::Caps, bool)>,
    session: u64,
}

impl Ring {
    /// A ring that keeps nothing until it is switched on.
    pub fn new(bounds: RingBounds) -> Self {
        Self { on: AtomicBool::new(false), bounds, inner: Mutex::default() }
    }

    /// Switches it: only cameras with rules of the road need one. Off, it lets go of everything.
    pub fn switch(&self, on: bool) {
        self.on.store(on, Ordering::Relaxed);
        if !on {
            let mut inner = self.lock();
            inner.runs.clear();
            inner.bytes = 0;
        }
    }

    /// Whether it keeps anything.
    pub fn is_on(&self) -> bool {
        self.on.load(Ordering::Relaxed)
    }

    /// What it holds now.
    pub fn counts(&self) -> RingCounts {
        let inner = self.lock();
        RingCounts {
            units: inner.runs.iter().map(|run| run.units.len()).sum(),
            bytes: inner.bytes,
            runs: inner.runs.len(),
            given_up: inner.given_up,
        }
    }

    /// A new connection begins: presentation times start anew.
    pub(super) fn begin(&self) {
        let mut inner = self.lock();
        inner.session += 1;
        inner.fresh = true;
        inner.caps = None;
    }

    /// The format of the units that follow.
    pub(super) fn format(&self, caps: &gst::CapsRef, original: bool) {
        let mut inner = self.lock();
        if inner.caps.as_ref().is_some_and(|(known, _)| same_stream(known, caps)) {
            return;
        }
        inner.caps = Some((caps.to_owned(), original));
        inner.fresh = true;
    }

    /// An access unit left the parser.
    pub(super) fn push(&self, buffer: &gst::BufferRef) {
        if !self.on.load(Ordering::Relaxed) {
            return;
        }
        let (Some(pts), Ok(map)) = (buffer.pts(), buffer.map_readable()) else { return };
        let key = !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT);
        let unit = Unit { pts_ns: pts.nseconds(), key, data: Arc::from(map.as_slice()) };
        self.lock().push(unit, self.bounds);
    }

    /// When the frame of this presentation time was taken.
    pub(super) fn anchor(&self, pts_ns: u64, captured: CaptureTime) {
        if !self.on.load(Ordering::Relaxed) {
            return;
        }
        let mut inner = self.lock();
        let session = inner.session;
        let runs = inner.runs.iter_mut().rev().filter(|run| run.session == session);
        let holds = |run: &&mut Run| run.units.front().is_some_and(|first| first.pts_ns <= pts_ns);
        if let Some(run) = runs.into_iter().find(holds) {
            run.anchors.push_back((pts_ns, captured));
        }
        inner.forget_old_runs(captured.stream_s, self.bounds);
    }

    /// The units of the clip that is wanted.
    ///
    /// # Errors
    /// [`NoClip::NotYet`] while the tail may still come: ask again. Otherwise there will be none.
    pub fn cut(&self, wanted: &Wanted) -> Result<Cut, NoClip> {
        self.pick(wanted, false)
    }

    /// As [`Ring::cut`], with what there is now instead of waiting for the tail.
    ///
    /// # Errors
    /// When there will be no clip.
    pub fn cut_now(&self, wanted: &Wanted) -> Result<Cut, NoClip> {
        self.pick(wanted, true)
    }

    fn pick(&self, wanted: &Wanted, now: bool) -> Result<Cut, NoClip> {
        let inner = self.lock();
        let newest = inner.runs.len().saturating_sub(1);
        let (index, run) =
            inner.runs.iter().enumerate().find(|(_, run)| run.holds(wanted.act_s)).ok_or(NoClip::Gone)?;
        if !now && index == newest && !inner.fresh && run.span_s().is_none_or(|[_, last]| last < wanted.to_s)
        {
            return Err(NoClip::NotYet);
        }
        run.cut(wanted)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn push(&mut self, unit: Unit, bounds: RingBounds) {
        if self.fresh || self.runs.is_empty() {
            // Nothing can be shown before the first key frame.
            if !unit.key {
                return;
            }
            let Some((caps, original)) = self.caps.clone() else { return };
            let Some(codec) = codec_of(&caps) else { return };
            self.fresh = false;
            let (session, sets) = (self.session, units::ParameterSets::default());
            let (units, anchors) = (VecDeque::new(), VecDeque::new());
            self.runs.push_back(Run { session, caps, codec, original, units, anchors, sets });
        }
        let Some(run) = self.runs.back_mut() else { return };
        run.sets.note(run.codec, &unit.data);
        self.bytes += unit.data.len();
        run.units.push_back(unit);
        self.trim(bounds);
    }

    /// Lets the oldest groups of pictures go.
    fn trim(&mut self, bounds: RingBounds) {
        loop {
            let over = self.bytes > bounds.bytes;
            let only = self.runs.len() == 1;
            let Some(run) = self.runs.front_mut() else { return };
            let old =
                only && run.second_key().is_some_and(|second| run.lasts_ns_from(second) > second_ns(bounds));
            if !over && !old {
                return;
            }
            let gone = run.drop_group();
            self.bytes -= gone;
            if self.runs.front().is_some_and(|run| run.units.is_empty()) {
                if only {
                    // A single group is larger than the ring: begin anew at the next key frame.
                    self.given_up += 1;
                    self.fresh = true;
                }
                self.runs.pop_front();
            }
        }
    }

    fn forget_old_runs(&mut self, now_s: f64, bounds: RingBounds) {
        while self.runs.len() > 1
            && self.runs.front().is_some_and(|run| {
                run.span_s().is_none_or(|[_, last]| now_s - last > f64::from(bounds.seconds))
            })
        {
            let gone = self.runs.pop_front();
            self.bytes -= gone.map_or(0, |run| run.units.iter().map(|unit| unit.data.len()).sum());
        }
    }
}

fn second_ns(bounds: RingBounds) -> u64 {
    u64::from(bounds.seconds) * 1_000_000_000
}

fn codec_of(caps: &gst::Caps) -> Option<Codec> {
    match caps.structure(0)?.name().as_str() {
        "video/x-h264" => Some(Codec::H264),
        "video/x-h265" => Some(Codec::H265),
        _ => None,
    }
}

/// Whether units of both caps can stand in one file: parameter sets may be repeated in other words, but pixels may not change.
fn same_stream(known: &gst::Caps, now: &gst::CapsRef) -> bool {
    let fields = ["stream-format", "alignment", "width", "height", "codec_data", "profile"];
    let (Some(a), Some(b)) = (known.structure(0), now.structure(0)) else { return false };
    a.name() == b.name()
        && fields.iter().all(|field| match (a.value(*field), b.value(*field)) {
            (Ok(a), Ok(b)) => a.compare(b) == Some(std::cmp::Ordering::Equal),
            (Err(_), Err(_)) => true,
            _ => false,
        })
}

#[cfg(test)]
#[path = "ring_tests.rs"]
mod tests;
