//! Gates at the edge: the signed list, what stands at each lane, the decision, the barrier.
//!
//! [`Gates`] is the one handle: pipelines tell it what they see, card readers and the desk what was presented, guards what they do;
//! it shows the desk one [`view::DeskView`]. Everything that decides is pure (`wire::gate::decide`, the lane machine).

pub mod ask;
mod asker;
mod desk_words;
mod gates;
pub mod link;
pub mod list;
mod reasons;
pub mod view;

pub use asker::{Answered, Ask, NobodyToAsk, Request};
pub use desk_words::{
    ActError, Acted, CorrectRequest, HandOver, MusterRequest, PaperRequest, PresentError, Presented,
    ShiftNote, ShiftTotals, ShiftUser, ShiftView,
};
pub use gates::{Gates, Jpeg};
pub use reasons::{Reason, Reasons};
