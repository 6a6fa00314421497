//! Cases: a violation on its way to a human verdict.
//!
//! A violation event becomes a case in the commit that stores it. Screening asks whether it is admissible and compares it with its
//! neighbours; what is admissible waits for people. Review alone can make a case confirmed, out of answers of distinct people
//! who each played the act and typed the plate: nothing in the configuration changes that. Known cases measure the
//! reviewers.

pub mod adapter;
pub mod chain;
pub mod colour;
pub mod device;
pub mod figures;
pub mod flags;
pub mod gate;
pub mod intact;
pub mod known;
pub mod owner;
pub mod review;
pub mod screen;
pub mod settings;
pub mod state;
pub mod sweep;

#[cfg(test)]
pub(crate) mod testing;
