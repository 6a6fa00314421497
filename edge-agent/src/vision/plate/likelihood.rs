//! How probable a text is, given what one look saw, and which texts are worth asking about.

use std::collections::BTreeMap;

use wire::plate::{Country, Hint, PlateKind, look_alike, looks_military, parse};

use super::{CharChoice, PlateRead};

/// Least probability of a character that a look did not name.
const FLOOR: f32 = 1e-4;
/// Part of what a look left open that goes to characters drawn like the one it saw.
const ALIKE: f32 = 0.25;
/// A character too many or too few, natural logarithm.
const GAP: f32 = -4.6;
/// Second choices below this probability are not tried.
const WORTH_TRYING: f32 = 0.05;
/// Characters in which a composed text may differ from the nearest look.
const MOST_COMPOSED: usize = 2;
/// Texts that one vote compares, at most.
const MOST_TEXTS: usize = 96;

/// Why a text is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// A look gave it as it stands.
    Read,
    /// A look gave it after a repair.
    Repaired,
    /// No single look gave it: the best characters of several, or the second choice of one.
    Composed,
}

impl Reason {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Repaired => "repaired",
            Self::Composed => "composed",
        }
    }
}

/// What a read can never be turned into another one of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Family {
    Civil,
    Military,
    Abroad,
}

fn family(read: &PlateRead) -> Family {
    let reading = &read.reading;
    match (reading.country, reading.kind) {
        (Some(_), _) => Family::Abroad,
        (_, Some(PlateKind::Military)) => Family::Military,
        _ if looks_military(&reading.text) => Family::Military,
        _ => Family::Civil,
    }
}

/// Log-probability that a look shows `text`.
pub(super) fn log_likelihood(look: &[CharChoice], text: &str) -> f32 {
    let text: Vec<char> = text.chars().collect();
    if text.len() == look.len() {
        return look.iter().zip(&text).map(|(choice, c)| log_probability(choice, *c)).sum();
    }
    // The best way to lay the text over the look, with gaps.
    let mut row: Vec<f32> = (0..=text.len()).map(|n| n as f32 * GAP).collect();
    for choice in look {
        let mut diagonal = row[0];
        row[0] += GAP;
        for (at, c) in text.iter().enumerate() {
            let here = (diagonal + log_probability(choice, *c)).max(row[at] + GAP).max(row[at + 1] + GAP);
            diagonal = row[at + 1];
            row[at + 1] = here;
        }
    }
    row[text.len()]
}

fn log_probability(choice: &CharChoice, c: char) -> f32 {
    let named = if choice.best == c {
        Some(choice.prob)
    } else {
        choice.others.iter().find(|(other, _)| *other == c).map(|(_, p)| *p)
    };
    let open = || (1.0 - choice.prob - choice.others.iter().map(|(_, p)| p).sum::<f32>()).max(0.0);
    let p = named.unwrap_or_else(|| {
        let share = if look_alike(choice.best, c) { ALIKE } else { 1.0 / 33.0 };
        // Where no others were named, all that is left is open.
        open() * share
    });
    p.clamp(FLOOR, 1.0).ln()
}

/// The texts that the looks may show, each with its best reason.
pub(super) fn texts(reads: &[&PlateRead], weight: impl Fn(&PlateRead) -> f32) -> BTreeMap<String, Reason> {
    let mut found: BTreeMap<String, Reason> = BTreeMap::new();
    let mut add = |text: String, reason: Reason| {
        if found.len() < MOST_TEXTS || found.contains_key(&text) {
            let known = found.entry(text).or_insert(reason);
            *known = reason.min(*known);
        }
    };
    for read in reads {
        let reason = if read.reading.edits.is_empty() { Reason::Read } else { Reason::Repaired };
        add(read.reading.text.clone(), reason);
    }
    // Nothing is composed out of another country's plate: there is no grammar to hold it to.
    for of in [Family::Civil, Family::Military] {
        let group: Vec<&PlateRead> = reads.iter().copied().filter(|r| family(r) == of).collect();
        let fits = |text: &str| {
            let parse = parse(text, &Hint::default());
            parse.is_valid()
                && parse
                    .candidates
                    .iter()
                    .all(|p| (p.kind == PlateKind::Military) == (of == Family::Military))
        };
        let whole = composed(&group, &weight);
        // Looks at one plate differ in a character or two; what is far from each of them is a mixture of several plates.
        let near = |text: &str| group.iter().any(|r| differing(&r.reading.text, text) <= MOST_COMPOSED);
        if let Some(text) = whole.filter(|text| fits(text) && near(text)) {
            add(text, Reason::Composed);
        }
        for text in group.iter().flat_map(|read| second_choices(read)).filter(|text| fits(text)) {
            add(text, Reason::Composed);
        }
    }
    found
}

/// Positions in which two texts differ; the difference in length counts too.
pub(super) fn differing(a: &str, b: &str) -> usize {
    a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count() + a.len().abs_diff(b.len())
}

/// The most probable character at each position of the heaviest shape.
fn composed(reads: &[&PlateRead], weight: impl Fn(&PlateRead) -> f32) -> Option<String> {
    let shape = |read: &PlateRead| (read.characters.len(), read.lines);
    let mut shapes: BTreeMap<(usize, u8), f32> = BTreeMap::new();
    for read in reads {
        *shapes.entry(shape(read)).or_insert(0.0) += weight(read);
    }
    let (heaviest, _) = shapes.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let group: Vec<&&PlateRead> = reads.iter().filter(|r| shape(r) == heaviest).collect();
    (0..heaviest.0)
        .map(|at| {
            let mut named: Vec<char> = group
                .iter()
                .flat_map(|r| {
                    let choice = &r.characters[at];
                    std::iter::once(choice.best).chain(choice.others.iter().map(|(c, _)| *c))
                })
                .collect();
            named.sort_unstable();
            named.dedup();
            let worth = |c: char| {
                group.iter().map(|r| weight(r) * log_probability(&r.characters[at], c)).sum::<f32>()
            };
            named.into_iter().max_by(|a, b| worth(*a).total_cmp(&worth(*b)))
        })
        .collect()
}

/// The text with one character replaced by another that the look found possible.
fn second_choices(read: &PlateRead) -> impl Iterator<Item = String> + '_ {
    read.characters.iter().enumerate().flat_map(move |(at, choice)| {
        let others = choice.others.iter().filter(|(_, p)| *p >= WORTH_TRYING);
        others.map(move |(c, _)| {
            let characters = read.characters.iter().map(|choice| choice.best).enumerate();
            characters.map(|(i, best)| if i == at { *c } else { best }).collect()
        })
    })
}

/// How plausible a text is before anything was seen, natural logarithm: plates before texts that are none, plates of the
/// vehicle's group before others. Another country's plate is neither.
pub(super) fn log_prior(text: &str, hint: &Hint, country: Option<Country>) -> f32 {
    if country.is_some() {
        return -4.0;
    }
    let parse = parse(text, hint);
    let fits = |group| parse.candidates.iter().any(|p| p.kind.group().is_none_or(|g| g == group));
    match (parse.is_valid(), hint.vehicle) {
        (false, _) => -8.0,
        (true, Some(group)) if !fits(group) => -1.5,
        (true, _) => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_gives_its_own_text_the_highest_probability() {
        let mut look = CharChoice::alone("30A12345", &[0.9; 8]);
        look[4] = CharChoice { best: '2', prob: 0.6, others: vec![('Z', 0.3)] };
        let own = log_likelihood(&look, "30A12345");
        let second = log_likelihood(&look, "30A1Z345");
        let alike = log_likelihood(&look, "30A12845");
        let far = log_likelihood(&look, "51F97022");
        assert!(own > second && second > alike && alike > far, "{own} {second} {alike} {far}");
        assert!((own - second - (0.6f32 / 0.3).ln()).abs() < 1e-4);
    }

    #[test]
    fn a_missing_character_costs_one_gap() {
        let look = CharChoice::alone("30A1234", &[0.9; 7]);
        let whole = log_likelihood(&look, "30A1234");
        let longer = log_likelihood(&look, "30A12345");
        assert!((whole - longer + GAP).abs() < 1e-4, "{whole} {longer}");
        assert!(log_likelihood(&look, "").is_finite() && log_likelihood(&[], "30A").is_finite());
    }
}
