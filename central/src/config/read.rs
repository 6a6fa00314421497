//! Reads the file so that one faulty line does not hide the others.

use super::Config;

/// Most faulty lines that are looked for.
const MOST_PROBLEMS: usize = 50;

/// Reads the text, and all that is wrong with it: a faulty line (or the table under a faulty header) is noted, blanked, and the
/// rest is read again.
pub(super) fn parse(text: &str) -> (Option<Config>, Vec<String>) {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut problems = Vec::new();
    while problems.len() < MOST_PROBLEMS {
        let rest = lines.join("\n");
        let error = match toml::from_str(&rest) {
            Ok(config) => return (Some(config), problems),
            Err(error) => error,
        };
        let start = error.span().map_or(0, |span| span.start.min(rest.len()));
        let at = rest[..start].matches('\n').count();
        problems.push(format!("line {}: {}", at + 1, error.message().trim_end()));
        let Some(line) = lines.get(at).filter(|line| !line.trim().is_empty()) else { break };
        let is_header = |line: &str| line.trim_start().starts_with('[');
        let end = if is_header(line) {
            lines[at + 1..].iter().position(|line| is_header(line)).map_or(lines.len(), |next| at + 1 + next)
        } else {
            at + 1
        };
        lines[at..end].fill("");
    }
    (None, problems)
}
