//! The words by which guards say why: data, which a site may replace.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};
use wire::gate::GuardAct;

/// The list that comes with the program.
const OWN: &str = include_str!("../../../configs/desk-reasons.toml");

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
        toml::from_str(OWN).expect("the reasons of the program are well formed")
    }

    /// A site's own list.
    ///
    /// # Errors
    /// What is wrong with the file, and its name.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let reasons: Self = toml::from_str(&text)
            .map_err(|error| format!("{}: not a list of reasons: {}", path.display(), error.message()))?;
        match reasons.problem() {
            Some(problem) => Err(format!("{}: {problem}", path.display())),
            None => Ok(reasons),
        }
    }

    /// The first thing that keeps guards from using it.
    fn problem(&self) -> Option<String> {
        let own = Self::own();
        if let Some(what) = own.0.keys().find(|what| self.0.get(*what).is_none_or(Vec::is_empty)) {
            return Some(format!("no reason for {what}"));
        }
        if let Some(what) = self.0.keys().find(|what| !own.0.contains_key(*what)) {
            return Some(format!("{what} is nothing that guards give reasons for"));
        }
        self.0.iter().find_map(|(what, reasons)| {
            let mut codes = HashSet::new();
            reasons.iter().find_map(|reason| {
                let code = &reason.code;
                let shaped = !code.is_empty()
                    && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
                if !shaped {
                    return Some(format!("{what}: the code {code:?} is not of a-z, 0-9 and _"));
                }
                if !codes.insert(code) {
                    return Some(format!("{what}: the code {code} is there twice"));
                }
                let silent = reason.vi.trim().is_empty() || reason.en.trim().is_empty();
                silent.then(|| format!("{what}: {code} needs a Vietnamese and an English text"))
            })
        })
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
        assert_eq!(reasons.problem(), None);
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
    fn a_site_s_own_list_must_be_whole_and_clear() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("reasons.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).expect("written");
            Reasons::read(&path)
        };
        assert_eq!(read(OWN).expect("our own"), Reasons::own());
        for (text, because) in [
            ("admit = [{ code = 'x', vi = 'x', en = 'x' }]", "no reason for"),
            ("admit = ", "not a list of reasons"),
            (&OWN.replace("code = \"misread\"", "code = \"papers_good\""), "papers_good is there twice"),
            (&OWN.replace("code = \"misread\"", "code = \"Mis read\""), "not of a-z"),
            (&OWN.replace("vi = \"Đếm tay\"", "vi = \" \""), "hand_count needs a Vietnamese"),
            (&format!("{OWN}\ndance = []"), "dance is nothing"),
        ] {
            let error = read(text).expect_err(because);
            assert!(error.contains(because) && error.contains("reasons.toml"), "{error}");
        }
        assert!(Reasons::read(Path::new("not-there.toml")).expect_err("missing").contains("not-there"));
    }
}
