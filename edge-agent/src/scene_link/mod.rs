//! Scenes between central and the cameras: received, checked, kept on disk, handed to running pipelines between two frames;
//! and what central may ask about them: the newest frame, and what a drawn scene would have said about recorded minutes.
//!
//! What always holds:
//! * A scene is used only if central's key signed it, it is for this agent and this camera, and nothing in it is wrong.
//! * A scene never gives way to an older one of the same central. Another central (the agent was enrolled anew) starts over.
//! * A scene that is refused changes nothing: the one in use stays, and the heartbeat says why.
//! * What was recorded for previews lives in memory, is bounded, and goes with the process.

mod file;
mod keep;
mod link;
mod log;
mod preview;
mod recorder;
mod signals;
mod slot;
mod tasks;

pub use file::{SceneFileError, load};
pub use keep::{SceneRefused, SceneWord, Scenes, Taken};
pub use link::{SceneLink, connect};
pub use log::{Logged, TrackLog};
pub use preview::run as preview;
pub use recorder::Recorder;
pub use signals::signals;
pub use slot::{SceneInUse, SceneSlot};
pub(crate) use tasks::Answer as TaskAnswer;
