//! Plates registered to accounts: nobody reviews a case of their own vehicle.

use std::collections::BTreeSet;

use super::{Cases, StoreError};

impl Cases<'_> {
    /// Plates registered to an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn own_plates(&self, username: &str) -> Result<BTreeSet<String>, StoreError> {
        let own: Vec<String> = sqlx::query_scalar("select plate from account_plates where username = $1")
            .bind(username)
            .fetch_all(self.0.read())
            .await?;
        Ok(own.into_iter().collect())
    }

    /// Registers a plate to an account, or takes it away.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_own_plate(
        &self,
        (username, plate): (&str, &str),
        theirs: bool,
        by: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let mut writer = self.0.write().await?;
        if theirs {
            sqlx::query(
                "insert into account_plates (username, plate, added_by, added_at_ms) values ($1, $2, $3, $4)
                 on conflict (username, plate) do nothing",
            )
            .bind(username)
            .bind(plate)
            .bind(by)
            .bind(now_ms)
            .execute(&mut *writer)
            .await?;
        } else {
            sqlx::query("delete from account_plates where username = $1 and plate = $2")
                .bind(username)
                .bind(plate)
                .execute(&mut *writer)
                .await?;
        }
        Ok(writer.commit().await?)
    }
}
