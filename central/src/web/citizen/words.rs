//! What the page says about a case: words of `data/handling/citizen.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::handling::State;

/// Words of one or several states.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateWords {
    state: Vec<State>,
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
    /// What the citizen does now.
    pub next: Option<String>,
}

/// Words in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Both {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Rights and duties, a line each.
    pub rights_vi: String,
    /// The same, English.
    pub rights_en: String,
    /// Somebody else is liable by now.
    pub passed_on: Both,
    state: Vec<StateWords>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    // Part of the program; a test reads it.
    toml::from_str(include_str!("../../../data/handling/citizen.toml"))
        .unwrap_or_else(|error| panic!("data/handling/citizen.toml: {error}"))
});

/// All words.
pub fn words() -> &'static Words {
    &WORDS
}

/// Words of a state.
pub fn of(state: State) -> Option<&'static StateWords> {
    words().state.iter().find(|row| row.state.contains(&state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_told_once_in_both_languages() {
        for state in State::ALL {
            let rows = words().state.iter().filter(|row| row.state.contains(state));
            let told: Vec<_> = rows.map(|row| (!row.vi.is_empty(), !row.en.is_empty())).collect();
            assert_eq!(told, [(true, true)], "{state:?}");
        }
        let next = ["answer", "explain", "pay", "wait"];
        assert!(words().state.iter().all(|row| row.next.as_deref().is_none_or(|word| next.contains(&word))));
        assert!(words().rights_vi.lines().count() == words().rights_en.lines().count());
    }
}
