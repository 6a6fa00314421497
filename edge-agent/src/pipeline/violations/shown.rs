//! A frame that a person can be shown: pixels as the decoder gave them, or a file.

use wire::EvidenceRole;

use super::super::evidence::overview;
use crate::frame::{CaptureTime, I420};
use crate::outbox::Picture;
use crate::vision::VisionError;

/// A frame that can be shown.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub frame: u64,
    pub captured: CaptureTime,
    pub pixels: Pixels,
}

/// As it is kept.
#[derive(Debug, Clone)]
pub(super) enum Pixels {
    /// As the decoder gave it. Shared.
    Raw(I420),
    /// As a file.
    Jpeg(Picture),
}

impl Shown {
    /// Memory it takes.
    pub(super) fn bytes(&self) -> usize {
        match &self.pixels {
            Pixels::Raw(picture) => (*picture.data).as_ref().len(),
            Pixels::Jpeg(picture) => picture.bytes.len(),
        }
    }

    /// Smaller from now on: a file in place of pixels. What cannot be made into one stays.
    pub(super) fn pack(&mut self) {
        if let Pixels::Raw(picture) = &self.pixels
            && let Ok(file) = overview(picture)
        {
            self.pixels = Pixels::Jpeg(file);
        }
    }

    /// How far it is from a stream second.
    pub(super) fn off(&self, stream_s: f64) -> f64 {
        (self.captured.stream_s - stream_s).abs()
    }

    pub(super) fn size(&self) -> [u32; 2] {
        match &self.pixels {
            Pixels::Raw(picture) => [picture.width, picture.height],
            Pixels::Jpeg(picture) => [picture.width, picture.height],
        }
    }

    pub(super) fn file(&self, role: EvidenceRole) -> Result<Picture, VisionError> {
        let picture = match &self.pixels {
            Pixels::Raw(picture) => overview(picture)?,
            Pixels::Jpeg(picture) => picture.clone(),
        };
        Ok(Picture { role, ..picture })
    }
}
