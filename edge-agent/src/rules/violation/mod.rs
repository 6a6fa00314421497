//! Rules of the road over tracks on a scene. Pure.

mod finding;

pub use finding::{Finding, FoundMoment, Signals};
