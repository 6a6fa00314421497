//! Pixels to metres and back: a homography from measured points of a flat road.
//!
//! Normalised direct linear transform (Hartley), least squares for more than four points, in double precision. What a person
//! measured is never believed blindly: how far the points miss each other is said in pixels and in metres, and points from which
//! nothing follows (doubled, all on one straight line) are refused.

use nalgebra::{Matrix3, SMatrix, SymmetricEigen, Vector3};

use crate::geometry::Point;

/// A picture's plane and the road's.
#[derive(Debug, Clone, PartialEq)]
pub struct Homography {
    to_ground: Matrix3<f64>,
    to_picture: Matrix3<f64>,
    points: u32,
    error_px: f64,
    error_m: f64,
}

/// One measured point: pixels, and metres on the road.
pub type Measured = ([f64; 2], [f64; 2]);

/// Why measured points give no ground.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum GroundError {
    /// Not enough of them.
    #[error("{0} measured points; four at least")]
    TooFew(usize),
    /// A coordinate that is no number.
    #[error("point {0}: a coordinate is not a number")]
    NotANumber(usize),
    /// Two points are the same.
    #[error("points {0} and {1} are the same point {2}; measure another one")]
    Doubled(usize, usize, &'static str),
    /// No four of them that stand apart.
    #[error(
        "no four points without three on one straight line {0}; measure points to both sides of the road"
    )]
    Collinear(&'static str),
    /// The points contradict each other so much that some lie beyond the horizon of the others.
    #[error("the points contradict each other: compare their order in the picture with that on the road")]
    Contradiction,
}

/// Part of the points' extent below which two are one, and a triangle's height is none.
const SAME: f64 = 1e-4;
const FLAT: f64 = 0.01;

impl Homography {
    /// The ground that fits these points best. Numbers of points in errors count from 1.
    ///
    /// # Errors
    /// Points from which no ground follows.
    pub fn fit(points: &[Measured]) -> Result<Self, GroundError> {
        if points.len() < 4 {
            return Err(GroundError::TooFew(points.len()));
        }
        let numbers = |(a, b): &Measured| a.iter().chain(b).all(|value| value.is_finite());
        if let Some(index) = points.iter().position(|point| !numbers(point)) {
            return Err(GroundError::NotANumber(index + 1));
        }
        let picture: Vec<[f64; 2]> = points.iter().map(|point| point.0).collect();
        let ground: Vec<[f64; 2]> = points.iter().map(|point| point.1).collect();
        stand_apart(&picture, "in the picture")?;
        stand_apart(&ground, "on the ground")?;
        let to_ground = solve(&picture, &ground).ok_or(GroundError::Contradiction)?;
        let to_picture = to_ground.try_inverse().ok_or(GroundError::Contradiction)?;
        let mut fit = Self {
            to_ground: oriented(to_ground, &picture).ok_or(GroundError::Contradiction)?,
            to_picture: oriented(to_picture, &ground).ok_or(GroundError::Contradiction)?,
            points: points.len() as u32,
            error_px: 0.0,
            error_m: 0.0,
        };
        let rms = |of: &dyn Fn(&Measured) -> Option<f64>| {
            let squares: Option<Vec<f64>> = points.iter().map(of).collect();
            squares.map(|all| (all.iter().sum::<f64>() / points.len() as f64).sqrt())
        };
        let m = rms(&|(p, m)| apply(&fit.to_ground, *p).map(|found| distance2(found, *m)));
        let px = rms(&|(p, m)| apply(&fit.to_picture, *m).map(|found| distance2(found, *p)));
        fit.error_m = m.ok_or(GroundError::Contradiction)?;
        fit.error_px = px.ok_or(GroundError::Contradiction)?;
        Ok(fit)
    }

    /// Metres of a pixel; none at or above the horizon.
    pub fn ground(&self, pixel: Point) -> Option<[f64; 2]> {
        apply(&self.to_ground, [f64::from(pixel.x), f64::from(pixel.y)])
    }

    /// The pixel of a place on the ground; none behind the camera.
    pub fn picture(&self, metres: [f64; 2]) -> Option<Point> {
        let [x, y] = apply(&self.to_picture, metres)?;
        Some(Point { x: x as f32, y: y as f32 })
    }

    /// Metres that one pixel is at most at this place, in whichever direction it is most; none at or above the horizon.
    pub fn metres_per_px(&self, pixel: Point) -> Option<f64> {
        let here = self.ground(pixel)?;
        let right = self.ground(Point { x: pixel.x + 1.0, ..pixel })?;
        let down = self.ground(Point { y: pixel.y + 1.0, ..pixel })?;
        let ((a, b), (c, d)) =
            ((right[0] - here[0], right[1] - here[1]), (down[0] - here[0], down[1] - here[1]));
        // The larger singular value of the two columns.
        let (sum, det) = (a * a + b * b + c * c + d * d, a * d - b * c);
        Some(((sum + (sum * sum - 4.0 * det * det).max(0.0).sqrt()) / 2.0).sqrt())
    }

    /// Measured points behind it.
    pub fn points(&self) -> u32 {
        self.points
    }

    /// Root mean square distance of the measured points from where the fit puts them, pixels.
    pub fn error_px(&self) -> f64 {
        self.error_px
    }

    /// The same on the ground, metres.
    pub fn error_m(&self) -> f64 {
        self.error_m
    }
}

/// Two points that are one, or no four in general position.
fn stand_apart(points: &[[f64; 2]], which: &'static str) -> Result<(), GroundError> {
    let extent =
        points.iter().flat_map(|a| points.iter().map(move |b| distance2(*a, *b))).fold(0.0, f64::max);
    let extent = extent.sqrt();
    for (index, a) in points.iter().enumerate() {
        for (other, b) in points.iter().enumerate().skip(index + 1) {
            if distance2(*a, *b).sqrt() <= SAME * extent {
                return Err(GroundError::Doubled(index + 1, other + 1, which));
            }
        }
    }
    let flat = |a: usize, b: usize, c: usize| {
        let (p, q, r) = (points[a], points[b], points[c]);
        let twice = ((q[0] - p[0]) * (r[1] - p[1]) - (r[0] - p[0]) * (q[1] - p[1])).abs();
        let longest = distance2(p, q).max(distance2(q, r)).max(distance2(p, r)).sqrt();
        twice <= FLAT * longest * longest.max(f64::MIN_POSITIVE)
    };
    let count = points.len();
    for a in 0..count {
        for b in a + 1..count {
            for c in (b + 1..count).filter(|&c| !flat(a, b, c)) {
                if (c + 1..count).any(|d| !flat(a, b, d) && !flat(a, c, d) && !flat(b, c, d)) {
                    return Ok(());
                }
            }
        }
    }
    Err(GroundError::Collinear(which))
}

/// The least squares solution of `to ~ H from`.
fn solve(from: &[[f64; 2]], to: &[[f64; 2]]) -> Option<Matrix3<f64>> {
    let (a, b) = (normaliser(from), normaliser(to));
    let mut normal = SMatrix::<f64, 9, 9>::zeros();
    for (p, q) in from.iter().zip(to) {
        let ([x, y], [u, v]) = (apply(&a, *p)?, apply(&b, *q)?);
        for row in
            [[x, y, 1.0, 0.0, 0.0, 0.0, -u * x, -u * y, -u], [0.0, 0.0, 0.0, x, y, 1.0, -v * x, -v * y, -v]]
        {
            let row = SMatrix::<f64, 9, 1>::from_row_slice(&row);
            normal += row * row.transpose();
        }
    }
    let eigen = SymmetricEigen::new(normal);
    let least = (0..9).min_by(|&i, &j| eigen.eigenvalues[i].total_cmp(&eigen.eigenvalues[j]))?;
    let h = eigen.eigenvectors.column(least);
    let h = Matrix3::new(h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7], h[8]);
    let h = b.try_inverse()? * h * a;
    let scale = h.norm();
    (scale.is_finite() && scale > 0.0).then(|| h / scale)
}

/// Moves points around the origin at a mean distance of √2, which keeps the equations well conditioned.
fn normaliser(points: &[[f64; 2]]) -> Matrix3<f64> {
    let n = points.len() as f64;
    let (cx, cy) =
        (points.iter().map(|p| p[0]).sum::<f64>() / n, points.iter().map(|p| p[1]).sum::<f64>() / n);
    let mean = points.iter().map(|p| distance2(*p, [cx, cy]).sqrt()).sum::<f64>() / n;
    let s = std::f64::consts::SQRT_2 / mean.max(f64::MIN_POSITIVE);
    Matrix3::new(s, 0.0, -s * cx, 0.0, s, -s * cy, 0.0, 0.0, 1.0)
}

/// With the sign that makes every one of its own points lie on this side of the horizon.
fn oriented(h: Matrix3<f64>, points: &[[f64; 2]]) -> Option<Matrix3<f64>> {
    let depth = |p: &[f64; 2]| (h * Vector3::new(p[0], p[1], 1.0)).z;
    let first = depth(points.first()?).signum();
    points.iter().all(|p| depth(p) * first > 0.0).then(|| h * first)
}

fn apply(h: &Matrix3<f64>, p: [f64; 2]) -> Option<[f64; 2]> {
    let v = h * Vector3::new(p[0], p[1], 1.0);
    let whole = (h.row(2).norm() * (1.0 + p[0].abs() + p[1].abs())).max(f64::MIN_POSITIVE);
    let found = [v.x / v.z, v.y / v.z];
    (v.z > 1e-9 * whole && found.iter().all(|value| value.is_finite())).then_some(found)
}

fn distance2(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2)
}
