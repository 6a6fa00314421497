//! From confirmed cases to the closed file: owner, notice, answer, minutes, decision, points, payment, warnings.
//!
//! The machine is pure ([`machine`]): a [`record::Handling`] and an [`machine::Event`] give the next one and its log. Which step leads
//! where, who may take it and by which text is a table, `data/handling/steps.toml` ([`steps`]). Whatever has to be done outside is an
//! [`record::Order`] within the document, committed with the step that wants it and tried until it is done; so a restart changes
//! nothing, and after days offline everything that is over is done once. The shell ([`desk`]) loads, applies and commits.

pub mod callbacks;
pub mod clock;
pub mod desk;
pub mod join;
pub mod machine;
pub mod money;
pub mod open;
pub mod outside;
pub mod papers;
pub mod people;
pub mod record;
pub mod services;
pub mod state;
pub mod steps;

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

pub use machine::{Actor, Choices, Context, Entry, Event, NewParty, Outcome, Refusal, Stepped, apply, may};
pub use record::{Handling, PartyKind};
pub use state::State;
pub use steps::Who;
