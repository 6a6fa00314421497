//! What every analysed frame showed, without its pixels: boxes and signals. The overlay and the signal timeline are made of it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use wire::violation::{Overlay, OverlayFrame, OverlayObject, SignalSpan};
use wire::{LampState, Name, SignalReading};

use super::super::class_word;
use crate::frame::{CaptureTime, Frame};
use crate::rules::violation::Signals;
use crate::track::{ChangeKind, TrackChanges};

/// How long notes are kept, seconds: a clip with its lead, and the time a finding may take.
const KEPT_S: f64 = 60.0;
/// Most notes, whatever the rate.
const MOST: usize = 2_000;
/// Around an act, seconds: longer than any clip.
const AROUND_S: f64 = 20.0;

/// One frame.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub captured: CaptureTime,
    pub objects: Vec<OverlayObject>,
    pub signals: Vec<SignalReading>,
}

/// The newest frames, oldest first.
#[derive(Default)]
pub(super) struct Notes {
    notes: VecDeque<Arc<Note>>,
    /// Where every track was seen last; a still scene repeats it.
    seen: BTreeMap<u64, OverlayObject>,
}

impl Notes {
    /// Keeps a frame.
    pub(super) fn keep(&mut self, frame: &Frame, changes: &TrackChanges, signals: &Signals) {
        let (width, height) = (frame.picture.width as f32, frame.picture.height as f32);
        for change in &changes.changes {
            let track = &change.track;
            if track.detection.is_none() || matches!(change.kind, ChangeKind::Lost | ChangeKind::Ended) {
                self.seen.remove(&track.id);
                continue;
            }
            let b = track.bbox.clip(frame.picture.width, frame.picture.height);
            let bbox = [b.x / width, b.y / height, b.w / width, b.h / height].map(rounded);
            let class = class_word(track.class).to_owned();
            self.seen.insert(track.id, OverlayObject { track: track.id, class, bbox });
        }
        let objects = self.seen.values().cloned().collect();
        let note = Note { captured: frame.captured, objects, signals: signals.0.clone() };
        self.notes.push_back(Arc::new(note));
        let now_s = frame.captured.stream_s;
        while self.notes.len() > MOST
            || self.notes.front().is_some_and(|note| now_s - note.captured.stream_s > KEPT_S)
        {
            self.notes.pop_front();
        }
    }

    /// The notes around a moment.
    pub(super) fn around(&self, stream_s: f64) -> Vec<Arc<Note>> {
        let near = |note: &&Arc<Note>| (note.captured.stream_s - stream_s).abs() <= AROUND_S;
        self.notes.iter().filter(near).cloned().collect()
    }
}

/// A ten thousandth of the picture is finer than any box.
fn rounded(value: f32) -> f32 {
    (value * 10_000.0).round() / 10_000.0
}

/// The overlay of the notes between two stream seconds.
pub(super) fn overlay(
    notes: &[Arc<Note>],
    track: u64,
    drawn: Vec<(String, Vec<[f32; 2]>)>,
    [from_s, to_s]: [f64; 2],
) -> Overlay {
    let within = |note: &&Arc<Note>| (from_s..=to_s).contains(&note.captured.stream_s);
    let frame = |note: &Arc<Note>| OverlayFrame {
        stream_s: note.captured.stream_s,
        objects: note.objects.clone(),
        signals: note.signals.iter().map(|said| (said.signal.to_string(), said.state)).collect(),
    };
    Overlay { v: 1, track, drawn, frames: notes.iter().filter(within).map(frame).collect() }
}

/// What `signals` showed over the notes, one span per state. A change that was recognised late begins when it happened, not when
/// it was recognised; between two states there is no hole unless frames are missing there.
pub(super) fn timeline(notes: &[Arc<Note>], signals: &[Name]) -> Vec<SignalSpan> {
    let mut spans: Vec<SignalSpan> = signals.iter().flat_map(|signal| spans_of(notes, signal)).collect();
    spans.sort_by(|a, b| (a.from, &a.signal).cmp(&(b.from, &b.signal)));
    spans
}

/// Frames further apart than this leave a hole, seconds.
const HOLE_S: f64 = 2.0;

fn spans_of(notes: &[Arc<Note>], signal: &Name) -> Vec<SignalSpan> {
    let mut spans: Vec<SignalSpan> = Vec::new();
    let mut last_s: Option<f64> = None;
    let begin = notes.first().map(|note| note.captured.at);
    for note in notes {
        let Some(said) = note.signals.iter().find(|said| said.signal == *signal) else { continue };
        let (at, now_s) = (note.captured.at, note.captured.stream_s);
        let hole = last_s.is_some_and(|before| now_s - before > HOLE_S);
        last_s = Some(now_s);
        match spans.last_mut() {
            Some(span) if !hole && (span.state, span.flashing) == (said.state, said.flashing) => {
                span.to = span.to.max(at);
                span.score = span.score.min(said.score);
            }
            _ => change(&mut spans, said, at, begin, hole),
        }
    }
    spans
}

fn change(
    spans: &mut Vec<SignalSpan>,
    said: &SignalReading,
    at: Timestamp,
    begin: Option<Timestamp>,
    hole: bool,
) {
    // What is unknown was not seen to begin.
    let known = said.state != LampState::Unknown;
    let since = said.since.filter(|since| known && *since <= at).unwrap_or(at);
    let from = begin.map_or(since, |begin| since.max(begin));
    if !hole {
        // What was said between the change and its recognition is taken back.
        while spans.last().is_some_and(|before| before.from >= from) {
            spans.pop();
        }
        if let Some(before) = spans.last_mut() {
            before.to = from;
        }
    }
    spans.push(SignalSpan {
        signal: said.signal.clone(),
        state: said.state,
        flashing: said.flashing,
        from,
        to: at,
        source: said.source,
        score: said.score,
    });
}
