//! Numbers: what passed, what was lost. A loss stands beside every count.

use super::rows::{Scope, row};
use super::{Store, StoreError};

row! {
    /// The console's big numbers.
    SummaryRow {
        /// People in since the start of the day.
        people_in: i64,
        /// People out.
        people_out: i64,
        /// Vehicles that passed.
        vehicles: i64,
        /// Of these, with a reading.
        plates_read: i64,
        /// Alerts that nobody has closed.
        alerts_open: i64,
        /// Cameras whose picture is live.
        cameras_live: i64,
        /// Cameras known.
        cameras_total: i64,
    }
}

row! {
    /// What counts do not hold.
    LossRow {
        /// Events that will never come. Provisional ones whose settled event repeats them are no loss.
        lost: i64,
        /// Events that came late.
        late: i64,
        /// Milliseconds that agents were offline.
        offline_ms: i64,
    }
}

row! {
    /// A counting line.
    LineRow {
        /// Site.
        site: String,
        /// Camera.
        camera: String,
        /// Line.
        line: String,
        /// `person` or `vehicle`.
        subject: String,
        /// In and forward.
        n_in: i64,
        /// Out and backward.
        n_out: i64,
    }
}

row! {
    /// One hour.
    HourRow {
        /// Its start.
        hour_ms: i64,
        /// `person` or `vehicle`.
        subject: String,
        /// In and forward.
        n_in: i64,
        /// Out and backward.
        n_out: i64,
    }
}

impl Store {
    /// The big numbers since `day_ms`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn summary(&self, scope: &Scope, day_ms: i64) -> Result<SummaryRow, StoreError> {
        let row = sqlx::query(
            "select
                (select cast(coalesce(sum(n_in), 0) as bigint) from counts where hour_ms >= $1 and class = 'person'
                    and ($2 = '' or $2 like '%,' || site || ',%')) as people_in,
                (select cast(coalesce(sum(n_out), 0) as bigint) from counts where hour_ms >= $1 and class = 'person'
                    and ($2 = '' or $2 like '%,' || site || ',%')) as people_out,
                (select count(*) from passages where captured_at_ms >= $1
                    and ($2 = '' or $2 like '%,' || site || ',%')) as vehicles,
                (select count(*) from passages where captured_at_ms >= $1 and plate is not null
                    and ($2 = '' or $2 like '%,' || site || ',%')) as plates_read,
                (select count(*) from alerts where state in ('new', 'acknowledged', 'verifying')
                    and police_only <= $3 and ($2 = '' or $2 like '%,' || site || ',%')) as alerts_open,
                (select count(*) from cameras c join agents a on a.site = c.site and a.agent = c.agent
                    where c.state = 'live' and a.state = 'online'
                    and ($2 = '' or $2 like '%,' || c.site || ',%')) as cameras_live,
                (select count(*) from cameras where $2 = '' or $2 like '%,' || site || ',%') as cameras_total",
        )
        .bind(day_ms)
        .bind(scope.sql())
        .bind(scope.police())
        .fetch_one(self.read())
        .await?;
        Ok(SummaryRow::read(&row)?)
    }

    /// What is missing from the counts, since ever; offline time that lasts counts up to `now_ms`. `site` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn loss(&self, scope: &Scope, site: &str, now_ms: i64) -> Result<LossRow, StoreError> {
        let row = sqlx::query(
            "select
                (select cast(coalesce(sum(to_seq - from_seq + 1), 0) as bigint) from losses
                    where ($1 = '' or $1 like '%,' || site || ',%') and ($2 = '' or site = $2))
                - (select cast(coalesce(sum(previews), 0) as bigint) from loss_reports
                    where ($1 = '' or $1 like '%,' || site || ',%') and ($2 = '' or site = $2)) as lost,
                (select cast(coalesce(sum(late), 0) as bigint) from agents
                    where ($1 = '' or $1 like '%,' || site || ',%') and ($2 = '' or site = $2)) as late,
                (select cast(coalesce(sum(coalesce(to_ms, $3) - from_ms), 0) as bigint) from offline_periods
                    where ($1 = '' or $1 like '%,' || site || ',%') and ($2 = '' or site = $2)) as offline_ms",
        )
        .bind(scope.sql())
        .bind(site)
        .bind(now_ms)
        .fetch_one(self.read())
        .await?;
        let loss = LossRow::read(&row)?;
        // A report may also name previews that did arrive: those are in no range.
        Ok(LossRow { lost: loss.lost.max(0), ..loss })
    }

    /// Lines with what crossed them in the hours from `from_ms` to before `to_ms`. `site` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn line_counts(
        &self,
        scope: &Scope,
        site: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<LineRow>, StoreError> {
        let rows = sqlx::query(
            "select site, camera, line, case when class in ('person', 'bicycle') then 'person' else 'vehicle' end as subject,
                cast(sum(n_in) as bigint) as n_in, cast(sum(n_out) as bigint) as n_out
             from counts
             where hour_ms >= $3 and hour_ms < $4 and ($1 = '' or $1 like '%,' || site || ',%') and ($2 = '' or site = $2)
             group by site, camera, line, case when class in ('person', 'bicycle') then 'person' else 'vehicle' end
             order by site, camera, line, subject",
        )
        .bind(scope.sql())
        .bind(site)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(LineRow::read).collect::<Result<_, _>>()?)
    }

    /// Hours with what crossed all lines, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hour_counts(
        &self,
        scope: &Scope,
        site: &str,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Vec<HourRow>, StoreError> {
        let rows = sqlx::query(
            "select hour_ms, case when class in ('person', 'bicycle') then 'person' else 'vehicle' end as subject,
                cast(sum(n_in) as bigint) as n_in, cast(sum(n_out) as bigint) as n_out
             from counts
             where hour_ms >= $3 and hour_ms < $4 and ($1 = '' or $1 like '%,' || site || ',%') and ($2 = '' or site = $2)
             group by hour_ms, case when class in ('person', 'bicycle') then 'person' else 'vehicle' end
             order by hour_ms, subject",
        )
        .bind(scope.sql())
        .bind(site)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(HourRow::read).collect::<Result<_, _>>()?)
    }
}
