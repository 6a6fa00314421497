//! Gates at the edge: the signed list, what stands at each lane, the decision, the barrier.
//!
//! [`Gates`] is the one handle: pipelines tell it what they see, card readers and the desk what was presented, guards what they do;
//! it shows the desk one [`view::DeskView`]. Everything that decides is pure (`wire::gate::decide`, the [`lane`] machine, the
//! [`barrier`]'s follower, the [`book`] of who is inside).
//!
//! One sighting: pipeline → [`sight::LaneEye`] → gates' thread → [`lane::Machine`] → `decide` → barrier's thread, then the
//! provisional event. One passage: line → machine → settled event and who is inside, in one batch of the [`ledger`].

mod acts;
pub mod ask;
mod asker;
pub mod barrier;
pub mod book;
pub mod config;
mod core;
mod desk_words;
mod gates;
pub mod lane;
pub mod ledger;
pub mod link;
pub mod list;
mod present;
pub mod readers;
mod reasons;
mod show;
pub mod sight;
pub mod view;

pub use asker::{Answered, Ask, NobodyToAsk, Request};
pub use desk_words::{
    ActError, Acted, CorrectRequest, HandOver, MusterRequest, PaperRequest, PresentError, Presented,
    ShiftNote, ShiftTotals, ShiftUser, ShiftView,
};
pub use gates::{Gates, GatesSetup, Jpeg};
pub use reasons::{Reason, Reasons};
