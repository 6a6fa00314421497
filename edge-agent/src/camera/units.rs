//! NAL units of H.264 and H.265: just enough to know parameter sets. Pure.

use gstreamer as gst;

use super::decoder::Codec;

/// The newest parameter sets of a stream, each with a start code, in the order in which they must come.
#[derive(Debug, Default)]
pub(super) struct ParameterSets {
    video: Vec<u8>,
    sequence: Vec<u8>,
    picture: Vec<Vec<u8>>,
}

/// What a NAL unit is, as far as it matters here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nal {
    Video,
    Sequence,
    Picture,
    Slice,
    Other,
}

const START: [u8; 4] = [0, 0, 0, 1];

impl ParameterSets {
    /// Looks at the head of an access unit with start codes; anything else is left alone.
    pub(super) fn note(&mut self, codec: Codec, unit: &[u8]) {
        if !has_start_code(unit) {
            return;
        }
        let mut pictures = Vec::new();
        for nal in nals(unit) {
            let stored = || [&START[..], nal].concat();
            match kind(codec, nal) {
                Nal::Video => self.video = stored(),
                Nal::Sequence => self.sequence = stored(),
                Nal::Picture => pictures.push(stored()),
                Nal::Slice => break,
                Nal::Other => {}
            }
        }
        if !pictures.is_empty() {
            self.picture = pictures;
        }
    }

    /// The sets that `unit` does not carry itself, and that the caps do not carry either.
    pub(super) fn missing_from(&self, codec: Codec, caps: &gst::Caps, unit: &[u8]) -> Vec<u8> {
        let in_caps = caps.structure(0).is_some_and(|s| s.has_field("codec_data"));
        let carries = nals(unit).map(|nal| kind(codec, nal)).take_while(|kind| *kind != Nal::Slice);
        if in_caps || !has_start_code(unit) || carries.into_iter().any(|kind| kind == Nal::Sequence) {
            return Vec::new();
        }
        let pictures = self.picture.iter().flatten();
        self.video.iter().chain(&self.sequence).chain(pictures).copied().collect()
    }
}

fn has_start_code(unit: &[u8]) -> bool {
    unit.starts_with(&[0, 0, 1]) || unit.starts_with(&START)
}

fn kind(codec: Codec, nal: &[u8]) -> Nal {
    let first = nal.first().copied().unwrap_or_default();
    match codec {
        Codec::H264 => match first & 0x1f {
            7 => Nal::Sequence,
            8 => Nal::Picture,
            1..=5 => Nal::Slice,
            _ => Nal::Other,
        },
        Codec::H265 => match (first >> 1) & 0x3f {
            32 => Nal::Video,
            33 => Nal::Sequence,
            34 => Nal::Picture,
            0..=31 => Nal::Slice,
            _ => Nal::Other,
        },
    }
}

/// The NAL units of a byte stream, without start codes.
pub(super) fn nals(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = next_start(stream, 0).map(|(_, after)| after);
    std::iter::from_fn(move || {
        let begin = rest?;
        let (end, after) = match next_start(stream, begin) {
            Some((at, after)) => (at, Some(after)),
            None => (stream.len(), None),
        };
        rest = after;
        let nal = &stream[begin..end];
        // Zeros before a start code belong to it.
        let length = nal.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        Some(&nal[..length])
    })
}

/// Where the next start code begins and ends.
fn next_start(stream: &[u8], from: usize) -> Option<(usize, usize)> {
    let mut at = from;
    while at + 3 <= stream.len() {
        match stream[at + 2] {
            0 => at += 1,
            1 if stream[at] == 0 && stream[at + 1] == 0 => return Some((at, at + 3)),
            _ => at += 3,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_stream_falls_into_its_units() {
        let stream = [0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x68, 3, 0, 0, 0, 1, 0x65, 0, 0, 3, 9];
        let found: Vec<&[u8]> = nals(&stream).collect();
        assert_eq!(found, [&[0x67, 1, 2][..], &[0x68, 3], &[0x65, 0, 0, 3, 9]]);
        assert_eq!(nals(&[]).count(), 0);
        assert_eq!(nals(&[0, 0, 0, 0]).count(), 0);
    }

    #[test]
    fn parameter_sets_seen_once_are_given_to_a_clip_that_begins_later() {
        gst::init().unwrap();
        let caps = gst::Caps::builder("video/x-h264").field("stream-format", "byte-stream").build();
        let with = [0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x68, 2, 0, 0, 1, 0x65, 3];
        let without = [0, 0, 0, 1, 0x65, 3];
        let mut sets = ParameterSets::default();
        sets.note(Codec::H264, &with);
        sets.note(Codec::H264, &without);
        assert_eq!(sets.missing_from(Codec::H264, &caps, &with), Vec::<u8>::new());
        assert_eq!(
            sets.missing_from(Codec::H264, &caps, &without),
            [0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 2]
        );
    }
}
