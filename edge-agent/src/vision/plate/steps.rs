//! What a recogniser says about one line, step by step, and the texts that can be made of it.
//!
//! [`Steps::free`] takes the best character of each step (this is what the recogniser "saw"), [`Steps::fitted`] finds the
//! most probable text of a given shape, exactly, by dynamic programming, and [`Steps::mass`] adds up the probability of all
//! texts that some slots allow: of one text, or of everything that has the shape of a plate.

use super::CharChoice;
use super::trellis::Trellis;

/// Characters that a plate can have.
pub(super) const LETTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// `D` within [`LETTERS`].
pub(super) const D: usize = 13;
/// Number of characters.
pub(super) const N: usize = LETTERS.len();

/// One text line, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// What was seen, separators and `Đ` as they stand.
    pub raw: String,
    /// Characters of the canonical text (no separators, `Đ` as `D`).
    pub text: String,
    /// Each character of `text`, its probability and what else it may be.
    pub characters: Vec<CharChoice>,
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

/// How much each symbol is expected in one place; 0: it cannot stand there.
pub(super) type Expected = [f32; N];

impl Slot {
    /// What may stand here.
    pub(super) fn expected(self) -> Expected {
        std::array::from_fn(|s| match self {
            Self::Digit if s < 10 => 1.0,
            // Series are opened one after the other: expected as 1/digit, the mean is 1.
            Self::Positive if (1..10).contains(&s) => 9.0 / 2.828_968 / s as f32,
            // I, J, O, Q and W are never issued.
            Self::Letter if s >= 10 && !b"IJOQW".contains(&LETTERS[s]) => 1.0,
            _ => 0.0,
        })
    }

    /// The slot that a character of a text fills.
    pub(super) fn of(c: char) -> Self {
        if c.is_ascii_digit() { Self::Digit } else { Self::Letter }
    }
}

/// One character alone, as much as `weight`.
pub(super) fn only(c: char, weight: f32) -> Expected {
    std::array::from_fn(|s| if char::from(LETTERS[s]) == c { weight } else { 0.0 })
}

/// The place of a character of a plate among the symbols.
pub(super) fn symbol(c: char) -> Option<usize> {
    LETTERS.iter().position(|l| char::from(*l) == c)
}

/// What the network said at one step: probabilities that sum to at most one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    pub(super) symbols: [f32; N],
    /// Of the `D`, the part that was `Đ`.
    pub(super) barred: f32,
    /// A separator, by character.
    pub(super) separator: (f32, char),
    /// Nothing here.
    pub(super) blank: f32,
}

/// The network's answer for one line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Steps(pub(super) Vec<Step>);

impl Step {
    /// Probability that no character of the plate's text is here: blank or a separator.
    pub(super) fn nothing(&self) -> f32 {
        self.blank + self.separator.0
    }

    /// `symbol` as a choice among what else this step may be.
    pub(super) fn choice(&self, symbol: usize) -> CharChoice {
        let mut others: Vec<(usize, f32)> = self.symbols.iter().copied().enumerate().collect();
        others.retain(|(s, p)| *s != symbol && *p >= 1e-3);
        others.sort_by(|a, b| b.1.total_cmp(&a.1));
        others.truncate(CharChoice::MAX_OTHERS);
        CharChoice {
            best: char::from(LETTERS[symbol]),
            prob: self.symbols[symbol],
            others: others.into_iter().map(|(s, p)| (char::from(LETTERS[s]), p)).collect(),
        }
    }
}

/// Floor of a probability in logarithms.
pub(super) fn log(p: f32) -> f32 {
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
                    if let Some(c) = line.characters.last_mut().filter(|c| c.prob < p) {
                        *c = step.choice(best);
                    }
                    continue;
                }
                let barred = best == D && step.barred > 0.5 * p;
                line.raw.push(if barred { 'Đ' } else { LETTERS[best] as char });
                line.text.push(LETTERS[best] as char);
                line.characters.push(step.choice(best));
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
        let places: Vec<Expected> = shape.iter().map(|s| s.expected()).collect();
        Trellis::new(&self.0, &places).best()
    }

    /// Probability of all texts that have one character for each place, anywhere along the line, each text weighted by
    /// how much its characters are expected.
    pub(super) fn mass(&self, places: &[Expected]) -> f64 {
        Trellis::new(&self.0, places).mass()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps that say each of `script`'s characters at 0.9 with `also` at 0.08; `_` is blank.
    fn steps(script: &[(char, char)]) -> Steps {
        let put = |step: &mut Step, c: char, p: f32| match c {
            '_' => step.blank += p,
            '-' | '.' => step.separator = (p, c),
            'Đ' => {
                step.symbols[D] += p;
                step.barred += p;
            }
            c => step.symbols[symbol(c).expect("a character of a plate")] += p,
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
        assert!((line.characters[3].prob - 0.08).abs() < 1e-5);
        assert_eq!(line.characters[3].others, [('B', 0.9)]);
        assert!(line.log_probability < seen.free().log_probability);
    }

    #[test]
    fn a_shape_can_part_what_the_network_joined() {
        let seen = steps(&[('1', '_'), ('1', '_'), ('2', '_')]);
        let line = seen.fitted(&[Slot::Digit; 3]).expect("fits");
        assert_eq!(line.text.len(), 3);
    }

    #[test]
    fn the_masses_of_a_text_and_of_its_rival_are_what_the_network_said() {
        let seen = steps(&[('6', '_'), ('_', '_'), ('B', '8')]);
        let text = |t: &str| seen.mass(&t.chars().map(|c| only(c, 1.0)).collect::<Vec<_>>());
        assert!((text("6B") - 0.9 * 0.99 * 0.9).abs() < 1e-5, "{}", text("6B"));
        assert!((text("68") / text("6B") - 0.08 / 0.9).abs() < 1e-5);
        let digits = seen.mass(&[Slot::Digit.expected(); 2]);
        assert!((digits - text("68")).abs() < 1e-9);
        // One character twice in a row is one character unless something lies between.
        assert!(steps(&[('1', '_'), ('1', '_')]).mass(&[only('1', 1.0); 2]) < 1e-6);
    }

    #[test]
    fn between_a_one_and_a_seven_in_a_series_the_one_is_expected() {
        let mut close = steps(&[('L', '_'), ('7', '_')]);
        close.0[1].symbols[1] = 0.4;
        let line = |last: Slot| close.fitted(&[Slot::Letter, last]).expect("fits").text;
        assert_eq!((line(Slot::Digit).as_str(), line(Slot::Positive).as_str()), ("L7", "L1"));
    }

    #[test]
    fn a_line_with_fewer_steps_than_slots_fits_nothing() {
        assert_eq!(steps(&[('1', '_')]).fitted(&[Slot::Digit; 4]), None);
        assert_eq!(Steps::default().fitted(&[Slot::Digit]), None);
        assert_eq!(Steps::default().free(), Line::default());
    }
}
