//! The write side of events at gates, inside the one commit.

use sqlx::Row as _;
use uuid::Uuid;
use wire::gate::{
    Access, AccessOutcome, Actor, CountCorrection, GuardAct, GuardAction, IdentityCheck, Incident,
    PaperEntry, Shift, SubjectKind, ZoneCount,
};
use wire::{Envelope, Phase};

use super::super::alerts::{self, IncidentAlert};
use super::super::commit::{Decided, next_feed_id};
use super::super::passages::{pictures_json, thumbnail};
use super::super::{StoreError, Writer};
use super::movements::{self, Dirty};
use crate::gates::movement;

/// What writing gave.
#[derive(Debug, Default)]
pub(in crate::store) struct Written {
    /// Newest feed row, where one was made.
    pub feed_id: Option<i64>,
    /// Alerts raised.
    pub alerts: u64,
}

fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Query(sqlx::Error::Encode(error.into())))
}

/// Writes or settles a decision.
pub(in crate::store) async fn access(
    writer: &mut Writer,
    decided: &Decided,
    access: &Access,
    dirty: &mut Dirty,
    now_ms: i64,
) -> Result<Written, StoreError> {
    let envelope = decided.event.envelope();
    let (id, site) = (envelope.id.to_string(), envelope.site.as_str());
    let before = sqlx::query("select phase from accesses where id = $1")
        .bind(&id)
        .fetch_optional(&mut **writer)
        .await?;
    let settled =
        before.map(|row| row.try_get::<String, _>(0)).transpose()?.is_some_and(|word| word == "settled");
    if settled && envelope.phase == Phase::Provisional {
        return Ok(Written::default());
    }
    let newest = sqlx::query_scalar::<_, i64>("select version from gate_sites where site = $1")
        .bind(site)
        .fetch_optional(&mut **writer)
        .await?
        .unwrap_or(0);
    let older = i64::try_from(access.decision.list_version).unwrap_or(i64::MAX) < newest;
    let recheck = envelope.phase == Phase::Settled && (decided.late || older);
    let feed_id = next_feed_id(writer, "access", &id, site, now_ms).await?;
    upsert(writer, decided, access, feed_id, recheck).await?;
    let mut written = Written { feed_id: Some(feed_id), alerts: 0 };
    if envelope.phase == Phase::Settled {
        for moved in movement::of_access(envelope.id, access, envelope.captured.at) {
            movements::insert(writer, site, &moved, dirty).await?;
        }
        if access.outcome == AccessOutcome::PassedUnadmitted {
            let alert = IncidentAlert {
                kind: wire::gate::IncidentKind::PassedUnadmitted.as_str(),
                source_id: id,
                plate: access.reading.as_ref(),
                incident: serde_json::json!({
                    "incident": "passed_unadmitted", "rule": access.ask.lane, "gate": access.gate, "lane": access.ask.lane,
                    "access": envelope.id, "count": access.bodies.max(1), "box": null, "picture": null,
                }),
                thumbnail: thumbnail(decided),
                ..IncidentAlert::of(envelope, now_ms)
            };
            written.add(alerts::raise_incident(writer, &alert).await?);
        }
    }
    Ok(written)
}

impl Written {
    fn add(&mut self, raised: Option<i64>) {
        self.feed_id = self.feed_id.max(raised);
        self.alerts += u64::from(raised.is_some());
    }
}

fn presented(access: &Access) -> &'static str {
    match (&access.ask.vehicle, &access.ask.person) {
        (Some(_), Some(_)) => "both",
        (Some(_), None) => "vehicle",
        (None, Some(_)) => "person",
        (None, None) => "none",
    }
}

const COLUMNS: &str = "insert into accesses (id, feed_id, site, agent, camera, seq, phase, at_ms, received_at_ms, late, gate, area, lane,
    direction, kind, verdict, decided, reason, rule, entry, driver, group_id, actor, outcome, plate, passage, bodies, barrier,
    command_ms, ended_at_ms, alone_since_ms, list_version, list_age_s, freshness, warnings, ask, decision, reading, thumbnail,
    evidence, form, form_row, typed_by, recheck)
 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
    $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44)";

async fn upsert(
    writer: &mut Writer,
    decided: &Decided,
    access: &Access,
    feed_id: i64,
    recheck: bool,
) -> Result<(), StoreError> {
    let envelope = decided.event.envelope();
    let decision = &access.decision;
    let plate = access.ask.vehicle.as_ref().and_then(|vehicle| vehicle.text.clone());
    let plate = plate.or_else(|| access.reading.as_ref().map(|reading| reading.text.clone()));
    let actor = match &access.actor {
        Actor::Agent => None,
        Actor::Guard { user } => Some(user.clone()),
    };
    let text = format!(
        "{COLUMNS} on conflict (id) do update set feed_id = excluded.feed_id, seq = excluded.seq, phase = excluded.phase,
            at_ms = excluded.at_ms, received_at_ms = excluded.received_at_ms, late = excluded.late, gate = excluded.gate,
            area = excluded.area, lane = excluded.lane, direction = excluded.direction, kind = excluded.kind,
            verdict = excluded.verdict, decided = excluded.decided, reason = excluded.reason, rule = excluded.rule,
            entry = excluded.entry, driver = excluded.driver, group_id = excluded.group_id, actor = excluded.actor,
            outcome = excluded.outcome, plate = excluded.plate, passage = excluded.passage, bodies = excluded.bodies,
            barrier = excluded.barrier, command_ms = excluded.command_ms, ended_at_ms = excluded.ended_at_ms,
            alone_since_ms = excluded.alone_since_ms, list_version = excluded.list_version,
            list_age_s = excluded.list_age_s, freshness = excluded.freshness, warnings = excluded.warnings,
            ask = excluded.ask, decision = excluded.decision, reading = excluded.reading, thumbnail = excluded.thumbnail,
            evidence = excluded.evidence, recheck = excluded.recheck",
    );
    sqlx::query(sqlx::AssertSqlSafe(text))
        .bind(envelope.id.to_string())
        .bind(feed_id)
        .bind(envelope.site.as_str())
        .bind(envelope.agent.as_str())
        .bind(envelope.camera.as_str())
        .bind(envelope.seq as i64)
        .bind(envelope.phase.as_str())
        .bind(access.ask.at.as_millisecond())
        .bind(decided.event.received_at().as_millisecond())
        .bind(i64::from(decided.late))
        .bind(access.gate.as_str())
        .bind(access.area.as_str())
        .bind(access.ask.lane.as_str())
        .bind(access.ask.direction.as_str())
        .bind(presented(access))
        .bind(access.verdict.as_str())
        .bind(decision.verdict.as_str())
        .bind(decision.reason.as_str())
        .bind(decision.rule.as_ref().map(ToString::to_string))
        .bind(decision.entry.clone())
        .bind(decision.driver.clone())
        .bind(decision.group.as_ref().map(ToString::to_string))
        .bind(actor)
        .bind(access.outcome.as_str())
        .bind(plate)
        .bind(access.passage.map(|id| id.to_string()))
        .bind(i64::from(access.bodies))
        .bind(access.barrier.as_str())
        .bind(access.command_ms.map(i64::from))
        .bind(access.ended_at.map(|at| at.as_millisecond()))
        .bind(access.alone_since.map(|at| at.as_millisecond()))
        .bind(i64::try_from(decision.list_version).unwrap_or(i64::MAX))
        .bind(i64::try_from(decision.list_age_s).unwrap_or(i64::MAX))
        .bind(freshness(decision.freshness))
        .bind(json(&decision.warnings)?)
        .bind(json(&access.ask)?)
        .bind(json(decision)?)
        .bind(access.reading.as_ref().map(json).transpose()?)
        .bind(thumbnail(decided))
        .bind(pictures_json(decided)?)
        .bind(None::<String>)
        .bind(None::<i64>)
        .bind(None::<String>)
        .bind(i64::from(recheck))
        .execute(&mut **writer)
        .await?;
    Ok(())
}

fn freshness(word: wire::gate::Freshness) -> &'static str {
    use wire::gate::Freshness as F;
    match word {
        F::Fresh => "fresh",
        F::Stale => "stale",
        F::Old => "old",
        F::None => "none",
    }
}

/// A line of a paper form: a decision and a passage that happened while nothing worked. A line counts once, however often it is
/// typed in.
pub(in crate::store) async fn paper(
    writer: &mut Writer,
    decided: &Decided,
    paper: &PaperEntry,
    dirty: &mut Dirty,
    now_ms: i64,
) -> Result<Written, StoreError> {
    let envelope = decided.event.envelope();
    let (id, site) = (envelope.id.to_string(), envelope.site.as_str());
    let there = sqlx::query("select id from accesses where site = $1 and form = $2 and form_row = $3")
        .bind(site)
        .bind(&paper.form)
        .bind(i64::from(paper.row))
        .fetch_optional(&mut **writer)
        .await?;
    if there.is_some() {
        tracing::warn!(site, event = id, "a line of a paper form was typed in before: it counts once");
        return Ok(Written::default());
    }
    let feed_id = next_feed_id(writer, "access", &id, site, now_ms).await?;
    let admitted = paper.verdict == wire::gate::Verdict::Admit;
    let kind = if paper.subject.kind == SubjectKind::Vehicle { "vehicle" } else { "person" };
    sqlx::query(sqlx::AssertSqlSafe(COLUMNS))
        .bind(&id)
        .bind(feed_id)
        .bind(site)
        .bind(envelope.agent.as_str())
        .bind(envelope.camera.as_str())
        .bind(envelope.seq as i64)
        .bind("settled")
        .bind(paper.at.as_millisecond())
        .bind(decided.event.received_at().as_millisecond())
        .bind(1_i64)
        .bind(paper.gate.as_str())
        .bind(paper.area.as_str())
        .bind("")
        .bind(paper.direction.as_str())
        .bind(kind)
        .bind(paper.verdict.as_str())
        .bind(paper.verdict.as_str())
        .bind("paper")
        .bind(None::<String>)
        .bind(paper.subject.entry.clone())
        .bind(None::<String>)
        .bind(None::<String>)
        .bind(Some(paper.user.clone()))
        .bind(if admitted { "passed" } else { "turned_back" })
        .bind(paper.subject.plate.clone())
        .bind(None::<String>)
        .bind(1_i64)
        .bind("idle")
        .bind(None::<i64>)
        .bind(Some(paper.at.as_millisecond()))
        .bind(None::<i64>)
        .bind(0_i64)
        .bind(0_i64)
        .bind("none")
        .bind("[]")
        .bind("null")
        .bind("null")
        .bind(None::<String>)
        .bind(None::<String>)
        .bind("[]")
        .bind(Some(paper.form.clone()))
        .bind(Some(i64::from(paper.row)))
        .bind(Some(paper.user.clone()))
        .bind(0_i64)
        .execute(&mut **writer)
        .await?;
    if let Some(moved) = movement::of_paper(envelope.id, paper) {
        movements::insert(writer, site, &moved, dirty).await?;
    }
    Ok(Written { feed_id: Some(feed_id), alerts: 0 })
}

/// A guard's act. The decision that it is about is told of again.
pub(in crate::store) async fn guard_action(
    writer: &mut Writer,
    envelope: &Envelope,
    act: &GuardAction,
    dirty: &mut Dirty,
    now_ms: i64,
) -> Result<Written, StoreError> {
    let site = envelope.site.as_str();
    sqlx::query(
        "insert into guard_acts (id, site, agent, gate, lane, act, access, subject, username, reason, note, overrides, at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (id) do nothing",
    )
    .bind(envelope.id.to_string())
    .bind(site)
    .bind(envelope.agent.as_str())
    .bind(act.gate.as_str())
    .bind(act.lane.as_ref().map(ToString::to_string))
    .bind(act.act.as_str())
    .bind(act.access.map(|id| id.to_string()))
    .bind(&act.subject)
    .bind(&act.user)
    .bind(&act.reason)
    .bind(&act.note)
    .bind(act.overrides.map(|verdict| verdict.as_str()))
    .bind(envelope.captured.at.as_millisecond())
    .execute(&mut **writer)
    .await?;
    if let (GuardAct::Forgive, Some(subject)) = (act.act, &act.subject) {
        let moved = movement::of_forgiveness(envelope.id, act.gate.as_str(), subject, envelope.captured.at);
        movements::insert(writer, site, &moved, dirty).await?;
    }
    let feed_id = match act.access {
        Some(access) => touch(writer, access, site, now_ms).await?,
        None => None,
    };
    Ok(Written { feed_id, alerts: 0 })
}

/// Tells viewers of a decision again; none if it is not there yet.
pub(in crate::store) async fn touch(
    writer: &mut Writer,
    access: Uuid,
    site: &str,
    now_ms: i64,
) -> Result<Option<i64>, StoreError> {
    let id = access.to_string();
    let there = sqlx::query("select 1 from accesses where id = $1 and site = $2")
        .bind(&id)
        .bind(site)
        .fetch_optional(&mut **writer)
        .await?;
    if there.is_none() {
        return Ok(None);
    }
    let feed_id = next_feed_id(writer, "access", &id, site, now_ms).await?;
    sqlx::query("update accesses set feed_id = $2 where id = $1")
        .bind(&id)
        .bind(feed_id)
        .execute(&mut **writer)
        .await?;
    Ok(Some(feed_id))
}

/// An incident: an alert.
pub(in crate::store) async fn incident(
    writer: &mut Writer,
    decided: &Decided,
    incident: &Incident,
    now_ms: i64,
) -> Result<Written, StoreError> {
    let envelope = decided.event.envelope();
    let kind = incident.incident.as_str();
    // What hangs on a decision is one alert, whichever event says it first.
    let source_id = incident.access.map_or(envelope.id, |access| access).to_string();
    let row = sqlx::query("select gate, reading from accesses where id = $1")
        .bind(&source_id)
        .fetch_optional(&mut **writer)
        .await?;
    let gate: Option<String> = row.as_ref().map(|row| row.try_get(0)).transpose()?;
    let reading: Option<String> = row.as_ref().map(|row| row.try_get(1)).transpose()?.flatten();
    let reading = reading.and_then(|text| serde_json::from_str(&text).ok());
    let alert = IncidentAlert {
        kind,
        source_id,
        plate: reading.as_ref(),
        incident: serde_json::json!({
            "incident": kind, "rule": incident.rule, "gate": gate, "lane": incident.lane, "access": incident.access,
            "count": incident.count, "box": incident.bbox, "picture": incident.picture, "event": envelope.id,
        }),
        thumbnail: thumbnail(decided),
        ..IncidentAlert::of(envelope, now_ms)
    };
    let mut written = Written::default();
    written.add(alerts::raise_incident(writer, &alert).await?);
    Ok(written)
}

/// People in a zone in one minute. The same minute again keeps the one that saw more of it.
pub(in crate::store) async fn zone_count(
    writer: &mut Writer,
    envelope: &Envelope,
    count: &ZoneCount,
) -> Result<(), StoreError> {
    let at_ms = envelope.captured.at.as_millisecond();
    sqlx::query(
        "insert into zone_counts (site, camera, zone, minute_ms, most, mean, observed_s) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (site, camera, zone, minute_ms) do update set most = excluded.most, mean = excluded.mean,
            observed_s = excluded.observed_s where excluded.observed_s >= zone_counts.observed_s",
    )
    .bind(envelope.site.as_str())
    .bind(envelope.camera.as_str())
    .bind(count.zone.as_str())
    .bind(at_ms - at_ms.rem_euclid(60_000))
    .bind(i64::from(count.most))
    .bind(f64::from(count.mean))
    .bind(f64::from(count.observed_s))
    .execute(&mut **writer)
    .await?;
    Ok(())
}

/// A correction by hand, made at a desk (`source` `desk`) or at central.
pub(in crate::store) async fn correction(
    writer: &mut Writer,
    (id, site): (&str, &str),
    correction: &CountCorrection,
    (at_ms, source): (i64, &str),
    dirty: &mut Dirty,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into corrections (correction_id, site, gate, area, people, vehicles, username, reason, note, at_ms, source)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (correction_id) do nothing",
    )
    .bind(id)
    .bind(site)
    .bind(correction.gate.as_str())
    .bind(correction.area.as_str())
    .bind(correction.people)
    .bind(correction.vehicles)
    .bind(&correction.user)
    .bind(&correction.reason)
    .bind(&correction.note)
    .bind(at_ms)
    .bind(source)
    .execute(&mut **writer)
    .await?;
    movements::insert(writer, site, &movement::of_correction(id, correction, at_ms), dirty).await
}

/// A hand-over.
pub(in crate::store) async fn shift(
    writer: &mut Writer,
    envelope: &Envelope,
    shift: &Shift,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into shifts (id, site, gate, from_user, to_user, note, people, vehicles, waiting, items, at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (id) do nothing",
    )
    .bind(envelope.id.to_string())
    .bind(envelope.site.as_str())
    .bind(shift.gate.as_str())
    .bind(&shift.from)
    .bind(&shift.to)
    .bind(&shift.note)
    .bind(i64::try_from(shift.people).unwrap_or(i64::MAX))
    .bind(i64::try_from(shift.vehicles).unwrap_or(i64::MAX))
    .bind(i64::from(shift.waiting))
    .bind(json(&shift.items)?)
    .bind(envelope.captured.at.as_millisecond())
    .execute(&mut **writer)
    .await?;
    Ok(())
}

/// An identity to be checked later.
pub(in crate::store) async fn identity_check(
    writer: &mut Writer,
    envelope: &Envelope,
    check: &IdentityCheck,
    now_ms: i64,
) -> Result<(), StoreError> {
    let subject = json(&check.subject)?;
    sqlx::query(
        "insert into identity_checks (id, site, agent, access, purpose, subject, digest, state, attempts, asked_at_ms,
            next_try_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, 'waiting', 0, $8, $9) on conflict (id) do nothing",
    )
    .bind(envelope.id.to_string())
    .bind(envelope.site.as_str())
    .bind(envelope.agent.as_str())
    .bind(check.access.to_string())
    .bind(&check.purpose)
    .bind(subject)
    .bind(check.digest.to_string())
    .bind(envelope.captured.at.as_millisecond())
    .bind(now_ms)
    .execute(&mut **writer)
    .await?;
    Ok(())
}
