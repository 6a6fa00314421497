//! Bytes → [`VerifiedEvent`]. Nothing else can make one: whoever holds one knows that an enrolled agent signed exactly these
//! bytes, that topic and body agree, and that every field is within the bounds that the store and the console rely on.

use jiff::Timestamp;
use serde::Deserialize;
use wire::topic::Topic;
use wire::{Digest, Envelope, Name, OpenError, PublicKey, SealError, Sealed, Status};

use super::Arrival;
use super::bounds::check_bounds;
pub use super::refusal::{ReasonCode, Refusal, SignedHead};

/// Kinds of event that this version knows.
const KINDS: [&str; 13] = [
    "crossing",
    "vehicle",
    "camera_state",
    "outbox_loss",
    "access",
    "guard_action",
    "incident",
    "zone_count",
    "count_correction",
    "shift",
    "paper_entry",
    "identity_check",
    "violation",
];

/// An agent's key as enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgentKey {
    /// The key.
    pub key: PublicKey,
    /// Whether it was withdrawn.
    pub revoked: bool,
}

/// An event that may be believed.
#[derive(Debug, Clone)]
pub struct VerifiedEvent {
    envelope: Envelope,
    digest: Digest,
    fingerprint: String,
    message: String,
    received_at: Timestamp,
}

impl VerifiedEvent {
    /// What was signed, read.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// SHA-256 of the signed bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Fingerprint of the key that signed.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The whole message, byte for byte.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// When central got it.
    pub fn received_at(&self) -> Timestamp {
        self.received_at
    }
}

/// Reads a topic of this protocol version, or of a newer one that looks the same.
pub fn topic(text: &str) -> Result<Topic, Refusal> {
    let as_version_1 = |text: &str| {
        let (version, rest) = text.strip_prefix("vg/")?.split_once('/')?;
        let newer = version.parse::<u32>().is_ok_and(|version| version > wire::VERSION);
        newer.then(|| Topic::parse(&format!("vg/{}/{rest}", wire::VERSION))).flatten()
    };
    Topic::parse(text)
        .or_else(|| as_version_1(text))
        .ok_or_else(|| Refusal::new(ReasonCode::UnknownTopic, "the topic is none of the protocol"))
}

/// Checks an event message that came on `topic` with leaf `event/{camera}`.
pub fn event(
    arrival: &Arrival,
    topic: &Topic,
    camera: &Name,
    key: Option<AgentKey>,
) -> Result<VerifiedEvent, Box<Refusal>> {
    let (body, fingerprint) = signed_body(arrival, key).map_err(Box::new)?;
    let refuse = |code, reason: String| {
        // The body is signed: what can be read of it may be believed, and the agent is told to free it.
        let signed = serde_json::from_slice(body).ok();
        Box::new(Refusal { code, reason, signed })
    };
    if let Some(kind) = unknown_kind(body) {
        return Err(refuse(
            ReasonCode::UnknownKind,
            format!("kind {kind:?} is not known to this version: upgrade central"),
        ));
    }
    let envelope = Envelope::open(body).map_err(|error| match error {
        OpenError::NewerVersion(_) => refuse(ReasonCode::NewerVersion, error.to_string()),
        OpenError::Malformed(_) => refuse(ReasonCode::Malformed, error.to_string()),
    })?;
    if (&envelope.site, &envelope.agent, &envelope.camera) != (&topic.site, &topic.agent, camera) {
        let text = format!(
            "the topic says {}/{}/{camera}, the body {}/{}/{}",
            topic.site, topic.agent, envelope.site, envelope.agent, envelope.camera
        );
        return Err(refuse(ReasonCode::TopicMismatch, text));
    }
    check_bounds(&envelope).map_err(|problem| refuse(ReasonCode::Malformed, problem))?;
    let message =
        std::str::from_utf8(&arrival.payload).ok().filter(|text| !text.contains("\\u0000")).ok_or_else(
            || refuse(ReasonCode::Malformed, "the message is not text, or has a NUL in it".to_owned()),
        )?;
    Ok(VerifiedEvent {
        digest: Digest::of(body),
        fingerprint,
        message: message.to_owned(),
        received_at: arrival.received_at,
        envelope,
    })
}

/// Checks a status message (not the bare last will).
pub fn status(arrival: &Arrival, key: Option<AgentKey>) -> Result<Status, Refusal> {
    let (body, _) = signed_body(arrival, key)?;
    #[derive(Deserialize)]
    struct Head {
        v: u32,
    }
    let malformed =
        |error: serde_json::Error| Refusal::new(ReasonCode::Malformed, format!("not a status: {error}"));
    let head: Head = serde_json::from_slice(body).map_err(malformed)?;
    if head.v > wire::VERSION {
        return Err(Refusal::new(
            ReasonCode::NewerVersion,
            format!("status version {} is newer: upgrade central", head.v),
        ));
    }
    serde_json::from_slice(body).map_err(malformed)
}

/// Checks a question of a gate.
pub fn question(arrival: &Arrival, key: Option<AgentKey>) -> Result<wire::gate::Question, Refusal> {
    let (body, _) = signed_body(arrival, key)?;
    let malformed = |error: serde_json::Error| {
        // What stands there may be personal: only the place is told.
        let place = format!("not a question: line {} column {}", error.line(), error.column());
        Refusal::new(ReasonCode::Malformed, place)
    };
    let question: wire::gate::Question = serde_json::from_slice(body).map_err(malformed)?;
    if question.v > wire::VERSION {
        let text = format!("question version {} is newer: upgrade central", question.v);
        return Err(Refusal::new(ReasonCode::NewerVersion, text));
    }
    Ok(question)
}

/// Checks the result of a task.
pub fn task_result(arrival: &Arrival, key: Option<AgentKey>) -> Result<wire::scene::TaskResult, Refusal> {
    let (body, _) = signed_body_within(arrival, key, wire::scene::MAX_SCENE_BYTES)?;
    serde_json::from_slice(body)
        .map_err(|error| Refusal::new(ReasonCode::Malformed, format!("not the result of a task: {error}")))
}

/// The signed bytes and the fingerprint of the key, if the enrolled agent signed them.
fn signed_body(arrival: &Arrival, key: Option<AgentKey>) -> Result<(&[u8], String), Refusal> {
    signed_body_within(arrival, key, wire::MAX_MESSAGE_BYTES)
}

/// The same for messages of at most `limit` bytes.
fn signed_body_within(
    arrival: &Arrival,
    key: Option<AgentKey>,
    limit: usize,
) -> Result<(&[u8], String), Refusal> {
    let sealed = Sealed::parse(&arrival.payload, limit).map_err(|error| {
        let code = match error {
            SealError::Oversized { .. } => ReasonCode::Oversized,
            SealError::Malformed(_) | SealError::Forged => ReasonCode::Malformed,
        };
        Refusal::new(code, error.to_string())
    })?;
    let Some(AgentKey { key, revoked }) = key else {
        return Err(Refusal::new(
            ReasonCode::UnknownAgent,
            "no agent is enrolled under this site and name: enrol it with a code",
        ));
    };
    let fingerprint = key.fingerprint();
    if sealed.key != fingerprint {
        return Err(Refusal::new(
            ReasonCode::WrongKey,
            format!(
                "signed with key {:?}, enrolled is {fingerprint}: enrol the agent again",
                shorten(&sealed.key)
            ),
        ));
    }
    let body = sealed.verify(&key).map_err(|error| {
        let code =
            if matches!(error, SealError::Forged) { ReasonCode::Forged } else { ReasonCode::Malformed };
        Refusal::new(code, error.to_string())
    })?;
    if revoked {
        return Err(Refusal::new(ReasonCode::RevokedAgent, "the agent's key was withdrawn"));
    }
    Ok((body, fingerprint))
}

fn shorten(text: &str) -> &str {
    text.get(..16).unwrap_or("?")
}

/// The kind of a version 1 envelope that this program does not know.
fn unknown_kind(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Head {
        v: u32,
        kind: String,
    }
    let head: Head = serde_json::from_slice(body).ok()?;
    (head.v == wire::VERSION && !KINDS.contains(&head.kind.as_str()))
        .then(|| head.kind.chars().take(40).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;
    use wire::payload::{Crossing, Direction};
    use wire::{Captured, DeviceKey, Payload, Phase, TimeSource};

    fn key(seed: u8) -> DeviceKey {
        DeviceKey::from_seed(&[seed; 32])
    }

    fn known(seed: u8) -> Option<AgentKey> {
        Some(AgentKey { key: key(seed).public(), revoked: false })
    }

    fn envelope() -> Envelope {
        Envelope {
            v: wire::VERSION,
            id: Uuid::now_v7(),
            site: Name::new("kcn").unwrap(),
            agent: Name::new("edge-1").unwrap(),
            seq: 5,
            prev: Digest::ZERO,
            camera: Name::new("cong-2").unwrap(),
            phase: Phase::Settled,
            captured: Captured { at: Timestamp::UNIX_EPOCH, uncertainty_ms: 1, source: TimeSource::Rtcp },
            payload: Payload::Crossing(Crossing {
                line: Name::new("vach").unwrap(),
                direction: Direction::In,
                class: "person".to_owned(),
                track: 1,
            }),
            evidence: vec![],
            models: vec![],
        }
    }

    fn arrival(payload: Vec<u8>) -> Arrival {
        let topic = "vg/1/kcn/edge-1/event/cong-2".to_owned();
        Arrival {
            topic,
            payload: payload.into(),
            retained: false,
            received_at: Timestamp::UNIX_EPOCH,
            room: None,
        }
    }

    fn check(payload: Vec<u8>, key: Option<AgentKey>) -> Result<VerifiedEvent, Box<Refusal>> {
        let arrival = arrival(payload);
        let topic = topic(&arrival.topic).unwrap();
        event(&arrival, &topic, &Name::new("cong-2").unwrap(), key)
    }

    fn refused(payload: Vec<u8>, key: Option<AgentKey>) -> (ReasonCode, bool) {
        let refusal = check(payload, key).unwrap_err();
        (refusal.code, refusal.signed.is_some())
    }

    #[test]
    fn a_good_event_is_kept_byte_for_byte() {
        let message = envelope().seal(&key(1)).unwrap().message;
        let event = check(message.clone(), known(1)).unwrap();
        assert_eq!(event.message().as_bytes(), message);
        assert_eq!(event.envelope().seq, 5);
    }

    #[test]
    fn nobody_elses_word_is_taken() {
        let message = envelope().seal(&key(1)).unwrap().message;
        assert_eq!(refused(message.clone(), None), (ReasonCode::UnknownAgent, false));
        assert_eq!(refused(message.clone(), known(2)), (ReasonCode::WrongKey, false));
        let revoked = known(1).map(|key| AgentKey { revoked: true, ..key });
        assert_eq!(refused(message.clone(), revoked), (ReasonCode::RevokedAgent, false));
        let changed = String::from_utf8(message).unwrap().replace("\"seq\":5", "\"seq\":6");
        assert_eq!(refused(changed.into_bytes(), known(1)), (ReasonCode::Forged, false));
    }

    #[test]
    fn bytes_that_are_no_message_are_refused_whatever_they_are() {
        for bytes in [
            &b""[..],
            b"{}",
            b"null",
            b"\xff\xfe\x00",
            b"{\"key\":\"\",\"sig\":\"\",\"body\":1}",
            b"[[[[[[[[",
        ] {
            assert!(!refused(bytes.to_vec(), known(1)).1);
        }
        assert_eq!(refused(vec![b'x'; wire::MAX_MESSAGE_BYTES + 1], known(1)).0, ReasonCode::Oversized);
    }

    #[test]
    fn what_is_signed_but_not_understood_may_be_freed() {
        let with = |field: &str, value: serde_json::Value| {
            let mut body = serde_json::to_value(envelope()).unwrap();
            body[field] = value;
            wire::seal(&key(1), &serde_json::to_vec(&body).unwrap())
        };
        assert_eq!(refused(with("v", 7.into()), known(1)), (ReasonCode::NewerVersion, true));
        assert_eq!(refused(with("kind", "drone".into()), known(1)), (ReasonCode::UnknownKind, true));
        assert_eq!(refused(with("camera", "cong-9".into()), known(1)), (ReasonCode::TopicMismatch, true));
        assert_eq!(refused(with("site", "other".into()), known(1)), (ReasonCode::TopicMismatch, true));
        assert_eq!(refused(with("captured", "yesterday".into()), known(1)), (ReasonCode::Malformed, true));
        assert_eq!(refused(with("seq", 0.into()), known(1)), (ReasonCode::Malformed, true));
        assert_eq!(refused(with("seq", u64::MAX.into()), known(1)), (ReasonCode::Malformed, true));
        // An unknown field is no fault: it is how a protocol grows.
        assert!(check(with("weather", "rain".into()), known(1)).is_ok());
    }

    #[test]
    fn every_kind_of_event_of_the_protocol_is_known() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens/v1");
        let mut seen = std::collections::BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let message: serde_json::Value = serde_json::from_str(&text).unwrap();
            let Ok(envelope) = serde_json::from_value::<Envelope>(message["body"].clone()) else { continue };
            let kind = envelope.payload.kind();
            assert_eq!(unknown_kind(message["body"].to_string().as_bytes()), None, "{kind}");
            seen.insert(kind);
        }
        assert!(seen.contains("violation") && seen.contains("access"), "{seen:?}");
    }

    #[test]
    fn texts_that_the_store_cannot_hold_are_refused() {
        let mut odd = envelope();
        for class in ["", "a b", "per\u{0}son", &"x".repeat(33)] {
            odd.payload = Payload::Crossing(Crossing {
                line: Name::new("vach").unwrap(),
                direction: Direction::In,
                class: class.to_owned(),
                track: 1,
            });
            assert_eq!(refused(odd.seal(&key(1)).unwrap().message, known(1)), (ReasonCode::Malformed, true));
        }
    }

    #[test]
    fn a_newer_topic_is_read_as_far_as_it_looks_the_same() {
        assert_eq!(
            topic("vg/2/kcn/edge-1/event/cong-2").unwrap(),
            topic("vg/1/kcn/edge-1/event/cong-2").unwrap()
        );
        for bad in ["vg/0/kcn/edge-1/status", "vg/2/KCN/edge-1/status", "vg/x/kcn/edge-1/status", "vg/1", ""]
        {
            assert_eq!(topic(bad).unwrap_err().code, ReasonCode::UnknownTopic, "{bad}");
        }
    }
}
