//! What a site calls crowded, as people edit it, and the rules that follow.

use serde::{Deserialize, Serialize};

use super::{Rule, Source, TrainWindow, Zone};
use crate::lists::Priority;
use crate::timetable::Call;

/// The bounds of one zone or area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The zone's or area's name as agents and gates use it.
    pub zone: String,
    /// How its people are counted.
    #[serde(default)]
    pub source: Source,
    /// Name for people, Vietnamese.
    pub name_vi: String,
    /// The same, English.
    pub name_en: String,
    /// So many people are worth a look.
    pub warn: u32,
    /// So many are too many.
    pub most: u32,
    /// Hours in which the bounds hold: a schedule of the site's policy; always if none.
    #[serde(default)]
    pub schedule: Option<String>,
    /// Minutes before a train in which `train_most` holds in place of `most`.
    #[serde(default)]
    pub train_minutes: Option<u32>,
    /// Minutes after it; `train_minutes` if none.
    #[serde(default)]
    pub train_after_minutes: Option<u32>,
    /// Too many around a train.
    #[serde(default)]
    pub train_most: Option<u32>,
    /// Trains that are meant: those that arrive, depart, or both.
    #[serde(default)]
    pub call: Call,
    /// For so long before it is said, and before it is over, seconds.
    #[serde(default = "thirty")]
    pub for_s: u32,
    /// It is over below this share of its bound, percent.
    #[serde(default = "eighty")]
    pub clear_percent: u32,
}

fn thirty() -> u32 {
    30
}

fn eighty() -> u32 {
    80
}

/// What a site calls crowded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Zones and areas.
    pub zones: Vec<Place>,
}

impl Place {
    /// The rules that its bounds mean.
    pub fn rules(&self) -> Zone {
        let clear = |bound: u32| {
            u32::try_from(u64::from(bound) * u64::from(self.clear_percent) / 100).unwrap_or(bound).max(1)
        };
        let rule = |id: &str, people: u32, severity| Rule {
            id: id.to_owned(),
            people,
            clear_below: clear(people),
            for_s: self.for_s,
            severity,
            schedule: self.schedule.clone(),
            train: None,
            without_train: None,
        };
        let window = self.train_minutes.map(|before_minutes| TrainWindow {
            before_minutes,
            after_minutes: self.train_after_minutes.unwrap_or(before_minutes),
            call: self.call,
        });
        let mut rules = vec![rule("dong", self.warn, Priority::Medium)];
        rules.push(Rule { without_train: window.clone(), ..rule("qua-dong", self.most, Priority::High) });
        if let (Some(window), Some(most)) = (window, self.train_most) {
            rules.push(Rule { train: Some(window), ..rule("qua-dong-gio-tau", most, Priority::High) });
        }
        Zone {
            id: self.zone.clone(),
            source: self.source,
            name_vi: self.name_vi.clone(),
            name_en: self.name_en.clone(),
            rules,
        }
    }
}

/// What is wrong with a plan, all of it: where, Vietnamese, English. `schedules` are those of the site's policy.
pub fn problems(plan: &Plan, schedules: &[(String, String)]) -> Vec<(String, String, String)> {
    let mut problems = Vec::new();
    for (at, place) in plan.zones.iter().enumerate() {
        let mut bad = |field: &str, vi: &str, en: &str| {
            problems.push((format!("zones[{at}].{field}"), vi.to_owned(), en.to_owned()))
        };
        if wire::Name::new(place.zone.as_str()).is_err() {
            bad("zone", "mã vùng gồm a-z, 0-9 và dấu gạch", "a zone's id is a-z, 0-9 and dashes");
        }
        if plan.zones[..at].iter().any(|other| (&other.zone, other.source) == (&place.zone, place.source)) {
            bad("zone", "vùng này có hai lần", "this zone is there twice");
        }
        if [&place.name_vi, &place.name_en]
            .iter()
            .any(|name| name.trim().is_empty() || name.chars().count() > 80)
        {
            bad(
                "name_vi",
                "cần tên tiếng Việt và tiếng Anh, tối đa 80 ký tự",
                "names in both languages, at most 80 characters",
            );
        }
        if place.warn == 0 || place.most < place.warn {
            bad(
                "most",
                "ngưỡng cảnh báo từ 1, ngưỡng quá đông không nhỏ hơn",
                "warn from 1, most not below it",
            );
        }
        if place.train_most.is_some() != place.train_minutes.is_some()
            || place.train_most.is_some_and(|most| most < place.warn)
        {
            bad(
                "train_most",
                "giờ tàu cần cả số phút và số người, không nhỏ hơn ngưỡng cảnh báo",
                "around trains both minutes and people are needed, not below warn",
            );
        }
        if [place.train_minutes, place.train_after_minutes].into_iter().flatten().any(|minutes| minutes > 240)
        {
            bad("train_minutes", "tối đa 240 phút", "240 minutes at most");
        }
        if place.schedule.as_ref().is_some_and(|id| !schedules.iter().any(|(known, _)| known == id)) {
            bad(
                "schedule",
                "không có lịch này trong quy định của cổng",
                "the site's policy has no such schedule",
            );
        }
        if place.for_s > 3600 || !(1..=100).contains(&place.clear_percent) {
            bad(
                "for_s",
                "thời gian tối đa 3600 giây, ngưỡng hết từ 1 đến 100 %",
                "for_s at most 3600, clear_percent 1 to 100",
            );
        }
    }
    problems
}
