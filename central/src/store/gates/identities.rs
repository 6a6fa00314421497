//! Identities that are checked later, and hits among wanted persons.

use sqlx::Row as _;

use super::super::alerts::{IncidentAlert, raise_incident};
use super::super::rows::{Scope, row};
use super::write::touch;
use super::{Store, StoreError};

row! {
    /// A check that waits, or is done. Columns are as the schema describes them.
    CheckRow {
        /// Event.
        id: String,
        /// Site.
        site: String,
        /// Agent.
        agent: String,
        /// Decision.
        access: String,
        /// Purpose code.
        purpose: String,
        /// Box; erased with the answer.
        subject: Option<String>,
        /// `waiting`, `answered` or `given_up`.
        state: String,
        /// What the population database said.
        result: Option<String>,
        /// Its transaction number.
        txn: Option<String>,
        /// Times asked.
        attempts: i64,
        /// When the gate wanted to know.
        asked_at_ms: i64,
        /// When it is asked next.
        next_try_at_ms: Option<i64>,
        /// When it was answered.
        answered_at_ms: Option<i64>,
    }
}

/// A hit among wanted persons. Never logged.
pub struct WantedHit {
    /// Question or decision that it came of; one alert for each.
    pub source_id: String,
    /// Site.
    pub site: String,
    /// Gate, lane, agent.
    pub place: serde_json::Value,
    /// `HIT` or `POSSIBLE`.
    pub result: String,
    /// Number of the notice.
    pub notice_no: Option<String>,
    /// Unit that handles it.
    pub handling_unit: Option<String>,
    /// Transaction number of the service.
    pub txn: Option<String>,
}

impl Store {
    /// Raises the alert of a hit, for the police role alone. Returns its feed row if it is new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn raise_wanted(&self, hit: &WantedHit, now_ms: i64) -> Result<Option<i64>, StoreError> {
        let mut writer = self.write().await?;
        let mut incident = serde_json::json!({
            "incident": "wanted_person", "result": hit.result, "notice_no": hit.notice_no,
            "handling_unit": hit.handling_unit, "txn": hit.txn, "count": 1, "box": null, "picture": null,
        });
        if let (Some(incident), Some(place)) = (incident.as_object_mut(), hit.place.as_object()) {
            incident.extend(place.clone());
        }
        let alert = IncidentAlert {
            kind: "wanted_person",
            source_id: hit.source_id.clone(),
            site: &hit.site,
            camera: wire::payload::AGENT_ITSELF,
            plate: None,
            incident,
            thumbnail: None,
            captured_at_ms: now_ms,
            now_ms,
        };
        let feed_id = raise_incident(&mut writer, &alert).await?;
        writer.commit().await?;
        Ok(feed_id)
    }

    /// Checks that are due, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identity_checks_due(&self, now_ms: i64, limit: u32) -> Result<Vec<CheckRow>, StoreError> {
        let rows = sqlx::query(
            "select * from identity_checks where state = 'waiting' and next_try_at_ms <= $1 order by next_try_at_ms limit $2",
        )
        .bind(now_ms)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(CheckRow::read).collect::<Result<_, _>>()?)
    }

    /// Checks, newest first. `state` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identity_checks(
        &self,
        scope: &Scope,
        state: &str,
        before: (i64, &str),
        limit: u32,
    ) -> Result<Vec<CheckRow>, StoreError> {
        let rows = sqlx::query(
            "select * from identity_checks where (asked_at_ms, id) < ($1, $2) and ($3 = '' or $3 like '%,' || site || ',%')
               and ($4 = '' or state = $4) order by asked_at_ms desc, id desc limit $5",
        )
        .bind(before.0)
        .bind(before.1)
        .bind(scope.sql())
        .bind(state)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(CheckRow::read).collect::<Result<_, _>>()?)
    }

    /// Ends a check: writes what was said (or that nobody will say anything), erases who it was about, and tells viewers of the
    /// decision again. Returns the feed row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_identity_check(
        &self,
        check: &CheckRow,
        answer: Option<(&str, Option<&str>)>,
        now_ms: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut writer = self.write().await?;
        sqlx::query(
            "update identity_checks set state = $2, result = $3, txn = $4, subject = null, attempts = attempts + 1,
                next_try_at_ms = null, answered_at_ms = $5 where id = $1",
        )
        .bind(&check.id)
        .bind(if answer.is_some() { "answered" } else { "given_up" })
        .bind(answer.map(|(result, _)| result))
        .bind(answer.and_then(|(_, txn)| txn))
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        let mut feed_id = None;
        if let Some((result, txn)) = answer {
            let identity = serde_json::json!({ "result": result, "txn": txn, "at_ms": now_ms }).to_string();
            sqlx::query("update accesses set identity = $2 where id = $1 and site = $3")
                .bind(&check.access)
                .bind(identity)
                .bind(&check.site)
                .execute(&mut *writer)
                .await?;
            if let Ok(access) = check.access.parse() {
                feed_id = touch(&mut writer, access, &check.site, now_ms).await?;
            }
        }
        writer.commit().await?;
        Ok(feed_id)
    }

    /// Nobody answered: it is asked again at `next_ms`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identity_check_failed(&self, id: &str, next_ms: i64) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query("update identity_checks set attempts = attempts + 1, next_try_at_ms = $2 where id = $1")
            .bind(id)
            .bind(next_ms)
            .execute(&mut *writer)
            .await?;
        Ok(writer.commit().await?)
    }

    /// The result of a decision's later check, for tests and pages: state of the newest check.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identity_check_of(
        &self,
        access: &str,
    ) -> Result<Option<(String, Option<String>)>, StoreError> {
        let row = sqlx::query(
            "select state, subject from identity_checks where access = $1 order by asked_at_ms desc limit 1",
        )
        .bind(access)
        .fetch_optional(self.read())
        .await?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).transpose()
    }
}
