//! Optimal assignment of detections to tracks over the few pairs that could belong together.
//!
//! The input is a sparse list of pairs with a positive gain. The answer maximises the sum of gains with each
//! row and each column used at most once; a row or column may stay free. Pairs are split into connected
//! components first, because in a real picture most objects have one candidate only; what is left is solved
//! by shortest augmenting paths (Jonker-Volgenant).

/// A pair that may be assigned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// Row, for example a track.
    pub row: u32,
    /// Column, for example a detection.
    pub col: u32,
    /// What the pair adds to the sum. Pairs with a gain that is not above zero are ignored.
    pub gain: f32,
}

/// Solver with reusable buffers: after the first frames it allocates nothing.
#[derive(Debug, Default)]
pub struct Assigner {
    parent: Vec<u32>,
    order: Vec<u32>,
    local_row: Vec<u32>,
    local_col: Vec<u32>,
    rows: Vec<u32>,
    cols: Vec<u32>,
    cost: Vec<f64>,
    dense: Dense,
    matched: Vec<(u32, u32)>,
}

const NONE: u32 = u32::MAX;

impl Assigner {
    /// The best assignment as `(row, column)`, in no particular order.
    ///
    /// `rows` and `cols` bound the indices in `pairs`; a pair outside of them is ignored, as is one whose
    /// gain is not a positive number.
    pub fn solve(&mut self, rows: usize, cols: usize, pairs: &[Pair]) -> &[(u32, u32)] {
        self.matched.clear();
        self.parent.clear();
        self.parent.extend(0..(rows + cols) as u32);
        self.order.clear();
        for (index, pair) in pairs.iter().enumerate() {
            let inside = (pair.row as usize) < rows && (pair.col as usize) < cols;
            if inside && pair.gain > 0.0 && pair.gain.is_finite() {
                self.order.push(index as u32);
                let a = find(&mut self.parent, pair.row);
                let b = find(&mut self.parent, rows as u32 + pair.col);
                self.parent[a as usize] = b;
            }
        }
        let parent = &mut self.parent;
        self.order.sort_unstable_by_key(|&i| (find(parent, pairs[i as usize].row), i));
        self.local_row.clear();
        self.local_row.resize(rows, NONE);
        self.local_col.clear();
        self.local_col.resize(cols, NONE);

        let mut start = 0;
        while start < self.order.len() {
            let root = find(&mut self.parent, pairs[self.order[start] as usize].row);
            let mut end = start + 1;
            while end < self.order.len()
                && find(&mut self.parent, pairs[self.order[end] as usize].row) == root
            {
                end += 1;
            }
            self.component(pairs, start, end);
            start = end;
        }
        &self.matched
    }

    fn component(&mut self, pairs: &[Pair], start: usize, end: usize) {
        if end - start == 1 {
            let pair = pairs[self.order[start] as usize];
            self.matched.push((pair.row, pair.col));
            return;
        }
        self.rows.clear();
        self.cols.clear();
        for &index in &self.order[start..end] {
            let pair = pairs[index as usize];
            if self.local_row[pair.row as usize] == NONE {
                self.local_row[pair.row as usize] = self.rows.len() as u32;
                self.rows.push(pair.row);
            }
            if self.local_col[pair.col as usize] == NONE {
                self.local_col[pair.col as usize] = self.cols.len() as u32;
                self.cols.push(pair.col);
            }
        }
        // Every row gets a column of its own with cost 0, which means "stays free".
        let (n, real) = (self.rows.len(), self.cols.len());
        let width = real + n;
        self.cost.clear();
        self.cost.resize(n * width, 0.0);
        for &index in &self.order[start..end] {
            let pair = pairs[index as usize];
            let at = self.local_row[pair.row as usize] as usize * width
                + self.local_col[pair.col as usize] as usize;
            self.cost[at] = self.cost[at].min(-f64::from(pair.gain));
        }
        for (row, &col) in self.dense.solve(n, width, &self.cost).iter().enumerate() {
            if col < real && self.cost[row * width + col] < 0.0 {
                self.matched.push((self.rows[row], self.cols[col]));
            }
        }
    }
}

fn find(parent: &mut [u32], mut node: u32) -> u32 {
    while parent[node as usize] != node {
        let up = parent[parent[node as usize] as usize];
        parent[node as usize] = up;
        node = up;
    }
    node
}

/// Shortest augmenting paths on a dense cost matrix with at least as many columns as rows.
#[derive(Debug, Default)]
struct Dense {
    row_price: Vec<f64>,
    col_price: Vec<f64>,
    col_row: Vec<usize>,
    came_from: Vec<usize>,
    distance: Vec<f64>,
    done: Vec<bool>,
    row_col: Vec<usize>,
}

impl Dense {
    /// For each row the column that minimises the total cost. `cost` is row-major, `rows` × `cols`, `rows <=
    /// cols`.
    fn solve(&mut self, rows: usize, cols: usize, cost: &[f64]) -> &[usize] {
        const FREE: usize = usize::MAX;
        reset(&mut self.row_price, rows, 0.0);
        reset(&mut self.col_price, cols, 0.0);
        reset(&mut self.col_row, cols, FREE);
        reset(&mut self.came_from, cols, FREE);
        for first in 0..rows {
            reset(&mut self.distance, cols, f64::INFINITY);
            reset(&mut self.done, cols, false);
            let (mut row, mut last) = (first, FREE);
            let mut reached = 0.0;
            // Grow the tree of cheapest alternating paths until it reaches a free column.
            loop {
                let (mut best, mut next) = (f64::INFINITY, FREE);
                for col in 0..cols {
                    if self.done[col] {
                        continue;
                    }
                    let through =
                        reached + cost[row * cols + col] - self.row_price[row] - self.col_price[col];
                    if through < self.distance[col] {
                        self.distance[col] = through;
                        self.came_from[col] = last;
                    }
                    if self.distance[col] < best {
                        (best, next) = (self.distance[col], col);
                    }
                }
                // Only costs that are no numbers could leave no way on.
                if next == FREE {
                    break;
                }
                self.done[next] = true;
                (last, reached) = (next, best);
                if self.col_row[next] == FREE {
                    break;
                }
                row = self.col_row[next];
            }
            self.augment(first, last, reached);
        }
        reset(&mut self.row_col, rows, FREE);
        for (col, &row) in self.col_row.iter().enumerate() {
            if row != FREE {
                self.row_col[row] = col;
            }
        }
        &self.row_col
    }

    /// Keeps all reduced costs non-negative and flips the path that ends in column `last`.
    fn augment(&mut self, first: usize, last: usize, reached: f64) {
        self.row_price[first] += reached;
        for col in 0..self.done.len() {
            if self.done[col] && col != last {
                self.row_price[self.col_row[col]] += reached - self.distance[col];
                self.col_price[col] -= reached - self.distance[col];
            }
        }
        let mut col = last;
        while col != usize::MAX {
            let previous = self.came_from[col];
            self.col_row[col] = if previous == usize::MAX { first } else { self.col_row[previous] };
            col = previous;
        }
    }
}

fn reset<T: Clone>(buffer: &mut Vec<T>, len: usize, value: T) {
    buffer.clear();
    buffer.resize(len, value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pair(row: u32, col: u32, gain: f32) -> Pair {
        Pair { row, col, gain }
    }

    fn total(pairs: &[Pair], matched: &[(u32, u32)]) -> f64 {
        let gain = |&(r, c): &(u32, u32)| {
            pairs
                .iter()
                .filter(|p| (p.row, p.col) == (r, c))
                .map(|p| f64::from(p.gain))
                .fold(f64::NEG_INFINITY, f64::max)
        };
        matched.iter().map(gain).sum()
    }

    fn brute_force(row: u32, rows: u32, used: u32, pairs: &[Pair]) -> f64 {
        if row == rows {
            return 0.0;
        }
        let free = brute_force(row + 1, rows, used, pairs);
        pairs
            .iter()
            .filter(|p| p.row == row && p.gain > 0.0 && used & (1 << p.col) == 0)
            .map(|p| f64::from(p.gain) + brute_force(row + 1, rows, used | (1 << p.col), pairs))
            .fold(free, f64::max)
    }

    #[test]
    fn the_best_sum_wins_over_the_best_single_pair() {
        let pairs = [pair(0, 0, 0.9), pair(0, 1, 0.8), pair(1, 0, 0.8)];
        let mut matched = Assigner::default().solve(2, 2, &pairs).to_vec();
        matched.sort_unstable();
        assert_eq!(matched, [(0, 1), (1, 0)]);
    }

    #[test]
    fn pairs_without_gain_or_outside_the_bounds_are_ignored() {
        let pairs =
            [pair(0, 0, 0.0), pair(0, 0, -1.0), pair(0, 0, f32::NAN), pair(5, 0, 1.0), pair(0, 7, 1.0)];
        assert!(Assigner::default().solve(1, 1, &pairs).is_empty());
        assert!(Assigner::default().solve(0, 0, &[]).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_sum_equals_that_of_trying_everything(
            raw in prop::collection::vec((0u32..6, 0u32..6, -20i32..100), 0..24)
        ) {
            let mut pairs: Vec<Pair> = raw.iter().map(|&(r, c, g)| pair(r, c, g as f32 / 100.0)).collect();
            pairs.sort_by_key(|p| (p.row, p.col));
            pairs.dedup_by_key(|p| (p.row, p.col));
            let mut assigner = Assigner::default();
            // The second call works on used buffers and must answer alike.
            let once = assigner.solve(6, 6, &pairs).to_vec();
            let matched = assigner.solve(6, 6, &pairs).to_vec();
            prop_assert_eq!(&once, &matched);
            let mut rows: Vec<u32> = matched.iter().map(|m| m.0).collect();
            let mut cols: Vec<u32> = matched.iter().map(|m| m.1).collect();
            rows.sort_unstable();
            cols.sort_unstable();
            prop_assert!(rows.windows(2).all(|w| w[0] != w[1]));
            prop_assert!(cols.windows(2).all(|w| w[0] != w[1]));
            prop_assert!((total(&pairs, &matched) - brute_force(0, 6, 0, &pairs)).abs() < 1e-6);
        }
    }
}
