//! Events for the tests of the outbox.

use std::path::Path;

use edge_agent::outbox::{Bounds, Draft, Outbox, Picture};
use uuid::Uuid;
use wire::payload::{Crossing, Direction, NoReading, TrackRef, Vehicle};
use wire::{
    Captured, DeviceKey, Digest, Envelope, EvidenceRole, MAX_MESSAGE_BYTES, Name, Payload, Phase, Receipt,
    ReceiptResult, Sealed, TimeSource,
};

/// A name of the protocol.
pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

/// The device's key.
pub fn key() -> DeviceKey {
    DeviceKey::from_seed(&[3; 32])
}

/// More than any test here fills.
pub const ROOMY: Bounds = Bounds { events: 1000, bytes: 100 << 20 };

/// The outbox in `folder`.
pub fn open(folder: &Path, bounds: Bounds) -> Outbox {
    Outbox::open(folder, bounds, 0, (name("site"), name("edge")), key()).unwrap()
}

/// When everything happens.
pub fn captured() -> Captured {
    Captured { at: "2026-11-20T00:00:00Z".parse().unwrap(), uncertainty_ms: 5, source: TimeSource::Arrival }
}

/// An event with these files.
pub fn draft(payload: Payload, pictures: Vec<Picture>) -> Draft {
    Draft {
        id: Uuid::now_v7(),
        phase: Phase::Settled,
        camera: name("cam"),
        captured: captured(),
        payload,
        pictures,
        models: vec![],
    }
}

/// A crossing of a person, without files.
pub fn crossing() -> Draft {
    let payload = Payload::Crossing(Crossing {
        line: name("l"),
        direction: Direction::In,
        class: "person".into(),
        track: 1,
    });
    draft(payload, vec![])
}

/// A passage with a picture of this content.
pub fn vehicle(content: &[u8]) -> Draft {
    let at = captured().at;
    let payload = Payload::Vehicle(Vehicle {
        rule: name("l"),
        direction: Direction::In,
        class: "car".into(),
        class_score: 0.9,
        bbox: [0, 0, 10, 10],
        picture: [20, 20],
        reading: None,
        no_reading: Some(NoReading::NoPlateFound),
        plate_finding: None,
        track: TrackRef { id: 1, frames: 2, first: at, last: at },
        signal: None,
    });
    let picture =
        Picture { role: EvidenceRole::Overview, bytes: content.to_vec().into(), width: 20, height: 20 };
    draft(payload, vec![picture])
}

/// The envelope of a waiting event, and the digest of its body.
pub fn envelope(outbox: &Outbox, seq: u64) -> (Envelope, Digest) {
    let stored = outbox.get(seq).unwrap().unwrap();
    let sealed = Sealed::parse(&stored.message, MAX_MESSAGE_BYTES).unwrap();
    let body = sealed.verify(&key().public()).unwrap();
    (Envelope::open(body).unwrap(), Digest::of(body))
}

/// Central's word on a waiting event.
pub fn receipt(outbox: &Outbox, seq: u64, result: ReceiptResult) -> Receipt {
    let stored = outbox.get(seq).unwrap().unwrap();
    Receipt { id: stored.id, phase: stored.phase, seq, result, missing: vec![], reason: None }
}

/// A picture of this content.
pub fn picture(content: &[u8]) -> Picture {
    Picture { role: EvidenceRole::Overview, bytes: content.to_vec().into(), width: 20, height: 20 }
}
