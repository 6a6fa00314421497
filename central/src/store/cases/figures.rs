//! Numbers about reviews. Known cases count for people alone.

use sqlx::Row as _;

use super::super::rows::row;
use super::{Cases, StoreError};

row! {
    /// One person's answer with how its case ended.
    Judged {
        /// Who.
        username: String,
        /// What.
        decision: String,
        /// When.
        at_ms: i64,
        /// How long it took, milliseconds.
        took_ms: i64,
        /// State of the case.
        state: String,
        /// 1 for a known case.
        seeded: i64,
        /// What a known case is.
        expected: Option<String>,
    }
}

row! {
    /// A case that people decided, for tables and thresholds.
    Ended {
        /// Kind.
        kind: String,
        /// Site.
        site: String,
        /// Camera.
        camera: String,
        /// Score.
        score: f64,
        /// `confirmed` or `rejected`.
        state: String,
        /// 1 when two people had to agree.
        second: i64,
        /// How many people answered otherwise than it ended.
        disagreed: i64,
    }
}

impl Cases<'_> {
    /// Answers given in a window; of one account, or of all when empty.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn judged(
        &self,
        username: &str,
        (from_ms, to_ms): (i64, i64),
    ) -> Result<Vec<Judged>, StoreError> {
        let rows = sqlx::query(
            "select a.username, a.decision, a.at_ms, a.at_ms - a.claimed_at_ms as took_ms, c.state, c.seeded, c.expected
             from case_answers a join cases c on c.case_id = a.case_id
             where ($1 = '' or a.username = $1) and a.at_ms >= $2 and a.at_ms < $3",
        )
        .bind(username)
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.0.read())
        .await?;
        Ok(rows.iter().map(Judged::read).collect::<Result<_, _>>()?)
    }

    /// Cases that people decided in a window.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ended(&self, (from_ms, to_ms): (i64, i64)) -> Result<Vec<Ended>, StoreError> {
        let rows = sqlx::query(
            "select kind, site, camera, score, state, second,
                (select cast(count(*) as bigint) from case_answers a where a.case_id = cases.case_id
                   and (a.decision = 'approve' and cases.state = 'rejected' or a.decision = 'reject' and cases.state = 'confirmed')) as disagreed
             from cases
             where seeded = 0 and state in ('confirmed', 'rejected') and closed_at_ms >= $1 and closed_at_ms < $2",
        )
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.0.read())
        .await?;
        Ok(rows.iter().map(Ended::read).collect::<Result<_, _>>()?)
    }

    /// How often each reason was given in a window, by kind.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reasons(
        &self,
        (from_ms, to_ms): (i64, i64),
    ) -> Result<Vec<(String, String, i64)>, StoreError> {
        let rows = sqlx::query(
            "select a.reason, c.kind, cast(count(*) as bigint) from case_answers a join cases c on c.case_id = a.case_id
             where c.seeded = 0 and a.decision = 'reject' and a.reason is not null and a.at_ms >= $1 and a.at_ms < $2
             group by a.reason, c.kind order by 3 desc, 1, 2",
        )
        .bind(from_ms)
        .bind(to_ms)
        .fetch_all(self.0.read())
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }

    /// How many cases of each camera were inadmissible.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn inadmissible_by_camera(
        &self,
        scope: &super::super::rows::Scope,
    ) -> Result<Vec<(String, String, i64)>, StoreError> {
        let rows = sqlx::query(
            "select site, camera, cast(count(*) as bigint) from cases
             where state = 'inadmissible' and ($1 = '' or $1 like '%,' || site || ',%') group by site, camera",
        )
        .bind(scope.sql())
        .fetch_all(self.0.read())
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
    }
}
