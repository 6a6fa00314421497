//! Sessions. A row's id is the SHA-256 of the cookie's token, so that who reads the database cannot sign in with it.

use super::rows::row;
use super::{Store, StoreError};

row! {
    /// A session that lives, with the account as it is now.
    SessionRow {
        /// SHA-256 of the token.
        session_id: String,
        /// When it began.
        created_at_ms: i64,
        /// Last request, to the minute.
        last_used_ms: i64,
        /// Its end, whatever happens.
        expires_at_ms: i64,
        /// The account.
        user_id: String,
        /// Its sign-in name.
        username: String,
        /// Its name to show.
        display_name: String,
        /// Its role.
        role: String,
        /// JSON array of its sites.
        sites: String,
        /// The group that an enterprise's account sees.
        group_id: Option<String>,
        /// Rank of a police account.
        rank: Option<String>,
        /// Its language.
        language: String,
    }
}

impl Store {
    /// Starts a session and notes the sign-in on the account; sessions that have ended are swept out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_session(
        &self,
        session_id: &str,
        user_id: &str,
        now_ms: i64,
        expires_at_ms: i64,
        address: Option<&str>,
    ) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query("delete from sessions where expires_at_ms <= $1")
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
        sqlx::query(
            "insert into sessions (session_id, user_id, data, created_at_ms, last_used_ms, expires_at_ms, address)
             values ($1, $2, '{}', $3, $3, $4, $5)",
        )
        .bind(session_id)
        .bind(user_id)
        .bind(now_ms)
        .bind(expires_at_ms)
        .bind(address)
        .execute(&mut *writer)
        .await?;
        sqlx::query("update users set last_sign_in_ms = $2 where user_id = $1")
            .bind(user_id)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
        Ok(writer.commit().await?)
    }

    /// The session with this id, if it has not ended at `now_ms`, was used after `idle_since_ms`, and its account may sign in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(
        &self,
        session_id: &str,
        now_ms: i64,
        idle_since_ms: i64,
    ) -> Result<Option<SessionRow>, StoreError> {
        let row = sqlx::query(
            "select s.session_id, s.created_at_ms, s.last_used_ms, s.expires_at_ms,
                u.user_id, u.username, u.display_name, u.role, u.sites, u.group_id, u.rank, u.language
             from sessions s join users u on u.user_id = s.user_id
             where s.session_id = $1 and s.expires_at_ms > $2 and s.last_used_ms > $3 and u.disabled = 0",
        )
        .bind(session_id)
        .bind(now_ms)
        .bind(idle_since_ms)
        .fetch_optional(self.read())
        .await?;
        Ok(row.as_ref().map(SessionRow::read).transpose()?)
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&self, session_id: &str, now_ms: i64) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query("update sessions set last_used_ms = $2 where session_id = $1")
            .bind(session_id)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
        Ok(writer.commit().await?)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, session_id: &str) -> Result<(), StoreError> {
        let mut writer = self.write().await?;
        sqlx::query("delete from sessions where session_id = $1")
            .bind(session_id)
            .execute(&mut *writer)
            .await?;
        Ok(writer.commit().await?)
    }
}
