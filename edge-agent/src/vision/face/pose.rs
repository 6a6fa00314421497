//! Which way a head is turned, estimated from five points. Pure.
//!
//! The five points of a mean head are laid over those found (weak perspective, least squares). Heads differ, so this is good
//! for "turned away", not for measuring: some degrees of error are normal, for pitch more than for yaw.

use crate::geometry::Point;

/// Mean head in millimetres: x to the right of the picture, y down, z away from the camera. Same order as the landmarks. Breadth and
/// height follow the alignment template at 63 mm between the pupils, but for the nose: its tip is 42 mm below the pupils when the head is
/// upright. Depths are rounded anthropometric means.
const HEAD: [[f32; 3]; 5] =
    [[-31.5, 0.0, 0.0], [31.5, 0.0, 0.0], [0.0, 42.0, -35.0], [-26.0, 73.0, -5.0], [26.0, 73.0, -5.0]];

/// Angles of a head in degrees; all zero looks into the camera.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Turned towards the right of the picture (positive) or the left.
    pub yaw_deg: f32,
    /// Raised (positive) or lowered.
    pub pitch_deg: f32,
    /// Tilted clockwise in the picture (positive) or the other way.
    pub roll_deg: f32,
}

/// The pose, or `None` when the points are no head (on one line, on one spot, mirrored).
pub fn estimate(landmarks: &[Point; 5]) -> Option<Pose> {
    let head = centred(HEAD);
    let found = centred(landmarks.map(|p| [p.x, p.y]));
    // Normal equations: three unknowns for each picture axis.
    let mut normal = [[0.0_f32; 3]; 3];
    let (mut right_x, mut right_y) = ([0.0_f32; 3], [0.0_f32; 3]);
    for (h, f) in head.iter().zip(&found) {
        for (row, hi) in normal.iter_mut().zip(h) {
            row.iter_mut().zip(h).for_each(|(cell, hj)| *cell += hi * hj);
        }
        right_x.iter_mut().zip(h).for_each(|(sum, hi)| *sum += hi * f[0]);
        right_y.iter_mut().zip(h).for_each(|(sum, hi)| *sum += hi * f[1]);
    }
    let (across, down) = (unit(solve(&normal, &right_x)?)?, unit(solve(&normal, &right_y)?)?);
    let away = unit(cross(across, down))?;
    // The direction of the nose in the camera's axes is minus the third column.
    let pose = Pose {
        yaw_deg: (-across[2]).atan2(away[2]).to_degrees(),
        pitch_deg: down[2].clamp(-1.0, 1.0).asin().to_degrees(),
        roll_deg: down[0].atan2(across[0]).to_degrees(),
    };
    [pose.yaw_deg, pose.pitch_deg, pose.roll_deg].iter().all(|v| v.is_finite()).then_some(pose)
}

fn centred<const N: usize>(points: [[f32; N]; 5]) -> [[f32; N]; 5] {
    let mean: [f32; N] = std::array::from_fn(|i| points.iter().map(|p| p[i]).sum::<f32>() / 5.0);
    points.map(|p| std::array::from_fn(|i| p[i] - mean[i]))
}

fn cross(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn unit(v: [f32; 3]) -> Option<[f32; 3]> {
    let length = dot(v, v).sqrt();
    (length.is_finite() && length > 1e-6).then(|| v.map(|x| x / length))
}

/// Cramer's rule.
fn solve(m: &[[f32; 3]; 3], right: &[f32; 3]) -> Option<[f32; 3]> {
    let det = dot(m[0], cross(m[1], m[2]));
    // `m` is symmetric, so its rows are its columns.
    let of = |a: [f32; 3], b: [f32; 3], c: [f32; 3]| dot(a, cross(b, c)) / det;
    (det.abs() > 1e-3).then(|| [of(*right, m[1], m[2]), of(m[0], *right, m[2]), of(m[0], m[1], *right)])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The mean head turned, then seen by a camera.
    fn seen(yaw: f32, pitch: f32, roll: f32) -> [Point; 5] {
        let (sy, cy) = yaw.to_radians().sin_cos();
        let (sp, cp) = pitch.to_radians().sin_cos();
        let (sr, cr) = roll.to_radians().sin_cos();
        HEAD.map(|[x, y, z]| {
            // A nose (z < 0) goes right with positive yaw, up (y smaller) with positive pitch.
            let (x, z) = (x * cy - z * sy, x * sy + z * cy);
            let y = y * cp + z * sp;
            Point { x: 200.0 + 1.5 * (x * cr - y * sr), y: 90.0 + 1.5 * (x * sr + y * cr) }
        })
    }

    #[test]
    fn each_turn_is_found_back() {
        for (yaw, pitch, roll) in [
            (0.0, 0.0, 0.0),
            (30.0, 0.0, 0.0),
            (-40.0, 0.0, 0.0),
            (0.0, 20.0, 0.0),
            (0.0, -25.0, 0.0),
            (0.0, 0.0, 15.0),
        ] {
            let pose = estimate(&seen(yaw, pitch, roll)).expect("a head");
            let got = [pose.yaw_deg, pose.pitch_deg, pose.roll_deg];
            for (got, want) in got.iter().zip([yaw, pitch, roll]) {
                assert!((got - want).abs() < 1.0, "{got} for {want}: {pose:?}");
            }
        }
    }

    #[test]
    fn points_on_one_spot_have_no_pose() {
        assert_eq!(estimate(&[Point { x: 3.0, y: 3.0 }; 5]), None);
        assert_eq!(estimate(&[Point { x: f32::INFINITY, y: 3.0 }; 5]), None);
    }
}
