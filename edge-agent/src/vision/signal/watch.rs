//! The signals of one camera: every frame in, and for an event later on, what its signal showed at its moment.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use wire::status::{FeedHealth, SignalHealth};
use wire::{LampState, Name, SignalReading, SignalSource};

use super::feed::Feeds;
use super::lamp::LampModel;
use super::state::{Shown, SignalState};
use super::view::View;
use super::{LampColour, SignalConfig, StateScores, head};
use crate::frame::{CaptureTime, Frame};
use crate::geometry::BBox;
use crate::vision::{Rgb, VisionError};

/// States remembered per signal: an event asks some seconds back.
const REMEMBERED: usize = 32;
/// A lamp counts as surely lit from this belief in one frame on.
const LIT: f32 = 0.8;
/// Score of a controller's word while the picture contradicts it.
const DISPUTED: f32 = 0.5;

/// Feeds shared between the connection to the broker and the cameras.
pub type SharedFeeds = Arc<Mutex<Feeds>>;

/// Watches the signals of one camera.
pub struct SignalWatch {
    model: LampModel,
    signals: Vec<Watched>,
    feeds: SharedFeeds,
}

struct Watched {
    config: SignalConfig,
    boxes: Vec<(Option<LampColour>, BBox)>,
    whole: BBox,
    size: (u32, u32),
    view: View,
    in_view: bool,
    state: SignalState,
    scores: StateScores,
    /// What was shown, from when on, oldest first.
    history: VecDeque<(f64, Shown)>,
    /// Since when the picture contradicts the controller, and whether that was counted.
    contradicts: Option<(f64, bool)>,
    disagreed: u64,
    newest: Option<CaptureTime>,
}

impl SignalWatch {
    /// Watches these signals.
    ///
    /// # Errors
    /// When the weights in the program cannot be used.
    pub fn new(signals: &[SignalConfig], feeds: SharedFeeds) -> Result<Self, VisionError> {
        let watched = |config: &SignalConfig| Watched {
            state: SignalState::new(config.timing),
            config: config.clone(),
            boxes: Vec::new(),
            whole: BBox::default(),
            size: (0, 0),
            view: View::default(),
            in_view: false,
            scores: StateScores::default(),
            history: VecDeque::new(),
            contradicts: None,
            disagreed: 0,
            newest: None,
        };
        Ok(Self { model: LampModel::built_in()?, signals: signals.iter().map(watched).collect(), feeds })
    }

    /// Looks at every signal in this frame.
    pub fn frame(&mut self, frame: &Frame) {
        if self.signals.is_empty() {
            return;
        }
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        for signal in &mut self.signals {
            signal.frame(&self.model, frame);
            signal.compare(&mut feeds, frame.captured);
        }
    }

    /// What the signal that governs `rule` showed at the moment `then`; `None` when none does.
    pub fn at(&self, rule: &Name, then: CaptureTime) -> Option<SignalReading> {
        let signal = self.signals.iter().find(|signal| signal.config.governs.contains(rule))?;
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        Some(signal.reading(&mut feeds, then))
    }

    /// How every signal is now.
    pub fn health(&self) -> Vec<SignalHealth> {
        let mut feeds = self.feeds.lock().unwrap_or_else(PoisonError::into_inner);
        self.signals.iter().filter_map(|signal| signal.health(&mut feeds)).collect()
    }

    /// Per signal: its name, what the picture shows, how likely each state is in the newest frame, whether it is in view.
    pub fn shown(&self) -> impl Iterator<Item = (&Name, Shown, StateScores, bool)> {
        self.signals.iter().map(|s| (&s.config.id, s.state.shown(), s.scores, s.in_view))
    }
}

impl Watched {
    fn frame(&mut self, model: &LampModel, frame: &Frame) {
        let size = (frame.picture.width, frame.picture.height);
        if self.size != size {
            // Another resolution: boxes are normalised, what was remembered is in pixels.
            self.size = size;
            self.boxes = self.config.lamp_boxes(size.0, size.1);
            self.whole = hull(&self.boxes);
            self.view = View::default();
        }
        let time_s = frame.captured.stream_s;
        let around = grown(&self.whole);
        let (crop, [left, top]) = Rgb::from_i420(&frame.picture, &around);
        let moved = |area: &BBox| BBox { x: area.x - left as f32, y: area.y - top as f32, ..*area };
        let boxes: Vec<_> = self.boxes.iter().map(|(lamp, area)| (*lamp, moved(area))).collect();
        self.scores = head::look(model, &crop, &boxes);
        let s = &self.scores;
        let lit = s.red.max(s.yellow).max(s.green) >= LIT;
        self.in_view = self.view.look(time_s, &crop, &moved(&self.whole), lit);
        let shown = self.state.update(time_s, self.in_view.then_some(&self.scores));
        self.newest = Some(frame.captured);
        self.remember(time_s, shown);
    }

    fn remember(&mut self, time_s: f64, shown: Shown) {
        if let Some((_, last)) = self.history.back_mut()
            && (last.state, last.flashing) == (shown.state, shown.flashing)
        {
            *last = shown;
            return;
        }
        let from_s = shown.since_s.unwrap_or(time_s);
        // A change is recognised a little after it happened: what was said meanwhile is replaced.
        while self.history.back().is_some_and(|(at, _)| *at >= from_s) {
            self.history.pop_back();
        }
        self.history.push_back((from_s, shown));
        if self.history.len() > REMEMBERED {
            self.history.pop_front();
        }
    }

    /// Counts when picture and controller differ for long.
    fn compare(&mut self, feeds: &mut Feeds, captured: CaptureTime) {
        let Some(controller) = &self.config.controller else { return };
        let said = feeds.shown(&controller.id, &controller.group, captured.at);
        let seen = self.state.shown();
        let differ = said.is_some_and(|said| {
            said.state != LampState::Unknown
                && seen.state != LampState::Unknown
                && (said.state, said.flashing) != (seen.state, seen.flashing)
        });
        if !differ {
            self.contradicts = None;
            return;
        }
        let (since_s, counted) = self.contradicts.unwrap_or((captured.stream_s, false));
        let long = captured.stream_s - since_s >= feeds.disagree_after_s(&controller.id);
        if long && !counted {
            self.disagreed += 1;
            tracing::warn!(signal = %self.config.id, controller = %controller.id, "the controller says one thing, the lamps show another");
        }
        self.contradicts = Some((since_s, counted || long));
    }

    fn reading(&self, feeds: &mut Feeds, then: CaptureTime) -> SignalReading {
        let controller = self.config.controller.as_ref();
        let said = controller.and_then(|c| feeds.shown(&c.id, &c.group, then.at));
        if let Some(said) = said.filter(|said| said.state != LampState::Unknown) {
            let disputed = self.contradicts.is_some_and(|(_, counted)| counted);
            return SignalReading {
                signal: self.config.id.clone(),
                state: said.state,
                flashing: said.flashing,
                since: said.since,
                source: SignalSource::Controller,
                score: if disputed { DISPUTED } else { 1.0 },
            };
        }
        let shown =
            self.history.iter().rev().find(|(from_s, _)| *from_s <= then.stream_s).map(|(_, shown)| *shown);
        let nothing = Shown { state: LampState::Unknown, flashing: false, since_s: None, score: 0.0 };
        let shown = shown.unwrap_or(nothing);
        SignalReading {
            signal: self.config.id.clone(),
            state: shown.state,
            flashing: shown.flashing,
            since: shown.since_s.and_then(|since_s| wall(then, since_s)),
            source: SignalSource::Picture,
            score: shown.score,
        }
    }

    fn health(&self, feeds: &mut Feeds) -> Option<SignalHealth> {
        let reading = self.reading(feeds, self.newest?);
        let feed = self.config.controller.as_ref().and_then(|controller| {
            let (fresh, last_at, counts) = feeds.health(&controller.id)?;
            Some(FeedHealth {
                fresh,
                last_at,
                accepted: counts.accepted,
                refused: counts.refused,
                stale: counts.stale,
                disagreed: self.disagreed,
            })
        });
        Some(SignalHealth { reading, in_view: self.in_view, feed })
    }
}

/// The wall time of a stream time a little before `known`.
fn wall(known: CaptureTime, stream_s: f64) -> Option<Timestamp> {
    let ago = SignedDuration::try_from_secs_f64(known.stream_s - stream_s).ok()?;
    known.at.checked_sub(ago).ok()
}

fn hull(boxes: &[(Option<LampColour>, BBox)]) -> BBox {
    let mut all = boxes.iter().map(|(_, area)| *area);
    let first = all.next().unwrap_or_default();
    all.fold(first, |a, b| {
        BBox::from_corners(a.x.min(b.x), a.y.min(b.y), a.right().max(b.right()), a.bottom().max(b.bottom()))
    })
}

/// Room for the surroundings that the lamps and the view are compared with.
fn grown(area: &BBox) -> BBox {
    let side = 1.6 * area.w.max(area.h) + 2.0;
    BBox { x: area.x - side, y: area.y - side, w: area.w + 2.0 * side, h: area.h + 2.0 * side }
}
