//! From frames to what the signal shows: evidence over time, the order of phases, flashing, and doubt. Pure.
//!
//! Evidence of single frames is summed with a short memory. A change in the usual order (green → yellow → red → green) is
//! believed quickly; one out of order, or sooner than any signal changes, needs longer and is *unknown* meanwhile. Lamps
//! that go dark and light up again in turn are flashing. Without clear evidence the signal is unknown, never what it was.

use std::collections::VecDeque;

use wire::LampState;

use super::config::SignalTiming;
use super::head::StateScores;

const STATES: [LampState; 4] = [LampState::Red, LampState::Yellow, LampState::Green, LampState::Off];
/// Evidence halves its weight in about two thirds of this, seconds.
const MEMORY_S: f64 = 0.3;
/// Frames closer together than this are not independent looks, seconds.
const LOOK_S: f64 = 0.1;
/// Belief from which evidence is clear.
const CLEAR: f32 = 0.9;
/// The same for one frame alone, when flashes are looked for.
const CLEAR_FRAME: f32 = 0.7;
/// One frame may speak against a state by no more than this factor: any frame can be a bad one.
const LEAST: f32 = 0.02;
/// A flash and the dark between two of them last at least and at most this long, seconds.
const FLASH_S: (f64, f64) = (0.15, 1.2);
/// Changes between lit and dark, one after the other, that make flashing.
const FLASHES: usize = 4;
/// Longer than this without a frame, and nothing from before counts, seconds.
const GAP_S: f64 = 3.0;

/// What a signal shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shown {
    /// The state.
    pub state: LampState,
    /// Whether its lamp flashes.
    pub flashing: bool,
    /// Since when, stream seconds; none when the change was not seen.
    pub since_s: Option<f64>,
    /// Belief in the state, `0..=1`.
    pub score: f32,
}

impl Shown {
    const NOTHING: Self = Self { state: LampState::Unknown, flashing: false, since_s: None, score: 0.0 };
}

/// Follows one signal.
#[derive(Debug, Clone)]
pub struct SignalState {
    timing: SignalTiming,
    shown: Shown,
    evidence: [f32; 4],
    time_s: Option<f64>,
    /// When evidence was last clear, whatever for.
    clear_s: f64,
    /// Something else than what is shown: what, since when, in how many frames.
    candidate: Option<(LampState, f64, u32)>,
    /// What single frames have shown without interruption: what, since when, in how many.
    streak: Option<(LampState, f64, u32)>,
    /// Latest clear frame, and the moments at which one lamp went on or off.
    frame: Option<LampState>,
    toggles: VecDeque<(f64, LampState)>,
}

impl SignalState {
    /// A signal of which nothing is known.
    pub fn new(timing: SignalTiming) -> Self {
        Self {
            timing,
            shown: Shown::NOTHING,
            evidence: [0.0; 4],
            time_s: None,
            clear_s: f64::NEG_INFINITY,
            candidate: None,
            streak: None,
            frame: None,
            toggles: VecDeque::new(),
        }
    }

    /// What it shows, as of the latest update.
    pub fn shown(&self) -> Shown {
        self.shown
    }

    /// Takes one frame: how likely each state is in it, or `None` when the signal is not in view.
    /// A time that does not advance changes nothing.
    pub fn update(&mut self, time_s: f64, scores: Option<&StateScores>) -> Shown {
        let before = self.time_s.unwrap_or(time_s - LOOK_S);
        if !time_s.is_finite() || time_s <= before {
            return self.shown;
        }
        let dt = time_s - before;
        self.time_s = Some(time_s);
        if dt > GAP_S {
            *self = Self { time_s: Some(time_s), ..Self::new(self.timing) };
        }
        let keep = (-dt / MEMORY_S).exp() as f32;
        self.evidence.iter_mut().for_each(|e| *e *= keep);
        if let Some(scores) = scores {
            let weight = (dt / LOOK_S).min(1.0) as f32;
            for (evidence, state) in self.evidence.iter_mut().zip(STATES) {
                *evidence += weight * scores.of(state).max(LEAST).ln();
            }
            let (state, score) = largest(STATES.map(|state| scores.of(state)));
            self.streak = match self.streak {
                _ if score < 0.5 => None,
                Some((same, since_s, frames)) if same == state => Some((same, since_s, frames + 1)),
                _ => Some((state, time_s, 1)),
            };
            self.watch_flashes(time_s, scores);
            self.conclude(time_s);
        }
        if time_s - self.clear_s > f64::from(self.timing.doubt_s) {
            self.doubt(time_s);
        }
        self.shown
    }

    fn conclude(&mut self, time_s: f64) {
        let (state, belief) = self.best();
        if self.shown.flashing {
            // Lit or dark, both belong to it; another colour does not.
            if belief >= CLEAR && (state == self.shown.state || state == LampState::Off) {
                (self.clear_s, self.shown.score, self.candidate) = (time_s, belief, None);
                return;
            }
        }
        if belief < CLEAR {
            return;
        }
        self.clear_s = time_s;
        if state == self.shown.state {
            (self.shown.score, self.candidate) = (belief, None);
            return;
        }
        let (since_s, frames) = match self.candidate {
            Some((same, since_s, frames)) if same == state => (since_s, frames + 1),
            // The sum of evidence turns later than the frames do.
            _ => match self.streak {
                Some((same, since_s, frames)) if same == state => (since_s, frames),
                _ => (time_s, 1),
            },
        };
        self.candidate = Some((state, since_s, frames));
        let seen_s = time_s - since_s;
        if frames >= 2 && seen_s >= self.needed_s(state, since_s) {
            // A change is seen when what was before it was seen too.
            let known = self.shown.state != LampState::Unknown || self.shown.since_s.is_some();
            self.shown = Shown { state, flashing: false, since_s: known.then_some(since_s), score: belief };
            self.candidate = None;
        } else if state != LampState::Off && seen_s >= f64::from(self.timing.confirm_s) {
            // Something else is surely lit: what was shown before must not be said any more.
            self.unknown(since_s);
        }
    }

    /// How long `next` must be seen to be believed.
    fn needed_s(&self, next: LampState, since_s: f64) -> f64 {
        let t = &self.timing;
        let (usual, least_s) = match (self.shown.state, next) {
            (_, LampState::Off) => return f64::from(t.off_s),
            (LampState::Green, LampState::Yellow) => (true, t.least_green_s),
            (LampState::Yellow, LampState::Red) => (true, t.least_yellow_s),
            (LampState::Red, LampState::Green) => (true, t.least_red_s),
            // What was unknown or dark may turn into anything.
            (LampState::Unknown | LampState::Off, _) => (self.candidate_is_usual(), 0.0),
            _ => (false, 0.0),
        };
        let early = self.shown.since_s.is_some_and(|began| since_s - began < f64::from(least_s));
        f64::from(if usual && !early { t.confirm_s } else { t.unusual_s })
    }

    /// A candidate that made the signal unknown because it came out of order still needs its full time.
    fn candidate_is_usual(&self) -> bool {
        self.shown.state == LampState::Off || self.shown.since_s.is_none()
    }

    fn watch_flashes(&mut self, time_s: f64, scores: &StateScores) {
        let (state, score) = largest(STATES.map(|state| scores.of(state)));
        if score < CLEAR_FRAME {
            return;
        }
        if let Some(before) = self.frame.replace(state)
            && before != state
        {
            let lamp = if state == LampState::Off { before } else { state };
            let fits = state == LampState::Off || before == LampState::Off;
            let rhythm = self
                .toggles
                .back()
                .is_none_or(|&(at, same)| same == lamp && (FLASH_S.0..=FLASH_S.1).contains(&(time_s - at)));
            if !fits || !rhythm {
                self.toggles.clear();
            }
            if fits {
                self.toggles.push_back((time_s, lamp));
            }
        }
        while self.toggles.len() > 2 * FLASHES {
            self.toggles.pop_front();
        }
        if self.toggles.back().is_some_and(|&(at, _)| time_s - at > FLASH_S.1 + 0.3) {
            self.toggles.clear();
            if self.shown.flashing {
                self.unknown(time_s);
            }
        }
        if let Some(&(first_s, lamp)) = self.toggles.front()
            && self.toggles.len() >= FLASHES
            && !(self.shown.flashing && self.shown.state == lamp)
        {
            self.shown =
                Shown { state: lamp, flashing: true, since_s: Some(first_s), score: score.max(CLEAR_FRAME) };
            (self.clear_s, self.candidate) = (time_s, None);
        }
    }

    fn doubt(&mut self, time_s: f64) {
        if self.shown.state != LampState::Unknown {
            self.unknown(time_s);
        }
        self.shown.since_s = None;
        self.candidate = None;
        self.toggles.clear();
        (self.streak, self.frame) = (None, None);
    }

    fn unknown(&mut self, since_s: f64) {
        self.shown = Shown { since_s: Some(since_s), ..Shown::NOTHING };
    }

    fn best(&self) -> (LampState, f32) {
        let most = self.evidence.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let parts = self.evidence.map(|e| (e - most).exp());
        let sum: f32 = parts.iter().sum();
        largest(parts.map(|p| p / sum))
    }
}

fn largest(scores: [f32; 4]) -> (LampState, f32) {
    let mut best = 0;
    for n in 1..4 {
        if scores[n] > scores[best] {
            best = n;
        }
    }
    (STATES[best], scores[best])
}
