//! Alerts, for pages that show them.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::rows::{Scope, placeholders, row};
use super::{Store, StoreError};

row! {
    /// An alert with its camera's names. Columns are as the schema describes them.
    AlertRow {
        /// Id.
        alert_id: String,
        /// Newest row of the feed that speaks of it.
        feed_id: i64,
        /// Kind.
        kind: String,
        /// Severity.
        severity: String,
        /// State.
        state: String,
        /// `exact` or `possible`.
        certainty: String,
        /// Site.
        site: String,
        /// Camera.
        camera: String,
        /// Camera's name, Vietnamese.
        camera_vi: Option<String>,
        /// Camera's name, English.
        camera_en: Option<String>,
        /// Passage that raised it; null where something else did.
        passage_id: Option<String>,
        /// Plate as printed.
        plate_display: String,
        /// Kind of plate.
        plate_kind: Option<String>,
        /// Colour of the plate.
        plate_colour: Option<String>,
        /// Lines on the plate.
        plate_lines: i64,
        /// Title, Vietnamese.
        title_vi: String,
        /// Title, English.
        title_en: String,
        /// Reason, Vietnamese.
        reason_vi: String,
        /// Reason, English.
        reason_en: String,
        /// When it was raised.
        raised_at_ms: i64,
        /// When it happened.
        captured_at_ms: i64,
        /// Picture.
        thumbnail: Option<String>,
        /// Who acknowledged it.
        acknowledged_by: Option<String>,
        /// When.
        acknowledged_at_ms: Option<i64>,
        /// Event, decision or stay that raised it, where no passage did.
        source_id: Option<String>,
        /// JSON of the incident at a gate or area.
        incident: Option<String>,
    }
}

row! {
    /// A step in an alert's life.
    AlertStepRow {
        /// Which alert.
        alert_id: String,
        /// When.
        at_ms: i64,
        /// Who: user name or `system`.
        actor: String,
        /// State before; null for the first step.
        from_state: Option<String>,
        /// State after.
        to_state: String,
        /// What the actor wrote.
        note: Option<String>,
    }
}

macro_rules! alert_columns {
    ($rest:literal) => {
        concat!(
            "select a.alert_id, a.feed_id, a.kind, a.severity, a.state, a.certainty, a.site, a.camera,
                c.name_vi as camera_vi, c.name_en as camera_en, a.passage_id, a.plate_display, a.plate_kind, a.plate_colour,
                a.plate_lines,
                a.title_vi, a.title_en, a.reason_vi, a.reason_en, a.raised_at_ms, a.captured_at_ms, a.thumbnail,
                a.acknowledged_by, a.acknowledged_at_ms, a.source_id, a.incident
             from alerts a left join cameras c on c.site = a.site and c.camera = a.camera ",
            $rest
        )
    };
}

impl Store {
    /// Alerts raised before a place in the list, newest first. `states` is a comma-separated choice, or empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alerts(
        &self,
        scope: &Scope,
        states: &str,
        before: (i64, &str),
        limit: u32,
    ) -> Result<Vec<AlertRow>, StoreError> {
        let states = if states.is_empty() { String::new() } else { format!(",{states},") };
        let rows = sqlx::query(alert_columns!(
            "where (a.raised_at_ms, a.alert_id) < ($1, $2) and ($3 = '' or $3 like '%,' || a.site || ',%')
               and ($4 = '' or $4 like '%,' || a.state || ',%') and a.police_only <= $6
             order by a.raised_at_ms desc, a.alert_id desc limit $5"
        ))
        .bind(before.0)
        .bind(before.1)
        .bind(scope.sql())
        .bind(states)
        .bind(i64::from(limit))
        .bind(scope.police())
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(AlertRow::read).collect::<Result<_, _>>()?)
    }

    /// One alert, if the account sees its site.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alert(&self, id: &str, scope: &Scope) -> Result<Option<AlertRow>, StoreError> {
        let row = sqlx::query(alert_columns!(
            "where a.alert_id = $1 and ($2 = '' or $2 like '%,' || a.site || ',%') and a.police_only <= $3"
        ))
        .bind(id)
        .bind(scope.sql())
        .bind(scope.police())
        .fetch_optional(self.read())
        .await?;
        Ok(row.as_ref().map(AlertRow::read).transpose()?)
    }

    /// Alerts of one passage.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alerts_of(&self, passage_id: &str) -> Result<Vec<AlertRow>, StoreError> {
        let rows = sqlx::query(alert_columns!("where a.passage_id = $1 order by a.raised_at_ms, a.alert_id"))
            .bind(passage_id)
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(AlertRow::read).collect::<Result<_, _>>()?)
    }

    /// Alerts that the feed speaks of after `after` and up to `head`, in feed order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alerts_in_feed(
        &self,
        after: i64,
        head: i64,
        scope: &Scope,
        limit: u32,
    ) -> Result<Vec<AlertRow>, StoreError> {
        let rows = sqlx::query(alert_columns!(
            "where a.feed_id > $1 and a.feed_id <= $2 and ($3 = '' or $3 like '%,' || a.site || ',%')
               and a.police_only <= $5
             order by a.feed_id limit $4"
        ))
        .bind(after)
        .bind(head)
        .bind(scope.sql())
        .bind(i64::from(limit))
        .bind(scope.police())
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(AlertRow::read).collect::<Result<_, _>>()?)
    }

    /// The steps of these alerts, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn steps_of(
        &self,
        alerts: &[AlertRow],
    ) -> Result<HashMap<String, Vec<AlertStepRow>>, StoreError> {
        let mut steps: HashMap<String, Vec<AlertStepRow>> = HashMap::new();
        if alerts.is_empty() {
            return Ok(steps);
        }
        // Only numbers go into the text; the ids are bound.
        let text = format!(
            "select alert_id, at_ms, actor, from_state, to_state, note from alert_history
             where alert_id in ({}) order by alert_id, step",
            placeholders(1, alerts.len())
        );
        let query =
            alerts.iter().fold(sqlx::query(AssertSqlSafe(text)), |query, alert| query.bind(&alert.alert_id));
        for row in query.fetch_all(self.read()).await? {
            let step = AlertStepRow::read(&row)?;
            steps.entry(step.alert_id.clone()).or_default().push(step);
        }
        Ok(steps)
    }

    /// The newest id of the feed; 0 before the first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feed_head(&self) -> Result<i64, StoreError> {
        let head: Option<i64> = sqlx::query_scalar("select value from counters where name = 'feed'")
            .fetch_optional(self.read())
            .await?;
        Ok(head.unwrap_or(0))
    }
}
