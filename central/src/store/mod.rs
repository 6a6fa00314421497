//! The only folder with SQL: SQLite by default, PostgreSQL by URL, one query text for both.
//!
//! Queries go through sqlx's `Any` driver, so they use `$1` placeholders and the three types that both engines give back alike
//! (`i64`, `f64`, `String`; see the head of `migrations/0001_first.sql`). Files are split by resource; the write side of an
//! event is one transaction in [`commit`].
//!
//! SQLite is opened in WAL mode with `synchronous = full`: a commit that returned survives a power cut. One connection writes,
//! several read. Every transaction that writes begins as a writer, so that it never fails half-way for want of the lock.

use std::sync::Once;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::{Any, AnyPool, Transaction};
use thiserror::Error;

pub mod agents;
pub mod alerts;
pub mod assessment;
pub mod audit;
pub mod cases;
mod chain;
pub mod commit;
pub mod documents;
pub mod evidence;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod gaps;
pub mod gates;
pub mod handling;
pub mod law;
pub mod lists;
pub mod lookups;
pub mod migrate;
pub mod passages;
pub mod people;
pub mod quarantine;
pub mod read_alerts;
pub mod read_fleet;
pub mod read_numbers;
pub mod read_passages;
pub mod rows;
pub mod scenes;
mod sections;
pub mod sessions;
pub mod sites;
pub mod users;

pub use users::UserRow;

/// Why the store did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database cannot be opened.
    #[error("cannot open the database: {0}")]
    Open(#[source] sqlx::Error),
    /// The schema is newer than this program.
    #[error("the database has schema {found}, this program knows up to {known}: run the newer central")]
    Newer {
        /// Version in the database.
        found: i64,
        /// Newest version that this program knows.
        known: i64,
    },
    /// A migration was changed after it had run.
    #[error("migration {0} ran with another text than this program has: the schema cannot be trusted")]
    Altered(i64),
    /// A migration failed; it left nothing behind.
    #[error("migration {version} ({name}) failed: {source}")]
    Migration {
        /// Its number.
        version: i64,
        /// Its name.
        name: &'static str,
        /// What the database said.
        source: sqlx::Error,
    },
    /// A query failed.
    #[error("database: {0}")]
    Query(#[from] sqlx::Error),
    /// A sealed value does not belong to the data key.
    #[error("{0}")]
    Sealed(#[from] crate::sealing::Unsealable),
    /// A row holds something that this program never writes.
    #[error("{table} {id} holds what cannot be read: {problem}")]
    Damaged {
        /// The table.
        table: &'static str,
        /// The row.
        id: String,
        /// What is wrong.
        problem: String,
    },
}

impl StoreError {
    /// Whether the same call may succeed later: disk full, database away, locked.
    pub fn is_passing(&self) -> bool {
        !matches!(self, Self::Newer { .. } | Self::Altered(_) | Self::Sealed(_) | Self::Damaged { .. })
    }
}

/// The database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Store {
    read: AnyPool,
    write: AnyPool,
    begin: &'static str,
}

/// A transaction that writes.
pub type Writer = Transaction<'static, Any>;

static DRIVERS: Once = Once::new();

impl Store {
    /// Opens the database, making an SQLite file that is not there yet. Migrations are not run: see [`migrate::run`].
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let postgres = crate::config::is_postgres(url);
        let url = if postgres || url.contains("mode=") {
            url.to_owned()
        } else {
            format!("{url}{}mode=rwc", if url.contains('?') { '&' } else { '?' })
        };
        let options = move || {
            AnyPoolOptions::new().acquire_timeout(Duration::from_secs(10)).after_connect(move |connection, _| {
                Box::pin(async move {
                    if !postgres {
                        sqlx::raw_sql(
                            "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000; \
                             pragma foreign_keys = on; pragma temp_store = memory",
                        )
                        .execute(connection)
                        .await?;
                    }
                    Ok(())
                })
            })
        };
        let writers = if postgres { 4 } else { 1 };
        let write = options().max_connections(writers).connect(&url).await.map_err(StoreError::Open)?;
        let read = options().max_connections(4).connect(&url).await.map_err(StoreError::Open)?;
        Ok(Self { read, write, begin: if postgres { "begin" } else { "begin immediate" } })
    }

    /// Connections for reading.
    pub(in crate::store) fn read(&self) -> &AnyPool {
        &self.read
    }

    /// Starts a transaction that writes. Dropped without [`Transaction::commit`], it leaves nothing behind.
    pub(in crate::store) async fn write(&self) -> Result<Writer, StoreError> {
        match self.write.begin_with(self.begin).await {
            // After a write that failed (a full disk) SQLite ends the transaction by itself, and the connection still counts
            // it as open: it would refuse every transaction from then on. A new one takes its place.
            Err(sqlx::Error::InvalidSavePointStatement) => {
                if let Err(error) = self.write.acquire().await?.close().await {
                    tracing::debug!(%error, "a connection to the database did not close in order");
                }
                Ok(self.write.begin_with(self.begin).await?)
            }
            begun => Ok(begun?),
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("select 1").execute(&self.read).await?;
        Ok(())
    }

    /// Closes all connections; SQLite folds its write-ahead log in.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! A database in a temporary folder.

    use super::*;

    /// A migrated SQLite database; it goes with the folder.
    pub async fn fresh() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("t.db").display())).await.unwrap();
        migrate::run(&store).await.unwrap();
        (folder, store)
    }
}
