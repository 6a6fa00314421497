//! What the tests, the benchmarks and the demo share.

pub mod barrier;
pub mod cameras;
pub mod demo;
pub mod support;
pub mod time_server;
