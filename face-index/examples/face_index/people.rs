//! Invented face vectors, made hard in the ways in which real ones are.
//!
//! A vector is `mean + family + person`, turned, brought to unit length. Directions are of unequal weight (standard deviation falls
//! as `1 / √(1 + 8 i / dims)`), so fewer dimensions count than there are. Every vector shares a mean, and everyone belongs to one
//! of 2000 families whose members resemble each other more than strangers do. A probe of a person has a chosen cosine to the
//! enrolled vector; the rest of it is another vector of the same kind, so that it lies where strangers lie.

use rand::{Rng, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

const FAMILIES: usize = 2000;
const MEAN: f32 = 0.2;
const FAMILY: f32 = 0.45;

/// Where invented vectors come from.
pub struct People {
    dims: usize,
    weights: Vec<f32>,
    mean: Vec<f32>,
    families: Vec<f32>,
    flips: Vec<f32>,
}

impl People {
    pub fn new(dims: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let weights = (0..dims).map(|i| (1.0 + 8.0 * i as f32 / dims as f32).sqrt().recip()).collect();
        let flips = (0..2 * dims).map(|_| if rng.random() { 1.0 } else { -1.0 }).collect();
        let mut people = Self { dims, weights, mean: vec![0.0; dims], families: Vec::new(), flips };
        people.mean = people.direction(&mut rng);
        people.families = (0..FAMILIES).flat_map(|_| people.direction(&mut rng)).collect();
        people
    }

    /// A random unit vector with the weights of the directions.
    fn direction(&self, rng: &mut ChaCha8Rng) -> Vec<f32> {
        let mut values: Vec<f32> = self.weights.iter().map(|weight| weight * normal(rng)).collect();
        to_unit(&mut values);
        values
    }

    /// The enrolled vector of a new person, into `out`.
    pub fn enrolled(&self, rng: &mut ChaCha8Rng, out: &mut [f32]) {
        let family = &self.families[rng.random_range(0..FAMILIES) * self.dims..][..self.dims];
        let own = self.direction(rng);
        for (at, out) in out.iter_mut().enumerate() {
            *out = MEAN * self.mean[at] + FAMILY * family[at] + own[at];
        }
        self.turn(out);
        to_unit(out);
    }

    /// Another picture of the enrolled person, at this cosine.
    pub fn probe(&self, rng: &mut ChaCha8Rng, enrolled: &[f32], cosine: f32) -> Vec<f32> {
        let mut rest = vec![0.0; self.dims];
        self.enrolled(rng, &mut rest);
        let along: f32 = rest.iter().zip(enrolled).map(|(a, b)| a * b).sum();
        rest.iter_mut().zip(enrolled).for_each(|(rest, e)| *rest -= along * e);
        to_unit(&mut rest);
        let across = (1.0 - cosine * cosine).sqrt();
        enrolled.iter().zip(&rest).map(|(e, rest)| cosine * e + across * rest).collect()
    }

    /// Two rounds of sign flips and Walsh–Hadamard transforms, where the dimensions are a power of two: no axis is special then.
    fn turn(&self, values: &mut [f32]) {
        if !self.dims.is_power_of_two() {
            return;
        }
        for flips in self.flips.chunks(self.dims) {
            values.iter_mut().zip(flips).for_each(|(value, flip)| *value *= flip);
            let mut half = 1;
            while half < values.len() {
                for pair in values.chunks_exact_mut(2 * half) {
                    let (low, high) = pair.split_at_mut(half);
                    low.iter_mut().zip(high).for_each(|(a, b)| (*a, *b) = (*a + *b, *a - *b));
                }
                half *= 2;
            }
        }
    }
}

fn to_unit(values: &mut [f32]) {
    let length = values.iter().map(|v| v * v).sum::<f32>().sqrt();
    values.iter_mut().for_each(|v| *v /= length);
}

/// Box–Muller.
fn normal(rng: &mut impl Rng) -> f32 {
    let (a, b): (f32, f32) = (rng.random(), rng.random());
    (-2.0 * (1.0 - a).ln()).sqrt() * (std::f32::consts::TAU * b).cos()
}
