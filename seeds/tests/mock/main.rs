//! What the mock national services and their data promise.

mod answers;
mod callbacks;
mod faults;
mod refusals;
mod support;
mod world;
