//! Gates at the edge: the signed list, what stands at each lane, the decision, the barrier.

pub mod view;
