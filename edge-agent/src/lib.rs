//! The edge agent: frame → detection → track → event → outbox → publish.

pub mod camera;
pub mod detection;
pub mod frame;
pub mod geometry;
pub mod rules;
pub mod track;
pub mod vision;
pub mod identity;
pub mod publish;
pub mod secret;
pub mod outbox;
pub mod config;
pub mod pipeline;
