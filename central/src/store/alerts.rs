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
