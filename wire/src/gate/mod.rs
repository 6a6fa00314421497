//! Gates: who may pass a lane, decided at the edge from a signed list, explained at central.
//!
//! A **gate** has **lanes**. Each lane has a [`Policy`]. Central sends every agent a sealed [`GateList`]: gates, policies,
//! schedules, groups, entries, watch digests, guards. A **subject** (vehicle, person, or both) is presented at a lane with a
//! **proof**; [`decide`] answers with a [`Decision`]: a [`Verdict`], a [`Reason`], the entry, the list's version and age. It is pure:
//! time, list, [`Presence`] and what was presented are arguments, so that the edge and central get the same answer from the
//! same input, and central can say what it *would have decided otherwise*.
//!
//! ## What may be read in a list
//! Plates are readable. Identity numbers, passes, PINs and watch lists travel as [`KeyDigest`]s under a key that only this agent
//! and central can compute ([`AgentSecret`]); it never travels.

mod bounds;
mod calendar;
mod check;
mod decide;
mod digest;
mod event;
mod index;
mod list;
mod message;
mod policy;
mod presence;
mod secret;

pub use bounds::{BoundsError, check_event};
pub use calendar::{Clock, DayKind, Holiday, Schedule, Window};
pub use decide::{Ask, Decision, Freshness, Reason, SeenPerson, SeenVehicle, Verdict, Warning, decide};
pub use digest::{KeyDigest, KeyKind};
pub use event::{
    Access, AccessOutcome, Actor, BarrierWord, CountCorrection, GuardAct, GuardAction, IdentityCheck,
    Incident, IncidentKind, PaperEntry, Shift, Subject, SubjectKind, ZoneCount,
};
pub use index::GateIndex;
pub use list::{
    Entry, EntryKey, EntryKind, Gate, GateList, Group, GroupKind, GuardAccount, Lane, LaneWay, ListError,
    ListKind, WatchDigest,
};
pub use message::{Answer, AnswerBody, Question, QuestionBody, RegisterWord, Visitor, VneidWord};
pub use policy::{AntiPassback, FaceUse, Policy, Rule, Staleness, Tailgating, Wanted};
pub use presence::{Inside, Passed, Presence, stranger};
pub use secret::{AgentSecret, SecretError, SubjectBox};
