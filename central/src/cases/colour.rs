//! Whether a vehicle's colour in the picture contradicts the registered one: a sign of a plate on two vehicles, never a proof. Pure.
//!
//! Light lies: shade is blue, dusk red, chrome white. So only what is plain counts: a body that is mostly of one lively colour where another is
//! registered, or one without any of the lively colour that is registered. White, silver, grey and black are never set against each
//! other. Two-wheelers (the rider hides most), lorries and buses (the box is not the cab) and the night (brake lights paint a silver car red: three
//! of 13 vehicles that looked lively on a junction's stills were such) are not for this.

use image::RgbImage;

/// Colours that can be told apart in any light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// White, silver, grey, black.
    Plain,
    /// Red, maroon, brown.
    Red,
    /// Orange, yellow, gold.
    Yellow,
    /// Green.
    Green,
    /// Blue, purple.
    Blue,
}

/// Words of registers.
const WORDS: [(Colour, &[&str]); 5] = [
    (Colour::Plain, &["white", "silver", "grey", "gray", "black", "trắng", "bạc", "xám", "ghi", "đen"]),
    (Colour::Red, &["red", "maroon", "đỏ", "đỏ đô"]),
    (Colour::Yellow, &["yellow", "orange", "vàng", "cam"]),
    (Colour::Green, &["green", "xanh lá", "xanh lá cây", "xanh lục"]),
    (Colour::Blue, &["blue", "xanh dương", "xanh lam", "xanh nước biển"]),
];

impl Colour {
    const ALL: [Self; 5] = [Self::Plain, Self::Red, Self::Yellow, Self::Green, Self::Blue];

    /// Of a register's word, Vietnamese or English; `None` for one that says nothing sure, such as two colours.
    pub fn of_word(word: &str) -> Option<Self> {
        let word = word.trim().to_lowercase();
        WORDS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(colour, _)| *colour)
    }

    fn of_pixel([r, g, b]: [u8; 3]) -> Option<Self> {
        let (r, g, b) = (f32::from(r), f32::from(g), f32::from(b));
        let (most, least) = (r.max(g).max(b), r.min(g).min(b));
        let chroma = most - least;
        let saturation = if most > 0.0 { chroma / most } else { 0.0 };
        if saturation < 0.2 || most < 45.0 {
            return Some(Self::Plain);
        }
        // Neither lively nor plain: any light makes such.
        if saturation < 0.45 || most < 70.0 {
            return None;
        }
        let hue = 60.0
            * if most == r {
                (g - b) / chroma
            } else if most == g {
                (b - r) / chroma + 2.0
            } else {
                (r - g) / chroma + 4.0
            };
        Some(match hue.rem_euclid(360.0) {
            18.0..75.0 => Self::Yellow,
            75.0..165.0 => Self::Green,
            165.0..290.0 => Self::Blue,
            _ => Self::Red,
        })
    }
}

/// Parts of each colour in the middle of a vehicle's picture, in the order of the colours; they sum to at most 1.
pub fn seen(vehicle: &RgbImage) -> [f32; 5] {
    let (width, height) = vehicle.dimensions();
    // Body without sky, road and most of the glass.
    let (left, right, top, bottom) = (width / 6, width - width / 6, height * 2 / 5, height * 4 / 5);
    let (mut counts, mut all) = ([0_u32; 5], 0_u32);
    for y in top..bottom {
        for x in left..right {
            all += 1;
            if let Some(colour) = Colour::of_pixel(vehicle.get_pixel(x, y).0)
                && let Some(at) = Colour::ALL.iter().position(|one| *one == colour)
            {
                counts[at] += 1;
            }
        }
    }
    counts.map(|count| count as f32 / all.max(1) as f32)
}

/// Whether what is seen surely is not what is registered.
pub fn contradicts(registered: Colour, seen: [f32; 5]) -> bool {
    let part = |colour: Colour| {
        Colour::ALL.iter().zip(seen).find(|(one, _)| **one == colour).map_or(0.0, |(_, part)| part)
    };
    let lively = Colour::ALL.into_iter().filter(|one| *one != Colour::Plain);
    match registered {
        // Half of the body in one lively colour: no reflection does that.
        Colour::Plain => lively.map(part).any(|part| part > 0.5),
        other => {
            part(other) < 0.02
                && (part(Colour::Plain) > 0.85
                    || lively.filter(|one| *one != other).map(part).any(|part| part > 0.5))
        }
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    fn painted(body: [u8; 3]) -> RgbImage {
        // Grey road, dark glass above, the body in the middle.
        RgbImage::from_fn(120, 100, |_, y| match y {
            0..30 => Rgb([40, 45, 50]),
            30..85 => Rgb(body),
            _ => Rgb([110, 110, 108]),
        })
    }

    #[test]
    fn a_red_car_is_not_the_white_one_that_is_registered_and_a_silver_one_may_be() {
        let [red, white, silver, blue] =
            [[170, 30, 35], [235, 236, 238], [150, 153, 158], [30, 60, 160]].map(|body| seen(&painted(body)));
        let says = |word: &str, seen| contradicts(Colour::of_word(word).unwrap(), seen);
        assert!(says("white", red) && says("Trắng", blue) && says("đỏ", blue) && says("red", white));
        assert!(!says("đỏ", red) && !says("blue", blue) && !says("white", white));
        assert!(!says("black", silver) && !says("white", silver), "light makes them alike");
    }

    #[test]
    fn weak_colours_and_small_parts_say_nothing() {
        assert!(!contradicts(Colour::Plain, seen(&painted([120, 140, 165]))), "shade");
        assert!(!contradicts(Colour::Red, seen(&painted([90, 62, 60]))), "dirt or dusk");
        let mut some = painted([230, 230, 230]);
        for y in 45..55 {
            for x in 0..120 {
                some.put_pixel(x, y, Rgb([180, 20, 20]));
            }
        }
        assert!(!contradicts(Colour::Plain, seen(&some)), "a red stripe on a white van");
        assert!(!contradicts(Colour::Red, seen(&some)), "a white stripe on a red van");
    }

    #[test]
    fn words_that_say_nothing_sure_are_no_colour() {
        for word in ["", "xanh", "trắng - đỏ", "nhiều màu", "brown"] {
            assert_eq!(Colour::of_word(word), None, "{word}");
        }
    }

    #[test]
    fn a_picture_of_any_size_is_read() {
        for (width, height) in [(1, 1), (2, 3), (5, 1)] {
            assert!(seen(&RgbImage::new(width, height)).iter().sum::<f32>() <= 1.0);
        }
    }
}
