//! How long texts and how large numbers of a gate's events may be: what the store and the console rely on beyond what the types say.

use thiserror::Error;

use super::event::{
    Access, Actor, CountCorrection, GuardAction, IdentityCheck, Incident, PaperEntry, Shift, SubjectKind,
    ZoneCount,
};
use super::secret::SubjectBox;
use crate::Payload;

/// Longest user name, entry id or number of a form, characters.
const ID: usize = 64;
/// Longest subject: an entry id, or `plate:` and a plate.
const SUBJECT: usize = 80;
/// Longest note of a guard, characters.
const NOTE: usize = 2000;
/// Most digests, other texts, open lanes and warnings of one question.
const MANY: usize = 256;
/// Most items handed over with a shift, and longest one, characters.
const ITEMS: (usize, usize) = (64, 120);
/// Largest closed box, bytes of base64.
const BOX: usize = 16 * 1024;
/// Most bodies, people or seconds that an event may count.
const COUNT: u32 = 1_000_000;
/// Largest correction of a count.
const CORRECTION: u64 = 100_000;
/// Longest minute that is counted, seconds.
const MINUTE: f32 = 61.0;

/// A field of an event is out of bounds.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{field} is out of bounds: expected {expected}")]
pub struct BoundsError {
    /// Which field.
    pub field: &'static str,
    /// What would be right.
    pub expected: &'static str,
}

/// Checks the events of gates and of roads; those of other kinds pass.
///
/// # Errors
/// The first field that is out of bounds.
pub fn check_event(payload: &Payload) -> Result<(), BoundsError> {
    match payload {
        Payload::Access(access) => access_event(access),
        Payload::GuardAction(action) => guard_action(action),
        Payload::Incident(incident) => incident_event(incident),
        Payload::ZoneCount(count) => zone_count(count),
        Payload::CountCorrection(correction) => count_correction(correction),
        Payload::Shift(shift) => shift_event(shift),
        Payload::PaperEntry(entry) => paper_entry(entry),
        Payload::IdentityCheck(check) => identity_check(check),
        Payload::Violation(violation) => crate::violation::check_violation(violation),
        Payload::Crossing(_) | Payload::Vehicle(_) | Payload::CameraState(_) | Payload::OutboxLoss(_) => {
            Ok(())
        }
    }
}

fn access_event(access: &Access) -> Result<(), BoundsError> {
    let ask = &access.ask;
    if let Some(vehicle) = &ask.vehicle {
        let mut texts = vehicle.text.iter().chain(&vehicle.others);
        expect(texts.all(|text| canonical(text)), "ask.vehicle.text", "1 to 16 of A-Z and 0-9")?;
        // A mean of shares may be off by a rounding.
        expect((0.0..=1.001).contains(&vehicle.score), "ask.vehicle.score", "0 to 1")?;
        let few = vehicle.others.len() <= MANY && vehicle.watch.len() <= MANY;
        expect(few, "ask.vehicle", "at most 256 other texts and 256 digests")?;
    }
    let keys = ask.person.as_ref().map_or(0, |person| person.keys.len());
    expect(keys <= MANY, "ask.person.keys", "at most 256")?;
    expect(ask.open_lanes.len() <= MANY, "ask.open_lanes", "at most 256")?;
    let decision = &access.decision;
    expect(decision.warnings.len() <= MANY, "decision.warnings", "at most 256")?;
    expect(i64::try_from(decision.list_version).is_ok(), "decision.list_version", "a version below 2^63")?;
    expect(i64::try_from(decision.list_age_s).is_ok(), "decision.list_age_s", "seconds below 2^63")?;
    for entry in decision.entry.iter().chain(&decision.driver) {
        text(entry, 1..=ID, "decision.entry", "1 to 64 characters")?;
    }
    if let Actor::Guard { user } = &access.actor {
        text(user, 1..=ID, "actor.user", "1 to 64 characters")?;
    }
    expect(access.bodies <= COUNT, "bodies", "at most a million")
}

fn guard_action(action: &GuardAction) -> Result<(), BoundsError> {
    text(&action.user, 1..=ID, "user", "1 to 64 characters")?;
    word(&action.reason, "reason")?;
    note(action.note.as_deref())?;
    action.subject.iter().try_for_each(|id| text(id, 1..=SUBJECT, "subject", "1 to 80 characters"))
}

fn incident_event(incident: &Incident) -> Result<(), BoundsError> {
    expect(incident.count <= COUNT, "count", "at most a million")?;
    let inside = match (incident.bbox, incident.picture) {
        (Some([_, _, width, height]), Some([across, down])) => {
            width >= 0 && height >= 0 && (1..=32_768).contains(&across) && (1..=32_768).contains(&down)
        }
        (Some(_), None) => false,
        (None, _) => true,
    };
    expect(inside, "box", "a box in a picture whose size is given")
}

fn zone_count(count: &ZoneCount) -> Result<(), BoundsError> {
    expect(count.most <= COUNT, "most", "at most a million")?;
    let mean = count.mean.is_finite() && count.mean >= 0.0 && count.mean <= count.most as f32 + 0.01;
    expect(mean, "mean", "a number from 0 to most")?;
    expect((0.0..=MINUTE).contains(&count.observed_s), "observed_s", "0 to 60 seconds")
}

fn count_correction(correction: &CountCorrection) -> Result<(), BoundsError> {
    text(&correction.user, 1..=ID, "user", "1 to 64 characters")?;
    word(&correction.reason, "reason")?;
    note(correction.note.as_deref())?;
    let small =
        correction.people.unsigned_abs() <= CORRECTION && correction.vehicles.unsigned_abs() <= CORRECTION;
    expect(small, "people, vehicles", "at most 100000 more or fewer")?;
    expect(correction.people != 0 || correction.vehicles != 0, "people, vehicles", "something to correct")
}

fn shift_event(shift: &Shift) -> Result<(), BoundsError> {
    for user in shift.from.iter().chain(&shift.to) {
        text(user, 1..=ID, "from, to", "1 to 64 characters")?;
    }
    note(shift.note.as_deref())?;
    let small =
        shift.items.len() <= ITEMS.0 && shift.items.iter().all(|item| item.chars().count() <= ITEMS.1);
    expect(small, "items", "at most 64 of 120 characters")?;
    let counts = [shift.people, shift.vehicles].iter().all(|count| i64::try_from(*count).is_ok());
    expect(counts, "people, vehicles", "numbers below 2^63")
}

fn paper_entry(entry: &PaperEntry) -> Result<(), BoundsError> {
    text(&entry.form, 1..=ID, "form", "1 to 64 characters")?;
    text(&entry.user, 1..=ID, "user", "1 to 64 characters")?;
    note(entry.note.as_deref())?;
    expect(i32::try_from(entry.row).is_ok(), "row", "a line of a paper form")?;
    let subject = &entry.subject;
    subject.entry.iter().try_for_each(|id| text(id, 1..=ID, "subject.entry", "1 to 64 characters"))?;
    subject.person.iter().try_for_each(sealed)?;
    let plate = subject.plate.as_deref();
    expect(plate.is_none_or(canonical), "subject.plate", "1 to 16 of A-Z and 0-9")?;
    let named = match subject.kind {
        SubjectKind::Vehicle => plate.is_some(),
        SubjectKind::Person => plate.is_none(),
    };
    expect(named, "subject.plate", "the plate of a vehicle, and of a vehicle only")
}

fn identity_check(check: &IdentityCheck) -> Result<(), BoundsError> {
    word(&check.purpose, "purpose")?;
    sealed(&check.subject)
}

fn expect(good: bool, field: &'static str, expected: &'static str) -> Result<(), BoundsError> {
    if good { Ok(()) } else { Err(BoundsError { field, expected }) }
}

fn text(
    text: &str,
    length: std::ops::RangeInclusive<usize>,
    field: &'static str,
    expected: &'static str,
) -> Result<(), BoundsError> {
    expect(length.contains(&text.chars().count()), field, expected)
}

/// A word that goes into a column of its own.
fn word(text: &str, field: &'static str) -> Result<(), BoundsError> {
    let fits = (1..=32).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
    expect(fits, field, "a word of 1 to 32 letters, digits, _ or -")
}

fn note(note: Option<&str>) -> Result<(), BoundsError> {
    note.map_or(Ok(()), |note| text(note, 0..=NOTE, "note", "at most 2000 characters"))
}

fn sealed(closed: &SubjectBox) -> Result<(), BoundsError> {
    expect(closed.size() <= BOX, "subject", "a closed box of at most 16 KiB")
}

fn canonical(text: &str) -> bool {
    (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Name;

    fn action() -> GuardAction {
        GuardAction {
            gate: Name::new("cong-a").unwrap(),
            lane: None,
            act: super::super::event::GuardAct::Open,
            access: None,
            subject: None,
            user: "bao-ve-1".into(),
            reason: "emergency_vehicle".into(),
            note: Some("xe cứu hoả".into()),
            overrides: None,
        }
    }

    fn refused(payload: Payload) -> &'static str {
        check_event(&payload).unwrap_err().field
    }

    #[test]
    fn a_guards_act_has_a_user_a_word_for_a_reason_and_a_note_of_a_page_at_most() {
        assert_eq!(check_event(&Payload::GuardAction(action())), Ok(()));
        assert_eq!(refused(Payload::GuardAction(GuardAction { user: String::new(), ..action() })), "user");
        assert_eq!(
            refused(Payload::GuardAction(GuardAction { reason: "hai từ".into(), ..action() })),
            "reason"
        );
        assert_eq!(
            refused(Payload::GuardAction(GuardAction { note: Some("ữ".repeat(2001)), ..action() })),
            "note"
        );
        let long = GuardAction { note: Some("ữ".repeat(2000)), ..action() };
        assert_eq!(check_event(&Payload::GuardAction(long)), Ok(()));
    }

    #[test]
    fn a_minute_has_sixty_seconds_and_its_mean_is_no_more_than_its_most() {
        let count = |most, mean, observed_s| {
            Payload::ZoneCount(ZoneCount { zone: Name::new("san-ga").unwrap(), most, mean, observed_s })
        };
        assert_eq!(check_event(&count(3, 2.5, 60.0)), Ok(()));
        assert_eq!(refused(count(3, 3.5, 60.0)), "mean");
        assert_eq!(refused(count(3, f32::NAN, 60.0)), "mean");
        assert_eq!(refused(count(3, 1.0, 90.0)), "observed_s");
    }

    #[test]
    fn a_correction_corrects_something_and_no_more_than_a_crowd() {
        let correction = |people, vehicles| {
            Payload::CountCorrection(CountCorrection {
                gate: Name::new("cong-a").unwrap(),
                area: Name::new("khu-a").unwrap(),
                people,
                vehicles,
                user: "bao-ve-1".into(),
                reason: "missed".into(),
                note: None,
            })
        };
        assert_eq!(check_event(&correction(-3, 0)), Ok(()));
        assert!(check_event(&correction(0, 0)).unwrap_err().to_string().contains("something to correct"));
        assert_eq!(refused(correction(i64::MIN, 0)), "people, vehicles");
    }
}
