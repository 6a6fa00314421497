//! The law against fixed vectors, and against what must always hold.

mod changes;
mod edition;
mod vectors;
