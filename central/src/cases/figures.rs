//! Numbers about reviews and what they propose. Pure.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::store::cases::figures::{Ended, Judged};

/// Known cases that a person answered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeededScore {
    /// How many.
    pub shown: u32,
    /// How many of them rightly.
    pub right: u32,
}

/// A person's own figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct ReviewerFigures {
    /// Answers given.
    pub decided: u32,
    /// Answers on ended cases that ended so.
    pub agreed: u32,
    /// Answers on ended cases that ended otherwise.
    pub disagreed: u32,
    /// Known cases.
    pub seeded: SeededScore,
    /// Median time from claim to answer, seconds.
    pub median_s: Option<i64>,
}

/// Figures of answers, all of one person. Known cases count as such from `known_until_ms` back: whoever reads their own figures after each
/// answer must not learn which one it was.
pub fn of_person<'a>(answers: impl IntoIterator<Item = &'a Judged>, known_until_ms: i64) -> ReviewerFigures {
    let (mut figures, mut took) = (ReviewerFigures::default(), Vec::new());
    for one in answers {
        figures.decided += 1;
        took.push(one.took_ms / 1000);
        if one.seeded == 1 {
            if one.at_ms < known_until_ms {
                figures.seeded.shown += 1;
                figures.seeded.right += u32::from(one.expected.as_deref() == Some(one.decision.as_str()));
            }
            continue;
        }
        let ended = match one.state.as_str() {
            "confirmed" => "approve",
            "rejected" => "reject",
            _ => continue,
        };
        match one.decision.as_str() {
            "escalate" => {}
            decision if decision == ended => figures.agreed += 1,
            _ => figures.disagreed += 1,
        }
    }
    took.sort_unstable();
    figures.median_s = took.get(took.len() / 2).copied();
    figures
}

/// Figures by person.
pub fn by_person(answers: &[Judged]) -> BTreeMap<String, ReviewerFigures> {
    let mut people: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
    for one in answers {
        people.entry(&one.username).or_default().push(one);
    }
    people.into_iter().map(|(name, answers)| (name.to_owned(), of_person(answers, i64::MAX))).collect()
}

/// A threshold that the decided cases of a kind propose. A person changes it, nothing else does.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Proposal {
    /// Kind of violation.
    pub kind: String,
    /// Least score from which so many were confirmed.
    pub score: f64,
    /// Share of confirmed ones from that score on.
    pub precision: f64,
    /// Confirmed cases that it would lose.
    pub lost: u32,
    /// Rejected cases that it would spare people.
    pub spared: u32,
    /// Decided cases that it rests on.
    pub based_on: u32,
}

/// Share of confirmed cases that a threshold should reach.
const WANTED: f64 = 0.95;
/// Fewer decided cases than this propose nothing.
const LEAST: usize = 30;

/// For each kind with enough decided cases: the lowest score from which on enough were confirmed, where it differs from taking all.
pub fn proposals(ended: &[Ended]) -> Vec<Proposal> {
    let mut kinds: BTreeMap<&str, Vec<(f64, bool)>> = BTreeMap::new();
    for one in ended {
        kinds.entry(&one.kind).or_default().push((one.score, one.state == "confirmed"));
    }
    kinds.into_iter().filter_map(|(kind, scores)| proposal(kind, scores)).collect()
}

fn proposal(kind: &str, mut scores: Vec<(f64, bool)>) -> Option<Proposal> {
    if scores.len() < LEAST {
        return None;
    }
    scores.sort_by(|a, b| a.0.total_cmp(&b.0));
    let confirmed = scores.iter().filter(|(_, yes)| *yes).count();
    let (mut lost, mut spared) = (0, 0);
    for (at, (score, yes)) in scores.iter().enumerate() {
        // Equal scores stand or fall together.
        let first_of_its_score = at == 0 || scores[at - 1].0 < *score;
        let left = scores.len() - at;
        let precision = (confirmed - lost) as f64 / left as f64;
        if first_of_its_score && precision >= WANTED && left >= LEAST / 2 {
            return (at > 0).then(|| Proposal {
                kind: kind.to_owned(),
                score: *score,
                precision,
                lost: lost as u32,
                spared,
                based_on: scores.len() as u32,
            });
        }
        lost += usize::from(*yes);
        spared += u32::from(!yes);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(decision: &str, state: &str, expected: Option<&str>, took_s: i64) -> Judged {
        Judged {
            username: "an".into(),
            decision: decision.into(),
            at_ms: 100,
            took_ms: took_s * 1000,
            state: state.into(),
            seeded: i64::from(expected.is_some()),
            expected: expected.map(str::to_owned),
        }
    }

    #[test]
    fn a_person_is_measured_by_known_cases_and_by_how_cases_ended() {
        let answers = [
            judged("approve", "confirmed", None, 30),
            judged("reject", "confirmed", None, 40),
            judged("approve", "review_2", None, 20),
            judged("escalate", "rejected", None, 10),
            judged("approve", "rejected", Some("approve"), 50),
            judged("approve", "rejected", Some("reject"), 60),
        ];
        let figures = of_person(&answers, 101);
        assert_eq!((figures.decided, figures.agreed, figures.disagreed), (6, 1, 1));
        assert_eq!(figures.seeded, SeededScore { shown: 2, right: 1 });
        assert_eq!(figures.median_s, Some(40));
        assert_eq!(of_person(&answers, 100), ReviewerFigures { seeded: SeededScore::default(), ..figures });
        assert_eq!(of_person(&[], 0).median_s, None);
    }

    #[test]
    fn a_threshold_is_proposed_where_low_scores_are_mostly_rejected() {
        let ended = |score: f64, yes: bool| Ended {
            kind: "red_light".into(),
            site: "a".into(),
            camera: "b".into(),
            score,
            state: if yes { "confirmed" } else { "rejected" }.into(),
            second: 0,
            disagreed: 0,
        };
        let mut cases: Vec<Ended> = (0..40).map(|n| ended(0.8 + f64::from(n) / 1000.0, true)).collect();
        cases.extend((0..20).map(|n| ended(0.5 + f64::from(n) / 1000.0, n % 5 == 0)));
        let proposals = proposals(&cases);
        assert_eq!(proposals.len(), 1);
        let one = &proposals[0];
        assert!(one.score > 0.5 && one.score <= 0.8 && one.precision >= WANTED, "{one:?}");
        assert_eq!((one.lost + one.spared, one.based_on), (18, 60), "{one:?}");
        assert!(super::proposals(&cases[..20]).is_empty(), "too few to say");
        assert!(super::proposals(&cases[..40]).is_empty(), "all are right as they are");
    }
}
