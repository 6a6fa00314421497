//! What a barrier's words and silences mean, given what it was told. Pure: time is an argument.

use jiff::Timestamp;
use wire::gate::BarrierWord;

use super::{Command, Heard, Position};

/// What a barrier may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Time it has to open, milliseconds.
    pub open_within_ms: u32,
    /// Open for longer without being held is a fault, seconds.
    pub held_after_s: u32,
    /// Whether it says where it is.
    pub feedback: bool,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It is open now.
    Opened,
    /// It is closed now.
    Closed,
    /// It did not open within its time.
    Failed,
    /// It opened although nobody told it to.
    Forced,
    /// It has been open for too long: seconds.
    Held(u32),
    /// There is no connection to it.
    Lost,
}

/// One barrier over time.
#[derive(Debug, Clone)]
pub struct Follow {
    limits: Limits,
    word: BarrierWord,
    position: Option<Position>,
    told_at: Option<Timestamp>,
    expected: bool,
    held: bool,
    open_since: Option<Timestamp>,
    told_held: bool,
}

impl Follow {
    /// Nothing is known of it.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            word: BarrierWord::Idle,
            position: None,
            told_at: None,
            expected: false,
            held: false,
            open_since: None,
            told_held: false,
        }
    }

    /// What it said last.
    pub fn word(&self) -> BarrierWord {
        self.word
    }

    /// Whether it is open, as far as is known.
    pub fn is_open(&self) -> bool {
        matches!(self.word, BarrierWord::Opened | BarrierWord::Held | BarrierWord::Forced)
    }

    /// It was told something.
    pub fn told(&mut self, now: Timestamp, command: Command) {
        match command {
            Command::Open | Command::Hold => {
                self.held = self.held || command == Command::Hold;
                self.expected = true;
                self.told_at = Some(now);
                if !self.is_open() {
                    self.word = BarrierWord::Commanded;
                } else if self.held {
                    self.word = BarrierWord::Held;
                }
                // Open again counts from here.
                self.open_since = self.open_since.map(|_| now);
                self.told_held = false;
            }
            Command::Close | Command::Release => {
                self.held = false;
                self.told_at = None;
                if self.word == BarrierWord::Held {
                    self.word = BarrierWord::Opened;
                }
                if !self.limits.feedback {
                    self.word = BarrierWord::Closed;
                }
                self.open_since = self.open_since.map(|_| now);
            }
        }
    }

    /// It was heard.
    pub fn heard(&mut self, now: Timestamp, heard: Heard) -> Vec<Noted> {
        let before = self.position;
        match heard {
            Heard::Unreachable => {
                let known = self.word == BarrierWord::Unreachable;
                (self.word, self.position) = (BarrierWord::Unreachable, None);
                let failed = self.told_at.take().map(|_| Noted::Failed);
                (!known).then_some(Noted::Lost).into_iter().chain(failed).collect()
            }
            Heard::At(position) => {
                self.position = Some(position);
                match position {
                    Position::Open if before != Some(Position::Open) => self.opened(now, before),
                    Position::Closed if before != Some(Position::Closed) => self.closed(now),
                    Position::Moving if self.word == BarrierWord::Unreachable => {
                        self.word = BarrierWord::Commanded;
                        Vec::new()
                    }
                    _ => Vec::new(),
                }
            }
        }
    }

    /// Time passed.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Noted> {
        let passed_ms = |since: Timestamp| now.duration_since(since).as_millis();
        if self.word == BarrierWord::Commanded
            && let Some(told_at) = self.told_at
        {
            if !self.limits.feedback {
                // It never says: what it was told is taken as done.
                self.word = if self.held { BarrierWord::Held } else { BarrierWord::Commanded };
                if !self.held && passed_ms(told_at) > i128::from(self.limits.open_within_ms) {
                    self.word = BarrierWord::Idle;
                    self.told_at = None;
                }
            } else if passed_ms(told_at) > i128::from(self.limits.open_within_ms) {
                self.word = BarrierWord::NotOpened;
                self.told_at = None;
                return vec![Noted::Failed];
            }
        }
        let too_long = |since: Timestamp| passed_ms(since) > i128::from(self.limits.held_after_s) * 1000;
        if !self.held
            && !self.told_held
            && let Some(since) = self.open_since
            && too_long(since)
        {
            self.told_held = true;
            return vec![Noted::Held(u32::try_from(passed_ms(since) / 1000).unwrap_or(u32::MAX))];
        }
        Vec::new()
    }

    fn opened(&mut self, now: Timestamp, before: Option<Position>) -> Vec<Noted> {
        self.open_since = Some(now);
        self.told_held = false;
        // One that was open when it was first heard of may have been opened before this agent started.
        let forced = !self.expected && !self.held && before.is_some();
        self.word = match (self.held, forced) {
            (true, _) => BarrierWord::Held,
            (_, true) => BarrierWord::Forced,
            _ => BarrierWord::Opened,
        };
        if forced { vec![Noted::Forced] } else { vec![Noted::Opened] }
    }

    fn closed(&mut self, now: Timestamp) -> Vec<Noted> {
        let was_open = self.open_since.take().is_some();
        // A word from before the command must not undo it.
        let just_told = self.told_at.is_some_and(|told_at| {
            now.duration_since(told_at).as_millis() <= i128::from(self.limits.open_within_ms)
        });
        if just_told {
            self.word = BarrierWord::Commanded;
        } else {
            self.expected = false;
            self.word = BarrierWord::Closed;
        }
        if was_open { vec![Noted::Closed] } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    const LIMITS: Limits = Limits { open_within_ms: 2000, held_after_s: 30, feedback: true };

    fn at(ms: i64) -> Timestamp {
        "2026-11-21T00:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_millis(ms)
    }

    fn closed() -> Follow {
        let mut follow = Follow::new(LIMITS);
        follow.heard(at(0), Heard::At(Position::Closed));
        follow
    }

    #[test]
    fn told_opened_closed() {
        let mut follow = closed();
        follow.told(at(100), Command::Open);
        assert_eq!(follow.word(), BarrierWord::Commanded);
        assert_eq!(follow.heard(at(150), Heard::At(Position::Moving)), []);
        assert_eq!(follow.heard(at(900), Heard::At(Position::Open)), [Noted::Opened]);
        assert_eq!(follow.tick(at(5000)), []);
        assert_eq!(follow.heard(at(6000), Heard::At(Position::Closed)), [Noted::Closed]);
        assert_eq!(follow.word(), BarrierWord::Closed);
    }

    #[test]
    fn one_that_does_not_open_is_told_once() {
        let mut follow = closed();
        follow.told(at(0), Command::Open);
        assert_eq!(follow.tick(at(1999)), []);
        assert_eq!(follow.tick(at(2001)), [Noted::Failed]);
        assert_eq!(follow.tick(at(9000)), []);
        assert_eq!(follow.word(), BarrierWord::NotOpened);
        // Late, but told: not forced.
        assert_eq!(follow.heard(at(9100), Heard::At(Position::Open)), [Noted::Opened]);
    }

    #[test]
    fn one_that_opens_by_itself_was_forced_and_after_a_passage_too() {
        let mut follow = closed();
        assert_eq!(follow.heard(at(10), Heard::At(Position::Moving)), []);
        assert_eq!(follow.heard(at(20), Heard::At(Position::Open)), [Noted::Forced]);
        follow.heard(at(3000), Heard::At(Position::Closed));
        follow.told(at(4000), Command::Open);
        follow.heard(at(5000), Heard::At(Position::Open));
        follow.heard(at(9000), Heard::At(Position::Closed));
        assert_eq!(follow.heard(at(10_000), Heard::At(Position::Open)), [Noted::Forced]);
    }

    #[test]
    fn one_that_is_open_at_the_start_was_not_forced() {
        let mut follow = Follow::new(LIMITS);
        assert_eq!(follow.heard(at(0), Heard::At(Position::Open)), [Noted::Opened]);
    }

    #[test]
    fn open_for_too_long_is_told_once_unless_it_is_held() {
        let mut follow = closed();
        follow.told(at(0), Command::Open);
        follow.heard(at(500), Heard::At(Position::Open));
        assert_eq!(follow.tick(at(30_400)), []);
        assert_eq!(follow.tick(at(31_000)), [Noted::Held(30)]);
        assert_eq!(follow.tick(at(60_000)), []);
        let mut follow = closed();
        follow.told(at(0), Command::Hold);
        follow.heard(at(500), Heard::At(Position::Open));
        assert_eq!((follow.tick(at(99_000)), follow.word()), (vec![], BarrierWord::Held));
        follow.told(at(100_000), Command::Release);
        assert_eq!(follow.tick(at(120_000)), []);
        assert_eq!(follow.tick(at(131_000)), [Noted::Held(31)]);
    }

    #[test]
    fn a_lost_connection_is_told_once_and_what_comes_after_is_not_forced() {
        let mut follow = closed();
        assert_eq!(follow.heard(at(10), Heard::Unreachable), [Noted::Lost]);
        assert_eq!(follow.heard(at(20), Heard::Unreachable), []);
        assert_eq!(follow.heard(at(30), Heard::At(Position::Open)), [Noted::Opened]);
    }

    #[test]
    fn a_closed_that_was_on_its_way_does_not_undo_a_command() {
        let mut follow = closed();
        follow.told(at(0), Command::Open);
        follow.heard(at(600), Heard::At(Position::Open));
        follow.told(at(5000), Command::Open);
        assert_eq!(follow.heard(at(5100), Heard::At(Position::Closed)), [Noted::Closed]);
        assert_eq!(follow.heard(at(6000), Heard::At(Position::Open)), [Noted::Opened]);
    }

    #[test]
    fn a_barrier_that_never_says_anything_is_believed() {
        let mut follow = Follow::new(Limits { feedback: false, ..LIMITS });
        follow.told(at(0), Command::Open);
        assert_eq!((follow.tick(at(1000)), follow.word()), (vec![], BarrierWord::Commanded));
        assert_eq!((follow.tick(at(2500)), follow.word()), (vec![], BarrierWord::Idle));
        follow.told(at(3000), Command::Hold);
        follow.tick(at(3001));
        assert_eq!(follow.word(), BarrierWord::Held);
    }
}
