//! Vectors in 15 bits per value, kept in two planes: the high bytes of all vectors, and their low 7 bits.
//!
//! A value is `step · (128 · high + low)` with one step per vector, `high` in `-128..128`, `low` in `0..128`. Eight lows are packed
//! into seven bytes. A search reads the low plane only for the last few faces.

/// Greatest magnitude in steps.
const MOST: f32 = 16_383.0;

/// Largest distance, in steps, between a value and the middle of its high byte; rounding to the step included.
const HALF_HIGH: f32 = 64.5;

/// Scale of a query's integer values: the largest that a unit vector can have still fits.
const QUERY_SCALE: f32 = 32_767.0;

/// Many vectors of one length.
#[derive(Debug, Default)]
pub struct Planes {
    dims: usize,
    steps: Vec<f32>,
    high: Vec<i8>,
    low: Vec<u8>,
}

impl Planes {
    /// Room for exactly `count` vectors of `dims` values.
    pub fn with_capacity(dims: usize, count: usize) -> Self {
        Self {
            dims,
            steps: Vec::with_capacity(count),
            high: Vec::with_capacity(count * dims),
            low: Vec::with_capacity(count * low_bytes(dims)),
        }
    }

    /// Adds a vector that is not all zero.
    pub fn push(&mut self, values: &[f32]) {
        debug_assert_eq!(values.len(), self.dims);
        let most = values.iter().fold(f32::MIN_POSITIVE, |most, v| most.max(v.abs()));
        let step = most / MOST;
        self.steps.push(step);
        for group in values.chunks(8) {
            let mut packed = 0_u64;
            for (at, value) in group.iter().enumerate() {
                let steps = (value / step).round() as i32;
                self.high.push((steps >> 7) as i8);
                packed |= ((steps & 127) as u64) << (7 * at);
            }
            self.low.extend_from_slice(&packed.to_le_bytes()[..7]);
        }
    }

    /// Adds vector `at` of `other` as it is, without rounding it again.
    pub fn copy(&mut self, other: &Self, at: usize) {
        self.steps.push(other.steps[at]);
        self.high.extend_from_slice(other.high(at));
        self.low.extend_from_slice(other.low(at));
    }

    /// The values of vector `at`, into `out`.
    pub fn read(&self, at: usize, out: &mut [f32]) {
        let step = self.steps[at];
        for (out, steps) in out.iter_mut().zip(self.in_steps(at)) {
            *out = step * steps as f32;
        }
    }

    /// Similarity by the high bytes alone, and how far at most the exact one is away.
    pub fn rough(&self, at: usize, query: &Query) -> (f32, f32) {
        let sum = query.dot(self.high(at)) as f32 / QUERY_SCALE;
        let step = self.steps[at];
        (step * (128.0 * sum + 64.0 * query.sum), step * HALF_HIGH * query.magnitudes + ROUNDING)
    }

    /// Similarity by all bits.
    pub fn exact(&self, at: usize, query: &Query) -> f32 {
        let sum: f64 = self.in_steps(at).zip(&query.values).map(|(s, q)| f64::from(s) * f64::from(*q)).sum();
        (f64::from(self.steps[at]) * sum).clamp(-1.0, 1.0) as f32
    }

    /// Asks the memory for what [`rough`](Self::rough) will read of vector `at`.
    pub fn prefetch(&self, at: usize) {
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            let fetch = |line: *const i8| {
                // SAFETY: a prefetch is a hint: it reads nothing and cannot fault, and the address is inside the slice.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(line) };
            };
            self.high(at).chunks(64).for_each(|line| fetch(line.as_ptr()));
            self.steps.get(at).into_iter().for_each(|step| fetch(std::ptr::from_ref(step).cast()));
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = at;
    }

    /// Bytes of heap in use.
    pub fn bytes(&self) -> usize {
        self.steps.capacity() * 4 + self.high.capacity() + self.low.capacity()
    }

    fn high(&self, at: usize) -> &[i8] {
        &self.high[at * self.dims..][..self.dims]
    }

    fn low(&self, at: usize) -> &[u8] {
        let bytes = low_bytes(self.dims);
        &self.low[at * bytes..][..bytes]
    }

    fn in_steps(&self, at: usize) -> impl Iterator<Item = i32> {
        let lows = self.low(at).chunks_exact(7).flat_map(|seven| {
            let mut packed = [0; 8];
            packed[..7].copy_from_slice(seven);
            let packed = u64::from_le_bytes(packed);
            (0..8).map(move |at| (packed >> (7 * at)) as i32 & 127)
        });
        self.high(at).iter().zip(lows).map(|(high, low)| (i32::from(*high) << 7) + low)
    }
}

/// What rounding the query to integers and summing in f32 may add to the bound.
const ROUNDING: f32 = 1e-3;

fn low_bytes(dims: usize) -> usize {
    dims.div_ceil(8) * 7
}

/// A query, ready to be compared with planes.
#[derive(Debug)]
pub struct Query {
    values: Vec<f32>,
    integers: Vec<i16>,
    sum: f32,
    magnitudes: f32,
    #[cfg(target_arch = "x86_64")]
    avx2: bool,
}

impl Query {
    /// From the values of a unit vector.
    pub fn new(values: &[f32]) -> Self {
        Self {
            values: values.to_vec(),
            integers: values.iter().map(|v| (v * QUERY_SCALE).round() as i16).collect(),
            sum: values.iter().sum(),
            magnitudes: values.iter().map(|v| v.abs()).sum(),
            #[cfg(target_arch = "x86_64")]
            avx2: is_x86_feature_detected!("avx2"),
        }
    }

    fn dot(&self, high: &[i8]) -> i32 {
        #[cfg(target_arch = "x86_64")]
        if self.avx2 {
            // SAFETY: the processor has AVX2; it was asked in `new`.
            return unsafe { dot_avx2(high, &self.integers) };
        }
        dot(high, &self.integers)
    }
}

/// The same loop, which the compiler turns into AVX2.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dot_avx2(high: &[i8], query: &[i16]) -> i32 {
    dot(high, query)
}

/// At most 2⁷ · √1024 · 2¹⁵ for a unit vector: it cannot overflow.
#[inline(always)]
fn dot(high: &[i8], query: &[i16]) -> i32 {
    high.iter().zip(query).map(|(h, q)| i32::from(i16::from(*h)) * i32::from(*q)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(dims: usize, seed: f32) -> Vec<f32> {
        let values: Vec<f32> =
            (0..dims).map(|i| (i as f32 * seed).sin() + 0.1 * (i as f32 * 7.7 * seed).cos()).collect();
        let length = values.iter().map(|v| v * v).sum::<f32>().sqrt();
        values.into_iter().map(|v| v / length).collect()
    }

    #[test]
    fn similarity_is_kept_to_five_digits_and_the_bound_of_the_high_bytes_holds() {
        for dims in [1, 7, 128, 512, 1024] {
            let mut planes = Planes::with_capacity(dims, 20);
            let vectors: Vec<_> = (0..20).map(|i| unit(dims, 0.31 + i as f32)).collect();
            vectors.iter().for_each(|v| planes.push(v));
            let query = Query::new(&unit(dims, 0.17));
            for (at, vector) in vectors.iter().enumerate() {
                let want: f64 =
                    vector.iter().zip(&query.values).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
                let (rough, bound) = planes.rough(at, &query);
                assert!((f64::from(planes.exact(at, &query)) - want).abs() < 5e-5, "{dims}");
                assert!((f64::from(rough) - want).abs() <= f64::from(bound), "{dims}");
                assert!(bound < 0.02, "{bound}");
            }
        }
    }

    #[test]
    fn a_copy_is_the_very_same_vector() {
        let mut planes = Planes::with_capacity(9, 1);
        planes.push(&unit(9, 0.5));
        let mut copied = Planes::with_capacity(9, 1);
        copied.copy(&planes, 0);
        let query = Query::new(&unit(9, 0.6));
        assert_eq!(planes.exact(0, &query), copied.exact(0, &query));
    }
}
