//! When a frame was taken. Pure: wall and monotonic time are arguments.
//!
//! RTCP sender reports tie a camera's RTP timestamps to its wall clock. That clock is believed while it agrees
//! with the moment of arrival here; a camera that thinks it is 1970, that is minutes off, or that was set back
//! is not, and its frames carry the arrival time with a wider uncertainty. Which one was used is recorded.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::frame::TimeSource;

/// Seconds from the NTP epoch (1900) to the Unix epoch.
const NTP_UNIX_S: i64 = 2_208_988_800;
/// What encoding and transport may take before a packet reaches us, milliseconds. Nobody reports it, so it is assumed.
const TRANSIT_MS: i64 = 300;
/// Two reports that disagree by more than this mean that the camera's clock was set, milliseconds.
const JUMP_MS: i64 = 1_000;
/// Reports that must agree before a clock that was set is believed again.
const REPORTS_AFTER_JUMP: u8 = 3;
/// A report older than this says nothing about now: crystals drift and RTP time wraps.
const REPORT_LIFE_MS: i64 = 300_000;
/// Frames over which the smallest delay is sought.
const WINDOW: u32 = 128;

/// Why a camera's clock is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum ClockFault {
    /// No sender report yet, or the camera sends none.
    NoReport,
    /// The picture belongs to no packet: the camera's RTP time does not move on with its pictures.
    NoRtpTime,
    /// Reports carry no wall clock (all zero).
    NoWallClock,
    /// Off against our clock; positive: the camera is behind.
    Offset {
        /// By how much, milliseconds.
        ms: i64,
    },
    /// Set while running; positive: forward.
    Jumped {
        /// By how much, milliseconds.
        ms: i64,
    },
    /// The last report is too old.
    ReportTooOld,
}

/// A capture time and why it is not the camera's own, if it is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Wall time.
    pub at: Timestamp,
    /// Half-width of the interval that holds the true moment, milliseconds.
    pub uncertainty_ms: u32,
    /// Camera's clock or arrival.
    pub source: TimeSource,
    /// Why not the camera's clock.
    pub fault: Option<ClockFault>,
}

#[derive(Debug, Clone, Copy)]
struct Report {
    unix_ns: i128,
    rtp: u32,
    arrival: Timestamp,
}

/// Turns RTP timestamps of one stream into wall time.
#[derive(Debug)]
pub struct CaptureClock {
    rate_hz: u32,
    latency_ms: u32,
    max_offset_ms: i64,
    report: Option<Report>,
    no_wall_clock: bool,
    jumped: Option<(i64, u8)>,
    delay: WindowMin,
    jitter_ms: f64,
    previous: Option<(u32, Timestamp)>,
}

impl CaptureClock {
    /// For a stream of `rate_hz` RTP ticks per second behind a jitter buffer of `latency_ms`; a clock off by
    /// more than `max_offset_ms` is not believed.
    pub fn new(rate_hz: u32, latency_ms: u32, max_offset_ms: u32) -> Self {
        Self {
            rate_hz: rate_hz.max(1),
            latency_ms,
            max_offset_ms: i64::from(max_offset_ms),
            report: None,
            no_wall_clock: false,
            jumped: None,
            delay: WindowMin::default(),
            jitter_ms: 0.0,
            previous: None,
        }
    }

    /// Takes a sender report: at NTP time `ntp` (32.32 bits) the camera's RTP clock showed `rtp`.
    pub fn on_report(&mut self, ntp: u64, rtp: u32, arrival: Timestamp) {
        self.no_wall_clock = ntp == 0;
        if self.no_wall_clock {
            self.report = None;
            return;
        }
        let new = Report { unix_ns: ntp_to_unix_ns(ntp, arrival), rtp, arrival };
        if let Some(old) = self.report {
            let jump_ms = clamp_ms((new.unix_ns - self.extrapolate(old, rtp)) / 1_000_000);
            if jump_ms.abs() > JUMP_MS {
                self.jumped = Some((jump_ms, REPORTS_AFTER_JUMP));
                self.delay = WindowMin::default();
            } else if let Some((_, left)) = &mut self.jumped {
                *left -= 1;
                if *left == 0 {
                    self.jumped = None;
                }
            }
        }
        self.report = Some(new);
    }

    /// The capture time of a frame with RTP timestamp `rtp` that reached this machine at `arrival`.
    pub fn stamp(&mut self, rtp: Option<u32>, arrival: Timestamp) -> Stamp {
        self.measure_jitter(rtp, arrival);
        match self.by_camera(rtp, arrival) {
            Ok(stamp) => stamp,
            Err(fault) => Stamp {
                at: arrival,
                uncertainty_ms: clamp_u32(
                    TRANSIT_MS + i64::from(self.latency_ms) + self.jitter_ms.ceil() as i64,
                ),
                source: TimeSource::Arrival,
                fault: Some(fault),
            },
        }
    }

    /// Mean deviation of arrival intervals from RTP intervals, milliseconds.
    pub fn jitter_ms(&self) -> f64 {
        self.jitter_ms
    }

    fn by_camera(&mut self, rtp: Option<u32>, arrival: Timestamp) -> Result<Stamp, ClockFault> {
        if self.no_wall_clock {
            return Err(ClockFault::NoWallClock);
        }
        let report = self.report.ok_or(ClockFault::NoReport)?;
        let rtp = rtp.ok_or(ClockFault::NoRtpTime)?;
        if (arrival.as_millisecond() - report.arrival.as_millisecond()).abs() > REPORT_LIFE_MS {
            return Err(ClockFault::ReportTooOld);
        }
        if let Some((ms, _)) = self.jumped {
            return Err(ClockFault::Jumped { ms });
        }
        let taken_ns = self.extrapolate(report, rtp);
        let delay_ms = clamp_ms((arrival.as_nanosecond() - taken_ns) / 1_000_000);
        // A network that stalls delays some frames, never all: the smallest delay shows the clocks' difference.
        let offset_ms = self.delay.push(delay_ms);
        if offset_ms.abs() > self.max_offset_ms {
            return Err(ClockFault::Offset { ms: offset_ms });
        }
        // Behind us: the moment lies between the camera's word and the quickest arrival. Ahead of us: no
        // frame comes before it was taken, so arrival less the usual transit is the better word.
        let (taken_ns, width_ms) = if delay_ms >= 0 && offset_ms >= 0 {
            (taken_ns, offset_ms)
        } else {
            (taken_ns.min(arrival.as_nanosecond()), -offset_ms.min(0) + TRANSIT_MS)
        };
        let at = Timestamp::from_nanosecond(taken_ns).map_err(|_| ClockFault::Offset { ms: offset_ms })?;
        Ok(Stamp { at, uncertainty_ms: clamp_u32(width_ms + 1), source: TimeSource::Rtcp, fault: None })
    }

    fn extrapolate(&self, report: Report, rtp: u32) -> i128 {
        // Signed and wrapping: a frame may precede the report, and RTP time starts anywhere.
        let ticks = i128::from(rtp.wrapping_sub(report.rtp).cast_signed());
        report.unix_ns + ticks * 1_000_000_000 / i128::from(self.rate_hz)
    }

    fn measure_jitter(&mut self, rtp: Option<u32>, arrival: Timestamp) {
        let Some(rtp) = rtp else { return };
        if let Some((last_rtp, last_arrival)) = self.previous.replace((rtp, arrival)) {
            let sent_ms =
                f64::from(rtp.wrapping_sub(last_rtp).cast_signed()) * 1000.0 / f64::from(self.rate_hz);
            let came_ms = (arrival.as_nanosecond() - last_arrival.as_nanosecond()) as f64 / 1e6;
            let deviation = (came_ms - sent_ms).abs();
            // A step of either clock is no jitter.
            if deviation < JUMP_MS as f64 {
                self.jitter_ms += (deviation - self.jitter_ms) / 16.0;
            }
        }
    }
}

/// Unix nanoseconds of an NTP timestamp (32.32 bits), in the NTP era nearest to `near`: the 32-bit seconds
/// wrap in February 2036.
pub fn ntp_to_unix_ns(ntp: u64, near: Timestamp) -> i128 {
    const ERA_S: i64 = 1 << 32;
    let seconds = i64::try_from(ntp >> 32).unwrap_or(0) - NTP_UNIX_S;
    let era = (near.as_second() - seconds + ERA_S / 2).div_euclid(ERA_S);
    let fraction_ns = (u128::from(ntp & 0xffff_ffff) * 1_000_000_000) >> 32;
    i128::from(seconds + era * ERA_S) * 1_000_000_000 + i128::try_from(fraction_ns).unwrap_or(0)
}

/// Finds the sender report in a compound RTCP packet: `(ntp, rtp)`.
pub fn parse_sender_report(packet: &[u8]) -> Option<(u64, u32)> {
    let mut rest = packet;
    while let [first, kind, length @ ..] = rest {
        let words = usize::from(u16::from_be_bytes(length.get(..2)?.try_into().ok()?));
        let size = (words + 1) * 4;
        let body = rest.get(..size)?;
        if first >> 6 != 2 {
            return None;
        }
        if *kind == 200 {
            let ntp = u64::from_be_bytes(body.get(8..16)?.try_into().ok()?);
            let rtp = u32::from_be_bytes(body.get(16..20)?.try_into().ok()?);
            return Some((ntp, rtp));
        }
        rest = &rest[size..];
    }
    None
}

/// Smallest value of the last one to two windows.
#[derive(Debug, Default)]
struct WindowMin {
    before: Option<i64>,
    now: Option<i64>,
    count: u32,
}

impl WindowMin {
    fn push(&mut self, value: i64) -> i64 {
        if self.count == WINDOW {
            self.before = self.now.take();
            self.count = 0;
        }
        self.count += 1;
        let now = self.now.map_or(value, |n| n.min(value));
        self.now = Some(now);
        self.before.map_or(now, |b| b.min(now))
    }
}

/// Monotonic stream time in seconds. Survives loops, discontinuities and reconnects; never goes backwards.
#[derive(Debug, Default)]
pub struct StreamClock {
    last: Option<(Option<Duration>, Option<Duration>)>,
    out_s: f64,
    step_s: f64,
}

impl StreamClock {
    /// Time of a frame with presentation time `pts`, seen at monotonic time `mono` (`None` when replaying).
    pub fn advance(&mut self, pts: Option<Duration>, mono: Option<Duration>) -> f64 {
        let Some((last_pts, last_mono)) = self.last.replace((pts, mono)) else {
            return self.out_s;
        };
        let between = |a: Option<Duration>, b: Option<Duration>| Some(b?.as_secs_f64() - a?.as_secs_f64());
        let by_pts = between(last_pts, pts).filter(|step| *step > 0.0);
        let by_mono = between(last_mono, mono).map(|step| step.max(0.0));
        let step = match (by_pts, by_mono) {
            // Presentation times are the finer measure, unless they jumped.
            (Some(p), Some(m)) if (p - m).abs() < 2.0 => p,
            (_, Some(m)) => m,
            (Some(p), None) => p,
            (None, None) => self.step_s,
        };
        if by_pts.is_some_and(|p| p < 2.0) {
            self.step_s = step;
        }
        self.out_s += step;
        self.out_s
    }
}

fn clamp_ms(ms: i128) -> i64 {
    i64::try_from(ms).unwrap_or(if ms < 0 { i64::MIN / 4 } else { i64::MAX / 4 })
}

fn clamp_u32(ms: i64) -> u32 {
    u32::try_from(ms.max(0)).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
