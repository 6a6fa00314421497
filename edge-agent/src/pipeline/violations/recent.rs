//! Pictures of the recent past, for moments that turn out to matter later: pixels of the newest frames; and, where a rule waits for
//! minutes, one whole picture every few seconds.

use std::collections::VecDeque;

use super::super::evidence::overview;
use super::super::shots::copy;
use super::shown::{Pixels, Shown};
use crate::frame::Frame;

/// Most bytes of pixels: 21 frames of 1920 × 1080, 5 of 3840 × 2160. Keeping one costs a copy.
const MOST_BYTES: usize = 64 << 20;
/// A moment between two frames takes the nearest, if it is no further away than this, seconds.
const NEAR_S: f64 = 0.3;
/// The album takes a picture this often, seconds: one JPEG.
const EVERY_S: f64 = 5.0;
/// Most bytes of the album: some five to ten minutes of 1920 × 1080.
const ALBUM_BYTES: usize = 32 << 20;

/// The newest frames, oldest first.
#[derive(Default)]
pub(super) struct Recent {
    frames: VecDeque<Shown>,
    bytes: usize,
    album: Option<Album>,
}

/// Whole pictures, oldest first.
#[derive(Default)]
struct Album {
    pictures: VecDeque<Shown>,
    bytes: usize,
}

impl Recent {
    /// With an album, for rules that wait for minutes.
    pub(super) fn with_album(wanted: bool) -> Self {
        Self { album: wanted.then(Album::default), ..Self::default() }
    }

    /// Keeps a frame; the oldest go.
    pub(super) fn keep(&mut self, frame: &Frame) {
        if let Some(album) = &mut self.album {
            album.keep(frame);
        }
        let shown = Shown { frame: frame.index, captured: frame.captured, pixels: Pixels::Raw(copy(frame)) };
        self.bytes += shown.bytes();
        self.frames.push_back(shown);
        while self.bytes > MOST_BYTES && self.frames.len() > 1 {
            self.bytes -= self.frames.pop_front().map_or(0, |oldest| oldest.bytes());
        }
    }

    /// Frame `number`, else the one nearest to `stream_s`. Pixels are shared.
    pub(super) fn at(&self, number: u64, stream_s: f64) -> Option<Shown> {
        let exact = self.frames.iter().find(|shown| shown.frame == number);
        let near = || {
            let nearest = self.frames.iter().min_by(|a, b| a.off(stream_s).total_cmp(&b.off(stream_s)))?;
            (nearest.off(stream_s) <= NEAR_S).then_some(nearest)
        };
        exact.or_else(near).cloned()
    }

    /// The picture of the album that comes next after `stream_s`, or just before it.
    pub(super) fn in_album(&self, stream_s: f64) -> Option<Shown> {
        let pictures = &self.album.as_ref()?.pictures;
        let after = pictures.iter().find(|shown| shown.captured.stream_s >= stream_s);
        let best = after.or(pictures.back()).filter(|shown| shown.off(stream_s) <= EVERY_S + 1.0);
        best.cloned()
    }
}

impl Album {
    fn keep(&mut self, frame: &Frame) {
        let now_s = frame.captured.stream_s;
        if self.pictures.back().is_some_and(|last| now_s - last.captured.stream_s < EVERY_S) {
            return;
        }
        // A picture that cannot be made is one less.
        let Ok(picture) = overview(&frame.picture) else { return };
        let shown = Shown { frame: frame.index, captured: frame.captured, pixels: Pixels::Jpeg(picture) };
        self.bytes += shown.bytes();
        self.pictures.push_back(shown);
        while self.bytes > ALBUM_BYTES {
            self.bytes -= self.pictures.pop_front().map_or(0, |oldest| oldest.bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use wire::TimeSource;

    use super::*;
    use crate::frame::CaptureTime;
    use crate::vision::Rgb;

    fn frame(index: u64, size: u32) -> Frame {
        let stream_s = index as f64 / 10.0;
        let captured =
            CaptureTime { at: Timestamp::UNIX_EPOCH, uncertainty_ms: 1, source: TimeSource::File, stream_s };
        Frame { index, captured, picture: Rgb::filled(size, size, [9, 99, 199]).to_i420() }
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let mut recent = Recent::default();
        (0..200).for_each(|index| recent.keep(&frame(index, 1024)));
        assert!(recent.bytes <= MOST_BYTES && recent.frames.len() > 20, "{}", recent.frames.len());
        assert_eq!(recent.bytes, recent.frames.iter().map(Shown::bytes).sum::<usize>());
        assert_eq!(recent.at(199, 19.9).unwrap().frame, 199);
        assert!(recent.at(5, 0.5).is_none());
        assert_eq!(recent.at(1_000, 19.84).unwrap().frame, 198, "between two frames the nearest");
    }

    #[test]
    fn an_album_reaches_back_for_minutes() {
        let mut recent = Recent::with_album(true);
        (0..3000).step_by(5).for_each(|index| recent.keep(&frame(index, 64)));
        let shown = recent.in_album(62.0).unwrap();
        assert!((62.0..=67.0).contains(&shown.captured.stream_s));
        assert!(Recent::default().in_album(1.0).is_none());
    }
}
