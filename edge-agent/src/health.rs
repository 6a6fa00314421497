//! How the agent is: cameras, outbox, clock, gathered for the heartbeat.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use wire::status::{CameraHealth, CameraWord, ClockHealth, Presence, SignalHealth};
use wire::violation::ClockAt;
use wire::{Name, Status};

use crate::access::Gates;
use crate::camera::{CameraState, CameraStats, Latest, StatsSnapshot};
use crate::frame::Frame;
use crate::outbox::Outbox;
use crate::scene_link::Scenes;
use crate::time_check::TimeCheck;

/// A wall clock that falls behind the monotonic one by more than this was set back, milliseconds.
const SET_BACK_MS: i128 = 500;

/// What is watched of one camera.
#[derive(Clone)]
pub struct CameraWatch {
    /// Its name.
    pub id: Name,
    /// Counters of its stream.
    pub stats: Arc<CameraStats>,
    /// Its mailbox.
    pub latest: Arc<Latest<Frame>>,
    /// Frames that the motion gate spared the detector.
    pub gated: Arc<AtomicU64>,
    /// Its signals.
    pub signals: Arc<Mutex<Vec<SignalHealth>>>,
    /// Rules of its scene that it cannot watch.
    pub unwatched: Arc<Mutex<Vec<Name>>>,
}

impl CameraWatch {
    /// State and counters at this moment.
    pub fn snapshot(&self) -> StatsSnapshot {
        self.stats.snapshot(&self.latest)
    }

    fn health(&self) -> CameraHealth {
        let now = self.snapshot();
        CameraHealth {
            camera: self.id.clone(),
            state: word(now.status.state),
            since: now.status.since,
            fps: now.fps as f32,
            analysed: now.analysed,
            dropped: now.dropped,
            gated: self.gated.load(Ordering::Relaxed),
            reconnects: now.reconnects,
            last_frame_at: now.last_frame_at,
            time_source: now.time_source,
            signals: self.signals.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            scene: None,
            scene_refused: None,
            unwatched: self.unwatched.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        }
    }
}

/// The word of a camera state in events and heartbeats.
pub fn word(state: CameraState) -> CameraWord {
    match state {
        CameraState::Connecting => CameraWord::Connecting,
        CameraState::Live => CameraWord::Live,
        CameraState::Stale => CameraWord::Stale,
        CameraState::AuthFailed => CameraWord::AuthFailed,
        CameraState::Unreachable => CameraWord::Unreachable,
    }
}

/// Everything the heartbeat tells.
pub struct Health {
    cameras: Vec<CameraWatch>,
    outbox: Arc<Outbox>,
    clock: Mutex<WallClock>,
    run: String,
    gates: Option<Gates>,
    scenes: Option<Arc<Scenes>>,
    time_check: Option<TimeCheck>,
}

impl Health {
    /// Watches `cameras` and `outbox` from now on.
    pub fn new(cameras: Vec<CameraWatch>, outbox: Arc<Outbox>) -> Self {
        let run = format!("{:08x}", rand::random::<u32>());
        let clock = Mutex::new(WallClock::start());
        Self { cameras, outbox, clock, run, gates: None, scenes: None, time_check: None }
    }

    /// Watches the gates too.
    pub fn with_gates(self, gates: Gates) -> Self {
        Self { gates: Some(gates), ..self }
    }

    /// Tells which scenes are in use.
    pub fn with_scenes(self, scenes: Arc<Scenes>) -> Self {
        Self { scenes: Some(scenes), ..self }
    }

    fn camera(&self, watch: &CameraWatch) -> CameraHealth {
        let word = self.scenes.as_ref().map(|scenes| scenes.word(&watch.id)).unwrap_or_default();
        CameraHealth { scene: word.in_use, scene_refused: word.refused, ..watch.health() }
    }

    /// Tells what was measured of the clock instead of what the kernel says, where time servers are configured.
    pub fn with_time_check(self, time_check: TimeCheck) -> Self {
        Self { time_check: Some(time_check).filter(TimeCheck::measures), ..self }
    }

    fn clock(&self, set_back: u64) -> ClockHealth {
        match &self.time_check {
            Some(check) => {
                let max_error_ms = check.max_error_ms();
                ClockHealth { synchronised: max_error_ms.is_some(), max_error_ms, set_back }
            }
            None => kernel_clock(set_back),
        }
    }

    /// The heartbeat at this moment.
    pub fn status(&self, presence: Presence) -> Status {
        let at = Timestamp::now();
        let set_back = self.clock.lock().unwrap_or_else(PoisonError::into_inner).look(at, Instant::now());
        Status {
            v: wire::VERSION,
            state: presence,
            at,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            run: self.run.clone(),
            cameras: self.cameras.iter().map(|watch| self.camera(watch)).collect(),
            outbox: self.outbox.health(),
            clock: self.clock(set_back),
            gates: self.gates.as_ref().and_then(Gates::health),
        }
    }
}

/// Notices when the wall clock is set back.
#[derive(Debug)]
struct WallClock {
    wall: Timestamp,
    mono: Instant,
    set_back: u64,
}

impl WallClock {
    fn start() -> Self {
        Self { wall: Timestamp::now(), mono: Instant::now(), set_back: 0 }
    }

    fn look(&mut self, wall: Timestamp, mono: Instant) -> u64 {
        let passed = SignedDuration::try_from(mono.saturating_duration_since(self.mono)).unwrap_or_default();
        let behind = passed.as_millis() - wall.duration_since(self.wall).as_millis();
        if behind > SET_BACK_MS {
            self.set_back += 1;
            tracing::warn!(
                by_ms = behind as i64,
                "the wall clock was set back; event times from here on are suspect"
            );
        }
        (self.wall, self.mono) = (wall, mono);
        self.set_back
    }
}

/// The clock as an event tells it.
pub fn clock_at() -> ClockAt {
    let (known, timex) = kernel_timex();
    // The offset is told in nanoseconds or microseconds.
    let per_ms = if timex.status & libc::STA_NANO == 0 { 1_000 } else { 1_000_000 };
    let synchronised = known.is_some_and(|state| state != libc::TIME_ERROR);
    let offset_ms = synchronised.then(|| timex.offset / per_ms);
    ClockAt { synchronised, offset_ms, camera_offset_ms: None }
}

/// The state of the kernel's clock, when it tells, and its numbers.
fn kernel_timex() -> (Option<libc::c_int>, libc::timex) {
    // SAFETY: `timex` is plain data for which all zeros is valid; with `modes` 0 the call only reads into it.
    unsafe {
        let mut timex: libc::timex = std::mem::zeroed();
        let state = libc::adjtimex(&mut timex);
        ((state >= 0).then_some(state), timex)
    }
}

/// What the kernel knows of its clock.
fn kernel_clock(set_back: u64) -> ClockHealth {
    let (state, timex) = kernel_timex();
    ClockHealth {
        synchronised: state.is_some_and(|state| state != libc::TIME_ERROR),
        max_error_ms: state.map(|_| u64::try_from(timex.maxerror / 1000).unwrap_or(0)),
        set_back,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_set_back_is_counted_and_a_slow_heartbeat_is_not() {
        let mut clock = WallClock::start();
        let (wall, mono) = (clock.wall, clock.mono);
        assert_eq!(clock.look(wall + SignedDuration::from_secs(60), mono + Duration::from_secs(60)), 0);
        assert_eq!(clock.look(wall + SignedDuration::from_secs(5), mono + Duration::from_secs(65)), 1);
        assert_eq!(clock.look(wall + SignedDuration::from_secs(10), mono + Duration::from_secs(70)), 1);
    }
}
