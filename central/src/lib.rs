//! Central: receives what edge agents saw, joins it with registers and lists, and shows it to the people who decide.
//!
//! Data flows one way: [`ingest`] (bytes → verified event) → [`intake`] (deduplicate → [`matching`] → decide → one commit)
//! → [`receipts`] → [`notify`] (live hub) → `web`. [`store`] is the only folder with SQL; [`app`] builds, starts and drains.

pub mod alerts;
pub mod app;
pub mod assessment;
pub mod auth;
pub mod broker;
pub mod cases;
pub mod cli;
pub mod config;
pub mod copies;
pub mod crowding;
pub mod documents;
pub mod enrol;
pub mod evidence;
pub mod figures;
pub mod gaps;
pub mod gates;
pub mod handling;
pub mod health;
pub mod ingest;
pub mod intake;
pub mod key;
pub mod law;
pub mod lists;
pub mod masking;
pub mod matching;
pub mod members;
pub mod notify;
pub mod passages;
pub mod passes;
pub mod presence;
pub mod receipts;
pub mod registers;
pub mod reports;
pub mod scenes;
pub mod sealing;
pub mod sections;
pub mod seed;
pub mod space;
pub mod store;
pub mod tables;
pub mod timetable;
pub mod visits;
pub mod web;
