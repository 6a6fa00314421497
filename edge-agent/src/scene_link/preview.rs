//! A drawn scene tried on recorded minutes: the same judge as live, asked about every rule, also those that are switched off.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use wire::Name;
use wire::scene::{Preview, Previewed, Scene};
use wire::violation::Kind;

use super::log::Logged;
use crate::geometry::Point;
use crate::rules::violation::{Finding, FrameAt, Judge, Signals};
use crate::scene::{CalibratedScene, SceneProblems};

/// Findings told at most; of more, the newest.
const MOST: usize = 500;
/// The way that is told: so long before the act and after it, seconds.
const BEFORE_S: f64 = 6.0;
const AFTER_S: f64 = 2.0;
/// Points of a way, at most.
const POINTS: usize = 24;

/// Where tracks were: stream second and the point on the road.
type Ways = HashMap<u64, Vec<(f64, Point)>>;

/// What `scene` says about `frames`, which are not empty, oldest first.
///
/// # Errors
/// The scene cannot be used.
pub fn run(scene: &Scene, frames: &[Arc<Logged>]) -> Result<Option<Preview>, SceneProblems> {
    let (Some(first), Some(last)) = (frames.first(), frames.last()) else { return Ok(None) };
    let size = last.size;
    let calibrated = Arc::new(CalibratedScene::new(scene, size.0, size.1)?);
    let mut judge = Judge::preview(calibrated.clone());
    let (mut findings, mut ways, mut vehicles) = (Vec::new(), Ways::new(), HashSet::new());
    let mut watched: HashSet<&Name> = HashSet::new();
    for logged in frames {
        let signals = Signals(logged.signals.to_vec());
        let at = FrameAt { index: logged.frame, captured: logged.captured };
        findings.extend(judge.update(&logged.changes, &signals, &logged.looks, at));
        watched.extend(logged.signals.iter().map(|reading| &reading.signal));
        for track in logged.changes.seen().filter(|track| track.class.is_vehicle()) {
            vehicles.insert(track.id);
            ways.entry(track.id).or_default().push((logged.captured.stream_s, track.bbox.foot()));
        }
    }
    findings.extend(judge.finish());
    let mut found: Vec<Previewed> =
        findings.iter().filter_map(|finding| told(finding, &ways, size)).collect();
    found.sort_by_key(|one| one.at);
    found.drain(..found.len().saturating_sub(MOST));
    let heads = frames.iter().flat_map(|logged| &logged.looks.riders).any(|(_, look)| look.bare.is_some());
    let helmets = scene.rules.iter().filter(|rule| rule.kind == Kind::NoHelmet && !heads);
    let signals = scene.signals.iter().map(|signal| &signal.id).filter(|id| !watched.contains(id));
    let unwatched = signals.chain(helmets.map(|rule| &rule.id));
    Ok(Some(Preview {
        from: first.captured.at,
        to: last.captured.at,
        frames: frames.len() as u64,
        tracks: vehicles.len() as u64,
        ground_error_px: calibrated.ground().map(|ground| ground.error_px()),
        ground_error_m: calibrated.ground().map(|ground| ground.error_m()),
        found,
        unwatched: unwatched.cloned().collect(),
    }))
}

fn told(finding: &Finding, ways: &Ways, (width, height): (u32, u32)) -> Option<Previewed> {
    let act = finding.act()?;
    // A tenth of a pixel is enough, and keeps the message small.
    let part = |value: f32, of: u32| (value / of as f32 * 1e4).round() / 1e4;
    let spot = |point: Point| [part(point.x, width), part(point.y, height)];
    let near = |s: f64| (act.stream_s - BEFORE_S..=act.stream_s + AFTER_S).contains(&s);
    let way: Vec<Point> = ways
        .get(&finding.track)
        .into_iter()
        .flatten()
        .filter(|(s, _)| near(*s))
        .map(|(_, point)| *point)
        .collect();
    let step = way.len().div_ceil(POINTS).max(1);
    let bbox = &act.bbox;
    Some(Previewed {
        rule: finding.rule.clone(),
        kind: finding.kind,
        at: act.at,
        class: finding.class.as_str().to_owned(),
        bbox: [part(bbox.x, width), part(bbox.y, height), part(bbox.w, width), part(bbox.h, height)],
        path: way.into_iter().step_by(step).map(spot).collect(),
    })
}

#[cfg(test)]
#[path = "preview_tests.rs"]
pub(super) mod tests;
