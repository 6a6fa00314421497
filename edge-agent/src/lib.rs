//! The edge agent: frame → detection → track → event → outbox → publish.

pub mod detection;
pub mod frame;
pub mod geometry;
pub mod rules;
pub mod track;
