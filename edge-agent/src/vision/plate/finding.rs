//! Plates that are covered, bent, missing or cannot be read although they are near: findings for a person to check.
//!
//! Pure. A finding needs several looks over some time. A *missing* plate needs more: the vehicle whole in the picture,
//! large, and seen from a side that carries one: a car coming or leaving, a motorcycle leaving. Whoever stands across the
//! view, or in one place, is never said to have none.

use serde::{Deserialize, Serialize};
use wire::payload::{NoReading, PlateFinding, PlateFindingKind};

use super::PlateOutcome;
use crate::detection::ObjectClass;
use crate::geometry::BBox;

/// When something about a plate is worth a person's look.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FindingConfig {
    /// Whether findings are made at all.
    pub enabled: bool,
    /// Looks that must agree.
    pub min_looks: u32,
    /// Seconds from the first of them to the last, at least.
    pub min_seconds: f64,
    /// Width of a car, bus or truck from which its plate must be visible, pixels.
    pub min_car_px: f32,
    /// Height of a motorcycle with its rider from which its plate must be visible, pixels.
    pub min_motorcycle_px: f32,
    /// Width of a plate from which it must be readable, pixels.
    pub min_plate_px: f32,
}

impl Default for FindingConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            min_looks: 5,
            min_seconds: 0.6,
            min_car_px: 220.0,
            min_motorcycle_px: 200.0,
            min_plate_px: 80.0,
        }
    }
}

/// How the vehicle stood in the picture at one look.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Stream time, seconds.
    pub at_s: f64,
    /// The vehicle, pixels.
    pub vehicle: BBox,
    /// What it is.
    pub class: ObjectClass,
    /// Size of the picture, pixels.
    pub picture: (u32, u32),
    /// Its height now over its height when it was first seen: above one it has come nearer.
    pub growth: f32,
}

/// Growth, or its inverse, from which a vehicle counts as coming or leaving.
const MOVED: f32 = 1.08;
/// Part of the picture at its border where a vehicle may be cut off.
const BORDER: f32 = 0.01;
/// A flat plate is seen as nearly a parallelogram. Beyond this part of its height the corners are off.
const BENT: f32 = 0.3;
/// Characters that can be told on a plate that is covered in part: fewer than any plate has.
const PARTIAL: std::ops::RangeInclusive<usize> = 2..=5;
/// A read at least this sure shows that nothing is covered; a partial one counts from here.
const CLEAR: f32 = 0.6;
/// No finding claims more.
const MOST: f32 = 0.9;

impl View {
    /// Whether a plate of this vehicle must be visible.
    fn must_show(&self, config: &FindingConfig) -> bool {
        let (b, (width, height)) = (&self.vehicle, self.picture);
        let (mx, my) = (width as f32 * BORDER, height as f32 * BORDER);
        let whole = b.x > mx && b.y > my && b.x + b.w < width as f32 - mx && b.y + b.h < height as f32 - my;
        let aspect = b.w / b.h.max(1.0);
        let (coming, leaving) = (self.growth >= MOVED, self.growth <= 1.0 / MOVED);
        whole
            && match self.class {
                ObjectClass::Car | ObjectClass::Bus | ObjectClass::Truck => {
                    (coming || leaving) && b.w >= config.min_car_px && (0.5..1.6).contains(&aspect)
                }
                ObjectClass::Motorcycle => leaving && b.h >= config.min_motorcycle_px && aspect < 0.8,
                ObjectClass::Person | ObjectClass::Bicycle => false,
            }
    }
}

/// What one look says about the plate as a thing.
#[derive(Debug, Clone, Copy, Default)]
struct Fact {
    at_s: f64,
    /// No plate where one must be.
    absent: bool,
    /// Score of a partial text.
    partial: Option<f32>,
    /// Near enough, nothing to be read.
    illegible: bool,
    /// Corners that no flat plate has.
    bent: bool,
}

/// The looks at one vehicle's plate.
#[derive(Debug, Clone)]
pub struct FindingWatch {
    config: FindingConfig,
    facts: Vec<Fact>,
    /// A plate was seen, read or not.
    plate_seen: bool,
    /// Looks whose corners are known.
    cornered: u32,
    /// A whole plate was read clearly.
    read: bool,
}

impl FindingWatch {
    /// No look yet.
    pub fn new(config: FindingConfig) -> Self {
        Self { config, facts: Vec::new(), plate_seen: false, cornered: 0, read: false }
    }

    /// Adds a look.
    pub fn look(&mut self, view: &View, outcome: &PlateOutcome) {
        let near = |bbox: &BBox| bbox.w >= self.config.min_plate_px;
        let must_show = view.must_show(&self.config);
        let mut fact = Fact { at_s: view.at_s, ..Fact::default() };
        match outcome {
            PlateOutcome::Read(read) => {
                let (near, length) = (near(&read.bbox), read.reading.text.len());
                let partial =
                    !read.reading.valid && read.reading.country.is_none() && PARTIAL.contains(&length);
                self.plate_seen = true;
                self.read |= !partial && read.score >= CLEAR;
                self.cornered += u32::from(near && read.corners.is_some());
                fact.partial = (partial && near && read.score >= CLEAR).then_some(read.score);
                fact.bent = near && read.corners.as_ref().is_some_and(is_bent);
            }
            PlateOutcome::Seen(seen) => {
                let near = near(&seen.bbox);
                self.plate_seen = true;
                self.cornered += u32::from(near && seen.corners.is_some());
                fact.partial = (near && PARTIAL.contains(&usize::from(seen.legible))).then_some(seen.score);
                fact.illegible = near && seen.legible == 0 && seen.reason == NoReading::Unreadable;
                fact.bent = near && seen.corners.as_ref().is_some_and(is_bent);
            }
            PlateOutcome::Nothing(NoReading::NoPlateFound) => fact.absent = must_show,
            PlateOutcome::Nothing(reason) => {
                self.plate_seen = true;
                fact.illegible = must_show && *reason == NoReading::Unreadable;
            }
        }
        self.facts.push(fact);
    }

    /// What should be checked, if anything; the surest kind of evidence first.
    pub fn finding(&self) -> Option<PlateFinding> {
        if !self.config.enabled {
            return None;
        }
        let covered = || self.enough(PlateFindingKind::Covered, |f| f.partial).filter(|_| !self.read);
        let bent = || {
            let found = self.enough(PlateFindingKind::Bent, |f| f.bent.then_some(1.0))?;
            (found.looks * 5 >= self.cornered * 3).then_some(found)
        };
        let missing = || {
            self.enough(PlateFindingKind::Missing, |f| f.absent.then_some(1.0)).filter(|_| !self.plate_seen)
        };
        let unreadable = || {
            let found = self.enough(PlateFindingKind::Unreadable, |f| f.illegible.then_some(0.8));
            found.filter(|_| !self.read)
        };
        covered().or_else(bent).or_else(missing).or_else(unreadable)
    }

    /// A finding if enough looks over enough time speak for it, each with its weight.
    fn enough(&self, kind: PlateFindingKind, speaks: impl Fn(&Fact) -> Option<f32>) -> Option<PlateFinding> {
        let speaking: Vec<(f64, f32)> =
            self.facts.iter().filter_map(|fact| Some((fact.at_s, speaks(fact)?))).collect();
        let (first, last) = (speaking.first()?.0, speaking.last()?.0);
        let looks = speaking.len() as u32;
        if looks < self.config.min_looks || last - first < self.config.min_seconds {
            return None;
        }
        let mean = speaking.iter().map(|s| s.1).sum::<f32>() / looks as f32;
        let score = MOST * mean.clamp(0.0, 1.0) * (1.0 - 0.7f32.powi(speaking.len() as i32));
        Some(PlateFinding { kind: kind.as_str().to_owned(), score, looks })
    }
}

/// How far the corners are from a parallelogram, measured by the plate's height.
fn is_bent(corners: &[(f32, f32); 4]) -> bool {
    let [tl, tr, br, bl] = corners;
    let off = (tl.0 + br.0 - tr.0 - bl.0).hypot(tl.1 + br.1 - tr.1 - bl.1);
    let height = ((tl.0 - bl.0).hypot(tl.1 - bl.1) + (tr.0 - br.0).hypot(tr.1 - br.1)) / 2.0;
    off > BENT * height.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::super::{CharChoice, PlateRead, PlateSeen};
    use super::*;

    fn view(at_s: f64, growth: f32) -> View {
        View {
            at_s,
            vehicle: BBox { x: 300.0, y: 200.0, w: 280.0, h: 240.0 },
            class: ObjectClass::Car,
            picture: (1280, 720),
            growth,
        }
    }

    fn read(text: &str, score: f32) -> PlateOutcome {
        PlateOutcome::Read(PlateRead {
            reading: wire::plate::read(&[text], &wire::plate::Hint::default()),
            lines: 1,
            score,
            characters: CharChoice::alone(text, &[]),
            colour: None,
            bbox: BBox { x: 400.0, y: 380.0, w: 100.0, h: 30.0 },
            corners: None,
        })
    }

    fn seen(legible: u8, corners: Option<[(f32, f32); 4]>) -> PlateOutcome {
        PlateOutcome::Seen(PlateSeen {
            reason: NoReading::Unreadable,
            bbox: BBox { x: 400.0, y: 380.0, w: 100.0, h: 30.0 },
            corners,
            score: 0.9,
            legible,
            colour: None,
        })
    }

    const NOTHING: PlateOutcome = PlateOutcome::Nothing(NoReading::NoPlateFound);

    fn finding(looks: &[(View, PlateOutcome)]) -> Option<(String, u32)> {
        let mut watch = FindingWatch::new(FindingConfig::default());
        looks.iter().for_each(|(view, outcome)| watch.look(view, outcome));
        watch.finding().map(|found| (found.kind, found.looks))
    }

    fn often(outcome: &PlateOutcome, how: impl Fn(f64) -> View) -> Vec<(View, PlateOutcome)> {
        (0..8).map(|i| (how(f64::from(i) * 0.15), outcome.clone())).collect()
    }

    #[test]
    fn a_plate_is_missing_only_when_it_must_have_been_seen_often() {
        assert_eq!(finding(&often(&NOTHING, |t| view(t, 1.3))), Some(("missing".to_owned(), 8)));
        assert_eq!(finding(&often(&NOTHING, |t| view(t, 1.3))[..4]), None, "too few looks");
        assert_eq!(finding(&often(&NOTHING, |t| view(t / 10.0, 1.3))), None, "too short");
        assert_eq!(finding(&often(&NOTHING, |t| view(t, 1.0))), None, "may stand across the view");
        let small = |t| View { vehicle: BBox { x: 300.0, y: 200.0, w: 90.0, h: 80.0 }, ..view(t, 1.3) };
        assert_eq!(finding(&often(&NOTHING, small)), None);
        let cut_off = |t| View { vehicle: BBox { x: 0.0, y: 200.0, w: 280.0, h: 240.0 }, ..view(t, 1.3) };
        assert_eq!(finding(&often(&NOTHING, cut_off)), None);
        let side = |t| View { vehicle: BBox { x: 300.0, y: 200.0, w: 500.0, h: 200.0 }, ..view(t, 1.3) };
        assert_eq!(finding(&often(&NOTHING, side)), None);
    }

    #[test]
    fn a_motorcycle_needs_a_plate_behind_only() {
        let ridden = |t, growth| View {
            vehicle: BBox { x: 300.0, y: 200.0, w: 130.0, h: 260.0 },
            class: ObjectClass::Motorcycle,
            ..view(t, growth)
        };
        assert_eq!(finding(&often(&NOTHING, |t| ridden(t, 1.4))), None);
        assert_eq!(finding(&often(&NOTHING, |t| ridden(t, 0.7))).map(|f| f.0).as_deref(), Some("missing"));
    }

    #[test]
    fn one_sight_of_a_plate_ends_the_suspicion_that_it_is_missing() {
        let mut looks = often(&NOTHING, |t| view(t, 1.3));
        looks.push((view(2.0, 1.3), PlateOutcome::Nothing(NoReading::TooSmall)));
        assert_eq!(finding(&looks), None);
    }

    #[test]
    fn a_plate_that_shows_only_some_clear_characters_is_covered_until_it_is_read_whole() {
        let mut looks = often(&read("30A1", 0.8), |t| view(t, 1.0));
        assert_eq!(finding(&looks), Some(("covered".to_owned(), 8)));
        assert_eq!(
            finding(&often(&seen(4, None), |t| view(t, 1.0))).map(|f| f.0).as_deref(),
            Some("covered")
        );
        looks.push((view(2.0, 1.0), read("30A12345", 0.9)));
        assert_eq!(finding(&looks), None);
        assert_eq!(
            finding(&often(&read("KV6938", 0.9), |t| view(t, 1.0))),
            None,
            "a military plate is whole"
        );
        assert_eq!(finding(&often(&read("1A-9876", 0.9), |t| view(t, 1.0))), None, "another country's too");
    }

    #[test]
    fn corners_that_no_flat_plate_has_are_a_bent_plate() {
        let flat = Some([(400.0, 380.0), (500.0, 390.0), (500.0, 420.0), (400.0, 410.0)]);
        let bent = Some([(400.0, 380.0), (500.0, 380.0), (490.0, 430.0), (400.0, 410.0)]);
        assert_eq!(finding(&often(&seen(8, bent), |t| view(t, 1.0))).map(|f| f.0).as_deref(), Some("bent"));
        assert_eq!(finding(&often(&seen(8, flat), |t| view(t, 1.0))), None);
    }

    #[test]
    fn a_near_plate_without_a_legible_character_is_unreadable() {
        let got = finding(&often(&seen(0, None), |t| view(t, 1.0)));
        assert_eq!(got, Some(("unreadable".to_owned(), 8)));
    }

    #[test]
    fn nothing_is_found_where_it_is_switched_off() {
        let mut watch = FindingWatch::new(FindingConfig { enabled: false, ..FindingConfig::default() });
        often(&NOTHING, |t| view(t, 1.3)).iter().for_each(|(view, outcome)| watch.look(view, outcome));
        assert_eq!(watch.finding(), None);
    }
}
