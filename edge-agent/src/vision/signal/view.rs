//! Whether the head is still where it was: the surroundings are compared with how they used to look.
//!
//! Compared is the smallest of the three colour channels, because the coloured light of a lamp hardly reaches it: a halo at
//! night changes nothing there, a lorry in front or a camera that was moved changes everything. The eight fields around the
//! head are compared one by one, so that traffic behind some of them does not count.

use crate::geometry::BBox;
use crate::vision::Rgb;

use super::features::sample;

const POINTS: usize = 256;
const FIELDS: usize = 8;
/// Likeness (correlation, `-1..=1`) from which a field is as it was.
const ALIKE: f32 = 0.5;
/// A field with less structure than this says nothing (standard deviation, of 1).
const FLAT: f32 = 0.012;
/// An even field (sky, a wall) whose brightness changed by more is not what it was.
const EVEN: f32 = 0.15;
/// Share of the fields that say something which must be as they were.
const SHARE: f32 = 0.35;
/// The picture that is remembered follows the daylight over this time, seconds.
const FOLLOW_S: f64 = 20.0;
/// A changed view that stands still this long, with a lamp lit in it, is the new view, seconds.
const RELEARN_S: f64 = 20.0;

type Fields = [[f32; POINTS]; FIELDS];

/// Remembers the surroundings of one head.
#[derive(Debug, Clone, Default)]
pub struct View {
    known: Option<Box<Fields>>,
    /// A changed view, since when it has been seen, and how it looked then.
    other: Option<(f64, Box<Fields>)>,
    last_s: f64,
}

impl View {
    /// Whether the head at `area` (pixels of `picture`) still stands where it stood. `lit` says that a lamp is surely lit.
    pub fn look(&mut self, time_s: f64, picture: &Rgb, area: &BBox, lit: bool) -> bool {
        let now = Box::new(surroundings(picture, area));
        let dt = (time_s - self.last_s).clamp(0.0, FOLLOW_S);
        self.last_s = time_s;
        let Some(known) = &mut self.known else {
            self.known = Some(now);
            return true;
        };
        if alike(known, &now) {
            let part = (dt / FOLLOW_S) as f32;
            for (old, new) in known.iter_mut().flatten().zip(now.iter().flatten()) {
                *old += part * (new - *old);
            }
            self.other = None;
            return true;
        }
        match &self.other {
            Some((since_s, other)) if lit && alike(other, &now) => {
                if time_s - since_s >= RELEARN_S {
                    (self.known, self.other) = (Some(now), None);
                    return true;
                }
            }
            _ => self.other = Some((time_s, now)),
        }
        false
    }
}

/// The smallest channel in the eight fields around a head, each as large as the head.
fn surroundings(picture: &Rgb, area: &BBox) -> Fields {
    const AT: [(f32, f32); FIELDS] =
        [(-1., -1.), (0., -1.), (1., -1.), (-1., 0.), (1., 0.), (-1., 1.), (0., 1.), (1., 1.)];
    // A thin head gets fields that are wide enough to hold something.
    let side = (area.w * area.h).sqrt();
    let (w, h) = (area.w.max(side * 0.7), area.h.max(side * 0.7));
    let centre = area.centre();
    AT.map(|(dx, dy)| {
        let field = BBox { x: centre.x + dx * w - w / 2.0, y: centre.y + dy * h - h / 2.0, w, h };
        sample(picture, &field).map(|[r, g, b]| r.min(g).min(b))
    })
}

fn alike(known: &Fields, now: &Fields) -> bool {
    let (mut same, mut said) = (0.0, 0.0);
    for (a, b) in known.iter().zip(now) {
        let (mean_a, std_a) = mean_and_std(a);
        let (mean_b, std_b) = mean_and_std(b);
        if std_a < FLAT {
            // An even field (sky) can only stop being even.
            same += f32::from(u8::from(std_b < 3.0 * FLAT && (mean_a - mean_b).abs() < EVEN)) * 0.5;
            said += 0.5;
            continue;
        }
        let sum: f32 = a.iter().zip(b).map(|(x, y)| (x - mean_a) * (y - mean_b)).sum();
        let likeness = sum / POINTS as f32 / (std_a * std_b.max(1e-4));
        same += f32::from(u8::from(likeness >= ALIKE));
        said += 1.0;
    }
    same >= SHARE * said
}

fn mean_and_std(values: &[f32; POINTS]) -> (f32, f32) {
    let mean = values.iter().sum::<f32>() / POINTS as f32;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f32>() / POINTS as f32;
    (mean, variance.sqrt())
}
