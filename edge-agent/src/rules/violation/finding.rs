//! What a rule found: pure facts about one track, before anything is known of its pictures.

use jiff::Timestamp;
use wire::scene::VehicleClass;
use wire::violation::{Kind, Measured};
use wire::{Name, SignalReading};

use crate::geometry::BBox;

/// A vehicle did what a rule of the scene forbids, as far as its track tells.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// Rule of the scene.
    pub rule: Name,
    /// What it watches for.
    pub kind: Kind,
    /// The track.
    pub track: u64,
    /// Class of the vehicle.
    pub class: VehicleClass,
    /// Lane, when one is known.
    pub lane: Option<Name>,
    /// The moments it rests on, in the order of time; never empty.
    pub moments: Vec<FoundMoment>,
    /// What was measured, if anything.
    pub measured: Option<Measured>,
    /// How much speaks for it, `0..=1`.
    pub score: f32,
    /// What speaks against it or limits it: words of docs/violations.md.
    pub doubts: Vec<String>,
}

impl Finding {
    /// The moment of the act itself: the one named `past_line` or `act`, else the last one.
    pub fn act(&self) -> Option<&FoundMoment> {
        let named = |word: &str| self.moments.iter().find(|moment| moment.what == word);
        named("past_line").or_else(|| named("act")).or_else(|| self.moments.last())
    }
}

/// One moment of it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundMoment {
    /// `before_line`, `on_line`, `past_line`, `start`, `act`, `end`.
    pub what: String,
    /// Stream second of the frame.
    pub stream_s: f64,
    /// When the frame was taken.
    pub at: Timestamp,
    /// Number of the frame in its stream.
    pub frame: u64,
    /// Where the vehicle is, pixels.
    pub bbox: BBox,
    /// What the governing signal showed.
    pub signal: Option<SignalReading>,
}

/// What the signals of a scene show at one frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Signals(pub Vec<SignalReading>);

impl Signals {
    /// What the signal of this name shows.
    pub fn of(&self, signal: &Name) -> Option<&SignalReading> {
        self.0.iter().find(|reading| reading.signal == *signal)
    }
}
