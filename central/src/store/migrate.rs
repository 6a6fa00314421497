//! Migrations: numbered texts that run once, in order, each in its own transaction.

use sqlx::Row as _;

use super::{Store, StoreError};

/// One step of the schema.
struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

/// All steps, oldest first. A step that was released is never edited: a new one follows.
const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "first", sql: include_str!("migrations/0001_first.sql") },
    Migration { version: 2, name: "given_up", sql: include_str!("migrations/0002_given_up.sql") },
    Migration {
        version: 3,
        name: "plate_attributes",
        sql: include_str!("migrations/0003_plate_attributes.sql"),
    },
    Migration { version: 4, name: "gates", sql: include_str!("migrations/0004_gates.sql") },
    Migration { version: 5, name: "people", sql: include_str!("migrations/0005_people.sql") },
    Migration { version: 6, name: "law", sql: include_str!("migrations/0006_law.sql") },
    Migration { version: 7, name: "scenes", sql: include_str!("migrations/0007_scenes.sql") },
    Migration { version: 8, name: "cases", sql: include_str!("migrations/0008_cases.sql") },
    Migration { version: 9, name: "handling", sql: include_str!("migrations/0009_handling.sql") },
    Migration { version: 10, name: "handling_ends", sql: include_str!("migrations/0010_handling_ends.sql") },
];

const TABLE: &str = "create table if not exists schema_versions (
    version bigint primary key,
    name text not null,
    sha256 text not null,
    applied_at_ms bigint not null
)";

/// Brings the schema up to date. Returns the versions that were applied now.
pub async fn run(store: &Store) -> Result<Vec<i64>, StoreError> {
    run_up_to(store, i64::MAX).await
}

/// The schema version of the database; 0 for an empty one.
pub async fn version(store: &Store) -> Result<i64, StoreError> {
    sqlx::query(TABLE).execute(&store.write).await?;
    let row =
        sqlx::query("select coalesce(max(version), 0) from schema_versions").fetch_one(&store.write).await?;
    Ok(row.try_get(0)?)
}

async fn run_up_to(store: &Store, last: i64) -> Result<Vec<i64>, StoreError> {
    let found = version(store).await?;
    let known = MIGRATIONS.last().map_or(0, |migration| migration.version);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    let mut applied = Vec::new();
    for migration in MIGRATIONS.iter().filter(|migration| migration.version <= last) {
        if apply(store, migration).await? {
            applied.push(migration.version);
        }
    }
    Ok(applied)
}

/// Runs one step unless it ran before; two processes that start together take turns.
async fn apply(store: &Store, migration: &Migration) -> Result<bool, StoreError> {
    let failed = |source| StoreError::Migration { version: migration.version, name: migration.name, source };
    let sha256 = wire::Digest::of(migration.sql.as_bytes()).to_string();
    let mut writer = store.write().await?;
    let before = sqlx::query("select sha256 from schema_versions where version = $1")
        .bind(migration.version)
        .fetch_optional(&mut *writer)
        .await?;
    if let Some(before) = before {
        if before.try_get::<String, _>(0)? != sha256 {
            return Err(StoreError::Altered(migration.version));
        }
        return Ok(false);
    }
    sqlx::raw_sql(migration.sql).execute(&mut *writer).await.map_err(failed)?;
    sqlx::query("insert into schema_versions (version, name, sha256, applied_at_ms) values ($1, $2, $3, $4)")
        .bind(migration.version)
        .bind(migration.name)
        .bind(sha256)
        .bind(jiff::Timestamp::now().as_millisecond())
        .execute(&mut *writer)
        .await
        .map_err(failed)?;
    writer.commit().await.map_err(failed)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    async fn schema(store: &Store) -> Vec<String> {
        sqlx::query("select coalesce(sql, name) from sqlite_master order by 1")
            .fetch_all(store.read())
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    #[tokio::test]
    async fn an_upgraded_schema_is_the_fresh_one() {
        let (_folder, fresh) = testing::fresh().await;
        let folder = tempfile::tempdir().unwrap();
        let stepwise =
            Store::open(&format!("sqlite://{}", folder.path().join("t.db").display())).await.unwrap();
        for migration in MIGRATIONS {
            assert_eq!(run_up_to(&stepwise, migration.version).await.unwrap(), [migration.version]);
        }
        assert_eq!(schema(&stepwise).await, schema(&fresh).await);
        assert_eq!(run(&fresh).await.unwrap(), Vec::<i64>::new(), "a second run changes nothing");
    }

    #[tokio::test]
    async fn a_newer_database_is_refused() {
        let (_folder, store) = testing::fresh().await;
        sqlx::query("insert into schema_versions values (999, 'later', '', 0)")
            .execute(&store.write)
            .await
            .unwrap();
        assert!(matches!(run(&store).await, Err(StoreError::Newer { found: 999, .. })));
    }

    #[tokio::test]
    async fn an_altered_migration_is_noticed() {
        let (_folder, store) = testing::fresh().await;
        sqlx::query("update schema_versions set sha256 = 'x' where version = 1")
            .execute(&store.write)
            .await
            .unwrap();
        assert!(matches!(run(&store).await, Err(StoreError::Altered(1))));
    }
}
