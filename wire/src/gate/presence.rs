//! Who is inside: what anti-passback, quotas, capacity and muster are decided from. Kept by the agent across restarts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::list::EntryKind;
use crate::Name;
use crate::payload::Direction;

/// Somebody or something that went in and has not come out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// Vehicle or person.
    pub kind: EntryKind,
    /// Its group.
    pub group: Option<Name>,
    /// Area.
    pub area: Name,
    /// Lane it came through.
    pub lane: Name,
    /// When.
    pub since: Timestamp,
}

/// One subject went through a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// The entry's id; for a plate on no list `plate:TEXT`; none for somebody anonymous.
    pub subject: Option<String>,
    /// Vehicle or person.
    pub kind: EntryKind,
    /// Its group.
    pub group: Option<Name>,
    /// Area behind the lane.
    pub area: Name,
    /// The lane.
    pub lane: Name,
    /// Which way: [`Direction::In`] or [`Direction::Out`].
    pub direction: Direction,
    /// When.
    pub at: Timestamp,
}

/// What is known of those who passed. Subjects are entry ids, so that nothing here names anybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Known subjects inside, by subject.
    pub inside: BTreeMap<String, Inside>,
    /// Ways in so far, by subject: what one-time passes are used up by.
    pub uses: BTreeMap<String, u32>,
    /// Last way in and last way out, by subject.
    pub last: BTreeMap<String, (Option<Timestamp>, Option<Timestamp>)>,
    /// People (first) and vehicles (second) inside by area, anonymous ones included. Never below zero: what is missing then is
    /// counted in `surplus_out`.
    pub counts: BTreeMap<Name, (u64, u64)>,
    /// Ways out that met an empty area: somebody was inside before counting began, or a way in was missed.
    pub surplus_out: u64,
    /// Subjects whose place a guard forgave: inside or outside, nobody knows until they pass again.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub forgiven: BTreeSet<String>,
}

/// The subject of a plate that is on no list.
pub fn stranger(plate: &str) -> String {
    format!("plate:{plate}")
}

impl Presence {
    /// Takes one passage. The same passage must not be taken twice: the caller keeps event ids.
    pub fn apply(&mut self, passed: &Passed) {
        let counts = self.counts.entry(passed.area.clone()).or_default();
        let count = match passed.kind {
            EntryKind::Person => &mut counts.0,
            EntryKind::Vehicle => &mut counts.1,
        };
        let entering = matches!(passed.direction, Direction::In | Direction::Forward);
        match (entering, *count) {
            (true, _) => *count += 1,
            (false, 0) => self.surplus_out += 1,
            (false, _) => *count -= 1,
        }
        let Some(subject) = &passed.subject else { return };
        self.forgiven.remove(subject);
        let last = self.last.entry(subject.clone()).or_default();
        if entering {
            last.0 = Some(passed.at);
            *self.uses.entry(subject.clone()).or_default() += 1;
            let inside = Inside {
                kind: passed.kind,
                group: passed.group.clone(),
                area: passed.area.clone(),
                lane: passed.lane.clone(),
                since: passed.at,
            };
            self.inside.insert(subject.clone(), inside);
        } else {
            last.1 = Some(passed.at);
            if self.inside.get(subject).is_some_and(|inside| inside.area == passed.area) {
                self.inside.remove(subject);
            }
        }
    }

    /// A person corrected a count by hand: `people` and `vehicles` are added (or taken away); what would fall below zero stops there.
    pub fn correct(&mut self, area: &Name, people: i64, vehicles: i64) {
        let counts = self.counts.entry(area.clone()).or_default();
        counts.0 = counts.0.saturating_add_signed(people);
        counts.1 = counts.1.saturating_add_signed(vehicles);
    }

    /// A guard forgives a subject its place: it is neither inside nor outside until it passes again.
    pub fn forgive(&mut self, subject: &str) {
        self.inside.remove(subject);
        self.last.remove(subject);
        self.forgiven.insert(subject.to_owned());
    }

    /// Forgets what no decision needs any more: passages before `before` of subjects that are neither inside nor `listed`. Without it
    /// every plate that ever passed would stay.
    pub fn forget(&mut self, before: Timestamp, listed: impl Fn(&str) -> bool) {
        let inside = &self.inside;
        let recent = |(way_in, way_out): &(Option<Timestamp>, Option<Timestamp>)| {
            (*way_in).max(*way_out) >= Some(before)
        };
        self.last.retain(|subject, last| inside.contains_key(subject) || listed(subject) || recent(last));
        let last = &self.last;
        let kept = |subject: &str| last.contains_key(subject) || listed(subject);
        self.uses.retain(|subject, _| kept(subject));
        self.forgiven.retain(|subject| kept(subject));
    }

    /// Known subjects of a group inside.
    pub fn of_group(&self, group: &Name, kind: EntryKind) -> u32 {
        let of_group = |inside: &&Inside| inside.group.as_ref() == Some(group) && inside.kind == kind;
        u32::try_from(self.inside.values().filter(of_group).count()).unwrap_or(u32::MAX)
    }

    /// People and vehicles inside an area.
    pub fn count(&self, area: &Name) -> (u64, u64) {
        self.counts.get(area).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn passed(subject: &str, direction: Direction, minute: i64) -> Passed {
        Passed {
            subject: (!subject.is_empty()).then(|| subject.to_owned()),
            kind: EntryKind::Person,
            group: Some(name("may-10")),
            area: name("khu-a"),
            lane: name("lan-1"),
            direction,
            at: Timestamp::from_second(1_795_158_000 + 60 * minute).unwrap(),
        }
    }

    #[test]
    fn who_goes_in_and_out_is_counted_and_remembered() {
        let mut presence = Presence::default();
        presence.apply(&passed("e1", Direction::In, 0));
        presence.apply(&passed("", Direction::In, 1));
        assert_eq!(presence.count(&name("khu-a")), (2, 0));
        assert_eq!(
            presence.of_group(&name("may-10"), EntryKind::Person),
            1,
            "somebody anonymous is of no group"
        );
        presence.apply(&passed("e1", Direction::Out, 2));
        assert_eq!(presence.count(&name("khu-a")), (1, 0));
        assert!(presence.inside.is_empty());
        assert_eq!(presence.uses["e1"], 1, "the way out uses nothing up");
    }

    #[test]
    fn a_way_out_of_an_empty_area_is_a_surplus_and_not_a_person_below_zero() {
        let mut presence = Presence::default();
        presence.apply(&passed("", Direction::Out, 0));
        assert_eq!((presence.count(&name("khu-a")), presence.surplus_out), ((0, 0), 1));
        presence.correct(&name("khu-a"), 3, -5);
        assert_eq!(presence.count(&name("khu-a")), (3, 0));
    }

    #[test]
    fn leaving_another_area_does_not_take_somebody_out_of_this_one() {
        let mut presence = Presence::default();
        presence.apply(&passed("e1", Direction::In, 0));
        presence.apply(&Passed { area: name("khu-b"), ..passed("e1", Direction::Out, 1) });
        assert_eq!(presence.inside["e1"].area, name("khu-a"));
    }

    #[test]
    fn who_was_forgiven_is_neither_inside_nor_outside_until_the_next_passage() {
        let mut presence = Presence::default();
        presence.apply(&passed("e1", Direction::In, 0));
        presence.forgive("e1");
        assert!(presence.forgiven.contains("e1") && !presence.inside.contains_key("e1"));
        assert_eq!(presence.uses["e1"], 1, "a one-time pass stays used");
        presence.apply(&passed("e1", Direction::Out, 1));
        assert!(presence.forgiven.is_empty());
    }

    #[test]
    fn what_nobody_needs_any_more_is_forgotten_and_nothing_else() {
        let mut presence = Presence::default();
        for (subject, way, minute) in [
            ("plate:51F97022", Direction::Out, 0),
            ("plate:51E97022", Direction::In, 0),
            ("e1", Direction::Out, 0),
            ("plate:37A12345", Direction::Out, 20),
        ] {
            presence.apply(&passed(subject, Direction::In, minute));
            if way == Direction::Out {
                presence.apply(&passed(subject, way, minute));
            }
        }
        presence.forget(passed("", Direction::In, 10).at, |subject| subject == "e1");
        let left: Vec<&String> = presence.last.keys().collect();
        assert_eq!(left, ["e1", "plate:37A12345", "plate:51E97022"]);
        assert_eq!(presence.uses.len(), 3);
        assert_eq!(presence.count(&name("khu-a")), (1, 0));
    }

    #[test]
    fn a_presence_of_before_there_was_forgiveness_is_read() {
        let text = r#"{"inside":{},"uses":{},"last":{},"counts":{},"surplus_out":2}"#;
        assert_eq!(serde_json::from_str::<Presence>(text).unwrap().surplus_out, 2);
    }
}
