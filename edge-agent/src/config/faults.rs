//! Reads a configuration text and finds all that is wrong with it, not the first fault only.

use std::collections::HashSet;

use serde::de::DeserializeOwned;

/// Most faulty lines that are looked for.
const MOST: usize = 50;

/// The configuration, as far as it could be read, and every faulty line: it is noted, blanked, and the rest is read again.
/// In the order of the text; what the file as a whole lacks comes last.
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<String>) {
    let (config, mut problems) = find(text);
    problems.sort();
    (config, problems.into_iter().map(|(_, problem)| problem).collect())
}

/// The same in the order found, each with its line counted from 0.
fn find<T: DeserializeOwned>(text: &str) -> (Option<T>, Vec<(usize, String)>) {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut problems = Vec::new();
    let mut blanked = HashSet::new();
    while problems.len() < MOST {
        let rest = lines.join("\n");
        let error = match toml::from_str(&rest) {
            Ok(config) => return (Some(config), problems),
            Err(error) => error,
        };
        let is_toml = rest.parse::<toml::Table>().is_ok();
        if !is_toml && !problems.is_empty() {
            // A blanked line has left half a value behind: what that breaks is no fault of its own.
            break;
        }
        let start = error.span().map_or(0, |span| span.start.min(rest.len()));
        let at = rest[..start].matches('\n').count();
        let said = error.message().trim_end();
        let missing = said.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        if missing.is_some_and(|field| blanked.contains(field)) {
            break;
        }
        // What the file as a whole lacks has no line.
        let whole = missing.is_some() && start == 0;
        problems.push(if whole {
            (usize::MAX, said.to_owned())
        } else {
            (at, format!("line {}: {said}", at + 1))
        });
        let line = lines.get(at).copied().unwrap_or_default().trim();
        if !is_toml || missing.is_some() || line.is_empty() {
            break;
        }
        match line.trim_matches(['[', ']']) {
            // A table goes with everything in it, also with its own tables.
            table if line.starts_with('[') => {
                let within = |line: &str| {
                    let header = line.trim();
                    let name = header.trim_matches(['[', ']']);
                    !header.starts_with('[')
                        || name.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
                };
                let end = lines[at + 1..].iter().position(|line| !within(line));
                let end = end.map_or(lines.len(), |next| at + 1 + next);
                lines[at..end].fill("");
            }
            _ => {
                blanked.extend(line.split('=').next().map(str::trim));
                lines[at] = "";
            }
        }
    }
    (None, problems)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Outer {
        number: u32,
        name: String,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        size: u32,
    }

    fn problems(text: &str) -> Vec<String> {
        parse::<Outer>(text).1
    }

    #[test]
    fn every_faulty_line_is_told_with_its_number() {
        let text = "number = 1\nname = \"a\"\nextra = 2\n[table]\nx = 1\n[table.deep]\n[[inner]]\nsize = 1\nother = 3\n";
        let problems = problems(text);
        assert_eq!(problems.len(), 3, "{problems:?}");
        for (problem, word) in problems.iter().zip(["line 3", "line 4", "line 9"]) {
            assert!(problem.contains(word), "{problems:?}");
        }
    }

    #[test]
    fn one_fault_is_not_told_as_two() {
        assert_eq!(problems("number = \"one\"\nname = \"a\"\n").len(), 1);
        assert_eq!(problems("number = 1\nname = [\n 1,\n]\n").len(), 1);
        assert_eq!(problems("number = 1\nname = \n").len(), 1);
        assert_eq!(problems("number = 1\n"), ["missing field `name`"]);
    }

    #[test]
    fn a_good_text_is_read() {
        assert!(parse::<Outer>("number = 1\nname = \"a\"\n").0.is_some());
    }
}
