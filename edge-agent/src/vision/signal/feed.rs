//! What signal controllers say, kept until events need it. Pure: messages and times come in as arguments.

use std::collections::{HashMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use wire::signal::{Feed, FeedError, Group, MAX_FEED_BYTES};
use wire::{Name, PublicKey, SealError, Sealed};

/// Changes remembered per group: more than any group makes in the seconds that an event takes to settle.
const CHANGES: usize = 32;

/// A signal controller whose feed is believed, `[[controller]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControllerConfig {
    /// Its name: the last level of its topic.
    pub id: Name,
    /// Public key of its gateway, 64 hex digits.
    #[serde(default)]
    pub key: Option<String>,
    /// Take its messages without a signature. Only where the broker lets nobody else publish on its topic.
    #[serde(default)]
    pub unsigned: bool,
    /// Without a message for this long the picture decides again, seconds.
    #[serde(default = "stale_after_s")]
    pub stale_after_s: f64,
    /// A message whose time differs by more from the agent's clock is refused, seconds.
    #[serde(default = "max_clock_offset_s")]
    pub max_clock_offset_s: f64,
    /// Feed and picture that differ for longer than this disagree, seconds.
    #[serde(default = "disagree_after_s")]
    pub disagree_after_s: f64,
}

fn stale_after_s() -> f64 {
    3.0
}

fn max_clock_offset_s() -> f64 {
    2.0
}

fn disagree_after_s() -> f64 {
    3.0
}

impl ControllerConfig {
    /// Everything that cannot be right, one sentence each.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        match (&self.key, self.unsigned) {
            (None, false) => problems
                .push("neither key nor unsigned = true: say whose signature its messages carry".to_owned()),
            (Some(_), true) => problems.push("key and unsigned contradict each other".to_owned()),
            (Some(key), false) if PublicKey::from_hex(key).is_none() => {
                problems.push("key is not an Ed25519 public key: expected 64 hex digits".to_owned());
            }
            _ => {}
        }
        for (name, value, low, high) in [
            ("stale_after_s", self.stale_after_s, 0.2, 60.0),
            ("max_clock_offset_s", self.max_clock_offset_s, 0.05, 60.0),
            ("disagree_after_s", self.disagree_after_s, 0.5, 600.0),
        ] {
            if !(low..=high).contains(&value) {
                problems.push(format!("{name} is {value}; expected {low} to {high} seconds"));
            }
        }
        problems
    }
}

/// Why a message was refused.
#[derive(Debug, thiserror::Error)]
pub enum FeedRefused {
    /// Nobody configured this controller.
    #[error("controller {0} is not configured")]
    Stranger(Name),
    /// Not sealed, or not by the configured key.
    #[error("seal: {0}")]
    Seal(#[from] SealError),
    /// Not a feed.
    #[error(transparent)]
    Feed(#[from] FeedError),
    /// It speaks for another controller than its topic says.
    #[error("a message of controller {0} on another's topic")]
    OtherTopic(Name),
    /// Its number does not rise: a repeat, or somebody plays an old one back.
    #[error("number {seq} does not come after {last}")]
    Repeated {
        /// Its number.
        seq: u64,
        /// The newest number accepted.
        last: u64,
    },
    /// Its clock and ours differ.
    #[error("its clock is off by {0:.1} s")]
    Clock(f64),
}

/// Counters of one controller.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FeedCounts {
    /// Messages accepted.
    pub accepted: u64,
    /// Messages refused.
    pub refused: u64,
    /// Times it went stale, as seen at the moments it was asked.
    pub stale: u64,
}

/// The feeds of one agent's controllers.
#[derive(Debug, Default)]
pub struct Feeds {
    controllers: HashMap<Name, Controller>,
}

#[derive(Debug)]
struct Controller {
    config: ControllerConfig,
    last_seq: Option<u64>,
    /// Newest message: its own time.
    last_at: Option<Timestamp>,
    was_fresh: bool,
    groups: HashMap<Name, VecDeque<(Timestamp, Group)>>,
    counts: FeedCounts,
}

impl Feeds {
    /// No message has come yet.
    pub fn new(controllers: &[ControllerConfig]) -> Self {
        let start = |config: &ControllerConfig| Controller {
            config: config.clone(),
            last_seq: None,
            last_at: None,
            was_fresh: false,
            groups: HashMap::new(),
            counts: FeedCounts::default(),
        };
        Self { controllers: controllers.iter().map(|c| (c.id.clone(), start(c))).collect() }
    }

    /// Takes a message that came on the topic of `controller` at `now`.
    ///
    /// # Errors
    /// Why it was refused; it is counted, and nothing else changes.
    pub fn take(&mut self, controller: &Name, message: &[u8], now: Timestamp) -> Result<(), FeedRefused> {
        let known = self.controllers.get_mut(controller);
        let known = known.ok_or_else(|| FeedRefused::Stranger(controller.clone()))?;
        let taken = known.take(controller, message, now);
        match taken {
            Ok(()) => known.counts.accepted += 1,
            Err(_) => known.counts.refused += 1,
        }
        taken
    }

    /// What a group showed at `at`; `None` when the feed does not say, or was not fresh then.
    pub fn shown(&mut self, controller: &Name, group: &Name, at: Timestamp) -> Option<Group> {
        let known = self.controllers.get_mut(controller)?;
        let stale_s = known.config.stale_after_s;
        let fresh = known.last_at.is_some_and(|last| seconds(at, last) <= stale_s);
        if known.was_fresh && !fresh {
            known.counts.stale += 1;
        }
        known.was_fresh = fresh;
        if !fresh {
            return None;
        }
        // A crossing lies a little before the newest message, so the change that held then is looked up.
        known.groups.get(group)?.iter().rev().find(|(from, _)| *from <= at).map(|(_, group)| group.clone())
    }

    /// Freshness at the latest question, time of the newest message, and counters of a controller.
    pub fn health(&self, controller: &Name) -> Option<(bool, Option<Timestamp>, FeedCounts)> {
        self.controllers.get(controller).map(|known| (known.was_fresh, known.last_at, known.counts))
    }

    /// After how many seconds of difference feed and picture disagree.
    pub fn disagree_after_s(&self, controller: &Name) -> f64 {
        self.controllers.get(controller).map_or(f64::INFINITY, |known| known.config.disagree_after_s)
    }

    /// The configured controllers.
    pub fn controllers(&self) -> impl Iterator<Item = &Name> {
        self.controllers.keys()
    }
}

impl Controller {
    fn take(&mut self, name: &Name, message: &[u8], now: Timestamp) -> Result<(), FeedRefused> {
        let feed = match self.config.key.as_deref().and_then(PublicKey::from_hex) {
            Some(key) => Feed::parse(Sealed::parse(message, MAX_FEED_BYTES)?.verify(&key)?)?,
            None if message.len() > MAX_FEED_BYTES => {
                return Err(SealError::Oversized { bytes: message.len(), limit: MAX_FEED_BYTES }.into());
            }
            None => Feed::parse(message)?,
        };
        if feed.controller != *name {
            return Err(FeedRefused::OtherTopic(feed.controller));
        }
        if let Some(last) = self.last_seq.filter(|&last| feed.seq <= last) {
            return Err(FeedRefused::Repeated { seq: feed.seq, last });
        }
        let off_s = seconds(now, feed.at);
        if off_s.abs() > self.config.max_clock_offset_s {
            return Err(FeedRefused::Clock(off_s));
        }
        // A gap leaves it open what was shown meanwhile.
        let gap = self.last_at.is_some_and(|last| seconds(feed.at, last) > self.config.stale_after_s);
        if gap || self.last_at.is_some_and(|last| feed.at < last) {
            self.groups.clear();
        }
        (self.last_seq, self.last_at) = (Some(feed.seq), Some(feed.at));
        self.groups.retain(|name, _| feed.groups.iter().any(|group| group.group == *name));
        for group in feed.groups {
            let changes = self.groups.entry(group.group.clone()).or_default();
            let same = changes.back().is_some_and(|(_, last)| {
                (last.state, last.flashing, last.since) == (group.state, group.flashing, group.since)
            });
            if !same {
                changes.push_back((feed.at, group));
            }
            if changes.len() > CHANGES {
                changes.pop_front();
            }
        }
        Ok(())
    }
}

fn seconds(later: Timestamp, earlier: Timestamp) -> f64 {
    SignedDuration::as_secs_f64(&later.duration_since(earlier))
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::{DeviceKey, LampState};

    fn name(text: &str) -> Name {
        Name::new(text).expect("a name")
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_790_000_000_000 + ms).expect("a time")
    }

    fn gateway() -> DeviceKey {
        DeviceKey::from_seed(&[3; 32])
    }

    fn feeds() -> Feeds {
        let text = format!("id = 'tu-1'\nkey = '{}'", gateway().public());
        let config: ControllerConfig = toml::from_str(&text).expect("readable");
        assert_eq!(config.problems(), [""; 0]);
        Feeds::new(&[config])
    }

    fn body(seq: u64, ms: i64, state: &str) -> Vec<u8> {
        let at = at(ms);
        format!(
            r#"{{"v":1,"controller":"tu-1","seq":{seq},"at":"{at}","groups":[{{"group":"bac","state":"{state}"}}]}}"#
        )
        .into_bytes()
    }

    fn sealed(seq: u64, ms: i64, state: &str) -> Vec<u8> {
        wire::seal(&gateway(), &body(seq, ms, state))
    }

    fn shown(feeds: &mut Feeds, ms: i64) -> Option<LampState> {
        feeds.shown(&name("tu-1"), &name("bac"), at(ms)).map(|group| group.state)
    }

    #[test]
    fn the_state_of_the_asked_moment_is_told_not_the_newest() {
        let mut feeds = feeds();
        for (seq, ms, state) in [(1, 0, "yellow"), (2, 900, "yellow"), (3, 1500, "red"), (4, 2400, "red")] {
            feeds.take(&name("tu-1"), &sealed(seq, ms, state), at(ms + 50)).expect("accepted");
        }
        assert_eq!(shown(&mut feeds, 1400), Some(LampState::Yellow));
        assert_eq!(shown(&mut feeds, 1500), Some(LampState::Red));
        assert_eq!(shown(&mut feeds, -10), None);
        assert_eq!(feeds.shown(&name("tu-1"), &name("nam"), at(1500)), None);
    }

    #[test]
    fn a_stale_feed_says_nothing_and_is_counted_once() {
        let mut feeds = feeds();
        feeds.take(&name("tu-1"), &sealed(1, 0, "red"), at(0)).expect("accepted");
        assert_eq!(shown(&mut feeds, 2900), Some(LampState::Red));
        assert_eq!((shown(&mut feeds, 3100), shown(&mut feeds, 3200)), (None, None));
        assert_eq!(feeds.health(&name("tu-1")).expect("known").2.stale, 1);
        feeds.take(&name("tu-1"), &sealed(2, 9000, "green"), at(9000)).expect("accepted");
        assert_eq!(shown(&mut feeds, 8000), None, "what it showed in the gap is not known");
        assert_eq!(shown(&mut feeds, 9000), Some(LampState::Green));
    }

    #[test]
    fn what_is_forged_repeated_or_late_is_refused_and_counted() {
        let mut feeds = feeds();
        let tu = name("tu-1");
        feeds.take(&tu, &sealed(5, 0, "red"), at(0)).expect("accepted");
        let forged = wire::seal(&DeviceKey::from_seed(&[4; 32]), &body(6, 100, "green"));
        assert!(matches!(feeds.take(&tu, &forged, at(100)), Err(FeedRefused::Seal(_))));
        assert!(matches!(feeds.take(&tu, &body(6, 100, "green"), at(100)), Err(FeedRefused::Seal(_))));
        let repeat = feeds.take(&tu, &sealed(5, 0, "red"), at(100));
        assert!(matches!(repeat, Err(FeedRefused::Repeated { seq: 5, last: 5 })));
        assert!(matches!(feeds.take(&tu, &sealed(6, 0, "green"), at(5000)), Err(FeedRefused::Clock(_))));
        assert!(matches!(feeds.take(&name("x"), &sealed(7, 0, "red"), at(0)), Err(FeedRefused::Stranger(_))));
        let counts = feeds.health(&tu).expect("known").2;
        assert_eq!((counts.accepted, counts.refused), (1, 4));
        assert_eq!(shown(&mut feeds, 100), Some(LampState::Red));
    }

    #[test]
    fn a_controller_without_a_key_must_say_so() {
        let bare: ControllerConfig = toml::from_str("id = 'tu-1'").expect("readable");
        assert!(bare.problems()[0].contains("unsigned = true"));
        let open: ControllerConfig = toml::from_str("id = 'tu-1'\nunsigned = true").expect("readable");
        assert!(open.problems().is_empty());
        let mut feeds = Feeds::new(&[open]);
        feeds.take(&name("tu-1"), &body(1, 0, "red"), at(0)).expect("accepted");
        assert!(feeds.take(&name("tu-1"), b"{}", at(0)).is_err());
        let odd = "id = 'tu-1'\nkey = 'abc'\nstale_after_s = 900.0\ndisagree_after_s = 0.0";
        let odd: ControllerConfig = toml::from_str(odd).expect("readable");
        assert_eq!(odd.problems().len(), 3, "{:?}", odd.problems());
    }
}
