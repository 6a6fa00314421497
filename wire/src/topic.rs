//! Topics: one function to write each, one to read them all.

use std::fmt;

use crate::{Digest, Name, VERSION};

/// A topic of the protocol, as a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Site of the agent.
    pub site: Name,
    /// The agent.
    pub agent: Name,
    /// What is said.
    pub leaf: Leaf,
}

/// The last part of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// An event of a camera.
    Event(Name),
    /// A picture.
    Evidence(Digest),
    /// Presence and health, retained.
    Status,
    /// Receipts from central.
    Receipt,
    /// Enrolment request.
    Enrol,
    /// Enrolment reply.
    Enrolled,
    /// What a signal controller shows.
    Signal(Name),
    /// The list that the agent decides from, retained.
    List,
    /// A question from a gate.
    Ask,
    /// Central's answer.
    Answer,
    /// The scene that a camera is judged by, retained.
    Scene(Name),
    /// Central asks an agent for a frame or a preview.
    Task,
    /// The agent's answer to a task.
    Result,
}

impl Topic {
    /// Reads a topic; `None` for anything that is not exactly of this protocol and version.
    pub fn parse(topic: &str) -> Option<Self> {
        let mut parts = topic.split('/');
        if parts.next()? != "vg" || parts.next()?.parse() != Ok(VERSION) {
            return None;
        }
        let site = Name::new(parts.next()?).ok()?;
        let agent = Name::new(parts.next()?).ok()?;
        let leaf = match (parts.next()?, parts.next(), parts.next()) {
            ("event", Some(camera), None) => Leaf::Event(Name::new(camera).ok()?),
            ("evidence", Some(sha256), None) => Leaf::Evidence(Digest::from_hex(sha256)?),
            ("status", None, None) => Leaf::Status,
            ("receipt", None, None) => Leaf::Receipt,
            ("enrol", None, None) => Leaf::Enrol,
            ("enrolled", None, None) => Leaf::Enrolled,
            ("list", None, None) => Leaf::List,
            ("ask", None, None) => Leaf::Ask,
            ("answer", None, None) => Leaf::Answer,
            ("scene", Some(camera), None) => Leaf::Scene(Name::new(camera).ok()?),
            ("task", None, None) => Leaf::Task,
            ("result", None, None) => Leaf::Result,
            ("signal", Some(controller), None) => Leaf::Signal(Name::new(controller).ok()?),
            _ => return None,
        };
        Some(Self { site, agent, leaf })
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "vg/{VERSION}/{}/{}/", self.site, self.agent)?;
        match &self.leaf {
            Leaf::Event(camera) => write!(f, "event/{camera}"),
            Leaf::Evidence(sha256) => write!(f, "evidence/{sha256}"),
            Leaf::Status => f.write_str("status"),
            Leaf::Receipt => f.write_str("receipt"),
            Leaf::Enrol => f.write_str("enrol"),
            Leaf::Enrolled => f.write_str("enrolled"),
            Leaf::Signal(controller) => write!(f, "signal/{controller}"),
            Leaf::List => f.write_str("list"),
            Leaf::Ask => f.write_str("ask"),
            Leaf::Answer => f.write_str("answer"),
            Leaf::Scene(camera) => write!(f, "scene/{camera}"),
            Leaf::Task => f.write_str("task"),
            Leaf::Result => f.write_str("result"),
        }
    }
}

/// What central subscribes to: everything that edges send. Newer protocol versions come in too, to be quarantined.
pub const CENTRAL_FILTERS: [&str; 6] = [
    "vg/+/+/+/event/+",
    "vg/+/+/+/evidence/+",
    "vg/+/+/+/status",
    "vg/+/+/+/enrol",
    "vg/+/+/+/ask",
    "vg/+/+/+/result",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_reads_back_as_written() {
        let name = |text: &str| Name::new(text).unwrap();
        for leaf in [
            Leaf::Event(name("cong-2")),
            Leaf::Evidence(Digest::of(b"x")),
            Leaf::Status,
            Leaf::Receipt,
            Leaf::Enrol,
            Leaf::Enrolled,
            Leaf::Signal(name("tu-1")),
            Leaf::List,
            Leaf::Ask,
            Leaf::Answer,
            Leaf::Scene(name("huong-bac")),
            Leaf::Task,
            Leaf::Result,
        ] {
            let topic = Topic { site: name("kcn"), agent: name("edge-1"), leaf };
            assert_eq!(Topic::parse(&topic.to_string()), Some(topic));
        }
    }

    #[test]
    fn a_strange_topic_is_not_read() {
        for bad in
            ["", "vg/1/a", "vg/2/a/b/status", "vg/1/a/b/status/x", "vg/1/A/b/status", "xx/1/a/b/status"]
        {
            assert_eq!(Topic::parse(bad), None, "{bad}");
        }
    }
}
