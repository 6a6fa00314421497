//! Reads the cut lines of a plate: with the network made for Vietnamese plates, or with PP-OCRv6 rec.
//!
//! The first sees the lines of one plate in one run, knows the 36 characters and nothing else, and its scores are
//! calibrated ([`Calibration`], as are those of PP-OCRv6 small). The second knows thousands of characters, of which all but digits, Latin letters, `Đ` and
//! separators are ignored; it runs once per line. What both say is told in [`Steps`].

use super::calibration::{Calibration, Table};
use super::rectify::scaled;
use super::steps::{D, LETTERS, N, Step, Steps};
use crate::vision::session::{Input, SessionPool};
use crate::vision::{Rgb, VisionError};

/// Height of PP-OCR's input.
const HEIGHT: u32 = 48;
/// Narrower lines are padded to this.
const MIN_WIDTH: u32 = 96;
/// Wider ones are squeezed to this.
const MAX_WIDTH: u32 = 480;
/// How far the cut of a line reaches over the seam into the other line, of the plate's height.
const OWN_OVERLAP: f32 = 0.06;

/// What a network class means to a plate.
#[derive(Debug, Clone, Copy)]
enum Class {
    Symbol(usize),
    Barred,
    Separator(char),
}

/// Which network it is, and what it must be told.
#[derive(Debug)]
enum Network {
    /// `models/training/plates/reader`.
    Plates,
    /// PP-OCR: class numbers and their meaning.
    Registry(Vec<(usize, Class)>),
}

/// The recogniser's network.
#[derive(Debug)]
pub struct CharacterReader {
    pool: SessionPool,
    network: Network,
    scores: Option<Table>,
}

impl CharacterReader {
    /// The network made for Vietnamese plates.
    pub fn for_plates(pool: SessionPool, scores: &Calibration) -> Self {
        Self { pool, network: Network::Plates, scores: Some(scores.reader.clone()) }
    }

    /// PP-OCR; reads the character set out of the model. `scores` only for the model that they were made for.
    ///
    /// # Errors
    /// [`VisionError::Inference`] when the model does not carry its character set.
    pub fn registry(pool: SessionPool, scores: Option<&Calibration>) -> Result<Self, VisionError> {
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
        Ok(Self { pool, network: Network::Registry(classes), scores: scores.map(|s| s.registry.clone()) })
    }

    /// The pool behind it.
    pub fn pool(&self) -> &SessionPool {
        &self.pool
    }

    /// How scores are made of odds; `None`: this network was not calibrated.
    pub fn scores(&self) -> Option<&Table> {
        self.scores.as_ref()
    }

    /// Width and height, pixels, to which every line of a plate of `lines` lines should be cut; `None`: as wide as its
    /// shape asks for at a height of 48.
    pub fn cut_size(&self, lines: u8) -> Option<(i32, i32)> {
        match self.network {
            Network::Plates => Some((if lines == 1 { 160 } else { 96 }, 32)),
            Network::Registry(_) => None,
        }
    }

    /// From where to where, of a plate's height, its lines are cut; `split` is the height of the seam between two.
    pub fn bands(&self, lines: u8, split: f32) -> Vec<(f32, f32)> {
        let over = match self.network {
            Network::Plates => OWN_OVERLAP,
            Network::Registry(_) => OWN_OVERLAP / 2.0,
        };
        if lines == 1 { vec![(0.0, 1.0)] } else { vec![(0.0, split + over), (split - over, 1.0)] }
    }

    /// Reads the upright cuts of the lines of one plate, top to bottom.
    ///
    /// # Errors
    /// [`VisionError::Inference`], [`VisionError::OpenCv`].
    pub fn read(&self, lines: &[Rgb]) -> Result<Vec<Steps>, VisionError> {
        match &self.network {
            Network::Plates => self.read_plate(lines),
            Network::Registry(classes) => lines.iter().map(|l| self.read_line(l, classes)).collect(),
        }
    }

    /// All lines in one run.
    fn read_plate(&self, lines: &[Rgb]) -> Result<Vec<Steps>, VisionError> {
        let Some((width, height)) = self.cut_size(lines.len() as u8).filter(|_| !lines.is_empty()) else {
            return Ok(Vec::new());
        };
        let mut tensor = Vec::with_capacity(lines.len() * (width * height) as usize);
        for line in lines {
            let cut = scaled(line, width as u32, height as u32)?;
            tensor.extend(cut.data.as_chunks::<3>().0.iter().map(|[r, g, b]| {
                (0.299 * f32::from(*r) + 0.587 * f32::from(*g) + 0.114 * f32::from(*b)) / 255.0
            }));
        }
        let shape = [lines.len() as i64, 1, i64::from(height), i64::from(width)];
        self.pool.run(&[Input { name: "x", shape: &shape, data: &tensor }], |out| {
            let rows: Vec<Step> = out.data.chunks_exact(N + 1).map(plate_step).collect();
            let steps = (rows.len() / lines.len()).max(1);
            rows.chunks(steps).map(|line| Steps(line.to_vec())).collect()
        })
    }

    fn read_line(&self, line: &Rgb, classes: &[(usize, Class)]) -> Result<Steps, VisionError> {
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
            let count = out.shape.last().map_or(1, |n| (*n).max(1) as usize);
            Steps(out.data.chunks_exact(count).map(|row| registry_step(row, classes)).collect())
        })
    }
}

/// Blank, then the characters in the order of [`LETTERS`].
fn plate_step(row: &[f32]) -> Step {
    let mut step = Step { symbols: [0.0; N], barred: 0.0, separator: (0.0, '-'), blank: row[0] };
    step.symbols.copy_from_slice(&row[1..=N]);
    step
}

fn registry_step(row: &[f32], classes: &[(usize, Class)]) -> Step {
    let mut step = Step { symbols: [0.0; N], barred: 0.0, separator: (0.0, '-'), blank: row[0] };
    for (at, class) in classes {
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
