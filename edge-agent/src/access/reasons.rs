//! The words by which guards say why: data, which a site may replace.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use wire::gate::GuardAct;

/// The list that comes with the program.
const OWN: &str = include_str!("../../data/reasons.json");

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Word in events, snake case.
    pub code: String,
    /// For people, Vietnamese.
    pub vi: String,
    /// For people, English.
    pub en: String,
}

/// Reasons by what they are for: the words of [`GuardAct`], and `correction`. Acts that end something share the list of what they end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Reasons(BTreeMap<String, Vec<Reason>>);

impl Reasons {
    /// The list that comes with the program.
    ///
    /// # Panics
    /// Never: a test reads it.
    pub fn own() -> Self {
        #[allow(clippy::expect_used)]
        serde_json::from_str(OWN).expect("the reasons of the program are well formed")
    }

    /// A site's own list.
    ///
    /// # Errors
    /// What is wrong with the file, and its name.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let reasons: Self = serde_json::from_str(&text)
            .map_err(|error| format!("{}: not a list of reasons: {error}", path.display()))?;
        let own = Self::own();
        match own.0.keys().find(|what| reasons.0.get(*what).is_none_or(Vec::is_empty)) {
            Some(what) => Err(format!("{}: no reason for {what}", path.display())),
            None => Ok(reasons),
        }
    }

    /// Reasons of one kind.
    pub fn of(&self, what: &str) -> &[Reason] {
        self.0.get(what).map_or(&[], Vec::as_slice)
    }

    /// Whether `code` may be given for an act.
    pub fn allows(&self, act: GuardAct, code: &str) -> bool {
        let what = match act {
            GuardAct::Release => "hold",
            GuardAct::EmergencyEnd => "emergency_open",
            GuardAct::MusterEnd | GuardAct::Accounted => "muster",
            other => other.as_str(),
        };
        self.of(what).iter().any(|reason| reason.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_act_has_reasons_in_two_languages() {
        let reasons = Reasons::own();
        for what in [
            "admit",
            "deny",
            "wait",
            "open",
            "hold",
            "emergency_open",
            "papers_checked",
            "escort",
            "forgive",
            "muster",
            "correction",
        ] {
            assert!(!reasons.of(what).is_empty(), "{what}");
            assert!(reasons.of(what).iter().all(|r| !r.vi.is_empty() && !r.en.is_empty()), "{what}");
        }
        assert!(reasons.allows(GuardAct::Release, &reasons.of("hold")[0].code));
        assert!(!reasons.allows(GuardAct::Admit, "because"));
    }

    #[test]
    fn a_site_cannot_leave_an_act_without_a_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("reasons.json");
        std::fs::write(&path, r#"{"admit":[{"code":"x","vi":"x","en":"x"}]}"#).expect("written");
        assert!(Reasons::read(&path).expect_err("incomplete").contains("no reason for"));
        std::fs::write(&path, "{").expect("written");
        assert!(Reasons::read(&path).expect_err("broken").contains("not a list of reasons"));
    }
}
