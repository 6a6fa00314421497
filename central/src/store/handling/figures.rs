//! Figures of violations: how many got how far, money, time. And confirmed cases that wait to be handled.

use jiff::Timestamp;
use sqlx::Row as _;

use super::super::rows::{Scope, row};
use super::{Store, StoreError};
use crate::cases::flags::Flag;
use crate::handling::open::Confirmed;
use crate::handling::record::Vehicle;

row! {
    /// Numbers of one group.
    FigureRow {
        /// What the group is: a kind, an hour, a day; of a place its site.
        name: String,
        /// Camera of a place; empty for other groups.
        camera: String,
        /// Cases that were opened.
        detected: i64,
        /// Of them without admissible evidence.
        inadmissible: i64,
        /// Rejected by reviewers.
        rejected: i64,
        /// Confirmed by reviewers.
        confirmed: i64,
        /// Noticed.
        noticed: i64,
        /// Decided.
        decided: i64,
        /// Paid.
        paid: i64,
        /// Not paid in time.
        overdue: i64,
    }
}

/// Whole sums of a time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// VND of decisions.
    pub fined: i64,
    /// VND paid.
    pub paid: i64,
}

/// How rows are grouped: the expressions of name and camera. A camera's name is unique within its site alone.
fn group_sql(group: &str) -> (&'static str, &'static str) {
    match group {
        "place" => ("c.site", "c.camera"),
        // Hours and days of Vietnam.
        "hour" => ("cast(((c.at_ms + 25200000) / 3600000) % 24 as text)", "''"),
        "day" => ("cast((c.at_ms + 25200000) / 86400000 as text)", "''"),
        _ => ("c.kind", "''"),
    }
}

impl Store {
    /// Figures of cases that happened in a time, grouped by `kind`, `place`, `hour` or `day`. `known`: known cases that measure reviewers
    /// count too, as they do in the lists of reviewers, who must not find them by what is missing here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn violation_figures(
        &self,
        scope: &Scope,
        site: &str,
        (from_ms, to_ms): (i64, i64),
        group: &str,
        known: bool,
    ) -> Result<Vec<FigureRow>, StoreError> {
        let (name, camera) = group_sql(group);
        let query = format!(
            "select {name} name, {camera} camera, count(*) detected,
                coalesce(sum(case when c.state = 'inadmissible' then 1 else 0 end), 0) inadmissible,
                coalesce(sum(case when c.state = 'rejected' then 1 else 0 end), 0) rejected,
                coalesce(sum(case when c.state = 'confirmed' then 1 else 0 end), 0) confirmed,
                coalesce(sum(case when h.noticed_at_ms is not null then 1 else 0 end), 0) noticed,
                coalesce(sum(case when h.decided_at_ms is not null then 1 else 0 end), 0) decided,
                coalesce(sum(case when h.paid_at_ms is not null then 1 else 0 end), 0) paid,
                coalesce(sum(case when h.overdue_at_ms is not null then 1 else 0 end), 0) overdue
             from cases c left join handling_cases k on k.case_id = c.case_id left join handlings h on h.handling_id = k.handling_id
             where c.seeded <= $5 and c.at_ms >= $1 and c.at_ms < $2 and ($3 = '' or $3 like '%,' || c.site || ',%') and ($4 = '' or c.site = $4)
             group by 1, 2 order by 1, 2"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(from_ms)
            .bind(to_ms)
            .bind(scope.sql())
            .bind(site)
            .bind(i64::from(known))
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(FigureRow::read).collect::<Result<_, _>>()?)
    }

    /// Money of decisions about cases that happened in a time, each handling once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn violation_sums(
        &self,
        scope: &Scope,
        site: &str,
        (from_ms, to_ms): (i64, i64),
    ) -> Result<Sums, StoreError> {
        let row = sqlx::query(
            "select cast(coalesce(sum(h.amount), 0) as bigint), cast(coalesce(sum(h.paid), 0) as bigint) from handlings h
             where ($3 = '' or $3 like '%,' || h.site || ',%') and ($4 = '' or h.site = $4) and exists
                (select 1 from handling_cases k where k.handling_id = h.handling_id and k.at_ms >= $1 and k.at_ms < $2)",
        )
        .bind(from_ms)
        .bind(to_ms)
        .bind(scope.sql())
        .bind(site)
        .fetch_one(self.read())
        .await?;
        Ok(Sums { fined: row.try_get(0)?, paid: row.try_get(1)? })
    }

    /// Days from violation to decision, of every decided case of a time, sorted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn days_to_decision(
        &self,
        scope: &Scope,
        site: &str,
        (from_ms, to_ms): (i64, i64),
    ) -> Result<Vec<i64>, StoreError> {
        Ok(sqlx::query_scalar(
            "select (h.decided_at_ms - k.at_ms) / 86400000 from handling_cases k join handlings h on h.handling_id = k.handling_id
             where h.decided_at_ms is not null and k.at_ms >= $1 and k.at_ms < $2 and ($3 = '' or $3 like '%,' || k.site || ',%')
                and ($4 = '' or k.site = $4) order by 1",
        )
        .bind(from_ms)
        .bind(to_ms)
        .bind(scope.sql())
        .bind(site)
        .fetch_all(self.read())
        .await?)
    }

    /// Confirmed cases that have no handling yet, the most urgent first. Known cases that measure reviewers are never among them, nor
    /// is a vehicle on which people found no plate: nobody can be looked up, whatever the machine thought to read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirmed_cases(&self, limit: u32) -> Result<Vec<Confirmed>, StoreError> {
        let rows = sqlx::query(
            "select c.* from case_confirmed f join cases c on c.case_id = f.case_id
             where f.taken_at_ms is null and c.state = 'confirmed' and c.seeded = 0 and c.behaviour is not null
                and c.plate_typed <> ''
             order by c.at_ms limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(confirmed).collect()
    }
}

fn confirmed(row: &sqlx::any::AnyRow) -> Result<Confirmed, StoreError> {
    let text = |name: &str| row.try_get::<String, _>(name);
    let maybe = |name: &str| row.try_get::<Option<String>, _>(name);
    let case_id = text("case_id")?;
    let plate = maybe("plate_typed")?.unwrap_or_default();
    let (class, colour) = (text("class")?, maybe("plate_colour")?);
    let at_ms: i64 = row.try_get("at_ms")?;
    let damaged = |problem: String| StoreError::Damaged { table: "cases", id: case_id.clone(), problem };
    let at = Timestamp::from_millisecond(at_ms).map_err(|error| damaged(error.to_string()))?;
    let doubts = blocking(&text("flags")?).map_err(|error| damaged(error.to_string()))?;
    let confirmation = maybe("confirmation")?.unwrap_or_else(|| "[]".to_owned());
    let judged_by = judged_by(&confirmation).map_err(|error| damaged(error.to_string()))?;
    Ok(Confirmed {
        case_number: text("number")?,
        kind: text("kind")?,
        behaviour: maybe("behaviour")?.unwrap_or_default(),
        at,
        site: text("site")?,
        camera: text("camera")?,
        place_vi: text("place_vi")?,
        vehicle: Vehicle::seen(&plate, colour.as_deref(), &class),
        doubts,
        judged_by,
        case_id,
    })
}

/// Flags of screening that block what would go on by itself, in the words of a handling's doubts.
fn blocking(flags: &str) -> Result<Vec<String>, serde_json::Error> {
    let flags: Vec<Flag> = serde_json::from_str(flags)?;
    let blocks = flags.into_iter().filter(|flag| matches!(flag, Flag::Exempt | Flag::CloneSuspect));
    Ok(blocks.map(|flag| flag.as_str().to_owned()).collect())
}

/// Accounts among the reviewers whose answers confirmed a case.
fn judged_by(confirmation: &str) -> Result<Vec<String>, serde_json::Error> {
    #[derive(serde::Deserialize)]
    struct Reviewer {
        username: String,
    }
    let people: Vec<Reviewer> = serde_json::from_str(confirmation)?;
    Ok(people.into_iter().map(|one| one.username).collect())
}
