//! The background of a plate: white, yellow, blue, red, or not to be told.
//!
//! The upright plate is parted into its light and its dark pixels; the larger part is the ground. A grey (infrared) or dark
//! picture, a stain of coloured light and anything between two colours give no answer: a wrong colour makes a civil plate a
//! business one. A network that tells the colour may take this place; the vote only wants a [`ColourSeen`].

use wire::plate::{Hint, Ink, PlateColour};

use super::ColourSeen;
use super::quad::Quad;
use super::rectify::cut;
use crate::vision::{Rgb, VisionError};

/// Size of the cut, pixels.
const WIDTH: i32 = 96;
const LINE_HEIGHT: i32 = 24;
/// Part of the cut that is left out at each side: the frame and what is around it.
const EDGE: f32 = 0.07;
/// Mean difference between the channels below which a picture has no colours, 0 to 255.
const COLOURLESS: f32 = 5.0;
/// A ground darker than this tells nothing, 0 to 255.
const DARK: f32 = 70.0;
/// Saturation of the whole picture from which its light counts as coloured.
const COLOURED_LIGHT: f32 = 0.25;

/// What the colours of one plate look like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PlateColours {
    /// Background.
    pub ground: ColourSeen,
    /// Characters, where their colour decides something.
    pub ink: Option<Ink>,
}

/// Tells the colours of the plate in `area` of `picture`.
///
/// # Errors
/// [`VisionError::OpenCv`].
pub(super) fn of(picture: &Rgb, area: &Quad, lines: u8) -> Result<Option<PlateColours>, VisionError> {
    let plate = cut(picture, area, WIDTH, LINE_HEIGHT * i32::from(lines.clamp(1, 2)))?;
    let mut light = Light::of(picture);
    // A picture of little but the plate says nothing about its light.
    let (w, h) = area.size();
    if w * h > 0.35 * (picture.width * picture.height) as f32 {
        light.mean = [128.0; 3];
    }
    Ok(tell(&plate, &light))
}

/// The hint with what the colours add, where they are sure enough to narrow the grammar.
pub(super) fn with(hint: &Hint, colours: Option<&PlateColours>) -> Hint {
    let sure = colours.filter(|c| c.ground.score >= ColourSeen::SURE);
    Hint { colour: sure.map(|c| c.ground.value), ink: sure.and_then(|c| c.ink), ..*hint }
}

/// The light that the picture was taken in, as far as its mean tells.
#[derive(Debug, Clone, Copy)]
struct Light {
    mean: [f32; 3],
    colourless: bool,
}

impl Light {
    fn of(picture: &Rgb) -> Self {
        // Some thousand pixels are enough.
        let step = (picture.data.len() / 3 / 4096).max(1);
        let (mut sum, mut spread, mut count) = ([0.0f32; 3], 0.0f32, 0.0f32);
        for pixel in picture.data.chunks_exact(3).step_by(step) {
            let p = [f32::from(pixel[0]), f32::from(pixel[1]), f32::from(pixel[2])];
            let (low, high) = range(p);
            spread += high - low;
            count += 1.0;
            sum = [sum[0] + p[0], sum[1] + p[1], sum[2] + p[2]];
        }
        let count = count.max(1.0);
        Self { mean: sum.map(|s| s / count), colourless: spread / count < COLOURLESS }
    }

    fn is_coloured(&self) -> bool {
        hue_saturation(self.mean).1 > COLOURED_LIGHT
    }

    /// A colour as it would be in grey light.
    fn without(&self, colour: [f32; 3]) -> [f32; 3] {
        let grey = self.mean.iter().sum::<f32>() / 3.0;
        [0, 1, 2].map(|i| (colour[i] * grey / self.mean[i].max(1.0)).min(255.0))
    }
}

fn tell(plate: &Rgb, light: &Light) -> Option<PlateColours> {
    let (bright, dark, share) = parts(plate)?;
    if light.colourless {
        return None;
    }
    let light_ground = share >= 0.5;
    let ground = name(if light_ground { bright } else { dark }, light_ground)?;
    // Under coloured light both views must agree: what is seen, and what it would be in grey light.
    let ground = if light.is_coloured() {
        let corrected = name(light.without(if light_ground { bright } else { dark }), light_ground)?;
        (corrected.value == ground.value)
            .then_some(ColourSeen { score: ground.score.min(corrected.score) * 0.9, ..ground })?
    } else {
        ground
    };
    let (hue, saturation, value) = with_value(dark);
    let red = ground.value == PlateColour::Yellow && is_red(hue) && saturation > 0.55 && value > DARK;
    Some(PlateColours { ground, ink: red.then_some(Ink::Red) })
}

/// Mean colour of the light pixels, of the dark ones, and the part of the light ones.
fn parts(plate: &Rgb) -> Option<([f32; 3], [f32; 3], f32)> {
    let (w, h) = (plate.width as usize, plate.height as usize);
    let (ex, ey) = ((w as f32 * EDGE) as usize, (h as f32 * EDGE) as usize);
    let pixels: Vec<[f32; 3]> = (ey..h.saturating_sub(ey))
        .flat_map(|y| (ex..w.saturating_sub(ex)).map(move |x| 3 * (y * w + x)))
        .map(|at| [0, 1, 2].map(|i| f32::from(plate.data[at + i])))
        .collect();
    let bright = |p: &[f32; 3]| 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
    let limit = between(&pixels.iter().map(|p| bright(p) as u8).collect::<Vec<_>>())?;
    let all = pixels.len().max(1) as f32;
    let (light, dark): (Vec<[f32; 3]>, Vec<[f32; 3]>) =
        pixels.into_iter().partition(|p| bright(p) as u8 > limit);
    let mean =
        |of: &[[f32; 3]]| [0, 1, 2].map(|i| of.iter().map(|p| p[i]).sum::<f32>() / of.len().max(1) as f32);
    let share = light.len() as f32 / all;
    (!light.is_empty() && !dark.is_empty()).then(|| (mean(&light), mean(&dark), share))
}

/// Otsu's limit: the value that parts two groups with the least spread within them.
fn between(values: &[u8]) -> Option<u8> {
    let mut counts = [0.0f32; 256];
    values.iter().for_each(|v| counts[usize::from(*v)] += 1.0);
    let all = values.len() as f32;
    let sum: f32 = counts.iter().enumerate().map(|(v, n)| v as f32 * n).sum();
    let (mut below, mut sum_below, mut best) = (0.0f32, 0.0f32, (0.0f32, None));
    for (v, n) in counts.iter().enumerate() {
        below += n;
        sum_below += v as f32 * n;
        let above = all - below;
        if below > 0.0 && above > 0.0 {
            let apart = sum_below / below - (sum - sum_below) / above;
            let worth = below * above * apart * apart;
            if worth > best.0 {
                best = (worth, Some(v as u8));
            }
        }
    }
    best.1
}

/// The colour that a ground has, if it has one: `light` tells whether the characters are darker than it.
fn name(ground: [f32; 3], light: bool) -> Option<ColourSeen> {
    let (hue, saturation, value) = with_value(ground);
    let ramp = |from: f32, to: f32| ((saturation - from) / (to - from)).clamp(0.0, 1.0);
    let seen = |value, score: f32| (score > 0.3).then_some(ColourSeen { value, score });
    if light {
        if value < DARK {
            return None;
        }
        // Tail lamps and old paint make a white plate cream; yellow plates are far from that.
        let yellow = (33.0..66.0).contains(&hue);
        return if saturation < 0.34 {
            seen(PlateColour::White, 0.97 * (1.0 - ramp(0.14, 0.42)))
        } else if yellow {
            seen(PlateColour::Yellow, 0.97 * ramp(0.3, 0.58))
        } else {
            None
        };
    }
    if (195.0..255.0).contains(&hue) {
        return seen(PlateColour::Blue, 0.95 * ramp(0.3, 0.6));
    }
    if is_red(hue) {
        return seen(PlateColour::Red, 0.95 * ramp(0.35, 0.65));
    }
    None
}

fn is_red(hue: f32) -> bool {
    !(16.0..=338.0).contains(&hue)
}

fn range(p: [f32; 3]) -> (f32, f32) {
    (p[0].min(p[1]).min(p[2]), p[0].max(p[1]).max(p[2]))
}

fn hue_saturation(p: [f32; 3]) -> (f32, f32) {
    let (low, high) = range(p);
    let spread = high - low;
    if spread <= 0.0 {
        return (0.0, 0.0);
    }
    let [r, g, b] = p;
    let hue = if high == r {
        (60.0 * (g - b) / spread).rem_euclid(360.0)
    } else if high == g {
        60.0 * (b - r) / spread + 120.0
    } else {
        60.0 * (r - g) / spread + 240.0
    };
    (hue, spread / high)
}

fn with_value(p: [f32; 3]) -> (f32, f32, f32) {
    let (hue, saturation) = hue_saturation(p);
    (hue, saturation, range(p).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Light = Light { mean: [120.0, 118.0, 112.0], colourless: false };

    /// A plate whose characters cover three tenths of it.
    fn plate(ground: [u8; 3], ink: [u8; 3]) -> Rgb {
        let mut plate = Rgb::filled(96, 24, ground);
        for (i, pixel) in plate.data.chunks_exact_mut(3).enumerate() {
            if i % 10 < 3 {
                pixel.copy_from_slice(&ink);
            }
        }
        plate
    }

    fn told(ground: [u8; 3], ink: [u8; 3], light: &Light) -> Option<(PlateColour, bool)> {
        tell(&plate(ground, ink), light).map(|c| (c.ground.value, c.ground.score >= 0.8))
    }

    #[test]
    fn the_four_colours_are_told_by_day() {
        let (black, white) = ([40, 38, 35], [225, 225, 225]);
        assert_eq!(told([225, 226, 222], black, &DAY), Some((PlateColour::White, true)));
        assert_eq!(told([140, 150, 148], black, &DAY), Some((PlateColour::White, true)));
        assert_eq!(told([230, 180, 50], black, &DAY), Some((PlateColour::Yellow, true)));
        assert_eq!(told([30, 80, 160], white, &DAY), Some((PlateColour::Blue, true)));
        assert_eq!(told([170, 35, 40], white, &DAY), Some((PlateColour::Red, true)));
    }

    #[test]
    fn cream_under_a_tail_lamp_is_no_yellow_plate() {
        let told = told([216, 178, 139], [160, 125, 99], &DAY);
        assert!(told.is_none_or(|(colour, sure)| colour != PlateColour::Yellow && !sure), "{told:?}");
    }

    #[test]
    fn infrared_darkness_and_coloured_light_give_no_sure_answer() {
        let black = [20, 20, 20];
        let infrared = Light { mean: [90.0, 90.0, 90.0], colourless: true };
        assert_eq!(told([225, 225, 225], black, &infrared), None);
        assert_eq!(told([50, 50, 48], [5, 5, 5], &DAY), None);
        let sodium = Light { mean: [150.0, 110.0, 40.0], colourless: false };
        let white_plate = told([240, 180, 66], black, &sodium);
        assert_eq!(white_plate, None, "white under a sodium lamp looks yellow");
    }

    #[test]
    fn red_characters_on_yellow_are_seen() {
        let zone = tell(&plate([235, 190, 40], [160, 25, 25]), &DAY).expect("a colour");
        assert_eq!((zone.ground.value, zone.ink), (PlateColour::Yellow, Some(Ink::Red)));
        let taxi = tell(&plate([235, 190, 40], [30, 28, 25]), &DAY).expect("a colour");
        assert_eq!(taxi.ink, None);
    }

    #[test]
    fn a_plain_surface_has_no_ground() {
        assert_eq!(tell(&Rgb::filled(96, 24, [200, 200, 200]), &DAY), None);
        assert_eq!(tell(&Rgb::filled(1, 1, [200, 0, 0]), &DAY), None);
    }

    #[test]
    fn a_cut_out_of_a_picture_is_told() {
        let mut picture = Rgb::filled(120, 60, [90, 100, 110]);
        let yellow = plate([230, 180, 50], [40, 38, 35]);
        for y in 0..24 {
            let row = 3 * ((20 + y) * 120 + 12);
            picture.data[row..row + 288].copy_from_slice(&yellow.data[3 * y * 96..3 * (y + 1) * 96]);
        }
        let area = Quad::upright(&crate::geometry::BBox { x: 12.0, y: 20.0, w: 96.0, h: 24.0 });
        let colours = of(&picture, &area, 1).expect("cuts").expect("a colour");
        assert_eq!(colours.ground.value, PlateColour::Yellow);
    }
}
