//! Lists of cases.

use sqlx::{AssertSqlSafe, Row as _};

use super::super::rows::Scope;
use super::{CaseRow, Cases, StoreError};

/// How a list is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The nearest deadline first.
    #[default]
    Deadline,
    /// The oldest first.
    Age,
    /// The highest score first.
    Score,
    /// The newest first.
    Newest,
}

impl Sort {
    /// The column's expression as a whole number, ascending.
    fn key(self) -> &'static str {
        match self {
            Self::Deadline => "coalesce(notice_due_ms, 9000000000000000)",
            Self::Age => "at_ms",
            Self::Score => "cast(-(score * 1000000) as bigint)",
            Self::Newest => "-at_ms",
        }
    }

    /// The same of a row, for the next page.
    pub fn of(self, row: &CaseRow) -> i64 {
        match self {
            Self::Deadline => row.notice_due_ms.unwrap_or(9_000_000_000_000_000),
            Self::Age => row.at_ms,
            Self::Score => -((row.score * 1_000_000.0) as i64),
            Self::Newest => -row.at_ms,
        }
    }
}

/// Which cases.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// Comma-separated states, or empty for all.
    pub states: String,
    /// Kind, or empty.
    pub kind: String,
    /// Site, or empty.
    pub site: String,
    /// Number of a case or canonical plate, or empty.
    pub text: String,
    /// Cases that this account has or answered, or empty for everybody's.
    pub mine: String,
    /// Known cases are left out: for those who count and do not review.
    pub counted_only: bool,
    /// For whoever may still have to type a plate: no search by it finds a case in which that is to be done.
    pub types_plates: bool,
}

impl Cases<'_> {
    /// Cases after a place in the list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(
        &self,
        scope: &Scope,
        filter: &CaseFilter,
        sort: Sort,
        after: (i64, &str),
        limit: u32,
    ) -> Result<Vec<CaseRow>, StoreError> {
        let key = sort.key();
        let text = format!(
            "select * from cases c where ($1 = '' or $1 like '%,' || site || ',%')
               and ($2 = '' or ',' || $2 || ',' like '%,' || state || ',%')
               and ($3 = '' or kind = $3) and ($4 = '' or site = $4)
               and ($5 = '' or number = $5 or coalesce(plate_typed, plate) = $5 and state not in ('detected', 'inadmissible')
                    and ($11 = 0 or duplicate_of is null and state in ('confirmed', 'rejected', 'voided', 'expired')))
               and ($6 = '' or exists (select 1 from case_claims m where m.case_id = c.case_id and m.username = $6)
                    or exists (select 1 from case_answers a where a.case_id = c.case_id and a.username = $6))
               and ({key} > $7 or {key} = $7 and case_id > $8) and seeded <= $10
             order by {key}, case_id limit $9"
        );
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(scope.sql())
            .bind(&filter.states)
            .bind(&filter.kind)
            .bind(&filter.site)
            .bind(&filter.text)
            .bind(&filter.mine)
            .bind(after.0)
            .bind(after.1)
            .bind(i64::from(limit))
            .bind(i64::from(!filter.counted_only))
            .bind(i64::from(filter.types_plates))
            .fetch_all(self.0.read())
            .await?;
        Ok(rows.iter().map(CaseRow::read).collect::<Result<_, _>>()?)
    }

    /// How many cases are in each state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn counts(&self, scope: &Scope, filter: &CaseFilter) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sqlx::query(
            "select state, cast(count(*) as bigint) from cases where ($1 = '' or $1 like '%,' || site || ',%')
               and ($2 = '' or kind = $2) and ($3 = '' or site = $3) and seeded <= $4 group by state order by state",
        )
        .bind(scope.sql())
        .bind(&filter.kind)
        .bind(&filter.site)
        .bind(i64::from(!filter.counted_only))
        .fetch_all(self.0.read())
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    /// The next case that this person may take: the nearest deadline first, none that somebody has or that they answered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_for(
        &self,
        scope: &Scope,
        (username, senior): (&str, bool),
        after: &str,
        now_ms: i64,
    ) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar(
            "select case_id from cases c where ($1 = '' or $1 like '%,' || site || ',%') and case_id <> $2
               and (state in ('screened', 'review_1', 'review_2') or state = 'review_3' and $3 = 1)
               and not exists (select 1 from case_answers a where a.case_id = c.case_id and a.username = $4)
               and not exists (select 1 from case_claims m where m.case_id = c.case_id and m.username <> $4 and m.lease_until_ms > $5)
               and not exists (select 1 from account_plates p where p.username = $4 and p.plate = c.plate)
             order by coalesce(notice_due_ms, 9000000000000000), case_id limit 1",
        )
        .bind(scope.sql())
        .bind(after)
        .bind(i64::from(senior))
        .bind(username)
        .bind(now_ms)
        .fetch_optional(self.0.read())
        .await?)
    }

    /// Who has each of these cases now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holders(
        &self,
        now_ms: i64,
    ) -> Result<std::collections::HashMap<String, String>, StoreError> {
        let rows = sqlx::query("select case_id, username from case_claims where lease_until_ms > $1")
            .bind(now_ms)
            .fetch_all(self.0.read())
            .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }
}
