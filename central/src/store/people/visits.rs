//! Visits: what a visitor said lies sealed until it is erased.

use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use super::super::gates::members;
use super::super::rows::{Scope, row};
use super::passes::{self, PassRow};
use super::{Store, StoreError};
use crate::sealing::DataKey;
use crate::store::gates::{Member, bump};

/// What a visitor said of themselves. `Debug` shows nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Telephone or e-mail.
    pub contact: String,
    /// `CCC:NUMBER` of a passport.
    pub passport: Option<String>,
    /// What the visit is for.
    pub purpose: Option<String>,
}

impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Person(redacted)")
    }
}

row! {
    /// A visit as it is stored.
    VisitRow {
        /// Id.
        visit_id: String,
        /// SHA-256 of the code.
        code_digest: String,
        /// Site.
        site: String,
        /// `waiting`, `approved`, `refused` or `cancelled`.
        state: String,
        /// Sealed [`Person`]; null once erased.
        person_sealed: Option<String>,
        /// 1 when announced with a passport.
        foreigner: i64,
        /// How many come.
        people: i64,
        /// Canonical plate.
        plate: Option<String>,
        /// Whom they visit.
        host_group: Option<String>,
        /// `YYYY-MM-DD`.
        date: String,
        /// When they are expected, ms.
        expected_at_ms: i64,
        /// When the notice was agreed to, ms.
        consent_at_ms: i64,
        /// Which notice.
        notice_version: String,
        /// Sealed reference of VNeID.
        vneid_sealed: Option<String>,
        /// Keyed digest of the same.
        vneid_digest: Option<String>,
        /// Level of the account.
        vneid_level: Option<i64>,
        /// When it was bound, ms.
        bound_at_ms: Option<i64>,
        /// Entry in the list.
        member_id: Option<String>,
        /// Pass.
        pass_id: Option<String>,
        /// Who decided.
        decided_by: Option<String>,
        /// When, ms.
        decided_at_ms: Option<i64>,
        /// Why.
        decided_why: Option<String>,
        /// When it was announced, ms.
        made_at_ms: i64,
        /// When the personal fields were erased, ms.
        erased_at_ms: Option<i64>,
        /// 1 when its entry has been let in.
        arrived: i64,
    }
}

/// What every query of visits reads.
const SELECT: &str =
    "select v.*, (select count(*) from accesses a where a.site = v.site and a.entry = v.member_id
    and a.direction = 'in' and a.outcome in ('passed', 'passed_unadmitted')) as arrived from visits v";

impl VisitRow {
    /// What the visitor said; `None` once erased.
    ///
    /// # Errors
    /// When the data key is another.
    pub fn person(&self, key: &DataKey) -> Result<Option<Person>, StoreError> {
        let damaged =
            |problem: String| StoreError::Damaged { table: "visits", id: self.visit_id.clone(), problem };
        let Some(sealed) = &self.person_sealed else { return Ok(None) };
        let plain = key.open("visits.person", sealed).map_err(|error| damaged(error.to_string()))?;
        serde_json::from_str(&plain).map(Some).map_err(|error| damaged(error.to_string()))
    }
}

/// What approving a visit writes.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Its pass.
    pub pass: PassRow,
    /// Its entries in the list.
    pub entries: Vec<Member>,
}

impl Store {
    /// Writes an announced visit. False when so many people are announced for the day already that it does not fit.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_visit(&self, visit: &VisitRow, most_people: i64) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let announced: i64 = sqlx::query_scalar(
            "select cast(coalesce(sum(people), 0) as bigint) from visits where site = $1 and date = $2 and state in ('waiting', 'approved')",
        )
        .bind(&visit.site)
        .bind(&visit.date)
        .fetch_one(&mut *writer)
        .await?;
        if announced + visit.people > most_people {
            return Ok(false);
        }
        sqlx::query(
            "insert into visits (visit_id, code_digest, site, state, person_sealed, foreigner, people, plate, host_group, date,
                expected_at_ms, consent_at_ms, notice_version, made_at_ms)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        )
        .bind(&visit.visit_id)
        .bind(&visit.code_digest)
        .bind(&visit.site)
        .bind(&visit.state)
        .bind(&visit.person_sealed)
        .bind(visit.foreigner)
        .bind(visit.people)
        .bind(&visit.plate)
        .bind(&visit.host_group)
        .bind(&visit.date)
        .bind(visit.expected_at_ms)
        .bind(visit.consent_at_ms)
        .bind(&visit.notice_version)
        .bind(visit.made_at_ms)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(true)
    }

    /// The visit with this code, by the code's digest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visit_by_code(&self, code_digest: &str) -> Result<Option<VisitRow>, StoreError> {
        let row = sqlx::query(sqlx::AssertSqlSafe(format!("{SELECT} where v.code_digest = $1")))
            .bind(code_digest)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(VisitRow::read).transpose()?)
    }

    /// One visit that the account sees: an enterprise those to it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visit(&self, scope: &Scope, visit_id: &str) -> Result<Option<VisitRow>, StoreError> {
        let query = format!(
            "{SELECT} where v.visit_id = $3 and ($1 = '' or $1 like '%,' || v.site || ',%') and ($2 = '' or v.host_group = $2)"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(scope.sites_sql())
            .bind(scope.group_sql())
            .bind(visit_id)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(VisitRow::read).transpose()?)
    }

    /// Visits after a place, by when they are expected. Site, date and state may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visits(
        &self,
        scope: &Scope,
        (site, date, state): (&str, &str, &str),
        after: (i64, &str),
        limit: u32,
    ) -> Result<Vec<VisitRow>, StoreError> {
        let query = format!(
            "{SELECT} where ($1 = '' or $1 like '%,' || v.site || ',%') and ($2 = '' or v.host_group = $2) and ($3 = '' or v.site = $3)
                and ($4 = '' or v.date = $4) and ($5 = '' or v.state = $5)
                and (v.expected_at_ms, v.visit_id) > ($6, $7) order by v.expected_at_ms, v.visit_id limit $8"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(scope.sites_sql())
            .bind(scope.group_sql())
            .bind(site)
            .bind(date)
            .bind(state)
            .bind(after.0)
            .bind(after.1)
            .bind(i64::from(limit))
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(VisitRow::read).collect::<Result<_, _>>()?)
    }

    /// Decides about a waiting visit; an approval writes its pass and entries with it. False when it does not wait any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn decide_visit(
        &self,
        key: &DataKey,
        visit_id: &str,
        approval: Option<&Approval>,
        (by, why, now_ms): (&str, Option<&str>, i64),
    ) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "update visits set state = $2, decided_by = $3, decided_why = $4, decided_at_ms = $5, member_id = $6, pass_id = $7
             where visit_id = $1 and state = 'waiting'",
        )
        .bind(visit_id)
        .bind(if approval.is_some() { "approved" } else { "refused" })
        .bind(by)
        .bind(why)
        .bind(now_ms)
        .bind(approval.map(|approval| approval.pass.member_id.as_str()))
        .bind(approval.map(|approval| approval.pass.pass_id.as_str()))
        .execute(&mut *writer)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        if let Some(approval) = approval {
            passes::put(&mut writer, key, &approval.pass, &approval.entries).await?;
        }
        writer.commit().await?;
        Ok(true)
    }

    /// Cancels a visit that waits or was approved, with its pass. False when it is over already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn cancel_visit(&self, visit_id: &str, by: &str, now_ms: i64) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let row = sqlx::query(
            "update visits set state = 'cancelled', decided_by = $2, decided_at_ms = $3
             where visit_id = $1 and state in ('waiting', 'approved') returning pass_id",
        )
        .bind(visit_id)
        .bind(by)
        .bind(now_ms)
        .fetch_optional(&mut *writer)
        .await?;
        let Some(row) = row else { return Ok(false) };
        if let Some(pass) = row.try_get::<Option<String>, _>(0)? {
            passes::revoke(&mut writer, &pass, (by, "visit cancelled", now_ms)).await?;
        }
        writer.commit().await?;
        Ok(true)
    }

    /// Binds a visit to VNeID's reference of its visitor. False when the same subject has another live visit on that day, or this
    /// one is bound or over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bind_visit(
        &self,
        key: &DataKey,
        visit: &VisitRow,
        (subject, level): (&str, i64),
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let digest = key.index("visits.vneid", subject);
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "update visits set vneid_sealed = $2, vneid_digest = $3, vneid_level = $4, bound_at_ms = $5
             where visit_id = $1 and state in ('waiting', 'approved') and bound_at_ms is null
                and not exists (select 1 from visits o where o.site = visits.site and o.date = visits.date and o.vneid_digest = $3
                    and o.state in ('waiting', 'approved'))",
        )
        .bind(&visit.visit_id)
        .bind(key.seal("visits.vneid", subject))
        .bind(&digest)
        .bind(level)
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        // As it is now: it may have been approved since it was read.
        let member: Option<String> = sqlx::query_scalar("select member_id from visits where visit_id = $1")
            .bind(&visit.visit_id)
            .fetch_one(&mut *writer)
            .await?;
        if let Some(member) = member {
            sqlx::query("update members set vneid_ref = $2, changed_at_ms = $3 where member_id = $1 and status <> 'ended'")
                .bind(&member)
                .bind(key.seal("members.vneid_ref", subject))
                .bind(now_ms)
                .execute(&mut *writer)
                .await?;
            bump(&mut writer, &visit.site, now_ms).await?;
        }
        writer.commit().await?;
        Ok(true)
    }

    /// Erases what visitors said whose visit was before `date`; a hundred at a time. Returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn erase_visits(&self, before_date: &str, now_ms: i64) -> Result<u64, StoreError> {
        let mut writer = self.write().await?;
        let rows = sqlx::query(
            "select visit_id, site, member_id, pass_id from visits where date < $1 and erased_at_ms is null order by date limit 100",
        )
        .bind(before_date)
        .fetch_all(&mut *writer)
        .await?;
        for row in &rows {
            let (visit, site): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            sqlx::query(
                "update visits set person_sealed = null, plate = null, vneid_sealed = null, vneid_digest = null,
                    decided_why = null, erased_at_ms = $2 where visit_id = $1",
            )
            .bind(&visit)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
            if let Some(pass) = row.try_get::<Option<String>, _>(3)? {
                passes::revoke(&mut writer, &pass, ("system", "erased", now_ms)).await?;
                let vehicle: Option<String> = sqlx::query_scalar(
                    "update passes set label = '', plate = null where pass_id = $1 returning vehicle_id",
                )
                .bind(&pass)
                .fetch_one(&mut *writer)
                .await?;
                for entry in [row.try_get::<Option<String>, _>(2)?, vehicle].into_iter().flatten() {
                    members::end(&mut writer, &entry, "system", now_ms).await?;
                    sqlx::query("update members set label = '', plate = null where member_id = $1")
                        .bind(&entry)
                        .execute(&mut *writer)
                        .await?;
                }
                bump(&mut writer, &site, now_ms).await?;
            }
        }
        writer.commit().await?;
        Ok(rows.len() as u64)
    }
}
