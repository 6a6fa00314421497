//! The most probable text of a shape, and the probability of all texts of a shape.

use super::CharChoice;
use super::steps::{Expected, Line, N, Step, log};

/// Paths over (slots filled, last character or "nothing since").
pub(super) struct Trellis<'a> {
    steps: &'a [Step],
    shape: &'a [Expected],
    /// Per step, state → (log-probability, previous state).
    scores: Vec<Vec<(f32, u32)>>,
}

/// State of slot `i` holding `symbol`; `rest(i)` is "i slots filled, nothing here".
fn at(slot: usize, symbol: usize) -> usize {
    slot * (N + 1) + symbol + 1
}

fn rest(filled: usize) -> usize {
    filled * (N + 1)
}

impl<'a> Trellis<'a> {
    pub(super) fn new(steps: &'a [Step], shape: &'a [Expected]) -> Self {
        Self { steps, shape, scores: Vec::with_capacity(steps.len()) }
    }

    /// The most probable path (Viterbi).
    pub(super) fn best(mut self) -> Option<Line> {
        let slots = self.shape.len();
        if slots == 0 || self.steps.len() < slots {
            return None;
        }
        let states = rest(slots) + 1;
        let mut now = vec![(f32::NEG_INFINITY, 0u32); states];
        now[rest(0)] = (0.0, 0);
        for step in self.steps {
            let before = now;
            now = vec![(f32::NEG_INFINITY, 0); states];
            self.advance(step, &before, &mut now);
            self.scores.push(now.clone());
        }
        let end = (rest(slots)..=rest(slots))
            .chain((0..N).map(|c| at(slots - 1, c)))
            .max_by(|a, b| now[*a].0.total_cmp(&now[*b].0))?;
        now[end].0.is_finite().then(|| self.trace(end, now[end].0))
    }

    fn advance(&self, step: &Step, before: &[(f32, u32)], now: &mut [(f32, u32)]) {
        let raise = |cell: &mut (f32, u32), score: f32, from: usize| {
            if score > cell.0 {
                *cell = (score, from as u32);
            }
        };
        let nothing = log(step.nothing());
        raise(&mut now[rest(0)], before[rest(0)].0 + nothing, rest(0));
        for (slot, kind) in self.shape.iter().enumerate() {
            // The two best ways to have filled the slots before, so that a repeat can take the other one.
            let mut ways = [(f32::NEG_INFINITY, N, rest(slot)); 2];
            if slot > 0 {
                for c in 0..N {
                    let way = (before[at(slot - 1, c)].0, c, at(slot - 1, c));
                    if way.0 > ways[0].0 {
                        ways = [way, ways[0]];
                    } else if way.0 > ways[1].0 {
                        ways[1] = way;
                    }
                }
            }
            for symbol in (0..N).filter(|c| kind[*c] > 0.0) {
                let p = log(step.symbols[symbol]);
                let here = at(slot, symbol);
                raise(&mut now[here], before[here].0 + p, here);
                // What is expected here counts once, when the character begins.
                let p = p + kind[symbol].ln();
                raise(&mut now[here], before[rest(slot)].0 + p, rest(slot));
                let way = if ways[0].1 == symbol { ways[1] } else { ways[0] };
                raise(&mut now[here], way.0 + p, way.2);
                raise(&mut now[rest(slot + 1)], before[here].0 + nothing, here);
            }
            raise(&mut now[rest(slot + 1)], before[rest(slot + 1)].0 + nothing, rest(slot + 1));
        }
    }

    /// The sum over all paths.
    pub(super) fn mass(&self) -> f64 {
        let slots = self.shape.len();
        if slots == 0 {
            return self.steps.iter().map(|s| f64::from(s.nothing())).product();
        }
        let mut rest = vec![0.0f64; slots + 1];
        let mut held = vec![[0.0f64; N]; slots];
        rest[0] = 1.0;
        for step in self.steps {
            let (rest_before, held_before) = (rest.clone(), held.clone());
            let sums: Vec<f64> = held_before.iter().map(|h| h.iter().sum()).collect();
            let nothing = f64::from(step.nothing());
            for filled in 0..=slots {
                let ended = if filled > 0 { sums[filled - 1] } else { 0.0 };
                rest[filled] = (rest_before[filled] + ended) * nothing;
            }
            for (slot, kind) in self.shape.iter().enumerate() {
                for symbol in (0..N).filter(|c| kind[*c] > 0.0) {
                    let other = if slot > 0 { sums[slot - 1] - held_before[slot - 1][symbol] } else { 0.0 };
                    let begins = (rest_before[slot] + other.max(0.0)) * f64::from(kind[symbol]);
                    held[slot][symbol] =
                        (held_before[slot][symbol] + begins) * f64::from(step.symbols[symbol]);
                }
            }
        }
        rest[slots] + held[slots - 1].iter().sum::<f64>()
    }

    fn trace(&self, end: usize, log_probability: f32) -> Line {
        let mut slots: Vec<Option<CharChoice>> = vec![None; self.shape.len()];
        let mut state = end;
        for (step, scores) in self.steps.iter().zip(&self.scores).rev() {
            let (slot, symbol) = (state / (N + 1), state % (N + 1));
            if symbol > 0 && slots[slot].as_ref().is_none_or(|c| c.prob < step.symbols[symbol - 1]) {
                slots[slot] = Some(step.choice(symbol - 1));
            }
            state = scores[state].1 as usize;
        }
        let characters: Vec<CharChoice> = slots.into_iter().flatten().collect();
        let text: String = characters.iter().map(|c| c.best).collect();
        Line { raw: text.clone(), text, characters, log_probability }
    }
}
