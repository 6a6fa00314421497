//! What has to hold in central after an outage, read through its REST interface.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;
use uuid::Uuid;
use wire::Digest;

use super::{Api, Journal};

/// The passages of one agent in central.
pub struct Committed {
    /// By sequence number.
    pub passages: BTreeMap<u64, Value>,
}

impl Committed {
    /// Reads them all.
    ///
    /// # Panics
    /// When an id or a number is there twice.
    pub async fn read(api: &Api, site: &str, agent: &str) -> Self {
        let mut ids = HashSet::new();
        let mut passages = BTreeMap::new();
        for passage in api.all(&format!("/passages?site={site}")).await {
            if passage["agent"] != agent {
                continue;
            }
            let id = passage["id"].as_str().unwrap_or_default().to_owned();
            let seq = passage["seq"].as_u64().expect("a number");
            assert!(ids.insert(id.clone()), "passage {id} is there twice");
            assert!(passages.insert(seq, passage).is_none(), "number {seq} is there twice");
        }
        Self { passages }
    }

    /// Within a camera, later numbers were captured later.
    pub fn assert_ordered(&self) {
        let mut last: HashMap<&str, (u64, jiff::Timestamp)> = HashMap::new();
        for (&seq, passage) in &self.passages {
            let camera = passage["camera"].as_str().unwrap_or_default();
            let text = passage["captured_at"].as_str().expect("a time");
            let at: jiff::Timestamp = text.parse().expect("a time");
            if let Some((before, earlier)) = last.insert(camera, (seq, at)) {
                assert!(earlier <= at, "camera {camera}: {seq} was captured before {before}");
            }
        }
    }

    /// Every signature is good, every picture is there and unaltered, and every envelope names the one before.
    pub async fn assert_chain(&self, api: &Api) {
        let mut before: Option<(u64, String)> = None;
        for (&seq, passage) in &self.passages {
            let id = passage["id"].as_str().unwrap_or_default();
            let detail = api.get(&format!("/passages/{id}")).await;
            let proof = &detail["envelope"];
            assert_eq!(proof["signature_ok"], true, "number {seq}: {proof}");
            assert_eq!(proof["seq"], seq);
            if let Some((last, digest)) = before
                && last + 1 == seq
            {
                assert_eq!(proof["prev"], digest, "number {seq} does not name {last} as the one before");
            }
            before = Some((seq, proof["sha256"].as_str().unwrap_or_default().to_owned()));
            for picture in passage["evidence"].as_array().into_iter().flatten() {
                let sha256 = picture["sha256"].as_str().unwrap_or_default();
                assert_eq!(Digest::of(&api.picture(sha256).await).to_string(), sha256);
            }
        }
    }
}

/// Everything that the journal says was appended is in central exactly once, under its number, and nothing else is.
pub fn prove_journal(journal: &Journal, committed: &Committed) {
    let begun: HashSet<Uuid> = journal.begun.iter().copied().collect();
    let there: HashMap<Uuid, u64> = committed
        .passages
        .iter()
        .map(|(&seq, passage)| (passage["id"].as_str().and_then(|id| id.parse().ok()).expect("an id"), seq))
        .collect();
    let numbers = journal.numbers();
    let lost: Vec<_> =
        numbers.iter().filter(|(id, _)| !there.contains_key(id)).map(|(_, seq)| *seq).collect();
    assert!(lost.is_empty(), "{} of {} events were lost: {lost:?}", lost.len(), numbers.len());
    for (id, seq) in &numbers {
        assert_eq!(there[id], *seq, "event {id} has another number in central");
    }
    let invented: Vec<_> = there.keys().filter(|id| !begun.contains(id)).collect();
    assert!(invented.is_empty(), "central has events that nobody made: {invented:?}");
}
