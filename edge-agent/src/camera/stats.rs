//! What a camera is doing and what became of its frames.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::clock::ClockFault;
use super::latest::Latest;
use crate::frame::{CaptureTime, Frame, TimeSource};

/// Where a camera stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraState {
    /// First try, or the first after a live stream was lost.
    Connecting,
    /// Frames arrive.
    Live,
    /// Connected, but frames stopped.
    Stale,
    /// The camera refuses the credentials, or they cannot be read.
    AuthFailed,
    /// No connection, or no stream that can be used; the reason says which.
    Unreachable,
}

/// A state, since when, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The state.
    pub state: CameraState,
    /// When this state began.
    pub since: Timestamp,
    /// What went wrong and what to do, where something did; no credentials.
    pub reason: Option<String>,
}

/// Counters of one camera, shared between its thread and health. Counters only grow.
#[derive(Debug)]
pub struct CameraStats {
    decoded: AtomicU64,
    skipped: AtomicU64,
    lost: AtomicU64,
    reconnects: AtomicU64,
    attempts: AtomicU64,
    clock_faults: AtomicU64,
    decode_cpu_ns: AtomicU64,
    now: Mutex<Now>,
}

#[derive(Debug)]
struct Now {
    status: Status,
    last: Option<CaptureTime>,
    clock_fault: Option<ClockFault>,
    fps: f64,
    last_mono: Option<Duration>,
}

/// All counters at one moment. `decoded == skipped + dropped + analysed + waiting` once the source rests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StatsSnapshot {
    /// State, since when and why.
    pub status: Status,
    /// Frames that left the decoder.
    pub decoded: u64,
    /// Frames left out by design to keep the analysis rate.
    pub skipped: u64,
    /// Frames lost: replaced in the mailbox before anybody took them, or unusable.
    pub dropped: u64,
    /// Frames taken from the mailbox.
    pub analysed: u64,
    /// Frames in the mailbox now: 0 or 1.
    pub waiting: u64,
    /// How often a stream came back after it had been live.
    pub reconnects: u64,
    /// How often a connection was tried.
    pub attempts: u64,
    /// Decoded frames per second, smoothed; 0 unless live.
    pub fps: f64,
    /// When the last frame was taken.
    pub last_frame_at: Option<Timestamp>,
    /// Where its time came from.
    pub time_source: Option<TimeSource>,
    /// Half-width of that time's interval, milliseconds.
    pub uncertainty_ms: Option<u32>,
    /// Why the camera's own clock is not used now, if it is not.
    pub clock_fault: Option<ClockFault>,
    /// How often a camera clock stopped being believed.
    pub clock_faults: u64,
    /// CPU time of the decoding thread (depayload, parse, decode), milliseconds in all.
    pub decode_cpu_ms: f64,
}

impl Default for CameraStats {
    fn default() -> Self {
        Self::new()
    }
}

impl CameraStats {
    /// Zero counters, state `connecting` since now.
    pub fn new() -> Self {
        Self {
            decoded: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            lost: AtomicU64::new(0),
            reconnects: AtomicU64::new(0),
            attempts: AtomicU64::new(0),
            clock_faults: AtomicU64::new(0),
            decode_cpu_ns: AtomicU64::new(0),
            now: Mutex::new(Now {
                status: Status { state: CameraState::Connecting, since: Timestamp::now(), reason: None },
                last: None,
                clock_fault: None,
                fps: 0.0,
                last_mono: None,
            }),
        }
    }

    /// The state now.
    pub fn status(&self) -> Status {
        self.with(|now| now.status.clone())
    }

    /// Everything at this moment.
    pub fn snapshot(&self, latest: &Latest<Frame>) -> StatsSnapshot {
        let counts = latest.counts();
        self.snapshot_with(counts.taken, counts.replaced, counts.waiting)
    }

    /// The same for a source without a mailbox.
    pub(super) fn snapshot_with(&self, analysed: u64, replaced: u64, waiting: u64) -> StatsSnapshot {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.with(|now| StatsSnapshot {
            status: now.status.clone(),
            decoded: get(&self.decoded),
            skipped: get(&self.skipped),
            dropped: replaced + get(&self.lost),
            analysed,
            waiting,
            reconnects: get(&self.reconnects),
            attempts: get(&self.attempts),
            fps: if now.status.state == CameraState::Live { now.fps } else { 0.0 },
            last_frame_at: now.last.map(|c| c.at),
            time_source: now.last.map(|c| c.source),
            uncertainty_ms: now.last.map(|c| c.uncertainty_ms),
            clock_fault: now.clock_fault,
            clock_faults: get(&self.clock_faults),
            decode_cpu_ms: get(&self.decode_cpu_ns) as f64 / 1e6,
        })
    }

    /// Number of frames decoded so far.
    pub(super) fn decoded(&self) -> u64 {
        self.decoded.load(Ordering::Relaxed)
    }

    /// Counts a decoded frame seen at monotonic time `mono`; returns its number, from 0.
    pub(super) fn on_decoded(&self, mono: Duration, cpu: Duration) -> u64 {
        self.decode_cpu_ns.fetch_add(u64::try_from(cpu.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.with(|now| {
            if let Some(step) = now.last_mono.replace(mono).and_then(|last| mono.checked_sub(last)) {
                // Mean interval over about 25 frames: quick enough to show a change, smooth enough to read.
                let step_s = step.as_secs_f64().clamp(1e-4, 10.0);
                let mean_s = if now.fps > 0.0 { 0.96 / now.fps + 0.04 * step_s } else { step_s };
                now.fps = 1.0 / mean_s;
            }
        });
        self.decoded.fetch_add(1, Ordering::Relaxed)
    }

    pub(super) fn on_skipped(&self) {
        self.skipped.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn on_lost(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn on_attempt(&self) {
        self.attempts.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn on_reconnect(&self) {
        self.reconnects.fetch_add(1, Ordering::Relaxed);
    }

    /// Records the time given to a frame; says when the camera's clock is believed now and was not, or the other
    /// way round, or is not for another reason. Counts the faults, but not a camera that has sent no report.
    pub(super) fn on_captured(
        &self,
        captured: CaptureTime,
        fault: Option<ClockFault>,
    ) -> Option<Result<(), ClockFault>> {
        self.with(|now| {
            let first = now.last.replace(captured).is_none();
            let before = std::mem::replace(&mut now.clock_fault, fault);
            let kind = |f: &ClockFault| std::mem::discriminant(f);
            if !first && before.as_ref().map(kind) == fault.as_ref().map(kind) {
                return None;
            }
            if fault.is_some_and(|f| f != ClockFault::NoReport) {
                self.clock_faults.fetch_add(1, Ordering::Relaxed);
            }
            Some(fault.map_or(Ok(()), Err))
        })
    }

    /// Sets the state; `since` moves only when the state differs. Returns whether it did.
    pub(super) fn set(&self, state: CameraState, reason: Option<String>) -> bool {
        self.with(|now| {
            let changed = now.status.state != state;
            if changed {
                now.status = Status { state, since: Timestamp::now(), reason };
                now.fps = 0.0;
                now.last_mono = None;
            } else {
                now.status.reason = reason;
            }
            changed
        })
    }

    fn with<R>(&self, f: impl FnOnce(&mut Now) -> R) -> R {
        f(&mut self.now.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_moves_only_when_the_state_does() {
        let stats = CameraStats::new();
        assert!(stats.set(CameraState::Unreachable, Some("refused".into())));
        let first = stats.status();
        assert!(!stats.set(CameraState::Unreachable, Some("timed out".into())));
        let second = stats.status();
        assert_eq!(first.since, second.since);
        assert_eq!(second.reason.as_deref(), Some("timed out"));
    }

    #[test]
    fn a_clock_fault_is_counted_once_until_it_heals() {
        let stats = CameraStats::new();
        let captured = CaptureTime {
            at: Timestamp::UNIX_EPOCH,
            uncertainty_ms: 1,
            source: TimeSource::Arrival,
            stream_s: 0.0,
        };
        let off = |ms| Some(ClockFault::Offset { ms });
        let none = Some(ClockFault::NoReport);
        assert_eq!(stats.on_captured(captured, none), Some(Err(ClockFault::NoReport)), "said, not counted");
        assert_eq!(stats.on_captured(captured, none), None);
        assert_eq!(stats.on_captured(captured, off(9000)), Some(Err(ClockFault::Offset { ms: 9000 })));
        assert_eq!(stats.on_captured(captured, off(9001)), None);
        assert_eq!(stats.on_captured(captured, None), Some(Ok(())));
        assert_eq!(stats.on_captured(captured, None), None);
        assert!(stats.on_captured(captured, off(9000)).is_some());
        assert_eq!(stats.snapshot_with(0, 0, 0).clock_faults, 2);
    }

    #[test]
    fn fps_follows_the_intervals_and_is_zero_when_not_live() {
        let stats = CameraStats::new();
        stats.set(CameraState::Live, None);
        for i in 0..100 {
            stats.on_decoded(Duration::from_millis(40 * i), Duration::ZERO);
        }
        assert!((stats.snapshot_with(0, 0, 0).fps - 25.0).abs() < 0.5);
        stats.set(CameraState::Stale, None);
        assert_eq!(stats.snapshot_with(0, 0, 0).fps, 0.0);
    }
}
