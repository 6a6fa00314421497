//! One repair of a read text.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// Characters that were replaced. In JSON and logs it is written `position:from→to`: `4:Z→2`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Where, from 0, in the canonical text as it was read.
    pub position: usize,
    /// What stood there; empty where something was put in.
    pub from: String,
    /// What stands there now; empty where something was taken out.
    pub to: String,
}

impl Edit {
    /// The replacements that lead from one canonical text to another: one per character in texts of equal length, else
    /// one for the whole part that differs.
    pub fn between(from: &str, to: &str) -> Vec<Self> {
        let (a, b): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
        if a.len() == b.len() {
            let changed = a.iter().zip(&b).enumerate().filter(|(_, (x, y))| x != y);
            return changed
                .map(|(position, (x, y))| Self { position, from: x.to_string(), to: y.to_string() })
                .collect();
        }
        let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
        let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
        vec![Self {
            position: head,
            from: a[head..a.len() - tail].iter().collect(),
            to: b[head..b.len() - tail].iter().collect(),
        }]
    }

    /// The text after the edits that [`Edit::between`] gave; `None` when they do not fit it.
    pub fn apply(edits: &[Self], text: &str) -> Option<String> {
        let mut characters: Vec<char> = text.chars().collect();
        for edit in edits {
            let end = edit.position.checked_add(edit.from.chars().count())?;
            if !characters.get(edit.position..end)?.iter().copied().eq(edit.from.chars()) {
                return None;
            }
            characters.splice(edit.position..end, edit.to.chars());
        }
        Some(characters.into_iter().collect())
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}→{}", self.position, self.from, self.to)
    }
}

impl Serialize for Edit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is no edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an edit is written position:from→to, for example 4:Z→2")]
pub struct EditError;

impl FromStr for Edit {
    type Err = EditError;

    /// Reads what [`Display`](fmt::Display) writes; spaces beside the separators do not matter.
    fn from_str(text: &str) -> Result<Self, EditError> {
        let (position, rest) = text.split_once(':').ok_or(EditError)?;
        let (from, to) = rest.split_once('→').ok_or(EditError)?;
        Ok(Self {
            position: position.trim().parse().map_err(|_| EditError)?,
            from: from.trim().to_owned(),
            to: to.trim().to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_edit_is_written_with_its_position_and_read_back() {
        let edits = Edit::between("30A1Z3B5", "30A12385");
        let words: Vec<String> = edits.iter().map(Edit::to_string).collect();
        assert_eq!(words, ["4:Z→2", "6:B→8"]);
        assert_eq!("6: A→4".parse(), Ok(Edit { position: 6, from: "A".into(), to: "4".into() }));
        for wrong in ["", "4", "4:Z", "x:Z→2", "-1:Z→2"] {
            assert_eq!(wrong.parse::<Edit>(), Err(EditError), "{wrong}");
        }
    }

    #[test]
    fn texts_of_other_lengths_differ_in_one_part() {
        let edit = &Edit::between("30A112345", "30A12345")[..];
        assert_eq!(edit[0].to_string(), "4:1→");
        assert_eq!(Edit::between("29A1234", "29A12345")[0].to_string(), "7:→5");
    }

    proptest! {
        #[test]
        fn edits_lead_from_one_text_to_the_other(a in "[A-Z0-9]{0,10}", b in "[A-Z0-9]{0,10}") {
            let edits = Edit::between(&a, &b);
            prop_assert_eq!(Edit::apply(&edits, &a), Some(b));
            for edit in edits {
                prop_assert_eq!(edit.to_string().parse::<Edit>(), Ok(edit));
            }
        }
    }
}
