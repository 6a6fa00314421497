//! What the mock national services and their data promise.

mod answers;
mod callbacks;
mod faults;
mod handling;
mod refusals;
mod support;
mod world;
