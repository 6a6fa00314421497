//! The lines of the protocol as types.

use serde::{Deserialize, Serialize};
use wire::identity::{Gender, PassiveReport};
use zeroize::Zeroize as _;

/// What the reader is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReaderState {
    /// Nothing lies on it.
    Idle,
    /// A card does.
    CardPresent,
    /// It is being read.
    Reading,
}

/// Why a card could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ChipFault {
    /// Nothing lies on the reader.
    #[error("no card on the reader: lay it down flat")]
    NoCard,
    /// CAN or MRZ do not open the chip.
    #[error("the printed number (CAN or MRZ) does not open this chip: clean the card and lay it down again")]
    AccessDenied,
    /// Taken away too early.
    #[error("the card was taken away too early: leave it until the sign")]
    CardRemoved,
    /// Signature or hashes are wrong.
    #[error("the chip's data are not authentic: call a supervisor")]
    NotAuthentic,
    /// Signed by nobody whom the reader knows.
    #[error("the chip is signed by an unknown authority: update the reader's list of authorities")]
    UnknownAuthority,
    /// It took too long.
    #[error("reading took too long: lay the card down again")]
    Timeout,
    /// The agent gave up.
    #[error("reading was cancelled")]
    Cancelled,
    /// The answer makes no sense: no holder, or a number or date that cannot be.
    #[error("the reader's answer cannot be used: update its adapter")]
    BadAnswer,
    /// A reason that this version does not know.
    #[error("the reader could not read the card")]
    #[serde(other)]
    Other,
}

/// What a line says. One flat object, because serde's tagged enums would keep a copy of everything in it, also of what
/// must not be kept.
#[derive(Deserialize)]
pub(super) struct Line {
    pub(super) say: Say,
    #[serde(default)]
    pub(super) v: Option<u32>,
    #[serde(default)]
    pub(super) state: Option<ReaderState>,
    #[serde(default)]
    pub(super) id: Option<u64>,
    #[serde(default)]
    pub(super) why: Option<ChipFault>,
    #[serde(default)]
    pub(super) holder: Option<Holder>,
    #[serde(default)]
    pub(super) passive: Option<PassiveReport>,
}

/// Kinds of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Say {
    Hello,
    Beat,
    State,
    Done,
    Failed,
    #[serde(other)]
    Unknown,
}

/// What is taken from a chip, and all that there is room for. Wiped when dropped.
#[derive(Deserialize)]
pub(super) struct Holder {
    pub(super) number: String,
    pub(super) name: String,
    pub(super) born: String,
    pub(super) gender: Gender,
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.number.zeroize();
        self.name.zeroize();
        self.born.zeroize();
    }
}

/// What the agent says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Request {
    /// Who are you?
    Hello {
        /// [`super::VERSION`].
        v: u32,
    },
    /// Read the card.
    Read {
        /// Comes back in the answer.
        id: u64,
    },
    /// Stop reading.
    Cancel {
        /// Of the read.
        id: u64,
    },
}
