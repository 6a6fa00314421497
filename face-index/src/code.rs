//! Bit codes: the signs of a vector after its segment's mean was taken away and a fixed random rotation applied.
//!
//! With `r` the rotated rest, `s` its signs (±1) and `q` the rotated query, `⟨q, x⟩ ≈ ⟨query, mean⟩ + f · ⟨q, s⟩`, where
//! `f = |r|² / Σ|rᵢ|` makes the estimate unbiased. Its spread is close to `0.6 f` for every vector, because a random rotation
//! makes all vectors look alike (the estimator of RaBitQ, Gao and Long 2024).

/// Fixes the rotation. Another seed is as good, but codes of two seeds do not fit together.
const SEED: u64 = 0x766f_6e67_5f67_6163;

/// Rounds of sign flips and Walsh–Hadamard transforms; three are as good as a dense random rotation.
const ROUNDS: usize = 3;

/// A fixed random rotation of `dims` values into `bits ≥ dims` values: lengths and angles stay.
#[derive(Debug)]
pub struct Rotation {
    signs: [Vec<f32>; ROUNDS],
}

impl Rotation {
    /// For vectors of `dims` values.
    pub fn new(dims: usize) -> Self {
        let bits = dims.next_power_of_two().max(MIN_BITS);
        let mut state = SEED;
        let mut flips =
            || (0..bits).map(|_| if split_mix(&mut state) >> 63 == 0 { 1.0 } else { -1.0 }).collect();
        Self { signs: [flips(), flips(), flips()] }
    }

    /// Values after the rotation, which is the number of bits of a code.
    pub fn bits(&self) -> usize {
        self.signs[0].len()
    }

    /// Rotates `values` into `out`, which is as long as [`bits`](Self::bits).
    pub fn apply(&self, values: &[f32], out: &mut [f32]) {
        out[..values.len()].copy_from_slice(values);
        out[values.len()..].fill(0.0);
        let scale = 1.0 / (out.len() as f32).sqrt();
        for signs in &self.signs {
            out.iter_mut().zip(signs).for_each(|(value, sign)| *value *= sign * scale);
            walsh_hadamard(out);
        }
    }
}

/// Fewest bits. The spread of an estimate falls with the root of their number: with 128 for vectors of 128 values, four times as many
/// faces would have to be compared, which costs more than scanning twice the bits.
const MIN_BITS: usize = 256;

fn walsh_hadamard(values: &mut [f32]) {
    let mut half = 1;
    while half < values.len() {
        for pair in values.chunks_exact_mut(2 * half) {
            let (low, high) = pair.split_at_mut(half);
            for (a, b) in low.iter_mut().zip(high) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
        half *= 2;
    }
}

/// SplitMix64: enough for sign flips that only have to be without pattern.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The factor `f` of a rotated rest; 0 for a rest of zero length.
pub fn factor(rest: &[f32]) -> f32 {
    let (squares, magnitudes) = rest
        .iter()
        .fold((0.0_f32, 0.0_f32), |(squares, magnitudes), r| (squares + r * r, magnitudes + r.abs()));
    if magnitudes > f32::MIN_POSITIVE { squares / magnitudes } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rotation_keeps_lengths_and_angles() {
        for dims in [3, 64, 128, 512] {
            let rotation = Rotation::new(dims);
            let turned = |seed: usize| {
                let values: Vec<f32> = (0..dims).map(|i| ((i * i + seed) as f32).sin()).collect();
                let mut out = vec![0.0; rotation.bits()];
                rotation.apply(&values, &mut out);
                (values, out)
            };
            let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            let ((a, a_turned), (b, b_turned)) = (turned(1), turned(77));
            assert!((dot(&a, &b) - dot(&a_turned, &b_turned)).abs() < 1e-3 * dims as f32);
            assert!((dot(&a, &a) - dot(&a_turned, &a_turned)).abs() < 1e-3 * dims as f32);
        }
    }

    #[test]
    fn even_a_vector_of_one_value_is_spread_over_all_bits() {
        let rotation = Rotation::new(512);
        let mut one = vec![0.0; 512];
        one[17] = 1.0;
        let mut out = vec![0.0; 512];
        rotation.apply(&one, &mut out);
        let most = out.iter().fold(0.0_f32, |most, v| most.max(v.abs()));
        assert!(most < 6.0 / 512_f32.sqrt(), "{most}");
    }
}
