//! What the store and the console rely on beyond what the types say.

use super::Violation;
use crate::gate::BoundsError;

const WORD: usize = 64;
const TEXT: usize = 500;
const MANY: usize = 64;

/// Checks a violation.
///
/// # Errors
/// The first field that is out of bounds.
pub fn check_violation(violation: &Violation) -> Result<(), BoundsError> {
    let err = |field, expected| Err(BoundsError { field, expected });
    let unit = |value: f32| (0.0..=1.0).contains(&value);
    let word = |text: &str| !text.is_empty() && text.len() <= WORD;
    if !word(&violation.violation) || !word(&violation.class) || !word(&violation.source) {
        return err("violation, class, source", "a word of at most 64 bytes");
    }
    if violation.made_by.len() > TEXT
        || violation.place.vi.len() > TEXT
        || violation.place.en.len() > TEXT
        || violation.place.direction_vi.len() > TEXT
    {
        return err("made_by, place", "at most 500 bytes");
    }
    if !unit(violation.score) || !unit(violation.class_score) {
        return err("score, class_score", "0 to 1");
    }
    if violation.moments.len() > MANY
        || violation.timeline.len() > 4 * MANY
        || violation.doubts.len() > MANY
        || violation.missing.len() > MANY
    {
        return err("moments, timeline, doubts, missing", "at most 64 (timeline 256)");
    }
    if !violation.moments.iter().all(|moment| word(&moment.what) && moment.stream_s.is_finite()) {
        return err("moments", "a word and a finite time each");
    }
    if !violation.moments.windows(2).all(|two| two[0].at <= two[1].at) {
        return err("moments", "in the order of time");
    }
    if !violation.timeline.iter().all(|span| span.from <= span.to && unit(span.score)) {
        return err("timeline", "spans that end after they begin, scores 0 to 1");
    }
    if !violation.doubts.iter().chain(&violation.missing).all(|text| word(text)) {
        return err("doubts, missing", "words of at most 64 bytes");
    }
    if violation.measured.as_ref().is_some_and(|m| {
        m.type_approved
            || !word(&m.what)
            || !(m.value.is_finite() && m.uncertainty.is_finite() && m.uncertainty >= 0.0)
            || m.limit.is_some_and(|limit| !limit.is_finite())
    }) {
        return err("measured", "finite values of a meter that is not type-approved");
    }
    if violation.picture.contains(&0) {
        return err("picture", "above 0");
    }
    Ok(())
}
