//! Alerts: raised with a passage, moved by people.

use sqlx::Row as _;

use super::commit::{new_id, next_feed_id};
use super::{Store, StoreError, Writer};
use crate::alerts::{AlertState, BadTransition, NewAlert, transition};

/// What an alert takes from its passage.
#[derive(Debug)]
pub(in crate::store) struct Context<'a> {
    /// The passage.
    pub passage_id: &'a str,
    /// Its site.
    pub site: &'a str,
    /// Its camera.
    pub camera: &'a str,
    /// Plate as printed.
    pub plate_display: &'a str,
    /// Kind of plate.
    pub plate_kind: Option<&'a str>,
    /// Colour of the plate, when it is known well enough to be drawn.
    pub plate_colour: Option<&'a str>,
    /// Lines on the plate.
    pub plate_lines: i64,
    /// Capture time, ms.
    pub captured_at_ms: i64,
    /// Picture for lists.
    pub thumbnail: Option<String>,
    /// Now, ms.
    pub now_ms: i64,
}

/// The colour that a plate is drawn in: what the camera rather saw than not.
pub(in crate::store) fn plate_colour(reading: &wire::payload::PlateReading) -> Option<&str> {
    reading.colour.as_ref().filter(|colour| colour.score >= 0.5).map(|colour| colour.value.as_str())
}

/// What raising alerts gave.
#[derive(Debug, Default)]
pub(in crate::store) struct Raised {
    /// Newest feed row.
    pub feed_id: Option<i64>,
    /// Alerts that are new.
    pub count: u64,
}

/// Raises alerts, most severe first; one of the same kind for the same passage stays as it is.
pub(in crate::store) async fn raise(
    writer: &mut Writer,
    context: &Context<'_>,
    alerts: &[NewAlert],
) -> Result<Raised, StoreError> {
    let mut raised = Raised::default();
    for alert in alerts {
        let there = sqlx::query("select alert_id from alerts where passage_id = $1 and kind = $2")
            .bind(context.passage_id)
            .bind(alert.kind.as_str())
            .fetch_optional(&mut **writer)
            .await?;
        if there.is_none() {
            let alert_id = new_id();
            let feed_id = next_feed_id(writer, "alert", &alert_id, context.site, context.now_ms).await?;
            insert(writer, context, alert, &alert_id, feed_id).await?;
            raised.feed_id = Some(feed_id);
            raised.count += 1;
        }
    }
    if !alerts.is_empty() {
        // The most severe alert of the passage, whichever look found it.
        sqlx::query(
            "update passages set alert_id = (select alert_id from alerts where passage_id = $1 order by
                case severity when 'critical' then 0 when 'high' then 1 when 'medium' then 2 else 3 end, raised_at_ms
                limit 1) where id = $1",
        )
        .bind(context.passage_id)
        .execute(&mut **writer)
        .await?;
    }
    Ok(raised)
}

async fn insert(
    writer: &mut Writer,
    context: &Context<'_>,
    alert: &NewAlert,
    alert_id: &str,
    feed_id: i64,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into alerts (alert_id, feed_id, kind, severity, state, certainty, site, camera, passage_id, plate_display,
            plate_kind, plate_lines, title_vi, title_en, reason_vi, reason_en, raised_at_ms, captured_at_ms, thumbnail,
            plate_colour)
         values ($1, $2, $3, $4, 'new', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
    )
    .bind(alert_id)
    .bind(feed_id)
    .bind(alert.kind.as_str())
    .bind(alert.severity.as_str())
    .bind(alert.certainty.as_str())
    .bind(context.site)
    .bind(context.camera)
    .bind(context.passage_id)
    .bind(context.plate_display)
    .bind(context.plate_kind)
    .bind(context.plate_lines)
    .bind(&alert.title_vi)
    .bind(&alert.title_en)
    .bind(&alert.reason_vi)
    .bind(&alert.reason_en)
    .bind(context.now_ms)
    .bind(context.captured_at_ms)
    .bind(context.thumbnail.as_deref())
    .bind(context.plate_colour)
    .execute(&mut **writer)
    .await?;
    write_history(writer, alert_id, 1, context.now_ms, "system", None, AlertState::New, None).await
}

/// An alert that no passage raises: an incident, an overstay, a hit.
#[derive(Debug)]
pub(in crate::store) struct IncidentAlert<'a> {
    /// A kind of `data/incidents.csv`.
    pub kind: &'a str,
    /// Event, decision or stay that raises it; one alert of a kind for each.
    pub source_id: String,
    /// Site.
    pub site: &'a str,
    /// Camera, or `agent`.
    pub camera: &'a str,
    /// Plate, where one is meant.
    pub plate: Option<&'a wire::payload::PlateReading>,
    /// What the alert's `incident` says.
    pub incident: serde_json::Value,
    /// Picture for lists.
    pub thumbnail: Option<String>,
    /// When it happened, ms.
    pub captured_at_ms: i64,
    /// Now, ms.
    pub now_ms: i64,
}

impl<'a> IncidentAlert<'a> {
    /// What an envelope says of place and time; the rest is empty.
    pub fn of(envelope: &'a wire::Envelope, now_ms: i64) -> Self {
        Self {
            kind: "",
            source_id: String::new(),
            site: envelope.site.as_str(),
            camera: envelope.camera.as_str(),
            plate: None,
            incident: serde_json::Value::Null,
            thumbnail: None,
            captured_at_ms: envelope.captured.at.as_millisecond(),
            now_ms,
        }
    }
}

/// Raises an alert; one of the same kind from the same source stays as it is. Returns its feed row if it is new.
pub(in crate::store) async fn raise_incident(
    writer: &mut Writer,
    alert: &IncidentAlert<'_>,
) -> Result<Option<i64>, StoreError> {
    let Some(text) = crate::gates::incidents::text_of(alert.kind) else {
        tracing::error!(
            kind = alert.kind,
            "an incident of a kind without a row in incidents.csv raises no alert"
        );
        return Ok(None);
    };
    let there = sqlx::query("select 1 from alerts where source_id = $1 and kind = $2")
        .bind(&alert.source_id)
        .bind(alert.kind)
        .fetch_optional(&mut **writer)
        .await?;
    if there.is_some() {
        return Ok(None);
    }
    let alert_id = new_id();
    let feed_id = next_feed_id(writer, "alert", &alert_id, alert.site, alert.now_ms).await?;
    sqlx::query(
        "insert into alerts (alert_id, feed_id, kind, severity, state, certainty, site, camera, plate_display, plate_kind,
            plate_lines, title_vi, title_en, reason_vi, reason_en, raised_at_ms, captured_at_ms, thumbnail, plate_colour,
            source_id, incident, police_only)
         values ($1, $2, $3, $4, 'new', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
    )
    .bind(&alert_id)
    .bind(feed_id)
    .bind(alert.kind)
    .bind(text.severity.as_str())
    .bind(if text.is_police_only() { "possible" } else { "exact" })
    .bind(alert.site)
    .bind(alert.camera)
    .bind(alert.plate.map_or("", |reading| reading.display.as_str()))
    .bind(alert.plate.and_then(|reading| reading.kind.as_deref()))
    .bind(alert.plate.map_or(1, |reading| i64::from(reading.lines)))
    .bind(&text.title_vi)
    .bind(&text.title_en)
    .bind(&text.reason_vi)
    .bind(&text.reason_en)
    .bind(alert.now_ms)
    .bind(alert.captured_at_ms)
    .bind(alert.thumbnail.as_deref())
    .bind(alert.plate.and_then(plate_colour))
    .bind(&alert.source_id)
    .bind(alert.incident.to_string())
    .bind(i64::from(text.is_police_only()))
    .execute(&mut **writer)
    .await?;
    write_history(writer, &alert_id, 1, alert.now_ms, "system", None, AlertState::New, None).await?;
    Ok(Some(feed_id))
}

#[allow(clippy::too_many_arguments)] // the columns of one row
async fn write_history(
    writer: &mut Writer,
    alert_id: &str,
    step: i64,
    at_ms: i64,
    actor: &str,
    from: Option<AlertState>,
    to: AlertState,
    note: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into alert_history (alert_id, step, at_ms, actor, from_state, to_state, note)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(alert_id)
    .bind(step)
    .bind(at_ms)
    .bind(actor)
    .bind(from.map(AlertState::as_str))
    .bind(to.as_str())
    .bind(note)
    .execute(&mut **writer)
    .await?;
    Ok(())
}

/// What became of a step that a person asked for.
#[derive(Debug)]
pub enum Moved {
    /// Done; the feed row that tells viewers.
    Done {
        /// Its id.
        feed_id: i64,
    },
    /// There is no such alert.
    NotFound,
    /// The life of an alert has no such step.
    Bad(BadTransition),
}

impl Store {
    /// Moves an alert, in the name of a person.
    pub async fn move_alert(
        &self,
        alert_id: &str,
        to: AlertState,
        actor: &str,
        note: Option<&str>,
        now_ms: i64,
    ) -> Result<Moved, StoreError> {
        let mut writer = self.write().await?;
        let row = sqlx::query(
            "select a.state, a.site, (select coalesce(max(h.step), 0) from alert_history h where h.alert_id = a.alert_id)
             from alerts a where a.alert_id = $1",
        )
        .bind(alert_id)
        .fetch_optional(&mut *writer)
        .await?;
        let Some(row) = row else { return Ok(Moved::NotFound) };
        let (word, site, steps): (String, String, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let from = AlertState::parse(&word).ok_or_else(|| StoreError::Damaged {
            table: "alerts",
            id: alert_id.to_owned(),
            problem: format!("state {word:?}"),
        })?;
        if let Err(bad) = transition(from, to) {
            return Ok(Moved::Bad(bad));
        }
        let feed_id = next_feed_id(&mut writer, "alert", alert_id, &site, now_ms).await?;
        sqlx::query(
            "update alerts set state = $2, feed_id = $3, acknowledged_by = coalesce(acknowledged_by, $4),
                acknowledged_at_ms = coalesce(acknowledged_at_ms, $5) where alert_id = $1",
        )
        .bind(alert_id)
        .bind(to.as_str())
        .bind(feed_id)
        .bind(actor)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        write_history(&mut writer, alert_id, steps + 1, now_ms, actor, Some(from), to, note).await?;
        writer.commit().await?;
        Ok(Moved::Done { feed_id })
    }
}
