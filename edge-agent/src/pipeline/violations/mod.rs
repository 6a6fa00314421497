//! From a rule's [`Finding`] to a violation event with its evidence.
//!
//! The desk sees every analysed frame ([`ViolationDesk::note`]) and keeps what a finding may need of it for a while: boxes and signals as
//! notes, pixels of the newest frames only. A finding ([`ViolationDesk::found`]) takes the pictures of its moments at once and waits for
//! the clip's tail; [`ViolationDesk::due`] gives its draft when that has come, at the latest [`TAIL_S`] after the act. Files are made
//! on a thread of their own, so that the camera's next frame does not wait for them; for a file that is replayed, in place.

mod bundle;
mod drawn;
mod files;
mod maker;
mod notes;
mod recent;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use wire::scene::{Scene, SceneRef};
use wire::violation::{ClockAt, GroundUsed, Kind};
use wire::{MAX_CLIP_BYTES, ModelRef, Name, TimeSource};

use super::vehicle::VehicleFacts;
use crate::camera::{Cut, NoClip, Ring, Wanted};
use crate::frame::{CaptureTime, Frame};
use crate::outbox::Draft;
use crate::rules::violation::{Finding, Signals};
use crate::time_check::TimeCheck;
use crate::track::TrackChanges;
use bundle::Job;
use maker::Maker;
use notes::Notes;
use recent::Recent;
use shown::Shown;

/// A finding waits no longer than this after its act for the clip's tail, seconds.
const TAIL_S: f64 = 6.0;
/// Without a ring there is no tail: then this long for a better look at the plate, seconds.
const PLAIN_S: f64 = 2.0;
/// The same track does not break the same rule again within this time of the last, seconds: one act, one event.
const AGAIN_S: f64 = 60.0;
/// Findings that wait at once, at most: beyond that the oldest goes with what there is.
const MOST_WAITING: usize = 32;
/// Pixels that waiting findings hold, bytes: beyond that they are kept as files, ten times smaller and no longer to be cut from.
const MOST_PIXELS: usize = 96 << 20;
/// A clip begins this long before the act, and the key frame before that; further if the moments begin earlier. Seconds.
const LEAD_S: [f64; 2] = [5.0, 6.5];
/// Length of a clip from there, and how long it goes on after the act at least and at most. Seconds.
const CLIP_S: [f64; 3] = [9.0, 3.5, 5.0];

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

/// What a desk is lent by whoever runs the camera.
#[derive(Clone, Default)]
pub struct Witness {
    /// The camera's own encoded stream; no clips without it.
    pub ring: Option<Arc<Ring>>,
    /// How right the agent's clock is; the kernel is asked without it.
    pub clock: Option<TimeCheck>,
}

/// One camera's desk.
pub struct ViolationDesk {
    setup: Arc<DeskSetup>,
    witness: Witness,
    recent: Recent,
    notes: Notes,
    waiting: Vec<Waiting>,
    /// When a track was told of for a rule, stream seconds.
    told: HashMap<(u64, Name), f64>,
    maker: Maker,
}

/// A finding that waits for its tail.
struct Waiting {
    finding: Finding,
    /// Stream second of the act.
    act_s: f64,
    /// The frame of each moment, where its pixels were still there.
    shown: Vec<Option<Shown>>,
    /// The vehicle, once its track has ended.
    facts: Option<VehicleFacts>,
    clock: ClockAt,
}

impl ViolationDesk {
    /// A desk that has seen nothing.
    pub fn new(setup: DeskSetup) -> Self {
        let waits = |rule: &wire::scene::SceneRule| {
            rule.on && matches!(rule.kind, Kind::StopPark | Kind::JunctionBlock)
        };
        let album = setup.scene.rules.iter().any(waits);
        Self {
            setup: Arc::new(setup),
            witness: Witness::default(),
            recent: Recent::with_album(album),
            notes: Notes::default(),
            waiting: Vec::new(),
            told: HashMap::new(),
            maker: Maker::default(),
        }
    }

    /// Takes clips out of a ring, which is switched on for it, and asks a measured clock.
    pub fn with_witness(mut self, witness: Witness) -> Self {
        if let Some(ring) = &witness.ring {
            ring.switch(true);
        }
        self.witness = witness;
        self
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
        let mut shown: Vec<Option<Shown>> = shown.collect();
        if self.held() + held(&shown) > MOST_PIXELS {
            shown.iter_mut().flatten().for_each(Shown::pack);
        }
        let kernel = crate::health::clock_at;
        let clock = self.witness.clock.as_ref().map_or_else(kernel, |clock| clock.at(kernel));
        self.waiting.push(Waiting { act_s, shown, facts: None, clock, finding });
    }

    /// Bytes of pictures that wait, counting those twice that two findings share.
    fn held(&self) -> usize {
        self.waiting.iter().map(|waiting| held(&waiting.shown)).sum()
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

    /// The drafts that are made, oldest first. `facts` tells of vehicles whose tracks go on.
    pub(super) fn due(
        &mut self,
        now: CaptureTime,
        facts: impl Fn(u64) -> Option<VehicleFacts>,
    ) -> Vec<Draft> {
        let in_place = now.source == TimeSource::File;
        let over = self.waiting.len().saturating_sub(MOST_WAITING);
        let mut waits = Vec::new();
        for (number, waiting) in std::mem::take(&mut self.waiting).into_iter().enumerate() {
            let late = number < over || now.stream_s - waiting.act_s >= TAIL_S;
            let clip = self.clip(&waiting, (!late).then_some(now.stream_s));
            let plain = self.witness.ring.is_none() && now.stream_s - waiting.act_s < PLAIN_S && !late;
            if plain || matches!(clip, Err(NoClip::NotYet)) || !self.maker.has_room(in_place) {
                waits.push(waiting);
                continue;
            }
            let job = self.job(waiting, clip, &facts);
            self.maker.take(job, in_place);
        }
        self.waiting = waits;
        self.maker.made()
    }

    /// No frame came for a while: what waits for a camera that is gone goes with what there is. `silent_s` is how long.
    pub(super) fn idle(&mut self, silent_s: f64, facts: impl Fn(u64) -> Option<VehicleFacts>) -> Vec<Draft> {
        if silent_s < TAIL_S {
            return self.maker.made();
        }
        for waiting in std::mem::take(&mut self.waiting) {
            let clip = self.clip(&waiting, None);
            let job = self.job(waiting, clip, &facts);
            self.maker.take(job, false);
        }
        self.maker.made()
    }

    /// The stream is over: every finding goes with what there is.
    pub(super) fn finish(&mut self, facts: impl Fn(u64) -> Option<VehicleFacts>) -> Vec<Draft> {
        let mut drafts = self.maker.finish();
        for waiting in std::mem::take(&mut self.waiting) {
            let clip = self.clip(&waiting, None);
            drafts.push(self.job(waiting, clip, &facts).run());
        }
        drafts
    }

    /// The clip of a finding: whole at stream second `now_s`, or without one as much of it as there is.
    fn clip(&self, waiting: &Waiting, now_s: Option<f64>) -> Result<Cut, NoClip> {
        let ring = self.witness.ring.as_ref().ok_or(NoClip::Gone)?;
        let wanted = wanted(&waiting.finding, waiting.act_s);
        match now_s {
            // The overlay needs the analysed frames too, which come a little after the encoded ones.
            Some(now_s) if now_s < wanted.to_s => Err(NoClip::NotYet),
            Some(_) => ring.cut(&wanted),
            None => ring.cut_now(&wanted),
        }
    }

    fn job(
        &self,
        waiting: Waiting,
        clip: Result<Cut, NoClip>,
        facts: &impl Fn(u64) -> Option<VehicleFacts>,
    ) -> Job {
        let moments = waiting.finding.moments.iter().zip(&waiting.shown);
        let older = moments.map(|(moment, shown)| match shown {
            Some(_) => (None, None),
            None => (self.around(moment.stream_s), self.recent.in_album(moment.stream_s)),
        });
        Job {
            setup: self.setup.clone(),
            older: older.collect(),
            facts: waiting.facts.or_else(|| facts(waiting.finding.track)),
            notes: self.notes.around(waiting.act_s),
            act_s: waiting.act_s,
            finding: waiting.finding,
            shown: waiting.shown,
            clip,
            clock: waiting.clock,
        }
    }

    /// What the ring holds around one moment.
    fn around(&self, stream_s: f64) -> Option<Cut> {
        let wanted = Wanted { from_s: stream_s, act_s: stream_s, to_s: stream_s + 0.5, bytes: usize::MAX };
        self.witness.ring.as_ref()?.cut_now(&wanted).ok()
    }
}

fn held(shown: &[Option<Shown>]) -> usize {
    shown.iter().flatten().map(Shown::bytes).sum()
}

/// The clip of a finding: eight to ten seconds around the act, with all of its moments where they fit.
fn wanted(finding: &Finding, act_s: f64) -> Wanted {
    let moments = || finding.moments.iter().map(|moment| moment.stream_s);
    let first_s = moments().fold(act_s, f64::min) - 0.5;
    let last_s = moments().fold(act_s, f64::max) + 0.5;
    let from_s = first_s.clamp(act_s - LEAD_S[1], act_s - LEAD_S[0]);
    let [length_s, least_s, most_s] = CLIP_S;
    let to_s = last_s.max(from_s + length_s).clamp(act_s + least_s, act_s + most_s);
    Wanted { from_s, act_s, to_s, bytes: MAX_CLIP_BYTES }
}
