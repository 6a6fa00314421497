//! Passages with their matches, alerts and register questions: the write side.

use sqlx::Row as _;
use wire::payload::Vehicle;
use wire::{EvidenceRef, EvidenceRole, Phase};

use super::commit::{Decided, DecidedVehicle, new_id, next_feed_id, time_source};
use super::{StoreError, Writer, alerts, lookups};
use crate::matching::watchlist::Match;

/// What writing a passage gave.
#[derive(Debug)]
pub(in crate::store) struct Written {
    /// Newest feed row; none when an older phase changed nothing.
    pub feed_id: Option<i64>,
    /// Alerts raised now.
    pub alerts: u64,
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Query(sqlx::Error::Encode(error.into())))
}

/// Writes or settles a passage and all that hangs on it.
pub(in crate::store) async fn write(
    writer: &mut Writer,
    decided: &Decided,
    vehicle: &Vehicle,
    judged: &DecidedVehicle,
    now_ms: i64,
) -> Result<Written, StoreError> {
    let envelope = decided.event.envelope();
    let id = envelope.id.to_string();
    let before = sqlx::query("select phase from passages where id = $1")
        .bind(&id)
        .fetch_optional(&mut **writer)
        .await?;
    let settled_before =
        before.map(|row| row.try_get::<String, _>(0)).transpose()?.is_some_and(|phase| phase == "settled");
    if settled_before && envelope.phase == Phase::Provisional {
        // The record is settled; the envelope itself is kept in `events`.
        return Ok(Written { feed_id: None, alerts: 0 });
    }
    let mut feed_id = next_feed_id(writer, "passage", &id, envelope.site.as_str(), now_ms).await?;
    upsert(writer, decided, vehicle, judged, feed_id).await?;
    if let Some(lookup) = &judged.lookup {
        lookups::supersede(writer, &id).await?;
        lookups::insert(writer, &id, lookup).await?;
    }
    sqlx::query("delete from matches where passage_id = $1").bind(&id).execute(&mut **writer).await?;
    for found in &judged.judgement.matches {
        insert_match(writer, &id, found, now_ms).await?;
    }
    let context = alerts::Context {
        passage_id: &id,
        site: envelope.site.as_str(),
        camera: envelope.camera.as_str(),
        plate_display: vehicle.reading.as_ref().map_or("", |reading| reading.display.as_str()),
        plate_kind: vehicle.reading.as_ref().and_then(|reading| reading.kind.as_deref()),
        plate_colour: vehicle.reading.as_ref().and_then(alerts::plate_colour),
        plate_lines: vehicle.reading.as_ref().map_or(1, |reading| i64::from(reading.lines)),
        captured_at_ms: envelope.captured.at.as_millisecond(),
        thumbnail: thumbnail(decided),
        now_ms,
    };
    let raised = alerts::raise(writer, &context, &judged.judgement.alerts).await?;
    feed_id = feed_id.max(raised.feed_id.unwrap_or(0));
    Ok(Written { feed_id: Some(feed_id), alerts: raised.count })
}

/// The picture for lists: the vehicle, else the overview, else whatever there is. Not one that will never come.
pub(in crate::store) fn thumbnail(decided: &Decided) -> Option<String> {
    let evidence = &decided.event.envelope().evidence;
    let pictures: Vec<_> = evidence.iter().filter(|one| !decided.absent.contains(&one.sha256)).collect();
    let of = |role| pictures.iter().find(|picture| picture.role == role);
    of(EvidenceRole::Vehicle)
        .or_else(|| of(EvidenceRole::Overview))
        .or(pictures.first())
        .map(|p| p.sha256.to_string())
}

/// A picture as a passage keeps it.
#[derive(serde::Serialize)]
struct Picture<'a> {
    #[serde(flatten)]
    named: &'a EvidenceRef,
    /// The agent gave it up.
    absent: bool,
}

fn pictures(decided: &Decided) -> Vec<Picture<'_>> {
    let evidence = &decided.event.envelope().evidence;
    evidence.iter().map(|named| Picture { named, absent: decided.absent.contains(&named.sha256) }).collect()
}

/// [`pictures`] as JSON.
pub(in crate::store) fn pictures_json(decided: &Decided) -> Result<String, StoreError> {
    json(&pictures(decided))
}

async fn upsert(
    writer: &mut Writer,
    decided: &Decided,
    vehicle: &Vehicle,
    judged: &DecidedVehicle,
    feed_id: i64,
) -> Result<(), StoreError> {
    let envelope = decided.event.envelope();
    let reading = vehicle.reading.as_ref();
    let answer = judged.lookup.as_ref().and_then(|lookup| lookup.answer.as_ref());
    let (lookup_id, registered) = match (&judged.lookup, &judged.prior) {
        (Some(lookup), _) => {
            let registered = answer.and_then(|answer| answer.vehicle.as_ref()).map(json).transpose()?;
            (Some(lookup.lookup_id.to_string()), registered)
        }
        (None, Some(prior)) => (Some(prior.lookup_id.clone()), prior.vehicle.clone()),
        (None, None) => (None, None),
    };
    let owner = answer.and_then(|answer| answer.owner.as_ref());
    let owner_masked = owner.map(|owner| crate::masking::mask_name(&owner.kind, &owner.name));
    sqlx::query(
        "insert into passages (id, feed_id, site, agent, camera, seq, phase, captured_at_ms, uncertainty_ms, time_source,
            received_at_ms, late, class, class_score, direction, rule, plate, plate_kind, reading, no_reading, box, picture,
            track, thumbnail, evidence, models, registry, watchlist, vehicle, owner_masked, lookup_id, plate_finding)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
            $24, $25, $26, $27, $28, $29, $30, $31, $32)
         on conflict (id) do update set feed_id = excluded.feed_id, seq = excluded.seq, phase = excluded.phase,
            captured_at_ms = excluded.captured_at_ms, uncertainty_ms = excluded.uncertainty_ms,
            time_source = excluded.time_source, received_at_ms = excluded.received_at_ms, late = excluded.late,
            class = excluded.class, class_score = excluded.class_score, direction = excluded.direction,
            rule = excluded.rule, plate = excluded.plate, plate_kind = excluded.plate_kind, reading = excluded.reading,
            no_reading = excluded.no_reading, box = excluded.box, picture = excluded.picture, track = excluded.track,
            thumbnail = excluded.thumbnail, evidence = excluded.evidence, models = excluded.models,
            registry = excluded.registry, watchlist = excluded.watchlist, vehicle = excluded.vehicle,
            owner_masked = case when passages.lookup_id = excluded.lookup_id then passages.owner_masked
                else excluded.owner_masked end,
            lookup_id = excluded.lookup_id, plate_finding = excluded.plate_finding",
    )
    .bind(envelope.id.to_string())
    .bind(feed_id)
    .bind(envelope.site.as_str())
    .bind(envelope.agent.as_str())
    .bind(envelope.camera.as_str())
    .bind(envelope.seq as i64)
    .bind(envelope.phase.as_str())
    .bind(envelope.captured.at.as_millisecond())
    .bind(i64::from(envelope.captured.uncertainty_ms))
    .bind(time_source(envelope))
    .bind(decided.event.received_at().as_millisecond())
    .bind(i64::from(decided.late))
    .bind(&vehicle.class)
    .bind(f64::from(vehicle.class_score))
    .bind(vehicle.direction.as_str())
    .bind(vehicle.rule.as_str())
    .bind(reading.map(|reading| reading.text.clone()))
    .bind(reading.and_then(|reading| reading.kind.clone()))
    .bind(reading.map(json).transpose()?)
    .bind(vehicle.no_reading.map(wire::payload::NoReading::as_str))
    .bind(json(&vehicle.bbox)?)
    .bind(json(&vehicle.picture)?)
    .bind(json(&vehicle.track)?)
    .bind(thumbnail(decided))
    .bind(json(&pictures(decided))?)
    .bind(json(&envelope.models)?)
    .bind(judged.judgement.registry.as_str())
    .bind(judged.judgement.watchlist())
    .bind(registered)
    .bind(owner_masked)
    .bind(lookup_id)
    .bind(vehicle.plate_finding.as_ref().map(json).transpose()?)
    .execute(&mut **writer)
    .await?;
    Ok(())
}

async fn insert_match(
    writer: &mut Writer,
    passage_id: &str,
    found: &Match,
    now_ms: i64,
) -> Result<(), StoreError> {
    let entry = &found.entry;
    sqlx::query(
        "insert into matches (match_id, passage_id, list, list_name_vi, list_name_en, entry_id, plate, result, distance,
            why_vi, why_en, reason_vi, reason_en, priority, added_by, added_at_ms, matched_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    )
    .bind(new_id())
    .bind(passage_id)
    .bind(&entry.list)
    .bind(&entry.list_name_vi)
    .bind(&entry.list_name_en)
    .bind(&entry.entry_id)
    .bind(&entry.plate)
    .bind(found.certainty.as_str())
    .bind(i64::from(found.distance))
    .bind(&found.why_vi)
    .bind(&found.why_en)
    .bind(&entry.reason_vi)
    .bind(&entry.reason_en)
    .bind(entry.priority.as_str())
    .bind(&entry.added_by)
    .bind(entry.added_at_ms)
    .bind(now_ms)
    .execute(&mut **writer)
    .await?;
    Ok(())
}
