//! What YuNet's numbers mean: anchors on three grids, scores, boxes, five points, and one box per face. Pure.

use crate::geometry::{BBox, Point};

/// Grid steps of the model in pixels, coarse last.
pub const STRIDES: [usize; 3] = [8, 16, 32];
/// Faces that are kept of one picture, the surest first.
const MOST: usize = 256;

/// A face as the detector sees it, pixels of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Face {
    /// Forehead to chin, ear to ear; may reach beyond the picture.
    pub bbox: BBox,
    /// Left eye, right eye, tip of the nose, left and right corner of the mouth, *as seen in the picture*.
    pub landmarks: [Point; 5],
    /// Detector score, `0..=1`.
    pub score: f32,
}

impl Face {
    /// The same face in a picture `factor` times larger whose origin lies at `(dx, dy)` of this one's target.
    pub fn mapped(&self, factor: f32, dx: f32, dy: f32) -> Self {
        let b = self.bbox;
        let point = |p: Point| Point { x: p.x * factor + dx, y: p.y * factor + dy };
        Self {
            bbox: BBox { x: b.x * factor + dx, y: b.y * factor + dy, w: b.w * factor, h: b.h * factor },
            landmarks: self.landmarks.map(point),
            score: self.score,
        }
    }

    /// Distance between the eyes, pixels.
    pub fn eye_distance(&self) -> f32 {
        let [left, right, ..] = self.landmarks;
        (right.x - left.x).hypot(right.y - left.y)
    }
}

/// The four outputs of one grid.
#[derive(Debug, Clone, Copy)]
pub struct Grid<'a> {
    /// Pixels per cell.
    pub stride: usize,
    /// Cells per row.
    pub columns: usize,
    /// Is it a face, per cell.
    pub class: &'a [f32],
    /// Is it an object, per cell.
    pub object: &'a [f32],
    /// Offset of the centre in cells and logarithm of the size in cells: four per cell.
    pub boxes: &'a [f32],
    /// Offsets of the five points in cells: ten per cell.
    pub points: &'a [f32],
}

impl Grid<'_> {
    /// Faces at or above `min_score`, in pixels of the model's input.
    pub fn faces(&self, min_score: f32) -> Vec<Face> {
        let step = self.stride as f32;
        let cells = self.class.iter().zip(self.object).enumerate();
        cells
            .filter_map(|(at, (class, object))| {
                let score = (class.clamp(0.0, 1.0) * object.clamp(0.0, 1.0)).sqrt();
                // Also drops NaN.
                if score.is_nan() || score < min_score {
                    return None;
                }
                let b: &[f32; 4] = self.boxes.get(4 * at..)?.first_chunk()?;
                let p: &[f32; 10] = self.points.get(10 * at..)?.first_chunk()?;
                let (column, row) = ((at % self.columns) as f32, (at / self.columns) as f32);
                let (w, h) = (b[2].exp() * step, b[3].exp() * step);
                let (cx, cy) = ((column + b[0]) * step, (row + b[1]) * step);
                let point =
                    |n: usize| Point { x: (p[2 * n] + column) * step, y: (p[2 * n + 1] + row) * step };
                let bbox = BBox { x: cx - w / 2.0, y: cy - h / 2.0, w, h };
                let sound = [cx, cy, w, h].iter().chain(p).all(|v| v.is_finite());
                sound.then(|| Face { bbox, landmarks: std::array::from_fn(point), score })
            })
            .collect()
    }
}

/// Non-maximum suppression: of boxes that overlap by more than `most_iou` only the surest stays. Surest first.
pub fn suppress(mut faces: Vec<Face>, most_iou: f32) -> Vec<Face> {
    faces.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Face> = Vec::new();
    for face in faces {
        if kept.len() == MOST {
            break;
        }
        if kept.iter().all(|k| k.bbox.iou(&face.bbox) <= most_iou) {
            kept.push(face);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_hot_cell_becomes_one_face_in_pixels() {
        let (mut class, object) = (vec![0.0; 12], vec![1.0; 12]);
        let (mut boxes, mut points) = (vec![0.0; 48], vec![0.0; 120]);
        // Column 1, row 2 of four columns; half a cell right, size e cells wide and one high.
        class[9] = 0.81;
        boxes[36..40].copy_from_slice(&[0.5, 0.0, 1.0, 0.0]);
        points[90..92].copy_from_slice(&[0.25, -0.25]);
        let grid =
            Grid { stride: 16, columns: 4, class: &class, object: &object, boxes: &boxes, points: &points };
        let faces = grid.faces(0.5);
        assert_eq!(faces.len(), 1);
        let face = faces[0];
        assert!((face.score - 0.9).abs() < 1e-6);
        let w = 16.0 * 1f32.exp();
        assert!((face.bbox.x - (24.0 - w / 2.0)).abs() < 1e-3 && (face.bbox.y - 24.0).abs() < 1e-3);
        assert_eq!(face.landmarks[0], Point { x: 20.0, y: 28.0 });
        assert_eq!(face.landmarks[4], Point { x: 16.0, y: 32.0 });
    }

    #[test]
    fn numbers_that_are_none_make_no_face() {
        let grid = |boxes: &[f32], class: f32| {
            Grid { stride: 8, columns: 1, class: &[class], object: &[1.0], boxes, points: &[0.0; 10] }
                .faces(0.5)
                .len()
        };
        assert_eq!(grid(&[0.0; 4], 0.9), 1);
        assert_eq!(grid(&[0.0; 4], f32::NAN), 0);
        assert_eq!(grid(&[0.0, 0.0, 200.0, 0.0], 0.9), 0);
        assert_eq!(grid(&[0.0; 3], 0.9), 0, "an output cut short");
    }

    #[test]
    fn of_two_boxes_on_one_face_the_surer_stays() {
        let face = |x: f32, score: f32| Face {
            bbox: BBox { x, y: 0.0, w: 100.0, h: 100.0 },
            landmarks: [Point { x: 0.0, y: 0.0 }; 5],
            score,
        };
        let kept = suppress(vec![face(0.0, 0.7), face(10.0, 0.9), face(300.0, 0.8)], 0.3);
        assert_eq!(kept.iter().map(|f| f.score).collect::<Vec<_>>(), [0.9, 0.8]);
    }
}
