//! Crowding: when too many people are in a zone or an area. Pure: counts, time and trains are arguments.
//!
//! A rule raises once so many people were there for so long, and lets go once fewer than its lower bound were there for as long:
//! a crowd that trembles around the bound is one alert. While one is raised, only a more severe rule raises again.

mod plan;
#[cfg(test)]
mod tests;
pub mod watch;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use plan::{Place, Plan, problems};

use crate::lists::Priority;
use crate::timetable::Call;

/// Longest pause between two counts that are taken for one crowd, ms.
pub const MAX_PAUSE_MS: i64 = 5 * 60_000;

/// Where people are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A zone in cameras' pictures: people seen there at the same time, all cameras of the zone together.
    #[default]
    Zone,
    /// An area behind gates: people inside by the gates' count.
    Area,
}

/// A place with its rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// The zone's or area's name as agents and gates use it.
    pub id: String,
    /// How its people are counted.
    pub source: Source,
    /// Name for people, Vietnamese.
    pub name_vi: String,
    /// The same, English.
    pub name_en: String,
    /// Rules, in any order.
    pub rules: Vec<Rule>,
}

/// One bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Name, unique within its zone.
    pub id: String,
    /// So many people are a crowd.
    pub people: u32,
    /// Fewer than this end it; at most `people`.
    pub clear_below: u32,
    /// For so long, seconds, both ways.
    pub for_s: u32,
    /// How urgent.
    pub severity: Priority,
    /// Hours in which it holds: a schedule of the site's policy; always if none.
    pub schedule: Option<String>,
    /// Holds only around trains.
    pub train: Option<TrainWindow>,
    /// Holds only away from trains.
    pub without_train: Option<TrainWindow>,
}

/// Around which trains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainWindow {
    /// Minutes before.
    pub before_minutes: u32,
    /// Minutes after.
    pub after_minutes: u32,
    /// Arrivals, departures or both.
    pub call: Call,
}

/// Where a zone stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Rules whose bound is reached, since when, ms.
    over: BTreeMap<String, i64>,
    /// Since when the raised rule's lower bound is undercut, ms.
    under_ms: Option<i64>,
    /// The rule that was raised, with its severity.
    raised: Option<(String, Priority)>,
    /// The newest count, ms.
    counted_ms: i64,
}

impl State {
    /// The rule that is raised now.
    pub fn raised(&self) -> Option<&str> {
        self.raised.as_ref().map(|(rule, _)| rule.as_str())
    }
}

/// Whether a rule holds now, and the train it holds for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holds {
    /// Not now.
    No,
    /// Yes; around this train, where the rule is about trains.
    Yes(Option<String>),
}

/// What a count changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A crowd: which rule, around which train.
    Raised {
        /// The rule.
        rule: String,
        /// The train it is around.
        train: Option<String>,
    },
    /// It is over.
    Cleared {
        /// The rule that was raised.
        rule: String,
    },
}

/// Takes a count of `people` at `at_ms`. Counts that are not newer than the last one change nothing.
pub fn update(
    state: &mut State,
    zone: &Zone,
    people: u32,
    at_ms: i64,
    holds: impl Fn(&Rule) -> Holds,
) -> Option<Change> {
    if at_ms <= state.counted_ms {
        return None;
    }
    // Nobody knows what was in a long pause: what had begun to be measured begins anew.
    if at_ms - state.counted_ms > MAX_PAUSE_MS {
        state.over.clear();
        state.under_ms = None;
    }
    state.counted_ms = at_ms;
    let ripe = |rule: &Rule, since_ms: i64| at_ms - since_ms >= i64::from(rule.for_s) * 1000;
    let mut reached: Option<(&Rule, Option<String>)> = None;
    for rule in &zone.rules {
        let train = match holds(rule) {
            Holds::Yes(train) if people >= rule.people => train,
            _ => {
                state.over.remove(&rule.id);
                continue;
            }
        };
        let since_ms = *state.over.entry(rule.id.clone()).or_insert(at_ms);
        if ripe(rule, since_ms) && reached.as_ref().is_none_or(|(best, _)| rule.severity > best.severity) {
            reached = Some((rule, train));
        }
    }
    state.over.retain(|id, _| zone.rules.iter().any(|rule| rule.id == *id));
    if let Some((rule, train)) = reached
        && state.raised.as_ref().is_none_or(|(_, severity)| rule.severity > *severity)
    {
        state.raised = Some((rule.id.clone(), rule.severity));
        state.under_ms = None;
        return Some(Change::Raised { rule: rule.id.clone(), train });
    }
    let (raised, _) = state.raised.clone()?;
    match zone.rules.iter().find(|rule| rule.id == raised) {
        Some(rule) if people >= rule.clear_below => {
            state.under_ms = None;
            None
        }
        Some(rule) if !ripe(rule, *state.under_ms.get_or_insert(at_ms)) => None,
        // Over, or its rule was taken away.
        _ => {
            (state.raised, state.under_ms) = (None, None);
            Some(Change::Cleared { rule: raised })
        }
    }
}
