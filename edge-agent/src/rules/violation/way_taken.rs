//! Where a vehicle goes at a junction: by the exit line that it passes, else by how its heading turns on measured ground.

use wire::scene::{LineKind, Move};

use super::memory::{Look, Trail};
use crate::geometry::Point;
use crate::scene::CalibratedScene;

/// Ways of driving that a heading is taken over, metres: before the line, and at the end of what was seen.
const BEFORE_M: f64 = 3.0;
const AFTER_M: f64 = 3.0;
/// After this way beyond the line a vehicle has turned or it goes straight on, metres.
const TURNED_M: f64 = 14.0;
/// Turns by less are straight on, by more are back, degrees.
const STRAIGHT_DEG: f64 = 35.0;
const BACK_DEG: f64 = 150.0;

/// Every way that there is.
pub(super) const MOVES: [Move; 4] = [Move::Straight, Move::Left, Move::Right, Move::UTurn];

/// The way that a vehicle took after a moment; none while nobody can say.
pub(super) fn way_taken(
    scene: &CalibratedScene,
    trail: &Trail,
    from_s: f64,
    final_word: bool,
) -> Option<Move> {
    let exit = trail.passed.iter().filter(|passage| passage.passed_s >= from_s).find_map(|passage| {
        let (line, _) = scene.line(&passage.line)?;
        (line.kind == LineKind::Exit).then_some(line.to_move).flatten()
    });
    exit.or_else(|| by_heading(scene, trail, from_s, final_word))
}

/// By how the heading on the ground turned between the line and where it was seen last.
fn by_heading(scene: &CalibratedScene, trail: &Trail, from_s: f64, final_word: bool) -> Option<Move> {
    let ground = scene.ground()?;
    let place = |look: &Look| ground.ground(look.bbox.foot());
    let at = trail.looks.partition_point(|look| look.s() < from_s);
    let line = trail.looks.get(at.min(trail.looks.len() - 1))?;
    let (line, last) = (place(line)?, place(&trail.last())?);
    let way = distance(line, last);
    if way < TURNED_M && !(final_word && way >= 2.0 * AFTER_M) {
        return None;
    }
    let before = trail.looks.range(..at).rev().filter_map(place).find(|p| distance(*p, line) >= BEFORE_M)?;
    let after = trail.since(from_s).rev().filter_map(place).find(|p| distance(*p, last) >= AFTER_M)?;
    let (a, b) = ((line[0] - before[0], line[1] - before[1]), (last[0] - after[0], last[1] - after[1]));
    // Whether the ground's axes turn as the picture's do: else left and right are mirrored.
    let foot = trail.last().bbox.foot();
    let (right, down) = (Point { x: foot.x + 1.0, ..foot }, Point { y: foot.y + 1.0, ..foot });
    let (o, r, d) = (ground.ground(foot)?, ground.ground(right)?, ground.ground(down)?);
    let same = ((r[0] - o[0]) * (d[1] - o[1]) - (r[1] - o[1]) * (d[0] - o[0])).signum();
    let turn = same * (a.0 * b.1 - a.1 * b.0).atan2(a.0 * b.0 + a.1 * b.1).to_degrees();
    Some(match turn.abs() {
        angle if angle <= STRAIGHT_DEG => Move::Straight,
        angle if angle >= BACK_DEG => Move::UTurn,
        // In the picture's sense, y downwards, clockwise is to the right.
        _ if turn > 0.0 => Move::Right,
        _ => Move::Left,
    })
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
