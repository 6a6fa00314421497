//! Gates at central: what sites ask at their gates, the lists that agents decide from, and what became of every decision.
//!
//! [`document`] is what a site edits; [`build`] makes the wire list of one agent from it and from members, watch lists and guards;
//! [`publish`] seals and sends it. [`movement`] says who went where by an event, [`stays`] joins entry and exit, [`otherwise`] takes
//! a late decision again. All but [`publish`], [`watch`] and [`answers`] is pure.

pub mod answers;
pub mod build;
pub mod changes;
pub mod document;
pub mod incidents;
pub mod movement;
pub mod otherwise;
pub mod publish;
pub mod stays;
pub mod watch;
