//! Violations for tests, made complete so that a test can take one thing away.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use wire::violation::{Kind, Violation};
use wire::{Digest, EvidenceRef};

/// Where the invented camera stands.
pub const PLACE: [f64; 2] = [20.2506, 105.9745];

/// A violation with everything that its kind needs.
#[derive(Debug, Clone)]
pub struct Sample {
    /// The violation.
    pub violation: Violation,
    /// When.
    pub at: Timestamp,
    /// Its evidence; the bytes of each are [`bytes`](Self::bytes).
    pub evidence: Vec<EvidenceRef>,
}

/// A JPEG in name; `fill` tells them apart.
pub fn jpeg(fill: &str) -> Vec<u8> {
    [&[0xff, 0xd8, 0xff, 0xe0][..], fill.as_bytes(), &[0x20; 64], &[0xff, 0xd9]].concat()
}

/// A complete violation of `kind` by the vehicle of `plate` at `at`.
pub fn sample(kind: Kind, class: &str, plate: &str, at: Timestamp) -> Sample {
    let facts = kind.facts().unwrap();
    let mut evidence = Vec::new();
    let mut file = |role: &str, media_type: &str, fill: String| {
        let sha256 = Digest::of(&jpeg(&fill));
        let one = json!({"sha256": sha256, "role": role, "media_type": media_type, "bytes": jpeg(&fill).len(), "width": 1920, "height": 1080});
        evidence.push(serde_json::from_value::<EvidenceRef>(one).unwrap());
        sha256
    };
    let tag = |what: &str| format!("{what} {plate} {at} {}", kind.as_str());
    file("overview", "image/jpeg", tag("overview"));
    file("plate", "image/jpeg", tag("plate"));
    file("clip", "video/mp4", tag("clip"));
    file("overlay", "application/json", tag("overlay"));
    let red = json!({"signal": "den-1", "state": "red", "from": at - SignedDuration::from_secs(10), "to": at + SignedDuration::from_secs(10),
        "source": "picture", "score": 0.98});
    let last = facts.moments.len() as i64 - 1;
    let moments: Vec<_> = facts
        .moments
        .iter()
        .enumerate()
        .map(|(n, what)| {
            let sha256 = file("act", "image/jpeg", tag(what));
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
    Sample { violation: serde_json::from_value(violation).unwrap(), at, evidence }
}
