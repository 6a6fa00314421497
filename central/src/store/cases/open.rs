//! A violation becomes a case: in the commit of its event, or when a third party sent it.

use jiff::Timestamp;
use sqlx::Row as _;
use uuid::Uuid;
use wire::violation::{Kind, Violation};
use wire::{EvidenceRef, ModelRef, Phase, TimeSource};

use super::super::commit::Decided;
use super::{StoreError, Writer, encode};
use crate::cases::flags;

/// What a case is opened from.
#[derive(Debug)]
pub struct NewCase<'a> {
    /// The agent's event.
    pub event_id: Option<String>,
    /// The third party's id.
    pub external_id: Option<&'a str>,
    /// Site.
    pub site: &'a str,
    /// Camera.
    pub camera: &'a str,
    /// Agent.
    pub agent: Option<&'a str>,
    /// When it happened.
    pub at: Timestamp,
    /// Half-width of the interval that holds that moment.
    pub uncertainty_ms: u32,
    /// How the time was found.
    pub time_source: TimeSource,
    /// When central got it, milliseconds.
    pub received_at_ms: i64,
    /// The violation.
    pub violation: &'a Violation,
    /// Evidence that is stored.
    pub evidence: &'a [EvidenceRef],
    /// Models.
    pub models: &'a [ModelRef],
    /// Decision behind the sign, where no scene of central tells it.
    pub sign_decision: Option<&'a str>,
}

/// The word of a time's source.
pub fn time_source(source: TimeSource) -> &'static str {
    match source {
        TimeSource::Rtcp => "rtcp",
        TimeSource::Arrival => "arrival",
        TimeSource::File => "file",
    }
}

/// Reads [`time_source`].
pub fn time_source_of(word: &str) -> TimeSource {
    match word {
        "rtcp" => TimeSource::Rtcp,
        "arrival" => TimeSource::Arrival,
        _ => TimeSource::File,
    }
}

/// Opens the case of a settled violation event within its commit. A provisional one opens none.
pub(in crate::store) async fn of_event(
    writer: &mut Writer,
    decided: &Decided,
    violation: &Violation,
    now_ms: i64,
) -> Result<Option<String>, StoreError> {
    let envelope = decided.event.envelope();
    if envelope.phase != Phase::Settled {
        return Ok(None);
    }
    let kept: Vec<EvidenceRef> =
        envelope.evidence.iter().filter(|one| !decided.absent.contains(&one.sha256)).cloned().collect();
    let new = NewCase {
        event_id: Some(envelope.id.to_string()),
        external_id: None,
        site: envelope.site.as_str(),
        camera: envelope.camera.as_str(),
        agent: Some(envelope.agent.as_str()),
        at: envelope.captured.at,
        uncertainty_ms: envelope.captured.uncertainty_ms,
        time_source: envelope.captured.source,
        received_at_ms: decided.event.received_at().as_millisecond(),
        violation,
        evidence: &kept,
        models: &envelope.models,
        sign_decision: None,
    };
    insert(writer, &new, now_ms).await.map(Some)
}

/// The next number of a year.
pub(super) async fn next_number(writer: &mut Writer, at: Timestamp) -> Result<String, StoreError> {
    let row = sqlx::query(
        "insert into case_numbers (year, last) values ($1, 1)
         on conflict (year) do update set last = case_numbers.last + 1 returning last",
    )
    .bind(i64::from(crate::law::day_of(at).year()))
    .fetch_one(&mut **writer)
    .await?;
    Ok(flags::number(at, row.try_get(0)?))
}

/// Writes a detected case. Returns its id.
pub(in crate::store) async fn insert(
    writer: &mut Writer,
    new: &NewCase<'_>,
    now_ms: i64,
) -> Result<String, StoreError> {
    let case_id = Uuid::now_v7().to_string();
    let number = next_number(writer, new.at).await?;
    let violation = new.violation;
    let reading = violation.reading.as_ref();
    let serious = Kind::parse(&violation.violation).and_then(Kind::facts).is_some_and(|facts| facts.serious);
    sqlx::query(
        "insert into cases (case_id, number, event_id, source, external_id, site, camera, agent, kind, class, at_ms,
            uncertainty_ms, time_source, received_at_ms, opened_at_ms, score, place_vi, place_en, state, round, serious, second,
            escalated, plate, plate_display, plate_colour, violation, evidence, models, flags, related, seeded, changed_at_ms,
            sign_decision)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 'detected', 1, $19, 1, 0,
            $20, $21, $22, $23, $24, $25, '[]', '{}', 0, $15, $26)",
    )
    .bind(&case_id)
    .bind(&number)
    .bind(&new.event_id)
    .bind(&violation.source)
    .bind(new.external_id)
    .bind(new.site)
    .bind(new.camera)
    .bind(new.agent)
    .bind(&violation.violation)
    .bind(&violation.class)
    .bind(new.at.as_millisecond())
    .bind(i64::from(new.uncertainty_ms))
    .bind(time_source(new.time_source))
    .bind(new.received_at_ms)
    .bind(now_ms)
    .bind(f64::from(violation.score))
    .bind(&violation.place.vi)
    .bind(&violation.place.en)
    .bind(i64::from(serious))
    .bind(reading.map(|reading| reading.text.as_str()))
    .bind(reading.map(|reading| reading.display.as_str()))
    .bind(reading.and_then(|reading| reading.colour.as_ref()).map(|colour| colour.value.as_str()))
    .bind(encode(violation)?)
    .bind(encode(&new.evidence)?)
    .bind(encode(&new.models)?)
    .bind(new.sign_decision)
    .execute(&mut **writer)
    .await?;
    insert_evidence(writer, &case_id, new.evidence).await?;
    Ok(case_id)
}

/// Names a case's files, for whoever asks for one.
pub(super) async fn insert_evidence(
    writer: &mut Writer,
    case_id: &str,
    evidence: &[EvidenceRef],
) -> Result<(), StoreError> {
    for one in evidence {
        let role = serde_json::to_value(one.role).ok().and_then(|role| role.as_str().map(str::to_owned));
        sqlx::query(
            "insert into case_evidence (case_id, sha256, role) values ($1, $2, $3) on conflict (case_id, sha256, role) do nothing",
        )
        .bind(case_id)
        .bind(one.sha256.to_string())
        .bind(role.unwrap_or_default())
        .execute(&mut **writer)
        .await?;
    }
    Ok(())
}
