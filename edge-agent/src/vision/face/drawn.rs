//! An invented face, drawn from ellipses: nobody's, so that no picture of a person is needed to test with.

use crate::vision::Rgb;

type Colour = [f32; 3];

const SKIN: Colour = [205.0, 160.0, 130.0];
const HAIR: Colour = [45.0, 35.0, 30.0];

/// A canvas whose face spans `-1..=1` both ways around its middle.
struct Canvas {
    side: usize,
    pixels: Vec<Colour>,
}

impl Canvas {
    /// Mixes `colour` in where `cover(u, v)` is above zero (1: fully).
    fn paint(&mut self, colour: Colour, cover: impl Fn(f32, f32) -> f32) {
        let half = self.side as f32 / 2.0;
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            let (u, v) = ((at % self.side) as f32 / half - 1.0, (at / self.side) as f32 / half - 1.0);
            let cover = cover(u, v).clamp(0.0, 1.0);
            *pixel = std::array::from_fn(|c| pixel[c] * (1.0 - cover) + colour[c] * cover);
        }
    }

    fn ellipse(&mut self, colour: Colour, [cx, cy, a, b]: [f32; 4], edge: f32, strength: f32) {
        self.paint(colour, |u, v| strength * soft(oval(u, v, cx, cy, a, b), edge));
    }
}

fn oval(u: f32, v: f32, cx: f32, cy: f32, a: f32, b: f32) -> f32 {
    ((u - cx) / a).hypot((v - cy) / b) - 1.0
}

/// 1 inside (`d` below zero), 0 outside, and a soft edge.
fn soft(d: f32, edge: f32) -> f32 {
    (0.5 - d / (2.0 * edge)).clamp(0.0, 1.0)
}

fn times(colour: Colour, factor: f32) -> Colour {
    colour.map(|c| (c * factor).min(255.0))
}

/// A frontal face in the middle of a picture of `side` × `side`; the eyes are `0.19 · side` apart.
pub fn face(side: u32) -> Rgb {
    let side = side as usize;
    let mut canvas = Canvas { side, pixels: vec![[120.0, 130.0, 140.0]; side * side] };
    canvas.ellipse([60.0, 70.0, 95.0], [0.0, 1.15, 0.85, 0.45], 0.02, 1.0);
    canvas.paint(times(SKIN, 0.8), |u, v| soft((u.abs() - 0.2).max((v - 0.62).abs() - 0.3), 0.02));
    canvas.ellipse(HAIR, [0.0, -0.12, 0.56, 0.68], 0.02, 1.0);
    for band in 0..12 {
        // Darker towards the sides: rings of one colour each.
        let part = 1.0 - band as f32 / 12.0;
        let shade = times(SKIN, 1.05 - 0.25 * part.powf(1.5));
        canvas.paint(shade, |u, v| {
            soft(oval(u, v, 0.0, 0.02, 0.46, 0.62), 0.02).min(soft(u.abs() - 0.46 * part, 0.04))
        });
    }
    canvas.paint(HAIR, |u, v| {
        soft(oval(u, v, 0.0, -0.1, 0.52, 0.6).max(v + 0.32 + 0.12 * (4.0 * u).cos()), 0.02)
    });
    for s in [-1.0, 1.0] {
        let (ex, ey) = (0.19 * s, -0.06);
        canvas.ellipse(times(SKIN, 0.6), [ex, ey, 0.13, 0.085], 0.15, 0.35);
        canvas.ellipse([240.0, 238.0, 235.0], [ex, ey, 0.085, 0.04], 0.1, 1.0);
        canvas.ellipse([50.0, 35.0, 25.0], [ex, ey, 0.038, 0.04], 0.15, 1.0);
        let arch = |u: f32, v: f32, up: f32, thick: f32, half: f32| {
            soft((v - (ey - up - 0.02 * (10.0 * (u - ex)).cos())).abs() - thick, 0.012)
                * soft((u - ex).abs() - half, 0.025)
        };
        canvas.paint([60.0, 40.0, 35.0], |u, v| arch(u, v, 0.04, 0.008, 0.09));
        canvas.paint(HAIR, |u, v| arch(u, v, 0.13, 0.018, 0.11));
        canvas.ellipse(times(SKIN, 0.4), [0.045 * s, 0.185, 0.022, 0.014], 0.4, 1.0);
        canvas.ellipse(times(SKIN, 0.65), [0.075 * s, 0.13, 0.03, 0.09], 0.8, 0.35);
        canvas.ellipse(times(SKIN, 0.82), [0.475 * s, 0.02, 0.05, 0.12], 0.1, 1.0);
    }
    canvas.ellipse(times(SKIN, 1.15), [0.0, 0.13, 0.035, 0.07], 0.8, 0.5);
    canvas.ellipse(times(SKIN, 0.6), [0.0, 0.22, 0.07, 0.02], 0.6, 0.5);
    canvas.ellipse([175.0, 85.0, 85.0], [0.0, 0.335, 0.135, 0.045], 0.12, 1.0);
    canvas.paint([95.0, 40.0, 45.0], |u, v| {
        soft((v - (0.332 + 0.012 * (14.0 * u).cos())).abs() - 0.006, 0.008) * soft(u.abs() - 0.13, 0.02)
    });
    let data = canvas.pixels.iter().flatten().map(|c| c.clamp(0.0, 255.0) as u8).collect();
    Rgb { width: side as u32, height: side as u32, data }
}

/// `part` laid into `picture` with its top left corner at `(x, y)`.
pub fn paste(picture: &mut Rgb, part: &Rgb, x: u32, y: u32) {
    let row = 3 * part.width as usize;
    for line in 0..part.height.min(picture.height.saturating_sub(y)) {
        let to = 3 * ((y + line) * picture.width + x) as usize;
        let width = row.min(3 * picture.width.saturating_sub(x) as usize);
        picture.data[to..to + width].copy_from_slice(&part.data[line as usize * row..][..width]);
    }
}
