//! One search through all segments: bounds by bit codes first, then bounds by high bytes, then all bits.
//!
//! Two passes. While the codes are scanned, a face whose *estimate* already beats the worst candidate is compared at once, which
//! raises the bar early; one whose *upper bound* only reaches the bar is put aside. What was put aside is looked at afterwards,
//! when the bar is as high as it gets: most of it is ruled out by then.

use crate::Candidate;
use crate::planes::Query;
use crate::scan::{Bounds, LANES, Tables};
use crate::segment::Part;

/// A face is left out by its bit code only when its estimate is this many spreads below the bar. One in 4000 of the faces that
/// belong into the answer is further off than that.
pub const CONFIDENCE: f32 = 3.5;

/// Spread of an estimate in units of its factor: `√(1 − 2/π)`.
const SPREAD: f32 = 0.603;

/// Covers the rounding of factors and tables, which matters only where the spread is 0.
const ROUNDING: f32 = 1e-3;

/// Vectors that are on their way from memory at once.
const AHEAD: usize = 12;

/// What is asked.
#[derive(Debug)]
pub struct Question<'a> {
    /// The query vector.
    pub values: &'a [f32],
    /// The query as tables.
    pub tables: &'a Tables,
    /// At most so many candidates.
    pub count: usize,
    /// None below this similarity.
    pub min_score: f32,
}

/// Candidates, best first; equal scores in the order of ids.
pub fn search(parts: &[Part<'_>], question: &Question<'_>) -> Vec<Candidate> {
    let mut best = Best { count: question.count, min_score: question.min_score, list: Vec::new() };
    if question.count == 0 {
        return best.list;
    }
    let query = Query::new(question.values);
    let mut aside = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        scan(*part, question, &query, &mut best, |place, bound| aside.push((at as u32, place, bound)));
    }
    let bar = best.bar();
    aside.retain(|(_, _, bound)| *bound >= bar);
    for (next, &(at, place, bound)) in aside.iter().enumerate() {
        // These lie all over the memory: asked for early, they come while others are compared.
        if let Some(&(at, place, _)) = aside.get(next + AHEAD) {
            parts[at as usize].segment.planes().prefetch(place as usize);
        }
        if bound >= best.bar() {
            best.compare(parts[at as usize], place as usize, &query);
        }
    }
    best.list
}

/// Scans the codes of one segment.
fn scan(
    part: Part<'_>,
    question: &Question<'_>,
    query: &Query,
    best: &mut Best,
    mut put_aside: impl FnMut(u32, f32),
) {
    let segment = part.segment;
    let base: f32 = segment.mean().iter().zip(question.values).map(|(m, q)| m * q).sum();
    let margin = CONFIDENCE * SPREAD;
    let mut upper = [0.0; LANES];
    for block in 0..segment.codes().blocks() {
        let bounds = Bounds { base: base + ROUNDING, margin, least: best.bar() };
        let mut reached = question.tables.block(segment.codes(), block, bounds, &mut upper);
        while reached != 0 {
            let lane = reached.trailing_zeros() as usize;
            reached &= reached - 1;
            let at = block * LANES + lane;
            // The last block has empty places.
            if at >= segment.len() || part.dead.has(at) {
                continue;
            }
            if upper[lane] - segment.codes().factor(at) * margin >= best.bar() {
                best.compare(part, at, query);
            } else {
                put_aside(at as u32, upper[lane]);
            }
        }
    }
}

/// The best candidates so far.
struct Best {
    count: usize,
    min_score: f32,
    list: Vec<Candidate>,
}

impl Best {
    /// A face below this is no candidate.
    fn bar(&self) -> f32 {
        match self.list.last() {
            Some(worst) if self.list.len() == self.count => worst.score,
            _ => self.min_score,
        }
    }

    fn compare(&mut self, part: Part<'_>, at: usize, query: &Query) {
        let planes = part.segment.planes();
        let (rough, bound) = planes.rough(at, query);
        if rough + bound < self.bar() {
            return;
        }
        let score = planes.exact(at, query);
        if score < self.bar() {
            return;
        }
        let id = part.segment.id(at);
        let place = self.list.partition_point(|c| c.score > score || (c.score == score && c.id < id));
        if place < self.count {
            self.list.truncate(self.count - 1);
            self.list.insert(place, Candidate { id, person: part.segment.person(at), score });
        }
    }
}
