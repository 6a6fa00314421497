//! Names of sites, agents, cameras, lines: safe in topics, URLs and file names.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is no [`Name`].
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{0:?} is not a name: use 1 to 32 of a-z, 0-9 and '-', not starting or ending with '-'")]
pub struct NameError(pub String);

/// A name of a site, agent, camera, line or zone: `[a-z0-9-]`, 1–32 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// Checks and wraps `text`.
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        let fits = (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits { Ok(Self(text)) } else { Err(NameError(text)) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::new(text)
    }
}

impl std::str::FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_smuggle_a_topic_level_or_a_path() {
        for bad in ["", "a/b", "#", "+", "..", "A", "cổng", "-a", "a-", &"x".repeat(33)] {
            assert_eq!(Name::new(bad), Err(NameError(bad.to_owned())));
        }
        assert_eq!(Name::new("cong-2").unwrap().as_str(), "cong-2");
    }
}
