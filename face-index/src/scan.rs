//! The scan over bit codes: for every face an upper bound of its similarity, 32 faces at a time.
//!
//! Codes lie in blocks of 32 faces. A block has one row of 32 bytes for every 8 bits of a code: the low half of a byte is one group
//! of four bits, the high half the next. What a group adds to `⟨q, s⟩` is one of 16 values, looked up in a table that is made
//! once per query; a shuffle instruction looks up 32 of them at once. Table values are rounded to 0–63, so that four of
//! them add up in a byte.

/// Faces in a block.
pub const LANES: usize = 32;

/// Greatest value in a table.
const TABLE_MOST: f32 = 63.0;

/// One row of a block, or one table twice (as the shuffle wants it).
pub type Row = [u8; LANES];

/// Where in a row the byte of face `lane` stands: first halves of all byte pairs, then second ones, as the sums come out.
fn byte_of(lane: usize) -> usize {
    if lane < LANES / 2 { 2 * lane } else { 2 * (lane - LANES / 2) + 1 }
}

/// Bit codes of many faces, and the factor of each.
#[derive(Debug, Default)]
pub struct Codes {
    rows_per_block: usize,
    rows: Vec<Row>,
    /// In units of `factor_unit`; whole blocks.
    factors: Vec<[u16; LANES]>,
    factor_unit: f32,
}

impl Codes {
    /// Room for exactly `count` codes of `bits` bits, whose factors are at most `most_factor`.
    pub fn new(bits: usize, count: usize, most_factor: f32) -> Self {
        let (rows_per_block, blocks) = (bits / 8, count.div_ceil(LANES));
        Self {
            rows_per_block,
            rows: vec![[0; LANES]; rows_per_block * blocks],
            factors: vec![[0; LANES]; blocks],
            factor_unit: most_factor.max(f32::MIN_POSITIVE) / f32::from(u16::MAX),
        }
    }

    /// Writes the code of face `at`: the signs of `rest`.
    pub fn set(&mut self, at: usize, rest: &[f32], factor: f32) {
        let (block, lane) = (at / LANES, at % LANES);
        self.factors[block][lane] = (factor / self.factor_unit).round() as u16;
        let rows = &mut self.rows[block * self.rows_per_block..][..self.rows_per_block];
        for (row, eight) in rows.iter_mut().zip(rest.chunks_exact(8)) {
            row[byte_of(lane)] =
                eight.iter().enumerate().fold(0, |byte, (bit, r)| byte | (u8::from(*r >= 0.0) << bit));
        }
    }

    /// Bytes of heap in use.
    pub fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<Row>() + self.factors.capacity() * size_of::<[u16; LANES]>()
    }

    /// Factor of face `at`.
    pub fn factor(&self, at: usize) -> f32 {
        f32::from(self.factors[at / LANES][at % LANES]) * self.factor_unit
    }

    /// Blocks, the last one perhaps partly empty.
    pub fn blocks(&self) -> usize {
        self.factors.len()
    }
}

/// A rotated query as tables.
#[derive(Debug)]
pub struct Tables {
    tables: Vec<Row>,
    /// What one step of a table means.
    step: f32,
    /// What all tables leave out.
    offset: f32,
    kernel: Kernel,
}

#[derive(Debug, Clone, Copy)]
enum Kernel {
    #[cfg(target_arch = "x86_64")]
    Avx2,
    Portable,
}

impl Tables {
    /// For the query after the rotation.
    pub fn new(rotated: &[f32]) -> Self {
        let reach = |four: &[f32]| four.iter().map(|q| q.abs()).sum::<f32>();
        let widest = rotated.chunks_exact(4).map(reach).fold(f32::MIN_POSITIVE, f32::max);
        let step = 2.0 * widest / TABLE_MOST;
        let table = |four: &[f32]| {
            let least = -reach(four);
            std::array::from_fn(|at| {
                let value: f32 =
                    four.iter().enumerate().map(|(bit, q)| if at >> bit & 1 == 1 { *q } else { -q }).sum();
                ((value - least) / step).round() as u8
            })
        };
        Self {
            tables: rotated.chunks_exact(4).map(table).collect(),
            step,
            offset: -rotated.iter().map(|q| q.abs()).sum::<f32>(),
            kernel: Kernel::detect(),
        }
    }

    /// Only the loop that runs everywhere.
    #[cfg(test)]
    pub fn portable(self) -> Self {
        Self { kernel: Kernel::Portable, ..self }
    }

    /// Upper bounds of the similarities in a block: `base + f · (⟨q, s⟩ + margin)`. Returns which of them reach `least`, one bit
    /// per face; their bounds are in `upper`.
    #[inline]
    pub fn block(&self, codes: &Codes, block: usize, bounds: Bounds, upper: &mut [f32; LANES]) -> u32 {
        let rows = &codes.rows[block * codes.rows_per_block..][..codes.rows_per_block];
        let line = Line {
            base: bounds.base,
            least: bounds.least,
            slope: codes.factor_unit * self.step,
            shift: codes.factor_unit * (self.offset + bounds.margin),
        };
        match self.kernel {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `detect` chose this kernel because the processor has AVX2.
            Kernel::Avx2 => unsafe { avx2::block(rows, &self.tables, &codes.factors[block], line, upper) },
            Kernel::Portable => portable::block(rows, &self.tables, &codes.factors[block], line, upper),
        }
    }
}

impl Kernel {
    fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            return Self::Avx2;
        }
        Self::Portable
    }
}

/// What turns an estimate into a bound, and which bound is of interest.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Similarity of the query to the mean of the faces.
    pub base: f32,
    /// Added to `⟨q, s⟩`.
    pub margin: f32,
    /// Least bound of interest.
    pub least: f32,
}

/// Bound of a face with factor `f` (in units) and table sum `n`: `base + f · (slope · n + shift)`.
#[derive(Debug, Clone, Copy)]
struct Line {
    base: f32,
    least: f32,
    slope: f32,
    shift: f32,
}

impl Line {
    #[inline(always)]
    fn bounds(self, sums: &Sums, factors: &[u16; LANES], upper: &mut [f32; LANES]) {
        for ((upper, sum), factor) in upper.iter_mut().zip(sums).zip(factors) {
            *upper = self.base + f32::from(*factor) * (self.slope * f32::from(*sum) + self.shift);
        }
    }
}

type Sums = [u16; LANES];

mod portable {
    use super::{LANES, Line, Row, Sums, byte_of};

    pub fn block(
        rows: &[Row],
        tables: &[Row],
        factors: &[u16; LANES],
        line: Line,
        upper: &mut [f32; LANES],
    ) -> u32 {
        let mut by_byte: Sums = [0; LANES];
        for (row, [low, high]) in rows.iter().zip(tables.as_chunks::<2>().0) {
            for (sum, byte) in by_byte.iter_mut().zip(row) {
                *sum += u16::from(low[usize::from(byte & 15)] + high[usize::from(byte >> 4)]);
            }
        }
        let sums = std::array::from_fn(|lane| by_byte[byte_of(lane)]);
        line.bounds(&sums, factors, upper);
        upper.iter().enumerate().fold(0, |mask, (lane, bound)| mask | u32::from(*bound >= line.least) << lane)
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{
        __m256i, _CMP_GE_OQ, _mm256_add_epi8, _mm256_add_epi16, _mm256_and_si256, _mm256_cmp_ps,
        _mm256_loadu_ps, _mm256_loadu_si256, _mm256_movemask_ps, _mm256_set1_epi8, _mm256_set1_ps,
        _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_srli_epi16, _mm256_storeu_si256,
        _mm256_sub_epi16,
    };

    use super::{LANES, Line, Row, Sums};

    #[target_feature(enable = "avx2")]
    pub fn block(
        rows: &[Row],
        tables: &[Row],
        factors: &[u16; LANES],
        line: Line,
        upper: &mut [f32; LANES],
    ) -> u32 {
        let sums = sums(rows, tables);
        line.bounds(&sums, factors, upper);
        let least = _mm256_set1_ps(line.least);
        upper.as_chunks::<8>().0.iter().enumerate().fold(0, |mask, (at, eight)| {
            // SAFETY: eight floats are 32 readable bytes, and no alignment is asked for.
            let eight = unsafe { _mm256_loadu_ps(eight.as_ptr()) };
            let reached = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GE_OQ>(eight, least));
            mask | (reached as u32) << (8 * at)
        })
    }

    /// Sums of the table values of each face. Two rows at a time: four values of at most 63 fit into a byte.
    #[target_feature(enable = "avx2")]
    fn sums(rows: &[Row], tables: &[Row]) -> Sums {
        let nibble = _mm256_set1_epi8(15);
        // Bytes added as 16-bit pairs: low byte plus 256 times high byte; and the high bytes alone.
        let (mut both, mut high) = (_mm256_setzero_si256(), _mm256_setzero_si256());
        for (rows, tables) in rows.as_chunks::<2>().0.iter().zip(tables.as_chunks::<4>().0) {
            let looked_up = |row: &Row, low: &Row, high: &Row| {
                let row = load(row);
                let low = _mm256_shuffle_epi8(load(low), _mm256_and_si256(row, nibble));
                let row = _mm256_and_si256(_mm256_srli_epi16::<4>(row), nibble);
                _mm256_add_epi8(low, _mm256_shuffle_epi8(load(high), row))
            };
            let four = _mm256_add_epi8(
                looked_up(&rows[0], &tables[0], &tables[1]),
                looked_up(&rows[1], &tables[2], &tables[3]),
            );
            both = _mm256_add_epi16(both, four);
            high = _mm256_add_epi16(high, _mm256_srli_epi16::<8>(four));
        }
        let low = _mm256_sub_epi16(both, _mm256_slli_epi16::<8>(high));
        let mut sums = [0; LANES];
        let (first, second) = sums.split_at_mut(LANES / 2);
        // SAFETY: each half is 16 writable u16, 32 bytes, and no alignment is asked for.
        unsafe {
            _mm256_storeu_si256(first.as_mut_ptr().cast::<__m256i>(), low);
            _mm256_storeu_si256(second.as_mut_ptr().cast::<__m256i>(), high);
        }
        sums
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(row: &Row) -> __m256i {
        // SAFETY: a row is 32 readable bytes, and no alignment is asked for.
        unsafe { _mm256_loadu_si256(row.as_ptr().cast::<__m256i>()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::factor;

    #[test]
    fn both_kernels_give_the_same_bounds_and_those_contain_the_estimate() {
        for (bits, count) in [(256, 1), (256, 33), (512, 95), (1024, 32)] {
            let wave = |seed: f32| (0..bits).map(|i| (i as f32 * seed).sin()).collect::<Vec<f32>>();
            let rests: Vec<_> = (0..count).map(|at| wave(0.3 + at as f32)).collect();
            let most = rests.iter().map(|r| factor(r)).fold(0.0, f32::max);
            let mut codes = Codes::new(bits, count, most);
            rests.iter().enumerate().for_each(|(at, rest)| codes.set(at, rest, factor(rest)));
            let query = wave(0.77);
            let tables = Tables::new(&query);
            let slack = tables.step * bits as f32 / 8.0;
            let bounds = Bounds { base: 0.25, margin: 0.0, least: 0.3 };
            let (mut fast, mut slow) = ([0.0; LANES], [0.0; LANES]);
            for block in 0..codes.blocks() {
                let reached = tables.block(&codes, block, bounds, &mut fast);
                let portable = Tables::new(&query).portable();
                assert_eq!(portable.block(&codes, block, bounds, &mut slow), reached);
                for (lane, rest) in rests.iter().skip(block * LANES).take(LANES).enumerate() {
                    let signs: f32 =
                        rest.iter().zip(&query).map(|(r, q)| if *r >= 0.0 { *q } else { -q }).sum();
                    let want = 0.25 + factor(rest) * signs;
                    assert!((fast[lane] - want).abs() < factor(rest) * slack, "{} {want}", fast[lane]);
                    assert!((fast[lane] - slow[lane]).abs() < 1e-5);
                }
            }
        }
    }
}
