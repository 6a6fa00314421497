//! What a file of evidence is, by its bytes alone. Pure; any bytes may come.

use wire::violation::Overlay;

use super::{EvidenceError, mp4};

/// Most frames of an overlay: a clip of twenty seconds at every frame of a fast camera.
const MOST_FRAMES: usize = 2_000;
/// Most objects of one frame.
const MOST_OBJECTS: usize = 500;

/// What evidence may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A picture.
    Jpeg,
    /// A clip.
    Mp4,
    /// An overlay.
    Overlay,
}

impl Kind {
    /// Every kind, the usual one first.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Mp4, Self::Overlay];

    /// Name for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "picture",
            Self::Mp4 => "clip",
            Self::Overlay => "overlay",
        }
    }

    /// As HTTP and envelopes name it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Mp4 => "video/mp4",
            Self::Overlay => "application/json",
        }
    }

    /// How such a file's name ends.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Mp4 => "mp4",
            Self::Overlay => "json",
        }
    }

    /// Most bytes.
    pub fn max_bytes(self) -> usize {
        match self {
            Self::Mp4 => wire::MAX_CLIP_BYTES,
            Self::Jpeg | Self::Overlay => wire::MAX_EVIDENCE_BYTES,
        }
    }
}

/// The kind of a whole file.
pub(super) fn of(bytes: &[u8]) -> Result<Kind, EvidenceError> {
    let kind = if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Kind::Jpeg
    } else if bytes.get(4..8) == Some(b"ftyp") {
        Kind::Mp4
    } else if bytes.first() == Some(&b'{') {
        Kind::Overlay
    } else {
        return Err(EvidenceError::NotJpeg);
    };
    if bytes.len() > kind.max_bytes() {
        return Err(EvidenceError::Oversized { kind, bytes: bytes.len() });
    }
    match kind {
        Kind::Jpeg if bytes.len() > 16 && has_end_marker(bytes) => Ok(kind),
        Kind::Jpeg => Err(EvidenceError::NotJpeg),
        Kind::Mp4 => mp4::whole(bytes).map(|()| kind).map_err(EvidenceError::NotMp4),
        Kind::Overlay => whole_overlay(bytes).map(|()| kind).map_err(EvidenceError::NotOverlay),
    }
}

/// So that a cut file is not taken for a picture. Some cameras pad the file after the marker.
fn has_end_marker(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(64)..];
    tail.windows(2).any(|pair| pair == [0xff, 0xd9])
}

fn whole_overlay(bytes: &[u8]) -> Result<(), String> {
    // What stands there may be anything: only the place is told.
    let overlay: Overlay = serde_json::from_slice(bytes)
        .map_err(|error| format!("line {} column {} is not as expected", error.line(), error.column()))?;
    if overlay.v != 1 {
        return Err(format!("format {} is not known to this version", overlay.v));
    }
    if overlay.frames.len() > MOST_FRAMES || overlay.frames.iter().any(|f| f.objects.len() > MOST_OBJECTS) {
        return Err(format!("at most {MOST_FRAMES} frames of {MOST_OBJECTS} objects"));
    }
    let whole = |value: f32| (-0.01..=1.01).contains(&value);
    let boxes = overlay.frames.iter().flat_map(|frame| &frame.objects).flat_map(|object| object.bbox);
    let points = overlay.drawn.iter().flat_map(|(_, points)| points).flatten().copied();
    if !boxes.chain(points).all(whole) {
        return Err("boxes and points are parts of the picture, 0 to 1".to_owned());
    }
    if !overlay.frames.windows(2).all(|two| two[0].stream_s <= two[1].stream_s) {
        return Err("frames are in the order of time".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::mp4::testing::clip;
    use super::*;

    #[test]
    fn a_clip_is_told_by_its_boxes_and_a_broken_one_by_what_it_lacks() {
        assert_eq!(of(&clip(9_000, &[1; 40])).unwrap(), Kind::Mp4);
        let say = |bytes: &[u8]| of(bytes).unwrap_err().to_string();
        let whole = clip(9_000, &[1; 40]);
        assert!(say(&whole[..whole.len() - 1]).contains("cut off"));
        assert!(say(&clip(9_000, &vec![0; wire::MAX_CLIP_BYTES])).contains("limit"));
        for cut in 0..whole.len() {
            assert!(of(&whole[..cut]).is_err());
        }
    }

    #[test]
    fn an_overlay_is_read_as_what_it_is() {
        let frame = |bbox: &str| {
            format!(
                r#"{{"v":1,"track":4,"drawn":[["vach",[[0.1,0.5],[0.9,0.5]]]],"frames":[{{"stream_s":1.5,
                "objects":[{{"track":4,"class":"car","box":{bbox}}}],"signals":[["den","red"]]}}]}}"#
            )
        };
        assert_eq!(of(frame("[0.1,0.2,0.3,0.4]").as_bytes()).unwrap(), Kind::Overlay);
        let say = |text: &str| of(text.as_bytes()).unwrap_err().to_string();
        assert!(say(&frame("[0.1,0.2,0.3,4.0]")).contains("parts of the picture"));
        assert!(say(&frame("[0.1,0.2]")).contains("line 2"));
        assert!(say(r#"{"v":2,"track":1,"drawn":[],"frames":[]}"#).contains("format 2"));
        assert!(say(r#"{"name":"Nguyễn Văn A"}"#).contains("line 1"), "what stands there is not repeated");
        assert!(say("<html>").contains("not a whole JPEG"));
    }
}
