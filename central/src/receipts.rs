//! Receipts: central's signed word that an event is committed, in batches per agent.

use wire::topic::{Leaf, Topic};
use wire::{DeviceKey, Digest, Name, Receipt, ReceiptResult, Receipts};

use crate::ingest::mqtt::Publisher;
use crate::ingest::verify::SignedHead;

/// Most receipts in one message, so that it stays far below the limit even when all name missing pictures.
const PER_MESSAGE: usize = 100;

/// Receipts on their way, by agent, in the order of the agents' first event.
#[derive(Debug, Default)]
pub struct Outgoing(Vec<(Name, Name, Vec<Receipt>)>);

impl Outgoing {
    /// Adds a receipt for an agent.
    pub fn add(
        &mut self,
        site: &Name,
        agent: &Name,
        head: SignedHead,
        result: ReceiptResult,
    ) -> &mut Receipt {
        let at = match self.0.iter().position(|(s, a, _)| s == site && a == agent) {
            Some(at) => at,
            None => {
                self.0.push((site.clone(), agent.clone(), Vec::new()));
                self.0.len() - 1
            }
        };
        let receipts = &mut self.0[at].2;
        let SignedHead { id, phase, seq } = head;
        receipts.push(Receipt { id, phase, seq, result, missing: Vec::new(), reason: None });
        let last = receipts.len() - 1;
        &mut receipts[last]
    }

    /// Adds the answer to an event whose pictures are not here.
    pub fn missing(&mut self, site: &Name, agent: &Name, head: SignedHead, pictures: Vec<Digest>) {
        self.add(site, agent, head, ReceiptResult::EvidenceMissing).missing = pictures;
    }

    /// Adds the answer to an event that was put aside.
    pub fn quarantined(&mut self, site: &Name, agent: &Name, head: SignedHead, reason: String) {
        self.add(site, agent, head, ReceiptResult::Quarantined).reason = Some(reason);
    }

    /// Signs and sends all. What the queue does not take is asked for again by the agent.
    pub fn send(self, key: &DeviceKey, publisher: &Publisher) {
        for (site, agent, receipts) in self.0 {
            for part in receipts.chunks(PER_MESSAGE) {
                let message = Receipts {
                    v: wire::VERSION,
                    site: site.clone(),
                    agent: agent.clone(),
                    receipts: part.to_vec(),
                };
                let topic = Topic { site: site.clone(), agent: agent.clone(), leaf: Leaf::Receipt };
                match serde_json::to_vec(&message) {
                    Ok(body) if publisher.send(&topic, wire::seal(key, &body)) => {}
                    Ok(_) => {
                        tracing::warn!(%site, %agent, "receipts dropped: the queue to the broker is full")
                    }
                    Err(error) => tracing::error!(%site, %agent, %error, "receipts cannot be written"),
                }
            }
        }
    }
}
