//! The audit log: who did what, and who looked at whom for which purpose. Rows are added, never changed.

use uuid::Uuid;

use super::rows::row;
use super::{Store, StoreError};

row! {
    /// A row of the audit log.
    AuditRow {
        /// UUIDv7: sorts by time.
        audit_id: String,
        /// When.
        at_ms: i64,
        /// Account, `system` or `console`.
        actor: String,
        /// Role of the account then.
        role: Option<String>,
        /// What was done: `passage.view`, `session.create`, …
        action: String,
        /// Kind of the object.
        object_kind: Option<String>,
        /// Its id.
        object_id: Option<String>,
        /// Why personal data was looked at.
        purpose: Option<String>,
        /// JSON, without plates, names and credentials.
        detail: Option<String>,
        /// Peer.
        address: Option<String>,
    }
}

impl AuditRow {
    /// A row for what `actor` does at `at_ms`; the other fields are empty.
    pub fn new(at_ms: i64, actor: impl Into<String>, action: impl Into<String>) -> Self {
        Self {
            audit_id: Uuid::now_v7().to_string(),
            at_ms,
            actor: actor.into(),
            role: None,
            action: action.into(),
            object_kind: None,
            object_id: None,
            purpose: None,
            detail: None,
            address: None,
        }
    }

    /// The same with its object.
    pub fn on(mut self, kind: &str, id: &str) -> Self {
        self.object_kind = Some(kind.to_owned());
        self.object_id = Some(id.to_owned());
        self
    }
}

impl Store {
    /// Adds a row.
    ///
    /// # Errors
    /// When the database fails: then what the row speaks of must not be done.
    pub async fn audit(&self, row: &AuditRow) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query(
            "insert into audit_log (audit_id, at_ms, actor, role, action, object_kind, object_id, purpose, detail, address)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(&row.audit_id)
        .bind(row.at_ms)
        .bind(&row.actor)
        .bind(&row.role)
        .bind(&row.action)
        .bind(&row.object_kind)
        .bind(&row.object_id)
        .bind(&row.purpose)
        .bind(&row.detail)
        .bind(&row.address)
        .execute(&mut *writer)
        .await?;
        Ok(writer.commit().await?)
    }

    /// Rows before a place, newest first; `actor` and `action` may be empty for all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_rows(
        &self,
        actor: &str,
        action: &str,
        before: (i64, &str),
        limit: u32,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query(
            "select * from audit_log
             where (at_ms, audit_id) < ($1, $2) and ($3 = '' or actor = $3) and ($4 = '' or action = $4)
             order by at_ms desc, audit_id desc limit $5",
        )
        .bind(before.0)
        .bind(before.1)
        .bind(actor)
        .bind(action)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(AuditRow::read).collect::<Result<_, _>>()?)
    }

    /// The newest rows about one object.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_of(&self, kind: &str, id: &str, limit: u32) -> Result<Vec<AuditRow>, StoreError> {
        let rows = sqlx::query(
            "select * from audit_log where object_kind = $1 and object_id = $2 order by at_ms desc, audit_id desc limit $3",
        )
        .bind(kind)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(AuditRow::read).collect::<Result<_, _>>()?)
    }
}
