//! An event meets registers and lists. Pure: candidates with their reasons, in both languages.

pub mod registry;
pub mod watchlist;
