//! Decisions that are to be taken again: what waits, what was inside then, and the case that came of it.

use sqlx::Row as _;

use super::super::commit::next_feed_id;
use super::{Store, StoreError};

/// A decision that waits to be taken again.
#[derive(Debug)]
pub struct Waiting {
    /// Id.
    pub id: String,
    /// Site.
    pub site: String,
    /// Agent.
    pub agent: String,
    /// When it was asked.
    pub at_ms: i64,
    /// JSON wire Ask.
    pub ask: String,
    /// JSON wire Decision.
    pub decision: String,
}

/// A case: central would have decided otherwise.
#[derive(Debug)]
pub struct NewOtherwise {
    /// JSON {verdict,reason,list_version,list_age_s}.
    pub edge: String,
    /// JSON {verdict,reason,list_version}.
    pub central: String,
    /// Why, Vietnamese.
    pub why_vi: String,
    /// Why, English.
    pub why_en: String,
}

/// A subject that was inside at a moment.
#[derive(Debug)]
pub struct WasInside {
    /// Subject.
    pub subject: String,
    /// `person` or `vehicle`.
    pub kind: String,
    /// Group.
    pub group_id: Option<String>,
    /// Area.
    pub area: String,
    /// Since when.
    pub in_ms: i64,
}

impl Store {
    /// Decisions to be taken again, oldest first: those before which nothing of their agent is missing any more, or which have
    /// waited since before `patience_ms`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn to_recheck(&self, patience_ms: i64, limit: u32) -> Result<Vec<Waiting>, StoreError> {
        let rows = sqlx::query(
            "select a.id, a.site, a.agent, a.at_ms, a.ask, a.decision from accesses a where a.recheck = 1
               and (a.received_at_ms < $1 or not exists
                 (select 1 from gaps g where g.site = a.site and g.agent = a.agent and g.from_seq < a.seq))
             order by a.at_ms, a.id limit $2",
        )
        .bind(patience_ms)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Waiting {
                    id: row.try_get(0)?,
                    site: row.try_get(1)?,
                    agent: row.try_get(2)?,
                    at_ms: row.try_get(3)?,
                    ask: row.try_get(4)?,
                    decision: row.try_get(5)?,
                })
            })
            .collect()
    }

    /// Known subjects that were inside a site just before a moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn was_inside(&self, site: &str, before_ms: i64) -> Result<Vec<WasInside>, StoreError> {
        let rows = sqlx::query(
            "select subject, kind, group_id, area, in_ms from stays
             where site = $1 and in_ms < $2 and (out_ms is null or out_ms >= $2) and state <> 'no_entry'",
        )
        .bind(site)
        .bind(before_ms)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(WasInside {
                    subject: row.try_get(0)?,
                    kind: row.try_get(1)?,
                    group_id: row.try_get(2)?,
                    area: row.try_get(3)?,
                    in_ms: row.try_get(4)?,
                })
            })
            .collect()
    }

    /// How often a subject had come in before a moment, and its last way in and out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ways_of(
        &self,
        site: &str,
        subject: &str,
        before_ms: i64,
    ) -> Result<(i64, Option<i64>, Option<i64>), StoreError> {
        // What came before a forgiveness counts for uses only.
        let row = sqlx::query(
            "select cast(coalesce(sum(case when kind <> 'forgive' then inwards else 0 end), 0) as bigint),
                max(case when kind <> 'forgive' and inwards = 1 then at_ms end),
                max(case when kind <> 'forgive' and inwards = 0 then at_ms end),
                max(case when kind = 'forgive' then at_ms end)
             from movements where site = $1 and subject = $2 and at_ms < $3",
        )
        .bind(site)
        .bind(subject)
        .bind(before_ms)
        .fetch_one(self.read())
        .await?;
        let forgiven: Option<i64> = row.try_get(3)?;
        let after = |ms: Option<i64>| ms.filter(|ms| forgiven.is_none_or(|forgiven| *ms > forgiven));
        Ok((row.try_get(0)?, after(row.try_get(1)?), after(row.try_get(2)?)))
    }

    /// Writes down that a decision was taken again, and the case where the answer is another. Returns the feed row of a case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rechecked(
        &self,
        waiting: &Waiting,
        case: Option<&NewOtherwise>,
        now_ms: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut writer = self.write().await?;
        sqlx::query("update accesses set recheck = 0 where id = $1")
            .bind(&waiting.id)
            .execute(&mut *writer)
            .await?;
        let mut feed_id = None;
        match case {
            Some(case) => {
                let feed = next_feed_id(&mut writer, "otherwise", &waiting.id, &waiting.site, now_ms).await?;
                sqlx::query(
                    "insert into otherwise (access_id, feed_id, site, at_ms, edge, central, why_vi, why_en, state)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, 'open')
                     on conflict (access_id) do update set feed_id = excluded.feed_id, edge = excluded.edge,
                        central = excluded.central, why_vi = excluded.why_vi, why_en = excluded.why_en",
                )
                .bind(&waiting.id)
                .bind(feed)
                .bind(&waiting.site)
                .bind(waiting.at_ms)
                .bind(&case.edge)
                .bind(&case.central)
                .bind(&case.why_vi)
                .bind(&case.why_en)
                .execute(&mut *writer)
                .await?;
                feed_id = Some(feed);
            }
            None => {
                sqlx::query("delete from otherwise where access_id = $1 and state = 'open'")
                    .bind(&waiting.id)
                    .execute(&mut *writer)
                    .await?;
            }
        }
        writer.commit().await?;
        Ok(feed_id)
    }

    /// Somebody looked at a case. False when there is no such open one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn see_otherwise(
        &self,
        access_id: &str,
        by: &str,
        note: Option<&str>,
        now_ms: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut writer = self.write().await?;
        let site = sqlx::query_scalar::<_, String>(
            "update otherwise set state = 'seen', seen_by = $2, seen_at_ms = $3, note = $4
             where access_id = $1 and state = 'open' returning site",
        )
        .bind(access_id)
        .bind(by)
        .bind(now_ms)
        .bind(note)
        .fetch_optional(&mut *writer)
        .await?;
        let Some(site) = site else { return Ok(None) };
        let feed_id = next_feed_id(&mut writer, "otherwise", access_id, &site, now_ms).await?;
        sqlx::query("update otherwise set feed_id = $2 where access_id = $1")
            .bind(access_id)
            .bind(feed_id)
            .execute(&mut *writer)
            .await?;
        writer.commit().await?;
        Ok(Some(feed_id))
    }

    /// Raises an alert for every stay that has become an overstay. Returns the newest feed row.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn alert_overstays(&self, now_ms: i64) -> Result<Option<i64>, StoreError> {
        let mut writer = self.write().await?;
        let rows = sqlx::query(
            "select s.stay_id, s.site, s.area, s.gate_in, s.entry_access, s.limit_ms, a.reading, a.thumbnail, a.camera, a.lane
             from stays s left join accesses a on a.id = s.entry_access
             where s.state = 'inside' and s.overstay_alerted = 0 and s.limit_ms < $1 order by s.limit_ms limit 100",
        )
        .bind(now_ms)
        .fetch_all(&mut *writer)
        .await?;
        let mut feed_id = None;
        for row in &rows {
            let (stay_id, site): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            let reading: Option<String> = row.try_get(6)?;
            let reading = reading.and_then(|text| serde_json::from_str(&text).ok());
            let camera: Option<String> = row.try_get(8)?;
            let alert = super::super::alerts::IncidentAlert {
                kind: "overstay",
                source_id: stay_id.clone(),
                site: &site,
                camera: camera.as_deref().unwrap_or(wire::payload::AGENT_ITSELF),
                plate: reading.as_ref(),
                incident: serde_json::json!({
                    "incident": "overstay", "rule": row.try_get::<String, _>(2)?, "gate": row.try_get::<Option<String>, _>(3)?,
                    "lane": row.try_get::<Option<String>, _>(9)?, "access": row.try_get::<Option<String>, _>(4)?, "count": 1,
                    "box": null, "picture": null,
                }),
                thumbnail: row.try_get(7)?,
                captured_at_ms: row.try_get::<Option<i64>, _>(5)?.unwrap_or(now_ms),
                now_ms,
            };
            feed_id = feed_id.max(super::super::alerts::raise_incident(&mut writer, &alert).await?);
            sqlx::query("update stays set overstay_alerted = 1 where stay_id = $1")
                .bind(&stay_id)
                .execute(&mut *writer)
                .await?;
        }
        writer.commit().await?;
        Ok(feed_id)
    }
}
