//! The bounds that the store and the console rely on, beyond what the types of an envelope already say.

use wire::payload::{PlateReading, Vehicle};
use wire::{Envelope, Payload};

/// Most pictures that one event may name.
const MAX_EVIDENCE: usize = 16;

/// Says which field of a signed envelope is out of bounds.
pub(super) fn check_bounds(envelope: &Envelope) -> Result<(), String> {
    if envelope.seq == 0 || i64::try_from(envelope.seq).is_err() {
        return Err(format!("seq {} is out of range", envelope.seq));
    }
    if envelope.evidence.len() > MAX_EVIDENCE {
        return Err(format!("{} pictures, at most {MAX_EVIDENCE} are allowed", envelope.evidence.len()));
    }
    for picture in &envelope.evidence {
        if picture.media_type != "image/jpeg" {
            return Err("evidence must be image/jpeg".to_owned());
        }
    }
    match &envelope.payload {
        Payload::Crossing(crossing) => word("class", &crossing.class),
        Payload::Vehicle(vehicle) => check_vehicle(vehicle),
        Payload::OutboxLoss(loss) => match loss.seqs.iter().find(|[low, high]| low > high || *low == 0) {
            Some([low, high]) => Err(format!("[{low}, {high}] is not a range of sequence numbers")),
            None => Ok(()),
        },
        Payload::CameraState(_) => Ok(()),
        Payload::Access(access) => check_access(access),
        Payload::GuardAction(act) => {
            texts(
                &[
                    ("user", Some(&act.user)),
                    ("reason", Some(&act.reason)),
                    ("subject", act.subject.as_ref()),
                ],
                64,
            )?;
            texts(&[("note", act.note.as_ref())], 2000)
        }
        Payload::Incident(_) => Ok(()),
        Payload::ZoneCount(count) => {
            let fits = count.mean.is_finite() && (0.0..=120.0).contains(&count.observed_s);
            if fits { Ok(()) } else { Err("mean or observed_s is out of range".to_owned()) }
        }
        Payload::CountCorrection(correction) => {
            if correction.people.abs() > MOST_CORRECTED || correction.vehicles.abs() > MOST_CORRECTED {
                return Err(format!("a correction by more than {MOST_CORRECTED}"));
            }
            texts(&[("user", Some(&correction.user)), ("reason", Some(&correction.reason))], 64)?;
            texts(&[("note", correction.note.as_ref())], 2000)
        }
        Payload::Shift(shift) => {
            texts(&[("from", shift.from.as_ref()), ("to", shift.to.as_ref())], 64)?;
            let items: Vec<_> = shift.items.iter().map(|item| ("items", Some(item))).collect();
            texts(&items, 200)?;
            texts(&[("note", shift.note.as_ref())], 4000)
        }
        Payload::PaperEntry(paper) => {
            texts(
                &[
                    ("form", Some(&paper.form)),
                    ("user", Some(&paper.user)),
                    ("entry", paper.subject.entry.as_ref()),
                ],
                64,
            )?;
            paper.subject.plate.iter().try_for_each(|plate| canonical(plate))?;
            texts(&[("note", paper.note.as_ref())], 2000)
        }
        Payload::IdentityCheck(check) => word("purpose", &check.purpose),
    }
}

/// Largest correction of a count by hand.
const MOST_CORRECTED: i64 = 100_000;
/// Most bodies that went through on one decision.
const MOST_BODIES: u32 = 1_000;

fn check_access(access: &wire::gate::Access) -> Result<(), String> {
    if access.bodies > MOST_BODIES {
        return Err(format!("{} bodies on one decision", access.bodies));
    }
    let vehicle = access.ask.vehicle.as_ref();
    vehicle
        .into_iter()
        .flat_map(|vehicle| vehicle.text.iter().chain(&vehicle.others))
        .try_for_each(|text| canonical(text))?;
    let decision = &access.decision;
    texts(&[("entry", decision.entry.as_ref()), ("driver", decision.driver.as_ref())], 64)?;
    access.reading.as_ref().map_or(Ok(()), check_reading)
}

fn texts(fields: &[(&str, Option<&String>)], most: usize) -> Result<(), String> {
    let long = fields.iter().find(|(_, text)| text.is_some_and(|text| text.chars().count() > most));
    long.map_or(Ok(()), |(field, _)| Err(format!("{field} has more than {most} characters")))
}

fn canonical(text: &str) -> Result<(), String> {
    let fits =
        (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if fits { Ok(()) } else { Err("a plate text is not canonical (1 to 16 of A-Z and 0-9)".to_owned()) }
}

fn check_vehicle(vehicle: &Vehicle) -> Result<(), String> {
    word("class", &vehicle.class)?;
    if let Some(finding) = &vehicle.plate_finding {
        word("plate_finding.kind", &finding.kind)?;
    }
    vehicle.reading.as_ref().map_or(Ok(()), check_reading)
}

fn check_reading(reading: &PlateReading) -> Result<(), String> {
    std::iter::once(&reading.text)
        .chain(reading.candidates.iter().map(|candidate| &candidate.text))
        .try_for_each(|text| canonical(text))?;
    if reading.display.chars().count() > 32 {
        return Err("reading.display is too long".to_owned());
    }
    if !(1..=2).contains(&reading.lines) {
        return Err(format!("a plate has 1 or 2 lines, not {}", reading.lines));
    }
    let colour = reading.colour.as_ref().map(|colour| colour.value.as_str());
    let words = [
        ("reading.kind", reading.kind.as_deref()),
        ("reading.colour", colour),
        ("reading.class", reading.class.as_deref()),
        ("reading.country", reading.country.as_deref()),
    ];
    words.into_iter().try_for_each(|(field, text)| text.map_or(Ok(()), |text| word(field, text)))
}

/// A word that goes into a column of its own: short, and nothing but letters, digits, `_` and `-`.
fn word(field: &str, text: &str) -> Result<(), String> {
    let fits = (1..=32).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if fits { Ok(()) } else { Err(format!("{field} is not a word of 1 to 32 letters")) }
}
