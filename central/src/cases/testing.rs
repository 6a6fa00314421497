//! Violations for tests, made complete so that a test can take one thing away.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use wire::violation::{Kind, Violation};
use wire::{Digest, EvidenceRef, EvidenceRole};

/// Where the invented camera stands.
pub const PLACE: [f64; 2] = [20.2506, 105.9745];

/// A violation with everything that its kind needs.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The violation.
    pub violation: Violation,
    /// When.
    pub at: Timestamp,
    /// Its evidence.
    pub evidence: Vec<EvidenceRef>,
    /// The bytes of each.
    pub files: Vec<Vec<u8>>,
}

/// A JPEG in name; `fill` tells them apart.
pub fn jpeg(fill: &str) -> Vec<u8> {
    [&[0xff, 0xd8, 0xff, 0xe0][..], fill.as_bytes(), &[0x20; 64], &[0xff, 0xd9]].concat()
}

/// How long every sample's clip plays, milliseconds.
pub const CLIP_MS: u32 = 9_000;

/// A clip by its boxes.
pub fn mp4(fill: &str) -> Vec<u8> {
    crate::evidence::mp4::testing::clip(CLIP_MS, fill.as_bytes())
}

/// An overlay without frames.
pub fn overlay(fill: &str) -> Vec<u8> {
    json!({"v": 1, "track": 17, "drawn": [[fill, []]], "frames": []}).to_string().into_bytes()
}

/// A complete violation of `kind` by the vehicle of `plate` at `at`.
pub fn sample(kind: Kind, class: &str, plate: &str, at: Timestamp) -> Sample {
    let facts = kind.facts().unwrap();
    let (mut evidence, mut files) = (Vec::new(), Vec::new());
    let mut file = |role: EvidenceRole, fill: String| {
        let bytes = match role {
            EvidenceRole::Clip => mp4(&fill),
            EvidenceRole::Overlay => overlay(&fill),
            _ => jpeg(&fill),
        };
        let (sha256, media_type) = (Digest::of(&bytes), role.media_type().to_owned());
        evidence.push(EvidenceRef {
            sha256,
            role,
            media_type,
            bytes: bytes.len() as u32,
            width: 1920,
            height: 1080,
        });
        files.push(bytes);
        sha256
    };
    // Always as long: nobody tells cases apart by the sizes of their files.
    let tag = |what: &str| format!("{what} {plate} {} {}", at.as_nanosecond(), kind.as_str());
    file(EvidenceRole::Overview, tag("overview"));
    file(EvidenceRole::Plate, tag("plate"));
    file(EvidenceRole::Clip, tag("clip"));
    file(EvidenceRole::Overlay, tag("overlay"));
    let red = json!({"signal": "den-1", "state": "red", "from": at - SignedDuration::from_secs(10), "to": at + SignedDuration::from_secs(10),
        "source": "picture", "score": 0.98});
    let last = facts.moments.len() as i64 - 1;
    let moments: Vec<_> = facts
        .moments
        .iter()
        .enumerate()
        .map(|(n, what)| {
            let sha256 = file(EvidenceRole::Act, tag(what));
            json!({"what": what, "at": at - SignedDuration::from_millis((last - n as i64) * 500), "stream_s": 10.0 + n as f64 * 0.5,
                "frame": 60 + n, "box": [100, 100, 200, 150], "evidence": sha256})
        })
        .collect();
    let parsed = wire::plate::parse(plate, &wire::plate::Hint::default());
    let reading = (!plate.is_empty()).then(|| {
        json!({"text": plate, "display": parsed.best().map_or(plate.to_owned(), wire::plate::Plate::display), "raw": plate,
            "valid": parsed.is_valid(), "kind": parsed.best().map(|best| best.kind.as_str()), "lines": 1, "score": 0.97,
            "votes": 9, "reads": 10, "candidates": [], "edits": [], "ambiguous": [], "box": [150, 200, 60, 20],
            "colour": {"value": "white", "score": 0.95}, "class": "civil"})
    });
    let violation = json!({
        "violation": kind.as_str(), "rule": "luat-1",
        "scene": {"camera": "cam-1", "version": 0, "sha256": Digest::ZERO, "since": null},
        "place": {"vi": "Nút giao Thí Dụ", "en": "Example junction", "at": PLACE, "direction_vi": "hướng vào trung tâm"},
        "lane": null, "class": class, "class_score": 0.93, "box": [100, 100, 200, 150], "picture": [1920, 1080], "score": 0.93,
        "moments": moments, "timeline": [red], "reading": reading, "no_reading": null,
        "track": {"id": 17, "frames": 40, "first": at - SignedDuration::from_secs(4), "last": at},
        "clock": {"synchronised": true, "offset_ms": 12},
        "clip": {"from": at - SignedDuration::from_secs(5), "to": at + SignedDuration::from_secs(4), "codec": "h264", "stream_s": 5.0, "original": true},
        "made_by": "test",
    });
    Sample { violation: serde_json::from_value(violation).unwrap(), at, evidence, files }
}
