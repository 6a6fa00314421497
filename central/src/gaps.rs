//! Loss accounting: which sequence numbers of an agent have not arrived. Pure.
//!
//! Agents count envelopes from 1 without holes. Live events come before a backlog, so a hole is normal for a while; it is a
//! loss once the agent says so, or once its outbox holds nothing that old any more.

/// Holes below the highest number received: sorted, disjoint, inclusive ranges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gaps {
    /// Highest number received; 0 before the first.
    pub max: u64,
    /// What is missing below it.
    pub missing: Vec<(u64, u64)>,
}

impl Gaps {
    /// A number has arrived.
    pub fn arrived(&mut self, seq: u64) {
        if seq > self.max {
            if seq > self.max + 1 {
                self.missing.push((self.max + 1, seq - 1));
            }
            self.max = seq;
        } else {
            self.take(seq, seq);
        }
    }

    /// Takes out what is missing within `from..=to`, and returns it.
    pub fn take(&mut self, from: u64, to: u64) -> Vec<(u64, u64)> {
        let mut taken = Vec::new();
        let mut kept = Vec::with_capacity(self.missing.len() + 1);
        for &(low, high) in &self.missing {
            let (inner_low, inner_high) = (low.max(from), high.min(to));
            if inner_low > inner_high {
                kept.push((low, high));
                continue;
            }
            taken.push((inner_low, inner_high));
            if low < inner_low {
                kept.push((low, inner_low - 1));
            }
            if inner_high < high {
                kept.push((inner_high + 1, high));
            }
        }
        self.missing = kept;
        taken
    }

    /// How many numbers are missing.
    pub fn count(&self) -> u64 {
        self.missing.iter().map(|(low, high)| high - low + 1).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(seqs: &[u64]) -> Gaps {
        let mut gaps = Gaps::default();
        seqs.iter().for_each(|&seq| gaps.arrived(seq));
        gaps
    }

    #[test]
    fn nothing_is_missing_when_all_arrived_in_any_order() {
        assert_eq!(after(&[1, 2, 3]), Gaps { max: 3, missing: vec![] });
        assert_eq!(after(&[3, 1, 2]), Gaps { max: 3, missing: vec![] });
        assert_eq!(after(&[1, 1, 1]), Gaps { max: 1, missing: vec![] });
    }

    #[test]
    fn live_events_before_a_backlog_open_a_hole_that_the_backlog_closes() {
        let mut gaps = after(&[1, 2, 10, 11]);
        assert_eq!((gaps.missing.clone(), gaps.count()), (vec![(3, 9)], 7));
        gaps.arrived(5);
        assert_eq!(gaps.missing, [(3, 4), (6, 9)]);
        for seq in 3..=9 {
            gaps.arrived(seq);
        }
        assert_eq!(gaps.count(), 0);
    }

    #[test]
    fn what_an_agent_reports_lost_is_no_longer_missing() {
        let mut gaps = after(&[1, 10, 20]);
        assert_eq!(gaps.take(5, 14), [(5, 9), (11, 14)]);
        assert_eq!(gaps.missing, [(2, 4), (15, 19)]);
        assert!(gaps.take(100, 200).is_empty());
    }
}
