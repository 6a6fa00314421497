//! Accounts.

use super::rows::row;
use super::{Store, StoreError};

row! {
    /// An account as it is stored.
    UserRow {
        /// Id.
        user_id: String,
        /// Sign-in name, lower case.
        username: String,
        /// Name to show.
        display_name: String,
        /// argon2id PHC string.
        password_hash: String,
        /// See [`crate::auth::Role`].
        role: String,
        /// JSON array of sites; empty for all.
        sites: String,
        /// The group that an enterprise's account sees.
        group_id: Option<String>,
        /// Rank of a police account.
        rank: Option<String>,
        /// `vi` or `en`.
        language: String,
        /// 1 when it may not sign in.
        disabled: i64,
        /// When it was made.
        created_at_ms: i64,
        /// When it was last changed.
        changed_at_ms: i64,
        /// When it last signed in.
        last_sign_in_ms: Option<i64>,
    }
}

row! {
    /// An account that may work at a desk.
    GuardRow {
        /// Sign-in name.
        username: String,
        /// Name to show.
        display_name: String,
        /// argon2id PHC string of the desk PIN.
        desk_pin_hash: String,
        /// 1 when it may open in an emergency, correct counts and forgive.
        desk_supervisor: i64,
        /// JSON array of gates; empty for all.
        desk_gates: String,
    }
}

/// What an account may do at a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// argon2id PHC string of the PIN; none takes the desk away.
    pub pin_hash: Option<String>,
    /// May open in an emergency, correct counts and forgive.
    pub supervisor: bool,
    /// Gates; empty for all.
    pub gates: Vec<String>,
}

impl Store {
    /// Accounts of a site that have a desk PIN.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn guards(&self, site: &str) -> Result<Vec<GuardRow>, StoreError> {
        let rows = sqlx::query(
            "select username, display_name, desk_pin_hash, desk_supervisor, desk_gates from users
             where role = 'gate_operator' and disabled = 0 and desk_pin_hash is not null
               and (sites = '[]' or sites like '%\"' || $1 || '\"%') order by username",
        )
        .bind(site)
        .fetch_all(self.read())
        .await?;
        Ok(rows.iter().map(GuardRow::read).collect::<Result<_, _>>()?)
    }

    /// A text that changes with every change of any account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users_stamp(&self) -> Result<(i64, i64), StoreError> {
        Ok(sqlx::query_as("select count(*), coalesce(max(changed_at_ms), 0) from users")
            .fetch_one(self.read())
            .await?)
    }

    /// Gives an account its desk, or takes it away; `false` when there is no such account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_desk(&self, username: &str, desk: &Desk, now_ms: i64) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "update users set desk_pin_hash = $2, desk_supervisor = $3, desk_gates = $4, changed_at_ms = $5 where username = $1",
        )
        .bind(username)
        .bind(&desk.pin_hash)
        .bind(i64::from(desk.supervisor))
        .bind(serde_json::json!(desk.gates).to_string())
        .bind(now_ms)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// Adds an account; `false` when the user name is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_user(&self, user: &UserRow) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query(
            "insert into users (user_id, username, display_name, password_hash, role, sites, language, disabled,
                created_at_ms, changed_at_ms, group_id, rank)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (username) do nothing",
        )
        .bind(&user.user_id)
        .bind(&user.username)
        .bind(&user.display_name)
        .bind(&user.password_hash)
        .bind(&user.role)
        .bind(&user.sites)
        .bind(&user.language)
        .bind(user.disabled)
        .bind(user.created_at_ms)
        .bind(user.changed_at_ms)
        .bind(&user.group_id)
        .bind(&user.rank)
        .execute(&mut *writer)
        .await?;
        writer.commit().await?;
        Ok(done.rows_affected() == 1)
    }

    /// The account with this sign-in name (lower case).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user_by_name(&self, username: &str) -> Result<Option<UserRow>, StoreError> {
        let row = sqlx::query("select * from users where username = $1")
            .bind(username)
            .fetch_optional(self.read())
            .await?;
        Ok(row.as_ref().map(UserRow::read).transpose()?)
    }

    /// Every account, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        let rows = sqlx::query("select * from users order by username").fetch_all(self.read()).await?;
        Ok(rows.iter().map(UserRow::read).collect::<Result<_, _>>()?)
    }

    /// Gives an account another password and ends its sessions; `false` when there is no such account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_password(&self, username: &str, hash: &str, now_ms: i64) -> Result<bool, StoreError> {
        self.change_user(
            "update users set password_hash = $2, changed_at_ms = $3 where username = $1",
            username,
            hash,
            now_ms,
        )
        .await
    }

    /// Lets an account sign in no more, or again, and ends its sessions; `false` when there is no such account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_disabled(
        &self,
        username: &str,
        disabled: bool,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let value = if disabled { "1" } else { "0" };
        self.change_user(
            "update users set disabled = cast($2 as bigint), changed_at_ms = $3 where username = $1",
            username,
            value,
            now_ms,
        )
        .await
    }

    async fn change_user(
        &self,
        update: &'static str,
        username: &str,
        value: &str,
        now_ms: i64,
    ) -> Result<bool, StoreError> {
        let mut writer = self.write().await?;
        let done = sqlx::query(update).bind(username).bind(value).bind(now_ms).execute(&mut *writer).await?;
        sqlx::query("delete from sessions where user_id in (select user_id from users where username = $1)")
            .bind(username)
            .execute(&mut *writer)
            .await?;
        writer.commit().await?;
        Ok(done.rows_affected() == 1)
    }
}

#[cfg(test)]
mod tests {
    use crate::auth::{AuthError, Language, NewUser, Role, create_user, verify_password};
    use crate::store::testing;

    fn new(username: &str) -> NewUser {
        NewUser {
            username: username.into(),
            display_name: " Trực ban ".into(),
            role: Role::GateOperator,
            sites: vec!["kcn".into()],
            group: None,
            rank: None,
            language: Language::Vi,
            password: "trời xanh mây trắng".into(),
            desk_pin: None,
            desk_supervisor: false,
            desk_gates: Vec::new(),
        }
    }

    #[tokio::test]
    async fn an_account_is_made_once_and_its_password_is_only_a_hash() {
        let (_folder, store) = testing::fresh().await;
        create_user(&store, new("Gate.1"), 7).await.unwrap();
        let user = store.user_by_name("gate.1").await.unwrap().unwrap();
        assert_eq!(
            (user.display_name.as_str(), user.created_at_ms, user.last_sign_in_ms),
            ("Trực ban", 7, None)
        );
        assert!(!user.password_hash.contains("xanh"));
        assert!(verify_password(Some(user.password_hash), "trời xanh mây trắng".into()).await);
        assert!(matches!(create_user(&store, new("gate.1"), 8).await, Err(AuthError::Taken(_))));
        assert_eq!(store.users().await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_changed_or_disabled_account_is_changed_alone() {
        let (_folder, store) = testing::fresh().await;
        create_user(&store, new("gate.1"), 7).await.unwrap();
        assert!(store.set_disabled("gate.1", true, 9).await.unwrap());
        assert!(store.set_password("gate.1", "x", 9).await.unwrap());
        assert!(!store.set_password("nobody", "x", 9).await.unwrap());
        let user = store.user_by_name("gate.1").await.unwrap().unwrap();
        assert_eq!((user.disabled, user.changed_at_ms, user.password_hash.as_str()), (1, 9, "x"));
    }
}
