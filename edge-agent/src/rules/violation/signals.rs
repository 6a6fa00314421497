//! What signals showed, kept for the rules: a change is recognised after it happened, and is dated back here.

use std::collections::VecDeque;

use wire::{LampState, Name, SignalReading};

use crate::frame::CaptureTime;

/// How long what was shown is kept, seconds, and how many changes of one signal.
const KEEP_S: f64 = 120.0;
const KEEP: usize = 128;
/// Longer than this without a word, and nobody knows, seconds.
const HOLE_S: f64 = 2.0;

/// What the signals of one camera showed lately.
#[derive(Debug, Default)]
pub(super) struct SignalLog {
    signals: Vec<(Name, VecDeque<Span>)>,
}

/// A signal showed one thing for a while.
#[derive(Debug, Clone)]
struct Span {
    from_s: f64,
    /// Last word that it still did.
    to_s: f64,
    reading: SignalReading,
}

impl SignalLog {
    /// Takes what the signals are said to show in one frame.
    pub fn note(&mut self, captured: CaptureTime, readings: &[SignalReading]) {
        for reading in readings {
            let index = self.signals.iter().position(|(name, _)| *name == reading.signal);
            let index = index.unwrap_or_else(|| {
                self.signals.push((reading.signal.clone(), VecDeque::new()));
                self.signals.len() - 1
            });
            note(&mut self.signals[index].1, captured, reading);
        }
    }

    /// What a signal showed at a stream time; none when there is no such signal, or nobody knows.
    pub fn shown(&self, signal: &Name, stream_s: f64) -> Option<SignalReading> {
        let (_, spans) = self.signals.iter().find(|(name, _)| name == signal)?;
        let span = spans.iter().rev().find(|span| span.from_s <= stream_s)?;
        (stream_s <= span.to_s + HOLE_S).then(|| span.reading.clone())
    }
}

fn note(spans: &mut VecDeque<Span>, captured: CaptureTime, reading: &SignalReading) {
    let now_s = captured.stream_s;
    if let Some(last) = spans.back_mut()
        && (last.reading.state, last.reading.flashing) == (reading.state, reading.flashing)
        && now_s - last.to_s <= HOLE_S
    {
        let score = last.reading.score.max(reading.score);
        (last.to_s, last.reading) = (now_s, SignalReading { score, ..reading.clone() });
        return;
    }
    // What is unknown was not seen to begin, and a beginning in the future is none.
    let known = reading.state != LampState::Unknown;
    let since = reading.since.filter(|_| known);
    let ago_s = since.map_or(0.0, |since| captured.at.duration_since(since).as_secs_f64()).max(0.0);
    let from_s = now_s - ago_s;
    // What was said between the change and its recognition is taken back.
    while spans.back().is_some_and(|last| last.from_s >= from_s) {
        spans.pop_back();
    }
    spans.push_back(Span { from_s, to_s: now_s, reading: reading.clone() });
    while spans.len() > KEEP || spans.front().is_some_and(|first| first.to_s < now_s - KEEP_S) {
        spans.pop_front();
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use wire::{SignalSource, TimeSource};

    use super::*;

    fn captured(stream_s: f64) -> CaptureTime {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs_f64(stream_s);
        CaptureTime { at, uncertainty_ms: 0, source: TimeSource::Arrival, stream_s }
    }

    fn reading(state: LampState, since_s: Option<f64>) -> SignalReading {
        SignalReading {
            signal: name(),
            state,
            flashing: false,
            since: since_s.map(|s| captured(s).at),
            source: SignalSource::Picture,
            score: 0.9,
        }
    }

    fn name() -> Name {
        Name::new("den").expect("a name")
    }

    #[test]
    fn a_change_counts_from_when_it_happened_not_from_when_it_was_recognised() {
        let mut log = SignalLog::default();
        for n in 0..10 {
            log.note(captured(f64::from(n) * 0.2), &[reading(LampState::Yellow, None)]);
        }
        log.note(captured(2.0), &[reading(LampState::Unknown, None)]);
        log.note(captured(2.2), &[reading(LampState::Red, Some(1.7))]);
        let shown = |s| log.shown(&name(), s).map(|reading| reading.state);
        assert_eq!(shown(1.6), Some(LampState::Yellow));
        assert_eq!(
            (shown(1.8), shown(2.0), shown(2.2)),
            (Some(LampState::Red), Some(LampState::Red), Some(LampState::Red))
        );
        assert_eq!(shown(-1.0), None);
        assert_eq!(log.shown(&Name::new("other").expect("a name"), 2.0), None);
    }

    #[test]
    fn a_signal_of_which_nothing_was_heard_for_long_is_not_what_it_was() {
        let mut log = SignalLog::default();
        log.note(captured(0.0), &[reading(LampState::Red, None)]);
        log.note(captured(30.0), &[reading(LampState::Red, None)]);
        assert!(log.shown(&name(), 1.0).is_some() && log.shown(&name(), 10.0).is_none());
        assert!(log.shown(&name(), 30.0).is_some());
    }
}
