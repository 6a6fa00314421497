//! The outbox: every event waits here, on disk, until central's receipt says that it is committed.
//!
//! # Invariants
//! 1. [`Outbox::append`] returns only when the events and their pictures are flushed. Nothing sees an event before.
//! 2. Sequence numbers start at 1, grow by one and are never used twice, not even after the store was damaged: numbers
//!    are reserved ahead in a small file of their own ([`reserve`]).
//! 3. An event leaves by its receipt ([`Outbox::receipted`]) or by eviction. Evictions are counted, durably, in the same
//!    batch, and reported to central as an event of their own.
//! 4. A store that cannot be opened or read is set aside, searched for intact records ([`salvage`]), replaced and
//!    reported. The agent never stops over it.
//! 5. A large file is whole on disk before the batch of its event, and is removed after the flush of the batch with which the
//!    last event that names it goes ([`files`]). What an event names is never removed; what none names is, at the next opening.
//!
//! # In the outbox's folder
//! | name | what |
//! |---|---|
//! | `store/` | sled |
//! | `files/` + SHA-256 | a file of [`files::LARGE`] bytes or more, as it will be sent |
//! | `sequence`, `sequence.last` | numbers reserved, the last one stored ([`reserve`]) |
//! | `damaged-N/` | a store that was set aside; in its `files/` those that no event read from it names |
//! | `salvaging` | names the one that is being searched, while it is |
//!
//! # Keys in the one sled tree
//! | key | value |
//! |---|---|
//! | `e` + seq (8 bytes, big endian) | a framed [`record::Stored`] |
//! | `p` + SHA-256 | a framed smaller file; in stores of before there was `files/` large ones too, which are read and leave like all |
//! | `s` + key | a framed value of the state that follows from the events ([`state`]) |
//! | `m/next`, `m/prev`, `m/evicted`, `m/lost` | counters, JSON |
//!
//! One tree, because sled applies a batch atomically within one tree only.

mod append;
mod files;
mod frame;
mod inner;
mod policy;
mod record;
mod recover;
mod reserve;
mod salvage;
mod state;
mod store;

pub use policy::{Bounds, EvictionClass};
pub use record::{Draft, Picture, Stored};
pub use state::StateChange;
pub use store::{Health, Outbox, OutboxError};
