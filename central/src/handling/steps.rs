//! The table of steps, `data/handling/steps.toml`: who may take which step from where, where it leads, on which legal basis. It is
//! part of the program: the machine takes no step that the table does not have, and the console draws its forms from it.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::state::State;

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// An officer who handles cases (`traffic_police`).
    Officer,
    /// A commander who signs (`police_signer`).
    Signer,
    /// Either of them.
    Either,
    /// Whoever is liable, signed in on the public page.
    Citizen,
    /// Central itself: timers, registers, callbacks.
    System,
}

impl Who {
    /// Whether an actor of this kind may take a step for `self`.
    pub fn admits(self, actor: Self) -> bool {
        self == actor || (self == Self::Either && matches!(actor, Self::Officer | Self::Signer))
    }
}

/// A field of a step's form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Key in the request.
    pub name: String,
    /// `text`, `longtext`, `date`, `money`, `number`, `select` or `acts` (one amount per act).
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// Label, Vietnamese.
    pub vi: String,
    /// Label, English.
    pub en: String,
    /// Words that a `select` takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Personal: kept sealed, never in the log.
    #[serde(default)]
    pub person: bool,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Name: the action in the API, the word in the log.
    pub name: String,
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
    /// Who may take it.
    pub who: Who,
    /// States that it starts from.
    pub from: Vec<State>,
    /// States that it may lead to.
    pub to: Vec<State>,
    /// Legal basis, written into the log.
    pub basis: String,
    /// Whether it is a signature.
    #[serde(default)]
    pub signature: bool,
    /// Whether the console asks twice.
    #[serde(default)]
    pub danger: bool,
    /// Its form.
    #[serde(default)]
    pub fields: Vec<Field>,
}

#[derive(Deserialize)]
struct File {
    step: Vec<Step>,
}

static STEPS: LazyLock<Vec<Step>> = LazyLock::new(|| {
    // Part of the program; a test reads it.
    toml::from_str::<File>(include_str!("../../data/handling/steps.toml"))
        .unwrap_or_else(|error| panic!("data/handling/steps.toml: {error}"))
        .step
});

/// All steps, in the order of the file.
pub fn all() -> &'static [Step] {
    &STEPS
}

/// The step of this name.
pub fn named(name: &str) -> Option<&'static Step> {
    all().iter().find(|step| step.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_step_has_its_words_basis_and_states() {
        let mut names = BTreeSet::new();
        for step in all() {
            assert!(names.insert(&step.name), "{} stands twice", step.name);
            assert!(!step.vi.is_empty() && !step.en.is_empty() && !step.basis.is_empty(), "{}", step.name);
            assert!(!step.to.is_empty(), "{}", step.name);
            assert!(step.from.iter().all(|state| !state.is_final()), "{} leaves a final state", step.name);
            assert!(!step.signature || step.who == Who::Signer, "{}: only commanders sign", step.name);
        }
    }

    #[test]
    fn every_state_can_be_reached_and_every_open_one_left() {
        for state in State::ALL {
            assert!(all().iter().any(|step| step.to.contains(state)), "{} is never reached", state.as_str());
            let left =
                all().iter().any(|step| step.from.contains(state) && step.to.iter().any(|to| to != state));
            assert_eq!(left, !state.is_final(), "{}", state.as_str());
            assert_eq!(State::parse(state.as_str()), Some(*state));
        }
    }

    #[test]
    fn only_people_take_legal_acts() {
        for state in [
            State::NoticeSigned,
            State::MinutesSigned,
            State::DecisionSigned,
            State::Voided,
            State::Enforcement,
        ] {
            for step in all().iter().filter(|step| step.to.contains(&state) && !step.from.contains(&state)) {
                let after_minutes = step.from == [State::Explanation];
                assert!(step.who != Who::System || after_minutes, "{} is no act of a person", step.name);
            }
        }
    }
}
