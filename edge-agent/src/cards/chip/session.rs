//! What to do about each line of a reader and about each silence: decides, does no IO.

use jiff::civil::Date;
use wire::identity::{CitizenNumber, PassiveAuthentication, ProofError};
use zeroize::Zeroizing;

use super::VERSION;
use super::protocol::{ChipFault, Holder, Line, ReaderState, Request, Say};
use crate::cards::{ReaderError, Scan, SeenCard};

/// How long is too long.
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// For one card, milliseconds.
    pub read_ms: u64,
    /// Without any line, milliseconds.
    pub silent_ms: u64,
}

/// What follows from a line or a silence.
#[derive(Debug, Default)]
pub struct Step {
    /// To be sent.
    pub request: Option<Request>,
    /// To be delivered.
    pub scan: Option<Scan>,
}

/// One connection to a reader.
#[derive(Debug)]
pub struct Session {
    timeouts: Timeouts,
    heard_ms: u64,
    /// The read that is under way: its id, and since when.
    reading: Option<(u64, u64)>,
    /// The card that lies there was dealt with; it has to go before another is read.
    dealt_with: bool,
    next_id: u64,
    torn: u64,
}

impl Session {
    /// Begins at `now_ms`; say [`Request::Hello`] first.
    pub fn new(timeouts: Timeouts, now_ms: u64) -> Self {
        Self { timeouts, heard_ms: now_ms, reading: None, dealt_with: false, next_id: 1, torn: 0 }
    }

    /// A line came.
    ///
    /// # Errors
    /// [`ReaderError::Version`].
    pub fn hear(&mut self, line: &[u8], now_ms: u64, today: Date) -> Result<Step, ReaderError> {
        self.heard_ms = now_ms;
        let Ok(line) = serde_json::from_slice::<Line>(line) else {
            // Half a line after a reconnection or a disturbed cable. What it was about runs into its timeout.
            self.torn += 1;
            return Ok(Step::default());
        };
        match line.say {
            Say::Hello => match line.v {
                Some(VERSION) => Ok(Step::default()),
                other => Err(ReaderError::Version(other.unwrap_or(0))),
            },
            Say::Beat | Say::State => {
                Ok(line.state.map_or_else(Step::default, |state| self.state(state, now_ms)))
            }
            Say::Done | Say::Failed if self.reading.map(|(id, _)| id) != line.id => Ok(Step::default()),
            Say::Done => Ok(self.settled(done(line, today))),
            Say::Failed => Ok(self.settled(Scan::Fault(line.why.unwrap_or(ChipFault::Other)))),
            Say::Unknown => Ok(Step::default()),
        }
    }

    /// Time passed.
    ///
    /// # Errors
    /// [`ReaderError::Silent`].
    pub fn tick(&mut self, now_ms: u64) -> Result<Step, ReaderError> {
        if now_ms.saturating_sub(self.heard_ms) > self.timeouts.silent_ms {
            return Err(ReaderError::Silent(self.timeouts.silent_ms / 1000));
        }
        match self.reading {
            Some((id, since)) if now_ms.saturating_sub(since) > self.timeouts.read_ms => {
                let step = self.settled(Scan::Fault(ChipFault::Timeout));
                Ok(Step { request: Some(Request::Cancel { id }), ..step })
            }
            _ => Ok(Step::default()),
        }
    }

    /// Lines that were no JSON.
    pub fn torn(&self) -> u64 {
        self.torn
    }

    fn state(&mut self, state: ReaderState, now_ms: u64) -> Step {
        match state {
            ReaderState::Idle => {
                self.dealt_with = false;
                // It forgot about the read, by a restart perhaps.
                let lost = self.reading.is_some_and(|(_, since)| now_ms.saturating_sub(since) > 1500);
                if lost { self.settled(Scan::Fault(ChipFault::CardRemoved)) } else { Step::default() }
            }
            ReaderState::CardPresent if self.reading.is_none() && !self.dealt_with => {
                let id = self.next_id;
                self.next_id += 1;
                self.reading = Some((id, now_ms));
                Step { request: Some(Request::Read { id }), scan: None }
            }
            ReaderState::CardPresent | ReaderState::Reading => Step::default(),
        }
    }

    fn settled(&mut self, scan: Scan) -> Step {
        self.reading = None;
        self.dealt_with = !matches!(scan, Scan::Fault(ChipFault::CardRemoved | ChipFault::NoCard));
        Step { request: None, scan: Some(scan) }
    }
}

/// A card that was read, or why it counts for nothing: data that are not authentic are not shown at all.
fn done(line: Line, today: Date) -> Scan {
    let (Some(mut holder), Some(passive)) = (line.holder, line.passive) else {
        return Scan::Fault(ChipFault::BadAnswer);
    };
    let Some((number, born)) = number_and_birth(&holder, today) else {
        return Scan::Fault(ChipFault::BadAnswer);
    };
    match PassiveAuthentication::from_report(&number, &passive) {
        Ok(proof) => {
            let name = Zeroizing::new(std::mem::take(&mut holder.name));
            Scan::Card(Box::new(SeenCard::by_chip(number, name, born, holder.gender, &proof)))
        }
        Err(ProofError::UnknownAuthority) => Scan::Fault(ChipFault::UnknownAuthority),
        Err(_) => Scan::Fault(ChipFault::NotAuthentic),
    }
}

fn number_and_birth(holder: &Holder, today: Date) -> Option<(CitizenNumber, Date)> {
    let number = CitizenNumber::parse(&holder.number, today).ok()?;
    let born: Date = holder.born.parse().ok()?;
    (born <= today && !holder.name.trim().is_empty()).then_some((number, born))
}
