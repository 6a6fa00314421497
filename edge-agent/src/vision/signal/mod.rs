//! Signals: what the lamps in a picture show, and what a controller says they show.
//!
//! pixels → [`features`] → scores of one lamp box ([`lamp`]) → scores of the head ([`head`]) → what it shows ([`state`]),
//! unless the head is hidden or the camera was moved ([`view`]). [`feed`] keeps what controllers say; [`watch`] joins both.
//! Everything here is pure: time comes with the frame.

mod config;
mod features;
pub mod feed;
mod head;
mod lamp;
mod state;
#[cfg(test)]
mod tests;
mod view;
mod watch;

pub use config::{ControllerRef, LampBox, LampColour, Orientation, SignalConfig, SignalTiming};
pub use feed::{ControllerConfig, FeedRefused, Feeds};
pub use head::{StateScores, look};
pub use lamp::{LampModel, LampScores};
pub use state::{Shown, SignalState};
pub use view::View;
pub use watch::{SharedFeeds, SignalWatch};
