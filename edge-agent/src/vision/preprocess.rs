//! From the decoder's I420 planes to a model's input tensor in one pass.
//!
//! Resize, colour conversion and normalisation happen row by row in two short buffers that stay in cache; a full-size
//! RGB picture never exists. Rows are blended in 8-bit fixed point (which the compiler turns into 8-lane SIMD), columns
//! through a table of positions and weights made once per picture size.
//!
//! **Colour.** Cameras send limited range. Streams of 720 lines and more are BT.709, smaller ones BT.601, as encoders
//! assume when they do not say; a wrong guess shifts colours by a few percent, which no detector has been seen to mind.

use crate::frame::I420;

/// How YUV becomes RGB: limited range, `r = y' + rv·v`, `g = y' + gu·u + gv·v`, `b = y' + bu·u`, `y' = 1.164·(y − 16)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Matrix {
    /// V in red.
    pub rv: f32,
    /// U in green.
    pub gu: f32,
    /// V in green.
    pub gv: f32,
    /// U in blue.
    pub bu: f32,
}

/// Gain of limited-range luma.
pub const LUMA_GAIN: f32 = 255.0 / 219.0;

impl Matrix {
    /// Standard definition.
    pub const BT601: Self = Self { rv: 1.596_03, gu: -0.391_76, gv: -0.812_97, bu: 2.017_23 };
    /// High definition.
    pub const BT709: Self = Self { rv: 1.792_74, gu: -0.213_25, gv: -0.532_91, bu: 2.112_4 };

    /// The matrix assumed for a picture of `height` lines.
    pub fn for_height(height: u32) -> Self {
        if height >= 720 { Self::BT709 } else { Self::BT601 }
    }

    /// One pixel; inputs and outputs are `0.0..=255.0`.
    #[inline(always)]
    pub fn rgb(&self, y: f32, u: f32, v: f32) -> [f32; 3] {
        let y = (y - 16.0) * LUMA_GAIN;
        let (u, v) = (u - 128.0, v - 128.0);
        [y + self.rv * v, y + self.gu * u + self.gv * v, y + self.bu * u].map(level)
    }
}

/// `c` within `0.0..=255.0`. Written so that it becomes two instructions: `clamp` also cares for NaN, which cannot occur.
#[inline(always)]
fn level(c: f32) -> f32 {
    let c = if c > 0.0 { c } else { 0.0 };
    if c < 255.0 { c } else { 255.0 }
}

/// `(x / 255 − mean) / std` per channel of RGB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normalisation {
    /// Subtracted, R G B, of values `0..=1`.
    pub mean: [f32; 3],
    /// Divided by, R G B.
    pub std: [f32; 3],
}

impl Normalisation {
    /// What networks trained on ImageNet expect.
    pub const IMAGENET: Self = Self { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] };
}

/// Where one output row or column takes its first source sample (the second is the next one), and the weight (of 256) of the second.
#[derive(Debug, Clone, Copy)]
struct Tap {
    first: u16,
    weight: u16,
}

/// Bilinear taps with pixel centres at one half, edges repeated: as OpenCV's and PIL's plain resize.
fn taps(source: usize, target: usize) -> Vec<Tap> {
    let ratio = source as f32 / target as f32;
    let last = source.saturating_sub(1);
    (0..target)
        .map(|i| {
            let at = ((i as f32 + 0.5) * ratio - 0.5).clamp(0.0, last as f32);
            let first = at.floor() as usize;
            let weight = ((at - first as f32) * 256.0).round() as u16;
            Tap { first: first as u16, weight }
        })
        .collect()
}

/// Tables for one plane of one picture size.
#[derive(Debug, Default)]
struct Plane {
    width: usize,
    height: usize,
    rows: Vec<Tap>,
    columns: Vec<Tap>,
    blended: Vec<u16>,
    line: Vec<f32>,
}

impl Plane {
    fn new(source: (usize, usize), target: (usize, usize)) -> Self {
        Self {
            width: source.0,
            height: source.1,
            rows: taps(source.1, target.1),
            columns: taps(source.0, target.0),
            // One more, so that the last column has a next one; its weight there is zero.
            blended: vec![0; source.0 + 1],
            line: vec![0.0; target.0],
        }
    }

    /// Fills `line` with output row `row`, values `0.0..=255.0`.
    #[inline(always)]
    fn resample(&mut self, plane: &[u8], stride: usize, row: usize) {
        let Tap { first, weight } = self.rows[row];
        let next = (usize::from(first) + 1).min(self.height - 1);
        let (a, b) = (usize::from(first) * stride, next * stride);
        let (a, b) = (&plane[a..a + self.width], &plane[b..b + self.width]);
        let (wa, wb) = (256 - weight, weight);
        // Nothing here can overflow: weights add up to 256. The wrapping operations spare the development profile its
        // checks, which would keep these two loops from becoming SIMD.
        for ((out, &a), &b) in self.blended.iter_mut().zip(a).zip(b) {
            *out = u16::from(a).wrapping_mul(wa).wrapping_add(u16::from(b).wrapping_mul(wb));
        }
        for (out, tap) in self.line.iter_mut().zip(&self.columns) {
            let [a, b] = self.blended[usize::from(tap.first)..][..2] else { continue };
            let (a, b) = (i32::from(a), i32::from(b));
            let step = b.wrapping_sub(a).wrapping_mul(i32::from(tap.weight));
            *out = a.wrapping_mul(256).wrapping_add(step) as f32 * (1.0 / 65536.0);
        }
    }
}

/// Turns pictures into the tensor of one model. Keeps its tables while the picture size stays the same.
#[derive(Debug)]
pub struct Preprocessor {
    target: (usize, usize),
    normalisation: Normalisation,
    source: (u32, u32),
    planes: [Plane; 3],
}

impl Preprocessor {
    /// For a model whose input is `width` × `height`.
    pub fn new(width: usize, height: usize, normalisation: Normalisation) -> Self {
        Self { target: (width, height), normalisation, source: (0, 0), planes: Default::default() }
    }

    /// Values that [`Preprocessor::fill`] writes.
    pub fn len(&self) -> usize {
        3 * self.target.0 * self.target.1
    }

    /// Width and height of the pictures that the tables are made for.
    pub fn source(&self) -> (u32, u32) {
        self.source
    }

    /// Whether the target is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Resizes `picture` to the target without keeping its aspect, converts to RGB, normalises, and writes planes
    /// R, G, B (NCHW) to `tensor`, which is resized to fit.
    pub fn fill(&mut self, picture: &I420, tensor: &mut Vec<f32>) {
        self.prepare(picture.width, picture.height);
        tensor.resize(self.len(), 0.0);
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            // SAFETY: the processor has both features.
            unsafe { self.rows_avx2(picture, tensor) };
            return;
        }
        self.rows(picture, tensor);
    }

    /// The same as [`Preprocessor::rows`], compiled for processors with wider registers.
    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma")]
    fn rows_avx2(&mut self, picture: &I420, tensor: &mut [f32]) {
        self.rows(picture, tensor);
    }

    #[inline(always)]
    fn rows(&mut self, picture: &I420, tensor: &mut [f32]) {
        let (width, height) = self.target;
        let matrix = Matrix::for_height(picture.height);
        let scale = self.normalisation.std.map(|s| 1.0 / (255.0 * s));
        let shift: [f32; 3] =
            std::array::from_fn(|c| -self.normalisation.mean[c] / self.normalisation.std[c]);
        let (red, rest) = tensor.split_at_mut(width * height);
        let (green, blue) = rest.split_at_mut(width * height);
        let sources = [picture.y(), picture.u(), picture.v()];
        for row in 0..height {
            for ((plane, source), stride) in self.planes.iter_mut().zip(sources).zip(picture.strides) {
                plane.resample(source, stride, row);
            }
            let [y, u, v] = &self.planes;
            let (y, u, v) = (&y.line[..width], &u.line[..width], &v.line[..width]);
            let out = row * width..(row + 1) * width;
            let (r, g, b) = (&mut red[out.clone()], &mut green[out.clone()], &mut blue[out]);
            for i in 0..width {
                let [pr, pg, pb] = matrix.rgb(y[i], u[i], v[i]);
                r[i] = pr * scale[0] + shift[0];
                g[i] = pg * scale[1] + shift[1];
                b[i] = pb * scale[2] + shift[2];
            }
        }
    }

    fn prepare(&mut self, width: u32, height: u32) {
        if self.source == (width, height) {
            return;
        }
        self.source = (width, height);
        let luma = (width as usize, height as usize);
        let chroma = (luma.0.div_ceil(2), luma.1.div_ceil(2));
        self.planes = [luma, chroma, chroma].map(|source| Plane::new(source, self.target));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vision::picture::Rgb;
    use proptest::prelude::*;

    /// The same by the book: sample in floating point, convert, normalise.
    fn reference(picture: &I420, width: usize, height: usize, n: Normalisation) -> Vec<f32> {
        let sample = |plane: &[u8], stride: usize, w: usize, h: usize, x: usize, y: usize| {
            let fx = ((x as f32 + 0.5) * w as f32 / width as f32 - 0.5).clamp(0.0, (w - 1) as f32);
            let fy = ((y as f32 + 0.5) * h as f32 / height as f32 - 0.5).clamp(0.0, (h - 1) as f32);
            let (x0, y0) = (fx as usize, fy as usize);
            let (x1, y1) = ((x0 + 1).min(w - 1), (y0 + 1).min(h - 1));
            let (ax, ay) = (fx - x0 as f32, fy - y0 as f32);
            let at = |x: usize, y: usize| f32::from(plane[y * stride + x]);
            (at(x0, y0) * (1.0 - ax) + at(x1, y0) * ax) * (1.0 - ay)
                + (at(x0, y1) * (1.0 - ax) + at(x1, y1) * ax) * ay
        };
        let (w, h) = (picture.width as usize, picture.height as usize);
        let (cw, ch) = (w.div_ceil(2), h.div_ceil(2));
        let mut out = vec![0.0; 3 * width * height];
        for y in 0..height {
            for x in 0..width {
                let rgb = Matrix::for_height(picture.height).rgb(
                    sample(picture.y(), picture.strides[0], w, h, x, y),
                    sample(picture.u(), picture.strides[1], cw, ch, x, y),
                    sample(picture.v(), picture.strides[2], cw, ch, x, y),
                );
                for c in 0..3 {
                    out[c * width * height + y * width + x] = (rgb[c] / 255.0 - n.mean[c]) / n.std[c];
                }
            }
        }
        out
    }

    fn strided(width: u32, height: u32, pad: usize, seed: u32) -> I420 {
        let strides = [width as usize + pad, width as usize / 2 + pad, width as usize / 2 + pad];
        let sizes = [
            strides[0] * height as usize,
            strides[1] * height as usize / 2,
            strides[2] * height as usize / 2,
        ];
        let mut state = seed;
        let data: Vec<u8> = (0..sizes.iter().sum::<usize>())
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as u8
            })
            .collect();
        let offsets = [0, sizes[0], sizes[0] + sizes[1]];
        I420 { width, height, strides, offsets, data: std::sync::Arc::new(data) }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn one_pass_agrees_with_the_book(w in 1u32..60, h in 1u32..60, tw in 1usize..70, th in 1usize..70, pad in 0usize..9, seed: u32) {
            let picture = strided(w * 2, h * 2, pad, seed);
            let mut got = Vec::new();
            Preprocessor::new(tw, th, Normalisation::IMAGENET).fill(&picture, &mut got);
            let want = reference(&picture, tw, th, Normalisation::IMAGENET);
            for (g, w) in got.iter().zip(&want) {
                // Two levels of 255, in units of one standard deviation.
                prop_assert!((g - w).abs() < 4.5 / 255.0 / 0.224, "{} {}", g, w);
            }
        }
    }

    #[test]
    fn a_grey_picture_stays_grey_at_every_size() {
        let picture = Rgb::filled(64, 48, [128, 128, 128]).to_i420();
        let mut tensor = Vec::new();
        Preprocessor::new(20, 30, Normalisation { mean: [0.0; 3], std: [1.0; 3] })
            .fill(&picture, &mut tensor);
        assert!(tensor.iter().all(|v| (v - 128.0 / 255.0).abs() < 0.01));
    }

    #[test]
    fn one_preprocessor_serves_pictures_of_changing_size() {
        let mut p = Preprocessor::new(32, 32, Normalisation::IMAGENET);
        let mut tensor = Vec::new();
        for size in [(640, 480), (1920, 1080), (64, 64)] {
            p.fill(&strided(size.0, size.1, 0, 7), &mut tensor);
            assert_eq!(tensor.len(), 3 * 32 * 32);
        }
    }
}
