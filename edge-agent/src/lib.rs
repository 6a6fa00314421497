//! The edge agent: frame → detection → track → event → outbox → publish.

pub mod access;
pub mod agent;
pub mod camera;
pub mod cards;
pub mod cli;
pub mod config;
pub mod desk;
pub mod detection;
pub mod durable;
pub mod frame;
pub mod geometry;
pub mod health;
pub mod identity;
pub mod outbox;
pub mod pipeline;
pub mod publish;
pub mod rules;
pub mod scene;
pub mod scene_link;
pub mod secret;
pub mod time_check;
pub mod track;
pub mod vision;
