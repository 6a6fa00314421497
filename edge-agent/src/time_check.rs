//! How far the agent's clock is from true time: measured against time servers, or what the kernel says where none is configured.
//!
//! A violation is only as good as its time, and the kernel of a container or of a box whose time daemon died says too little. Nothing
//! is corrected here: the operating system keeps the clock, this only measures it (SNTP, RFC 5905).

use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rsntp::{Config as SntpConfig, LeapIndicator, SntpClient};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use wire::violation::ClockAt;

/// `[clock]`: which time servers are asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClockConfig {
    /// Time servers, `host` or `host:port`; empty: the kernel is believed.
    pub servers: Vec<String>,
    /// Seconds between questions.
    pub every_s: u64,
    /// A measurement older than this says nothing any more, seconds.
    pub stale_s: u64,
    /// How long a server may take, milliseconds.
    pub timeout_ms: u64,
}

impl Default for ClockConfig {
    fn default() -> Self {
        Self { servers: Vec::new(), every_s: 64, stale_s: 900, timeout_ms: 2_000 }
    }
}

impl ClockConfig {
    /// Every problem of the section.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.servers.len() > 8 {
            problems.push("clock.servers: eight at most".to_owned());
        }
        if self.servers.iter().any(|server| server.trim().is_empty() || server.contains(char::is_whitespace))
        {
            problems.push("clock.servers: each is a host, or host:port".to_owned());
        }
        if !(1..=86_400).contains(&self.every_s) || self.stale_s < self.every_s {
            problems.push("clock: every_s is 1 to 86400, and stale_s no shorter than every_s".to_owned());
        }
        if !(50..=60_000).contains(&self.timeout_ms) {
            problems.push("clock.timeout_ms: 50 to 60000".to_owned());
        }
        problems
    }
}

/// One look at the time servers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Measured {
    /// Agent's clock minus true time, milliseconds: the median of the servers.
    offset_ms: f64,
    /// Half-width of the interval that surely holds it, milliseconds: half the way there and back.
    uncertainty_ms: f64,
    at: Instant,
}

/// Measures the clock in the background. Clones share one measurement.
#[derive(Debug, Clone)]
pub struct TimeCheck {
    config: Arc<ClockConfig>,
    newest: Arc<Mutex<Option<Measured>>>,
}

impl TimeCheck {
    /// One that asks nobody yet.
    pub fn new(config: ClockConfig) -> Self {
        Self { config: Arc::new(config), newest: Arc::default() }
    }

    /// Asks the servers on a thread of its own until `stop`; without servers there is nothing to do.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(&self, stop: CancellationToken) -> std::io::Result<()> {
        if self.config.servers.is_empty() {
            return Ok(());
        }
        let this = self.clone();
        thread::Builder::new().name("clock".into()).spawn(move || this.run(&stop)).map(drop)
    }

    fn run(&self, stop: &CancellationToken) {
        let step = Duration::from_millis(200);
        while !stop.is_cancelled() {
            self.look();
            let next = Instant::now() + Duration::from_secs(self.config.every_s);
            while Instant::now() < next && !stop.is_cancelled() {
                thread::sleep(step);
            }
        }
    }

    /// Asks every server once. A round without any good answer leaves the last one to grow old.
    pub fn look(&self) {
        let timeout = Duration::from_millis(self.config.timeout_ms);
        let client = SntpClient::with_config(SntpConfig::default().timeout(timeout));
        let mut answers: Vec<(f64, f64)> =
            self.config.servers.iter().filter_map(|server| ask(&client, server)).collect();
        answers.sort_by(|one, other| one.0.total_cmp(&other.0));
        let Some(&(offset_ms, uncertainty_ms)) = answers.get(answers.len() / 2) else { return };
        let measured = Measured { offset_ms, uncertainty_ms, at: Instant::now() };
        *self.newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(measured);
    }

    fn fresh(&self) -> Option<Measured> {
        let stale = Duration::from_secs(self.config.stale_s);
        self.newest
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .filter(|measured| measured.at.elapsed() <= stale)
    }

    /// The clock as an event tells it: what was measured, or `kernel` where no server is configured. Where servers are configured
    /// and none has answered lately, nobody knows: that is what is said.
    pub fn at(&self, kernel: impl FnOnce() -> ClockAt) -> ClockAt {
        if self.config.servers.is_empty() {
            return kernel();
        }
        match self.fresh() {
            Some(measured) => ClockAt {
                synchronised: true,
                offset_ms: Some(measured.offset_ms.round() as i64),
                camera_offset_ms: None,
            },
            None => ClockAt { synchronised: false, offset_ms: None, camera_offset_ms: None },
        }
    }

    /// Largest error of the clock, milliseconds: offset and the uncertainty of measuring it. None without a fresh measurement.
    pub fn max_error_ms(&self) -> Option<u64> {
        self.fresh().map(|measured| (measured.offset_ms.abs() + measured.uncertainty_ms).ceil() as u64)
    }

    /// Whether servers are configured.
    pub fn measures(&self) -> bool {
        !self.config.servers.is_empty()
    }
}

/// Offset (agent minus true) and uncertainty by one server, milliseconds.
fn ask(client: &SntpClient, server: &str) -> Option<(f64, f64)> {
    match client.synchronize(server) {
        Ok(answer) if answer.leap_indicator() == LeapIndicator::AlarmCondition => {
            tracing::warn!(server, "the time server says that it does not know the time itself");
            None
        }
        Ok(answer) => Some((
            -answer.clock_offset().as_secs_f64() * 1_000.0,
            answer.round_trip_delay().as_secs_f64().abs() * 500.0,
        )),
        Err(error) => {
            tracing::warn!(server, %error, "the time server gave no answer");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use promises::time_server::TimeServer;

    fn kernel() -> ClockAt {
        ClockAt { synchronised: true, offset_ms: Some(0), camera_offset_ms: None }
    }

    fn check(servers: Vec<String>) -> TimeCheck {
        TimeCheck::new(ClockConfig { servers, timeout_ms: 300, ..ClockConfig::default() })
    }

    #[test]
    fn without_servers_the_kernel_is_believed() {
        let check = check(Vec::new());
        assert_eq!(check.at(kernel), kernel());
        assert!(!check.measures());
    }

    #[test]
    fn a_clock_that_is_ahead_is_measured_so() {
        let server = TimeServer::start(-2_500).unwrap();
        let check = check(vec![server.address().to_string()]);
        assert_eq!(
            check.at(kernel),
            ClockAt { synchronised: false, offset_ms: None, camera_offset_ms: None }
        );
        check.look();
        let clock = check.at(kernel);
        assert!(clock.synchronised);
        let offset = clock.offset_ms.unwrap();
        assert!((2_300..=2_700).contains(&offset), "{offset}");
        assert!(check.max_error_ms().unwrap() >= 2_300);
    }

    #[test]
    fn one_server_that_is_far_off_does_not_decide() {
        let good = [TimeServer::start(0).unwrap(), TimeServer::start(10).unwrap()];
        let wrong = TimeServer::start(3_600_000).unwrap();
        let servers = good.iter().chain([&wrong]).map(|server| server.address().to_string()).collect();
        let check = check(servers);
        check.look();
        let offset = check.at(kernel).offset_ms.unwrap();
        assert!(offset.abs() < 300, "{offset}");
    }

    #[test]
    fn a_server_that_is_not_there_means_that_nobody_knows() {
        let address = TimeServer::start(0).unwrap().address().to_string();
        let check = check(vec![address]);
        check.look();
        assert_eq!(check.at(kernel).offset_ms, None);
        assert!(!check.at(kernel).synchronised);
    }

    #[test]
    fn an_old_measurement_says_nothing_any_more() {
        let server = TimeServer::start(0).unwrap();
        let servers = vec![server.address().to_string()];
        let check =
            TimeCheck::new(ClockConfig { servers, stale_s: 0, timeout_ms: 300, ..ClockConfig::default() });
        check.look();
        thread::sleep(Duration::from_millis(5));
        assert!(!check.at(kernel).synchronised);
    }

    #[test]
    fn every_problem_of_the_section_is_told() {
        let bad = ClockConfig { servers: vec![" ".into()], every_s: 0, stale_s: 0, timeout_ms: 1 };
        assert_eq!(bad.problems().len(), 3);
        assert!(ClockConfig::default().problems().is_empty());
    }
}
