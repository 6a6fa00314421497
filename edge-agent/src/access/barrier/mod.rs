//! Barriers and turnstiles: a relay that opens them, and what they say of themselves. What that means is in [`follow`], pure.

mod config;
mod follow;
mod gpio;
mod http;
mod worker;

use thiserror::Error;

pub use config::{BarrierConfig, GpioConfig, HttpCall, HttpConfig, MqttConfig, RelayConfig};
pub use follow::{Follow, Limits, Noted};
pub use gpio::{GpioBarrier, Lines, Output};
pub use http::HttpBarrier;
pub use worker::{Worker, connect};

/// What a barrier is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Open once.
    Open,
    /// Close.
    Close,
    /// Open and stay open.
    Hold,
    /// Close, after [`Command::Hold`].
    Release,
}

/// Where its arm is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// All open.
    Open,
    /// All closed.
    Closed,
    /// Between.
    Moving,
}

/// What is heard of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It says where it is.
    At(Position),
    /// It cannot be reached.
    Unreachable,
}

/// Why a barrier did not take a command or say where it is.
#[derive(Debug, Error)]
pub enum BarrierError {
    /// Its address or token cannot be used.
    #[error("barrier settings: {0}")]
    Config(String),
    /// No connection, or no answer in time.
    #[error("barrier at {at}: {reason}; check its power and cable, and open by hand meanwhile")]
    Unreachable {
        /// Address, without secrets.
        at: String,
        /// What was said.
        reason: String,
    },
    /// It answered with something that is not configured.
    #[error("barrier at {at} says {said:?}, which is none of the configured words")]
    Word {
        /// Address.
        at: String,
        /// What it said, shortened.
        said: String,
    },
}

/// One barrier. Its calls block, for as long as its own time limit at most.
pub trait Barrier: Send {
    /// Tells it something.
    ///
    /// # Errors
    /// It did not take the command.
    fn command(&mut self, command: Command) -> Result<(), BarrierError>;

    /// Where it is; `None` if it never says.
    ///
    /// # Errors
    /// It does not answer, or not with a configured word.
    fn position(&mut self) -> Result<Option<Position>, BarrierError>;
}
