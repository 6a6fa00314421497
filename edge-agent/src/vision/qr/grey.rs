//! Grey pictures: cutting, scaling, sharpening, and deciding what is black.

use crate::vision::picture::Rgb;

/// 8-bit grey, rows without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grey {
    /// Pixels per row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width · height` bytes.
    pub data: Vec<u8>,
}

impl From<&Rgb> for Grey {
    fn from(picture: &Rgb) -> Self {
        let luma =
            |p: &[u8]| ((77 * u32::from(p[0]) + 150 * u32::from(p[1]) + 29 * u32::from(p[2])) >> 8) as u8;
        Self {
            width: picture.width as usize,
            height: picture.height as usize,
            data: picture.data.chunks_exact(3).map(luma).collect(),
        }
    }
}

impl Grey {
    /// The part `[x, y, width, height]`, clipped to the picture, at least one pixel.
    pub(super) fn crop(&self, [x, y, w, h]: [usize; 4]) -> Self {
        let (x, y) = (x.min(self.width - 1), y.min(self.height - 1));
        let (width, height) = (w.clamp(1, self.width - x), h.clamp(1, self.height - y));
        let rows = (y..y + height).flat_map(|row| &self.data[row * self.width + x..][..width]);
        Self { width, height, data: rows.copied().collect() }
    }

    /// The picture with its longest side brought to `side`: bilinear when it grows, mean over areas when it shrinks.
    pub(super) fn resized(&self, side: usize) -> Self {
        let longest = self.width.max(self.height);
        let fit = |v: usize| (v * side / longest).max(1);
        let (width, height) = (fit(self.width), fit(self.height));
        let columns = taps(self.width, width);
        let rows = taps(self.height, height);
        // Across first, then down.
        let mut across = vec![0f32; width * self.height];
        for y in 0..self.height {
            let from = &self.data[y * self.width..][..self.width];
            for (to, (start, weights)) in across[y * width..][..width].iter_mut().zip(&columns) {
                *to = weights.iter().zip(&from[*start..]).map(|(w, p)| w * f32::from(*p)).sum();
            }
        }
        let mut data = Vec::with_capacity(width * height);
        let mut line = vec![0f32; width];
        for (start, weights) in &rows {
            line.fill(0.5);
            for (i, weight) in weights.iter().enumerate() {
                let from = &across[(start + i) * width..][..width];
                line.iter_mut().zip(from).for_each(|(to, p)| *to += weight * p);
            }
            data.extend(line.iter().map(|v| *v as u8));
        }
        Self { width, height, data }
    }

    /// Edges strengthened (`amount` above 0) or noise smoothed (below 0) by the difference to a 3 × 3 mean, twice as wide
    /// for strong sharpening.
    pub(super) fn sharpened(self, amount: f32) -> Self {
        if amount == 0.0 {
            return self;
        }
        let radius = if amount > 1.0 { 2 } else { 1 };
        let mean = self.means(2 * radius + 1);
        let mix = |(p, m): (&u8, &u8)| {
            (f32::from(*p) + amount * (f32::from(*p) - f32::from(*m))).clamp(0.0, 255.0) as u8
        };
        let data = self.data.iter().zip(&mean).map(mix).collect();
        Self { data, ..self }
    }

    /// Which pixels are darker than the mean of the square of `window` pixels around them. Flat parts are white.
    pub(super) fn black(&self, window: usize) -> Vec<bool> {
        let mean = self.means(window | 1);
        self.data.iter().zip(&mean).map(|(p, m)| u16::from(*p) + 5 < u16::from(*m)).collect()
    }

    /// Mean of the square of `window` (odd) pixels around each pixel, clipped at the edges: running sums, any window costs
    /// the same.
    fn means(&self, window: usize) -> Vec<u8> {
        let (w, h, r) = (self.width, self.height, window / 2);
        let mut columns = vec![0u32; w];
        let row = |y: usize| &self.data[y * w..][..w];
        for y in 0..r.min(h) {
            columns.iter_mut().zip(row(y)).for_each(|(c, p)| *c += u32::from(*p));
        }
        let mut out = Vec::with_capacity(w * h);
        for y in 0..h {
            if y + r < h {
                columns.iter_mut().zip(row(y + r)).for_each(|(c, p)| *c += u32::from(*p));
            }
            if y > r {
                columns.iter_mut().zip(row(y - r - 1)).for_each(|(c, p)| *c -= u32::from(*p));
            }
            let tall = (y + r).min(h - 1) + 1 - y.saturating_sub(r);
            let mut sum: u32 = columns[..r.min(w)].iter().sum();
            for x in 0..w {
                if x + r < w {
                    sum += columns[x + r];
                }
                if x > r {
                    sum -= columns[x - r - 1];
                }
                let wide = (x + r).min(w - 1) + 1 - x.saturating_sub(r);
                out.push((sum / (tall * wide) as u32) as u8);
            }
        }
        out
    }
}

/// For each of `to` pixels: the first of `from` pixels that it is made of, and their weights.
fn taps(from: usize, to: usize) -> Vec<(usize, Vec<f32>)> {
    let step = from as f32 / to as f32;
    let reach = step.max(1.0);
    let tap = |i: usize| {
        let centre = (i as f32 + 0.5) * step - 0.5;
        let first = (centre - reach).ceil().max(0.0) as usize;
        let last = ((centre + reach).floor().max(0.0) as usize).min(from - 1);
        let first = first.min(last);
        let mut weights: Vec<f32> =
            (first..=last).map(|p| (1.0 - (p as f32 - centre).abs() / reach).max(1e-4)).collect();
        let sum: f32 = weights.iter().sum();
        weights.iter_mut().for_each(|w| *w /= sum);
        (first, weights)
    };
    (0..to).map(tap).collect()
}
