//! One head in one frame: how likely each state is, from every lamp box alone and from how they compare.
//!
//! Each box is asked whether its own lamp is lit. A halo larger than the lamp, or a scene bathed in one colour, falls on the
//! other boxes too, but not in *their* colour; and the lamp that is lit is the brightest of the head. With the sun in
//! all lenses the boxes contradict each other, and the answer is spread over several states: unknown.

use wire::LampState;

use super::LampColour;
use super::features::{brightness, features};
use super::lamp::{LampModel, LampScores};
use crate::geometry::BBox;
use crate::vision::Rgb;

/// How steeply being brighter than the others speaks for a lamp, per unit of brightness.
const PEAK: f32 = 8.0;

/// Of lamps smaller than this many pixels nobody can tell a dim one from a dark one: that is unknown, not off.
const DARK_PX: f32 = 8.0;

/// How likely each state is in one frame; the four add up to 1.
pub type StateScores = LampScores;

/// What the lamps of one head show in one frame. `boxes` are pixels of `picture`.
pub fn look(model: &LampModel, picture: &Rgb, boxes: &[(Option<LampColour>, BBox)]) -> StateScores {
    let seen: Vec<(Option<LampColour>, LampScores, f32)> = boxes
        .iter()
        .map(|(lamp, area)| {
            let numbers = features(picture, area);
            (*lamp, model.scores(&numbers), brightness(&numbers))
        })
        .collect();
    match seen.as_slice() {
        [] => LampScores { red: 0.25, yellow: 0.25, green: 0.25, dark: 0.25 },
        [(None, scores, _)] => *scores,
        lamps => {
            let side = boxes.iter().map(|(_, area)| area.w.min(area.h)).fold(f32::INFINITY, f32::min);
            compose(lamps, side >= DARK_PX)
        }
    }
}

fn compose(lamps: &[(Option<LampColour>, LampScores, f32)], dark_can_be_told: bool) -> StateScores {
    let own = |n: usize| {
        let (lamp, scores, _) = &lamps[n];
        lamp.map_or(0.0, |lamp| scores.of(lamp.state())).clamp(0.002, 0.998)
    };
    let mut out = LampScores::default();
    for (n, (lamp, _, bright)) in lamps.iter().enumerate() {
        let Some(lamp) = lamp else { continue };
        let others = (0..lamps.len()).filter(|&m| m != n);
        let rest: f32 = others.clone().map(|m| 1.0 - own(m)).product();
        let next = others.map(|m| lamps[m].2).fold(0.0, f32::max);
        let peak = if lamps.len() > 1 { 1.0 / (1.0 + (-PEAK * (bright - next)).exp()) } else { 1.0 };
        *slot(&mut out, lamp.state()) = own(n) * rest * peak;
    }
    // Dark means that no box shows its lamp; a box that shows another lamp's colour brightly is no dark lamp either.
    out.dark = lamps.iter().map(|(_, scores, _)| scores.dark.clamp(0.002, 0.998)).product::<f32>();
    // What none of the states explains: above all a lamp that is lit, but not in its own colour.
    let no_own: f32 = (0..lamps.len()).map(|n| 1.0 - own(n)).product();
    let mut unexplained = 0.02 + (no_own - out.dark).max(0.0);
    if !dark_can_be_told {
        unexplained += out.dark / 2.0;
        out.dark /= 2.0;
    }
    let sum = out.red + out.yellow + out.green + out.dark + unexplained;
    let spread = unexplained / 4.0;
    for state in [LampState::Red, LampState::Yellow, LampState::Green, LampState::Off] {
        let part = slot(&mut out, state);
        *part = (*part + spread) / sum;
    }
    out
}

fn slot(scores: &mut StateScores, state: LampState) -> &mut f32 {
    match state {
        LampState::Red => &mut scores.red,
        LampState::Yellow => &mut scores.yellow,
        LampState::Green => &mut scores.green,
        LampState::Off | LampState::Unknown => &mut scores.dark,
    }
}
