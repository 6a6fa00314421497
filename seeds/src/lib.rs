//! Invented citizens and vehicles, and the mock national services that answer from them.
//!
//! * [`World`] is the data: generated from a fixed seed, the demonstration's own rows on top.
//! * [`Mock`] serves it over HTTP: vehicle registration, population database, VNeID, wanted persons, payment, tickets, licences,
//!   inspection, registered mail, postings, special machines. It refuses what the real services would refuse, can be made slow,
//!   faulty, metered or dead, and calls back late, twice, backwards or not at all when told to.
//! * [`sign`] is the signature that callers, and the mock's own callbacks, carry.
//!
//! Every person, organisation and number plate here is invented.

pub mod config;
pub mod serve;
pub mod sign;
pub mod world;

pub use config::Config;
pub use serve::Mock;
pub use world::World;
