//! From found text to plate candidates: which pieces belong together, and is it one line or two.
//!
//! One-line plates are 4.7 times wider than high, two-line ones 1.4 (motorcycle) to 2.0 (car). Text detection finds a
//! two-line plate sometimes as two lines and sometimes, when it is small, as one blob: two stacked boxes are joined,
//! and a box of the shape of a two-line plate is cut in two. Reading the halves without any further text detection was
//! measured to be better than trusting the detector with them.

use super::rectify::Tilted;
use super::texts::TextBox;
use crate::vision::Rgb;

/// Widest two-line plate, narrowest one-line plate (width over height of the text area).
const TWO_LINES_BELOW: f32 = 2.6;
/// Text narrower than this is no plate.
const MIN_ASPECT: f32 = 0.7;
/// A one-line plate's text is not wider than this.
const MAX_ASPECT: f32 = 8.0;

/// A place that may be a plate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Text area of the plate.
    pub area: Tilted,
    /// Height at which the first line ends, `0..=1`; `None`: one line, or two lines still to be cut.
    pub split: Option<f32>,
    /// 1 or 2.
    pub lines: u8,
    /// Score of the text found, `0..=1`.
    pub score: f32,
}

/// Plate candidates among the text of a picture, the most promising first.
pub fn candidates(texts: &[TextBox]) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (i, upper) in texts.iter().enumerate() {
        for (j, lower) in texts.iter().enumerate() {
            if i != j
                && let Some(pair) = stacked(upper, lower)
            {
                found.push(pair);
            }
        }
    }
    for text in texts {
        let aspect = text.area.aspect();
        if !(MIN_ASPECT..=MAX_ASPECT).contains(&aspect) {
            continue;
        }
        let lines = if aspect < TWO_LINES_BELOW { 2 } else { 1 };
        found.push(Candidate { area: text.area, split: None, lines, score: text.score });
    }
    found.sort_by(|a, b| rank(b).total_cmp(&rank(a)));
    found
}

/// The plates that a squarish piece of text would belong to if it were only the first or only the second of two lines:
/// the detector sometimes sees one line of a plate and not the other.
pub fn completed(area: &Tilted, score: f32) -> Vec<Candidate> {
    if !(1.5..4.2).contains(&area.aspect()) {
        return Vec::new();
    }
    [(-0.95, 1.0, 0.49), (0.0, 1.95, 0.51)]
        .map(|(top, bottom, split)| Candidate {
            area: area.band(top, bottom),
            split: Some(split),
            lines: 2,
            score: score * 0.9,
        })
        .into()
}

/// Joined pairs first (they explain more), then by score and size.
fn rank(c: &Candidate) -> f32 {
    c.score + if c.split.is_some() { 0.3 } else { 0.0 } + (c.area.w * c.area.h).max(1.0).ln() * 0.05
}

/// Two boxes that are the lines of one plate.
fn stacked(upper: &TextBox, lower: &TextBox) -> Option<Candidate> {
    let (a, b) = (&upper.area, &lower.area);
    let (sin, cos) = ((a.angle * a.w + b.angle * b.w) / (a.w + b.w)).sin_cos();
    let (dx, dy) = (b.cx - a.cx, b.cy - a.cy);
    let (along, down) = (dx * cos + dy * sin, dy * cos - dx * sin);
    let height = (a.h + b.h) / 2.0;
    let alike = a.h.max(b.h) < 2.2 * a.h.min(b.h) && a.w.max(b.w) < 2.6 * a.w.min(b.w);
    let below = down > 0.45 * height && down < 1.5 * height;
    let centred = along.abs() < 0.35 * a.w.max(b.w);
    if !alike || !below || !centred || (a.angle - b.angle).abs() > 0.35 {
        return None;
    }
    let angle = sin.atan2(cos);
    let area = around(a, b, angle);
    if !(MIN_ASPECT..TWO_LINES_BELOW).contains(&area.aspect()) {
        return None;
    }
    // Where the first line ends, half-way between its lower edge and the second one's upper edge.
    let seam = down / 2.0 + (a.h - b.h) / 4.0;
    let from_centre = (a.cx - area.cx) * -sin + (a.cy - area.cy) * cos;
    let split = (0.5 + (from_centre + seam) / area.h).clamp(0.3, 0.7);
    Some(Candidate { area, split: Some(split), lines: 2, score: (upper.score + lower.score) / 2.0 })
}

/// The smallest rectangle of the given angle around two others.
fn around(a: &Tilted, b: &Tilted, angle: f32) -> Tilted {
    let (sin, cos) = angle.sin_cos();
    let (mut low, mut high) = ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN));
    for (x, y) in a.corners().into_iter().chain(b.corners()) {
        let (u, v) = (x * cos + y * sin, y * cos - x * sin);
        low = (low.0.min(u), low.1.min(v));
        high = (high.0.max(u), high.1.max(v));
    }
    let (u, v) = ((low.0 + high.0) / 2.0, (low.1 + high.1) / 2.0);
    Tilted { cx: u * cos - v * sin, cy: u * sin + v * cos, w: high.0 - low.0, h: high.1 - low.1, angle }
}

/// Where to cut an upright two-line plate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seam {
    /// The row near the middle with the least ink, `0..=1`.
    pub at: f32,
    /// Its ink relative to the mean row: near 0 between two lines, near 1 through the middle of one.
    pub ink: f32,
}

/// Finds the gap between two lines; ink is the sum of brightness steps along a row.
pub fn seam(plate: &Rgb) -> Seam {
    let (width, height) = (plate.width as usize, plate.height as usize);
    // The outer tenth on either side is frame and bolts.
    let (left, right) = (width / 10, width - width / 10);
    let ink: Vec<f32> = (0..height)
        .map(|y| {
            let row = &plate.data[3 * y * width..3 * (y + 1) * width];
            let level = |x: usize| row[3 * x..3 * x + 3].iter().map(|v| i32::from(*v)).sum::<i32>();
            (left + 1..right).map(|x| (level(x) - level(x - 1)).unsigned_abs() as f32).sum()
        })
        .collect();
    let mean = (ink.iter().sum::<f32>() / height.max(1) as f32).max(1.0);
    let (from, to) = (height * 35 / 100, height * 60 / 100);
    let smooth = |y: usize| (ink[y.saturating_sub(1)] + 2.0 * ink[y] + ink[(y + 1).min(height - 1)]) / 4.0;
    // Between equally empty rows the one nearest to 0.47 of the height, where plates have their gap.
    let cost = |y: usize| smooth(y) * (1.0 + ((y as f32 / height as f32) - 0.47).abs());
    let best = (from..to).min_by(|a, b| cost(*a).total_cmp(&cost(*b)));
    best.map_or(Seam { at: 0.47, ink: 1.0 }, |y| Seam {
        at: (y as f32 + 0.5) / height as f32,
        ink: smooth(y) / mean,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::BBox;

    fn text(x: f32, y: f32, w: f32, h: f32) -> TextBox {
        TextBox { area: Tilted::upright(&BBox { x, y, w, h }), score: 0.9 }
    }

    #[test]
    fn two_stacked_lines_are_one_two_line_plate() {
        let found = candidates(&[text(100.0, 100.0, 60.0, 28.0), text(98.0, 130.0, 66.0, 28.0)]);
        assert_eq!(found[0].lines, 2);
        let b = found[0].area.bounds();
        assert!((b.x - 98.0).abs() < 0.1 && (b.bottom() - 158.0).abs() < 0.1);
        assert!((found[0].split.expect("a seam") - 0.5).abs() < 0.05);
    }

    #[test]
    fn a_wide_text_is_one_line_and_a_squarish_one_two() {
        let lines = |t| candidates(&[t]).first().map(|c| c.lines);
        assert_eq!(lines(text(0.0, 0.0, 120.0, 26.0)), Some(1));
        assert_eq!(lines(text(0.0, 0.0, 70.0, 50.0)), Some(2));
        assert_eq!(lines(text(0.0, 0.0, 20.0, 60.0)), None);
    }

    #[test]
    fn texts_side_by_side_are_not_joined() {
        let found = candidates(&[text(0.0, 0.0, 60.0, 20.0), text(80.0, 2.0, 60.0, 20.0)]);
        assert!(found.iter().all(|c| c.split.is_none()));
    }

    #[test]
    fn the_seam_is_found_in_the_gap_between_two_lines() {
        let mut plate = Rgb::filled(60, 100, [250, 250, 250]);
        for (from, to) in [(8, 42), (52, 92)] {
            for y in from..to {
                for x in (8..52).step_by(6) {
                    plate.data[3 * (y * 60 + x)..][..6].fill(10);
                }
            }
        }
        let found = seam(&plate);
        assert!((0.42..0.52).contains(&found.at) && found.ink < 0.2, "{found:?}");
    }
}
