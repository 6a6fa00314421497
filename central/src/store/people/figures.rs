//! What figures are made of: movements by gate and hour, corrections, and everything that counts do not hold.

use sqlx::Row as _;

use wire::gate::CountCorrection;

use super::super::gates::movements::Dirty;
use super::super::gates::write;
use super::super::rows::row;
use super::{Store, StoreError};
use crate::figures::{Flow, Hour};

row! {
    /// A correction by hand.
    CorrectionRow {
        /// Id.
        correction_id: String,
        /// Site.
        site: String,
        /// Gate.
        gate: String,
        /// Area.
        area: String,
        /// People more (or fewer) inside.
        people: i64,
        /// Vehicles more (or fewer) inside.
        vehicles: i64,
        /// User name.
        username: String,
        /// A word.
        reason: String,
        /// In words.
        note: Option<String>,
        /// When, ms.
        at_ms: i64,
        /// `desk` or `central`.
        source: String,
    }
}

/// Numbers of what a span's figures do not hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LossNumbers {
    /// Events that will never come.
    pub lost: i64,
    /// Of these, unexplained ones.
    pub unexplained: i64,
    /// Events that came late.
    pub late: i64,
    /// Events on their way.
    pub waiting: i64,
    /// Outages of cameras: camera, from, to, ms.
    pub outages: Vec<(String, i64, i64)>,
}

impl Store {
    /// Adds a correction made at central: what was counted stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn correct(
        &self,
        id: &str,
        site: &str,
        correction: &CountCorrection,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let (mut writer, mut dirty) = (self.write().await?, Dirty::default());
        write::correction(&mut writer, (id, site), correction, (now_ms, "central"), &mut dirty).await?;
        dirty.settle(&mut writer).await?;
        Ok(writer.commit().await?)
    }

    /// Movements by gate and hour up to `to_ms`. Those before `from_ms` come as one hour per gate, just before `from_ms`: only what
    /// they leave inside matters.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn gate_hours(&self, site: &str, from_ms: i64, to_ms: i64) -> Result<Vec<Hour>, StoreError> {
        let rows = sqlx::query(
            "select gate, bucket_ms,
                cast(sum(case when kind <> 'correction' and people > 0 then people else 0 end) as bigint),
                cast(sum(case when kind <> 'correction' and people < 0 then -people else 0 end) as bigint),
                cast(sum(case when kind <> 'correction' and vehicles > 0 then vehicles else 0 end) as bigint),
                cast(sum(case when kind <> 'correction' and vehicles < 0 then -vehicles else 0 end) as bigint),
                cast(sum(case when kind = 'correction' then people else 0 end) as bigint),
                cast(sum(case when kind = 'correction' then vehicles else 0 end) as bigint)
             from (select gate, kind, people, vehicles, case when at_ms < $2 then $2 - 1 else at_ms - at_ms % 3600000 end as bucket_ms
                from movements where site = $1 and at_ms < $3) m
             group by gate, bucket_ms order by gate, bucket_ms",
        )
        .bind(site)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                let flow = Flow {
                    people_in: row.try_get(2)?,
                    people_out: row.try_get(3)?,
                    vehicles_in: row.try_get(4)?,
                    vehicles_out: row.try_get(5)?,
                    people_corrected: row.try_get(6)?,
                    vehicles_corrected: row.try_get(7)?,
                };
                Ok(Hour { gate: row.try_get(0)?, hour_ms: row.try_get(1)?, flow })
            })
            .collect()
    }

    /// People and vehicles in and out between two moments, whole site: for trains, whose windows are no hours.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn flow_between(&self, site: &str, from_ms: i64, to_ms: i64) -> Result<Flow, StoreError> {
        let row = sqlx::query(
            "select cast(coalesce(sum(case when people > 0 then people else 0 end), 0) as bigint),
                cast(coalesce(sum(case when people < 0 then -people else 0 end), 0) as bigint),
                cast(coalesce(sum(case when vehicles > 0 then vehicles else 0 end), 0) as bigint),
                cast(coalesce(sum(case when vehicles < 0 then -vehicles else 0 end), 0) as bigint)
             from movements where site = $1 and at_ms >= $2 and at_ms < $3 and kind <> 'correction'",
        )
        .bind(site)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_one(self.read())
        .await?;
        Ok(Flow {
            people_in: row.try_get(0)?,
            people_out: row.try_get(1)?,
            vehicles_in: row.try_get(2)?,
            vehicles_out: row.try_get(3)?,
            ..Flow::default()
        })
    }

    /// People inside an area by everything that was committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn people_in_area(&self, site: &str, area: &str) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar(
            "select cast(coalesce(sum(people), 0) as bigint) from movements where site = $1 and area = $2",
        )
        .bind(site)
        .bind(area)
        .fetch_one(self.read())
        .await?)
    }

    /// Corrections of a site in a span, oldest first; `gate` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn corrections(
        &self,
        site: &str,
        gate: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<CorrectionRow>, StoreError> {
        let rows = sqlx::query(
            "select * from corrections where site = $1 and ($2 = '' or gate = $2) and at_ms >= $3 and at_ms < $4 order by at_ms, correction_id",
        )
        .bind(site)
        .bind(gate)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(CorrectionRow::read).collect::<Result<_, _>>()?)
    }

    /// What the figures of a span do not hold. A lost event belongs to the moment of the last one that came before it: so every loss
    /// is in exactly one span.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn loss_within(
        &self,
        site: &str,
        from_ms: i64,
        to_ms: i64,
        now_ms: i64,
    ) -> Result<LossNumbers, StoreError> {
        let late: i64 = sqlx::query_scalar(
            "select count(*) from events where site = $1 and captured_at_ms >= $2 and captured_at_ms < $3 and late = 1 and phase = 'settled'",
        )
        .bind(site)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_one(self.read())
        .await?;
        let (lost, unexplained) = self.holes(site, "losses", from_ms, to_ms).await?;
        let (waiting, _) = self.holes(site, "gaps", from_ms, to_ms).await?;
        let outages = self.outages(site, from_ms, to_ms, now_ms).await?;
        Ok(LossNumbers { lost, unexplained, late, waiting, outages })
    }

    /// Sequence numbers of `losses` or `gaps` that belong to a span: all, and unexplained ones.
    async fn holes(
        &self,
        site: &str,
        table: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<(i64, i64), StoreError> {
        let reason = if table == "losses" { "h.reason" } else { "''" };
        let query = format!(
            "select h.from_seq, h.to_seq, {reason} as reason, coalesce(
                (select e.captured_at_ms from events e where e.site = h.site and e.agent = h.agent and e.seq < h.from_seq order by e.seq desc limit 1),
                h.noticed_at_ms) as at_ms
             from {table} h where h.site = $1"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query)).bind(site).fetch_all(self.read()).await?;
        let (mut all, mut unexplained) = (0, 0);
        for row in rows {
            let (from, to, at): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?);
            if (from_ms..to_ms).contains(&at) {
                all += to - from + 1;
                if row.try_get::<String, _>(2)? == "unexplained" {
                    unexplained += to - from + 1;
                }
            }
        }
        if table == "losses" {
            // Previews whose settled event repeats them are no loss.
            let previews: i64 = sqlx::query_scalar(
                "select cast(coalesce(sum(previews), 0) as bigint) from loss_reports where site = $1 and captured_at_ms >= $2 and captured_at_ms < $3",
            )
            .bind(site)
            .bind(from_ms)
            .bind(to_ms)
            .fetch_one(self.read())
            .await?;
            all = (all - previews).max(unexplained);
        }
        Ok((all, unexplained))
    }

    /// Times of a span in which cameras saw nothing: what agents reported afterwards, and what lasts now.
    async fn outages(
        &self,
        site: &str,
        from_ms: i64,
        to_ms: i64,
        now_ms: i64,
    ) -> Result<Vec<(String, i64, i64)>, StoreError> {
        let rows = sqlx::query(
            "select camera, from_ms, to_ms from camera_outages where site = $1 and to_ms > $2 and from_ms < $3
             union all
             select camera, since_ms, $4 from cameras
                where site = $1 and state not in ('live', 'unknown') and since_ms is not null and since_ms < $3 and $4 > $2
             order by 1, 2",
        )
        .bind(site)
        .bind(from_ms)
        .bind(to_ms)
        .bind(now_ms)
        .fetch_all(self.read())
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }
}
