//! What can be configured about cases. No key here, or anywhere, lets a case be confirmed without people: which people must agree is
//! decided in [`super::review`], out of what they did. Keys can only ask for more of them.

use std::path::PathBuf;

use serde::Deserialize;

/// Cases of violations and their review.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cases {
    /// A claimed case is its reviewer's for so many minutes since the last sign of work.
    pub lease_minutes: u32,
    /// A case whose score is below goes to a second person, 0 to 1.
    pub low_score: f64,
    /// A behaviour whose highest fine is above so much goes to a second person, VND.
    pub second_from_vnd: i64,
    /// Two cases of one plate, kind and site within so many seconds are one act.
    pub duplicate_s: u32,
    /// Faster than this between two places, one plate is on two vehicles, km/h.
    pub impossible_kmh: f64,
    /// From and to which hour, Vietnam's, a car's colour in the picture is set beside the registered one: lamps paint everything red at night.
    pub colour_hours: [i8; 2],
    /// Plates of vehicles that rules do not bind on duty, canonical: their cases are marked, and two people must agree.
    pub exempt_plates: Vec<String>,
    /// Ranks of traffic police accounts to which cases may be escalated.
    pub senior_ranks: Vec<String>,
    /// Purpose code of owner look-ups in a review.
    pub owner_purpose: String,
    /// Evidence and plates of rejected, void, expired and duplicate cases are deleted so many days after their end.
    pub rejected_days: u32,
    /// The same of inadmissible ones. Their figures stay.
    pub inadmissible_days: u32,
}

impl Default for Cases {
    fn default() -> Self {
        Self {
            lease_minutes: 10,
            low_score: 0.75,
            second_from_vnd: 10_000_000,
            duplicate_s: 120,
            impossible_kmh: 180.0,
            colour_hours: [7, 17],
            exempt_plates: Vec::new(),
            senior_ranks: ["team_chief", "commune_chief", "division_head", "provincial_director"]
                .map(str::to_owned)
                .into(),
            owner_purpose: "TRAFFIC_VIOLATION".to_owned(),
            rejected_days: 30,
            inadmissible_days: 30,
        }
    }
}

/// Third parties whose detections are taken.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Adapter {
    /// One per third party.
    pub source: Vec<Source>,
}

/// A third party.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its id, as it names itself in `x-source`: a name, and not `own`.
    pub id: String,
    /// Environment variable with the secret that both know, at least 32 characters.
    pub secret_env: Option<String>,
    /// File with it.
    pub secret_file: Option<PathBuf>,
    /// Sites whose cameras it may speak of.
    pub sites: Vec<String>,
    /// Messages that it may send in a minute.
    #[serde(default = "per_minute")]
    pub per_minute: u32,
}

fn per_minute() -> u32 {
    120
}

impl Cases {
    /// What cannot work, each with its key and what to do.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut bad = |condition: bool, text: &str| {
            if condition {
                problems.push(format!("cases.{text}"));
            }
        };
        bad(!(1..=60).contains(&self.lease_minutes), "lease_minutes: use 1 to 60");
        bad(!(0.0..=1.0).contains(&self.low_score), "low_score: use 0 to 1");
        bad(self.second_from_vnd < 0, "second_from_vnd: use 0 or more");
        bad(!(1..=3600).contains(&self.duplicate_s), "duplicate_s: use 1 to 3600");
        bad(!(60.0..=1000.0).contains(&self.impossible_kmh), "impossible_kmh: use 60 to 1000");
        let [from, to] = self.colour_hours;
        bad(
            !(0 <= from && from <= to && to <= 24),
            "colour_hours: two hours of a day, 0 to 24, the first not after the second; [0, 0] for never",
        );
        bad(
            self.exempt_plates
                .iter()
                .any(|plate| plate.is_empty() || wire::plate::normalise(plate) != *plate),
            "exempt_plates: write plates in capitals and digits alone, such as 30A12345",
        );
        bad(
            self.senior_ranks.is_empty(),
            "senior_ranks: name at least one rank, or no case could be escalated",
        );
        bad(self.owner_purpose.is_empty(), "owner_purpose: the register refuses questions without a purpose");
        bad(
            self.rejected_days == 0 || self.inadmissible_days == 0,
            "rejected_days and inadmissible_days: use at least 1",
        );
        problems
    }
}

impl Adapter {
    /// What cannot work.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        for (at, source) in self.source.iter().enumerate() {
            let mut bad = |condition: bool, text: &str| {
                if condition {
                    problems.push(format!("adapter.source[{at}]: {text}"));
                }
            };
            bad(
                wire::Name::new(&source.id).is_err() || source.id == "own",
                "id: a name in [a-z0-9-] other than own",
            );
            bad(self.source.iter().filter(|other| other.id == source.id).count() > 1, "id: used twice");
            bad(
                source.secret_env.is_some() == source.secret_file.is_some(),
                "set secret_env or secret_file (one of them)",
            );
            bad(source.sites.is_empty(), "sites: name the sites whose cameras it may speak of");
            bad(source.per_minute == 0, "per_minute: use at least 1");
        }
        problems
    }

    /// The third party of this id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.source.iter().find(|source| source.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever adds a key here thinks about whether it could spare a person. None may.
    #[test]
    fn no_key_of_the_configuration_spares_a_reviewer() {
        let known = [
            "lease_minutes",
            "low_score",
            "second_from_vnd",
            "duplicate_s",
            "impossible_kmh",
            "colour_hours",
            "exempt_plates",
            "senior_ranks",
            "owner_purpose",
            "rejected_days",
            "inadmissible_days",
        ];
        let error = toml::from_str::<Cases>("auto_confirm = true").unwrap_err().to_string();
        let offered: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        assert_eq!(offered, known, "{error}");
        for word in ["auto", "skip", "dwell", "reviewers", "second_enabled", "blind"] {
            assert!(!known.iter().any(|key| key.contains(word)), "{word}");
        }
    }

    #[test]
    fn what_cannot_work_is_named() {
        let cases = Cases {
            lease_minutes: 0,
            low_score: 2.0,
            exempt_plates: vec!["30A-123.45".into()],
            senior_ranks: Vec::new(),
            ..Cases::default()
        };
        let problems = cases.problems().join("\n");
        for key in ["lease_minutes", "low_score", "exempt_plates", "senior_ranks"] {
            assert!(problems.contains(key), "{key}: {problems}");
        }
        assert_eq!(Cases::default().problems(), Vec::<String>::new());
        let adapter: Adapter =
            toml::from_str("[[source]]\nid = \"own\"\nsites = []\n[[source]]\nid = \"a\"\nsites = [\"x\"]\nsecret_env = \"A\"\n")
                .unwrap();
        let problems = adapter.problems().join("\n");
        for text in ["[0]: id", "secret_env or", "[0]: sites"] {
            assert!(problems.contains(text), "{problems}");
        }
        assert!(!problems.contains("[1]"));
    }
}
