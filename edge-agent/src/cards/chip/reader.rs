//! A chip reader at the end of a cable.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use zeroize::{Zeroize as _, Zeroizing};

use super::protocol::Request;
use super::session::{Session, Step, Timeouts};
use super::{MAX_LINE, VERSION};
use crate::cards::{CardSource, Frames, Port, ReaderError, Scan, today};

/// How often time is looked at while nothing comes.
const TICK: Duration = Duration::from_millis(100);

/// One connection: opened anew after an error.
#[derive(Debug)]
pub struct ChipReader {
    port: Port,
    lines: Frames,
    session: Session,
    start: Instant,
    greeted: bool,
    ready: VecDeque<Scan>,
}

impl ChipReader {
    /// Speaks the protocol over `port`.
    pub fn new(port: Port, timeouts: Timeouts) -> Self {
        Self {
            port,
            lines: Frames::new(MAX_LINE),
            session: Session::new(timeouts, 0),
            start: Instant::now(),
            greeted: false,
            ready: VecDeque::new(),
        }
    }

    fn now_ms(&self) -> u64 {
        self.start.elapsed().as_millis() as u64
    }

    fn take(&mut self, step: Step) -> Result<(), ReaderError> {
        self.ready.extend(step.scan);
        step.request.map_or(Ok(()), |request| self.send(request))
    }

    fn send(&mut self, request: Request) -> Result<(), ReaderError> {
        let mut line = serde_json::to_vec(&request).map_err(std::io::Error::other)?;
        line.push(b'\n');
        self.port.write(&line)
    }
}

impl CardSource for ChipReader {
    fn next(&mut self, wait: Duration) -> Result<Option<Scan>, ReaderError> {
        if !self.greeted {
            self.send(Request::Hello { v: VERSION })?;
            self.greeted = true;
        }
        let until = Instant::now() + wait;
        let mut buffer = Zeroizing::new([0u8; 4096]);
        loop {
            if let Some(scan) = self.ready.pop_front() {
                return Ok(Some(scan));
            }
            let left = until.saturating_duration_since(Instant::now());
            let read = self.port.read(&mut buffer[..], left.min(TICK))?;
            for line in self.lines.push(&buffer[..read]) {
                let step = self.session.hear(&line, self.now_ms(), today())?;
                self.take(step)?;
            }
            buffer.zeroize();
            let step = self.session.tick(self.now_ms())?;
            self.take(step)?;
            if left.is_zero() && self.ready.is_empty() {
                return Ok(None);
            }
        }
    }
}
