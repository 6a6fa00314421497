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
        let expected = picture.role.media_type();
        if picture.media_type != expected {
            return Err(format!("evidence of this role must be {expected}"));
        }
        if picture.bytes as usize > picture.role.max_bytes() {
            return Err(format!("evidence of this role has at most {} bytes", picture.role.max_bytes()));
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
        Payload::Access(access) => {
            check_gate(envelope)?;
            access.reading.as_ref().map_or(Ok(()), check_reading)
        }
        Payload::Violation(violation) => {
            check_gate(envelope)?;
            violation.reading.as_ref().map_or(Ok(()), check_reading)
        }
        Payload::GuardAction(_)
        | Payload::Incident(_)
        | Payload::ZoneCount(_)
        | Payload::CountCorrection(_)
        | Payload::Shift(_)
        | Payload::PaperEntry(_)
        | Payload::IdentityCheck(_) => check_gate(envelope),
    }
}

fn check_gate(envelope: &Envelope) -> Result<(), String> {
    wire::gate::check_event(&envelope.payload).map_err(|error| error.to_string())
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
