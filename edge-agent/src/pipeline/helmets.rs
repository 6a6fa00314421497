//! Looks at riders' heads, where the site brought a classifier along and a rule of the scene asks for it.

use std::collections::HashMap;

use crate::frame::I420;
use crate::geometry::BBox;
use crate::track::TrackChanges;
use crate::vision::{HelmetLook, Rider, VisionError};

/// Heads looked at in one frame, at most: the nearest ones, so that a crowded junction does not stop the camera.
const MOST_HEADS: usize = 12;

/// How many riders of each track wear none, and how sure that is. Tracks of which no head could be judged are left out.
pub(super) fn look(
    model: &dyn HelmetLook,
    picture: &I420,
    changes: &TrackChanges,
    riders: &[Rider],
) -> Result<HashMap<u64, (u32, f32)>, VisionError> {
    let mut heads: Vec<(u64, BBox)> = changes
        .seen()
        .filter_map(|track| Some((track.id, track.detection?)))
        .flat_map(|(id, vehicle)| {
            let on_it = riders.iter().filter(move |rider| rider.vehicle == vehicle);
            on_it.map(move |rider| (id, rider.person.bbox))
        })
        .collect();
    heads.sort_by(|a, b| b.1.h.total_cmp(&a.1.h));
    heads.truncate(MOST_HEADS);
    let boxes: Vec<BBox> = heads.iter().map(|(_, bbox)| *bbox).collect();
    let mut bare = HashMap::new();
    for ((track, _), head) in heads.iter().zip(model.look(picture, &boxes)?) {
        let Some(head) = head else { continue };
        let (count, score) = bare.entry(*track).or_insert((0, 1.0_f32));
        *count += u32::from(head.bare);
        *score = score.min(head.score);
    }
    Ok(bare)
}
