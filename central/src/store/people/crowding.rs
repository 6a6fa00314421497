//! Where zones stand, what was counted last, and the alerts of crowds.

use sqlx::Row as _;

use super::super::commit::{new_id, next_feed_id};
use super::{Store, StoreError};
use crate::crowding::State;

/// A crowd to be told of.
#[derive(Debug, Clone)]
pub struct Crowd {
    /// Site.
    pub site: String,
    /// Zone or area.
    pub zone: String,
    /// How urgent.
    pub severity: crate::lists::Priority,
    /// People.
    pub people: u32,
    /// The train it is around.
    pub train: Option<String>,
    /// Camera that counts the zone, or `agent`.
    pub camera: String,
    /// Title, Vietnamese.
    pub title_vi: String,
    /// Title, English.
    pub title_en: String,
    /// Reason, Vietnamese.
    pub reason_vi: String,
    /// Reason, English.
    pub reason_en: String,
    /// When it was counted, ms.
    pub at_ms: i64,
}

impl Store {
    /// Sites with a document of this kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sites_with_document(&self, kind: &str) -> Result<Vec<String>, StoreError> {
        Ok(sqlx::query_scalar("select site from site_documents where kind = $1 order by site")
            .bind(kind)
            .fetch_all(self.read())
            .await?)
    }

    /// The newest minute of a zone that all its cameras add up to: people, when (the minute's end), and the camera with most. A minute
    /// that was seen for less than half is not taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn zone_people(
        &self,
        site: &str,
        zone: &str,
    ) -> Result<Option<(i64, i64, String)>, StoreError> {
        let rows = sqlx::query(
            "select camera, minute_ms, most from zone_counts where site = $1 and zone = $2 and observed_s >= 30
                and minute_ms = (select max(minute_ms) from zone_counts where site = $1 and zone = $2 and observed_s >= 30)
             order by most desc, camera",
        )
        .bind(site)
        .bind(zone)
        .fetch_all(self.read())
        .await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let mut people = 0;
        for row in &rows {
            people += row.try_get::<i64, _>(2)?;
        }
        Ok(Some((people, first.try_get::<i64, _>(1)? + 60_000, first.try_get(0)?)))
    }

    /// Where a zone stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn crowding_state(&self, site: &str, zone: &str) -> Result<State, StoreError> {
        let text: Option<String> =
            sqlx::query_scalar("select state from crowding_states where site = $1 and zone = $2")
                .bind(site)
                .bind(zone)
                .fetch_optional(self.read())
                .await?;
        // A state that cannot be read begins anew: at worst a crowd is told of twice.
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Writes where a zone stands and, in the same transaction, the alert of a new crowd. Returns the feed row of the alert.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_crowding(
        &self,
        (site, zone): (&str, &str),
        state: &State,
        crowd: Option<&Crowd>,
        now_ms: i64,
    ) -> Result<Option<i64>, StoreError> {
        let encode = |error: serde_json::Error| StoreError::Query(sqlx::Error::Encode(error.into()));
        let text = serde_json::to_string(state).map_err(encode)?;
        let mut writer = self.write().await?;
        sqlx::query(
            "insert into crowding_states (site, zone, state, looked_at_ms) values ($1, $2, $3, $4)
             on conflict (site, zone) do update set state = excluded.state, looked_at_ms = excluded.looked_at_ms",
        )
        .bind(site)
        .bind(zone)
        .bind(text)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        let mut told = None;
        if let Some(crowd) = crowd {
            let alert_id = new_id();
            let feed_id = next_feed_id(&mut writer, "alert", &alert_id, &crowd.site, now_ms).await?;
            let incident = serde_json::json!({
                "incident": "crowding", "rule": crowd.zone, "gate": null, "lane": null, "access": null, "count": crowd.people,
                "box": null, "picture": null, "train": crowd.train,
            });
            sqlx::query(
                "insert into alerts (alert_id, feed_id, kind, severity, state, certainty, site, camera, plate_display, plate_lines,
                    title_vi, title_en, reason_vi, reason_en, raised_at_ms, captured_at_ms, source_id, incident)
                 values ($1, $2, 'crowding', $3, 'new', 'exact', $4, $5, '', 1, $6, $7, $8, $9, $10, $11, $12, $13)",
            )
            .bind(&alert_id)
            .bind(feed_id)
            .bind(crowd.severity.as_str())
            .bind(&crowd.site)
            .bind(&crowd.camera)
            .bind(&crowd.title_vi)
            .bind(&crowd.title_en)
            .bind(&crowd.reason_vi)
            .bind(&crowd.reason_en)
            .bind(now_ms)
            .bind(crowd.at_ms)
            .bind(format!("crowd:{}:{}:{}", crowd.site, crowd.zone, crowd.at_ms))
            .bind(incident.to_string())
            .execute(&mut *writer)
            .await?;
            sqlx::query(
                "insert into alert_history (alert_id, step, at_ms, actor, from_state, to_state, note)
                 values ($1, 1, $2, 'system', null, 'new', null)",
            )
            .bind(&alert_id)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
            told = Some(feed_id);
        }
        writer.commit().await?;
        Ok(told)
    }
}
