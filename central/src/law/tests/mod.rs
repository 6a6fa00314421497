//! The law against the vectors that are fixed in `tests/golden`, and against what must always hold.
