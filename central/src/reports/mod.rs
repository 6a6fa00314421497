//! Daily and monthly reports of a site: counted, identified, decided, alerted, available, lost. Pure.
//!
//! What a province calls a model, who gets the report and by when is configuration; the numbers are the same everywhere.

mod sheets;

use jiff::civil::Date;
use serde::Serialize;

pub use sheets::sheets;

use crate::figures::{Flow, Loss};

/// Semantic names of models.
pub const MODELS: [&str; 4] = ["access_tourist", "access_industrial", "access_rail", "traffic_violation"];

/// One gate in a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct GateRow {
    /// Gate.
    pub gate: String,
    /// Its name.
    pub name: String,
    /// What went through.
    #[serde(flatten)]
    pub flow: Flow,
    /// Most people inside at the end of an hour, by this gate's count.
    pub most_inside: i64,
    /// Decisions: let in or out.
    pub admitted: i64,
    /// Turned away.
    pub denied: i64,
    /// Asked to wait.
    pub waited: i64,
    /// Where a guard decided otherwise than the gate.
    pub overrides: i64,
    /// Persons or vehicles that the list knew.
    pub identified: i64,
    /// Alerts of the site; on its first row only.
    pub alerts: i64,
}

/// One train in a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TrainRow {
    /// The train.
    pub train: String,
    /// `YYYY-MM-DD`.
    pub date: String,
    /// When it was due or came, `HH:MM`.
    pub arrives: Option<String>,
    /// When it went, `HH:MM`.
    pub departs: Option<String>,
    /// Minutes late.
    pub delay_minutes: i64,
    /// People in around it.
    pub people_in: i64,
    /// People out around it.
    pub people_out: i64,
}

/// Alerts of one kind in one state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AlertRow {
    /// Kind.
    pub kind: String,
    /// State.
    pub state: String,
    /// How many.
    pub count: i64,
}

/// How much of the time the site's devices worked.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Availability {
    /// Agents: share of the span in which central heard of them, percent.
    pub agents_percent: f64,
    /// Minutes in which an agent was offline, all together.
    pub offline_minutes: i64,
    /// Cameras of the site.
    pub cameras: i64,
}

/// When a report is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Due {
    /// Last day on which it is in time.
    pub by: String,
    /// Days until then; negative when late. Null once handed in.
    pub days_left: Option<i64>,
    /// Who gets it.
    pub recipient: String,
    /// Receipt, once handed in.
    pub receipt: Option<String>,
    /// Whether it was handed in.
    pub sent: bool,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Report {
    /// Site.
    pub site: String,
    /// Its name.
    pub site_name: String,
    /// Its model, semantic.
    pub model: String,
    /// The number that the province gives it.
    pub model_number: Option<String>,
    /// Province.
    pub province: String,
    /// `YYYY-MM-DD` or `YYYY-MM`.
    pub period: String,
    /// Gates, then those that only the past knows.
    pub rows: Vec<GateRow>,
    /// The site: what all its gates add up to.
    pub total: GateRow,
    /// Trains of the span, at stations.
    pub trains: Vec<TrainRow>,
    /// Alerts.
    pub alerts: Vec<AlertRow>,
    /// Availability.
    pub availability: Availability,
    /// What the numbers do not hold.
    pub loss: Loss,
    /// When it is due, for monthly ones.
    pub due: Option<Due>,
}

/// First day and first day after it of a period: `YYYY-MM-DD` or `YYYY-MM`.
pub fn period(text: &str) -> Option<(Date, Date)> {
    match text.len() {
        10 => {
            let day: Date = text.parse().ok()?;
            Some((day, day.tomorrow().ok()?))
        }
        7 => {
            let first: Date = format!("{text}-01").parse().ok()?;
            Some((first, first.last_of_month().tomorrow().ok()?))
        }
        _ => None,
    }
}

/// The last day on which the report of a month is in time: before `day_before` of the next one.
pub fn due_day(month_end: Date, day_before: u8) -> Option<Date> {
    Date::new(month_end.year(), month_end.month(), i8::try_from(day_before).ok()?).ok()?.yesterday().ok()
}

/// Adds rows up.
pub fn total(rows: &[GateRow], most_inside: i64) -> GateRow {
    let mut total = GateRow { most_inside, ..GateRow::default() };
    for row in rows {
        total.flow.add(&row.flow);
        total.admitted += row.admitted;
        total.denied += row.denied;
        total.waited += row.waited;
        total.overrides += row.overrides;
        total.identified += row.identified;
        total.alerts += row.alerts;
    }
    total
}

/// Availability of agents over a span: `offline` holds `(agent, from_ms, to_ms)`, `agents` how many there are.
pub fn availability(
    offline: &[(String, i64, i64)],
    agents: i64,
    cameras: i64,
    (from_ms, to_ms): (i64, i64),
) -> Availability {
    let away: i64 = offline.iter().map(|(_, from, to)| (to.min(&to_ms) - from.max(&from_ms)).max(0)).sum();
    let whole = (to_ms - from_ms).max(1) * agents.max(1);
    let share = 100.0 * (1.0 - (away as f64 / whole as f64).min(1.0));
    Availability {
        agents_percent: (share * 100.0).round() / 100.0,
        offline_minutes: (away + 30_000) / 60_000,
        cameras,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_period_is_a_day_or_a_month_and_due_before_the_provinces_day() {
        assert_eq!(period("2026-02"), Some((date(2026, 2, 1), date(2026, 3, 1))));
        assert_eq!(period("2026-12-31"), Some((date(2026, 12, 31), date(2027, 1, 1))));
        for bad in ["2026", "2026-13", "2026-02-30", "02-2026", ""] {
            assert_eq!(period(bad), None, "{bad}");
        }
        let (_, after) = period("2026-12").unwrap();
        assert_eq!(due_day(after, 15), Some(date(2027, 1, 14)));
        assert_eq!(due_day(after, 18), Some(date(2027, 1, 17)));
    }

    #[test]
    fn availability_counts_offline_time_within_the_span_alone() {
        let offline = [("a".to_owned(), -500_000, 60_000), ("b".to_owned(), 540_000, 900_000)];
        let found = availability(&offline, 2, 3, (0, 600_000));
        assert_eq!((found.agents_percent, found.offline_minutes, found.cameras), (90.0, 2, 3));
        assert_eq!(availability(&[], 0, 0, (0, 0)).agents_percent, 100.0);
    }

    #[test]
    fn the_total_is_what_the_gates_add_up_to() {
        let row = |people_in, admitted| GateRow {
            flow: Flow { people_in, ..Flow::default() },
            admitted,
            ..GateRow::default()
        };
        let total = total(&[row(3, 1), row(4, 2)], 5);
        assert_eq!((total.flow.people_in, total.admitted, total.most_inside), (7, 3, 5));
    }
}
