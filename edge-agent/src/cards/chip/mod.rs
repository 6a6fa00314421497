//! # The reader protocol, version 1
//!
//! Chip readers differ; a small adapter beside each (the vendor's library and a few lines) speaks this. One JSON object per
//! line, UTF-8, ended by LF, at most 256 KiB; over a serial line or TCP on the loopback interface. The reader does access
//! control (CAN or MRZ, which it reads off the card with its own camera), and passive authentication against its list of
//! signing authorities. Unknown fields are ignored and never stored.
//!
//! | who | line | when |
//! |---|---|---|
//! | reader | `{"say":"hello","v":1,"reader":"MODEL"}` | first, after a connection or `hello` |
//! | agent | `{"do":"hello","v":1}` | first |
//! | reader | `{"say":"beat","state":"idle"}` | every second, with `idle`, `card_present` or `reading` |
//! | reader | `{"say":"state","state":"card_present"}` | a card was laid down or taken away |
//! | agent | `{"do":"read","id":7}` | reads the card that is there |
//! | reader | `{"say":"done","id":7,"holder":{…},"passive":{…}}` | it was read |
//! | reader | `{"say":"failed","id":7,"why":"…"}` | it was not; see [`ChipFault`] |
//! | agent | `{"do":"cancel","id":7}` | nobody waits any more; answered by `failed`, `cancelled` |
//!
//! `holder`: `number`, `name`, `born` (`YYYY-MM-DD`), `gender` (`male`, `female`). Face, ethnicity, religion and the rest of
//! the chip are not asked for; a reader that sends them all the same finds no place for them here.
//! `passive`: `sod_signature_valid`, `hashes_match`, `csca` (`known`, `unknown`).

mod protocol;
mod reader;
mod session;
pub mod simulator;

pub use protocol::{ChipFault, ReaderState};
pub use reader::ChipReader;
pub use session::{Session, Timeouts};

/// The version of the protocol that is spoken here.
pub const VERSION: u32 = 1;

/// Longest line, bytes.
pub const MAX_LINE: usize = 256 * 1024;
