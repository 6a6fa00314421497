//! What the pack for a security assessment reads: whole logs of a period, and sums.

use sqlx::Row as _;

use super::audit::AuditRow;
use super::{Store, StoreError};

/// A log whose lines are chained, and whether its chain holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainedLog {
    /// `case` or `handling`.
    pub kind: &'static str,
    /// Id of the case or handling.
    pub id: String,
    /// Lines.
    pub lines: i64,
    /// Number of the first line that does not fit.
    pub broken_at: Option<i64>,
}

/// Messages of one sender that central could not use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Site; empty where the topic could not be read.
    pub site: String,
    /// Agent; empty likewise.
    pub agent: String,
    /// Stable reason.
    pub reason_code: String,
    /// How many.
    pub messages: i64,
    /// When the last one came.
    pub last_at_ms: i64,
}

/// Numbers of one agent's events that will never come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Site.
    pub site: String,
    /// Agent.
    pub agent: String,
    /// Stable reason.
    pub reason: String,
    /// How many events.
    pub events: i64,
}

impl Store {
    /// Rows of the audit log of a period, after a place in it, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_between(
        &self,
        (from_ms, until_ms): (i64, i64),
        after: (i64, &str),
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query(
            "select * from audit_log where at_ms >= $1 and at_ms < $2 and (at_ms, audit_id) > ($3, $4)
             order by at_ms, audit_id limit $5",
        )
        .bind(from_ms)
        .bind(until_ms)
        .bind(after.0)
        .bind(after.1)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(AuditRow::read).collect::<Result<_, _>>()?)
    }

    /// Every chained log that has a line in the period, checked from its first line on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chained_logs(&self, (from_ms, until_ms): (i64, i64)) -> Result<Vec<ChainedLog>, StoreError> {
        let rows = sqlx::query(
            "select 'case', case_id, max(seq) from case_log where at_ms < $2
             group by case_id having max(at_ms) >= $1
             union all
             select 'handling', handling_id, max(seq) from handling_log where at_ms < $2
             group by handling_id having max(at_ms) >= $1
             order by 1, 2",
        )
        .bind(from_ms)
        .bind(until_ms)
        .fetch_all(self.read())
        .await?;
        let mut logs = Vec::with_capacity(rows.len());
        for row in rows {
            let (of_case, id) = (row.try_get::<String, _>(0)? == "case", row.try_get::<String, _>(1)?);
            let (kind, broken_at) = match of_case {
                true => ("case", self.cases().log_break(&id).await?),
                false => ("handling", self.handling_chain(&id).await?),
            };
            logs.push(ChainedLog { kind, id, lines: row.try_get(2)?, broken_at });
        }
        Ok(logs)
    }

    /// Messages that central could not use, summed by sender and reason since the database was made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refused_messages(&self) -> Result<Vec<Refused>, StoreError> {
        let rows = sqlx::query(
            "select site, agent, reason_code, messages, last_at_ms from quarantine_counts
             order by site, agent, reason_code",
        )
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Refused {
                    site: row.try_get(0)?,
                    agent: row.try_get(1)?,
                    reason_code: row.try_get(2)?,
                    messages: row.try_get(3)?,
                    last_at_ms: row.try_get(4)?,
                })
            })
            .collect()
    }

    /// Events that will never come, summed by agent and reason since the database was made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lost_events(&self) -> Result<Vec<Lost>, StoreError> {
        let rows = sqlx::query(
            "select site, agent, reason, cast(sum(to_seq - from_seq + 1) as bigint) from losses
             group by site, agent, reason order by site, agent, reason",
        )
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Lost {
                    site: row.try_get(0)?,
                    agent: row.try_get(1)?,
                    reason: row.try_get(2)?,
                    events: row.try_get(3)?,
                })
            })
            .collect()
    }
}
