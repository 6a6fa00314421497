//! Passes. The secret lies with the pass's entry in the list.

use super::super::gates::members;
use super::super::rows::{Scope, row};
use super::{Store, StoreError, Writer};
use crate::sealing::DataKey;
use crate::store::gates::{Member, bump};

row! {
    /// A pass with how often it was used.
    PassRow {
        /// Id.
        pass_id: String,
        /// Site.
        site: String,
        /// Its entry in the list.
        member_id: String,
        /// Entry of the vehicle it is also for.
        vehicle_id: Option<String>,
        /// Whose.
        group_id: Option<String>,
        /// `visitor`, `contractor` or `driver`.
        kind: String,
        /// What the guard sees.
        label: String,
        /// Canonical plate.
        plate: Option<String>,
        /// JSON array of gates; empty for all.
        gates: String,
        /// 1 when somebody must come along.
        escort: i64,
        /// Ways in it is good for.
        uses: Option<i64>,
        /// Valid from, ms.
        valid_from_ms: i64,
        /// Valid until (exclusive), ms.
        valid_until_ms: i64,
        /// The visit it was made for.
        visit_id: Option<String>,
        /// By whom.
        made_by: String,
        /// When, ms.
        made_at_ms: i64,
        /// When it was revoked, ms.
        revoked_at_ms: Option<i64>,
        /// Why.
        revoked_why: Option<String>,
        /// Ways in so far, by committed decisions.
        used: i64,
    }
}

/// What every query of passes reads.
const SELECT: &str = "select p.*, (select count(*) from accesses a where a.site = p.site and a.direction = 'in'
    and a.outcome in ('passed', 'passed_unadmitted') and (a.entry = p.member_id or a.driver = p.member_id)) as used from passes p";

/// Writes a pass with its entries, inside a transaction.
pub(in crate::store) async fn put(
    writer: &mut Writer,
    key: &DataKey,
    pass: &PassRow,
    entries: &[Member],
) -> Result<(), StoreError> {
    for entry in entries {
        members::put(writer, key, entry).await?;
    }
    sqlx::query(
        "insert into passes (pass_id, site, member_id, vehicle_id, group_id, kind, label, plate, gates, escort, uses,
            valid_from_ms, valid_until_ms, visit_id, made_by, made_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(&pass.pass_id)
    .bind(&pass.site)
    .bind(&pass.member_id)
    .bind(&pass.vehicle_id)
    .bind(&pass.group_id)
    .bind(&pass.kind)
    .bind(&pass.label)
    .bind(&pass.plate)
    .bind(&pass.gates)
    .bind(pass.escort)
    .bind(pass.uses)
    .bind(pass.valid_from_ms)
    .bind(pass.valid_until_ms)
    .bind(&pass.visit_id)
    .bind(&pass.made_by)
    .bind(pass.made_at_ms)
    .execute(&mut **writer)
    .await?;
    bump(writer, &pass.site, pass.made_at_ms).await?;
    Ok(())
}

/// Revokes a pass and ends its entries, inside a transaction; false when there is no such live one.
pub(in crate::store) async fn revoke(
    writer: &mut Writer,
    pass_id: &str,
    (by, why, now_ms): (&str, &str, i64),
) -> Result<bool, StoreError> {
    use sqlx::Row as _;
    let row = sqlx::query(
        "update passes set revoked_by = $2, revoked_why = $3, revoked_at_ms = $4
         where pass_id = $1 and revoked_at_ms is null returning site, member_id, vehicle_id",
    )
    .bind(pass_id)
    .bind(by)
    .bind(why)
    .bind(now_ms)
    .fetch_optional(&mut **writer)
    .await?;
    let Some(row) = row else { return Ok(false) };
    let entries = [Some(row.try_get::<String, _>(1)?), row.try_get::<Option<String>, _>(2)?];
    for entry in entries.into_iter().flatten() {
        members::end(writer, &entry, by, now_ms).await?;
    }
    bump(writer, &row.try_get::<String, _>(0)?, now_ms).await?;
    Ok(true)
}

impl Store {
    /// Writes a pass with its entries in the list.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_pass(
        &self,
        key: &DataKey,
        pass: &PassRow,
        entries: &[Member],
    ) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        put(&mut writer, key, pass, entries).await?;
        Ok(writer.commit().await?)
    }

    /// Revokes a pass: from the next list on it opens nothing. False when there is no such live one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_pass(
        &self,
        pass_id: &str,
        by: &str,
        why: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let done = revoke(&mut writer, pass_id, (by, why, now_ms)).await?;
        writer.commit().await?;
        Ok(done)
    }

    /// Passes of a site before a place, newest first. `text` is part of the label or plate, any case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn passes(
        &self,
        scope: &Scope,
        (site, text): (&str, &str),
        before: (i64, &str),
        limit: u32,
    ) -> Result<Vec<PassRow>, StoreError> {
        let query = format!(
            "{SELECT} where ($1 = '' or $1 like '%,' || p.site || ',%') and ($2 = '' or p.group_id = $2) and ($3 = '' or p.site = $3)
                and ($4 = '' or lower(p.label) like '%' || lower($4) || '%' or p.plate like '%' || upper($4) || '%')
                and (p.made_at_ms, p.pass_id) < ($5, $6) order by p.made_at_ms desc, p.pass_id desc limit $7"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(scope.sites_sql())
            .bind(scope.group_sql())
            .bind(site)
            .bind(text)
            .bind(before.0)
            .bind(before.1)
            .bind(i64::from(limit))
            .fetch_all(self.read())
            .await?;
        Ok(rows.iter().map(PassRow::read).collect::<Result<_, _>>()?)
    }

    /// One pass.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pass(&self, scope: &Scope, pass_id: &str) -> Result<Option<PassRow>, StoreError> {
        let query = format!(
            "{SELECT} where p.pass_id = $3 and ($1 = '' or $1 like '%,' || p.site || ',%') and ($2 = '' or p.group_id = $2)"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(query))
            .bind(scope.sites_sql())
            .bind(scope.group_sql())
            .bind(pass_id)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(PassRow::read).transpose()?)
    }
}
