//! One line of `edge-agent replay --json`.
//!
//! A violation is a flat object of its own with the whole event in `event`; every other event is printed as it would travel, with
//! `at_s`, `frame`, `class`, `box` and `track_id` added where it has them.

use serde_json::{Value, json};
use wire::violation::Violation;
use wire::{Envelope, Payload};

use crate::frame::CaptureTime;

/// Which frame was when: to say an event's place in the file.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Wall time of the file's beginning, milliseconds since 1970.
    began_ms: Option<f64>,
    /// Number and second of every analysed frame.
    frames: Vec<(u64, f64)>,
}

impl Places {
    /// An analysed frame.
    pub(super) fn note(&mut self, index: u64, captured: CaptureTime) {
        let at_ms = captured.at.as_microsecond() as f64 / 1e3;
        self.began_ms.get_or_insert(at_ms - captured.stream_s * 1e3);
        self.frames.push((index, captured.stream_s));
    }

    /// Second in the file, and the analysed frame nearest to it.
    fn of(&self, at: jiff::Timestamp) -> Option<(f64, u64)> {
        let at_s = (at.as_microsecond() as f64 / 1e3 - self.began_ms?) / 1e3;
        let after = self.frames.partition_point(|(_, s)| *s < at_s);
        let near = [after.checked_sub(1), Some(after)].into_iter().flatten();
        let off = |frame: &&(u64, f64)| (frame.1 - at_s).abs();
        let frame =
            near.filter_map(|index| self.frames.get(index)).min_by(|a, b| off(a).total_cmp(&off(b)))?;
        Some((at_s, frame.0))
    }
}

/// The line of an event.
pub(super) fn line(envelope: &Envelope, places: &Places) -> serde_json::Result<Value> {
    let mut event = serde_json::to_value(envelope)?;
    if let Payload::Violation(violation) = &envelope.payload {
        return Ok(violation_line(violation, event, places.of(envelope.captured.at)));
    }
    let Some(fields) = event.as_object_mut() else { return Ok(event) };
    if let Some((at_s, frame)) = places.of(envelope.captured.at) {
        fields.insert("at_s".into(), json!(rounded(at_s)));
        fields.insert("frame".into(), json!(frame));
    }
    let (class, bbox, track) = match &envelope.payload {
        Payload::Crossing(crossing) => (Some(crossing.class.as_str()), None, Some(crossing.track)),
        Payload::Vehicle(vehicle) => {
            (Some(vehicle.class.as_str()), Some(vehicle.bbox), Some(vehicle.track.id))
        }
        Payload::Incident(incident) => (None, incident.bbox, incident.track),
        _ => (None, None, None),
    };
    fields.extend(class.map(|class| ("class".to_owned(), json!(class))));
    fields.extend(bbox.map(|bbox| ("box".to_owned(), json!(bbox))));
    fields.extend(track.map(|track| ("track_id".to_owned(), json!(track))));
    Ok(event)
}

/// The act is where the moment says that it is, to the frame.
fn violation_line(violation: &Violation, event: Value, near: Option<(f64, u64)>) -> Value {
    let named = |word: &str| violation.moments.iter().find(|moment| moment.what == word);
    let act = named("past_line").or_else(|| named("act")).or_else(|| violation.moments.last());
    let at_s = act.map(|act| act.stream_s).or(near.map(|near| near.0));
    let frame = act.and_then(|act| act.frame).or(near.map(|near| near.1));
    json!({
        "kind": violation.violation,
        "at_s": at_s.map(rounded),
        "frame": frame,
        "class": violation.class,
        "box": violation.bbox,
        "track_id": violation.track.id,
        "rule": violation.rule,
        "score": violation.score,
        "doubts": violation.doubts,
        "event": event,
    })
}

/// Milliseconds are finer than any camera.
fn rounded(seconds: f64) -> f64 {
    (seconds * 1e3).round() / 1e3
}
