//! Figures of gates and what they do not hold. Pure.
//!
//! In, out and inside follow from what was committed: *inside = in − out + corrections*, since counting began. Corrections stand
//! beside what was counted and never change it. No figure goes without what was lost.

use serde::Serialize;

/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 3_600_000;

/// What went through one gate in one hour, and what was corrected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hour {
    /// Gate.
    pub gate: String,
    /// Its start, ms.
    pub hour_ms: i64,
    /// People and vehicles.
    pub flow: Flow,
}

/// What went in and out, and what was corrected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Flow {
    /// People in.
    pub people_in: i64,
    /// People out.
    pub people_out: i64,
    /// Vehicles in.
    pub vehicles_in: i64,
    /// Vehicles out.
    pub vehicles_out: i64,
    /// People by correction.
    #[serde(skip)]
    pub people_corrected: i64,
    /// Vehicles by correction.
    #[serde(skip)]
    pub vehicles_corrected: i64,
}

impl Flow {
    /// Adds another's numbers.
    pub fn add(&mut self, other: &Self) {
        self.people_in += other.people_in;
        self.people_out += other.people_out;
        self.vehicles_in += other.vehicles_in;
        self.vehicles_out += other.vehicles_out;
        self.people_corrected += other.people_corrected;
        self.vehicles_corrected += other.vehicles_corrected;
    }

    /// People more inside because of it.
    pub fn people_net(&self) -> i64 {
        self.people_in - self.people_out + self.people_corrected
    }

    /// Vehicles more inside because of it.
    pub fn vehicles_net(&self) -> i64 {
        self.vehicles_in - self.vehicles_out + self.vehicles_corrected
    }
}

/// One gate in one span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Gate.
    pub gate: String,
    /// Start, ms.
    pub from_ms: i64,
    /// End, exclusive, ms.
    pub to_ms: i64,
    /// What went through.
    pub flow: Flow,
    /// People inside at the end by this gate's count: what came in through it less what went out through it.
    pub inside_people: i64,
    /// The same for vehicles.
    pub inside_vehicles: i64,
}

/// Spans of `step_ms` from `from_ms` to before `to_ms`, for every gate, empty ones too. `hours` may hold any hours; those before
/// `from_ms` are what was inside at the start.
pub fn spans(gates: &[String], hours: &[Hour], from_ms: i64, to_ms: i64, step_ms: i64) -> Vec<Span> {
    let mut spans = Vec::new();
    for gate in gates {
        let mut own: Vec<&Hour> =
            hours.iter().filter(|hour| &hour.gate == gate && hour.hour_ms < to_ms).collect();
        own.sort_by_key(|hour| hour.hour_ms);
        let mut own = own.into_iter().peekable();
        let mut total = Flow::default();
        while let Some(before) = own.next_if(|hour| hour.hour_ms < from_ms) {
            total.add(&before.flow);
        }
        let mut start = from_ms;
        while start < to_ms {
            let end = (start + step_ms).min(to_ms);
            let mut flow = Flow::default();
            while let Some(hour) = own.next_if(|hour| hour.hour_ms < end) {
                flow.add(&hour.flow);
            }
            total.add(&flow);
            let (inside_people, inside_vehicles) = (total.people_net(), total.vehicles_net());
            spans.push(Span {
                gate: gate.clone(),
                from_ms: start,
                to_ms: end,
                flow,
                inside_people,
                inside_vehicles,
            });
            start = end;
        }
    }
    spans.sort_by_key(|span| span.from_ms);
    spans
}

/// A camera that saw nothing for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Offline {
    /// Camera.
    pub camera: String,
    /// Whole minutes, at least one.
    pub minutes: i64,
}

/// What a figure does not hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Loss {
    /// Events that will never come.
    pub lost: i64,
    /// Of these, those that nobody explained.
    pub lost_unexplained: i64,
    /// Events that came late; they are counted.
    pub late: i64,
    /// Events that are known to be on their way.
    pub waiting: i64,
    /// Cameras that saw nothing for a while.
    pub offline: Vec<Offline>,
    /// People and vehicles more out than in, which no figure explains.
    pub unexplained: i64,
    /// All of it in words, Vietnamese.
    pub note_vi: String,
    /// The same, English.
    pub note_en: String,
}

impl Loss {
    /// The same with its words.
    pub fn told(mut self) -> Self {
        self.note_vi = self.words(true);
        self.note_en = self.words(false);
        self
    }

    fn words(&self, vi: bool) -> String {
        let mut words = match (vi, self.lost_unexplained) {
            (true, 0) => vec![format!("{} mất", self.lost)],
            (true, unexplained) => vec![format!("{} mất ({unexplained} chưa rõ lý do)", self.lost)],
            (false, 0) => vec![format!("{} lost", self.lost)],
            (false, unexplained) => vec![format!("{} lost ({unexplained} unexplained)", self.lost)],
        };
        words.push(if vi { format!("{} trễ", self.late) } else { format!("{} late", self.late) });
        if self.waiting > 0 {
            words.push(if vi {
                format!("{} đang chờ về", self.waiting)
            } else {
                format!("{} on their way", self.waiting)
            });
        }
        for camera in &self.offline {
            words.push(match vi {
                true => format!("camera {} mất kết nối {} phút", camera.camera, camera.minutes),
                false => format!("camera {} offline {} min", camera.camera, camera.minutes),
            });
        }
        if self.unexplained > 0 {
            words.push(match vi {
                true => format!("{} lượt ra không có lượt vào", self.unexplained),
                false => format!("{} out without in", self.unexplained),
            });
        }
        words.join(", ")
    }
}

/// Minutes of each camera's outages within a span; overlapping ones count once. Outages are `(camera, from_ms, to_ms)`.
pub fn offline(outages: &[(String, i64, i64)], from_ms: i64, to_ms: i64) -> Vec<Offline> {
    let mut within: Vec<(&str, i64, i64)> = outages
        .iter()
        .map(|(camera, from, to)| (camera.as_str(), (*from).max(from_ms), (*to).min(to_ms)))
        .filter(|(_, from, to)| from < to)
        .collect();
    within.sort_unstable();
    let mut found: Vec<(&str, i64, i64)> = Vec::new();
    for (camera, from, to) in within {
        match found.last_mut() {
            Some((same, sum, end)) if *same == camera => {
                *sum += (to - from.max(*end)).max(0);
                *end = (*end).max(to);
            }
            _ => found.push((camera, to - from, to)),
        }
    }
    let minutes = |ms: i64| (ms + 30_000) / 60_000;
    found
        .into_iter()
        .map(|(camera, ms, _)| Offline { camera: camera.to_owned(), minutes: minutes(ms).max(1) })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hour(gate: &str, hour: i64, flow: Flow) -> Hour {
        Hour { gate: gate.into(), hour_ms: hour * HOUR_MS, flow }
    }

    #[test]
    fn what_was_inside_before_is_carried_over_and_a_correction_stands_beside() {
        let flow = |people_in, people_out, people_corrected| Flow {
            people_in,
            people_out,
            people_corrected,
            ..Flow::default()
        };
        let hours = [hour("a", 1, flow(10, 2, 0)), hour("a", 3, flow(5, 1, -2)), hour("b", 3, flow(0, 4, 0))];
        let spans = spans(&["a".into(), "b".into()], &hours, 2 * HOUR_MS, 4 * HOUR_MS, HOUR_MS);
        let told: Vec<_> = spans
            .iter()
            .map(|s| (s.gate.as_str(), s.from_ms / HOUR_MS, s.flow.people_in, s.inside_people))
            .collect();
        assert_eq!(told, [("a", 2, 0, 8), ("b", 2, 0, 0), ("a", 3, 5, 10), ("b", 3, 0, -4)]);
        assert_eq!(spans[2].flow.people_out, 1, "what was counted stays");
    }

    #[test]
    fn a_loss_is_told_in_words_of_both_languages() {
        let loss = Loss {
            late: 14,
            offline: vec![Offline { camera: "cong-2".into(), minutes: 3 }],
            ..Loss::default()
        }
        .told();
        assert_eq!(loss.note_vi, "0 mất, 14 trễ, camera cong-2 mất kết nối 3 phút");
        assert_eq!(loss.note_en, "0 lost, 14 late, camera cong-2 offline 3 min");
        let all = Loss { lost: 3, lost_unexplained: 2, waiting: 5, unexplained: 1, ..Loss::default() }.told();
        assert_eq!(all.note_vi, "3 mất (2 chưa rõ lý do), 0 trễ, 5 đang chờ về, 1 lượt ra không có lượt vào");
        assert_eq!(all.note_en, "3 lost (2 unexplained), 0 late, 5 on their way, 1 out without in");
    }

    #[test]
    fn outages_that_overlap_count_once_and_only_within_the_span() {
        let minute = 60_000;
        let outage = |camera: &str, from: i64, to: i64| (camera.to_owned(), from * minute, to * minute);
        let outages =
            [outage("b", 0, 5), outage("a", 2, 6), outage("a", 4, 8), outage("a", 5, 6), outage("c", 20, 30)];
        let found = offline(&outages, 3 * minute, 10 * minute);
        let found: Vec<_> = found.iter().map(|one| (one.camera.as_str(), one.minutes)).collect();
        assert_eq!(found, [("a", 5), ("b", 2)]);
        assert_eq!(offline(&[("a".into(), 0, 10)], 0, minute)[0].minutes, 1, "a short one is not hidden");
    }

    proptest! {
        #[test]
        fn hours_add_up_to_the_day_and_inside_is_in_less_out_and_corrections(
            rows in proptest::collection::vec((0usize..3, 0i64..72, 0i64..50, 0i64..50, -5i64..5, 0i64..9, 0i64..9, -2i64..2), 0..60),
        ) {
            let gates: Vec<String> = ["a", "b", "c"].map(String::from).into();
            let hours: Vec<Hour> = rows.iter().map(|&(gate, at, people_in, people_out, people_corrected, vehicles_in, vehicles_out, vehicles_corrected)| {
                hour(&gates[gate], at, Flow { people_in, people_out, vehicles_in, vehicles_out, people_corrected, vehicles_corrected })
            }).collect();
            let by_hour = spans(&gates, &hours, 0, 72 * HOUR_MS, HOUR_MS);
            let by_day = spans(&gates, &hours, 0, 72 * HOUR_MS, 24 * HOUR_MS);
            prop_assert_eq!((by_hour.len(), by_day.len()), (3 * 72, 3 * 3));
            for day in &by_day {
                let mut sum = Flow::default();
                let within: Vec<&Span> = by_hour.iter().filter(|hour| hour.gate == day.gate && hour.from_ms >= day.from_ms && hour.to_ms <= day.to_ms).collect();
                within.iter().for_each(|hour| sum.add(&hour.flow));
                prop_assert_eq!(sum, day.flow);
                prop_assert_eq!(within.last().unwrap().inside_people, day.inside_people);
                let mut all = Flow::default();
                hours.iter().filter(|hour| hour.gate == day.gate && hour.hour_ms < day.to_ms).for_each(|hour| all.add(&hour.flow));
                prop_assert_eq!(day.inside_people, all.people_in - all.people_out + all.people_corrected);
                prop_assert_eq!(day.inside_vehicles, all.vehicles_in - all.vehicles_out + all.vehicles_corrected);
            }
        }
    }
}
