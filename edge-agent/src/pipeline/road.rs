//! What a drawn scene makes of a camera: its rules judge the tracks, its desk turns what they find into events.
//!
//! A camera without a scene has none of this, and costs nothing.

use std::collections::HashMap;
use std::sync::Arc;

use wire::scene::{Scene, SceneRule};
use wire::violation::{GroundUsed, Kind};
use wire::{ModelRef, Name};

use super::vehicle::VehicleFacts;
use super::violations::{DeskSetup, ViolationDesk, Witness};
use crate::config::LineRule;
use crate::frame::Frame;
use crate::outbox::Draft;
use crate::rules::violation::{FrameAt, Judge, Looks, Riders, RuleCounts, Signals};
use crate::scene::CalibratedScene;
use crate::scene_link::SceneInUse;
use crate::track::{ChangeKind, TrackChanges};
use crate::vision::Rider;

/// What is known of a vehicle that left is kept this long, when a rule still waits with a judgement about it, seconds.
const GONE_S: f64 = 10.0;

/// The scene of one camera at work.
pub(super) struct Road {
    camera: Name,
    in_use: SceneInUse,
    models: Vec<ModelRef>,
    witness: Witness,
    judging: Option<Judging>,
    /// A picture size that the scene could not be used with; said once.
    refused: Option<(u32, u32)>,
}

/// For pictures of one size.
struct Judging {
    size: (u32, u32),
    judge: Judge,
    desk: ViolationDesk,
    gone: HashMap<u64, (f64, VehicleFacts)>,
}

impl Road {
    /// None without rules: nothing is judged then.
    pub(super) fn new(
        camera: &Name,
        in_use: SceneInUse,
        models: &[ModelRef],
        witness: Witness,
    ) -> Option<Self> {
        let judges = in_use.scene.rules.iter().any(|rule| rule.on);
        judges.then(|| Self {
            camera: camera.clone(),
            in_use,
            models: models.to_vec(),
            witness,
            judging: None,
            refused: None,
        })
    }

    /// Judges one frame. `facts` tells what is known of a vehicle.
    pub(super) fn frame(
        &mut self,
        frame: &Frame,
        changes: &TrackChanges,
        signals: &Signals,
        looks: &Looks,
        facts: impl Fn(u64) -> Option<VehicleFacts>,
    ) -> Vec<Draft> {
        let size = (frame.picture.width, frame.picture.height);
        let mut drafts = Vec::new();
        if self.judging.as_ref().is_none_or(|judging| judging.size != size) {
            // What was judged in pictures of another size goes with what there is.
            drafts.extend(self.judging.take().map(|judging| judging.finish(&facts)).unwrap_or_default());
            self.judging = self.make(size);
        }
        if let Some(judging) = &mut self.judging {
            drafts.extend(judging.frame(frame, changes, signals, looks, &facts));
        }
        drafts
    }

    /// No frame has come for `silent_s`.
    pub(super) fn idle(&mut self, silent_s: f64, facts: impl Fn(u64) -> Option<VehicleFacts>) -> Vec<Draft> {
        self.judging.as_mut().map(|judging| judging.desk.idle(silent_s, facts)).unwrap_or_default()
    }

    /// The stream is over, or another scene takes its place.
    pub(super) fn finish(self, facts: impl Fn(u64) -> Option<VehicleFacts>) -> Vec<Draft> {
        self.judging.map(|judging| judging.finish(&facts)).unwrap_or_default()
    }

    /// Whether a rule is about helmets.
    pub(super) fn wants_helmets(&self) -> bool {
        self.on(Kind::NoHelmet).next().is_some()
    }

    /// Rules that are switched on and that cannot be watched with what this camera has.
    pub(super) fn unwatched(&self, helmets: bool, plates: bool) -> Vec<Name> {
        let heads = self.on(Kind::NoHelmet).filter(|_| !helmets);
        let covered = self.on(Kind::PlateCovered).chain(self.on(Kind::PlateMissing)).filter(|_| !plates);
        heads.chain(covered).map(|rule| rule.id.clone()).collect()
    }

    fn on(&self, kind: Kind) -> impl Iterator<Item = &SceneRule> {
        self.in_use.scene.rules.iter().filter(move |rule| rule.on && rule.kind == kind)
    }

    /// Whether a rule looks at plates.
    pub(super) fn wants_plates(&self) -> bool {
        self.judging.as_ref().is_some_and(|judging| judging.judge.wants_plates())
    }

    /// What happened with each rule.
    pub(super) fn counts(&self) -> Vec<RuleCounts> {
        self.judging.iter().flat_map(|judging| judging.judge.counts()).collect()
    }

    fn make(&mut self, size: (u32, u32)) -> Option<Judging> {
        let scene = match CalibratedScene::new(&self.in_use.scene, size.0, size.1) {
            Ok(scene) => scene,
            Err(error) => {
                if self.refused.replace(size) != Some(size) {
                    tracing::error!(camera = %self.camera, %error, "the camera goes without its scene's rules");
                }
                return None;
            }
        };
        let ground = scene.ground().zip(self.in_use.scene.ground.as_ref()).map(|(fit, drawn)| GroundUsed {
            points: fit.points(),
            error_px: fit.error_px(),
            error_m: fit.error_m(),
            measured_on: drawn.measured_on,
        });
        let setup = DeskSetup {
            camera: self.camera.clone(),
            scene: self.in_use.scene.clone(),
            reference: self.in_use.reference.clone(),
            ground,
            models: self.models.clone(),
        };
        let judge = Judge::new(Arc::new(scene));
        let desk = ViolationDesk::new(setup).with_witness(self.witness.clone());
        Some(Judging { size, judge, desk, gone: HashMap::new() })
    }
}

impl Judging {
    fn frame(
        &mut self,
        frame: &Frame,
        changes: &TrackChanges,
        signals: &Signals,
        looks: &Looks,
        facts: &impl Fn(u64) -> Option<VehicleFacts>,
    ) -> Vec<Draft> {
        let now_s = frame.captured.stream_s;
        self.desk.note(frame, changes, signals);
        let found = self.judge.update(changes, signals, looks, FrameAt::of(frame));
        for finding in found {
            let track = finding.track;
            self.desk.found(finding);
            if let Some((_, facts)) = self.gone.get(&track) {
                self.desk.ended(track, facts);
            }
        }
        for track in changes.of_kind(ChangeKind::Ended) {
            let (accused, suspected) = (self.desk.accuses(track.id), self.judge.waits_for(track.id));
            let Some(facts) = (accused || suspected).then(|| facts(track.id)).flatten() else { continue };
            self.desk.ended(track.id, &facts);
            if suspected {
                self.gone.insert(track.id, (now_s, facts));
            }
        }
        self.gone.retain(|_, (gone_s, _)| now_s - *gone_s <= GONE_S);
        self.desk.due(frame.captured, facts)
    }

    fn finish(mut self, facts: &impl Fn(u64) -> Option<VehicleFacts>) -> Vec<Draft> {
        for finding in self.judge.finish() {
            self.desk.found(finding);
        }
        let gone = self.gone;
        self.desk.finish(|track| facts(track).or_else(|| gone.get(&track).map(|(_, facts)| facts.clone())))
    }
}

/// Lines at which sections begin or end whose other line is at another camera.
pub(super) fn section_lines(scene: &Scene) -> Vec<LineRule> {
    let sections = scene.rules.iter().filter(|rule| rule.on && rule.kind == Kind::SpeedSection);
    let names = sections.filter_map(|rule| match rule.about.as_slice() {
        [only] => Some(only),
        _ => None,
    });
    let lines = names.filter_map(|name| scene.lines.iter().find(|line| line.id == *name));
    lines.map(|line| LineRule::of_road(line.id.clone(), line.from, line.to)).collect()
}

/// How many people sit on each two-wheeler that the detector saw in this frame, and what was seen of their heads, by track.
pub(super) fn riders(
    changes: &TrackChanges,
    riders: &[Rider],
    bare: &HashMap<u64, (u32, f32)>,
) -> Vec<(u64, Riders)> {
    let of = |vehicle: usize| riders.iter().filter(move |rider| rider.vehicle == vehicle);
    let look = |track: u64, vehicle: usize| Riders {
        count: of(vehicle).count() as u32,
        score: of(vehicle).map(|rider| rider.person.score).fold(1.0, f32::min),
        bare: bare.get(&track).copied(),
    };
    changes.seen().filter_map(|track| Some((track.id, look(track.id, track.detection?)))).collect()
}
