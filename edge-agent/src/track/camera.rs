//! The camera's own motion, read from what all objects have in common.
//!
//! Where predictions and detections of many objects differ in the same way, it is the camera that moved. The
//! difference is fitted as a shift plus a zoom about the middle of the objects, by least squares with weights
//! that fall with the residual, so that the few objects that really changed course do not count.

/// How far a detection lies from where its track was expected, pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Residual {
    pub x: f32,
    pub y: f32,
    pub dx: f32,
    pub dy: f32,
}

/// Motion of the whole picture: a shift, and a zoom about a centre.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PictureMotion {
    shift: (f32, f32),
    zoom: f32,
    centre: (f32, f32),
}

/// Fewer objects say nothing about the camera.
const LEAST_OBJECTS: usize = 4;
/// From this many on a zoom is fitted too.
const LEAST_FOR_ZOOM: usize = 6;
/// Weight of "no zoom", in objects.
const ZOOM_DOUBT: f32 = 10.0;

impl PictureMotion {
    /// The motion most of the residuals share; `None` when there are too few.
    pub fn fit(residuals: &[Residual], scratch: &mut Vec<f32>) -> Option<Self> {
        if residuals.len() < LEAST_OBJECTS {
            return None;
        }
        let (dx, spread_x) = median_and_spread(residuals.iter().map(|r| r.dx), scratch);
        let (dy, spread_y) = median_and_spread(residuals.iter().map(|r| r.dy), scratch);
        let mut motion = Self { shift: (dx, dy), zoom: 0.0, centre: (0.0, 0.0) };
        if residuals.len() >= LEAST_FOR_ZOOM {
            // Each round weighs by the fit before it; the first trusts all alike.
            let mut weigh = false;
            for _ in 0..3 {
                motion = motion.refine(residuals, if weigh { Some((spread_x, spread_y)) } else { None });
                weigh = true;
            }
        }
        Some(motion)
    }

    /// How far a point of the picture has moved, pixels.
    pub fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.shift.0 + self.zoom * (x - self.centre.0), self.shift.1 + self.zoom * (y - self.centre.1))
    }

    fn refine(&self, residuals: &[Residual], spread: Option<(f32, f32)>) -> Self {
        let weight = |r: &Residual| {
            let Some((sx, sy)) = spread else { return 1.0 };
            let (mx, my) = self.at(r.x, r.y);
            let (ex, ey) = ((r.dx - mx) / sx, (r.dy - my) / sy);
            1.0 / (1.0 + (ex * ex + ey * ey) / 4.0)
        };
        let mut sum = [0.0f32; 5];
        for r in residuals {
            let w = weight(r);
            for (s, v) in sum.iter_mut().zip([1.0, r.x, r.y, r.dx, r.dy]) {
                *s += w * v;
            }
        }
        let [total, cx, cy, dx, dy] =
            [sum[0], sum[1] / sum[0], sum[2] / sum[0], sum[3] / sum[0], sum[4] / sum[0]];
        let (mut along, mut reach) = (0.0, 0.0);
        for r in residuals {
            let w = weight(r);
            along += w * ((r.x - cx) * (r.dx - dx) + (r.y - cy) * (r.dy - dy));
            reach += w * ((r.x - cx).powi(2) + (r.y - cy).powi(2));
        }
        let zoom = along / reach.max(total) * (total / (total + ZOOM_DOUBT));
        Self { shift: (dx, dy), zoom, centre: (cx, cy) }
    }
}

/// Median, and the standard deviation that the median absolute deviation speaks for (at least half a pixel).
fn median_and_spread(values: impl Iterator<Item = f32>, scratch: &mut Vec<f32>) -> (f32, f32) {
    scratch.clear();
    scratch.extend(values);
    let middle = scratch.len() / 2;
    let median = *scratch.select_nth_unstable_by(middle, f32::total_cmp).1;
    scratch.iter_mut().for_each(|v| *v = (*v - median).abs());
    let spread = *scratch.select_nth_unstable_by(middle, f32::total_cmp).1;
    (median, (1.4826 * spread).max(0.5))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid(motion: impl Fn(f32, f32) -> (f32, f32)) -> Vec<Residual> {
        let points = (0..12).map(|n| ((n % 4) as f32 * 400.0, (n / 4) as f32 * 300.0));
        points
            .map(|(x, y)| {
                let (dx, dy) = motion(x, y);
                Residual { x, y, dx, dy }
            })
            .collect()
    }

    #[test]
    fn a_few_objects_that_change_course_do_not_move_the_camera() {
        let mut residuals = grid(|_, _| (12.0, -5.0));
        residuals[0].dx = 90.0;
        residuals[7].dy = 60.0;
        let motion = PictureMotion::fit(&residuals, &mut Vec::new()).expect("enough objects");
        let (dx, dy) = motion.at(600.0, 300.0);
        assert!((dx - 12.0).abs() < 1.0 && (dy + 5.0).abs() < 1.0, "{motion:?}");
    }

    #[test]
    fn walking_forward_reads_as_a_zoom() {
        let motion =
            PictureMotion::fit(&grid(|x, y| ((x - 600.0) * 0.02, (y - 300.0) * 0.02)), &mut Vec::new())
                .expect("enough objects");
        assert!(motion.at(1200.0, 300.0).0 > 5.0 && motion.at(0.0, 300.0).0 < -5.0, "{motion:?}");
    }

    #[test]
    fn three_objects_say_nothing_about_the_camera() {
        assert_eq!(PictureMotion::fit(&grid(|_, _| (9.0, 9.0))[..3], &mut Vec::new()), None);
    }
}
