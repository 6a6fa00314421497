//! The files of one event.

use wire::violation::Overlay;
use wire::{Digest, EvidenceRole};

use super::super::evidence::part;
use super::shown::Shown;
use crate::frame::I420;
use crate::geometry::BBox;
use crate::outbox::Picture;
use crate::vision::VisionError;

/// The files of one event. Two roles may share one file.
#[derive(Default)]
pub(super) struct Files {
    files: Vec<Picture>,
    /// Which frame became which file.
    frames: Vec<(u64, usize)>,
}

impl Files {
    /// The picture of a moment; its digest.
    pub(super) fn act(&mut self, shown: &Shown) -> Option<Digest> {
        if let Some((_, index)) = self.frames.iter().find(|(frame, _)| *frame == shown.frame) {
            return Some(Digest::of(&self.files[*index].bytes));
        }
        let index = self.add(shown.file(EvidenceRole::Act))?;
        self.frames.push((shown.frame, index));
        Some(Digest::of(&self.files[index].bytes))
    }

    /// The whole scene: the same file as the moment's, if there is one.
    pub(super) fn overview(&mut self, shown: &Shown) {
        let known = self.frames.iter().find(|(frame, _)| *frame == shown.frame).map(|(_, index)| *index);
        let made = match known {
            Some(index) => Ok(Picture { role: EvidenceRole::Overview, ..self.files[index].clone() }),
            None => shown.file(EvidenceRole::Overview),
        };
        self.add(made);
    }

    /// A part of a picture, with a margin in parts of its height.
    pub(super) fn cut(&mut self, picture: &I420, role: EvidenceRole, area: &BBox, margin: f32) {
        let margin = area.h * margin;
        let grown = BBox {
            x: area.x - margin,
            y: area.y - margin,
            w: area.w + 2.0 * margin,
            h: area.h + 2.0 * margin,
        };
        let grown = grown.clip(picture.width, picture.height);
        if grown.w >= 2.0 && grown.h >= 2.0 {
            self.add(part(picture, role, &grown));
        }
    }

    /// The overlay, a layer of its own; one that is too large is missing.
    pub(super) fn overlay(&mut self, overlay: &Overlay, [width, height]: [u32; 2]) {
        // Numbers and strings: they serialise.
        if let Ok(bytes) = serde_json::to_vec(overlay)
            && bytes.len() <= EvidenceRole::Overlay.max_bytes()
        {
            self.files.push(Picture { role: EvidenceRole::Overlay, bytes: bytes.into(), width, height });
        }
    }

    /// The clip.
    pub(super) fn clip(&mut self, bytes: Vec<u8>, [width, height]: [u32; 2]) {
        self.files.push(Picture { role: EvidenceRole::Clip, bytes: bytes.into(), width, height });
    }

    /// All of them.
    pub(super) fn into_pictures(self) -> Vec<Picture> {
        self.files
    }

    fn add(&mut self, made: Result<Picture, VisionError>) -> Option<usize> {
        match made {
            Ok(picture) => {
                self.files.push(picture);
                Some(self.files.len() - 1)
            }
            Err(error) => {
                tracing::error!(%error, "a violation goes without one of its pictures");
                None
            }
        }
    }

    /// How an event names them.
    pub(super) fn references(&self) -> Vec<wire::EvidenceRef> {
        self.files.iter().map(Picture::reference).collect()
    }
}
