//! Trains at a station: which stop when, by the timetable and what is known of the day. Pure.

mod file;
#[cfg(test)]
mod tests;

use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use wire::gate::{Clock, DayKind};

pub use file::read;

/// Trains of a timetable at most.
pub const MAX_TRAINS: usize = 500;

/// A train that stops here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Train {
    /// Its name on the board: `SE1`.
    pub train: String,
    /// Where it comes from.
    #[serde(default)]
    pub from: String,
    /// Where it goes.
    #[serde(default)]
    pub to: String,
    /// When it arrives, the site's clock; none where it starts.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub arrives: Option<Time>,
    /// When it departs; none where it ends. Before `arrives`: on the next day.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub departs: Option<Time>,
    /// Platform.
    #[serde(default, deserialize_with = "text_or_null")]
    pub platform: String,
    /// Days on which it arrives (departs, where it starts here); every day if empty.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub days: Vec<DayKind>,
    /// First day; always if none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub valid_from: Option<Date>,
    /// Last day; for ever if none.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub valid_until: Option<Date>,
}

/// A text that may be left out or null.
fn text_or_null<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

/// How a train of one day differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delay {
    /// Which train.
    pub train: String,
    /// The day on which it is due.
    pub date: Date,
    /// Minutes late; negative for early.
    pub minutes: i64,
    /// Does not come.
    pub cancelled: bool,
}

/// One stop of a train.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The train.
    pub train: Train,
    /// The day on which it is due.
    pub date: Date,
    /// When it arrives, delay included.
    pub arrives: Option<Timestamp>,
    /// When it departs, delay included.
    pub departs: Option<Timestamp>,
    /// Minutes late.
    pub delay_minutes: i64,
}

impl Stop {
    /// First and last moment at the platform.
    pub fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let first = self.arrives.or(self.departs)?;
        Some((first, self.departs.or(self.arrives)?.max(first)))
    }
}

/// What people come for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// Trains that arrive.
    Arrival,
    /// Trains that depart.
    Departure,
    /// Both.
    #[default]
    Any,
}

/// What is wrong with a timetable, all of it: line (from 1) and problem, Vietnamese and English.
pub type Problems = Vec<(usize, String, String)>;

/// Checks a timetable as a whole.
pub fn problems(trains: &[Train]) -> Problems {
    let mut problems = Vec::new();
    let mut bad = |at: usize, vi: &str, en: &str| problems.push((at + 1, vi.to_owned(), en.to_owned()));
    if trains.len() > MAX_TRAINS {
        bad(MAX_TRAINS, "quá nhiều tàu (tối đa 500)", "too many trains (500 at most)");
    }
    for (at, train) in trains.iter().enumerate().take(MAX_TRAINS) {
        let name = train.train.trim();
        if name.is_empty()
            || name.chars().count() > 20
            || name != train.train
            || name.chars().any(char::is_control)
        {
            bad(at, "số hiệu tàu gồm 1 đến 20 ký tự", "a train's name has 1 to 20 characters");
        }
        if train.arrives.is_none() && train.departs.is_none() {
            bad(at, "cần giờ đến hoặc giờ đi", "it needs an arrival or a departure");
        }
        if train.valid_from.zip(train.valid_until).is_some_and(|(from, until)| until < from) {
            bad(at, "ngày kết thúc trước ngày bắt đầu", "the last day is before the first");
        }
        if [&train.from, &train.to, &train.platform].iter().any(|text| text.chars().count() > 60) {
            bad(at, "tên ga và ke tối đa 60 ký tự", "stations and platforms have at most 60 characters");
        }
        let same = |other: &&Train| other.train == train.train && overlap(other, train);
        if trains[..at].iter().any(|other| same(&other)) {
            bad(at, "tàu này đã có, trùng ngày chạy", "this train is there already on the same days");
        }
    }
    problems
}

fn overlap(a: &Train, b: &Train) -> bool {
    let apart = |first: &Train, second: &Train| {
        first.valid_until.zip(second.valid_from).is_some_and(|(end, start)| end < start)
    };
    let days = a.days.is_empty() || b.days.is_empty() || a.days.iter().any(|day| b.days.contains(day));
    days && !apart(a, b) && !apart(b, a)
}

/// Stops due on days from `from` to `to`, both included, cancelled ones left out; by time.
pub fn stops(trains: &[Train], delays: &[Delay], clock: Clock, from: Date, to: Date) -> Vec<Stop> {
    let mut stops = Vec::new();
    let mut day = from;
    while day <= to {
        stops.extend(
            trains
                .iter()
                .filter(|train| runs(train, day))
                .filter_map(|train| stop(train, delays, clock, day)),
        );
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    stops.sort_by_key(|stop| (stop.span(), stop.train.train.clone()));
    stops
}

fn runs(train: &Train, day: Date) -> bool {
    let valid =
        train.valid_from.is_none_or(|from| day >= from) && train.valid_until.is_none_or(|until| day <= until);
    valid && (train.days.is_empty() || train.days.contains(&DayKind::of(day.weekday())))
}

fn stop(train: &Train, delays: &[Delay], clock: Clock, day: Date) -> Option<Stop> {
    let delay = delays.iter().find(|delay| delay.train == train.train && delay.date == day);
    if delay.is_some_and(|delay| delay.cancelled) {
        return None;
    }
    let minutes = delay.map_or(0, |delay| delay.minutes);
    let overnight = train.arrives.zip(train.departs).is_some_and(|(arrives, departs)| departs < arrives);
    let moment = |at: DateTime| {
        let zone = clock.local(Timestamp::UNIX_EPOCH).time_zone().clone();
        at.to_zoned(zone).ok()?.timestamp().checked_add(SignedDuration::from_mins(minutes)).ok()
    };
    let departs_on = if overnight { day.tomorrow().ok()? } else { day };
    Some(Stop {
        arrives: train.arrives.and_then(|at| moment(day.to_datetime(at))),
        departs: train.departs.and_then(|at| moment(departs_on.to_datetime(at))),
        train: train.clone(),
        date: day,
        delay_minutes: minutes,
    })
}

/// The stop that a moment belongs to: the nearest of those whose window, so many minutes around arrival or departure, holds it.
pub fn near(
    stops: &[Stop],
    at: Timestamp,
    before_minutes: u32,
    after_minutes: u32,
    call: Call,
) -> Option<&Stop> {
    let wide = |minutes: u32| SignedDuration::from_mins(i64::from(minutes));
    let distance = |stop: &Stop| {
        let (first, last) = match call {
            Call::Any => stop.span()?,
            Call::Arrival => (stop.arrives?, stop.arrives?),
            Call::Departure => (stop.departs?, stop.departs?),
        };
        let (opens, closes) =
            (first.checked_sub(wide(before_minutes)).ok()?, last.checked_add(wide(after_minutes)).ok()?);
        (opens <= at && at < closes).then(|| {
            let to_first = at.duration_until(first).abs();
            let to_last = at.duration_until(last).abs();
            if first <= at && at <= last { SignedDuration::ZERO } else { to_first.min(to_last) }
        })
    };
    stops
        .iter()
        .filter_map(|stop| Some((distance(stop)?, stop)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, stop)| stop)
}
