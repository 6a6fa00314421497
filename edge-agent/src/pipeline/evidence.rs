//! Pictures of events, as files.

use wire::{EvidenceRole, MAX_EVIDENCE_BYTES};

use crate::frame::I420;
use crate::geometry::BBox;
use crate::outbox::Picture;
use crate::vision::{Rgb, VisionError};

/// JPEG quality of evidence, and the one used when a picture is over the limit.
const QUALITY: [u8; 3] = [88, 70, 45];

/// A whole picture, as it was taken: nothing is drawn into it.
pub(super) fn overview(picture: &I420) -> Result<Picture, VisionError> {
    let all = BBox { x: 0.0, y: 0.0, w: picture.width as f32, h: picture.height as f32 };
    part(picture, EvidenceRole::Overview, &all)
}

/// A part of a picture.
pub(super) fn part(picture: &I420, role: EvidenceRole, area: &BBox) -> Result<Picture, VisionError> {
    let (rgb, _) = Rgb::from_i420(picture, area);
    let mut jpeg = Vec::new();
    for quality in QUALITY {
        jpeg = rgb.to_jpeg(quality)?;
        if jpeg.len() <= MAX_EVIDENCE_BYTES {
            break;
        }
    }
    Ok(Picture { role, bytes: jpeg.into(), width: rgb.width, height: rgb.height })
}
