//! From a rule's [`Finding`] to a violation event with its evidence.
//!
//! The desk sees every analysed frame ([`ViolationDesk::note`]) and keeps what a finding may need of it for a while: boxes and signals as
//! notes, pixels of the newest frames only. A finding ([`ViolationDesk::found`]) takes the pictures of its moments at once and waits for
//! the clip's tail; [`ViolationDesk::due`] gives its draft when that has come, at the latest [`TAIL_S`] after the act.

mod bundle;
mod notes;
mod recent;

use std::collections::HashMap;
use std::sync::Arc;

use wire::scene::{Scene, SceneRef};
use wire::violation::{ClockAt, GroundUsed};
use wire::{ModelRef, Name};

use super::vehicle::VehicleFacts;
use crate::frame::{CaptureTime, Frame};
use crate::outbox::Draft;
use crate::rules::violation::{Finding, Signals};
use crate::track::TrackChanges;
use bundle::{Job, Shown};
use notes::Notes;
use recent::Recent;

/// A finding waits no longer than this after its act for the clip's tail, seconds.
const TAIL_S: f64 = 6.0;
/// The same track does not break the same rule again within this time, seconds: one act, one event.
const AGAIN_S: f64 = 60.0;
/// Findings that wait at once, at most: beyond that the oldest goes with what there is.
const MOST_WAITING: usize = 32;

/// What does not change from finding to finding.
#[derive(Debug, Clone)]
pub struct DeskSetup {
    /// The camera.
    pub camera: Name,
    /// The scene that judges.
    pub scene: Arc<Scene>,
    /// Which version of it.
    pub reference: SceneRef,
    /// Its measured ground, with the errors of the points, where it has one.
    pub ground: Option<GroundUsed>,
    /// Models that take part.
    pub models: Vec<ModelRef>,
}

/// One camera's desk.
pub struct ViolationDesk {
    setup: Arc<DeskSetup>,
    recent: Recent,
    notes: Notes,
    waiting: Vec<Waiting>,
    /// When a track was told of for a rule, stream seconds.
    told: HashMap<(u64, Name), f64>,
}

/// A finding that waits for its tail.
struct Waiting {
    finding: Finding,
    /// Stream second of the act.
    act_s: f64,
    /// The frame of each moment, where it was still there.
    shown: Vec<Option<Shown>>,
    /// The vehicle, once its track has ended.
    facts: Option<VehicleFacts>,
    clock: ClockAt,
}

impl ViolationDesk {
    /// A desk that has seen nothing.
    pub fn new(setup: DeskSetup) -> Self {
        Self {
            setup: Arc::new(setup),
            recent: Recent::default(),
            notes: Notes::default(),
            waiting: Vec::new(),
            told: HashMap::new(),
        }
    }

    /// Keeps what overlay, timeline and pictures of moments may need of this frame. Comes before [`ViolationDesk::found`].
    pub fn note(&mut self, frame: &Frame, changes: &TrackChanges, signals: &Signals) {
        self.recent.keep(frame);
        self.notes.keep(frame, changes, signals);
        let now_s = frame.captured.stream_s;
        self.told.retain(|_, told_s| now_s - *told_s < AGAIN_S);
    }

    /// Takes a finding. The same rule broken again by the same track within a minute is one act, and is not told twice.
    pub fn found(&mut self, finding: Finding) {
        let Some(act_s) = finding.act().map(|act| act.stream_s) else {
            tracing::error!(camera = %self.setup.camera, rule = %finding.rule, "a finding without a moment is dropped");
            return;
        };
        if self.told.insert((finding.track, finding.rule.clone()), act_s).is_some() {
            tracing::debug!(camera = %self.setup.camera, rule = %finding.rule, track = finding.track, "told already");
            return;
        }
        let shown = finding.moments.iter().map(|moment| self.recent.at(moment.frame, moment.stream_s));
        let shown = shown.collect();
        self.waiting.push(Waiting { act_s, shown, facts: None, clock: crate::health::clock_at(), finding });
    }

    /// Whether a finding about this track waits: then its vehicle must be told before it is forgotten.
    pub(super) fn accuses(&self, track: u64) -> bool {
        self.waiting.iter().any(|waiting| waiting.finding.track == track)
    }

    /// The track has ended: what is known of its vehicle by now is all there will be.
    pub(super) fn ended(&mut self, track: u64, facts: &VehicleFacts) {
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.finding.track == track) {
            waiting.facts = Some(facts.clone());
        }
    }

    /// The drafts whose tail has come, oldest first. `facts` tells of vehicles whose tracks go on.
    pub(super) fn due(
        &mut self,
        now: CaptureTime,
        facts: impl Fn(u64) -> Option<VehicleFacts>,
    ) -> Vec<Draft> {
        let over = self.waiting.len().saturating_sub(MOST_WAITING);
        let mut number = 0;
        let ready = self.waiting.extract_if(.., |waiting| {
            number += 1;
            number <= over || now.stream_s - waiting.act_s >= TAIL_S
        });
        let ready: Vec<Waiting> = ready.collect();
        ready.into_iter().map(|waiting| self.make(waiting, &facts)).collect()
    }

    /// The stream is over: every finding goes with what there is.
    pub(super) fn finish(&mut self, facts: impl Fn(u64) -> Option<VehicleFacts>) -> Vec<Draft> {
        std::mem::take(&mut self.waiting).into_iter().map(|waiting| self.make(waiting, &facts)).collect()
    }

    fn make(&self, waiting: Waiting, facts: &impl Fn(u64) -> Option<VehicleFacts>) -> Draft {
        let facts = waiting.facts.or_else(|| facts(waiting.finding.track));
        let notes = self.notes.around(waiting.act_s);
        let job = Job {
            setup: self.setup.clone(),
            finding: waiting.finding,
            shown: waiting.shown,
            facts,
            notes,
            clock: waiting.clock,
        };
        job.run()
    }
}
