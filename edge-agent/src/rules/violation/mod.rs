//! Rules of the road over tracks on a scene. Pure: changes of tracks, what signals showed and what others saw go in with the
//! time, findings come out.
//!
//! One file per rule; what several need is in one place each: [`memory`] (where every track was), [`passages`] (which lines it
//! passed), [`way_taken`] (where it went). [`Judge`] asks every rule, and keeps from it what holds for all: classes, hours, one
//! finding for one vehicle though two tracks are on it, priority vehicles as a doubt. What each rule sees, reads and cannot know
//! stands in docs/violations.md.

mod facts;
mod finding;
mod hours;
mod judge;
mod junction_block;
mod memory;
mod moments;
mod passages;
mod people;
mod per_track;
mod plate;
mod red_light;
mod signals;
mod solid_line;
mod speed;
mod standing;
mod stop_park;
mod stretch;
mod strips;
mod turn;
mod way_taken;
mod within;
mod wrong_lane;

pub use facts::{FrameAt, Looks, PlateLook, Riders};
pub use finding::{Finding, FoundMoment, Signals};
pub use judge::{Judge, RuleCounts};
