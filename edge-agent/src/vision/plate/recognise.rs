//! Reads one line of plate characters with PP-OCRv6 rec.
//!
//! The network knows thousands of characters; all but digits, Latin letters, `Đ` and separators are ignored. What is
//! left per step goes two ways: [`Steps::free`] takes the best character of each step (this is what the recogniser
//! "saw"), [`Steps::fitted`] finds the most probable text of a given shape, exactly, by dynamic programming.

use super::rectify::scaled;
use crate::vision::session::{Input, SessionPool};
use crate::vision::{Rgb, VisionError};

/// Height of the network's input.
const HEIGHT: u32 = 48;
/// Narrower lines are padded to this.
const MIN_WIDTH: u32 = 96;
/// Wider ones are squeezed to this.
const MAX_WIDTH: u32 = 480;
/// Characters that a plate can have.
const LETTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// `D` within [`LETTERS`].
const D: usize = 13;
/// Number of characters.
const N: usize = LETTERS.len();

/// One text line, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// What was seen, separators and `Đ` as they stand.
    pub raw: String,
    /// Characters of the canonical text (no separators, `Đ` as `D`).
    pub text: String,
    /// Confidence of each character of `text`, `0..=1`.
    pub characters: Vec<f32>,
    /// Log-probability of the best path that gives `raw`.
    pub log_probability: f32,
}

/// What a slot of a shape may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// 0–9.
    Digit,
    /// 1–9.
    Positive,
    /// A letter.
    Letter,
}

impl Slot {
    fn holds(self, symbol: usize) -> bool {
        match self {
            Self::Digit => symbol < 10,
            Self::Positive => (1..10).contains(&symbol),
            // I, J, O, Q and W are never issued.
            Self::Letter => symbol >= 10 && !b"IJOQW".contains(&LETTERS[symbol]),
        }
    }
}

/// What the network said at one step: probabilities that sum to at most one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    symbols: [f32; N],
    /// Of the `D`, the part that was `Đ`.
    barred: f32,
    /// A separator, by character.
    separator: (f32, char),
    /// Nothing here.
    blank: f32,
}

/// The network's answer for one line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Steps(Vec<Step>);

/// What a network class means to a plate.
#[derive(Debug, Clone, Copy)]
enum Class {
    Symbol(usize),
    Barred,
    Separator(char),
}

/// The recogniser's network and its character set.
#[derive(Debug)]
pub struct CharacterReader {
    pool: SessionPool,
    classes: Vec<(usize, Class)>,
}

impl CharacterReader {
    /// Reads the character set out of the model.
    ///
    /// # Errors
    /// [`VisionError::Inference`] when the model does not carry its character set.
    pub fn new(pool: SessionPool) -> Result<Self, VisionError> {
        let characters = pool.metadata("character").ok_or_else(|| VisionError::Inference {
            model: pool.id().to_owned(),
            reason: "the model has no metadata entry `character`".to_owned(),
        })?;
        // Class 0 is blank, the listed characters follow.
        let classes = characters
            .lines()
            .enumerate()
            .filter_map(|(i, c)| {
                let mut chars = c.chars();
                let (c, None) = (chars.next()?, chars.next()) else { return None };
                Some((i + 1, class_of(c)?))
            })
            .collect();
        Ok(Self { pool, classes })
    }

    /// The pool behind it.
    pub fn pool(&self) -> &SessionPool {
        &self.pool
    }

    /// Reads lines, each an upright cut of any size. One run per line.
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`].
    pub fn read(&self, line: &Rgb) -> Result<Steps, VisionError> {
        let wide = (line.width * HEIGHT).div_ceil(line.height.max(1)).clamp(16, MAX_WIDTH);
        let small = scaled(line, wide, HEIGHT)?;
        let width = wide.max(MIN_WIDTH).next_multiple_of(8) as usize;
        let mut tensor = vec![0.0f32; 3 * width * HEIGHT as usize];
        for (c, plane) in tensor.chunks_exact_mut(width * HEIGHT as usize).enumerate() {
            for (to, from) in plane.chunks_exact_mut(width).zip(small.data.chunks_exact(3 * wide as usize)) {
                for (value, pixel) in to.iter_mut().zip(from.chunks_exact(3)) {
                    *value = f32::from(pixel[2 - c]) / 127.5 - 1.0;
                }
            }
        }
        let shape = [1, 3, i64::from(HEIGHT), width as i64];
        self.pool.run(&[Input { name: "x", shape: &shape, data: &tensor }], |out| {
            let classes = out.shape.last().map_or(1, |n| (*n).max(1) as usize);
            Steps(out.data.chunks_exact(classes).map(|row| self.step(row)).collect())
        })
    }

    fn step(&self, row: &[f32]) -> Step {
        let mut step = Step { symbols: [0.0; N], barred: 0.0, separator: (0.0, '-'), blank: row[0] };
        for (at, class) in &self.classes {
            let p = row.get(*at).copied().unwrap_or(0.0);
            match class {
                Class::Symbol(s) => step.symbols[*s] += p,
                Class::Barred => {
                    step.symbols[D] += p;
                    step.barred += p;
                }
                Class::Separator(c) if p > step.separator.0 => step.separator = (p, *c),
                Class::Separator(_) => {}
            }
        }
        step
    }
}

fn class_of(c: char) -> Option<Class> {
    match c {
        'Đ' | 'đ' | '\u{D0}' | '\u{F0}' => Some(Class::Barred),
        '-' | '.' | '·' | ' ' => Some(Class::Separator(if c == '-' { '-' } else { '.' })),
        _ if c.is_ascii_alphanumeric() => {
            let upper = c.to_ascii_uppercase() as u8;
            LETTERS.iter().position(|l| *l == upper).map(Class::Symbol)
        }
        _ => None,
    }
}

impl Step {
    /// Probability that no character of the plate's text is here: blank or a separator.
    fn nothing(&self) -> f32 {
        self.blank + self.separator.0
    }
}

/// Floor of a probability in logarithms.
fn log(p: f32) -> f32 {
    p.max(1e-6).ln()
}

impl Steps {
    /// The best character of each step, repeats joined.
    pub fn free(&self) -> Line {
        let mut line = Line::default();
        let mut previous: Option<usize> = None;
        let mut separated = true;
        for step in &self.0 {
            let (best, p) = step
                .symbols
                .iter()
                .copied()
                .enumerate()
                .fold((0, 0.0f32), |m, (i, p)| if p > m.1 { (i, p) } else { m });
            if step.blank >= p && step.blank >= step.separator.0 {
                previous = None;
                line.log_probability += log(step.blank);
            } else if step.separator.0 > p {
                if !separated {
                    line.raw.push(step.separator.1);
                    separated = true;
                }
                previous = None;
                line.log_probability += log(step.separator.0);
            } else {
                line.log_probability += log(p);
                if previous == Some(best) {
                    if let Some(c) = line.characters.last_mut() {
                        *c = c.max(p);
                    }
                    continue;
                }
                let barred = best == D && step.barred > 0.5 * p;
                line.raw.push(if barred { 'Đ' } else { LETTERS[best] as char });
                line.text.push(LETTERS[best] as char);
                line.characters.push(p);
                separated = false;
                previous = Some(best);
            }
        }
        while line.raw.ends_with(['.', '-']) {
            line.raw.pop();
        }
        line
    }

    /// The most probable text that has exactly the given shape; `None` when the line has too few steps.
    pub fn fitted(&self, shape: &[Slot]) -> Option<Line> {
        Trellis::new(&self.0, shape).best()
    }
}

/// Viterbi over (slots filled, last character or "nothing since").
struct Trellis<'a> {
    steps: &'a [Step],
    shape: &'a [Slot],
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
    fn new(steps: &'a [Step], shape: &'a [Slot]) -> Self {
        Self { steps, shape, scores: Vec::with_capacity(steps.len()) }
    }

    fn best(mut self) -> Option<Line> {
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
            for symbol in (0..N).filter(|c| kind.holds(*c)) {
                let p = log(step.symbols[symbol]);
                let here = at(slot, symbol);
                raise(&mut now[here], before[here].0 + p, here);
                raise(&mut now[here], before[rest(slot)].0 + p, rest(slot));
                let way = if ways[0].1 == symbol { ways[1] } else { ways[0] };
                raise(&mut now[here], way.0 + p, way.2);
                raise(&mut now[rest(slot + 1)], before[here].0 + nothing, here);
            }
            raise(&mut now[rest(slot + 1)], before[rest(slot + 1)].0 + nothing, rest(slot + 1));
        }
    }

    fn trace(&self, end: usize, log_probability: f32) -> Line {
        let mut characters = vec![(0usize, 0.0f32); self.shape.len()];
        let mut state = end;
        for (step, scores) in self.steps.iter().zip(&self.scores).rev() {
            let (slot, symbol) = (state / (N + 1), state % (N + 1));
            if symbol > 0 {
                let p = step.symbols[symbol - 1];
                characters[slot] = (symbol - 1, characters[slot].1.max(p));
            }
            state = scores[state].1 as usize;
        }
        let text: String = characters.iter().map(|(c, _)| LETTERS[*c] as char).collect();
        Line {
            raw: text.clone(),
            text,
            characters: characters.iter().map(|c| c.1).collect(),
            log_probability,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps that say each of `script`'s characters at 0.9 with `also` at 0.08; `_` is blank.
    fn steps(script: &[(char, char)]) -> Steps {
        let put = |step: &mut Step, c: char, p: f32| match class_of(c) {
            Some(Class::Symbol(s)) => step.symbols[s] += p,
            Some(Class::Barred) => {
                step.symbols[D] += p;
                step.barred += p;
            }
            Some(Class::Separator(c)) => step.separator = (p, c),
            None => step.blank += p,
        };
        Steps(
            script
                .iter()
                .map(|(c, also)| {
                    let mut step =
                        Step { symbols: [0.0; N], barred: 0.0, separator: (0.0, '-'), blank: 0.01 };
                    put(&mut step, *c, 0.9);
                    put(&mut step, *also, 0.08);
                    step
                })
                .collect(),
        )
    }

    #[test]
    fn repeats_join_and_blanks_part() {
        let line =
            steps(&[('5', '_'), ('5', '_'), ('_', '_'), ('5', '_'), ('-', '_'), ('B', '8'), ('1', '_')])
                .free();
        assert_eq!((line.raw.as_str(), line.text.as_str()), ("55-B1", "55B1"));
        assert_eq!(line.characters.len(), 4);
    }

    #[test]
    fn a_barred_d_is_shown_and_folded() {
        let line = steps(&[('M', '_'), ('Đ', '_'), ('1', '_')]).free();
        assert_eq!((line.raw.as_str(), line.text.as_str()), ("MĐ1", "MD1"));
    }

    #[test]
    fn a_shape_turns_a_letter_among_digits_into_what_the_network_saw_second() {
        let seen =
            steps(&[('6', '_'), ('_', '_'), ('6', '_'), ('4', '_'), ('B', '8'), ('.', '_'), ('0', 'O')]);
        assert_eq!(seen.free().text, "664B0");
        let line = seen.fitted(&[Slot::Digit; 5]).expect("fits");
        assert_eq!(line.text, "66480");
        assert!((line.characters[3] - 0.08).abs() < 1e-5);
        assert!(line.log_probability < seen.free().log_probability);
    }

    #[test]
    fn a_shape_can_part_what_the_network_joined() {
        let seen = steps(&[('1', '_'), ('1', '_'), ('2', '_')]);
        let line = seen.fitted(&[Slot::Digit; 3]).expect("fits");
        assert_eq!(line.text.len(), 3);
    }

    #[test]
    fn a_line_with_fewer_steps_than_slots_fits_nothing() {
        assert_eq!(steps(&[('1', '_')]).fitted(&[Slot::Digit; 4]), None);
        assert_eq!(Steps::default().fitted(&[Slot::Digit]), None);
        assert_eq!(Steps::default().free(), Line::default());
    }
}
